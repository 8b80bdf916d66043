# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of what is erased for good: chosen at once, deleted piece by piece, remembered by number only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.engine.ports.erasing import (
    ErasedNumber,
    Erasure,
    ErasureKind,
    ErasureStep,
    Found,
    MadeBackup,
)
from app.engine.ports.vault import Setting
from app.engine.vault.marks import CARD
from crypto_core.trust.decisions import stated
from crypto_core.wire.content import BroughtLetter, OwnCards, OwnMarks
from crypto_core.wire.decisions import OwnDecisions
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    PatientId,
    UnixMillis,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlcipher3.dbapi2 import Connection

    from app.engine.ports.vault import OutboxStore
    from app.engine.vault.organising import SqlOrganisingStore
    from crypto_core.wire.decisions import KeptDecision
    from crypto_core.wire.ids import MessageId

_REPEATING: Final = f"{MessageKind.HISTORY:d}, {MessageKind.OWN_MARKS:d}"
"""What is told to other computers of the owner repeats letters and names."""
_DECISIONS: Final = f"{MessageKind.DECISIONS:d}"
_FILED: Final = (
    "select m.id from message m join conversation c on c.id = m.conversation"
    " join patient p on p.id = c.patient where p.patient = ?"
)
_ONE: Final = "select id from message where message = ?"
_DRAFTS: Final = (
    "select d.id from draft d where d.patient = ?1 or d.in_reply_to in (select m.message from message m"
    " join conversation c on c.id = m.conversation join patient p on p.id = c.patient where p.patient = ?1)"
)
_ANSWERS: Final = "select d.id from draft d where d.in_reply_to = ?"
_ROW: Final = (
    "select erasure, kind, step, begun_at, letters, documents, drafts, people, finished_at, certificate"
    " from erasure"
)


