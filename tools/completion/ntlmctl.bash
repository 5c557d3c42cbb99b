# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of ntlmctl(1) for bash.

_ntlmctl_words() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")
}

# Targets that this user has logged in for
_ntlmctl_logins() {
	ntlmctl list 2>/dev/null | sed -n '/^refused/q; 1d; s/.* //; s|^\*/||; p' | sort -u
}

# Servers of mounts in fstab, and hosts that have a name here
_ntlmctl_servers() {
	sed -n 's|^[[:space:]]*//\([^/[:space:]]*\)/.*|\1|p' /etc/fstab 2>/dev/null
	getent hosts | tr -s ' \t' '\n' | grep '[[:alpha:]]'
}

_ntlmctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} = -* ]] && continue
		command=${COMP_WORDS[i]}
		break
	done
	case $previous in
	--for)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		return
		;;
	--socket)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-u | --user | -d | --domain) return ;;
	-e | --expires)
		_ntlmctl_words "30min 8h 10h 1d 7d"
		return
		;;
	esac
	case $command:$cur in
	:-*) _ntlmctl_words "--json --verbose --help --version" ;;
	:*) _ntlmctl_words "status stats contexts monitor login logout list" ;;
	status:-* | stats:-* | contexts:-* | monitor:-*) _ntlmctl_words "--json --verbose" ;;
	login:-*) _ntlmctl_words "--user --domain --target --expires --stdin --verify --for --json --socket --help" ;;
	login:*) _ntlmctl_words "$(_ntlmctl_servers)" ;;
	logout:-*) _ntlmctl_words "--user --domain --target --all --all-users --for --json --socket --help" ;;
	logout:*) _ntlmctl_words "$(_ntlmctl_logins)" ;;
	list:*) _ntlmctl_words "--all --for --json --socket --help" ;;
	esac
}

complete -F _ntlmctl ntlmctl
