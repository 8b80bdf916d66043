# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of letters and conversations, and the snapshots that views show of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.engine.ports.vault import Counts, Evidence, LetterFacts, NewLetter, StoredAttachment
from app.engine.vault.folders import note_text
from app.interface.shown import (
    person_name,
    short_address,
    shown_file_name,
    shown_line,
    shown_text,
)
from app.interface.snapshots import (
    AttachmentRow,
    Comparison,
    ConversationPage,
    ConversationRow,
    DeliveryState,
    Direction,
    ImportedHead,
    MessagePage,
    MessageView,
    PatientTag,
    Place,
    Problem,
    RecipientRow,
    Trust,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.content import LetterDetails, RefusalReason
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    DeviceId,
    EnvelopeId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.limits import MAX_SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

    from app.engine.ports.importing import ImportedLetter
    from app.engine.vault.search import SqlSearchStore

SNIPPET_BYTES: Final = 400
_HASH_BYTES: Final = 32

_PLACES: Final = {
    Place.INBOX: "in_inbox",
    Place.SENT: "in_sent",
    Place.OUTBOX: "in_outbox",
    Place.TO_DO: "in_to_do",
    Place.ARCHIVE: "in_archive",
    Place.ALL: "in_all",
}
"""The columns, of conversations and of the tally, that say what stands in a list."""

_GIVEN_UP: Final = frozenset(
    {
        Problem.REFUSED_BY_RELAY,
        Problem.ATTACHMENT_MISSING,
        Problem.RECIPIENT_BLOCKED,
        Problem.NOT_ALLOWED,
    }
)
"""Problems of a recipient that no waiting overcomes."""

_VIEW: Final = (
    "select m.id, m.message, c.conversation, m.is_sent, m.sender, m.subject, m.body, m.sent_at,"
    " m.utc_offset, m.received_at, m.urgency, m.is_read, m.document_count, m.problem,"
    " m.is_brought, coalesce((select trust from contact where contact.account = m.sender), 1),"
    " m.details, g.not_before, g.id is not null and m.is_sent = 1"
    " and not exists (select 1 from envelope e where e.outgoing = g.id),"
    " m.is_read = 1 and m.is_told = 0"
    " and not exists (select 1 from contact where contact.account = m.sender and state = 6),"
    " m.is_automatic, m.answered_at,"
    " i.name, i.sender, i.recipients, i.date, i.is_dated, i.is_encrypted, i.is_cut"
    " from message m join conversation c on c.id = m.conversation"
    " left join outgoing g on g.message = m.message left join imported i on i.message = m.id"
)
_ROW: Final = (
    "select c.id, c.conversation, m.id, m.subject, substr(m.body, 1, 400), c.latest_at,"
    " m.is_sent, c.unread_count, c.document_count, m.urgency, m.problem,"
    " c.is_flagged, c.is_archived, c.is_answer_wanted,"
    " p.patient, p.family_name, p.given_name, p.birth_date,"
    " (select n.details from message n where n.conversation = c.id and n.removed_at is null"
    "  and n.names_patient = 1 order by n.at desc, n.id desc limit 1),"
    " iif(i.message is null, r.sender, null), k.trust, k.compared, g.not_before,"
    " m.id in (select message from imported)"
    " from conversation c join message m on m.id = c.latest_message"
    " left join patient p on p.id = c.patient"
    " left join message r on r.id = (select l.id from message l where l.conversation = c.id"
    "  and l.removed_at is null and l.is_sent = 0 order by l.at desc, l.id desc limit 1)"
    " left join contact k on k.account = r.sender left join imported i on i.message = r.id"
    " left join outgoing g on g.message = m.message"
)
_ATTACHMENT: Final = (
    "select blob, key, name, media_type, size, sha256, is_available, sealed_sha256 from attachment"
)
_EVIDENCE: Final = (
    "select envelope, outer_header, outer_header_hash, signed_message, signed_message_hash, leaf,"
    " log_index, path, checkpoint_size from evidence"
)


class SqlMessageStore:
    """Implements `MessageStore`."""

    def __init__(self, connection: Connection, index: SqlSearchStore) -> None:
        self._db = connection
        self._index = index

    # --- writing -----------------------------------------------------------------------------

    def add(
        self, letter: NewLetter, evidence: Evidence | None = None, *, is_searchable_now: bool = True
    ) -> None:
        self.remove_stand_in(letter.message)
        is_unread = not (letter.is_sent or letter.is_read)
        conversation = self._conversation_row(letter)
        row = self._db.execute(
            "insert into message (message, conversation, is_sent, sender, sender_device, subject, body,"
            " at, sent_at, utc_offset, received_at, urgency, in_reply_to, is_read, is_queued,"
            " document_count, problem, is_brought, details, is_answer_wanted, names_patient, is_told,"
            " is_automatic)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                letter.message,
                conversation,
                int(letter.is_sent),
                letter.sender,
                letter.sender_device,
                shown_line(letter.subject),
                shown_text(letter.text),
                letter.at,
                letter.sent_at,
                letter.utc_offset,
                letter.received_at,
                int(letter.urgency),
                letter.in_reply_to,
                int(not is_unread),
                len(letter.attachments),
                int(letter.problem),
                int(letter.is_brought),
                None if letter.details is None else encode(_shown_details(letter.details)),
                int(letter.details is not None and letter.details.is_answer_wanted),
                int(letter.details is not None and letter.details.patient is not None),
                int(letter.is_automatic or not is_unread),
                int(letter.is_automatic),
            ),
        ).lastrowid
        note_text(self._db, row)
        if letter.imported is None:
            self._db.executemany(
                "insert or ignore into participant (conversation, account) values (?, ?)",
                [(conversation, account) for account in (letter.sender, *letter.recipients)],
            )
        else:
            self._add_imported(row, conversation, letter.imported)
        self._db.executemany(
            "insert into recipient (message, position, account, accepted_at) values (?, ?, ?, ?)",
            [
                (row, position, account, letter.accepted_at)
                for position, account in enumerate(letter.recipients)
            ],
        )
        self._db.executemany(
            "insert into attachment (message, position, blob, key, name, media_type, size, sha256,"
            " sealed_sha256, is_available) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    row,
                    position,
                    each.blob,
                    each.key,
                    shown_file_name(each.name),
                    each.media_type,
                    each.size,
                    each.sha256,
                    each.sealed_sha256,
                    int(each.is_available),
                )
                for position, each in enumerate(letter.attachments)
            ],
        )
        if evidence is not None:
            self._db.execute(
                "insert into evidence values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row,
                    evidence.envelope,
                    evidence.outer_header,
                    evidence.outer_header_hash,
                    evidence.signed_message,
                    evidence.signed_message_hash,
                    evidence.leaf,
                    evidence.log_index,
                    b"".join(evidence.path),
                    evidence.checkpoint_size,
                ),
            )

        if is_searchable_now:
            self._index.put(row)

    def remove_stand_in(self, message: MessageId) -> ConversationId | None:
        row = self._db.execute(
            "select m.id, c.conversation from message m join conversation c on c.id = m.conversation"
            " where m.message = ? and m.problem = ?",
            (message, int(Problem.CANNOT_OPEN)),
        ).fetchone()
        if row is None:
            return None
        self._db.execute("delete from message where id = ?", (row[0],))
        return ConversationId(row[1])

    def take_back(self, message: MessageId) -> None:
        self._db.execute("delete from message where message = ? and is_sent = 1", (message,))

    def set_problem(self, message: MessageId, problem: Problem) -> None:
        self._db.execute(
            "update message set problem = ? where message = ?", (int(problem), message)
        )

    def mark_read(self, message: MessageId, *, is_told: bool = True) -> bool:
        row = self._db.execute(
            "select is_told from message where message = ?", (message,)
        ).fetchone()
        self._db.execute(
            "update message set is_read = 1, is_told = max(is_told, ?), is_marked_read = 0"
            " where message = ?",
            (int(is_told), message),
        )
        return is_told and row is not None and not row[0]

    def attachment_stored(self, blob: BlobId, *, is_available: bool = True) -> bool:
        updated = self._db.execute(
            "update attachment set is_available = ? where blob = ?", (int(is_available), blob)
        )
        return bool(updated.rowcount)

    # --- reading -----------------------------------------------------------------------------

    def facts(self, message: MessageId) -> LetterFacts | None:
        row = self._db.execute(
            "select m.id, c.conversation, m.is_sent, m.sender, m.is_read, m.problem, m.is_automatic"
            " from message m join conversation c on c.id = m.conversation where m.message = ?",
            (message,),
        ).fetchone()
        if row is None:
            return None
        proven = self._db.execute(f"{_EVIDENCE} where message = ?", (row[0],)).fetchone()
        return LetterFacts(
            message=message,
            conversation=ConversationId(row[1]),
            is_sent=bool(row[2]),
            sender=AccountId(row[3]),
            is_read=bool(row[4]),
            problem=Problem(row[5]),
            evidence=None if proven is None else _evidence(proven),
            is_automatic=bool(row[6]),
        )

    def view(self, message: MessageId) -> MessageView | None:
        rows = self._db.execute(
            f"{_VIEW} where m.message = ? and m.removed_at is null", (message,)
        ).fetchall()
        return next(iter(self._views(rows)), None)

    def page(
        self, conversation: ConversationId, *, before: MessageId | None, limit: int
    ) -> MessagePage | None:
        row = self._db.execute(
            "select id from conversation where conversation = ? and in_all = 1", (conversation,)
        ).fetchone()
        if row is None:
            return None
        if before is None:
            above, parameters = "", (row[0], limit + 1)
        else:
            edge = self._db.execute(
                "select at, id from message where message = ? and conversation = ?",
                (before, row[0]),
            ).fetchone()
            if edge is None:
                return None
            above, parameters = "and (m.at, m.id) < (?, ?)", (row[0], *edge, limit + 1)
        rows = self._db.execute(
            f"{_VIEW} where m.conversation = ? and m.removed_at is null {above}"
            " order by m.at desc, m.id desc limit ?",
            parameters,
        ).fetchall()
        return MessagePage(
            messages=tuple(reversed(self._views(rows[:limit]))), more=len(rows) > limit
        )

    def conversation(self, conversation: ConversationId) -> ConversationRow | None:
        rows = self._db.execute(
            f"{_ROW} where c.conversation = ? and c.{_PLACES[Place.ALL]} = 1", (conversation,)
        ).fetchall()
        return next(iter(self._rows(rows)), None)

    def conversations(
        self,
        place: Place,
        *,
        before: ConversationId | None = None,
        after: ConversationId | None = None,
        patient: PatientId | None = None,
        limit: int,
    ) -> ConversationPage | None:
        column = _PLACES[place]
        within, parameters = f"c.{column} = 1", list[object]()
        if patient is not None:
            within += " and c.patient = (select id from patient where patient = ?)"
            parameters.append(patient)
        total = self._total(column, within, parameters)
        order, edge_of = "desc", after or before
        if edge_of is not None:
            edge = self._db.execute(
                "select latest_at, id from conversation where conversation = ?", (edge_of,)
            ).fetchone()
            if edge is None:
                return None
            sign, order = (">", "asc") if after else ("<", "desc")
            within += f" and (c.latest_at, c.id) {sign} (?, ?)"
            parameters += edge
        rows = self._db.execute(
            f"{_ROW} where {within} order by c.latest_at {order}, c.id {order} limit ?",
            (*parameters, limit + 1),
        ).fetchall()
        more = len(rows) > limit
        rows = rows[:limit][::-1] if after else rows[:limit]
        return ConversationPage(rows=self._rows(rows), more=more, total=total)

    def letter(self, message: MessageId) -> NewLetter | None:
        row = self._db.execute(
            "select m.id, c.conversation, m.is_sent, m.sender, m.sender_device, m.subject, m.body,"
            " m.at, m.sent_at, m.utc_offset, m.received_at, m.urgency, m.in_reply_to, m.is_read,"
            " m.details, m.is_automatic from message m join conversation c on c.id = m.conversation"
            " where m.message = ? and m.removed_at is null",
            (message,),
        ).fetchone()
        if row is None:
            return None
        recipients = self._db.execute(
            "select account, accepted_at from recipient where message = ? order by position",
            (row[0],),
        ).fetchall()
        attachments = self._db.execute(
            f"{_ATTACHMENT} where message = ? order by position", (row[0],)
        ).fetchall()
        return NewLetter(
            message=message,
            conversation=ConversationId(row[1]),
            is_sent=bool(row[2]),
            sender=AccountId(row[3]),
            sender_device=DeviceId(row[4]),
            subject=row[5],
            text=row[6],
            at=UnixMillis(row[7]),
            sent_at=UnixMillis(row[8]),
            utc_offset=UtcOffsetMinutes(row[9]),
            received_at=None if row[10] is None else UnixMillis(row[10]),
            accepted_at=next((UnixMillis(each[1]) for each in recipients if each[1]), None),
            urgency=Urgency(row[11]),
            in_reply_to=None if row[12] is None else MessageId(row[12]),
            recipients=tuple(AccountId(each[0]) for each in recipients),
            attachments=tuple(_attachment(each) for each in attachments),
            is_read=bool(row[13]),
            details=_details(row[14]),
            is_automatic=bool(row[15]),
        )

    def conversation_of(self, message: MessageId) -> ConversationId | None:
        row = self._db.execute(
            "select c.conversation from message m join conversation c on c.id = m.conversation"
            " where m.message = ?",
            (message,),
        ).fetchone()
        return None if row is None else ConversationId(row[0])

    def conversations_with(self, account: AccountId) -> tuple[ConversationId, ...]:
        rows = self._db.execute(
            "select c.conversation from participant p join conversation c on c.id = p.conversation"
            " where p.account = ? order by c.id",
            (account,),
        )
        return tuple(ConversationId(conversation) for (conversation,) in rows)

    def written_to(self, accounts: Sequence[AccountId]) -> frozenset[AccountId]:
        return frozenset(
            account
            for account in accounts
            if self._db.execute(
                "select 1 from recipient r join message m on m.id = r.message"
                " where r.account = ? and m.is_sent = 1 limit 1",
                (account,),
            ).fetchone()
        )

    def attachment(self, message: MessageId, index: int) -> StoredAttachment | None:
        row = self._db.execute(
            f"{_ATTACHMENT} where message = (select id from message where message = ?)"
            " and position = ?",
            (message, index),
        ).fetchone()
        return None if row is None else _attachment(row)

    def missing_attachments(self, message: MessageId) -> tuple[StoredAttachment, ...]:
        rows = self._db.execute(
            f"{_ATTACHMENT} where message = (select id from message where message = ?)"
            " and is_available = 0 order by position",
            (message,),
        )
        return tuple(_attachment(row) for row in rows)

    def waiting_for(self, blobs: Sequence[BlobId]) -> MessageId | None:
        row = self._db.execute(
            "select m.message from attachment a join message m on m.id = a.message"
            f" where a.blob in ({', '.join('?' * len(blobs))}) and a.is_available = 0"
            " and m.problem <> ? order by m.id limit 1",
            (*blobs, int(Problem.ATTACHMENT_MISSING)),
        ).fetchone()
        return None if row is None else MessageId(row[0])

    def incomplete(self) -> tuple[MessageId, ...]:
        rows = self._db.execute(
            "select message from message where problem <> ? and id in"
            " (select message from attachment where is_available = 0) order by id",
            (int(Problem.ATTACHMENT_MISSING),),
        )
        return tuple(MessageId(message) for (message,) in rows)

    def stored_blobs(self) -> frozenset[BlobId]:
        rows = self._db.execute("select blob from attachment where is_available = 1")
        return frozenset(BlobId(blob) for (blob,) in rows)

    def blobs(self) -> frozenset[BlobId]:
        return frozenset(
            BlobId(blob)
            for (blob,) in self._db.execute(
                "select blob from attachment union select blob from upload"
            )
        )

    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(_evidence(row) for row in self._db.execute(f"{_EVIDENCE} order by message"))

    def counts(self) -> Counts:
        outbox = self._db.execute(
            "select count(distinct outgoing) from outbox where state < 3 and priority = 0"
        ).fetchone()[0]
        unread = self._db.execute("select unread from tally").fetchone()[0]
        return Counts(outbox=outbox, unread=unread)

    # --- inside ------------------------------------------------------------------------------

    def _conversation_row(self, letter: NewLetter) -> int:
        row = self._db.execute(
            "select id from conversation where conversation = ?", (letter.conversation,)
        ).fetchone()
        if row is not None:
            return int(row[0])
        return int(
            self._db.execute(
                "insert into conversation (conversation, latest_at, latest_message, is_archived)"
                " values (?, ?, 0, ?)",
                (letter.conversation, letter.at, int(letter.imported is not None)),
            ).lastrowid
        )

    def _add_imported(self, row: int, conversation: int, letter: ImportedLetter) -> None:
        head = letter.head
        self._db.execute(
            "insert into imported (message, digest, sender, recipients, date, is_dated, is_encrypted,"
            " is_cut, name) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row,
                letter.digest,
                head.sender,
                head.recipients,
                head.date,
                int(head.is_dated),
                int(head.is_encrypted),
                int(head.is_cut),
                letter.name,
            ),
        )
        self._db.executemany(
            "insert or ignore into imported_person (conversation, name) values (?, ?)",
            [(conversation, name) for name in letter.people],
        )

    def _total(self, column: str, within: str, parameters: list[object]) -> int:
        """How many conversations a list has; those of one patient are few enough to be counted."""
        counted = (
            f"select count(*) from conversation c where {within}"
            if parameters
            else f"select {column} from tally"
        )
        return int(self._db.execute(counted, parameters).fetchone()[0])

    def _rows(self, rows: list[tuple[Any, ...]]) -> tuple[ConversationRow, ...]:
        names = self._correspondents([row[0] for row in rows])
        recipients = self._recipients([row[2] for row in rows if row[6]])
        abnormal = self._abnormal([row[0] for row in rows if row[8]])
        return tuple(
            ConversationRow(
                conversation=ConversationId(row[1]),
                correspondents=names[row[0]],
                subject=row[3],
                snippet=_snippet(row[4]),
                latest_at=UnixMillis(row[5]),
                latest_direction=Direction.SENT if row[6] else Direction.RECEIVED,
                unread_count=row[7],
                document_count=row[8],
                urgency=Urgency(row[9]),
                delivery=_lowest(recipients[row[2]]) if row[6] and not row[23] else None,
                problem=_problem(Problem(row[10]), recipients.get(row[2], ())),
                patient=_tag(row[14:18], row[18]),
                is_flagged=bool(row[11]),
                is_archived=bool(row[12]),
                is_answer_wanted=bool(row[13]),
                has_abnormal=row[0] in abnormal,
                trust=None if row[19] is None else Trust(row[20] or Trust.SELF_DECLARED),
                compared=Comparison(row[21] or Comparison.NEVER),
                send_at=_moment(row[22]),
            )
            for row in rows
        )

    def _abnormal(self, conversations: list[int]) -> frozenset[int]:
        """Those with an abnormal value in a document that was read."""
        return frozenset(
            conversation
            for (conversation,) in self._db.execute(
                "select distinct m.conversation from message m"
                " join document_text t on t.message = m.id and t.has_abnormal = 1"
                f" where m.conversation in ({_marks(conversations)}) and m.removed_at is null",
                conversations,
            )
        )

    def _views(self, rows: list[tuple[Any, ...]]) -> list[MessageView]:
        attachments = self._attachments([row[0] for row in rows if row[12]])
        recipients = self._recipients([row[0] for row in rows])
        people = self._people(
            {row[4] for row in rows}
            | {each[1] for listed in recipients.values() for each in listed}
        )
        return [
            MessageView(
                message=MessageId(row[1]),
                conversation=ConversationId(row[2]),
                direction=Direction.SENT if row[3] else Direction.RECEIVED,
                sender=AccountId(row[4]),
                sender_name=people[row[4]][0] if row[22] is None else row[22],
                sender_profession=people[row[4]][1],
                trust=Trust(row[15]),
                subject=row[5],
                text=row[6],
                sent_at=UnixMillis(row[7]),
                utc_offset=UtcOffsetMinutes(row[8]),
                received_at=None if row[9] is None else UnixMillis(row[9]),
                urgency=Urgency(row[10]),
                is_read=bool(row[11]),
                attachments=tuple(attachments[row[0]]),
                recipients=_recipient_rows(recipients[row[0]], people),
                problem=_problem(Problem(row[13]), recipients[row[0]]),
                is_brought=bool(row[14]) and row[22] is None,
                imported=_imported_head(row[23:]),
                marks=() if details is None else details.marks,
                patient=_patient(details, is_sent=bool(row[3])),
                is_answer_wanted=details is not None and details.is_answer_wanted,
                send_at=_moment(row[17]),
                can_cancel=bool(row[18]),
                is_unopened=bool(row[19]),
                is_automatic=bool(row[20]),
                answered_at=_moment(row[21]),
            )
            for row, details in ((row, _details(row[16])) for row in rows)
        ]

    def _attachments(self, messages: list[int]) -> Mapping[int, list[AttachmentRow]]:
        found: dict[int, list[AttachmentRow]] = defaultdict(list)
        for message, name, media_type, size, digest, is_available in self._db.execute(
            "select message, name, media_type, size, sha256, is_available from attachment"
            f" where message in ({_marks(messages)}) order by message, position",
            messages,
        ):
            found[message].append(
                AttachmentRow(
                    name=name,
                    media_type=media_type,
                    size=size,
                    sha256=Hash(digest),
                    available=bool(is_available),
                )
            )
        return found

    def _recipients(self, messages: list[int]) -> Mapping[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row in self._db.execute(
            "select message, account, accepted_at, delivered_at, read_at, refused_at,"
            " not_delivered_at, reason, problem from recipient"
            f" where message in ({_marks(messages)}) order by message, position",
            messages,
        ):
            found[row[0]].append(row)
        return found

    def _people(self, accounts: Iterable[bytes]) -> Mapping[bytes, tuple[str, str]]:
        """Name and profession of correspondents and of the owner; of whoever is neither, what stands for a name."""
        wanted = list(accounts)
        unknown = {account: (person_name(AccountId(account), ""), "") for account in wanted}
        return unknown | {
            account: (person_name(AccountId(account), name), profession)
            for account, name, profession in self._db.execute(
                "select account, name, profession from contact"
                f" where account in ({_marks(wanted)})"
                " union all select account, name, profession from owner",
                wanted,
            )
        }

    def _correspondents(self, conversations: list[int]) -> Mapping[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = defaultdict(tuple)
        for conversation, account, name in self._db.execute(
            "select p.conversation, p.account, coalesce(k.name, '') as called from participant p"
            " left join contact k on k.account = p.account"
            f" where p.conversation in ({_marks(conversations)})"
            " and p.account not in (select account from owner)"
            # Nobody without a name stands first.
            " order by p.conversation, called = '', called, p.account",
            conversations,
        ):
            named = person_name(AccountId(account), name)
            found[conversation] = (*found[conversation], named)
        for conversation, name in self._db.execute(
            "select conversation, name from imported_person"
            f" where conversation in ({_marks(conversations)}) order by conversation, name",
            conversations,
        ):
            found[conversation] = (*found[conversation], name)[:MAX_SLOTS]
        return found


def _imported_head(columns: tuple[Any, ...]) -> ImportedHead | None:
    sender, recipients, date, is_dated, is_encrypted, is_cut = columns
    if sender is None:
        return None
    return ImportedHead(
        sender=sender,
        recipients=recipients,
        date=date,
        is_dated=bool(is_dated),
        is_encrypted=bool(is_encrypted),
        is_cut=bool(is_cut),
    )


def _details(stored: bytes | None) -> LetterDetails | None:
    return None if stored is None else decode(LetterDetails, stored)


def _patient(details: LetterDetails | None, *, is_sent: bool) -> PatientTag | None:
    identity = None if details is None else details.patient
    if identity is None:
        return None
    return PatientTag(
        # The number is its sender's.
        patient=identity.patient if is_sent else None,
        family_name=identity.family_name,
        given_name=identity.given_name,
        birth_date=identity.birth_date,
    )


def _tag(filed: tuple[Any, ...], details: bytes | None) -> PatientTag | None:
    """Under whom a conversation is filed, else whom its newest letter that names somebody is about."""
    patient, family_name, given_name, birth_date = filed
    if patient is None:
        known = _details(details)
        named = None if known is None else known.patient
        if named is None:
            return None
        family_name, given_name, birth_date = named.family_name, named.given_name, named.birth_date
    return PatientTag(
        patient=None if patient is None else PatientId(patient),
        family_name=family_name,
        given_name=given_name,
        birth_date=birth_date,
    )


def _marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values))


