#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# module.sh RELEASE [-- MAKEARG...]: build kernel modules for a Debian kernel.
#
# Runs the kbuild of RELEASE (6.1, 6.12, 7 or newest) on the project, or on the
# directory that an argument M=DIR names. The sources are brought to a build
# directory first, the source tree stays as it is. Other arguments go to make:
# W=1, C=2 (sparse, 6.1 only), V=1, targets.
#
# MODULE_OUT	the build directory; default: build/RELEASE in the project, with
#		M=DIR build/RELEASE-NAME where NAME is the last part of DIR
# JOBS		how many compilers at once; default: one per processor
#
# 6.1 is built by this machine's gcc. The others want a newer gcc and C library
# than Debian 12 has, so they are built by the gcc of their own release, taken
# from its packages and run in a chroot that only this build can see.
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.sh"
here=$(dirname "$(realpath "$0")")
top=$(realpath "$here/../..")

[ $# -ge 1 ] || die "usage: module.sh RELEASE [-- MAKEARG...]"
name=$(series "$1")
shift
[ "${1:-}" != -- ] || shift
src=$top out=$top/build/$name args=() check=
for a; do
	case $a in
	M=*)
		src=$(realpath "${a#M=}")
		[ "$src" = "$top" ] || out=$top/build/$name-${src##*/}
		;;
	C=[12])
		check=1
		args+=("$a")
		;;
	*) args+=("$a") ;;
	esac
done
out=$(realpath -m "${MODULE_OUT:-$out}")
[ -e "$src/Kbuild" ] || [ -e "$src/Makefile" ] || die "$src has no Kbuild"
[ -z "$check" ] || [ "$name" = 6.1 ] || die "sparse runs on 6.1 only"

kernel=$("$here/kernel.sh" "$name")
release=$(cat "$kernel/release")
headers=$kernel/root/usr/src/linux-headers-$release
mkdir -p "$out"
exec 9>"$out/.lock"
flock 9
python3 "$here/sync-sources.py" "$src" "$out"

# Without a vmlinux there is no BTF for modules; kbuild would say so each time.
make=(make --no-print-directory -C "$headers" "M=$out" "-j${JOBS:-$(nproc)}"
	CONFIG_DEBUG_INFO_BTF_MODULES= "${args[@]}")
if [ "$name" = 6.1 ]; then
	command -v gcc-12 >/dev/null && make+=(CC=gcc-12)
	exec env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C "${make[@]}"
fi

root=$("$here/kernel.sh" -t "$name")/root
new=(unshare --mount --propagation private)
[ "$(id -u)" = 0 ] || new+=(--map-root-user)
# Paths are the same inside and outside, so messages of the compiler lead to
# files. The root is put together on a tmpfs of this build's own, for the
# unpacked one may be in use by other builds.
mkdir -p "$NTLM_CACHE/stage"
# shellcheck disable=SC2016 # expanded by the inner shell
exec "${new[@]}" bash -c '
set -euo pipefail
root=$1 kernel=$2 out=$3 stage=$4
shift 4
mount -t tmpfs -o mode=755 stage "$stage"
for d in bin sbin lib lib64; do
	ln -s "usr/$d" "$stage/$d"
done
mkdir -p "$stage"/{usr,etc,proc,dev,tmp} "$stage$kernel" "$stage$out"
mount --bind "$root/usr" "$stage/usr"
mount --bind "$root/etc" "$stage/etc"
mount --rbind /proc "$stage/proc"
mount --rbind /dev "$stage/dev"
mount --bind "$kernel" "$stage$kernel"
mount -o remount,bind,ro "$stage$kernel"
mount --bind "$out" "$stage$out"
exec chroot "$stage" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/tmp LC_ALL=C TMPDIR=/tmp "$@"
' bash "$root" "$kernel" "$out" "$NTLM_CACHE/stage" "${make[@]}"
