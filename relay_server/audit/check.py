# SPDX-License-Identifier: AGPL-3.0-or-later
"""Goes over the whole log in the database: what somebody changed behind the relay's back is found here.

Nothing of what the running relay remembers is used. Leaves are read one after the other and not kept, so the size
of the log does not matter; of each actor the head of the chain is, and of each 256 leaves one hash.

Entries may be missing that the log itself says were erased at the end of their time (ENTRIES_ERASED): as many as it
says, among its first leaves, each of them a gap in somebody's chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from crypto_core.errors import CryptoCoreError
from crypto_core.trust.audit import (
    CHAIN_START,
    ChainHead,
    read_relay_leaf,
    verify_relay_statement,
    verify_statement,
)
from crypto_core.trust.merkle import TreeEdge, leaf_hash
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import AuditLeaf, AuditStatement, EntriesErased, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import RELAY_PSEUDONYM, DevicePseudonym, Hash
from crypto_core.wire.signed import HybridSignature, SigningPublicKey
from relay_server.audit import key_map
from relay_server.audit.key_map import CommittedKeys
from relay_server.errors import StartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from crypto_core.trust.checkpoints import Checkpoint, LogIdentity
    from relay_server.database.pool import Session

MOST_FINDINGS: Final = 100
"""Then nothing more is looked at: whoever has so many restores a backup."""
_AT_A_TIME: Final = 2000


class Damage(StrEnum):
    """What is wrong with a log."""

    LEAF_MISSING = "leaf-missing"
    ENTRY_MISSING = "entry-missing"
    """And the log does not say that it was erased."""
    ENTRY_BACK = "entry-back"
    """The log says that more entries were erased than are missing: an older copy of them was put in place."""
    ENTRY_CHANGED = "entry-changed"
    """The entry is not what the tree's leaf is the hash of."""
    ACTOR_CHANGED = "actor-changed"
    """What stands beside the entry, whose it is and where in their chain, is not what the entry says."""
    CHAIN_BROKEN = "chain-broken"
    """The statement does not follow the last one of its actor: one was left out, put in, or moved."""
    SIGNATURE_INVALID = "signature-invalid"
    NODE_CHANGED = "node-changed"
    ROOT_CHANGED = "root-changed"
    """The root that was noted for a size is not that of its leaves: a leaf was changed together with its hash."""
    SHORTER_THAN_SIGNED = "shorter-than-signed"
    OTHER_THAN_SIGNED = "other-than-signed"
    """The tree is not the one whose checkpoint lies outside the database."""
    KEYS_CHANGED = "keys-changed"
    """The tables of accounts' keys are not what the log commits to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong; `place` is the index of a leaf, for roots and checkpoints the size of a tree."""

    damage: Damage
    place: int


@dataclass(slots=True, kw_only=True)
class LogCheck:
    """What was looked at, and what was found."""

    leaves: int = 0
    erased: int = 0
    roots: int = 0
    signatures: int = 0
    findings: list[Finding]

    @property
    def is_over(self) -> bool:
        """Whether enough was found."""
        return len(self.findings) >= MOST_FINDINGS

    def find(self, damage: Damage, place: int) -> None:
        """Note what is wrong."""
        if not self.is_over:
            self.findings.append(Finding(damage=damage, place=place))


async def check_log(
    session: Session,
    *,
    identity: LogIdentity,
    remembered: Checkpoint | None,
    verifies_signatures: bool,
) -> LogCheck:
    """Go over the log as it is at one moment, beside a relay that runs or not.

    `remembered` is what lay outside the database before that moment. Signatures of devices and of the relay are
    verified, both halves, if asked for: it takes about a third of a millisecond each.
    """
    return await ContinuedCheck(identity, verifies_signatures=verifies_signatures).go_on(
        session, remembered
    )


async def note_look(session: Session, check: LogCheck) -> None:
    """Keep what was found for who asks how the log is."""
    await session.execute(
        "INSERT INTO audit_look (size, signatures, findings) VALUES ($1, $2, $3)",
        check.leaves,
        check.signatures > 0,
        len(check.findings),
    )


