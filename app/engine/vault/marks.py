# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of marks: the stamp of each, what is due, and what waits; what they say stands where it always did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.engine.ports.erasing import ErasedNumber
from app.engine.ports.marks import Applied
from app.engine.ports.vault import Setting
from app.engine.vault.marked_decisions import (
    BEFORE_ALL,
    OF_CONTACTS,
    OF_DECISIONS,
    MarkedDecisions,
)
from app.interface.organising import REMOVAL_GRACE_SECONDS
from app.interface.snapshots import ContactState
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.content import (
    MarkField,
    MarkSubject,
    OwnCard,
    OwnMark,
    PatientIdentity,
    Stamp,
)
from crypto_core.wire.ids import AccountId, ConversationId, DeviceId, PatientId, UnixMillis
from crypto_core.wire.own_marks import following, is_sound, prevails
from crypto_core.wire.patients import is_birth_date, is_sound_card

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

    from app.engine.ports.erasing import ErasureStore
    from app.engine.ports.organising import PatientStore
    from app.engine.ports.vault import ContactStore, DraftStore, IdentityStore
    from crypto_core.wire.ids import MessageId

TOGETHER_MILLIS: Final = 3_000
"""What is done within so short a time is told together."""
_UNDO_MILLIS: Final = (REMOVAL_GRACE_SECONDS + 1) * 1000
"""A removal is told when it can no longer be taken back."""
MOST_WAITING: Final = 20_000
"""So many marks wait for what they are about; the oldest are let go, for letters come within weeks or never."""
TOGETHER_BYTES: Final = 1 << 18
"""What is told in one message, templates for the most part."""
CARD: Final = 13
"""Among the fields of marks, what a patient's card says; it is told in a section of its own (`OwnCards`)."""
_OF_CONVERSATION: Final = (MarkField.ARCHIVED, MarkField.FLAGGED, MarkField.FILED)
_ACCEPTED: Final = (
    "coalesce((select max(r.accepted_at) from recipient r where r.message = {0}.id), {0}.sent_at)"
)
"""The relay's time of a letter, which all computers know alike."""
_CONVERSATIONS_OF: Final = (
    "select conversation from conversation where conversation = ?1 union"
    " select c.conversation from message m join conversation c on c.id = m.conversation"
    " where m.message = ?1"
)
_CONVERSATIONS_WITH: Final = (
    "select c.conversation from participant p join conversation c on c.id = p.conversation"
    " where p.account = ?1"
)


