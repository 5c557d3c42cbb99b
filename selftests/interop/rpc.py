# SPDX-License-Identifier: GPL-2.0-or-later
"""Samba's rpcclient as a client of the kernel: a server of DCE/RPC over TCP that
knows one interface, Samba's rpcecho, whose security context is the kernel's.

[MS-RPCE] sections 2.2.2, 3.3.1.5.2
"""

import os
import socket
import struct
import subprocess
import tempfile

import kernel
import wire
from ends import Wrong

REQUEST, RESPONSE, BIND, BIND_ACK, ALTER, ALTER_ACK, AUTH3 = 0, 2, 11, 12, 14, 15, 16
HEADER_SIGN = 0x04
NTLMSSP, SPNEGO = 10, 9
INTEGRITY, PRIVACY = 5, 6
ECHO_DATA, SINK_DATA, SOURCE_DATA = 1, 2, 3
# Of the endpoint mapper, to which rpcclient goes first
EPT_MAP, PORT = 3, 135
# The server, as ntlmd's configuration and /etc/hosts have it
NAME = "kernel.interop.example"
# The transfer syntax NDR, version 2
NDR = bytes.fromhex("045d888aeb1cc9119fe808002b10486002000000")


class Server:
    def __init__(self, connection, context, row):
        self.file = connection.makefile("rwb")
        self.context, self.row = context, row
        self.seen = wire.Seen()
        self.calls = 0

    def receive(self):
        head = self.file.read(16)
        if not head:
            return None
        size, auth = struct.unpack_from("<HH", head, 8)
        return head + self.file.read(size - 16), auth

    def send(self, kind, call, flags, body, trailer=b"", token=b""):
        size = 16 + len(body) + len(trailer) + len(token)
        head = struct.pack("<BBBBIHHI", 5, 0, kind, 3 | flags, 0x10, size,
                           len(token), call)
        self.file.write(head + body + trailer + token)
        self.file.flush()

    def token(self, pdu, auth):
        """A token of the client's; the trailer, and the kernel's answer to it."""
        self.seen.add(pdu[-auth:])
        answer = self.context.step(pdu[-auth:])
        self.seen.add(answer)
        return pdu[-auth - 8:-auth], answer or b""

    def negotiate(self, kind, call, pdu, auth):
        trailer, answer = self.token(pdu, auth) if auth else (b"", b"")
        if kind == AUTH3:
            return
        # No pad before the trailer: the body is a multiple of 4 bytes.
        trailer = trailer[:2] + b"\0" + trailer[3:]
        address = b"\x06\x0012345\0" if kind == BIND else b"\0\0\0\0"
        body = struct.pack("<HHI", 4280, 4280, 1) + address
        body += bytes(-len(body) % 4)
        contexts = pdu[24]
        body += struct.pack("<BxH", contexts, 0) + (bytes(4) + NDR) * contexts
        self.send(BIND_ACK if kind == BIND else ALTER_ACK, call,
                  pdu[3] & HEADER_SIGN, body, trailer, answer)

    def request(self, call, pdu, auth):
        seal = self.row.protect == "seal"
        tail = auth + 8
        err, _, plain = self.context.message(
            kernel.UNSEAL if seal else kernel.VERIFY, pdu[:-auth], pdu[-auth:],
            before=24, after=8)
        if err:
            raise Wrong(f"call {self.calls}: the kernel says {kernel.name_of(err)}")
        if pdu[-tail + 1] != (PRIVACY if seal else INTEGRITY):
            raise Wrong(f"authentication level {pdu[-tail + 1]}")
        self.calls += 1
        answer = echo(struct.unpack_from("<H", pdu, 22)[0], plain[24:-8])
        self.response(call, answer, plain[-8:], seal)

    def response(self, call, stub, trailer, seal):
        pad = -len(stub) % 16
        body = struct.pack("<IHBx", len(stub), 0, 0) + stub + bytes(pad)
        trailer = trailer[:2] + bytes([pad]) + trailer[3:]
        size = 16 + len(body) + 8 + 16
        head = struct.pack("<BBBBIHHI", 5, 0, RESPONSE, 3, 0x10, size, 16, call)
        err, signature, pdu = self.context.message(
            kernel.SEAL if seal else kernel.SIGN, head + body + trailer, bytes(16),
            before=24, after=8)
        if err:
            raise Wrong(f"the kernel does not protect: {kernel.name_of(err)}")
        self.file.write(pdu + signature)
        self.file.flush()

    def plain(self, kind, call, pdu):
        """Without authentication there is only the endpoint mapper."""
        if kind == BIND:
            self.negotiate(kind, call, pdu, 0)
        elif kind == REQUEST and struct.unpack_from("<H", pdu, 22)[0] == EPT_MAP:
            stub = ept_map(pdu[24:])
            self.send(RESPONSE, call, 0, struct.pack("<IHBx", len(stub), 0, 0) + stub)
        else:
            raise Wrong(f"PDU of type {kind} without authentication")

    def serve(self):
        while (received := self.receive()) is not None:
            pdu, auth = received
            kind, call = pdu[2], struct.unpack_from("<I", pdu, 12)[0]
            if not auth:
                self.plain(kind, call, pdu)
            elif kind == REQUEST:
                self.request(call, pdu, auth)
            elif kind in (BIND, ALTER, AUTH3):
                self.negotiate(kind, call, pdu, auth)
            else:
                raise Wrong(f"PDU of type {kind}")


