# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the guests have in common. To be sourced; the plan is added by run.sh.
failed=0

result() { # STATUS NAME
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		# shellcheck disable=SC2034 # of those who source this
		failed=1
	fi
}

# is NAME WANT GOT...: are the words the same?
is() {
	local name=$1 want=$2
	shift 2
	[ "$*" = "$want" ] || echo "# $name: wanted \"$want\", got \"$*\""
	[ "$*" = "$want" ]
	result $? "$name"
}

# quiet CMD...: its output is in /tmp/out
quiet() {
	local status
	"$@" >/tmp/out 2>&1
	status=$?
	sed 's/^/# /' /tmp/out
	return "$status"
}

as_carol() { setpriv --reuid carol --regid carol --init-groups -- "$@"; }

is_ours() { # NAME: are modprobe's ntlm and cifs those of the packages?
	local want
	want=/lib/modules/$(uname -r)/updates/dkms
	is "$1" "$want/ntlm.ko $want/cifs.ko" "$(modinfo -n ntlm cifs | sed "s/\.xz$//" | paste -sd" ")"
}

mounted() { # NAME DIR: with the logon of ntlmd, and usable?
	grep " $2 cifs " /proc/mounts | sed 's/^/# /'
	grep " $2 cifs " /proc/mounts | grep -q sec=ntlmssp && [ -e /sys/module/cifs/parameters/ntlm_overlay ] &&
		echo "$1" >"$2/$1" && [ "$(cat "/var/export/team/$1")" = "$1" ]
	result $? "$1"
}
