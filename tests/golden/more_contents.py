# SPDX-License-Identifier: AGPL-3.0-or-later
"""What golden profiles from the twelfth form on hold beside the first ones' contents: a row in every table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.engine.ports.folders import StoredUnit
from app.engine.ports.importing import ImportedLetter
from app.engine.ports.journal import ActProof, ActState, ChainPoint, NewAct
from app.engine.ports.search import DocumentText
from app.engine.ports.vault import (
    NewLetter,
    Outgoing,
    ReceivedReceipt,
    SealedRow,
    StoredAlarm,
    StoredAttachment,
    Unopened,
    Upload,
)
from app.interface.documents import DocumentKind
from app.interface.folders import FolderSettings
from app.interface.journal import Deed, DeedKind
from app.interface.snapshots import AlarmKind, ImportedHead, KeyNewsKind, Trust
from app.interface.writing import DraftContent, DraftId, Template, TemplateId
from crypto_core.trust.assurance import Assurance
from crypto_core.trust.key_history import RecordedEvent
from crypto_core.trust.prekeys import PrekeyNumbers
from crypto_core.wire.assurance import AssuranceLevel
from crypto_core.wire.assurance import DocumentKind as Paper
from crypto_core.wire.codec import encode
from crypto_core.wire.content import (
    AbsenceNotice,
    MarkField,
    MarkSubject,
    OwnMark,
    Receipt,
    ReceiptState,
    Stamp,
)
from crypto_core.wire.decisions import (
    Capacity,
    Channel,
    DecisionId,
    DecisionKind,
    KeptDecision,
    Party,
    PatientDecision,
)
from crypto_core.wire.envelope import LogView, MessageKind, Urgency
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    DeviceId,
    DevicePseudonym,
    EnvelopeId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.limits import JOURNAL_SALT_BYTES
from crypto_core.wire.patients import NationalIdentity, PatientCard, Representative, Sex
from crypto_core.wire.signed import HybridSignature, Signed
from crypto_core.wire.suites import ED25519_SIGNATURE_BYTES, ML_DSA_65_SIGNATURE_BYTES
from tests.fakes.key_events import LAPTOP, KeyStory
from tests.fakes.people import NOW

if TYPE_CHECKING:
    from app.engine.ports.absence import OwnAbsence
    from app.engine.ports.vault import Owner, Store

PATIENT: Final = PatientId(b"golden patient 1")
TWICE: Final = PatientId(b"golden patient 2")
CARD: Final = PatientCard(
    birth_name="Roux",
    sex=Sex.FEMALE,
    ins=NationalIdentity(matricule="180037511600772", oid="1.2.250.1.213.1.4.8", is_qualified=True),
    telephone="06 12 34 56 78",
    email="zoe@example.test",
    address="1 rue des Lilas",
    representative=Representative(name="Paul Marin", capacity="père"),
    is_protected=True,
    notes="Entend mal.",
    died_on="2024-02-29",
    seen_on="2024-01-02",
)
TEMPLATE: Final = Template(
    template=TemplateId(b"golden template!"),
    name="Compte rendu",
    subject="Suites",
    text="Chère consœur,",
    marks=(),
    urgency=Urgency.NORMAL,
    is_answer_wanted=True,
)
OPPOSED: Final = DecisionId(b"golden decision!")
DRAFT: Final = DraftId(b"golden draft one")
REMARK: Final = "absente le mardi"
IMPORTED: Final = MessageId(b"golden imported!")
GOING: Final = MessageId(b"golden going 1!!")
REMOVED: Final = MessageId(b"golden removed 1")
WAITED_FOR: Final = ConversationId(b"golden, to come.")
OTHER_DEVICE: Final = DeviceId(b"golden laptop, 2")
_DIGEST: Final = Hash(b"d" * 32)
_PAPER: Final = StoredAttachment(
    blob=BlobId(b"golden paper, 2."),
    key=bytes(32),
    name="bilan.txt",
    media_type="text/plain",
    size=3,
    sha256=_DIGEST,
    is_available=True,
    sealed_sha256=_DIGEST,
)


def more_contents(
    store: Store,
    *,
    owner: Owner,
    sender: AccountId,
    conversation: ConversationId,
    received: MessageId,
    sent: MessageId,
    absence: OwnAbsence,
) -> None:
    """Add to what the first forms had; nothing of that changes."""
    store.folders.watch(FolderSettings(folder="/golden"), UnixMillis(NOW - 10))
    _erase(store, received)
    _decide(store, owner, sender)
    _trust(store, sender)
    _letters(store, sender, conversation, owner)
    _post(store, sender, received, sent)
    store.absences.note_told([sender], absence.stated_at)
    store.absences.note_computer_told(OTHER_DEVICE, absence.stated_at)
    store.absences.note_answered(sender, received, UnixMillis(NOW))
    notice = AbsenceNotice(version=1, stated_at=UnixMillis(NOW), away=absence.away)
    store.absences.put(sender, notice)
    store.identity.name_device(OTHER_DEVICE, "Portable")
    store.identity.add_alarm(
        StoredAlarm(kind=AlarmKind.SPLIT_VIEW, detail="golden", at=UnixMillis(NOW))
    )
    store.drafts.put(DRAFT, DraftContent(subject="À finir", text="Bonjour"), UnixMillis(NOW))
    paper = replace(_PAPER, blob=BlobId(b"golden paper, 3."))
    store.drafts.add_document(DRAFT, paper, UnixMillis(NOW))
    store.drafts.put_template(TEMPLATE)
    store.contacts.note(sender, REMARK)
    store.patients.put(PATIENT, family_name="Marin", given_name="Zoé", birth_date="1990-01-01")
    store.patients.put_card(PATIENT, CARD)
    store.patients.put(TWICE, family_name="Marin", given_name="Zoé", birth_date="1990-01-01")
    store.patients.file(conversation, TWICE)
    store.patients.merge(PATIENT, TWICE, CARD, UnixMillis(NOW))
    store.marks.stamp(owner.device, UnixMillis(NOW), is_alone=False)
    stamp = Stamp(time=UnixMillis(NOW + 1), count=0, device=OTHER_DEVICE)
    subject = MarkSubject(WAITED_FOR)
    waiting = OwnMark(field=MarkField.FLAGGED, subject=subject, stamp=stamp, is_on=True)
    store.marks.receive([waiting], UnixMillis(NOW))
    # This has no stamp yet.
    store.messages.mark_read(received)
    _journal(store, sender, received, owner)


def _journal(store: Store, sender: AccountId, received: MessageId, owner: Owner) -> None:
    noted = NewAct(
        deed=Deed.READ,
        kind=DeedKind.LETTERS,
        at=UnixMillis(NOW),
        utc_offset=UtcOffsetMinutes(120),
        state=ActState.NOTED,
        device=owner.device,
        people=(sender,),
        letter=received,
        patient=PATIENT,
    )
    store.journal.add(noted, encoded_opened=b"noted")
    act = store.journal.add(replace(noted, at=UnixMillis(NOW + 1)), encoded_opened=b"logged")
    proof = ActProof(
        log_index=7,
        logged_at=UnixMillis(NOW + 2),
        path=(_DIGEST,),
        checkpoint_size=8,
        nonce=b"golden nonce of.",
    )
    store.journal.logged(act, proof, sequence=3)
    point = ChainPoint(next_sequence=4, previous=_DIGEST, relay_time=UnixMillis(NOW + 2))
    store.journal.put_chain(DevicePseudonym(b"golden pseudonym"), point)


def _erase(store: Store, received: MessageId) -> None:
    made = store.messages.letter(received)
    if made is None:
        raise LookupError("the first forms had it")
    going = replace(made, message=GOING, conversation=ConversationId(GOING), attachments=())
    store.messages.add(going, is_searchable_now=False)
    store.erasures.begin(b"golden erasure 1", UnixMillis(NOW), letter=GOING)


def _decide(store: Store, owner: Owner, sender: AccountId) -> None:
    opposed = PatientDecision(
        version=1,
        decision=OPPOSED,
        account=owner.account,
        device=owner.device,
        patient=PATIENT,
        kind=DecisionKind.OPPOSITION,
        at=UnixMillis(NOW),
        utc_offset=UtcOffsetMinutes(120),
        seen=(),
        parties=(Party(account=sender, name="Dr Golden", profession="Médecin"),),
        channel=Channel.ORAL,
        capacity=Capacity.PATIENT,
        by="",
        terms=None,
        evidence=None,
        number=None,
        letter=None,
        text="",
    )
    # Who keeps a record has verified it before.
    unsigned = HybridSignature(
        ed25519=bytes(ED25519_SIGNATURE_BYTES), ml_dsa_65=bytes(ML_DSA_65_SIGNATURE_BYTES)
    )
    record = Signed(body=encode(opposed), signature=unsigned)
    store.decisions.add(opposed, KeptDecision(record=record, nonce=bytes(JOURNAL_SALT_BYTES)))


def _trust(store: Store, sender: AccountId) -> None:
    story = KeyStory()
    listed = story.device_list(LAPTOP, certificate=story.certificate())
    recorded = RecordedEvent(event=listed, log_index=1, relay_time=UnixMillis(NOW))
    store.trust.add_key_event(story.history.account, 1, recorded, proof="a proof")
    store.trust.note_complete(sender, 2)
    store.trust.add_news(sender, KeyNewsKind.COMPUTER_ADDED, UnixMillis(NOW), is_blocking=False)
    store.trust.put_prekey_numbers(sender, OTHER_DEVICE, PrekeyNumbers(signed=1, batch=2))
    store.trust.claim_key(_DIGEST, sender)
    store.trust.add_gossip(sender, OTHER_DEVICE, LogView(origin="golden", size=4, root=_DIGEST))
    seen = Assurance(
        level=AssuranceLevel.VOUCHED,
        log_index=3,
        voucher=sender,
        document=Paper.PROFESSIONAL_CARD,
        since=UnixMillis(NOW),
        expires_at=None,
    )
    store.contacts.put_assurances(sender, Trust.SELF_DECLARED, [seen], UnixMillis(NOW))


def _letters(store: Store, sender: AccountId, conversation: ConversationId, owner: Owner) -> None:
    made = NewLetter(
        message=REMOVED,
        conversation=ConversationId(b"golden talk, two"),
        is_sent=False,
        sender=sender,
        sender_device=DeviceId(bytes(16)),
        subject="Retiré",
        text="Ceci s’en va",
        at=UnixMillis(NOW - 5),
        sent_at=UnixMillis(NOW - 5),
        utc_offset=UtcOffsetMinutes(60),
        received_at=UnixMillis(NOW - 5),
        accepted_at=UnixMillis(NOW - 5),
        urgency=Urgency.NORMAL,
        in_reply_to=None,
        recipients=(owner.account,),
        attachments=(),
    )
    store.messages.add(made)
    store.organising.remove(made.conversation, UnixMillis(NOW))
    store.organising.erase(None, 9)
    head = ImportedHead(
        sender="Léa <lea@example.org>",
        recipients="anne@example.org",
        date="Mon, 1 Mar 2021 10:00:00 +0100",
        is_dated=True,
        is_encrypted=False,
        is_cut=False,
    )
    imported = ImportedLetter(digest=_DIGEST, head=head, name="Léa", people=("Léa",))
    store.messages.add(
        replace(
            made,
            message=IMPORTED,
            conversation=conversation,
            text="Un mot d’avant",
            at=UnixMillis(NOW + 5),
            is_read=True,
            attachments=(_PAPER,),
            imported=imported,
        ),
        is_searchable_now=False,
    )
    store.imported.keep_numbers(conversation, [b"golden number"])
    due = store.search.next_document()
    if due is None:
        raise LookupError("the newest document waits to be read")
    text = DocumentText(
        text="bilan lu", kind=DocumentKind.TEXT, is_readable=True, has_abnormal=False
    )
    store.search.keep_text(due, text)


def _post(store: Store, sender: AccountId, received: MessageId, sent: MessageId) -> None:
    told = MessageId(b"golden receipt 1")
    receipt = Receipt(
        version=1,
        message=received,
        outer_header_hash=_DIGEST,
        signed_message_hash=_DIGEST,
        state=ReceiptState.DELIVERED,
        reason=None,
        comment="",
        at=UnixMillis(NOW),
    )
    store.outbox.queue(
        Outgoing(
            message=told,
            kind=MessageKind.RECEIPT,
            conversation=ConversationId(told),
            in_reply_to=None,
            sent_at=UnixMillis(NOW),
            utc_offset=UtcOffsetMinutes(60),
            urgency=Urgency.NORMAL,
            contents=(receipt,),
        ),
        [(sender, None)],
    )
    (row,) = (
        each
        for each in store.outbox.waiting_to(sender)
        if store.outbox.outgoing(each.outgoing).message == told
    )
    envelope = EnvelopeId(b"golden envelope2")
    store.outbox.add_sealed(
        SealedRow(
            envelope=envelope,
            outgoing=row.outgoing,
            message=told,
            kind=MessageKind.RECEIPT,
            outer_header_hash=_DIGEST,
            signed_message_hash=_DIGEST,
            envelope_bytes=b"sealed",
            blobs=(),
        ),
        [(row.row, sender, OTHER_DEVICE)],
    )
    store.outbox.accepted(envelope, proof="a proof", log_index=7, at=UnixMillis(NOW))
    store.outbox.add_upload(
        Upload(blob=BlobId(b"golden upload, 1"), size=3, sha256=_DIGEST, is_complete=True), sent
    )
    store.outbox.add_history(OTHER_DEVICE, UnixMillis(0))
    store.inbox.add_receipt(
        ReceivedReceipt(
            message=told,
            account=sender,
            device=OTHER_DEVICE,
            envelope=envelope,
            state=ReceiptState.DELIVERED,
            reason=None,
            comment="",
            at=UnixMillis(NOW),
            signed_message=b"signed",
        )
    )
    store.inbox.hold(EnvelopeId(b"golden held one!"), sender)
    store.inbox.add_unopened(
        Unopened(
            envelope=EnvelopeId(b"golden unopened!"),
            message=MessageId(b"golden unopened!"),
            sender=sender,
            sender_device=OTHER_DEVICE,
            envelope_bytes=b"unreadable",
            failed_check=6,
            at=UnixMillis(NOW),
        )
    )
    store.erasures.note_backup("/backups/golden.backup", UnixMillis(NOW))
    store.folders.add_unit(
        StoredUnit(
            unit="golden unit",
            message=sent,
            label="golden",
            name="bilan.pdf",
            files=("bilan.pdf",),
            trouble=None,
            detail="",
            at=UnixMillis(NOW),
        )
    )