def _snippet(text: str) -> str:
    """The beginning of a letter on one line, cut at a character within the bytes a row may carry."""
    return " ".join(text.split()).encode()[:SNIPPET_BYTES].decode(errors="ignore")


def _state(recipient: tuple[Any, ...]) -> DeliveryState:
    _, _, accepted_at, delivered_at, read_at, refused_at, not_delivered_at, _, problem = recipient
    if refused_at is not None:
        return DeliveryState.REFUSED
    if read_at is not None:
        return DeliveryState.READ
    if delivered_at is not None:
        return DeliveryState.DELIVERED
    if not_delivered_at is not None or problem in _GIVEN_UP:
        return DeliveryState.NOT_DELIVERED
    return DeliveryState.QUEUED if accepted_at is None else DeliveryState.ACCEPTED


def _lowest(recipients: Iterable[tuple[Any, ...]]) -> DeliveryState:
    return min((_state(each) for each in recipients), default=DeliveryState.QUEUED)


def _problem(own: Problem, recipients: Iterable[tuple[Any, ...]]) -> Problem:
    """The letter's own problem, else the first one of a recipient."""
    if own is not Problem.NONE:
        return own
    return next((Problem(each[8]) for each in recipients if each[8]), Problem.NONE)


def _recipient_rows(
    rows: Iterable[tuple[Any, ...]], people: Mapping[bytes, tuple[str, str]]
) -> tuple[RecipientRow, ...]:
    """In the letter's order, those without a name last."""
    found = (_recipient(row, people) for row in rows)
    return tuple(sorted(found, key=lambda each: each.name == short_address(each.account)))


