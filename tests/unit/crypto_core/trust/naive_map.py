# SPDX-License-Identifier: AGPL-3.0-or-later
"""The map of keys computed without any shortcut: the oracle for everything that is faster."""

from __future__ import annotations

from hashlib import sha256

DEPTH = 160
LABEL = b"uhs/1/key-map-entry\x00"

Entries = dict[bytes, tuple[int, bytes]]
"""Number and head by account."""


def leaf(account: bytes, number: int, head: bytes) -> bytes:
    return sha256(b"\x00" + LABEL + account + number.to_bytes(8, "big") + head).digest()


def inner(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def levels(entries: Entries) -> list[tuple[dict[int, bytes], bytes]]:
    """Return for every height, leaves first, the nodes that are not empty by position, and the empty one."""
    nodes = {
        int.from_bytes(account, "big"): leaf(account, number, head)
        for account, (number, head) in entries.items()
    }
    empty = bytes(32)
    rows = [(nodes, empty)]
    for _ in range(DEPTH):
        nodes = {
            parent: inner(nodes.get(2 * parent, empty), nodes.get(2 * parent + 1, empty))
            for parent in {position >> 1 for position in nodes}
        }
        empty = inner(empty, empty)
        rows.append((nodes, empty))
    return rows


def root(entries: Entries) -> bytes:
    nodes, empty = levels(entries)[DEPTH]
    return nodes.get(0, empty)


def siblings(entries: Entries, account: bytes) -> list[bytes | None]:
    """Return the siblings on the way from the root down to the account, None for those of empty subtrees."""
    position = int.from_bytes(account, "big")
    upwards = [
        nodes.get((position >> height) ^ 1)
        for height, (nodes, _) in enumerate(levels(entries)[:DEPTH])
    ]
    return upwards[::-1]


def full_root(low_bits: int, entries: Entries) -> bytes:
    """Return the root of a map whose accounts differ in their last `low_bits` bits only, all leaves written out."""
    row = [bytes(32)] * 2**low_bits
    for account, (number, head) in entries.items():
        row[int.from_bytes(account, "big")] = leaf(account, number, head)
    empty = bytes(32)
    for _ in range(low_bits):
        row = [inner(row[place], row[place + 1]) for place in range(0, len(row), 2)]
        empty = inner(empty, empty)
    (digest,) = row
    for _ in range(DEPTH - low_bits):
        digest = inner(digest, empty)
        empty = inner(empty, empty)
    return digest
