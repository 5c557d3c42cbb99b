# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A throw-away Active Directory domain: a domain controller (Samba) in a network,
# mount and UTS namespace of its own, and this machine as a member of the domain
# with winbindd. To be sourced; for guests whose files are thrown away.
#
#	domain_start DIR FILE	starts all, with all state below DIR; FILE is what
#				provision.py made; users alice, bob and carol (disabled)
#	domain_controller CMD	runs a command where the domain controller is
#	winbindd_start DIR	starts winbindd of the member; waits until it answers
#	winbindd_stop DIR	ends it
#	domain_stop DIR
#
# DOMAIN_PASSWORD is everybody's, as in provision.py. MEMBER_CONF is the member's
# smb.conf.

DOMAIN=WBDOM
DOMAIN_REALM=WB.TEST
DOMAIN_PASSWORD=Passw0rd.1
MEMBER_CONF=

domain_network() {
	local dir=$1
	ip netns add dc &&
		ip link add m0 type veth peer name d0 netns dc &&
		ip addr add 10.77.0.2/24 dev m0 && ip link set m0 up &&
		ip -n dc addr add 10.77.0.1/24 dev d0 && ip -n dc link set d0 up &&
		ip -n dc link set lo up || return 1
	printf '127.0.0.1 localhost\n10.77.0.1 dc1.wb.test dc1\n10.77.0.2 mem1.wb.test mem1\n' >/etc/hosts
	rm -f /etc/resolv.conf
	echo 'nameserver 10.77.0.1' >/etc/resolv.conf
	hostname mem1
	mkdir -p "$dir"
	cat >"$dir/krb5.conf" <<-CONF
	[libdefaults]
	  default_realm = $DOMAIN_REALM
	  dns_lookup_realm = false
	  dns_lookup_kdc = true
	CONF
	export KRB5_CONFIG=$dir/krb5.conf
}

# Its /run is its own, for both winbindd listen at a place that is built in.
domain_controller() {
	nsenter -t "$DOMAIN_PID" -m -n -u "$@"
}

dc_conf() {
	local dir=$1
	DOMAIN_CONF=$dir/dc/smb.conf
	cat >"$DOMAIN_CONF" <<-CONF
	[global]
	  server role = active directory domain controller
	  ntlm auth = ntlmv1-permitted
	  server services = s3fs, rpc, ldap, cldap, kdc, dns, winbindd
	  workgroup = $DOMAIN
	  realm = $DOMAIN_REALM
	  netbios name = DC1
	  interfaces = d0
	  bind interfaces only = yes
	  private dir = $dir/dc/private
	  lock directory = $dir/dc
	  state directory = $dir/dc/state
	  cache directory = $dir/dc/cache
	  binddns dir = $dir/dc/bind-dns
	  pid directory = /run/samba
	  ncalrpc dir = /run/samba/ncalrpc
	  log file = $dir/dc/log.%m
	  log level = ${SAMBA_LOG:-1}
	  tls enabled = no
	  load printers = no
	  smb ports = 445
	[netlogon]
	  path = $dir/dc/state/sysvol/wb.test/scripts
	[sysvol]
	  path = $dir/dc/state/sysvol
	CONF
}

member_conf() {
	local dir=$1
	mkdir -p "$dir"/member/{private,lock,state,cache,pid,ncalrpc}
	MEMBER_CONF=$dir/member/smb.conf
	cat >"$MEMBER_CONF" <<-CONF
	[global]
	  security = ads
	  workgroup = $DOMAIN
	  realm = $DOMAIN_REALM
	  netbios name = MEM1
	  interfaces = m0 lo
	  bind interfaces only = yes
	  disable netbios = yes
	  private dir = $dir/member/private
	  lock directory = $dir/member/lock
	  state directory = $dir/member/state
	  cache directory = $dir/member/cache
	  pid directory = $dir/member/pid
	  ncalrpc dir = $dir/member/ncalrpc
	  log file = $dir/member/log.%m
	  log level = ${SAMBA_LOG:-1}
	  load printers = no
	  winbind offline logon = yes
	  idmap config * : backend = autorid
	  idmap config * : range = 100000-199999
	  idmap config * : rangesize = 10000
	CONF
	# where command line tools look
	mkdir -p /etc/samba
	cp "$MEMBER_CONF" /etc/samba/smb.conf
}

# domain_wait SECONDS CMD...: until CMD succeeds
domain_wait() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.2
	done
}

winbindd_start() {
	mkdir -p /run/samba
	winbindd -D -s "$MEMBER_CONF" || return 1
	domain_wait 30 wbinfo -p || {
		echo "winbindd does not answer; see $1/member/log.*" >&2
		return 1
	}
}

winbindd_stop() {
	local pid i
	pid=$(cat "$1/member/pid/winbindd.pid" 2>/dev/null) || return 0
	kill "$pid" 2>/dev/null
	for ((i = 0; i < 100; i++)); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

# domain_listens SECONDS PORT...: until the domain controller does
domain_listens() {
	local end=$((SECONDS + $1)) port
	shift
	for port; do
		until (exec 3<>"/dev/tcp/10.77.0.1/$port") 2>/dev/null; do
			[ "$SECONDS" -lt "$end" ] || return 1
			sleep 0.1
		done
	done
}

domain_stage() {
	echo "# domain: $1 at $SECONDS s"
}

domain_start() {
	local dir=$1 file=$2 i
	domain_network "$dir" || return 1
	tar -C "$dir" --no-same-owner -I zstd -xf "$file" || return 1
	mkdir -p "$dir/dc/cache"
	dc_conf "$dir"
	# shellcheck disable=SC2016 # for the other shell
	ip netns exec dc unshare -mu --propagation private bash -c '
		mount -t tmpfs run /run && mkdir -p /run/samba /run/lock && hostname dc1 &&
		echo ready >"$1" && exec sleep infinity' sh "$dir/namespace" &
	DOMAIN_PID=$!
	domain_wait 20 test -s "$dir/namespace" || return 1
	domain_controller samba -i -M single --configfile="$DOMAIN_CONF" \
		</dev/null >"$dir/samba.log" 2>&1 &
	SAMBA_PID=$!
	member_conf "$dir"
	domain_listens 90 53 88 389 445 || {
		echo "the domain controller does not serve:" >&2
		tail -n 5 "$dir/samba.log" >&2
		return 1
	}
	domain_stage 'the controller listens'
	for ((i = 0; i < 3; i++)); do
		! net ads join -s "$MEMBER_CONF" -U "administrator%$DOMAIN_PASSWORD" \
			--no-dns-updates >"$dir/join.log" 2>&1 || break
		sleep 1
	done
	[ "$i" -lt 3 ] || {
		cat "$dir/join.log" >&2
		return 1
	}
	domain_stage joined
	winbindd_start "$dir" && domain_wait 60 wbinfo -i "$DOMAIN\\alice" || return 1
	domain_stage 'winbindd knows the users'
}

domain_stop() {
	winbindd_stop "$1"
	[ -z "${SAMBA_PID:-}" ] || kill "$SAMBA_PID" 2>/dev/null
	[ -z "${DOMAIN_PID:-}" ] || kill "$DOMAIN_PID" 2>/dev/null
}
