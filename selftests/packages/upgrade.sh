#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In the guest: the first mount; an upgrade under a live mount; purge; installed again.
#
# upgrade.sh VERSION: /vmout/new holds the packages of that version, and what DKMS
# makes of them for this kernel, for a compiler would take long here.
set -u
. /vmout/guest.sh
new=$1
old=$(dpkg-query -W -f='${Version}' ntlmd)
release=$(uname -r)

is first-boot-is-running running "$(systemctl is-system-running --wait)"
is_ours first-boot-has-our-modules
mounted first-mount-is-from-fstab /srv/team

pid() { systemctl show --value -p MainPID ntlmd; }
has_login() { # NAME: is what carol stored still there, and good for a logon?
	quiet as_carol ntlmctl list && grep -q files.example.com /tmp/out &&
		mount -t ntlm -o cruid=carol,username=carol //files.example.com/files /mnt &&
		[ "$(cat /mnt/data)" = here ] && umount /mnt
	result $? "$1"
}
echo P4ck-carol-Passw0rd | as_carol ntlmctl login --stdin -u carol -d BOOTTEST files.example.com
has_login user-logs-in

# Writes a line every 50 ms until it is told to stop; leaves how many it wrote.
writer() {
	local n=0
	exec 3>/srv/team/log || return
	while [ ! -e /run/stop-writing ]; do
		n=$((n + 1))
		echo "line $n" >&3 || return
		sleep 0.05
	done
	exec 3>&-
	echo $n >/run/written
}
reconnects() { awk '/share reconnects/ { print $1, $(NF - 2) }' /proc/fs/cifs/Stats; }

# prebuilt: what "dkms build" has made on the host, where it is looked for
prebuilt() {
	mkdir -p /usr/share/ntlm-dkms
	cp "/vmout/new/ntlm-$new.dkms.tar.gz" /usr/share/ntlm-dkms/
	tar -C /var/lib/dkms -xzf /vmout/new/ntlm-cifs.tar.gz
}
unprebuilt() { rm -r /usr/share/ntlm-dkms; }

was=$(pid) before=$(reconnects)
writer &
sleep 1
prebuilt
quiet dpkg -i /vmout/new/*.deb
result $? upgrade-installs
unprebuilt
sleep 1
touch /run/stop-writing
wait $!
result $? upgrade-lets-the-writer-write
is upgrade-loses-no-line "$(seq -f 'line %.0f' "$(cat /run/written)" | sha256sum)" "$(sha256sum </var/export/team/log)"
echo "# $(cat /run/written) lines"
is upgrade-does-not-reconnect "$before" "$(reconnects)"
is upgrade-restarts-the-daemon active "$(systemctl show --value -p ActiveState ntlmd)"
[ "$(pid)" != "$was" ] && [ "$(pid)" != 0 ]
result $? upgrade-runs-another-daemon
is upgrade-runs-the-new-daemon "$new" "$("/proc/$(pid)/exe" --version | awk '{ print $NF }')"
has_login upgrade-keeps-logins
is upgrade-leaves-loaded-modules "$old" "$(cat /sys/module/ntlm/version)"
is upgrade-has-modules-for-the-next-boot "$new $new" "$(modinfo -F version ntlm) $(modinfo -F ntlm_version cifs)"
is upgrade-leaves-one-version-in-dkms "ntlm-cifs/$new, $release, x86_64: installed ntlm/$new, $release, x86_64: installed" \
	"$(dkms status | paste -sd' ')"
mounted upgrade-keeps-the-mount /srv/team

# --- everything goes ----------------------------------------------------------

packages="ntlm-cifs-dkms ntlm-dkms ntlmd-winbind ntlmd ntlm-tools libntlm-kernel-dev"
# shellcheck disable=SC2086 # a list of words
quiet dpkg --purge $packages
result $? purge-under-a-live-mount-succeeds
echo still >/srv/team/still
is purge-leaves-the-live-mount still "$(cat /var/export/team/still)"
grep -q 'in use, so it stays loaded' /tmp/out
result $? purge-says-that-modules-stay
umount /srv/team
# What a reboot would do
for ((i = 0; i < 50; i++)); do
	rmmod cifs 2>/dev/null && break
	sleep 0.2
done
rmmod ntlm
sh /vmout/files.sh >/tmp/after
diff /root/before /tmp/after >/tmp/diff
is purge-leaves-no-file-and-no-user '' "$(cat /tmp/diff)"
is purge-leaves-no-unit '' "$(systemctl list-unit-files --no-legend 'ntlm*'; systemctl list-units --all --no-legend 'ntlm*')"
is purge-leaves-no-package '' "$(dpkg-query -W -f='${Package} ${db:Status-Abbrev}\n' 2>/dev/null | grep ntlm-)"
is purge-leaves-no-process '' "$(cat /proc/[0-9]*/comm 2>/dev/null | grep ntlm)"
is purge-leaves-the-stock-client "/lib/modules/$release/kernel/cifs.ko" "$(modinfo -n cifs)"

# --- and comes again -----------------------------------------------------------

prebuilt
quiet dpkg -i /vmout/new/*.deb
result $? reinstall-installs
unprebuilt
is reinstall-starts-the-daemon active "$(systemctl show --value -p ActiveState ntlmd)"
is_ours reinstall-has-our-modules
sh /vmout/credential.sh
mount /srv/team
mounted reinstall-mounts /srv/team
# Without mounts modules go, too
umount /srv/team
# shellcheck disable=SC2086 # a list of words
quiet dpkg --purge $packages
is purge-without-mounts-unloads-the-modules '' "$(ls -d /sys/module/{cifs,ntlm} 2>/dev/null)"
sh /vmout/files.sh >/tmp/after
is second-purge-leaves-no-file-and-no-user '' "$(diff /root/before /tmp/after)"
is still-running running "$(systemctl is-system-running)"
exit "$failed"
