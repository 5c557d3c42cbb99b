# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of mount.ntlm(8) for bash: directories, and options after -o.

# The names of users and groups are those of this computer.
_mount_ntlm_value() { # OPTION VALUE
	case $1 in
	sec) compgen -W "ntlmssp ntlmsspi" -- "$2" ;;
	vers) compgen -W "2.1 3 3.0 3.02 3.1.1" -- "$2" ;;
	cruid | uid) compgen -u -- "$2" ;;
	gid) compgen -g -- "$2" ;;
	esac
}

_mount_ntlm() {
	local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_LINE:0:COMP_POINT} argument last list=''
	COMPREPLY=()
	argument=${before##*[[:space:]]}
	if [[ ${before%"$argument"} != *[[:space:]]-o[[:space:]]* ||
		${before%"$argument"} =~ -o[[:space:]]+[^[:space:]]+[[:space:]]+$ ]]; then
		if [[ $cur = -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "-o -f -n -r -v -w -h -V" -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		fi
		return
	fi
	compopt -o nospace 2>/dev/null
	last=${argument##*,}
	if [[ $last = *=* ]]; then
		# bash breaks words at "=", so only what follows it is replaced
		mapfile -t COMPREPLY < <(_mount_ntlm_value "${last%%=*}" "${last#*=}")
		return
	fi
	[[ $cur != *,* ]] || list=${cur%,*},
	mapfile -t COMPREPLY < <(compgen -P "$list" -W "username= domain= cruid= multiuser
		sec= vers= ip= uid= gid= file_mode= dir_mode= ro rw soft hard noauto
		nofail _netdev" -- "$last")
}

complete -F _mount_ntlm mount.ntlm
