#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# lint.sh: checkpatch --strict and sparse over kernel code, shellcheck over
# scripts, mandoc over man pages, the rules of the house over everything.
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/../.." || exit
failed=0

report() { # STATUS TEXT
	if [ "$1" = 0 ]; then
		echo "ok: $2"
	else
		echo "NOT OK: $2"
		failed=1
	fi
}

# What checkpatch cannot know: TRACE_EVENT() has a shape of its own, and this
# source builds for several kernels. For CAMELCASE it would write into the tree.
ignore() {
	case $1 in
	*/trace.h) echo --ignore CAMELCASE,PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE,EMBEDDED_FILENAME,LONG_LINE,SPACING,MACRO_ARG_REUSE,COMPLEX_MACRO ;;
	*/compat.h) echo --ignore CAMELCASE,LINUX_VERSION_CODE,CONSTANT_COMPARISON ;;
	*) echo --ignore CAMELCASE ;;
	esac
}

source=$(tools/build/linux-source.sh) || exit 1
found=0
while read -r file; do
	# shellcheck disable=SC2046 # no option is one word
	perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary -q \
		$(ignore "$file") -f "$file" || found=1
done < <(git ls-files 'kernel/*.[ch]' 'include/*.h' 'selftests/driver/*.[ch]' \
	'tools/bench/module/*.[ch]' 'selftests/lab/planted/*.[ch]' selftests/dcerpc/driver.c selftests/example/ntlm_example.c)
report "$found" "checkpatch --strict on kernel code"

text=$(MODULE_OUT=build/sparse tools/build/module.sh 6.1 -- W=1 C=2 2>&1)
status=$?
grep -E 'warning:|error:' <<<"$text" && status=1
report "$status" "W=1 and sparse on 6.1"

text=$(tools/build/smb.sh -c 6.1 2>&1)
status=$?
[ "$status" = 0 ] || grep -E 'warning:|error:|^smb' <<<"$text"
report "$status" "W=1 and sparse on kernel/smb, 6.1"

mapfile -t scripts < <(git grep -lE '^#!/bin/(ba)?sh|^# shellcheck shell' -- '*.sh' .ci/run)
# SC2154: variables that a sourced file sets
shellcheck -x -e SC2154 -S warning "${scripts[@]}"
report $? "shellcheck"

mapfile -t pages < <(git ls-files 'Documentation/man/*')
mandoc -T lint -W warning "${pages[@]}"
report $? "mandoc"

tools/check/log-lines.py
report $? "troubleshooting.md has every line of the logs"

tools/check/protocol-page.py
report $? "netlink-protocol.md says what the code does"

text=$(git grep -IL 'SPDX-License-Identifier' -- '*.[ch]' '*.sh' '*.py' '*.awk' '*Makefile' '*Kbuild')
[ -z "$text" ] || echo "$text"
report "$([ -z "$text" ]; echo $?)" "an SPDX line in every file"

tools/build/check-netlink-spec.py
report $? "netlink specification"
exit "$failed"
