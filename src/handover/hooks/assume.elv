# assume: the hook for Elvish. Nothing is started now.
# It defines one function, `assume`, by which a role becomes this shell's.
# The program itself says (by exit code 213) whether the words are a switch; everything else it has done by then.
use str
fn assume {|@words|
    var is-switch = $false
    try {
        (external assume) --hook=ask $@words
    } catch failure {
        if (not-eq $failure[reason][exit-status] 213) {
            fail $failure
        }
        set is-switch = $true
    }
    if $is-switch {
        var changes = ((external assume) --hook=elvish:$pid $@words | from-json)
        for name $changes[unset] {
            unset-env $name
        }
        for pair $changes[set] {
            var name value = (str:split &max=2 = $pair)
            set-env $name $value
        }
    }
}
edit:add-var assume~ $assume~
set edit:completion:arg-completer[assume] = {|@words|
    (external assume) --hook=complete -- $@words 2>/dev/null | from-lines | each {|found|
        var value help = (str:split &max=2 "\t" $found)
        edit:complex-candidate $value &display=$value' '(styled $help bright-black)
    }
}
