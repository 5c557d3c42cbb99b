#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Kernel suites on kernels with checkers: see tools/lab/check.py, which takes the
# arguments. TAP.
cd "$(dirname "$(realpath "$0")")/../.." || exit 1
exec tools/lab/check.py --debug "$@"
