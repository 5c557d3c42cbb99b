#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of the demo that mounts a share, in the virtual machine, with Samba
# and ntlmd running; see guest.sh. Leaves mount-times in /vmout.
#
# NTLM_BIN	directory of the programs
# DEMO_SHARE	name of the share
# DEMO_MOUNTS	how many mounts of each kind are timed (12)
set -u
. selftests/lib/samba.sh
. selftests/lib/ntlmd.sh
host=files.example.com
mnt=/mnt/files
options="sec=ntlmssp,username=$SAMBA_USER,password=,_netdev"
stock=$(find "/lib/modules/$(uname -r)/kernel/" -name 'cifs.ko*')

step() { printf '\n== %s\n' "$*"; }
fail() {
	printf 'demo: %s\n' "$*"
	exit 1
}
show() { sed 's/^/  /'; }

credential() { # PASSWORD
	ntlmd_credential files '[file server]' 'uid = 0' "target = cifs/$host" \
		"user = $SAMBA_USER" "domain = $SAMBA_DOMAIN" "password = $1"
}

# The process of the server that has the mount's connection
server_process() {
	ss -Htnp state established '( sport = :445 )' | sed -n 's/.*pid=\([0-9]*\).*/\1/p' | head -n 1
}

reload_client() { # COMMAND...: another module of the name cifs
	local i
	for ((i = 0; i < 100; i++)); do
		[ -d /sys/module/cifs ] || break
		rmmod cifs 2>/dev/null || sleep 0.05
	done
	"$@" || fail "cannot load $*"
}

timed() { # FILE PASSWORD: one mount, in microseconds
	local begin=${EPOCHREALTIME/./}
	mount -i -t cifs "//$host/$DEMO_SHARE" "$mnt" \
		-o "ip=127.0.0.1,sec=ntlmssp,username=$SAMBA_USER,domain=$SAMBA_DOMAIN,password=$2" ||
		fail "a timed mount failed"
	echo $((${EPOCHREALTIME/./} - begin)) >>"$1"
	umount "$mnt"
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

step "a share in /etc/fstab: no secret in it, and none in the kernel"
mkdir -p "$mnt"
echo "127.0.0.1 $host" >>/etc/hosts
echo "//$host/$DEMO_SHARE $mnt cifs $options 0 0" >/etc/fstab
show </etc/fstab
credential "$SAMBA_PASSWORD"
printf 'kept on the server\n' >/run/samba/share/hello.txt
chmod 666 /run/samba/share/hello.txt
sleep 0.3

step "mount $mnt"
modprobe cifs || fail "cifs.ko cannot be loaded"
printf '  %s, of the source of %s\n' "$(modinfo -n cifs)" "$(cat /sys/module/cifs/parameters/ntlm_overlay)"
mount "$mnt" || fail "the share cannot be mounted"
grep " $mnt " /proc/mounts | cut -c 1-120 | show
step "cat $mnt/hello.txt"
show <"$mnt/hello.txt" || fail "the file cannot be read"
step "ntlmctl contexts"
"$NTLM_BIN/ntlmctl" contexts | show

step "the password changes while a file is being written: on the server, then in the credential file"
mkfifo /run/never
exec {never}<>/run/never
( for ((i = 0; i < 400; i++)); do
	echo "line $i" || exit 1
	read -rt 0.01 -u "$never"
done; true ) >"$mnt/log.txt" &
writer=$!
SAMBA_PASSWORD=Rotated.$RANDOM
printf '%s\n%s\n' "$SAMBA_PASSWORD" "$SAMBA_PASSWORD" |
	smbpasswd -c /run/samba/smb.conf -s "$SAMBA_USER" 2>/dev/null || fail "smbpasswd"
credential "$SAMBA_PASSWORD"
sleep 0.5
printf '  and the connection is cut: process %s of the server is killed\n' "$(server_process)"
kill "$(server_process)"
wait "$writer" || fail "the writer got an error"
sync -f "$mnt"
printf '  the file that was being written has %s lines on the server\n' \
	"$(wc -l </run/samba/share/log.txt)"
[ "$(wc -l </run/samba/share/log.txt)" = 400 ] || fail "lines are missing"
show <"$mnt/hello.txt" || fail "the file cannot be read"
"$NTLM_BIN/ntlmctl" contexts | show
printf '  rotation: ok, without a remount\n'
umount "$mnt" || fail "umount"

step "how long a mount takes, beside the distribution's cifs.ko with a password"
times=/vmout/mount-times
mkdir -p "$times"
rm -f "$times"/*
for ((round = 0; round < ${DEMO_MOUNTS:-12}; round += 4)); do
	reload_client modprobe cifs
	timed /dev/null ''
	for i in 1 2 3 4; do timed "$times/ntlmd" ''; done
	reload_client insmod "$stock"
	timed /dev/null "$SAMBA_PASSWORD"
	for i in 1 2 3 4; do timed "$times/stock" "$SAMBA_PASSWORD"; done
done
awk -v ours="$(median "$times/ntlmd")" -v stock="$(median "$times/stock")" -v n="$(wc -l <"$times/ntlmd")" 'BEGIN {
	printf "  through ntlmd %.0f ms, stock %.0f ms (medians of %d mounts each, emulated machine)\n", ours / 1000, stock / 1000, n
	printf "  mount time ratio: %.3f\n", ours / stock }'
