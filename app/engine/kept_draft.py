# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings over the one letter that earlier programs kept unsent: it becomes a draft like any other.

What was written is a draft in one transaction. Its documents were only named, not copied; those that can still be
read are encrypted into it afterwards, and who opens it sees which came along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from app.engine import attaching
from app.engine.ports.files import FileError
from app.engine.ports.vault import Setting, VaultError
from app.interface.failures import CommandError
from app.interface.snapshots import MAX_DRAFT_BYTES, DraftRecipient, NameText
from app.interface.writing import AttachFile, DraftContent, DraftId
from crypto_core.errors import WireError
from crypto_core.wire.codec import Size, decode
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, MessageId
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_SLOTS

if TYPE_CHECKING:
    from app.engine.ports.vault import Store
    from app.engine.session import Session

_Text = Annotated[str, Size.up_to(MAX_DRAFT_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipient:
    account: AccountId
    name: NameText
    profession: NameText


_Recipients = Annotated[tuple[_Recipient, ...], Size.up_to(MAX_SLOTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    path: Annotated[str, Size(1, 4096)]
    name: Annotated[str, Size(1, 512)]
    media_type: Annotated[str, Size(1, 128)]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLetter:
    """How earlier programs kept it; this form never changes."""

    to: _Recipients
    subject: _Text
    text: _Text
    files: Annotated[tuple[_File, ...], Size.up_to(10 * MAX_ATTACHMENTS)]
    is_urgent: bool
    in_reply_to: MessageId | None
    given_subject: _Text
    given_to: _Recipients
    is_doubtful: bool


async def adopt(session: Session) -> tuple[AttachFile, ...]:
    """Make a draft of it, if there is one; return what is still to be attached to that."""
    draft = DraftId(session.random(16))

    def bring_over(store: Store) -> tuple[AttachFile, ...]:
        encoded = store.identity.setting(Setting.DRAFT)
        if encoded is None:
            return ()
        try:
            kept = decode(KeptLetter, encoded)
        except WireError:
            # Nobody can read it, and nobody need throw it away either.
            return ()
        content = DraftContent(
            to=tuple(
                DraftRecipient(account=each.account, name=each.name, profession=each.profession)
                for each in kept.to
            ),
            subject=kept.subject,
            text=kept.text,
            urgency=Urgency.URGENT if kept.is_urgent else Urgency.NORMAL,
            in_reply_to=kept.in_reply_to,
        )
        store.drafts.put(draft, content, session.now())
        store.identity.put_setting(Setting.DRAFT, None)
        return tuple(AttachFile(draft=draft, path=each.path) for each in kept.files)

    return await session.vault.run(bring_over)


async def attach(session: Session, files: tuple[AttachFile, ...]) -> None:
    """Encrypt into the draft what can still be read."""
    for command in files:
        try:
            await attaching.attach_file(session, command, request=0)
        except (CommandError, FileError, VaultError):
            # It was moved or deleted since, or the disk is full; the others are attached all the same.
            continue
