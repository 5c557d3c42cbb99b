#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What very many contexts cost on the kernel that runs here, and whether the two
# directions of one get in each other's way, as root: see scale_test.c. Names of
# tests as arguments run these alone.
set -u
modprobe ntlm_test || {
	echo "Bail out! no ntlm_test.ko"
	exit 1
}
exec "${NTLM_BIN:?}/scale_test" "$@"
