#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Messages at random to the netlink family of the kernel that runs here, as root:
# see main.c. NETLINK_FUZZ=COUNT messages, SEED=NUMBER repeats a run.
set -u

modprobe -a ntlm ntlm_test || {
	echo "Bail out! no ntlm.ko or ntlm_test.ko"
	exit 1
}
exec "${NTLM_BIN:?}/netlink_fuzz" "$@"
