# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Runs with chroot in the root directory before it is booted: what the README
# tells an administrator to do, and the server's accounts.

systemd-sysusers
systemd-tmpfiles --create /usr/lib/tmpfiles.d/ntlmd.conf
systemctl enable ntlmd ntlmd-winbind.socket

for user in fileuser alice bob carol; do
	useradd --no-create-home --shell /bin/sh "$user"
done
mkdir -p /srv/files /srv/helper /srv/team /srv/plain /srv/auto /srv/alice /srv/taken /var/export/files /var/export/team
chown alice /srv/alice
chown bob /srv/taken
chmod 1777 /var/export/team
dd if=/dev/urandom of=/var/export/files/data bs=4096 count=257 status=none
sha256sum </var/export/files/data >/root/data.sum

# carol has an account on the server and no credential here.
password() { echo "B00t-$1-Passw0rd"; }
for user in fileuser alice bob carol; do
	printf '%s\n%s\n' "$(password $user)" "$(password $user)" | smbpasswd -s -a $user
done
cd /etc/ntlmd/credentials.d || exit
for user in fileuser:root alice:alice bob:bob; do
	install -o root -g ntlmd -m 0640 /dev/null "${user%:*}.conf"
	cat >"${user%:*}.conf" <<-C
		[${user%:*}]
		uid = ${user#*:}
		target = cifs/files.example.com
		user = ${user%:*}
		domain = BOOTTEST
		password = $(password "${user%:*}")
	C
done
ntlmd --check-config
