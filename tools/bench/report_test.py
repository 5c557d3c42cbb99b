#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""report.py, with values that were never measured. TAP."""

import os
import sys
import tempfile
import traceback

import report

OPS = ("seal", "unseal", "sign", "verify", "seal-datagram", "unseal-datagram")


def lines(change=lambda key, number, value: value):
    """Three rounds in which every goal is reached; change() makes them others."""
    base = {}
    for op in OPS:
        for size in report.SIZES:
            for subject, value in (("module", 700), ("plain", 350), ("openssl-rc4-hmac-md5", 700),
                                   ("gss-ntlmssp", 100)):
                base[report.message(subject, op, size)] = value
    for n in report.CLIENTS:
        for op in ("rate", "p50", "p99"):
            for helper, value in (("ntlmd", 1000), ("fork", 100), ("fork-and-read", 50)):
                base[report.exchange(helper, op, n)] = value
    for live in report.LIVE:
        for op in (*report.POPULATION, "memory"):
            base[report.population(op, live)] = 1000
    out = []
    for key, value in base.items():
        for number in range(3):
            changed = change(key, number, value)
            if changed is not None:
                out.append("\t".join(map(str, (*key, number, "unit", changed))))
    return out


def values(change=lambda key, number, value: value):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as f:
        f.write("\n".join(lines(change)) + "\n")
        f.flush()
        return report.Values(f.name)


def goals(change=lambda key, number, value: value):
    return report.goals(values(change), None, [])


SEAL = report.message("module", "seal", report.BIG)
PLAIN = report.message("plain", "seal", report.BIG)


def goals_are_reached_or_not():
    assert all(line.startswith("reached ") for line in goals())
    missed = goals(lambda k, n, v: 600 if k == SEAL else v)
    assert sum(line.startswith("NOT REACHED") for line in missed) == 2, missed
    few = goals(lambda k, n, v: 290 if k == report.exchange("fork", "rate", 8) else v)
    assert sum(line.startswith("NOT REACHED") for line in few) == 1, few
    heavy = goals(lambda k, n, v: 3073 if k.op == "memory" else v)
    assert sum(line.startswith("NOT REACHED") for line in heavy) == 1, heavy


def a_ratio_is_taken_within_a_round():
    # a machine whose speed doubles from round to round, and one round that was disturbed
    v = values(lambda k, n, v: v * 2 ** n * (0.1 if k == SEAL and n == 1 else 1))
    assert v.ratio(SEAL, PLAIN) == 2
    # rounds in which one of both is missing do not count
    v = values(lambda k, n, v: None if k == SEAL and n else v)
    assert v.ratio(SEAL, PLAIN) == 2


def what_was_not_measured_reaches_no_goal():
    try:
        goals(lambda k, n, v: None if k == PLAIN else v)
    except SystemExit:
        return
    raise AssertionError("a goal without a value")


def what_fails_elsewhere_is_no_goal_reached():
    with tempfile.NamedTemporaryFile("w", suffix=".tap") as f:
        f.write("ok 1 - one\nnot ok 2 - two\n# seal: 3 times as much\n# other\n")
        f.flush()
        found = report.scale_lines(f.name)
    assert [line.split()[0] for line in found] == ["reached", "NOT", "seal:"], found


def the_plot_is_a_picture():
    with tempfile.TemporaryDirectory() as out:
        report.plot(values(), out)
        with open(os.path.join(out, "plot.png"), "rb") as f:
            assert f.read(8) == b"\x89PNG\r\n\x1a\n"


TESTS = (goals_are_reached_or_not, a_ratio_is_taken_within_a_round,
         what_was_not_measured_reaches_no_goal, what_fails_elsewhere_is_no_goal_reached,
         the_plot_is_a_picture)


def main():
    failed = 0
    for number, test in enumerate(TESTS, 1):
        name = test.__name__.replace("_", "-")
        try:
            test()
        except Exception:  # pylint: disable=broad-exception-caught
            failed = 1
            print("# " + traceback.format_exc().replace("\n", "\n# "))
            print(f"not ok {number} - {name}")
            continue
        print(f"ok {number} - {name}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
