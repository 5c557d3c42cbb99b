#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""run.py: build everything, run all test suites, compare with what is expected.

Native suites run on this machine, kernel suites in an emulated one under each
kernel of --kernel. Every test is known by SUITE/NAME; selftests/EXPECTED lists
them all, so that a test that vanished, changed its name or was skipped without
a listed reason fails the run. The last line is "N passed, N failed, N skipped".
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import threading
import time

import tap
from tap import (ALONE, ASKED, BORROWED, EXPECTED, GUEST_SUITES, GUEST_TROUBLE, KERNEL_SUITES,
                 LAB_ONLY, ONCE)

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, "build")
BIN = os.path.join(BUILD, "host")

HOST_PROGRAMS = ["helper", "helper/winbind", "tools/ntlmctl", "tools/mount"] + [
    "selftests/" + s for s in GUEST_SUITES
    if os.path.exists(os.path.join(TOP, "selftests", s, "Makefile"))]

# What --suite native stands for, and any of them can be asked for
NATIVE_SUITES = ["unit", "helper", "spnego", "kunit", "netlink-spec"]


def say(text):
    print(text, flush=True)


class Results:
    """what each test said: (suite, name, kernel) -> (state, reason)"""

    def __init__(self):
        self.rows = {}
        self.lock = threading.Lock()

    def add(self, suite, name, kernel, state, reason=""):
        key = (suite, name, kernel)
        with self.lock:
            if key in self.rows and self.rows[key][0] == "failed":
                return
            if key in self.rows and state == "passed":
                state, reason = "failed", "two tests have this name"
            self.rows[key] = (state, reason)

    def add_tap(self, suite, kernel, text):
        for name, state, reason in tap.read(text):
            self.add(suite, name, kernel, state, reason)

    def count(self, suite, kernel):
        states = [v[0] for k, v in self.rows.items()
                  if k[0] == suite and k[2] == kernel]
        return [states.count(s) for s in ("passed", "failed", "skipped")]


