#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# linux-source.sh [-a] [RELEASE]: the source that a kernel in the cache was built from.
#
# RELEASE is 6.1 (default), 6.12 or 7, see kernel.sh. Debian's linux-source
# package of exactly that kernel's version is downloaded and unpacked below
# $NTLM_CACHE, once. Prints one directory:
#	DIR/version	the version of the Debian package
#	DIR/...		6.1 or with -a: the whole tree; others: what smb.sh reads
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.sh"
. "$(dirname "$(realpath "$0")")/private-apt.sh"
here=$(dirname "$(realpath "$0")")

all=
if [ "${1:-}" = -a ]; then
	all=1
	shift
fi
[ $# -le 1 ] || die "usage: linux-source.sh [-a] [RELEASE]"
name=$(series "${1:-6.1}")
kernel=$("$here/kernel.sh" "$name")
version=$(sed -n 's/^linux-headers-.*-amd64=//p' "$kernel/complete")
[ -n "$version" ] || die "$kernel/complete does not tell the kernel's version"
[[ $version =~ ^([0-9]+\.[0-9]+) ]] || die "cannot read the version $version"
package=linux-source-${BASH_REMATCH[1]}
[ "$name" != 6.1 ] || all=1
dir=$NTLM_CACHE/source/$version
# What is there in part may be in use.
[ -z "$all" ] || [ "$name" = 6.1 ] || dir=$NTLM_CACHE/source/whole-$version
current() { [ -e "$dir/version" ] && echo "$dir"; }
! current || exit 0

# kernel.sh has the same apt directory.
locked "$NTLM_CACHE/lock/$name"
! current || exit 0

case $name in
6.1) suites="bookworm bookworm-updates bookworm-security" ;;
6.12) suites="trixie trixie-updates trixie-security" ;;
7) suites="trixie-backports forky sid experimental" ;;
esac
# shellcheck disable=SC2086 # a list of words
private_apt "$name" $suites
# shellcheck disable=SC2086 # a list of words
apt_suites $suites
there=$(apt-cache madison "$package" 2>/dev/null | awk -F'|' '{ gsub(/ /, "", $2); print $2 }' | sort -u | paste -sd' ')
[[ " $there " = *" $version "* ]] ||
	die "the mirror has no $package $version, which the kernel in the cache wants (it has: ${there:-none}): run tools/build/kernel.sh -u $name, then build again"

work_dir "source-$name"
msg "downloading $package $version"
apt_download "$work/debs" "$package=$version"
msg "unpacking $package $version"
dpkg-deb --fsys-tarfile "$work"/debs/*.deb | tar -C "$work" -x --strip-components=3 --wildcards '*.tar.xz'
rm -rf "$work/debs"
# Only the first component of the names in the archive is not known.
parts=('*/fs/smb' '*/fs/nls/*.h' '*/scripts/asn1_compiler.c' '*/include/linux/asn1.h'
	'*/include/linux/asn1_ber_bytecode.h')
[ -z "$all" ] || parts=()
mkdir "$work/tree"
tar -C "$work/tree" -xJf "$work/$package.tar.xz" --strip-components=1 --no-same-owner --wildcards "${parts[@]}"
[ -f "$work/tree/fs/smb/client/connect.c" ] || die "$package $version holds no fs/smb/client"
echo "$version" >"$work/tree/version"
mkdir -p "$NTLM_CACHE/source"
rm -rf "$dir"
mv "$work/tree" "$dir"
# Nothing reads those of earlier kernels a day later.
find "$NTLM_CACHE/source" -mindepth 1 -maxdepth 1 \( -name "${BASH_REMATCH[1]}.*" -o -name "whole-${BASH_REMATCH[1]}.*" \) -mmin +1440 ! -name "*$version" -exec rm -rf {} +
current