class SqlMarkStore:
    """Implements `MarkStore`."""

    def __init__(
        self,
        connection: Connection,
        *,
        patients: PatientStore,
        contacts: ContactStore,
        drafts: DraftStore,
        identity: IdentityStore,
        erasures: ErasureStore,
    ) -> None:
        self._db = connection
        self._patients = patients
        self._erasures = erasures
        self._decisions = MarkedDecisions(
            connection, contacts=contacts, drafts=drafts, identity=identity
        )

    def stamp(self, device: DeviceId, now: UnixMillis, *, is_alone: bool) -> bool:
        rows = () if is_alone else self._db.execute("select subject, field from mark_touched")
        touched = tuple(rows)
        self._db.execute("delete from mark_touched")
        if not touched:
            return False
        time, count = self._db.execute("select time, count from mark_clock").fetchone()
        made = following(Stamp(time=time, count=count, device=device), device, now)
        self._see(made)
        self._db.executemany(
            "insert or replace into mark (subject, field, time, count, device, due_at)"
            " values (?, ?, ?, ?, ?, ?)",
            [
                (subject, field, made.time, made.count, device, now + _wait(field))
                for subject, field in touched
            ],
        )
        return True

    def take_due(self, now: UnixMillis, limit: int) -> tuple[OwnMark, ...]:
        # What was done under a clock that was wrong does not wait until that moment comes.
        rows = self._db.execute(
            "select subject, field from mark where (due_at <= ?1 or due_at > ?2) and field <> ?5"
            # Patients go before what is filed under them, and a block before what is beneath it.
            # One who is forgotten goes last, when everything has been moved elsewhere.
            " order by field = ?3 and not exists (select 1 from patient p where p.patient = subject),"
            " field = ?3 desc, time, count, field desc limit ?4",
            (now, now + 2 * _UNDO_MILLIS, int(MarkField.PATIENT), limit, CARD),
        ).fetchall()
        taken: list[OwnMark] = []
        size = 0
        for subject, field in rows:
            held = self._holds(MarkField(field), subject)
            size += 0 if held is None else len(encode(held))
            if taken and size > TOGETHER_BYTES:
                break
            self._db.execute(
                "update mark set due_at = null where subject = ? and field = ?", (subject, field)
            )
            taken += [] if held is None else [held]
        return tuple(taken)

    def take_due_cards(self, now: UnixMillis, limit: int) -> tuple[OwnCard, ...]:
        rows = self._db.execute(
            "select subject, time, count, device from mark where field = ?1"
            " and (due_at <= ?2 or due_at > ?3) order by time, count limit ?4",
            (CARD, now, now + 2 * _UNDO_MILLIS, limit),
        ).fetchall()
        taken: list[OwnCard] = []
        for subject, time, count, device in rows:
            self._db.execute(
                "update mark set due_at = null where subject = ? and field = ?", (subject, CARD)
            )
            if self._is_patient(subject):
                patient = PatientId(subject)
                stamp = Stamp(time=UnixMillis(time), count=count, device=DeviceId(device))
                card = self._patients.card(patient)
                taken.append(OwnCard(patient=patient, stamp=stamp, card=card))
        return tuple(taken)

    def receive_cards(self, cards: Sequence[OwnCard]) -> None:
        for each in cards:
            known = self._known(CARD, each.patient)
            if self._erasures.erased_at(each.patient) is not None:
                continue
            if not is_sound_card(each.card) or (known is not None and each.stamp <= known):
                continue
            self._see(each.stamp)
            is_here = self._is_patient(each.patient)
            if is_here:
                self._patients.put_card(each.patient, each.card)
            self._db.execute(
                "insert or replace into mark (subject, field, time, count, device, waiting)"
                " values (?, ?, ?, ?, ?, ?)",
                (
                    each.patient,
                    CARD,
                    each.stamp.time,
                    each.stamp.count,
                    each.stamp.device,
                    None if is_here else encode(each),
                ),
            )
        self.keep_to_oneself()

    def hurry(self, now: UnixMillis) -> None:
        self._db.execute(
            "update mark set due_at = ?1 where due_at > ?1 and field <> ?2",
            (now, int(MarkField.REMOVED)),
        )

    def next_due(self) -> UnixMillis | None:
        row = self._db.execute("select min(due_at) from mark where due_at is not null").fetchone()
        return None if row[0] is None else UnixMillis(row[0])

    def of_letters(self, messages: Sequence[MessageId]) -> tuple[OwnMark, ...]:
        wanted: dict[tuple[MarkField, bytes], None] = {}
        for message in messages:
            row = self._db.execute(
                "select c.conversation, p.patient from message m"
                " join conversation c on c.id = m.conversation"
                " left join patient p on p.id = c.patient where m.message = ?",
                (message,),
            ).fetchone()
            if row is None:
                continue
            conversation, patient = row
            wanted[MarkField.READ, message] = None
            if patient is not None:
                wanted[MarkField.PATIENT, patient] = None
            for field in _OF_CONVERSATION:
                wanted[field, conversation] = None
        found = (self._holds(field, subject) for field, subject in wanted)
        return tuple(each for each in found if each is not None)

    def share(self, now: UnixMillis) -> None:
        for field, subjects in (
            (MarkField.PATIENT, "select patient from patient"),
            (
                CARD,
                "select p.patient from patient_card k join patient p on p.id = k.patient",
            ),
            (MarkField.CONTACT, "select account from contact"),
            (
                MarkField.BLOCKED,
                f"select account from contact where state = {ContactState.BLOCKED:d}",
            ),
            (MarkField.REMARK, "select account from contact where remark <> ''"),
            (MarkField.TEMPLATE, "select template from template"),
            (
                MarkField.SIGNATURE,
                f"select zeroblob(16) from setting where name = '{Setting.SIGNATURE}'",
            ),
        ):
            self._db.execute(
                "insert into mark (subject, field, time, count, device, due_at)"
                f" select *, ?, 0, 0, ?, ? from ({subjects}) where true"
                " on conflict do update set due_at = excluded.due_at",
                (int(field), bytes(16), now),
            )

    def keep_to_oneself(self) -> None:
        self._db.execute("delete from mark_touched")

    def receive(self, marks: Sequence[OwnMark], now: UnixMillis) -> Applied:
        changed: list[OwnMark] = []
        in_use: list[MarkSubject] = []
        before = self._decisions.people()
        # A patient is forgotten when nothing is filed under it any more.
        for mark in sorted(filter(is_sound, marks), key=_is_forgetting):
            if not prevails(mark, self._known(mark.field, mark.subject)):
                continue
            self._see(mark.stamp)
            is_here = self._apply(mark, now)
            self._db.execute(
                "insert or replace into mark (subject, field, time, count, device, waiting)"
                " values (?, ?, ?, ?, ?, ?)",
                (
                    mark.subject,
                    int(mark.field),
                    mark.stamp.time,
                    mark.stamp.count,
                    mark.stamp.device,
                    None if is_here else encode(mark),
                ),
            )
            changed.append(mark)
            if (
                mark.field is MarkField.PATIENT
                and not mark.is_on
                and self._is_patient(mark.subject)
            ):
                in_use.append(mark.subject)
        self._db.execute(
            "delete from mark where (subject, field) in (select subject, field from mark"
            " where waiting is not null order by time desc, count desc limit -1 offset ?)",
            (MOST_WAITING,),
        )
        gone = [mark for mark in changed if mark.field is MarkField.ERASED]
        erased = self._erasures.adopt(
            [
                ErasedNumber(number=mark.subject, at=mark.stamp.time, within=mark.other)
                for mark in gone
            ],
            sha256(*(mark.subject for mark in gone))[:16],
            now,
        )
        # A patient may have come behind what is filed under it.
        waited = self.catch_up(now)
        # Something is filed under a patient whom the other computer has forgotten: it is told that there is one, and
        # of what, for it has unfiled what was hidden there.
        for subject in in_use:
            self._db.execute(
                "insert into mark_touched (subject, field) select ?1, ?2 union"
                " select ?1, ?4 from patient_card k join patient p on p.id = k.patient where p.patient = ?1"
                " union select c.conversation, ?3"
                " from conversation c join patient p on p.id = c.patient where p.patient = ?1 and c.in_all = 1",
                (subject, int(MarkField.PATIENT), int(MarkField.FILED), CARD),
            )
        applied = self._applied(changed, before)
        return Applied(
            conversations=tuple(
                dict.fromkeys(applied.conversations + waited.conversations + erased)
            ),
            has_erasures=bool(gone),
            has_removals=applied.has_removals or waited.has_removals,
            has_contacts=applied.has_contacts or waited.has_contacts,
            blocked=applied.blocked,
        )

    def catch_up(self, now: UnixMillis, messages: Sequence[MessageId] = ()) -> Applied:
        rows = self._db.execute(
            "select k.waiting from mark k where k.waiting is not null and ("
            " exists (select 1 from message m where m.message = k.subject)"
            " or exists (select 1 from conversation c where c.conversation = k.subject)"
            " or exists (select 1 from contact p where p.account = k.subject)"
            # There may be room for another one by now.
            f" or k.field = {MarkField.TEMPLATE:d}) order by k.time, k.count"
        ).fetchall()
        done: list[OwnMark] = []
        before = self._decisions.people()
        for (waiting,) in rows:
            mark = decode(OwnMark, waiting)
            if self._apply(mark, now):
                self._db.execute(
                    "update mark set waiting = null where subject = ? and field = ?",
                    (mark.subject, int(mark.field)),
                )
                done.append(mark)
        for message in messages:
            self._settle_brought(message)
        self.keep_to_oneself()
        return self._applied(done, before)

    # --- what holds --------------------------------------------------------------------------

    def _holds(  # noqa: C901 - one case per field
        self, field: MarkField, subject: bytes
    ) -> OwnMark | None:
        """What holds here of a subject; None of what is not here any more, or was never anything."""
        if field in OF_DECISIONS:
            held = self._decisions.holds(field, subject)
            stamp = self._known(field, subject)
            return held if held is None or stamp is None else replace(held, stamp=stamp)
        is_on, other, patient = False, None, None
        match field:
            case MarkField.READ:
                row = self._db.execute(
                    "select is_read from message where message = ?", (subject,)
                ).fetchone()
                if row is None:
                    return None
                is_on = bool(row[0])
            case MarkField.REMOVED:
                row = self._db.execute(
                    "select removed_at is not null from message where message = ?", (subject,)
                ).fetchone()
                # It may be gone for good by now.
                is_on = row is None or bool(row[0])
            case MarkField.ERASED:
                is_on, other = True, self._erasures.within(subject)
            case MarkField.PATIENT:
                known = self._patients.get(PatientId(subject))
                is_on = known is not None
                if known is not None:
                    patient = PatientIdentity(
                        patient=known.patient,
                        family_name=known.family_name,
                        given_name=known.given_name,
                        birth_date=known.birth_date,
                    )
            case _:
                row = self._db.execute(
                    "select c.is_archived, c.is_flagged, p.patient,"
                    " (select m.message from message m where m.conversation = c.id and m.is_sent = 0"
                    f"  order by {_ACCEPTED.format('m')} desc, m.message desc limit 1),"
                    " (select m.message from message m where m.conversation = c.id"
                    "  and m.is_sent = 0 and m.id <= c.settled_to"
                    f"  order by {_ACCEPTED.format('m')} desc, m.message desc limit 1)"
                    " from conversation c left join patient p on p.id = c.patient"
                    " where c.conversation = ?",
                    (subject,),
                ).fetchone()
                if row is None:
                    return None
                if field is MarkField.ARCHIVED:
                    is_on, other = bool(row[0]), row[3] if row[0] else None
                elif field is MarkField.FLAGGED:
                    is_on, other = bool(row[1]), row[4]
                else:
                    is_on, other = row[2] is not None, row[2]
        return OwnMark(
            field=field,
            subject=MarkSubject(subject),
            stamp=self._known(field, subject) or BEFORE_ALL,
            is_on=is_on,
            other=None if other is None else MarkSubject(other),
            patient=patient,
        )

    def _known(self, field: int, subject: bytes) -> Stamp | None:
        row = self._db.execute(
            "select time, count, device from mark where subject = ? and field = ?",
            (subject, int(field)),
        ).fetchone()
        if row is None:
            return None
        return Stamp(time=UnixMillis(row[0]), count=row[1], device=DeviceId(row[2]))

    def _see(self, stamp: Stamp) -> None:
        self._db.execute(
            "update mark_clock set time = ?1, count = ?2 where (time, count) < (?1, ?2)",
            (stamp.time, stamp.count),
        )

    # --- making it hold ----------------------------------------------------------------------

    def _apply(self, mark: OwnMark, now: UnixMillis) -> bool:
        """Let a mark hold here; False if what it is about is not here yet, or there is no room for it."""
        match mark.field:
            case MarkField.READ | MarkField.REMOVED:
                return self._is_gone(mark.subject) or self._mark_letter(mark, now)
            case MarkField.ARCHIVED:
                return self._archive(mark)
            case MarkField.FLAGGED:
                return self._flag(mark)
            case MarkField.FILED:
                return self._file(mark)
            case MarkField.PATIENT | MarkField.ERASED:
                self._correct(mark)
                return True
            case _:
                return self._decisions.apply(mark, now)

    def _mark_letter(self, mark: OwnMark, now: UnixMillis) -> bool:
        if mark.field is MarkField.READ:
            return self._done(
                "update message set is_read = iif(is_sent = 1, is_read, ?), is_marked_read = 0"
                " where message = ?",
                int(mark.is_on),
                mark.subject,
            )
        # Hidden now, and deleted for good after this computer's own grace.
        return self._done(
            "update message set removed_at = iif(?, coalesce(removed_at, ?), null)"
            " where message = ?",
            int(mark.is_on),
            now,
            mark.subject,
        )

    def _file(self, mark: OwnMark) -> bool:
        if mark.is_on and not (mark.other and self._is_patient(mark.other)):
            return False
        return self._done(
            "update conversation set patient = (select id from patient where patient = ?)"
            " where conversation = ?",
            mark.other if mark.is_on else None,
            mark.subject,
        )

    def _archive(self, mark: OwnMark) -> bool:
        if not mark.is_on or mark.other is None or self._is_gone(mark.other):
            return self._done(
                "update conversation set is_archived = ? where conversation = ?",
                int(mark.is_on),
                mark.subject,
            )
        # A letter that the other computer had not seen brings its conversation back, whatever comes first.
        return self._is_letter(mark.other) and self._done(
            "update conversation set is_archived = not exists"
            " (select 1 from message m, message x where m.conversation = conversation.id"
            f"  and m.is_sent = 0 and x.message = ? and {_ACCEPTED.format('m')} > {_ACCEPTED.format('x')})"
            " where conversation = ?",
            mark.other,
            mark.subject,
        )

    def _flag(self, mark: OwnMark) -> bool:
        is_named = mark.other is not None and not self._is_gone(mark.other)
        if is_named and not self._is_letter(mark.other or b""):
            return False
        is_here = self._done(
            "update conversation set is_flagged = ? where conversation = ?",
            int(mark.is_on),
            mark.subject,
        )
        if is_here and mark.other is not None:
            self._settle(mark.subject, mark.other)
        return is_here

    def _settle(self, conversation: bytes, letter: bytes) -> None:
        """Nothing is to be done for the letters up to one. What came later keeps its wish, in whatever order it is here."""
        self._db.execute(
            "update conversation set settled_to = max(settled_to, coalesce((select max(m.id)"
            "  from message m, message x where m.conversation = conversation.id and x.message = ?1"
            f"  and {_ACCEPTED.format('m')} <= {_ACCEPTED.format('x')}"
            "  and m.id < coalesce((select min(n.id) from message n"
            "   where n.conversation = conversation.id and n.is_sent = 0"
            f"   and {_ACCEPTED.format('n')} > {_ACCEPTED.format('x')}), m.id + 1)), 0))"
            " where conversation = ?2",
            (letter, conversation),
        )
        self._db.execute(
            "update conversation set is_answer_wanted = exists"
            " (select 1 from message w where w.conversation = conversation.id and w.removed_at is null"
            "  and w.is_answer_wanted = 1 and w.is_sent = 0 and w.id > conversation.settled_to"
            "  and not exists (select 1 from message s where s.conversation = w.conversation"
            "   and s.removed_at is null and (s.at, s.id) > (w.at, w.id) and s.is_sent = 1))"
            " where conversation = ?",
            (conversation,),
        )

    def _settle_brought(self, message: MessageId) -> None:
        """A letter of the past that comes behind the one it was settled with asks for nothing again."""
        row = self._db.execute(
            "select c.conversation from conversation c join message m on m.conversation = c.id"
            " where m.message = ? and c.settled_to > 0",
            (message,),
        ).fetchone()
        settled = None if row is None else self._holds(MarkField.FLAGGED, row[0])
        if settled is not None and settled.other is not None:
            self._settle(settled.subject, settled.other)

    def _correct(self, mark: OwnMark) -> None:
        if mark.field is MarkField.ERASED or self._erasures.erased_at(mark.subject) is not None:
            # What was erased goes together, once every mark is known; and nobody comes back.
            return
        known = self._patients.get(PatientId(mark.subject))
        if not mark.is_on:
            if known is not None and not known.conversations:
                self._patients.remove(known.patient)
            return
        named = mark.patient
        if named is not None and bytes(named.patient) == bytes(mark.subject):
            self._patients.put(
                named.patient,
                family_name=named.family_name,
                given_name=named.given_name,
                birth_date=named.birth_date if is_birth_date(named.birth_date) else "",
            )
            self._put_card_that_waited(named.patient)

    def _put_card_that_waited(self, patient: PatientId) -> None:
        row = self._db.execute(
            "select waiting from mark where subject = ? and field = ? and waiting is not null",
            (patient, CARD),
        ).fetchone()
        if row is not None:
            self._patients.put_card(patient, decode(OwnCard, row[0]).card)
            self._db.execute(
                "update mark set waiting = null where subject = ? and field = ?", (patient, CARD)
            )

    def _applied(
        self, marks: Sequence[OwnMark], before: Mapping[AccountId, tuple[bool, str]]
    ) -> Applied:
        queries = [(_CONVERSATIONS_OF, mark.subject) for mark in marks]
        blocked: list[AccountId] = []
        for account, (is_blocked, name) in self._decisions.people().items():
            was_blocked, was_called = before.get(account, (False, ""))
            if is_blocked is not was_blocked:
                blocked.append(account)
            if name != was_called:
                # Letters that are here show the name.
                queries.append((_CONVERSATIONS_WITH, MarkSubject(account)))
        conversations: dict[ConversationId, None] = {}
        for query, subject in queries:
            rows = self._db.execute(query, (subject,))
            conversations |= {ConversationId(each): None for (each,) in rows}
        return Applied(
            conversations=tuple(conversations),
            has_removals=any(mark.field is MarkField.REMOVED for mark in marks),
            has_contacts=any(mark.field in OF_CONTACTS for mark in marks),
            blocked=tuple(blocked),
        )

    def _done(self, statement: str, *parameters: object) -> bool:
        return bool(self._db.execute(statement, parameters).rowcount)

    def _is_letter(self, message: bytes) -> bool:
        return self._found("select 1 from message where message = ?", message)

    def _is_gone(self, message: bytes) -> bool:
        return not self._is_letter(message) and self._found(
            "select 1 from removed where message = ?", message
        )

    def _is_patient(self, patient: bytes) -> bool:
        return self._found("select 1 from patient where patient = ?", patient)

    def _found(self, query: str, *parameters: object) -> bool:
        return self._db.execute(query, parameters).fetchone() is not None


def _is_forgetting(mark: OwnMark) -> bool:
    return mark.field is MarkField.PATIENT and not mark.is_on


def _wait(field: int) -> int:
    return _UNDO_MILLIS if field == MarkField.REMOVED else TOGETHER_MILLIS
