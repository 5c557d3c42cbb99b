#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""manager.py [--no-store] DIR COMMAND...: a service manager as ntlmd sees one.

Starts COMMAND again whenever it ends, gives it the descriptors that it stored
(FDSTORE, FDSTOREREMOVE, BARRIER of sd_notify(3), LISTEN_FDS of
sd_listen_fds(3)), and ends it on SIGTERM. In DIR:

  log       standard error of COMMAND
  pid       its process id, new with every start
  store     names of what is stored, one a line, as it changes
  messages  what it sent, one message a line
  order     is read and removed before a start, and says what to do with what is
            stored: "version" and "record" damage every area, "file" puts a
            regular file in the place of each, "twice" stores each twice
"""

import array
import fcntl
import mmap
import os
import selectors
import signal
import socket
import sys

argv = sys.argv[1:]
keep = argv[0] != "--no-store"
if not keep:
    argv.pop(0)
directory, command = argv[0], argv[1:]
store = []


def write(name, text):
    path = os.path.join(directory, name)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


def write_store():
    write("store", "".join(name + "\n" for name, _ in store))


def change(fd, at, length):
    """Flip bits of what a descriptor of memory holds."""
    with mmap.mmap(fd, os.fstat(fd).st_size) as area:
        for i in range(at, at + length):
            area[i] ^= 0xff


def record_of(fd):
    """Where the first record that is in use has its first byte."""
    with mmap.mmap(fd, os.fstat(fd).st_size) as area:
        at = area.find(b"desU")
        return at + 32


def obey(order):
    global store
    if order == "version":
        for _, fd in store:
            change(fd, 8, 1)
    elif order == "record":
        for _, fd in store:
            change(fd, record_of(fd), 1)
    elif order == "file":
        store = [(n, os.open(os.path.join(directory, "messages"), os.O_RDWR))
                 for n, _ in store]
    elif order == "twice":
        store = [(n, f) for n, fd in store for f in (fd, os.dup(fd))]


def start():
    try:
        with open(os.path.join(directory, "order"), encoding="utf-8") as file:
            obey(file.read().strip())
        os.remove(os.path.join(directory, "order"))
        write_store()
    except FileNotFoundError:
        pass
    pid = os.fork()
    if pid:
        write("pid", f"{pid}\n")
        return pid
    log = os.open(os.path.join(directory, "log"),
                  os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(log, 2)
    # above where they have to be
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for _, fd in store]
    for i, fd in enumerate(high):
        os.dup2(fd, 3 + i, inheritable=True)
    os.closerange(3 + len(high), 1000)
    env = dict(os.environ, NOTIFY_SOCKET=os.path.join(directory, "notify"))
    if store:
        env.update(LISTEN_FDS=str(len(store)), LISTEN_PID=str(os.getpid()),
                   LISTEN_FDNAMES=":".join(name for name, _ in store))
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execve(command[0], command, env)


def on_message(receiver):
    global store
    data, ancillary, _, _ = receiver.recvmsg(4096, socket.CMSG_SPACE(16 * 4))
    fds = array.array("i")
    for level, kind, what in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(what[:len(what) - len(what) % 4])
    lines = data.decode().splitlines()
    with open(os.path.join(directory, "messages"), "a", encoding="utf-8") as file:
        print(" ".join(lines), file=file)
    name = next((x[7:] for x in lines if x.startswith("FDNAME=")), "stored")
    if "FDSTORE=1" in lines and keep:
        store += [(name, fd) for fd in fds]
        fds = []
    if "FDSTOREREMOVE=1" in lines:
        for stored, fd in store:
            if stored == name:
                os.close(fd)
        store = [(n, fd) for n, fd in store if n != name]
    for fd in fds:
        os.close(fd)
    write_store()


def main():
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    path = os.path.join(directory, "notify")
    receiver.bind(path)
    os.chmod(path, 0o666)
    signals = [signal.SIGCHLD, signal.SIGTERM]
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno())
    for number in signals:
        signal.signal(number, lambda *_: None)
    waiting = selectors.DefaultSelector()
    waiting.register(receiver, selectors.EVENT_READ)
    waiting.register(ours, selectors.EVENT_READ)
    write_store()
    pid = start()
    stopping = False
    while True:
        for key, _ in waiting.select():
            if key.fileobj is receiver:
                on_message(receiver)
                continue
            for number in ours.recv(64):
                if number == signal.SIGTERM:
                    stopping = True
                    os.kill(pid, signal.SIGTERM)
            if os.waitpid(pid, os.WNOHANG)[0]:
                # what it said last comes before the next start
                receiver.setblocking(False)
                try:
                    while True:
                        on_message(receiver)
                except BlockingIOError:
                    receiver.setblocking(True)
                if stopping:
                    return
                pid = start()


main()
