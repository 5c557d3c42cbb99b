#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# linux-source.sh: the source of Debian's 6.1 kernel, downloaded and unpacked
# once below $NTLM_CACHE. Prints its directory.
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.sh"
src=$NTLM_CACHE/uml/linux-source-6.1

if [ ! -e "$src/Kbuild" ]; then
	locked "$NTLM_CACHE/lock/linux-source"
	mkdir -p "$NTLM_CACHE/uml"
	work=$(mktemp -d "$NTLM_CACHE/uml/XXXXXX")
	trap 'rm -rf "$work"' EXIT
	if [ ! -e "$src/Kbuild" ]; then
		msg "downloading linux-source-6.1"
		(cd "$work" && apt-get -q -q download linux-source-6.1 >log 2>&1) ||
			die "no linux-source-6.1: $(tail -n1 "$work/log")"
		dpkg -x "$work"/linux-source-6.1_*.deb "$work"
		tar -C "$work" -xf "$work/usr/src/linux-source-6.1.tar.xz"
		rm -rf "$src"
		mv "$work/linux-source-6.1" "$src"
	fi
fi
echo "$src"
