#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The interop matrix, as root in a guest whose files are thrown away: see matrix.py.
# Patterns of cells as arguments run these alone; SEED=number repeats the random
# messages.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=selftests/lib/ntlmd.sh
. "$here/../lib/ntlmd.sh"

bail() {
	echo "Bail out! $*"
	exit 1
}
[ -n "${VM:-}" ] || bail "changes /etc: only for a guest"
modprobe ntlm_test || bail "no ntlm_test.ko"
[ -e /etc/gss/mech.d/mech.ntlmssp.conf ] || bail "no gss-ntlmssp"

export INTEROP_DIR=/run/interop PATH=/usr/sbin:/usr/bin:/sbin:/bin
mkdir -p "$INTEROP_DIR"/{lock,state,cache,pid,ncalrpc}
chmod 755 "$INTEROP_DIR/ncalrpc"
read -r user password domain < <(cd "$here" && /usr/bin/python3 -B -c \
	'from account import ACCOUNT; print(*ACCOUNT)')

# --- Samba -------------------------------------------------------------------

cp -r --sparse=always "${NTLM_BIN:?}/interop.samba/private" "$INTEROP_DIR/private" ||
	bail "no account database for Samba"
export INTEROP_SMB_CONF=$INTEROP_DIR/smb.conf
cat >"$INTEROP_SMB_CONF" <<CONF
[global]
  server role = standalone server
  workgroup = $domain
  interfaces = 127.0.0.1/8
  bind interfaces only = yes
  netbios name = GENSEC
  realm = interop.example
  passdb backend = samba_dsdb
  private dir = $INTEROP_DIR/private
  lock directory = $INTEROP_DIR/lock
  state directory = $INTEROP_DIR/state
  cache directory = $INTEROP_DIR/cache
  pid directory = $INTEROP_DIR/pid
  ncalrpc dir = $INTEROP_DIR/ncalrpc
  log file = $INTEROP_DIR/log.%m
  ntlm auth = ntlmv1-permitted
  lanman auth = yes
CONF
{
	cat "$INTEROP_SMB_CONF"
	echo '  client lanman auth = yes'
} >"$INTEROP_DIR/lanman.conf"

# rpcclient calls the kernel's server by its name.
echo '127.0.0.1 kernel.interop.example' >>/etc/hosts

# --- gss-ntlmssp -------------------------------------------------------------

# ntlm-auth takes MD4 from hashlib, which has it from OpenSSL's provider for the old.
cat >"$INTEROP_DIR/openssl.cnf" <<'CONF'
openssl_conf = all
[all]
providers = both
[both]
default = on
legacy = on
[on]
activate = 1
CONF
export OPENSSL_CONF=$INTEROP_DIR/openssl.cnf

export NTLM_USER_FILE=$INTEROP_DIR/users
export NETBIOS_COMPUTER_NAME=GSSSERVER NETBIOS_DOMAIN_NAME=$domain
echo "$domain:$user:$password" >"$NTLM_USER_FILE"

# --- ntlmd, one for each LmCompatibilityLevel that matters ---------------------

ntlmd_account
ntlmd_credential interop '[interop]' 'uid = *' 'target = test/server' \
	"user = $user" "domain = $domain" "password = $password"
(umask 077 && printf '[%s]\nuser = %s\npassword = %s\n' "$user" "$user" "$password" \
	>/etc/ntlmd/interop.accounts)
chown root:ntlmd /etc/ntlmd/interop.accounts
chmod 0640 /etc/ntlmd/interop.accounts

pids=()
# shellcheck disable=SC2317 # called by the trap
finish() {
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null
}
trap finish EXIT

helper() { # LEVEL
	local namespace=interop$1 i
	cat >"/etc/ntlmd/$namespace.conf" <<-CONF
	[policy]
	lm-compatibility-level = $1
	min-key-bits = 40
	allow-no-key-exchange = yes
	allow-legacy-session-security = yes
	real-lm-response = yes
	refusal-hold = 0
	verdict-wait = 0
	[acceptor]
	enabled = yes
	lm-compatibility-level = 0
	min-key-bits = 40
	allow-no-key-exchange = yes
	allow-legacy-session-security = yes
	anonymous = yes
	netbios-name = KERNEL
	netbios-domain = $domain
	dns-name = kernel.interop.example
	accounts = /etc/ntlmd/interop.accounts
	[daemon]
	control-socket = $INTEROP_DIR/control.$1
	CONF
	ip netns add "$namespace" && ip -n "$namespace" link set lo up || return 1
	: >"$INTEROP_DIR/ntlmd.$1"
	ip netns exec "$namespace" "$NTLM_BIN/ntlmd" --foreground \
		--config "/etc/ntlmd/$namespace.conf" 2>>"$INTEROP_DIR/ntlmd.$1" &
	pids+=($!)
	for ((i = 0; i < 300; i++)); do
		! grep -q 'registered with the kernel' "$INTEROP_DIR/ntlmd.$1" || return 0
		kill -0 $! 2>/dev/null || break
		sleep 0.05
	done
	sed 's/^/# /' "$INTEROP_DIR/ntlmd.$1"
	return 1
}
for level in 0 2 3; do
	helper $level || bail "no ntlmd for LmCompatibilityLevel $level"
done

/usr/bin/python3 -B "$here/matrix.py" "$@" 2>"$INTEROP_DIR/stderr"
status=$?
if [ "$status" != 0 ]; then
	for log in "$INTEROP_DIR"/{stderr,ntlmd.*}; do
		echo "# ${log##*/}:"
		tail -n "${INTEROP_LOG:-40}" "$log" | sed 's/^/#   /'
	done
fi
exit "$status"
