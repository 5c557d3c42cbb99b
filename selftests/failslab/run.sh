#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Failing allocations on the kernel that runs here, as root: see main.c. Names of
# tests as arguments run these alone.
set -u

modprobe -a ntlm ntlm_test || {
	echo "Bail out! no ntlm.ko or ntlm_test.ko"
	exit 1
}
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
exec "${NTLM_BIN:?}/failslab_test" "$@"
