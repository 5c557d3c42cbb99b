#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""judge.py SEARCH IMAGE PAGES SECRETS HELPER: where in a machine's memory are secrets?

SEARCH is memory_search, IMAGE the whole memory, PAGES what memory_pages wrote
just before, HELPER the process that may have secrets in its memory, 0 if none
may. SECRETS has a line "NAME HEX" for each secret. A part of a secret is as bad as
all of it, so each is looked for in pieces of eight bytes or characters: a kernel
that reuses freed memory overwrites the beginning, not the rest.

A place is the helper's if the page is one of its own, anonymous or of locked
memory, and no other process has it. There is no other excuse. Prints a line
"NAME helper|other KIND COUNT" for each secret and kind of page, and the places
themselves on standard error.
"""

import collections
import struct
import subprocess
import sys

PAGE = 4096

# include/uapi/linux/kernel-page-flags.h; the first that fits. What is none of
# these is the kernel's own: stacks, vmalloc, buffers, its stock of free pages.
KINDS = [("free", {10}), ("slab", {7}), ("table", {26}), ("anonymous", {12}),
         ("cache", {3, 5, 14})]

# Areas without a file behind them, although their pages are not anonymous
LOCKED = ("/secretmem", "/memfd:")

SHOWN = 8


def pieces(name, secret):
    """A secret as strings that are long enough not to appear by chance."""
    size = 8
    if name.endswith("-utf16") or name.endswith("-hex"):
        size = 16
    starts = [*range(0, len(secret) - size + 1, size), len(secret) - size]
    if starts[-1] < 0:
        sys.exit(f"{name} is too short")
    for start in sorted(set(starts)):
        yield start, secret[start:start + size]


def read_secrets(path):
    strings = []
    with open(path, encoding="ascii") as file:
        for line in file:
            name, digits = line.split()
            if name == "user":
                continue
            for start, piece in pieces(name, bytes.fromhex(digits)):
                strings.append(f"{name}+{start} {piece.hex()}\n")
    return "".join(strings)


class Pages:
    """who maps which page, and what the kernel says of it"""

    def __init__(self, path, helper):
        self.helper = helper
        self.mapped = collections.defaultdict(list)
        self.names = {}
        with open(path + ".flags", "rb") as file:
            data = file.read()
        self.flags = struct.unpack(f"<{len(data) // 8}Q", data)
        pid, area = 0, ""
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                first, _, rest = line.rstrip("\n").partition(" ")
                if first == "process":
                    pid, _, self.names[pid] = rest.partition(" ")
                elif first == "area":
                    area = rest
                else:
                    self.mapped[int(first, 16)].append(
                        (pid, area, rest == "shared"))

    def kind(self, frame):
        flags = self.flags[frame] if frame < len(self.flags) else 0
        for name, bits in KINDS:
            if any(flags >> b & 1 for b in bits):
                return name
        return "kernel"

    def is_helpers(self, frame):
        users = self.mapped.get(frame)
        if not users:
            return False
        return all(pid == self.helper and
                   (not shared or area.startswith(LOCKED))
                   for pid, area, shared in users)

    def who(self, frame):
        return ", ".join(f"{pid} ({self.names[pid]}) {area or 'anonymous'}"
                         for pid, area, _ in self.mapped.get(frame, [])) or "nobody"


def main():
    search, image, pages, secrets, helper = sys.argv[1:]
    pages = Pages(pages, helper)
    found = subprocess.run([search, image], input=read_secrets(secrets),
                           stdout=subprocess.PIPE, check=True, text=True).stdout
    places = collections.defaultdict(list)
    for line in found.splitlines():
        name, address = line.split()
        secret, _, start = name.partition("+")
        address = int(address, 16)
        frame = address // PAGE
        where = "helper" if pages.is_helpers(frame) else "other"
        places[secret, where, pages.kind(frame)].append((address, start))
    for (secret, where, kind), all_of_it in sorted(places.items()):
        print(secret, where, kind, len(all_of_it))
        for address, start in all_of_it[:SHOWN]:
            frame = address // PAGE
            flags = pages.flags[frame] if frame < len(pages.flags) else 0
            print(f"{secret} from byte {start} at {address:#x}: {where}'s, {kind}, "
                  f"flags {flags:#x}, mapped by {pages.who(frame)}", file=sys.stderr)


main()
