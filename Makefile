# SPDX-License-Identifier: GPL-2.0-or-later
#
# make demo [PASSWORD=...]	watch the main job, in a throw-away virtual machine
# make check			all tests, under Debian's kernel 6.1
# make check KERNEL="6.1 6.12 7" the same under other kernels
# make kunit [KERNEL=6.1]	KUnit and the suites of the kernel's side at native speed
# make check-debug [KERNEL=6.1]	the same on kernels with KASAN, kmemleak, lockdep, ...
# make fuzz [FUZZ_TARGETS=...]	fuzz ntlmd's parsers until something is found
# make check SUITE=netlink-fuzz NETLINK_FUZZ=1000000 [SEED=...]
#				as many messages at random to the kernel
# make bench [QEMU=1]		measure: build/bench/report.md, data.tsv, plot.png
# make				modules for the running kernel, ntlmd, ntlmctl
# make smb			cifs.ko that logs on through ntlmd, for the running kernel
#				(KVER=, KDIR=); needs Debian's linux-source package
# make smb KERNEL="6.1 6.12 7"	the same for other kernels, as make check runs them
# make install			put them in place (DESTDIR=, PREFIX=)
# make deb			Debian packages, in build/deb

KERNEL ?= 6.1
PASSWORD ?=
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?=
SUITE ?=
BUILD_FOR ?=
PREFIX ?= /usr
DESTDIR ?=
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build

top := $(CURDIR)
build := $(top)/build
native := $(build)/native

all: modules programs

programs:
	tools/build/deps.sh build
	$(MAKE) -C helper O=$(build)/host
	$(MAKE) -C helper/winbind O=$(build)/host
	$(MAKE) -C tools/ntlmctl O=$(build)/host
	$(MAKE) -C tools/mount O=$(build)/host

modules:
	@test -e $(KDIR) || { echo "no headers of kernel $(KVER): apt-get install linux-headers-$(KVER)" >&2; exit 1; }
	tools/build/sync-sources.py $(top) $(native)
	$(MAKE) -C $(KDIR) M=$(native) NTLM_SELFTESTS=n modules

# A KERNEL that was asked for is one of those that make check runs.
ifneq ($(filter command environment,$(origin KERNEL)),)
smb:
	@tools/build/deps.sh build
	@set -e; for k in $(KERNEL); do \
		tools/build/module.sh $$k; tools/build/smb.sh $$k; done
else
smb: modules
	@MODULE_OUT=$(native) tools/build/smb.sh -i $(KVER) $(KDIR)
endif

install: all install-modules install-programs

# Of what is built already, for whoever builds elsewhere (native=, build=).
install-modules:
	@tools/build/smb-install.sh $(native) $(KVER) $(DESTDIR)
	$(MAKE) -C $(KDIR) M=$(native) NTLM_SELFTESTS=n \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) INSTALL_MOD_DIR=updates modules_install
	$(if $(DESTDIR),,depmod -a $(KVER))

install-programs:
	$(MAKE) -C helper O=$(build)/host PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install
	$(MAKE) -C helper/winbind O=$(build)/host PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install
	$(MAKE) -C tools/ntlmctl O=$(build)/host PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install
	$(MAKE) -C tools/mount O=$(build)/host PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install
	$(MAKE) -C tools/completion PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install

deb:
	@tools/build/deps.sh build deb
	@tools/build/deb.sh

demo: export PASSWORD := $(PASSWORD)
demo: export KERNEL := $(firstword $(KERNEL))
demo:
	@tools/build/deps.sh build vm demo
	@tools/demo/demo.sh

check:
	@tools/build/deps.sh all $(filter bench,$(SUITE))
	@tools/check/run.py --kernel $(KERNEL) --build $(BUILD_FOR) --suite $(SUITE) \
		--fuzz-seconds $(FUZZ_SECONDS)

kunit:
	@tools/build/deps.sh all
	@tools/lab/check.py --kernel $(firstword $(KERNEL)) $(SUITE)

check-debug:
	@tools/build/deps.sh all
	@tools/lab/check.py --debug --kernel $(firstword $(KERNEL)) $(SUITE)

fuzz:
	@tools/build/deps.sh build test
	@$(MAKE) -C selftests/fuzz O=$(build)/fuzz \
		$(if $(FUZZ_TARGETS),TARGETS="$(FUZZ_TARGETS)") forever

bench: export KERNEL := $(firstword $(KERNEL))
bench:
	@tools/build/deps.sh build bench $(if $(QEMU),vm)
	@tools/bench/bench.sh

check-mutants:
	@tools/build/deps.sh all
	@tools/check/mutants.py --kernel $(firstword $(KERNEL))

lint:
	@tools/build/deps.sh all
	@tools/check/lint.sh

clean:
	rm -rf $(build)

.PHONY: all programs modules smb install install-modules install-programs deb demo check kunit check-debug fuzz bench check-mutants lint clean
