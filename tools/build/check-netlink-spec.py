#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check-netlink-spec.py [SPEC HEADER]: do spec and uapi header say the same?

Compares every command, attribute, enumeration and constant by C name and
number, the types of attributes with those that the header's comments name, and
the names that operations use with those that are defined. Prints each
difference; exit status 1 if there is one.
"""

import os
import re
import sys

import yaml

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPEC = os.path.join(TOP, "Documentation/netlink/specs/ntlm.yaml")
HEADER = os.path.join(TOP, "include/uapi/linux/ntlm.h")

TYPES = "u8|u16|u32|u64|string|binary|flag"


def c_name(*parts):
    return "_".join(parts).upper().replace("-", "_")


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


class Header:
    """numbers and strings by C name; attribute types where a comment has one"""

    def __init__(self, text):
        self.numbers, self.strings, self.types, self.enums = {}, {}, {}, {}
        code = strip_comments(text)
        for name, value in re.findall(r"^#define\s+(\w+)[ \t]+(\S.*?)\s*$", code, re.M):
            if value.startswith('"'):
                self.strings[name] = value.strip('"')
            else:
                self.numbers[name] = self.number(value)
        for enum, body in re.findall(r"\benum\s+(\w+)\s*\{(.*?)\}", code, re.S):
            self.enums[enum] = self.read_enum(body)
        for name, words in re.findall(
                r"^\s*(NTLM_A_\w+),[ \t]*/\*(.*?)\*/", text, re.M | re.S):
            self.types[name] = " ".join(words.split())

    def number(self, value):
        shift = re.fullmatch(r"\(1U << (\d+)\)", value)
        return 1 << int(shift[1]) if shift else int(value, 0)

    def read_enum(self, body):
        names, value = [], 0
        for item in filter(None, (i.strip() for i in body.split(","))):
            name, _, given = (p.strip() for p in item.partition("="))
            if name.startswith("__") or name.endswith("_MAX"):
                continue
            if given:
                raise SystemExit(f"header: {name} has a number of its own")
            self.numbers[name] = value
            names.append(name)
            value += 1
        return names


class Spec:
    """the same, made from the YAML file by the rules of the specs"""

    def __init__(self, spec):
        self.family = spec["name"]
        self.numbers, self.attrs, self.problems = {}, {}, []
        self.enums = set()
        for d in spec["definitions"]:
            self.definition(d)
        for s in spec["attribute-sets"]:
            self.attribute_set(s)
        self.numbers[c_name(self.family, "cmd", "unspec")] = 0
        groups = {g["name"] for g in spec["mcast-groups"]["list"]}
        for value, op in enumerate(spec["operations"]["list"], 1):
            self.numbers[c_name(self.family, "cmd", op["name"])] = value
            self.operation(op, groups)
        self.groups = groups

    def definition(self, d):
        if d["type"] == "const":
            self.numbers[c_name(self.family, d["name"])] = d["value"]
            return
        self.enums.add(d["name"])
        value = 0
        for entry in d["entries"]:
            if isinstance(entry, str):
                entry = {"name": entry}
            value = entry.get("value", value)
            number = 1 << value if d["type"] == "flags" else value
            self.numbers[c_name(self.family, d["name"], entry["name"])] = number
            value += 1

    def attribute_set(self, s):
        prefix = (self.family, "a", s["name"])
        self.numbers[c_name(*prefix, "unspec")] = 0
        self.attrs[s["name"]] = {a["name"]: a for a in s["attributes"]}
        for value, a in enumerate(s["attributes"], 1):
            self.numbers[c_name(*prefix, a["name"])] = value
            if "enum" in a and a["enum"] not in self.enums:
                self.problems.append(f"{a['name']}: no enumeration {a['enum']}")
            for limit in a.get("checks", {}).values():
                if limit not in self.numbers:
                    self.problems.append(f"{a['name']}: no constant {limit}")

    def operation(self, op, groups):
        known = self.attrs.get(op["attribute-set"])
        if known is None:
            self.problems.append(f"{op['name']}: no set {op['attribute-set']}")
            return
        if "mcgrp" in op and op["mcgrp"] not in groups:
            self.problems.append(f"{op['name']}: no group {op['mcgrp']}")
        for kind in ("do", "dump", "event"):
            part = op.get(kind, {})
            for message in (part, part.get("request", {}), part.get("reply", {})):
                for name in message.get("attributes", []):
                    if name not in known:
                        self.problems.append(f"{op['name']}: no attribute {name}")


def compare_types(spec, header):
    """Types and enumerations, as far as the header's comments tell them."""
    for set_name, attrs in spec.attrs.items():
        for a in attrs.values():
            name = c_name(spec.family, "a", set_name, a["name"])
            words = header.types.get(name, "")
            said = re.match(rf"({TYPES})\b", words)
            if said and said[1] != a["type"]:
                yield f"{name} is {a['type']} in the spec, {said[1]} in the header"
            enum = re.search(r"\benum ntlm_(\w+)", words)
            if enum and a.get("enum") != enum[1]:
                yield f"{name} is no enum {enum[1]} in the spec"
            if "repeated" in words and not a.get("multi-attr"):
                yield f"{name} is not repeated in the spec"


def compare(spec, header):
    yield from spec.problems
    if header.strings.get("NTLM_GENL_NAME") != spec.family:
        yield "NTLM_GENL_NAME is not the name of the family"
    groups = {v for k, v in header.strings.items() if "_GROUP_" in k}
    if groups != spec.groups:
        yield f"groups: {sorted(spec.groups)} in the spec, {sorted(groups)} in the header"
    ours = {k: v for k, v in header.numbers.items() if k != "NTLM_GENL_VERSION"}
    for name in sorted(ours.keys() | spec.numbers.keys()):
        if name not in spec.numbers:
            yield f"{name} is missing in the spec"
        elif name not in ours:
            yield f"{name} is missing in the header"
        elif ours[name] != spec.numbers[name]:
            yield (f"{name} is {spec.numbers[name]} in the spec, "
                   f"{ours[name]} in the header")
    for set_name, attrs in spec.attrs.items():
        names = [c_name(spec.family, "a", set_name, n) for n in ["unspec", *attrs]]
        if names != header.enums.get(f"{spec.family}_a_{set_name}"):
            yield f"enum {spec.family}_a_{set_name}: not the same order"
    yield from compare_types(spec, header)


def main():
    spec_path, header_path = sys.argv[1:] or (SPEC, HEADER)
    with open(spec_path, encoding="utf-8") as f:
        spec = Spec(yaml.safe_load(f))
    with open(header_path, encoding="utf-8") as f:
        header = Header(f.read())
    if len(header.numbers) < 50:
        sys.exit(f"{header_path}: hardly anything found, cannot be compared")
    differences = list(compare(spec, header))
    for text in differences:
        print(f"check-netlink-spec: {text}", file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
