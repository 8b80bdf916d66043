# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of what was verified about other accounts and the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.engine.ports.vault import GossipView, StoredCheckpoint
from app.interface.snapshots import KeyNewsKind, KeyNewsRow
from crypto_core.trust.key_history import KeyHistory, RecordedEvent
from crypto_core.trust.prekeys import PrekeyNumbers
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import KeyEvent
from crypto_core.wire.envelope import LogView
from crypto_core.wire.ids import AccountId, DeviceId, Hash, UnixMillis
from crypto_core.wire.key_map import MapEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

_CHECKPOINT = "select size, root, signed_at_seconds, note from checkpoint"


class SqlTrustStore:
    """Implements `TrustStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def histories(self, accounts: Sequence[AccountId]) -> Mapping[AccountId, KeyHistory]:
        # What the vault keeps was verified before it was stored, and only this device writes the vault.
        found: dict[AccountId, KeyHistory] = {}
        for account in accounts:
            history = KeyHistory.replayed(account, self._recorded(account))
            if history.number:
                found[account] = history
        return found

    def key_events(self, account: AccountId) -> tuple[KeyEvent, ...]:
        return tuple(each.event for each in self._recorded(account))

    def proven_key_events(self, account: AccountId) -> tuple[tuple[KeyEvent, str], ...]:
        return tuple(
            (decode(KeyEvent, event), proof)
            for event, proof in self._db.execute(
                "select event, proof from key_event where account = ? order by number", (account,)
            )
        )

    def _recorded(self, account: AccountId) -> list[RecordedEvent]:
        return [
            RecordedEvent(
                event=decode(KeyEvent, event),
                log_index=log_index,
                relay_time=UnixMillis(relay_time),
            )
            for event, log_index, relay_time in self._db.execute(
                "select event, log_index, relay_time from key_event where account = ? order by number",
                (account,),
            )
        ]

    def add_key_event(
        self, account: AccountId, number: int, recorded: RecordedEvent, *, proof: str
    ) -> None:
        self._db.execute(
            "insert or ignore into key_event (account, number, event, log_index, relay_time, proof)"
            " values (?, ?, ?, ?, ?, ?)",
            (
                account,
                number,
                encode(recorded.event),
                recorded.log_index,
                recorded.relay_time,
                proof,
            ),
        )

    def complete_to(self, account: AccountId) -> int:
        return int(self._known(account, "complete_to") or 0)

    def note_complete(self, account: AccountId, complete_to: int) -> None:
        self._db.execute(
            "insert into key_history (account, complete_to) values (?, ?) on conflict (account)"
            " do update set complete_to = max(complete_to, excluded.complete_to)",
            (account, complete_to),
        )

    def proven_at(self, account: AccountId) -> UnixMillis:
        return UnixMillis(int(self._known(account, "proven_at") or 0))

    def note_proven(self, account: AccountId, at: UnixMillis) -> None:
        self._db.execute(
            "insert into key_history (account, proven_at) values (?, ?) on conflict (account)"
            " do update set proven_at = max(proven_at, excluded.proven_at)",
            (account, at),
        )

    def pin(self, account: AccountId) -> MapEntry | None:
        number = self._known(account, "pinned_number")
        head = self._known(account, "pinned_head")
        return None if number is None else MapEntry(number=number, head=Hash(head))

    def put_pin(self, account: AccountId, pin: MapEntry | None) -> None:
        self._db.execute(
            "insert into key_history (account, pinned_number, pinned_head) values (?, ?, ?)"
            " on conflict (account) do update set pinned_number = excluded.pinned_number,"
            " pinned_head = excluded.pinned_head",
            (account, None if pin is None else pin.number, None if pin is None else pin.head),
        )

    def _known(self, account: AccountId, column: str) -> Any:  # noqa: ANN401 - a column of any type
        row = self._db.execute(
            f"select {column} from key_history where account = ?", (account,)
        ).fetchone()
        return None if row is None else row[0]

    def add_news(
        self, account: AccountId, kind: KeyNewsKind, at: UnixMillis, *, is_blocking: bool
    ) -> None:
        self._db.execute(
            "insert into key_news (account, kind, at, is_blocking, is_settled) values (?, ?, ?, ?, 0)",
            (account, int(kind), at, int(is_blocking)),
        )

    def news(self, account: AccountId, limit: int) -> tuple[KeyNewsRow, ...]:
        return tuple(
            KeyNewsRow(
                kind=KeyNewsKind(kind),
                at=UnixMillis(at),
                is_blocking=bool(is_blocking and not is_settled),
            )
            for kind, at, is_blocking, is_settled in self._db.execute(
                "select kind, at, is_blocking, is_settled from key_news where account = ?"
                " order by id desc limit ?",
                (account, limit),
            )
        )

    def settle_news(self, account: AccountId) -> bool:
        settled = self._db.execute(
            "update key_news set is_settled = 1 where account = ? and is_blocking = 1"
            " and is_settled = 0",
            (account,),
        )
        return bool(settled.rowcount)

    def is_blocked(self, account: AccountId) -> bool:
        row = self._db.execute(
            "select 1 from key_news where account = ? and is_blocking = 1 and is_settled = 0"
            " limit 1",
            (account,),
        ).fetchone()
        return row is not None

    def prekey_numbers(self, device: DeviceId) -> PrekeyNumbers:
        row = self._db.execute(
            "select signed_number, batch_number from prekey_number where device = ?", (device,)
        ).fetchone()
        return PrekeyNumbers() if row is None else PrekeyNumbers(signed=row[0], batch=row[1])

    def put_prekey_numbers(self, account: AccountId, device: DeviceId, seen: PrekeyNumbers) -> None:
        self._db.execute(
            "insert into prekey_number (device, account, signed_number, batch_number)"
            " values (?, ?, ?, ?) on conflict (device) do update set"
            " signed_number = max(signed_number, excluded.signed_number),"
            " batch_number = max(batch_number, excluded.batch_number)",
            (device, account, seen.signed, seen.batch),
        )

    def key_owner(self, fingerprint: Hash) -> AccountId | None:
        row = self._db.execute(
            "select account from public_key where fingerprint = ?", (fingerprint,)
        ).fetchone()
        return None if row is None else AccountId(row[0])

    def claim_key(self, fingerprint: Hash, account: AccountId) -> None:
        self._db.execute(
            "insert or ignore into public_key (fingerprint, account) values (?, ?)",
            (fingerprint, account),
        )

    def latest_checkpoint(self) -> StoredCheckpoint | None:
        return _checkpoint(self._db.execute(f"{_CHECKPOINT} order by size desc limit 1").fetchone())

    def checkpoint(self, size: int) -> StoredCheckpoint | None:
        return _checkpoint(self._db.execute(f"{_CHECKPOINT} where size = ?", (size,)).fetchone())

    def checkpoints(self) -> tuple[StoredCheckpoint, ...]:
        rows = self._db.execute(f"{_CHECKPOINT} order by size")
        return tuple(
            StoredCheckpoint(
                size=size, root=Hash(root), signed_at_seconds=signed_at_seconds, note=note
            )
            for size, root, signed_at_seconds, note in rows
        )

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        # Notes are large. Once a later one is known, only those that evidence rests on are kept.
        self._db.execute(
            "update checkpoint set note = null where size = (select max(size) from checkpoint)"
            " and size < ? and not exists"
            " (select 1 from evidence where evidence.checkpoint_size = checkpoint.size)"
            " and not exists"
            " (select 1 from act_proof where act_proof.checkpoint_size = checkpoint.size)",
            (checkpoint.size,),
        )
        self._db.execute(
            "insert into checkpoint (size, root, signed_at_seconds, note) values (?, ?, ?, ?)"
            " on conflict (size) do update set note = coalesce(note, excluded.note),"
            " signed_at_seconds = max(signed_at_seconds, excluded.signed_at_seconds)",
            (checkpoint.size, checkpoint.root, checkpoint.signed_at_seconds, checkpoint.note),
        )

    def add_gossip(self, account: AccountId, device: DeviceId, view: LogView) -> None:
        self._db.execute(
            "insert into gossip (device, account, origin, size, root) values (?, ?, ?, ?, ?)"
            " on conflict (device) do update set origin = excluded.origin, size = excluded.size,"
            " root = excluded.root, is_settled = 0"
            # A view that cannot be connected stays until it is: it must not be forgotten for a later one.
            " where excluded.size > gossip.size and gossip.failing_since is null",
            (device, account, view.origin, view.size, view.root),
        )

    def unchecked_gossip(self) -> tuple[GossipView, ...]:
        return tuple(
            GossipView(
                device=DeviceId(device),
                account=AccountId(account),
                view=LogView(origin=origin, size=size, root=Hash(root)),
                failing_since=None if failing_since is None else UnixMillis(failing_since),
            )
            for device, account, origin, size, root, failing_since in self._db.execute(
                "select device, account, origin, size, root, failing_since from gossip"
                " where is_settled = 0"
            )
        )

    def agreeing(self, origin: str) -> int:
        row = self._db.execute(
            "select count(distinct account) from gossip where is_settled = 1 and origin = ?",
            (origin,),
        ).fetchone()
        return int(row[0])

    def settle_gossip(self, device: DeviceId, size: int) -> None:
        self._db.execute(
            "update gossip set is_settled = 1, failing_since = null where device = ? and size = ?",
            (device, size),
        )

    def fail_gossip(self, device: DeviceId, since: UnixMillis) -> None:
        self._db.execute(
            "update gossip set failing_since = coalesce(failing_since, ?) where device = ?",
            (since, device),
        )


def _checkpoint(row: tuple[int, bytes, int, str | None] | None) -> StoredCheckpoint | None:
    if row is None:
        return None
    return StoredCheckpoint(size=row[0], root=Hash(row[1]), signed_at_seconds=row[2], note=row[3])
