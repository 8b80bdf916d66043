# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of what was verified about other accounts and the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.ports.vault import GossipView, StoredCheckpoint
from crypto_core.trust.devices import DeviceHistory, LoggedList
from crypto_core.trust.prekeys import PrekeyNumbers
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode
from crypto_core.wire.devices import AccountCertificate, DeviceList
from crypto_core.wire.envelope import LogView
from crypto_core.wire.ids import AccountId, DeviceId, Hash, UnixMillis
from crypto_core.wire.signed import Signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

_CHECKPOINT = "select size, root, signed_at_seconds, note from checkpoint"


class SqlTrustStore:
    """Implements `TrustStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def histories(self, accounts: Sequence[AccountId]) -> Mapping[AccountId, DeviceHistory]:
        # What the vault keeps was verified before it was stored, and only this device writes the vault.
        found: dict[AccountId, DeviceHistory] = {}
        for account in accounts:
            row = self._db.execute(
                "select certificate from correspondent where account = ?", (account,)
            ).fetchone()
            if row is None:
                continue
            lists = []
            for encoded, log_index in self._db.execute(
                "select device_list, log_index from device_list where account = ? order by sequence",
                (account,),
            ):
                body = decode(Signed, encoded).body
                lists.append(
                    LoggedList(
                        devices=decode(DeviceList, body), digest=sha256(body), log_index=log_index
                    )
                )
            found[account] = DeviceHistory(
                certificate=decode(AccountCertificate, decode(Signed, row[0]).body),
                lists=tuple(lists),
            )
        return found

    def complete_to(self, account: AccountId) -> int:
        row = self._db.execute(
            "select complete_to from correspondent where account = ?", (account,)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def save_history(
        self, account: AccountId, encoded_certificate: bytes, *, complete_to: int
    ) -> None:
        self._db.execute(
            "insert into correspondent (account, certificate, complete_to) values (?, ?, ?)"
            " on conflict (account) do update set certificate = excluded.certificate,"
            " complete_to = max(complete_to, excluded.complete_to)",
            (account, encoded_certificate, complete_to),
        )

    def add_device_list(
        self, account: AccountId, sequence: int, *, encoded_list: bytes, log_index: int, proof: str
    ) -> None:
        self._db.execute(
            "insert or ignore into device_list (account, sequence, device_list, log_index, proof)"
            " values (?, ?, ?, ?, ?)",
            (account, sequence, encoded_list, log_index, proof),
        )

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
            " (select 1 from evidence where evidence.checkpoint_size = checkpoint.size)",
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
