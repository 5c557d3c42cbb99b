#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bootroot.sh [NAME PACKAGE...]: a minimal Debian with systemd, and with what a
# machine needs that mounts SMB shares from itself. Of this machine's release, for
# the programs that are built here run there. Prints its directory in the cache,
# which nobody may write to; made once for each list of packages.
#
# With NAME, another one that has these packages as well.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"
. "$here/../build/private-apt.sh"

packages="systemd systemd-sysv kmod login mount cifs-utils samba
libnl-3-200 libnl-genl-3-200 libnettle8 libunistring2 libsystemd0 libcap-ng0
libseccomp2 libinih1 libmount1"
name=${1:+"+$1"}
shift $(($# > 0))
packages+=" $*"

# shellcheck source=/dev/null
. /etc/os-release
suite=${VERSION_CODENAME:?}
sum=$(cat "$0" <(echo "$suite$packages") | cksum)
dir=$NTLM_CACHE/bootroot/$suite$name-${sum%% *}
use() { [ -e "$dir/complete" ] && echo "$dir/root"; }
! use || exit 0
locked "$NTLM_CACHE/lock/bootroot"
! use || exit 0

# Its files belong to root and to users of its own.
[ "$(id -u)" = 0 ] || die "has to run as root to make a root directory"
command -v mmdebstrap >/dev/null || die "no mmdebstrap: run tools/build/deps.sh vm"
work_dir bootroot
private_apt bootroot "$suite" "$suite-updates" "$suite-security"
msg "installing Debian $suite ($(wc -w <<<"$packages") packages and what they need)"
grep '^Acquire' "$apt/apt.conf" >"$work/acquire.conf" || true
options=()
for d in man doc locale info; do
	options+=("--dpkgopt=path-exclude=/usr/share/$d/*")
done
env -u APT_CONFIG mmdebstrap --quiet --mode=root --format=directory --variant=essential \
	--aptopt="$work/acquire.conf" "${options[@]}" --include="$(tr -s ' \n' , <<<"$packages" | sed 's/,$//')" \
	"$suite" "$work/root" "$apt/sources.list" >"$apt/mmdebstrap.log" 2>&1 </dev/null ||
	die "no root directory: $(grep -m1 '^E: ' "$apt/mmdebstrap.log" || tail -n1 "$apt/mmdebstrap.log")"
# Servers of Samba that nothing here needs; without a network they wait long.
for u in nmbd samba-ad-dc; do
	ln -sf /dev/null "$work/root/etc/systemd/system/$u.service"
done
rm -rf "$work"/root/var/{cache/apt,lib/apt/lists,log}/*
: >"$work/complete"
mkdir -p "$NTLM_CACHE/bootroot"
rm -rf "$dir"
mv -T "$work" "$dir"
# Made by earlier versions of the list; a day later no guest runs from it.
find "$NTLM_CACHE/bootroot" -mindepth 1 -maxdepth 1 -name "$suite$name-*" -mmin +1440 ! -path "$dir" -exec rm -rf {} +
use
