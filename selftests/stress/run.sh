#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Stress on the kernel that runs here, as root: see main.c. Names of tests as
# arguments run these alone. STRESS_SECONDS=number is how long it takes; SEED=number
# repeats the random numbers.
set -u

modprobe -a ntlm ntlm_test || {
	echo "Bail out! no ntlm.ko or ntlm_test.ko"
	exit 1
}
exec "${NTLM_BIN:?}/stress_test" "$@"
