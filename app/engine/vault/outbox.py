# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of what is to be sent, of sealed envelopes, uploads, and the own chain of statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from app.engine.ports.vault import (
    OutboxRow,
    Outgoing,
    QueuedLetter,
    SealedRow,
    SlotState,
    StatementRow,
    StatementState,
    Upload,
)
from app.interface.shown import person_name
from app.interface.snapshots import Problem
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.content import CONTENT_TYPES
from crypto_core.wire.envelope import MessageKind, Urgency
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    DeviceId,
    EnvelopeId,
    Hash,
    MessageId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.limits import MAX_BODY_BYTES, MAX_MEDIA_TYPE_BYTES, MAX_SECTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlcipher3.dbapi2 import Connection

_BLOB_ID_BYTES: Final = 16
_TYPES: Final = {content_type: cls for cls, content_type in CONTENT_TYPES.items()}

_BEHIND_LETTERS: Final = frozenset(
    {
        MessageKind.RECEIPT,
        MessageKind.ABSENCE,
        MessageKind.AUTOMATIC_ANSWER,
        MessageKind.OWN_MARKS,
    }
)
"""What goes when no letter waits, and is not counted among what the owner has to send."""
_PASSING: Final = (
    MessageKind.RECEIPT,
    MessageKind.RESEAL_REQUEST,
    MessageKind.HISTORY,
    MessageKind.ABSENCE,
    MessageKind.AUTOMATIC_ANSWER,
    MessageKind.OWN_MARKS,
)
"""What nobody needs once it is old."""

