# SPDX-License-Identifier: AGPL-3.0-or-later
"""A letter's text as a file: nothing that is said is lost, and its name leads nowhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

from app.engine.folders.lettering import file_content, file_name
from app.interface.snapshots import (
    AttachmentRow,
    Direction,
    MessageView,
    PatientTag,
    Problem,
    Trust,
)
from crypto_core.wire.content import Mark, MarkKind
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    Hash,
    MessageId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.words import WordLanguage

ZONE: Final = dt.timezone(dt.timedelta(hours=1))
LETTER: Final = MessageView(
    message=MessageId(bytes(16)),
    conversation=ConversationId(bytes(16)),
    direction=Direction.RECEIVED,
    sender=AccountId(b"\xff" * 20),
    sender_name="Claire Marchand",
    sender_profession="",
    trust=Trust.VERIFIED,
    subject="Suite",
    text="Traitement\nramipril\nmétoprolol\nrevoir\nplus tard",
    sent_at=UnixMillis(1_790_000_000_000),
    utc_offset=UtcOffsetMinutes(60),
    received_at=UnixMillis(1_790_000_060_000),
    urgency=Urgency.URGENT,
    is_read=False,
    attachments=(
        AttachmentRow(
            name="bilan.pdf", media_type="", size=1, sha256=Hash(bytes(32)), available=True
        ),
    ),
    recipients=(),
    problem=Problem.NONE,
    marks=(
        Mark(kind=MarkKind.BOLD, start=0, end=10),
        Mark(kind=MarkKind.NUMBERED, start=11, end=30),
        Mark(kind=MarkKind.BULLET, start=31, end=37),
    ),
    patient=PatientTag(
        patient=None, family_name="Durand", given_name="Lucie", birth_date="1984-02-29"
    ),
)


def test_the_file_says_whose_it_is_and_keeps_its_lists() -> None:
    written = file_content(LETTER, WordLanguage.ENGLISH, ZONE).decode("utf-8-sig")
    assert written.split("\r\n") == [
        f"From: Claire Marchand <uhs:{'7' * 32}>",
        "Received: 2026-09-21 15:14",
        "Subject: Suite",
        "Patient: Durand Lucie, 1984-02-29",
        "Documents: bilan.pdf",
        "Urgent: yes",
        "",
        "Traitement",
        "1. ramipril",
        "2. métoprolol",
        "- revoir",
        "plus tard",
        "",
    ]


def test_a_letter_without_anything_else_is_its_text() -> None:
    bare = replace(
        LETTER,
        sender_name="",
        subject="",
        attachments=(),
        patient=None,
        marks=(),
        urgency=Urgency.NORMAL,
        text="Merci",
    )
    written = file_content(bare, WordLanguage.FRENCH, ZONE).decode("utf-8-sig")
    assert written.split("\r\n") == [
        f"De\u00a0: <uhs:{'7' * 32}>",
        "Reçu le\u00a0: 21/09/2026 15:14",
        "",
        "Merci",
        "",
    ]
    assert file_name(bare, ZONE) == "2026-09-21 1514.txt"


def test_its_name_is_when_and_what_and_no_path() -> None:
    assert file_name(LETTER, ZONE) == "2026-09-21 1514 Suite.txt"
    path = replace(LETTER, subject="../../NF 1/2: C:\\évasion. ")
    assert file_name(path, ZONE) == "2026-09-21 1514 ..-..-NF 1-2- C-évasion.txt"
    long = file_name(replace(LETTER, subject="é" * 100), ZONE)
    assert len(long.encode()) < 100
    assert long.endswith("é.txt")
    assert file_name(replace(LETTER, subject=""), ZONE) == "2026-09-21 1514 Claire Marchand.txt"