class Check:
    """one run: its results and where its logs are"""

    def __init__(self, args):
        self.args = args
        self.results = Results()
        self.logs = os.path.join(BUILD, "check")
        os.makedirs(self.logs, exist_ok=True)

    def command(self, name, argv, kernel="", env=None):
        """Run a command, output into a log file; (status, output, seconds)."""
        directory = os.path.join(self.logs, kernel)
        os.makedirs(directory, exist_ok=True)
        start = time.monotonic()
        path = os.path.join(directory, name.replace("/", "-") + ".log")
        with open(path, "w+b") as log:
            status = subprocess.run(argv, cwd=TOP, stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=subprocess.STDOUT,
                                    env=dict(os.environ, **(env or {})),
                                    check=False).returncode
            log.seek(0)
            text = log.read().decode("utf-8", "replace")
        return status, text, time.monotonic() - start

    def report(self, suite, kernel, seconds, text):
        passed, failed, skipped = self.results.count(suite, kernel)
        where = f" on {kernel}" if kernel else ""
        say(f"{suite}{where}: {passed} passed, {failed} failed, "
            f"{skipped} skipped ({seconds:.0f} s)")
        if failed:
            show = [l for l in text.splitlines() if not l.startswith("ok ")]
            for line in show[-40:]:
                say("    " + line)

    def single(self, suite, name, argv, kernel=""):
        """A command that is one test: it passes with exit status 0."""
        status, text, seconds = self.command(f"{suite}-{name}", argv, kernel)
        self.results.add(suite, name, kernel,
                         "failed" if status else "passed")
        if status:
            say(f"{suite}/{name}: failed")
            for line in text.splitlines()[-40:]:
                say("    " + line)
        return status, text, seconds

    def tap(self, suite, argv, env=None):
        """A native suite that prints TAP."""
        status, text, seconds = self.command(suite, argv, env=env)
        self.results.add_tap(suite, "", text)
        passed, failed, _ = self.results.count(suite, "")
        if status and not failed:
            self.results.add(suite, "run", "", "failed", f"exit {status}")
        elif not passed:
            self.results.add(suite, "run", "", "failed", "printed no test")
        self.report(suite, "", seconds, text)
        return text

    def build_host(self):
        say("building ntlmd, ntlmctl and the test programs")
        suites = self.args.suite
        needed = {s for one in suites for s in [one, *BORROWED.get(one, [])]}
        for directory in HOST_PROGRAMS:
            of_suite = directory.startswith("selftests/")
            if suites and of_suite and directory[10:] not in needed:
                continue
            status, text, _ = self.command(
                "build-" + directory,
                ["make", "-j2", "-C", directory, "O=" + BIN])
            if status:
                for line in text.splitlines()[-30:]:
                    say("    " + line)
                sys.exit(f"make -C {directory} failed")

    def build_modules(self, kernel):
        say(f"building the modules for {kernel}")
        argv = ["tools/build/module.sh", kernel, "--", "W=1"]
        status, text, _ = self.single("build", "modules", argv, kernel)
        if status:
            sys.exit(f"the modules do not build for {kernel}")
        warned = re.search(r"\bwarning:|WARNING:", text)
        self.results.add("build", "modules-without-warnings", kernel,
                         "failed" if warned else "passed")
        if warned:
            say(text)
        self.single("build", "smb-without-warnings",
                    ["tools/build/smb.sh", "-c", kernel], kernel)
        if self.single("build", "smb", ["tools/build/smb.sh", kernel], kernel)[0]:
            sys.exit(f"cifs.ko does not build for {kernel}")

    def guest(self, suite, kernel):
        # The tests of check.py are judged there, too.
        args = ["--unlisted"] if suite == "debug" and self.args.write_expected else []
        argv = tap.guest_argv(suite, kernel, os.path.join(BUILD, kernel), BIN, args)
        status, text, seconds = self.command(suite, argv, kernel,
                                             {"KERNEL": kernel})
        self.results.add_tap(suite, kernel, text)
        _, failed, _ = self.results.count(suite, kernel)
        why = GUEST_TROUBLE.get(status)
        if why or (status and not failed):
            self.results.add(suite, "guest", kernel, "failed",
                             why or f"exit {status}")
            say(f"{suite} on {kernel}: {why or f'exit {status}'}")
        else:
            self.results.add(suite, "guest", kernel, "passed")
        self.report(suite, kernel, seconds, text)

    def native(self, wanted):
        for suite in ("unit", "helper", "spnego"):
            if wanted(suite):
                self.tap(suite, ["make", "-C", "selftests/" + suite,
                                 "O=" + os.path.join(BUILD, suite), "check"])
        if wanted("kunit"):
            self.tap("kunit", ["tools/lab/kunit.sh"])
        if wanted("netlink-spec"):
            self.single("netlink-spec", "agrees-with-header",
                        ["tools/build/check-netlink-spec.py"])

    def fuzz(self):
        text = self.tap("fuzz", ["nice", "make", "-j2", "-C", "selftests/fuzz",
                                 "O=" + os.path.join(BUILD, "fuzz"),
                                 f"SECONDS={self.args.fuzz_seconds}", "check"])
        for line in re.findall(r"^# (.* edges|.* covered)$", text, re.MULTILINE):
            say("    " + line)

    def run(self):
        suites = self.args.suite
        wanted = lambda s: not suites or s in suites or (
            s in NATIVE_SUITES and "native" in suites)
        background = None
        if wanted("fuzz"):
            background = threading.Thread(target=self.fuzz)
            background.start()
        self.build_host()
        for kernel in self.args.build:
            self.build_modules(kernel)
        self.native(wanted)
        if background:
            background.join()
        # A guest waits more than it computes, so some run side by side.
        with concurrent.futures.ThreadPoolExecutor(self.args.jobs) as pool:
            runs = [(suite, kernel)
                    for kernel in self.args.kernel for suite in KERNEL_SUITES
                    if wanted(suite) and (suites or suite not in ASKED) and
                    (suite not in ONCE or kernel == self.args.kernel[0])]
            jobs = [pool.submit(self.guest, suite, kernel)
                    for suite, kernel in runs if suite not in ALONE]
            for job in jobs:
                job.result()
        for suite, kernel in runs:
            if suite in ALONE:
                self.guest(suite, kernel)


