#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Memory of messages and contexts on the kernel that runs here, as root: see
# alloc_test.c. Names of tests as arguments run these alone.
set -u
# Leaks are looked for in the kernel. Freed memory of the test programs is reused
# soon and not given back: both cost an emulated machine more than the tests.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:quarantine_size_mb=4:allocator_release_to_os_interval_ms=-1}

modprobe ntlm_test || {
	echo "Bail out! no ntlm_test.ko"
	exit 1
}
exec "${NTLM_BIN:?}/alloc_test" "$@"
