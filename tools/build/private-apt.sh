# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An apt of one's own: looks into other Debian suites without the system's apt
# knowing. Sourced after common.sh, never run.

# private_apt NAME SUITE...: from here on, apt-get and apt-cache of this shell
# use $NTLM_CACHE/apt/NAME, where no package is installed, and the given suites
# from the Debian mirror that this machine's apt uses. Its proxy and
# certificate settings stay in force. Fails with a message.
private_apt() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg b
	apt=$NTLM_CACHE/apt/$1
	shift
	[ -r "$keyring" ] || die "no $keyring: install debian-archive-keyring"
	[ "$(dpkg --print-architecture)" = amd64 ] || die "only amd64 is supported"
	mkdir -p "$apt"/lists/partial "$apt"/archives/partial
	: >"$apt/status"
	cat >"$apt/apt.conf" <<-E
		$(env -u APT_CONFIG apt-config dump | grep -E '^(Acquire|Dir::Etc::netrc)' | grep -v '^Acquire::IndexTargets' || true)
		Dir::Etc::main "/dev/null";
		Dir::Etc::parts "/dev/null";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::State "$apt";
		Dir::State::lists "$apt/lists";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt";
		Dir::Cache::archives "$apt/archives";
		Dir::Log "$apt";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Sandbox::User "root";
		APT::Get::List-Cleanup "false";
		APT::Install-Recommends "false";
		Acquire::Languages "none";
		Acquire::PDiffs "false";
		Acquire::Retries "3";
		Debug::NoLocking "1";
	E
	local VERSION_CODENAME=''
	# shellcheck source=/dev/null
	. /etc/os-release
	local main security
	mapfile -t main < <(apt_bases "${VERSION_CODENAME:?}")
	mapfile -t security < <(apt_bases "$VERSION_CODENAME-security")
	[ ${#main[@]} -gt 0 ] || die "apt has no source for $VERSION_CODENAME on this machine, so no Debian mirror is known"
	export APT_CONFIG=$apt/apt.conf
	apt_key=$keyring apt_security=${security[0]:-}
	# A source of the same suite that is not Debian fails by its signature.
	for b in "${main[@]}"; do
		apt_base=$b
		apt_suites "$@"
		msg "asking $b for $*"
		if apt-get -q -q update >"$apt/update.log" 2>&1 && ! grep -q '^[EW]: ' "$apt/update.log"; then
			return
		fi
	done
	die "no Debian mirror answered: $(grep -m1 '^[EW]: ' "$apt/update.log" || tail -n1 "$apt/update.log")"
}

# apt_bases SUITE: where this machine gets the suite from. Asks apt for every
# configured source, fetched already or not.
apt_bases() {
	env -u APT_CONFIG apt-get --print-uris update 2>/dev/null |
		sed -nE "s|^'(.*)/dists/$1/InRelease'.*|\\1|p" | sort -u
}

# apt_suites SUITE...: look at these suites only. Those not named to
# private_apt have no lists.
apt_suites() {
	local s
	for s; do
		case $s in
		*-security) [ -z "$apt_security" ] || echo "deb [signed-by=$apt_key] $apt_security $s main" ;;
		*) echo "deb [signed-by=$apt_key] $apt_base $s main" ;;
		esac
	done >"$apt/sources.list"
}

# apt_download DIR PACKAGE[=VERSION]...: get the .deb files; apt checks them.
apt_download() {
	local dir=$1
	shift
	mkdir -p "$dir"
	(cd "$dir" && apt-get -q -q download "$@" >"$apt/download.log" 2>&1) ||
		die "download failed: $(grep -m1 '^E: ' "$apt/download.log" || tail -n1 "$apt/download.log")"
}
