#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kernel.sh CONFIG RELEASE: a User Mode Linux kernel of Debian's source.
#
# CONFIG is plain, kasan or lockdep: base.config, CONFIG.config and, where there is
# one, base-RELEASE.config of this directory, of which the last counts. What they say
# has to be in the result. RELEASE is 6.1, 6.12, 7 or newest. Built once and kept in
# $NTLM_CACHE/uml. Prints its directory:
#	DIR/linux	the kernel, an executable
#	DIR/release	its name, as uname -r tells
#	DIR/version	the version of the Debian package that the source is of
#	DIR/source	link to the source
#	DIR/root	holds its modules, below lib/modules
#	DIR/cpu		how many CPU seconds it took
# and all that kbuild needs for modules.
#
# JOBS		how many compilers at once; default: one per processor
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"

[ $# = 2 ] || die "usage: kernel.sh CONFIG RELEASE"
config=$1 name=$(series "$2")
[[ $config =~ ^[a-z]+$ && $config != base && -e $here/$config.config ]] ||
	die "unknown configuration '$config' (plain, kasan, lockdep)"
source=$("$here/../build/linux-source.sh" -a "$name") || die "no source of a kernel"
version=$(cat "$source/version")
[[ $version =~ ^[0-9]+\.[0-9]+ ]] || die "cannot read the version $version"
series=${BASH_REMATCH[0]}
files=("$here/base.config" "$here/$config.config")
[ ! -e "$here/base-$name.config" ] || files+=("$here/base-$name.config")
sum=$(cat "${files[@]}" "$here/Kconfig" <(gcc -dumpfullversion) | sha256sum)
dir=$NTLM_CACHE/uml/$config-$version-${sum:0:10}
current() {
	[ -e "$dir/complete" ] && touch "$dir" && echo "$dir"
}
! current || exit 0
locked "$NTLM_CACHE/lock/uml-$config-$name"
! current || exit 0

rm -rf "$dir"
mkdir -p "$dir"
cat "$source/Kconfig" "$here/Kconfig" >"$dir/Kconfig"
kbuild() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C nice make -C "$source" ARCH=um "O=$dir" \
		"KBUILD_KCONFIG=$dir/Kconfig" "$@" 9>&-
}
msg "configuring Linux $version for User Mode Linux: $config"
{
	kbuild -s tinyconfig
	cat "${files[@]}" >>"$dir/.config"
	kbuild -s olddefconfig
} >"$dir/config.log" 2>&1 || die "no configuration, see $dir/config.log"
missing=''
while read -r line; do
	case $line in
	CONFIG_*=*) grep -qxF "$line" "$dir/.config" || missing+=" $line" ;;
	'# CONFIG_'*' is not set')
		line=${line#\# }
		! grep -q "^${line%% *}=" "$dir/.config" || missing+=" ${line%% *}=n"
		;;
	esac
done < <(awk 'match($0, /CONFIG_[A-Z0-9_]+/) && /^CONFIG|is not set$/ { last[substr($0, RSTART, RLENGTH)] = $0 }
	END { for (s in last) print last[s] }' "${files[@]}")
[ -z "$missing" ] || die "this source does not give$missing, see $dir/.config"

# How far it is, every 15 seconds; ends with the build.
progress() {
	local start=$SECONDS
	while sleep 15; do
		msg "  $config $version: $(grep -c '^  \(CC\|AR\|LD\)' "$dir/build.log") objects after $((SECONDS - start)) s"
	done
}
msg "building it, once (about 1200 objects)"
progress 9>&- &
pid=$!
# shellcheck disable=SC2064 # this process
trap "kill $pid 2>/dev/null || true" EXIT
TIMEFORMAT='%U %S'
code=0
{ time kbuild "-j${JOBS:-$(nproc)}" linux modules >"$dir/build.log" 2>&1; } 2>"$dir/time" || code=$?
kill "$pid" 2>/dev/null || true
wait "$pid" 2>/dev/null || true
trap - EXIT
[ "$code" = 0 ] ||
	die "the kernel did not build: $(grep -m1 -E '[Ee]rror' "$dir/build.log"), see $dir/build.log"
kbuild -s modules_install "INSTALL_MOD_PATH=$dir/root" >"$dir/install.log" 2>&1 ||
	die "its modules were not installed, see $dir/install.log"
cp "$dir/include/config/kernel.release" "$dir/release"
# All in one directory, where tests look for the distribution's cifs.ko.
(
	cd "$dir/root/lib/modules/$(cat "$dir/release")"
	rm -f build source
	find kernel -mindepth 2 -name '*.ko' -exec mv -t kernel {} +
	find kernel -mindepth 1 -type d -empty -delete
	sed 's,.*/,kernel/,' modules.order >order.new
	mv order.new modules.order
)
depmod -b "$dir/root" "$(cat "$dir/release")"
cp "$source/version" "$dir/version"
# kbuild makes a link named source, too.
ln -sfn "$source" "$dir/source"
awk '{ printf "%d\n", $1 + $2 }' "$dir/time" | tail -n 1 >"$dir/cpu"
msg "built: $config $version, $(grep -c '^  CC' "$dir/build.log") compilations, $(cat "$dir/cpu") CPU seconds"
touch "$dir/complete"
# Nothing reads those of earlier sources or configurations a day later.
find "$NTLM_CACHE/uml" -mindepth 1 -maxdepth 1 -mmin +1440 ! -path "$dir" -name "$config-$series.*" -exec rm -rf {} +
current
