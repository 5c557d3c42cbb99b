#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""half.py SOCKET ROWS: an ntlmd that gives ROWS logins of more, and then hangs up.

ROWS 1: within the logins; 0: between them and the refusals. See helper/control.h.
Writes "listens" when it does.
"""

import socket
import struct
import sys

PATH, ROWS = sys.argv[1], int(sys.argv[2])
MAGIC, VERSION, LIST, LOGIN = 0x4C4D544E, 1, 4, 1
REPLY = struct.Struct("=IHHIIIHH")
ROW = struct.Struct("=HHIIIQHHHH")


def row(target, user, domain):
    texts = target + user + domain
    size = (ROW.size + len(texts) + 7) // 8 * 8
    return (ROW.pack(size, LOGIN, 0, 0, 0, 60, len(target), len(user), len(domain), 0) +
            texts).ljust(size, b"\0")


server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.bind(PATH)
server.listen()
print("listens", flush=True)
client, _ = server.accept()
client.recv(4096)
rows = row(b"*/server", b"alice", b"LAB") * ROWS
client.send(REPLY.pack(MAGIC, VERSION, LIST, 0, ROWS, ROWS, 0, 0) + rows)
client.recv(4096)
client.close()
