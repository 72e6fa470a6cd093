# assume: the hook for fish. Nothing is started now.
# It defines one function, `assume`, by which a role becomes this shell's.
# The program itself says (by exit code 213) whether the words are a switch; everything else it has done by then.
function assume --description 'Switch AWS roles'
    # What is traced is written down somewhere.
    builtin set -l fish_trace
    command assume --hook=ask $argv
    builtin set -l code $status
    if builtin test $code -eq 213
        # One element for each line, since only so the program's own exit code is kept.
        builtin set -l changes (command assume --hook=fish:$fish_pid $argv)
        builtin set code $status
        if builtin test $code -eq 0
            builtin string join \n -- $changes | builtin source
            builtin set code $status
        end
    end
    builtin return $code
end
complete --keep-order --exclusive --command assume --arguments "(command assume --hook=complete -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token --cut-at-cursor))"
