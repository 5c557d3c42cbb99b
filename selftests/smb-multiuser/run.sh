#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A mount with multiuser: everyone who walks in is on the server who his own
# credential says, or nobody. TAP.
set -u
. selftests/lib/smb.sh
url=//127.0.0.1/files
m=/mnt/m

# Who UID is on the server, and that nothing else of him went there.
is() { # UID USER
	[ "$(smb_who $m "$1")" = "$2" ]
}

# UID gets nothing, at once, and nothing of his is tried at the server.
is_nobody() { # UID
	local before start took
	before=$(smb_logons '[^]]*')
	start=$EPOCHREALTIME
	if smb_as "$1" ls $m >"$SMB_OUTPUT" 2>&1; then
		echo "he was let in" >>"$SMB_OUTPUT"
		return 1
	fi
	took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
	echo "it took $took ms" >>"$SMB_OUTPUT"
	grep -qE 'Permission denied|Required key not available' "$SMB_OUTPUT" &&
		[ "$took" -lt "$at_once" ] && [ "$(smb_logons '[^]]*')" = "$before" ]
}

# Far below what a request waits for a helper.
at_once=8000

mounted() { # OPTIONS
	smb_mount raw "$url" $m "multiuser,noperm,actimeo=0,$1"
}

# Contexts are "UID UID ...", sorted, one for each session.
contexts_are() {
	"$NTLM_BIN/ntlmctl" contexts >"$SMB_OUTPUT"
	[ "$(awk 'NR > 1 { print $2 }' "$SMB_OUTPUT" | sort -n | xargs)" = "$*" ]
}

walk_in_tests() {
	check mount-has-the-session-of-the-mounter contexts_are 0
	# First, so that his session comes of it.
	check file-system-user-counts accesses_as_file_system_user
	check root-is-himself is 0 carol
	check first-user-is-himself is 2001 alice
	check second-user-is-himself is 2002 bob
	check root-is-still-himself is 0 carol
	check first-user-is-still-himself is 2001 alice
	check each-has-one-context contexts_are 0 2001 2002
	check each-has-one-logon [ "$(smb_logons alice) $(smb_logons bob) $(smb_logons carol)" = "1 1 1" ]
	check user-without-credential-is-nobody is_nobody 2004
	check others-go-on is 2001 alice
	check user-without-account-is-nobody is_nobody 4999
	check nobody-has-no-context contexts_are 0 2001 2002
}

# Ten of each at the same time; 2004 has no credential and waits for nobody.
together() {
	local i uid pids=() start failed=0 took
	rm -f /run/together.*
	start=$EPOCHREALTIME
	for i in 1 2 3 4 5; do
		for uid in 0 2001 2002 2004; do
			smb_who $m $uid >"/run/together.$uid.$i" 2>/dev/null &
			pids+=($!)
		done
	done
	wait "${pids[@]}"
	took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
	for i in 1 2 3 4 5; do
		[ "$(cat "/run/together.0.$i") $(cat "/run/together.2001.$i") $(cat "/run/together.2002.$i")$(cat "/run/together.2004.$i")" = "carol alice bob" ] ||
			failed=1
	done
	echo "together: $took ms" >"$SMB_OUTPUT"
	cat /run/together.* >>"$SMB_OUTPUT"
	[ "$failed" = 0 ] && [ "$took" -lt 60000 ]
}

# A server of files acts for its users by their file system uid alone.
accesses_as_file_system_user() {
	python3 -c 'import ctypes, sys
ctypes.CDLL(None).setfsuid(2001)
open(sys.argv[1], "w").close()' $m/by-fsuid 2>"$SMB_OUTPUT" &&
		[ "$(stat -c %U "$SMB_FILES/by-fsuid")" = alice ]
}

# The SMB client remembers a refusal for a second: a test after it would see that.
forgotten() { sleep 1.5; }

credential_comes() {
	local i
	smb_credential 2004 cifs/127.0.0.1 dave
	smb_settle
	forgotten
	is 2004 dave
}

# A mount that is being connected again may also say that the host is down.
credential_goes() {
	local before
	rm /etc/ntlmd/credentials.d/2004-dave.conf
	smb_settle
	before=$(smb_logons dave)
	smb_cut
	! smb_as 2004 ls $m >"$SMB_OUTPUT" 2>&1 && is 2001 alice &&
		! smb_as 2004 ls $m >"$SMB_OUTPUT" 2>&1 && [ "$(smb_logons dave)" = "$before" ]
}

