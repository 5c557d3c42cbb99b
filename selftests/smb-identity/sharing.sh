# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sessions are shared by mounts of the same owner that want the same user, and by
# no others; so are superblocks, which the numbers of the devices show.

sessions() { grep -c 'SessionId:' /proc/fs/cifs/DebugData; }

# Mounts a second one at /mnt/n, next to /mnt/m. It is USER on the server, and
# same	has session and superblock of the first one
# share	has its session, but another share
# other	has neither, but a logon of its own by ntlmd
# stock	has neither, and a logon of its own without ntlmd
second() { # KIND USER OPTIONS
	local kind=$1 user=$2 options=$3 contexts sessions of=$url shared=no status
	contexts=$(smb_contexts)
	sessions=$(sessions)
	[ "$kind" != share ] || of=//127.0.0.1/more
	"$SMB_BIN/mount_smb.p" "$of" /mnt/n "ip=127.0.0.1,$options" >"$SMB_OUTPUT" || return 1
	contexts=$(($(smb_contexts) - contexts))
	sessions=$(($(sessions) - sessions))
	[ "$(stat -c %d /mnt/m)" != "$(stat -c %d /mnt/n)" ] || shared=yes
	echo "more contexts: $contexts, more sessions: $sessions, superblock shared: $shared" >>"$SMB_OUTPUT"
	case $kind in
	same) [ "$contexts $sessions $shared" = "0 0 yes" ] ;;
	share) [ "$contexts $sessions $shared" = "0 0 no" ] ;;
	other) [ "$contexts $sessions $shared" = "1 1 no" ] ;;
	stock) [ "$contexts $sessions $shared" = "0 1 no" ] ;;
	esac && [ "$(smb_who /mnt/n)" = "$user" ]
	status=$?
	umount /mnt/n
	return "$status"
}

one_session() { # LOGONS-BEFORE
	[ "$(smb_contexts)" = 1 ] && [ "$(sessions)" = 1 ] &&
		[ "$(smb_logons carol NT_STATUS_OK)" = $(($1 + 1)) ]
}

test_sharing() {
	local before real
	real=$(smb_password carol)

	before=$(smb_logons carol NT_STATUS_OK)
	smb_mount raw "$url" /mnt/m username=carol
	check same-name-shares second same carol username=carol
	check same-name-shares-over-shares second share carol username=carol
	check own-cruid-shares second same carol username=carol,cruid=0
	check one-logon-for-all one_session "$before"
	check other-owner-of-same-name-does-not-share second other carol username=carol,cruid=2001
	check other-owner-does-not-share second other bob username=bob,cruid=2002
	check other-owner-without-name-does-not-share second other alice cruid=2001
	check other-name-does-not-share second other dave username=dave
	check no-name-does-not-share second other carol sec=ntlmssp
	check domain-does-not-share-with-none second other carol "username=carol,domain=$SAMBA_DOMAIN"
	check name-like-that-of-no-name-does-not-share refused uid0 "$NO_KEY" asks_kernel p username=uid0
	check real-password-does-not-share second stock carol "username=carol,password=$real"
	check real-password-of-owner-does-not-share second stock carol "username=carol,password=$real,cruid=0,sec=ntlmssp"
	check wrong-password-does-not-share is_refused_with EACCES "username=carol,password=wrong"
	umount /mnt/m

	smb_mount raw "$url" /mnt/m sec=ntlmssp
	check no-name-shares-with-no-name second same carol sec=ntlmssp
	check no-name-of-other-owner-does-not-share second other alice cruid=2001
	check name-does-not-share-with-no-name second other carol username=carol
	check made-up-name-does-not-share-with-no-name refused uid0 "$NO_KEY" asks_kernel p username=uid0
	umount /mnt/m

	smb_mount raw "$url" /mnt/m "username=carol,password=$real"
	check stock-session-is-there [ "$(smb_contexts) $(sessions)" = "0 1" ]
	check ours-does-not-join-stock-session second other carol username=carol
	check ours-of-other-owner-does-not-join-stock-session second other carol username=carol,cruid=2001
	check ours-without-credential-does-not-join-stock-session refused carol "$NO_KEY" \
		asks_kernel p username=carol,cruid=2002
	if [ -n "$SECOND_PASSWORD" ]; then
		umount /mnt/m
		smb_mount raw "$url" /mnt/m username=carol
		check second-password-does-not-share second stock carol "username=carol,password2=$real"
		check wrong-second-password-does-not-share is_refused_with EACCES username=carol,password2=wrong
	else
		for name in second-password-does-not-share wrong-second-password-does-not-share; do
			result 0 "$name # SKIP this kernel has no password2="
		done
	fi
	umount /mnt/m
	check no-session-is-left [ "$(smb_contexts)" = 0 ]
}

# A logon was tried and refused: it did not get into a session that was there.
is_refused_with() { # ERROR OPTIONS
	! asks_kernel p "$2" && grep -q "^$1\$" "$SMB_OUTPUT"
}
