# SPDX-License-Identifier: AGPL-3.0-or-later
"""The index of the letters' words: made with each letter, cleaned of each removed one (FTS5 without content).

Every word that is asked for is made by `crypto_core.abks.french` of letters and digits alone and is quoted, so that
no query is ever syntax. What is filtered by stands in the index as words that no text has.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlcipher3 import dbapi2

from app.engine.ports.search import Alternative, DocumentText, DueDocument, FoundLetter, Query
from app.interface.documents import DocumentKind
from app.interface.searching import Coverage, UnreadRow
from app.interface.shown import person_name, short_address
from app.interface.snapshots import Direction, PatientTag, Problem
from crypto_core.abks.french import NORMALISATION, Normaliser
from crypto_core.wire.codec import decode
from crypto_core.wire.content import LetterDetails
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
)
from crypto_core.wire.limits import MAX_NAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlcipher3.dbapi2 import Connection

    from crypto_core.wire.content import PatientIdentity

# Words that no reading yields, for these are neither letters nor digits.
_GAP: Final = "\ue000"
"""Between words that do not stand beside each other."""
_PERSON: Final = "\ue001"
_PATIENT: Final = "\ue002"
_HAS_DOCUMENTS: Final = "\ue003"
_KIND: Final = "\ue004"

_LAST: Final = 2**62
_LATEST_SECOND: Final = 2**40
_CLOSE: Final = 64
"""So many letters of one second stand one after the other; more of them stand anywhere within some reach."""
_FARTHEST: Final = 2**20
"""How far a letter may stand from its second: room for as many that share one."""
_SPREAD: Final = 40_503
"""Odd, so that consecutive numbers times this fall on different places of any power of two."""

_TABLE: Final = (
    "create virtual table letter_index using fts5 (text, subject, people, patient, documents,"
    " content = '', columnsize = 0, tokenize = 'ascii', prefix = '2')"
)
_COLUMNS: Final = "rowid, subject, text, people, patient, documents"
_ENTRY: Final = "doc, subject, text, people, patient, documents from index_entry where message = ?"

_FOUND: Final = (
    "select i.doc, m.id, m.message, c.conversation, m.is_sent, m.sender, m.subject, m.body, m.at,"
    " m.document_count, p.patient, p.family_name, p.given_name, p.birth_date, m.details"
)
_LETTERS: Final = (
    "join message m on m.id = i.message join conversation c on c.id = m.conversation"
    " left join patient p on p.id = c.patient"
)


class SqlSearchStore:
    """Implements `SearchStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._normaliser = Normaliser()
        # Triggers and the view of the schema call it, so whoever writes letters has to have it.
        connection.create_function("index_words", 1, self.words, deterministic=True)

    def words(self, text: str) -> str:
        """Return a text as the index keeps it: stems in their order, then every other form of its words, once."""
        stems, others = self._normaliser.index_words(text)
        return " ".join([*stems, _GAP, *others] if others else stems)

    # --- writing -----------------------------------------------------------------------------

    def put(self, message: int) -> None:
        """Bring a letter into the index, in the place of what stands there of it."""
        before = self._forget(message)
        row = self._db.execute(
            "select sender, document_count, at from message where id = ?", (message,)
        ).fetchone()
        accounts = {row[0]: None} | {
            account: None
            for (account,) in self._db.execute(
                "select account from recipient where message = ? order by position", (message,)
            )
        }
        imported = self._imported_people(message)
        people = self._people(list(accounts)) if imported is None else imported
        self._db.execute("update document_text set is_indexed = 1 where message = ?", (message,))
        self._db.execute(
            "insert into indexed (doc, message, people, patient, documents) values (?, ?, ?, ?, ?)",
            (
                self._free_place(row[2], message) if before is None else before,
                message,
                people,
                self._patient(message),
                self._documents(message) if row[1] else "",
            ),
        )
        self._db.execute(f"insert into letter_index ({_COLUMNS}) select {_ENTRY}", (message,))
        self._db.execute("delete from letter_due where message = ?", (message,))

    def index_due(self, limit: int) -> int:
        rows = self._db.execute(
            "select message from letter_due order by at desc, message desc limit ?", (limit,)
        ).fetchall()
        for (message,) in rows:
            self.put(message)
        if len(rows) < limit:
            self._db.execute("update index_state set is_rebuilding = 0 where is_rebuilding = 1")
        return len(rows)

    def next_document(self) -> DueDocument | None:
        self._give_up_missing()
        row = self._db.execute(
            "select d.message, d.position, a.blob, a.key, a.name, a.size, a.sha256, d.attempts + 1"
            " from document_due d join attachment a on a.message = d.message and a.position = d.position"
            " where a.is_available = 1 order by d.at desc, d.message desc, d.position limit 1"
        ).fetchone()
        if row is None:
            return None
        self._db.execute(
            "update document_due set attempts = attempts + 1 where message = ? and position = ?",
            row[:2],
        )
        return DueDocument(
            number=row[0],
            position=row[1],
            blob=BlobId(row[2]),
            key=row[3],
            name=row[4],
            size=row[5],
            sha256=Hash(row[6]),
            attempts=row[7],
        )

    def keep_text(self, due: DueDocument, text: DocumentText) -> None:
        message, position = due.number, due.position
        waited = self._db.execute(
            "delete from document_due where message = ? and position = ?", (message, position)
        ).rowcount
        if not waited:
            # Its letter was removed meanwhile.
            return
        self._db.execute(
            "insert into document_text (message, position, kind, is_readable, has_abnormal, text)"
            " values (?, ?, ?, ?, ?, ?)",
            (
                message,
                position,
                int(text.kind),
                int(text.is_readable),
                int(text.has_abnormal),
                text.text,
            ),
        )
        self._index_again_when_read(message)

    def _give_up_missing(self) -> None:
        """Documents that will never come are as good as unreadable."""
        gone = self._db.execute(
            "select d.message, d.position from message m join document_due d on d.message = m.id"
            " join attachment a on a.message = d.message and a.position = d.position"
            " where a.is_available = 0 and m.problem = ? limit 100",
            (int(Problem.ATTACHMENT_MISSING),),
        ).fetchall()
        for message, position in gone:
            self._db.execute(
                "delete from document_due where message = ? and position = ?", (message, position)
            )
            self._db.execute(
                "insert into document_text (message, position, kind, is_readable, has_abnormal, text)"
                " values (?, ?, ?, 0, 0, '')",
                (message, position, int(DocumentKind.UNKNOWN)),
            )

    def _index_again_when_read(self, message: int) -> None:
        """Once for all documents of a letter that are here."""
        self._db.execute(
            "insert or ignore into letter_due (message, at) select id, at from message where id = ?"
            " and not exists (select 1 from document_due d join attachment a on a.message = d.message"
            " and a.position = d.position where d.message = message.id and a.is_available = 1)",
            (message,),
        )

    def _forget(self, message: int) -> int | None:
        row = self._db.execute("select doc from indexed where message = ?", (message,)).fetchone()
        if row is None:
            return None
        self._db.execute(
            f"insert into letter_index (letter_index, {_COLUMNS}) select 'delete', {_ENTRY}",
            (message,),
        )
        self._db.execute("delete from indexed where message = ?", (message,))
        return int(row[0])

    def _free_place(self, at: int, message: int) -> int:
        """The second of a moment, or a free one soon after it: imported letters may share one by the thousand."""
        second = second_of(at)
        close = range(second, second + _CLOSE)
        taken = {
            place
            for (place,) in self._db.execute(
                "select doc from indexed where doc between ? and ?", (close[0], close[-1])
            )
        }
        if len(taken) < _CLOSE:
            return next(place for place in close if place not in taken)
        reach, tries = _CLOSE, 0
        while True:
            reach, tries = min(2 * reach, _FARTHEST), tries + 1
            # Letters that come in one after the other have consecutive numbers, and so places of their own
            # within a reach as wide as they are many.
            place = second + (message + tries) * _SPREAD % reach
            if not self._db.execute("select 1 from indexed where doc = ?", (place,)).fetchone():
                return place

    def _people(self, accounts: list[bytes]) -> str:
        known = self._contacts(set(accounts))
        owners = {row[0] for row in self._db.execute("select account from owner")}
        others = [account for account in accounts if account not in owners]
        # What somebody is shown by is what finds them; a name that comes later has the letter indexed anew.
        names = [known.get(account) or short_address(AccountId(account)) for account in others]
        marks = [_PERSON + account.hex() for account in others]
        return f" {_GAP} ".join([*map(self.words, names), *marks])

    def _imported_people(self, message: int) -> str | None:
        """Names and addresses at the head of a letter of another mail program; None for any other letter."""
        row = self._db.execute(
            "select sender, recipients from imported where message = ?", (message,)
        ).fetchone()
        return None if row is None else f" {_GAP} ".join(map(self.words, row))

    def _patient(self, message: int) -> str:
        """Whom a letter is filed under, and whom its sender says it is about."""
        patient, family_name, given_name, birth_date, details = self._db.execute(
            "select p.patient, p.family_name, p.given_name, p.birth_date, m.details from message m"
            " join conversation c on c.id = m.conversation left join patient p on p.id = c.patient"
            " where m.id = ?",
            (message,),
        ).fetchone()
        parts = []
        if patient is not None:
            parts += [
                _PATIENT + patient.hex(),
                self.words(f"{family_name} {given_name} {birth_date}"),
            ]
        named = _named(details)
        if named is not None:
            parts.append(self.words(f"{named.family_name} {named.given_name} {named.birth_date}"))
        return f" {_GAP} ".join(parts)

    def _documents(self, message: int) -> str:
        names = [
            name
            for (name,) in self._db.execute(
                "select name from attachment where message = ? order by position", (message,)
            )
        ]
        kinds = [
            f"{_KIND}{kind}"
            for (kind,) in self._db.execute(
                "select distinct kind from document_text where message = ? order by kind",
                (message,),
            )
        ]
        return f" {_GAP} ".join([_HAS_DOCUMENTS, *kinds, *map(self.words, names)])

    # --- keeping it whole --------------------------------------------------------------------

    def is_usable(self) -> bool:
        """Whether the index is there, and made by the rules of this program."""
        try:
            self._db.execute("select 1 from letter_index where letter_index match 'a'").fetchone()
            row = self._db.execute("select normalisation from index_state").fetchone()
        except dbapi2.DatabaseError:
            return False
        return row is not None and row[0] == NORMALISATION

    def adopt_rules(self) -> bool:
        """Begin an empty store's index by the rules of this program; false if the store is not empty."""
        return bool(
            self._db.execute(
                "update index_state set normalisation = ? where not exists (select 1 from message)",
                (NORMALISATION,),
            ).rowcount
        )

    def is_damaged(self) -> bool:
        """Whether the index is inconsistent: its own check, which reads all of it."""
        try:
            self._db.execute("insert into letter_index (letter_index) values ('integrity-check')")
        except dbapi2.DatabaseError:
            return True
        return False

    def begin_anew(self) -> None:
        """Let go of the index and have it made again, newest letters first. What documents say is kept."""
        self._db.execute("drop table if exists letter_index")
        self._db.execute(_TABLE)
        self._db.execute(
            "insert into letter_index (letter_index, rank) values ('secure-delete', 1)"
        )
        self._db.execute("delete from indexed")
        self._db.execute("update document_text set is_indexed = 0")
        self._db.execute(
            "insert or ignore into letter_due (message, at) select id, at from message"
        )
        self._db.execute(
            "update index_state set is_rebuilding = 1, normalisation = ?", (NORMALISATION,)
        )

    # --- reading -----------------------------------------------------------------------------

    def find(
        self, query: Query, *, before: MessageId | None, limit: int
    ) -> tuple[FoundLetter, ...] | None:
        first, last = 0, _LAST
        if query.since is not None:
            first = second_of(query.since)
        if query.until is not None:
            # One that had to stand aside may stand a little later than it was.
            last = second_of(query.until) + _FARTHEST
        if before is not None:
            edge = self._db.execute(
                "select doc from indexed where message = (select id from message where message = ?)",
                (before,),
            ).fetchone()
            if edge is None:
                return None
            last = min(last, edge[0] - 1)
        moments = "m.at between ? and ? and m.removed_at is null"
        span = (query.since or 0, _LAST if query.until is None else query.until)
        expression = _expression(query)
        if expression:
            rows = self._db.execute(
                f"{_FOUND} from letter_index f cross join indexed i on i.doc = f.rowid {_LETTERS}"
                " where letter_index match ? and f.rowid between ? and ?"
                f" and {moments} order by f.rowid desc limit ?",
                (expression, first, last, *span, limit),
            ).fetchall()
        else:
            rows = self._db.execute(
                f"{_FOUND} from indexed i {_LETTERS} where i.doc between ? and ?"
                f" and {moments} order by i.doc desc limit ?",
                (first, last, *span, limit),
            ).fetchall()
        return self._letters(rows)

    def with_matching_documents(
        self, query: Query, letters: Sequence[FoundLetter]
    ) -> Collection[int]:
        numbers = [letter.number for letter in letters if letter.documents]
        if not numbers or not query.wanted:
            return ()
        anything = " OR ".join(
            _alternative(each) for wanted in query.wanted for each in wanted.alternatives
        )
        rows = self._db.execute(
            "select rowid from letter_index where letter_index match ? and rowid between ? and ?",
            (f"documents : ({anything})", min(numbers), max(numbers)),
        )
        return {row[0] for row in rows} & set(numbers)

    def document_texts(self, letter: FoundLetter) -> Mapping[int, str]:
        return dict(
            self._db.execute(
                "select position, text from document_text where is_indexed = 1 and message ="
                " (select message from indexed where doc = ?) order by position",
                (letter.number,),
            )
        )

    def coverage(self) -> Coverage:
        letters, unreadable, is_rebuilding = self._db.execute(
            "select letters, unreadable, is_rebuilding from index_state"
        ).fetchone()
        waiting, newest = self._db.execute(
            "select (select count(*) from letter_due) + (select count(*) from document_due),"
            " max(coalesce((select max(at) from letter_due), -1),"
            " coalesce((select max(at) from document_due), -1))"
        ).fetchone()
        row = self._db.execute(
            "select m.at from indexed i join message m on m.id = i.message"
            " where i.doc >= ? and m.at > ? order by i.doc limit 1",
            (second_of(newest), newest),
        ).fetchone()
        return Coverage(
            letters=letters,
            waiting=waiting,
            unreadable=unreadable,
            complete_since=None if row is None else UnixMillis(row[0]),
            is_rebuilding=bool(is_rebuilding),
        )

    def unread(self, limit: int) -> tuple[UnreadRow, ...]:
        rows = self._db.execute(
            "select m.message, t.position, a.name, m.at from document_text t"
            " join message m on m.id = t.message"
            " join attachment a on a.message = t.message and a.position = t.position"
            " where t.is_readable = 0 order by m.at desc, m.id desc, t.position limit ?",
            (limit,),
        )
        return tuple(
            UnreadRow(message=MessageId(row[0]), index=row[1], name=row[2], at=UnixMillis(row[3]))
            for row in rows
        )

    # --- inside ------------------------------------------------------------------------------

    def _letters(self, rows: list[tuple[Any, ...]]) -> tuple[FoundLetter, ...]:
        imported = self._imported_names([row[1] for row in rows])
        names = self._names_of([row[1] for row in rows if row[4]])
        senders = self._contacts({row[5] for row in rows if not row[4]})
        documents = self._document_names([row[1] for row in rows if row[9]])
        return tuple(
            FoundLetter(
                number=row[0],
                message=MessageId(row[2]),
                conversation=ConversationId(row[3]),
                direction=Direction.SENT if row[4] else Direction.RECEIVED,
                people=imported.get(row[1])
                or (
                    tuple(names[row[1]])
                    if row[4]
                    else (person_name(AccountId(row[5]), senders.get(row[5], "")),)
                ),
                subject=row[6],
                text=row[7],
                at=UnixMillis(row[8]),
                patient=_tag(row[10:]),
                documents=tuple(documents[row[1]]) if row[9] else (),
            )
            for row in rows
        )

    def _names_of(self, messages: list[int]) -> Mapping[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for message, account, name in self._db.execute(
            "select r.message, r.account, coalesce(k.name, '') as called from recipient r"
            " left join contact k on k.account = r.account"
            f" where r.message in ({', '.join('?' * len(messages))})"
            " order by r.message, called = '', r.position",
            messages,
        ):
            found[message].append(person_name(AccountId(account), name))
        return found

    def _imported_names(self, messages: list[int]) -> Mapping[int, tuple[str, ...]]:
        """Who wrote letters of other mail programs, as they say; of sent ones, whom they went to."""
        found: dict[int, tuple[str, ...]] = {}
        for message, is_sent, name, recipients in self._db.execute(
            "select m.id, m.is_sent, i.name, i.recipients from imported i join message m"
            f" on m.id = i.message where m.id in ({', '.join('?' * len(messages))})",
            messages,
        ):
            found[message] = (_cut(recipients if is_sent else name),)
        return found

    def _contacts(self, accounts: set[bytes]) -> Mapping[bytes, str]:
        return dict(
            self._db.execute(
                "select account, name from contact"
                f" where account in ({', '.join('?' * len(accounts))})",
                list(accounts),
            )
        )

    def _document_names(self, messages: list[int]) -> Mapping[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for message, name in self._db.execute(
            "select message, name from attachment"
            f" where message in ({', '.join('?' * len(messages))}) order by message, position",
            messages,
        ):
            found[message].append(name)
        return found


def _cut(name: str) -> str:
    return name.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def _named(details: bytes | None) -> PatientIdentity | None:
    return None if details is None else decode(LetterDetails, details).patient


def _tag(columns: tuple[Any, ...]) -> PatientTag | None:
    patient, family_name, given_name, birth_date, details = columns
    if patient is not None:
        return PatientTag(
            patient=PatientId(patient),
            family_name=family_name,
            given_name=given_name,
            birth_date=birth_date,
        )
    named = _named(details)
    if named is None:
        return None
    return PatientTag(
        patient=None,
        family_name=named.family_name,
        given_name=named.given_name,
        birth_date=named.birth_date,
    )


def second_of(at: int) -> int:
    """Where a moment stands in the index."""
    return max(0, min(at // 1000, _LATEST_SECOND))


def _expression(query: Query) -> str:
    """Return what FTS5 is asked; empty when everything matches."""
    parts = [
        "(" + " OR ".join(_alternative(each) for each in wanted.alternatives) + ")"
        for wanted in query.wanted
    ]
    marks = []
    if query.person is not None:
        marks.append(_PERSON + query.person.hex())
    if query.patient is not None:
        marks.append(_PATIENT + query.patient.hex())
    if query.kind is not None:
        marks.append(f"{_KIND}{int(query.kind)}")
    elif query.has_documents:
        marks.append(_HAS_DOCUMENTS)
    parts.extend(f'"{mark}"' for mark in marks)
    return " AND ".join(parts)


def _alternative(alternative: Alternative) -> str:
    # A quotation mark within a string is doubled; no word has one, and yet this is where it matters.
    quoted = " ".join(alternative.words).replace('"', '""')
    return f'"{quoted}"' + (" *" if alternative.is_beginning else "")
