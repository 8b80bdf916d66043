# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sparse Merkle map of all accounts' keys: its root, its proofs, and what a client checks of an answer.

Imports `crypto_core.errors`, `crypto_core.wire` and `crypto_core.trust` (audit, merkle, tlog_proof, checkpoints).
`crypto_core/spec/key-map.md` describes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, Final, TypeAlias

from crypto_core.errors import KeyMapMismatchError, ProofError, StaleKeyMapError
from crypto_core.trust.audit import read_relay_leaf
from crypto_core.trust.checkpoints import LogIdentity, VerifiedCheckpoint
from crypto_core.trust.merkle import HASH_BYTES, leaf_hash, node_hash
from crypto_core.trust.tlog_proof import verify_tlog_proof
from crypto_core.wire.audit import KeyMapPublished, Verb
from crypto_core.wire.ids import AccountId, Hash, UnixMillis
from crypto_core.wire.key_map import KEY_MAP_DEPTH, KEY_MAP_FRESH_SECONDS, MapEntry, MapProof
from crypto_core.wire.labels import KEY_MAP_ENTRY
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crypto_core.wire.key_map import KeyMapAnswer

_EMPTY: Final = tuple(
    accumulate(
        repeat(None, KEY_MAP_DEPTH),
        lambda below, _: node_hash(below, below),
        initial=Hash(bytes(HASH_BYTES)),
    )
)
"""Hash of the subtree without entries, by height."""


def entry_hash(account: AccountId, entry: MapEntry) -> Hash:
    """Return the hash of a leaf of the map."""
    return leaf_hash(KEY_MAP_ENTRY + account + entry.number.to_bytes(8, "big") + entry.head)


@dataclass(frozen=True, slots=True)
class _Alone:
    """A subtree with one entry, however high it is; `hash` is that of its top."""

    account: AccountId
    entry: MapEntry
    hash: Hash


@dataclass(frozen=True, slots=True)
class _Fork:
    """A subtree with several entries; a side without any is None."""

    left: _Node | None
    right: _Node | None
    hash: Hash


_Node: TypeAlias = "_Alone | _Fork"


