# SPDX-License-Identifier: GPL-2.0-or-later
"""rogue.py HOST SERVER FILE: relay HOST's port 445 to SERVER's, and record in FILE
every byte that clients send: what a host sees that a referral leads to.
"""

import socket
import sys
import threading


def relay(source, to, record):
    try:
        while data := source.recv(65536):
            if record:
                record.write(data)
            to.sendall(data)
    except OSError:
        pass
    for end in (source, to):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def main():
    host, server, path = sys.argv[1:]
    listener = socket.create_server((host, 445))
    # Appending, so that the test may empty the file.
    with open(path, "ab", buffering=0) as record:
        while True:
            client = listener.accept()[0]
            upstream = socket.create_connection((server, 445))
            for args in ((client, upstream, record), (upstream, client, None)):
                threading.Thread(target=relay, args=args, daemon=True).start()


main()
