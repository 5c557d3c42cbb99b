#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""matrix.py [CELL...]: the kernel against everybody, in TAP and as a table.

A column is a peer in one role, a row a combination of options (rows.py). In each
cell the two run an exchange, of which it is checked on the wire that it is what
the row says and that both have the same key, and then COUNT random messages each
way. Where a peer cannot do that, notes.py says why, and the cell proves it: the
exchange is attempted and must not become what the row says, or the messages of
the peer must be refused. Such a cell has the name of the row and "-not".

CELL is a pattern of names. SEED=number repeats the random messages. COUNT is
1000, JOBS 2 unless the environment says otherwise.
"""

import fnmatch
import json
import os
import random
import re
import select
import signal
import sys
import time
import traceback

import columns
import wire
from ends import BadMessage, Refused, Wrong, exchange, script, talk
from rows import matrix

COUNT = int(os.environ.get("COUNT", "1000"))
JOBS = int(os.environ.get("JOBS", "2"))
LIMIT = 60
# STATUS_BAD_BINDINGS; gss-ntlmssp says EACCES
BAD_BINDINGS = r"to the peer 0xc000035b|Minor \(13\)"


class Cell:
    def __init__(self, column, row, note):
        self.column, self.row, self.note = column, row, note
        self.name = f"{column.name}/{row.name}"
        if note and not note.works:
            self.name += "-not"

    def _exchange(self):
        initiator, acceptor = self.column.ends(self.row)
        seen = exchange(initiator, acceptor, self.column.alter(self.row))
        return initiator, acceptor, seen

    def _agree(self, initiator, acceptor, seen):
        """Everything that both sides say has to be what was on the wire."""
        keys = {bytes(k) for k in (initiator.key(), acceptor.key()) if k}
        if self.row.protected and len(keys) != 1:
            raise Wrong("the two have different session keys")
        for end in (initiator, acceptor):
            flags = end.flags()
            if flags is not None and (flags ^ seen.flags) & wire.SECURITY:
                raise Wrong(f"flags {flags:#x} at one end, {seen.flags:#x} on the wire")

    def _calls(self, plan):
        rng = random.Random(repr(plan[:9]))
        differs = self.row.differs(self.column.run(self.row, rng, COUNT))
        if differs:
            raise Wrong(differs)
        return ""

    def run(self, plan):
        """Raises Wrong, or returns what the table does not show."""
        if not self.column.initiator:
            return self._calls(plan)
        refused = False
        try:
            initiator, acceptor, seen = self._exchange()
            differs = self.row.differs(seen)
        except Refused as error:
            refused, differs = True, str(error)
        if self.row.refused:
            return self._refusal(refused, differs)
        if self.note and self.note.exchange:
            return self._as_noted(differs)
        if differs:
            raise Wrong(differs)
        if self.row.mic != seen.mic and not (self.note and self.note.mic):
            raise Wrong("with MIC" if seen.mic else "without MIC")
        self._agree(initiator, acceptor, seen)
        if not self.row.messages:
            self._nothing(initiator, acceptor)
            return ""
        try:
            talk(initiator, acceptor, self.row.protect == "seal", plan)
        except BadMessage as bad:
            if self.note and self.note.messages:
                return self._as_noted(str(bad))
            raise Wrong(str(bad)) from None
        return self._as_noted("") if self.note and self.note.messages else ""

    def _as_noted(self, why):
        """What the note says is so, and for the reason that it has."""
        if not why:
            raise Wrong("the peer can do it: " + self.note.text)
        if not re.search(self.note.says, why):
            raise Wrong(f"not as in the note: {why}")
        return why

    def _refusal(self, refused, why):
        if refused == bool(self.note and self.note.exchange):
            raise Wrong(why or "the acceptor has accepted")
        if refused and not re.search(BAD_BINDINGS, why):
            raise Wrong("refused for another reason: " + why)
        return why

    def _nothing(self, initiator, acceptor):
        """Without session security there must be no signature of the kernel's."""
        for end in (initiator, acceptor):
            if end.kernel:
                try:
                    end.protect(b"message", False)
                except BadMessage:
                    continue
                raise Wrong("the kernel signs")


def cells():
    for column in columns.COLUMNS:
        for row in matrix():
            if column.takes(row):
                yield Cell(column, row, column.note(row))


