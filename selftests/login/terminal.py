#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""terminal.py PASSWORD|SIGNAL COMMAND...: run COMMAND on a terminal of its own and type.

Waits for a prompt that ends with ": ", types the password, and prints what the
terminal showed. For "^C" it types that instead. The last line is
"status=N echo=on|off", where echo is the terminal's state after the end.
"""

import fcntl
import os
import select
import sys
import termios
import time

secret, command = sys.argv[1], sys.argv[2:]
master, slave = os.openpty()
pid = os.fork()
if not pid:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(slave, fd)
    os.execv(command[0], command)
shown, typed, status = b"", False, None
limit = time.monotonic() + 60
while time.monotonic() < limit:
    if select.select([master], [], [], 0.1)[0]:
        shown += os.read(master, 4096)
    elif status is not None:
        break
    if not typed and shown.endswith(b": "):
        typed = True
        hidden = not termios.tcgetattr(slave)[3] & termios.ECHO
        os.write(master, b"\x03" if secret == "^C" else secret.encode() + b"\n")
    if status is None:
        done, code = os.waitpid(pid, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(code)
echo = "on" if termios.tcgetattr(slave)[3] & termios.ECHO else "off"
print(shown.decode().replace("\r\n", "\n"), end="")
print(f"status={status} prompt={'hidden' if typed and hidden else 'shown'} echo={echo}")
