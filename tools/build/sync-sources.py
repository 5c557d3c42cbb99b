#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sync-sources.py SRC OUT: bring what kbuild reads from SRC to OUT.

A file is written only if its content differs, so that make rebuilds what
changed and nothing else, however the times of the files in SRC went. What was
brought earlier and is gone from SRC is removed, with the object made from it.
"""

import os
import sys

NAMES = {"Kbuild", "Kconfig"}
SUFFIXES = (".c", ".h", ".S", ".lds", "Kbuild.include")
SKIP = {"build", "helper", "Documentation"}
LIST = ".sources"


def wanted(directory, name, files):
    if name == "Makefile":
        return "Kbuild" not in files and "obj-" in open(
            os.path.join(directory, name), encoding="utf-8", errors="replace").read()
    return name in NAMES or (name.endswith(SUFFIXES) and not name.endswith(".mod.c"))


def main():
    src, out = map(os.path.realpath, sys.argv[1:3])
    os.makedirs(out, exist_ok=True)
    found = set()
    for top, dirs, files in os.walk(src):
        if os.path.realpath(top) == out:
            dirs.clear()
            continue
        dirs[:] = [d for d in dirs if not d.startswith(".")
                   and not (top == src and d in SKIP)]
        for name in files:
            if not wanted(top, name, files):
                continue
            path = os.path.join(top, name)
            rel = os.path.relpath(path, src)
            found.add(rel)
            with open(path, "rb") as f:
                data = f.read()
            to = os.path.join(out, rel)
            try:
                with open(to, "rb") as f:
                    if f.read() == data:
                        continue
            except FileNotFoundError:
                os.makedirs(os.path.dirname(to), exist_ok=True)
            with open(to + ".new", "wb") as f:
                f.write(data)
            os.replace(to + ".new", to)
    listing = os.path.join(out, LIST)
    try:
        with open(listing, encoding="utf-8") as f:
            before = set(f.read().splitlines())
    except FileNotFoundError:
        before = set()
    for rel in before - found:
        stem = os.path.join(out, os.path.splitext(rel)[0])
        head, tail = os.path.split(stem)
        for path in (os.path.join(out, rel), stem + ".o", stem + ".ko",
                     os.path.join(head, f".{tail}.o.cmd")):
            try:
                os.remove(path)
            except FileNotFoundError:
                pass
    with open(listing + ".new", "w", encoding="utf-8") as f:
        f.writelines(rel + "\n" for rel in sorted(found))
    os.replace(listing + ".new", listing)


main()
