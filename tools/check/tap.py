# SPDX-License-Identifier: GPL-2.0-or-later
"""What the runners of the test suites have in common: reading TAP, and how a
suite that needs a kernel of its own is started in a guest.
"""

import os
import re

# Kernel suites: memory in MiB, time limit in seconds, arguments of the kernel
GUEST_SUITES = {
    "netlink": (1536, 600, ""),
    "netlink-fuzz": (1024, 600, ""),
    "exchange": (1024, 600, ""),
    "ntlmd": (1024, 600, ""),
    "login": (1024, 600, ""),
    "ntlmctl": (1024, 300, ""),
    "trace": (1024, 300, ""),
    "ynl": (1024, 300, ""),
    "session": (1024, 600, ""),
    "stress": (1024, 600, ""),
    "alloc": (1024, 300, ""),
    "scale": (1536, 900, ""),
    "gss": (1024, 600, ""),
    "interop": (1536, 900, ""),
    "dcerpc": (1536, 600, ""),
    "refusal": (1024, 420, ""),
    "smb-dialect": (1024, 600, ""),
    "smb-identity": (1024, 600, ""),
    "smb-multiuser": (1024, 300, ""),
    "smb-recovery": (1024, 420, ""),
    "smb-suspend": (1024, 300, ""),
    "smb-memory": (640, 300, ""),
    "winbind": (1024, 300, ""),
    "example": (1024, 120, ""),
    "fips": (1024, 120, "fips=1"),
}

# Suites that need a debugging kernel, see tools/lab/run.sh: which one, memory in
# MiB, time limit in seconds. make check-debug runs them, make check does not.
LAB_SUITES = {
    "failslab": ("kasan", 1024, 1500),
}

# Suites that boot machines of their own, under the kernel in $KERNEL
HOST_SUITES = {
    "demo": ["bash", "selftests/demo/run.sh"],
    "smb-build": ["bash", "selftests/smb-build/run.sh"],
    "smb-secrets": ["bash", "selftests/smb-secrets/run.sh"],
    "boot": ["bash", "selftests/boot/run.sh"],
    "packages": ["bash", "selftests/packages/run.sh"],
    "completion": ["bash", "selftests/completion/run.sh"],
    "abi": ["bash", "selftests/abi/run.sh"],
    "vm": ["bash", "tools/vm/selftest.sh"],
    "lab": ["bash", "tools/lab/selftest.sh"],
    "debug": ["bash", "selftests/debug/run.sh"],
    "bench": ["bash", "tools/bench/selftest.sh"],
}

KERNEL_SUITES = [*GUEST_SUITES, *HOST_SUITES]

# What they prove is about user space: the first kernel is enough.
ONCE = {"vm", "packages", "ntlmd", "refusal", "winbind", "lab", "debug", "bench", "completion", "abi"}

# They take long, so they run only when they are asked for.
ASKED = {"debug", "packages", "bench"}

# What they measure needs the machine for itself, or they use all of it.
ALONE = {"demo", "scale", "debug", "bench"}

# Whose programs a suite executes besides its own and those of the project
BORROWED = {"demo": ["dcerpc"], "refusal": ["dcerpc", "ntlmd"], "fips": ["example"],
            "smb-suspend": ["smb-recovery"], "smb-memory": ["smb-recovery"]}

# Exit statuses of tools/vm/run.sh that are not the suite's own
GUEST_TROUBLE = {
    124: "time limit",
    125: "the guest panicked or did not report",
    126: "the kernel complained",
}

_LINE = re.compile(r"^\s*(not )?ok\b\s*\d*\s*(?:- )?(.*?)(?:\s+#\s*(SKIP|skip)\S*\s*(.*))?$")
_PROGRAM = re.compile(r"^# test_\w+$")


def read(text):
    """The tests in the output of a suite: (name, state, reason), in order.

    A line "# test_PROGRAM" says that what follows is of that program. A name
    that comes again gets its number: "NAME (2)".
    """
    program, times = "", {}
    for line in text.splitlines():
        if _PROGRAM.match(line):
            program = line[2:] + ": "
            continue
        row = _LINE.match(line.rstrip("\r"))
        if not row:
            continue
        failed, name, skip, reason = row.groups()
        state = "failed" if failed else "skipped" if skip else "passed"
        name = program + name.strip()
        times[name] = times.get(name, 0) + 1
        if times[name] > 1:
            name += f" ({times[name]})"
        yield name, state, reason or ""


def guest_argv(suite, kernel, modules, programs, args=(), limit=None):
    """The command that runs a kernel suite; cwd has to be the top of its tree.

    modules: directory of the .ko files; programs: of what the suites execute;
    args: more arguments for the suite; limit: seconds, instead of the usual ones
    """
    if suite in HOST_SUITES:
        return [*HOST_SUITES[suite], *args]
    if suite in LAB_SUITES:
        config, memory, usual = LAB_SUITES[suite]
        return ["tools/lab/run.sh", "-c", config, "-k", kernel, "-m", str(memory),
                "-t", str(limit or usual), "-l", "-M", modules,
                "-e", "NTLM_BIN=" + programs,
                "--", "bash", f"selftests/{suite}/run.sh", *args]
    memory, usual, arguments = GUEST_SUITES[suite]
    if suite == "netlink-fuzz":
        usual += int(os.environ.get("NETLINK_FUZZ") or 0) // 200
    argv = ["tools/vm/run.sh", "-k", kernel, "-m", str(memory),
            "-t", str(limit or usual), "-a", arguments, "-M", modules,
            "-e", "NTLM_BIN=" + programs]
    for name in ("SEED", "NETLINK_FUZZ", "STRESS_SECONDS"):
        if os.environ.get(name):
            argv += ["-e", name + "=" + os.environ[name]]
    return argv + ["--", "bash", f"selftests/{suite}/run.sh", *args]
