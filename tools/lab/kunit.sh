#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kunit.sh [CONFIG [RELEASE]]: run the KUnit suites of the project on a kernel of the
# lab, kasan and 6.1 unless named; see module.sh for the variables. KTAP; the exit
# status is that of run.sh, or 2 without a kernel or a module to test.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"
config=${1:-kasan} release=${2:-6.1}
cd "$here/../.."
modules=$(realpath -m "${MODULE_OUT:-build/uml-$config-$release}")
MODULE_OUT=$modules "$here/module.sh" "$config" "$release" >&2 || {
	msg "the modules did not build"
	exit 2
}
leaks=()
[ "$config" != kasan ] || leaks=(-l)
exec "$here/run.sh" -c "$config" -k "$release" -m 512 -t 180 -M "$modules" "${leaks[@]}" -- bash selftests/lab/kunit.sh
