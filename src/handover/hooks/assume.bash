# assume: the hook for bash. Nothing is started now.
# It defines two functions: `assume`, by which a role becomes this shell's, and `_assume_complete`.
# The program itself says (by exit code 213) whether the words are a switch; everything else it has done by then.
\builtin unalias assume 2>/dev/null || \builtin true
function assume() {
    \builtin local __assume_xtrace='' __assume_status=0 __assume_changes=''
    # What is traced is written down somewhere.
    if [[ $- == *x* ]]; then { __assume_xtrace=1; \builtin set +x; } 2>/dev/null; fi
    \command assume --hook=ask "$@" || __assume_status=$?
    if [[ $__assume_status == 213 ]]; then
        __assume_status=0
        __assume_changes="$(\command assume --hook="bash:$$" "$@")" || __assume_status=$?
        if [[ $__assume_status == 0 ]]; then
            \builtin eval "$__assume_changes" || __assume_status=$?
        fi
    fi
    if [[ -n $__assume_xtrace ]]; then { \builtin set -x; } 2>/dev/null; fi
    \builtin return "$__assume_status"
}
function _assume_complete() {
    \builtin local IFS=$'\n' __assume_line=''
    \builtin local -a __assume_words
    __assume_words=("${COMP_WORDS[@]:0:COMP_CWORD}" "$2")
    COMPREPLY=()
    while \builtin read -r __assume_line; do
        COMPREPLY+=("${__assume_line%%$'\t'*}")
    done < <(\command assume --hook=complete -- "${__assume_words[@]}" 2>/dev/null)
    \builtin return 0
}
\builtin complete -o bashdefault -F _assume_complete assume
