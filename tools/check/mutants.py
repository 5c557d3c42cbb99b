#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""mutants.py: plant defects, one at a time; a test has to turn red for each.

A test suite that cannot fail proves nothing. tools/check/mutants/SUITE.toml lists
small defects in the code that SUITE tests. Each is planted in a copy of the tree
below build/mutants, the suite runs, and a test that the list names has to fail.
That the copy does not build, or that the guest dies or complains, does not
count, unless the list says that the kernel or a sanitizer has to complain.
Before, the suite has to pass on the copy as it is.

A mutant is a table [[mutant]]:

  name       for this program's output and arguments
  proves     what the mutant shows to be tested, one sentence
  file       what is changed, below the top of the tree
  old, new   a text that is in the file exactly once, and what takes its place
  also       more tables of file, old and new, where one change is not enough
  fails      pattern of the names of tests of which at least one has to fail
  complains  instead: pattern of what the kernel or a sanitizer has to say
  tests      arguments for the suite, to run some of its tests only

One line per mutant; the last line is "N passed, N failed, N skipped", where
passed is a mutant that was noticed.
"""

import argparse
import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib

import tap

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LISTS = os.path.join(TOP, "tools", "check", "mutants")
WORK = os.path.join(TOP, "build", "mutants")
TREE = os.path.join(WORK, "tree")
LOGS = os.path.join(WORK, "logs")

NATIVE_SUITES = ["unit", "fuzz", "helper", "spnego", "kunit"]
REQUIRED = {"name", "proves", "file", "old", "new"}
OPTIONAL = {"also", "fails", "complains", "tests"}
# Lists besides SUITE.toml, and the suite that has to notice their mutants
MORE_LISTS = {"acceptor": "unit"}

# Not the variables and the level of the make that may have started this
ENVIRONMENT = {k: v for k, v in os.environ.items()
               if k not in ("MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "MFLAGS")}


def say(text):
    print(text, flush=True)


class Trouble(Exception):
    """why a mutant or a suite has failed"""


class Edit:
    """a text in a file of the copy, and what takes its place"""

    def __init__(self, table):
        self.file, self.old, self.new = (table[k] for k in ("file", "old", "new"))
        self.path = os.path.join(TREE, self.file)

    def contents(self):
        """What is in the file: (now, with the defect)."""
        try:
            with open(self.path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            raise Trouble(f"mutant stale: there is no {self.file}") from None
        found = data.count(self.old.encode())
        if found != 1:
            raise Trouble(f"mutant stale: its text is {found} times in {self.file}")
        return data, data.replace(self.old.encode(), self.new.encode())

    def write(self, data):
        """Written anew even if it is the same, for make looks at the time."""
        with open(self.path, "wb") as file:
            file.write(data)


class Mutant:
    """one defect, as its list describes it"""

    def __init__(self, suite, table):
        wrong = (set(table) - REQUIRED - OPTIONAL) | (REQUIRED - set(table))
        if wrong or ("fails" in table) == ("complains" in table):
            sys.exit(f"{suite}.toml: {table.get('name', '?')}: missing, unknown "
                     f"or contradicting keys {sorted(wrong)}")
        self.suite = suite
        self.name = table["name"]
        self.proves = table["proves"]
        self.edits = [Edit(t) for t in [table, *table.get("also", [])]]
        self.fails = table.get("fails")
        self.complains = table.get("complains")
        self.tests = table.get("tests", [])

    def __str__(self):
        return f"{self.suite}/{self.name}"

    @contextlib.contextmanager
    def planted(self):
        """The copy has the defect in it for a while."""
        before = []
        try:
            for edit in self.edits:
                now, mutated = edit.contents()
                before.append((edit, now))
                edit.write(mutated)
            yield
        finally:
            for edit, data in reversed(before):
                edit.write(data)


def read_lists():
    mutants = []
    names = set(os.listdir(LISTS))
    for part in [*MORE_LISTS, *NATIVE_SUITES, *tap.KERNEL_SUITES,
                 *tap.LAB_ONLY]:
        if part + ".toml" not in names:
            continue
        names.remove(part + ".toml")
        suite = MORE_LISTS.get(part, part)
        with open(os.path.join(LISTS, part + ".toml"), "rb") as file:
            mutants += [Mutant(suite, t) for t in tomllib.load(file)["mutant"]]
    if names:
        sys.exit(f"{LISTS}: no such suite: {' '.join(sorted(names))}")
    known = [str(m) for m in mutants]
    double = {n for n in known if known.count(n) > 1}
    if double:
        sys.exit(f"two mutants have one name: {' '.join(sorted(double))}")
    return mutants


def copy(source, to):
    """Copy a file if it differs, so that make builds what changed only."""
    with open(source, "rb") as file:
        data = file.read()
    try:
        with open(to, "rb") as file:
            same = file.read() == data
    except FileNotFoundError:
        os.makedirs(os.path.dirname(to), exist_ok=True)
        same = False
    if not same:
        with open(to, "wb") as file:
            file.write(data)
    shutil.copymode(source, to)


def walk(top):
    """All files below a tree, without those that are made or kept by git."""
    for where, dirs, files in os.walk(top):
        left_out = {"build", ".git"} if where == top else {"__pycache__"}
        dirs[:] = [d for d in dirs if d not in left_out]
        for name in files:
            yield os.path.relpath(os.path.join(where, name), top)


def sync():
    """Make TREE the same as the tree, whatever an earlier run left in it."""
    found = set(walk(TOP))
    for path in found:
        source, to = os.path.join(TOP, path), os.path.join(TREE, path)
        if not os.path.islink(source):
            copy(source, to)
        elif not os.path.lexists(to):
            os.makedirs(os.path.dirname(to), exist_ok=True)
            os.symlink(os.readlink(source), to)
    for path in set(walk(TREE)) - found:
        os.remove(os.path.join(TREE, path))


def run(argv, log, env=None):
    """Run a command in the copy: (status, output)."""
    with open(log, "ab+") as file:
        start = file.tell()
        status = subprocess.run(argv, cwd=TREE, stdin=subprocess.DEVNULL,
                                stdout=file, stderr=subprocess.STDOUT,
                                env=dict(ENVIRONMENT, **(env or {})),
                                check=False).returncode
        file.seek(start)
        return status, file.read().decode("utf-8", "replace")


class Suite:
    """one suite in the copy of the tree"""

    def __init__(self, name, args):
        self.name = name
        self.native = name in NATIVE_SUITES
        self.mounts = name.startswith("smb-")
        self.args = args
        self.build_dir = os.path.join(TREE, "build")
        self.make_modules = ["tools/build/module.sh", args.kernel]
        self.modules = os.path.join(self.build_dir, args.kernel)
        if name in tap.LAB_ONLY:
            self.make_modules = ["tools/lab/module.sh", "kasan", args.kernel]
            self.modules = os.path.join(self.build_dir, f"uml-kasan-{args.kernel}")
        self.script = tap.HOST_SUITES.get(name, [f"selftests/{name}/run.sh"])[-1]
        self.programs = os.path.join(self.build_dir, "host")
        self.limit = None
        self.names = {}
        self.stale = None       # files that changed since the build before

    def native_argv(self, target):
        if self.name == "kunit":
            # It builds what it runs; without a scan for leaks, which would end
            # the run with a complaint before the tests say what is wrong.
            return ["true"] if target == "all" else ["tools/lab/kunit.sh", "plain"]
        argv = ["make", "-j2", "-C", "selftests/" + self.name,
                "O=" + os.path.join(self.build_dir, self.name)]
        if self.name == "fuzz":
            argv.append(f"SECONDS={self.args.fuzz_seconds}")
        return argv + [target]

    def program_steps(self):
        suites = [self.name, *tap.BORROWED.get(self.name, [])]
        return [["make", "-j2", "-C", where, "O=" + self.programs]
                for where in ["helper", "tools/ntlmctl"] +
                ["selftests/" + s for s in suites]
                if os.path.exists(f"{TREE}/{where}/Makefile")]

    def build(self, log, changed=None):
        """Build what the changed files are in, and those of the build before."""
        files = None if None in (changed, self.stale) else changed | self.stale
        self.stale = changed
        steps = []
        if self.native:
            steps.append(self.native_argv("all"))
        elif not os.path.exists(os.path.join(TREE, self.script)):
            raise Trouble(f"there is no {self.script}")
        else:
            if files is None or any(not f.startswith("helper/") for f in files):
                steps.append(self.make_modules)
                if self.mounts:
                    steps.append(["tools/build/smb.sh", self.args.kernel])
            if files is None or any(not f.startswith("kernel/") for f in files):
                steps += self.program_steps()
        for argv in steps:
            if run(argv, log)[0]:
                raise Trouble(f"does not build ({' '.join(argv)}), see {log}")

    def run(self, tests, log):
        """Run it: (status, output)."""
        if self.native:
            argv = self.native_argv("check")
            if self.name == "fuzz" and tests:
                argv.append("TARGETS=" + " ".join(tests))
        else:
            argv = tap.guest_argv(self.name, self.args.kernel, self.modules,
                                  self.programs, tests, self.limit)
        if self.limit:
            argv = ["timeout", "-k", "10", str(self.limit + 30), *argv]
        return run(argv, log, {"KERNEL": self.args.kernel})

    def baseline(self, mutants):
        """The suite, or the tests that the mutants need, pass without one."""
        log = new_log(f"{self.name}.log")
        self.build(log)
        self.stale = set()
        tests = []
        if all(m.tests for m in mutants):
            tests = sorted({t for m in mutants for t in m.tests})
        start = time.monotonic()
        status, text = self.run(tests, log)
        seconds = time.monotonic() - start
        rows = list(tap.read(text))
        self.names = {name: state for name, state, _ in rows}
        failed = [name for name, state, _ in rows if state == "failed"]
        if status or failed or not rows:
            raise Trouble(
                f"not green without a mutant (exit {status}, failed: "
                f"{'; '.join(failed[:5]) or 'none'}), see {log}")
        # A test may end at its own limit, which is 120 s for most; no later.
        self.limit = int(150 + 4 * seconds)
        return len(rows), seconds

    def skipped(self, mutant):
        """Why the tests that have to fail cannot run here, "" if they can."""
        if mutant.complains:
            return ""
        names = [n for n in self.names if re.search(mutant.fails, n)]
        if not names:
            raise Trouble(f"mutant stale: no test is called '{mutant.fails}'")
        if any(self.names[n] == "passed" for n in names):
            return ""
        return f"skipped without a mutant, too: {shorten(names)}"


def new_log(name):
    path = os.path.join(LOGS, name)
    with open(path, "wb"):
        pass
    return path


def shorten(names):
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return "; ".join(names[:3]) + more


def judge(suite, mutant, status, text):
    """What noticed the mutant. Raises Trouble if nothing did."""
    if mutant.complains:
        line = re.search(".*(?:" + mutant.complains + ").*", text)
        if not line:
            raise Trouble("SURVIVED: no complaint like "
                          f"'{mutant.complains}' (exit {status})")
        if not status or (status != 126 and not suite.native):
            raise Trouble(f"the complaint did not fail the run (exit {status})")
        return line.group(0).strip()
    if status in tap.GUEST_TROUBLE:
        raise Trouble(f"died of something else: {tap.GUEST_TROUBLE[status]}")
    failed = list(dict.fromkeys(
        name for name, state, _ in tap.read(text) if state == "failed"))
    # What came out may be a part of a name, so it is not the same as before.
    noticed = [n for n in failed if re.search(mutant.fails, n)]
    if noticed and not status:
        raise Trouble(f"a test failed and the suite ended with 0: {noticed[0]}")
    if noticed:
        return shorten(noticed)
    if failed:
        raise Trouble(f"other tests failed than expected: {shorten(failed)}")
    raise Trouble(f"SURVIVED: no test failed (exit {status})")


def try_mutant(suite, mutant):
    """Returns (what noticed it, "") or (None, why it was skipped)."""
    reason = suite.skipped(mutant)
    if reason:
        return None, reason
    log = new_log(f"{mutant.suite}-{mutant.name}.log")
    with mutant.planted():
        suite.build(log, {e.file for e in mutant.edits})
        status, output = suite.run(mutant.tests, log)
    try:
        return judge(suite, mutant, status, output), ""
    except Trouble as why:
        raise Trouble(f"{why}; see {log}") from None


class Count:
    """the results, told as they come"""

    def __init__(self, total):
        self.total = total
        self.done = {"passed": 0, "failed": 0, "skipped": 0}

    def add(self, state, mutant, seconds, text):
        self.done[state] += 1
        word = {"passed": "killed", "failed": "FAILED", "skipped": "skipped"}
        say(f"[{sum(self.done.values())}/{self.total}] {word[state]} {mutant} "
            f"({seconds:.0f} s): {text}")
        if state == "failed":
            say(f"    it was to show: {mutant.proves}")


def run_suite(suite, mutants, count):
    say(f"{suite.name}: building and running it without a mutant")
    try:
        tests, seconds = suite.baseline(mutants)
    except Trouble as why:
        for mutant in mutants:
            count.add("failed", mutant, 0, f"{suite.name}: {why}")
        return
    say(f"{suite.name}: {tests} tests are green ({seconds:.0f} s)")
    for mutant in mutants:
        start = time.monotonic()
        try:
            noticed, skip = try_mutant(suite, mutant)
        except Trouble as why:
            count.add("failed", mutant, time.monotonic() - start, str(why))
            continue
        count.add("skipped" if skip else "passed", mutant,
                  time.monotonic() - start, skip or noticed)


def select(mutants, names):
    """The mutants called NAME or SUITE/NAME, or all of SUITE."""
    chosen = []
    for name in names:
        found = [m for m in mutants if name in (str(m), m.name, m.suite)]
        if not found:
            sys.exit(f"no mutant and no suite is called '{name}'; see --list")
        chosen += [m for m in found if m not in chosen]
    return [m for m in mutants if m in chosen] if names else mutants


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kernel", default="6.1", help="6.1 (default), 6.12 or 7")
    parser.add_argument("--fuzz-seconds", type=int, default=10)
    parser.add_argument("--list", action="store_true",
                        help="show the mutants and what each proves")
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="a mutant, SUITE/MUTANT or a suite; default: all")
    args = parser.parse_args()
    mutants = select(read_lists(), args.names)
    if args.list:
        for mutant in mutants:
            say(f"{mutant}: {mutant.proves}")
        return

    start = time.monotonic()
    os.makedirs(LOGS, exist_ok=True)
    with open(os.path.join(WORK, ".lock"), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sync()
        count = Count(len(mutants))
        sound = []
        for mutant in mutants:
            try:
                for edit in mutant.edits:
                    edit.contents()
                sound.append(mutant)
            except Trouble as why:
                count.add("failed", mutant, 0, str(why))
        for name in dict.fromkeys(m.suite for m in sound):
            run_suite(Suite(name, args), [m for m in sound if m.suite == name],
                      count)
    say(f"took {time.monotonic() - start:.0f} s; logs are in build/mutants/logs")
    done = count.done
    say(f"{done['passed']} passed, {done['failed']} failed, "
        f"{done['skipped']} skipped")
    sys.exit(1 if done["failed"] or not done["passed"] else 0)


main()
