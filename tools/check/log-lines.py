#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""log-lines.py [-l] [PAGE]: does the page explain every line of every log?

Takes the texts that ntlmd, ntlmd-winbind, mount.ntlm, "ntlmctl status", the scripts
of the package ntlm-cifs-dkms, ntlm.ko and the parts of cifs.ko can log from the
calls in the sources, with "..." for what is filled in, and looks for each as a word in backticks in the page; a word in backticks that
begins a line of a list ("- `...`") has to be such a text, too. -l lists them.
Exit status 1 if something is missing or stale.
"""

import glob
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(TOP, "Documentation/troubleshooting.md")

# Where from, and which argument of which call is a text
SOURCES = {
    "ntlmd": (["helper/*.c", "helper/account/*.c", "helper/cred/*.c", "helper/spnego/*.c"],
              r"log_msg|audit_log|problem|initiate_fail|initiate_fail_with|accept_fail|refuse|wrong"),
    "ntlmd-winbind": (["helper/winbind/*.c"], r"log_msg|problem"),
    "mount.ntlm": (["tools/mount/*.c"], r"fail|refuse|fprintf|snprintf"),
    "ntlmctl status": (["tools/ntlmctl/status.c"], r"warn"),
    "ntlm.ko": (["kernel/*.c"], r"pr_(?:err|warn|notice|info)(?:_ratelimited|_once)?"),
    "ntlm_dcerpc.ko": (["kernel/dcerpc/*.c"], r"pr_(?:err|warn|notice|info)(?:_ratelimited|_once)?"),
    "cifs.ko": (["kernel/smb/*.c"],
                r"cifs_dbg|cifs_server_dbg|pr_(?:err|warn|notice|info)(?:_ratelimited|_once)?|errorf|cifs_errorf|ntlm_smb_warn"),
}
# Reasons that are put into one of those lines
REASONS = {
    "ntlmd": (["helper/server.c", "helper/accept.c", "helper/spnego_leg.c"], r'why = "((?:[^"\\]|\\.)+)"'),
    "ntlmd ": (["helper/ntlm/error.c"], r'^\t\t"((?:[^"\\]|\\.)+)" \}'),
    "ntlm.ko": (["kernel/answer.c"], r'why = "((?:[^"\\]|\\.)+)"'),
}
# Functions that return one
WHY = re.compile(r"^static const char \*why_\w+\([^{;]*\)\n\{(.*?)^\}", re.M | re.S)
# What scripts say: a file, and which part of which line. Of those of the build,
# some can say a thing only to who works on the project.
SCRIPTS = {
    "ntlm-cifs-dkms": (
        ("debian/update", r'^\s*echo "(.*?)"(?: >&2)?$'),
        ("debian/build-cifs", r'^\s*echo "build-cifs: (.*)"$'),
        ("tools/build/smb.sh", r'\bdie "((?!usage:|.* warnings |no modules of the project).*)"$'),
        ("tools/build/smb-relied.py", r'\byield f"(.*): (?:review|kernel/smb has) .*"$')),
}
SKIP = re.compile(r"_kunit\.c$")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def arguments(text, start):
    """the text between the parenthesis at start and the one that closes it"""
    depth, at, quoted = 0, start, False
    while at < len(text):
        c = text[at]
        if quoted:
            if c == "\\":
                at += 1
            elif c == '"':
                quoted = False
        elif c == '"':
            quoted = True
        elif c == "(":
            depth += 1
        elif c == ")":
            depth -= 1
            if not depth:
                return text[start + 1:at]
        at += 1
    return ""


def conversions(text):
    """"..." for what printf fills in"""
    text = re.sub(r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?(?:p[A-Za-z]+|[diouxXcsp])",
                  "...", text)
    text = text.replace("%%", "%").replace("\\n", "").replace('\\"', '"').replace("\\\\", "\\")
    return re.sub(r"(?:\.\.\.)+", "...", re.sub(r"\s+", " ", text)).strip()


PRI = re.compile(r'"\s*PRI([a-zA-Z]+?)(?:8|16|32|64|PTR|MAX)\s*"')


def texts(path, names):
    """the texts of all calls in a file"""
    with open(path, encoding="utf-8") as file:
        code = file.read()
    code = re.sub(r"/\*.*?\*/", " ", code, flags=re.S)
    for name, text in re.findall(r'^#define (\w+)\s+("(?:[^"\\]|\\.)*")$', code, re.M):
        code = re.sub(rf'(?<=" ){name}\b|\b{name}(?= ")', text.replace("\\", "\\\\"), code)
    code = PRI.sub(r"\1", code)
    code = re.sub(r'"\s*PRI([a-zA-Z]+?)(?:8|16|32|64|PTR|MAX)\b', r'\1"', code)
    for m in re.finditer(r"\b(?:%s)\(" % names, code):
        for argument in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', arguments(code, m.end() - 1)):
            if not re.match(r'\s*"', argument):
                # one of two texts
                both = re.fullmatch(r'[^"]*\?\s*("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*")\s*',
                                    argument, re.S)
                if both and len(argument) > 60:
                    yield from (conversions(STRING.search(b)[1]) for b in both.groups())
                continue
            yield conversions("".join(STRING.findall(argument)))
            break


def script_texts():
    """(program, text, path) of each line of a script"""
    for program, lines in SCRIPTS.items():
        for path, pattern in lines:
            with open(os.path.join(TOP, path), encoding="utf-8") as file:
                found = re.findall(pattern, file.read(), re.M)
            if not found:
                sys.exit(f"{path}: nothing like {pattern}")
            for text in found:
                text = re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", text)
                text = re.sub(r"\$\(.*?\)|\$?\{.*?\}|\$\w+", "...", text)
                yield program, conversions(text), path


def all_texts():
    """program -> its texts, in order, each once"""
    found = {}
    for program, (patterns, names) in SOURCES.items():
        rows = found.setdefault(program, {})
        for pattern in patterns:
            for path in sorted(glob.glob(os.path.join(TOP, pattern))):
                if SKIP.search(path):
                    continue
                for text in texts(path, names):
                    if len(re.sub(r"\W|\.\.\.", "", text)) > 3:
                        rows.setdefault(text, os.path.relpath(path, TOP))
    for path in sorted(glob.glob(os.path.join(TOP, "helper/*.c"))):
        with open(path, encoding="utf-8") as file:
            for body in WHY.findall(file.read()):
                for text in STRING.findall(body):
                    found["ntlmd"].setdefault(conversions(text), os.path.relpath(path, TOP))
    for program, (paths, pattern) in REASONS.items():
        for path in paths:
            with open(os.path.join(TOP, path), encoding="utf-8") as file:
                for text in re.findall(pattern, file.read(), re.M):
                    found[program.strip()].setdefault(conversions(text), path)
    for program, text, path in script_texts():
        found.setdefault(program, {}).setdefault(text, path)
    return found


def audit_missing():
    """what helper/audit.* puts into the journal and ntlmd(8) does not tell of"""
    text = ""
    for name in ("audit.h", "audit.c"):
        with open(os.path.join(TOP, "helper", name), encoding="utf-8") as file:
            text += file.read()
    with open(os.path.join(TOP, "Documentation/man/ntlmd.8"), encoding="utf-8") as file:
        page = file.read()
    names = re.findall(r'"([0-9a-f]{32})"', text) + re.findall(r'add\(&f, "(\w+)"', text)
    if len(names) < 15:
        return ["helper/audit.c has no fields"]
    return [n for n in names if not re.search(rf"\b{n}\b", page)]


def main():
    arguments_ = sys.argv[1:]
    found = all_texts()
    if arguments_[:1] == ["-l"]:
        for program, rows in found.items():
            print(f"== {program}")
            for text, path in rows.items():
                print(f"{path}\t{text}")
        return
    with open(arguments_[0] if arguments_ else PAGE, encoding="utf-8") as file:
        page = file.read()
    words = set(re.findall(r"``? ?(.+?) ?``?(?=$|[^`])", page, re.M))
    listed = set(re.findall(r"^- `(?:` )?(.+?)(?: `)?`", page, re.M))
    every = {t for rows in found.values() for t in rows}
    status = 0
    for program, rows in found.items():
        for text, path in rows.items():
            if text not in words:
                print(f"{path}: {program}: not on the page: {text}")
                status = 1
    for text in sorted(listed - every):
        print(f"on the page, but nothing logs it: {text}")
        status = 1
    for name in audit_missing():
        print(f"not in ntlmd(8): {name}")
        status = 1
    if len(every) < 150:
        print(f"only {len(every)} texts were found in the sources")
        status = 1
    sys.exit(status)


main()
