# SPDX-License-Identifier: AGPL-3.0-or-later
"""Carries out a search: one reading of the store gives a page of letters, what matches in them, and what was covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine.journal.noting import note
from app.engine.ports.search import Query
from app.engine.search.highlights import Highlighter, Snippet, highlights, snippet
from app.engine.search.queries import parse
from app.interface.failures import CommandError, Failure
from app.interface.searching import (
    Found,
    Hit,
    ListUnread,
    Search,
    SearchPage,
    Unread,
)
from crypto_core.wire.journal import Action

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.engine.handlers import Handlers
    from app.engine.ports.search import FoundLetter
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.abks.french import Normaliser

_LETTER_CHARACTERS: Final = 20_000
"""How much of a letter is looked through for its snippet."""
_PIECE: Final = 8_000
_DOCUMENT_CHARACTERS: Final = 200_000
"""How much of documents is looked through for the snippets of one page: a page comes at once."""


async def search(session: Session, command: Search) -> SearchPage:
    """Return a page of letters. Raises CommandError."""
    page = await session.vault.read(lambda store: look_for(store, command, session.normaliser))
    if command.before is None and command.query.strip():
        # What was searched for is said nowhere, the further pages of one search are the same act.
        await session.vault.run(
            lambda store: note(store, session, Action.SEARCHED, number=len(page.hits))
        )
    return page


def look_for(store: Store, command: Search, normaliser: Normaliser) -> SearchPage:
    """Answer a search inside a reading. Raises CommandError."""
    wanted = parse(command.query, normaliser)
    coverage = store.search.coverage()
    if command.query.strip() and not wanted:
        # Nothing in it is a word, so no letter has it.
        return SearchPage(hits=(), more=False, coverage=coverage)
    query = Query(
        wanted=wanted,
        person=command.person,
        patient=command.patient,
        since=command.since,
        until=command.until,
        has_documents=command.has_documents,
        kind=command.kind,
    )
    found = store.search.find(query, before=command.before, limit=command.limit + 1)
    if found is None:
        raise CommandError(Failure.UNKNOWN_MESSAGE)
    hits = _Hits(store, query, normaliser).of(found[: command.limit])
    return SearchPage(hits=hits, more=len(found) > command.limit, coverage=coverage)


async def list_unread(session: Session, command: ListUnread) -> Unread:
    """Return the documents that search does not cover."""
    rows = await session.vault.read(lambda store: store.search.unread(command.limit + 1))
    return Unread(rows=rows[: command.limit], more=len(rows) > command.limit)


class _Hits:
    """Says of each letter of a page where it matches."""

    def __init__(self, store: Store, query: Query, normaliser: Normaliser) -> None:
        self._store = store
        self._query = query
        self._highlighter = Highlighter(query.wanted, normaliser)
        self._left = _DOCUMENT_CHARACTERS

    def of(self, letters: Sequence[FoundLetter]) -> tuple[Hit, ...]:
        in_documents = self._store.search.with_matching_documents(self._query, letters)
        return tuple(
            self._hit(letter, matches_in_documents=letter.number in in_documents)
            for letter in letters
        )

    def _hit(self, letter: FoundLetter, *, matches_in_documents: bool) -> Hit:
        look = self._highlighter.matches
        in_subject = look(letter.subject)
        text = letter.text[:_LETTER_CHARACTERS]
        in_text = look(text)
        found = []
        if in_subject:
            found.append(Found.SUBJECT)
        if in_text:
            found.append(Found.TEXT)
        if any(look(name) for name in letter.people):
            found.append(Found.PEOPLE)
        tag = letter.patient
        if tag is not None and look(f"{tag.family_name} {tag.given_name} {tag.birth_date}"):
            found.append(Found.PATIENT)
        shown = snippet(text, in_text)
        document, name = None, ""
        if matches_in_documents:
            found.append(Found.DOCUMENT)
            seen = {match[2] for match in in_text}
            best = self._best_document(letter, better_than=len(seen))
            if best is not None:
                document, shown = best
                name = letter.documents[document]
        return Hit(
            message=letter.message,
            conversation=letter.conversation,
            direction=letter.direction,
            people=letter.people,
            subject=letter.subject,
            subject_highlights=highlights(in_subject),
            snippet=shown.text,
            snippet_highlights=shown.highlights,
            at=letter.at,
            patient=letter.patient,
            documents=len(letter.documents),
            found=tuple(found),
            document=document,
            document_name=name,
        )

    def _best_document(
        self, letter: FoundLetter, *, better_than: int
    ) -> tuple[int, Snippet] | None:
        """The document with more of what is wanted than the letter's own text, and the piece that has it."""
        texts: Mapping[int, str] = self._store.search.document_texts(letter)
        best: tuple[int, Snippet] | None = None
        most = better_than
        for position, name in enumerate(letter.documents):
            in_name = {match[2] for match in self._highlighter.matches(name)}
            text = texts.get(position, "")
            if len(in_name) > most:
                most = len(in_name)
                best = position, snippet(text[:_PIECE], ())
            for start in range(0, len(text), _PIECE):
                if self._left <= 0:
                    return best
                # What stands across a cut is in the next piece as a whole.
                piece = text[max(0, start - 200) : start + _PIECE]
                self._left -= len(piece)
                matches = self._highlighter.matches(piece)
                number = len({match[2] for match in matches} | in_name)
                if matches and number > most:
                    most = number
                    best = position, snippet(piece, matches)
                if most == len(self._query.wanted):
                    return best
        return best


HANDLERS: Final[Handlers] = {
    Search: lambda session, command, _: search(session, command),
    ListUnread: lambda session, command, _: list_unread(session, command),
}
