#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# options.sh MOUNT_NTLM: mount.ntlm, built with sanitizers, reads options of all
# kinds and mounts nothing (-f); what it says when something else fails. As root.
# Prints what went wrong; exit status 0 if nothing.
set -u
program=$1 failed=0
export ASAN_OPTIONS=abort_on_error=0:exitcode=99 UBSAN_OPTIONS=exitcode=99

try() { # STATUS OPTIONS [SOURCE]
	local text status
	text=$("$program" "${3-//127.0.0.1/share}" /mnt -fnv -o "$2" 2>&1 </dev/null)
	status=$?
	if [ "$status" = 99 ] || [[ $text == *Sanitizer* || $text == *"runtime error"* ]] ||
		{ [ "$1" != any ] && [ "$status" != "$1" ]; }; then
		printf '%s: status %s\n%s\n' "$2" "$status" "$text"
		failed=1
	fi
	if [[ $text == *Hush* ]]; then
		printf '%s: told: %s\n' "$2" "$text"
		failed=1
	fi
}

for o in '' ',' ',,' ro rw,noatime _netdev,nofail username=alice user=alice,domain=D user users,noauto \
	uid=root,gid=root,cruid=0 forceuid 'x-systemd.automount,x-a=b' ip=127.0.0.1 addr=::1 \
	vers=3.1.1,seal,multichannel,max_channels=2 sec=ntlmssp sec=ntlmsspi sec=ntlmssp,sec=ntlmssp \
	uid=4294967294 remount,ro; do
	try 0 "$o"
done
for o in password=Hush,ro PASSWORD=Hush pass=Hush Pass=Hush password2=Hush password password= pass \
	credentials=/Hush cred=/Hush username=alice%Hush user=a%Hush username= guest sec= sec sec=krb5 \
	sec=ntlmv2 sec=none sec=ntlmssp,sec=none vers=1.0 uid uid= uid=Hush cruid=Hush uid=-1 uid=4294967295 \
	uid=99999999999999999999 uid=0x10 'username=D\a' username=D/a unc=//a/b source=//a/b ip= ip; do
	try 1 "$o"
done
for s in / // /// //a //a/ ///b //a//b a:/b '' "//$(printf '%0300d' 0)/s" '\\a\b'; do
	try 32 ro "$s"
done
# says STATUS TEXT COMMAND...: one line with the text, and this exit status
says() {
	local want=$1 needle=$2 text status
	shift 2
	text=$("$@" 2>&1 </dev/null)
	status=$?
	[ "$status" = "$want" ] && [ "$(wc -l <<<"$text")" = 1 ] && [[ $text == *"$needle"* ]] && return
	printf '%s: status %s\n%s\n' "$*" "$status" "$text"
	failed=1
}

says 32 'no address of nowhere.invalid' "$program" //127.0.0.1/share /mnt -fn -o ip=nowhere.invalid
says 32 'no address of nowhere.invalid' "$program" //nowhere.invalid/share /mnt -fn
# Mounted, so to speak, but not noted: no file can be made where a directory is.
# shellcheck disable=SC2016 # for the inner shell
says 16 'filesystem was mounted' unshare -m --propagation private \
	sh -c 'mount -t tmpfs tmpfs /run && mkdir -p /run/mount/utab.lock && exec "$0" //127.0.0.1/share /mnt -f -o x-a=b' "$program"
work=$(mktemp -d)
cc -shared -fPIC -x c -o "$work/full.so" - <<'END' || failed=1
#include <errno.h>
int mnt_optstr_append_option(char **optstr, const char *name, const char *value);
int mnt_optstr_append_option(char **optstr, const char *name, const char *value)
{
	(void)optstr;
	(void)name;
	(void)value;
	return -ENOMEM;
}
END
says 2 'mount.ntlm: out of memory' env "ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0" \
	"LD_PRELOAD=$work/full.so" "$program" //127.0.0.1/share /mnt -fn
rm -rf "$work"
RANDOM=${SEED:=$$}
echo "# SEED=$SEED"
words=(password user username sec vers uid cruid ip ',' '=' '"' "'" '\' '%' '@' '//' '-1' "$(printf '%0600d' 7)"
	$'\xff' $'\n' ntlmssp ro remount x-a)
for ((i = 0; i < 200; i++)); do
	o=
	for ((j = RANDOM % 7; j >= 0; j--)); do
		o+=${words[RANDOM % ${#words[@]}]}
	done
	try any "$o"
done
exit "$failed"
