# SPDX-License-Identifier: GPL-2.0-or-later
"""The one account of the matrix. Its password has an LM hash: 14 characters."""

from collections import namedtuple

Account = namedtuple("Account", "user password domain")
ACCOUNT = Account("alice", "Matrix.Pass-14", "INTEROP")
