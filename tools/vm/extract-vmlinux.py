#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""extract-vmlinux.py BZIMAGE OUT: the ELF kernel inside a bzImage.

QEMU starts it directly by its PVH note, without the kernel's own decompressor,
which is slow under emulation. The layout is Documentation/arch/x86/boot.rst.
"""

import lzma
import struct
import subprocess
import sys
import zlib


def unpack(payload):
    if payload.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor().decompress(payload)
    if payload.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(31).decompress(payload)
    for magic, program in ((b"\x28\xb5\x2f\xfd", "zstd"), (b"\x02\x21\x4c\x18", "lz4")):
        if payload.startswith(magic):
            # The last four bytes are the unpacked size, added by the kernel's build.
            return subprocess.run([program, "-dc"], input=payload[:-4],
                                  stdout=subprocess.PIPE, check=True).stdout
    sys.exit(f"unknown compression {payload[:6].hex()}")


def main():
    with open(sys.argv[1], "rb") as f:
        image = f.read()
    if image[0x202:0x206] != b"HdrS":
        sys.exit(f"{sys.argv[1]} is no bzImage")
    setup_sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    elf = unpack(image[start:start + length])
    if elf[:4] != b"\x7fELF":
        sys.exit(f"{sys.argv[1]} holds no ELF kernel")
    with open(sys.argv[2], "wb") as f:
        f.write(elf)


main()
