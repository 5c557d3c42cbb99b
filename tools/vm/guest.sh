# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What run.sh of the emulated machine and of the lab have in common. Sourced after
# common.sh, never run.
#
#	run_directory NAME	$run, of this run alone; $out, made if there is none; and
#				$state, $out/NAME, where the guest finds what it is to do
#	command_file DIR WORD...	the command, for the guest; it runs in DIR
#	modules_tree DIR RELEASE	$tree: the modules below DIR/lib/modules and those
#				of $modules
#	modules_mount RELEASE	and the guest's way to them
#	verdict KERNEL CODE FILE	the exit status, of what the guest left in $out and
#				the status of the program that it ran in, whose own
#				messages are in FILE; says why
#
# They use $environment, $modules, $limit and, for kernels of the lab, $in_lab. With
# $planted set, a complaint is no failure. The process in $pid is ended with this
# script, by $signal.
# shellcheck source=SCRIPTDIR/complaints.sh
. "$(dirname "${BASH_SOURCE[0]}")/complaints.sh"

pid='' run='' signal=TERM
# shellcheck disable=SC2317 # called by the trap
finish() {
	[ -z "$pid" ] || { kill "-$signal" "$pid" && wait "$pid"; } 2>/dev/null || true
	[ -z "$run" ] || rm -rf "$run"
}

run_directory() {
	trap finish EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	# Below the cache, so that the guest sees it at the same path: /tmp or /run
	# may be something else there.
	mkdir -p "$NTLM_CACHE/run"
	find "$NTLM_CACHE/run" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} +
	run=$(mktemp -d "$NTLM_CACHE/run/XXXXXX")
	[ -n "$out" ] || out=$run/out
	mkdir -p "$out"
	out=$(realpath "$out")
	state=$out/$1
	rm -rf "$state" "$out"/{dmesg,console.log,kmemleak}
	mkdir "$state"
}

quote() { # in POSIX words, for the guest's shell
	local a
	for a; do
		printf " '%s'" "${a//\'/\'\\\'\'}"
	done
}

command_file() {
	local e directory=$1
	shift
	for e in "${environment[@]}"; do
		[[ $e =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || die "-e wants NAME=VALUE, not '$e'"
		printf 'export %s=%s\n' "${e%%=*}" "$(quote "${e#*=}")" | sed 's/= /=/'
	done >"$state/command"
	printf 'cd%s || exit 125\nset --%s\n' "$(quote "$directory")" "$(quote "$@")" >>"$state/command"
}

modules_tree() {
	local from=$1/lib/modules/$2 kos ko
	tree=$from
	[ ${#modules[@]} -gt 0 ] || return 0
	tree=$run/lib/modules/$2
	mkdir -p "$tree/updates"
	ln -s "$from/kernel" "$tree/kernel"
	ln -s "$from"/modules.{builtin,builtin.modinfo,order} "$tree/"
	mapfile -t kos < <(find "${modules[@]}" -name '*.ko')
	[ ${#kos[@]} -gt 0 ] || die "no .ko below ${modules[*]}"
	for ko in "${kos[@]}"; do
		# An emulated machine reads modules over a slow link; debug information
		# is most of their size.
		objcopy --strip-debug "$ko" "$tree/updates/${ko##*/}"
	done
	depmod -b "$run" "$2"
}

modules_mount() {
	printf 'mkdir -p %s && mount --bind%s %s\n' "/lib/modules/$1" "$(quote "$tree")" "/lib/modules/$1" >"$state/modules"
}

verdict() {
	local f logs=() bad='' died='' status=''
	for f in "$out"/{console.log,dmesg,kmemleak}; do
		[ ! -s "$f" ] || logs+=("$f")
	done
	if [ ${#logs[@]} -gt 0 ]; then
		bad=$(complaints "${logs[@]}" || true)
		died=$(deaths "${logs[@]}" || true)
	fi
	[ ! -s "$state/status" ] || read -r status <"$state/status"
	if [ -z "${planted:-}" ] && [ -n "$bad$died" ]; then
		msg "the kernel ($1) complained:"
		printf '%s\n' "$bad" "$died" | sed -n '/./s/^/  /p' | head -n 40 >&2 || true
		for f in "${logs[@]}"; do
			[ "$f" = "$out/console.log" ] && [ -s "$out/dmesg" ] && continue
			msg "in ${f##*/}, from the first complaint:"
			report "$f" | head -n 60 >&2 || true
		done
		[ -z "$status" ] || msg "the command's own status was $status"
		[ -n "$bad" ] || [ -n "$status" ] || return 125
		return 126
	fi
	[ -z "$status" ] || return "$status"
	if [ "$2" = 124 ] || [ "$2" = 137 ]; then
		msg "no end after $limit s"
		return 124
	fi
	msg "the guest ended without a report (status $2); the end of its console:"
	tail -n 20 "$3" >&2
	[ ! -e "$out/console.log" ] || tail -n 40 "$out/console.log" | tr -d '\r' >&2
	return 125
}
