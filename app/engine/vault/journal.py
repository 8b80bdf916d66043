# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of the journal: acts, the people they are about, what proves them, and pages of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.engine.ports.journal import (
    ActFacts,
    ActProof,
    ActState,
    ChainPoint,
    FoundLetter,
    LetterParties,
    LoggedAct,
    NewAct,
    StoredProof,
    ToldReceipt,
)
from app.interface.journal import Deed, DeedKind, JournalRow, Standing
from app.interface.shown import person_name, shown_file_name, shown_line
from app.interface.snapshots import PatientTag
from crypto_core.wire.content import ReceiptState
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    DeviceId,
    DevicePseudonym,
    EnvelopeId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

    from app.interface.journal import ListJournal

_HASH_BYTES: Final = 32
_NOBODY: Final = bytes(20)
_END: Final = 2**63 - 1
"""The sender of imported mail."""

_STANDINGS: Final = {
    ActState.NOTED: Standing.WAITING,
    ActState.SIGNED: Standing.WAITING,
    ActState.LOGGED: Standing.LOGGED,
    ActState.TOLD: Standing.TOLD,
}
_ROW: Final = (
    "select a.id, a.deed, a.at, a.utc_offset, a.state, a.logged_at, a.device, a.letter, a.document,"
    " a.numbers, d.name, c.conversation, m.subject,"
    " p.patient, p.family_name, p.given_name, p.birth_date, f.name"
)
_NAMES: Final = (
    " left join own_device d on d.device = a.device"
    " left join message m on m.message = a.letter and m.removed_at is null"
    " left join conversation c on c.id = m.conversation"
    " left join patient p on p.patient = a.patient"
    " left join attachment f on f.message = m.id and f.position = a.document"
)
_FACTS: Final = (
    "select a.id, a.state, a.deed, a.kind, a.at, a.utc_offset, a.device, a.letter, a.patient,"
    " a.document, a.numbers, a.sequence, p.opened, p.sealed from act a join act_proof p on p.act = a.id"
)


