# SPDX-License-Identifier: GPL-2.0-or-later
#
# make demo [PASSWORD=...]	watch the main job, in a throw-away virtual machine
# make check			all tests, under Debian's kernel 6.1
# make check KERNEL="6.1 6.12 7" the same under other kernels
# make				modules for the running kernel, ntlmd, ntlmctl
# make install			put them in place (DESTDIR=, PREFIX=)

KERNEL ?= 6.1
PASSWORD ?=
FUZZ_SECONDS ?= 60
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
	$(MAKE) -C tools/ntlmctl O=$(build)/host

modules:
	@test -e $(KDIR) || { echo "no headers of kernel $(KVER): apt-get install linux-headers-$(KVER)" >&2; exit 1; }
	tools/build/sync-sources.py $(top) $(native)
	$(MAKE) -C $(KDIR) M=$(native) NTLM_SELFTESTS=n modules

install: all
	$(MAKE) -C $(KDIR) M=$(native) NTLM_SELFTESTS=n \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) INSTALL_MOD_DIR=updates modules_install
	$(MAKE) -C helper O=$(build)/host PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install
	$(MAKE) -C tools/ntlmctl O=$(build)/host PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install

demo: export PASSWORD := $(PASSWORD)
demo: export KERNEL := $(firstword $(KERNEL))
demo:
	@tools/build/deps.sh build vm demo
	@tools/demo/demo.sh

check:
	@tools/build/deps.sh all
	@tools/check/run.py --kernel $(KERNEL) --build $(BUILD_FOR) --suite $(SUITE) \
		--fuzz-seconds $(FUZZ_SECONDS)

check-mutants:
	@tools/build/deps.sh all
	@tools/check/mutants.py --kernel $(firstword $(KERNEL))

lint:
	@tools/build/deps.sh all
	@tools/check/lint.sh

clean:
	rm -rf $(build)

.PHONY: all programs modules install demo check check-mutants lint clean
