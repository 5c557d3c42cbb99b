#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""ram.py SOCKET FILE: write all memory of the machine that takes orders (QMP) at
SOCKET to FILE, while its processors stand still.
"""

import json
import socket
import sys


class Machine:
    """a connection to QEMU"""

    def __init__(self, path):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(path)
        self.stream = sock.makefile("rw", encoding="utf-8")
        self.stream.readline()
        self.order("qmp_capabilities")

    def order(self, command, **arguments):
        json.dump({"execute": command, "arguments": arguments}, self.stream)
        self.stream.flush()
        while True:
            answer = json.loads(self.stream.readline())
            if "error" in answer:
                sys.exit(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]


def main():
    path, file = sys.argv[1:]
    machine = Machine(path)
    size = machine.order("query-memory-size-summary")["base-memory"]
    machine.order("stop")
    # Below the hole for devices, which is far above what tests have, memory is
    # where its address says.
    machine.order("pmemsave", val=0, size=size, filename=file)
    machine.order("cont")


main()
