#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""check.py [--debug]: KUnit and the test suites of the kernel's side in the lab.

Without --debug on the plain kernel, at native speed: make kunit. With it on the
two kernels with checkers, each of which has to report the bugs that are planted
for it first: make check-debug. TAP; the names are SUITE/NAME, with --debug
"CONFIG: SUITE/NAME". Every suite has a boot of its own, whose kernel may not
complain or, with kmemleak, have lost memory. A test that selftests/EXPECTED lacks,
one of its that did not run, and one that was skipped without a reason there fail.
The last line is "N passed, N failed, N skipped".
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tools", "check"))

import tap  # noqa: E402 pylint: disable=wrong-import-position

# AddressSanitizer wants more address space than User Mode Linux has.
SANITIZE = "SANITIZE=-fsanitize=undefined -fno-sanitize-recover=all"
PROGRAMS = ["helper", "tools/ntlmctl", "tools/mount"]
BIN = os.path.join(TOP, "build", "lab")
LOGS = os.path.join(TOP, "build", "lab-logs")

CONFIGS = ["kasan", "lockdep"]
# Native speed is for more of them.
FUZZ = "20000"


class Lab:
    """one run"""

    def __init__(self, args):
        self.args = args
        self.count = {"passed": 0, "failed": 0, "skipped": 0}
        self.number = 0
        self.lock = threading.Lock()
        self.expected = tap.read_expected()
        os.makedirs(LOGS, exist_ok=True)
        os.environ["KERNEL"] = args.kernel

    def say(self, text):
        with self.lock:
            print(text, flush=True)

    def wants(self, config, part):
        names = self.args.names
        return not names or part in names or f"{config}:{part}" in names

    def configs(self):
        every = CONFIGS if self.args.debug else ["plain"]
        return [c for c in every if not self.args.names or
                any(":" not in n or n.startswith(c + ":") for n in self.args.names)]

    def suites(self, *configs):
        """Those that bring programs of their own have a Makefile."""
        every = tap.KUNIT_SUITES + (tap.DEBUG_SUITES if self.args.debug else [])
        return [s for s in every if any(self.wants(c, s) for c in configs)]

    def modules(self, config):
        return os.path.join(TOP, "build", f"uml-{config}-{self.args.kernel}")

    def command(self, name, argv):
        """Run a command, output into a log file: (status, output, seconds)."""
        start = time.monotonic()
        with open(os.path.join(LOGS, name + ".log"), "w+b") as log:
            status = subprocess.run(argv, cwd=TOP, stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=subprocess.STDOUT, check=False).returncode
            log.seek(0)
            text = log.read().decode("utf-8", "replace")
        return status, text, time.monotonic() - start

    def result(self, name, state, reason=""):
        with self.lock:
            self.count[state] += 1
            self.number += 1
            word = "not ok" if state == "failed" else "ok"
            skip = f" # SKIP {reason}" if state == "skipped" else ""
            print(f"{word} {self.number} - {name}{skip}", flush=True)
            if state == "failed" and reason:
                print(f"# {reason}", flush=True)

    def report(self, config, suite, answer, status_is_known=False):
        """Pass on what a suite said, and judge how it ended."""
        status, text, seconds = answer
        prefix = f"{config}: {suite}" if self.args.debug else suite
        said = list(tap.read(text))
        rows = said if self.args.unlisted else tap.judge(
            said, self.expected, f"debug/{prefix}/" if self.args.debug else f"{suite}/",
            self.args.kernel)
        states = [state for _, state, _ in rows]
        why = tap.GUEST_TROUBLE.get(status)
        if not why and status and all(state != "failed" for _, state, _ in said):
            why = f"exit {status}"
        if not said:
            why = why or "printed no test"
        # Two suites do not mix their lines.
        if why or "failed" in states:
            self.say("".join(f"# {line}\n" for line in text.splitlines()
                             if not line.startswith("ok "))[-6000:].rstrip())
        for name, state, reason in rows:
            self.result(f"{prefix}/{name}", state, reason)
        if not status_is_known:
            self.result(f"{prefix}/guest", "failed" if why else "passed", why or "")
        elif why:
            self.result(f"{prefix}/run", "failed", why)
        self.say(f"# {prefix}: {states.count('passed')} passed, {states.count('failed')} "
                 f"failed, {states.count('skipped')} skipped ({seconds:.0f} s)")

    def guest(self, config, suite):
        """Run a suite in a guest."""
        script, memory, seconds = "selftests/lab/kunit.sh", 512, 180
        if suite != "kunit":
            script, memory = f"selftests/{suite}/run.sh", tap.LIMITS[suite][0]
            seconds = tap.seconds(suite)
        argv = ["tools/lab/run.sh", "-c", config, "-k", self.args.kernel,
                "-t", str(seconds), "-m", str(memory), "-M", self.modules(config),
                "-e", "NTLM_BIN=" + BIN, *tap.variables(NETLINK_FUZZ=FUZZ)]
        if config == "kasan":
            argv.append("-l")
        self.report(config, suite, self.command(f"{config}-{suite}",
                                                [*argv, "--", "bash", script]))

    def must(self, what, argv):
        """Progress of these is shown, for the first time takes minutes."""
        start = time.monotonic()
        process = subprocess.run(argv, cwd=TOP, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, check=False)
        if process.returncode:
            print(f"Bail out! {what}")
            sys.exit(1)
        self.say(f"# {what}: {time.monotonic() - start:.0f} s")

    def build(self, config):
        kernel = self.args.kernel
        self.must(f"kernel {config} {kernel}", ["tools/lab/kernel.sh", config, kernel])
        smb = ["-s"] if any(s in tap.MOUNTS for s in self.suites(config)) else []
        status, text, seconds = self.command(
            f"{config}-modules", ["tools/lab/module.sh", *smb, config, kernel])
        if status:
            print(text[-4000:])
            print(f"Bail out! the modules do not build for {config}, see {LOGS}")
            sys.exit(1)
        self.say(f"# modules for {config}: {seconds:.0f} s")

    def build_programs(self):
        start = time.monotonic()
        for directory in PROGRAMS + ["selftests/" + s for s in self.suites(*self.configs())]:
            if not os.path.exists(os.path.join(TOP, directory, "Makefile")):
                continue
            argv = ["make", "-j2", "-C", directory, "O=" + BIN]
            if directory.startswith("selftests/"):
                argv.append(SANITIZE)
            status, text, _ = self.command("build-" + directory.replace("/", "-"), argv)
            if status:
                print(text[-4000:])
                print(f"Bail out! make -C {directory} failed")
                sys.exit(1)
        self.say(f"# programs: {time.monotonic() - start:.0f} s")

    def run_config(self, config):
        start = time.monotonic()
        self.build(config)
        built = time.monotonic()
        if self.args.debug and self.wants(config, "planted"):
            self.report(config, "planted", self.command(
                f"{config}-planted",
                ["selftests/lab/planted/run.sh", config, self.args.kernel]), True)
        parts = self.suites(config)
        if self.wants(config, "kunit"):
            parts.insert(0, "kunit")
        with concurrent.futures.ThreadPoolExecutor(self.args.jobs) as pool:
            jobs = [pool.submit(self.guest, config, part) for part in parts]
            for job in jobs:
                job.result()
        self.say(f"# {config}: built in {built - start:.0f} s, run in "
                 f"{time.monotonic() - built:.0f} s")

    def run(self):
        print("TAP version 13")
        self.build_programs()
        for config in self.configs():
            self.run_config(config)
        print(f"1..{self.number}")
        print(", ".join(f"{self.count[s]} {s}" for s in ("passed", "failed", "skipped")))
        return 1 if self.count["failed"] or not self.count["passed"] else 0


def refuse_unknown(parser, args):
    """A name that is none would be a run that is green without a test."""
    parts = ["kunit", *tap.KUNIT_SUITES]
    if args.debug:
        parts += ["planted", *tap.DEBUG_SUITES]
    for name in args.names:
        config, _, part = name.rpartition(":")
        if config and config not in (CONFIGS if args.debug else ["plain"]):
            parser.error(f"there is no configuration '{config}' here")
        if part in parts:
            continue
        if part in [*tap.DEBUG_SUITES, "planted"]:
            parser.error(f"{part} needs a kernel with checkers: make check-debug SUITE={part}")
        if part in tap.KERNEL_SUITES:
            parser.error(f"{part} is none of the lab: make check SUITE={part}")
        parser.error(f"there is no suite '{part}': {' '.join(sorted(parts))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--kernel", default=os.environ.get("KERNEL") or "6.1")
    parser.add_argument("names", nargs="*", metavar="[CONFIG:]SUITE",
                        help="these only; kunit and planted are two of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="kernels that run at the same time")
    parser.add_argument("--unlisted", action="store_true",
                        help="selftests/EXPECTED does not count")
    args = parser.parse_args()
    refuse_unknown(parser, args)
    sys.exit(Lab(args).run())


main()
