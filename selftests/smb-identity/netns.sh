# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A network namespace has the helper that runs in it, and no other; nor does it
# get at sessions from outside.

far_url=//10.77.0.1/files
far_holder=

in_far() { nsenter -t "$far_holder" -n -m "$@"; }

far_make() {
	unshare --net --mount sleep infinity &
	far_holder=$!
	while [ "$(readlink "/proc/$far_holder/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ]; do
		sleep 0.05
	done
	ip link set smb1 netns "$far_holder" && in_far ip addr add 10.77.0.2/24 dev smb1 &&
		in_far ip link set smb1 up && in_far ip link set lo up &&
		mkdir -p "$dir/far/credentials.d" /run/ntlmd && chmod 755 "$dir/far" &&
		chown root:ntlmd "$dir/far/credentials.d" && chmod 750 "$dir/far/credentials.d" &&
		in_far mount --bind "$dir/far" /etc/ntlmd && in_far mount -t tmpfs none /run/ntlmd &&
		in_far chown ntlmd: /run/ntlmd
}

far_credential() { # UID USER
	smb_credential "$1" cifs/10.77.0.1 "$2"
	mv "/etc/ntlmd/credentials.d/$1-$2.conf" "$dir/far/credentials.d/"
}

far_mount() { # OPTIONS
	in_far "$SMB_BIN/mount_smb.p" "$far_url" /mnt/m "ip=10.77.0.1,$1" >"$SMB_OUTPUT"
}

near_mount() { # OPTIONS
	"$SMB_BIN/mount_smb.p" "$far_url" /mnt/m "ip=10.77.0.1,$1" >"$SMB_OUTPUT"
}

far_contexts() { in_far "$NTLM_BIN/ntlmctl" contexts | awk 'NR > 1 { n++ } END { print n + 0 }'; }

far_who() {
	local name=far.$RANDOM
	in_far touch "/mnt/m/$name" 2>>"$SMB_OUTPUT" && stat -c %U "$SMB_FILES/$name"
	rm -f "$SMB_FILES/$name"
}

# A namespace's mount, used from here after its connection was cut.
far_reconnects() {
	local lines
	lines=$(wc -l <"$SMB_LOG")
	smb_cut
	[ "$(ls "/proc/$far_holder/root/mnt/m" 2>>"$SMB_OUTPUT" | wc -l)" -gt 0 ] &&
		[ "$(far_who)" = dave ] && [ "$(far_contexts)" = 1 ] &&
		[ "$(wc -l <"$SMB_LOG")" = "$lines" ]
}

test_netns() {
	local logons
	far_make || { result 1 "netns-is-made"; return; }
	ntlmd_credential near '[root]' 'uid = 0' 'target = cifs/10.77.0.1' 'user = carol' \
		"domain = $SAMBA_DOMAIN" "password = $(smb_password carol)"
	smb_settle
	: >"$SMB_FILES/there"

	check netns-without-helper-is-refused refused carol "$NO_KEY" far_mount username=carol
	near_mount username=carol
	check netns-control-mount-outside [ "$(smb_who /mnt/m)" = carol ]
	check netns-without-helper-does-not-share refused carol "$NO_KEY" far_mount username=carol

	far_credential 0 dave
	far_credential 0 bob
	far_credential 2001 bob
	in_far "$NTLM_BIN/ntlmd" --foreground 2>"$dir/far.log" &
	far_ntlmd=$!
	for ((i = 0; i < 200; i++)); do
		grep -q 'registered with the kernel' "$dir/far.log" && break
		sleep 0.05
	done
	check netns-helper-has-no-such-credential refused carol "$NO_KEY" far_mount username=carol
	check netns-has-its-own-helper far_mount cruid=2001
	check netns-helper-chooses [ "$(far_who)" = bob ]
	check netns-context-is-seen-inside [ "$(far_contexts)" = 1 ]
	check netns-context-is-not-seen-outside [ "$(smb_contexts)" = 1 ]
	in_far umount /mnt/m
	umount /mnt/m

	far_credential 0 carol
	mv "$dir/far/credentials.d/0-bob.conf" "$dir/far/credentials.d/0-zbob.conf"
	sleep 1
	near_mount username=carol
	logons=$(smb_logons carol NT_STATUS_OK)
	check netns-same-name-mounts far_mount username=carol
	check netns-same-name-has-its-own-logon [ "$(smb_logons carol NT_STATUS_OK)" = $((logons + 1)) ]
	check netns-same-name-has-its-own-context [ "$(far_contexts) $(smb_contexts)" = "1 1" ]
	in_far umount /mnt/m
	umount /mnt/m

	check netns-other-name-mounts far_mount username=dave
	check netns-reconnect-asks-the-helper-of-the-mount far_reconnects
	in_far umount /mnt/m
	kill "$far_ntlmd" "$far_holder"
	wait "$far_ntlmd" "$far_holder" 2>/dev/null
}