class ContinuedCheck:
    """A look at the whole log that goes on, each time, with what has come since."""

    def __init__(self, identity: LogIdentity, *, verifies_signatures: bool) -> None:
        self._log_key = identity.ed25519.public_key
        self._verifies_signatures = verifies_signatures
        self._walk: _Walk | None = None

    async def go_on(self, session: Session, remembered: Checkpoint | None) -> LogCheck:
        """Look at what is new, the first time at everything; return all that was looked at and found so far.

        `remembered` is as in `check_log`. After a finding there is nothing to go on from.
        """
        async with session.transaction(isolation="repeatable_read", readonly=True):
            size = await session.fetchval("SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaf")
            is_first = self._walk is None
            if self._walk is None:
                self._walk = _Walk(
                    LogCheck(findings=[]),
                    erased=await _announced(session, size, self._log_key),
                    log_key=self._log_key,
                )
            walk = self._walk
            check = walk.check
            signed = 0 if remembered is None else remembered.size
            if max(signed, walk.size) > size:
                check.find(Damage.SHORTER_THAN_SIGNED, size)
            await self._require_same(session, walk)
            await self._prepare(session, walk, remembered)
            async for rows in _entries(session, walk.size):
                for row in rows:
                    walk.take(row)
                if check.is_over:
                    return check
            walk.end()
            if is_first:
                # Later, what was looked at already may be erased as was said.
                walk.require_erased(await _to_erase(session))
            # What the tables say beyond the last leaf is about leaves that are gone.
            async for row in session.cursor("SELECT size FROM audit_root WHERE size > $1", size):
                check.find(Damage.ROOT_CHANGED, row["size"])
            try:
                committed = await key_map.load(
                    session, CommittedKeys(), size=size, log_key=self._log_key
                )
                await key_map.require_newest(session, committed)
            except (StartError, CryptoCoreError):
                check.find(Damage.KEYS_CHANGED, size)
        return check

    async def _prepare(self, session: Session, walk: _Walk, remembered: Checkpoint | None) -> None:
        nodes = {
            (row["level"], row["position"]): row["hash"]
            async for row in session.cursor(
                "SELECT level, position, hash FROM audit_node "
                "WHERE (position + 1) * (1::bigint << level) > $1",
                walk.size,
            )
        }
        keys = await _signing_keys(session) if self._verifies_signatures else None
        walk.begin(nodes=nodes, keys=keys, remembered=remembered)

    async def _require_same(self, session: Session, walk: _Walk) -> None:
        """Find out whether what was looked at before is still the beginning of the log."""
        if walk.size:
            root = await session.fetchval("SELECT root FROM audit_root WHERE size = $1", walk.size)
            if root != walk.root:
                walk.check.find(Damage.ROOT_CHANGED, walk.size)


@dataclass(frozen=True, slots=True)
class _Erased:
    """What the log says of erasures: how many entries, all among the first `below` leaves."""

    entries: int = 0
    below: int = 0


async def _announced(session: Session, size: int, log_key: bytes) -> _Erased:
    """Read what the relay has signed about erasures; what it has not counts for nothing."""
    said = _Erased()
    async for row in session.cursor(
        """
        SELECT entry.leaf FROM audit_erasure JOIN audit_entry AS entry USING (leaf_index)
        WHERE leaf_index < $1
        """,
        size,
    ):
        try:
            erased, _ = read_relay_leaf(
                EntriesErased, row["leaf"], verb=Verb.ENTRIES_ERASED, log_key=log_key
            )
        except CryptoCoreError:
            continue
        said = _Erased(said.entries + erased.entries, max(said.below, erased.below))
    return said


async def _to_erase(session: Session) -> int:
    """Return how many entries are still there that the log says are erased."""
    entries: int = await session.fetchval(
        """
        SELECT count(*) FROM audit_erasing JOIN audit_erasure USING (erasure)
        WHERE audit_erasure.leaf_index IS NOT NULL
        """
    )
    return entries


async def _entries(session: Session, first: int) -> AsyncIterator[list[Any]]:
    cursor = await session.cursor(
        """
        SELECT leaf_index, leaf_hash, leaf, actor, actor_sequence, statement_hash, root
        FROM audit_leaf LEFT JOIN audit_entry USING (leaf_index)
        LEFT JOIN audit_root ON audit_root.size = leaf_index + 1
        WHERE leaf_index >= $1 ORDER BY leaf_index
        """,
        first,
    )
    while rows := await cursor.fetch(_AT_A_TIME):
        yield rows


async def _signing_keys(session: Session) -> dict[bytes, SigningPublicKey]:
    return {
        row["pseudonym"]: decode(SigningPublicKey, row["signing_key"])
        async for row in session.cursor("SELECT pseudonym, signing_key FROM device")
    }


