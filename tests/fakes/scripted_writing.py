# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a scripted engine keeps drafts, sends them now or later, and has templates. Imports the interface only."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.interface.events import StatusChanged
from app.interface.failures import CommandError, Failure
from app.interface.shown import person_name, short_address
from app.interface.snapshots import (
    Comparison,
    ConnectionState,
    ContactState,
    DeliveryState,
    Direction,
    Done,
    DraftRecipient,
    MessageView,
    Queued,
    Trust,
)
from app.interface.writing import (
    AttachBytes,
    AttachFile,
    AttachFromLetter,
    CancelAttaching,
    CancelSending,
    CheckedRecipient,
    CheckRecipients,
    DetachDocument,
    DocumentId,
    Doubt,
    DraftContent,
    DraftDocument,
    DraftId,
    DraftPage,
    DraftRow,
    DraftView,
    ListDrafts,
    ListQueue,
    ListTemplates,
    Namesake,
    OpenDraft,
    QueueRow,
    ReattachDocument,
    RemoveDrafts,
    RemoveTemplate,
    RestoreDrafts,
    SaveDraft,
    SaveSignature,
    SaveTemplate,
    SendCheck,
    SendDraft,
    SendNow,
    SendQueue,
    ShowSignature,
    Signature,
    Template,
    TemplateId,
    Templates,
)
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.limits import MAX_ATTACHMENTS
from tests.fakes.scripted_records import is_waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.snapshots import ContactRow, PatientTag
    from crypto_core.wire.ids import AccountId, MessageId
    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler

_KINDS: Final = {".pdf": "application/pdf", ".png": "image/png", ".xml": "text/xml"}
_NEW: Final = TemplateId(bytes(16))


