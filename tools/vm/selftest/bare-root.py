#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bare-root.py DIR: in a guest, as root, try to change DIR on the host.

Goes below the overlay to the link to the host's root, asks for it to be
writable, and tries. Wants a mount namespace of its own: unshare -m.
Prints one line for each attempt.
"""

import ctypes
import os
import sys

MS_REMOUNT, MNT_DETACH = 32, 2
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *args):
    if getattr(libc, name)(*args):
        raise OSError(ctypes.get_errno(), name)


def main():
    # Entering a mount namespace starts at the file system that is on top of its
    # root: without the overlay, that is the initramfs.
    namespace = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    call("umount2", b"/", MNT_DETACH)
    call("setns", namespace, 0)
    call("mount", b"root", b"/ro", b"9p", MS_REMOUNT, None)
    path = "/ro" + sys.argv[1]
    # No text mode: Python's codecs are files of the root that is gone.
    source = os.open(path + "/host-file", os.O_RDONLY)
    print("reads", os.read(source, 80).decode().strip())
    os.close(source)
    attempts = {
        "overwrite": lambda: os.close(os.open(path + "/host-file", os.O_WRONLY | os.O_TRUNC)),
        "create": lambda: os.close(os.open(path + "/bare-file", os.O_WRONLY | os.O_CREAT)),
        "mkdir": lambda: os.mkdir(path + "/bare-dir"),
        "unlink": lambda: os.unlink(path + "/host-file"),
        "rename": lambda: os.rename(path + "/host-file", path + "/bare-file"),
        "link": lambda: os.link(path + "/host-file", path + "/bare-file"),
        "chmod": lambda: os.chmod(path + "/host-file", 0o777),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
            print(name, "done")
        except OSError as e:
            print(name, "refused", e.strerror)


main()
