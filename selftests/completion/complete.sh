#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# complete.sh SHELL WORD...: what the shell offers for the last of the words, one a
# line. SHELL is bash or zsh; completions are taken from tools/completion.
here=$(dirname "$(realpath "$0")")
completion=$here/../../tools/completion
shell=$1
shift

in_bash() {
	# shellcheck source=/dev/null
	. "$completion/$1.bash"
	local words="$*"
	COMP_LINE=$words COMP_POINT=${#words}
	# As readline breaks words: at blanks, and at "=" which is a word of its own
	read -ra COMP_WORDS <<<"${words//=/ = }"
	[ -n "${*: -1}" ] && [[ $words != *= ]] || COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	function_of=$(complete -p "$1" | sed 's/.*-F \([^ ]*\).*/\1/')
	"$function_of" "$1"
	printf '%s\n' "${COMPREPLY[@]}"
}

case $shell in
bash) in_bash "$@" ;;
zsh) zsh -f "$here/complete.zsh" "$completion" "$*" ;;
esac
