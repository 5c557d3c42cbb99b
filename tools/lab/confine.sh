#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# confine.sh DIR... -- CMD...: run a command that sees all file systems read-only but
# for the DIRs, in namespaces of mounts and processes that run.sh has made. In the
# guest, root could mount this machine's root once more, for writing.
set -eu
keep=()
while [ "$1" != -- ]; do
	mount --bind "$1" "$1"
	keep+=("$1")
	shift
done
shift
while read -r _ _ _ _ at _; do
	at=$(printf '%b' "$at")
	for k in "${keep[@]}"; do
		[ "$at" != "$k" ] || continue 2
	done
	case $at in
	/proc | /proc/* | /sys | /sys/* | /dev | /dev/*) continue ;;
	esac
	mount -o remount,bind,ro "$at" 2>/dev/null || [ "$at" != / ]
done </proc/self/mountinfo
exec "$@"
