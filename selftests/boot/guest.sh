#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs as a service when the boot is finished. TAP, without the plan: run.sh
# adds tests about the shutdown.
set -u
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$(dirname "$0")/tap.sh"

# property UNIT NAME: of systemctl show
property() { systemctl show --value -p "$2" "$1"; }

# before NAME UNIT UNIT PROPERTY: was the first active before the other's PROPERTY?
before() {
	local first second
	first=$(property "$2" ActiveEnterTimestampMonotonic)
	second=$(property "$3" "$4")
	echo "# $2 was active at $first us, $3 had $4 at $second us"
	[ "$first" -gt 0 ] && [ "$second" -gt 0 ] && [ "$first" -le "$second" ]
	result $? "$1"
}

as() { # USER CMD...
	local user=$1
	shift
	setpriv --reuid "$user" --regid "$user" --init-groups -- "$@"
}

# --- the boot ---------------------------------------------------------------

is system-is-running running "$(systemctl is-system-running --wait)"
is no-unit-failed '' "$(systemctl list-units --failed --plain --no-legend)"
is default-target-is-reached active "$(property default.target ActiveState)"
echo "# $(systemd-analyze 2>&1 | head -n 1)"

for m in ntlm cifs; do
	file=$(modinfo -n "$m")
	case $file in
	*/updates/*) result 0 "modinfo-names-our-$m" ;;
	*)
		echo "# $file"
		result 1 "modinfo-names-our-$m"
		;;
	esac
	# out of tree; stock modules have no taint
	is "our-$m-is-loaded" O "$(grep -o O "/sys/module/$m/taint")"
done
is module-needs-no-modules-load '' "$(grep -rls ntlm /etc/modules /etc/modules-load.d /usr/lib/modules-load.d)"

# --- what is in fstab --------------------------------------------------------

mounted() { # NAME DIR OPTION
	local line
	line=$(grep " $2 cifs " /proc/mounts)
	echo "# $line"
	[[ $line == *" $2 cifs "*"$3"* ]]
	result $? "$1"
}

reads() { # NAME DIR
	is "$1" "$(cat /root/data.sum)" "$(sha256sum <"$2/data")"
}

mounted share-of-type-cifs-is-mounted /srv/files sec=ntlmssp
reads share-of-type-cifs-has-the-file /srv/files
mounted share-of-type-ntlm-is-mounted /srv/helper sec=ntlmssp
reads share-of-type-ntlm-has-the-file /srv/helper
is noauto-is-not-mounted '' "$(grep -E ' /srv/(team|plain) ' /proc/mounts)"
is automount-waits 'autofs' "$(sed -n 's,^[^ ]* /srv/auto \([^ ]*\) .*,\1,p' /proc/mounts)"
before ntlmd-is-ready-before-the-mount ntlmd.service srv-files.mount InactiveExitTimestampMonotonic
before ntlmd-is-ready-before-remote-fs-pre ntlmd.service remote-fs-pre.target ActiveEnterTimestampMonotonic
before ntlmd-is-ready-before-the-ntlm-mount ntlmd.service srv-helper.mount InactiveExitTimestampMonotonic
before server-is-ready-before-the-mount smbd.service srv-files.mount InactiveExitTimestampMonotonic
mount -a
is mount-a-changes-nothing 2 "$(grep -cE ' /srv/(files|helper) cifs ' /proc/mounts)"

# --- the service --------------------------------------------------------------

pid=$(property ntlmd MainPID)
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status" | tr '\t' ' '; }
id=$(id -u ntlmd)
is runs-as-the-user-of-sysusers "$id $id $id $id" "$(status Uid)"
is keeps-net-admin-only '0000000000001000 0000000000001000' "$(status CapPrm) $(status CapEff)"
is cannot-gain-capabilities '0000000000000000' "$(status CapAmb)"
case $(status CapBnd) in
0000000000001000 | 0000000000000000) result 0 bounding-set-is-net-admin ;;
*) result 1 bounding-set-is-net-admin ;;
esac
is has-no-new-privileges 1 "$(status NoNewPrivs)"
is filters-system-calls 2 "$(status Seccomp)"
is credentials-directory-of-tmpfiles 'root ntlmd 750' "$(stat -c '%U %G %a' /etc/ntlmd/credentials.d)"
is has-a-runtime-directory 'ntlmd ntlmd 755' "$(stat -c '%U %G %a' /run/ntlmd)"
is has-a-socket-for-everybody 'ntlmd 666 socket' "$(stat -c '%U %a %F' /run/ntlmd/control)"
# Mounts that came later follow from the host, with rights that it has not.
writes=$(awk '$4 ~ /(^|,)rw(,|$)/ && $3 !~ /^(proc|cgroup2|mqueue|devpts)$/ { print $2 }' "/proc/$pid/mounts" |
	grep -vE '^/(run/ntlmd|dev(/.*)?|srv/.*)$' | paste -sd' ')
is writes-nowhere-else '' "$writes"

systemd-analyze security --no-pager ntlmd >/tmp/security 2>&1
grep -E '^✗|Overall' /tmp/security | sed 's/^/# /'
exposure=$(sed -n 's/.*Overall exposure level for ntlmd.service: \([0-9.]*\).*/\1/p' /tmp/security)
awk -v e="$exposure" 'BEGIN { exit !(e != "" && e <= 1.6) }'
result $? exposure-is-at-most-1.6
systemd-analyze --man=no verify /usr/lib/systemd/system/ntlmd.service >/tmp/verify 2>&1
is unit-is-verified '' "$(grep ntlmd /tmp/verify)"

