# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Only uid 2001 has a credential of alice. Nobody else may be alice, whatever he
# asks for, also while a mount of hers is there.

MARK='ntlm:[0-9a-f]{32}'

# Mounting as alice is refused, by an error or by the server, and nobody was alice.
not_alice() { # ERRORS COMMAND...
	local before errors=$1
	shift
	before=$(smb_logons alice NT_STATUS_OK)
	if "$@"; then
		echo "it was mounted" >>"$SMB_OUTPUT"
		umount /mnt/n /mnt/m/ 2>/dev/null
		return 1
	fi
	grep -qE "$errors" "$SMB_OUTPUT" && [ "$(smb_logons alice NT_STATUS_OK)" = "$before" ]
}

at_n() { # KIND OPTIONS [COMMAND-BEFORE...]
	local kind=$1 options=$2
	shift 2
	"$@" "$SMB_BIN/mount_smb.$kind" "$url" /mnt/n "ip=127.0.0.1,$options" >"$SMB_OUTPUT"
}

bob_attacks() { # PREFIX-OF-NAMES
	local by=(smb_as 2002) before zero=00000000000000000000000000000000
	before=$(smb_logons alice)
	check "$1-name" not_alice "$NO_KEY" at_n s username=alice "${by[@]}"
	check "$1-name-and-cruid" not_alice "$NO_KEY" at_n s username=alice,cruid=2001 "${by[@]}"
	check "$1-name-and-uid" not_alice "$NO_KEY" at_n s username=alice,uid=2001,forceuid "${by[@]}"
	check "$1-empty-password" not_alice "$NO_KEY" at_n s username=alice,password= "${by[@]}"
	check "$1-multiuser" not_alice "$NO_KEY" at_n s username=alice,multiuser,sec=ntlmssp "${by[@]}"
	check "$1-domain" not_alice "$NO_KEY" at_n s "username=alice,domain=$SAMBA_DOMAIN" "${by[@]}"
	check "$1-name-with-domain" not_alice "$NO_KEY" at_n s "username=$SAMBA_DOMAIN\\alice" "${by[@]}"
	check "$1-name-at-domain" not_alice "$NO_KEY" at_n s "username=alice@$SAMBA_DOMAIN" "${by[@]}"
	check "$1-mount-cifs" not_alice "$NO_KEY" smb_mount 2002 "$url" /mnt/n username=alice,password=
	check "$1-mount-cifs-cruid" not_alice "$NO_KEY" smb_mount 2002 "$url" /mnt/n username=alice,password=,cruid=2001
	USER=alice check "$1-environment" not_alice "$NO_KEY" smb_mount 2002 "$url" /mnt/n password=
	check "$1-reached-no-server" [ "$(smb_logons alice)" = "$before" ]
	check "$1-wrong-password" not_alice EACCES at_n s username=alice,password=wrong "${by[@]}"
	check "$1-guessed-mark" not_alice EACCES \
		at_n s "username=alice,password="$'\001'"ntlm:$zero:2001:n:127.0.0.1\\" "${by[@]}"
	check "$1-guessed-mark-cut-short" not_alice EACCES at_n s "username=alice,password="$'\001'"ntlm:" "${by[@]}"
	check "$1-guesses-were-taken-for-passwords" \
		[ "$(smb_logons alice NT_STATUS_WRONG_PASSWORD)" -ge $((wrong_before + 3)) ]
}

# What the session of the kernel carries must be seen nowhere.
shows_no_mark() { # FILE...
	! cat "$@" 2>/dev/null | grep -aE "$MARK|"$'\001' >>"$SMB_OUTPUT"
}

test_attacks() {
	local wrong_before
	wrong_before=$(smb_logons alice NT_STATUS_WRONG_PASSWORD)
	bob_attacks attack
	wrong_before=$(smb_logons alice NT_STATUS_WRONG_PASSWORD)
	smb_mount raw "$url" /mnt/m username=alice,cruid=2001
	check alice-is-there is_logged_on /mnt/m 2001 alice
	bob_attacks attack-on-live-mount
	check alice-is-still-there [ "$(smb_who /mnt/m)" = alice ]
	umount /mnt/m

	dmesg -C
	echo 'module cifs +p' >/sys/kernel/debug/dynamic_debug/control
	echo 7 >/proc/fs/cifs/cifsFYI
	smb_mount raw "$url" /mnt/m username=alice,cruid=2001
	smb_who /mnt/m >/dev/null
	at_n p username=alice,password=wrong
	mount -i -o remount,actimeo=3 /mnt/m
	smb_cut
	smb_who /mnt/m >/dev/null
	echo 0 >/proc/fs/cifs/cifsFYI
	echo 'module cifs -p' >/sys/kernel/debug/dynamic_debug/control
	dmesg >"$dir/dmesg"
	: >"$SMB_OUTPUT"
	check kernel-log-is-talkative grep -q "parsing cifs mount option 'username'" "$dir/dmesg"
	check kernel-log-shows-no-mark shows_no_mark "$dir/dmesg"
	check proc-mounts-show-the-user grep -q 'username=alice' /proc/mounts
	check proc-mounts-show-no-mark shows_no_mark /proc/mounts /proc/self/mountinfo /proc/self/mountstats
	check proc-cifs-shows-the-session grep -q SessionId /proc/fs/cifs/DebugData
	find /proc/fs/cifs /sys/module/cifs/parameters -type f -readable >"$dir/files"
	# shellcheck disable=SC2046 # names of the kernel
	check proc-cifs-shows-no-mark shows_no_mark $(cat "$dir/files")
	cat /proc/keys >"$dir/keys"
	check keyrings-show-no-mark shows_no_mark "$dir/keys"
	umount /mnt/m

	# Kernels built without the witness service refuse it by themselves.
	dmesg -C
	check witness-is-refused refused carol 'EOPNOTSUPP|EINVAL' asks_kernel p username=carol,witness
	dmesg >"$SMB_OUTPUT"
	check witness-refusal-is-told grep -qE 'witness hands passwords to user space|Witness support needs' "$SMB_OUTPUT"
}
