# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real, encrypted profiles filled with invented letters, for tests and measurements that need many."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from app.engine.ports.journal import ActProof, ActState, NewAct
from app.engine.ports.vault import NewLetter, Owner
from app.engine.vault.profile import ProfileDirectory
from app.interface.journal import Deed, DeedKind
from app.interface.snapshots import ContactRow, ContactState, Trust
from crypto_core.keys.signing import SigningPair, certify_identity, recovery_secrets
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import encode
from crypto_core.wire.enrolment import Enrolment, format_enrolment
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    DeviceId,
    MessageId,
    UnixMillis,
    UtcOffsetMinutes,
)
from tests.fakes.machine import FakeClock, FakeSecretStore
from tests.fakes.people import NOW, SeededBytes
from tests.fakes.sample_log import SampleLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from app.engine.ports.vault import Store, Vault

CORRESPONDENTS: Final = 50
LETTERS_A_CONVERSATION: Final = 10
_BATCH: Final = 2_000
_MINUTE: Final = 60_000
_OPENED_BYTES: Final = 120
_DEEDS: Final = (
    (Deed.RECEIVED, DeedKind.LETTERS),
    (Deed.READ, DeedKind.LETTERS),
    (Deed.DOCUMENT_SHOWN, DeedKind.DOCUMENTS),
    (Deed.COMPOSED, DeedKind.LETTERS),
)
_SENTENCE: Final = "Je vous adresse ce jour les résultats de l'examen demandé. "


def invented_owner(*, seed: str = "owner", name: str = "Dr Camille Fontaine") -> Owner:
    """Somebody with real keys, registered at a relay that nobody can reach."""
    random_bytes = SeededBytes(seed)
    recovery = recovery_secrets(random_bytes(32))
    identity_seed = random_bytes(64)
    certificate = certify_identity(
        recovery.root, SigningPair.from_seed(identity_seed).public, sequence=1, issued_at=NOW
    )
    enrolment = Enrolment(
        version=1,
        # The discard port of this machine: a connection is refused at once.
        url="https://127.0.0.1:9",
        spki_sha256=sha256(b"nobody"),
        log_keys=SampleLog().log_keys,
    )
    return Owner(
        account=recovery.account,
        device=DeviceId(random_bytes(16)),
        name=name,
        profession="Médecin généraliste",
        place="Lyon",
        is_listed=False,
        identity_seed=identity_seed,
        device_seed=random_bytes(64),
        request_seed=random_bytes(32),
        pending_recovery_code=None,
        account_secret=recovery.account_secret,
        second_factors=None,
        encoded_certificate=encode(certificate),
        enrolment=format_enrolment(enrolment),
        encoded_registration=None,
    )


def correspondent(number: int) -> AccountId:
    """The address of an invented correspondent."""
    return AccountId(sha256(b"correspondent", number.to_bytes(4, "big"))[:20])


