#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [options] -- CMD [ARG...]: run a command under a kernel of the lab.
#
# Boots a User Mode Linux kernel (see kernel.sh) as a process of this machine,
# without any privilege and at native speed. Its root is this machine's,
# read-only, with a RAM disk over it for writes. Runs CMD there as root in the same
# directory, shows its output as it comes and exits with its status, or with
#	124	CMD did not end in time
#	125	the kernel ended without a report: it panicked, or did not boot
#	126	the kernel's log holds a complaint (BUG, WARNING, lockdep, KASAN, ...),
#		whatever CMD said; the lines are shown
# A kernel panic that follows a complaint is 126, one by itself 125.
#
#	-c CONFIG	plain (default), kasan or lockdep
#	-k RELEASE	6.1 (default), 6.12, 7 or newest
#	-t SECONDS	time limit, 300 unless given
#	-m MIB		memory, 1024 unless given
#	-o DIR		/vmout in the guest, writable; also gets console.log, dmesg and
#			kmemleak. Default: a temporary one
#	-M DIR		the .ko files below DIR go into the guest's
#			/lib/modules/*/updates, for modprobe; may be repeated
#	-e NAME=VALUE	an environment variable for CMD; may be repeated
#	-a ARGS		more arguments for the kernel
#	-l		look for memory that was leaked when CMD has ended; kasan only
#	-p		a complaint is what CMD is for: it is no failure, for planted bugs
#
# In the guest: VM=1, NTLM_LAB=CONFIG; /vmout; loopback is up; debugfs is mounted.
# Programs that are built with AddressSanitizer do not run: it wants more address
# space than there is.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"
. "$here/complaints.sh"

usage() {
	sed -n '4,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2
	exit 2
}
config=plain kernel=6.1 limit=300 memory=1024 out='' append='' leaks='' planted=''
modules=() environment=()
while getopts c:k:t:m:o:M:e:a:lp opt; do
	case $opt in
	c) config=$OPTARG ;;
	k) kernel=$OPTARG ;;
	t) limit=$OPTARG ;;
	m) memory=$OPTARG ;;
	o) out=$OPTARG ;;
	M) modules+=("$OPTARG") ;;
	e) environment+=("$OPTARG") ;;
	a) append=$OPTARG ;;
	l) leaks=1 ;;
	p) planted=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage
dir=$("$here/kernel.sh" "$config" "$kernel")
read -r release <"$dir/release"

pid='' run='' signal=
# shellcheck disable=SC2317 # called by the trap
finish() {
	# With unshare all processes in its namespace end. Without, UML ends its own.
	[ -z "$pid" ] || { kill "-$signal" "$pid" && wait "$pid"; } 2>/dev/null || true
	[ -z "$run" ] || rm -rf "$run"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Below the cache, so that the guest sees it at the same path: /run is something
# else there.
mkdir -p "$NTLM_CACHE/run"
find "$NTLM_CACHE/run" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} +
run=$(mktemp -d "$NTLM_CACHE/run/XXXXXX")
[ -n "$out" ] || out=$run/out
mkdir -p "$out"
out=$(realpath "$out")
rm -rf "$out"/{.lab,dmesg,console.log,kmemleak}
mkdir "$out/.lab"

quote() { # in POSIX words, for the guest's shell
	local a
	for a; do
		printf " '%s'" "${a//\'/\'\\\'\'}"
	done
}
{
	for e in "NTLM_LAB=$config" "${environment[@]}"; do
		[[ $e =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || die "-e wants NAME=VALUE, not '$e'"
		printf 'export %s=%s\n' "${e%%=*}" "$(quote "${e#*=}")" | sed 's/= /=/'
	done
	printf 'cd%s || exit 125\nset --%s\n' "$(quote "$PWD")" "$(quote "$@")"
} >"$out/.lab/command"
install -m 755 "$here/guest-init.sh" "$out/.lab/init"
cp "$here/guest-main.sh" "$out/.lab/main"
[ -z "$leaks" ] || : >"$out/.lab/leaks"

tree=$dir/root/lib/modules/$release
if [ ${#modules[@]} -gt 0 ]; then
	tree=$run/lib/modules/$release
	mkdir -p "$tree/updates"
	ln -s "$dir/root/lib/modules/$release/kernel" "$tree/kernel"
	ln -s "$dir/root/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$tree/"
	mapfile -t kos < <(find "${modules[@]}" -name '*.ko')
	[ ${#kos[@]} -gt 0 ] || die "no .ko below ${modules[*]}"
	cp -t "$tree/updates" "${kos[@]}"
	depmod -b "$run" "$release"
fi
printf 'mkdir -p %s && mount --bind%s %s\n' "/lib/modules/$release" "$(quote "$tree")" "/lib/modules/$release" >"$out/.lab/modules"

# The guest's memory is a file, which a disk would make slow.
memory_in=$run
[ "$(df --output=avail -m /dev/shm 2>/dev/null | tail -n 1)" -lt "$((memory + 64))" ] || memory_in=/dev/shm
# Pipes: what is behind them may be a file, for which UML cannot wait.
exec {sink}> >(exec cat)
readers=($!)
exec {console}> >(exec cat >"$out/console.log")
readers+=($!)
confined=() signal=TERM
if [ "$(id -u)" = 0 ]; then
	confined=(unshare --mount --pid --fork --kill-child --mount-proc --propagation private
		"$here/confine.sh" "$run" "$out" --)
	signal=KILL
fi
# shellcheck disable=SC2086 # words
TMPDIR=$memory_in "${confined[@]}" timeout --foreground -k 5 "$limit" "$dir/linux" "mem=${memory}M" "umid=lab$$" "uml_dir=$run" \
	root=/dev/root rootfstype=hostfs rootflags=/ ro "init=$out/.lab/init" \
	noreboot con=null "con0=null,fd:$console" "con1=null,fd:$sink" loglevel=7 panic=-1 $append \
	</dev/null >"$out/.lab/linux.log" 2>&1 &
pid=$!
exec {sink}>&- {console}>&-
code=0
wait "$pid" || code=$?
pid=''
wait "${readers[@]}" || true

logs=()
for f in "$out"/{console.log,dmesg,kmemleak}; do
	[ ! -s "$f" ] || logs+=("$f")
done
bad='' died='' status=''
if [ ${#logs[@]} -gt 0 ]; then
	bad=$(complaints "${logs[@]}" || true)
	died=$(deaths "${logs[@]}" || true)
fi
[ ! -s "$out/.lab/status" ] || read -r status <"$out/.lab/status"
if [ -z "$planted" ] && [ -n "$bad$died" ]; then
	msg "the kernel ($release, $config) complained:"
	printf '%s\n' "$bad" "$died" | sed -n '/./s/^/  /p' | head -n 40 >&2 || true
	for f in "${logs[@]}"; do
		[ "$f" = "$out/console.log" ] && [ -s "$out/dmesg" ] && continue
		msg "in ${f##*/}, from the first complaint:"
		report "$f" | head -n 60 >&2 || true
	done
	[ -z "$status" ] || msg "the command's own status was $status"
	[ -n "$bad" ] || [ -n "$status" ] || exit 125
	exit 126
fi
[ -z "$status" ] || exit "$status"
if [ "$code" = 124 ] || [ "$code" = 137 ]; then
	msg "no end after $limit s"
	exit 124
fi
msg "the kernel ended without a report (status $code); the end of its console:"
tail -n 20 "$out/.lab/linux.log" >&2
tail -n 40 "$out/console.log" | tr -d '\r' >&2
exit 125
