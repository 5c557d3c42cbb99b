# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Whose credentials a mount uses: cruid= of an administrator, else the real user
# id of who mounts; fixed from then on.

ambient() { # UID: the capability itself, as a service may be given it
	setpriv --reuid "$1" --regid "$1" --clear-groups --inh-caps=-all,+sys_admin \
		--ambient-caps=-all,+sys_admin "${@:2}"
}

in_user_namespace() { smb_as 2001 unshare --user --map-root-user --mount "$@"; }
root_of_user_namespace() { unshare --user --map-root-user --mount "$@"; }

# cruid= counts below the user of the namespace that the mounter is in; there is no
# mount from within one.
namespace_tests() {
	check mount-in-user-namespace-is-refused refused alice EPERM \
		asks_kernel p username=alice in_user_namespace
	check mount-by-root-in-user-namespace-is-refused refused carol EPERM \
		asks_kernel p username=carol root_of_user_namespace
}

keeps_owner() { # COMMAND...
	"$@" >>"$SMB_OUTPUT" 2>&1
	smb_cut
	is_logged_on /mnt/m 2001 alice
}

reconnects_as_owner() {
	local before
	before=$(smb_logons alice NT_STATUS_OK)
	keeps_owner true && [ "$(smb_logons alice NT_STATUS_OK)" -gt "$before" ]
}

test_owner() {
	check root-is-the-owner mounts_as raw rw 0 carol
	check cruid-of-root mounts_as raw cruid=2001 2001 alice
	check cruid-of-root-with-mount-cifs mounts_as root cruid=2001,username=alice,password= 2001 alice
	check uid-is-not-the-owner mounts_as raw uid=2001 0 carol
	check uid-is-not-the-owner-with-mount-cifs mounts_as root uid=2001,username=carol,password= 0 carol
	check cruid-wins-over-uid mounts_as raw uid=2001,cruid=2002 2002 bob
	check cruid-without-credential-is-refused refused alice "$NO_KEY" asks_kernel p cruid=2003

	check user-is-the-owner mounts_as 2001 username=alice,password= 2001 alice
	check other-user-is-the-owner mounts_as 2002 username=bob,password= 2002 bob
	check user-with-cruid-0 mounts_as 2001 username=alice,password=,cruid=0 2001 alice
	check user-with-cruid-of-other mounts_as 2001 username=alice,password=,cruid=2002 2001 alice
	check user-with-uid-of-other mounts_as 2001 username=alice,password=,uid=2002 2001 alice
	check setuid-without-cruid asks_and_is s rw 2001 alice smb_as 2001
	check setuid-with-cruid-0 asks_and_is s cruid=0 2001 alice smb_as 2001
	check setuid-with-cruid-of-other asks_and_is s cruid=2002 2001 alice smb_as 2001
	check setuid-with-cruid-0-and-name refused dave "$NO_KEY" asks_kernel s cruid=0,username=dave smb_as 2001
	check setuid-after-ambient-capability asks_and_is s cruid=2002 2001 alice ambient 2001
	check file-capability-with-cruid asks_and_is c cruid=2002 2001 alice smb_as 2001
	check file-capability-with-cruid-0 asks_and_is c cruid=0 2001 alice smb_as 2001
	check ambient-capability-without-cruid asks_and_is p rw 2001 alice ambient 2001
	check ambient-capability-with-cruid asks_and_is p cruid=2002 2002 bob ambient 2001
	check_not no-capability-no-mount asks_kernel p cruid=2001 smb_as 2001
	namespace_tests

	smb_mount raw "$url" /mnt/m cruid=2001
	check owner-survives-reconnect reconnects_as_owner
	check owner-survives-remount keeps_owner mount -i -o remount,actimeo=2 /mnt/m
	check owner-survives-remount-with-cruid keeps_owner mount -i -o remount,cruid=2002 /mnt/m
	check owner-survives-remount-with-uid keeps_owner mount -i -o remount,uid=2002 /mnt/m
	check_not remount-with-password-is-refused mount -i -o remount,password=wrong /mnt/m
	check owner-survives-remount-with-password keeps_owner true
	check reconnect-leaves-one-context [ "$(smb_contexts)" = 1 ]
	umount /mnt/m
}
