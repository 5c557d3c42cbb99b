#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No secret in the kernel: run on the host as root, under the kernel in KERNEL. TAP.
#
# A guest mounts shares of a Samba outside of it, through ntlmd. All of its memory
# is written down and searched: while the shares are in use, and after the end of
# mounts and of ntlmd. Then the same with the stock client and a password, and with
# secrets that were planted: these have to be found.
#
# NTLM_MODULES, NTLM_BIN: modules and programs that are there already
# KEEP: a directory that gets all files of the run, secrets included
set -u
cd "$(dirname "$(realpath "$0")")/../.." || exit
. selftests/lib/tap.sh
top=$PWD
suite=$top/selftests/smb-secrets
: "${KERNEL:?}"
modules=${NTLM_MODULES:-$top/build/$KERNEL}
programs=${NTLM_BIN:-$top/build/host}

give_up() {
	echo "Bail out! $*"
	for f in "$work"/{samba,vm.log,out/ntlmd.log,*.places,samba.d/log.127.0.0.1}; do
		[ ! -e "$f" ] || tail -n 40 "$f" | sed "s|^|# ${f##*/}: |"
	done
	exit 1
}

# --- build, then a place of our own ------------------------------------------

if [ "${1:-}" != --inside ]; then
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	{
		{ [ -n "${NTLM_MODULES:-}" ] || { tools/build/module.sh "$KERNEL" && tools/build/smb.sh "$KERNEL"; }; } &&
			{ [ -n "${NTLM_BIN:-}" ] || { make -C helper "O=$programs" && make -C tools/ntlmctl "O=$programs"; }; } &&
			make -C "$suite" "O=$programs" && tools/vm/prep.sh "$KERNEL"
	} >"$log" 2>&1 || {
		tail -n 30 "$log" | sed 's/^/# /'
		echo "Bail out! it does not build"
		exit 1
	}
	# No network but loopback, and nothing is left running at the end.
	unshare --mount --net --pid --fork --kill-child --mount-proc \
		bash "$suite/run.sh" --inside
	exit
fi
# What follows writes to /etc/passwd and starts a server: not where others are.
[ "$$" = 1 ] || {
	echo "Bail out! --inside is for this script alone"
	exit 1
}
work=$(mktemp -d)
# shellcheck disable=SC2317 # called by the trap
finish() {
	[ -z "${KEEP:-}" ] || cp -r "$work/." "$KEEP"
	umount -l "$work"
	rmdir "$work"
}
trap finish EXIT
mount -t tmpfs -o mode=711 none "$work" || exit
out=$work/out
mkdir "$out" "$work"/{varlog,image}
cp /etc/passwd "$work/passwd"
mount --bind "$work/passwd" /etc/passwd && mount --bind "$work/varlog" /var/log &&
	ip link set lo up || give_up "no network or no files of our own"

# --- the server, and the secrets -----------------------------------------------

. selftests/lib/samba.sh
word() { LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c "$1"; }

server=$work/samba.d
# shellcheck disable=SC2034 # of samba.sh
SAMBA_LOG='1 auth_audit:3'
# shellcheck disable=SC2034 # of samba.sh
SAMBA_GLOBAL='  debug encryption = yes' SAMBA_USER=carol SAMBA_PASSWORD=$(word 24)
SAMBA_ALONE=1 samba_start "$server" files >"$work/samba" 2>&1 || give_up "no Samba"

uid=4720
account() { # USER PASSWORD: in Samba; what to search for goes into USER.secrets
	local hash
	[ "$1" = carol ] || {
		uid=$((uid + 1))
		echo "$1:x:$uid:65534::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
		printf '%s\n%s\n' "$2" "$2" |
			smbpasswd -c "$server/smb.conf" -s -a "$1" >>"$work/samba" 2>&1
	}
	hash=$(pdbedit -s "$server/smb.conf" -Lw "$1" | cut -d: -f4)
	"$suite/known.py" account "$1" "$SAMBA_DOMAIN" "$2" "$hash" >"$work/$1.secrets" &&
		[ -s "$work/$1.secrets" ] || give_up "no account $1"
	printf '%s\n' "$hash" >"$work/$1.hash"
}
alice=$(word 24)
account alice "$alice"
account bob "$(word 24)"
account carol "$SAMBA_PASSWORD"
dave=$(word 24)
account dave "$dave"