def invented_letters(count: int, *, owner: Owner, text_bytes: int = 2048) -> Iterator[NewLetter]:
    """Letters in conversations of ten, oldest first; a third of them sent by the owner."""
    text = (_SENTENCE * (text_bytes // len(_SENTENCE.encode()) + 1)).encode()[:text_bytes]
    body = text.decode(errors="ignore")
    conversations = max(1, count // LETTERS_A_CONVERSATION)
    for number in range(count):
        conversation = number % conversations
        other = correspondent(conversation % CORRESPONDENTS)
        is_sent = number % 3 == 0
        at = UnixMillis(NOW - (count - number) * _MINUTE)
        yield NewLetter(
            message=MessageId(sha256(b"message", number.to_bytes(8, "big"))[:16]),
            conversation=ConversationId(sha256(b"talk", conversation.to_bytes(8, "big"))[:16]),
            is_sent=is_sent,
            sender=owner.account if is_sent else other,
            sender_device=DeviceId(bytes(16)),
            subject=f"Compte rendu {conversation}",
            text=body,
            at=at,
            sent_at=at,
            utc_offset=UtcOffsetMinutes(120),
            received_at=None if is_sent else at,
            accepted_at=at,
            urgency=Urgency.NORMAL,
            in_reply_to=None,
            recipients=(other if is_sent else owner.account,),
            attachments=(),
        )


class InventedWords:
    """Texts of words that are as common as those of a language (Zipf), always the same ones.

    Word 0 is the most common. A text is made of sentences from a store of them, which makes many texts at once.
    """

    _SENTENCES: Final = 4_000
    _WORDS_A_SENTENCE: Final = 25
    _SYLLABLES: Final = tuple(
        a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "an")
    )
    _ENDINGS: Final = ("", "s", "tion", "ment", "ique", "aire", "é", "ée")

    def __init__(self, vocabulary: int = 30_000) -> None:
        self._vocabulary = vocabulary
        drawn = SeededBytes("words")
        self._sentences = [
            " ".join(self._words(drawn(2 * self._WORDS_A_SENTENCE))) + "."
            for _ in range(self._SENTENCES)
        ]

    def word(self, rank: int) -> str:
        """The word of a rank."""
        number, syllables = rank + 100, ""
        while number:
            number, which = divmod(number, len(self._SYLLABLES))
            syllables += self._SYLLABLES[which]
        return syllables + self._ENDINGS[rank % len(self._ENDINGS)]

    def text(self, number: int, sentences: int = 12) -> str:
        """The text of a number, some 2 KiB long."""
        drawn = sha256(b"text", number.to_bytes(8, "big"))
        places = (
            int.from_bytes(drawn[2 * each : 2 * each + 2], "big") for each in range(sentences)
        )
        return " ".join(self._sentences[place % self._SENTENCES] for place in places)

    def _words(self, drawn: bytes) -> Iterator[str]:
        for place in range(0, len(drawn), 2):
            share = int.from_bytes(drawn[place : place + 2], "big") / 65_536
            # As many words of each order of magnitude.
            yield self.word(int(self._vocabulary**share) - 1)


def worded_letters(
    count: int, *, owner: Owner, words: InventedWords | None = None
) -> Iterator[NewLetter]:
    """As `invented_letters`, each with a text of its own."""
    source = words or InventedWords()
    for number, each in enumerate(invented_letters(count, owner=owner, text_bytes=0)):
        yield replace(each, text=source.text(number))


async def fill_vault(vault: Vault, count: int, *, owner: Owner, text_bytes: int = 2048) -> None:
    """Write the owner, correspondents and `count` letters into an empty store."""

    def begin(store: Store) -> None:
        store.identity.create(owner)
        for number in range(CORRESPONDENTS):
            store.contacts.put(
                ContactRow(
                    account=correspondent(number),
                    name=f"Dr Dominique Martin {number}",
                    profession="Cardiologue",
                    place="Lyon",
                    note="",
                    state=ContactState.ACCEPTED,
                    trust=Trust.SELF_DECLARED,
                    since=NOW,
                )
            )

    await vault.run(begin)
    letters = invented_letters(count, owner=owner, text_bytes=text_bytes)
    for start in range(0, count, _BATCH):
        size = min(_BATCH, count - start)

        def write(store: Store, size: int = size) -> None:
            for _ in range(size):
                store.messages.add(next(letters))

        await vault.run(write)


def invented_acts(count: int, *, owner: Owner) -> Iterator[tuple[NewAct, ActProof]]:
    """Acts of years, oldest first, all in the log: letters and documents with their people, and the rest of a day."""
    for number in range(count):
        is_of_letter = number % 5 != 0
        at = UnixMillis(NOW - (count - number) * _MINUTE)
        deed, kind = (
            _DEEDS[number % len(_DEEDS)] if is_of_letter else (Deed.LOCKED, DeedKind.ACCESS)
        )
        yield (
            NewAct(
                deed=deed,
                kind=kind,
                at=at,
                utc_offset=UtcOffsetMinutes(120),
                state=ActState.LOGGED,
                device=owner.device,
                people=(correspondent(number % CORRESPONDENTS),) if is_of_letter else (),
                letter=MessageId(sha256(b"message", number.to_bytes(8, "big"))[:16])
                if is_of_letter
                else None,
                document=0 if kind is DeedKind.DOCUMENTS else None,
            ),
            ActProof(
                log_index=number,
                logged_at=at,
                path=tuple(sha256(bytes([level])) for level in range(count.bit_length())),
                checkpoint_size=count,
                nonce=bytes(16),
            ),
        )


async def make_journal_profile(directory: Path, *, acts: int, passphrase: str) -> None:
    """Make a profile that the real engine unlocks with `passphrase`, with so many acts in its journal."""
    owner = invented_owner()
    invented = invented_acts(acts, owner=owner)

    def write(store: Store) -> None:
        for number, (act, proof) in enumerate(islice(invented, _BATCH)):
            numbered = store.journal.add(act, encoded_opened=bytes(_OPENED_BYTES))
            store.journal.logged(numbered, proof, sequence=number)

    async def fill(vault: Vault) -> None:
        await fill_vault(vault, CORRESPONDENTS, owner=owner)
        for _ in range(0, acts, _BATCH):
            await vault.run(write)

    await _make_profile(directory, fill, passphrase=passphrase)


async def make_large_profile(directory: Path, *, messages: int, passphrase: str) -> None:
    """Make a profile that the real engine unlocks with `passphrase`, with so many letters in it."""
    await _make_profile(
        directory,
        lambda vault: fill_vault(vault, messages, owner=invented_owner()),
        passphrase=passphrase,
    )


async def _make_profile(
    directory: Path, fill: Callable[[Vault], Awaitable[None]], *, passphrase: str
) -> None:
    profile = ProfileDirectory(
        directory,
        secret_store=FakeSecretStore(is_present=False),
        random_bytes=os.urandom,
        clock=FakeClock(),
    )
    try:
        await fill(await profile.create(passphrase))
        await profile.confirm()
    finally:
        await profile.close()
