# SPDX-License-Identifier: GPL-2.0-or-later
"""The lists of hooks in kernel/smb/Kbuild, as kbuild sees them."""

import subprocess
import sys

PRINT = "$(foreach v,$(filter ntlm-hook-% ntlm-call-%,$(.VARIABLES)),$(info $(v) $($(v))))\nall:;@:\n"


def lists(kbuild, client, version):
    """(kind, object) -> names, with kind "hook" or "call".

    kbuild: the file; client: the directory with the stock Makefile that it
    includes; version: of the kernel, for a list may depend on it
    """
    major, minor = (version.split(".") + ["0"])[:2]
    make = subprocess.run(
        ["make", "-rR", "--no-print-directory", "-f", kbuild, "-f", "-", f"src={client}",
         f"obj={client}", f"VERSION={major}", f"PATCHLEVEL={minor}", "all"],
        input=PRINT, text=True, stdout=subprocess.PIPE, check=False)
    if make.returncode:
        sys.exit(f"{kbuild}: make cannot read it")
    found = {}
    for line in make.stdout.splitlines():
        variable, *names = line.split()
        _, kind, stem = variable.split("-", 2)
        found[kind, stem] = names
    if not any(kind == "hook" for kind, _ in found):
        sys.exit(f"{kbuild} lists no hook")
    return found
