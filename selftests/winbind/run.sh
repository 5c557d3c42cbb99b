#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ntlmd, ntlmd-winbind and the kernel as a member of an Active Directory domain
# that runs here, as root in a guest whose files are thrown away. TAP. Arguments
# "wire-...": these tests alone, which need no domain.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=SCRIPTDIR/../lib/ntlmd.sh
. "$here/../lib/ntlmd.sh"
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$here/../lib/tap.sh"
# shellcheck source=SCRIPTDIR/domain.sh
. "$here/domain.sh"
bin=${NTLM_BIN:?}
work=$(mktemp -d)
chmod 755 "$work"
log=$work/log
socket=/run/ntlmd-winbind/socket
# Leaks are looked for natively; what is freed is not kept for long here.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:quarantine_size_mb=1}

diagnose() {
	tail -n 8 "$log" "$work/winbind.log" 2>/dev/null | sed 's/^/# /'
}

# like NAME PATTERN GOT: does the text match?
like() {
	# shellcheck disable=SC2053 # a pattern
	[[ $3 == $2 ]] || echo "# $1: wanted \"$2\", got \"$3\""
	# shellcheck disable=SC2053
	[[ $3 == $2 ]]
	result $? "$1"
}

# within NAME MILLISECONDS GOT: does the text end with an "ms=" that is no more?
within() {
	local ms=${3##*ms=}
	ms=${ms%% *}
	[ "$ms" -le "$2" ] || echo "# $1: $ms ms"
	[ "$ms" -le "$2" ]
	result $? "$1"
}

bail() {
	echo "Bail out! $*"
	exit 1
}

# The program has the capabilities of its unit, and no others.
agent_start() {
	local i
	mkdir -p "${socket%/*}"
	rm -f "$socket"
	systemd-socket-activate --seqpacket -l "$socket" \
		setpriv --bounding-set=-all,+setuid,+setgid --inh-caps=-all \
		--no-new-privs "$bin/ntlmd-winbind" --time-limit=4 2>>"$work/winbind.log" &
	agent=$!
	for ((i = 0; i < 100; i++)); do
		[ ! -S "$socket" ] || break
		sleep 0.1
	done
	chown root:ntlmd "$socket" && chmod 0660 "$socket"
}

agent_stop() {
	[ -z "${agent:-}" ] || kill "$agent" 2>/dev/null
	[ -z "${agent:-}" ] || wait "$agent" 2>/dev/null
	agent=
	rm -f "$socket"
}

call() { # as ntlmd
	setpriv --reuid=ntlmd --regid=ntlmd --clear-groups "$bin/winbind_call" "$@" 2>&1
}

exchange() { timeout 60 "$bin/winbind_exchange" "$@" 2>&1; }

# shellcheck disable=SC2317 # called by the trap
finish() {
	ntlmd_stop
	agent_stop
	domain_stop "$work"
}

[ -n "${VM:-}" ] || bail "changes /etc: only for a guest"
modprobe ntlm_test || bail "no ntlm_test.ko"
ntlmd_account

# --- the messages, without winbind ------------------------------------------

"$bin/winbind_wire" "$@" >"$work/wire" 2>&1
grep -q '^1\.\.' "$work/wire" || echo "not ok 0 - wire-runs-to-its-end" >>"$work/wire"
while read -r line; do
	case $line in
	"ok "*) result 0 "${line#* - }" ;;
	"not ok "*) result 1 "${line#* - }" ;;
	"# wire-"*) ;;
	"#"*) echo "$line" ;;
	esac
done <"$work/wire"
if [[ ${1:-} == wire-* ]]; then
	tap_done
fi

# --- the domain -------------------------------------------------------------

trap finish EXIT
SECONDS=0
domain_start "$work" "$bin/winbind-domain.tar.zst" || bail "no domain"
alice=$(wbinfo -i "$DOMAIN\\alice" | cut -d: -f3)
bob=$(wbinfo -i "$DOMAIN\\bob" | cut -d: -f3)
if [ -z "$alice" ] || [ -z "$bob" ]; then
	bail "the users have no uid"
