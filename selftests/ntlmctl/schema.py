#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""schema.py COMMAND: is standard input what ntlmctl --json COMMAND may write?

schema.py --page FILE: does the man page name every key of the schema?

monitor is one object a line. With more arguments, each is a Python expression
about d, what was read, that has to hold. Exit status 0: all is right.
"""

import json
import os
import sys

import jsonschema

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../Documentation/ntlmctl.schema.json")


def keys(node):
    """every name of a property, and every word of an enumeration, below node"""
    if isinstance(node, list):
        for item in node:
            yield from keys(item)
    if not isinstance(node, dict):
        return
    yield from node.get("properties", {})
    yield from node.get("enum", [])
    for value in node.values():
        yield from keys(value)


def main():
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    if sys.argv[1] == "--page":
        with open(sys.argv[2], encoding="utf-8") as file:
            words = set(file.read().replace("\\-", "-").replace(",", " ").split())
        missing = sorted(set(keys(schema)) | set(schema["$defs"]["stats"]["required"]))
        missing = [k for k in missing if k not in words]
        sys.exit(f"not in the page: {missing}" if missing else 0)
    command, conditions = sys.argv[1], sys.argv[2:]
    rows = sys.stdin.read()
    rows = [json.loads(l) for l in rows.splitlines()] if command == "monitor" else [json.loads(rows)]
    for row in rows:
        jsonschema.validate(row, {"$ref": "#/$defs/" + command, "$defs": schema["$defs"]},
                            cls=jsonschema.Draft202012Validator)
    d = rows if command == "monitor" else rows[0]
    for condition in conditions:
        if not eval(condition, {"d": d}):  # pylint: disable=eval-used
            sys.exit(f"{condition}: not so for {d}")


main()