section() { # USER LINE
	printf '[%s]\nuid = 0\ntarget = cifs/fileserver\nuser = %s\ndomain = %s\n%s\n' \
		"$1" "$1" "$SAMBA_DOMAIN" "$2"
}
tree=$work/tree/credentials.d
mkdir -p "$tree"
section alice "password = $alice" >"$tree/alice.conf"
section bob "nt-hash = $(cat "$work/bob.hash")" >"$tree/bob.conf"
chown -R 0:4712 "$tree"
chmod 750 "$tree"
chmod 640 "$tree"/*
# Dave logs in with ntlmctl; this is what he types.
printf '%s\n' "$dave" >"$work/tree/typed"
mkfs.ext4 -q -b 4096 -d "$work/tree" "$work/disk" 16M >>"$work/samba" 2>&1 ||
	give_up "no file system"

# --- the guest, and what it asks for ---------------------------------------------

tcpdump -i lo -s 0 -U -w "$work/wire" tcp port 445 2>"$work/tcpdump" &
tcpdump=$!
for ((i = 0; i < 100; i++)); do
	grep -q 'listening on' "$work/tcpdump" && break
	sleep 0.1
done
tools/vm/run.sh -k "$KERNEL" -m 512 -t 240 -o "$out" -M "$modules" -d "$work/disk" -n \
	-q "$work/qmp" -e "NTLM_BIN=$programs" -- bash "$suite/guest.sh" >"$work/vm.log" 2>&1 &
vm=$!

await() { # WHAT
	until [ -e "$out/$1.ready" ]; do
		kill -0 $vm 2>/dev/null || give_up "the guest ended before: $1"
		sleep 0.1
	done
}
go_on() { : >"$out/$1.done"; }

# Writes memory down while the guest waits, and judges it while it goes on.
look() { # WHAT SECRETS...
	await "$1"
	"$suite/ram.py" "$work/qmp" "$work/image/$1" || give_up "no image of memory"
	go_on "$1"
	cat "${@:2}" >"$work/known"
	"$suite/judge.py" "$programs/memory_search" "$work/image/$1" "$out/$1.pages" \
		"$work/known" "$(cat "$out/$1.helper")" >"$work/$1.found" 2>"$work/$1.places" ||
		give_up "no search: $1"
	[ -n "${KEEP:-}" ] || rm "$work/image/$1"
}

# Is one of these secrets in such a page?
is_found() { # NAME WHAT SECRETS WHOSE KIND, patterns
	grep -qxE "($3) ($4) ($5) [0-9]+" "$work/$2.found"
	result $? "$1"
}
is_absent() { # NAME WHAT SECRETS WHOSE
	local status=0
	! grep -qxE "($3) ($4) [a-z]+ [0-9]+" "$work/$2.found" || status=1
	result $status "$1"
	[ $status = 0 ] || grep -E "^($3) .*: ($4)'s, " "$work/$2.places" | sed 's/^/# /'
}

await cut
for pid in $(ss -Htnp state established '( sport = :445 )' | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u); do
	[ "$pid" = "$(cat "$server/pid/smbd.pid")" ] || kill "$pid"
done
go_on cut
await live
kill "$tcpdump"
wait "$tcpdump"
"$suite/known.py" sessions "$work/wire" "$work"/{alice,bob,dave}.secrets >"$work/sessions" &&
	"$suite/known.py" derived "$server"/log.* >"$work/derived" || give_up "no session keys"
sed 's/^/# live: /' "$out/contexts"
look live "$work"/{alice,bob,dave}.secrets "$work"/{sessions,derived}
printf 'username=carol,password=%s,domain=%s' "$SAMBA_PASSWORD" "$SAMBA_DOMAIN" >"$out/stock"
look after "$work"/{alice,bob,dave}.secrets "$work"/{sessions,derived}
look control "$work/carol.secrets" "$out/planted"
status=0
wait $vm || status=$?

# --- the verdict -------------------------------------------------------------------

keys='[a-z]+-key'
for f in live after control; do
	sed "s/^/# $f: /" "$work/$f.found"
done
result "$status" guest-ends-well
# Three mounts that reconnected once; Samba tells the keys of the encrypted one.
result "$([ "$(grep -c '^exported-key' "$work/sessions")" = 6 ] &&
	[ "$(grep -c '^session-key' "$work/derived")" -ge 2 ]; echo $?)" session-keys-are-known
status=1
for key in $(sed -n 's/^session-key //p' "$work/derived"); do
	grep -qx "exported-key $key" "$work/sessions"
	status=$?
	[ $status = 0 ] || break
done
result $status session-keys-are-those-that-samba-says
is_found live-nt-hash-is-in-the-helper live nt-hash helper anonymous
is_found live-session-key-is-in-the-kernel live exported-key other slab
is_absent live-no-password-outside-the-helper live 'password-.*' other
is_absent live-no-password-in-the-helper-either live 'password-.*' helper
is_absent live-no-nt-hash-outside-the-helper live 'nt-hash.*' other
is_absent live-no-ntowfv2-outside-the-helper live ntowfv2 other
is_absent live-no-session-base-key-outside-the-helper live base-key other
is_absent after-no-password after 'password-.*' 'helper|other'
is_absent after-no-nt-hash after 'nt-hash.*' 'helper|other'
is_absent after-no-ntowfv2 after ntowfv2 'helper|other'
is_absent after-no-session-key after "$keys" 'helper|other'
is_found control-stock-client-has-the-password control password-utf8 other slab
is_found control-secret-of-a-key-is-found control slab other slab
is_found control-secret-in-the-page-cache-is-found control cache other cache
is_found control-secret-in-freed-memory-is-found control free other 'free|kernel'
is_found control-secret-of-another-process-is-found control other other anonymous
grep -q "^other .* mapped by $(cat "$out/plant") (memory_plant)" "$work/control.places"
result $? control-says-which-process-has-it
tap_done
