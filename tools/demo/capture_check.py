#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""capture_check.py PCAP PASSWORD NAME: what a listener on the wire got.

Asks tshark, which shares no code with this project. Every RPC request and
response of the connection to the server (all but those with the endpoint mapper
on port 135) has to be at auth level packet privacy with NTLM, and tshark, given
the password, has to decrypt it; NAME has to be in what it decrypts and nowhere
in the capture itself. With another password nothing may come out: else the test
before it would prove nothing.

Prints one line for each check; exit status 1 if one failed.
"""

import re
import subprocess
import sys

PROTECTED = "(dcerpc.pkt_type == 0 || dcerpc.pkt_type == 2) && tcp.port != 135"


def tshark(pcap, password, *args):
    command = ["tshark", "-r", pcap, "-o", "ntlmssp.nt_password:" + password,
               "-Y", PROTECTED, *args]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True).stdout


def headers(pcap, password):
    """(type, level, auth type) of each protected PDU"""
    out = tshark(pcap, password, "-T", "fields", "-e", "dcerpc.pkt_type",
                 "-e", "dcerpc.auth_level", "-e", "dcerpc.auth_type")
    return [line.split("\t") for line in out.splitlines()]


def plaintexts(pcap, password):
    """what tshark decrypted, one for each stub"""
    stubs, current = [], None
    for line in tshark(pcap, password, "-x").splitlines():
        title = re.match(r"(.*) \(\d+ bytes\):$", line)
        if title:
            current = None
            if title.group(1) == "Decrypted stub data":
                current = bytearray()
                stubs.append(current)
        elif current is not None and re.match(r"[0-9a-f]{4} ", line):
            current += bytes.fromhex(line[6:53])
    return stubs


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: capture_check.py PCAP PASSWORD NAME")
    pcap, password, name = sys.argv[1:]
    failed = False

    def result(good, text):
        nonlocal failed
        failed = failed or not good
        print(f"  {'yes: ' if good else 'NO:  '}{text}")

    pdus = headers(pcap, password)
    requests = sum(1 for p in pdus if p[0] == "0")
    responses = sum(1 for p in pdus if p[0] == "2")
    stubs = plaintexts(pcap, password)
    utf16 = name.encode("utf-16le")
    with open(pcap, "rb") as file:
        raw = file.read()

    result(requests > 0 and responses > 0,
           f"the capture holds {requests} requests and {responses} responses")
    result(all(p[1:] == ["6", "10"] for p in pdus),
           "each is at auth level packet privacy (6) with NTLM (10)")
    result(len(stubs) == len(pdus) and all(stubs),
           f"tshark, given the password, decrypts {len(stubs)} of {len(pdus)}")
    result(any(utf16 in s for s in stubs),
           "the share's name is in what it decrypts")
    result(not plaintexts(pcap, password + ".wrong"),
           "with another password it decrypts nothing")
    result(utf16 not in raw and name.encode() not in raw,
           "the share's name is not in the capture itself")
    sys.exit(1 if failed else 0)


main()
