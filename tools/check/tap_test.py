#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the runners: what makes a run fail although no suite said so. TAP."""

import os
import subprocess
import sys

import tap

HERE = os.path.dirname(os.path.abspath(__file__))
EXPECTED = {
    "suite/passes": (None, []),
    "suite/other-kernel": (["7"], []),
    "suite/may-be-skipped": (None, ["6.1"]),
    "suite/guest": (None, []),
    "another/test": (None, []),
}
SAID = [("passes", "passed", ""), ("may-be-skipped", "skipped", "why")]

number = failures = 0


def ok(name, passed):
    global number, failures
    number += 1
    failures += not passed
    print(f"{'ok' if passed else 'not ok'} {number} - {name}")


def judged(*rows):
    return tap.judge([*SAID, *rows], EXPECTED, "suite/", "6.1")


def refused(words, *argv):
    """Is it an error of usage, which says so?"""
    run = subprocess.run([sys.executable, "-B", *argv], capture_output=True, text=True,
                         check=False)
    return run.returncode == 2 and words in run.stderr


CHECK = os.path.join(HERE, "run.py")
LAB = os.path.join(HERE, "..", "lab", "check.py")

ok("tests-as-listed-pass", judged() == SAID)
ok("unlisted-test-fails",
   judged(("new", "passed", ""))[-1] == ("new", "failed", "not in selftests/EXPECTED"))
ok("skip-without-a-listed-reason-fails", tap.judge(
    [("passes", "skipped", "why"), SAID[1]], EXPECTED, "suite/", "6.1")[0][1] == "failed")
ok("skip-on-another-kernel-fails", tap.judge(
    SAID, EXPECTED, "suite/", "7")[1][1] == "failed")
ok("missing-test-fails",
   tap.judge(SAID[:1], EXPECTED, "suite/", "6.1")[1:] == [("may-be-skipped", "failed", "did not run")])
ok("test-of-that-kernel-alone-is-missed",
   tap.judge(SAID, EXPECTED, "suite/", "7")[-1] == ("other-kernel", "failed", "did not run"))
ok("check-refuses-an-unknown-suite", refused("no suite 'typo'", CHECK, "--suite", "typo"))
ok("check-says-where-a-suite-of-the-lab-runs",
   refused("make check-debug SUITE=failslab", CHECK, "--suite", "failslab"))
ok("lab-refuses-an-unknown-suite", refused("no suite 'typo'", LAB, "typo"))
ok("lab-refuses-an-unknown-configuration", refused("no configuration 'plain'", LAB, "--debug", "plain:session"))
ok("lab-says-where-a-suite-with-checkers-runs",
   refused("make check-debug SUITE=failslab", LAB, "failslab"))
ok("lab-says-where-another-suite-runs", refused("make check SUITE=boot", LAB, "boot"))
os.environ["NETLINK_FUZZ"], os.environ["SEED"] = "200000", "7"
ok("more-messages-have-more-time", tap.seconds("netlink-fuzz") == tap.LIMITS["netlink-fuzz"][1] + 1000)
ok("variables-reach-the-guest",
   tap.variables(NETLINK_FUZZ="1", STRESS_SECONDS="2") ==
   ["-e", "SEED=7", "-e", "NETLINK_FUZZ=200000", "-e", "STRESS_SECONDS=2"])
print(f"1..{number}")
sys.exit(1 if failures else 0)
