#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# boot.sh [options] -- CMD [ARG...]: boot a minimal Debian with systemd, run a
# command there when the boot is finished, and shut it down.
#
# Its output and exit status are those of run.sh, which does the work.
#
#	-i DIR		DIR is copied over the root, all of it owned by root; what is
#			below /lib/modules/*/updates wins over the kernel's own modules.
#			May be repeated
#	-x SCRIPT	SCRIPT, of the host, runs with sh in the root before the boot
#			(chroot), as an administrator would; may be repeated
#	-k -t -m -c -o -e -a -v	are options of run.sh
#
# Needs root: the root directory holds files of several users.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"

usage() {
	sed -n '4,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2
	exit 2
}
kernel=6.1 layers=() scripts=() pass=()
while getopts i:x:k:t:m:c:o:e:a:v opt; do
	case $opt in
	i) layers+=("$OPTARG") ;;
	x) scripts+=("$OPTARG") ;;
	k) kernel=$OPTARG ;;
	v) pass+=(-v) ;;
	[tmcoea]) pass+=("-$opt" "$OPTARG") ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage

base=$("$here/bootroot.sh")
prep=$("$here/prep.sh" "$kernel")
read -r release <"$prep/release"

mkdir -p "$NTLM_CACHE/run"
run=$(mktemp -d "$NTLM_CACHE/run/XXXXXX")
child=''
# shellcheck disable=SC2317 # called by the trap
finish() {
	if [ -n "$child" ]; then
		kill "$child" 2>/dev/null || true
		wait "$child" || true
	fi
	rm -rf --one-file-system "$run"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

root=$run/root
cp -a --reflink=auto "$base" "$root"
mkdir -p "$root/lib/modules"
cp -a "$prep/lib/modules/$release" "$root/lib/modules/"
for d in "${layers[@]}"; do
	tar -C "$d" -c . | tar -C "$root" -xp --keep-directory-symlink --owner=0 --group=0 --no-same-owner
done
for s in "${scripts[@]}"; do
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount --propagation private sh -e -c '
	mount --rbind /proc "$1/proc"
	mount --rbind /dev "$1/dev"
	exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 /bin/sh -e -s
	' sh "$root" <"$s" >&2 || die "$s failed in the root directory"
done
depmod -b "$root" "$release"
"$here/run.sh" -k "$kernel" -r "$root" -s "${pass[@]}" -- "$@" &
child=$!
code=0
wait "$child" || code=$?
child=''
exit "$code"
