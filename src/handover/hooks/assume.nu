# assume: the hook for Nushell. Nothing is started now.
# It defines two commands: `assume`, by which a role becomes this shell's, and `nu-complete assume`.
# The program itself says (by exit code 213) whether the words are a switch; everything else it has done by then.
def "nu-complete assume" [line: string] {
    let words = ($line | str trim --left | split row --regex '\s+')
    ^assume --hook=complete -- ...$words
    | lines
    | each {|found| $found | split row --number 2 "\t" | {value: $in.0, description: ($in.1? | default "")} }
}
def --env --wrapped assume [...words: string@"nu-complete assume"] {
    try {
        ^assume --hook=ask ...$words
    } catch {|failure|
        if $env.LAST_EXIT_CODE != 213 { error make $failure.raw }
        let changes = (^assume $"--hook=nushell:($nu.pid)" ...$words | from json)
        hide-env --ignore-errors ...$changes.unset
        for pair in $changes.set {
            let parts = ($pair | split row --number 2 "=")
            load-env {($parts.0): $parts.1}
        }
    }
}
