# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Which mounts are ours. All others have to do what the distribution's cifs.ko
# does with them: the same mounts are tried with that one, and compared.

# A real password that looks like what our mounts carry in place of one.
ODD_PASSWORD=$'\001ntlm:0123'

# "NAME: mounted or the error, who on the server, logons tried, requests to ntlmd"
one_not_ours() { # NAME USER OPTIONS | NAME USER mount.cifs OPTIONS
	local logons requests who=- said
	logons=$(smb_logons "$2")
	requests=$(smb_requests)
	if [ "$3" = mount.cifs ]; then
		said=$(mount -t cifs "$url" /mnt/m -o "$4" 2>&1 && echo mounted)
		said=$(head -n 1 <<<"$said")
	else
		said=$("$SMB_BIN/mount_smb.p" "$url" /mnt/m "ip=127.0.0.1,$3")
	fi
	if [ "$said" = mounted ]; then
		who=$(smb_who /mnt/m)
		umount /mnt/m
	fi
	echo "$1: $said, $who, $(($(smb_logons "$2") - logons)) logons, $(($(smb_requests) - requests)) requests"
}

smb_requests() {
	"$NTLM_BIN/ntlmctl" --json status | grep -o '"requests": *[0-9]*' | grep -o '[0-9]*$'
}

all_not_ours() {
	local real
	real=$(smb_password alice)
	one_not_ours password alice "username=alice,password=$real"
	one_not_ours password-ntlmssp alice "username=alice,password=$real,sec=ntlmssp"
	one_not_ours password-ntlmv2 alice "username=alice,password=$real,sec=ntlmv2,domain=$SAMBA_DOMAIN"
	one_not_ours password-owner alice "username=alice,password=$real,cruid=2001"
	one_not_ours wrong-password alice username=alice,password=wrong
	one_not_ours odd-password odd "username=odd,password=$ODD_PASSWORD"
	one_not_ours krb5 alice username=alice,sec=krb5
	one_not_ours krb5-no-name alice sec=krb5,cruid=2001
	one_not_ours smb1 alice username=alice,vers=1.0
	one_not_ours guest guest mount.cifs guest
	one_not_ours password-mount-cifs alice mount.cifs "username=alice,password=$real"
	one_not_ours none alice sec=none
	one_not_ours empty-name alice username=,sec=ntlmssp
	one_not_ours second-password alice "username=alice,password2=$real"
	one_not_ours second-password-wrong alice username=alice,password2=wrong
	one_not_ours second-password-both alice "username=alice,password=wrong,password2=$real"
}

compare_not_ours() {
	local name stock
	smb_unload || return 1
	smb_load_stock || return 1
	all_not_ours >"$dir/stock"
	# That the logon without a password works there is why it must never be ours.
	one_not_ours nopw nopw username=nopw >"$dir/nopw"
	smb_unload
	smb_load || return 1
	all_not_ours >"$dir/ours"
	while IFS=: read -r name stock; do
		{ grep "^$name:" "$dir/stock"; grep "^$name:" "$dir/ours"; } >"$SMB_OUTPUT"
		result "$(grep -qxF "$name:$stock" "$dir/ours"; echo $?)" "not-ours-$name-as-stock"
	done <"$dir/stock"
	cat "$dir/stock" "$dir/nopw" >"$SMB_OUTPUT"
	check stock-asked-ntlmd-nothing not_asked "$dir/stock"
	check ntlmd-was-asked-nothing not_asked "$dir/ours"
	check stock-password-mounted grep -q '^password: mounted, alice, 1 logons' "$dir/stock"
	check stock-odd-password-mounted grep -q '^odd-password: mounted, odd, 1 logons' "$dir/stock"
	check stock-empty-password-logs-on [ "$(smb_logons nopw NT_STATUS_OK)" = 1 ]
}

not_asked() { [ -s "$1" ] && ! grep -qv ' 0 requests$' "$1"; }

test_ours() {
	compare_not_ours
	check ours-ntlmssp mounts_as raw sec=ntlmssp,username=carol 0 carol
	check ours-unspecified mounts_as raw username=carol 0 carol
	check ours-ntlmv2 mounts_as raw sec=ntlmv2,username=carol 0 carol
	check ours-no-name mounts_as raw sec=ntlmssp 0 carol
	check ours-nothing-said mounts_as raw rw 0 carol
	check ours-integrity mounts_as raw sec=ntlmsspi,username=carol 0 carol
	check ours-other-case mounts_as raw username=Carol 0 carol
	check ours-domain mounts_as raw "username=carol,domain=$SAMBA_DOMAIN" 0 carol
	check ours-smb21 mounts_as raw vers=2.1,username=carol 0 carol
	check ours-smb30 mounts_as raw vers=3.0,username=carol 0 carol
	check ours-empty-password mounts_as root username=carol,password= 0 carol
	PASSWD='' check ours-empty-environment mounts_as root username=carol 0 carol
	printf 'username=carol\npassword=\n' >"$dir/credentials"
	check ours-credentials-file mounts_as root "credentials=$dir/credentials" 0 carol
	check ours-leaves-no-context [ "$(smb_contexts)" = 0 ]

	check empty-password-account-is-refused refused nopw "$NO_KEY" asks_kernel p username=nopw
	check empty-password-account-is-refused-by-mount-cifs refused nopw "$NO_KEY" \
		smb_mount root "$url" /mnt/m username=nopw,password=
	# What mount.cifs makes of it is a name and an empty password.
	check guest-with-a-name-is-refused refused nopw "$NO_KEY" \
		smb_mount root "$url" /mnt/m username=nopw,guest
	check unknown-account-is-refused refused nobody.here "$NO_KEY" asks_kernel p username=nobody.here
	check other-domain-is-refused refused carol "$NO_KEY" asks_kernel p username=carol,domain=ELSEWHERE
}
