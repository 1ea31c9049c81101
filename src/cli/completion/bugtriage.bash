# SPDX-License-Identifier: MIT
#
# Completion of bugtriage's command line for bash.

_bugtriage_options() {
    case $1 in
        explain) echo "--decimal --arch --build --format --output --explain --all --kb --width --no-color --help" ;;
        group) echo "--format --output --top --since --baseline --machine-folder --jira-project --redact --title --width --no-color --quiet --help" ;;
        kb) echo "--output --kb --alone --help" ;;
        *) echo "--format --output --explain --all --modules --stack --threads --kb --symbols --images --error-report --hotfixes --hash --width --no-color --exit-zero --redact --quiet --help --version --help-batch --jobs --timeout --memory --files-from --unordered --shard --resume --top --machine-folder --jira-project --no-sandbox" ;;
    esac
}

_bugtriage() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} words=
    case $previous in
        --format) words="text json ndjson csv html summary ticket jira servicenow zendesk ecs es-bulk" ;;
        --arch) words="x86 x64 arm64 ia64" ;;
        kb) [ "$COMP_CWORD" -eq 2 ] && words="build check test info list show search import" ;;
    esac
    if [ -z "$words" ] && [[ $current == -* ]]; then
        words=$(_bugtriage_options "$command")
    elif [ -z "$words" ] && [ "$COMP_CWORD" -eq 1 ]; then
        words="explain group kb"
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    if [[ $current != -* && $previous != --format && $previous != --arch ]]; then
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _bugtriage bugtriage