def compare(results, expected, suites, kernels):
    """Turn what was not expected into failures."""
    seen = {}
    for (suite, name, kernel), (state, reason) in list(results.rows.items()):
        test = f"{suite}/{name}"
        seen.setdefault(test, set()).add(kernel)
        if test not in expected:
            results.rows[(suite, name, kernel)] = (
                "failed", reason or "not in selftests/EXPECTED")
        elif state == "skipped" and kernel not in expected[test][1]:
            results.rows[(suite, name, kernel)] = (
                "failed", "skipped without a listed reason: " + reason)
    for test, (only, _) in expected.items():
        suite, name = test.split("/", 1)
        if suites and suite not in suites and not (
                suite in NATIVE_SUITES and "native" in suites):
            continue
        if not suites and suite in ASKED:
            continue
        if suite in KERNEL_SUITES:
            where = [k for k in (kernels[:1] if suite in ONCE else kernels)
                     if only is None or k in only]
        else:
            where = [] if test in seen else [""]
        for kernel in where:
            if kernel not in seen.get(test, ()):
                results.rows[(suite, name, kernel)] = ("failed", "did not run")


def write_expected(results, kernels):
    """The tests that ran, instead of those of their suites where nothing failed."""
    listed = tap.read_expected()
    ran = {f"{s}/{n}" for s, n, _ in results.rows}
    whole = {s for s, _, _ in results.rows} - {
        s for (s, _, _), (state, _) in results.rows.items() if state == "failed"}
    gone = {t for t, (only, _) in listed.items()
            if t.split("/", 1)[0] in whole and t not in ran and
            (only is None or set(only) & set(kernels))}
    with open(EXPECTED, encoding="utf-8") as file:
        lines = file.readlines()
    with open(EXPECTED, "w", encoding="utf-8") as file:
        file.writelines(l for l in lines if l.startswith("#"))
        file.writelines(sorted(
            [l for l in lines if not l.startswith("#") and
             l.rstrip("\n").split("\t")[0] not in gone] +
            [t + "\n" for t in ran - set(listed)]))
    say(f"{len(ran - set(listed))} tests added to selftests/EXPECTED, {len(gone)} removed")


def refuse_unknown(parser, suites):
    """A name that is none would be a run that is green without a test."""
    known = ["build", "native", "fuzz", *NATIVE_SUITES, *KERNEL_SUITES]
    for suite in suites:
        if suite in LAB_ONLY or suite == "planted":
            parser.error(f"{suite} needs a kernel of the lab: make check-debug SUITE={suite}")
        if suite not in known:
            parser.error(f"there is no suite '{suite}': {' '.join(sorted(known))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kernel", nargs="+", default=["6.1"])
    parser.add_argument("--build", nargs="*", default=[])
    parser.add_argument("--suite", nargs="*", default=[])
    parser.add_argument("--fuzz-seconds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() + 1,
                        help="machines that run at the same time")
    parser.add_argument("--write-expected", action="store_true",
                        help="put the tests that ran into selftests/EXPECTED")
    args = parser.parse_args()
    refuse_unknown(parser, args.suite)
    args.build = sorted(set(args.build) | set(args.kernel))

    start = time.monotonic()
    check = Check(args)
    check.run()
    results = check.results
    if args.write_expected:
        write_expected(results, args.kernel)
    compare(results, tap.read_expected(), args.suite, args.kernel)

    states = [v[0] for v in results.rows.values()]
    for (suite, name, kernel), (state, reason) in sorted(results.rows.items()):
        if state != "passed":
            where = f" on {kernel}" if kernel else ""
            say(f"{state}: {suite}/{name}{where}"
                f"{': ' + reason if reason else ''}")
    say(f"took {time.monotonic() - start:.0f} s; logs are in build/check")
    say(f"{states.count('passed')} passed, {states.count('failed')} failed, "
        f"{states.count('skipped')} skipped")
    sys.exit(1 if "failed" in states or "passed" not in states else 0)


main()
