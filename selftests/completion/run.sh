#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What bash and zsh complete: each command and option that the programs' own usage
# texts and pages name. TAP.
set -u
here=$(dirname "$(realpath "$0")")
top=$(realpath "$here/../..")
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$here/../lib/tap.sh"
bin=${NTLM_BIN:-$top/build/host}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

diagnose() {
	tail -n 20 "$work/out" "$work/err" | sed 's/^/# /'
}

# offers NAME SHELL WORD... offers: OFFER...: are all of these offered?
offers() {
	local name=$1 words=() offer missing=''
	shift
	while [ "$1" != offers: ]; do
		words+=("$1")
		shift
	done
	shift
	bash "$here/complete.sh" "${words[@]}" >"$work/out" 2>"$work/err"
	for offer; do
		grep -qE -- "^$offer( |\$)" "$work/out" || missing+=" $offer"
	done
	[ -z "$missing" ] || echo "# not offered:$missing"
	[ -z "$missing" ] && [ $# -gt 0 ]
	result $? "$name"
}

options_of() { # COMMAND...: long options of its usage text
	"$@" --help | grep -oE -- '--[a-z-]+' | sort -u
}

for shell in bash zsh; do
	if ! command -v $shell >/dev/null; then
		for name in commands options-of-ntlmctl options-of-login options-of-logout \
			options-of-list options-of-ntlmd mount-options mount-values; do
			skipped "$shell-completes-$name" "there is no $shell here"
		done
		continue
	fi
	mapfile -t words < <("$bin/ntlmctl" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')
	offers "$shell-completes-commands" $shell ntlmctl "" offers: "${words[@]}"
	mapfile -t words < <(options_of "$bin/ntlmctl")
	offers "$shell-completes-options-of-ntlmctl" $shell ntlmctl -- offers: "${words[@]}"
	for verb in login logout list; do
		mapfile -t words < <(options_of "$bin/ntlmctl" $verb)
		offers "$shell-completes-options-of-$verb" $shell ntlmctl $verb -- offers: "${words[@]}"
	done
	mapfile -t words < <(options_of "$bin/ntlmd")
	offers "$shell-completes-options-of-ntlmd" $shell ntlmd -- offers: "${words[@]}"
	before=
	[ $shell = zsh ] || before=ro,
	mapfile -t words < <(grep -oE '^\.It Cm [a-z]+' "$top/Documentation/man/mount.ntlm.8" |
		sed 's/.* //' | grep -vE '^(password|guest)$')
	words=("${words[@]/#/$before}")
	[ $shell = zsh ] || words=("${words[@]/%/=?}")
	offers "$shell-completes-mount-options" $shell mount.ntlm -o ro, offers: "${words[@]}"
	# zsh types what is common to all and shows them side by side.
	offers "$shell-completes-mount-values" $shell mount.ntlm -o ro,sec= offers: ntlmssp '(ntlmssp +)?ntlmsspi'
done
tap_done
