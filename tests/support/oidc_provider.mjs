// A real OpenID Connect provider on loopback: `node oidc_provider.mjs FOLDER_OF_THE_PACKAGE SECONDS_OF_AN_ID_TOKEN PORT REDIRECT_PORT`.
// Says its issuer and its keys in one line of JSON, and goes on until it is killed. Anybody may sign in, as anybody.
import { createServer } from 'node:http';

// What it says after its first line is for nobody.
process.stdout.on('error', () => {});
const [folder, life, port, fixed] = process.argv.slice(2);
const { default: Provider } = await import(`${folder}/lib/index.js`);

const server = createServer();
await new Promise((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const client = {
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  redirect_uris: ['http://127.0.0.1/callback'],
  response_types: ['code'],
};
const provider = new Provider(issuer, {
  clients: [
    { ...client, client_id: 'assume', token_endpoint_auth_method: 'none' },
    // One that takes no other port than the one that it registered.
    { ...client, application_type: 'web', client_id: 'fixed', redirect_uris: [`http://127.0.0.1:${fixed}/callback`],
      token_endpoint_auth_method: 'none' },
    { ...client, client_id: 'guarded', client_secret: 'canary-client-secret', token_endpoint_auth_method: 'client_secret_post' },
  ],
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
  ttl: { IdToken: Number(life) },
});
server.on('request', provider.callback());
const jwks = await (await fetch(`${issuer}/jwks`)).json();
console.log(JSON.stringify({ issuer, jwks: JSON.stringify(jwks) }));