# --- the program that asks winbind ----------------------------------------------

is winbind-socket-listens listening "$(property ntlmd-winbind.socket SubState)"
is winbind-socket-is-for-ntlmd 'root ntlmd 660' "$(stat -c '%U %G %a' /run/ntlmd-winbind/socket)"
is winbind-program-waits-for-requests inactive "$(property ntlmd-winbind.service ActiveState)"
systemctl start ntlmd-winbind.service
# When it has all that it needs, it waits for requests.
for ((i = 0; i < 300; i++)); do
	waits=$(grep -o -m 1 poll "/proc/$(property ntlmd-winbind.service MainPID)/wchan" 2>/dev/null | head -n 1)
	[ -z "$waits" ] && [ "$(property ntlmd-winbind.service ActiveState)" = active ] || break
	sleep 0.1
done
is winbind-program-runs-in-its-sandbox 'active poll' "$(property ntlmd-winbind.service ActiveState) $waits"
journalctl -u ntlmd-winbind -o cat --no-pager | tail -n 5 | sed 's/^/# /'
pid=$(property ntlmd-winbind.service MainPID)
is winbind-program-may-become-the-user 00000000000000c0 "$(awk '/^CapBnd/ { print $2 }' "/proc/$pid/status")"
systemd-analyze security --no-pager ntlmd-winbind >/tmp/security 2>&1
exposure=$(sed -n 's/.*Overall exposure level for ntlmd-winbind.service: \([0-9.]*\).*/\1/p' /tmp/security)
awk -v e="$exposure" 'BEGIN { exit !(e != "" && e <= 1.5) }'
result $? winbind-exposure-is-at-most-1.5
systemd-analyze --man=no verify /usr/lib/systemd/system/ntlmd-winbind.{service,socket} >/tmp/verify 2>&1
is winbind-units-are-verified '' "$(grep ntlmd /tmp/verify)"
systemctl stop ntlmd-winbind.service

# --- several users -------------------------------------------------------------

# writes_as NAME USER DIR: does the server see the user behind what he writes?
written=0
writes_as() {
	local file
	written=$((written + 1))
	file=by-$2-$written
	as "$2" sh -c "echo mine >'$3/$file'" || echo "# $2 cannot write"
	is "$1" "$2" "$(stat -c %U "/var/export/team/$file" 2>&1)"
}

# quickly NAME CMD...: does it fail, and before anything in the kernel runs into
# a limit of its own? (0.1 s where nothing else runs)
quickly() {
	local name=$1 start=$EPOCHREALTIME took
	shift
	"$@" >/tmp/out 2>&1
	local status=$?
	took=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
	sed 's/^/# /' /tmp/out
	echo "# failed with $status after $took s"
	[ "$status" != 0 ] && awk -v t="$took" 'BEGIN { exit !(t < 30) }'
	result $? "$name"
}

mount /srv/team
mounted noauto-of-type-ntlm-mounts-by-hand /srv/team multiuser
writes_as multiuser-writes-as-alice alice /srv/team
writes_as multiuser-writes-as-bob bob /srv/team
quickly user-without-credential-fails-quickly as carol ls /srv/team
writes_as others-go-on alice /srv/team
login() { echo B00t-carol-Passw0rd | as carol ntlmctl login --stdin -u carol -d BOOTTEST files.example.com; }
login
result $? user-logs-in
# The kernel remembers for a second that a user was refused.
sleep 2
writes_as login-is-used carol /srv/team
mount /srv/plain
mounted noauto-of-type-cifs-mounts-by-hand /srv/plain multiuser
writes_as multiuser-of-type-cifs-writes-as-bob bob /srv/plain
writes_as automount-for-its-first-user bob /srv/auto
writes_as automount-for-its-second-user alice /srv/auto
mounted automount-is-mounted /srv/auto multiuser
mount -o remount,ro /srv/helper
is type-ntlm-remounts-read-only ro "$(sed -n 's,^[^ ]* /srv/helper cifs \(r[ow]\).*,\1,p' /proc/mounts)"
reads read-only-has-the-file /srv/helper
grep -q '^SRC=//files.example.com/files .*TARGET=/srv/helper .*OPTS=.*_netdev' /run/mount/utab
result $? mount-remembers-netdev
umount /srv/plain
is umount-needs-no-helper '' "$(grep ' /srv/plain ' /proc/mounts)"