@dataclass(frozen=True, slots=True)
class KeyMap:
    """The whole map, as a value: a change makes a new map, which shares all that is equal with the old one.

    So a map whose root did not get into the log is simply forgotten, and proofs are made from the map whose root
    did. A change costs about as many hashes as an account id has bits; memory is a few nodes an account.
    """

    _top: _Node | None = None
    accounts: int = 0

    @property
    def root(self) -> Hash:
        """What the log commits to."""
        return _hash_of(self._top, KEY_MAP_DEPTH)

    def with_entries(self, changes: Mapping[AccountId, MapEntry]) -> KeyMap:
        """Return the map with these entries set; the others stay as they are."""
        added = sum(self.entry(account) is None for account in changes)
        return KeyMap(_changed(self._top, 0, dict(changes)), self.accounts + added)

    def entry(self, account: AccountId) -> MapEntry | None:
        """Return what the map holds of an account."""
        _, found = self._descend(account)
        return found.entry if found is not None and found.account == account else None

    def prove(self, account: AccountId) -> MapProof:
        """Prove what the map holds of an account, absence included."""
        siblings, found = self._descend(account)
        is_there = found is not None and found.account == account
        if found is not None and not is_there:
            # Somebody else has this subtree alone: that entry's part of it is the sibling where the ids part.
            depth = len(siblings)
            while _bit(account, depth) == _bit(found.account, depth):
                siblings.append(None)
                depth += 1
            siblings.append(_alone(found.account, found.entry, depth + 1).hash)
        bitmap = sum(
            1 << (KEY_MAP_DEPTH - 1 - depth)
            for depth, sibling in enumerate(siblings)
            if sibling is not None
        )
        return MapProof(
            entry=found.entry if found is not None and is_there else None,
            bitmap=bitmap.to_bytes(KEY_MAP_DEPTH // 8, "big"),
            siblings=tuple(sibling for sibling in siblings if sibling is not None),
        )

    def _descend(self, account: AccountId) -> tuple[list[Hash | None], _Alone | None]:
        """Return the siblings on the way to where nothing forks any more, None for empty ones, and what is there."""
        siblings: list[Hash | None] = []
        node = self._top
        while isinstance(node, _Fork):
            node, other = (
                (node.right, node.left) if _bit(account, len(siblings)) else (node.left, node.right)
            )
            siblings.append(None if other is None else other.hash)
        return siblings, node


def verify_map_proof(root: Hash, account: AccountId, proof: MapProof) -> None:
    """Check that the map under `root` holds `proof.entry` for the account, or nothing. Raises ProofError."""
    bitmap = int.from_bytes(proof.bitmap, "big")
    if bitmap.bit_count() != len(proof.siblings):
        raise ProofError("the proof has another number of siblings than it says")
    digest = _EMPTY[0] if proof.entry is None else entry_hash(account, proof.entry)
    siblings = list(proof.siblings)
    for height, empty in enumerate(_EMPTY[:KEY_MAP_DEPTH]):
        sibling = siblings.pop() if bitmap >> height & 1 else empty
        if sibling == empty and bitmap >> height & 1:
            raise ProofError("the proof spells out the sibling of an empty subtree")
        is_right = _bit(account, KEY_MAP_DEPTH - 1 - height)
        digest = node_hash(sibling, digest) if is_right else node_hash(digest, sibling)
    if digest != root:
        raise ProofError("the proof does not lead to the root of the map")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMapView:
    """A root that the log commits to: where, since when, and under which checkpoint.

    That the checkpoint continues the one that the client keeps is the caller's to check.
    """

    root: Hash
    accounts: int
    leaf_index: int
    relay_time: UnixMillis
    checkpoint: VerifiedCheckpoint


def check_key_answer(
    answer: KeyMapAnswer,
    *,
    account: AccountId,
    shown: MapEntry,
    log: LogIdentity,
    now: UnixMillis,
) -> KeyMapView:
    """Check that the log commits to exactly the keys that were shown of an account, and did so within a day.

    `shown` is number and head of the verified key history. Raises, in this order:
    WireError, ProofError, SignatureError – the answer is damaged or forged: nothing of it counts;
    KeyMapMismatchError – the answer is genuine and contradicts `shown`;
    StaleKeyMapError – all is as it should be, except that the root is older than a day or from the future: a
    first contact waits, an accepted contact is warned about.
    """
    # (1) The receipt proves a leaf of this log.
    proven = verify_tlog_proof(answer.receipt, log=log)
    # (2) The leaf is the relay's own and names the root of a map.
    published, relay_time = read_relay_leaf(
        KeyMapPublished, proven.leaf, verb=Verb.KEY_MAP, log_key=log.ed25519.public_key
    )
    # (3) The map has this entry for the account.
    verify_map_proof(published.root, account, answer.proof)
    # (4) It is the entry of the keys that were shown.
    if answer.proof.entry != shown:
        committed = answer.proof.entry
        raise KeyMapMismatchError(
            committed=None if committed is None else committed.number, shown=shown.number
        )
    # (5) The root is of today, by the relay's own time, which its next leaves must not fall behind.
    if not (now - KEY_MAP_FRESH_SECONDS * 1000 <= relay_time <= now + CLOCK_SKEW_SECONDS * 1000):
        raise StaleKeyMapError(relay_time=relay_time)
    return KeyMapView(
        root=published.root,
        accounts=published.accounts,
        leaf_index=proven.index,
        relay_time=relay_time,
        checkpoint=proven.checkpoint,
    )


def _changed(node: _Node | None, depth: int, changes: dict[AccountId, MapEntry]) -> _Node | None:
    if not changes:
        return node
    left, right = (node.left, node.right) if isinstance(node, _Fork) else (None, None)
    if not isinstance(node, _Fork):
        if node is not None:
            changes = {node.account: node.entry} | changes
        if len(changes) == 1:
            ((account, entry),) = changes.items()
            return _alone(account, entry, depth)
    sides: tuple[dict[AccountId, MapEntry], dict[AccountId, MapEntry]] = ({}, {})
    for account, entry in changes.items():
        sides[_bit(account, depth)][account] = entry
    left = _changed(left, depth + 1, sides[0])
    right = _changed(right, depth + 1, sides[1])
    height = KEY_MAP_DEPTH - depth - 1
    return _Fork(left, right, node_hash(_hash_of(left, height), _hash_of(right, height)))


def _alone(account: AccountId, entry: MapEntry, depth: int) -> _Alone:
    """Return the subtree below `depth` that has this entry only."""
    digest = entry_hash(account, entry)
    position = int.from_bytes(account, "big")
    for height, empty in enumerate(_EMPTY[: KEY_MAP_DEPTH - depth]):
        digest = node_hash(empty, digest) if position >> height & 1 else node_hash(digest, empty)
    return _Alone(account, entry, digest)


def _hash_of(node: _Node | None, height: int) -> Hash:
    return _EMPTY[height] if node is None else node.hash


def _bit(account: AccountId, depth: int) -> int:
    """Which side of the node at `depth` the account is on: 0 left, 1 right."""
    return account[depth >> 3] >> (7 - (depth & 7)) & 1
