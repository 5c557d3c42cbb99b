#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""forge.py PID: send a message to each generic netlink socket of a process.

As root, who alone may send to other ports than the kernel's. Prints how many
sockets there were.
"""

import os
import socket
import struct
import sys

GENERIC = 16


def ports(pid):
    """port ids of the generic netlink sockets of a process"""
    inodes = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        target = os.readlink(f"/proc/{pid}/fd/{fd}")
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    with open("/proc/net/netlink", encoding="ascii") as file:
        rows = [line.split() for line in file][1:]
    return [int(r[2]) for r in rows if r[9] in inodes and int(r[1]) == GENERIC]


def main():
    # nlmsghdr and genlmsghdr; what they say does not matter
    message = struct.pack("=IHHIIBBH", 20, 0x20, 0, 0, 0, 2, 1, 0)
    found = ports(sys.argv[1])
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC) as sock:
        for port in found:
            sock.sendto(message, (port, 0))
    print(len(found))


main()
