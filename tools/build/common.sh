# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the build and test scripts have in common. Sourced, never run.

NTLM_CACHE=${NTLM_CACHE:-${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/ntlm-kernel}
case $NTLM_CACHE in
/*) ;;
*) NTLM_CACHE=$PWD/$NTLM_CACHE ;;
esac

msg() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
	msg "$@"
	exit 1
}

# series NAME: the kernel series that NAME stands for, on stdout.
series() {
	case $1 in
	6.1 | 6.12 | 6.12-bpo) echo "$1" ;;
	7 | 7.x | newest) echo 7 ;;
	*) die "unknown kernel '$1' (6.1, 6.12, 6.12-bpo, 7 or newest)" ;;
	esac
}

# locked FILE: take an exclusive lock, held until the script and all that it
# started have ended.
locked() {
	mkdir -p "${1%/*}"
	exec 9>"$1"
	flock -n 9 || {
		msg "waiting for another run to finish (${1##*/})"
		flock 9
	}
}

# work_dir NAME: a fresh directory in the cache, in $work, removed at the end of
# the script. What earlier runs of that name left when they were killed goes,
# too; so hold the lock.
work_dir() {
	mkdir -p "$NTLM_CACHE/unfinished"
	rm -rf "$NTLM_CACHE/unfinished/$1".??????
	work=$(mktemp -d "$NTLM_CACHE/unfinished/$1.XXXXXX")
	chmod 755 "$work"
	trap 'rm -rf "$work" "$work.old"' EXIT
}
