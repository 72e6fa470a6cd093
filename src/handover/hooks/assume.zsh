# assume: the hook for zsh. Nothing is started now.
# It defines two functions: `assume`, by which a role becomes this shell's, and `_assume_complete`.
# The program itself says (by exit code 213) whether the words are a switch; everything else it has done by then.
\builtin unalias assume 2>/dev/null || \builtin true
function assume() {
    \builtin emulate -L zsh
    # What is traced is written down somewhere.
    { \builtin unsetopt xtrace } 2>/dev/null
    \builtin unsetopt errexit errreturn
    \builtin local __assume_changes='' __assume_status=0
    \builtin command assume --hook=ask "$@"
    __assume_status=$?
    if [[ $__assume_status == 213 ]]; then
        __assume_changes="$(\builtin command assume --hook="zsh:$$" "$@")"
        __assume_status=$?
        if [[ $__assume_status == 0 ]]; then
            \builtin eval "$__assume_changes"
            __assume_status=$?
        fi
    fi
    \builtin return $__assume_status
}
function _assume_complete() {
    \builtin local __assume_line
    \builtin local -a __assume_lines __assume_values
    __assume_lines=("${(@f)$(\builtin command assume --hook=complete -- "${(@)words[1,CURRENT]}" 2>/dev/null)}")
    for __assume_line in $__assume_lines; do
        __assume_values+=("${${${__assume_line%%$'\t'*}//\\/\\\\}//:/\\:}:${${__assume_line#*$'\t'}#$__assume_line}")
    done
    (( $#__assume_values )) && _describe -V assume __assume_values
}
if (( ${+functions[compdef]} )); then compdef _assume_complete assume; fi
