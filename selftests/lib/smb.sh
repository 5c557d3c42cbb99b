# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Mounts of a throw-away Samba in a guest. To be sourced, after NTLM_BIN is set.
# It brings samba.sh and ntlmd.sh along.
#
#	smb_start SHARE...	Samba with its log of logons (state in $SMB_SERVER, files
#				of the shares in $SMB_FILES), modules, account of ntlmd.
#				SMB_SECTIONS: more sections for smb.conf
#	smb_users NAME...	accounts, in Samba and in the guest, with the uids 2001,
#				2002, ... in that order. Call it after smb_start
#	smb_password NAME	prints the password that smb_users gave it
#	smb_credential UID TARGET USER [PASSWORD]
#				a credential file for ntlmd, named UID-USER; the account's
#				own password unless given
#	smb_mount HOW DEVICE DIR OPTIONS
#				HOW is root (mount.cifs), raw (mount -i: nothing but the
#				kernel) or a UID (a user's setuid mount.cifs, which takes
#				the options from an fstab line); output in $SMB_OUTPUT
#	smb_as UID COMMAND...	runs it as that user, no groups, no capabilities
#	smb_settle		waits until ntlmd has read the credential files
#	smb_logons USER [STATUS]
#				how many logons of USER reached Samba's password check;
#				with that NT_STATUS_* only
#	smb_contexts [FIELD=REGEX...]
#				how many contexts ntlmctl shows, with these only: uid,
#				state, user, target
#	smb_who DIR [UID]	who the one (that user) who uses the mount at DIR is on the
#				server; fails if he may not write there. DIR has to be the
#				top of a share with its files in $SMB_FILES
#	smb_cut			ends all of Samba's connections
#	smb_unload		rmmod cifs
#	smb_load_stock		loads the distribution's cifs.ko, smb_load ours
#
#	result STATUS NAME	and the others of tap.sh
#	check NAME COMMAND...	the test is passed if the command is
#	check_not NAME COMMAND...
#	smb_done		plan line, what helps to understand a failure; exits
. selftests/lib/tap.sh
. selftests/lib/samba.sh
. selftests/lib/ntlmd.sh

SMB_SERVER=/run/samba
# shellcheck disable=SC2034 # used by suites
SMB_FILES=$SMB_SERVER/share
SMB_OUTPUT=/run/smb-output
SMB_LOG=/run/ntlmd.log
SMB_BIN=/run/smb-bin

smb_uid=2000

diagnose() { sed 's/^/#   /' "$SMB_OUTPUT" 2>/dev/null; }

check() {
	local name=$1
	shift
	"$@"
	result $? "$name"
}

check_not() {
	local name=$1
	shift
	! "$@"
	result $? "$name"
}

smb_load() {
	modprobe cifs && [ -e /sys/module/cifs/parameters/ntlm_overlay ]
}

# Its dependencies are those of ours, or fewer.
smb_load_stock() {
	insmod "/lib/modules/$(uname -r)/kernel/cifs.ko" &&
		[ ! -e /sys/module/cifs/parameters/ntlm_overlay ]
}

# The last session goes some time after the last mount.
smb_unload() {
	local i
	for ((i = 0; i < 100; i++)); do
		rmmod cifs 2>/dev/null && return 0
		sleep 0.1
	done
	rmmod cifs
}

smb_start() {
	SAMBA_LOG='1 auth_audit:3'
	SAMBA_GLOBAL="${SAMBA_GLOBAL:-}
${SMB_SECTIONS:-}"
	samba_start "$SMB_SERVER" "$@" >"$SMB_OUTPUT" 2>&1 &&
		modprobe ntlm && smb_load && ntlmd_account && return 0
	cat "$SMB_OUTPUT"
	return 1
}

smb_password() { echo "Pw.of-$1.7"; }

smb_users() {
	local name
	for name; do
		smb_uid=$((smb_uid + 1))
		echo "$name:x:$smb_uid:$smb_uid::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
		echo "$name:x:$smb_uid:" >>/etc/group
		printf '%s\n%s\n' "$(smb_password "$name")" "$(smb_password "$name")" |
			smbpasswd -c "$SMB_SERVER/smb.conf" -s -a "$name" >>"$SMB_OUTPUT" 2>&1 ||
			return 1
	done
}

