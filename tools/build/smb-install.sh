#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# smb-install.sh DIR KVER [DESTDIR]: put DIR/smb/cifs.ko, if it was built, into
# DESTDIR/lib/modules/KVER/updates, where modprobe finds it before the kernel's own.
#
# Refuses one for another kernel, and one that was not made of this source, for it
# may not fit to ntlm.ko: so run this before ntlm.ko is installed, and depmod after.
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.sh"

[ $# = 2 ] || [ $# = 3 ] || die "usage: smb-install.sh DIR KVER [DESTDIR]"
dir=$1 kver=$2 dest=${3:-}
ko=$dir/smb/cifs.ko
to=$dest/lib/modules/$kver/updates/cifs.ko

if [ -e "$ko" ]; then
	read -r built _ < <(modinfo -F vermagic "$ko")
	[ "$built" = "$kver" ] || die "$ko is for kernel $built, not $kver: run make smb"
	[ "$(cat "$dir/smb/made-of")" = "$("${0%/*}/smb.sh" -p)" ] ||
		die "$ko was made of other sources than these: run make smb"
	install -D -m 644 "$ko" "$to"
	msg "installed $to; a cifs.ko that is loaded already stays until umount and rmmod cifs"
elif [ -e "$to" ]; then
	die "$to is from an earlier installation and may not fit to this ntlm.ko: run make smb, or remove it"
else
	msg "no cifs.ko was built (make smb): mounts go on with the kernel's own"
fi