# A user's own mount through setuid mount.cifs; and one of bob's, whose line
# names alice's credentials, which he must not get.
as alice mount /srv/alice
mounted user-mounts-with-own-credential /srv/alice username=alice
writes_as user-mount-writes-as-its-user alice /srv/alice
umount /srv/alice
quickly user-mount-never-takes-anothers-credential as bob mount /srv/taken
journalctl -b -u ntlmd -o cat | grep -q "uid=$(id -u bob) target=cifs/files.example.com: no credential for this uid and target"
result $? user-mount-asks-for-its-own-user

# --- what mount.ntlm refuses -----------------------------------------------------

refuses() { # NAME OPTIONS TEXT
	local status
	mount -t ntlm -o "$2" //files.example.com/files /mnt >/tmp/out 2>&1
	status=$?
	sed 's/^/# /' /tmp/out
	[ "$status" = 1 ] && [ "$(wc -l </tmp/out)" = 1 ] && grep -qF -- "$3" /tmp/out &&
		! grep -qF Hush /tmp/out && ! grep -q ' /mnt ' /proc/mounts
	result $? "$1"
}

refuses refuses-a-password password=Hush,ro ntlmd.credentials
refuses refuses-pass pass=Hush ntlmd.credentials
refuses refuses-an-empty-password password= ntlmd.credentials
refuses refuses-a-credentials-file credentials=/etc/Hush ntlmd.credentials
refuses refuses-a-password-in-the-name username=alice%Hush ntlmd.credentials
refuses refuses-a-password-in-user user=alice%Hush ntlmd.credentials
refuses refuses-guest guest 'mount -t cifs'
refuses refuses-kerberos sec=krb5 'mount -t cifs'
refuses refuses-anonymous sec=none 'mount -t cifs'
refuses refuses-smb1 vers=1.0 'mount -t cifs'
refuses refuses-an-unknown-user uid=nobody-of-here 'no user'
refuses refuses-a-domain-in-the-name 'username=D\alice' domain=
mount.ntlm files.example.com:/files /mnt 2>/tmp/out
is refuses-another-source 32 $?
mount.ntlm //nowhere.invalid/files /mnt 2>/tmp/out
is unknown-host-fails 32 $?
grep -q 'no address of nowhere.invalid' /tmp/out
result $? unknown-host-is-named
quickly closed-port-fails-quickly mount -t ntlm -o port=446 //files.example.com/files /mnt
quickly user-cannot-mount as alice mount.ntlm //files.example.com/files /mnt
grep -q 'only root' /tmp/out
result $? user-is-told-why
mount -t ntlm -o username=alice,uid=bob,gid=alice,file_mode=0600 //files.example.com/files /mnt
is another-users-credential-is-not-used '' "$(grep ' /mnt ' /proc/mounts)"
mount -t ntlm -o cruid=alice,uid=bob,gid=alice,ip=localhost //files.example.com/files /mnt
mounted cruid-chooses-whose-credential /mnt "uid=$(id -u bob)"
reads cruid-has-the-file /mnt
journalctl -b -u ntlmd -o cat | grep -q "accepted .*uid=$(id -u alice) .*alice"
result $? cruid-is-in-the-log
fields() { # FIELD=VALUE...: how many lines of ntlmd have all of them
	journalctl -b -u ntlmd -o json --no-pager "$@" | grep -c .
}
[ "$(fields NTLM_OUTCOME=accepted "NTLM_UID=$(id -u alice)" NTLM_TARGET=cifs/files.example.com NTLM_USER=alice)" -gt 0 ]
result $? journal-has-fields-of-a-logon
[ "$(fields NTLM_OUTCOME=failed "NTLM_UID=$(id -u bob)" NTLM_ERRNO=ENOKEY NTLM_ROLE=initiator)" -gt 0 ]
result $? journal-has-fields-of-a-failure
[ "$(fields NTLM_OUTCOME=login "NTLM_UID=$(id -u carol)" NTLM_USER=carol NTLM_DOMAIN=BOOTTEST)" -gt 0 ]
result $? journal-has-fields-of-a-login
umount /mnt

