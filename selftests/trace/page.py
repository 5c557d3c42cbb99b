#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""page.py COMMAND: Documentation/observability.md against the kernel that runs here,
with ntlm.ko and ntlm_dcerpc.ko loaded.

names     every event and field that the page uses exists
all       every event of the modules is on the page
order     the events of a good exchange, in the page's order, one a line
programs  the bpftrace programs, one a line
filters   every filter of the page is taken by the kernel
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "../../Documentation/observability.md")
EVENTS = "/sys/kernel/tracing/events"
SYSTEMS = ("ntlm", "ntlm_rpc")


def fields(event):
    """fields of an event, from its format"""
    with open(f"{EVENTS}/{event}/format", encoding="utf-8") as file:
        return set(re.findall(r"field:.*?(\w+)(?:\[.*?\])?;", file.read()))


def probes(program):
    """(SYSTEM/EVENT, what is read of it) in a bpftrace program"""
    for part in re.split(r"(?=tracepoint:)", program):
        event = re.match(r"tracepoint:(\w+):(\w+)", part)
        if event:
            body = part.split("interval:", maxsplit=1)[0]
            yield "/".join(event.groups()), set(re.findall(r"args(?:->|\.)(\w+)", body))


def main():
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    programs = re.findall(r"bpftrace -e '(.*)'$", page, re.M)
    wrong = []
    command = sys.argv[1]
    if command == "programs":
        print("\n".join(programs))
    elif command == "order":
        block = page[page.index("in this order"):page.index("The others:")]
        print("\n".join(re.findall(r"^    (ntlm_\w+)", block, re.M)))
    elif command == "all":
        listed = set(re.findall(r"^    (ntlm_\w+)", page, re.M))
        there = {e for s in SYSTEMS for e in os.listdir(f"{EVENTS}/{s}") if e.startswith("ntlm_")}
        wrong = sorted(listed ^ there)
    elif command == "names":
        used = [p for program in programs for p in probes(program)]
        used += [("/".join(e), set()) for e in re.findall(r"-e (\w+):(\w+)", page)]
        if len(programs) < 8 or len(used) < 15:
            wrong.append("the page has no programs")
        for event, names in used:
            if not os.path.exists(f"{EVENTS}/{event}"):
                wrong.append(event)
            else:
                wrong += [f"{event}: {n}" for n in names - fields(event)]
    elif command == "filters":
        found = re.findall(r"-e (\w+):(\w+) -f '(.*?)'", page)
        if len(found) < 3:
            wrong.append("the page has no filters")
        for system, event, text in found:
            for value in (text, "0"):
                with open(f"{EVENTS}/{system}/{event}/filter", "w", encoding="utf-8") as file:
                    file.write(value)
    sys.exit(f"wrong: {wrong}" if wrong else 0)


main()