class SqlErasureStore:
    """Implements `ErasureStore`."""

    def __init__(
        self, connection: Connection, *, organising: SqlOrganisingStore, outbox: OutboxStore
    ) -> None:
        self._db = connection
        self._organising = organising
        self._outbox = outbox

    def find_patient(self, patient: PatientId) -> Found | None:
        row = self._db.execute("select 1 from patient where patient = ?", (patient,)).fetchone()
        return None if row is None else self._found(_FILED, _DRAFTS, patient, patient)

    def find_letter(self, message: MessageId) -> Found | None:
        row = self._db.execute(
            "select p.patient from message m join conversation c on c.id = m.conversation"
            " left join patient p on p.id = c.patient where m.message = ?",
            (message,),
        ).fetchone()
        if row is None:
            return None
        return self._found(_ONE, _ANSWERS, message, None if row[0] is None else PatientId(row[0]))

    def find_conversation(self, conversation: ConversationId) -> Found | None:
        row = self._db.execute(
            "select p.patient from patient p join conversation c on c.patient = p.id"
            " where c.conversation = ?",
            (conversation,),
        ).fetchone()
        return None if row is None else self.find_patient(PatientId(row[0]))

    def begin(
        self,
        erasure: bytes,
        at: UnixMillis,
        *,
        patient: PatientId | None = None,
        letter: MessageId | None = None,
        people: int = 0,
    ) -> tuple[ConversationId, ...]:
        chosen, drafts, subject = (
            (_FILED, _DRAFTS, patient) if patient is not None else (_ONE, _ANSWERS, letter)
        )
        rows = [row for (row,) in self._db.execute(chosen, (subject,))]
        conversations = self._conversations_of(set(rows))
        before: list[bytes] = []
        if patient is None:
            whole: tuple[bytes, ...] = (letter,) if letter is not None else ()
        else:
            before = [
                gone
                for (gone,) in self._db.execute(
                    "select gone from patient_was where kept = ?", (patient,)
                )
            ]
            whole = (patient, *before, *conversations)
        numbers = [ErasedNumber(number=number, at=at) for number in whole]
        numbers += [] if patient is None else self._letters_of(rows, at)
        kind = ErasureKind.PATIENT if patient is not None else ErasureKind.LETTER
        count = self._drop_drafts(drafts, subject)
        self._choose(erasure, kind, at, rows, drafts=count, people=people)
        self._remember(numbers)
        if patient is not None:
            for each in (*before, patient):
                self._forget_patient(each)
        self._tell_anew(at)
        return conversations

    def adopt(
        self, numbers: Sequence[ErasedNumber], erasure: bytes, at: UnixMillis
    ) -> tuple[ConversationId, ...]:
        fresh = [each for each in numbers if self.erased_at(each.number) is None]
        if not fresh:
            return ()
        self._remember(fresh)
        rows: set[int] = set()
        drafts = 0
        for each in fresh:
            for query in (
                "select id from message where message = ? and ? is not null",
                (
                    "select m.id from message m join conversation c on c.id = m.conversation"
                    " where c.conversation = ? and m.sent_at <= ?"
                ),
                (
                    "select m.id from message m join conversation c on c.id = m.conversation"
                    " join patient p on p.id = c.patient where p.patient = ? and m.sent_at <= ?"
                ),
            ):
                rows |= {row for (row,) in self._db.execute(query, (each.number, each.at))}
            if self._is_patient(each.number):
                drafts += self._drop_drafts(_DRAFTS, each.number)
        conversations = self._conversations_of(rows)
        is_known = any(self._is_patient(each.number) for each in fresh)
        if rows or drafts or is_known:
            self._choose(erasure, ErasureKind.ELSEWHERE, at, sorted(rows), drafts=drafts)
        for each in fresh:
            self._forget_patient(each.number)
        self._tell_anew(at)
        return conversations

    def erase_next(self, limit: int) -> tuple[int, tuple[BlobId, ...]]:
        rows = [
            row
            for (row,) in self._db.execute(
                "select message from erasure_letter order by message limit ?", (limit,)
            )
        ]
        files = self._organising.delete(rows)
        self._db.executemany(
            "delete from erasure_letter where message = ?", [(row,) for row in rows]
        )
        return len(rows), files

    def finish_rows(self) -> None:
        self._db.execute(
            "update erasure set step = 2 where step = 1 and id not in"
            " (select erasure from erasure_letter)"
        )

    def unfinished(self) -> tuple[Erasure, ...]:
        return tuple(
            _erasure(row) for row in self._db.execute(f"{_ROW} where step < 4 order by id")
        )

    def get(self, erasure: bytes) -> Erasure | None:
        row = self._db.execute(f"{_ROW} where erasure = ?", (erasure,)).fetchone()
        return None if row is None else _erasure(row)

    def all(self) -> tuple[Erasure, ...]:
        return tuple(_erasure(row) for row in self._db.execute(f"{_ROW} order by id desc"))

    def certify(self, erasure: bytes, encoded_certificate: bytes | None, at: UnixMillis) -> None:
        self._db.execute(
            "update erasure set step = 4, finished_at = ?, certificate = ? where erasure = ?",
            (at, encoded_certificate, erasure),
        )

    def erased_at(self, number: bytes) -> UnixMillis | None:
        row = self._db.execute("select at from erased where number = ?", (number,)).fetchone()
        return None if row is None else UnixMillis(row[0])

    def within(self, number: bytes) -> bytes | None:
        row = self._db.execute("select within from erased where number = ?", (number,)).fetchone()
        return None if row is None or row[0] is None else bytes(row[0])

    def erased(self, limit: int) -> tuple[ErasedNumber, ...]:
        rows = self._db.execute(
            "select number, at from erased where within is null order by at desc, number limit ?",
            (limit,),
        )
        return tuple(ErasedNumber(number=number, at=UnixMillis(at)) for number, at in rows)

    def note_backup(self, path: str, at: UnixMillis) -> None:
        self._db.execute("insert or replace into backup values (?, ?, 0)", (path, at))

    def doom_backups(self) -> None:
        self._db.execute("update backup set is_doomed = 1")

    def backups(self) -> tuple[MadeBackup, ...]:
        rows = self._db.execute(
            "select path, made_at, is_doomed from backup order by made_at, path"
        )
        return tuple(
            MadeBackup(path=path, made_at=UnixMillis(at), is_doomed=bool(doomed))
            for path, at, doomed in rows
        )

    def forget_backup(self, path: str) -> None:
        self._db.execute("delete from backup where path = ?", (path,))

    # --- inside ------------------------------------------------------------------------------

    def _found(self, letters: str, drafts: str, subject: bytes, patient: PatientId | None) -> Found:
        documents, is_sending = self._db.execute(
            "select coalesce(sum(document_count), 0), exists (select 1 from envelope e"
            " join outgoing g on g.id = e.outgoing join message q on q.message = g.message"
            f" where q.id in ({letters}) and e.accepted_at is null)"
            f" or exists (select 1 from envelope e join outgoing g on g.id = e.outgoing"
            f" where g.kind in ({_REPEATING}, {_DECISIONS}) and e.accepted_at is null)"
            f" from message where id in ({letters})",
            (subject, subject),
        ).fetchone()
        (count,) = self._db.execute(f"select count(*) from ({letters})", (subject,)).fetchone()
        (begun,) = self._db.execute(f"select count(*) from ({drafts})", (subject,)).fetchone()
        people = self._db.execute(
            f"select account from recipient where message in ({letters})"
            f" union select sender from message where id in ({letters}) and sender <> zeroblob(20)",
            (subject, subject),
        ).fetchall()
        last, birth_date = None, ""
        if patient is not None:
            (last,) = self._db.execute(
                f"select max(at) from message where id in ({_FILED})", (patient,)
            ).fetchone()
            (birth_date,) = self._db.execute(
                "select birth_date from patient where patient = ?", (patient,)
            ).fetchone()
        return Found(
            letters=count,
            documents=documents,
            drafts=begun,
            people=tuple(AccountId(account) for (account,) in people),
            patient=patient,
            last_contact=None if last is None else UnixMillis(last),
            birth_date=birth_date,
            is_sending=bool(is_sending),
        )

    def _choose(
        self,
        erasure: bytes,
        kind: ErasureKind,
        at: UnixMillis,
        rows: Sequence[int],
        *,
        drafts: int,
        people: int = 0,
    ) -> None:
        counts = [
            self._db.execute("select document_count from message where id = ?", (row,)).fetchone()
            for row in rows
        ]
        documents = sum(count for (count,) in counts)
        # What comes in several messages is one erasure, as long as the key is still the one before.
        made = (
            kind is ErasureKind.ELSEWHERE
            and self._db.execute(
                "update erasure set step = 1, letters = letters + ?, documents = documents + ?,"
                " drafts = drafts + ? where kind = ? and step < 3 returning id",
                (len(rows), documents, drafts, int(kind)),
            ).fetchone()
        )
        made = (
            made
            or self._db.execute(
                "insert into erasure (erasure, kind, step, begun_at, letters, documents, drafts,"
                " people) values (?, ?, 1, ?, ?, ?, ?, ?) returning id",
                (erasure, int(kind), at, len(rows), documents, drafts, people),
            ).fetchone()
        )
        for row in rows:
            self._db.execute("insert or replace into erasure_letter values (?, ?)", (row, made[0]))
            # What waited to go does not go any more.
            self._db.execute(
                "delete from outgoing where message = (select message from message where id = ?)",
                (row,),
            )
            self._db.execute(
                "update message set removed_at = ? where id = ? and removed_at is null", (at, row)
            )

    def _drop_drafts(self, drafts: str, subject: bytes | None) -> int:
        return int(
            self._db.execute(f"delete from draft where id in ({drafts})", (subject,)).rowcount
        )

    def _remember(self, numbers: Sequence[ErasedNumber]) -> None:
        self._db.executemany(
            "insert or ignore into erased values (?, ?, ?)",
            [(each.number, each.at, each.within) for each in numbers],
        )

    def _forget_patient(self, patient: bytes) -> None:
        self._db.execute(
            "update conversation set patient = null"
            " where patient = (select id from patient where patient = ?)",
            (patient,),
        )
        self._db.execute("delete from patient where patient = ?", (patient,))
        self._db.execute("delete from decision where patient = ?", (patient,))
        self._db.execute("delete from patient_was where ? in (gone, kept)", (patient,))
        self._db.execute("update mark set waiting = null where subject = ?", (patient,))
        self._tell_decisions_without(patient)

    def _tell_decisions_without(self, patient: bytes) -> None:
        """What waits to be told of other patients is still told."""
        rows = self._db.execute(
            f"select g.id from outgoing g where g.kind = {_DECISIONS} and not exists"
            " (select 1 from envelope e where e.outgoing = g.id and e.accepted_at is null)"
        ).fetchall()
        for (row,) in rows:
            told = self._outbox.outgoing(row).contents
            left = [
                replace(each, decisions=kept)
                for each in told
                if isinstance(each, OwnDecisions)
                and (kept := tuple(one for one in each.decisions if not _is_about(one, patient)))
            ]
            if left:
                self._outbox.say_instead(row, left)
            else:
                self._db.execute("delete from outgoing where id = ?", (row,))

    def _is_patient(self, number: bytes) -> bool:
        row = self._db.execute("select 1 from patient where patient = ?", (number,)).fetchone()
        return row is not None

    def _letters_of(self, rows: Sequence[int], at: UnixMillis) -> list[ErasedNumber]:
        found = (
            self._db.execute(
                "select m.message, c.conversation from message m"
                " join conversation c on c.id = m.conversation where m.id = ?",
                (row,),
            ).fetchone()
            for row in rows
        )
        return [
            ErasedNumber(number=message, at=at, within=conversation)
            for message, conversation in found
        ]

    def _conversations_of(self, rows: set[int]) -> tuple[ConversationId, ...]:
        found: dict[ConversationId, None] = {}
        for row in rows:
            for (conversation,) in self._db.execute(
                "select c.conversation from conversation c join message m on m.conversation = c.id"
                " where m.id = ?",
                (row,),
            ):
                found[ConversationId(conversation)] = None
        return tuple(found)

    def _tell_anew(self, at: UnixMillis) -> None:
        """Drop what repeats letters and names for other computers; what still holds is told once more."""
        rows = self._db.execute(
            f"select g.id from outgoing g where g.kind in ({_REPEATING}) and not exists"
            " (select 1 from envelope e where e.outgoing = g.id and e.accepted_at is null)"
        ).fetchall()
        for (row,) in rows:
            waiting = self._db.execute(
                "select distinct device from outbox where outgoing = ? and state = 1", (row,)
            ).fetchall()
            contents = self._outbox.outgoing(row).contents if waiting else ()
            for each in contents:
                if isinstance(each, OwnMarks):
                    self._db.executemany(
                        "update mark set due_at = ? where subject = ? and field = ?",
                        [(at, mark.subject, int(mark.field)) for mark in each.marks],
                    )
                elif isinstance(each, OwnCards):
                    self._db.executemany(
                        "update mark set due_at = ? where subject = ? and field = ?",
                        [(at, card.patient, CARD) for card in each.cards],
                    )
                elif isinstance(each, BroughtLetter):
                    self._db.executemany(
                        "insert into history_due (device, message) values (?, ?)",
                        [(device, each.message) for (device,) in waiting],
                    )
            self._db.execute("delete from outgoing where id = ?", (row,))


def _is_about(kept: KeptDecision, patient: bytes) -> bool:
    return stated(kept.record).patient == patient


def note_rekeyed(connection: Connection, passphrase_change: bytes | None) -> None:
    """Say in a store that was just written under another key that it was; for `rekeying.write_anew`."""
    connection.execute("update erasure set step = 3 where step = 2")
    if passphrase_change is not None:
        connection.execute(
            "update setting set value = ? where name = ?",
            (passphrase_change, str(Setting.PASSPHRASE_CHANGE)),
        )


def _erasure(row: tuple[Any, ...]) -> Erasure:
    erasure, kind, step, begun_at, letters, documents, drafts, people, finished_at, signed = row
    return Erasure(
        erasure=erasure,
        kind=ErasureKind(kind),
        step=ErasureStep(step),
        begun_at=UnixMillis(begun_at),
        letters=letters,
        documents=documents,
        drafts=drafts,
        people=people,
        finished_at=None if finished_at is None else UnixMillis(finished_at),
        encoded_certificate=signed,
    )
