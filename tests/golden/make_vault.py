# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes the golden profile of the form that is current: `python -m tests.golden.make_vault DIR`.

A profile is made once per released form and then never changed: later programs must open it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine.ports.absence import OwnAbsence
from app.engine.ports.vault import (
    Evidence,
    NewLetter,
    Outgoing,
    PrekeyKind,
    PrivatePrekey,
    SecondFactors,
    Setting,
    StoredAttachment,
    StoredCheckpoint,
)
from app.engine.vault.files import SealedFiles
from app.engine.vault.profile import LOCK, ProfileDirectory
from app.interface.snapshots import ContactRow, ContactState, Trust
from crypto_core.trust.signatures import sha256
from crypto_core.wire.content import Away, Letter, Replacement
from crypto_core.wire.envelope import MessageKind, Urgency
from crypto_core.wire.ids import (
    BlobId,
    ConversationId,
    DeviceId,
    EnvelopeId,
    Hash,
    MessageId,
    PrekeyId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.sign_in import RECOVERY_CODES
from tests.fakes.large_vault import correspondent, invented_owner
from tests.fakes.machine import FakeClock, FakeSecretStore
from tests.fakes.people import NOW
from tests.golden.more_contents import more_contents

if TYPE_CHECKING:
    from app.engine.ports.vault import Store

PASSPHRASE: Final = "golden passphrase of a test"
DOCUMENT: Final = b"Un compte rendu, pour toujours.\n" * 100
DOCUMENT_KEY: Final = bytes(range(32))
BLOB: Final = BlobId(b"golden document!")
RECEIVED: Final = MessageId(b"golden received!")
SENT: Final = MessageId(b"golden sent one!")
CONVERSATION: Final = ConversationId(b"golden talk, one")
PREKEY: Final = PrekeyId(b"golden prekey, 1")
OWNER: Final = replace(
    invented_owner(seed="golden"),
    second_factors=SecondFactors(
        totp_secret=b"golden one-time code",
        recovery_codes=tuple(f"golden r{number:02}".encode() for number in range(RECOVERY_CODES)),
    ),
)
SENDER: Final = correspondent(0)
ABSENCE: Final = OwnAbsence(
    stated_at=UnixMillis(NOW),
    device=OWNER.device,
    away=Away(
        since=UnixMillis(NOW),
        until=UnixMillis(NOW + 86_400_000),
        replacement=Replacement(account=SENDER, name="Dr Golden", profession="Cardiologue"),
        text="Absent",
    ),
)
"""Profiles from the tenth form on have it, and their conversation is flagged."""


def ignore_progress(done: int) -> None:
    """Tell nobody."""
    del done


def contents(store: Store) -> None:
    """One of everything that a later program must still find."""
    store.identity.create(OWNER)
    store.identity.put_setting(Setting.PREKEY_NUMBER, b"3")
    store.contacts.put(
        ContactRow(
            account=SENDER,
            name="Dr Golden",
            profession="Cardiologue",
            place="Lyon",
            note="",
            state=ContactState.ACCEPTED,
            trust=Trust.SELF_DECLARED,
            since=NOW,
        )
    )
    store.prekeys.add(
        [
            PrivatePrekey(
                prekey=PREKEY, kind=PrekeyKind.ONE_TIME, seed=bytes(96), not_after=UnixMillis(NOW)
            )
        ]
    )
    store.trust.add_checkpoint(
        StoredCheckpoint(size=5, root=Hash(b"r" * 32), signed_at_seconds=1, note="a note")
    )
    store.messages.add(_letter(RECEIVED, is_sent=False), _evidence())
    store.inbox.mark_opened(RECEIVED, Hash(b"o" * 32))
    store.messages.add(_letter(SENT, is_sent=True))
    store.outbox.queue(
        Outgoing(
            message=SENT,
            kind=MessageKind.LETTER,
            conversation=CONVERSATION,
            in_reply_to=RECEIVED,
            sent_at=NOW,
            utc_offset=UtcOffsetMinutes(60),
            urgency=Urgency.URGENT,
            contents=(Letter(version=1, subject="Sujet", text="Texte pour toujours"),),
        ),
        [(SENDER, None)],
    )
    store.absences.put_own(ABSENCE)
    store.organising.flag(CONVERSATION)
    store.outbox.add_receipt_due(SENDER, b"a receipt")
    store.outbox.add_statement(
        0,
        encoded_statement=b"statement",
        encoded_signature=b"signature",
        envelope=None,
        encoded_key_event=b"\x84\x01\x01device list\xf6",
    )
    more_contents(
        store,
        owner=OWNER,
        sender=SENDER,
        conversation=CONVERSATION,
        received=RECEIVED,
        sent=SENT,
        absence=ABSENCE,
    )


def _letter(message: MessageId, *, is_sent: bool) -> NewLetter:
    return NewLetter(
        message=message,
        conversation=CONVERSATION,
        is_sent=is_sent,
        sender=OWNER.account if is_sent else SENDER,
        sender_device=DeviceId(bytes(16)),
        subject="Sujet",
        text="Texte pour toujours",
        at=NOW,
        sent_at=NOW,
        utc_offset=UtcOffsetMinutes(60),
        received_at=None if is_sent else NOW,
        accepted_at=None if is_sent else NOW,
        urgency=Urgency.URGENT,
        in_reply_to=None,
        recipients=(SENDER if is_sent else OWNER.account,),
        attachments=()
        if is_sent
        else (
            StoredAttachment(
                blob=BLOB,
                key=DOCUMENT_KEY,
                name="compte rendu.txt",
                media_type="text/plain",
                size=len(DOCUMENT),
                sha256=sha256(DOCUMENT),
                is_available=True,
                sealed_sha256=None,
            ),
        ),
    )


def _evidence() -> Evidence:
    return Evidence(
        envelope=EnvelopeId(b"golden envelope!"),
        outer_header=b"outer",
        outer_header_hash=Hash(b"o" * 32),
        signed_message=b"signed",
        signed_message_hash=Hash(b"s" * 32),
        leaf=b"leaf",
        log_index=4,
        path=(Hash(b"p" * 32),),
        checkpoint_size=5,
    )


async def make(directory: Path) -> None:
    """Write the profile into a directory that does not exist yet."""
    profile = ProfileDirectory(
        directory,
        secret_store=FakeSecretStore(is_present=False),
        random_bytes=os.urandom,
        clock=FakeClock(),
    )
    vault = await profile.create(PASSPHRASE)
    await vault.run(contents)
    await profile.confirm()
    files = SealedFiles(profile.files_directory)
    source = directory / "compte rendu.txt"
    source.write_bytes(DOCUMENT)
    files.seal(
        files.inspect(str(source)),
        BLOB,
        key=DOCUMENT_KEY,
        prefix=os.urandom(7),
        report=ignore_progress,
    )
    source.unlink()
    await profile.close()
    (directory / LOCK).unlink()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    if target.exists():
        shutil.rmtree(target)
    asyncio.run(make(target))