reconnects() {
	smb_cut
	is 2002 bob && is 2001 alice && is 0 carol && contexts_are 0 2001 2002
}

# As cifscreds stores it
with_key() { # UID PAYLOAD COMMAND...
	local uid=$1 payload=$2
	shift 2
	# shellcheck disable=SC2016 # the inner shell's
	smb_as "$uid" keyctl session - bash -c '
		printf %s "$1" | keyctl padd logon cifs:a:127.0.0.1 @s >/dev/null &&
		keyctl search @s logon cifs:a:127.0.0.1 >/dev/null || exit 9
		shift; "$@"' - "$payload" "$@" >"$SMB_OUTPUT" 2>&1
}

key_tests() {
	local before
	before=$(smb_logons alice)
	forgotten
	with_key 2004 "alice:$(smb_password alice)" ls $m
	result "$([ $? = 2 ]; echo $?)" logon-key-does-not-get-in
	check logon-key-logged-nobody-on [ "$(smb_logons alice)" = "$before" ]
	forgotten
	with_key 2004 'dave:' ls $m
	result "$([ $? = 2 ]; echo $?)" logon-key-without-password-does-not-get-in
	with_key 2002 "alice:$(smb_password alice)" touch $m/by-bob
	check logon-key-does-not-change-who-it-is [ "$(stat -c %U "$SMB_FILES/by-bob")" = bob ]
}

# The mount of a password is as ever: users come by the keys in their keyrings.
stock_tests() {
	mounted "username=carol,password=$(smb_password carol)"
	check stock-mounter-is-himself is 0 carol
	check stock-user-with-credential-only-is-nobody is_nobody 2001
	forgotten
	with_key 2001 "dave:$(smb_password dave)" touch $m/by-key
	check stock-user-with-key-is-let-in [ "$(stat -c %U "$SMB_FILES/by-key")" = dave ]
	check stock-has-no-context contexts_are
	umount $m
}

smb_start files || exit 1
smb_users alice bob carol dave || exit 1
smb_credential 0 cifs/127.0.0.1 carol
smb_credential 2001 cifs/127.0.0.1 alice
smb_credential 2002 cifs/127.0.0.1 bob
ntlmd_start "$SMB_LOG" || exit 1

mounted sec=ntlmssp
check mount-of-root [ "$(smb_contexts uid=0)" = 1 ]
walk_in_tests
check all-together together
check after-a-cut-all-are-themselves reconnects
key_tests
check credential-that-comes-works-without-remount credential_comes
check new-user-has-one-context contexts_are 0 2001 2002 2004
check credential-that-goes-ends-at-the-next-logon credential_goes
umount $m
sleep 0.2
check umount-ends-all-sessions contexts_are

# Mount options that name somebody do not give him the session of the mounter.
mounted uid=2001,forceuid,username=carol
check named-mounter-is-himself is 0 carol
check uid-option-gives-no-session is 2001 alice
check named-mount-gives-others-their-own is 2002 bob
check named-mount-gives-nobody-else is_nobody 2004
umount $m
mounted uid=2004,username=carol
check uid-option-lets-nobody-in is_nobody 2004
check uid-option-leaves-root-himself is 0 carol
umount $m

# A user's mount; root is one of those who walk in.
mounted cruid=2001
check mount-with-cruid-is-of-the-user [ "$(smb_contexts uid=2001 user=alice)" = 1 ]
check owner-of-the-mount-is-himself is 2001 alice
check root-walks-in-as-himself is 0 carol
check other-walks-in-as-himself is 2002 bob
check owner-has-one-context contexts_are 0 2001 2002
umount $m
# Root may have no credential at all: he can mount, and not walk in.
mv /etc/ntlmd/credentials.d/0-carol.conf /run/
smb_settle
mounted cruid=2001
check root-without-credential-mounts-for-a-user contexts_are 2001
check user-he-mounted-for-is-himself is 2001 alice
check root-who-mounted-is-nobody is_nobody 0
umount $m
mv /run/0-carol.conf /etc/ntlmd/credentials.d/
smb_settle
# Two mounts share what the same user has in both.
mounted sec=ntlmssp
is 2001 alice
smb_mount raw "$url" /mnt/n cruid=2001
check mount-of-the-same-user-shares-his-session contexts_are 0 2001
umount /mnt/n
check walking-in-goes-on-after-it is 2001 alice
umount $m

stock_tests
sleep 0.2
check no-context-is-left contexts_are
check no-module-is-held smb_unload
smb_done
