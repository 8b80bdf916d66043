# SPDX-License-Identifier: AGPL-3.0-or-later
"""The map of all accounts' keys, as the tables have it and as the log commits to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crypto_core.errors import CryptoCoreError
from crypto_core.trust.audit import read_relay_leaf
from crypto_core.trust.key_map import KeyMap
from crypto_core.wire.audit import AuditLeaf, AuditStatement, KeyMapPublished, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import RELAY_PSEUDONYM, AccountId, Hash, UnixMillis
from crypto_core.wire.key_map import KEY_MAP_FRESH_SECONDS, MapEntry
from relay_server.audit import store
from relay_server.audit.effects import Call, ChangesKeys
from relay_server.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relay_server.database.pool import Session

RENEWAL_SECONDS: Final = KEY_MAP_FRESH_SECONDS // 3
"""How old the newest root may get: less than the half that is promised, so that a short outage breaks no word."""

NO_LEAF: Final = -1
_NEVER: Final = UnixMillis(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedKeys:
    """The map as of a leaf of the log, which says its root; `leaf_index` is NO_LEAF before the first such leaf."""

    keys: KeyMap = field(default_factory=KeyMap)
    leaf_index: int = NO_LEAF
    relay_time: UnixMillis = _NEVER

    def is_due(self, now: UnixMillis) -> bool:
        """Return whether it is time to say the root again. A relay without accounts has nothing to say."""
        return bool(self.keys.accounts) and now - self.relay_time >= RENEWAL_SECONDS * 1000


def changed(keys: KeyMap, effects: Iterable[object]) -> KeyMap:
    """Return the map after these effects, in their order."""
    changes = {
        each.account: MapEntry(number=each.number, head=each.head)
        for each in effects
        if isinstance(each, ChangesKeys)
    }
    return keys.with_entries(changes) if changes else keys


def said_of(keys: KeyMap) -> bytes:
    """Return the content of the leaf about a map."""
    return encode(KeyMapPublished(root=keys.root, accounts=keys.accounts))


def published(leaf_index: int) -> Call:
    """Return the call that notes where such a leaf is."""
    return Call("key_map_published", (leaf_index,))


async def load(
    session: Session, before: CommittedKeys, *, size: int, log_key: bytes
) -> CommittedKeys:
    """Return the map that a log of `size` leaves commits to; `before` is what is known of it.

    Raises StartError when the tables hold other keys than the log says: one of the two was tampered with.
    """
    newest = await session.fetchval(
        "SELECT max(leaf_index) FROM key_map WHERE leaf_index < $1", size
    )
    if newest == before.leaf_index:
        return before
    rows = await session.fetch(
        """
        SELECT DISTINCT ON (account) account, number, head FROM key_event
        WHERE leaf_index > $1 AND leaf_index < $2 ORDER BY account, number DESC
        """,
        before.leaf_index,
        size,
    )
    keys = before.keys.with_entries(
        {
            AccountId(row["account"]): MapEntry(number=row["number"], head=Hash(row["head"]))
            for row in rows
        }
    )
    if newest is None:
        # A database from before there was a map: the first leaf about it is due at once.
        return CommittedKeys(keys=keys)
    said, relay_time = await _said_at(session, newest, log_key)
    if (said.root, said.accounts) != (keys.root, keys.accounts):
        raise StartError(
            f"the keys in the database are not those that log entry {newest} commits to; do not serve them, "
            "but restore the newest copy of the database"
        )
    return CommittedKeys(keys=keys, leaf_index=newest, relay_time=relay_time)


async def require_newest(session: Session, committed: CommittedKeys) -> None:
    """Raise StartError if the log says of a newer map than the tables do: keys were taken back in the tables only."""
    rows = await session.fetch(
        """
        SELECT leaf_index, leaf FROM audit_entry WHERE actor = $1 AND actor_sequence > coalesce(
            (SELECT actor_sequence FROM audit_entry WHERE leaf_index = $2), -1)
        """,
        RELAY_PSEUDONYM,
        committed.leaf_index,
    )
    for row in rows:
        statement = decode(AuditStatement, decode(AuditLeaf, row["leaf"]).statement)
        if statement.verb is Verb.KEY_MAP:
            raise StartError(
                f"log entry {row['leaf_index']} commits to newer keys than the database holds; do not serve "
                "them, but restore the newest copy of the database"
            )


async def _said_at(
    session: Session, index: int, log_key: bytes
) -> tuple[KeyMapPublished, UnixMillis]:
    leaves = await store.leaves(session, [index])
    try:
        return read_relay_leaf(
            KeyMapPublished, leaves.get(index, b""), verb=Verb.KEY_MAP, log_key=log_key
        )
    except CryptoCoreError as error:
        raise StartError(
            f"log entry {index} should be about the map of keys and is not; do not serve this database, but "
            "restore the newest copy"
        ) from error
