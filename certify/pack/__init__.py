"""A pack: the checks of one owner, under one lock and one signature.

A pack is a folder that needs no Python. `pack.yaml` says whose it is, `checks/` holds its checks with the
vectors that prove them, `clauses.yaml` the clauses of law or standard that they speak of. The lock names
every file by digest, and the steward of the namespace signs the lock: a pack that was changed since does not
load. Unsigned packs load under `local` alone, and whatever rests on them says so.
"""

from __future__ import annotations

from certify.pack.clauses import ClauseEntry, Ledger, read_ledgers
from certify.pack.loading import CHECK_FILE, Pack, Standards, load, load_pack
from certify.pack.lock import LOCK_FILE, SEAL_FILE, PackLock, PackReference, lock_of, sign
from certify.pack.manifest import MANIFEST_FILE, PackManifest
from certify.pack.steward import STEWARDS_FILE, Stewards, is_local, read_stewards

__all__ = [
    "CHECK_FILE",
    "LOCK_FILE",
    "MANIFEST_FILE",
    "SEAL_FILE",
    "STEWARDS_FILE",
    "ClauseEntry",
    "Ledger",
    "Pack",
    "PackLock",
    "PackManifest",
    "PackReference",
    "Standards",
    "Stewards",
    "is_local",
    "load",
    "load_pack",
    "lock_of",
    "read_ledgers",
    "read_stewards",
    "sign",
]