class ScriptedWriting:
    """The drafts, the queue, the templates and the signature of a practice."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.drafts: dict[DraftId, DraftView] = {}
        self.removed: dict[DraftId, DraftView] = {}
        self.detached: dict[DocumentId, DraftDocument] = {}
        self.templates: dict[TemplateId, Template] = {}
        self.signature = Signature(text="", marks=())
        self.uploaded: dict[MessageId, int] = {}
        """How much of its documents the relay has; all of it once it is accepted."""
        self._number = 0

    def handlers(self) -> dict[type, Handler]:
        """Return what is done for each command."""
        return {
            SaveDraft: lambda c, _p: self._save(c),
            ListDrafts: lambda c, _p: self._list(c),
            OpenDraft: lambda c, _p: self._find(c.draft),
            RemoveDrafts: lambda c, _p: self._remove(c),
            RestoreDrafts: lambda c, _p: self._restore(c),
            AttachFile: self._attach_file,
            AttachBytes: lambda c, _p: self._attach(c.draft, c.name, "image/png", len(c.content)),
            AttachFromLetter: lambda c, _p: self._attach_from_letter(c),
            CancelAttaching: lambda c, _p: self._cancel_attaching(c),
            DetachDocument: lambda c, _p: self._detach(c),
            ReattachDocument: lambda c, _p: self._reattach(c),
            CheckRecipients: lambda c, _p: self._check(c),
            SendDraft: lambda c, _p: self._send(c),
            CancelSending: lambda c, _p: self._cancel_sending(c),
            SendNow: lambda c, _p: self._send_now(c),
            ListQueue: lambda c, _p: self._queue(c),
            ListTemplates: lambda _c, _p: Templates(
                rows=tuple(sorted(self.templates.values(), key=lambda each: each.name))
            ),
            SaveTemplate: lambda c, _p: self._save_template(c.template),
            RemoveTemplate: lambda c, _p: self._remove_template(c.template),
            ShowSignature: lambda _c, _p: self.signature,
            SaveSignature: lambda c, _p: self._save_signature(c.signature),
        }

    # For the script

    def add_draft(self, content: DraftContent, *, documents: int = 0, at: int = 0) -> DraftView:
        """Have begun a letter, some milliseconds ago."""
        view = self._save(SaveDraft(draft=None, content=content))
        for number in range(documents):
            self._attach(view.draft, f"Document {number + 1}.pdf", "application/pdf", 214_000)
        view = replace(self.drafts[view.draft], changed_at=UnixMillis(self._practice.now - at))
        self.drafts[view.draft] = view
        return view

    def add_template(self, name: str, text: str, *, subject: str = "") -> Template:
        """Have a template of one's own."""
        return self._save_template(
            Template(
                template=_NEW,
                name=name,
                subject=subject,
                text=text,
                marks=(),
                urgency=DraftContent().urgency,
                is_answer_wanted=False,
            )
        )

    # Drafts

    def _next(self) -> bytes:
        self._number += 1
        return self._number.to_bytes(16)

    def _find(self, draft: DraftId) -> DraftView:
        if draft not in self.drafts:
            raise CommandError(Failure.UNKNOWN_DRAFT)
        return self.drafts[draft]

    def _patient(self, content: DraftContent) -> PatientTag | None:
        return None if content.patient is None else self._practice.records.patients[content.patient]

    def _save(self, command: SaveDraft) -> DraftView:
        documents: tuple[DraftDocument, ...] = ()
        if command.draft is not None:
            documents = self._find(command.draft).documents
        view = DraftView(
            draft=command.draft or DraftId(self._next()),
            content=command.content,
            patient=self._patient(command.content),
            documents=documents,
            changed_at=self._practice.now,
        )
        self.drafts[view.draft] = view
        return view

    def _list(self, command: ListDrafts) -> DraftPage:
        views = sorted(self.drafts.values(), key=lambda each: -each.changed_at)
        rows = tuple(_row_of(view) for view in views)
        end = command.offset + command.limit
        return DraftPage(rows=rows[command.offset : end], more=end < len(rows), total=len(rows))

    def _remove(self, command: RemoveDrafts) -> Done:
        for draft in command.drafts:
            if draft in self.drafts:
                self.removed[draft] = self.drafts.pop(draft)
        return Done()

    def _restore(self, command: RestoreDrafts) -> Done:
        for draft in command.drafts:
            if draft not in self.removed:
                raise CommandError(Failure.UNKNOWN_DRAFT)
            self.drafts[draft] = self.removed.pop(draft)
        return Done()

    # Documents

    def _attach(self, draft: DraftId, name: str, media_type: str, size: int) -> DraftDocument:
        view = self._find(draft)
        if len(view.documents) >= MAX_ATTACHMENTS:
            raise CommandError(Failure.TOO_MANY_DOCUMENTS)
        document = DraftDocument(
            document=DocumentId(self._next()), name=name, media_type=media_type, size=size
        )
        self.drafts[draft] = replace(
            view, documents=(*view.documents, document), changed_at=self._practice.now
        )
        return document

    def _attach_file(
        self, command: AttachFile, progress: Callable[[int, int], None]
    ) -> DraftDocument:
        path = Path(command.path)
        if path.is_dir():
            raise CommandError(Failure.FILE_IS_FOLDER, path.name)
        if not path.is_file():
            raise CommandError(Failure.FILE_UNREADABLE, path.name)
        size = path.stat().st_size
        progress(size, size)
        kind = _KINDS.get(path.suffix, "application/octet-stream")
        return self._attach(command.draft, path.name, kind, size)

    def _attach_from_letter(self, command: AttachFromLetter) -> DraftDocument:
        row = self._practice.find(command.message).attachments[command.index]
        if not row.available:
            raise CommandError(Failure.ATTACHMENT_UNAVAILABLE)
        return self._attach(command.draft, row.name, row.media_type, row.size)

    def _cancel_attaching(self, command: CancelAttaching) -> Done:
        self._find(command.draft)
        self._practice.refuse_held(AttachFile, Failure.ATTACHING_CANCELLED)
        return Done()

    def _detach(self, command: DetachDocument) -> Done:
        view = self._find(command.draft)
        documents = tuple(each for each in view.documents if each.document != command.document)
        self.detached |= {each.document: each for each in view.documents if each not in documents}
        self.drafts[command.draft] = replace(view, documents=documents)
        return Done()

    def _reattach(self, command: ReattachDocument) -> DraftDocument:
        view = self._find(command.draft)
        if command.document not in self.detached:
            raise CommandError(Failure.UNKNOWN_ATTACHMENT)
        document = self.detached.pop(command.document)
        self.drafts[command.draft] = replace(view, documents=(*view.documents, document))
        return document

    # Sending

    def _check(self, command: CheckRecipients) -> SendCheck:
        contacts = self._practice.contacts
        rows = [
            self._checked(contacts[account])
            if self._is_contact(account)
            else self._stranger(account, contacts.get(account))
            for account in command.to
        ]
        if command.patient is None:
            return SendCheck(rows=tuple(rows))
        rows = [replace(row, rights=self._practice.rights.row(row.account)) for row in rows]
        return SendCheck(rows=tuple(rows), patient=self._practice.records.patients[command.patient])

    def _is_contact(self, account: AccountId) -> bool:
        known = self._practice.contacts.get(account)
        return known is not None and known.state is ContactState.ACCEPTED

    @staticmethod
    def _stranger(account: AccountId, known: ContactRow | None) -> CheckedRecipient:
        return CheckedRecipient(
            account=account,
            name=short_address(account) if known is None else known.name,
            profession="" if known is None else known.profession,
            place="" if known is None else known.place,
            trust=Trust.SELF_DECLARED,
            compared=Comparison.NEVER,
            doubts=(Doubt.NOT_A_CONTACT,),
            contact=None if known is None else known.state,
        )

    def _checked(self, row: ContactRow) -> CheckedRecipient:
        others = tuple(
            Namesake(
                account=each.account,
                name=each.name,
                profession=each.profession,
                place=each.place,
            )
            for each in self._practice.contacts.values()
            if each.account != row.account and _bare(each.name) == _bare(row.name)
        )
        views = [view for each in self._practice.conversations.values() for view in each]
        was_written = any(
            view.direction is Direction.SENT
            and row.account in {recipient.account for recipient in view.recipients}
            for view in views
        )
        doubts = (
            (row.is_blocked, Doubt.KEYS_CHANGED),
            (self._asks(row), Doubt.UNVERIFIED),
            (bool(others), Doubt.NAMESAKE),
            (row.away is not None and row.away.is_now, Doubt.AWAY),
            (not was_written, Doubt.NEVER_WRITTEN),
        )
        return CheckedRecipient(
            account=row.account,
            name=row.name,
            profession=row.profession,
            place=row.place,
            trust=row.trust,
            compared=row.compared,
            doubts=tuple(doubt for is_so, doubt in doubts if is_so),
            others=others,
            away=row.away,
        )

    def _asks(self, row: ContactRow) -> bool:
        return (
            self._practice.asks_about_unverified
            and row.trust is Trust.SELF_DECLARED
            and row.compared is Comparison.NEVER
            and not row.is_accepted_unverified
        )

    def _send(self, command: SendDraft) -> Queued:
        view = self._find(command.draft)
        content = view.content
        if not content.to:
            raise CommandError(Failure.NO_RECIPIENT)
        contacts = self._practice.contacts
        for each in content.to:
            if not self._is_contact(each.account):
                known = contacts.get(each.account)
                name = short_address(each.account) if known is None else known.name
                raise CommandError(Failure.NOT_A_CONTACT, name)
        unknown = [
            contacts[each.account] for each in content.to if self._asks(contacts[each.account])
        ]
        if unknown and not command.accepts_unverified:
            raise CommandError(Failure.UNVERIFIED_RECIPIENT, ", ".join(row.name for row in unknown))
        if command.send_at is not None and command.send_at <= self._practice.now:
            raise CommandError(Failure.SEND_TIME_INVALID)
        for row in unknown:
            self._practice.people.change(row.account, is_accepted_unverified=True)
        del self.drafts[command.draft]
        waits = command.send_at is not None
        is_online = self._practice.connection is ConnectionState.ONLINE
        state = DeliveryState.ACCEPTED if is_online and not waits else DeliveryState.QUEUED
        conversation = None
        if content.in_reply_to is not None:
            conversation = self._practice.find(content.in_reply_to).conversation
        sent = self._practice.record_sent(
            [(each.account, state) for each in content.to],
            content.subject,
            content.text,
            attachments=[
                self._practice.document(each.name, each.media_type, each.size)
                for each in view.documents
            ],
            urgency=content.urgency,
            conversation=conversation,
        )
        self._practice.change(
            sent,
            marks=content.marks,
            patient=view.patient,
            is_answer_wanted=content.is_answer_wanted,
            send_at=command.send_at,
            can_cancel=state is DeliveryState.QUEUED,
        )
        self._practice.tell(StatusChanged(status=self._practice.status()))
        return Queued(message=sent.message, conversation=sent.conversation)

    def _waiting(self) -> list[MessageView]:
        views = [view for each in self._practice.conversations.values() for view in each]
        waiting = [view for view in views if is_waiting(view)]
        return sorted(waiting, key=lambda view: (view.send_at or 0, view.sent_at))

    def _queue(self, command: ListQueue) -> SendQueue:
        rows = tuple(
            QueueRow(
                message=view.message,
                conversation=view.conversation,
                to=tuple(row.name for row in view.recipients),
                subject=view.subject,
                queued_at=view.sent_at,
                send_at=view.send_at,
                uploaded=self.uploaded.get(view.message, 0),
                total=sum(row.size for row in view.attachments),
                can_cancel=all(row.state is DeliveryState.QUEUED for row in view.recipients),
            )
            for view in self._waiting()
        )
        return SendQueue(rows=rows[: command.limit], more=len(rows) > command.limit)

    def _cancel_sending(self, command: CancelSending) -> DraftView:
        view = self._practice.find(command.message)
        if any(row.state is not DeliveryState.QUEUED for row in view.recipients):
            raise CommandError(Failure.ALREADY_SENT)
        draft = self._save(
            SaveDraft(
                draft=None,
                content=DraftContent(
                    to=tuple(
                        DraftRecipient(
                            account=row.account, name=row.name, profession=row.profession
                        )
                        for row in view.recipients
                    ),
                    subject=view.subject,
                    text=view.text,
                    marks=view.marks,
                    urgency=view.urgency,
                    patient=None if view.patient is None else view.patient.patient,
                    is_answer_wanted=view.is_answer_wanted,
                ),
            )
        )
        for row in view.attachments:
            self._attach(draft.draft, row.name, row.media_type, row.size)
        self._practice.forget(view)
        return self.drafts[draft.draft]

    def _send_now(self, command: SendNow) -> Done:
        view = self._practice.find(command.message)
        self._practice.change(view, send_at=None)
        self._practice.set_connection(self._practice.connection)
        return Done()

    # Templates and signature

    def _save_template(self, template: Template) -> Template:
        if template.template == _NEW:
            template = replace(template, template=TemplateId(self._next()))
        elif template.template not in self.templates:
            raise CommandError(Failure.UNKNOWN_TEMPLATE)
        self.templates[template.template] = template
        return template

    def _remove_template(self, template: TemplateId) -> Done:
        if self.templates.pop(template, None) is None:
            raise CommandError(Failure.UNKNOWN_TEMPLATE)
        return Done()

    def _save_signature(self, signature: Signature) -> Done:
        self.signature = signature
        return Done()


def _row_of(view: DraftView) -> DraftRow:
    return DraftRow(
        draft=view.draft,
        to=tuple(person_name(each.account, each.name) for each in view.content.to),
        subject=view.content.subject,
        snippet=view.content.text.strip()[:100],
        documents=len(view.documents),
        patient=view.patient,
        changed_at=view.changed_at,
    )


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in folded if sign.isalpha())
