#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# deb.sh [-v VERSION] [DIR]: build the Debian packages and their source package into
# DIR (default: build/deb).
#
# From a copy of the tree, without what git ignores and without a network. lintian
# looks at what comes out, the source package as well: an error or a warning is a
# failure.
#
#	-v VERSION	this version, instead of that in debian/changelog, without
#			source package and lintian, for tests of upgrades
# JOBS		how many compilers at once; default: one per processor
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/common.sh"
top=$(realpath "$here/../..")

version=
while getopts v: opt; do
	case $opt in
	v) version=$OPTARG ;;
	*) die "usage: deb.sh [-v VERSION] [DIR]" ;;
	esac
done
shift $((OPTIND - 1))
[ $# -le 1 ] || die "usage: deb.sh [-v VERSION] [DIR]"
dir=$(realpath -m "${1:-$top/build/deb}")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/ntlm-kernel"
if [ "$(git -C "$top" rev-parse --show-toplevel 2>/dev/null)" = "$top" ]; then
	git -C "$top" ls-files -z -co --exclude-standard |
		(cd "$top" && xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh) |
		tar -C "$top" --null -T - -c
else
	tar -C "$top" --exclude=./build --exclude=./.git -c .
fi | tar -C "$work/ntlm-kernel" -x --no-same-owner
cd "$work/ntlm-kernel"
[ -z "$version" ] || sed -i "1s/(.*)/($version)/" debian/changelog

what=full
[ -z "$version" ] || what=binary
mine=()
[ "$(id -u)" = 0 ] || mine+=(-r)
LC_ALL=C.UTF-8 unshare -n "${mine[@]}" dpkg-buildpackage "--build=$what" -us -uc "-j${JOBS:-$(nproc)}" >"$work/log" 2>&1 || {
	tail -n 40 "$work/log" >&2
	die "dpkg-buildpackage failed"
}
made=("$work"/*.deb)
if [ -z "$version" ]; then
	LC_ALL=C.UTF-8 lintian --allow-root --fail-on error,warning "$work"/*.changes || die "lintian complains"
	made+=("$work"/*.dsc "$work"/*.tar.*)
fi
rm -rf "$dir"
mkdir -p "$dir"
cp "${made[@]}" "$work/log" "$dir/"
for f in "${made[@]/#"$work"/"$dir"}"; do
	msg "$f"
done
