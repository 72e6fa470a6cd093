module completions {

  # Switch AWS roles: faster, safer and clearer
  export extern assume [
    --duration: string        # How long the session should last: 3600, 90m, 1h
    --external-id: string     # The external ID that the role's owner demands
    --session-name: string    # What the session is called in CloudTrail
    --source-identity: string # Who is behind the session, fixed for all that is chained from it
    --tag: string             # A session tag; may be given again
    --transitive-tag: string  # A tag that goes on to chained sessions; may be given again
    --policy: string          # A policy that narrows the session: JSON, or a file of it
    --policy-arn: string      # A managed policy that narrows the session; may be given again
    --only: string            # Take no more than these actions, such as s3:Get*; may be given again
    --on: string              # What --only is done to: an ARN; may be given again
    --read-only               # Take no more than AWS's policy ReadOnlyAccess allows
    --region: string          # The Region to ask STS in, and to hand over
    --mfa-serial: string      # The MFA device whose code is sent
    --mfa-code-file: path     # A file that holds the MFA code; - is standard input
    --help(-h)                # Print help
    --version(-V)             # Print version
    profile?: string          # What to become: a role, an identity, a profile of ~/.aws/config, or a role's ARN
  ]

  # Become a role in this shell, or run one command as it
  export extern "assume use" [
    --duration: string        # How long the session should last: 3600, 90m, 1h
    --external-id: string     # The external ID that the role's owner demands
    --session-name: string    # What the session is called in CloudTrail
    --source-identity: string # Who is behind the session, fixed for all that is chained from it
    --tag: string             # A session tag; may be given again
    --transitive-tag: string  # A tag that goes on to chained sessions; may be given again
    --policy: string          # A policy that narrows the session: JSON, or a file of it
    --policy-arn: string      # A managed policy that narrows the session; may be given again
    --only: string            # Take no more than these actions, such as s3:Get*; may be given again
    --on: string              # What --only is done to: an ARN; may be given again
    --read-only               # Take no more than AWS's policy ReadOnlyAccess allows
    --region: string          # The Region to ask STS in, and to hand over
    --mfa-serial: string      # The MFA device whose code is sent
    --mfa-code-file: path     # A file that holds the MFA code; - is standard input
    --help(-h)                # Print help
    profile?: string          # What to become: a role, an identity, a profile of ~/.aws/config, or a role's ARN
  ]

  # Run a command with a role's credentials
  export extern "assume exec" [
    --refresh                 # For work longer than a session: the command gets no keys, but an AWS config by which SDKs ask again
    --duration: string        # How long the session should last: 3600, 90m, 1h
    --external-id: string     # The external ID that the role's owner demands
    --session-name: string    # What the session is called in CloudTrail
    --source-identity: string # Who is behind the session, fixed for all that is chained from it
    --tag: string             # A session tag; may be given again
    --transitive-tag: string  # A tag that goes on to chained sessions; may be given again
    --policy: string          # A policy that narrows the session: JSON, or a file of it
    --policy-arn: string      # A managed policy that narrows the session; may be given again
    --only: string            # Take no more than these actions, such as s3:Get*; may be given again
    --on: string              # What --only is done to: an ARN; may be given again
    --read-only               # Take no more than AWS's policy ReadOnlyAccess allows
    --region: string          # The Region to ask STS in, and to hand over
    --mfa-serial: string      # The MFA device whose code is sent
    --mfa-code-file: path     # A file that holds the MFA code; - is standard input
    --help(-h)                # Print help (see more with '--help')
    profile: string           # What to become: a role, an identity, a profile of ~/.aws/config, or a role's ARN
    ...command: string        # The command and its arguments
  ]

  def "nu-complete assume export format" [] {
    [ "posix" "fish" "powershell" "cmd" "nushell" "elvish" "xonsh" "dotenv" "json" "ini" "docker-env" "github" ]
  }

  # Print a role's credentials in a format of your choice
  export extern "assume export" [
    --format: string@"nu-complete assume export format" # How to write it
    --duration: string        # How long the session should last: 3600, 90m, 1h
    --external-id: string     # The external ID that the role's owner demands
    --session-name: string    # What the session is called in CloudTrail
    --source-identity: string # Who is behind the session, fixed for all that is chained from it
    --tag: string             # A session tag; may be given again
    --transitive-tag: string  # A tag that goes on to chained sessions; may be given again
    --policy: string          # A policy that narrows the session: JSON, or a file of it
    --policy-arn: string      # A managed policy that narrows the session; may be given again
    --only: string            # Take no more than these actions, such as s3:Get*; may be given again
    --on: string              # What --only is done to: an ARN; may be given again
    --read-only               # Take no more than AWS's policy ReadOnlyAccess allows
    --region: string          # The Region to ask STS in, and to hand over
    --mfa-serial: string      # The MFA device whose code is sent
    --mfa-code-file: path     # A file that holds the MFA code; - is standard input
    --help(-h)                # Print help (see more with '--help')
    profile: string           # What to become: a role, an identity, a profile of ~/.aws/config, or a role's ARN
  ]

  # Answer an SDK that asks for credentials
  export extern "assume credential-process" [
    --duration: string        # How long the session should last: 3600, 90m, 1h
    --external-id: string     # The external ID that the role's owner demands
    --session-name: string    # What the session is called in CloudTrail
    --source-identity: string # Who is behind the session, fixed for all that is chained from it
    --tag: string             # A session tag; may be given again
    --transitive-tag: string  # A tag that goes on to chained sessions; may be given again
    --policy: string          # A policy that narrows the session: JSON, or a file of it
    --policy-arn: string      # A managed policy that narrows the session; may be given again
    --only: string            # Take no more than these actions, such as s3:Get*; may be given again
    --on: string              # What --only is done to: an ARN; may be given again
    --read-only               # Take no more than AWS's policy ReadOnlyAccess allows
    --region: string          # The Region to ask STS in, and to hand over
    --mfa-serial: string      # The MFA device whose code is sent
    --mfa-code-file: path     # A file that holds the MFA code; - is standard input
    --help(-h)                # Print help (see more with '--help')
    profile: string           # What to become: a role, an identity, or a role's ARN
  ]

  # Go back to what the shell had before the first switch
  export extern "assume unset" [
    --help(-h)                # Print help
  ]

  # Show what is active in this shell and what is cached, without opening a secret store
  export extern "assume status" [
    --json                    # Print JSON: `active` and `cached[]`
    --help(-h)                # Print help
  ]

  # List the profiles that can be assumed
  export extern "assume list" [
    --json                    # As JSON: name, kind, role_arn, origin, shadowed_by, command
    --help(-h)                # Print help
  ]

  # Show what would be done to become a role, and why: nothing is sent
  export extern "assume explain" [
    --json                    # Print the documented JSON form
    --duration: string        # How long the session should last: 3600, 90m, 1h
    --external-id: string     # The external ID that the role's owner demands
    --session-name: string    # What the session is called in CloudTrail
    --source-identity: string # Who is behind the session, fixed for all that is chained from it
    --tag: string             # A session tag; may be given again
    --transitive-tag: string  # A tag that goes on to chained sessions; may be given again
    --policy: string          # A policy that narrows the session: JSON, or a file of it
    --policy-arn: string      # A managed policy that narrows the session; may be given again
    --only: string            # Take no more than these actions, such as s3:Get*; may be given again
    --on: string              # What --only is done to: an ARN; may be given again
    --read-only               # Take no more than AWS's policy ReadOnlyAccess allows
    --region: string          # The Region to ask STS in, and to hand over
    --mfa-serial: string      # The MFA device whose code is sent
    --mfa-code-file: path     # A file that holds the MFA code; - is standard input
    --help(-h)                # Print help
    profile: string           # A role profile, an identity, a profile of the AWS files, or a role ARN
  ]

  # Add, edit or remove role profiles in your config file
  export extern "assume role" [
    --help(-h)                # Print help
  ]

  def "nu-complete assume role add confirm" [] {
    [ "true" "false" ]
  }

  # Declare a role
  export extern "assume role add" [
    --identity: string        # Whom it is reached from: an identity, or a profile of ~/.aws/config
    --via: string             # The role it is reached through (role chaining)
    --role-arn: string        # The role's ARN
    --account-id: string      # The account it lives in
    --role-name: string       # Its name, with its path: teams/core/Admin
    --external-id: string     # What the role's owner demands to be sent along
    --mfa-serial: string      # The MFA device it demands
    --mfa-process: string     # A command that prints that device's code
    --mfa-max-age: string     # How old an MFA session may be
    --duration: string        # How long a session lasts: 3600, 90m, 1h
    --session-name: string    # What a session is called in CloudTrail
    --source-identity: string # Who is behind a session
    --tag: string             # A session tag
    --transitive-tag: string  # A session tag that goes on to chained sessions
    --policy-arn: string      # A managed policy that narrows a session
    --policy: string          # An inline policy that narrows a session, as JSON
    --policy-file: path       # A file with such a policy
    --region: string          # The Region to call STS in, and to work in
    --endpoint-url: string    # Another STS endpoint
    --confirm: string@"nu-complete assume role add confirm" # Whether a person has to agree to each hand-over
    --help(-h)                # Print help
    name: string              # What to call it
  ]

  def "nu-complete assume role edit confirm" [] {
    [ "true" "false" ]
  }

  # Change what is declared for a role
  export extern "assume role edit" [
    --identity: string        # Whom it is reached from: an identity, or a profile of ~/.aws/config
    --via: string             # The role it is reached through (role chaining)
    --role-arn: string        # The role's ARN
    --account-id: string      # The account it lives in
    --role-name: string       # Its name, with its path: teams/core/Admin
    --external-id: string     # What the role's owner demands to be sent along
    --mfa-serial: string      # The MFA device it demands
    --mfa-process: string     # A command that prints that device's code
    --mfa-max-age: string     # How old an MFA session may be
    --duration: string        # How long a session lasts: 3600, 90m, 1h
    --session-name: string    # What a session is called in CloudTrail
    --source-identity: string # Who is behind a session
    --tag: string             # A session tag
    --transitive-tag: string  # A session tag that goes on to chained sessions
    --policy-arn: string      # A managed policy that narrows a session
    --policy: string          # An inline policy that narrows a session, as JSON
    --policy-file: path       # A file with such a policy
    --region: string          # The Region to call STS in, and to work in
    --endpoint-url: string    # Another STS endpoint
    --confirm: string@"nu-complete assume role edit confirm" # Whether a person has to agree to each hand-over
    --unset: string           # Take a key out, such as external_id
    --help(-h)                # Print help
    name: string              # The role's name
  ]

  # Take roles out of the file
  export extern "assume role remove" [
    --help(-h)                # Print help
    ...names: string          # Their names
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume role help" [
  ]

  # Declare a role
  export extern "assume role help add" [
  ]

  # Change what is declared for a role
  export extern "assume role help edit" [
  ]

  # Take roles out of the file
  export extern "assume role help remove" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume role help help" [
  ]

  # Make other programs use assume
  export extern "assume setup" [
    --help(-h)                # Print help
  ]

  # Let the AWS SDKs and the AWS CLI get credentials from assume
  export extern "assume setup credential-process" [
    --all                     # Set up every role of your config file
    --dry-run                 # Show what would change, and change nothing
    --prune                   # Take out what was set up for profiles that are no more
    --help(-h)                # Print help (see more with '--help')
    ...profiles: string       # The profiles to set up
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume setup help" [
  ]

  # Let the AWS SDKs and the AWS CLI get credentials from assume
  export extern "assume setup help credential-process" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume setup help help" [
  ]

  def "nu-complete assume init shell" [] {
    [ "bash" "zsh" "fish" "powershell" "nushell" "elvish" "xonsh" ]
  }

  # Print the hook for a shell: `assume NAME` then changes that shell, and names complete
  export extern "assume init" [
    --help(-h)                # Print help (see more with '--help')
    shell: string@"nu-complete assume init shell" # The shell
  ]

  # Open the AWS console as a role
  export extern "assume console" [
    --service: string         # The service to land at: s3, ec2, cloudwatch
    --url: string             # The console's page to land at
    --print                   # Print the link instead of opening it
    --switch-role             # Give the link by which somebody who is signed in switches to the role; needs no credentials
    --console-duration: string # How long the console session should last, where AWS takes one: 15m to 12h
    --display-name: string    # What the console's bar says, in a switch-role link
    --color: string           # The colour of the console's bar, in a switch-role link: red, orange, yellow, green, blue or RRGGBB
    --browser: string         # The browser: firefox, chrome, chromium, edge, brave, or a program
    --browser-profile: string # The browser's profile
    --container: string       # The Firefox container (with the add-on "Open external links in a container")
    --duration: string        # How long the session should last: 3600, 90m, 1h
    --external-id: string     # The external ID that the role's owner demands
    --session-name: string    # What the session is called in CloudTrail
    --source-identity: string # Who is behind the session, fixed for all that is chained from it
    --tag: string             # A session tag; may be given again
    --transitive-tag: string  # A tag that goes on to chained sessions; may be given again
    --policy: string          # A policy that narrows the session: JSON, or a file of it
    --policy-arn: string      # A managed policy that narrows the session; may be given again
    --only: string            # Take no more than these actions, such as s3:Get*; may be given again
    --on: string              # What --only is done to: an ARN; may be given again
    --read-only               # Take no more than AWS's policy ReadOnlyAccess allows
    --region: string          # The Region to ask STS in, and to hand over
    --mfa-serial: string      # The MFA device whose code is sent
    --mfa-code-file: path     # A file that holds the MFA code; - is standard input
    --help(-h)                # Print help (see more with '--help')
    profile: string           # What to become: a role, a profile of ~/.aws/config, or a role's ARN
  ]

  def "nu-complete assume token signing_algorithm" [] {
    [ "ES384" "RS256" ]
  }

  # Print a signed token that says who a role is, for a service outside AWS
  export extern "assume token" [
    --audience: string        # The service that the token is for; may be given again
    --signing-algorithm: string@"nu-complete assume token signing_algorithm" # How it is signed
    --token-duration: string  # How long it is good: 60s to 1h; 5 minutes if left out
    --token-tag: string       # What it says besides: a claim among its request tags; may be given again
    --duration: string        # How long the session should last: 3600, 90m, 1h
    --external-id: string     # The external ID that the role's owner demands
    --session-name: string    # What the session is called in CloudTrail
    --source-identity: string # Who is behind the session, fixed for all that is chained from it
    --tag: string             # A session tag; may be given again
    --transitive-tag: string  # A tag that goes on to chained sessions; may be given again
    --policy: string          # A policy that narrows the session: JSON, or a file of it
    --policy-arn: string      # A managed policy that narrows the session; may be given again
    --only: string            # Take no more than these actions, such as s3:Get*; may be given again
    --on: string              # What --only is done to: an ARN; may be given again
    --read-only               # Take no more than AWS's policy ReadOnlyAccess allows
    --region: string          # The Region to ask STS in, and to hand over
    --mfa-serial: string      # The MFA device whose code is sent
    --mfa-code-file: path     # A file that holds the MFA code; - is standard input
    --help(-h)                # Print help (see more with '--help')
    profile: string           # Who asks: a role, an identity, a profile of ~/.aws/config, or a role's ARN
  ]

  # Do one task as the root user of a member account, for 15 minutes
  export extern "assume root" [
    --task: string            # What is to be done: IAMAuditRootUserCredentials, IAMCreateRootUserPassword, IAMDeleteRootUserCredentials, S3UnlockBucketPolicy or SQSUnlockQueuePolicy
    --via: string             # The role, or identity, that asks; without it, the default identity
    --explain                 # Show what would be done, and why; nothing is sent
    --duration: string        # How long the session should last: 3600, 90m, 1h
    --external-id: string     # The external ID that the role's owner demands
    --session-name: string    # What the session is called in CloudTrail
    --source-identity: string # Who is behind the session, fixed for all that is chained from it
    --tag: string             # A session tag; may be given again
    --transitive-tag: string  # A tag that goes on to chained sessions; may be given again
    --policy: string          # A policy that narrows the session: JSON, or a file of it
    --policy-arn: string      # A managed policy that narrows the session; may be given again
    --only: string            # Take no more than these actions, such as s3:Get*; may be given again
    --on: string              # What --only is done to: an ARN; may be given again
    --read-only               # Take no more than AWS's policy ReadOnlyAccess allows
    --region: string          # The Region to ask STS in, and to hand over
    --mfa-serial: string      # The MFA device whose code is sent
    --mfa-code-file: path     # A file that holds the MFA code; - is standard input
    --help(-h)                # Print help (see more with '--help')
    account: string           # The member account: 12 digits
  ]

  # Show who is let into your roles from outside, and which nobody uses
  export extern "assume exposure" [
    --profile: string         # Whose credentials ask; without it, the default identity
    --region: string          # A Region to look in; may be given again. Without it, all that the account has enabled
    --in: string              # A Region to look in; may be given again. Without it, all that the account has enabled
    --all                     # Show what was archived, too
    --json                    # As JSON: analyzers, exposures
    --archive: string         # Archive this finding, by the id that is shown, wherever it stands
    --reason: string          # Why: kept in exposure.toml beside the config file, since AWS keeps no reason
    --help(-h)                # Print help (see more with '--help')
  ]

  # Sign in, in a browser
  export extern "assume login" [
    --device                  # Sign in with a code, on whatever device you like
    --no-browser              # Print the page's address, and open nothing
    --browser-visible         # Show the window of a SAML sign-in also where it could do without, to see what goes on there
    --help(-h)                # Print help (see more with '--help')
    name?: string             # An identity, an sso-session, or a profile that leads to one; the only one there is, if left out
  ]

  # Forget cached sessions
  export extern "assume logout" [
    --all                     # Every session of this user
    --sso                     # End the sign-in that PROFILE leads to, or the only one there is, with all sessions that were had by it
    --forget                  # Also remove keys, MFA seeds, tokens, browsers' cookies and the ledger, for the day someone leaves
    --yes                     # Do not ask before keys are removed
    --help(-h)                # Print help (see more with '--help')
    profile?: string          # A role profile, or an identity with all sessions that started from it
  ]

  # List every account and role that you reach through IAM Identity Center
  export extern "assume discover" [
    --write                   # Write the roles into a file that your config file includes
    --to: path                # Another file for them
    --template: string        # What roles are called, with {account}, {account_id}, {role} and {sign_in} in it [default: {account}-{role}]
    --account: string         # Only accounts whose name or id fits, such as 'prod-*'; '*' for all again
    --not-account: string     # No accounts whose name or id fits
    --role: string            # Only roles whose name fits
    --not-role: string        # No roles whose name fits
    --json                    # As JSON: roles, file, added, changed, gone, unchanged
    --help(-h)                # Print help (see more with '--help')
    name?: string             # An identity, an sso-session, or a profile that leads to one; the only one there is, if left out
  ]

  # Add, list, remove or rotate the identities that you start as
  export extern "assume identity" [
    --help(-h)                # Print help
  ]

  # Keep an IAM user's access key in the vault, and declare it as an identity
  export extern "assume identity add" [
    --mfa-serial: string      # The user's MFA device
    --replace                 # Replace a key that is kept already
    --sso: string             # Declare a sign-in at IAM Identity Center instead of a key: its start URL
    --sso-region: string      # The Region that the Identity Center is in
    --help(-h)                # Print help (see more with '--help')
    name: string              # What to call the identity
  ]

  # List your identities; opens no secret store
  export extern "assume identity list" [
    --json                    # Print JSON
    --help(-h)                # Print help
  ]

  # Remove an identity: its key from the vault, its sessions, its lines in your config file
  export extern "assume identity remove" [
    --yes                     # Do not ask
    --help(-h)                # Print help
    name: string              # The identity's name
  ]

  # Make a new key at AWS, keep it, prove it, and delete the old one
  export extern "assume identity rotate" [
    --delete: string          # Delete the user's other key to make room: AWS allows two
    --mfa-code-file: path     # Read the MFA code from a file, or from standard input (-)
    --help(-h)                # Print help (see more with '--help')
    name: string              # The identity's name
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume identity help" [
  ]

  # Keep an IAM user's access key in the vault, and declare it as an identity
  export extern "assume identity help add" [
  ]

  # List your identities; opens no secret store
  export extern "assume identity help list" [
  ]

  # Remove an identity: its key from the vault, its sessions, its lines in your config file
  export extern "assume identity help remove" [
  ]

  # Make a new key at AWS, keep it, prove it, and delete the old one
  export extern "assume identity help rotate" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume identity help help" [
  ]

  # Keep the seeds of virtual MFA devices, and show their codes
  export extern "assume mfa" [
    --help(-h)                # Print help
  ]

  # Keep a device's seed: base32 or an otpauth:// URI, from the terminal or standard input
  export extern "assume mfa add" [
    --same-store              # Keep it even in the store that holds the long-term key: who opens that store then has both factors
    --replace                 # Replace a seed that is kept already
    --help(-h)                # Print help
    device: string            # The device's ARN, or the identity or profile that declares it
  ]

  # Print the present code of a device whose seed is kept
  export extern "assume mfa code" [
    --help(-h)                # Print help
    device?: string           # The device's ARN, or the identity or profile that declares it; may be left out where one seed is kept
  ]

  # List the MFA devices that are declared or kept, and where the codes of each come from
  export extern "assume mfa list" [
    --json                    # Print JSON
    --help(-h)                # Print help
  ]

  # Remove a device's seed from the vault
  export extern "assume mfa remove" [
    --yes                     # Do not ask
    --help(-h)                # Print help
    device: string            # The device's ARN, or the identity or profile that declares it
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume mfa help" [
  ]

  # Keep a device's seed: base32 or an otpauth:// URI, from the terminal or standard input
  export extern "assume mfa help add" [
  ]

  # Print the present code of a device whose seed is kept
  export extern "assume mfa help code" [
  ]

  # List the MFA devices that are declared or kept, and where the codes of each come from
  export extern "assume mfa help list" [
  ]

  # Remove a device's seed from the vault
  export extern "assume mfa help remove" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume mfa help help" [
  ]

  # Show which store keeps which secrets, why, and whether it answers; prompts nobody
  export extern "assume vault" [
    --json                    # Print JSON
    --help(-h)                # Print help
  ]

  # Write, read and check the trust policies of roles
  export extern "assume trust" [
    --help(-h)                # Print help
  ]

  # Show who may assume a role, by which action, and under which conditions
  export extern "assume trust show" [
    --all                     # Every role of the account
    --profile: string         # Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out
    --json                    # Write it as JSON
    --help(-h)                # Print help (see more with '--help')
    ...whose: string          # Files with a trust policy, what `aws iam get-role` answers, a CloudFormation or SAM template or the like in a serverless.yml (JSON or YAML), or a Terraform plan (`terraform show -json`); `-` is standard input. Or roles, by name or ARN, as IAM has them
  ]

  def "nu-complete assume trust check format" [] {
    [ "text" "json" "sarif" "github" ]
  }

  # Check trust policies: whom they let in by mistake, and what in them can never work
  export extern "assume trust check" [
    --all                     # Every role of the account
    --profile: string         # Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out
    --diff                    # Say instead who gains or loses the role by the second of two files; ends with 1 where somebody gains
    --format: string@"nu-complete assume trust check format" # How findings are written: for people, as JSON, as SARIF 2.1.0, or as annotations of GitHub Actions
    --fail-on: string         # How bad a finding has to be for the command to fail: low, warning, medium, high, error, critical, or none
    --suppressions: path      # A file of findings that are accepted, each with its reason and until when; without it, the nearest .assume-trust.toml beside or above each file
    --no-suppressions         # Accept nothing, whatever .assume-trust.toml says
    --own: string             # An account that is yours, besides those in the config file; may be given again
    --validate                # Have IAM Access Analyzer look at the policies too (ValidatePolicy, CheckNoPublicAccess): their text is sent to AWS, and AWS charges for each CheckNoPublicAccess and CheckNoNewAccess
    --reference: path         # With --validate: a policy that none may allow more than (CheckNoNewAccess)
    --yes                     # With --validate: make the charged calls without asking
    --help(-h)                # Print help (see more with '--help')
    ...whose: string          # Files with a trust policy, what `aws iam get-role` answers, a CloudFormation or SAM template or the like in a serverless.yml (JSON or YAML), or a Terraform plan (`terraform show -json`); `-` is standard input. Or roles, by name or ARN, as IAM has them
  ]

  def "nu-complete assume trust least format" [] {
    [ "text" "json" "policy" ]
  }

  # Show what of a role's rights was used, and a smaller policy to begin with
  export extern "assume trust least" [
    --profile: string         # Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out
    --format: string@"nu-complete assume trust least format" # How it is written: for people, as JSON, or the smaller policy alone
    --help(-h)                # Print help (see more with '--help')
    role: string              # The role: its name, its ARN, or a profile that leads to it
  ]

  # Say whether somebody would get a role, what decides it, and what would change it
  export extern "assume trust simulate" [
    --as: string              # Who asks: the ARN of a user, a role, a session or an identity provider, a service (ec2.amazonaws.com), or an account for anybody in it; of a snapshot or an account, a user or role by its name too
    --role: string            # The file with the trust policy: as for `assume trust check`. Or a role, by name, ARN or profile, of the snapshot or, without one, of the account
    --role-arn: string        # The role's ARN, where the file does not tell it
    --snapshot: path          # A file that `assume trust pull` made: its roles, users, and what is known of them
    --scenario: path          # A file that `assume trust pull` made: its roles, users, and what is known of them
    --profile: string         # Who reads the account, if the role is to be found there; may be given again, for the account of the one who asks; the default identity, if left out
    --action: string          # What is asked for, if not to assume the role: sts:TagSession, sts:SetSourceIdentity
    --external-id: string     # The external ID that is sent
    --mfa: string             # They gave an MFA code, a moment or so long ago
    --session-name: string    # The session name that is sent
    --source-identity: string # The source identity that is sent
    --tag: string             # A tag that is sent; may be given again
    --organization: string    # The organization of the one who asks
    --source-ip: string       # The address that the call comes from
    --context: string         # Any other condition key and its value, such as aws:PrincipalTag/team=core; may be given again, for a key of several values too
    --json                    # Write it as JSON
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete assume trust test format" [] {
    [ "text" "json" "junit" "github" ]
  }

  # Hold a table of who gets which role, and who does not, against the policies, for CI
  export extern "assume trust test" [
    --snapshot: path          # A snapshot, whatever the table names
    --format: string@"nu-complete assume trust test format" # How it is written: for people, as JSON, as JUnit's XML, or as annotations of GitHub Actions
    --help(-h)                # Print help (see more with '--help')
    ...files: path            # The table, in TOML
  ]

  def "nu-complete assume trust paths format" [] {
    [ "text" "json" "dot" "mermaid" ]
  }

  # Show every chain of roles by which somebody gets to a role, and what each step takes
  export extern "assume trust paths" [
    --to: string              # The role: its ARN, or its name where the file has one role of it
    --from: string            # Only chains that begin with this user or role, account, service (ec2.amazonaws.com) or identity provider; `*` is anybody
    --snapshot: path          # The file of accounts, users and roles; `-` is standard input
    --scenario: path          # The file of accounts, users and roles; `-` is standard input
    --max-hops: string        # How many roles a chain has at most
    --format: string@"nu-complete assume trust paths format" # How they are written: for people, as JSON, or to be drawn by Graphviz or Mermaid
    --help(-h)                # Print help (see more with '--help')
  ]

  # Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file
  export extern "assume trust pull" [
    --profile: string         # Who reads: a role, an identity, a profile of ~/.aws/config, once for each account; the default identity, if left out
    --organization: string    # The organization that the accounts belong to, where Organizations may not be asked: for conditions on aws:PrincipalOrgID
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete assume trust policy preset" [] {
    [ "github" "gitlab" "bitbucket" "buildkite" "circleci" "terraform-cloud" "eks" "eks-pod-identity" "google" "cognito" ]
  }

  def "nu-complete assume trust policy format" [] {
    [ "json" "terraform" "cloudformation" "cloudformation-json" ]
  }

  # Write a role's trust policy: whom to let in, with the guards that belong to it
  export extern "assume trust policy" [
    --account: string         # An account of yours: whomever its own policies let; may be given again
    --role: string            # A role of yours, by its ARN; may be given again
    --partner: string         # A partner's role (or, where it has none, its account), which has to send an external ID
    --saml: string            # A SAML provider, by its ARN
    --oidc: string            # An OpenID Connect provider, by its ARN
    --service: string         # A service of AWS's, such as scheduler.amazonaws.com
    --preset: string@"nu-complete assume trust policy preset" # A provider that many trust
    --external-id: string     # What they have to send as external ID; twice while one is being rotated
    --mfa                     # Demand MFA
    --mfa-max-age: string     # Demand MFA that is not older than this
    --organization: string    # Demand that they are (or, for a service, that the resource is) of this organization
    --source-account: string  # For a service: the account on whose behalf it asks; may be given again
    --source-arn: string      # For a service: the resource on whose behalf it asks; * may stand in it; may be given again
    --audience: string        # For a provider: whom its tokens or assertions are for; may be given again
    --subject: string         # For a provider: whom its tokens or assertions are about; * may stand in it; may be given again
    --source-identity: string # The source identity that they have to send; * may stand in it; may be given again
    --session-tag: string     # A session tag that they may send, with one of these values (a,b); may be given again. Others are refused
    --project: string         # For a preset: the project, as the provider names it (OWNER/REPOSITORY, NAMESPACE/SERVICE_ACCOUNT, …)
    --branch: string          # For a preset: runs on this branch
    --git-tag: string         # For a preset: runs on this tag
    --environment: string     # For a preset: runs in this environment
    --pull-request            # For a preset: runs of pull requests, which anybody may open
    --issuer: string          # For a preset: the issuer's URL, where each customer has another one
    --in-account: string      # For a preset: the account that the role and its provider are in
    --partition: string       # The partition, where no ARN says it
    --format: string@"nu-complete assume trust policy format" # What to write
    --role-name: string       # For Terraform and CloudFormation: what the role is called
    --help(-h)                # Print help (see more with '--help')
  ]

  # Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in
  export extern "assume trust probe" [
    --as: string              # Who asks; without it, whoever the role is declared to be reached from
    --external-id: string     # The right external ID; without it, the declared one
    --try-without-mfa         # Try it without the MFA session, too
    --try-session-name: string # Try another session name, too
    --try-source-identity: string # Try another source identity, too
    --try-tag: string         # Try to send a session tag, too
    --try-as: string          # Try it as somebody else, too
    --policy: path            # The role's present trust policy, in JSON, to be mended where it lets in too much
    --json                    # Print the result as JSON
    --region: string          # The Region whose STS is asked
    --mfa-serial: string      # The MFA device of who asks
    --mfa-code-file: path     # A file that holds the MFA code
    --help(-h)                # Print help (see more with '--help')
    role: string              # The role: a profile, or an ARN
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume trust help" [
  ]

  # Show who may assume a role, by which action, and under which conditions
  export extern "assume trust help show" [
  ]

  # Check trust policies: whom they let in by mistake, and what in them can never work
  export extern "assume trust help check" [
  ]

  # Show what of a role's rights was used, and a smaller policy to begin with
  export extern "assume trust help least" [
  ]

  # Say whether somebody would get a role, what decides it, and what would change it
  export extern "assume trust help simulate" [
  ]

  # Hold a table of who gets which role, and who does not, against the policies, for CI
  export extern "assume trust help test" [
  ]

  # Show every chain of roles by which somebody gets to a role, and what each step takes
  export extern "assume trust help paths" [
  ]

  # Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file
  export extern "assume trust help pull" [
  ]

  # Write a role's trust policy: whom to let in, with the guards that belong to it
  export extern "assume trust help policy" [
  ]

  # Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in
  export extern "assume trust help probe" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume trust help help" [
  ]

  # Keep the external IDs that you, as a partner, give to your customers
  export extern "assume partner" [
    --help(-h)                # Print help (see more with '--help')
  ]

  # Make an external ID for a customer's account
  export extern "assume partner new" [
    --role-arn: string        # Their role, where it is not called as everywhere
    --principal: string       # For all customers: the role of yours that assumes theirs
    --prefix: string          # For all customers: what IDs begin with; without it, they are UUIDs
    --role-name: string       # For all customers: what their role is called
    --policy-arn: string      # For all customers: a managed policy that their role gets; may be given again
    --registry: path          # The registry; without it, `partner_registry` of the config, or partners.toml beside it
    --help(-h)                # Print help (see more with '--help')
    customer: string          # The customer: letters, digits, - and _
    account: string           # Their AWS account
  ]

  # List the customers, their accounts, and what is wrong with their IDs
  export extern "assume partner list" [
    --json                    # As JSON
    --registry: path          # The registry; without it, `partner_registry` of the config, or partners.toml beside it
    --help(-h)                # Print help (see more with '--help')
  ]

  # Show a customer's external ID
  export extern "assume partner show" [
    --json                    # As JSON
    --registry: path          # The registry; without it, `partner_registry` of the config, or partners.toml beside it
    --help(-h)                # Print help
    customer: string          # The customer
    account?: string          # Their account, where they have several
  ]

  # Replace a customer's external ID; the old one stays until --finish
  export extern "assume partner rotate" [
    --finish                  # The customer's role accepts the new one: retire the old one
    --registry: path          # The registry; without it, `partner_registry` of the config, or partners.toml beside it
    --help(-h)                # Print help
    customer: string          # The customer
    account?: string          # Their account, where they have several
  ]

  # Retire a customer's account; its IDs are never used again
  export extern "assume partner retire" [
    --registry: path          # The registry; without it, `partner_registry` of the config, or partners.toml beside it
    --help(-h)                # Print help
    customer: string          # The customer
    account?: string          # Their account, where they have several
  ]

  # Write what a customer needs: trust policy, CloudFormation, Terraform, instructions
  export extern "assume partner pack" [
    --to: path                # The folder to write into; it is made if it is not there
    --template-url: string    # Where role.yaml lies, for a link that opens CloudFormation with it. AWS takes it from S3 only
    --region: string          # The Region that the link opens CloudFormation in
    --registry: path          # The registry; without it, `partner_registry` of the config, or partners.toml beside it
    --help(-h)                # Print help
    customer: string          # The customer
    account?: string          # Their account, where they have several
  ]

  # Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else
  export extern "assume partner verify" [
    --as: string              # Who asks: the profile that assumes the customers' roles; without it, the default identity
    --jobs: string            # How many customers at once
    --json                    # Print the report as JSON
    --registry: path          # The registry; without it, `partner_registry` of the config, or partners.toml beside it
    --help(-h)                # Print help (see more with '--help')
    ...customers: string      # These customers; without any, all
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume partner help" [
  ]

  # Make an external ID for a customer's account
  export extern "assume partner help new" [
  ]

  # List the customers, their accounts, and what is wrong with their IDs
  export extern "assume partner help list" [
  ]

  # Show a customer's external ID
  export extern "assume partner help show" [
  ]

  # Replace a customer's external ID; the old one stays until --finish
  export extern "assume partner help rotate" [
  ]

  # Retire a customer's account; its IDs are never used again
  export extern "assume partner help retire" [
  ]

  # Write what a customer needs: trust policy, CloudFormation, Terraform, instructions
  export extern "assume partner help pack" [
  ]

  # Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else
  export extern "assume partner help verify" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume partner help help" [
  ]

  # Show who became which role
  export extern "assume history" [
    --me                      # Only what was done from here: by a key that the ledger knows, or under your session name
    --denied                  # Only what AWS refused
    --since: string           # Only what is not older: `12h`, `7d`
    --from: path              # Read the files of a trail in this folder, or in its bucket: `s3://BUCKET/PREFIX`
    --profile: string         # Ask CloudTrail itself, as this profile; with --from s3://…, read the bucket as it
    --lake: string            # Ask this event data store of CloudTrail Lake, by its ID or ARN, as --profile
    --region: string          # A Region to look into; once for each. Without it, all that the account has enabled
    --account: string         # An account of the organization whose trail is read; once for each. Without it, all
    --activity                # Count what was done with the sessions, too, and with those that were had with them
    --json                    # Print JSON: `ledger[]`, or `events[]` of a trail
    --help(-h)                # Print help (see more with '--help')
    role?: string             # Only this role: a profile, an ARN, or the role's name
  ]

  # Try everything against a local STS, with no AWS account
  export extern "assume sandbox" [
    --port: string            # The port to listen on; 0 means any that is free
    --scenario: path          # Accounts, users, roles and policies to play, instead of the built-in ones
    --fail: string            # How STS is to fail, to see what a client makes of it: throttle, 500, 503, slow=5s, cut, truncated, html or clock=-10m, then *TIMES or *forever, then @OPERATION; may be given again
    --help(-h)                # Print help
  ]

  # Walk the built-in scenario: each command, what STS was asked, what it answered
  export extern "assume sandbox tour" [
    --help(-h)                # Print help
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume sandbox help" [
  ]

  # Walk the built-in scenario: each command, what STS was asked, what it answered
  export extern "assume sandbox help tour" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume sandbox help help" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume help" [
  ]

  # Become a role in this shell, or run one command as it
  export extern "assume help use" [
  ]

  # Run a command with a role's credentials
  export extern "assume help exec" [
  ]

  # Print a role's credentials in a format of your choice
  export extern "assume help export" [
  ]

  # Answer an SDK that asks for credentials
  export extern "assume help credential-process" [
  ]

  # Go back to what the shell had before the first switch
  export extern "assume help unset" [
  ]

  # Show what is active in this shell and what is cached, without opening a secret store
  export extern "assume help status" [
  ]

  # List the profiles that can be assumed
  export extern "assume help list" [
  ]

  # Show what would be done to become a role, and why: nothing is sent
  export extern "assume help explain" [
  ]

  # Add, edit or remove role profiles in your config file
  export extern "assume help role" [
  ]

  # Declare a role
  export extern "assume help role add" [
  ]

  # Change what is declared for a role
  export extern "assume help role edit" [
  ]

  # Take roles out of the file
  export extern "assume help role remove" [
  ]

  # Make other programs use assume
  export extern "assume help setup" [
  ]

  # Let the AWS SDKs and the AWS CLI get credentials from assume
  export extern "assume help setup credential-process" [
  ]

  # Print the hook for a shell: `assume NAME` then changes that shell, and names complete
  export extern "assume help init" [
  ]

  # Open the AWS console as a role
  export extern "assume help console" [
  ]

  # Print a signed token that says who a role is, for a service outside AWS
  export extern "assume help token" [
  ]

  # Do one task as the root user of a member account, for 15 minutes
  export extern "assume help root" [
  ]

  # Show who is let into your roles from outside, and which nobody uses
  export extern "assume help exposure" [
  ]

  # Sign in, in a browser
  export extern "assume help login" [
  ]

  # Forget cached sessions
  export extern "assume help logout" [
  ]

  # List every account and role that you reach through IAM Identity Center
  export extern "assume help discover" [
  ]

  # Add, list, remove or rotate the identities that you start as
  export extern "assume help identity" [
  ]

  # Keep an IAM user's access key in the vault, and declare it as an identity
  export extern "assume help identity add" [
  ]

  # List your identities; opens no secret store
  export extern "assume help identity list" [
  ]

  # Remove an identity: its key from the vault, its sessions, its lines in your config file
  export extern "assume help identity remove" [
  ]

  # Make a new key at AWS, keep it, prove it, and delete the old one
  export extern "assume help identity rotate" [
  ]

  # Keep the seeds of virtual MFA devices, and show their codes
  export extern "assume help mfa" [
  ]

  # Keep a device's seed: base32 or an otpauth:// URI, from the terminal or standard input
  export extern "assume help mfa add" [
  ]

  # Print the present code of a device whose seed is kept
  export extern "assume help mfa code" [
  ]

  # List the MFA devices that are declared or kept, and where the codes of each come from
  export extern "assume help mfa list" [
  ]

  # Remove a device's seed from the vault
  export extern "assume help mfa remove" [
  ]

  # Show which store keeps which secrets, why, and whether it answers; prompts nobody
  export extern "assume help vault" [
  ]

  # Write, read and check the trust policies of roles
  export extern "assume help trust" [
  ]

  # Show who may assume a role, by which action, and under which conditions
  export extern "assume help trust show" [
  ]

  # Check trust policies: whom they let in by mistake, and what in them can never work
  export extern "assume help trust check" [
  ]

  # Show what of a role's rights was used, and a smaller policy to begin with
  export extern "assume help trust least" [
  ]

  # Say whether somebody would get a role, what decides it, and what would change it
  export extern "assume help trust simulate" [
  ]

  # Hold a table of who gets which role, and who does not, against the policies, for CI
  export extern "assume help trust test" [
  ]

  # Show every chain of roles by which somebody gets to a role, and what each step takes
  export extern "assume help trust paths" [
  ]

  # Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file
  export extern "assume help trust pull" [
  ]

  # Write a role's trust policy: whom to let in, with the guards that belong to it
  export extern "assume help trust policy" [
  ]

  # Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in
  export extern "assume help trust probe" [
  ]

  # Keep the external IDs that you, as a partner, give to your customers
  export extern "assume help partner" [
  ]

  # Make an external ID for a customer's account
  export extern "assume help partner new" [
  ]

  # List the customers, their accounts, and what is wrong with their IDs
  export extern "assume help partner list" [
  ]

  # Show a customer's external ID
  export extern "assume help partner show" [
  ]

  # Replace a customer's external ID; the old one stays until --finish
  export extern "assume help partner rotate" [
  ]

  # Retire a customer's account; its IDs are never used again
  export extern "assume help partner retire" [
  ]

  # Write what a customer needs: trust policy, CloudFormation, Terraform, instructions
  export extern "assume help partner pack" [
  ]

  # Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else
  export extern "assume help partner verify" [
  ]

  # Show who became which role
  export extern "assume help history" [
  ]

  # Try everything against a local STS, with no AWS account
  export extern "assume help sandbox" [
  ]

  # Walk the built-in scenario: each command, what STS was asked, what it answered
  export extern "assume help sandbox tour" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "assume help help" [
  ]

}

export use completions *
