# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A throw-away Samba on loopback, for demo and tests. To be sourced; runs in the
# guest, or anywhere in a mount and network namespace of its own: then set
# SAMBA_ALONE=1 to say so.
#
#	samba_start DIR [SHARE...]	starts smbd and samba-dcerpcd with all state
#					below DIR and the named (empty) shares
#	samba_stop DIR			ends what samba_start began
#
# SAMBA_USER, SAMBA_PASSWORD: the one account; SAMBA_LOG: log level (1);
# SAMBA_GLOBAL: more lines for the [global] section.
# Logs: DIR/log.* of smbd; the RPC servers use their built-in place,
# /var/log/samba/log.rpcd_*, whatever the configuration says.

SAMBA_USER=${SAMBA_USER:-ntlmtest}
SAMBA_PASSWORD=${SAMBA_PASSWORD:-Passw0rd.1}
SAMBA_DOMAIN=NTLMTEST
SAMBA_HOST=NTLMVM

samba_conf() {
	local dir=$1 share
	shift
	# RPC over TCP: samba-dcerpcd runs on its own and not on demand from smbd,
	# so that it listens on the endpoint mapper's port and on dynamic ones.
	cat <<-CONF
	[global]
	  server role = standalone server
	  workgroup = $SAMBA_DOMAIN
	  netbios name = $SAMBA_HOST
	  server string = NTLM test server
	  interfaces = lo
	  bind interfaces only = yes
	  disable netbios = yes
	  smb ports = 445
	  passdb backend = tdbsam:$dir/private/passdb.tdb
	  private dir = $dir/private
	  lock directory = $dir/lock
	  state directory = $dir/state
	  cache directory = $dir/cache
	  pid directory = $dir/pid
	  ncalrpc dir = $dir/ncalrpc
	  log file = $dir/log.%m
	  log level = ${SAMBA_LOG:-1}
	  max log size = 0
	  load printers = no
	  disable spoolss = yes
	  printcap name = /dev/null
	  printing = bsd
	  map to guest = never
	  restrict anonymous = 2
	  ntlm auth = ntlmv2-only
	  server min protocol = SMB2_10
	  usershare max shares = 0
	  rpc start on demand helpers = no
	  allow dcerpc auth level connect = yes
	  rpc server dynamic port range = 49152-49215
	${SAMBA_GLOBAL:-}
	CONF
	for share; do
		printf '[%s]\n  path = %s/share\n  comment = made for this run\n  read only = no\n' \
			"$share" "$dir"
	done
}

samba_start() {
	local dir=$1 ready pid i
	shift
	if [ -z "${VM:-}${SAMBA_ALONE:-}" ]; then
		echo "samba_start: this is no guest" >&2
		return 1
	fi
	mkdir -p "$dir"/{private,lock,state,cache,pid,ncalrpc,share}
	chmod 755 "$dir" "$dir/ncalrpc"
	chmod 700 "$dir/private"
	chmod 1777 "$dir/share"
	id "$SAMBA_USER" >/dev/null 2>&1 ||
		echo "$SAMBA_USER:x:4711:65534::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
	samba_conf "$dir" "$@" >"$dir/smb.conf"
	mkdir -p /var/log/samba
	rm -f /var/log/samba/log.rpcd_*
	printf '%s\n%s\n' "$SAMBA_PASSWORD" "$SAMBA_PASSWORD" |
		smbpasswd -c "$dir/smb.conf" -s -a "$SAMBA_USER" >/dev/null || return 1

	mkfifo "$dir/ready"
	exec {ready}<>"$dir/ready"
	/usr/libexec/samba/samba-dcerpcd -D --ready-signal-fd="$ready" \
		--libexec-rpcds --configfile="$dir/smb.conf" || return 1
	/usr/sbin/smbd -D --configfile="$dir/smb.conf" || return 1
	if ! read -r -t 90 -d '' <&"$ready"; then
		echo "samba-dcerpcd did not become ready; see $dir/log.*" >&2
		return 1
	fi
	exec {ready}>&-
	for ((i = 0; i < 300; i++)); do
		if (exec 3<>/dev/tcp/127.0.0.1/445) 2>/dev/null; then
			return 0
		fi
		sleep 0.1
	done
	echo "smbd does not listen on port 445; see $dir/log.*" >&2
	return 1
}

samba_stop() {
	local pid
	for pid in "$1"/pid/{smbd,samba-dcerpcd}.pid; do
		[ ! -s "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || true
	done
}
