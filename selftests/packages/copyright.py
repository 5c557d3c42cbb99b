#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""copyright.py: does debian/copyright give each file the license of its SPDX line?

Run at the top of an unpacked source package. Prints the files that differ; exit
status 1 if there are any.
"""

import os
import re
import sys

# What SPDX and debian/copyright call the same
NAMES = {
    "GPL-2.0-only WITH Linux-syscall-note": "GPL-2.0-only with Linux-syscall-note exception",
    "((GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause)":
        "GPL-2.0-only with Linux-syscall-note exception or BSD-3-Clause",
}
SPDX = re.compile(r"^\W*SPDX-License-Identifier: (.+?)(?: \*/| -->)?$", re.M)


def stanzas():
    """(pattern of names, license) of each paragraph about files, in order"""
    with open("debian/copyright", encoding="utf-8") as file:
        for part in file.read().split("\n\n"):
            fields = dict(re.findall(r"^(\S+):((?:.*)(?:\n .*)*)", part, re.M))
            if "Files" in fields:
                names = [re.escape(n).replace(r"\*", ".*") for n in fields["Files"].split()]
                yield re.compile("|".join(names)), fields["License"].strip()


def main():
    rules, seen, wrong = list(stanzas()), 0, 0
    for top, dirs, files in os.walk("."):
        dirs[:] = [d for d in dirs if d not in (".git", "build")]
        for path in (os.path.relpath(os.path.join(top, f), ".") for f in files):
            with open(path, encoding="utf-8", errors="replace") as file:
                says = SPDX.search(file.read(400))
            if not says:
                continue
            seen += 1
            given = [license_ for names, license_ in rules if names.fullmatch(path)][-1]
            if given != NAMES.get(says[1], says[1]):
                print(f"{path}: {says[1]}, debian/copyright: {given}")
                wrong += 1
    if seen < 300:
        sys.exit(f"only {seen} files have an SPDX line")
    sys.exit(bool(wrong))


main()
