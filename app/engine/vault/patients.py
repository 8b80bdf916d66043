# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of patients, found by the beginnings of their names, and what is filed under them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from app.interface.patients import PatientRow
from crypto_core.abks.french import fold
from crypto_core.wire.ids import PatientId, UnixMillis

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

    from app.interface.snapshots import PatientTag
    from crypto_core.wire.ids import ConversationId

_WORDS: Final = re.compile(r"\w+")
_BEYOND: Final = "\U0010ffff"
_MOST_CANDIDATES: Final = 500
_ROW: Final = (
    "select p.patient, p.family_name, p.given_name, p.birth_date, p.filed_count, p.latest_at"
    " from patient p"
)


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
        words = words_of(family_name, given_name)
        values = (family_name, given_name, birth_date, " ".join(words), patient)
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
        (row,) = row
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
        words = words_of(query)
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
