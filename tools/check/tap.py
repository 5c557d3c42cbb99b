# SPDX-License-Identifier: GPL-2.0-or-later
"""What the runners of the test suites have in common: reading TAP, which tests
there have to be, and how a suite that needs a kernel of its own is started in a
guest.
"""

import os
import re
import sys

EXPECTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                        "selftests", "EXPECTED")

# Suites that run in a guest: memory in MiB, time limit in seconds, arguments of the
# kernel of an emulated machine
LIMITS = {
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
    "smb-multiuser": (1024, 600, ""),
    "smb-recovery": (1024, 420, ""),
    "smb-suspend": (1024, 300, ""),
    "smb-memory": (640, 300, ""),
    "winbind": (1024, 300, ""),
    "example": (1024, 120, ""),
    "fips": (1024, 120, "fips=1"),
    "failslab": (1024, 1500, ""),
}

# Suites of the lab, see tools/lab/check.py: those of make kunit, and what make
# check-debug runs besides. The last ones need a kernel with checkers.
KUNIT_SUITES = ["session", "exchange", "netlink", "netlink-fuzz", "ntlmd", "example"]
DEBUG_SUITES = ["stress", "failslab", "smb-multiuser"]
LAB_ONLY = ["failslab"]
# Those that need the cifs.ko that logs on through ntlmd
MOUNTS = ["failslab", "smb-multiuser"]

GUEST_SUITES = [s for s in LIMITS if s not in LAB_ONLY]

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
ONCE = {"vm", "packages", "ntlmd", "ntlmctl", "login", "interop", "refusal", "winbind", "lab", "debug", "bench",
        "completion", "abi"}

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


def read_expected():
    """SUITE/NAME -> (kernels or None for all, kernels that may skip it)"""
    rows = {}
    with open(EXPECTED, encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            test, *more = line.split("\t")
            kernels, skips = None, []
            for word in more:
                skip = re.match(r"skip ([\d. ]+): .", word)
                if word.startswith("only "):
                    kernels = word[5:].split()
                elif skip:
                    skips = skip.group(1).split()
                else:
                    sys.exit(f"{EXPECTED}: cannot read '{line}'")
            rows[test] = (kernels, skips)
    return rows


def judge(rows, expected, prefix, kernel):
    """What read() gave, and how read_expected() wants those tests to be.

    prefix: before the names there; what it says of "guest" and "run" is of the
    runner, which prints these itself
    """
    judged = []
    left = {t[len(prefix):]: about for t, about in expected.items() if t.startswith(prefix)}
    for name, state, reason in rows:
        _, skips = left.pop(name, (None, None))
        if skips is None and state != "failed":
            state, reason = "failed", "not in selftests/EXPECTED"
        elif state == "skipped" and kernel not in skips:
            state, reason = "failed", "skipped without a listed reason: " + reason
        judged.append((name, state, reason))
    return judged + [
        (name, "failed", "did not run") for name, (only, _) in left.items()
        if name not in ("guest", "run") and (only is None or kernel in only)]


# Variables of the user for suites; what one of them makes a suite take longer, seconds
VARIABLES = {"SEED": {}, "NETLINK_FUZZ": {"netlink-fuzz": 1 / 200}, "STRESS_SECONDS": {"stress": 2}}


def seconds(suite):
    """The time limit of a suite."""
    return LIMITS[suite][1] + int(sum(
        int(os.environ.get(name) or 0) * longer.get(suite, 0)
        for name, longer in VARIABLES.items()))


def variables(**default):
    """Those that are set, or have a default: arguments of run.sh."""
    argv = []
    for name in VARIABLES:
        value = os.environ.get(name) or default.get(name)
        if value:
            argv += ["-e", f"{name}={value}"]
    return argv


def guest_argv(suite, kernel, modules, programs, args=(), limit=None):
    """The command that runs a kernel suite; cwd has to be the top of its tree.

    modules: directory of the .ko files; programs: of what the suites execute;
    args: more arguments for the suite; limit: seconds, instead of the usual ones
    """
    if suite in HOST_SUITES:
        return [*HOST_SUITES[suite], *args]
    memory, _, arguments = LIMITS[suite]
    if suite in LAB_ONLY:
        start = ["tools/lab/run.sh", "-c", "kasan", "-l"]
    else:
        start = ["tools/vm/run.sh", "-a", arguments]
    return [*start, "-k", kernel, "-m", str(memory), "-t", str(limit or seconds(suite)),
            "-M", modules, "-e", "NTLM_BIN=" + programs, *variables(),
            "--", "bash", f"selftests/{suite}/run.sh", *args]
