# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a scripted engine searches: by the words of its letters, with the marks that the real one sets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.engine.search.highlights import Highlighter, highlights, snippet
from app.engine.search.queries import parse
from app.interface.searching import (
    Coverage,
    Found,
    Hit,
    ListUnread,
    Search,
    SearchPage,
    Unread,
    UnreadRow,
)
from app.interface.snapshots import Direction
from crypto_core.abks.french import Normaliser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.interface.snapshots import MessageView
    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler


class ScriptedIndex:
    """The search of a practice; a test may say what it covers, and what it does not."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.coverage: Coverage | None = None
        self.unread: tuple[UnreadRow, ...] = ()

    def handlers(self) -> Mapping[type, Handler]:
        """Return what answers which command."""
        return {
            Search: lambda command, _progress: self._search(command),
            ListUnread: lambda _command, _progress: Unread(rows=self.unread, more=False),
        }

    def _search(self, command: Search) -> SearchPage:
        page = search(self._practice, command)
        return page if self.coverage is None else replace(page, coverage=self.coverage)


def search(practice: Practice, command: Search) -> SearchPage:
    """Return the letters that have every word, newest first. Documents are not read."""
    letters = sorted(
        (view for views in practice.conversations.values() for view in views),
        key=lambda view: view.sent_at,
        reverse=True,
    )
    normaliser = Normaliser()
    wanted = parse(command.query, normaliser)
    highlighter = Highlighter(wanted, normaliser)
    hits = [
        hit
        for view in letters
        if _passes(view, command) and (hit := _hit(view, highlighter, len(wanted))) is not None
    ]
    if command.query.strip() and not wanted:
        hits = []
    start = 0
    if command.before is not None:
        start = [hit.message for hit in hits].index(command.before) + 1
    end = start + command.limit
    return SearchPage(
        hits=tuple(hits[start:end]),
        more=len(hits) > end,
        coverage=Coverage(
            letters=len(letters),
            waiting=0,
            unreadable=0,
            complete_since=letters[-1].sent_at if letters else None,
        ),
    )


def _passes(view: MessageView, command: Search) -> bool:
    accounts = {view.sender, *(each.account for each in view.recipients)}
    patient = None if view.patient is None else view.patient.patient
    return (
        (command.person is None or command.person in accounts)
        and (command.patient is None or command.patient == patient)
        and (command.since is None or view.sent_at >= command.since)
        and (command.until is None or view.sent_at <= command.until)
        and (bool(view.attachments) or not (command.has_documents or command.kind))
    )


def _hit(view: MessageView, highlighter: Highlighter, wanted: int) -> Hit | None:
    is_sent = view.direction is Direction.SENT
    people = tuple(each.name for each in view.recipients) if is_sent else (view.sender_name,)
    patient = "" if view.patient is None else view.patient.family_name
    names = " \n ".join(each.name for each in view.attachments)
    fields = {
        Found.SUBJECT: view.subject,
        Found.TEXT: view.text,
        Found.PEOPLE: " \n ".join(people),
        Found.PATIENT: patient,
        Found.DOCUMENT: names,
    }
    matches = {found: highlighter.matches(text) for found, text in fields.items()}
    if len({match[2] for each in matches.values() for match in each}) < wanted:
        return None
    shown = snippet(view.text, matches[Found.TEXT])
    return Hit(
        message=view.message,
        conversation=view.conversation,
        direction=view.direction,
        people=people,
        subject=view.subject,
        subject_highlights=highlights(matches[Found.SUBJECT]),
        snippet=shown.text,
        snippet_highlights=shown.highlights,
        at=view.sent_at,
        patient=view.patient,
        documents=len(view.attachments),
        found=tuple(found for found, each in matches.items() if each),
        document=None,
        document_name="",
    )
