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
# shellcheck source=SCRIPTDIR/../vm/guest.sh
. "$here/../vm/guest.sh"

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

export in_lab=1
run_directory .lab
environment=("NTLM_LAB=$config" "${environment[@]}")
command_file "$PWD" "$@"
install -m 755 "$here/guest-init.sh" "$state/init"
cp "$here/guest-main.sh" "$state/main"
[ -z "$leaks" ] || : >"$state/leaks"
modules_tree "$dir/root" "$release"
modules_mount "$release"

# The guest's memory is a file, which a disk would make slow.
memory_in=$run
free=$(df --output=avail -m /dev/shm 2>/dev/null | tail -n 1) || free=0
[ "${free:-0}" -lt "$((memory + 64))" ] || memory_in=/dev/shm
# Pipes: what is behind them may be a file, for which UML cannot wait.
exec {sink}> >(exec cat)
readers=($!)
exec {console}> >(exec cat >"$out/console.log")
readers+=($!)
confined=()
if [ "$(id -u)" = 0 ]; then
	confined=(unshare --mount --pid --fork --kill-child --mount-proc --propagation private
		"$here/confine.sh" "$run" "$out" --)
	# With unshare all processes in its namespace end. Without, UML ends its own.
	signal=KILL
fi
# shellcheck disable=SC2086 # words
TMPDIR=$memory_in "${confined[@]}" timeout --foreground -k 5 "$limit" "$dir/linux" "mem=${memory}M" "umid=lab$$" "uml_dir=$run" \
	root=/dev/root rootfstype=hostfs rootflags=/ ro "init=$state/init" \
	noreboot con=null "con0=null,fd:$console" "con1=null,fd:$sink" loglevel=7 panic=-1 $append \
	</dev/null >"$state/linux.log" 2>&1 &
pid=$!
exec {sink}>&- {console}>&-
code=0
wait "$pid" || code=$?
pid=''
wait "${readers[@]}" || true

verdict "$release, $config" "$code" "$state/linux.log"
