#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What run.sh does in the guest: mounts through ntlmd, and for comparison without
# it. Whoever looks into this machine's memory must not find what the test itself
# left there: it does not know the secrets that ntlmd has.
set -eEu
trap 'echo "line $LINENO of guest.sh failed"' ERR
. selftests/lib/ntlmd.sh
log=/vmout/ntlmd.log
server=10.0.2.2

# The host looks into memory, or does something else, and lets us go on.
host() { # WHAT
	: >"/vmout/$1.ready"
	until [ -e "/vmout/$1.done" ]; do sleep 0.1; done
}

# ntlmd stands still, so that it has the same pages until the host has them.
look() { # WHAT
	[ -z "$NTLMD_PID" ] || kill -STOP "$NTLMD_PID"
	"$NTLM_BIN/memory_pages" "/vmout/$1.pages"
	echo "${NTLMD_PID:-0}" >"/vmout/$1.helper"
	host "$1"
	[ -z "$NTLMD_PID" ] || kill -CONT "$NTLMD_PID"
}

share() { # DIR OPTIONS
	mkdir -p "$1"
	mount -i -t cifs //fileserver/files "$1" -o "ip=$server,$2"
}

use() { # DIR FILE
	head -c 300000 /dev/urandom >/run/data
	cp /run/data "$1/$2"
	# From the server, without dropping what else is in the page cache.
	dd if="$1/$2" iflag=direct bs=64k status=none | cmp - /run/data
}

sessions_gone() {
	local i
	for ((i = 0; i < 300; i++)); do
		grep -qs cifsd /proc/[0-9]*/comm || return 0
		sleep 0.1
	done
	echo "cifs.ko still has connections" >&2
	return 1
}

for m in virtio_net virtio_blk ext4 ntlm cifs; do modprobe "$m"; done
[ -e /sys/module/cifs/parameters/ntlm_overlay ]
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
ntlmd_account
mkdir -p /run/disk
mount -t ext4 /dev/vda /run/disk
printf '[daemon]\ncredentials-directory = /run/disk/credentials.d\n' >/etc/ntlmd/ntlmd.conf
ntlmd_start "$log" || exit
"$NTLM_BIN/memory_type" /run/disk/typed "$NTLM_BIN/ntlmctl" login --user dave \
	--domain NTLMTEST fileserver

share /mnt/sealed sec=ntlmssp,seal,username=alice
share /mnt/signed vers=2.1,sec=ntlmsspi,username=bob
share /mnt/login sec=ntlmsspi,username=dave
for how in sealed signed login; do use /mnt/$how of-$how; done
host cut
for how in sealed signed login; do use /mnt/$how of-$how; done
# Read again, in the sandbox that ntlmd is in by now.
kill -HUP "$NTLMD_PID"
until grep -q reloaded "$log"; do sleep 0.1; done
"$NTLM_BIN/ntlmctl" contexts >/vmout/contexts
look live

umount /mnt/sealed /mnt/signed /mnt/login
sessions_gone
ntlmd_stop || exit
look after

rmmod cifs
insmod "/lib/modules/$(uname -r)/kernel/cifs.ko"
[ ! -e /sys/module/cifs/parameters/ntlm_overlay ]
share /mnt/stock "sec=ntlmssp,$(cat /vmout/stock)"
use /mnt/stock of-stock
mkdir -p /run/plants
"$NTLM_BIN/memory_plant" /vmout/planted /run/plants &
plant=$!
until [ -s /vmout/planted ]; do sleep 0.1; done
echo $plant >/vmout/plant
look control
kill $plant
umount /mnt/stock
