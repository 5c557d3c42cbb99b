# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's contexts, through /dev/ntlm_test."""

import ctypes
import errno
import hashlib
import os
import struct
import subprocess

import wire
from ends import BadMessage, End, Refused

INITIATOR, ACCEPTOR = 0, 1
CONNECTION, CONNECTIONLESS = 0, 1
INTEGRITY, CONFIDENTIALITY, ANONYMOUS, BINDINGS = 0x1, 0x8, 0x20, 0x40
SIGN, VERIFY, SEAL, UNSEAL = range(4)
# What to add to these for datagrams
DATAGRAM = 4
MAX_TOKEN = 16384
MAX_MESSAGE = 8192

_shim = ctypes.CDLL(os.path.join(os.environ["NTLM_BIN"], "interop.so"))
_shim.shim_message.argtypes = [ctypes.c_int, ctypes.c_uint32, ctypes.c_uint32,
                               ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64,
                               ctypes.c_uint64, ctypes.c_void_p]


def name_of(err):
    return errno.errorcode.get(-err, str(err))


def enter(namespace):
    """Contexts of this process are made in that network namespace."""
    err = _shim.shim_namespace(f"/run/netns/{namespace}".encode())
    if err:
        raise OSError(-err, "setns")


def leave():
    """Sockets of this process are in an empty network namespace from now on."""
    err = _shim.shim_namespace(None)
    if err:
        raise OSError(-err, "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def bindings_hash(data):
    """MsvAvChannelBindings: MD5 of a gss_channel_bindings_struct without addresses"""
    return hashlib.md5(bytes(16) + struct.pack("<I", len(data)) + data).digest()


class _Context(End):
    kernel = True
    role = None

    def __init__(self, row, target):
        required = {"seal": INTEGRITY | CONFIDENTIALITY, "sign": INTEGRITY}.get(
            row.protect, 0)
        wished = ANONYMOUS if row.response == "anonymous" else 0
        bindings = None
        if row.bindings:
            bindings = bindings_hash(self.application_data(row))
        self.fd = _shim.shim_create(
            self.role, CONNECTIONLESS if row.datagram else CONNECTION, required,
            wished, 40, 1, int(row.spnego), target.encode(), bindings)
        if self.fd < 0:
            raise Refused("ntlm_ctx_create: " + name_of(self.fd))
        self.row = row
        self.sent = self.received = 0
        self.buffer = ctypes.create_string_buffer(MAX_MESSAGE)
        self.signature = ctypes.create_string_buffer(16)

    def application_data(self, row):
        return row.bindings

    def close(self):
        os.close(self.fd)

    def step(self, token):
        out = ctypes.create_string_buffer(MAX_TOKEN)
        room = ctypes.c_uint32(MAX_TOKEN)
        err = _shim.shim_exchange(self.fd, token, len(token or b""), out,
                                  ctypes.byref(room))
        if err not in (0, -errno.EINPROGRESS):
            raise Refused(f"the kernel says {name_of(err)}" + self._told())
        self.done = not err
        if self.done and self.role == INITIATOR:
            _shim.shim_report(self.fd, 0)
        return out.raw[:room.value] or None

    def _told(self):
        status = self.info()[2]
        return f", to the peer {status:#x}" if status else ""

    def info(self):
        """(error, flags, NTSTATUS, anonymous, key, user)"""
        flags, status, anonymous = (ctypes.c_uint32() for _ in range(3))
        key = ctypes.create_string_buffer(16)
        user = ctypes.create_string_buffer(1024)
        err = _shim.shim_info(self.fd, ctypes.byref(flags), key,
                              ctypes.byref(status), ctypes.byref(anonymous), user)
        return err, flags.value, status.value, anonymous.value, key.raw, user.value

    def key(self):
        err, _, _, _, key, _ = self.info()
        return None if err else key

    def flags(self):
        return self.info()[1]

    def _number(self, op):
        """Datagrams are numbered in each direction, from 0 on."""
        if not self.row.datagram:
            return 0
        if op in (SIGN, SEAL):
            self.sent += 1
            return self.sent - 1
        self.received += 1
        return self.received - 1

    def message(self, op, data, signature, before=0, after=0):
        """Do it with all of the data but the first and last bytes, that are signed
        only. What the kernel answers, signature and data."""
        size = len(data)
        number = self._number(op)
        if self.row.datagram:
            op += DATAGRAM
        self.buffer[:size] = data
        self.signature[:] = signature
        err = _shim.shim_message(self.fd, op, number, self.buffer, before,
                                 size - before - after, after, self.signature)
        return err, self.signature[:], self.buffer[:size]

    def protect(self, data, seal):
        err, signature, data = self.message(SEAL if seal else SIGN, data, bytes(16))
        if err:
            raise BadMessage("the kernel does not protect: " + name_of(err))
        return signature + data

    def unprotect(self, message, seal):
        err, _, data = self.message(UNSEAL if seal else VERIFY, message[16:],
                                    message[:16])
        if err:
            raise BadMessage("the kernel says " + name_of(err))
        return data


class Initiator(_Context):
    role = INITIATOR

    def __init__(self, row):
        super().__init__(row, "test/server")


class Acceptor(_Context):
    role = ACCEPTOR

    def __init__(self, row, target="test/server"):
        super().__init__(row, target)

    def application_data(self, row):
        return row.bindings + b" of another channel" * row.other_bindings
