#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# module.sh [-s] CONFIG RELEASE [-- MAKEARG...]: build the project's kernel modules
# for a kernel of the lab.
#
# CONFIG and RELEASE are those of kernel.sh. The sources are brought to a build
# directory first, the source tree stays as it is. An argument M=DIR names another
# directory of sources; others go to make, after W=1.
#
#	-s	the cifs.ko that logs on through ntlmd, too
# MODULE_OUT	the build directory; default: build/uml-CONFIG-RELEASE in the
#		project, with M=DIR build/uml-CONFIG-RELEASE-NAME where NAME is the
#		last part of DIR
# JOBS		how many compilers at once; default: one per processor
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"
top=$(realpath "$here/../..")

smb=
if [ "${1:-}" = -s ]; then
	smb=1
	shift
fi
[ $# -ge 2 ] || die "usage: module.sh [-s] CONFIG RELEASE [-- MAKEARG...]"
config=$1 name=$(series "$2")
shift 2
[ "${1:-}" != -- ] || shift
src=$top out=$top/build/uml-$config-$name args=()
for a; do
	case $a in
	M=*)
		src=$(realpath "${a#M=}")
		[ "$src" = "$top" ] || out=$out-${src##*/}
		;;
	*) args+=("$a") ;;
	esac
done
out=$(realpath -m "${MODULE_OUT:-$out}")
kernel=$("$here/kernel.sh" "$config" "$name")
mkdir -p "$out"
(
	exec 9>"$out/.lock"
	flock 9
	# Objects of another kernel look as good as new to make.
	[ "$kernel" = "$(cat "$out/.kernel" 2>/dev/null)" ] || [ ! -e "$out/.kernel" ] ||
		find "$out" \( -name '*.o' -o -name '*.ko' -o -name '.*.cmd' -o -name 'Module.symvers' \) -delete
	echo "$kernel" >"$out/.kernel"
	python3 "$here/../build/sync-sources.py" "$src" "$out"
	# UML 6.1 does not have it for all files, so each says so.
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C nice make --no-print-directory -C "$kernel" ARCH=um \
		"M=$out" "-j${JOBS:-$(nproc)}" W=1 UBSAN_SANITIZE=y "${args[@]}" modules
)
[ -z "$smb" ] || MODULE_OUT=$out "$here/../build/smb.sh" -u "$config" "$name"
