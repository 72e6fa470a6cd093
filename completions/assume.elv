
use builtin;
use str;

set edit:completion:arg-completer[assume] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'assume'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'assume'= {
            cand --duration 'How long the session should last: 3600, 90m, 1h'
            cand --external-id 'The external ID that the role''s owner demands'
            cand --session-name 'What the session is called in CloudTrail'
            cand --source-identity 'Who is behind the session, fixed for all that is chained from it'
            cand --tag 'A session tag; may be given again'
            cand --transitive-tag 'A tag that goes on to chained sessions; may be given again'
            cand --policy 'A policy that narrows the session: JSON, or a file of it'
            cand --policy-arn 'A managed policy that narrows the session; may be given again'
            cand --only 'Take no more than these actions, such as s3:Get*; may be given again'
            cand --on 'What --only is done to: an ARN; may be given again'
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --read-only 'Take no more than AWS''s policy ReadOnlyAccess allows'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand use 'Become a role in this shell, or run one command as it'
            cand exec 'Run a command with a role''s credentials'
            cand export 'Print a role''s credentials in a format of your choice'
            cand credential-process 'Answer an SDK that asks for credentials'
            cand unset 'Go back to what the shell had before the first switch'
            cand status 'Show what is active in this shell and what is cached, without opening a secret store'
            cand list 'List the profiles that can be assumed'
            cand explain 'Show what would be done to become a role, and why: nothing is sent'
            cand role 'Add, edit or remove role profiles in your config file'
            cand setup 'Make other programs use assume'
            cand init 'Print the hook for a shell: `assume NAME` then changes that shell, and names complete'
            cand console 'Open the AWS console as a role'
            cand token 'Print a signed token that says who a role is, for a service outside AWS'
            cand root 'Do one task as the root user of a member account, for 15 minutes'
            cand exposure 'Show who is let into your roles from outside, and which nobody uses'
            cand login 'Sign in, in a browser'
            cand logout 'Forget cached sessions'
            cand discover 'List every account and role that you reach through IAM Identity Center'
            cand identity 'Add, list, remove or rotate the identities that you start as'
            cand mfa 'Keep the seeds of virtual MFA devices, and show their codes'
            cand vault 'Show which store keeps which secrets, why, and whether it answers; prompts nobody'
            cand trust 'Write, read and check the trust policies of roles'
            cand partner 'Keep the external IDs that you, as a partner, give to your customers'
            cand history 'Show who became which role'
            cand sandbox 'Try everything against a local STS, with no AWS account'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;use'= {
            cand --duration 'How long the session should last: 3600, 90m, 1h'
            cand --external-id 'The external ID that the role''s owner demands'
            cand --session-name 'What the session is called in CloudTrail'
            cand --source-identity 'Who is behind the session, fixed for all that is chained from it'
            cand --tag 'A session tag; may be given again'
            cand --transitive-tag 'A tag that goes on to chained sessions; may be given again'
            cand --policy 'A policy that narrows the session: JSON, or a file of it'
            cand --policy-arn 'A managed policy that narrows the session; may be given again'
            cand --only 'Take no more than these actions, such as s3:Get*; may be given again'
            cand --on 'What --only is done to: an ARN; may be given again'
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --read-only 'Take no more than AWS''s policy ReadOnlyAccess allows'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;exec'= {
            cand --duration 'How long the session should last: 3600, 90m, 1h'
            cand --external-id 'The external ID that the role''s owner demands'
            cand --session-name 'What the session is called in CloudTrail'
            cand --source-identity 'Who is behind the session, fixed for all that is chained from it'
            cand --tag 'A session tag; may be given again'
            cand --transitive-tag 'A tag that goes on to chained sessions; may be given again'
            cand --policy 'A policy that narrows the session: JSON, or a file of it'
            cand --policy-arn 'A managed policy that narrows the session; may be given again'
            cand --only 'Take no more than these actions, such as s3:Get*; may be given again'
            cand --on 'What --only is done to: an ARN; may be given again'
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --refresh 'For work longer than a session: the command gets no keys, but an AWS config by which SDKs ask again'
            cand --read-only 'Take no more than AWS''s policy ReadOnlyAccess allows'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;export'= {
            cand --format 'How to write it'
            cand --duration 'How long the session should last: 3600, 90m, 1h'
            cand --external-id 'The external ID that the role''s owner demands'
            cand --session-name 'What the session is called in CloudTrail'
            cand --source-identity 'Who is behind the session, fixed for all that is chained from it'
            cand --tag 'A session tag; may be given again'
            cand --transitive-tag 'A tag that goes on to chained sessions; may be given again'
            cand --policy 'A policy that narrows the session: JSON, or a file of it'
            cand --policy-arn 'A managed policy that narrows the session; may be given again'
            cand --only 'Take no more than these actions, such as s3:Get*; may be given again'
            cand --on 'What --only is done to: an ARN; may be given again'
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --read-only 'Take no more than AWS''s policy ReadOnlyAccess allows'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;credential-process'= {
            cand --duration 'How long the session should last: 3600, 90m, 1h'
            cand --external-id 'The external ID that the role''s owner demands'
            cand --session-name 'What the session is called in CloudTrail'
            cand --source-identity 'Who is behind the session, fixed for all that is chained from it'
            cand --tag 'A session tag; may be given again'
            cand --transitive-tag 'A tag that goes on to chained sessions; may be given again'
            cand --policy 'A policy that narrows the session: JSON, or a file of it'
            cand --policy-arn 'A managed policy that narrows the session; may be given again'
            cand --only 'Take no more than these actions, such as s3:Get*; may be given again'
            cand --on 'What --only is done to: an ARN; may be given again'
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --read-only 'Take no more than AWS''s policy ReadOnlyAccess allows'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;unset'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;status'= {
            cand --json 'Print JSON: `active` and `cached[]`'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;list'= {
            cand --json 'As JSON: name, kind, role_arn, origin, shadowed_by, command'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;explain'= {
            cand --duration 'How long the session should last: 3600, 90m, 1h'
            cand --external-id 'The external ID that the role''s owner demands'
            cand --session-name 'What the session is called in CloudTrail'
            cand --source-identity 'Who is behind the session, fixed for all that is chained from it'
            cand --tag 'A session tag; may be given again'
            cand --transitive-tag 'A tag that goes on to chained sessions; may be given again'
            cand --policy 'A policy that narrows the session: JSON, or a file of it'
            cand --policy-arn 'A managed policy that narrows the session; may be given again'
            cand --only 'Take no more than these actions, such as s3:Get*; may be given again'
            cand --on 'What --only is done to: an ARN; may be given again'
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --json 'Print the documented JSON form'
            cand --read-only 'Take no more than AWS''s policy ReadOnlyAccess allows'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;role'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand add 'Declare a role'
            cand new 'Declare a role'
            cand edit 'Change what is declared for a role'
            cand remove 'Take roles out of the file'
            cand rm 'Take roles out of the file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;role;add'= {
            cand --identity 'Whom it is reached from: an identity, or a profile of ~/.aws/config'
            cand --via 'The role it is reached through (role chaining)'
            cand --role-arn 'The role''s ARN'
            cand --account-id 'The account it lives in'
            cand --role-name 'Its name, with its path: teams/core/Admin'
            cand --external-id 'What the role''s owner demands to be sent along'
            cand --mfa-serial 'The MFA device it demands'
            cand --mfa-process 'A command that prints that device''s code'
            cand --mfa-max-age 'How old an MFA session may be'
            cand --duration 'How long a session lasts: 3600, 90m, 1h'
            cand --session-name 'What a session is called in CloudTrail'
            cand --source-identity 'Who is behind a session'
            cand --tag 'A session tag'
            cand --transitive-tag 'A session tag that goes on to chained sessions'
            cand --policy-arn 'A managed policy that narrows a session'
            cand --policy 'An inline policy that narrows a session, as JSON'
            cand --policy-file 'A file with such a policy'
            cand --region 'The Region to call STS in, and to work in'
            cand --endpoint-url 'Another STS endpoint'
            cand --confirm 'Whether a person has to agree to each hand-over'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;role;new'= {
            cand --identity 'Whom it is reached from: an identity, or a profile of ~/.aws/config'
            cand --via 'The role it is reached through (role chaining)'
            cand --role-arn 'The role''s ARN'
            cand --account-id 'The account it lives in'
            cand --role-name 'Its name, with its path: teams/core/Admin'
            cand --external-id 'What the role''s owner demands to be sent along'
            cand --mfa-serial 'The MFA device it demands'
            cand --mfa-process 'A command that prints that device''s code'
            cand --mfa-max-age 'How old an MFA session may be'
            cand --duration 'How long a session lasts: 3600, 90m, 1h'
            cand --session-name 'What a session is called in CloudTrail'
            cand --source-identity 'Who is behind a session'
            cand --tag 'A session tag'
            cand --transitive-tag 'A session tag that goes on to chained sessions'
            cand --policy-arn 'A managed policy that narrows a session'
            cand --policy 'An inline policy that narrows a session, as JSON'
            cand --policy-file 'A file with such a policy'
            cand --region 'The Region to call STS in, and to work in'
            cand --endpoint-url 'Another STS endpoint'
            cand --confirm 'Whether a person has to agree to each hand-over'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;role;edit'= {
            cand --identity 'Whom it is reached from: an identity, or a profile of ~/.aws/config'
            cand --via 'The role it is reached through (role chaining)'
            cand --role-arn 'The role''s ARN'
            cand --account-id 'The account it lives in'
            cand --role-name 'Its name, with its path: teams/core/Admin'
            cand --external-id 'What the role''s owner demands to be sent along'
            cand --mfa-serial 'The MFA device it demands'
            cand --mfa-process 'A command that prints that device''s code'
            cand --mfa-max-age 'How old an MFA session may be'
            cand --duration 'How long a session lasts: 3600, 90m, 1h'
            cand --session-name 'What a session is called in CloudTrail'
            cand --source-identity 'Who is behind a session'
            cand --tag 'A session tag'
            cand --transitive-tag 'A session tag that goes on to chained sessions'
            cand --policy-arn 'A managed policy that narrows a session'
            cand --policy 'An inline policy that narrows a session, as JSON'
            cand --policy-file 'A file with such a policy'
            cand --region 'The Region to call STS in, and to work in'
            cand --endpoint-url 'Another STS endpoint'
            cand --confirm 'Whether a person has to agree to each hand-over'
            cand --unset 'Take a key out, such as external_id'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;role;remove'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;role;rm'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;role;help'= {
            cand add 'Declare a role'
            cand edit 'Change what is declared for a role'
            cand remove 'Take roles out of the file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;role;help;add'= {
        }
        &'assume;role;help;edit'= {
        }
        &'assume;role;help;remove'= {
        }
        &'assume;role;help;help'= {
        }
        &'assume;setup'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand credential-process 'Let the AWS SDKs and the AWS CLI get credentials from assume'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;setup;credential-process'= {
            cand --all 'Set up every role of your config file'
            cand --dry-run 'Show what would change, and change nothing'
            cand --prune 'Take out what was set up for profiles that are no more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;setup;help'= {
            cand credential-process 'Let the AWS SDKs and the AWS CLI get credentials from assume'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;setup;help;credential-process'= {
        }
        &'assume;setup;help;help'= {
        }
        &'assume;init'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;console'= {
            cand --service 'The service to land at: s3, ec2, cloudwatch'
            cand --url 'The console''s page to land at'
            cand --console-duration 'How long the console session should last, where AWS takes one: 15m to 12h'
            cand --display-name 'What the console''s bar says, in a switch-role link'
            cand --color 'The colour of the console''s bar, in a switch-role link: red, orange, yellow, green, blue or RRGGBB'
            cand --browser 'The browser: firefox, chrome, chromium, edge, brave, or a program'
            cand --browser-profile 'The browser''s profile'
            cand --container 'The Firefox container (with the add-on "Open external links in a container")'
            cand --duration 'How long the session should last: 3600, 90m, 1h'
            cand --external-id 'The external ID that the role''s owner demands'
            cand --session-name 'What the session is called in CloudTrail'
            cand --source-identity 'Who is behind the session, fixed for all that is chained from it'
            cand --tag 'A session tag; may be given again'
            cand --transitive-tag 'A tag that goes on to chained sessions; may be given again'
            cand --policy 'A policy that narrows the session: JSON, or a file of it'
            cand --policy-arn 'A managed policy that narrows the session; may be given again'
            cand --only 'Take no more than these actions, such as s3:Get*; may be given again'
            cand --on 'What --only is done to: an ARN; may be given again'
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --print 'Print the link instead of opening it'
            cand --switch-role 'Give the link by which somebody who is signed in switches to the role; needs no credentials'
            cand --read-only 'Take no more than AWS''s policy ReadOnlyAccess allows'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;token'= {
            cand --audience 'The service that the token is for; may be given again'
            cand --signing-algorithm 'How it is signed'
            cand --token-duration 'How long it is good: 60s to 1h; 5 minutes if left out'
            cand --token-tag 'What it says besides: a claim among its request tags; may be given again'
            cand --duration 'How long the session should last: 3600, 90m, 1h'
            cand --external-id 'The external ID that the role''s owner demands'
            cand --session-name 'What the session is called in CloudTrail'
            cand --source-identity 'Who is behind the session, fixed for all that is chained from it'
            cand --tag 'A session tag; may be given again'
            cand --transitive-tag 'A tag that goes on to chained sessions; may be given again'
            cand --policy 'A policy that narrows the session: JSON, or a file of it'
            cand --policy-arn 'A managed policy that narrows the session; may be given again'
            cand --only 'Take no more than these actions, such as s3:Get*; may be given again'
            cand --on 'What --only is done to: an ARN; may be given again'
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --read-only 'Take no more than AWS''s policy ReadOnlyAccess allows'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;root'= {
            cand --task 'What is to be done: IAMAuditRootUserCredentials, IAMCreateRootUserPassword, IAMDeleteRootUserCredentials, S3UnlockBucketPolicy or SQSUnlockQueuePolicy'
            cand --via 'The role, or identity, that asks; without it, the default identity'
            cand --duration 'How long the session should last: 3600, 90m, 1h'
            cand --external-id 'The external ID that the role''s owner demands'
            cand --session-name 'What the session is called in CloudTrail'
            cand --source-identity 'Who is behind the session, fixed for all that is chained from it'
            cand --tag 'A session tag; may be given again'
            cand --transitive-tag 'A tag that goes on to chained sessions; may be given again'
            cand --policy 'A policy that narrows the session: JSON, or a file of it'
            cand --policy-arn 'A managed policy that narrows the session; may be given again'
            cand --only 'Take no more than these actions, such as s3:Get*; may be given again'
            cand --on 'What --only is done to: an ARN; may be given again'
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --explain 'Show what would be done, and why; nothing is sent'
            cand --read-only 'Take no more than AWS''s policy ReadOnlyAccess allows'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;exposure'= {
            cand --profile 'Whose credentials ask; without it, the default identity'
            cand --region 'A Region to look in; may be given again. Without it, all that the account has enabled'
            cand --in 'A Region to look in; may be given again. Without it, all that the account has enabled'
            cand --archive 'Archive this finding, by the id that is shown, wherever it stands'
            cand --reason 'Why: kept in exposure.toml beside the config file, since AWS keeps no reason'
            cand --all 'Show what was archived, too'
            cand --json 'As JSON: analyzers, exposures'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;login'= {
            cand --device 'Sign in with a code, on whatever device you like'
            cand --no-browser 'Print the page''s address, and open nothing'
            cand --browser-visible 'Show the window of a SAML sign-in also where it could do without, to see what goes on there'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;logout'= {
            cand --all 'Every session of this user'
            cand --sso 'End the sign-in that PROFILE leads to, or the only one there is, with all sessions that were had by it'
            cand --forget 'Also remove keys, MFA seeds, tokens, browsers'' cookies and the ledger, for the day someone leaves'
            cand --yes 'Do not ask before keys are removed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;discover'= {
            cand --to 'Another file for them'
            cand --template 'What roles are called, with {account}, {account_id}, {role} and {sign_in} in it [default: {account}-{role}]'
            cand --account 'Only accounts whose name or id fits, such as ''prod-*''; ''*'' for all again'
            cand --not-account 'No accounts whose name or id fits'
            cand --role 'Only roles whose name fits'
            cand --not-role 'No roles whose name fits'
            cand --write 'Write the roles into a file that your config file includes'
            cand --json 'As JSON: roles, file, added, changed, gone, unchanged'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;identity'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand add 'Keep an IAM user''s access key in the vault, and declare it as an identity'
            cand list 'List your identities; opens no secret store'
            cand remove 'Remove an identity: its key from the vault, its sessions, its lines in your config file'
            cand rm 'Remove an identity: its key from the vault, its sessions, its lines in your config file'
            cand rotate 'Make a new key at AWS, keep it, prove it, and delete the old one'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;identity;add'= {
            cand --mfa-serial 'The user''s MFA device'
            cand --sso 'Declare a sign-in at IAM Identity Center instead of a key: its start URL'
            cand --sso-region 'The Region that the Identity Center is in'
            cand --replace 'Replace a key that is kept already'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;identity;list'= {
            cand --json 'Print JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;identity;remove'= {
            cand --yes 'Do not ask'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;identity;rm'= {
            cand --yes 'Do not ask'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;identity;rotate'= {
            cand --delete 'Delete the user''s other key to make room: AWS allows two'
            cand --mfa-code-file 'Read the MFA code from a file, or from standard input (-)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;identity;help'= {
            cand add 'Keep an IAM user''s access key in the vault, and declare it as an identity'
            cand list 'List your identities; opens no secret store'
            cand remove 'Remove an identity: its key from the vault, its sessions, its lines in your config file'
            cand rotate 'Make a new key at AWS, keep it, prove it, and delete the old one'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;identity;help;add'= {
        }
        &'assume;identity;help;list'= {
        }
        &'assume;identity;help;remove'= {
        }
        &'assume;identity;help;rotate'= {
        }
        &'assume;identity;help;help'= {
        }
        &'assume;mfa'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand add 'Keep a device''s seed: base32 or an otpauth:// URI, from the terminal or standard input'
            cand code 'Print the present code of a device whose seed is kept'
            cand list 'List the MFA devices that are declared or kept, and where the codes of each come from'
            cand remove 'Remove a device''s seed from the vault'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;mfa;add'= {
            cand --same-store 'Keep it even in the store that holds the long-term key: who opens that store then has both factors'
            cand --replace 'Replace a seed that is kept already'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;mfa;code'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;mfa;list'= {
            cand --json 'Print JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;mfa;remove'= {
            cand --yes 'Do not ask'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;mfa;help'= {
            cand add 'Keep a device''s seed: base32 or an otpauth:// URI, from the terminal or standard input'
            cand code 'Print the present code of a device whose seed is kept'
            cand list 'List the MFA devices that are declared or kept, and where the codes of each come from'
            cand remove 'Remove a device''s seed from the vault'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;mfa;help;add'= {
        }
        &'assume;mfa;help;code'= {
        }
        &'assume;mfa;help;list'= {
        }
        &'assume;mfa;help;remove'= {
        }
        &'assume;mfa;help;help'= {
        }
        &'assume;vault'= {
            cand --json 'Print JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;trust'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand show 'Show who may assume a role, by which action, and under which conditions'
            cand check 'Check trust policies: whom they let in by mistake, and what in them can never work'
            cand least 'Show what of a role''s rights was used, and a smaller policy to begin with'
            cand simulate 'Say whether somebody would get a role, what decides it, and what would change it'
            cand test 'Hold a table of who gets which role, and who does not, against the policies, for CI'
            cand paths 'Show every chain of roles by which somebody gets to a role, and what each step takes'
            cand pull 'Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file'
            cand policy 'Write a role''s trust policy: whom to let in, with the guards that belong to it'
            cand probe 'Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;trust;show'= {
            cand --profile 'Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out'
            cand --all 'Every role of the account'
            cand --json 'Write it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;trust;check'= {
            cand --profile 'Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out'
            cand --format 'How findings are written: for people, as JSON, as SARIF 2.1.0, or as annotations of GitHub Actions'
            cand --fail-on 'How bad a finding has to be for the command to fail: low, warning, medium, high, error, critical, or none'
            cand --suppressions 'A file of findings that are accepted, each with its reason and until when; without it, the nearest .assume-trust.toml beside or above each file'
            cand --own 'An account that is yours, besides those in the config file; may be given again'
            cand --reference 'With --validate: a policy that none may allow more than (CheckNoNewAccess)'
            cand --all 'Every role of the account'
            cand --diff 'Say instead who gains or loses the role by the second of two files; ends with 1 where somebody gains'
            cand --no-suppressions 'Accept nothing, whatever .assume-trust.toml says'
            cand --validate 'Have IAM Access Analyzer look at the policies too (ValidatePolicy, CheckNoPublicAccess): their text is sent to AWS, and AWS charges for each CheckNoPublicAccess and CheckNoNewAccess'
            cand --yes 'With --validate: make the charged calls without asking'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;trust;least'= {
            cand --profile 'Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out'
            cand --format 'How it is written: for people, as JSON, or the smaller policy alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;trust;simulate'= {
            cand --as 'Who asks: the ARN of a user, a role, a session or an identity provider, a service (ec2.amazonaws.com), or an account for anybody in it; of a snapshot or an account, a user or role by its name too'
            cand --role 'The file with the trust policy: as for `assume trust check`. Or a role, by name, ARN or profile, of the snapshot or, without one, of the account'
            cand --role-arn 'The role''s ARN, where the file does not tell it'
            cand --snapshot 'A file that `assume trust pull` made: its roles, users, and what is known of them'
            cand --scenario 'A file that `assume trust pull` made: its roles, users, and what is known of them'
            cand --profile 'Who reads the account, if the role is to be found there; may be given again, for the account of the one who asks; the default identity, if left out'
            cand --action 'What is asked for, if not to assume the role: sts:TagSession, sts:SetSourceIdentity'
            cand --external-id 'The external ID that is sent'
            cand --mfa 'They gave an MFA code, a moment or so long ago'
            cand --session-name 'The session name that is sent'
            cand --source-identity 'The source identity that is sent'
            cand --tag 'A tag that is sent; may be given again'
            cand --organization 'The organization of the one who asks'
            cand --source-ip 'The address that the call comes from'
            cand --context 'Any other condition key and its value, such as aws:PrincipalTag/team=core; may be given again, for a key of several values too'
            cand --json 'Write it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;trust;test'= {
            cand --snapshot 'A snapshot, whatever the table names'
            cand --format 'How it is written: for people, as JSON, as JUnit''s XML, or as annotations of GitHub Actions'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;trust;paths'= {
            cand --to 'The role: its ARN, or its name where the file has one role of it'
            cand --from 'Only chains that begin with this user or role, account, service (ec2.amazonaws.com) or identity provider; `*` is anybody'
            cand --snapshot 'The file of accounts, users and roles; `-` is standard input'
            cand --scenario 'The file of accounts, users and roles; `-` is standard input'
            cand --max-hops 'How many roles a chain has at most'
            cand --format 'How they are written: for people, as JSON, or to be drawn by Graphviz or Mermaid'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;trust;pull'= {
            cand --profile 'Who reads: a role, an identity, a profile of ~/.aws/config, once for each account; the default identity, if left out'
            cand --organization 'The organization that the accounts belong to, where Organizations may not be asked: for conditions on aws:PrincipalOrgID'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;trust;policy'= {
            cand --account 'An account of yours: whomever its own policies let; may be given again'
            cand --role 'A role of yours, by its ARN; may be given again'
            cand --partner 'A partner''s role (or, where it has none, its account), which has to send an external ID'
            cand --saml 'A SAML provider, by its ARN'
            cand --oidc 'An OpenID Connect provider, by its ARN'
            cand --service 'A service of AWS''s, such as scheduler.amazonaws.com'
            cand --preset 'A provider that many trust'
            cand --external-id 'What they have to send as external ID; twice while one is being rotated'
            cand --mfa-max-age 'Demand MFA that is not older than this'
            cand --organization 'Demand that they are (or, for a service, that the resource is) of this organization'
            cand --source-account 'For a service: the account on whose behalf it asks; may be given again'
            cand --source-arn 'For a service: the resource on whose behalf it asks; * may stand in it; may be given again'
            cand --audience 'For a provider: whom its tokens or assertions are for; may be given again'
            cand --subject 'For a provider: whom its tokens or assertions are about; * may stand in it; may be given again'
            cand --source-identity 'The source identity that they have to send; * may stand in it; may be given again'
            cand --session-tag 'A session tag that they may send, with one of these values (a,b); may be given again. Others are refused'
            cand --project 'For a preset: the project, as the provider names it (OWNER/REPOSITORY, NAMESPACE/SERVICE_ACCOUNT, …)'
            cand --branch 'For a preset: runs on this branch'
            cand --git-tag 'For a preset: runs on this tag'
            cand --environment 'For a preset: runs in this environment'
            cand --issuer 'For a preset: the issuer''s URL, where each customer has another one'
            cand --in-account 'For a preset: the account that the role and its provider are in'
            cand --partition 'The partition, where no ARN says it'
            cand --format 'What to write'
            cand --role-name 'For Terraform and CloudFormation: what the role is called'
            cand --mfa 'Demand MFA'
            cand --pull-request 'For a preset: runs of pull requests, which anybody may open'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;trust;probe'= {
            cand --as 'Who asks; without it, whoever the role is declared to be reached from'
            cand --external-id 'The right external ID; without it, the declared one'
            cand --try-session-name 'Try another session name, too'
            cand --try-source-identity 'Try another source identity, too'
            cand --try-tag 'Try to send a session tag, too'
            cand --try-as 'Try it as somebody else, too'
            cand --policy 'The role''s present trust policy, in JSON, to be mended where it lets in too much'
            cand --region 'The Region whose STS is asked'
            cand --mfa-serial 'The MFA device of who asks'
            cand --mfa-code-file 'A file that holds the MFA code'
            cand --try-without-mfa 'Try it without the MFA session, too'
            cand --json 'Print the result as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;trust;help'= {
            cand show 'Show who may assume a role, by which action, and under which conditions'
            cand check 'Check trust policies: whom they let in by mistake, and what in them can never work'
            cand least 'Show what of a role''s rights was used, and a smaller policy to begin with'
            cand simulate 'Say whether somebody would get a role, what decides it, and what would change it'
            cand test 'Hold a table of who gets which role, and who does not, against the policies, for CI'
            cand paths 'Show every chain of roles by which somebody gets to a role, and what each step takes'
            cand pull 'Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file'
            cand policy 'Write a role''s trust policy: whom to let in, with the guards that belong to it'
            cand probe 'Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;trust;help;show'= {
        }
        &'assume;trust;help;check'= {
        }
        &'assume;trust;help;least'= {
        }
        &'assume;trust;help;simulate'= {
        }
        &'assume;trust;help;test'= {
        }
        &'assume;trust;help;paths'= {
        }
        &'assume;trust;help;pull'= {
        }
        &'assume;trust;help;policy'= {
        }
        &'assume;trust;help;probe'= {
        }
        &'assume;trust;help;help'= {
        }
        &'assume;partner'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand new 'Make an external ID for a customer''s account'
            cand list 'List the customers, their accounts, and what is wrong with their IDs'
            cand show 'Show a customer''s external ID'
            cand rotate 'Replace a customer''s external ID; the old one stays until --finish'
            cand retire 'Retire a customer''s account; its IDs are never used again'
            cand pack 'Write what a customer needs: trust policy, CloudFormation, Terraform, instructions'
            cand verify 'Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;partner;new'= {
            cand --role-arn 'Their role, where it is not called as everywhere'
            cand --principal 'For all customers: the role of yours that assumes theirs'
            cand --prefix 'For all customers: what IDs begin with; without it, they are UUIDs'
            cand --role-name 'For all customers: what their role is called'
            cand --policy-arn 'For all customers: a managed policy that their role gets; may be given again'
            cand --registry 'The registry; without it, `partner_registry` of the config, or partners.toml beside it'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;partner;list'= {
            cand --registry 'The registry; without it, `partner_registry` of the config, or partners.toml beside it'
            cand --json 'As JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;partner;show'= {
            cand --registry 'The registry; without it, `partner_registry` of the config, or partners.toml beside it'
            cand --json 'As JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;partner;rotate'= {
            cand --registry 'The registry; without it, `partner_registry` of the config, or partners.toml beside it'
            cand --finish 'The customer''s role accepts the new one: retire the old one'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;partner;retire'= {
            cand --registry 'The registry; without it, `partner_registry` of the config, or partners.toml beside it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;partner;pack'= {
            cand --to 'The folder to write into; it is made if it is not there'
            cand --template-url 'Where role.yaml lies, for a link that opens CloudFormation with it. AWS takes it from S3 only'
            cand --region 'The Region that the link opens CloudFormation in'
            cand --registry 'The registry; without it, `partner_registry` of the config, or partners.toml beside it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;partner;verify'= {
            cand --as 'Who asks: the profile that assumes the customers'' roles; without it, the default identity'
            cand --jobs 'How many customers at once'
            cand --registry 'The registry; without it, `partner_registry` of the config, or partners.toml beside it'
            cand --json 'Print the report as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;partner;help'= {
            cand new 'Make an external ID for a customer''s account'
            cand list 'List the customers, their accounts, and what is wrong with their IDs'
            cand show 'Show a customer''s external ID'
            cand rotate 'Replace a customer''s external ID; the old one stays until --finish'
            cand retire 'Retire a customer''s account; its IDs are never used again'
            cand pack 'Write what a customer needs: trust policy, CloudFormation, Terraform, instructions'
            cand verify 'Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;partner;help;new'= {
        }
        &'assume;partner;help;list'= {
        }
        &'assume;partner;help;show'= {
        }
        &'assume;partner;help;rotate'= {
        }
        &'assume;partner;help;retire'= {
        }
        &'assume;partner;help;pack'= {
        }
        &'assume;partner;help;verify'= {
        }
        &'assume;partner;help;help'= {
        }
        &'assume;history'= {
            cand --since 'Only what is not older: `12h`, `7d`'
            cand --from 'Read the files of a trail in this folder, or in its bucket: `s3://BUCKET/PREFIX`'
            cand --profile 'Ask CloudTrail itself, as this profile; with --from s3://…, read the bucket as it'
            cand --lake 'Ask this event data store of CloudTrail Lake, by its ID or ARN, as --profile'
            cand --region 'A Region to look into; once for each. Without it, all that the account has enabled'
            cand --account 'An account of the organization whose trail is read; once for each. Without it, all'
            cand --me 'Only what was done from here: by a key that the ledger knows, or under your session name'
            cand --denied 'Only what AWS refused'
            cand --activity 'Count what was done with the sessions, too, and with those that were had with them'
            cand --json 'Print JSON: `ledger[]`, or `events[]` of a trail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;sandbox'= {
            cand --port 'The port to listen on; 0 means any that is free'
            cand --scenario 'Accounts, users, roles and policies to play, instead of the built-in ones'
            cand --fail 'How STS is to fail, to see what a client makes of it: throttle, 500, 503, slow=5s, cut, truncated, html or clock=-10m, then *TIMES or *forever, then @OPERATION; may be given again'
            cand -h 'Print help'
            cand --help 'Print help'
            cand tour 'Walk the built-in scenario: each command, what STS was asked, what it answered'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;sandbox;tour'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;sandbox;help'= {
            cand tour 'Walk the built-in scenario: each command, what STS was asked, what it answered'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;sandbox;help;tour'= {
        }
        &'assume;sandbox;help;help'= {
        }
        &'assume;help'= {
            cand use 'Become a role in this shell, or run one command as it'
            cand exec 'Run a command with a role''s credentials'
            cand export 'Print a role''s credentials in a format of your choice'
            cand credential-process 'Answer an SDK that asks for credentials'
            cand unset 'Go back to what the shell had before the first switch'
            cand status 'Show what is active in this shell and what is cached, without opening a secret store'
            cand list 'List the profiles that can be assumed'
            cand explain 'Show what would be done to become a role, and why: nothing is sent'
            cand role 'Add, edit or remove role profiles in your config file'
            cand setup 'Make other programs use assume'
            cand init 'Print the hook for a shell: `assume NAME` then changes that shell, and names complete'
            cand console 'Open the AWS console as a role'
            cand token 'Print a signed token that says who a role is, for a service outside AWS'
            cand root 'Do one task as the root user of a member account, for 15 minutes'
            cand exposure 'Show who is let into your roles from outside, and which nobody uses'
            cand login 'Sign in, in a browser'
            cand logout 'Forget cached sessions'
            cand discover 'List every account and role that you reach through IAM Identity Center'
            cand identity 'Add, list, remove or rotate the identities that you start as'
            cand mfa 'Keep the seeds of virtual MFA devices, and show their codes'
            cand vault 'Show which store keeps which secrets, why, and whether it answers; prompts nobody'
            cand trust 'Write, read and check the trust policies of roles'
            cand partner 'Keep the external IDs that you, as a partner, give to your customers'
            cand history 'Show who became which role'
            cand sandbox 'Try everything against a local STS, with no AWS account'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;help;use'= {
        }
        &'assume;help;exec'= {
        }
        &'assume;help;export'= {
        }
        &'assume;help;credential-process'= {
        }
        &'assume;help;unset'= {
        }
        &'assume;help;status'= {
        }
        &'assume;help;list'= {
        }
        &'assume;help;explain'= {
        }
        &'assume;help;role'= {
            cand add 'Declare a role'
            cand edit 'Change what is declared for a role'
            cand remove 'Take roles out of the file'
        }
        &'assume;help;role;add'= {
        }
        &'assume;help;role;edit'= {
        }
        &'assume;help;role;remove'= {
        }
        &'assume;help;setup'= {
            cand credential-process 'Let the AWS SDKs and the AWS CLI get credentials from assume'
        }
        &'assume;help;setup;credential-process'= {
        }
        &'assume;help;init'= {
        }
        &'assume;help;console'= {
        }
        &'assume;help;token'= {
        }
        &'assume;help;root'= {
        }
        &'assume;help;exposure'= {
        }
        &'assume;help;login'= {
        }
        &'assume;help;logout'= {
        }
        &'assume;help;discover'= {
        }
        &'assume;help;identity'= {
            cand add 'Keep an IAM user''s access key in the vault, and declare it as an identity'
            cand list 'List your identities; opens no secret store'
            cand remove 'Remove an identity: its key from the vault, its sessions, its lines in your config file'
            cand rotate 'Make a new key at AWS, keep it, prove it, and delete the old one'
        }
        &'assume;help;identity;add'= {
        }
        &'assume;help;identity;list'= {
        }
        &'assume;help;identity;remove'= {
        }
        &'assume;help;identity;rotate'= {
        }
        &'assume;help;mfa'= {
            cand add 'Keep a device''s seed: base32 or an otpauth:// URI, from the terminal or standard input'
            cand code 'Print the present code of a device whose seed is kept'
            cand list 'List the MFA devices that are declared or kept, and where the codes of each come from'
            cand remove 'Remove a device''s seed from the vault'
        }
        &'assume;help;mfa;add'= {
        }
        &'assume;help;mfa;code'= {
        }
        &'assume;help;mfa;list'= {
        }
        &'assume;help;mfa;remove'= {
        }
        &'assume;help;vault'= {
        }
        &'assume;help;trust'= {
            cand show 'Show who may assume a role, by which action, and under which conditions'
            cand check 'Check trust policies: whom they let in by mistake, and what in them can never work'
            cand least 'Show what of a role''s rights was used, and a smaller policy to begin with'
            cand simulate 'Say whether somebody would get a role, what decides it, and what would change it'
            cand test 'Hold a table of who gets which role, and who does not, against the policies, for CI'
            cand paths 'Show every chain of roles by which somebody gets to a role, and what each step takes'
            cand pull 'Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file'
            cand policy 'Write a role''s trust policy: whom to let in, with the guards that belong to it'
            cand probe 'Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in'
        }
        &'assume;help;trust;show'= {
        }
        &'assume;help;trust;check'= {
        }
        &'assume;help;trust;least'= {
        }
        &'assume;help;trust;simulate'= {
        }
        &'assume;help;trust;test'= {
        }
        &'assume;help;trust;paths'= {
        }
        &'assume;help;trust;pull'= {
        }
        &'assume;help;trust;policy'= {
        }
        &'assume;help;trust;probe'= {
        }
        &'assume;help;partner'= {
            cand new 'Make an external ID for a customer''s account'
            cand list 'List the customers, their accounts, and what is wrong with their IDs'
            cand show 'Show a customer''s external ID'
            cand rotate 'Replace a customer''s external ID; the old one stays until --finish'
            cand retire 'Retire a customer''s account; its IDs are never used again'
            cand pack 'Write what a customer needs: trust policy, CloudFormation, Terraform, instructions'
            cand verify 'Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else'
        }
        &'assume;help;partner;new'= {
        }
        &'assume;help;partner;list'= {
        }
        &'assume;help;partner;show'= {
        }
        &'assume;help;partner;rotate'= {
        }
        &'assume;help;partner;retire'= {
        }
        &'assume;help;partner;pack'= {
        }
        &'assume;help;partner;verify'= {
        }
        &'assume;help;history'= {
        }
        &'assume;help;sandbox'= {
            cand tour 'Walk the built-in scenario: each command, what STS was asked, what it answered'
        }
        &'assume;help;sandbox;tour'= {
        }
        &'assume;help;help'= {
        }
    ]
    $completions[$command]
}
