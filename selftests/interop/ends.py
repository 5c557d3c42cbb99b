# SPDX-License-Identifier: GPL-2.0-or-later
"""What all peers have in common, and how two of them are put together."""

from session import BadMessage

import wire

__all__ = ["BadMessage", "End", "Refused", "Wrong", "exchange", "script", "talk"]


class Refused(Exception):
    """one side does not accept what the other one sent"""


class Wrong(Exception):
    """something is not as it has to be"""


class End:
    """One side of an exchange.

    done: the exchange is over, as this side sees it; kernel: it is the kernel's;
    empty: it knows messages of no bytes; mixed: it can sign alone what could be
    sealed
    """
    done = kernel = False
    empty = mixed = True

    def step(self, token):
        """The next token, from the peer's or None; or None. Raises Refused."""
        raise NotImplementedError

    def key(self):
        """The ExportedSessionKey, or None where the peer does not tell."""
        return None

    def flags(self):
        """Negotiated flags as this side has them, or None."""
        return None

    def protect(self, data, seal):
        """Signature and message; the message is sealed or plain."""
        raise NotImplementedError

    def unprotect(self, message, seal):
        """The message without its signature. Raises BadMessage."""
        raise NotImplementedError

    def close(self):
        pass


def exchange(initiator, acceptor, alter=None):
    """Carry the tokens; alter(token) may change them on the way. What was seen."""
    seen = wire.Seen()
    token, ends = None, (initiator, acceptor)
    for turn in range(10):
        token = ends[turn & 1].step(token)
        if token is not None and alter:
            token = alter(token)
        seen.add(token)
        if initiator.done and acceptor.done:
            return seen
        if token is None and turn > 0:
            break
    raise Refused("the exchange ended before both sides were content")


def script(rng, count):
    """count messages each way in random order, of random sizes: (way, whether it is
    sealed, bytes)"""
    ways = [0] * count + [1] * count
    rng.shuffle(ways)
    plan = []
    for way in ways:
        size = rng.choice((0, 1, 7, 8, 9, 63, 64, 65)) if not rng.randrange(8) else \
            rng.randrange(1, 120) if rng.randrange(100) else rng.randrange(4096)
        plan.append((way, bool(rng.randrange(4)), rng.randbytes(size)))
    return plan


def talk(initiator, acceptor, seal, plan):
    """Messages of a plan, each at once to the other side; none is sealed unless
    seal."""
    ends = (initiator, acceptor)
    always = not (initiator.mixed and acceptor.mixed)
    least = not (initiator.empty and acceptor.empty)
    for number, (way, sealed, data) in enumerate(plan):
        sealed = seal and (sealed or always)
        data = data or bytes(least)
        try:
            message = ends[way].protect(data, sealed)
            arrived = ends[1 - way].unprotect(message, sealed)
        except BadMessage as bad:
            raise BadMessage(f"message {number}, {len(data)} bytes, "
                             f"{'sealed' if sealed else 'signed'} by the "
                             f"{('initiator', 'acceptor')[way]}: {bad}") from None
        if arrived != data:
            raise BadMessage(f"message {number}: {len(data)} bytes arrived as others")
