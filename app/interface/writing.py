# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters before they are sent: drafts with their documents, sending now or later, templates, the signature."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final, NewType

from app.interface.command import Command
from app.interface.rights import Emergency, RecipientRights
from app.interface.snapshots import (
    MAX_DRAFT_BYTES,
    PAGE_LIMIT,
    AwayRow,
    Comparison,
    ContactState,
    Done,
    DraftRecipient,
    NameText,
    PathText,
    PatientTag,
    Queued,
    SubjectText,
    Trust,
)
from crypto_core.wire.codec import Range, Size
from crypto_core.wire.content import Mark
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, ConversationId, MessageId, PatientId, UnixMillis
from crypto_core.wire.limits import (
    MAX_ATTACHMENTS,
    MAX_FILE_NAME_BYTES,
    MAX_MARKS,
    MAX_MEDIA_TYPE_BYTES,
    MAX_SLOTS,
    MIB,
)

DraftId = NewType("DraftId", Annotated[bytes, Size.exactly(16)])
DocumentId = NewType("DocumentId", Annotated[bytes, Size.exactly(16)])
TemplateId = NewType("TemplateId", Annotated[bytes, Size.exactly(16)])
Marks = Annotated[tuple[Mark, ...], Size.up_to(MAX_MARKS)]
DraftText = Annotated[str, Size.up_to(MAX_DRAFT_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDocument:
    """A document of a draft, encrypted here since it was attached. `size` in bytes."""

    document: DocumentId
    name: Annotated[str, Size(1, MAX_FILE_NAME_BYTES)] = field(repr=False)
    media_type: Annotated[str, Size(1, MAX_MEDIA_TYPE_BYTES)]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContent:
    """What somebody has written so far; too much of it is kept all the same, so that it can be shortened."""

    to: Annotated[tuple[DraftRecipient, ...], Size.up_to(1000)] = ()
    subject: DraftText = field(default="", repr=False)
    text: DraftText = field(default="", repr=False)
    marks: Marks = ()
    urgency: Urgency = Urgency.NORMAL
    patient: PatientId | None = None
    is_answer_wanted: bool = False
    in_reply_to: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """A draft with everything the composer shows."""

    draft: DraftId
    content: DraftContent
    patient: PatientTag | None
    documents: Annotated[tuple[DraftDocument, ...], Size.up_to(MAX_ATTACHMENTS)]
    changed_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One line of the list of drafts."""

    draft: DraftId
    to: Annotated[tuple[NameText, ...], Size.up_to(MAX_SLOTS)]
    subject: SubjectText = field(repr=False)
    snippet: Annotated[str, Size.up_to(400)] = field(repr=False)
    documents: int
    patient: PatientTag | None
    changed_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """Drafts, the one changed last first."""

    rows: Annotated[tuple[DraftRow, ...], Size.up_to(PAGE_LIMIT)]
    more: bool
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveDraft(Command[DraftView]):
    """Keep what was written; without `draft` a new one is made. Fails with UNKNOWN_DRAFT."""

    draft: DraftId | None
    content: DraftContent


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDrafts(Command[DraftPage]):
    """Drafts, the one changed last first."""

    offset: Annotated[int, Range(0, 1_000_000)]
    limit: Annotated[int, Range(1, PAGE_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraft(Command[DraftView]):
    """One draft. Fails with UNKNOWN_DRAFT."""

    draft: DraftId


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveDrafts(Command[Done]):
    """Throw drafts away; RestoreDrafts takes it back as long as conversations that were removed."""

    drafts: Annotated[tuple[DraftId, ...], Size(1, PAGE_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDrafts(Command[Done]):
    """Take RemoveDrafts back. Fails with UNKNOWN_DRAFT."""

    drafts: Annotated[tuple[DraftId, ...], Size(1, PAGE_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachFile(Command[DraftDocument]):
    """Encrypt a file into a draft, as it is now. Progress events carry this request's number.

    Fails with UNKNOWN_DRAFT, FILE_UNREADABLE, FILE_IS_FOLDER, FILE_TOO_LARGE, FILE_CHANGED, TOO_MANY_DOCUMENTS,
    ATTACHING_CANCELLED.
    """

    draft: DraftId
    path: PathText


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachBytes(Command[DraftDocument]):
    """As AttachFile, for something that is no file: a picture from the clipboard."""

    draft: DraftId
    name: Annotated[str, Size(1, MAX_FILE_NAME_BYTES)] = field(repr=False)
    content: Annotated[bytes, Size(1, 24 * MIB)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachFromLetter(Command[DraftDocument]):
    """As AttachFile, for a document of a letter, to be forwarded. It is chosen by its place, never by its name."""

    draft: DraftId
    message: MessageId
    index: Annotated[int, Range(0, MAX_ATTACHMENTS - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAttaching(Command[Done]):
    """Stop what is being attached to a draft; nothing of it remains."""

    draft: DraftId


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachDocument(Command[Done]):
    """Take a document out of a draft. Fails with UNKNOWN_DRAFT, UNKNOWN_ATTACHMENT."""

    draft: DraftId
    document: DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReattachDocument(Command[DraftDocument]):
    """Take DetachDocument back within REMOVAL_GRACE_SECONDS, until a lock; the document comes last.

    Fails with UNKNOWN_DRAFT, UNKNOWN_ATTACHMENT, TOO_MANY_ATTACHMENTS.
    """

    draft: DraftId
    document: DocumentId


class Doubt(IntEnum):
    """Why a sender should look twice at a recipient, the gravest first."""

    NOT_A_CONTACT = 1
    """They have not accepted to be written to: `contact` says where that stands. Nothing else is known of them."""
    KEYS_CHANGED = 2
    """Their keys changed in a way that has to be looked at; nothing is sent before."""
    UNVERIFIED = 3
    """Nobody has said who they are, and the owner never compared nor chose to write all the same."""
    NAMESAKE = 4
    """Another correspondent has the same name, or nearly: `others` says who."""
    AWAY = 5
    """They are absent now: `away` says until when, and who replaces them."""
    NEVER_WRITTEN = 6
    """No letter has gone to them yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesake:
    """Somebody who could be taken for a recipient."""

    account: AccountId
    name: NameText
    profession: NameText
    place: NameText


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRecipient:
    """How things stand with one recipient, for the glance before sending."""

    account: AccountId
    name: NameText
    profession: NameText
    place: NameText
    trust: Trust
    compared: Comparison
    doubts: Annotated[tuple[Doubt, ...], Size.up_to(6)]
    others: Annotated[tuple[Namesake, ...], Size.up_to(20)] = ()
    away: AwayRow | None = None
    contact: ContactState | None = ContactState.ACCEPTED
    """None for somebody whom the owner has met only as another recipient of a letter."""
    rights: RecipientRights | None = None
    """Whether a letter about the patient may go to them; None if it is about nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCheck:
    """Recipients in the order asked."""

    rows: Annotated[tuple[CheckedRecipient, ...], Size.up_to(MAX_SLOTS)]
    patient: PatientTag | None = None
    """Whom the letter is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecipients(Command[SendCheck]):
    """What a sender should know of recipients. The owner is left out. Fails with UNKNOWN_PATIENT."""

    to: Annotated[tuple[AccountId, ...], Size.up_to(MAX_SLOTS)]
    patient: PatientId | None = None
    """Whom the letter names. One that names nobody is about whom the conversation of `in_reply_to` is filed under."""
    in_reply_to: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDraft(Command[Queued]):
    """Turn a draft into a letter for good and queue it: one transaction, and the draft is gone.

    Fails with UNKNOWN_DRAFT, STILL_ATTACHING, NO_RECIPIENT, TOO_MANY_RECIPIENTS, OWN_ACCOUNT, NOT_A_CONTACT,
    UNVERIFIED_RECIPIENT, TEXT_TOO_LONG, UNKNOWN_PATIENT, SEND_TIME_INVALID; of a letter about a patient also with
    PATIENT_OBJECTS, CONSENT_NEEDED, CARE_NOT_SAID, PATIENT_NOT_INFORMED. The draft is untouched then.
    """

    draft: DraftId
    send_at: UnixMillis | None = None
    """Not before this moment; it goes once this profile is unlocked and online then. At most a year ahead."""
    accepts_unverified: bool = False
    emergency: Emergency = field(repr=False, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSending(Command[DraftView]):
    """Make a letter a draft again, if nobody can have it yet. Fails with UNKNOWN_MESSAGE, ALREADY_SENT."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class SendNow(Command[Done]):
    """Send a letter that waits for its moment at once; one that has gone stays as it is. Fails with UNKNOWN_MESSAGE."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A letter that the relay does not have for everybody yet. Bytes are those of its documents."""

    message: MessageId
    conversation: ConversationId
    to: Annotated[tuple[NameText, ...], Size.up_to(MAX_SLOTS)]
    subject: SubjectText = field(repr=False)
    queued_at: UnixMillis
    send_at: UnixMillis | None
    uploaded: int
    total: int
    can_cancel: bool
    """Nothing of it has been accepted for anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendQueue:
    """What waits to be sent, in the order it will go."""

    rows: Annotated[tuple[QueueRow, ...], Size.up_to(PAGE_LIMIT)]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQueue(Command[SendQueue]):
    """What waits to be sent."""

    limit: Annotated[int, Range(1, PAGE_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A letter that is begun with often. `{…}` in its texts are fields: see `app/design/window.md`."""

    template: TemplateId
    name: NameText
    subject: SubjectText = field(repr=False)
    text: Annotated[str, Size.up_to(64 * 1024)] = field(repr=False)
    marks: Marks
    urgency: Urgency
    is_answer_wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """The owner's own templates, by name."""

    rows: Annotated[tuple[Template, ...], Size.up_to(PAGE_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTemplates(Command[Templates]):
    """The owner's own templates; those that come with the program are the front end's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTemplate(Command[Template]):
    """Make a template (its id all zeros), or change one. Fails with UNKNOWN_TEMPLATE, TOO_MANY_TEMPLATES."""

    template: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTemplate(Command[Done]):
    """Forget a template. Fails with UNKNOWN_TEMPLATE."""

    template: TemplateId


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What stands under every new letter; empty without."""

    text: Annotated[str, Size.up_to(4096)] = field(repr=False)
    marks: Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSignature(Command[Signature]):
    """What stands under every new letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveSignature(Command[Done]):
    """Put something else under every new letter."""

    signature: Signature


COMMANDS: Final[dict[type, type]] = {
    SaveDraft: DraftView,
    ListDrafts: DraftPage,
    OpenDraft: DraftView,
    RemoveDrafts: Done,
    RestoreDrafts: Done,
    AttachFile: DraftDocument,
    AttachBytes: DraftDocument,
    AttachFromLetter: DraftDocument,
    CancelAttaching: Done,
    DetachDocument: Done,
    ReattachDocument: DraftDocument,
    CheckRecipients: SendCheck,
    SendDraft: Queued,
    CancelSending: DraftView,
    SendNow: Done,
    ListQueue: SendQueue,
    ListTemplates: Templates,
    SaveTemplate: Template,
    RemoveTemplate: Done,
    ShowSignature: Signature,
    SaveSignature: Done,
}
