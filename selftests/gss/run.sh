#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The kernel's initiator and ntlmd against gss-ntlmssp, as root in a guest whose
# files are thrown away: see gss_test.c. Names of tests as arguments run these
# alone; SEED=number repeats the random messages.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=selftests/lib/ntlmd.sh
. "$here/../lib/ntlmd.sh"
# Leaks are looked for in the kernel. Freed memory of the test programs is reused
# soon and not given back: both cost an emulated machine more than the tests.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:quarantine_size_mb=4:allocator_release_to_os_interval_ms=-1}

bail() {
	echo "Bail out! $*"
	exit 1
}
[ -n "${VM:-}" ] || bail "changes /etc: only for a guest"
modprobe ntlm_test || bail "no ntlm_test.ko"
[ -e /etc/gss/mech.d/mech.ntlmssp.conf ] || bail "no gss-ntlmssp"

dir=$(mktemp -d)
trap 'ntlmd_stop; rm -rf "$dir"' EXIT

# the server
export NTLM_USER_FILE=$dir/users
export NETBIOS_COMPUTER_NAME=GSSSERVER NETBIOS_DOMAIN_NAME=GSSDOM
cat >"$NTLM_USER_FILE" <<'USERS'
GSSDOM:alice:Pa55.word-of-Alice
GSSDOM:ödön:Pä55-Ωörd-€
USERS

# the client; weak servers are refused by what each test requires
ntlmd_account
mkdir -p /etc/ntlmd
cat >/etc/ntlmd/ntlmd.conf <<'CONF'
[policy]
min-key-bits = 40
allow-no-key-exchange = yes
CONF
credential() { # NAME TARGET USER PASSWORD
	ntlmd_credential "$1" "[$1]" "uid = *" "target = $2" "user = $3" \
		"domain = GSSDOM" "password = $4"
}
credential good test/good.example alice Pa55.word-of-Alice
credential wrong-password test/wrong-password.example alice Pa55.word-of-Bob
credential wrong-user test/wrong-user.example mallory Pa55.word-of-Alice
credential utf8 test/utf8.example ödön 'Pä55-Ωörd-€'
ntlmd_start "$dir/log" || bail "no ntlmd"

"${NTLM_BIN:?}/gss_test" "$@"
status=$?
[ "$status" = 0 ] || sed 's/^/# ntlmd: /' "$dir/log"
exit "$status"
