#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hostile.py SOCKET TEST: a client of ntlmd that means no good; see helper/control.h.

Prints "ok NAME" or "not NAME: why" for each thing tried.
"""

import array
import errno
import mmap
import os
import socket
import struct
import sys
import time

PATH, TEST = sys.argv[1:3]
MAGIC, VERSION, NOBODY = 0x4C4D544E, 1, 0xFFFFFFFF
LOGIN, COMMIT, LOGOUT, LIST = 1, 2, 3, 4
HEAD = struct.Struct("=IHHIIQIHHH6s")
REPLY = struct.Struct("=IHHIIIHH")
CLOSED = "closed"


def request(op, target=b"", user=b"", domain=b"", *, magic=MAGIC, version=VERSION,
            flags=0, uid=NOBODY, lifetime=0, cursor=0, pad=bytes(6), lens=None):
    lens = lens or [len(x) for x in (target, user, domain)]
    return HEAD.pack(magic, version, op, flags, uid, lifetime, cursor, *lens,
                     pad) + target + user + domain


class Client:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(30)
        self.socket.connect(PATH)
        self.memory = None

    def send(self, data, fds=()):
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        return self.socket.sendmsg([data], rights)

    def receive(self):
        """The errno of the reply, or CLOSED."""
        try:
            try:
                data, rights, _, _ = self.socket.recvmsg(65536, socket.CMSG_SPACE(8))
            except ConnectionResetError:
                data, rights, _, _ = self.socket.recvmsg(65536, socket.CMSG_SPACE(8))
        except ConnectionResetError:
            return CLOSED
        except TimeoutError:
            return "silence"
        if not data:
            return CLOSED
        for level, kind, what in rights:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                self.memory = array.array("i", what[:4])[0]
        self.body = data[REPLY.size:]
        return REPLY.unpack(data[:REPLY.size])[3]

    def ask(self, data, fds=()):
        try:
            self.send(data, fds)
        except BrokenPipeError:
            pass
        return self.receive()


def report(name, good, got=""):
    print(f"ok {name}" if good else f"not {name}: got {got}", flush=True)


def expect(name, data, want, fds=()):
    got = Client().ask(data, fds)
    report(name, got == want, got)


def is_alive(name):
    got = Client().ask(request(LIST))
    report(name, got == 0, got)


def malformed():
    good = request(LOGIN, b"host", b"user")
    expect("empty-message-closes", b"", CLOSED)
    expect("one-byte-is-refused", b"\1", errno.EINVAL)
    expect("cut-head-is-refused", good[:HEAD.size - 1], errno.EINVAL)
    expect("wrong-magic-is-refused", request(LIST, magic=1), errno.EINVAL)
    expect("other-version-is-refused", request(LIST, version=2), errno.EPROTONOSUPPORT)
    for op in (0, 6, 0xffff):
        expect(f"operation-{op}-is-refused", request(op), errno.EINVAL)
    expect("unknown-flag-is-refused", request(LIST, flags=0x80000000), errno.EINVAL)
    expect("flag-of-another-operation-is-refused", request(LIST, flags=2), errno.EINVAL)
    expect("padding-is-refused", request(LIST, pad=b"\0\0\0\0\0\1"), errno.EINVAL)
    expect("text-where-none-belongs-is-refused", request(LIST, b"x"), errno.EINVAL)
    expect("lifetime-where-none-belongs-is-refused", request(LIST, lifetime=1), errno.EINVAL)
    expect("too-little-text-is-refused", request(LOGIN, b"h", b"u", lens=[1, 2, 0]), errno.EINVAL)
    expect("too-much-text-is-refused", good + b"x", errno.EINVAL)
    expect("lengths-that-overflow-are-refused",
           request(LOGIN, b"h", b"u", lens=[0xffff, 0xffff, 4]), errno.EINVAL)
    expect("text-that-is-too-long-is-refused", request(LOGIN, b"h" * 770, b"u"), errno.EINVAL)


def malformed2():
    expect("nul-in-a-text-is-refused", request(LOGIN, b"ho\0st", b"user"), errno.EINVAL)
    expect("control-character-in-user-is-refused", request(LOGIN, b"host", b"us\ner"), errno.EINVAL)
    expect("control-character-in-target-is-refused", request(LOGIN, b"ho\x1bst", b"user"), errno.EINVAL)
    expect("two-targets-are-refused", request(LOGIN, b"host other", b"user"), errno.EINVAL)
    expect("bad-utf8-is-refused", request(LOGIN, b"host", b"\xff"), errno.EINVAL)
    expect("empty-user-is-refused", request(LOGIN, b"host", b""), errno.EINVAL)
    expect("domain-inside-user-is-refused", request(LOGIN, b"host", b"D\\u"), errno.EINVAL)
    expect("target-without-host-is-refused", request(LOGIN, b"cifs/", b"user"), errno.EINVAL)
    expect("any-target-is-refused", request(LOGIN, b"*", b"user"), errno.EACCES)
    expect("any-host-is-refused", request(LOGIN, b"cifs/*", b"user"), errno.EACCES)
    expect("endless-lifetime-is-refused", request(LOGIN, b"host", b"user", lifetime=2**63), errno.EINVAL)
    expect("cursor-beyond-everything-is-empty", request(LIST, cursor=0xffffffff), 0)
    client = Client()
    for size in (2561, 60000):
        got = Client().ask(request(LOGIN, b"host", b"user") + bytes(size - HEAD.size - 8))
        report(f"message-of-{size}-bytes-is-refused", got == errno.EINVAL, got)
    got = client.ask(request(LIST))
    report("others-go-on", got == 0, got)


def identity():
    expect("root-is-not-believed", request(LOGIN, b"host", b"user", uid=0), errno.EPERM)
    expect("other-user-is-not-believed", request(LIST, uid=os.getuid() + 1), errno.EPERM)
    expect("logout-of-others-is-refused", request(LOGOUT, b"host", uid=os.getuid() + 1), errno.EPERM)
    expect("list-of-all-is-refused", request(LIST, flags=1), errno.EPERM)
    expect("logout-of-all-is-refused", request(LOGOUT, flags=1), errno.EPERM)
    expect("own-uid-may-be-named", request(LIST, uid=os.getuid()), 0)


def descriptors():
    regular = os.open("/etc/passwd", os.O_RDONLY)
    memory = os.memfd_create("mine")
    os.ftruncate(memory, 4096)
    pipe = os.pipe()
    good = request(LOGIN, b"host", b"user")
    expect("a-file-is-not-taken", good, errno.EINVAL, [regular])
    expect("memory-is-not-taken", good, errno.EINVAL, [memory])
    expect("two-descriptors-are-not-taken", good, errno.EINVAL, [memory, regular])
    expect("many-descriptors-are-not-taken", good, errno.EINVAL, [pipe[0]] * 250)
    client = Client()
    client.ask(good)
    got = client.ask(request(COMMIT), [memory])
    report("commit-takes-no-descriptor", got == errno.EINVAL, got)
    ours, theirs = socket.socketpair()
    expect("a-socket-is-not-taken", good, errno.EINVAL, [theirs.fileno()])
    theirs.close()
    ours.settimeout(10)
    try:
        got = ours.recv(1)
    except TimeoutError:
        got = "still open"
    report("what-is-not-taken-is-closed", got == b"", got)


def secret(client):
    return mmap.mmap(client.memory, 4096)


def memory():
    client = Client()
    got = client.ask(request(COMMIT))
    report("commit-without-login-is-refused", got == errno.EINVAL, got)
    client = Client()
    got = client.ask(request(LOGIN, b"host", b"user"))
    report("login-gives-memory", got == 0 and client.memory is not None, got)
    try:
        os.ftruncate(client.memory, 0)
        got = "shrunk"
    except OSError as e:
        got = e.errno
    report("memory-cannot-shrink", got in (errno.EPERM, errno.EINVAL), got)
    try:
        os.ftruncate(client.memory, 1 << 30)
        got = "grown"
    except OSError as e:
        got = e.errno
    report("memory-cannot-grow", got in (errno.EPERM, errno.EINVAL), got)
    got = client.ask(request(COMMIT))
    report("commit-of-nothing-is-refused", got == errno.EINVAL, got)
    client.ask(request(LOGIN, b"host", b"user"))
    area = secret(client)
    area[:16] = b"0123456789abcdef"
    got = client.ask(request(COMMIT))
    report("commit-takes-the-secret", got == 0, got)
    report("memory-is-wiped-after-that", area[:] == bytes(4096), area[:16])
    got = client.ask(request(COMMIT))
    report("second-commit-is-refused", got == errno.EINVAL, got)
    client.ask(request(LOGIN, b"host2", b"user"))
    first = secret(client)
    first[:16] = b"fedcba9876543210"
    client.ask(request(LOGIN, b"host3", b"user"))
    report("another-login-wipes-the-first", first[:16] == bytes(16), first[:16])
    got = client.ask(request(COMMIT))
    report("memory-of-the-first-counts-no-more", got == errno.EINVAL, got)
    got = client.ask(request(LOGOUT, b"host"))
    report("logout-answers", got == 0, got)


def crowd():
    """As a user; connections that nobody may have."""
    clients = [Client() for _ in range(4)]
    got = clients[0].ask(request(LIST))
    report("four-connections-are-served", got == 0, got)
    got = Client().receive()
    report("a-fifth-is-refused", got == errno.EBUSY, got)
    begin = time.monotonic()
    got = clients[3].receive()
    lasted = time.monotonic() - begin
    report("a-silent-client-is-sent-away", got == CLOSED and 5 < lasted < 25, (got, lasted))
    clients = None
    is_alive("and-others-are-served-again")


def rate():
    client = Client()
    answers = [client.ask(request(LIST)) for _ in range(120)]
    report("too-many-requests-are-refused", errno.EAGAIN in answers and answers[0] == 0, set(answers))
    time.sleep(3)
    got = client.ask(request(LIST))
    report("and-served-again-after-a-while", got == 0, got)


def deaf():
    """Never reads a reply; the socket's buffer fills up."""
    client = Client()
    client.socket.settimeout(2)
    sent = 0
    try:
        for _ in range(5000):
            client.send(request(LIST))
            sent += 1
        end = "endless"
    except (BrokenPipeError, ConnectionResetError, TimeoutError) as e:
        end = type(e).__name__
    report("a-client-that-reads-nothing-is-dropped", end != "endless", (sent, end))


def flood():
    """Four connections that ask as fast as they can, until killed."""
    print("flooding", flush=True)
    while True:
        try:
            clients = [Client() for _ in range(4)]
            while True:
                for client in clients:
                    client.ask(request(LOGIN, b"host", b"user"))
        except OSError:
            pass


globals()[TEST]()