def work(cell, plan, out):
    """A line: "ok" or why not."""
    signal.alarm(LIMIT)
    try:
        text = "ok " + cell.run(plan)
    except (Wrong, Refused, BadMessage) as error:
        text = f"not {error}"
    except Exception:
        text = "not " + traceback.format_exc()
    signal.alarm(0)
    out.write(json.dumps(text) + "\n")
    out.flush()


class Worker:
    """A process that runs some cells, one after the other"""

    def __init__(self, cells_, plan):
        self.cells, self.since = list(cells_), time.monotonic()
        read, write = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(read)
            with os.fdopen(write, "w") as out:
                for cell in cells_:
                    work(cell, plan, out)
            os._exit(0)
        os.close(write)
        self.pipe = os.fdopen(read)

    def fileno(self):
        return self.pipe.fileno()

    def next(self):
        """The next cell, its result, and the seconds that it took."""
        line = self.pipe.readline()
        cell, now = self.cells.pop(0), time.monotonic()
        seconds, self.since = now - self.since, now
        text = json.loads(line) if line else f"not died, status {self.end()}"
        return cell, text, seconds, bool(line)

    def end(self):
        self.pipe.close()
        return os.waitpid(self.pid, 0)[1]


def batches(wanted):
    """What one worker does: a cell, or more where a peer takes long to start."""
    for column in columns.COLUMNS:
        mine = [c for c in wanted if c.column is column]
        step = JOBS if column.slow else len(mine)
        yield from (mine[i::step] for i in range(step) if mine[i::step])


def table(done):
    """Columns with their cells, and the notes below."""
    shown = sorted({c.column.name for c in done}, key=[c.name for c in columns.COLUMNS].index)
    rows = list(dict.fromkeys(c.row.name for c in done))
    marks, notes = {}, []
    for cell, failed in done.items():
        mark = "FAIL" if failed else "ok" if not cell.note or cell.note.works else "-"
        if cell.note:
            if cell.note not in notes:
                notes.append(cell.note)
            mark += f" [{notes.index(cell.note) + 1}]"
        marks[cell.row.name, cell.column.name] = mark
    width = max(map(len, rows), default=0)
    print("#")
    for number, name in enumerate(shown):
        print(f"# {chr(65 + number)}: {columns.TITLES[name]}")
    print(f"# {'':{width}}" + "".join(f"  {chr(65 + n):8}" for n in range(len(shown))))
    for row in rows:
        print(f"# {row:{width}}" + "".join(
            f"  {marks.get((row, name), ''):8}" for name in shown).rstrip())
    print(f"#\n# ok: exchange and {COUNT} messages each way; -: the peer cannot, which was"
          " tried;\n# empty: other columns have it")
    for line in columns.ELSEWHERE:
        print("# " + line)
    for number, note in enumerate(notes, 1):
        print(f"# [{number}] {note.text}")


def main(patterns):
    seed = int(os.environ.get("SEED") or random.SystemRandom().getrandbits(32))
    print(f"# SEED={seed} COUNT={COUNT}", flush=True)
    plan = script(random.Random(seed), COUNT)
    wanted = [c for c in cells() if not patterns or
              any(fnmatch.fnmatch(c.name, p) for p in patterns)]
    waiting, running, done, times = list(batches(wanted)), [], {}, {}
    number = failed = 0
    while waiting or running:
        while waiting and len(running) < JOBS:
            running.append(Worker(waiting.pop(0), plan))
        for worker in select.select(running, [], [])[0]:
            cell, text, seconds, alive = worker.next()
            if not worker.cells or not alive:
                running.remove(worker)
                if worker.cells:
                    waiting.insert(0, worker.cells)
                if alive:
                    worker.end()
            number += 1
            bad = not text.startswith("ok")
            failed += bad
            done[cell] = bad
            times[cell.column.name] = times.get(cell.column.name, 0) + seconds
            print(f"{'not ' if bad else ''}ok {number} - {cell.name}")
            for line in text[3 + bad:].splitlines():
                print(f"#   {line}")
            sys.stdout.flush()
    table({cell: done[cell] for cell in wanted})
    for name, seconds in times.items():
        print(f"# {name}: {seconds:.1f} s")
    print(f"1..{number}")
    return 1 if failed or not number else 0


sys.exit(main(sys.argv[1:]))
