# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# ntlmd in a guest whose files are thrown away. To be sourced, after NTLM_BIN is
# set to the directory that holds ntlmd.
#
#	ntlmd_account			makes the user ntlmd and the empty directory of
#					credentials
#	ntlmd_credential NAME LINE...	writes credentials.d/NAME.conf with the lines
#	ntlmd_start LOG			starts ntlmd in the background, log lines into
#					LOG; NTLMD_PID; returns when it is registered
#	ntlmd_stop			ends it

NTLMD_PID=

ntlmd_account() {
	if ! id ntlmd >/dev/null 2>&1; then
		echo 'ntlmd:x:4712:4712::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
		echo 'ntlmd:x:4712:' >>/etc/group
	fi
	mkdir -p /etc/ntlmd/credentials.d
	chown root:ntlmd /etc/ntlmd/credentials.d
	chmod 0750 /etc/ntlmd/credentials.d
}

ntlmd_credential() {
	local file=/etc/ntlmd/credentials.d/$1.conf
	shift
	# Under another name until it is complete: the daemon reads it at once.
	(umask 077 && printf '%s\n' "$@" >"$file.new")
	chown root:ntlmd "$file.new"
	chmod 0640 "$file.new"
	mv "$file.new" "$file"
}

ntlmd_start() {
	local log=$1 i before
	: >>"$log"
	before=$(grep -c 'registered with the kernel' "$log")
	"${NTLM_BIN:?}/ntlmd" --foreground 2>>"$log" &
	NTLMD_PID=$!
	for ((i = 0; i < 300; i++)); do
		[ "$(grep -c 'registered with the kernel' "$log")" = "$before" ] || return 0
		kill -0 "$NTLMD_PID" 2>/dev/null || break
		sleep 0.05
	done
	echo "ntlmd did not register:" >&2
	cat "$log" >&2
	return 1
}

ntlmd_stop() {
	[ -n "$NTLMD_PID" ] || return 0
	kill "$NTLMD_PID" 2>/dev/null
	wait "$NTLMD_PID" 2>/dev/null
	NTLMD_PID=
}
