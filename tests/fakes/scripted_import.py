# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a scripted engine takes letters over from another mail program: a report that a test may choose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.interface.importing import CancelImport, ImportMail, ImportReport
from app.interface.snapshots import Direction, Done, ImportedHead
from crypto_core.wire.ids import AccountId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.interface.snapshots import MessageView
    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler, Report


class ScriptedImport:
    """What comes of an import."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.taken: list[ImportMail] = []
        self.is_cancelled = False
        self.report = ImportReport(
            letters=3,
            known=0,
            documents=1,
            failed=0,
            other_files=0,
            troubles=(),
            is_cancelled=False,
        )

    def handlers(self) -> Mapping[type, Handler]:
        """Return what answers which command."""
        return {ImportMail: self._take, CancelImport: lambda _command, _progress: self._cancel()}

    def _take(self, command: ImportMail, progress: Report) -> ImportReport:
        self.taken.append(command)
        progress(1_000_000, 1_000_000)
        return replace(self.report, is_cancelled=self.is_cancelled)

    def _cancel(self) -> Done:
        self.is_cancelled = True
        return Done()


def imported_letter(practice: Practice, subject: str, text: str) -> MessageView:
    """Let a letter of another mail program be in the archive."""
    view = practice.record_sent([], subject, text)
    practice.change(
        view,
        direction=Direction.RECEIVED,
        sender=AccountId(bytes(20)),
        sender_name="Dr Léa Petit",
        sender_profession="",
        received_at=None,
        recipients=(),
        imported=ImportedHead(
            sender="Dr Léa Petit <lea.petit@labo.example>",
            recipients="Anne Morel <anne.morel@cabinet.example>",
            date="Tue, 5 Mar 2024 09:01:00 +0100",
            is_dated=True,
            is_encrypted=False,
            is_cut=False,
        ),
    )
    practice.records.filing(view.conversation).is_archived = True
    return practice.find(view.message)
