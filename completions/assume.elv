
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
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand use 'Become a role in this shell'
            cand exec 'Run a command with a role''s credentials'
            cand export 'Print a role''s credentials in a format of your choice'
            cand credential-process 'Answer an SDK that asks for credentials'
            cand unset 'Go back to what the shell had before the first switch'
            cand status 'Show what is active in this shell and what is cached'
            cand list 'List the profiles that can be assumed'
            cand explain 'Show what would be done for a profile, and why; sends nothing'
            cand role 'Add, edit or remove role profiles in your config file'
            cand identity 'Add, list, remove or rotate the identities you start as'
            cand mfa 'Keep the seeds of virtual MFA devices'
            cand vault 'Show which store keeps which secrets, and whether it answers'
            cand logout 'Forget cached sessions'
            cand setup 'Make other programs use assume'
            cand init 'Print the hook for a shell'
            cand sandbox 'Try everything against a local STS, with no AWS account'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'assume;use'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;exec'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;export'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;credential-process'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;unset'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;status'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;list'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;explain'= {
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
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;setup'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;init'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;sandbox'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'assume;help'= {
            cand use 'Become a role in this shell'
            cand exec 'Run a command with a role''s credentials'
            cand export 'Print a role''s credentials in a format of your choice'
            cand credential-process 'Answer an SDK that asks for credentials'
            cand unset 'Go back to what the shell had before the first switch'
            cand status 'Show what is active in this shell and what is cached'
            cand list 'List the profiles that can be assumed'
            cand explain 'Show what would be done for a profile, and why; sends nothing'
            cand role 'Add, edit or remove role profiles in your config file'
            cand identity 'Add, list, remove or rotate the identities you start as'
            cand mfa 'Keep the seeds of virtual MFA devices'
            cand vault 'Show which store keeps which secrets, and whether it answers'
            cand logout 'Forget cached sessions'
            cand setup 'Make other programs use assume'
            cand init 'Print the hook for a shell'
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
