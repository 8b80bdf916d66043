# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of patients, found by the beginnings of their names, and what is filed under them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.interface.patients import BirthDate, MergeId, PatientRow, UndoableMerge
from app.interface.snapshots import NameText
from crypto_core.abks.french import fold
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import PatientId, UnixMillis
from crypto_core.wire.patients import (
    NO_CARD,
    NationalIdentity,
    PatientCard,
    Representative,
    Sex,
)

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

    from app.interface.snapshots import PatientTag
    from crypto_core.wire.ids import ConversationId

_CONVERSATION: Final = 1
_DRAFT: Final = 2
_ABROAD: Final = re.compile(r"(?:\+|\b00)33[\s.]*(?:\(0\))?[\s.]*(?=\d)")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[\s./-]+(?=\d)|(?<=\d[abAB])\s+(?=\d)")
_CARD: Final = (
    "birth_name, sex, ins, ins_oid, ins_is_qualified, telephone, email, address, representative,"
    " capacity, is_protected, notes, died_on, seen_on"
)
_WORDS: Final = re.compile(r"\w+")
_BEYOND: Final = "\U0010ffff"
_MOST_CANDIDATES: Final = 500
_ROW: Final = (
    "select p.patient, p.family_name, p.given_name, p.birth_date, p.filed_count, p.latest_at"
    " from patient p"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """All that is said of a patient."""

    family_name: NameText = field(repr=False)
    given_name: NameText = field(repr=False)
    birth_date: BirthDate = field(repr=False)
    card: PatientCard


class SqlPatientStore:
    """Implements `PatientStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, patient: PatientId) -> PatientRow | None:
        row = self._db.execute(f"{_ROW} where p.patient = ?", (patient,)).fetchone()
        return None if row is None else _row(row)

    def put(
        self, patient: PatientId, *, family_name: str, given_name: str, birth_date: str
    ) -> None:
        sort_name = " ".join(words_of(family_name, given_name))
        values = (family_name, given_name, birth_date, sort_name, patient)
        # Not as one statement: what an upsert does about a conflict is done in its triggers as well.
        row = self._db.execute(
            "update patient set family_name = ?, given_name = ?, birth_date = ?, sort_name = ?"
            " where patient = ? returning id",
            values,
        ).fetchone()
        if row is None:
            row = self._db.execute(
                "insert into patient (family_name, given_name, birth_date, sort_name, patient)"
                " values (?, ?, ?, ?, ?) returning id",
                values,
            ).fetchone()
        self._index(patient)

    def card(self, patient: PatientId) -> PatientCard:
        row = self._db.execute(
            f"select {_CARD} from patient_card"
            " where patient = (select id from patient where patient = ?)",
            (patient,),
        ).fetchone()
        return NO_CARD if row is None else _card(row)

    def put_card(self, patient: PatientId, card: PatientCard) -> None:
        if card == self.card(patient):
            return
        ins, by = card.ins, card.representative
        columns = _CARD.split(", ")
        self._db.execute(
            f"insert into patient_card (patient, {_CARD})"
            f" select id, {', '.join('?' * len(columns))} from patient where patient = ?"
            " on conflict (patient) do update set "
            + ", ".join(f"{column} = excluded.{column}" for column in columns),
            (
                card.birth_name,
                int(card.sex),
                "" if ins is None else ins.matricule,
                "" if ins is None else ins.oid,
                int(ins is not None and ins.is_qualified),
                card.telephone,
                card.email,
                card.address,
                "" if by is None else by.name,
                "" if by is None else by.capacity,
                int(card.is_protected),
                card.notes,
                card.died_on,
                card.seen_on,
                patient,
            ),
        )
        self._index(patient)

    def first_at(self, patient: PatientId) -> UnixMillis | None:
        row = self._db.execute(
            "select min(m.at) from message m join conversation c on c.id = m.conversation"
            " join patient p on p.id = c.patient where p.patient = ? and m.removed_at is null",
            (patient,),
        ).fetchone()
        return None if row[0] is None else UnixMillis(row[0])

    def of_ins(self, matricule: str) -> tuple[PatientRow, ...]:
        rows = self._db.execute(
            f"{_ROW} where p.id in (select patient from patient_card where ins = ? and ins <> '')"
            " order by p.id limit ?",
            (matricule, _MOST_CANDIDATES),
        )
        return tuple(_row(row) for row in rows)

    def duplicates(self, limit: int) -> tuple[tuple[PatientRow, PatientRow], ...]:
        found = self._db.execute(
            "select x.patient, y.patient, 1, '', '', '', ''"
            " from patient_card x join patient_card y on y.ins = x.ins and y.patient > x.patient"
            " where x.ins <> ''"
            " union all select a.id, b.id, a.sort_name = b.sort_name,"
            "  a.family_name, a.given_name, b.family_name, b.given_name"
            " from patient a join patient b on b.birth_date = a.birth_date and b.id > a.id"
            " where a.birth_date <> ''"
            " union all select a.id, b.id, 1, '', '', '', '' from patient a"
            " join patient b on b.sort_name = a.sort_name and b.id <> a.id"
            " where a.birth_date = '' and (b.birth_date <> '' or b.id > a.id)"
        )
        pairs: dict[tuple[int, int], None] = {}
        for one, other, is_sure, *names in found:
            if is_sure or _share_a_given_name(*names):
                pairs[min(one, other), max(one, other)] = None
                if len(pairs) == limit:
                    break
        return tuple((self._of_row(one), self._of_row(other)) for one, other in pairs)

    def merge(
        self, kept: PatientId, gone: PatientId, card: PatientCard, now: UnixMillis
    ) -> tuple[ConversationId, ...]:
        kept_before, gone_before = self._side(kept), self._side(gone)
        moved = [
            row[0]
            for row in self._db.execute(
                "select c.conversation from conversation c join patient p on p.id = c.patient"
                " where p.patient = ?",
                (gone,),
            )
        ]
        drafts = [
            row[0] for row in self._db.execute("select draft from draft where patient = ?", (gone,))
        ]
        for conversation in moved:
            self.file(conversation, kept)
        self._db.execute("update draft set patient = ? where patient = ?", (kept, gone))
        if not kept_before.birth_date and gone_before.birth_date:
            self.put(
                kept,
                family_name=kept_before.family_name,
                given_name=kept_before.given_name or gone_before.given_name,
                birth_date=gone_before.birth_date,
            )
        self.put_card(kept, card)
        (merge,) = self._db.execute(
            "insert into patient_merge (kept, gone, merged_at, kept_before, kept_after, gone_before)"
            " select id, ?, ?, ?, ?, ? from patient where patient = ? returning id",
            (
                gone,
                now,
                encode(kept_before),
                encode(self._side(kept)),
                encode(gone_before),
                kept,
            ),
        ).fetchone()
        self._db.executemany(
            "insert into patient_merge_moved (merge, kind, subject) values (?, ?, ?)",
            [(merge, _CONVERSATION, each) for each in moved]
            + [(merge, _DRAFT, each) for each in drafts],
        )
        self._db.execute("delete from patient where patient = ?", (gone,))
        self._db.execute("update patient_was set kept = ? where kept = ?", (kept, gone))
        self._db.execute("insert or replace into patient_was values (?, ?)", (gone, kept))
        return tuple(moved)

    def numbers_before(self, patient: PatientId) -> tuple[PatientId, ...]:
        rows = self._db.execute("select gone from patient_was where kept = ?", (patient,))
        return tuple(PatientId(gone) for (gone,) in rows)

    def merges(self, kept: PatientId) -> tuple[UndoableMerge, ...]:
        rows = self._db.execute(
            "select m.id, m.gone, m.merged_at, m.gone_before from patient_merge m"
            " join patient p on p.id = m.kept where p.patient = ? order by m.id desc limit 1",
            (kept,),
        ).fetchall()
        found = []
        for merge, gone, at, before in rows:
            if self._is_as_merged(merge):
                side = decode(_Side, before)
                found.append(
                    UndoableMerge(
                        merge=MergeId(merge),
                        gone=PatientId(gone),
                        family_name=side.family_name,
                        given_name=side.given_name,
                        birth_date=side.birth_date,
                        merged_at=UnixMillis(at),
                    )
                )
        return tuple(found)

    def undo_merge(
        self, merge: MergeId
    ) -> tuple[PatientId, PatientId, tuple[ConversationId, ...]] | None:
        if not self._is_as_merged(merge):
            return None
        kept, gone, kept_before, gone_before = self._db.execute(
            "select p.patient, m.gone, m.kept_before, m.gone_before from patient_merge m"
            " join patient p on p.id = m.kept where m.id = ?",
            (merge,),
        ).fetchone()
        moved = self._moved(merge, _CONVERSATION)
        self._put_side(PatientId(kept), decode(_Side, kept_before))
        self._put_side(PatientId(gone), decode(_Side, gone_before))
        for conversation in moved:
            self.file(conversation, PatientId(gone))
        self._db.executemany(
            "update draft set patient = ? where draft = ? and patient = ?",
            [(gone, draft, kept) for draft in self._moved(merge, _DRAFT)],
        )
        self._db.execute("delete from patient_merge where id = ?", (merge,))
        self._db.execute("delete from patient_was where gone = ?", (gone,))
        return PatientId(kept), PatientId(gone), moved

    def _is_as_merged(self, merge: int) -> bool:
        """Whether nothing has changed the patient or moved what a merge has moved."""
        row = self._db.execute(
            "select p.patient, m.gone, m.kept_after from patient_merge m"
            " join patient p on p.id = m.kept where m.id = ?"
            " and not exists (select 1 from patient g where g.patient = m.gone)"
            " and not exists (select 1 from patient_merge n where n.kept = m.kept and n.id > m.id)"
            " and not exists (select 1 from patient_merge_moved v"
            "  join conversation c on c.conversation = v.subject"
            "  where v.merge = m.id and v.kind = 1 and c.patient is not m.kept)",
            (merge,),
        ).fetchone()
        return row is not None and encode(self._side(PatientId(row[0]))) == row[2]

    def _moved(self, merge: int, kind: int) -> tuple[Any, ...]:
        rows = self._db.execute(
            "select subject from patient_merge_moved where merge = ? and kind = ?", (merge, kind)
        )
        return tuple(subject for (subject,) in rows)

    def _side(self, patient: PatientId) -> _Side:
        family_name, given_name, birth_date = self._db.execute(
            "select family_name, given_name, birth_date from patient where patient = ?", (patient,)
        ).fetchone()
        return _Side(
            family_name=family_name,
            given_name=given_name,
            birth_date=birth_date,
            card=self.card(patient),
        )

    def _put_side(self, patient: PatientId, side: _Side) -> None:
        self.put(
            patient,
            family_name=side.family_name,
            given_name=side.given_name,
            birth_date=side.birth_date,
        )
        self.put_card(patient, side.card)

    def _of_row(self, row: int) -> PatientRow:
        return _row(self._db.execute(f"{_ROW} where p.id = ?", (row,)).fetchone())

    def _index(self, patient: PatientId) -> None:
        (row,) = self._db.execute("select id from patient where patient = ?", (patient,)).fetchone()
        said = self._side(patient)
        card = said.card
        words = words_of(said.family_name, said.given_name, card.birth_name) + numbers_of(
            said.birth_date, card
        )
        self._db.execute("delete from patient_word where patient = ?", (row,))
        self._db.executemany(
            "insert or ignore into patient_word (word, patient) values (?, ?)",
            [(word, row) for word in words],
        )

    def remove(self, patient: PatientId) -> None:
        self._db.execute(
            "update conversation set patient = null where in_all = 0"
            " and patient = (select id from patient where patient = ?)",
            (patient,),
        )
        self._db.execute("delete from patient where patient = ?", (patient,))

    def file(self, conversation: ConversationId, patient: PatientId | None) -> None:
        self._db.execute(
            "update conversation set patient = (select id from patient where patient = ?)"
            " where conversation = ?",
            (patient, conversation),
        )

    def of_conversation(self, conversation: ConversationId) -> PatientId | None:
        row = self._db.execute(
            "select p.patient from patient p join conversation c on c.patient = p.id"
            " where c.conversation = ?",
            (conversation,),
        ).fetchone()
        return None if row is None else PatientId(row[0])

    def named(self, query: str, *, offset: int, limit: int) -> tuple[PatientRow, ...]:
        words = words_of(together(query))
        begun = " and ".join(
            ["p.id in (select patient from patient_word where word >= ? and word < ?)"] * len(words)
        )
        order = "p.sort_name, p.id" if words else "p.latest_at desc, p.sort_name, p.id"
        rows = self._db.execute(
            f"{_ROW}{' where ' if words else ''}{begun} order by {order} limit ? offset ?",
            (*(each for word in words for each in (word, word + _BEYOND)), limit, offset),
        )
        return tuple(_row(row) for row in rows)

    def alike(self, tag: PatientTag) -> tuple[PatientRow, ...]:
        words = words_of(tag.family_name, tag.given_name)
        same = ", ".join("?" * len(words))
        rows = self._db.execute(
            f"{_ROW} where p.id in (select patient from patient_word where word in ({same}))"
            " or (p.birth_date = ? and p.birth_date <> '')"
            " order by (p.birth_date = ?) desc, p.latest_at desc, p.id limit ?",
            (*words, tag.birth_date, tag.birth_date, _MOST_CANDIDATES),
        )
        return tuple(_row(row) for row in rows)


def words_of(*names: str) -> tuple[str, ...]:
    """The words of names, without accents, ligatures and case."""
    # An accent that is a character of its own, as some systems type it, would end a word.
    plain = (
        "".join(
            each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each)
        )
        for name in names
    )
    return tuple(word for name in plain for each in _WORDS.findall(name) if (word := fold(each)))


def _share_a_given_name(family: str, given: str, other_family: str, other_given: str) -> bool:
    """Whether two who were born on one day may be one: twins share a family name only, who marries keeps the others."""
    one, other = {*words_of(family, given)}, {*words_of(other_family, other_given)}
    shared_family = {*words_of(family)} & {*words_of(other_family)}
    return bool((one & other) - shared_family)


def together(text: str) -> str:
    """A text in which what is one number is one word: a telephone, a date of birth, an INS."""
    return _BETWEEN_DIGITS.sub("", _ABROAD.sub("0", text))


def numbers_of(birth_date: str, card: PatientCard) -> tuple[str, ...]:
    """The words under which a patient's numbers are found."""
    year, month, day = birth_date[:4], birth_date[5:7], birth_date[8:]
    return words_of(
        day + month + year,
        year + month + day,
        together(card.telephone),
        "" if card.ins is None else card.ins.matricule,
    )


def _card(row: tuple[Any, ...]) -> PatientCard:
    ins, oid, is_qualified = row[2:5]
    name, capacity, is_protected = row[8:11]
    return PatientCard(
        birth_name=row[0],
        sex=Sex(row[1]),
        ins=NationalIdentity(matricule=ins, oid=oid, is_qualified=bool(is_qualified))
        if ins
        else None,
        telephone=row[5],
        email=row[6],
        address=row[7],
        representative=Representative(name=name, capacity=capacity) if name else None,
        is_protected=bool(is_protected),
        notes=row[11],
        died_on=row[12],
        seen_on=row[13],
    )


def _row(row: tuple[Any, ...]) -> PatientRow:
    patient, family_name, given_name, birth_date, filed_count, latest_at = row
    return PatientRow(
        patient=PatientId(patient),
        family_name=family_name,
        given_name=given_name,
        birth_date=birth_date,
        conversations=filed_count,
        latest_at=None if latest_at is None else UnixMillis(latest_at),
    )