_SEALED: Final = (
    "select e.envelope, e.outgoing, g.message, g.kind, e.outer_header_hash, e.signed_message_hash,"
    " e.envelope_bytes, e.blobs from envelope e join outgoing g on g.id = e.outgoing"
)
_STATEMENT: Final = (
    "select id, sequence, statement, signature, envelope, key_event, state, proof from statement"
)
_ROW: Final = (
    "select id, outgoing, account, device, state, problem, attempts, next_attempt_at, is_repeated"
    " from outbox"
)
_OUTGOING: Final = (
    "select id, message, kind, conversation, in_reply_to, sent_at, utc_offset, urgency, contents,"
    " not_before from outgoing"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    content_type: Annotated[str, Size(1, MAX_MEDIA_TYPE_BYTES)]
    content: Annotated[bytes, Size.up_to(MAX_BODY_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    """How the sections of an outgoing message are kept."""

    contents: Annotated[tuple[_Content, ...], Size(1, MAX_SECTIONS)]


class SqlOutboxStore:
    """Implements `OutboxStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # --- messages and their recipients -------------------------------------------------------

    def queue(
        self, outgoing: Outgoing, recipients: Sequence[tuple[AccountId, DeviceId | None]]
    ) -> None:
        row = self._db.execute(
            "insert into outgoing (message, kind, conversation, in_reply_to, sent_at, utc_offset,"
            " urgency, contents, not_before) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                outgoing.message,
                int(outgoing.kind),
                outgoing.conversation,
                outgoing.in_reply_to,
                outgoing.sent_at,
                outgoing.utc_offset,
                int(outgoing.urgency),
                _encoded(outgoing.contents),
                outgoing.not_before,
            ),
        ).lastrowid
        priority = int(outgoing.kind in _BEHIND_LETTERS)
        self._db.executemany(
            "insert into outbox (outgoing, priority, account, device, state, next_attempt_at)"
            " values (?, ?, ?, ?, 1, ?)",
            [
                (row, priority, account, device, outgoing.not_before or 0)
                for account, device in recipients
            ],
        )
        self._refresh(row)

    def requeue(self, envelope: EnvelopeId, account: AccountId, device: DeviceId) -> bool:
        row = self._db.execute(
            "select id, outgoing, priority from outbox"
            " where envelope = ? and account = ? and device = ?",
            (envelope, account, device),
        ).fetchone()
        if row is None:
            return False
        later = self._db.execute(
            "select 1 from outbox where outgoing = ? and device = ? and id > ?",
            (row[1], device, row[0]),
        ).fetchone()
        if later is not None:
            return False
        self._db.execute(
            "insert into outbox (outgoing, priority, account, device, state, is_repeated)"
            " values (?, ?, ?, ?, 1, 1)",
            (row[1], row[2], account, device),
        )
        self._refresh(row[1])
        return True

    def due(self, now: UnixMillis) -> tuple[OutboxRow, ...]:
        first = self._db.execute(
            "select o.outgoing from outbox o where o.state = 1 and o.next_attempt_at <= ?"
            " and not exists (select 1 from upload u"
            "  where u.outgoing = o.outgoing and u.is_complete = 0)"
            " order by o.priority, o.outgoing limit 1",
            (now,),
        ).fetchone()
        if first is None:
            return ()
        rows = self._db.execute(
            f"{_ROW} where outgoing = ? and state = 1 and next_attempt_at <= ? order by id",
            (*first, now),
        )
        return tuple(_row(row) for row in rows)

    def next_attempt_at(self) -> UnixMillis | None:
        row = self._db.execute("select min(next_attempt_at) from outbox where state = 1").fetchone()
        return None if row[0] is None else UnixMillis(row[0])

    def outgoing(self, row: int) -> Outgoing:
        return _outgoing(self._db.execute(f"{_OUTGOING} where id = ?", (row,)).fetchone())

    def say_instead(self, row: int, contents: Sequence[object]) -> None:
        self._db.execute("update outgoing set contents = ? where id = ?", (_encoded(contents), row))

    def postpone(self, rows: Sequence[int], problem: Problem, *, until: UnixMillis) -> None:
        self._db.executemany(
            "update outbox set problem = ?, next_attempt_at = ?, attempts = attempts + 1 where id = ?",
            [(int(problem), until, row) for row in rows],
        )
        self._show_problems(rows)

    def fail(self, rows: Sequence[int], problem: Problem) -> None:
        self._db.executemany(
            "update outbox set problem = ?, state = 4 where id = ?",
            [(int(problem), row) for row in rows],
        )
        self._show_problems(rows)
        for (outgoing,) in self._outgoings_of(rows):
            self._refresh(outgoing)

    def is_waiting(self, rows: Sequence[int]) -> bool:
        return all(
            self._db.execute("select 1 from outbox where id = ? and state = 1", (row,)).fetchone()
            for row in rows
        )

    def waiting_to(self, account: AccountId) -> tuple[OutboxRow, ...]:
        rows = self._db.execute(f"{_ROW} where state = 1 and account = ? order by id", (account,))
        return tuple(_row(row) for row in rows)

    def hurry(self) -> None:
        self._db.execute(
            "update outbox set next_attempt_at = (select coalesce(not_before, 0) from outgoing"
            " where outgoing.id = outbox.outgoing) where state = 1"
        )

    def send_now(self, message: MessageId, at: UnixMillis) -> None:
        row = self._db.execute(
            "update outgoing set not_before = null, sent_at = ?"
            " where message = ? and not_before is not null returning id",
            (at, message),
        ).fetchone()
        if row is None:
            return
        self._db.execute(
            "update outbox set next_attempt_at = 0 where outgoing = ? and state = 1", row
        )
        self._db.execute("update message set sent_at = ? where message = ?", (at, message))
        self._move(message, at)

    def take_back(self, message: MessageId) -> bool:
        row = self._db.execute(
            "select id from outgoing where message = ? and not exists"
            " (select 1 from envelope where envelope.outgoing = outgoing.id)",
            (message,),
        ).fetchone()
        if row is None:
            return False
        self._db.execute("delete from outgoing where id = ?", row)
        return True

    def letters(self, limit: int) -> tuple[QueuedLetter, ...]:
        rows = self._db.execute(
            "select g.id, g.message, c.conversation, m.subject, m.at, g.not_before,"
            " exists (select 1 from envelope e where e.outgoing = g.id), m.id"
            " from outgoing g join message m on m.message = g.message"
            " join conversation c on c.id = m.conversation"
            " where g.id in (select outgoing from outbox where state < 3)"
            " order by coalesce(g.not_before, 0), g.id limit ?",
            (limit,),
        ).fetchall()
        return tuple(
            QueuedLetter(
                message=MessageId(row[1]),
                conversation=ConversationId(row[2]),
                to=tuple(
                    person_name(AccountId(account), name)
                    for account, name in self._db.execute(
                        "select r.account, coalesce(k.name, '') from recipient r left join contact k"
                        " on k.account = r.account where r.message = ? order by r.position",
                        (row[7],),
                    )
                ),
                subject=row[3],
                queued_at=UnixMillis(row[4]),
                not_before=None if row[5] is None else UnixMillis(row[5]),
                uploads=self._uploads_of(row[0]),
                is_begun=bool(row[6]),
            )
            for row in rows
        )

    # --- envelopes ---------------------------------------------------------------------------

    def add_sealed(
        self,
        sealed: SealedRow,
        slots: Sequence[tuple[int, AccountId, DeviceId]],
        *,
        waiting: Sequence[tuple[AccountId, DeviceId, Problem, UnixMillis]] = (),
    ) -> None:
        self._db.execute(
            "insert into envelope (envelope, outgoing, outer_header_hash, signed_message_hash,"
            " envelope_bytes, blobs) values (?, ?, ?, ?, ?, ?)",
            (
                sealed.envelope,
                sealed.outgoing,
                sealed.outer_header_hash,
                sealed.signed_message_hash,
                sealed.envelope_bytes,
                b"".join(sealed.blobs),
            ),
        )
        self._begin(sealed.outgoing)
        rows = [row for row, _, _ in slots]
        priority = self._db.execute(
            "select priority from outbox where outgoing = ? limit 1", (sealed.outgoing,)
        ).fetchone()[0]
        used: set[int] = set()
        for row, account, device in slots:
            if row in used:
                self._db.execute(
                    "insert into outbox (outgoing, priority, account, device, state, envelope)"
                    " values (?, ?, ?, ?, 2, ?)",
                    (sealed.outgoing, priority, account, device, sealed.envelope),
                )
            else:
                used.add(row)
                self._db.execute(
                    "update outbox set device = ?, state = 2, problem = 0, envelope = ? where id = ?",
                    (device, sealed.envelope, row),
                )
        self._db.executemany(
            "insert into outbox (outgoing, priority, account, device, state, problem, next_attempt_at)"
            " values (?, ?, ?, ?, 1, ?, ?)",
            [
                (sealed.outgoing, priority, account, device, int(problem), until)
                for account, device, problem, until in waiting
            ],
        )
        self._show_problems(rows)

    def sealed(self, envelope: EnvelopeId) -> SealedRow | None:
        row = self._db.execute(f"{_SEALED} where e.envelope = ?", (envelope,)).fetchone()
        return None if row is None else _sealed(row)

    def envelopes_of(self, message: MessageId) -> tuple[SealedRow, ...]:
        rows = self._db.execute(f"{_SEALED} where g.message = ?", (message,))
        return tuple(_sealed(row) for row in rows)

    def slot_accounts(self, envelope: EnvelopeId) -> tuple[tuple[AccountId, DeviceId], ...]:
        return tuple(
            (AccountId(account), DeviceId(device))
            for account, device in self._db.execute(
                "select account, device from outbox where envelope = ? order by id", (envelope,)
            )
        )

    def accepted(self, envelope: EnvelopeId, *, proof: str, log_index: int, at: UnixMillis) -> None:
        self._db.execute(
            "update envelope set envelope_bytes = null, proof = ?, log_index = ?, accepted_at = ?"
            " where envelope = ?",
            (proof, log_index, at, envelope),
        )
        self._db.execute(
            "update outbox set state = 3, problem = 0 where envelope = ? and state = 2", (envelope,)
        )
        self._db.execute(
            "update recipient set accepted_at = coalesce(accepted_at, ?), not_delivered_at = null"
            " where message = (select m.id from message m join outgoing g on g.message = m.message"
            "  join envelope e on e.outgoing = g.id where e.envelope = ?)"
            " and account in (select account from outbox where envelope = ?)",
            (at, envelope, envelope),
        )
        self._refresh(self._outgoing_of(envelope))

    def withdraw(
        self, envelope: EnvelopeId, problem: Problem | None, *, until: UnixMillis | None = None
    ) -> None:
        rows = [
            row
            for (row,) in self._db.execute("select id from outbox where envelope = ?", (envelope,))
        ]
        outgoing = self._outgoing_of(envelope)
        waits = problem is None or until is not None
        self._db.execute(
            "update outbox set envelope = null, state = ?, problem = ?, attempts = attempts + 1,"
            " next_attempt_at = coalesce(?, next_attempt_at) where envelope = ?",
            (
                int(SlotState.WAITING if waits else SlotState.FAILED),
                int(problem or Problem.NONE),
                until,
                envelope,
            ),
        )
        # A body that travelled as a file belongs to this sealing; documents belong to the letter.
        sealed = self.sealed(envelope)
        self._db.executemany(
            "delete from upload where blob = ? and blob not in (select blob from attachment)",
            [(blob,) for blob in (() if sealed is None else sealed.blobs)],
        )
        self._db.execute("delete from envelope where envelope = ?", (envelope,))
        self._db.execute(
            "update statement set state = 3 where envelope = ? and state = 1", (envelope,)
        )
        self._show_problems(rows)
        self._refresh(outgoing)

    def count_attempt(self, envelope: EnvelopeId) -> None:
        self._db.execute(
            "update outbox set attempts = attempts + 1 where envelope = ?", (envelope,)
        )

    def attempts(self, envelope: EnvelopeId) -> int:
        row = self._db.execute(
            "select max(attempts) from outbox where envelope = ?", (envelope,)
        ).fetchone()
        return int(row[0] or 0)

    def expired(self, envelope: EnvelopeId, devices: Sequence[DeviceId], at: UnixMillis) -> None:
        for device in devices:
            row = self._db.execute(
                "update outbox set state = 4, problem = ? where envelope = ? and device = ?"
                " returning outgoing, account",
                (int(Problem.EXPIRED), envelope, device),
            ).fetchone()
            if row is None:
                continue
            self._db.execute(
                "update recipient set not_delivered_at = ?, problem = ? where account = ? and"
                " message = (select m.id from message m join outgoing g on g.message = m.message"
                "  where g.id = ?)",
                (at, int(Problem.EXPIRED), row[1], row[0]),
            )
            self._refresh(row[0])

    def readdress(self, envelope: EnvelopeId, device: DeviceId) -> None:
        row = self._db.execute(
            "select id, outgoing, account from outbox where envelope = ? and device = ?",
            (envelope, device),
        ).fetchone()
        if row is None:
            return
        waits = self._db.execute(
            "select 1 from outbox where outgoing = ? and account = ? and device is null",
            (row[1], row[2]),
        ).fetchone()
        if waits is None:
            self._db.execute(
                "update outbox set device = null, envelope = null, state = 1, problem = 0,"
                " attempts = 0, next_attempt_at = 0 where id = ?",
                (row[0],),
            )
        else:
            self._db.execute("delete from outbox where id = ?", (row[0],))
        self._refresh(row[1])

    # --- the chain of statements -------------------------------------------------------------

    def last_statement(self) -> StatementRow | None:
        row = self._db.execute(
            f"{_STATEMENT} where state <> 3 order by sequence desc limit 1"
        ).fetchone()
        return None if row is None else _statement(row)

    def add_statement(
        self,
        sequence: int,
        *,
        encoded_statement: bytes,
        encoded_signature: bytes,
        envelope: EnvelopeId | None,
        encoded_key_event: bytes | None,
    ) -> None:
        self._db.execute(
            "insert into statement (sequence, statement, signature, envelope, key_event, state)"
            " values (?, ?, ?, ?, ?, 1)",
            (sequence, encoded_statement, encoded_signature, envelope, encoded_key_event),
        )

    def first_pending(self) -> StatementRow | None:
        row = self._db.execute(f"{_STATEMENT} where state = 1 order by sequence limit 1").fetchone()
        return None if row is None else _statement(row)

    def statement_logged(self, row: int, *, proof: str | None) -> None:
        self._db.execute("update statement set state = 2, proof = ? where id = ?", (proof, row))

    def withdraw_statement(self, row: int) -> None:
        self._db.execute("update statement set state = 3 where id = ? and state = 1", (row,))

    def pending(self) -> tuple[StatementRow, ...]:
        rows = self._db.execute(f"{_STATEMENT} where state = 1 order by sequence")
        return tuple(_statement(row) for row in rows)

    def has_pending_key_event(self) -> bool:
        return any(each.encoded_key_event is not None for each in self.pending())

    def key_event_statements(self) -> frozenset[bytes]:
        rows = self._db.execute(
            "select statement from statement where state <> 3 and key_event is not null"
        )
        return frozenset(statement for (statement,) in rows)

    def statement(self, sequence: int) -> StatementRow | None:
        row = self._db.execute(
            f"{_STATEMENT} where sequence = ? and state <> 3", (sequence,)
        ).fetchone()
        return None if row is None else _statement(row)

    def statements(self, *, after: int = -1, limit: int = 500) -> tuple[StatementRow, ...]:
        rows = self._db.execute(
            f"{_STATEMENT} where state <> 3 and sequence > ? order by sequence limit ?",
            (after, limit),
        )
        return tuple(_statement(row) for row in rows)

    # --- uploads and receipts ----------------------------------------------------------------

    def add_upload(self, upload: Upload, message: MessageId) -> None:
        self._db.execute(
            "insert into upload (blob, outgoing, size, sha256, is_complete)"
            " values (?, (select id from outgoing where message = ?), ?, ?, ?)",
            (upload.blob, message, upload.size, upload.sha256, int(upload.is_complete)),
        )

    def next_upload(self, now: UnixMillis) -> Upload | None:
        row = self._db.execute(
            "select u.blob, u.size, u.sha256, u.is_complete from upload u where u.is_complete = 0"
            " and exists (select 1 from outbox o where o.outgoing = u.outgoing and o.state = 1"
            "  and o.next_attempt_at <= ?) order by u.outgoing, u.id limit 1",
            (now,),
        ).fetchone()
        return None if row is None else _upload(row)

    def waiting_for(self, blob: BlobId) -> tuple[OutboxRow, ...]:
        rows = self._db.execute(
            f"{_ROW} where state = 1 and outgoing ="
            " (select u.outgoing from upload u where u.blob = ?) order by id",
            (blob,),
        )
        return tuple(_row(row) for row in rows)

    def uploads(self, blobs: Sequence[BlobId]) -> tuple[Upload, ...]:
        found = []
        for blob in blobs:
            row = self._db.execute(
                "select blob, size, sha256, is_complete from upload where blob = ?", (blob,)
            ).fetchone()
            if row is not None:
                found.append(_upload(row))
        return tuple(found)

    def documents_of(self, blob: BlobId) -> tuple[MessageId, tuple[Upload, ...]] | None:
        row = self._db.execute(
            "select g.id, g.message from upload u join outgoing g on g.id = u.outgoing"
            " join message m on m.message = g.message where u.blob = ?",
            (blob,),
        ).fetchone()
        return None if row is None else (MessageId(row[1]), self._uploads_of(row[0]))

    def upload_completed(self, blob: BlobId, *, is_complete: bool = True) -> None:
        self._db.execute(
            "update upload set is_complete = ? where blob = ?", (int(is_complete), blob)
        )

    def add_receipt_due(self, account: AccountId, encoded_receipt: bytes) -> None:
        self._db.execute(
            "insert into receipt_due (account, receipt) values (?, ?)", (account, encoded_receipt)
        )

    def take_receipts_due(self, limit: int) -> tuple[AccountId, tuple[bytes, ...]] | None:
        # Those for somebody who is blocked wait.
        first = self._db.execute(
            "select account from receipt_due where account not in"
            " (select account from contact where state = 6) order by id limit 1"
        ).fetchone()
        if first is None:
            return None
        rows = self._db.execute(
            "select id, receipt from receipt_due where account = ? order by id limit ?",
            (*first, limit),
        ).fetchall()
        self._db.executemany("delete from receipt_due where id = ?", [(row[0],) for row in rows])
        return AccountId(first[0]), tuple(row[1] for row in rows)

    def prune(self, before: UnixMillis) -> None:
        # Letters are kept as long as their owner keeps them; statements keep the proofs of the rest.
        self._db.execute(
            f"delete from outgoing where kind in ({', '.join('?' * len(_PASSING))}) and sent_at < ?"
            " and not exists"
            " (select 1 from outbox o where o.outgoing = outgoing.id and o.state < 3)",
            (*(int(kind) for kind in _PASSING), before),
        )

    def add_history(self, device: DeviceId, since: UnixMillis) -> int:
        added = self._db.execute(
            "insert into history_due (device, message) select ?, message from message"
            # Letters of another mail program carry no signature that the other computer could keep.
            " where sent_at >= ? and problem <> ? and id not in (select message from imported)"
            " order by sent_at desc, id desc",
            (device, since, int(Problem.CANNOT_OPEN)),
        )
        return int(added.rowcount)

    def next_history(self, limit: int) -> tuple[DeviceId, tuple[MessageId, ...]] | None:
        row = self._db.execute("select device from history_due order by id limit 1").fetchone()
        if row is None:
            return None
        rows = self._db.execute(
            "select message from history_due where device = ? order by id limit ?", (row[0], limit)
        )
        return DeviceId(row[0]), tuple(MessageId(each[0]) for each in rows)

    def history_queued(self, device: DeviceId, messages: Sequence[MessageId]) -> None:
        self._db.executemany(
            "delete from history_due where device = ? and message = ?",
            [(device, message) for message in messages],
        )

    def history_left(self) -> int:
        return int(self._db.execute("select count(*) from history_due").fetchone()[0])

    def is_history_waiting(self) -> bool:
        row = self._db.execute(
            "select 1 from outbox o join outgoing g on g.id = o.outgoing"
            " where g.kind = ? and o.state < 3 limit 1",
            (int(MessageKind.HISTORY),),
        ).fetchone()
        return row is not None

    def stop_history(self, device: DeviceId | None = None) -> None:
        if device is None:
            self._db.execute("delete from history_due")
        else:
            self._db.execute("delete from history_due where device = ?", (device,))

    # --- inside ------------------------------------------------------------------------------

    def _begin(self, outgoing: int) -> None:
        """From now on a letter that waited for its moment goes like any other."""
        row = self._db.execute(
            "select message, not_before from outgoing where id = ? and not_before is not null",
            (outgoing,),
        ).fetchone()
        if row is not None:
            self._db.execute("update outgoing set not_before = null where id = ?", (outgoing,))
            self._move(MessageId(row[0]), UnixMillis(row[1]))

    def _move(self, message: MessageId, at: UnixMillis) -> None:
        """Put a letter where it belongs among those that came while it waited."""
        row = self._db.execute(
            "update message set at = max(at, ?) where message = ? returning id, conversation, at",
            (at, message),
        ).fetchone()
        if row is not None:
            self._db.execute(
                "update conversation set latest_message = iif(?1 >= latest_at, ?2, latest_message),"
                " latest_at = max(latest_at, ?1) where id = ?3",
                (row[2], row[0], row[1]),
            )

    def _uploads_of(self, outgoing: int) -> tuple[Upload, ...]:
        rows = self._db.execute(
            "select blob, size, sha256, is_complete from upload where outgoing = ?"
            " and blob in (select blob from attachment) order by id",
            (outgoing,),
        )
        return tuple(_upload(row) for row in rows)

    def _outgoing_of(self, envelope: EnvelopeId) -> int:
        return int(
            self._db.execute(
                "select outgoing from envelope where envelope = ?", (envelope,)
            ).fetchone()[0]
        )

    def _outgoings_of(self, rows: Sequence[int]) -> set[tuple[int]]:
        return {
            self._db.execute("select outgoing from outbox where id = ?", (row,)).fetchone()
            for row in rows
        }

    def _show_problems(self, rows: Sequence[int]) -> None:
        """Let a letter's recipients show the problem that their rows have, if any."""
        for row in rows:
            self._db.execute(
                "update recipient set problem = coalesce((select max(p.problem) from outbox p"
                "  where p.outgoing = (select outgoing from outbox where id = ?)"
                "  and p.account = recipient.account and p.state in (1, 4)), 0)"
                " where account = (select account from outbox where id = ?) and message ="
                " (select m.id from outbox o join outgoing g on g.id = o.outgoing"
                "  join message m on m.message = g.message where o.id = ?)",
                (row, row, row),
            )

    def _refresh(self, outgoing: int) -> None:
        """Let the conversation know whether a letter of it still has to be sent to somebody."""
        row = self._db.execute(
            "select m.id, m.is_queued, exists (select 1 from outbox"
            " where outgoing = g.id and state < 3) from outgoing g"
            " join message m on m.message = g.message where g.id = ?",
            (outgoing,),
        ).fetchone()
        if row is None or row[1] == row[2]:
            return
        self._db.execute("update message set is_queued = ? where id = ?", (row[2], row[0]))


def _row(row: tuple[Any, ...]) -> OutboxRow:
    return OutboxRow(
        row=row[0],
        outgoing=row[1],
        account=AccountId(row[2]),
        device=None if row[3] is None else DeviceId(row[3]),
        state=SlotState(row[4]),
        problem=Problem(row[5]),
        attempts=row[6],
        next_attempt_at=UnixMillis(row[7]),
        is_repeated=bool(row[8]),
    )


def _encoded(contents: Sequence[object]) -> bytes:
    return encode(
        _Contents(
            contents=tuple(
                _Content(content_type=CONTENT_TYPES[type(each)], content=encode(each))
                for each in contents
            )
        )
    )


def _outgoing(row: tuple[Any, ...]) -> Outgoing:
    (_, message, kind, conversation, in_reply_to, sent_at, utc_offset, urgency, contents) = row[:9]
    return Outgoing(
        message=MessageId(message),
        kind=MessageKind(kind),
        conversation=ConversationId(conversation),
        in_reply_to=None if in_reply_to is None else MessageId(in_reply_to),
        sent_at=UnixMillis(sent_at),
        utc_offset=UtcOffsetMinutes(utc_offset),
        urgency=Urgency(urgency),
        contents=tuple(
            decode(_TYPES[each.content_type], each.content)
            for each in decode(_Contents, contents).contents
        ),
        not_before=None if row[9] is None else UnixMillis(row[9]),
    )


def _sealed(row: tuple[Any, ...]) -> SealedRow:
    blobs = row[7]
    return SealedRow(
        envelope=EnvelopeId(row[0]),
        outgoing=row[1],
        message=MessageId(row[2]),
        kind=MessageKind(row[3]),
        outer_header_hash=Hash(row[4]),
        signed_message_hash=Hash(row[5]),
        envelope_bytes=row[6],
        blobs=tuple(
            BlobId(blobs[start : start + _BLOB_ID_BYTES])
            for start in range(0, len(blobs), _BLOB_ID_BYTES)
        ),
    )


def _statement(row: tuple[Any, ...]) -> StatementRow:
    return StatementRow(
        row=row[0],
        sequence=row[1],
        encoded_statement=row[2],
        encoded_signature=row[3],
        envelope=None if row[4] is None else EnvelopeId(row[4]),
        encoded_key_event=row[5],
        state=StatementState(row[6]),
        proof=row[7],
    )


def _upload(row: tuple[Any, ...]) -> Upload:
    return Upload(blob=BlobId(row[0]), size=row[1], sha256=Hash(row[2]), is_complete=bool(row[3]))
