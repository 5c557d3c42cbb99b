#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""manager.py SOCKET COMMAND...: run a command as systemd would.

It listens at SOCKET, keeps the descriptors that the command stores (FDSTORE=1),
and hands them to the next run. A command that a signal ended is started again,
until this program gets SIGTERM. See sd_notify(3) and sd_listen_fds(3).
"""

import array
import os
import signal
import socket
import sys

path, command = sys.argv[1], sys.argv[2:]
stored = []     # (name, descriptor)
stopping = False


def store(lines, descriptors):
    """One message of the command."""
    name = lines.get("FDNAME", "stored")
    if "FDSTORE" in lines:
        stored.extend((name, fd) for fd in descriptors)
        return
    for fd in descriptors:      # of a barrier: closing it is the answer
        os.close(fd)
    if "FDSTOREREMOVE" in lines:
        for item in [i for i in stored if i[0] == name]:
            stored.remove(item)
            os.close(item[1])


def receive(receiver):
    text, ancillary, _, _ = receiver.recvmsg(4096, socket.CMSG_SPACE(64))
    descriptors = array.array("i")
    for _, _, data in ancillary:
        descriptors.frombytes(data[:len(data) - len(data) % descriptors.itemsize])
    store(dict(line.split("=", 1) for line in text.decode().split("\n") if "=" in line),
          list(descriptors))


def start():
    pid = os.fork()
    if pid:
        return pid
    # First out of the way of the numbers that they get.
    high = [os.dup(fd) for _, fd in stored]
    while high and min(high) < 3 + len(high):
        high = [os.dup(fd) for fd in high]
    for number, fd in enumerate(high, 3):
        os.dup2(fd, number)
    os.environ["NOTIFY_SOCKET"] = path
    if stored:
        os.environ["LISTEN_PID"] = str(os.getpid())
        os.environ["LISTEN_FDS"] = str(len(stored))
        os.environ["LISTEN_FDNAMES"] = ":".join(name for name, _ in stored)
    os.execvp(command[0], command)
    return 0


def stop(*_):
    global stopping
    stopping = True
    os.kill(child, signal.SIGTERM)


receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(path)
os.chmod(path, 0o666)
receiver.settimeout(0.1)
child = start()
signal.signal(signal.SIGTERM, stop)
while True:
    try:
        receive(receiver)
        continue
    except TimeoutError:
        pass
    pid, status = os.waitpid(child, os.WNOHANG)
    if not pid:
        continue
    if stopping or not os.WIFSIGNALED(status):
        sys.exit(os.waitstatus_to_exitcode(status))
    child = start()