# --- a crash, a restart, a stop ----------------------------------------------------

# served_again NAME PID: is there another daemon than PID, which is ready?
served_again() {
	local i state=()
	for ((i = 0; i < 150; i++)); do
		mapfile -t state < <(systemctl show --value -p MainPID -p ActiveState ntlmd)
		[ "${state[0]}" != "$2" ] && [ "${state[0]}" != 0 ] && [ "${state[1]}" = active ] && break
		sleep 0.3
	done
	[ "${state[0]}" != "$2" ] && [ "${state[0]}" != 0 ] && [ "${state[1]}" = active ]
	result $? "$1"
}

still_works() { # NAME: what is mounted, and a new logon
	echo "$1" >"/var/export/files/$1"
	is "$1-keeps-the-mount" "$1" "$(cat "/srv/files/$1")"
	umount /srv/team
	mount /srv/team
	writes_as "$1-serves-new-logons" bob /srv/team
	writes_as "$1-keeps-logins" carol /srv/team
}

pid=$(property ntlmd MainPID)
kill -KILL "$pid"
served_again killed-daemon-comes-back "$pid"
still_works after-a-crash
# Restarted as in an upgrade, with a unit that has changed: less patience.
mkdir -p /run/systemd/system/ntlmd.service.d
printf '[Service]\nWatchdogSec=5s\n' >/run/systemd/system/ntlmd.service.d/watchdog.conf
systemctl daemon-reload
pid=$(property ntlmd MainPID)
systemctl restart ntlmd
served_again restarted-daemon-is-ready "$pid"
still_works after-a-restart
rm /run/systemd/system/ntlmd.service.d/watchdog.conf
systemctl daemon-reload
pid=$(property ntlmd MainPID)
kill -STOP "$pid"
served_again hung-daemon-is-replaced "$pid"

# A session that is there needs no logon, so all that have the same one go.
systemctl stop ntlmd
echo stopped >/var/export/files/stopped
is stopped-daemon-keeps-the-mount stopped "$(cat /srv/helper/stopped)"
systemctl stop srv-auto.automount srv-auto.mount srv-team.mount srv-files.mount
since=$(date '+%F %T')
quickly without-daemon-mount-ntlm-fails-quickly mount /srv/team
grep -q 'ntlmd does not serve.*systemctl restart ntlmd' /tmp/out
result $? without-daemon-mount-ntlm-names-the-fix
quickly without-daemon-mount-cifs-fails-quickly mount /srv/plain
journalctl -k --since "$since" -o cat | grep -q 'no helper for uid 0, target cifs/files.example.com.*systemctl start ntlmd'
result $? without-daemon-the-log-names-the-fix
systemctl start ntlmd
mount /srv/team
mounted started-again-mounts /srv/team multiuser
quickly stop-forgets-logins as carol ls /srv/team

# --- no secret ------------------------------------------------------------------------

secret='B00t-[a-z]*-Passw0rd'
grep -rq "$secret" /etc/ntlmd/credentials.d
result $? search-finds-the-secret-where-it-is
is no-secret-in-fstab '' "$(grep "$secret" /etc/fstab)"
is no-secret-in-mounts '' "$(cat /proc/mounts /run/mount/utab | grep "$secret")"
is no-secret-in-journal '' "$(journalctl -b -o export | grep -a "$secret")"
is no-secret-in-arguments '' "$(cat /proc/[0-9]*/{cmdline,environ} 2>/dev/null | tr '\0' '\n' | grep -a "$secret")"
is no-secret-in-units '' "$(systemctl show '*' | grep "$secret")"

# --- the kernel's own client -----------------------------------------------------------

systemctl stop srv-auto.automount srv-auto.mount srv-team.mount srv-files.mount srv-helper.mount
unload_cifs() {
	local i
	# The last of a mount goes away a little later than umount says.
	for ((i = 0; i < 50; i++)); do
		rmmod cifs 2>/dev/null && return
		sleep 0.2
	done
	echo "# cifs stays"
}
unload_cifs
insmod "/lib/modules/$(uname -r)/kernel/cifs.ko"
quickly refuses-the-kernels-own-client mount /srv/helper
grep -qF 'modinfo -n cifs' /tmp/out
result $? names-what-has-to-be-loaded
unload_cifs
systemctl start srv-files.mount srv-helper.mount srv-auto.automount
mounted type-loads-our-client /srv/helper sec=ntlmssp
writes_as ready-for-the-shutdown alice /srv/auto

is still-running running "$(systemctl is-system-running)"
is no-unit-failed-at-the-end '' "$(systemctl list-units --failed --plain --no-legend)"
exit "$tap_failed"
