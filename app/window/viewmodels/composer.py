# SPDX-License-Identifier: AGPL-3.0-or-later
"""The letter being written: recipients, subject, text, documents; then sending it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.commands import InspectFile, KeepDraft, SendLetter, ShowDraft
from app.interface.failures import Failure
from app.interface.snapshots import DraftRecipient, FileRow, KeptDraft
from app.window.viewmodels.session import LockReason
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, MessageId
from crypto_core.wire.limits import (
    MAX_ATTACHMENTS,
    MAX_SLOTS,
    MAX_SUBJECT_BYTES,
    MAX_TEXT_BYTES,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.interface.snapshots import Draft as KeptAnswer
    from app.interface.snapshots import Queued
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Someone a letter is addressed to, as the composer shows them."""

    account: AccountId
    name: str
    profession: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was written so far; kept in memory, and in the vault while it is locked."""

    to: tuple[Addressee, ...] = ()
    subject: str = ""
    text: str = field(default="", repr=False)
    files: tuple[FileRow, ...] = ()
    is_urgent: bool = False
    in_reply_to: MessageId | None = None
    given_subject: str = ""
    """The subject that a reply began with, which alone is not worth keeping."""
    given_to: tuple[Addressee, ...] = ()

    @property
    def is_worth_keeping(self) -> bool:
        """Whether the person has put anything into it."""
        return bool(
            self.text.strip()
            or self.files
            or self.subject.strip() not in {"", self.given_subject}
            or self.to not in {(), self.given_to}
        )


class Missing(Enum):
    """What a letter lacks, or has too much of, before it can be sent."""

    RECIPIENT = auto()
    CONTENT = auto()
    TOO_LONG = auto()
    SUBJECT_TOO_LONG = auto()
    TOO_MANY_FILES = auto()
    TOO_MANY_RECIPIENTS = auto()
    NOTHING = auto()


def _kept(addressee: Addressee) -> DraftRecipient:
    return DraftRecipient(
        account=addressee.account, name=addressee.name, profession=addressee.profession
    )


def _addressee(kept: DraftRecipient) -> Addressee:
    return Addressee(account=kept.account, name=kept.name, profession=kept.profession)


class Composer(QObject):
    """One letter at a time.

    Signals:
        begun(): another draft is there; a view shows it afresh.
        recipients_changed(): recipients were added or removed.
        files_changed(): documents were added or removed.
        file_failed(str, Failure, str): a chosen file, by its path, cannot be sent.
        is_sending_changed(bool): the letter is being stored.
        progress(int, int): bytes of documents stored, and in all.
        sent(Queued): it is stored for good, and the draft is empty again.
        failed(Failure, str): it is not, and the draft is untouched.
        restored(): the letter that was being written before the mailbox was locked is back.
    """

    begun = Signal()
    recipients_changed = Signal()
    files_changed = Signal()
    file_failed = Signal(str, object, str)
    is_sending_changed = Signal(bool)
    progress = Signal(object, object)
    sent = Signal(object)
    failed = Signal(object, str)
    restored = Signal()

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self.draft = Draft()
        self.is_open = False
        self.is_sending = False
        self.is_doubtful = False
        """The engine ended while it stored this letter: it may have been sent."""
        self._generation = 0
        self._is_kept = False
        """The vault holds this letter as it once was."""
        self._leaving: tuple[Draft, bool] | None = None
        """What a lock took off the screen, until the vault is known to have it."""
        session.closed.connect(self._session_closed)
        session.opened.connect(self._ask_for_kept)

    def begin(self, draft: Draft | None = None) -> None:
        """Start a letter; whatever was there is gone."""
        self._generation += 1
        self.is_open = True
        self.is_doubtful = False
        self.draft = draft or Draft()
        self.begun.emit()

    def discard(self) -> None:
        """Throw the letter away."""
        self._clear()
        if self._is_kept:
            self._is_kept = False
            self._bridge.request(self, KeepDraft(draft=None), lambda _: None, lambda *_: None)

    def to_keep(self) -> KeepDraft | None:
        """Return the command that keeps the letter in the vault, None when there is nothing to keep."""
        if not self.draft.is_worth_keeping:
            return None
        draft = self.draft
        return KeepDraft(
            draft=KeptDraft(
                to=tuple(_kept(each) for each in draft.to),
                subject=draft.subject,
                text=draft.text,
                files=draft.files,
                is_urgent=draft.is_urgent,
                in_reply_to=draft.in_reply_to,
                given_subject=draft.given_subject,
                given_to=tuple(_kept(each) for each in draft.given_to),
                # A letter that was on its way may have been stored before the end.
                is_doubtful=self.is_doubtful or self.is_sending,
            )
        )

    def keep(self, on_kept: Callable[[], None], on_failure: Callable[[], None]) -> None:
        """Keep the letter in the vault without leaving it; for the end of the program."""
        command = self.to_keep() or KeepDraft(draft=None)
        self._bridge.request(self, command, lambda _: on_kept(), lambda *_: on_failure())

    def take_back(self) -> None:
        """The vault could not keep the letter: have it in memory, unseen, until the same vault opens."""
        if self._leaving is not None and not self.draft.is_worth_keeping:
            self.draft, self.is_doubtful = self._leaving
            self.is_open = True
        self._leaving = None

    def write(
        self,
        *,
        subject: str | None = None,
        text: str | None = None,
        is_urgent: bool | None = None,
    ) -> None:
        """Take over what was typed."""
        self.draft = replace(
            self.draft,
            subject=self.draft.subject if subject is None else subject,
            text=self.draft.text if text is None else text,
            is_urgent=self.draft.is_urgent if is_urgent is None else is_urgent,
        )

    def add_recipient(self, addressee: Addressee) -> None:
        """Address the letter to one more person."""
        if addressee.account not in {each.account for each in self.draft.to}:
            self.draft = replace(self.draft, to=(*self.draft.to, addressee))
            self.recipients_changed.emit()

    def remove_recipient(self, account: AccountId) -> None:
        """Address the letter to one person less."""
        kept = tuple(each for each in self.draft.to if each.account != account)
        if kept != self.draft.to:
            self.draft = replace(self.draft, to=kept)
            self.recipients_changed.emit()

    def add_files(self, paths: Iterable[str]) -> None:
        """Look at chosen files; each appears, or `file_failed` says why not."""
        generation = self._generation
        for path in paths:

            def on_reply(row: FileRow) -> None:
                present = {each.path for each in self.draft.files}
                if generation == self._generation and row.path not in present:
                    self.draft = replace(self.draft, files=(*self.draft.files, row))
                    self.files_changed.emit()

            def on_failure(failure: Failure, detail: str, path: str = path) -> None:
                if generation == self._generation:
                    self.file_failed.emit(path, failure, detail)

            self._bridge.request(self, InspectFile(path=path), on_reply, on_failure)

    def remove_file(self, path: str) -> None:
        """Leave a document out."""
        self.draft = replace(
            self.draft, files=tuple(row for row in self.draft.files if row.path != path)
        )
        self.files_changed.emit()

    def missing(self) -> Missing:
        """Return the first thing that keeps the letter from being sent."""
        draft = self.draft
        checks = (
            (not draft.to, Missing.RECIPIENT),
            (len(draft.to) > MAX_SLOTS, Missing.TOO_MANY_RECIPIENTS),
            (not (draft.subject.strip() or draft.text.strip() or draft.files), Missing.CONTENT),
            (len(draft.subject.encode()) > MAX_SUBJECT_BYTES, Missing.SUBJECT_TOO_LONG),
            (len(draft.text.encode()) > MAX_TEXT_BYTES, Missing.TOO_LONG),
            (len(draft.files) > MAX_ATTACHMENTS, Missing.TOO_MANY_FILES),
        )
        return next((found for is_so, found in checks if is_so), Missing.NOTHING)

    def send(self, *, accepts_unverified: bool = False) -> None:
        """Store the letter and have it sent; nothing happens while something is missing.

        With `accepts_unverified` the person has chosen to write to people of whom nobody has said who they are.
        """
        if self.is_sending or self.missing() is not Missing.NOTHING:
            return
        draft, generation = self.draft, self._generation
        self._set_sending(is_sending=True)
        command = SendLetter(
            to=tuple(each.account for each in draft.to),
            subject=draft.subject.strip(),
            text=draft.text,
            attachments=tuple(row.path for row in draft.files),
            urgency=Urgency.URGENT if draft.is_urgent else Urgency.NORMAL,
            in_reply_to=draft.in_reply_to,
            accepts_unverified=accepts_unverified,
        )

        def on_reply(queued: Queued) -> None:
            self._set_sending(is_sending=False)
            if generation != self._generation:
                return
            self.discard()
            self.sent.emit(queued)

        def on_failure(failure: Failure, detail: str) -> None:
            self._set_sending(is_sending=False)
            if generation != self._generation:
                # Locked meanwhile: what was kept says that it may have been sent.
                return
            if failure is Failure.ENGINE_GONE:
                self.is_doubtful = True
            else:
                self.failed.emit(failure, detail)

        self._bridge.request(self, command, on_reply, on_failure, self._tell_progress)

    def _tell_progress(self, done: int, total: int) -> None:
        self.progress.emit(done, total)

    def _session_closed(self, _was_asked: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        # When the engine ended by itself, the unsent letter is the one thing nobody else keeps: it
        # stays in memory, unseen, until the same mailbox is unlocked again.
        if self._session.reason is LockReason.ENGINE_ENDED:
            return
        if self.draft.is_worth_keeping:
            self._leaving = (self.draft, self.is_doubtful or self.is_sending)
        self._is_kept = False
        self._clear()

    def _clear(self) -> None:
        self._generation += 1
        self.is_open = False
        self.is_doubtful = False
        self.draft = Draft()
        self.begun.emit()

    def _ask_for_kept(self) -> None:
        self._leaving = None
        if self.draft.is_worth_keeping:
            # It was in memory only, and views show nothing of what they cannot see change.
            self.begun.emit()
        else:
            self._bridge.request(self, ShowDraft(), self._restore, lambda *_: None)

    def _restore(self, answer: KeptAnswer) -> None:
        kept = answer.draft
        if kept is None or self.draft.is_worth_keeping or not self._session.is_open:
            return
        self.begin(
            Draft(
                to=tuple(_addressee(each) for each in kept.to),
                subject=kept.subject,
                text=kept.text,
                files=kept.files,
                is_urgent=kept.is_urgent,
                in_reply_to=kept.in_reply_to,
                given_subject=kept.given_subject,
                given_to=tuple(_addressee(each) for each in kept.given_to),
            )
        )
        self.is_doubtful = kept.is_doubtful
        self._is_kept = True
        self.restored.emit()

    def _set_sending(self, *, is_sending: bool) -> None:
        if is_sending is not self.is_sending:
            self.is_sending = is_sending
            self.is_sending_changed.emit(is_sending)
