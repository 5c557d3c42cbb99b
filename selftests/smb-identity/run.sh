#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Which SMB mounts are ours, and whose they are. Who is logged on is asked of the
# server: its log of logons and the owners of its files. TAP.
set -u
. selftests/lib/smb.sh
here=selftests/smb-identity
url=//127.0.0.1/files
dir=/run/smb-identity
mkdir -p "$dir"

# Mounts URL at /mnt/m, runs a command, unmounts: fails if either failed.
while_mounted() { # HOW OPTIONS COMMAND...
	local how=$1 options=$2 status
	shift 2
	smb_mount "$how" "${mount_url:-$url}" /mnt/m "$options" || return 1
	"$@"
	status=$?
	umount /mnt/m
	return "$status"
}

# The one who mounted is USER by a logon of ntlmd's, in the name of UID.
is_logged_on() { # DIR UID USER
	[ "$(smb_who "$1")" = "$3" ] && [ "$(smb_contexts)" = 1 ] &&
		[ "$(smb_contexts uid="$2" user="$3" state=established)" = 1 ]
}

mounts_as() { # HOW OPTIONS UID USER
	local before
	before=$(smb_logons "$4" NT_STATUS_OK)
	while_mounted "$1" "$2" is_logged_on /mnt/m "$3" "$4" &&
		[ "$(smb_logons "$4" NT_STATUS_OK)" = $((before + 1)) ]
}

# With mount_smb, made setuid (s), given a capability (c) or as it is (p).
asks_kernel() { # KIND OPTIONS [COMMAND-BEFORE...]
	local kind=$1 options=$2
	shift 2
	"$@" "$SMB_BIN/mount_smb.$kind" "$url" /mnt/m "ip=127.0.0.1,$options" >"$SMB_OUTPUT"
}

asks_and_is() { # KIND OPTIONS UID USER [COMMAND-BEFORE...]
	local kind=$1 options=$2 uid=$3 user=$4 status
	shift 4
	asks_kernel "$kind" "$options" "$@" || return 1
	is_logged_on /mnt/m "$uid" "$user"
	status=$?
	umount /mnt/m
	return "$status"
}

# It has to fail with one of these errors, at once, and no logon of USER may have
# been tried. The limit is far below what a request waits for a helper.
refused() { # USER ERRORS COMMAND...
	local user=$1 errors=$2 before start took
	shift 2
	before=$(smb_logons "$user")
	start=$EPOCHREALTIME
	if "$@"; then
		echo "it was mounted" >>"$SMB_OUTPUT"
		umount /mnt/m
		return 1
	fi
	took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
	grep -qE "$errors" "$SMB_OUTPUT" || return 1
	[ "$took" -lt 8000 ] || { echo "it took $took ms" >>"$SMB_OUTPUT"; return 1; }
	[ "$(smb_logons "$user")" = "$before" ]
}

# As mount_smb and as mount.cifs say it
# shellcheck disable=SC2034 # for the parts
NO_KEY='ENOKEY|\(126\)'

# Kernel 6.1 has no password2=.
SECOND_PASSWORD=yes
# shellcheck disable=SC2034 # for sharing.sh
[[ $(uname -r) != 6.1.* ]] || SECOND_PASSWORD=''

. "$here/ours.sh"
. "$here/owner.sh"
. "$here/sharing.sh"
. "$here/attacks.sh"
. "$here/netns.sh"
. "$here/dfs.sh"

# Of a second network namespace, for netns.sh
ip link add smb0 type veth peer name smb1 && ip addr add 10.77.0.1/24 dev smb0 &&
	ip link set smb0 up || exit 1
ip addr add 127.0.0.2/8 dev lo || exit 1
SAMBA_GLOBAL='  interfaces = 127.0.0.1/32 10.77.0.1/24
  host msdfs = yes
  null passwords = yes'
SMB_SECTIONS="[dfs]
  path = $SMB_SERVER/dfs
  msdfs root = yes"
mkdir -p "$SMB_SERVER/dfs"
smb_start files more || exit 1
smb_users alice bob carol dave nopw odd || exit 1
printf '%s\n%s\n' "$ODD_PASSWORD" "$ODD_PASSWORD" |
	smbpasswd -c "$SMB_SERVER/smb.conf" -s odd >/dev/null || exit 1
smbpasswd -c "$SMB_SERVER/smb.conf" -n nopw >/dev/null || exit 1
mkdir -p /mnt/{m,n,o}
smb_setuid "$NTLM_BIN/mount_smb" mount_smb.s && install -m 755 "$NTLM_BIN/mount_smb" "$SMB_BIN/mount_smb.p" &&
	install -m 755 "$NTLM_BIN/mount_smb" "$SMB_BIN/mount_smb.c" &&
	setcap cap_sys_admin+ep "$SMB_BIN/mount_smb.c" || exit 1

smb_credential 0 cifs/127.0.0.1 carol
smb_credential 0 cifs/127.0.0.1 dave
smb_credential 2001 cifs/127.0.0.1 carol
smb_credential 2001 cifs/127.0.0.1 alice
smb_credential 2002 cifs/127.0.0.1 bob
ntlmd_start "$SMB_LOG" || exit 1

[ $# != 0 ] || set -- ours owner sharing attacks netns dfs
for part; do
	start=$EPOCHREALTIME
	"test_$part"
	echo "# $part: $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) ms"
done
smb_done
