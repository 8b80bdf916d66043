# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a new letter begins with, whoever asks for it: an answer, a letter passed on, a letter to somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.interface.snapshots import AttachmentRow, Direction, DraftRecipient, PatientTag
from crypto_core.wire.content import Mark
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import MessageId

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.snapshots import MessageView
    from crypto_core.wire.ids import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDocument:
    """A document of a letter, by its place in it."""

    message: MessageId
    index: int
    row: AttachmentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is in the letter before its writer has put anything into it."""

    to: tuple[DraftRecipient, ...] = ()
    subject: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    marks: tuple[Mark, ...] = ()
    patient: PatientTag | None = None
    urgency: Urgency = Urgency.NORMAL
    is_answer_wanted: bool = False
    in_reply_to: MessageId | None = None
    documents: tuple[LetterDocument, ...] = ()
    """Of a letter that is passed on."""


def people_of(letter: MessageView, own: AccountId | None) -> tuple[DraftRecipient, ...]:
    """Return everybody a letter is from or to, without the owner; whoever wrote it comes first."""
    everyone = {
        row.account: DraftRecipient(account=row.account, name=row.name, profession=row.profession)
        for row in letter.recipients
    }
    if letter.direction is Direction.RECEIVED:
        everyone = {letter.sender: _sender(letter), **everyone}
    return tuple(each for account, each in everyone.items() if account != own)


def answer(
    letter: MessageView,
    own: AccountId | None,
    *,
    to_all: bool,
    subject: Callable[[str], str],
    patient: PatientTag | None,
) -> Beginning:
    """Return the answer to a letter, to its sender or to everybody; to one's own letter, another one."""
    is_received = letter.direction is Direction.RECEIVED
    to = people_of(letter, own) if to_all or not is_received else (_sender(letter),)
    return Beginning(
        to=to, subject=subject(letter.subject), in_reply_to=letter.message, patient=patient
    )


def passed_on(
    letter: MessageView, *, subject: Callable[[str], str], head: str, patient: PatientTag | None
) -> Beginning:
    """Return a letter with the text and the documents of another one, below a line that says whose it is."""
    return Beginning(
        subject=subject(letter.subject),
        text=f"\n\n{head}\n{letter.text}" if letter.text else "",
        patient=patient,
        documents=tuple(
            LetterDocument(message=letter.message, index=index, row=row)
            for index, row in enumerate(letter.attachments)
        ),
    )


def _sender(letter: MessageView) -> DraftRecipient:
    return DraftRecipient(
        account=letter.sender, name=letter.sender_name, profession=letter.sender_profession
    )