def echo(operation, stub):
    size = struct.unpack_from("<I", stub)[0]
    if operation == ECHO_DATA:
        return stub[4:8 + size]
    if operation == SINK_DATA:
        return b""
    if operation == SOURCE_DATA:
        return struct.pack("<I", size) + bytes(i & 0xff for i in range(size))
    raise Wrong(f"operation {operation}")


def ept_map(stub):
    """[C706] appendix O: here is all that is asked for."""
    # object: no pointer; tower: pointer, size, length, bytes
    length = struct.unpack_from("<4xI4xI", stub)[1]
    tower = bytearray(stub[16:16 + length])
    # Floors are the number and bytes of a left and a right side; the port is the
    # right side of the fourth.
    at = 2
    for _ in range(3):
        for _ in range(2):
            at += 2 + struct.unpack_from("<H", tower, at)[0]
    at += 2 + struct.unpack_from("<H", tower, at)[0]
    struct.pack_into(">H", tower, at + 2, PORT)
    answer = bytes(20) + struct.pack("<IIIIIII", 1, 1, 0, 1, 3, length, length) + tower
    return answer + bytes(-len(answer) % 4) + bytes(4)


def run(row, account, rng, count):
    """rpcclient makes count calls. Returns what was seen on the wire."""
    context = kernel.Acceptor(row, "host/" + NAME)
    kernel.leave()
    listener = socket.create_server(("127.0.0.1", PORT))
    # If it ends without a connection
    listener.settimeout(20)
    options = ("spnego" if row.spnego else "ntlm") + "," + \
        ("seal" if row.protect == "seal" else "sign")
    commands = ";".join(f"echodata {rng.randrange(1, 120)}" for _ in range(count))
    argv = ["rpcclient", "--configfile=" + os.environ["INTEROP_SMB_CONF"],
            "-U", f"{account.domain}\\{account.user}%{account.password}",
            "--option=client ntlmv2 auth=" + ("yes" if row.response == "ntlmv2" else "no"),
            f"ncacn_ip_tcp:{NAME}[{options}]", "-c", commands]
    with tempfile.TemporaryFile("w+") as output:
        with subprocess.Popen(argv, stdout=output, stderr=output,
                              stdin=subprocess.DEVNULL) as client:
            try:
                for _ in ("endpoint mapper", "rpcecho"):
                    connection, _ = listener.accept()
                    with connection:
                        server = Server(connection, context, row)
                        server.serve()
            except TimeoutError:
                client.kill()
                server = None
            except Exception:
                client.kill()
                raise
        output.seek(0)
        said = output.read()
    if client.returncode or not server or server.calls != count or "mismatch" in said:
        raise Wrong(f"rpcclient: status {client.returncode}, "
                    f"{server.calls if server else 'no'} calls: {said[-300:]}")
    return server.seen
