# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of what arrived: committed ids, envelopes held back or not opened, and receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine.ports.vault import ReceivedReceipt, Unopened
from app.interface.snapshots import DeliveryState, ReceiptRow
from crypto_core.wire.content import ReceiptState, RefusalReason
from crypto_core.wire.ids import AccountId, DeviceId, EnvelopeId, Hash, MessageId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

_RUNGS: Final = {
    ReceiptState.DELIVERED: ("delivered_at", DeliveryState.DELIVERED),
    ReceiptState.READ: ("read_at", DeliveryState.READ),
    ReceiptState.REFUSED: ("refused_at", DeliveryState.REFUSED),
}


class SqlInboxStore:
    """Implements `InboxStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def opened_before(self, messages: Sequence[MessageId]) -> Mapping[MessageId, Hash]:
        found: dict[MessageId, Hash] = {}
        for message in messages:
            row = self._db.execute(
                "select outer_header_hash from opened where message = ?", (message,)
            ).fetchone()
            if row is not None:
                found[message] = Hash(row[0])
        return found

    def mark_opened(self, message: MessageId, outer_header_hash: Hash) -> None:
        self._db.execute(
            "insert into opened (message, outer_header_hash) values (?, ?)",
            (message, outer_header_hash),
        )

    def hold(self, envelope: EnvelopeId, sender: AccountId) -> None:
        self._db.execute(
            "insert or ignore into held (envelope, sender) values (?, ?)", (envelope, sender)
        )

    def held(self) -> Mapping[EnvelopeId, AccountId]:
        return {
            EnvelopeId(envelope): AccountId(sender)
            for envelope, sender in self._db.execute("select envelope, sender from held")
        }

    def release(self, envelope: EnvelopeId) -> None:
        self._db.execute("delete from held where envelope = ?", (envelope,))

    def add_unopened(self, unopened: Unopened) -> bool:
        inserted = self._db.execute(
            "insert or ignore into unopened"
            " (envelope, message, sender, sender_device, envelope_bytes, failed_check, at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                unopened.envelope,
                unopened.message,
                unopened.sender,
                unopened.sender_device,
                unopened.envelope_bytes,
                unopened.failed_check,
                unopened.at,
            ),
        ).rowcount
        return bool(inserted)

    def unopened(self) -> tuple[Unopened, ...]:
        return tuple(
            Unopened(
                envelope=EnvelopeId(row[0]),
                message=MessageId(row[1]),
                sender=AccountId(row[2]),
                sender_device=DeviceId(row[3]),
                envelope_bytes=row[4],
                failed_check=row[5],
                at=UnixMillis(row[6]),
            )
            for row in self._db.execute(
                "select envelope, message, sender, sender_device, envelope_bytes, failed_check, at"
                " from unopened order by id"
            )
        )

    def unopened_since(self, sender: AccountId, moment: UnixMillis) -> int:
        return int(
            self._db.execute(
                "select count(*) from unopened where sender = ? and at >= ?", (sender, moment)
            ).fetchone()[0]
        )

    def add_receipt(self, receipt: ReceivedReceipt) -> None:
        inserted = self._db.execute(
            "insert or ignore into receipt"
            " (message, account, device, envelope, state, reason, comment, at, signed_message)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                receipt.message,
                receipt.account,
                receipt.device,
                receipt.envelope,
                int(receipt.state),
                None if receipt.reason is None else int(receipt.reason),
                receipt.comment,
                receipt.at,
                receipt.signed_message,
            ),
        ).rowcount
        if not inserted:
            return
        column, _ = _RUNGS[receipt.state]
        # The first device that reached a rung decides; a reason only comes with a refusal.
        self._db.execute(
            f"update recipient set {column} = coalesce({column}, ?), reason = coalesce(reason, ?)"
            " where message = (select id from message where message = ?) and account = ?",
            (
                receipt.at,
                None if receipt.reason is None else int(receipt.reason),
                receipt.message,
                receipt.account,
            ),
        )

    def receipts(self, message: MessageId) -> tuple[ReceiptRow, ...]:
        accepted = [
            ReceiptRow(
                account=AccountId(account),
                device=DeviceId(device),
                envelope=EnvelopeId(envelope),
                state=DeliveryState.ACCEPTED,
                at=UnixMillis(at),
                reason=None,
                log_index=log_index,
                proof=proof,
            )
            for account, device, envelope, at, log_index, proof in self._db.execute(
                "select o.account, o.device, e.envelope, e.accepted_at, e.log_index, e.proof"
                " from outgoing g join envelope e on e.outgoing = g.id"
                " join outbox o on o.envelope = e.envelope"
                " where g.message = ? and e.proof is not null order by e.log_index, o.id",
                (message,),
            )
        ]
        stated = [
            ReceiptRow(
                account=AccountId(account),
                device=DeviceId(device),
                envelope=EnvelopeId(envelope),
                state=_RUNGS[ReceiptState(state)][1],
                at=UnixMillis(at),
                reason=None if reason is None else RefusalReason(reason),
                log_index=None,
                proof="",
            )
            for account, device, envelope, state, reason, at in self._db.execute(
                "select account, device, envelope, state, reason, at from receipt"
                " where message = ? order by state, at",
                (message,),
            )
        ]
        return (*accepted, *stated)
