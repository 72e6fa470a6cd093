
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
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
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
            cand identity 'Add, list, remove or rotate the identities you start as'
            cand mfa 'Keep the seeds of virtual MFA devices'
            cand vault 'Show which store keeps which secrets, and whether it answers'
            cand logout 'Forget cached sessions'
            cand setup 'Make other programs use assume'
            cand init 'Print the hook for a shell: `assume NAME` then changes that shell, and names complete'
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
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
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
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --refresh 'For work longer than a session: the command gets no keys, but an AWS config by which SDKs ask again'
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
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
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
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
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
            cand --region 'The Region to ask STS in, and to hand over'
            cand --mfa-serial 'The MFA device whose code is sent'
            cand --mfa-code-file 'A file that holds the MFA code; - is standard input'
            cand --json 'Print the documented JSON form'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;role'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;identity'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;mfa'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;vault'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;logout'= {
            cand --all 'Every session of this user'
            cand --forget 'Also remove keys, MFA seeds, tokens and the ledger, for the day someone leaves'
            cand --yes 'Do not ask before keys are removed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;setup'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;init'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'assume;sandbox'= {
            cand -h 'Print help'
            cand --help 'Print help'
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
            cand identity 'Add, list, remove or rotate the identities you start as'
            cand mfa 'Keep the seeds of virtual MFA devices'
            cand vault 'Show which store keeps which secrets, and whether it answers'
            cand logout 'Forget cached sessions'
            cand setup 'Make other programs use assume'
            cand init 'Print the hook for a shell: `assume NAME` then changes that shell, and names complete'
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
        }
        &'assume;help;identity'= {
        }
        &'assume;help;mfa'= {
        }
        &'assume;help;vault'= {
        }
        &'assume;help;logout'= {
        }
        &'assume;help;setup'= {
        }
        &'assume;help;init'= {
        }
        &'assume;help;sandbox'= {
        }
        &'assume;help;help'= {
        }
    ]
    $completions[$command]
}
