
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'assume' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'assume'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'assume' {
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session should last: 3600, 90m, 1h')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that the role''s owner demands')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What the session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind the session, fixed for all that is chained from it')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be given again')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that goes on to chained sessions; may be given again')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A policy that narrows the session: JSON, or a file of it')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows the session; may be given again')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Take no more than these actions, such as s3:Get*; may be given again')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'What --only is done to: an ARN; may be given again')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to ask STS in, and to hand over')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device whose code is sent')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code; - is standard input')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Take no more than AWS''s policy ReadOnlyAccess allows')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Become a role in this shell, or run one command as it')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a role''s credentials')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print a role''s credentials in a format of your choice')
            [CompletionResult]::new('credential-process', 'credential-process', [CompletionResultType]::ParameterValue, 'Answer an SDK that asks for credentials')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Go back to what the shell had before the first switch')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is active in this shell and what is cached, without opening a secret store')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles that can be assumed')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show what would be done to become a role, and why: nothing is sent')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Add, edit or remove role profiles in your config file')
            [CompletionResult]::new('setup', 'setup', [CompletionResultType]::ParameterValue, 'Make other programs use assume')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Print the hook for a shell: `assume NAME` then changes that shell, and names complete')
            [CompletionResult]::new('console', 'console', [CompletionResultType]::ParameterValue, 'Open the AWS console as a role')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a signed token that says who a role is, for a service outside AWS')
            [CompletionResult]::new('root', 'root', [CompletionResultType]::ParameterValue, 'Do one task as the root user of a member account, for 15 minutes')
            [CompletionResult]::new('exposure', 'exposure', [CompletionResultType]::ParameterValue, 'Show who is let into your roles from outside, and which nobody uses')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in, in a browser')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget cached sessions')
            [CompletionResult]::new('discover', 'discover', [CompletionResultType]::ParameterValue, 'List every account and role that you reach through IAM Identity Center')
            [CompletionResult]::new('identity', 'identity', [CompletionResultType]::ParameterValue, 'Add, list, remove or rotate the identities that you start as')
            [CompletionResult]::new('mfa', 'mfa', [CompletionResultType]::ParameterValue, 'Keep the seeds of virtual MFA devices, and show their codes')
            [CompletionResult]::new('vault', 'vault', [CompletionResultType]::ParameterValue, 'Show which store keeps which secrets, why, and whether it answers; prompts nobody')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Write, read and check the trust policies of roles')
            [CompletionResult]::new('partner', 'partner', [CompletionResultType]::ParameterValue, 'Keep the external IDs that you, as a partner, give to your customers')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show who became which role')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Try everything against a local STS, with no AWS account')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;use' {
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session should last: 3600, 90m, 1h')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that the role''s owner demands')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What the session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind the session, fixed for all that is chained from it')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be given again')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that goes on to chained sessions; may be given again')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A policy that narrows the session: JSON, or a file of it')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows the session; may be given again')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Take no more than these actions, such as s3:Get*; may be given again')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'What --only is done to: an ARN; may be given again')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to ask STS in, and to hand over')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device whose code is sent')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code; - is standard input')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Take no more than AWS''s policy ReadOnlyAccess allows')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;exec' {
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session should last: 3600, 90m, 1h')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that the role''s owner demands')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What the session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind the session, fixed for all that is chained from it')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be given again')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that goes on to chained sessions; may be given again')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A policy that narrows the session: JSON, or a file of it')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows the session; may be given again')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Take no more than these actions, such as s3:Get*; may be given again')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'What --only is done to: an ARN; may be given again')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to ask STS in, and to hand over')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device whose code is sent')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code; - is standard input')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'For work longer than a session: the command gets no keys, but an AWS config by which SDKs ask again')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Take no more than AWS''s policy ReadOnlyAccess allows')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;export' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write it')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session should last: 3600, 90m, 1h')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that the role''s owner demands')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What the session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind the session, fixed for all that is chained from it')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be given again')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that goes on to chained sessions; may be given again')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A policy that narrows the session: JSON, or a file of it')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows the session; may be given again')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Take no more than these actions, such as s3:Get*; may be given again')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'What --only is done to: an ARN; may be given again')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to ask STS in, and to hand over')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device whose code is sent')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code; - is standard input')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Take no more than AWS''s policy ReadOnlyAccess allows')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;credential-process' {
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session should last: 3600, 90m, 1h')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that the role''s owner demands')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What the session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind the session, fixed for all that is chained from it')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be given again')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that goes on to chained sessions; may be given again')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A policy that narrows the session: JSON, or a file of it')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows the session; may be given again')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Take no more than these actions, such as s3:Get*; may be given again')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'What --only is done to: an ARN; may be given again')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to ask STS in, and to hand over')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device whose code is sent')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code; - is standard input')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Take no more than AWS''s policy ReadOnlyAccess allows')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;unset' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;status' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: `active` and `cached[]`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;list' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON: name, kind, role_arn, origin, shadowed_by, command')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;explain' {
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session should last: 3600, 90m, 1h')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that the role''s owner demands')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What the session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind the session, fixed for all that is chained from it')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be given again')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that goes on to chained sessions; may be given again')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A policy that narrows the session: JSON, or a file of it')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows the session; may be given again')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Take no more than these actions, such as s3:Get*; may be given again')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'What --only is done to: an ARN; may be given again')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to ask STS in, and to hand over')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device whose code is sent')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code; - is standard input')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the documented JSON form')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Take no more than AWS''s policy ReadOnlyAccess allows')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;role' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Declare a role')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Declare a role')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change what is declared for a role')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take roles out of the file')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Take roles out of the file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;role;add' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom it is reached from: an identity, or a profile of ~/.aws/config')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'The role it is reached through (role chaining)')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'The role''s ARN')
            [CompletionResult]::new('--account-id', '--account-id', [CompletionResultType]::ParameterName, 'The account it lives in')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Its name, with its path: teams/core/Admin')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'What the role''s owner demands to be sent along')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device it demands')
            [CompletionResult]::new('--mfa-process', '--mfa-process', [CompletionResultType]::ParameterName, 'A command that prints that device''s code')
            [CompletionResult]::new('--mfa-max-age', '--mfa-max-age', [CompletionResultType]::ParameterName, 'How old an MFA session may be')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long a session lasts: 3600, 90m, 1h')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What a session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind a session')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A session tag that goes on to chained sessions')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows a session')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'An inline policy that narrows a session, as JSON')
            [CompletionResult]::new('--policy-file', '--policy-file', [CompletionResultType]::ParameterName, 'A file with such a policy')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to call STS in, and to work in')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another STS endpoint')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Whether a person has to agree to each hand-over')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;role;new' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom it is reached from: an identity, or a profile of ~/.aws/config')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'The role it is reached through (role chaining)')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'The role''s ARN')
            [CompletionResult]::new('--account-id', '--account-id', [CompletionResultType]::ParameterName, 'The account it lives in')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Its name, with its path: teams/core/Admin')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'What the role''s owner demands to be sent along')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device it demands')
            [CompletionResult]::new('--mfa-process', '--mfa-process', [CompletionResultType]::ParameterName, 'A command that prints that device''s code')
            [CompletionResult]::new('--mfa-max-age', '--mfa-max-age', [CompletionResultType]::ParameterName, 'How old an MFA session may be')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long a session lasts: 3600, 90m, 1h')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What a session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind a session')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A session tag that goes on to chained sessions')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows a session')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'An inline policy that narrows a session, as JSON')
            [CompletionResult]::new('--policy-file', '--policy-file', [CompletionResultType]::ParameterName, 'A file with such a policy')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to call STS in, and to work in')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another STS endpoint')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Whether a person has to agree to each hand-over')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;role;edit' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom it is reached from: an identity, or a profile of ~/.aws/config')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'The role it is reached through (role chaining)')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'The role''s ARN')
            [CompletionResult]::new('--account-id', '--account-id', [CompletionResultType]::ParameterName, 'The account it lives in')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Its name, with its path: teams/core/Admin')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'What the role''s owner demands to be sent along')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device it demands')
            [CompletionResult]::new('--mfa-process', '--mfa-process', [CompletionResultType]::ParameterName, 'A command that prints that device''s code')
            [CompletionResult]::new('--mfa-max-age', '--mfa-max-age', [CompletionResultType]::ParameterName, 'How old an MFA session may be')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long a session lasts: 3600, 90m, 1h')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What a session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind a session')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A session tag that goes on to chained sessions')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows a session')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'An inline policy that narrows a session, as JSON')
            [CompletionResult]::new('--policy-file', '--policy-file', [CompletionResultType]::ParameterName, 'A file with such a policy')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to call STS in, and to work in')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another STS endpoint')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Whether a person has to agree to each hand-over')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Take a key out, such as external_id')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;role;remove' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;role;rm' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;role;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Declare a role')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change what is declared for a role')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take roles out of the file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;role;help;add' {
            break
        }
        'assume;role;help;edit' {
            break
        }
        'assume;role;help;remove' {
            break
        }
        'assume;role;help;help' {
            break
        }
        'assume;setup' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('credential-process', 'credential-process', [CompletionResultType]::ParameterValue, 'Let the AWS SDKs and the AWS CLI get credentials from assume')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;setup;credential-process' {
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Set up every role of your config file')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and change nothing')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Take out what was set up for profiles that are no more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;setup;help' {
            [CompletionResult]::new('credential-process', 'credential-process', [CompletionResultType]::ParameterValue, 'Let the AWS SDKs and the AWS CLI get credentials from assume')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;setup;help;credential-process' {
            break
        }
        'assume;setup;help;help' {
            break
        }
        'assume;init' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;console' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'The service to land at: s3, ec2, cloudwatch')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The console''s page to land at')
            [CompletionResult]::new('--console-duration', '--console-duration', [CompletionResultType]::ParameterName, 'How long the console session should last, where AWS takes one: 15m to 12h')
            [CompletionResult]::new('--display-name', '--display-name', [CompletionResultType]::ParameterName, 'What the console''s bar says, in a switch-role link')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'The colour of the console''s bar, in a switch-role link: red, orange, yellow, green, blue or RRGGBB')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'The browser: firefox, chrome, chromium, edge, brave, or a program')
            [CompletionResult]::new('--browser-profile', '--browser-profile', [CompletionResultType]::ParameterName, 'The browser''s profile')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'The Firefox container (with the add-on "Open external links in a container")')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session should last: 3600, 90m, 1h')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that the role''s owner demands')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What the session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind the session, fixed for all that is chained from it')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be given again')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that goes on to chained sessions; may be given again')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A policy that narrows the session: JSON, or a file of it')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows the session; may be given again')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Take no more than these actions, such as s3:Get*; may be given again')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'What --only is done to: an ARN; may be given again')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to ask STS in, and to hand over')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device whose code is sent')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code; - is standard input')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print the link instead of opening it')
            [CompletionResult]::new('--switch-role', '--switch-role', [CompletionResultType]::ParameterName, 'Give the link by which somebody who is signed in switches to the role; needs no credentials')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Take no more than AWS''s policy ReadOnlyAccess allows')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;token' {
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'The service that the token is for; may be given again')
            [CompletionResult]::new('--signing-algorithm', '--signing-algorithm', [CompletionResultType]::ParameterName, 'How it is signed')
            [CompletionResult]::new('--token-duration', '--token-duration', [CompletionResultType]::ParameterName, 'How long it is good: 60s to 1h; 5 minutes if left out')
            [CompletionResult]::new('--token-tag', '--token-tag', [CompletionResultType]::ParameterName, 'What it says besides: a claim among its request tags; may be given again')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session should last: 3600, 90m, 1h')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that the role''s owner demands')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What the session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind the session, fixed for all that is chained from it')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be given again')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that goes on to chained sessions; may be given again')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A policy that narrows the session: JSON, or a file of it')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows the session; may be given again')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Take no more than these actions, such as s3:Get*; may be given again')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'What --only is done to: an ARN; may be given again')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to ask STS in, and to hand over')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device whose code is sent')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code; - is standard input')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Take no more than AWS''s policy ReadOnlyAccess allows')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;root' {
            [CompletionResult]::new('--task', '--task', [CompletionResultType]::ParameterName, 'What is to be done: IAMAuditRootUserCredentials, IAMCreateRootUserPassword, IAMDeleteRootUserCredentials, S3UnlockBucketPolicy or SQSUnlockQueuePolicy')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'The role, or identity, that asks; without it, the default identity')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session should last: 3600, 90m, 1h')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that the role''s owner demands')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'What the session is called in CloudTrail')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Who is behind the session, fixed for all that is chained from it')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be given again')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that goes on to chained sessions; may be given again')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A policy that narrows the session: JSON, or a file of it')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'A managed policy that narrows the session; may be given again')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Take no more than these actions, such as s3:Get*; may be given again')
            [CompletionResult]::new('--on', '--on', [CompletionResultType]::ParameterName, 'What --only is done to: an ARN; may be given again')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region to ask STS in, and to hand over')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device whose code is sent')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code; - is standard input')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show what would be done, and why; nothing is sent')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Take no more than AWS''s policy ReadOnlyAccess allows')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;exposure' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Whose credentials ask; without it, the default identity')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'A Region to look in; may be given again. Without it, all that the account has enabled')
            [CompletionResult]::new('--in', '--in', [CompletionResultType]::ParameterName, 'A Region to look in; may be given again. Without it, all that the account has enabled')
            [CompletionResult]::new('--archive', '--archive', [CompletionResultType]::ParameterName, 'Archive this finding, by the id that is shown, wherever it stands')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why: kept in exposure.toml beside the config file, since AWS keeps no reason')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show what was archived, too')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON: analyzers, exposures')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;login' {
            [CompletionResult]::new('--device', '--device', [CompletionResultType]::ParameterName, 'Sign in with a code, on whatever device you like')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the page''s address, and open nothing')
            [CompletionResult]::new('--browser-visible', '--browser-visible', [CompletionResultType]::ParameterName, 'Show the window of a SAML sign-in also where it could do without, to see what goes on there')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;logout' {
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every session of this user')
            [CompletionResult]::new('--sso', '--sso', [CompletionResultType]::ParameterName, 'End the sign-in that PROFILE leads to, or the only one there is, with all sessions that were had by it')
            [CompletionResult]::new('--forget', '--forget', [CompletionResultType]::ParameterName, 'Also remove keys, MFA seeds, tokens, browsers'' cookies and the ledger, for the day someone leaves')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before keys are removed')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;discover' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Another file for them')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'What roles are called, with {account}, {account_id}, {role} and {sign_in} in it [default: {account}-{role}]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Only accounts whose name or id fits, such as ''prod-*''; ''*'' for all again')
            [CompletionResult]::new('--not-account', '--not-account', [CompletionResultType]::ParameterName, 'No accounts whose name or id fits')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'Only roles whose name fits')
            [CompletionResult]::new('--not-role', '--not-role', [CompletionResultType]::ParameterName, 'No roles whose name fits')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the roles into a file that your config file includes')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON: roles, file, added, changed, gone, unchanged')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;identity' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep an IAM user''s access key in the vault, and declare it as an identity')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List your identities; opens no secret store')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an identity: its key from the vault, its sessions, its lines in your config file')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Remove an identity: its key from the vault, its sessions, its lines in your config file')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Make a new key at AWS, keep it, prove it, and delete the old one')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;identity;add' {
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The user''s MFA device')
            [CompletionResult]::new('--sso', '--sso', [CompletionResultType]::ParameterName, 'Declare a sign-in at IAM Identity Center instead of a key: its start URL')
            [CompletionResult]::new('--sso-region', '--sso-region', [CompletionResultType]::ParameterName, 'The Region that the Identity Center is in')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Replace a key that is kept already')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;identity;list' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;identity;remove' {
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;identity;rm' {
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;identity;rotate' {
            [CompletionResult]::new('--delete', '--delete', [CompletionResultType]::ParameterName, 'Delete the user''s other key to make room: AWS allows two')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'Read the MFA code from a file, or from standard input (-)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;identity;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep an IAM user''s access key in the vault, and declare it as an identity')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List your identities; opens no secret store')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an identity: its key from the vault, its sessions, its lines in your config file')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Make a new key at AWS, keep it, prove it, and delete the old one')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;identity;help;add' {
            break
        }
        'assume;identity;help;list' {
            break
        }
        'assume;identity;help;remove' {
            break
        }
        'assume;identity;help;rotate' {
            break
        }
        'assume;identity;help;help' {
            break
        }
        'assume;mfa' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep a device''s seed: base32 or an otpauth:// URI, from the terminal or standard input')
            [CompletionResult]::new('code', 'code', [CompletionResultType]::ParameterValue, 'Print the present code of a device whose seed is kept')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the MFA devices that are declared or kept, and where the codes of each come from')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a device''s seed from the vault')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;mfa;add' {
            [CompletionResult]::new('--same-store', '--same-store', [CompletionResultType]::ParameterName, 'Keep it even in the store that holds the long-term key: who opens that store then has both factors')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Replace a seed that is kept already')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;mfa;code' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;mfa;list' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;mfa;remove' {
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;mfa;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep a device''s seed: base32 or an otpauth:// URI, from the terminal or standard input')
            [CompletionResult]::new('code', 'code', [CompletionResultType]::ParameterValue, 'Print the present code of a device whose seed is kept')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the MFA devices that are declared or kept, and where the codes of each come from')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a device''s seed from the vault')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;mfa;help;add' {
            break
        }
        'assume;mfa;help;code' {
            break
        }
        'assume;mfa;help;list' {
            break
        }
        'assume;mfa;help;remove' {
            break
        }
        'assume;mfa;help;help' {
            break
        }
        'assume;vault' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;trust' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show who may assume a role, by which action, and under which conditions')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check trust policies: whom they let in by mistake, and what in them can never work')
            [CompletionResult]::new('least', 'least', [CompletionResultType]::ParameterValue, 'Show what of a role''s rights was used, and a smaller policy to begin with')
            [CompletionResult]::new('simulate', 'simulate', [CompletionResultType]::ParameterValue, 'Say whether somebody would get a role, what decides it, and what would change it')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Hold a table of who gets which role, and who does not, against the policies, for CI')
            [CompletionResult]::new('paths', 'paths', [CompletionResultType]::ParameterValue, 'Show every chain of roles by which somebody gets to a role, and what each step takes')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Write a role''s trust policy: whom to let in, with the guards that belong to it')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;trust;show' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every role of the account')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;trust;check' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How findings are written: for people, as JSON, as SARIF 2.1.0, or as annotations of GitHub Actions')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'How bad a finding has to be for the command to fail: low, warning, medium, high, error, critical, or none')
            [CompletionResult]::new('--suppressions', '--suppressions', [CompletionResultType]::ParameterName, 'A file of findings that are accepted, each with its reason and until when; without it, the nearest .assume-trust.toml beside or above each file')
            [CompletionResult]::new('--own', '--own', [CompletionResultType]::ParameterName, 'An account that is yours, besides those in the config file; may be given again')
            [CompletionResult]::new('--reference', '--reference', [CompletionResultType]::ParameterName, 'With --validate: a policy that none may allow more than (CheckNoNewAccess)')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every role of the account')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Say instead who gains or loses the role by the second of two files; ends with 1 where somebody gains')
            [CompletionResult]::new('--no-suppressions', '--no-suppressions', [CompletionResultType]::ParameterName, 'Accept nothing, whatever .assume-trust.toml says')
            [CompletionResult]::new('--validate', '--validate', [CompletionResultType]::ParameterName, 'Have IAM Access Analyzer look at the policies too (ValidatePolicy, CheckNoPublicAccess): their text is sent to AWS, and AWS charges for each CheckNoPublicAccess and CheckNoNewAccess')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'With --validate: make the charged calls without asking')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;trust;least' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How it is written: for people, as JSON, or the smaller policy alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;trust;simulate' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Who asks: the ARN of a user, a role, a session or an identity provider, a service (ec2.amazonaws.com), or an account for anybody in it; of a snapshot or an account, a user or role by its name too')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'The file with the trust policy: as for `assume trust check`. Or a role, by name, ARN or profile, of the snapshot or, without one, of the account')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'The role''s ARN, where the file does not tell it')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'A file that `assume trust pull` made: its roles, users, and what is known of them')
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'A file that `assume trust pull` made: its roles, users, and what is known of them')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Who reads the account, if the role is to be found there; may be given again, for the account of the one who asks; the default identity, if left out')
            [CompletionResult]::new('--action', '--action', [CompletionResultType]::ParameterName, 'What is asked for, if not to assume the role: sts:TagSession, sts:SetSourceIdentity')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external ID that is sent')
            [CompletionResult]::new('--mfa', '--mfa', [CompletionResultType]::ParameterName, 'They gave an MFA code, a moment or so long ago')
            [CompletionResult]::new('--session-name', '--session-name', [CompletionResultType]::ParameterName, 'The session name that is sent')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'The source identity that is sent')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A tag that is sent; may be given again')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'The organization of the one who asks')
            [CompletionResult]::new('--source-ip', '--source-ip', [CompletionResultType]::ParameterName, 'The address that the call comes from')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Any other condition key and its value, such as aws:PrincipalTag/team=core; may be given again, for a key of several values too')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;trust;test' {
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'A snapshot, whatever the table names')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How it is written: for people, as JSON, as JUnit''s XML, or as annotations of GitHub Actions')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;trust;paths' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The role: its ARN, or its name where the file has one role of it')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Only chains that begin with this user or role, account, service (ec2.amazonaws.com) or identity provider; `*` is anybody')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'The file of accounts, users and roles; `-` is standard input')
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'The file of accounts, users and roles; `-` is standard input')
            [CompletionResult]::new('--max-hops', '--max-hops', [CompletionResultType]::ParameterName, 'How many roles a chain has at most')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How they are written: for people, as JSON, or to be drawn by Graphviz or Mermaid')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;trust;pull' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Who reads: a role, an identity, a profile of ~/.aws/config, once for each account; the default identity, if left out')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'The organization that the accounts belong to, where Organizations may not be asked: for conditions on aws:PrincipalOrgID')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;trust;policy' {
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'An account of yours: whomever its own policies let; may be given again')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'A role of yours, by its ARN; may be given again')
            [CompletionResult]::new('--partner', '--partner', [CompletionResultType]::ParameterName, 'A partner''s role (or, where it has none, its account), which has to send an external ID')
            [CompletionResult]::new('--saml', '--saml', [CompletionResultType]::ParameterName, 'A SAML provider, by its ARN')
            [CompletionResult]::new('--oidc', '--oidc', [CompletionResultType]::ParameterName, 'An OpenID Connect provider, by its ARN')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'A service of AWS''s, such as scheduler.amazonaws.com')
            [CompletionResult]::new('--preset', '--preset', [CompletionResultType]::ParameterName, 'A provider that many trust')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'What they have to send as external ID; twice while one is being rotated')
            [CompletionResult]::new('--mfa-max-age', '--mfa-max-age', [CompletionResultType]::ParameterName, 'Demand MFA that is not older than this')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Demand that they are (or, for a service, that the resource is) of this organization')
            [CompletionResult]::new('--source-account', '--source-account', [CompletionResultType]::ParameterName, 'For a service: the account on whose behalf it asks; may be given again')
            [CompletionResult]::new('--source-arn', '--source-arn', [CompletionResultType]::ParameterName, 'For a service: the resource on whose behalf it asks; * may stand in it; may be given again')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'For a provider: whom its tokens or assertions are for; may be given again')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'For a provider: whom its tokens or assertions are about; * may stand in it; may be given again')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'The source identity that they have to send; * may stand in it; may be given again')
            [CompletionResult]::new('--session-tag', '--session-tag', [CompletionResultType]::ParameterName, 'A session tag that they may send, with one of these values (a,b); may be given again. Others are refused')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'For a preset: the project, as the provider names it (OWNER/REPOSITORY, NAMESPACE/SERVICE_ACCOUNT, …)')
            [CompletionResult]::new('--branch', '--branch', [CompletionResultType]::ParameterName, 'For a preset: runs on this branch')
            [CompletionResult]::new('--git-tag', '--git-tag', [CompletionResultType]::ParameterName, 'For a preset: runs on this tag')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'For a preset: runs in this environment')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'For a preset: the issuer''s URL, where each customer has another one')
            [CompletionResult]::new('--in-account', '--in-account', [CompletionResultType]::ParameterName, 'For a preset: the account that the role and its provider are in')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'The partition, where no ARN says it')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What to write')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'For Terraform and CloudFormation: what the role is called')
            [CompletionResult]::new('--mfa', '--mfa', [CompletionResultType]::ParameterName, 'Demand MFA')
            [CompletionResult]::new('--pull-request', '--pull-request', [CompletionResultType]::ParameterName, 'For a preset: runs of pull requests, which anybody may open')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;trust;probe' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Who asks; without it, whoever the role is declared to be reached from')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The right external ID; without it, the declared one')
            [CompletionResult]::new('--try-session-name', '--try-session-name', [CompletionResultType]::ParameterName, 'Try another session name, too')
            [CompletionResult]::new('--try-source-identity', '--try-source-identity', [CompletionResultType]::ParameterName, 'Try another source identity, too')
            [CompletionResult]::new('--try-tag', '--try-tag', [CompletionResultType]::ParameterName, 'Try to send a session tag, too')
            [CompletionResult]::new('--try-as', '--try-as', [CompletionResultType]::ParameterName, 'Try it as somebody else, too')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The role''s present trust policy, in JSON, to be mended where it lets in too much')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region whose STS is asked')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device of who asks')
            [CompletionResult]::new('--mfa-code-file', '--mfa-code-file', [CompletionResultType]::ParameterName, 'A file that holds the MFA code')
            [CompletionResult]::new('--try-without-mfa', '--try-without-mfa', [CompletionResultType]::ParameterName, 'Try it without the MFA session, too')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;trust;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show who may assume a role, by which action, and under which conditions')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check trust policies: whom they let in by mistake, and what in them can never work')
            [CompletionResult]::new('least', 'least', [CompletionResultType]::ParameterValue, 'Show what of a role''s rights was used, and a smaller policy to begin with')
            [CompletionResult]::new('simulate', 'simulate', [CompletionResultType]::ParameterValue, 'Say whether somebody would get a role, what decides it, and what would change it')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Hold a table of who gets which role, and who does not, against the policies, for CI')
            [CompletionResult]::new('paths', 'paths', [CompletionResultType]::ParameterValue, 'Show every chain of roles by which somebody gets to a role, and what each step takes')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Write a role''s trust policy: whom to let in, with the guards that belong to it')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;trust;help;show' {
            break
        }
        'assume;trust;help;check' {
            break
        }
        'assume;trust;help;least' {
            break
        }
        'assume;trust;help;simulate' {
            break
        }
        'assume;trust;help;test' {
            break
        }
        'assume;trust;help;paths' {
            break
        }
        'assume;trust;help;pull' {
            break
        }
        'assume;trust;help;policy' {
            break
        }
        'assume;trust;help;probe' {
            break
        }
        'assume;trust;help;help' {
            break
        }
        'assume;partner' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make an external ID for a customer''s account')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the customers, their accounts, and what is wrong with their IDs')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a customer''s external ID')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace a customer''s external ID; the old one stays until --finish')
            [CompletionResult]::new('retire', 'retire', [CompletionResultType]::ParameterValue, 'Retire a customer''s account; its IDs are never used again')
            [CompletionResult]::new('pack', 'pack', [CompletionResultType]::ParameterValue, 'Write what a customer needs: trust policy, CloudFormation, Terraform, instructions')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;partner;new' {
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'Their role, where it is not called as everywhere')
            [CompletionResult]::new('--principal', '--principal', [CompletionResultType]::ParameterName, 'For all customers: the role of yours that assumes theirs')
            [CompletionResult]::new('--prefix', '--prefix', [CompletionResultType]::ParameterName, 'For all customers: what IDs begin with; without it, they are UUIDs')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'For all customers: what their role is called')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'For all customers: a managed policy that their role gets; may be given again')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry; without it, `partner_registry` of the config, or partners.toml beside it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;partner;list' {
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry; without it, `partner_registry` of the config, or partners.toml beside it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;partner;show' {
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry; without it, `partner_registry` of the config, or partners.toml beside it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;partner;rotate' {
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry; without it, `partner_registry` of the config, or partners.toml beside it')
            [CompletionResult]::new('--finish', '--finish', [CompletionResultType]::ParameterName, 'The customer''s role accepts the new one: retire the old one')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;partner;retire' {
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry; without it, `partner_registry` of the config, or partners.toml beside it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;partner;pack' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The folder to write into; it is made if it is not there')
            [CompletionResult]::new('--template-url', '--template-url', [CompletionResultType]::ParameterName, 'Where role.yaml lies, for a link that opens CloudFormation with it. AWS takes it from S3 only')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The Region that the link opens CloudFormation in')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry; without it, `partner_registry` of the config, or partners.toml beside it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;partner;verify' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Who asks: the profile that assumes the customers'' roles; without it, the default identity')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many customers at once')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry; without it, `partner_registry` of the config, or partners.toml beside it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the report as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;partner;help' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make an external ID for a customer''s account')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the customers, their accounts, and what is wrong with their IDs')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a customer''s external ID')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace a customer''s external ID; the old one stays until --finish')
            [CompletionResult]::new('retire', 'retire', [CompletionResultType]::ParameterValue, 'Retire a customer''s account; its IDs are never used again')
            [CompletionResult]::new('pack', 'pack', [CompletionResultType]::ParameterValue, 'Write what a customer needs: trust policy, CloudFormation, Terraform, instructions')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;partner;help;new' {
            break
        }
        'assume;partner;help;list' {
            break
        }
        'assume;partner;help;show' {
            break
        }
        'assume;partner;help;rotate' {
            break
        }
        'assume;partner;help;retire' {
            break
        }
        'assume;partner;help;pack' {
            break
        }
        'assume;partner;help;verify' {
            break
        }
        'assume;partner;help;help' {
            break
        }
        'assume;history' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only what is not older: `12h`, `7d`')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read the files of a trail in this folder, or in its bucket: `s3://BUCKET/PREFIX`')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Ask CloudTrail itself, as this profile; with --from s3://…, read the bucket as it')
            [CompletionResult]::new('--lake', '--lake', [CompletionResultType]::ParameterName, 'Ask this event data store of CloudTrail Lake, by its ID or ARN, as --profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'A Region to look into; once for each. Without it, all that the account has enabled')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'An account of the organization whose trail is read; once for each. Without it, all')
            [CompletionResult]::new('--me', '--me', [CompletionResultType]::ParameterName, 'Only what was done from here: by a key that the ledger knows, or under your session name')
            [CompletionResult]::new('--denied', '--denied', [CompletionResultType]::ParameterName, 'Only what AWS refused')
            [CompletionResult]::new('--activity', '--activity', [CompletionResultType]::ParameterName, 'Count what was done with the sessions, too, and with those that were had with them')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: `ledger[]`, or `events[]` of a trail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'assume;sandbox' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port to listen on; 0 means any that is free')
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'Accounts, users, roles and policies to play, instead of the built-in ones')
            [CompletionResult]::new('--fail', '--fail', [CompletionResultType]::ParameterName, 'How STS is to fail, to see what a client makes of it: throttle, 500, 503, slow=5s, cut, truncated, html or clock=-10m, then *TIMES or *forever, then @OPERATION; may be given again')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'Walk the built-in scenario: each command, what STS was asked, what it answered')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;sandbox;tour' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'assume;sandbox;help' {
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'Walk the built-in scenario: each command, what STS was asked, what it answered')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;sandbox;help;tour' {
            break
        }
        'assume;sandbox;help;help' {
            break
        }
        'assume;help' {
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Become a role in this shell, or run one command as it')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a role''s credentials')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print a role''s credentials in a format of your choice')
            [CompletionResult]::new('credential-process', 'credential-process', [CompletionResultType]::ParameterValue, 'Answer an SDK that asks for credentials')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Go back to what the shell had before the first switch')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is active in this shell and what is cached, without opening a secret store')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles that can be assumed')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show what would be done to become a role, and why: nothing is sent')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Add, edit or remove role profiles in your config file')
            [CompletionResult]::new('setup', 'setup', [CompletionResultType]::ParameterValue, 'Make other programs use assume')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Print the hook for a shell: `assume NAME` then changes that shell, and names complete')
            [CompletionResult]::new('console', 'console', [CompletionResultType]::ParameterValue, 'Open the AWS console as a role')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a signed token that says who a role is, for a service outside AWS')
            [CompletionResult]::new('root', 'root', [CompletionResultType]::ParameterValue, 'Do one task as the root user of a member account, for 15 minutes')
            [CompletionResult]::new('exposure', 'exposure', [CompletionResultType]::ParameterValue, 'Show who is let into your roles from outside, and which nobody uses')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in, in a browser')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget cached sessions')
            [CompletionResult]::new('discover', 'discover', [CompletionResultType]::ParameterValue, 'List every account and role that you reach through IAM Identity Center')
            [CompletionResult]::new('identity', 'identity', [CompletionResultType]::ParameterValue, 'Add, list, remove or rotate the identities that you start as')
            [CompletionResult]::new('mfa', 'mfa', [CompletionResultType]::ParameterValue, 'Keep the seeds of virtual MFA devices, and show their codes')
            [CompletionResult]::new('vault', 'vault', [CompletionResultType]::ParameterValue, 'Show which store keeps which secrets, why, and whether it answers; prompts nobody')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Write, read and check the trust policies of roles')
            [CompletionResult]::new('partner', 'partner', [CompletionResultType]::ParameterValue, 'Keep the external IDs that you, as a partner, give to your customers')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show who became which role')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Try everything against a local STS, with no AWS account')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'assume;help;use' {
            break
        }
        'assume;help;exec' {
            break
        }
        'assume;help;export' {
            break
        }
        'assume;help;credential-process' {
            break
        }
        'assume;help;unset' {
            break
        }
        'assume;help;status' {
            break
        }
        'assume;help;list' {
            break
        }
        'assume;help;explain' {
            break
        }
        'assume;help;role' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Declare a role')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change what is declared for a role')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take roles out of the file')
            break
        }
        'assume;help;role;add' {
            break
        }
        'assume;help;role;edit' {
            break
        }
        'assume;help;role;remove' {
            break
        }
        'assume;help;setup' {
            [CompletionResult]::new('credential-process', 'credential-process', [CompletionResultType]::ParameterValue, 'Let the AWS SDKs and the AWS CLI get credentials from assume')
            break
        }
        'assume;help;setup;credential-process' {
            break
        }
        'assume;help;init' {
            break
        }
        'assume;help;console' {
            break
        }
        'assume;help;token' {
            break
        }
        'assume;help;root' {
            break
        }
        'assume;help;exposure' {
            break
        }
        'assume;help;login' {
            break
        }
        'assume;help;logout' {
            break
        }
        'assume;help;discover' {
            break
        }
        'assume;help;identity' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep an IAM user''s access key in the vault, and declare it as an identity')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List your identities; opens no secret store')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an identity: its key from the vault, its sessions, its lines in your config file')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Make a new key at AWS, keep it, prove it, and delete the old one')
            break
        }
        'assume;help;identity;add' {
            break
        }
        'assume;help;identity;list' {
            break
        }
        'assume;help;identity;remove' {
            break
        }
        'assume;help;identity;rotate' {
            break
        }
        'assume;help;mfa' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep a device''s seed: base32 or an otpauth:// URI, from the terminal or standard input')
            [CompletionResult]::new('code', 'code', [CompletionResultType]::ParameterValue, 'Print the present code of a device whose seed is kept')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the MFA devices that are declared or kept, and where the codes of each come from')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a device''s seed from the vault')
            break
        }
        'assume;help;mfa;add' {
            break
        }
        'assume;help;mfa;code' {
            break
        }
        'assume;help;mfa;list' {
            break
        }
        'assume;help;mfa;remove' {
            break
        }
        'assume;help;vault' {
            break
        }
        'assume;help;trust' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show who may assume a role, by which action, and under which conditions')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check trust policies: whom they let in by mistake, and what in them can never work')
            [CompletionResult]::new('least', 'least', [CompletionResultType]::ParameterValue, 'Show what of a role''s rights was used, and a smaller policy to begin with')
            [CompletionResult]::new('simulate', 'simulate', [CompletionResultType]::ParameterValue, 'Say whether somebody would get a role, what decides it, and what would change it')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Hold a table of who gets which role, and who does not, against the policies, for CI')
            [CompletionResult]::new('paths', 'paths', [CompletionResultType]::ParameterValue, 'Show every chain of roles by which somebody gets to a role, and what each step takes')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Write a role''s trust policy: whom to let in, with the guards that belong to it')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in')
            break
        }
        'assume;help;trust;show' {
            break
        }
        'assume;help;trust;check' {
            break
        }
        'assume;help;trust;least' {
            break
        }
        'assume;help;trust;simulate' {
            break
        }
        'assume;help;trust;test' {
            break
        }
        'assume;help;trust;paths' {
            break
        }
        'assume;help;trust;pull' {
            break
        }
        'assume;help;trust;policy' {
            break
        }
        'assume;help;trust;probe' {
            break
        }
        'assume;help;partner' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make an external ID for a customer''s account')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the customers, their accounts, and what is wrong with their IDs')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a customer''s external ID')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace a customer''s external ID; the old one stays until --finish')
            [CompletionResult]::new('retire', 'retire', [CompletionResultType]::ParameterValue, 'Retire a customer''s account; its IDs are never used again')
            [CompletionResult]::new('pack', 'pack', [CompletionResultType]::ParameterValue, 'Write what a customer needs: trust policy, CloudFormation, Terraform, instructions')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else')
            break
        }
        'assume;help;partner;new' {
            break
        }
        'assume;help;partner;list' {
            break
        }
        'assume;help;partner;show' {
            break
        }
        'assume;help;partner;rotate' {
            break
        }
        'assume;help;partner;retire' {
            break
        }
        'assume;help;partner;pack' {
            break
        }
        'assume;help;partner;verify' {
            break
        }
        'assume;help;history' {
            break
        }
        'assume;help;sandbox' {
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'Walk the built-in scenario: each command, what STS was asked, what it answered')
            break
        }
        'assume;help;sandbox;tour' {
            break
        }
        'assume;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
