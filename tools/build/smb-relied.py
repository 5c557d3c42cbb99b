#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""smb-relied.py: is the stock code that kernel/smb relies on as it was reviewed?

kernel/smb/relied.txt lists functions, structures and macros of fs/smb and, for
each kernel series, hashes of the texts that somebody read; comments and white
space do not count. One that changed or vanished in SOURCE, a kernel tree, is
told in one line each and makes the exit status 1.

    smb-relied.py --kernel 6.1 SOURCE             compare
    smb-relied.py --kernel 6.1 --accept SOURCE    take what is there as reviewed
    smb-relied.py --show NAME SOURCE              the texts of that name

What a line of relied.txt says:

    FILE [SERIES...] NAME: what is relied on      FILE is below fs/smb; NAME is
                                                  a function, "struct x" or
                                                  "define x"
    calls NAME: what is relied on                 which functions below client/
                                                  name this hook, how often
    (indented) SERIES HASH VERSION                a reviewed text, first seen in
                                                  that Debian version

[SERIES...] limits a line to those kernels. Every hook of kernel/smb/Kbuild has to
be listed with its file and with its calls.
"""

import argparse
import glob
import hashlib
import os
import re
import sys

import smb_kbuild

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIST = os.path.join(TOP, "kernel", "smb", "relied.txt")
KBUILD = os.path.join(TOP, "kernel", "smb", "Kbuild")
ENTRY = re.compile(r"^(\S+)\s+(?:\[([^\]]*)\]\s+)?((?:struct |define )?\w+)\s*:\s*(\S.*)$")
TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', re.S)
WORD = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\w+|\S')


def without_comments(text):
    """The text with each comment replaced by its line ends or a space."""
    def keep(match):
        if match[0][0] in "\"'":
            return match[0]
        return "\n" * match[0].count("\n") or " "
    return TOKEN.sub(keep, text)


def normalised(text):
    return " ".join(WORD.findall(text))


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class Unit:
    """a source file: its top-level pieces, found by what is in column 0"""

    def __init__(self, path):
        with open(path, encoding="utf-8", errors="replace") as file:
            self.lines = without_comments(file.read()).split("\n")
        self.pieces = list(self.split())

    def split(self):
        """(first line, line after the last) of what begins in column 0."""
        i, n = 0, len(self.lines)
        while i < n:
            line = self.lines[i]
            if line.startswith("#"):
                i = self.after_directive(i)
                continue
            if not line or line[0].isspace() or line[0] in "{}":
                i += 1
                continue
            start = i
            while i < n:
                line = self.lines[i]
                code = line.rstrip()
                if code.startswith("#"):
                    i = self.after_directive(i)
                    continue
                i += 1
                if code.startswith("{") or code.endswith("{"):
                    i = self.after_body(i, function=code.startswith("{"))
                    break
                if code.endswith((";", "}")) or re.match(r"\w+\(.*\)$", code) \
                        and i < n and not self.lines[i].strip():
                    break
            yield start, min(i, n)

    def after_body(self, i, function):
        """The line after what a brace at the end of the line before i opened.

        A function ends where one closes in column 0, whatever conditions do to
        the braces within; a table may end anywhere.
        """
        depth = 1
        while i < len(self.lines):
            line = self.lines[i]
            i += 1
            bare = TOKEN.sub(" ", line)
            depth += bare.count("{") - bare.count("}")
            if line.startswith("}") or (depth <= 0 and not function):
                break
        return i

    def after_directive(self, i):
        """The line after a preprocessor directive, which may go on."""
        while i + 1 < len(self.lines) and self.lines[i].endswith("\\"):
            i += 1
        return i + 1

    def piece(self, span):
        return "\n".join(self.lines[span[0]:span[1]])

    def texts(self, name):
        """All definitions of that name, as written but for comments."""
        if name.startswith("define "):
            return list(self.macros(name[7:]))
        found = []
        for span in self.pieces:
            text = self.piece(span)
            head = text.split("{", 1)[0]
            if "{" not in text:
                continue
            if name.startswith("struct "):
                if re.match(r"\s*(?:typedef\s+)?" + name + r"\s*$", head):
                    found.append(text)
            elif re.search(r"\b" + name + r"\s*\(", head) and "=" not in head:
                found.append(text)
        return found

    def macros(self, name):
        for i, line in enumerate(self.lines):
            if re.match(r"#\s*define\s+" + name + r"\b", line):
                yield "\n".join(l.rstrip("\\")
                                for l in self.lines[i:self.after_directive(i)])

    def calls(self, name):
        """Which pieces name it: (what the piece defines, how often)."""
        for span in self.pieces:
            text = self.piece(span)
            count = len(re.findall(r"\b" + name + r"\b", TOKEN.sub(" ", text)))
            if not count or "{" not in text:
                continue
            head = text.split("{", 1)[0]
            label = re.search(r"(\w+)\s*\(|(\w+)\s*(?:\[\w*\])?\s*=|(\w+)\s*$", head)
            label = next(filter(None, label.groups())) if label else "?"
            if label == name:
                count -= 1
            if count:
                yield label, count


class Tree:
    """fs/smb of a kernel source"""

    def __init__(self, source):
        self.top = os.path.join(source, "fs", "smb")
        if not os.path.isdir(os.path.join(self.top, "client")):
            sys.exit(f"smb-relied.py: {source} has no fs/smb/client")
        self.units = {}

    def unit(self, path):
        full = os.path.join(self.top, path)
        if full not in self.units:
            self.units[full] = Unit(full) if os.path.exists(full) else None
        return self.units[full]

    def text(self, where, name):
        """What the hash of an entry is made of; None if there is nothing."""
        if where == "calls":
            rows = []
            for full in sorted(glob.glob(os.path.join(self.top, "client", "*.c"))):
                path = os.path.relpath(full, self.top)
                rows += [f"{path} {label} {count}"
                         for label, count in self.unit(path).calls(name)]
            return "\n".join(sorted(rows)) or None
        unit = self.unit(where)
        texts = unit.texts(name) if unit else []
        return "\n".join(map(normalised, texts)) or None


class Entry:
    """a line of relied.txt and the hashes below it"""

    def __init__(self, line, number):
        match = ENTRY.match(line)
        if not match:
            sys.exit(f"{LIST}:{number}: cannot read '{line}'")
        self.where, only, self.name, self.why = match.groups()
        self.only = only.split() if only is not None else None
        self.known = []                         # (series, hash, version)

    def applies(self, series):
        return self.only is None or series in self.only


def read_list(path):
    """relied.txt as a list of Entry and of strings (comments, empty lines)."""
    rows, last = [], None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip()
            if not line or line.startswith("#"):
                rows.append(line)
            elif line[0].isspace():
                words = line.split()
                if last is None or len(words) != 3:
                    sys.exit(f"{path}:{number}: cannot read '{line}'")
                last.known.append(tuple(words))
            else:
                last = Entry(line, number)
                rows.append(last)
    return rows


def write_list(path, rows):
    with open(path + ".new", "w", encoding="utf-8") as file:
        for row in rows:
            if isinstance(row, str):
                file.write(row + "\n")
                continue
            only = f"[{' '.join(row.only)}] " if row.only is not None else ""
            file.write(f"{row.where} {only}{row.name}: {row.why}\n")
            for known in row.known:
                file.write("\t" + " ".join(known) + "\n")
    os.replace(path + ".new", path)


def unlisted(entries, hooks, series):
    have = {(e.where, e.name) for e in entries if e.applies(series)}
    for (kind, stem), names in sorted(hooks.items()):
        for name in names:
            for want in ((f"client/{stem}.c", name), ("calls", name)):
                if kind == "hook" and want not in have:
                    yield f"{want[0]} {want[1]}: a hook of kernel/smb/Kbuild that relied.txt does not list"


def compare(entries, tree, series, again):
    if not any(known[0] == series for e in entries for known in e.known):
        yield f"nothing of fs/smb was reviewed for kernels {series}: review all of relied.txt, then {again}"
        return
    for entry in entries:
        if not entry.applies(series):
            continue
        text = tree.text(entry.where, entry.name)
        what = (f"fs/smb/{entry.where}: {entry.name}" if entry.where != "calls"
                else f"calls of {entry.name}")
        if text is None:
            yield f"{what} is gone; {entry.why}: kernel/smb has to be ported"
        elif (series, digest(text)) not in {k[:2] for k in entry.known}:
            yield f"{what} is not as reviewed for {series}; {entry.why}: review it, then {again}"


def accept(entries, tree, series, version):
    for entry in entries:
        text = tree.text(entry.where, entry.name) if entry.applies(series) else None
        if text and (series, digest(text)) not in {k[:2] for k in entry.known}:
            entry.known.append((series, digest(text), version))
            entry.known.sort(key=lambda k: [int(p) for p in k[0].split(".")])
            yield f"{entry.where} {entry.name}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("source", help="a kernel source tree")
    parser.add_argument("--kernel", default="6.1", help="its series, as in relied.txt")
    parser.add_argument("--version", help="its Debian version; default: SOURCE/version")
    parser.add_argument("--accept", action="store_true", help="what is there was reviewed")
    parser.add_argument("--show", metavar="NAME", help="print the texts of that entry")
    parser.add_argument("--list", default=LIST, help="default: kernel/smb/relied.txt")
    parser.add_argument("--kbuild", default=KBUILD, help="default: kernel/smb/Kbuild")
    args = parser.parse_args()

    tree, rows = Tree(args.source), read_list(args.list)
    entries = [r for r in rows if isinstance(r, Entry)]
    if args.show:
        for entry in entries:
            if args.show == entry.name and entry.applies(args.kernel):
                unit = None if entry.where == "calls" else tree.unit(entry.where)
                print(f"/* {entry.where} */")
                print("\n".join(unit.texts(entry.name)) if unit
                      else tree.text(entry.where, entry.name))
        return 0
    version = args.version
    if not version:
        with open(os.path.join(args.source, "version"), encoding="utf-8") as file:
            version = file.read().strip()
    if args.accept:
        for what in accept(entries, tree, args.kernel, version):
            print(f"{args.kernel}: accepted {what}")
        write_list(args.list, rows)
    hooks = smb_kbuild.lists(args.kbuild, os.path.join(tree.top, "client"), version)
    again = f"tools/build/smb-relied.py --kernel {args.kernel} --accept {args.source}"
    bad = [*unlisted(entries, hooks, args.kernel),
           *compare(entries, tree, args.kernel, again)]
    if not entries:
        bad.append("relied.txt lists nothing")
    for line in bad:
        print(f"smb-relied.py: {line}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