fi
sid=$(wbinfo -n "$DOMAIN\\bob" | cut -d' ' -f1)

mkdir -p /etc/ntlmd
cat >/etc/ntlmd/ntlmd.conf <<CONF
[policy]
winbind-targets = test/*.wb.test
[acceptor]
enabled = yes
winbind = yes
netbios-name = MEM1
netbios-domain = $DOMAIN
dns-name = mem1.wb.test
dns-domain = wb.test
CONF
credential() { # NAME USER PASSWORD
	ntlmd_credential "$1" "[$1]" 'uid = 0' "target = $1/mem1.wb.test" \
		"user = $2" "domain = $DOMAIN" "password = $3"
}
credential bob bob "$DOMAIN_PASSWORD"
credential wrong bob 'not his password'
credential carol carol "$DOMAIN_PASSWORD"
credential nobody nobody "$DOMAIN_PASSWORD"
agent_start
ntlmd_start "$log" || bail "no ntlmd"
domain_stage 'all is ready'

# --- nobody has logged on yet -------------------------------------------------

got=$(call check "$alice")
like no-cached-logon-is-enokey 'error=ENOKEY *' "$got"
within no-cached-logon-is-known-quickly 5000 "$got"
like client-without-cached-logon-is-enokey 'negotiate=ENOKEY ms=*' \
	"$(exchange client "$alice" test/mem1.wb.test)"

# --- the cached logon -----------------------------------------------------

! "$bin/winbind_login" "$alice" "$DOMAIN\\alice" 'not her password' 2>/dev/null
result $? wrong-password-is-no-logon
like wrong-password-is-not-cached 'error=ENOKEY *' "$(call check "$alice")"
"$bin/winbind_login" "$alice" "$DOMAIN\\alice" "$DOMAIN_PASSWORD"
result $? user-logs-on
like cached-logon-is-found "error=0 * user=$DOMAIN\\\\alice *" "$(call check "$alice")"
like cached-logon-convinces-the-domain-controller \
	"error=0 * user=$DOMAIN\\\\alice * key=same mic=yes *" "$(call cached "$alice")"
like client-with-cached-logon-is-let-in-by-samba \
	"negotiate=EINPROGRESS authenticate=0 server=AF $DOMAIN\\\\alice key=same *" \
	"$(exchange client "$alice" test/mem1.wb.test)"
like client-with-cached-logon-is-let-in-by-the-kernel \
	"* authenticate=0 accept=0 * user=$DOMAIN\\\\alice * messages=0 *" \
	"$(exchange server "$alice" test/mem1.wb.test)"
like client-with-cached-logon-is-let-in-by-spnego \
	"* authenticate=EINPROGRESS accept=0 * user=$DOMAIN\\\\alice * finish=0 messages=0 *" \
	"$(exchange -s server "$alice" test/mem1.wb.test)"
like mandatory-channel-bindings-are-refused \
	'negotiate=EINPROGRESS authenticate=EACCES ms=*' \
	"$(exchange -b client "$alice" test/mem1.wb.test)"
like other-target-is-enokey 'negotiate=ENOKEY ms=*' \
	"$(exchange client "$alice" test/mem1.elsewhere.test)"
like other-uid-is-enokey 'error=ENOKEY *' "$(call check "$bob")"
like client-of-other-uid-is-enokey 'negotiate=ENOKEY ms=*' \
	"$(exchange client "$bob" test/mem1.wb.test)"
like root-is-enokey 'error=ENOKEY *' "$(call check 0)"
like uid-of-no-domain-user-is-enokey 'error=ENOKEY *' "$(call cached 4711)"
"$bin/winbind_login" "$alice" "$DOMAIN\\bob" "$DOMAIN_PASSWORD"
like logon-that-another-uid-stored-is-not-taken 'error=ENOKEY *' "$(call check "$bob")"

# --- who may ask ------------------------------------------------------------

got=$(setpriv --reuid="$alice" --regid=65534 --clear-groups \
	"$bin/winbind_call" check "$alice" 2>&1)
like users-cannot-connect 'error=EACCES *' "$got"
got=$("$bin/winbind_call" check "$alice" 2>&1)
like root-is-not-answered 'error=ECONNRESET *' "$got"
grep -q 'refused a request of uid=0 ' "$work/winbind.log"
result $? refused-peer-is-logged
got=$(setpriv --reuid=ntlmd --regid=ntlmd --clear-groups python3 - "$socket" <<'PY' 2>&1
import socket, sys
for data in (b"x", b"\0" * 4096, b"NLWB" * 8000, b"\xff" * 100000):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.connect(sys.argv[1])
    s.send(data)
    s.settimeout(10)
    print(len(s.recv(65536)), end=" ")
PY
)
like invalid-requests-are-not-answered '0 0 0 0 ' "$got"
seq 40 | xargs -P 40 -I{} setpriv --reuid=ntlmd --regid=ntlmd --clear-groups \
	"$bin/winbind_call" check "$alice" >"$work/many" 2>&1
like more-at-once-than-are-served-at-a-time 40 "$(grep -c '^error=0 ' "$work/many")"

# --- network logons of clients of a server in the kernel ----------------------

got=$(exchange server 0 bob/mem1.wb.test)
like domain-user-is-let-in \
	"* accept=0 ntstatus=0x00000000 user=$DOMAIN\\\\bob sids=[3-9] sid=$sid messages=0 *" "$got"
like wrong-password-is-logon-failure '* accept=EKEYREJECTED ntstatus=0xc000006d *' \
	"$(exchange server 0 wrong/mem1.wb.test)"
like unknown-user-is-logon-failure '* accept=EKEYREJECTED ntstatus=0xc000006d *' \
	"$(exchange server 0 nobody/mem1.wb.test)"
like disabled-account-is-said-so '* accept=EACCES ntstatus=0xc0000072 *' \
	"$(exchange server 0 carol/mem1.wb.test)"
like ntlm2-session-response-is-proved 'error=0 * user=* key=same *' \
	"$(call -l 2 logon "$DOMAIN" bob "$DOMAIN_PASSWORD")"

# --- winbindd hangs, is away -----------------------------------------------------

pid=$(cat "$work/member/pid/winbindd.pid")
kill -STOP "$pid"
got=$(call check "$alice")
like hung-winbindd-is-etimedout 'error=ETIMEDOUT *' "$got"
within hung-winbindd-ends-in-time 8000 "$got"
exchange client "$alice" test/mem1.wb.test >"$work/hung" &
hung=$!
like others-are-served-meanwhile "* authenticate=0 *" \
	"$(exchange server 0 bob/mem1.wb.test)"
wait "$hung"
like client-of-hung-winbindd-is-etimedout 'negotiate=ETIMEDOUT ms=*' "$(cat "$work/hung")"
kill -CONT "$pid"
like winbindd-that-goes-on-is-asked-again 'error=0 *' "$(call check "$alice")"

wbinfo --logoff-user="$DOMAIN\\alice" --logoff-uid="$alice" --logoff >/dev/null 2>&1
like logged-off-user-is-enokey 'error=ENOKEY *' "$(call check "$alice")"

winbindd_stop "$work"
got=$(call check "$alice")
like stopped-winbindd-is-ehostunreach 'error=EHOSTUNREACH *' "$got"
within stopped-winbindd-is-known-quickly 3000 "$got"
like client-of-stopped-winbindd-is-ehostunreach 'negotiate=EHOSTUNREACH ms=*' \
	"$(exchange client "$alice" test/mem1.wb.test)"
like server-of-stopped-winbindd-lets-nobody-in '* accept=EHOSTUNREACH *' \
	"$(exchange server 0 bob/mem1.wb.test)"
agent_stop
like client-without-the-program-is-ehostunreach 'negotiate=EHOSTUNREACH ms=*' \
	"$(exchange client "$alice" test/mem1.wb.test)"
grep -q 'winbind cannot be asked for cached logons' "$log"
result $? missing-winbind-is-logged

! grep -qF "$DOMAIN_PASSWORD" "$log" "$work/winbind.log"
result $? no-password-in-the-logs

echo "# $SECONDS s"
tap_done