def _recipient(row: tuple[Any, ...], people: Mapping[bytes, tuple[str, str]]) -> RecipientRow:
    _, account, accepted_at, delivered_at, read_at, refused_at, _, reason, problem = row
    name, profession = people[account]
    return RecipientRow(
        account=AccountId(account),
        name=name,
        profession=profession,
        state=_state(row),
        accepted_at=_moment(accepted_at),
        delivered_at=_moment(delivered_at),
        read_at=_moment(read_at),
        refused_at=_moment(refused_at),
        reason=None if reason is None else RefusalReason(reason),
        problem=Problem(problem),
    )


def _moment(value: int | None) -> UnixMillis | None:
    return None if value is None else UnixMillis(value)


def _attachment(row: tuple[Any, ...]) -> StoredAttachment:
    blob, key, name, media_type, size, digest, is_available, sealed = row
    return StoredAttachment(
        blob=BlobId(blob),
        key=key,
        name=name,
        media_type=media_type,
        size=size,
        sha256=Hash(digest),
        is_available=bool(is_available),
        sealed_sha256=None if sealed is None else Hash(sealed),
    )


def _evidence(row: tuple[Any, ...]) -> Evidence:
    path = row[7]
    return Evidence(
        envelope=EnvelopeId(row[0]),
        outer_header=row[1],
        outer_header_hash=Hash(row[2]),
        signed_message=row[3],
        signed_message_hash=Hash(row[4]),
        leaf=row[5],
        log_index=row[6],
        path=tuple(
            Hash(path[start : start + _HASH_BYTES]) for start in range(0, len(path), _HASH_BYTES)
        ),
        checkpoint_size=row[8],
    )


def _shown_details(details: LetterDetails) -> LetterDetails:
    patient = details.patient
    if patient is None:
        return details
    named = replace(
        patient,
        family_name=shown_line(patient.family_name) or "?",
        given_name=shown_line(patient.given_name),
    )
    return replace(details, patient=named)