class SqlJournalStore:
    """Implements `JournalStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # --- acts --------------------------------------------------------------------------------

    def add(self, act: NewAct, *, encoded_opened: bytes | None = None) -> int:
        row = self._db.execute(
            "insert into act (deed, kind, at, utc_offset, device, letter, patient, document, numbers,"
            " state) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
            (
                act.deed.value,
                int(act.kind),
                act.at,
                act.utc_offset,
                act.device,
                act.letter,
                act.patient,
                act.document,
                " ".join(str(each) for each in act.numbers),
                int(act.state),
            ),
        ).fetchone()
        number = int(row[0])
        self._db.executemany(
            "insert into act_person (account, at, act, kind, patient, position)"
            " values (?, ?, ?, ?, ?, ?)",
            [
                (account, act.at, number, int(act.kind), act.patient, position)
                for position, account in enumerate(dict.fromkeys(act.people))
            ],
        )
        self._db.execute(
            "insert into act_proof (act, opened) values (?, ?)", (number, encoded_opened)
        )
        return number

    def withdraw(self, act: int) -> None:
        self._db.execute("delete from act where id = ? and state = ?", (act, int(ActState.NOTED)))

    def newest_own(self, device: DeviceId) -> ActFacts | None:
        row = self._db.execute(
            f"{_FACTS} where a.device = ? order by a.id desc limit 1", (device,)
        ).fetchone()
        return None if row is None else self._facts(row)

    def newest_with(
        self, device: DeviceId, deed: Deed, letter: MessageId, document: int | None
    ) -> UnixMillis | None:
        row = self._db.execute(
            "select max(at) from act where letter = ? and deed = ? and document is ? and device = ?",
            (letter, deed.value, document, device),
        ).fetchone()
        return None if row[0] is None else UnixMillis(row[0])

    def has_told(self, deed: Deed, letter: MessageId, account: AccountId) -> bool:
        row = self._db.execute(
            "select 1 from act a join act_person s on s.act = a.id"
            " where a.letter = ? and a.deed = ? and s.account = ?",
            (letter, deed.value, account),
        ).fetchone()
        return row is not None

    def parties(self, letter: MessageId) -> LetterParties | None:
        row = self._db.execute(
            "select m.id, m.is_sent, m.sender, m.document_count, p.patient from message m"
            " join conversation c on c.id = m.conversation left join patient p on p.id = c.patient"
            " where m.message = ?",
            (letter,),
        ).fetchone()
        if row is None:
            return None
        message, is_sent, sender, documents, patient = row
        people = [sender]
        if is_sent:
            people = [
                account
                for (account,) in self._db.execute(
                    "select account from recipient where message = ? order by position", (message,)
                )
            ]
        return LetterParties(
            people=tuple(AccountId(each) for each in people if each != _NOBODY),
            patient=None if patient is None else PatientId(patient),
            documents=documents,
            is_sent=bool(is_sent),
        )

    def letters_of(self, conversation: bytes) -> tuple[MessageId, ...]:
        rows = self._db.execute(
            "select message from message where removed_at is null and conversation ="
            " (select id from conversation where conversation = ?) order by at, id",
            (conversation,),
        )
        return tuple(MessageId(message) for (message,) in rows)

    def noted(self, limit: int) -> tuple[ActFacts, ...]:
        rows = self._db.execute(
            f"{_FACTS} where a.state = 1 order by a.id limit ?", (limit,)
        ).fetchall()
        return tuple(self._facts(row) for row in rows)

    def sign(self, act: int, *, sequence: int, sealed: bytes) -> None:
        self._db.execute("update act set state = 2, sequence = ? where id = ?", (sequence, act))
        self._db.execute("update act_proof set sealed = ? where act = ?", (sealed, act))

    def signed(self) -> tuple[ActFacts, ...]:
        rows = self._db.execute(f"{_FACTS} where a.state = 2 order by a.sequence").fetchall()
        return tuple(self._facts(row) for row in rows)

    def unsign(self, act: int) -> None:
        self._db.execute("update act set state = 1, sequence = null where id = ?", (act,))
        self._db.execute("update act_proof set sealed = null where act = ?", (act,))

    def logged(self, act: int, proof: ActProof, *, sequence: int | None = None) -> None:
        self._db.execute(
            "update act set state = 3, log_index = ?, logged_at = ?,"
            " sequence = coalesce(sequence, ?) where id = ?",
            (proof.log_index, proof.logged_at, sequence, act),
        )
        self._db.execute(
            "update act_proof set sealed = null, nonce = ?, leaf = ?, path = ?, checkpoint_size = ?"
            " where act = ?",
            (proof.nonce, proof.leaf, b"".join(proof.path), proof.checkpoint_size, act),
        )

    def chain(self, actor: DevicePseudonym) -> ChainPoint | None:
        row = self._db.execute(
            "select next_sequence, previous, relay_time from act_chain where actor = ?", (actor,)
        ).fetchone()
        if row is None:
            return None
        return ChainPoint(
            next_sequence=row[0], previous=Hash(row[1]), relay_time=UnixMillis(row[2])
        )

    def put_chain(self, actor: DevicePseudonym, point: ChainPoint) -> None:
        self._db.execute(
            "insert or replace into act_chain (actor, next_sequence, previous, relay_time)"
            " values (?, ?, ?, ?)",
            (actor, point.next_sequence, point.previous, point.relay_time),
        )

    def has_leaf(self, log_index: int) -> bool:
        row = self._db.execute("select 1 from act where log_index = ?", (log_index,)).fetchone()
        return row is not None

    def letter_of(self, envelope: EnvelopeId) -> FoundLetter | None:
        row = self._db.execute(
            "select g.message from envelope e join outgoing g on g.id = e.outgoing"
            " where e.envelope = ? and g.kind = ?"
            " union select m.message from evidence v join message m on m.id = v.message"
            " where v.envelope = ? and m.is_sent = 1",
            (envelope, int(MessageKind.LETTER), envelope),
        ).fetchone()
        if row is None:
            return None
        parties = self.parties(MessageId(row[0]))
        return FoundLetter(
            letter=MessageId(row[0]),
            people=() if parties is None else parties.people,
            patient=None if parties is None else parties.patient,
        )

    def proofs_of(self, device: DeviceId, sequences: Sequence[int]) -> Mapping[int, ActProof]:
        if not sequences:
            return {}
        rows = self._db.execute(
            "select a.sequence, a.log_index, a.logged_at, p.nonce, p.leaf, p.path, p.checkpoint_size"
            " from act a join act_proof p on p.act = a.id where a.device = ? and a.sequence"
            " between ? and ? and a.log_index is not null",
            (device, min(sequences), max(sequences)),
        )
        return {row[0]: _proof(row[1:]) for row in rows}

    def next_noted_at(self) -> UnixMillis | None:
        row = self._db.execute("select at from act where state = 1 order by id limit 1").fetchone()
        return None if row is None else UnixMillis(row[0])

    def begin_anew(self) -> None:
        self._db.execute("delete from act where state <> 4")
        self._db.execute("delete from act_chain")

    # --- pages -------------------------------------------------------------------------------

    def page(
        self, wanted: ListJournal, *, here: DeviceId
    ) -> tuple[tuple[JournalRow, ...], bool] | None:
        source, conditions, parameters = _found_by(wanted)
        if wanted.before is not None:
            edge = self._db.execute(
                "select at, id from act where id = ?", (wanted.before,)
            ).fetchone()
            if edge is None:
                return None
            key = "s.at, s.act" if source.startswith("act_person") else "a.at, a.id"
            conditions.append(f"({key}) < (?, ?)")
            parameters += edge
        rows = self._db.execute(
            f"{_ROW} from {source}{_NAMES}"
            f"{' where ' if conditions else ''}{' and '.join(conditions)}"
            f" order by {'s.at desc, s.act' if source.startswith('act_person') else 'a.at desc, a.id'}"
            " desc limit ?",
            (*parameters, wanted.limit + 1),
        ).fetchall()
        more = len(rows) > wanted.limit
        return tuple(self._row(row, here) for row in rows[: wanted.limit]), more

    def totals(self) -> tuple[int, int]:
        acts, waiting = self._db.execute("select acts, waiting from act_total").fetchone()
        return int(acts), int(waiting)

    def proof(self, act: int, *, here: DeviceId) -> StoredProof | None:
        row = self._db.execute(f"{_ROW} from act a{_NAMES} where a.id = ?", (act,)).fetchone()
        if row is None:
            return None
        device, sequence, opened, *where = self._db.execute(
            "select a.device, a.sequence, p.opened, a.log_index, a.logged_at, p.nonce, p.leaf, p.path,"
            " p.checkpoint_size from act a join act_proof p on p.act = a.id where a.id = ?",
            (act,),
        ).fetchone()
        return StoredProof(
            row=self._row(row, here),
            device=None if device is None else DeviceId(device),
            sequence=sequence,
            encoded_opened=opened,
            proof=None if where[0] is None else _proof(where),
            receipts=self._receipts(act),
        )

    def _receipts(self, act: int) -> tuple[ToldReceipt, ...]:
        rows = self._db.execute(
            "select r.account, r.device, r.state, r.signed_message from act a"
            " join act_person s on s.act = a.id"
            " join receipt r on r.message = a.letter and r.account = s.account and r.at = a.at"
            " where a.id = ? and a.state = ? order by r.id",
            (act, int(ActState.TOLD)),
        )
        return tuple(
            ToldReceipt(
                account=AccountId(account),
                device=DeviceId(device),
                state=ReceiptState(state),
                signed_message=signed,
            )
            for account, device, state, signed in rows
        )

    def proofs_among(self, acts: Sequence[int]) -> Mapping[int, LoggedAct]:
        rows = self._db.execute(
            "select a.id, a.sequence, p.opened, a.log_index, a.logged_at, p.nonce, p.leaf, p.path,"
            " p.checkpoint_size from act a join act_proof p on p.act = a.id"
            f" where a.log_index is not null and a.id in ({', '.join('?' * len(acts))})",
            tuple(acts),
        )
        return {
            row[0]: LoggedAct(sequence=row[1], encoded_opened=row[2], proof=_proof(row[3:]))
            for row in rows
        }

    def letters_filed(self, patient: PatientId) -> tuple[MessageId, ...]:
        rows = self._db.execute(
            "select m.message from message m join conversation c on c.id = m.conversation"
            " join patient p on p.id = c.patient where p.patient = ? order by m.at, m.id",
            (patient,),
        )
        return tuple(MessageId(message) for (message,) in rows)

    def logged_acts(
        self,
        *,
        after: int,
        since: UnixMillis | None,
        until: UnixMillis | None,
        letter: MessageId | None,
        limit: int,
    ) -> tuple[LoggedAct, ...]:
        rows = self._db.execute(
            "select a.sequence, p.opened, a.log_index, a.logged_at, p.nonce, p.leaf, p.path,"
            " p.checkpoint_size from act a join act_proof p on p.act = a.id"
            " where a.log_index > ? and a.at >= ? and a.at < ? and (? is null or a.letter = ?)"
            " order by a.log_index limit ?",
            (after, since or 0, _END if until is None else until, letter, letter, limit),
        )
        return tuple(
            LoggedAct(sequence=row[0], encoded_opened=row[1], proof=_proof(row[2:])) for row in rows
        )

    # --- inside ------------------------------------------------------------------------------

    def _facts(self, row: tuple[Any, ...]) -> ActFacts:
        return ActFacts(
            act=row[0],
            state=ActState(row[1]),
            new=NewAct(
                deed=Deed(row[2]),
                kind=DeedKind(row[3]),
                at=UnixMillis(row[4]),
                utc_offset=UtcOffsetMinutes(row[5]),
                state=ActState(row[1]),
                device=None if row[6] is None else DeviceId(row[6]),
                people=self._people(row[0]),
                letter=None if row[7] is None else MessageId(row[7]),
                patient=None if row[8] is None else PatientId(row[8]),
                document=row[9],
                numbers=_numbers(row[10]),
            ),
            sequence=row[11],
            encoded_opened=row[12] or b"",
            sealed=row[13],
        )

    def _people(self, act: int) -> tuple[AccountId, ...]:
        rows = self._db.execute(
            "select account from act_person where act = ? order by position", (act,)
        )
        return tuple(AccountId(account) for (account,) in rows)

    def _row(self, row: tuple[Any, ...], here: DeviceId) -> JournalRow:
        act, deed, at, utc_offset, state, logged_at, device, letter, _document, numbers = row[:10]
        computer, conversation, subject, patient, family_name, given_name, birth_date, name = row[
            10:
        ]
        names = self._db.execute(
            "select s.account, coalesce(k.name, '') from act_person s"
            " left join contact k on k.account = s.account where s.act = ? order by s.position",
            (act,),
        )
        return JournalRow(
            entry=act,
            deed=Deed(deed),
            at=UnixMillis(at),
            utc_offset=UtcOffsetMinutes(utc_offset),
            standing=_STANDINGS[ActState(state)],
            logged_at=None if logged_at is None else UnixMillis(logged_at),
            computer=computer or "",
            is_here=device == here,
            people=tuple(
                person_name(AccountId(account), shown_line(known)) for account, known in names
            ),
            letter=None if letter is None else MessageId(letter),
            conversation=None if conversation is None else ConversationId(conversation),
            subject=shown_line(subject or ""),
            patient=None
            if patient is None
            else PatientTag(
                patient=PatientId(patient),
                family_name=family_name,
                given_name=given_name,
                birth_date=birth_date,
            ),
            document_name="" if name is None else shown_file_name(name),
            numbers=_numbers(numbers),
        )


def _found_by(wanted: ListJournal) -> tuple[str, list[str], list[Any]]:
    """Where a page is read from, so that an index has its order, and what else has to hold."""
    conditions: list[str] = []
    parameters: list[Any] = []

    def must(condition: str, value: object) -> None:
        conditions.append(condition)
        parameters.append(value)

    if wanted.letter is not None or wanted.person is None:
        source, table = "act a", "a"
        if wanted.letter is not None:
            must("a.letter = ?", wanted.letter)
            if wanted.person is not None:
                must(
                    "exists (select 1 from act_person where act = a.id and account = ?)",
                    wanted.person,
                )
        if wanted.patient is not None:
            must("a.patient = ?", wanted.patient)
    else:
        source, table = "act_person s cross join act a on a.id = s.act", "s"
        must("s.account = ?", wanted.person)
        if wanted.patient is not None:
            must("s.patient = ?", wanted.patient)
    if wanted.kind is not None:
        must(f"{table}.kind = ?", int(wanted.kind))
    if wanted.since is not None:
        must(f"{table}.at >= ?", wanted.since)
    if wanted.until is not None:
        must(f"{table}.at <= ?", wanted.until)
    return source, conditions, parameters


def _proof(row: Sequence[Any]) -> ActProof:
    log_index, logged_at, nonce, leaf, path, checkpoint_size = row
    return ActProof(
        log_index=log_index,
        logged_at=UnixMillis(logged_at),
        path=_hashes(path),
        checkpoint_size=checkpoint_size,
        nonce=nonce,
        leaf=leaf,
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split())


def _hashes(path: bytes | None) -> tuple[Hash, ...]:
    packed = path or b""
    return tuple(
        Hash(packed[start : start + _HASH_BYTES]) for start in range(0, len(packed), _HASH_BYTES)
    )
