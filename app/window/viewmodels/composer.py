# SPDX-License-Identifier: AGPL-3.0-or-later
"""The letter being written: what is in it, that it is kept, what a sender should know, and sending it."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.interface.failures import Failure
from app.interface.rights import RecordDecision, Ruling
from app.interface.writing import (
    AttachFromLetter,
    CheckRecipients,
    DetachDocument,
    Doubt,
    DraftContent,
    DraftId,
    ListDrafts,
    OpenDraft,
    ReattachDocument,
    RemoveDrafts,
    RestoreDrafts,
    SendDraft,
)
from app.window.marked_text import MarkedText, open_fields
from app.window.viewmodels.acts import Deed
from app.window.viewmodels.beginning import Beginning
from app.window.viewmodels.draft_keeper import DraftKeeper
from app.window.viewmodels.session import LockReason
from crypto_core.wire.limits import (
    MAX_ATTACHMENTS,
    MAX_SLOTS,
    MAX_SUBJECT_BYTES,
    MAX_TEXT_BYTES,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.interface.snapshots import DraftRecipient, PatientTag, Queued
    from app.interface.writing import (
        CheckedRecipient,
        DocumentId,
        DraftDocument,
        DraftPage,
        DraftView,
        SendCheck,
    )
    from app.window.bridge import Bridge
    from app.window.viewmodels.acts import Acts
    from app.window.viewmodels.draft_keeper import Attaching
    from app.window.viewmodels.session import Session
    from app.window.viewmodels.stationery import Stationery
    from crypto_core.wire.ids import AccountId, UnixMillis

SAVE_MILLISECONDS: Final = 1_000
"""How long after the last key what was typed is put into the vault."""


class Missing(Enum):
    """What a letter lacks, or has too much of, before it can be sent."""

    RECIPIENT = auto()
    CONTENT = auto()
    TOO_LONG = auto()
    SUBJECT_TOO_LONG = auto()
    TOO_MANY_FILES = auto()
    TOO_MANY_RECIPIENTS = auto()
    ATTACHING = auto()
    NOTHING = auto()


class Forgotten(Enum):
    """What a letter can be sent without, and perhaps should not."""

    LOST = auto()
    """A document was being added when the mailbox was locked, and is not here."""
    FIELDS = auto()
    """A template's fields that nobody has filled in."""
    DOCUMENT = auto()
    """The text speaks of a document, and there is none."""
    SUBJECT = auto()
    PATIENT = auto()
    """The letter may be about a patient, and names none."""
    EMPTY = auto()
    """A document holds nothing: a scanner is still at it, or it is not on this computer."""


