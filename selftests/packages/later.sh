#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Prints a directory of the cache with the packages of the kernel 6.12-bpo and its
# source, to be installed.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. tools/build/common.sh
. tools/build/private-apt.sh
kernel=$(tools/build/kernel.sh 6.12-bpo)
version=$(sed -n 's/^linux-headers-.*-amd64=//p' "$kernel/complete")
dir=$NTLM_CACHE/debs/$version
current() { [ -e "$dir/complete" ] && echo "$dir"; }
! current || exit 0
locked "$NTLM_CACHE/lock/6.12-bpo"
! current || exit 0
mapfile -t debs <"$kernel/complete"
private_apt 6.12-bpo bookworm bookworm-updates bookworm-security bookworm-backports
work_dir debs-6.12-bpo
msg "downloading the packages of $version"
apt_download "$work" "${debs[@]}" "linux-source-6.12=$version"
: >"$work/complete"
mkdir -p "$NTLM_CACHE/debs"
rm -rf "$NTLM_CACHE"/debs/*~bpo*
mv -T "$work" "$dir"
current
