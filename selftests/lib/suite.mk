# SPDX-License-Identifier: GPL-2.0-or-later
# A suite whose program is built of the C files in its directory and of some of
# others. To be included by selftests/SUITE/Makefile, which may set
#
#   BORROWS     files of others, below selftests
#   PKGS        what pkg-config is asked for
#   PROGRAM     its name, instead of SUITE_test with _ for -
#   SANITIZE    ?= $(UBSAN) or ?= instead of AddressSanitizer, too
#
#   make O=DIR            build PROGRAM into DIR

HERE  := $(patsubst %/,%,$(dir $(abspath $(firstword $(MAKEFILE_LIST)))))
TOP   := $(abspath $(HERE)/../..)
O     ?= $(TOP)/build/host
NAME  := $(notdir $(HERE))
DIR   := $(O)/$(NAME).d
PROGRAM ?= $(subst -,_,$(NAME))_test

UBSAN    := -fsanitize=undefined -fno-sanitize-recover=all
SANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS   ?= -O2 -g
ALL_CFLAGS := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -pthread \
	$(if $(SANITIZE),-fno-omit-frame-pointer) $(CFLAGS) $(SANITIZE) \
	-I$(TOP)/include/uapi $(if $(PKGS),$(shell pkg-config --cflags $(PKGS)))
LIBS := $(if $(PKGS),$(shell pkg-config --libs $(PKGS)))

SRCS := $(sort $(wildcard $(HERE)/*.c)) $(BORROWS:%=$(TOP)/selftests/%)
OBJS := $(patsubst %.c,$(DIR)/%.o,$(notdir $(SRCS)))
vpath %.c $(sort $(dir $(SRCS)))

all: $(O)/$(PROGRAM)

$(O)/$(PROGRAM): $(OBJS)
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)

$(DIR)/%.o: %.c | $(DIR)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(DIR):
	mkdir -p $@

clean:
	rm -rf $(DIR) $(O)/$(PROGRAM)

.PHONY: all clean
-include $(OBJS:.o=.d)
