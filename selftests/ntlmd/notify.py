#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""notify.py SOCKET LOG: what a service sends to systemd, one message a line."""

import os
import socket
import sys

path, log = sys.argv[1:]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(path)
os.chmod(path, 0o666)
with open(log, "w", encoding="utf-8") as out:
    print("listening", file=out, flush=True)
    while True:
        print(receiver.recv(4096).decode().replace("\n", " "), file=out, flush=True)
