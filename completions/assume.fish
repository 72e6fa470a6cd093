# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_assume_global_optspecs
    string join \n duration= external-id= session-name= source-identity= tag= transitive-tag= policy= policy-arn= only= on= read-only region= mfa-serial= mfa-code-file= h/help V/version
end

function __fish_assume_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_assume_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_assume_using_subcommand
    set -l cmd (__fish_assume_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c assume -n "__fish_assume_needs_command" -l duration -d 'How long the session should last: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_needs_command" -l external-id -d 'The external ID that the role\'s owner demands' -r
complete -c assume -n "__fish_assume_needs_command" -l session-name -d 'What the session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_needs_command" -l source-identity -d 'Who is behind the session, fixed for all that is chained from it' -r
complete -c assume -n "__fish_assume_needs_command" -l tag -d 'A session tag; may be given again' -r
complete -c assume -n "__fish_assume_needs_command" -l transitive-tag -d 'A tag that goes on to chained sessions; may be given again' -r
complete -c assume -n "__fish_assume_needs_command" -l policy -d 'A policy that narrows the session: JSON, or a file of it' -r
complete -c assume -n "__fish_assume_needs_command" -l policy-arn -d 'A managed policy that narrows the session; may be given again' -r
complete -c assume -n "__fish_assume_needs_command" -l only -d 'Take no more than these actions, such as s3:Get*; may be given again' -r
complete -c assume -n "__fish_assume_needs_command" -l on -d 'What --only is done to: an ARN; may be given again' -r
complete -c assume -n "__fish_assume_needs_command" -l region -d 'The Region to ask STS in, and to hand over' -r
complete -c assume -n "__fish_assume_needs_command" -l mfa-serial -d 'The MFA device whose code is sent' -r
complete -c assume -n "__fish_assume_needs_command" -l mfa-code-file -d 'A file that holds the MFA code; - is standard input' -r -F
complete -c assume -n "__fish_assume_needs_command" -l read-only -d 'Take no more than AWS\'s policy ReadOnlyAccess allows'
complete -c assume -n "__fish_assume_needs_command" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_needs_command" -s V -l version -d 'Print version'
complete -c assume -n "__fish_assume_needs_command" -a "use" -d 'Become a role in this shell, or run one command as it'
complete -c assume -n "__fish_assume_needs_command" -a "exec" -d 'Run a command with a role\'s credentials'
complete -c assume -n "__fish_assume_needs_command" -a "export" -d 'Print a role\'s credentials in a format of your choice'
complete -c assume -n "__fish_assume_needs_command" -a "credential-process" -d 'Answer an SDK that asks for credentials'
complete -c assume -n "__fish_assume_needs_command" -a "unset" -d 'Go back to what the shell had before the first switch'
complete -c assume -n "__fish_assume_needs_command" -a "status" -d 'Show what is active in this shell and what is cached, without opening a secret store'
complete -c assume -n "__fish_assume_needs_command" -a "list" -d 'List the profiles that can be assumed'
complete -c assume -n "__fish_assume_needs_command" -a "explain" -d 'Show what would be done to become a role, and why: nothing is sent'
complete -c assume -n "__fish_assume_needs_command" -a "role" -d 'Add, edit or remove role profiles in your config file'
complete -c assume -n "__fish_assume_needs_command" -a "setup" -d 'Make other programs use assume'
complete -c assume -n "__fish_assume_needs_command" -a "init" -d 'Print the hook for a shell: `assume NAME` then changes that shell, and names complete'
complete -c assume -n "__fish_assume_needs_command" -a "console" -d 'Open the AWS console as a role'
complete -c assume -n "__fish_assume_needs_command" -a "token" -d 'Print a signed token that says who a role is, for a service outside AWS'
complete -c assume -n "__fish_assume_needs_command" -a "root" -d 'Do one task as the root user of a member account, for 15 minutes'
complete -c assume -n "__fish_assume_needs_command" -a "exposure" -d 'Show who is let into your roles from outside, and which nobody uses'
complete -c assume -n "__fish_assume_needs_command" -a "login" -d 'Sign in, in a browser'
complete -c assume -n "__fish_assume_needs_command" -a "logout" -d 'Forget cached sessions'
complete -c assume -n "__fish_assume_needs_command" -a "discover" -d 'List every account and role that you reach through IAM Identity Center'
complete -c assume -n "__fish_assume_needs_command" -a "identity" -d 'Add, list, remove or rotate the identities that you start as'
complete -c assume -n "__fish_assume_needs_command" -a "mfa" -d 'Keep the seeds of virtual MFA devices, and show their codes'
complete -c assume -n "__fish_assume_needs_command" -a "vault" -d 'Show which store keeps which secrets, why, and whether it answers; prompts nobody'
complete -c assume -n "__fish_assume_needs_command" -a "trust" -d 'Write, read and check the trust policies of roles'
complete -c assume -n "__fish_assume_needs_command" -a "partner" -d 'Keep the external IDs that you, as a partner, give to your customers'
complete -c assume -n "__fish_assume_needs_command" -a "history" -d 'Show who became which role'
complete -c assume -n "__fish_assume_needs_command" -a "sandbox" -d 'Try everything against a local STS, with no AWS account'
complete -c assume -n "__fish_assume_needs_command" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand use" -l duration -d 'How long the session should last: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l external-id -d 'The external ID that the role\'s owner demands' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l session-name -d 'What the session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l source-identity -d 'Who is behind the session, fixed for all that is chained from it' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l tag -d 'A session tag; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l transitive-tag -d 'A tag that goes on to chained sessions; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l policy -d 'A policy that narrows the session: JSON, or a file of it' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l policy-arn -d 'A managed policy that narrows the session; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l only -d 'Take no more than these actions, such as s3:Get*; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l on -d 'What --only is done to: an ARN; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l region -d 'The Region to ask STS in, and to hand over' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l mfa-serial -d 'The MFA device whose code is sent' -r
complete -c assume -n "__fish_assume_using_subcommand use" -l mfa-code-file -d 'A file that holds the MFA code; - is standard input' -r -F
complete -c assume -n "__fish_assume_using_subcommand use" -l read-only -d 'Take no more than AWS\'s policy ReadOnlyAccess allows'
complete -c assume -n "__fish_assume_using_subcommand use" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand exec" -l duration -d 'How long the session should last: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l external-id -d 'The external ID that the role\'s owner demands' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l session-name -d 'What the session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l source-identity -d 'Who is behind the session, fixed for all that is chained from it' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l tag -d 'A session tag; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l transitive-tag -d 'A tag that goes on to chained sessions; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l policy -d 'A policy that narrows the session: JSON, or a file of it' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l policy-arn -d 'A managed policy that narrows the session; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l only -d 'Take no more than these actions, such as s3:Get*; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l on -d 'What --only is done to: an ARN; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l region -d 'The Region to ask STS in, and to hand over' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l mfa-serial -d 'The MFA device whose code is sent' -r
complete -c assume -n "__fish_assume_using_subcommand exec" -l mfa-code-file -d 'A file that holds the MFA code; - is standard input' -r -F
complete -c assume -n "__fish_assume_using_subcommand exec" -l refresh -d 'For work longer than a session: the command gets no keys, but an AWS config by which SDKs ask again'
complete -c assume -n "__fish_assume_using_subcommand exec" -l read-only -d 'Take no more than AWS\'s policy ReadOnlyAccess allows'
complete -c assume -n "__fish_assume_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand export" -l format -d 'How to write it' -r -f -a "posix\t'bash, zsh, ksh, dash: `eval "$(…)"`'
fish\t'fish: `… | source`'
powershell\t'PowerShell: `… | Out-String | Invoke-Expression`'
cmd\t'The Windows command prompt: `… > role.cmd & call role.cmd`'
nushell\t'Nushell: `… | save role.nu; source role.nu`'
elvish\t'Elvish: `eval (… | slurp)`'
xonsh\t'xonsh: `execx($(…))`'
dotenv\t'A .env file'
json\t'A JSON object of environment variables'
ini\t'A section for ~/.aws/credentials'
docker-env\t'A file for `docker run --env-file`'
github\t'GitHub Actions: masks the secrets, then adds to $GITHUB_ENV'"
complete -c assume -n "__fish_assume_using_subcommand export" -l duration -d 'How long the session should last: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l external-id -d 'The external ID that the role\'s owner demands' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l session-name -d 'What the session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l source-identity -d 'Who is behind the session, fixed for all that is chained from it' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l tag -d 'A session tag; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l transitive-tag -d 'A tag that goes on to chained sessions; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l policy -d 'A policy that narrows the session: JSON, or a file of it' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l policy-arn -d 'A managed policy that narrows the session; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l only -d 'Take no more than these actions, such as s3:Get*; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l on -d 'What --only is done to: an ARN; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l region -d 'The Region to ask STS in, and to hand over' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l mfa-serial -d 'The MFA device whose code is sent' -r
complete -c assume -n "__fish_assume_using_subcommand export" -l mfa-code-file -d 'A file that holds the MFA code; - is standard input' -r -F
complete -c assume -n "__fish_assume_using_subcommand export" -l read-only -d 'Take no more than AWS\'s policy ReadOnlyAccess allows'
complete -c assume -n "__fish_assume_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l duration -d 'How long the session should last: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l external-id -d 'The external ID that the role\'s owner demands' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l session-name -d 'What the session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l source-identity -d 'Who is behind the session, fixed for all that is chained from it' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l tag -d 'A session tag; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l transitive-tag -d 'A tag that goes on to chained sessions; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l policy -d 'A policy that narrows the session: JSON, or a file of it' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l policy-arn -d 'A managed policy that narrows the session; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l only -d 'Take no more than these actions, such as s3:Get*; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l on -d 'What --only is done to: an ARN; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l region -d 'The Region to ask STS in, and to hand over' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l mfa-serial -d 'The MFA device whose code is sent' -r
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l mfa-code-file -d 'A file that holds the MFA code; - is standard input' -r -F
complete -c assume -n "__fish_assume_using_subcommand credential-process" -l read-only -d 'Take no more than AWS\'s policy ReadOnlyAccess allows'
complete -c assume -n "__fish_assume_using_subcommand credential-process" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand unset" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand status" -l json -d 'Print JSON: `active` and `cached[]`'
complete -c assume -n "__fish_assume_using_subcommand status" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand list" -l json -d 'As JSON: name, kind, role_arn, origin, shadowed_by, command'
complete -c assume -n "__fish_assume_using_subcommand list" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand explain" -l duration -d 'How long the session should last: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l external-id -d 'The external ID that the role\'s owner demands' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l session-name -d 'What the session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l source-identity -d 'Who is behind the session, fixed for all that is chained from it' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l tag -d 'A session tag; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l transitive-tag -d 'A tag that goes on to chained sessions; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l policy -d 'A policy that narrows the session: JSON, or a file of it' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l policy-arn -d 'A managed policy that narrows the session; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l only -d 'Take no more than these actions, such as s3:Get*; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l on -d 'What --only is done to: an ARN; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l region -d 'The Region to ask STS in, and to hand over' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l mfa-serial -d 'The MFA device whose code is sent' -r
complete -c assume -n "__fish_assume_using_subcommand explain" -l mfa-code-file -d 'A file that holds the MFA code; - is standard input' -r -F
complete -c assume -n "__fish_assume_using_subcommand explain" -l json -d 'Print the documented JSON form'
complete -c assume -n "__fish_assume_using_subcommand explain" -l read-only -d 'Take no more than AWS\'s policy ReadOnlyAccess allows'
complete -c assume -n "__fish_assume_using_subcommand explain" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand role; and not __fish_seen_subcommand_from add new edit remove rm help" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand role; and not __fish_seen_subcommand_from add new edit remove rm help" -f -a "add" -d 'Declare a role'
complete -c assume -n "__fish_assume_using_subcommand role; and not __fish_seen_subcommand_from add new edit remove rm help" -f -a "new" -d 'Declare a role'
complete -c assume -n "__fish_assume_using_subcommand role; and not __fish_seen_subcommand_from add new edit remove rm help" -f -a "edit" -d 'Change what is declared for a role'
complete -c assume -n "__fish_assume_using_subcommand role; and not __fish_seen_subcommand_from add new edit remove rm help" -f -a "remove" -d 'Take roles out of the file'
complete -c assume -n "__fish_assume_using_subcommand role; and not __fish_seen_subcommand_from add new edit remove rm help" -f -a "rm" -d 'Take roles out of the file'
complete -c assume -n "__fish_assume_using_subcommand role; and not __fish_seen_subcommand_from add new edit remove rm help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l identity -d 'Whom it is reached from: an identity, or a profile of ~/.aws/config' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l via -d 'The role it is reached through (role chaining)' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l role-arn -d 'The role\'s ARN' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l account-id -d 'The account it lives in' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l role-name -d 'Its name, with its path: teams/core/Admin' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l external-id -d 'What the role\'s owner demands to be sent along' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l mfa-serial -d 'The MFA device it demands' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l mfa-process -d 'A command that prints that device\'s code' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l mfa-max-age -d 'How old an MFA session may be' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l duration -d 'How long a session lasts: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l session-name -d 'What a session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l source-identity -d 'Who is behind a session' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l tag -d 'A session tag' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l transitive-tag -d 'A session tag that goes on to chained sessions' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l policy-arn -d 'A managed policy that narrows a session' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l policy -d 'An inline policy that narrows a session, as JSON' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l policy-file -d 'A file with such a policy' -r -F
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l region -d 'The Region to call STS in, and to work in' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l endpoint-url -d 'Another STS endpoint' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -l confirm -d 'Whether a person has to agree to each hand-over' -r -f -a "true\t''
false\t''"
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l identity -d 'Whom it is reached from: an identity, or a profile of ~/.aws/config' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l via -d 'The role it is reached through (role chaining)' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l role-arn -d 'The role\'s ARN' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l account-id -d 'The account it lives in' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l role-name -d 'Its name, with its path: teams/core/Admin' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l external-id -d 'What the role\'s owner demands to be sent along' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l mfa-serial -d 'The MFA device it demands' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l mfa-process -d 'A command that prints that device\'s code' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l mfa-max-age -d 'How old an MFA session may be' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l duration -d 'How long a session lasts: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l session-name -d 'What a session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l source-identity -d 'Who is behind a session' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l tag -d 'A session tag' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l transitive-tag -d 'A session tag that goes on to chained sessions' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l policy-arn -d 'A managed policy that narrows a session' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l policy -d 'An inline policy that narrows a session, as JSON' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l policy-file -d 'A file with such a policy' -r -F
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l region -d 'The Region to call STS in, and to work in' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l endpoint-url -d 'Another STS endpoint' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -l confirm -d 'Whether a person has to agree to each hand-over' -r -f -a "true\t''
false\t''"
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l identity -d 'Whom it is reached from: an identity, or a profile of ~/.aws/config' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l via -d 'The role it is reached through (role chaining)' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l role-arn -d 'The role\'s ARN' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l account-id -d 'The account it lives in' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l role-name -d 'Its name, with its path: teams/core/Admin' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l external-id -d 'What the role\'s owner demands to be sent along' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l mfa-serial -d 'The MFA device it demands' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l mfa-process -d 'A command that prints that device\'s code' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l mfa-max-age -d 'How old an MFA session may be' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l duration -d 'How long a session lasts: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l session-name -d 'What a session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l source-identity -d 'Who is behind a session' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l tag -d 'A session tag' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l transitive-tag -d 'A session tag that goes on to chained sessions' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l policy-arn -d 'A managed policy that narrows a session' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l policy -d 'An inline policy that narrows a session, as JSON' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l policy-file -d 'A file with such a policy' -r -F
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l region -d 'The Region to call STS in, and to work in' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l endpoint-url -d 'Another STS endpoint' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l confirm -d 'Whether a person has to agree to each hand-over' -r -f -a "true\t''
false\t''"
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -l unset -d 'Take a key out, such as external_id' -r
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from help" -f -a "add" -d 'Declare a role'
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Change what is declared for a role'
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Take roles out of the file'
complete -c assume -n "__fish_assume_using_subcommand role; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand setup; and not __fish_seen_subcommand_from credential-process help" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand setup; and not __fish_seen_subcommand_from credential-process help" -f -a "credential-process" -d 'Let the AWS SDKs and the AWS CLI get credentials from assume'
complete -c assume -n "__fish_assume_using_subcommand setup; and not __fish_seen_subcommand_from credential-process help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand setup; and __fish_seen_subcommand_from credential-process" -l all -d 'Set up every role of your config file'
complete -c assume -n "__fish_assume_using_subcommand setup; and __fish_seen_subcommand_from credential-process" -l dry-run -d 'Show what would change, and change nothing'
complete -c assume -n "__fish_assume_using_subcommand setup; and __fish_seen_subcommand_from credential-process" -l prune -d 'Take out what was set up for profiles that are no more'
complete -c assume -n "__fish_assume_using_subcommand setup; and __fish_seen_subcommand_from credential-process" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand setup; and __fish_seen_subcommand_from help" -f -a "credential-process" -d 'Let the AWS SDKs and the AWS CLI get credentials from assume'
complete -c assume -n "__fish_assume_using_subcommand setup; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand console" -l service -d 'The service to land at: s3, ec2, cloudwatch' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l url -d 'The console\'s page to land at' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l console-duration -d 'How long the console session should last, where AWS takes one: 15m to 12h' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l display-name -d 'What the console\'s bar says, in a switch-role link' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l color -d 'The colour of the console\'s bar, in a switch-role link: red, orange, yellow, green, blue or RRGGBB' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l browser -d 'The browser: firefox, chrome, chromium, edge, brave, or a program' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l browser-profile -d 'The browser\'s profile' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l container -d 'The Firefox container (with the add-on "Open external links in a container")' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l duration -d 'How long the session should last: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l external-id -d 'The external ID that the role\'s owner demands' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l session-name -d 'What the session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l source-identity -d 'Who is behind the session, fixed for all that is chained from it' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l tag -d 'A session tag; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l transitive-tag -d 'A tag that goes on to chained sessions; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l policy -d 'A policy that narrows the session: JSON, or a file of it' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l policy-arn -d 'A managed policy that narrows the session; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l only -d 'Take no more than these actions, such as s3:Get*; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l on -d 'What --only is done to: an ARN; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l region -d 'The Region to ask STS in, and to hand over' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l mfa-serial -d 'The MFA device whose code is sent' -r
complete -c assume -n "__fish_assume_using_subcommand console" -l mfa-code-file -d 'A file that holds the MFA code; - is standard input' -r -F
complete -c assume -n "__fish_assume_using_subcommand console" -l print -d 'Print the link instead of opening it'
complete -c assume -n "__fish_assume_using_subcommand console" -l switch-role -d 'Give the link by which somebody who is signed in switches to the role; needs no credentials'
complete -c assume -n "__fish_assume_using_subcommand console" -l read-only -d 'Take no more than AWS\'s policy ReadOnlyAccess allows'
complete -c assume -n "__fish_assume_using_subcommand console" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand token" -l audience -d 'The service that the token is for; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l signing-algorithm -d 'How it is signed' -r -f -a "ES384\t'ECDSA over P-384'
RS256\t'RSA, which every library knows'"
complete -c assume -n "__fish_assume_using_subcommand token" -l token-duration -d 'How long it is good: 60s to 1h; 5 minutes if left out' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l token-tag -d 'What it says besides: a claim among its request tags; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l duration -d 'How long the session should last: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l external-id -d 'The external ID that the role\'s owner demands' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l session-name -d 'What the session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l source-identity -d 'Who is behind the session, fixed for all that is chained from it' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l tag -d 'A session tag; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l transitive-tag -d 'A tag that goes on to chained sessions; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l policy -d 'A policy that narrows the session: JSON, or a file of it' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l policy-arn -d 'A managed policy that narrows the session; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l only -d 'Take no more than these actions, such as s3:Get*; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l on -d 'What --only is done to: an ARN; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l region -d 'The Region to ask STS in, and to hand over' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l mfa-serial -d 'The MFA device whose code is sent' -r
complete -c assume -n "__fish_assume_using_subcommand token" -l mfa-code-file -d 'A file that holds the MFA code; - is standard input' -r -F
complete -c assume -n "__fish_assume_using_subcommand token" -l read-only -d 'Take no more than AWS\'s policy ReadOnlyAccess allows'
complete -c assume -n "__fish_assume_using_subcommand token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand root" -l task -d 'What is to be done: IAMAuditRootUserCredentials, IAMCreateRootUserPassword, IAMDeleteRootUserCredentials, S3UnlockBucketPolicy or SQSUnlockQueuePolicy' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l via -d 'The role, or identity, that asks; without it, the default identity' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l duration -d 'How long the session should last: 3600, 90m, 1h' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l external-id -d 'The external ID that the role\'s owner demands' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l session-name -d 'What the session is called in CloudTrail' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l source-identity -d 'Who is behind the session, fixed for all that is chained from it' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l tag -d 'A session tag; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l transitive-tag -d 'A tag that goes on to chained sessions; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l policy -d 'A policy that narrows the session: JSON, or a file of it' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l policy-arn -d 'A managed policy that narrows the session; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l only -d 'Take no more than these actions, such as s3:Get*; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l on -d 'What --only is done to: an ARN; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l region -d 'The Region to ask STS in, and to hand over' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l mfa-serial -d 'The MFA device whose code is sent' -r
complete -c assume -n "__fish_assume_using_subcommand root" -l mfa-code-file -d 'A file that holds the MFA code; - is standard input' -r -F
complete -c assume -n "__fish_assume_using_subcommand root" -l explain -d 'Show what would be done, and why; nothing is sent'
complete -c assume -n "__fish_assume_using_subcommand root" -l read-only -d 'Take no more than AWS\'s policy ReadOnlyAccess allows'
complete -c assume -n "__fish_assume_using_subcommand root" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand exposure" -l profile -d 'Whose credentials ask; without it, the default identity' -r
complete -c assume -n "__fish_assume_using_subcommand exposure" -l region -l in -d 'A Region to look in; may be given again. Without it, all that the account has enabled' -r
complete -c assume -n "__fish_assume_using_subcommand exposure" -l archive -d 'Archive this finding, by the id that is shown, wherever it stands' -r
complete -c assume -n "__fish_assume_using_subcommand exposure" -l reason -d 'Why: kept in exposure.toml beside the config file, since AWS keeps no reason' -r
complete -c assume -n "__fish_assume_using_subcommand exposure" -l all -d 'Show what was archived, too'
complete -c assume -n "__fish_assume_using_subcommand exposure" -l json -d 'As JSON: analyzers, exposures'
complete -c assume -n "__fish_assume_using_subcommand exposure" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand login" -l device -d 'Sign in with a code, on whatever device you like'
complete -c assume -n "__fish_assume_using_subcommand login" -l no-browser -d 'Print the page\'s address, and open nothing'
complete -c assume -n "__fish_assume_using_subcommand login" -l browser-visible -d 'Show the window of a SAML sign-in also where it could do without, to see what goes on there'
complete -c assume -n "__fish_assume_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand logout" -l all -d 'Every session of this user'
complete -c assume -n "__fish_assume_using_subcommand logout" -l sso -d 'End the sign-in that PROFILE leads to, or the only one there is, with all sessions that were had by it'
complete -c assume -n "__fish_assume_using_subcommand logout" -l forget -d 'Also remove keys, MFA seeds, tokens, browsers\' cookies and the ledger, for the day someone leaves'
complete -c assume -n "__fish_assume_using_subcommand logout" -l yes -d 'Do not ask before keys are removed'
complete -c assume -n "__fish_assume_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand discover" -l to -d 'Another file for them' -r -F
complete -c assume -n "__fish_assume_using_subcommand discover" -l template -d 'What roles are called, with {account}, {account_id}, {role} and {sign_in} in it [default: {account}-{role}]' -r
complete -c assume -n "__fish_assume_using_subcommand discover" -l account -d 'Only accounts whose name or id fits, such as \'prod-*\'; \'*\' for all again' -r
complete -c assume -n "__fish_assume_using_subcommand discover" -l not-account -d 'No accounts whose name or id fits' -r
complete -c assume -n "__fish_assume_using_subcommand discover" -l role -d 'Only roles whose name fits' -r
complete -c assume -n "__fish_assume_using_subcommand discover" -l not-role -d 'No roles whose name fits' -r
complete -c assume -n "__fish_assume_using_subcommand discover" -l write -d 'Write the roles into a file that your config file includes'
complete -c assume -n "__fish_assume_using_subcommand discover" -l json -d 'As JSON: roles, file, added, changed, gone, unchanged'
complete -c assume -n "__fish_assume_using_subcommand discover" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand identity; and not __fish_seen_subcommand_from add list remove rm rotate help" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand identity; and not __fish_seen_subcommand_from add list remove rm rotate help" -f -a "add" -d 'Keep an IAM user\'s access key in the vault, and declare it as an identity'
complete -c assume -n "__fish_assume_using_subcommand identity; and not __fish_seen_subcommand_from add list remove rm rotate help" -f -a "list" -d 'List your identities; opens no secret store'
complete -c assume -n "__fish_assume_using_subcommand identity; and not __fish_seen_subcommand_from add list remove rm rotate help" -f -a "remove" -d 'Remove an identity: its key from the vault, its sessions, its lines in your config file'
complete -c assume -n "__fish_assume_using_subcommand identity; and not __fish_seen_subcommand_from add list remove rm rotate help" -f -a "rm" -d 'Remove an identity: its key from the vault, its sessions, its lines in your config file'
complete -c assume -n "__fish_assume_using_subcommand identity; and not __fish_seen_subcommand_from add list remove rm rotate help" -f -a "rotate" -d 'Make a new key at AWS, keep it, prove it, and delete the old one'
complete -c assume -n "__fish_assume_using_subcommand identity; and not __fish_seen_subcommand_from add list remove rm rotate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from add" -l mfa-serial -d 'The user\'s MFA device' -r
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from add" -l sso -d 'Declare a sign-in at IAM Identity Center instead of a key: its start URL' -r
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from add" -l sso-region -d 'The Region that the Identity Center is in' -r
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from add" -l replace -d 'Replace a key that is kept already'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from remove" -l yes -d 'Do not ask'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from rm" -l yes -d 'Do not ask'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from rotate" -l delete -d 'Delete the user\'s other key to make room: AWS allows two' -r
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from rotate" -l mfa-code-file -d 'Read the MFA code from a file, or from standard input (-)' -r -F
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "add" -d 'Keep an IAM user\'s access key in the vault, and declare it as an identity'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "list" -d 'List your identities; opens no secret store'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove an identity: its key from the vault, its sessions, its lines in your config file'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "rotate" -d 'Make a new key at AWS, keep it, prove it, and delete the old one'
complete -c assume -n "__fish_assume_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand mfa; and not __fish_seen_subcommand_from add code list remove help" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand mfa; and not __fish_seen_subcommand_from add code list remove help" -f -a "add" -d 'Keep a device\'s seed: base32 or an otpauth:// URI, from the terminal or standard input'
complete -c assume -n "__fish_assume_using_subcommand mfa; and not __fish_seen_subcommand_from add code list remove help" -f -a "code" -d 'Print the present code of a device whose seed is kept'
complete -c assume -n "__fish_assume_using_subcommand mfa; and not __fish_seen_subcommand_from add code list remove help" -f -a "list" -d 'List the MFA devices that are declared or kept, and where the codes of each come from'
complete -c assume -n "__fish_assume_using_subcommand mfa; and not __fish_seen_subcommand_from add code list remove help" -f -a "remove" -d 'Remove a device\'s seed from the vault'
complete -c assume -n "__fish_assume_using_subcommand mfa; and not __fish_seen_subcommand_from add code list remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from add" -l same-store -d 'Keep it even in the store that holds the long-term key: who opens that store then has both factors'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from add" -l replace -d 'Replace a seed that is kept already'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from code" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from remove" -l yes -d 'Do not ask'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from help" -f -a "add" -d 'Keep a device\'s seed: base32 or an otpauth:// URI, from the terminal or standard input'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from help" -f -a "code" -d 'Print the present code of a device whose seed is kept'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the MFA devices that are declared or kept, and where the codes of each come from'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a device\'s seed from the vault'
complete -c assume -n "__fish_assume_using_subcommand mfa; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand vault" -l json -d 'Print JSON'
complete -c assume -n "__fish_assume_using_subcommand vault" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "show" -d 'Show who may assume a role, by which action, and under which conditions'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "check" -d 'Check trust policies: whom they let in by mistake, and what in them can never work'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "least" -d 'Show what of a role\'s rights was used, and a smaller policy to begin with'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "simulate" -d 'Say whether somebody would get a role, what decides it, and what would change it'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "test" -d 'Hold a table of who gets which role, and who does not, against the policies, for CI'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "paths" -d 'Show every chain of roles by which somebody gets to a role, and what each step takes'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "pull" -d 'Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "policy" -d 'Write a role\'s trust policy: whom to let in, with the guards that belong to it'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "probe" -d 'Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in'
complete -c assume -n "__fish_assume_using_subcommand trust; and not __fish_seen_subcommand_from show check least simulate test paths pull policy probe help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from show" -l profile -d 'Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from show" -l all -d 'Every role of the account'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from show" -l json -d 'Write it as JSON'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l profile -d 'Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l format -d 'How findings are written: for people, as JSON, as SARIF 2.1.0, or as annotations of GitHub Actions' -r -f -a "text\t''
json\t''
sarif\t''
github\t''"
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l fail-on -d 'How bad a finding has to be for the command to fail: low, warning, medium, high, error, critical, or none' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l suppressions -d 'A file of findings that are accepted, each with its reason and until when; without it, the nearest .assume-trust.toml beside or above each file' -r -F
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l own -d 'An account that is yours, besides those in the config file; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l reference -d 'With --validate: a policy that none may allow more than (CheckNoNewAccess)' -r -F
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l all -d 'Every role of the account'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l diff -d 'Say instead who gains or loses the role by the second of two files; ends with 1 where somebody gains'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l no-suppressions -d 'Accept nothing, whatever .assume-trust.toml says'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l validate -d 'Have IAM Access Analyzer look at the policies too (ValidatePolicy, CheckNoPublicAccess): their text is sent to AWS, and AWS charges for each CheckNoPublicAccess and CheckNoNewAccess'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -l yes -d 'With --validate: make the charged calls without asking'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from least" -l profile -d 'Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from least" -l format -d 'How it is written: for people, as JSON, or the smaller policy alone' -r -f -a "text\t''
json\t''
policy\t''"
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from least" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l as -d 'Who asks: the ARN of a user, a role, a session or an identity provider, a service (ec2.amazonaws.com), or an account for anybody in it; of a snapshot or an account, a user or role by its name too' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l role -d 'The file with the trust policy: as for `assume trust check`. Or a role, by name, ARN or profile, of the snapshot or, without one, of the account' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l role-arn -d 'The role\'s ARN, where the file does not tell it' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l snapshot -l scenario -d 'A file that `assume trust pull` made: its roles, users, and what is known of them' -r -F
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l profile -d 'Who reads the account, if the role is to be found there; may be given again, for the account of the one who asks; the default identity, if left out' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l action -d 'What is asked for, if not to assume the role: sts:TagSession, sts:SetSourceIdentity' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l external-id -d 'The external ID that is sent' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l mfa -d 'They gave an MFA code, a moment or so long ago' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l session-name -d 'The session name that is sent' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l source-identity -d 'The source identity that is sent' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l tag -d 'A tag that is sent; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l organization -d 'The organization of the one who asks' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l source-ip -d 'The address that the call comes from' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l context -d 'Any other condition key and its value, such as aws:PrincipalTag/team=core; may be given again, for a key of several values too' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -l json -d 'Write it as JSON'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from simulate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from test" -l snapshot -d 'A snapshot, whatever the table names' -r -F
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from test" -l format -d 'How it is written: for people, as JSON, as JUnit\'s XML, or as annotations of GitHub Actions' -r -f -a "text\t''
json\t''
junit\t''
github\t''"
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from paths" -l to -d 'The role: its ARN, or its name where the file has one role of it' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from paths" -l from -d 'Only chains that begin with this user or role, account, service (ec2.amazonaws.com) or identity provider; `*` is anybody' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from paths" -l snapshot -l scenario -d 'The file of accounts, users and roles; `-` is standard input' -r -F
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from paths" -l max-hops -d 'How many roles a chain has at most' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from paths" -l format -d 'How they are written: for people, as JSON, or to be drawn by Graphviz or Mermaid' -r -f -a "text\t''
json\t''
dot\t''
mermaid\t''"
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from paths" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from pull" -l profile -d 'Who reads: a role, an identity, a profile of ~/.aws/config, once for each account; the default identity, if left out' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from pull" -l organization -d 'The organization that the accounts belong to, where Organizations may not be asked: for conditions on aws:PrincipalOrgID' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from pull" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l account -d 'An account of yours: whomever its own policies let; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l role -d 'A role of yours, by its ARN; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l partner -d 'A partner\'s role (or, where it has none, its account), which has to send an external ID' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l saml -d 'A SAML provider, by its ARN' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l oidc -d 'An OpenID Connect provider, by its ARN' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l service -d 'A service of AWS\'s, such as scheduler.amazonaws.com' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l preset -d 'A provider that many trust' -r -f -a "github\t''
gitlab\t''
bitbucket\t''
buildkite\t''
circleci\t''
terraform-cloud\t''
eks\t''
eks-pod-identity\t''
google\t''
cognito\t''"
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l external-id -d 'What they have to send as external ID; twice while one is being rotated' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l mfa-max-age -d 'Demand MFA that is not older than this' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l organization -d 'Demand that they are (or, for a service, that the resource is) of this organization' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l source-account -d 'For a service: the account on whose behalf it asks; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l source-arn -d 'For a service: the resource on whose behalf it asks; * may stand in it; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l audience -d 'For a provider: whom its tokens or assertions are for; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l subject -d 'For a provider: whom its tokens or assertions are about; * may stand in it; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l source-identity -d 'The source identity that they have to send; * may stand in it; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l session-tag -d 'A session tag that they may send, with one of these values (a,b); may be given again. Others are refused' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l project -d 'For a preset: the project, as the provider names it (OWNER/REPOSITORY, NAMESPACE/SERVICE_ACCOUNT, …)' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l branch -d 'For a preset: runs on this branch' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l git-tag -d 'For a preset: runs on this tag' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l environment -d 'For a preset: runs in this environment' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l issuer -d 'For a preset: the issuer\'s URL, where each customer has another one' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l in-account -d 'For a preset: the account that the role and its provider are in' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l partition -d 'The partition, where no ARN says it' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l format -d 'What to write' -r -f -a "json\t'The policy document'
terraform\t'An `aws_iam_role` resource'
cloudformation\t'A CloudFormation template in YAML'
cloudformation-json\t'A CloudFormation template in JSON'"
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l role-name -d 'For Terraform and CloudFormation: what the role is called' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l mfa -d 'Demand MFA'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -l pull-request -d 'For a preset: runs of pull requests, which anybody may open'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from policy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l as -d 'Who asks; without it, whoever the role is declared to be reached from' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l external-id -d 'The right external ID; without it, the declared one' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l try-session-name -d 'Try another session name, too' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l try-source-identity -d 'Try another source identity, too' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l try-tag -d 'Try to send a session tag, too' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l try-as -d 'Try it as somebody else, too' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l policy -d 'The role\'s present trust policy, in JSON, to be mended where it lets in too much' -r -F
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l region -d 'The Region whose STS is asked' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l mfa-serial -d 'The MFA device of who asks' -r
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l mfa-code-file -d 'A file that holds the MFA code' -r -F
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l try-without-mfa -d 'Try it without the MFA session, too'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -l json -d 'Print the result as JSON'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from probe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show who may assume a role, by which action, and under which conditions'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check trust policies: whom they let in by mistake, and what in them can never work'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "least" -d 'Show what of a role\'s rights was used, and a smaller policy to begin with'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "simulate" -d 'Say whether somebody would get a role, what decides it, and what would change it'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "test" -d 'Hold a table of who gets which role, and who does not, against the policies, for CI'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "paths" -d 'Show every chain of roles by which somebody gets to a role, and what each step takes'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "pull" -d 'Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "policy" -d 'Write a role\'s trust policy: whom to let in, with the guards that belong to it'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "probe" -d 'Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in'
complete -c assume -n "__fish_assume_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand partner; and not __fish_seen_subcommand_from new list show rotate retire pack verify help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand partner; and not __fish_seen_subcommand_from new list show rotate retire pack verify help" -f -a "new" -d 'Make an external ID for a customer\'s account'
complete -c assume -n "__fish_assume_using_subcommand partner; and not __fish_seen_subcommand_from new list show rotate retire pack verify help" -f -a "list" -d 'List the customers, their accounts, and what is wrong with their IDs'
complete -c assume -n "__fish_assume_using_subcommand partner; and not __fish_seen_subcommand_from new list show rotate retire pack verify help" -f -a "show" -d 'Show a customer\'s external ID'
complete -c assume -n "__fish_assume_using_subcommand partner; and not __fish_seen_subcommand_from new list show rotate retire pack verify help" -f -a "rotate" -d 'Replace a customer\'s external ID; the old one stays until --finish'
complete -c assume -n "__fish_assume_using_subcommand partner; and not __fish_seen_subcommand_from new list show rotate retire pack verify help" -f -a "retire" -d 'Retire a customer\'s account; its IDs are never used again'
complete -c assume -n "__fish_assume_using_subcommand partner; and not __fish_seen_subcommand_from new list show rotate retire pack verify help" -f -a "pack" -d 'Write what a customer needs: trust policy, CloudFormation, Terraform, instructions'
complete -c assume -n "__fish_assume_using_subcommand partner; and not __fish_seen_subcommand_from new list show rotate retire pack verify help" -f -a "verify" -d 'Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else'
complete -c assume -n "__fish_assume_using_subcommand partner; and not __fish_seen_subcommand_from new list show rotate retire pack verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from new" -l role-arn -d 'Their role, where it is not called as everywhere' -r
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from new" -l principal -d 'For all customers: the role of yours that assumes theirs' -r
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from new" -l prefix -d 'For all customers: what IDs begin with; without it, they are UUIDs' -r
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from new" -l role-name -d 'For all customers: what their role is called' -r
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from new" -l policy-arn -d 'For all customers: a managed policy that their role gets; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from new" -l registry -d 'The registry; without it, `partner_registry` of the config, or partners.toml beside it' -r -F
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from list" -l registry -d 'The registry; without it, `partner_registry` of the config, or partners.toml beside it' -r -F
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from list" -l json -d 'As JSON'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from show" -l registry -d 'The registry; without it, `partner_registry` of the config, or partners.toml beside it' -r -F
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from show" -l json -d 'As JSON'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from rotate" -l registry -d 'The registry; without it, `partner_registry` of the config, or partners.toml beside it' -r -F
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from rotate" -l finish -d 'The customer\'s role accepts the new one: retire the old one'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from retire" -l registry -d 'The registry; without it, `partner_registry` of the config, or partners.toml beside it' -r -F
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from retire" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from pack" -l to -d 'The folder to write into; it is made if it is not there' -r -F
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from pack" -l template-url -d 'Where role.yaml lies, for a link that opens CloudFormation with it. AWS takes it from S3 only' -r
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from pack" -l region -d 'The Region that the link opens CloudFormation in' -r
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from pack" -l registry -d 'The registry; without it, `partner_registry` of the config, or partners.toml beside it' -r -F
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from pack" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from verify" -l as -d 'Who asks: the profile that assumes the customers\' roles; without it, the default identity' -r
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from verify" -l jobs -d 'How many customers at once' -r
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from verify" -l registry -d 'The registry; without it, `partner_registry` of the config, or partners.toml beside it' -r -F
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from verify" -l json -d 'Print the report as JSON'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from help" -f -a "new" -d 'Make an external ID for a customer\'s account'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the customers, their accounts, and what is wrong with their IDs'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a customer\'s external ID'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from help" -f -a "rotate" -d 'Replace a customer\'s external ID; the old one stays until --finish'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from help" -f -a "retire" -d 'Retire a customer\'s account; its IDs are never used again'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from help" -f -a "pack" -d 'Write what a customer needs: trust policy, CloudFormation, Terraform, instructions'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else'
complete -c assume -n "__fish_assume_using_subcommand partner; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand history" -l since -d 'Only what is not older: `12h`, `7d`' -r
complete -c assume -n "__fish_assume_using_subcommand history" -l from -d 'Read the files of a trail in this folder, or in its bucket: `s3://BUCKET/PREFIX`' -r -F
complete -c assume -n "__fish_assume_using_subcommand history" -l profile -d 'Ask CloudTrail itself, as this profile; with --from s3://…, read the bucket as it' -r
complete -c assume -n "__fish_assume_using_subcommand history" -l lake -d 'Ask this event data store of CloudTrail Lake, by its ID or ARN, as --profile' -r
complete -c assume -n "__fish_assume_using_subcommand history" -l region -d 'A Region to look into; once for each. Without it, all that the account has enabled' -r
complete -c assume -n "__fish_assume_using_subcommand history" -l account -d 'An account of the organization whose trail is read; once for each. Without it, all' -r
complete -c assume -n "__fish_assume_using_subcommand history" -l me -d 'Only what was done from here: by a key that the ledger knows, or under your session name'
complete -c assume -n "__fish_assume_using_subcommand history" -l denied -d 'Only what AWS refused'
complete -c assume -n "__fish_assume_using_subcommand history" -l activity -d 'Count what was done with the sessions, too, and with those that were had with them'
complete -c assume -n "__fish_assume_using_subcommand history" -l json -d 'Print JSON: `ledger[]`, or `events[]` of a trail'
complete -c assume -n "__fish_assume_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c assume -n "__fish_assume_using_subcommand sandbox; and not __fish_seen_subcommand_from tour help" -l port -d 'The port to listen on; 0 means any that is free' -r
complete -c assume -n "__fish_assume_using_subcommand sandbox; and not __fish_seen_subcommand_from tour help" -l scenario -d 'Accounts, users, roles and policies to play, instead of the built-in ones' -r -F
complete -c assume -n "__fish_assume_using_subcommand sandbox; and not __fish_seen_subcommand_from tour help" -l fail -d 'How STS is to fail, to see what a client makes of it: throttle, 500, 503, slow=5s, cut, truncated, html or clock=-10m, then *TIMES or *forever, then @OPERATION; may be given again' -r
complete -c assume -n "__fish_assume_using_subcommand sandbox; and not __fish_seen_subcommand_from tour help" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand sandbox; and not __fish_seen_subcommand_from tour help" -a "tour" -d 'Walk the built-in scenario: each command, what STS was asked, what it answered'
complete -c assume -n "__fish_assume_using_subcommand sandbox; and not __fish_seen_subcommand_from tour help" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand sandbox; and __fish_seen_subcommand_from tour" -s h -l help -d 'Print help'
complete -c assume -n "__fish_assume_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "tour" -d 'Walk the built-in scenario: each command, what STS was asked, what it answered'
complete -c assume -n "__fish_assume_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "use" -d 'Become a role in this shell, or run one command as it'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "exec" -d 'Run a command with a role\'s credentials'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "export" -d 'Print a role\'s credentials in a format of your choice'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "credential-process" -d 'Answer an SDK that asks for credentials'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "unset" -d 'Go back to what the shell had before the first switch'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "status" -d 'Show what is active in this shell and what is cached, without opening a secret store'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "list" -d 'List the profiles that can be assumed'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "explain" -d 'Show what would be done to become a role, and why: nothing is sent'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "role" -d 'Add, edit or remove role profiles in your config file'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "setup" -d 'Make other programs use assume'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "init" -d 'Print the hook for a shell: `assume NAME` then changes that shell, and names complete'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "console" -d 'Open the AWS console as a role'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "token" -d 'Print a signed token that says who a role is, for a service outside AWS'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "root" -d 'Do one task as the root user of a member account, for 15 minutes'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "exposure" -d 'Show who is let into your roles from outside, and which nobody uses'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "login" -d 'Sign in, in a browser'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "logout" -d 'Forget cached sessions'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "discover" -d 'List every account and role that you reach through IAM Identity Center'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "identity" -d 'Add, list, remove or rotate the identities that you start as'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "mfa" -d 'Keep the seeds of virtual MFA devices, and show their codes'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "vault" -d 'Show which store keeps which secrets, why, and whether it answers; prompts nobody'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "trust" -d 'Write, read and check the trust policies of roles'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "partner" -d 'Keep the external IDs that you, as a partner, give to your customers'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "history" -d 'Show who became which role'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "sandbox" -d 'Try everything against a local STS, with no AWS account'
complete -c assume -n "__fish_assume_using_subcommand help; and not __fish_seen_subcommand_from use exec export credential-process unset status list explain role setup init console token root exposure login logout discover identity mfa vault trust partner history sandbox help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from role" -f -a "add" -d 'Declare a role'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from role" -f -a "edit" -d 'Change what is declared for a role'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from role" -f -a "remove" -d 'Take roles out of the file'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from setup" -f -a "credential-process" -d 'Let the AWS SDKs and the AWS CLI get credentials from assume'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "add" -d 'Keep an IAM user\'s access key in the vault, and declare it as an identity'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "list" -d 'List your identities; opens no secret store'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "remove" -d 'Remove an identity: its key from the vault, its sessions, its lines in your config file'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "rotate" -d 'Make a new key at AWS, keep it, prove it, and delete the old one'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from mfa" -f -a "add" -d 'Keep a device\'s seed: base32 or an otpauth:// URI, from the terminal or standard input'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from mfa" -f -a "code" -d 'Print the present code of a device whose seed is kept'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from mfa" -f -a "list" -d 'List the MFA devices that are declared or kept, and where the codes of each come from'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from mfa" -f -a "remove" -d 'Remove a device\'s seed from the vault'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "show" -d 'Show who may assume a role, by which action, and under which conditions'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "check" -d 'Check trust policies: whom they let in by mistake, and what in them can never work'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "least" -d 'Show what of a role\'s rights was used, and a smaller policy to begin with'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "simulate" -d 'Say whether somebody would get a role, what decides it, and what would change it'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "test" -d 'Hold a table of who gets which role, and who does not, against the policies, for CI'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "paths" -d 'Show every chain of roles by which somebody gets to a role, and what each step takes'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "pull" -d 'Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "policy" -d 'Write a role\'s trust policy: whom to let in, with the guards that belong to it'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "probe" -d 'Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from partner" -f -a "new" -d 'Make an external ID for a customer\'s account'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from partner" -f -a "list" -d 'List the customers, their accounts, and what is wrong with their IDs'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from partner" -f -a "show" -d 'Show a customer\'s external ID'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from partner" -f -a "rotate" -d 'Replace a customer\'s external ID; the old one stays until --finish'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from partner" -f -a "retire" -d 'Retire a customer\'s account; its IDs are never used again'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from partner" -f -a "pack" -d 'Write what a customer needs: trust policy, CloudFormation, Terraform, instructions'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from partner" -f -a "verify" -d 'Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else'
complete -c assume -n "__fish_assume_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "tour" -d 'Walk the built-in scenario: each command, what STS was asked, what it answered'