class Composer(QObject):
    """One letter at a time is open; every other one is in the drafts.

    Signals:
        begun(): another letter is open, or none; a view shows it afresh.
        collecting(): whoever shows the letter has to `write` what was typed since it called `touch`.
        recipients_changed(): recipients were added or removed.
        patient_changed(): the letter is about somebody else, or nobody.
        documents_changed(): documents, or what is being added, are others.
        file_failed(str, Failure, str): a document, by its name, was not added.
        kept_changed(): `saved_at` or `is_unsaved` is another one.
        check_changed(): what is known of the recipients is something else.
        is_sending_changed(bool): the letter is being queued.
        sent(Queued, UnixMillis | None): it is queued for good, until when, and the composer is empty again.
        failed(Failure, str): it is not sent, or not opened; what is open is untouched.
        restored(): the letter that was being written before the mailbox was locked is back.
        drafts_changed(): what is in the vault is something else.
    """

    begun = Signal()
    collecting = Signal()
    recipients_changed = Signal()
    patient_changed = Signal()
    documents_changed = Signal()
    file_failed = Signal(str, object, str)
    kept_changed = Signal()
    check_changed = Signal()
    is_sending_changed = Signal(bool)
    sent = Signal(object, object)
    failed = Signal(object, str)
    restored = Signal()
    drafts_changed = Signal()

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        acts: Acts,
        stationery: Stationery,
        *,
        save_milliseconds: int = SAVE_MILLISECONDS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._acts = acts
        self._stationery = stationery
        self._content = DraftContent()
        self._given = DraftContent()
        self._kept = DraftContent()
        """What the vault has of this letter, or will have when it answers."""
        self.patient: PatientTag | None = None
        self.documents: tuple[DraftDocument, ...] = ()
        self.lost: tuple[str, ...] = ()
        """Names of documents that were being added when the mailbox was locked."""
        self._lost_at_lock: tuple[str, ...] = ()
        self.check: SendCheck | None = None
        self.saved_at: UnixMillis | None = None
        self.is_unsaved = False
        """The vault could not keep what was written last."""
        self.is_open = False
        self.is_sending = False
        self._is_touched = False
        self._sure_of: frozenset[AccountId] = frozenset()
        self._generation = 0
        self._keeper = self._new_keeper(None)
        self._interrupted = False
        self._interrupted_draft: DraftId | None = None
        self._leaving: DraftContent | None = None
        """What a lock took off the screen, until the vault is known to have it."""
        self._leaving_patient: PatientTag | None = None
        self._pause = QTimer(self, singleShot=True, interval=save_milliseconds)
        self._pause.timeout.connect(self.save)
        session.closed.connect(self._session_closed)
        session.opened.connect(self._come_back)
        bridge.contacts_changed.connect(self._ask_check)
        bridge.rights_changed.connect(lambda _: self._ask_check())

    # What is in it

    @property
    def content(self) -> DraftContent:
        """What was written so far."""
        if self._is_touched:
            self._is_touched = False
            self.collecting.emit()
        return self._content

    @property
    def draft(self) -> DraftId | None:
        """The draft's number in the vault, None before it is there."""
        return self._keeper.draft

    @property
    def attaching(self) -> Attaching | None:
        """The document that is being encrypted, None without any."""
        return self._keeper.attaching

    @property
    def is_worth_keeping(self) -> bool:
        """Whether the person has put anything into it."""
        content, given = self.content, self._given
        return bool(
            self.documents
            or self.attaching
            or content.text.strip() != given.text.strip()
            or content.subject.strip() not in {"", given.subject.strip()}
            or content.to not in {(), given.to}
            or content.patient not in {None, given.patient}
        )

    def begin(self, beginning: Beginning | None = None) -> None:
        """Start a letter, with the signature under it; the one that was open is in the drafts."""
        self._leave()
        beginning = beginning or Beginning()
        text = MarkedText(text=beginning.text, marks=beginning.marks)
        signature = self._stationery.signature
        if signature.text:
            text = MarkedText(text="\n\n") + signature + text
        patient = None if beginning.patient is None else beginning.patient.patient
        self._content = self._given = self._kept = DraftContent(
            to=beginning.to,
            subject=beginning.subject,
            text=text.text,
            marks=text.marks,
            urgency=beginning.urgency,
            patient=patient,
            is_answer_wanted=beginning.is_answer_wanted,
            in_reply_to=beginning.in_reply_to,
        )
        # Whom only a letter's sender has named is nobody that a letter could be filed under.
        self.patient = beginning.patient if patient is not None else None
        self.is_open = True
        self.begun.emit()
        self._ask_check()
        for each in beginning.documents:
            ask = AttachFromLetter(draft=DraftId(bytes(16)), message=each.message, index=each.index)
            self._keeper.attach_from_letter(ask, each.row.name, self._content)

    def open(self, draft: DraftId) -> None:
        """Go on with a draft."""
        if self.is_open and draft == self.draft:
            self.begun.emit()
            return
        self._leave()
        self._ask_for(draft, self.failed.emit)

    def touch(self) -> None:
        """Something was typed; it is collected when somebody wants to know it."""
        self._is_touched = True
        self._pause.start()

    def write(self, **changes: Any) -> None:  # noqa: ANN401 - as dataclasses.replace
        """Take over what was typed: any fields of DraftContent."""
        written = replace(self._content, **changes)
        if written != self._content:
            self._content = written
            self._pause.start()

    def add_recipient(self, recipient: DraftRecipient) -> None:
        """Address the letter to one more person."""
        if recipient.account not in {each.account for each in self.content.to}:
            self._address((*self.content.to, recipient))

    def remove_recipient(self, account: AccountId) -> None:
        """Address the letter to one person less."""
        kept = tuple(each for each in self.content.to if each.account != account)
        if kept != self.content.to:
            self._address(kept)

    def settle(self, account: AccountId, meant: DraftRecipient) -> None:
        """Say which of several people of one name is meant, in place of the one who was chosen."""
        self._sure_of |= {account, meant.account}
        self.write_instead(account, meant)

    def write_instead(self, account: AccountId, other: DraftRecipient) -> None:
        """Write to somebody in place of one who was chosen, who is away for example."""
        to = [other if each.account == account else each for each in self.content.to]
        self._address(tuple({each.account: each for each in to}.values()))

    def be_about(self, patient: PatientTag | None) -> None:
        """Say whom the letter is about."""
        self.patient = patient
        self.write(patient=None if patient is None else patient.patient)
        self.patient_changed.emit()
        self._ask_check()

    def _address(self, to: tuple[DraftRecipient, ...]) -> None:
        self.write(to=to)
        self.recipients_changed.emit()
        self._ask_check()

    # Documents

    def add_files(self, paths: Iterable[str]) -> None:
        """Encrypt chosen files into the draft; each appears, or `file_failed` says why not."""
        self.lost = ()
        for path in paths:
            self._keeper.attach_file(path, self.content)

    def adding(self) -> Callable[[Iterable[str]], None]:
        """Return what adds files to the letter that is open now, and to no other that is open when they are chosen."""
        generation = self._generation

        def add(paths: Iterable[str]) -> None:
            if generation == self._generation:
                self.add_files(paths)

        return add

    def add_picture(self, name: str, make: Callable[[], bytes]) -> None:
        """Encrypt a picture into the draft, once a thread has made a file of it."""
        self._keeper.attach_made(name, make, self.content)

    def stop_adding(self) -> None:
        """Add nothing more; nothing remains of the document that is being added."""
        self._keeper.cancel_attaching()

    def remove_document(self, document: DocumentId) -> None:
        """Leave a document out."""
        draft = self.draft
        if draft is None:
            return
        self.documents = tuple(each for each in self.documents if each.document != document)
        self.documents_changed.emit()

        def done(_: object) -> None:
            self.drafts_changed.emit()
            self._acts.offer(Deed.DETACHED, 1, lambda: self._take_back(draft, document))

        command = DetachDocument(draft=draft, document=document)
        self._bridge.request(self, command, done, self.failed.emit)

    def _take_back(self, draft: DraftId, document: DocumentId) -> None:
        def done(found: DraftDocument) -> None:
            if self.draft == draft:
                self._take_document(found)

        command = ReattachDocument(draft=draft, document=document)
        self._bridge.request(self, command, done, self.failed.emit)

    # Keeping it

    def save(self) -> None:
        """Put what was written into the vault, unless it is there or nothing was."""
        self._pause.stop()
        if self.is_open and not self.is_sending and self._is_due():
            self._kept = self.content
            self._keeper.keep(self._kept)

    def leave(self) -> None:
        """Turn to something else: what was written is in the drafts, what was not is gone."""
        self.save()
        if not self.is_worth_keeping:
            self.discard()

    def let_go(self, drafts: frozenset[DraftId]) -> None:
        """Show a draft no longer that was thrown away elsewhere."""
        if self.draft is not None and self.draft in drafts:
            self._clear()

    def discard(self) -> None:
        """Throw the letter away; it can be taken back for a moment."""
        was_worth, content, keeper = self.is_worth_keeping, self.content, self._keeper
        keeper.cancel_attaching()
        is_due = content != self._kept
        # Its keeper gets what it still has to do before it is let go of, because an idle one goes at once.
        if was_worth and (is_due or keeper.draft is None or not keeper.is_idle):
            keeper.keep(content, lambda: self._remove(keeper.draft, is_offered=True))
        elif keeper.draft is not None:
            self._remove(keeper.draft, is_offered=was_worth)
        self._clear()

    @property
    def is_unkept(self) -> bool:
        """Whether something written is not known to be in the vault: a save may be on its way, or behind another."""
        if not self.is_open or self.is_sending:
            return False
        return self._is_due() or self._keeper.is_saving

    def keep(self, on_kept: Callable[[], None], on_failure: Callable[[], None]) -> None:
        """Keep the letter in the vault without leaving it; for the end of the program."""
        if not self.is_unkept:
            on_kept()
            return
        self._pause.stop()
        keeper = self._keeper
        self._kept = self.content

        def failed(_failure: Failure, _detail: str) -> None:
            keeper.not_kept.disconnect(failed)
            on_failure()

        keeper.not_kept.connect(failed)
        keeper.keep(self._kept, on_kept)

    def keep_before_lock(self) -> Callable[[Callable[[], None]], None] | None:
        """Begin to keep the letter; return what calls back once the engine may end, None if it may at once."""
        if not self.is_unkept:
            return None
        keeper = self._keeper
        waiting: list[Callable[[], None]] = []
        is_over = False

        def over() -> None:
            nonlocal is_over
            is_over = True
            for each in waiting:
                each()

        def kept() -> None:
            self._interrupted_draft = keeper.draft
            over()

        def unkept() -> None:
            self._have_in_memory()
            over()

        self.keep(kept, unkept)
        return lambda then: then() if is_over else waiting.append(then)

    def _have_in_memory(self) -> None:
        """The vault could not keep the letter: have it in memory, unseen, until the same vault opens."""
        if self._leaving is not None and not self.is_open:
            self._content = self._leaving
            self.patient = self._leaving_patient
            self._kept = DraftContent()
            self.is_open = True
            self._keeper.draft = self._interrupted_draft
        self._leaving = None

    def _is_due(self) -> bool:
        return self.content != self._kept and (self.is_worth_keeping or self.draft is not None)

    def _leave(self) -> None:
        if self.is_open:
            self.leave()
        self._clear(is_quiet=True)

    def _remove(self, draft: DraftId | None, *, is_offered: bool) -> None:
        if draft is None:
            return

        def back() -> None:
            self._bridge.request(
                self,
                RestoreDrafts(drafts=(draft,)),
                lambda _: self.drafts_changed.emit(),
                self.failed.emit,
            )

        def on_reply(_: object) -> None:
            self.drafts_changed.emit()
            if is_offered:
                self._acts.offer(Deed.DRAFTS_REMOVED, 1, back)

        self._bridge.request(self, RemoveDrafts(drafts=(draft,)), on_reply, self.failed.emit)

    # What a sender should know

    def doubtful(self, doubt: Doubt) -> tuple[CheckedRecipient, ...]:
        """Return the recipients of whom something is to be asked or said."""
        rows = () if self.check is None else self.check.rows
        present = {each.account for each in self.content.to}
        found = (row for row in rows if doubt in row.doubts and row.account in present)
        if doubt is Doubt.NAMESAKE:
            # An answer goes to who wrote; whom somebody has just chosen among all of the name is meant.
            answered = (
                {each.account for each in self._given.to} if self._given.in_reply_to else set()
            )
            found = (row for row in found if row.account not in self._sure_of | answered)
        return tuple(found)

    def forbidden(self) -> tuple[CheckedRecipient, ...]:
        """Return the recipients to whom a letter about the patient may not go yet, the gravest first."""
        rows = () if self.check is None or self.check.patient is None else self.check.rows
        present = {each.account for each in self.content.to}
        found = [
            row
            for row in rows
            if row.account in present
            and row.rights is not None
            and row.rights.ruling is not Ruling.YES
        ]
        return tuple(sorted(found, key=_gravity))

    def decide(self, *commands: RecordDecision) -> None:
        """Record what the patient has decided or knows, one after the other; the check is made anew each time."""
        for command in commands:
            self._bridge.request(self, command, lambda _: self._ask_check(), self.failed.emit)

    def missing(self) -> Missing:
        """Return the first thing that keeps the letter from being sent."""
        content = self.content
        is_empty = not (content.subject.strip() or content.text.strip() or self.documents)
        checks = (
            (not content.to, Missing.RECIPIENT),
            (len(content.to) > MAX_SLOTS, Missing.TOO_MANY_RECIPIENTS),
            (self.attaching is not None, Missing.ATTACHING),
            (is_empty, Missing.CONTENT),
            (len(content.subject.encode()) > MAX_SUBJECT_BYTES, Missing.SUBJECT_TOO_LONG),
            (len(content.text.encode()) > MAX_TEXT_BYTES, Missing.TOO_LONG),
            (len(self.documents) > MAX_ATTACHMENTS, Missing.TOO_MANY_FILES),
        )
        return next((found for is_so, found in checks if is_so), Missing.NOTHING)

    def forgotten(
        self,
        speaks_of_document: Callable[[str], bool],
        speaks_of_patient: Callable[[str], bool],
    ) -> tuple[Forgotten, ...]:
        """Return what was perhaps forgotten; the words that speak of a document or a patient are the window's."""
        content = self.content
        checks = (
            (bool(self.lost), Forgotten.LOST),
            (bool(open_fields(content.text + content.subject)), Forgotten.FIELDS),
            (not self.documents and speaks_of_document(content.text), Forgotten.DOCUMENT),
            (any(not each.size for each in self.documents), Forgotten.EMPTY),
            (not content.subject.strip(), Forgotten.SUBJECT),
            (
                self._names_nobody() and (bool(self.documents) or speaks_of_patient(content.text)),
                Forgotten.PATIENT,
            ),
        )
        return tuple(found for is_so, found in checks if is_so)

    def _names_nobody(self) -> bool:
        return self.content.patient is None and (self.check is None or self.check.patient is None)

    def _ask_check(self) -> None:
        to = tuple(each.account for each in self._content.to[:MAX_SLOTS])
        if not self.is_open or not to:
            self._take_check(None)
            return
        generation, patient = self._generation, self._content.patient
        in_reply_to = self._content.in_reply_to

        def on_reply(check: SendCheck) -> None:
            if generation == self._generation and patient == self._content.patient:
                self._take_check(check)

        command = CheckRecipients(to=to, patient=patient, in_reply_to=in_reply_to)
        self._bridge.request(self, command, on_reply, lambda *_: None)

    def _take_check(self, check: SendCheck | None) -> None:
        self.check = check
        self.check_changed.emit()

    # Sending it

    def send(
        self,
        *,
        at: UnixMillis | None = None,
        accepts_unverified: bool = False,
        emergency: str = "",
    ) -> None:
        """Keep the letter and queue it, not before a moment; nothing happens while something is missing.

        With `accepts_unverified` the person has chosen to write to people of whom nobody has said who they are; an
        `emergency` says why a letter goes that may not.
        """
        if self.is_sending or self.missing() is not Missing.NOTHING:
            return
        self._pause.stop()
        self._set_sending(is_sending=True)
        generation, keeper = self._generation, self._keeper
        subject = self.content.subject.strip()
        self._kept = self._content = replace(self.content, subject=subject)

        def on_reply(queued: Queued) -> None:
            # What was taken out of it stays out now.
            self._acts.withdraw(Deed.DETACHED)
            if generation == self._generation:
                self._clear()
                self.sent.emit(queued, at)
            self.drafts_changed.emit()

        def on_failure(failure: Failure, detail: str) -> None:
            if generation == self._generation and failure is not Failure.ENGINE_GONE:
                self._set_sending(is_sending=False)
                self.failed.emit(failure, detail)

        def queue() -> None:
            if keeper.draft is not None:
                command = SendDraft(
                    draft=keeper.draft,
                    send_at=at,
                    accepts_unverified=accepts_unverified,
                    emergency=emergency,
                )
                self._bridge.request(self, command, on_reply, on_failure)

        keeper.keep(self._content, queue)

    # Opening and closing

    def _ask_for(self, draft: DraftId, on_failure: Callable[[Failure, str], None]) -> None:
        generation = self._generation

        def on_reply(view: DraftView) -> None:
            if generation == self._generation and not self.is_open:
                self._show_view(view)

        self._bridge.request(self, OpenDraft(draft=draft), on_reply, on_failure)

    def _show_view(self, view: DraftView) -> None:
        self._keeper = self._new_keeper(view.draft)
        self._content = self._kept = view.content
        # Whatever is in a draft was put there on purpose.
        self._given = DraftContent(in_reply_to=view.content.in_reply_to, to=view.content.to)
        self.patient = view.patient
        self.documents = view.documents
        self.saved_at = view.changed_at
        self.is_open = True
        self.begun.emit()
        self._ask_check()

    def _session_closed(self, _was_asked: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        # When the engine ended by itself, what was typed last is the one thing nobody else keeps: it
        # stays in memory, unseen, until the same mailbox is unlocked again.
        self._pause.stop()
        self._lost_at_lock = self._keeper.unfinished if self.is_open else ()
        if self._session.reason is LockReason.ENGINE_ENDED:
            self._interrupted = self.is_open
            self._interrupted_draft = self.draft
            return
        self._interrupted = self.is_open and self.is_worth_keeping
        self._interrupted_draft = self.draft
        if self._interrupted and self.is_unkept:
            self._leaving, self._leaving_patient = self.content, self.patient
        self._clear()

    def _come_back(self) -> None:
        self._leaving = None
        was_interrupted, self._interrupted = self._interrupted, False
        if self.is_open:
            self._resume_from_memory()
        elif was_interrupted and self._interrupted_draft is not None:
            self._ask_for_interrupted(self._interrupted_draft)
        elif was_interrupted:
            # It got its number after the lock; it is the draft that was kept last.
            self._bridge.request(self, ListDrafts(offset=0, limit=1), self._take_newest, _nothing)

    def _resume_from_memory(self) -> None:
        """Show what stayed in memory, unless it was on its way and has gone."""
        draft, was_sending = self.draft, self.is_sending
        self._keeper = self._new_keeper(draft)
        self._set_sending(is_sending=False)
        self._tell_lost()
        if was_sending and draft is not None:
            self._clear()
            self._ask_for_interrupted(draft)
            return
        self._kept = DraftContent()
        self.begun.emit()
        self._ask_check()
        self.save()
        self.restored.emit()

    def _take_newest(self, page: DraftPage) -> None:
        if page.rows and not self.is_open:
            self._ask_for_interrupted(page.rows[0].draft)

    def _ask_for_interrupted(self, draft: DraftId) -> None:
        generation = self._generation

        def on_reply(view: DraftView) -> None:
            if generation == self._generation and not self.is_open and self._session.is_open:
                self._show_view(view)
                self._tell_lost()
                self.restored.emit()

        self._bridge.request(self, OpenDraft(draft=draft), on_reply, _nothing)

    def _tell_lost(self) -> None:
        self.lost, self._lost_at_lock = self._lost_at_lock, ()

    def _clear(self, *, is_quiet: bool = False) -> None:
        self._generation += 1
        self._pause.stop()
        self._is_touched = False
        self._content = self._given = self._kept = DraftContent()
        self.patient = None
        self.documents = ()
        self.lost = ()
        self.check = None
        self.saved_at = None
        self.is_unsaved = False
        self.is_open = False
        self._sure_of = frozenset()
        self._keeper = self._new_keeper(None)
        self._set_sending(is_sending=False)
        if not is_quiet:
            self.begun.emit()

    def _new_keeper(self, draft: DraftId | None) -> DraftKeeper:
        """Return who keeps the letter that is open now; the one before ends its work and goes."""
        old: DraftKeeper | None = getattr(self, "_keeper", None)
        if old is not None:
            if old.is_idle:
                old.deleteLater()
            else:
                old.ended.connect(old.deleteLater)
        keeper = DraftKeeper(self._bridge, draft, self)

        def only_now(act: Callable[..., None]) -> Callable[..., None]:
            return lambda *given: act(*given) if keeper is self._keeper else None

        keeper.kept.connect(only_now(self._take_kept))
        keeper.not_kept.connect(only_now(self._take_unkept))
        keeper.attached.connect(only_now(self._take_document))
        keeper.attaching_changed.connect(only_now(self.documents_changed.emit))
        keeper.not_attached.connect(only_now(self.file_failed.emit))
        keeper.kept.connect(lambda _: self.drafts_changed.emit())
        return keeper

    def _take_kept(self, view: DraftView) -> None:
        self.saved_at = view.changed_at
        self.is_unsaved = False
        self.kept_changed.emit()

    def _take_unkept(self, failure: Failure, detail: str) -> None:
        if failure is Failure.ENGINE_GONE:
            return
        self._kept = DraftContent()
        self.is_unsaved = True
        self._set_sending(is_sending=False)
        self.kept_changed.emit()
        self.failed.emit(failure, detail)

    def _take_document(self, document: DraftDocument) -> None:
        self.documents = (*self.documents, document)
        self.documents_changed.emit()
        self.drafts_changed.emit()

    def _set_sending(self, *, is_sending: bool) -> None:
        if is_sending is not self.is_sending:
            self.is_sending = is_sending
            self.is_sending_changed.emit(is_sending)


def _nothing(_failure: Failure, _detail: str) -> None:
    """Say nothing: there is nothing to go on with."""


def _gravity(row: CheckedRecipient) -> int:
    return 0 if row.rights is None else -int(row.rights.ruling)
