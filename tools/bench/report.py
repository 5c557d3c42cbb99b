#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""report.py [--emulated VALUES] [--scale TAP] VALUES OUT: a benchmark, for people.

VALUES is what tools/bench/guest/run.sh wrote, that of --emulated in an emulated
machine, where only ratios mean anything; TAP the output of selftests/scale there.
Writes OUT/data.tsv, OUT/report.md and OUT/plot.png, and prints the report, whose
last part is the goals.
"""

import argparse
import collections
import os
import statistics
import subprocess
import sys

SIZES = {64: "64 B", 1024: "1 KiB", 16384: "16 KiB", 1048576: "1 MiB"}
BIG = 16384
CLIENTS = (1, 8, 64)
LIVE = (100, 10000, 100000)

NAMES = {
    "module": "**ntlm.ko**",
    "module-two-passes": "ntlm.ko, sealing in two passes",
    "plain": "the straightforward way, same kernel",
    "openssl-rc4-hmac-md5": "OpenSSL rc4-hmac-md5, stream",
    "openssl-tls-record": "OpenSSL rc4-hmac-md5, records",
    "openssl-rc4": "OpenSSL RC4 alone",
    "openssl-md5": "OpenSSL MD5 alone",
    "gss-ntlmssp": "gss-ntlmssp",
    "ntlmd": "**ntlmd**",
    "fork": "fork per request",
    "fork-and-read": "fork per request, child reads its files",
}

Key = collections.namedtuple("Key", "part subject op shape size")


class Values:
    """Of each key a list of values, one per round, in the order of the rounds."""

    def __init__(self, path):
        self.rounds = collections.defaultdict(dict)
        self.unit = {}
        with open(path, encoding="utf-8") as f:
            for line in f:
                part, subject, op, shape, size, number, unit, value = \
                    line.rstrip("\n").split("\t")
                key = Key(part, subject, op, shape, int(size))
                self.rounds[key][int(number)] = float(value)
                self.unit[key] = unit

    def median(self, key):
        values = self.rounds.get(key)
        return statistics.median(values.values()) if values else None

    def ratio(self, a, b):
        """The median of what it was in each round: a and b met the same machine."""
        both = self.rounds[a].keys() & self.rounds[b].keys()
        if not both:
            raise SystemExit(f"report.py: nothing was measured for {a} or {b}")
        return statistics.median(self.rounds[a][n] / self.rounds[b][n] for n in both)

    def write(self, path):
        with open(path, "w", encoding="utf-8") as f:
            f.write("part\tsubject\toperation\tshape\tsize\tunit\t"
                    "median\tsmallest\tgreatest\trounds\n")
            for key in sorted(self.rounds):
                values = self.rounds[key].values()
                f.write("\t".join(map(str, key)) + f"\t{self.unit[key]}\t"
                        f"{statistics.median(values):.6g}\t{min(values):.6g}\t"
                        f"{max(values):.6g}\t{len(values)}\n")


def message(subject, op, size, shape="linear"):
    return Key("messages", subject, op, shape, size)


def exchange(subject, op, clients):
    return Key("exchanges", subject, op, "linear", clients)


def population(op, live):
    return Key("population", "module", op, "linear", live)


def number(value, digits=3):
    if value is None:
        return "-"
    if value >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def table(title, heads, rows):
    cells = [[title, *heads], *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]

    def line(row):
        first = row[0].ljust(widths[0])
        return "| " + " | ".join([first] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]) + " |"

    rule = "|" + "|".join(["-" * (widths[0] + 2)] + ["-" * (w + 1) + ":" for w in widths[1:]]) + "|"
    return "\n".join([line(cells[0]), rule] + [line(row) for row in cells[1:]])


def messages(values, title, op, rows):
    out = []
    for subject, shape, name, does in rows:
        cells = [number(values.median(message(subject, does or op, size, shape))) for size in SIZES]
        if any(c != "-" for c in cells):
            out.append([name or NAMES[subject], *cells])
    return table(f"{title}, MB/s", SIZES.values(), out)


def message_tables(values):
    pages = [("module", "pages", "**ntlm.ko**, 4 KiB pages", None),
             ("plain", "pages", "the straightforward way, 4 KiB pages", None)]
    kernel = [("module", "linear", None, None), pages[0],
              ("module-two-passes", "linear", None, None),
              ("plain", "linear", None, None), pages[1]]
    stitched = [("openssl-rc4-hmac-md5", "linear", None, None),
                ("openssl-tls-record", "linear", None, None)]
    gss = [("gss-ntlmssp", "linear", None, None)]
    md5 = [("openssl-md5", "linear", None, "digest")]
    short = [row for row in kernel if row[0] != "module-two-passes"]
    return [
        messages(values, "Seal", "seal", kernel + stitched + gss + [
            ("openssl-rc4", "linear", None, "encrypt")] + md5),
        messages(values, "Unseal", "unseal", kernel + stitched + gss),
        messages(values, "Sign", "sign", short + gss + md5),
        messages(values, "Verify", "verify", short + gss),
        messages(values, "Seal a datagram", "seal-datagram", kernel),
        messages(values, "Unseal a datagram", "unseal-datagram", kernel),
    ]


def exchange_table(values, title="Exchanges through"):
    rows = []
    for subject in ("ntlmd", "fork", "fork-and-read"):
        row = [NAMES[subject]]
        for clients in CLIENTS:
            row.append(number(values.median(exchange(subject, "rate", clients))))
            times = [values.median(exchange(subject, op, clients)) for op in ("p50", "p99")]
            row.append(" / ".join(number(t / 1000 if t else t) for t in times))
        rows.append(row)
    heads = []
    for clients in CLIENTS:
        heads += [f"{clients} client{'s' * (clients > 1)}, 1/s", "p50 / p99, ms"]
    return table(title, heads, rows)


POPULATION = {
    "create": "create",
    "destroy": "destroy",
    "list": "list, each",
    "seal": "seal 1 KiB, always the same 100",
    "seal-in-turn": "seal 1 KiB, each in turn",
}


def population_table(values):
    rows = [[name] + [number(values.median(population(op, live))) for live in LIVE]
            for op, name in POPULATION.items()]
    return table("With so many live contexts, ns", [f"{n:,}" for n in LIVE], rows)


class Goals:
    def __init__(self):
        self.lines = []

    def add(self, text, got, wanted, at_most=False, unit="x"):
        reached = got <= wanted if at_most else got >= wanted
        sign = "<=" if at_most else ">="
        self.lines.append(f"{'reached' if reached else 'NOT REACHED':11}  {text}: "
                          f"{number(got)}{unit}, wanted {sign} {number(wanted)}{unit}")


def exchange_goals(g, values, where=""):
    for helper in ("fork", "fork-and-read"):
        worst = min(values.ratio(exchange("ntlmd", "rate", n), exchange(helper, "rate", n))
                    for n in CLIENTS)
        g.add(f"exchanges of ntlmd against {NAMES[helper]}, worst of "
              f"{', '.join(map(str, CLIENTS))} clients{where}", worst, 5)


def goals(values, emulated, scale):
    g = Goals()
    seal = message("module", "seal", BIG)
    g.add("seal 16 KiB against the straightforward way",
          values.ratio(seal, message("plain", "seal", BIG)), 1.8)
    g.add("seal 16 KiB against OpenSSL's stitched cipher",
          values.ratio(seal, message("openssl-rc4-hmac-md5", "seal", BIG)), 0.95)
    g.add("unseal 16 KiB against seal",
          values.ratio(message("module", "unseal", BIG), seal), 0.9)
    g.add("sign 64 B against gss_get_mic",
          values.ratio(message("module", "sign", 64), message("gss-ntlmssp", "sign", 64)), 3)
    exchange_goals(g, values)
    if emulated:
        exchange_goals(g, emulated, ", emulated machine")
    few, many = LIVE[0], LIVE[-1]
    for op in ("create", "destroy", "seal", "seal-in-turn"):
        g.add(f"{POPULATION[op]}, with {many:,} live contexts against {few}",
              values.ratio(population(op, many), population(op, few)), 1.2, at_most=True)
    g.add(f"memory of each of {many:,} contexts",
          values.median(population("memory", many)), 3072, at_most=True, unit=" bytes")
    return g.lines + scale


def scale_lines(path):
    """What selftests/scale said, and the numbers that it measured."""
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
    found = [("reached      " if not line.startswith("not ok") else "NOT REACHED  ") +
             "emulated machine: " + line.split(" - ", 1)[1]
             for line in lines if line.startswith(("ok ", "not ok "))]
    notes = [line[2:] for line in lines if line.startswith("# ") and
             any(words in line for words in ("times as much", "growth per", "two contexts"))]
    return found + ["             " + note for note in notes]


PLOT = r"""
set terminal pngcairo size 1500,1150 font "Sans,13" background rgb "white"
set output "plot.png"
set datafile separator "\t"
set style line 1 lc rgb "#c0392b" lw 3.5 pt 7 ps 1.4
set style line 2 lc rgb "#7f8c8d" lw 2.5 pt 5 ps 1.2
set style line 3 lc rgb "#2471a3" lw 2.5 pt 9 ps 1.4
set style line 4 lc rgb "#27ae60" lw 2.5 pt 13 ps 1.4
set style line 5 lc rgb "#2471a3" lw 1.5 dt 2 pt 8 ps 1.2
set border 3
set tics nomirror out
set grid ytics lc rgb "#dddddd"
set multiplot layout 2,2 title "Messages and exchanges, one processor" font ",18" offset 0,-0.5
set logscale x 2
set xrange [45:1500000]
set xtics ("64 B" 64, "1 KiB" 1024, "16 KiB" 16384, "1 MiB" 1048576)
set xlabel "bytes of a message\n "
set ylabel "MB/s"
set yrange [0:850]
set key bmargin center horizontal reverse Left samplen 2 width 1 maxrows 3 font ",11"
"""

CURVES = {
    "seal": [("module", 1, "ntlm.ko"), ("plain", 2, "HMAC-MD5, then RC4 (same kernel)"),
             ("openssl-rc4-hmac-md5", 3, "OpenSSL rc4-hmac-md5, stream"),
             ("openssl-tls-record", 5, "OpenSSL rc4-hmac-md5, records"),
             ("gss-ntlmssp", 4, "gss-ntlmssp")],
    "sign": [("module", 1, "ntlm.ko"), ("plain", 2, "HMAC-MD5 (same kernel)"),
             ("gss-ntlmssp", 4, "gss-ntlmssp")],
}
CURVES["unseal"] = CURVES["seal"]
TITLES = {"seal": "Seal", "unseal": "Unseal", "sign": "Sign"}


def plot(values, out):
    script = [PLOT]
    for op in ("seal", "unseal", "sign"):
        blocks, curves = [], []
        for i, (subject, style, title) in enumerate(CURVES[op]):
            rows = [f"{size}\t{median}" for size in SIZES
                    if (median := values.median(message(subject, op, size))) is not None]
            if not rows:
                continue
            blocks.append(f"$d{i} << EOD\n" + "\n".join(rows) + "\nEOD")
            curves.append(f'$d{i} using 1:2 with linespoints ls {style} title "{title}"')
        script += blocks + [f'set title "{TITLES[op]}" font ",15"', "plot " + ", ".join(curves)]
    rows = [[f"{n} client{'s' * (n > 1)}"] +
            [f"{values.median(exchange(s, 'rate', n)) or 0:.6g}"
             for s in ("ntlmd", "fork", "fork-and-read")] for n in CLIENTS]
    script += [
        "$x << EOD\n" + "\n".join("\t".join(row) for row in rows) + "\nEOD",
        'unset logscale x', 'set logscale y', 'set yrange [10:10000]', 'set xrange [-0.6:2.6]',
        'set xtics autofreq', 'set style data histogram', 'set style histogram clustered gap 1',
        'set style fill solid 0.9 border -1', 'set boxwidth 0.9', 'unset xlabel',
        'set ylabel "exchanges per second"',
        'set title "Exchanges (both legs, same guest)" font ",15"',
        'plot $x using 2:xtic(1) title "ntlmd" lc rgb "#c0392b", '
        '$x using 3 title "fork per request" lc rgb "#7f8c8d", '
        '$x using 4 title "fork, child reads its files" lc rgb "#bdc3c7"',
        "unset multiplot"]
    with open(os.path.join(out, "plot.gp"), "w", encoding="utf-8") as f:
        f.write("\n".join(script) + "\n")
    subprocess.run(["gnuplot", "plot.gp"], cwd=out, check=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("values")
    options.add_argument("out")
    options.add_argument("--emulated")
    options.add_argument("--scale")
    args = options.parse_args()
    values = Values(args.values)
    emulated = Values(args.emulated) if args.emulated else None
    scale = scale_lines(args.scale) if args.scale else []
    values.write(os.path.join(args.out, "data.tsv"))
    parts = message_tables(values) + [exchange_table(values)]
    if emulated:
        parts.append(exchange_table(emulated, "In an emulated machine"))
    parts.append(population_table(values))
    lines = goals(values, emulated, scale)
    parts.append("Goals:\n\n" + "\n".join("    " + line for line in lines))
    text = "\n\n".join(parts) + "\n"
    with open(os.path.join(args.out, "report.md"), "w", encoding="utf-8") as f:
        f.write("# Benchmark\n\n" + text)
    plot(values, args.out)
    print(text, end="")


if __name__ == "__main__":
    main()
