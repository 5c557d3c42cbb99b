#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""protocol-page.py: does Documentation/netlink-protocol.md say what the code does?

Every name of the page has to be in the headers, every command, state, verdict,
event and feature of the headers on the page; every errno of the page has to be
returned somewhere in kernel/, and every one that ntlm_ctx_exchange() documents
has to be on the page and in the table of troubleshooting.md; counters,
functions and tracepoints of the page have to exist. Exit status 1 if not.
"""

import glob
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def main():
    page = read("Documentation/netlink-protocol.md")
    trouble = read("Documentation/troubleshooting.md")
    uapi, core = read("include/uapi/linux/ntlm.h"), read("kernel/core.h")
    code = "".join(read(os.path.relpath(p, TOP)) for p in
                   sorted(glob.glob(os.path.join(TOP, "kernel/*.[ch]"))) if "_kunit" not in p)
    spec = read("Documentation/netlink/specs/ntlm.yaml")
    wrong = []
    known = set(re.findall(r"\bNTLM_[A-Z0-9_]*[A-Z0-9]\b", uapi + core))
    for name in set(re.findall(r"\bNTLM_[A-Z0-9_]+\b", page)) - known:
        wrong.append(f"the page names {name}, which does not exist")
    wanted = {n for n in known
              if re.match(r"NTLM_(CMD|STATE|EVENT|FEATURE|REQUEST)_(?!UNSPEC|MAX)", n)
              and not n.endswith("_MAX")}
    for name in wanted - set(re.findall(r"\bNTLM_[A-Z0-9_]+\b", page)):
        wrong.append(f"the page does not name {name}")
    for name in re.findall(r"NTLM_VERDICT_(\w+),", uapi):
        if not re.search(rf"(?:\b|_){name}\b", page):
            wrong.append(f"the page does not name the verdict {name}")
    errnos = set(re.findall(r"`(E[A-Z0-9]{2,})`", page))
    for name in errnos:
        if not re.search(rf"-{name}\b", code) and name != "ENOBUFS":
            wrong.append(f"the page names {name}, which the kernel never returns")
    text = code[code.index("* ntlm_ctx_exchange -"):]
    documented = set(re.findall(r"\* -(E[A-Z]+) -", text[:text.index("*/")]))
    if len(documented) < 15:
        wrong.append("ntlm_ctx_exchange() documents no errors any more")
    helper = {"EKEYREJECTED", "EACCES"}         # what a helper answers
    for name in sorted(documented - errnos - helper):
        if name not in ("EINPROGRESS",):
            wrong.append(f"the page does not name {name} of ntlm_ctx_exchange()")
    for name in sorted(documented - {"EINPROGRESS"}):
        if f"`{name}`" not in trouble:
            wrong.append(f"troubleshooting.md does not explain {name}")
    for name in re.findall(r"counter `([a-z-]+)`", page):
        if not re.search(rf"name: {name}$", spec, re.M):
            wrong.append(f"there is no counter {name}")
    for name in re.findall(r"\b(ntlm_ctx_\w+)\(\)", page):
        if not re.search(rf"\b{name}\(", code):
            wrong.append(f"there is no function {name}()")
    for name in re.findall(r"\b(ntlm_(?:request|helper|netns|grace)_\w+)", page):
        if name not in read("kernel/trace.h"):
            wrong.append(f"there is no tracepoint {name}")
    for parameter in re.findall(r"`(\w+_ms)`", page):
        if f"module_param_named({parameter}" not in code:
            wrong.append(f"there is no module parameter {parameter}")
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(bool(wrong))


main()
