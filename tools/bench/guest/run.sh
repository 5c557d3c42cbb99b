#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [PART...]: the benchmark, as root in a guest whose files are thrown away.
# The values go to /vmout/values.tsv, see main.c.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
[ -n "${VM:-}" ] || {
	echo "changes /etc: only for a guest" >&2
	exit 1
}
# shellcheck source=selftests/lib/ntlmd.sh
. "$here/../../../selftests/lib/ntlmd.sh"
modprobe -a ntlm ntlm_test ntlm_bench
ntlmd_account
ntlmd_credential bench '[bench]' 'uid = 0' 'target = cifs/server' 'user = alice' \
	'domain = BENCH' 'password = correct horse'
ulimit -n 4096
"${NTLM_BIN:?}/ntlm_bench" "$@" >/vmout/values.tsv