class _Walk:
    """From the first leaf to the last."""

    def __init__(self, check: LogCheck, *, erased: _Erased, log_key: bytes) -> None:
        self.check = check
        self._erased = erased
        self._log_key = log_key
        self._remembered: Checkpoint | None = None
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._keys: dict[bytes, SigningPublicKey] | None = None
        self._edge = TreeEdge()
        self._heads: dict[DevicePseudonym, ChainHead] = {}
        self._gathered: list[Hash] = []
        self._next = 0
        self._unplaced = 0
        """Of so many erased entries no chain has shown the gap yet."""

    @property
    def size(self) -> int:
        """How many leaves were looked at."""
        return self._next

    @property
    def root(self) -> Hash:
        """The root of these leaves."""
        return self._edge.root()

    def begin(
        self,
        *,
        nodes: dict[tuple[int, int], bytes],
        keys: dict[bytes, SigningPublicKey] | None,
        remembered: Checkpoint | None,
    ) -> None:
        """Take what the next leaves are held against."""
        self._nodes = nodes
        self._keys = keys
        self._remembered = remembered
        if remembered is not None and remembered.size == self._next and self._next:
            self._compare_signed(remembered)

    def take(self, row: Any) -> None:  # noqa: ANN401 - a record of the driver's
        """Look at the next leaf."""
        index = row["leaf_index"]
        if index != self._next:
            self.check.find(Damage.LEAF_MISSING, self._next)
        self._next = index + 1
        self.check.leaves += 1
        self._gathered.append(Hash(row["leaf_hash"]))
        if row["leaf"] is None:
            self._miss(index)
        elif leaf_hash(row["leaf"]) != row["leaf_hash"]:
            self.check.find(Damage.ENTRY_CHANGED, index)
        else:
            self._follow(row)
        is_signed = self._remembered is not None and self._remembered.size == self._next
        if row["root"] is not None or is_signed or len(self._gathered) >= _AT_A_TIME:
            self._grow()
        if row["root"] is not None:
            self.check.roots += 1
            if self._edge.root() != row["root"]:
                self.check.find(Damage.ROOT_CHANGED, self._next)
        if is_signed and self._remembered is not None:
            self._compare_signed(self._remembered)

    def _compare_signed(self, remembered: Checkpoint) -> None:
        if self._edge.root() != remembered.root:
            self.check.find(Damage.OTHER_THAN_SIGNED, self._next)

    def _miss(self, index: int) -> None:
        """Take note of an entry that is gone: the log has to say so."""
        if index >= self._erased.below or self.check.erased >= self._erased.entries:
            self.check.find(Damage.ENTRY_MISSING, index)
            return
        self.check.erased += 1
        self._unplaced += 1

    def require_erased(self, erasing: int) -> None:
        """Find out whether more entries are there than should be: `erasing` are still to go as was said."""
        if self.check.erased + erasing < self._erased.entries:
            self.check.find(Damage.ENTRY_BACK, self._erased.below)

    def end(self) -> None:
        """Look at what is left when all leaves are there."""
        self._grow()
        if self._unplaced:
            self.check.find(Damage.CHAIN_BROKEN, self._next)
        for level, position in self._nodes:
            self.check.find(Damage.NODE_CHANGED, position << level)

    def _follow(self, row: Any) -> None:  # noqa: ANN401 - as above
        index = row["leaf_index"]
        try:
            leaf = decode(AuditLeaf, row["leaf"])
            statement = decode(AuditStatement, leaf.statement)
        except CryptoCoreError:
            self.check.find(Damage.ENTRY_CHANGED, index)
            return
        statement_hash = sha256(leaf.statement)
        said = (statement.actor, statement.sequence, statement_hash)
        if said != (row["actor"], row["actor_sequence"], row["statement_hash"]):
            self.check.find(Damage.ACTOR_CHANGED, index)
        head = self._heads.get(statement.actor, ChainHead(next_sequence=0, previous=CHAIN_START))
        gap = statement.sequence - head.next_sequence
        if 0 < gap <= self._unplaced:
            # What was before is erased, its hash with it: what follows says what it was.
            self._unplaced -= gap
        elif gap or statement.previous != head.previous:
            self.check.find(Damage.CHAIN_BROKEN, index)
        self._heads[statement.actor] = ChainHead(
            next_sequence=statement.sequence + 1, previous=statement_hash
        )
        if self._keys is not None and not self._is_signed(leaf, statement.actor):
            self.check.find(Damage.SIGNATURE_INVALID, index)

    def _is_signed(self, leaf: AuditLeaf, actor: DevicePseudonym) -> bool:
        self.check.signatures += 1
        try:
            if actor == RELAY_PSEUDONYM:
                verify_relay_statement(self._log_key, leaf.statement, leaf.signature)
            else:
                key = (self._keys or {})[actor]
                verify_statement(key, leaf.statement, decode(HybridSignature, leaf.signature))
        except (CryptoCoreError, KeyError):
            return False
        return True

    def _grow(self) -> None:
        """Let the tree grow by what was gathered, and compare it with what is noted of it."""
        for level, position, digest in self._edge.extend(self._gathered):
            if self._nodes.pop((level, position), None) != digest:
                self.check.find(Damage.NODE_CHANGED, position << level)
        self._gathered.clear()
