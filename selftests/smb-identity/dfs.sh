# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A referral leads to a host that the user did not name. Whoever sits there must
# not get a logon to relay, unless a credential names that host.

rogue_start() {
	: >"$dir/rogue"
	python3 -B selftests/smb-identity/rogue.py 127.0.0.2 127.0.0.1 "$dir/rogue" 2>"$dir/rogue.err" &
	rogue_pid=$!
	local i
	for ((i = 0; i < 300; i++)); do
		(exec 3<>/dev/tcp/127.0.0.2/445) 2>/dev/null && return 0
		sleep 0.1
	done
	return 1
}

rogue_saw() { # PATTERN
	sleep 0.2
	LC_ALL=C grep -qaP "$1" "$dir/rogue"
}
SMB2='\xfeSMB'
AUTHENTICATE='NTLMSSP\x00\x03\x00\x00\x00'
NTLMSSP='NTLMSSP'

walk_in() {
	ls /mnt/m/go >/dev/null 2>"$SMB_OUTPUT"
}

walk_in_as() { smb_as "$1" ls /mnt/m/go >/dev/null 2>"$SMB_OUTPUT"; }

walk_is_refused() { # COMMAND...
	: >"$dir/rogue"
	! "$@" && grep -qE 'Permission denied|Required key not available' "$SMB_OUTPUT"
}

dfs_mount() { # OPTIONS
	"$SMB_BIN/mount_smb.p" //127.0.0.1/dfs /mnt/m "ip=127.0.0.1,$1" >"$SMB_OUTPUT"
}

dfs_umount() {
	umount /mnt/m/go 2>/dev/null
	umount /mnt/m
}

# Whoever walks in is USER there.
submount_is_of() { # USER UID-WHO-WALKS-IN
	walk_in_as "$2" && [ "$(smb_who /mnt/m/go)" = "$1" ] && [ "$(smb_contexts uid=2002)" = 0 ] &&
		[ "$(smb_contexts uid=0)" = 0 ] && [ "$(smb_contexts uid=2001 user=alice target=cifs/127.0.0.2)" = 1 ]
}

# Behind a link of a multiuser mount everyone is himself, and the host is no more
# trusted by who walks in than by the owner of the mount.
test_dfs_multiuser() {
	local uid
	for uid in 2001:alice 2002:bob 2003:carol; do
		smb_credential "${uid%:*}" cifs/127.0.0.1 "${uid#*:}"
	done
	ntlmd_credential pattern '[carol]' 'uid = 2003' 'target = cifs/127.*.2' 'user = carol' \
		"domain = $SAMBA_DOMAIN" "password = $(smb_password carol)"
	smb_settle
	dfs_mount multiuser,noperm,actimeo=0,cruid=2001
	check multiuser-walks-into-the-submount-as-himself [ "$(smb_who /mnt/m/go 2002)" = bob ]
	check owner-of-multiuser-walks-in-as-himself [ "$(smb_who /mnt/m/go 2001)" = alice ]
	check walk-in-gave-nobody-else-a-session [ "$(smb_contexts user=carol target=cifs/127.0.0.2)" = 0 ]
	check multiuser-with-a-pattern-only-is-refused walk_is_refused walk_in_as 2003
	check_not refused-multiuser-sent-no-logon rogue_saw "$AUTHENTICATE"
	dfs_umount
}

test_dfs() {
	rogue_start || { cat "$dir/rogue.err" >"$SMB_OUTPUT"; result 1 rogue-listens; return; }
	ln -s 'msdfs:127.0.0.2\files' "$SMB_SERVER/dfs/go"
	ntlmd_credential wild '[alice]' 'uid = 2001' 'target = cifs/127.*.2' 'user = alice' \
		"domain = $SAMBA_DOMAIN" "password = $(smb_password alice)"
	# They have what it takes there, but it is not their mount.
	ntlmd_credential others '[bob]' 'uid = 2002' 'target = cifs/127.0.0.2' 'user = bob' \
		"domain = $SAMBA_DOMAIN" "password = $(smb_password bob)" \
		'[carol]' 'uid = 0' 'target = cifs/127.0.0.2' 'user = carol' \
		"domain = $SAMBA_DOMAIN" "password = $(smb_password carol)"
	smb_settle

	"$SMB_BIN/mount_smb.p" //127.0.0.2/files /mnt/m ip=127.0.0.2,cruid=2001 >"$SMB_OUTPUT"
	check host-named-by-the-user-gets-a-logon [ "$(smb_who /mnt/m)" = alice ]
	umount /mnt/m
	check listener-records-logons rogue_saw "$AUTHENTICATE"

	check dfs-root-is-mounted dfs_mount cruid=2001,file_mode=0777,dir_mode=0777
	check referral-is-refused walk_is_refused walk_in
	check refused-referral-reached-the-listener rogue_saw "$SMB2"
	check_not refused-referral-sent-no-logon rogue_saw "$AUTHENTICATE"
	check_not refused-referral-sent-no-ntlm rogue_saw "$NTLMSSP"
	check referral-is-refused-for-who-has-a-credential walk_is_refused walk_in_as 2002
	check_not refused-walk-in-sent-no-logon rogue_saw "$AUTHENTICATE"
	check refusal-of-referral-is-logged \
		grep -q 'uid=2001 target=cifs/127.0.0.2: no credential names this host literally' "$SMB_LOG"
	dfs_umount

	ntlmd_credential wild '[alice]' 'uid = 2001' 'target = cifs/127.0.0.2' 'user = alice' \
		"domain = $SAMBA_DOMAIN" "password = $(smb_password alice)"
	smb_settle
	dfs_mount cruid=2001,file_mode=0777,dir_mode=0777
	check referral-to-host-of-credential-works submount_is_of alice 2001
	check allowed-referral-sent-a-logon rogue_saw "$AUTHENTICATE"
	dfs_umount
	dfs_mount cruid=2001,file_mode=0777,dir_mode=0777
	check submount-is-of-the-mount-not-of-who-walks-in submount_is_of alice 2002
	dfs_umount
	dfs_mount cruid=2001,file_mode=0777,dir_mode=0777
	check submount-is-of-the-mount-not-of-root submount_is_of alice 0
	dfs_umount
	test_dfs_multiuser
	check submounts-leave-no-context [ "$(smb_contexts)" = 0 ]
	kill "$rogue_pid"
	wait "$rogue_pid" 2>/dev/null
}
