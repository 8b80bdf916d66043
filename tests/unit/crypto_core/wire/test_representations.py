# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a log line or a traceback prints of an object is never what only its owner may read."""

from __future__ import annotations

import pytest

from crypto_core.keys.envelopes import Message
from crypto_core.wire.content import (
    Attachment,
    ContactCard,
    Letter,
    Receipt,
    ReceiptState,
    RefusalReason,
)
from crypto_core.wire.envelope import (
    MessageKind,
    Section,
    SignedHeader,
    SignedMessage,
    Urgency,
)
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    Hash,
    MessageId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.relay_api import RegisterRequest, SignedStatement
from crypto_core.wire.sign_in import LOGIN_STRETCH, LoginCredential, SignInSetup
from crypto_core.wire.signed import HybridSignature, Signed

CANARY = "canary-seldom-seen"
CANARY_BYTES = CANARY.encode()
ZEROS = Hash(bytes(32))
SIGNATURE = HybridSignature(ed25519=bytes(64), ml_dsa_65=bytes(3309))
LETTER = Letter(version=1, subject=CANARY, text=CANARY)
SECTION = Section(salt=CANARY_BYTES[:16], content_type="text/plain", content=CANARY_BYTES)
SIGNED = Signed(body=b"body", signature=SIGNATURE)

SECRETIVE = (
    LETTER,
    SECTION,
    Attachment(
        version=1,
        blob=BlobId(bytes(16)),
        key=CANARY_BYTES + bytes(14),
        name=CANARY,
        media_type="application/pdf",
        size=7,
        sha256=Hash(CANARY_BYTES + bytes(14)),
    ),
    ContactCard(
        version=1, account=AccountId(bytes(20)), name=CANARY, profession=CANARY, note=CANARY
    ),
    Receipt(
        version=1,
        message=MessageId(bytes(16)),
        outer_header_hash=ZEROS,
        signed_message_hash=ZEROS,
        state=ReceiptState.REFUSED,
        reason=RefusalReason.ILLEGIBLE,
        comment=CANARY,
        at=UnixMillis(0),
    ),
    SignedHeader(
        version=1,
        kind=MessageKind.LETTER,
        outer_header_hash=ZEROS,
        conversation=ConversationId(bytes(16)),
        in_reply_to=None,
        sent_at=UnixMillis(0),
        utc_offset=UtcOffsetMinutes(0),
        patient=CANARY_BYTES[:16],
        urgency=Urgency.NORMAL,
        log_view=None,
        sections=(),
    ),
    SignedMessage(header=CANARY_BYTES, sections=(SECTION,), signature=SIGNATURE),
    Message(
        message=MessageId(bytes(16)),
        kind=MessageKind.LETTER,
        conversation=ConversationId(bytes(16)),
        in_reply_to=None,
        sent_at=UnixMillis(0),
        utc_offset=UtcOffsetMinutes(0),
        patient=CANARY_BYTES[:16],
        urgency=Urgency.NORMAL,
        sections=(LETTER,),
    ),
    RegisterRequest(
        invitation=CANARY,
        certificate=SIGNED,
        device_list=SIGNED,
        statement=SignedStatement(statement=b"statement", signature=SIGNATURE),
        directory=None,
        sign_in=SignInSetup(
            credential=LoginCredential(version=1, stretch=LOGIN_STRETCH, record=CANARY_BYTES),
            totp_secret=CANARY_BYTES,
            recovery_hashes=(Hash(CANARY_BYTES),),
        ),
    ),
)


@pytest.mark.parametrize("secretive", SECRETIVE, ids=lambda value: type(value).__name__)
def test_a_representation_shows_nothing_of_the_content(secretive: object) -> None:
    assert CANARY[:12] not in repr(secretive)
    assert type(secretive).__name__ in repr(secretive)