smb_credential() {
	ntlmd_credential "$1-$3" "[$3]" "uid = $1" "target = $2" "user = $3" \
		"domain = $SAMBA_DOMAIN" "password = ${4:-$(smb_password "$3")}"
}

smb_credentials_gone() { rm -f /etc/ntlmd/credentials.d/*; }

# ntlmd reads the directory a moment after its last change, and says so.
smb_settle() {
	local i size
	for ((i = 0; i < 40; i++)); do
		size=$(stat -c %s "$SMB_LOG")
		sleep 0.2
		[ "$i" -gt 0 ] && [ "$size" = "$(stat -c %s "$SMB_LOG")" ] && return 0
	done
}

# A program of the guest, setuid on a file system that allows it.
smb_setuid() { # PROGRAM NAME
	if ! mountpoint -q "$SMB_BIN"; then
		mkdir -p "$SMB_BIN" && mount -t tmpfs -o mode=755 none "$SMB_BIN" || return 1
	fi
	[ -e "$SMB_BIN/$2" ] || install -m 4755 "$1" "$SMB_BIN/$2"
}

smb_as() {
	local uid=$1
	shift
	setpriv --reuid "$uid" --regid "$uid" --clear-groups --inh-caps=-all "$@"
}

smb_mount() {
	local how=$1 device=$2 dir=$3 options=$4
	mkdir -p "$dir"
	case $how in
	root) mount -t cifs "$device" "$dir" -o "$options" ;;
	raw) mount -i -t cifs "$device" "$dir" -o "ip=127.0.0.1,$options" ;;
	*)
		smb_setuid /usr/sbin/mount.cifs mount.cifs || return 1
		chown "$how" "$dir"
		sed -i "\\|$dir|d" /etc/fstab
		echo "$device $dir cifs user,noauto,$options 0 0" >>/etc/fstab
		smb_as "$how" "$SMB_BIN/mount.cifs" "$device" "$dir"
		;;
	esac >"$SMB_OUTPUT" 2>&1
}

smb_logons() {
	cat "$SMB_SERVER"/log.* | grep -c "Auth: .*user \[[^]]*\]\\\\\[$1\] .*status \[${2:-[A-Z_]*}\]"
}

smb_contexts() {
	local uid='.*' state='.*' user='.*' target='.*' field
	for field; do
		local "${field%%=*}=${field#*=}"
	done
	"$NTLM_BIN/ntlmctl" contexts | U="^($uid)\$" S="^($state)\$" W="(^|\\\\)($user)\$" T="^($target)\$" awk '
		NR > 1 && $2 ~ ENVIRON["U"] && $3 ~ ENVIRON["S"] &&
			$9 ~ ENVIRON["W"] && $10 ~ ENVIRON["T"] { n++ }
		END { print n + 0 }'
}

# What the server thinks who it is: the owner of a file that was made through DIR.
smb_who() {
	local name=who.$BASHPID.$RANDOM
	# shellcheck disable=SC2016 # the inner shell's
	if [ $# = 2 ]; then
		smb_as "$2" bash -c ': >"$1"' - "$1/$name" 2>>"$SMB_OUTPUT"
	else
		bash -c ': >"$1"' - "$1/$name" 2>>"$SMB_OUTPUT"
	fi || return 1
	stat -c %U "$SMB_FILES/$name"
	rm -f "$SMB_FILES/$name"
}

smb_cut() {
	local parent pid
	parent=$(cat "$SMB_SERVER/pid/smbd.pid")
	for pid in $(ss -Htnp state established '( sport = :445 )' |
		grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u); do
		[ "$pid" = "$parent" ] || kill "$pid"
	done
}

smb_done() {
	ntlmd_stop
	samba_stop "$SMB_SERVER"
	if [ "$tap_failed" != 0 ]; then
		sed 's/^/# /; s/ \(offered\|flags\)=.*//' "$SMB_LOG"
		grep -ho 'Auth: .*' "$SMB_SERVER"/log.* | sed 's/^/# /'
		dmesg | tail -n 40 | sed 's/^/# /'
	fi
	tap_done
}
