#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What follows from the session key: signing and encryption of every dialect,
# channels, and the bytes of files. The judge is the server, which refuses what is
# signed or encrypted with another key. TAP.
set -u
SAMBA_GLOBAL='  server multi channel support = yes
  server smb3 encryption algorithms = AES-128-GCM, AES-128-CCM, AES-256-GCM
  dos charset = CP850'
SMB_SECTIONS='[sealed]
  path = /run/samba/share
  read only = no
  smb encrypt = required'
. selftests/lib/smb.sh
mnt=/mnt/dialect

# Two addresses that belong to no loopback interface, which the server would not
# offer for channels.
modprobe dummy && ip link add chan0 type dummy && ip link add chan1 type dummy &&
	ip address add 10.99.0.1/24 dev chan0 && ip address add 10.99.1.1/24 dev chan1 &&
	ip link set chan0 up && ip link set chan1 up || exit 1
echo '10.99.0.1 files.example.com' >>/etc/hosts
serve() { # LINE...: the server with these lines in [global]
	samba_stop "$SMB_SERVER"
	sed -i -e 's/^  interfaces = .*/  interfaces = lo "10.99.0.1;speed=1000000000,capability=RSS" "10.99.1.1;speed=1000000000,capability=RSS"/' \
		-e '/^  server signing/d' "$SMB_SERVER/smb.conf"
	sed -i "s/^\[global\]/[global]\n$1/" "$SMB_SERVER/smb.conf"
	for _ in {1..100}; do
		ss -Hltn 'sport = :445' | grep -q . || break
		sleep 0.1
	done
	/usr/sbin/smbd -D --configfile="$SMB_SERVER/smb.conf" || return 1
	for _ in {1..100}; do
		ss -Hltn 'sport = :445' | grep -q 10.99.1.1 && return 0
		sleep 0.1
	done
	return 1
}

smb_start files || exit 1
smb_users alice jürgen || exit 1
smb_credential 0 cifs/files.example.com alice
smb_credential 0 cifs/files.example.com jürgen
ntlmd_start "$SMB_LOG" || exit 1
data() { # MIB
	head -c "$1M" /dev/urandom >/run/data
	sum=$(sha256sum </run/data)
}
data 8

take() { # SHARE OPTIONS
	mkdir -p "$mnt"
	smb_mount raw "//files.example.com/$1" "$mnt" "ip=10.99.0.1,username=alice,$2"
}

# Written through the mount, it is the same on the server, and read back through
# a client that remembers nothing.
bytes_are_right() {
	cp /run/data "$mnt/data" && sync -f "$mnt" &&
		[ "$(sha256sum <"$SMB_FILES/data")" = "$sum" ] || return 1
	echo 3 >/proc/sys/vm/drop_caches
	[ "$(sha256sum <"$mnt/data")" = "$sum" ] && rm "$mnt/data"
}

dialect_is() { grep -q " $mnt cifs [^ ]*vers=$1," /proc/mounts; }
session_says() { grep -qi "$1" /proc/fs/cifs/DebugData; }

run() { # NAME SHARE DIALECT OPTIONS [WHAT THE SESSION SAYS]
	check "$1: mount" take "$2" "vers=$3,$4" || return
	check "$1: dialect" dialect_is "$3"
	[ -z "${5:-}" ] || check "$1: the session is" session_says "$5"
	check "$1: bytes" bytes_are_right
	check "$1: umount" umount "$mnt"
}

serve '  server signing = auto' || exit 1
for v in 2.1 3.0 3.1.1; do
	run "$v" files "$v" cache=strict
	run "$v signed by wish" files "$v" sign signed
done
data 32
run 'a large file' files 3.1.1 cache=strict
run 'a large file without a cache' files 3.1.1 cache=none
data 1
for v in 3.0 3.1.1; do
	run "$v encrypted by the share" sealed "$v" cache=strict encrypted
	run "$v encrypted by wish" files "$v" seal encrypted
done
echo Y >/sys/module/cifs/parameters/require_gcm_256
run '3.1.1 encrypted with a key of 256 bits' files 3.1.1 seal encrypted
echo N >/sys/module/cifs/parameters/require_gcm_256
check_not 'encryption is too much for 2.1' take sealed vers=2.1

extra_channels() { grep -oE 'Extra Channels: [0-9]+|\[CHANNEL: [0-9]+\]' /proc/fs/cifs/DebugData | grep -cv ': 0'; }
a_channel_came() {
	for _ in {1..100}; do
		[ "$(extra_channels)" -gt 0 ] && return 0
		sleep 0.1
	done
	cat /proc/fs/cifs/DebugData >"$SMB_OUTPUT"
	return 1
}
exchanges() { grep -c '^ntlmd: authenticate .*cifs/files.example.com' "$SMB_LOG"; }

before=$(exchanges)
check 'channels: mount' take files vers=3.1.1,sign,multichannel,max_channels=2
check 'channels: there are two' a_channel_came
check 'channels: each has an exchange' test "$(exchanges)" -ge $((before + 2))
check 'channels: none is for an unverified target' \
	test "$(grep -c 'unverified' "$SMB_LOG")" = 0
check 'channels: bytes' bytes_are_right
check 'channels: one context is kept for the session' \
	test "$(smb_contexts user=alice state=established)" = 1
smb_cut
check 'channels: bytes after both were cut' bytes_are_right
check 'channels: umount' umount "$mnt"
check 'no context is left' test "$(smb_contexts)" = 0

serve '  server signing = mandatory' || exit 1
for v in 2.1 3.0 3.1.1; do
	run "$v signed because the server requires it" files "$v" cache=strict 'SecMode: 0x3'
done

modprobe nls_iso8859-1
check 'a user name in another character set' take files $'iocharset=iso8859-1,username=j\xfcrgen'
check 'it reaches the server in Unicode' test "$(smb_logons jürgen NT_STATUS_OK)" = 1
umount "$mnt"
smb_done
