#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""smb-hooks.py DIR VERSION: did every hook of kernel/smb/Kbuild take?

DIR is the client directory built for a kernel of that version, with the Kbuild in
it. A rename on the
compiler's command line of a name that is not there changes nothing and says
nothing, so this looks at what came out:

  ntlm-hook-OBJECT := NAME...   stock OBJECT.o defines stock_NAME, one object of
                                ours defines NAME, another stock object uses it
  ntlm-call-OBJECT := NAME...   stock OBJECT.o calls NAME, one object of ours
                                defines it
"""

import os
import subprocess
import sys

import smb_kbuild

PREFIX = "stock_"


def symbols(objects):
    """What the objects define and want: ({name: objects}, {name: objects})."""
    defined, wanted = {}, {}
    out = subprocess.run(["nm", "-A", "-g", *objects], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    for line in out.splitlines():
        path, _, rest = line.partition(":")
        *_, kind, name = rest.split()
        table = wanted if kind == "U" else defined
        table.setdefault(name, set()).add(path)
    return defined, wanted


def main():
    client, version = sys.argv[1:3]
    hooks = smb_kbuild.lists(os.path.join(client, "Kbuild"), client, version)
    objects, mine = [], set()
    for top, _, files in os.walk(client):
        for name in files:
            if name.endswith(".o") and not name.endswith(".mod.o") and name != "cifs.o":
                path = os.path.join(top, name)
                objects.append(path)
                if os.path.basename(top) == "ntlm":
                    mine.add(path)
    defined, wanted = symbols(objects)
    bad = []
    for (kind, stem), names in sorted(hooks.items()):
        stock = os.path.join(client, stem + ".o")
        for name in names:
            if not defined.get(name, set()) & mine:
                bad.append(f"{name}: no object of kernel/smb defines it")
            elif len(defined[name]) != 1:
                bad.append(f"{name}: defined more than once")
            if kind == "call":
                if stock not in wanted.get(name, ()):
                    bad.append(f"{name}: {stem}.o does not call it")
                continue
            if defined.get(PREFIX + name, set()) != {stock}:
                bad.append(f"{name}: {stem}.o does not define {PREFIX}{name}")
            if not wanted.get(name, set()) - mine - {stock}:
                bad.append(f"{name}: nothing outside {stem}.o calls it")
    for line in bad:
        print(f"smb-hooks.py: {line}", file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
