// Asks @cloud-copilot/iam-simulate about each line of standard input, and writes its answer on a line.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const module = process.argv[2] + '/node_modules/@cloud-copilot/iam-simulate/dist/esm/index.js'
const { runSimulation } = await import(pathToFileURL(module))

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  const simulation = {
    request: {
      principal: asked.principal,
      action: asked.action,
      resource: { resource: asked.role, accountId: asked.role.split(':')[4] },
      contextVariables: asked.context,
    },
    identityPolicies: asked.own ? [{ name: 'own', policy: asked.own }] : [],
    serviceControlPolicies: asked.scps ?? [],
    resourceControlPolicies: asked.rcps ?? [],
    resourcePolicy: asked.trust,
  }
  const result = await runSimulation(simulation, {})
  const said = result.resultType === 'error' ? 'error: ' + JSON.stringify(result.errors) : result.overallResult
  console.log(said.replaceAll('\n', ' '))
}
