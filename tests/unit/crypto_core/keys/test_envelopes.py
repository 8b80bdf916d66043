# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sealing and opening; each check of `crypto_core/spec/envelope.md` §4 has its attack here, by number."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import cbor2
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import (
    AlreadyOpenedError,
    KeyStateError,
    OpenCheck,
    OpenError,
    WireError,
)
from crypto_core.keys.derivation import expand
from crypto_core.keys.envelopes import Message, OpenedEnvelope, open_envelope, read_header, seal
from crypto_core.keys.streams import seal_bytes
from crypto_core.trust.signatures import sha256, verify
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.content import Letter
from crypto_core.wire.envelope import (
    Envelope,
    MessageKind,
    Recipient,
    SignedHeader,
    SignedMessage,
    Urgency,
)
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    DeviceId,
    Hash,
    MessageId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.labels import BODY, COMMIT, DEVICE_LIST, MESSAGE, SECTION
from crypto_core.wire.limits import (
    MAX_BODY_BYTES,
    MAX_ENVELOPE_BYTES,
    MAX_SLOTS,
    MAX_TEXT_BYTES,
    STREAM_PREFIX_BYTES,
)
from crypto_core.wire.signed import HybridSignature
from crypto_core.wire.suites import CONTENT_KEY_BYTES
from tests.fakes.forged_envelopes import (
    CONTENT_KEY,
    LETTER,
    MESSAGE_ID,
    Forgery,
    forge,
    section,
    signed_message,
)
from tests.fakes.gcm_collisions import collide
from tests.fakes.people import NOW, Person, SeededBytes, listing

if TYPE_CHECKING:
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.trust.prekeys import SlotTarget

CLAIRE, KARIM, LEA = Person.invent("Claire"), Person.invent("Karim"), Person.invent("Léa")
for reader in (CLAIRE, KARIM, LEA):
    reader.knows(CLAIRE, KARIM, LEA)
TO_BOTH = (KARIM.target(), LEA.target(one_time=1))
ACCEPTED_AT = 5
GENUINE = forge(CLAIRE, TO_BOTH)


def message(text: str = LETTER.text) -> Message:
    return Message(
        message=MessageId(os.urandom(16)),
        kind=MessageKind.LETTER,
        conversation=ConversationId(bytes(16)),
        in_reply_to=None,
        sent_at=NOW,
        utc_offset=UtcOffsetMinutes(60),
        patient=None,
        urgency=Urgency.URGENT,
        sections=(Letter(version=1, subject="Objet", text=text),),
    )


def sealed(
    text: str = LETTER.text, targets: tuple[SlotTarget, ...] = TO_BOTH
) -> tuple[bytes, bytes | None]:
    result = seal(
        message(text),
        keys=CLAIRE.keys,
        targets=targets,
        attachments=(),
        expires_at=UnixMillis(NOW + 1),
        log_view=None,
        random_bytes=os.urandom,
    )
    return result.envelope_bytes, None if result.body_blob is None else result.body_blob[1]


def failed_check(
    envelope: bytes,
    reader: Person = KARIM,
    *,
    accepted_at: int = ACCEPTED_AT,
    blob: bytes | None = None,
) -> OpenCheck:
    with pytest.raises(OpenError) as caught:
        open_envelope(envelope, state=reader, accepted_at=accepted_at, body_blob=blob)
    assert str(caught.value) == "the envelope cannot be opened", "failures must look alike"
    return caught.value.check


def genuine_but_one_byte(position: int) -> bytes:
    header = decode(Envelope, GENUINE).header
    signed = bytearray(signed_message(CLAIRE, sha256(header)))
    signed[position % len(signed)] ^= 1
    return bytes(signed)


def letter_of(opened: OpenedEnvelope) -> Letter:
    return decode(Letter, opened.sections[0].content)


@pytest.mark.parametrize("reader", [KARIM, LEA], ids=["signed prekey", "one-time prekey"])
def test_every_recipient_reads_what_was_written(reader: Person) -> None:
    envelope, _ = sealed("Bonjour Léa et Karim")
    opened = open_envelope(envelope, state=reader, accepted_at=ACCEPTED_AT)
    assert letter_of(opened).text == "Bonjour Léa et Karim"
    assert opened.header.urgency is Urgency.URGENT
    assert opened.outer.sender == CLAIRE.account
    assert opened.prekey == opened.outer.recipients[(KARIM, LEA).index(reader)].prekey


@settings(max_examples=25)
@given(st.text(max_size=3000), st.integers(1, 4))
def test_any_text_for_any_number_of_devices(text: str, count: int) -> None:
    others = tuple(
        dataclasses.replace(LEA.target(), device=DeviceId(bytes([number]) * 16))
        for number in range(count)
    )
    envelope, _ = sealed(text, (*others, KARIM.target()))
    assert letter_of(open_envelope(envelope, state=KARIM, accepted_at=ACCEPTED_AT)).text == text


def test_a_large_body_travels_as_a_blob_and_opens() -> None:
    text = "é" * (MAX_TEXT_BYTES // 2)
    envelope, blob = sealed(text)
    assert blob is not None
    assert len(envelope) < 8_000
    assert read_header(envelope).body_blob in read_header(envelope).blobs
    assert (
        letter_of(
            open_envelope(envelope, state=KARIM, accepted_at=ACCEPTED_AT, body_blob=blob)
        ).text
        == text
    )
    assert failed_check(envelope) is OpenCheck.BODY
    assert failed_check(envelope, blob=blob[:-1]) is OpenCheck.BODY
    assert failed_check(envelope, blob=sealed(text)[1]) is OpenCheck.BODY


def test_a_body_has_a_largest_size_on_both_sides() -> None:
    whole = Letter(version=1, subject="", text="x" * MAX_TEXT_BYTES)
    with pytest.raises(WireError):
        seal(
            replace(message(), sections=(whole,) * (MAX_BODY_BYTES // MAX_TEXT_BYTES)),
            keys=CLAIRE.keys,
            targets=TO_BOTH,
            attachments=(),
            expires_at=NOW,
            log_view=None,
            random_bytes=os.urandom,
        )
    unsealed = forge(CLAIRE, TO_BOTH, Forgery(body_blob=BlobId(b"b" * 16)))
    signed = signed_message(CLAIRE, sha256(decode(Envelope, unsealed).header))
    body_key = expand(CONTENT_KEY, BODY, MESSAGE_ID)
    for surplus in (0, 4096, MAX_BODY_BYTES):  # 4096: more padding than the length asks for
        plaintext = len(signed).to_bytes(8, "big") + signed + bytes(surplus)
        blob = seal_bytes(body_key, b"prefix7", plaintext)
        envelope = forge(CLAIRE, TO_BOTH, Forgery(body_blob=BlobId(b"b" * 16), body=blob))
        if surplus:
            assert failed_check(envelope, blob=blob) is OpenCheck.BODY
        else:
            open_envelope(envelope, state=KARIM, accepted_at=ACCEPTED_AT, body_blob=blob)


def test_what_is_no_section_is_not_sealed() -> None:
    with pytest.raises(KeyStateError):
        seal(
            replace(message(), sections=("text",)),
            keys=CLAIRE.keys,
            targets=TO_BOTH,
            attachments=(),
            expires_at=NOW,
            log_view=None,
            random_bytes=os.urandom,
        )


def test_the_largest_number_of_devices_fits_and_one_more_is_refused() -> None:
    target = LEA.target()
    many = tuple(
        dataclasses.replace(target, device=DeviceId(number.to_bytes(16, "big")))
        for number in range(MAX_SLOTS)
    )
    for length, is_inside in ((60_000, True), (300_000, False)):
        envelope, blob = sealed("x" * length, many)
        assert len(envelope) <= MAX_ENVELOPE_BYTES
        assert (blob is None) is is_inside
    with pytest.raises(WireError):
        sealed("x", (*many, KARIM.target()))


def test_the_envelope_shows_no_content_and_no_exact_length() -> None:
    one, _ = sealed("Lombalgie aiguë" + "a" * 4000)
    other, _ = sealed("Lombalgie aiguë" + "a" * 4020)
    assert b"Lombalgie" not in one
    assert len(one) == len(other)


def test_secrets_do_not_show_in_a_representation() -> None:
    shown = repr(message("mot secret")) + repr(CLAIRE.keys) + repr(KARIM.signed_pair)
    assert "mot secret" not in shown
    assert repr(CLAIRE.keys.signing.seed)[2:-1] not in shown
    assert repr(KARIM.signed_pair.seed)[2:-1] not in shown


# The ordered checks


def test_1_limits() -> None:
    assert failed_check(bytes(MAX_ENVELOPE_BYTES + 1)) is OpenCheck.LIMITS


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        forge(CLAIRE, TO_BOTH) + b"\x00",
        forge(CLAIRE, TO_BOTH)[:-1],
        cbor2.dumps([*cbor2.loads(forge(CLAIRE, TO_BOTH))[:2], b""]),
        encode(
            dataclasses.replace(
                decode(Envelope, forge(CLAIRE, TO_BOTH)),
                slots=decode(Envelope, forge(CLAIRE, TO_BOTH)).slots[:1],
            )
        ),
        forge(CLAIRE, TO_BOTH, Forgery(slot_keys=(b"short", CONTENT_KEY))),
    ],
    ids=["empty", "trailing byte", "truncated", "no body at all", "a slot too few", "a short slot"],
)
def test_2_codec(envelope: bytes) -> None:
    assert failed_check(envelope) is OpenCheck.CODEC


@pytest.mark.parametrize(
    ("position", "value"), [(0, 2), (1, 2), (1, 0)], ids=["version", "newer suite", "suite 0"]
)
def test_3_suite(position: int, value: int) -> None:
    honest = decode(Envelope, forge(CLAIRE, TO_BOTH))
    fields = list(cbor2.loads(honest.header))
    fields[position] = value
    later = encode(
        dataclasses.replace(honest, header=cbor2.dumps([*fields, "something new"], canonical=True))
    )
    assert failed_check(later) is OpenCheck.SUITE


def test_4_slot_for_me() -> None:
    assert failed_check(forge(CLAIRE, (LEA.target(),))) is OpenCheck.SLOT
    assert failed_check(forge(CLAIRE, (KARIM.target(), KARIM.target()))) is OpenCheck.SLOT


def test_5_a_message_number_seen_before() -> None:
    envelope = forge(CLAIRE, TO_BOTH)
    header = read_header(envelope)
    KARIM.opened[header.message] = sha256(decode(Envelope, envelope).header)
    try:
        with pytest.raises(AlreadyOpenedError):
            open_envelope(envelope, state=KARIM, accepted_at=ACCEPTED_AT)
        KARIM.opened[header.message] = Hash(bytes(32))
        assert failed_check(envelope) is OpenCheck.REPLAY
    finally:
        del KARIM.opened[header.message]


def test_6_prekey_unknown_or_used() -> None:
    target = LEA.target(one_time=2)
    envelope = forge(CLAIRE, (target,))
    assert open_envelope(envelope, state=LEA, accepted_at=ACCEPTED_AT).prekey == target.prekey
    LEA.erased.add(target.prekey)
    try:
        assert failed_check(envelope, LEA) is OpenCheck.PREKEY
    finally:
        LEA.erased.clear()


def test_7_a_slot_taken_from_elsewhere() -> None:
    honest = decode(Envelope, forge(CLAIRE, TO_BOTH))
    other = decode(Envelope, forge(CLAIRE, TO_BOTH, Forgery(slot_keys=(b"k" * 32, b"k" * 32))))
    assert (
        failed_check(encode(dataclasses.replace(honest, slots=honest.slots[::-1])))
        is OpenCheck.HPKE
    )
    assert failed_check(encode(dataclasses.replace(honest, slots=other.slots))) is OpenCheck.HPKE


def test_8_a_slot_with_another_content_key() -> None:
    commitment = Hash(expand(CONTENT_KEY, COMMIT))
    forgery = Forgery(slot_keys=(bytes(32), CONTENT_KEY), commitment=commitment)
    assert failed_check(forge(CLAIRE, TO_BOTH, forgery)) is OpenCheck.COMMITMENT


def test_8_two_recipients_are_never_shown_two_texts() -> None:
    """AES-GCM alone would let a sender do it: the very ciphertext below is genuine under both keys."""
    first, second = bytes(32), b"\x01" * 32
    number = MessageId(b"m" * 16)
    body_keys = (expand(first, BODY, number), expand(second, BODY, number))
    prefix = b"prefix7"
    nonce = prefix + bytes(4) + b"\x01"
    ciphertext = collide(body_keys, nonce, blocks=8)
    texts = [AESGCM(key).decrypt(nonce, ciphertext, None) for key in body_keys]
    assert texts[0] != texts[1]
    for committed in (first, second):
        envelope = forge(
            CLAIRE,
            TO_BOTH,
            Forgery(
                slot_keys=(first, second),
                commitment=Hash(expand(committed, COMMIT)),
                body=prefix + ciphertext,
            ),
        )
        checks = [failed_check(envelope, reader) for reader in (KARIM, LEA)]
        assert checks.count(OpenCheck.COMMITMENT) == 1


def test_9_a_relay_cannot_hand_each_recipient_another_blob_of_the_senders() -> None:
    draft = message()
    yes, no = (
        seal(
            replace(draft, sections=(Letter(version=1, subject="", text=text * 300_000),)),
            keys=CLAIRE.keys,
            targets=TO_BOTH,
            attachments=(),
            expires_at=NOW,
            log_view=None,
            random_bytes=SeededBytes("the same header for both"),
        )
        for text in ("oui", "non")
    )
    assert yes.outer_header_hash == no.outer_header_hash
    assert yes.body_blob is not None
    assert no.body_blob is not None
    opened = open_envelope(
        yes.envelope_bytes, state=KARIM, accepted_at=ACCEPTED_AT, body_blob=yes.body_blob[1]
    )
    assert letter_of(opened).text.startswith("oui")
    assert failed_check(yes.envelope_bytes, LEA, blob=no.body_blob[1]) is OpenCheck.BODY


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_8_no_two_keys_share_a_commitment(first: bytes, second: bytes) -> None:
    assert (first == second) == (expand(first, COMMIT) == expand(second, COMMIT))


@pytest.mark.parametrize(
    "forgery",
    [
        Forgery(signed_message=b"\x80"),
        Forgery(sections=(section(Letter(version=1, subject="autre", text="texte")),)),
        Forgery(sections=(section(), section())),
    ],
    ids=["not a message", "section replaced", "section added"],
)
def test_9_body(forgery: Forgery) -> None:
    assert failed_check(forge(CLAIRE, TO_BOTH, forgery)) is OpenCheck.BODY


def test_9_every_byte_of_the_sealed_body_counts() -> None:
    honest = decode(Envelope, forge(CLAIRE, TO_BOTH))
    for position in (0, 7, len(honest.body) // 2, len(honest.body) - 1):
        body = bytearray(honest.body)
        body[position] ^= 1
        assert failed_check(encode(dataclasses.replace(honest, body=bytes(body)))) is OpenCheck.BODY


def test_10_a_signed_message_moved_to_another_header() -> None:
    forgery = Forgery(outer_header_hash=sha256(b"the header it was written for"))
    assert failed_check(forge(CLAIRE, TO_BOTH, forgery)) is OpenCheck.HEADER_HASH


@pytest.mark.parametrize(
    "forgery",
    [
        Forgery(signature=HybridSignature(ed25519=b"\x01" * 64, ml_dsa_65=bytes(3309))),
        Forgery(signature=HybridSignature(ed25519=bytes(64), ml_dsa_65=b"\x01" * 3309)),
        Forgery(signer=LEA),
    ],
    ids=["Ed25519 broken", "ML-DSA broken", "somebody else's signature"],
)
def test_11_both_signatures_are_needed(forgery: Forgery) -> None:
    assert failed_check(forge(CLAIRE, TO_BOTH, forgery)) is OpenCheck.SIGNATURES


def test_12_a_device_not_listed_when_the_envelope_was_accepted() -> None:
    envelope = forge(CLAIRE, TO_BOTH)
    assert failed_check(envelope, accepted_at=0) is OpenCheck.SENDER_LISTED
    stranger = Person.invent("inconnu")
    assert failed_check(forge(stranger, TO_BOTH)) is OpenCheck.SENDER_LISTED


def test_12_a_device_that_has_been_removed() -> None:
    reader, history = Person.invent("Karim"), history_with_a_new_key()
    reader.histories[CLAIRE.account] = replace(history, lists=history.lists[:2])
    envelope = forge(CLAIRE, TO_BOTH)
    assert letter_of(open_envelope(envelope, state=reader, accepted_at=9)) == LETTER
    assert failed_check(envelope, reader, accepted_at=10) is OpenCheck.SENDER_LISTED
    forged = forge(CLAIRE, TO_BOTH, Forgery(signer=LEA))
    assert failed_check(forged, reader, accepted_at=10) is OpenCheck.SIGNATURES


def test_12_the_key_is_the_one_listed_when_the_envelope_was_accepted() -> None:
    reader = Person.invent("Karim")
    reader.histories[CLAIRE.account] = history_with_a_new_key()
    by_old_key = forge(CLAIRE, TO_BOTH)
    by_new_key = forge(CLAIRE, TO_BOTH, Forgery(signer=LEA))
    assert letter_of(open_envelope(by_new_key, state=reader, accepted_at=20)) == LETTER
    assert failed_check(by_new_key, reader, accepted_at=9) is OpenCheck.SIGNATURES
    assert failed_check(by_old_key, reader, accepted_at=20) is OpenCheck.SIGNATURES


def history_with_a_new_key() -> KeyHistory:
    """Claire's device is listed, removed at 9, and listed again at 19 with a key that happens to be Léa's."""
    second = replace(LEA.entry, signing=KARIM.entry.signing)
    again = replace(CLAIRE.entry, signing=LEA.entry.signing)
    history = CLAIRE.history_
    for index, devices in ((9, (second,)), (19, (second, again))):
        last = history.lists[-1]
        following = replace(
            last.devices,
            sequence=last.devices.sequence + 1,
            previous=last.digest,
            devices=devices,
        )
        event = listing(CLAIRE.identity.sign_object(DEVICE_LIST, following))
        history = history.extended(event, log_index=index, relay_time=NOW)
    return history


def test_13_my_device_named_under_another_account() -> None:
    target = KARIM.target()
    recipients = (
        Recipient(account=AccountId(bytes(20)), device=KARIM.device, prekey=target.prekey),
    )
    assert (
        failed_check(forge(CLAIRE, (target,), Forgery(recipients=recipients)))
        is OpenCheck.RECIPIENT
    )


# What a correspondent may try


def test_a_letter_cannot_be_passed_on_as_if_sealed_for_somebody_else() -> None:
    """Karim seals Claire's signed message again, for a device she did not write to."""
    opened = open_envelope(forge(CLAIRE, TO_BOTH[:1]), state=KARIM, accepted_at=ACCEPTED_AT)
    passed_on = forge(CLAIRE, TO_BOTH[1:], Forgery(signed_message=opened.signed_message))
    assert failed_check(passed_on, LEA) is OpenCheck.HEADER_HASH


def test_a_letter_cannot_be_shown_as_ones_own() -> None:
    """Karim seals Claire's signed message again, with himself as the sender."""
    opened = open_envelope(forge(CLAIRE, TO_BOTH[:1]), state=KARIM, accepted_at=ACCEPTED_AT)
    taken = forge(KARIM, TO_BOTH[1:], Forgery(signed_message=opened.signed_message))
    assert failed_check(taken, LEA) is OpenCheck.HEADER_HASH


def test_a_sender_cannot_deny_what_a_recipient_kept() -> None:
    """Public keys, the clear header and the opened bytes prove the letter to anybody; no secret is needed."""
    opened = open_envelope(forge(CLAIRE, TO_BOTH), state=KARIM, accepted_at=ACCEPTED_AT)
    kept = decode(SignedMessage, opened.signed_message)
    entry = CLAIRE.history_.entry_at(opened.outer.sender_device, log_index=ACCEPTED_AT)
    assert entry is not None
    verify(entry.signing, MESSAGE, kept.header, kept.signature)
    signed = decode(SignedHeader, kept.header)
    assert signed.outer_header_hash == sha256(encode(opened.outer))
    (digest,), (part,) = signed.sections, kept.sections
    assert digest.digest == sha256(SECTION, encode(part))
    altered = replace(part, content=encode(replace(LETTER, text="autre chose")))
    assert digest.digest != sha256(SECTION, encode(altered))


@settings(max_examples=100)
@given(st.binary(min_size=1, max_size=200) | st.integers(0, 3800).map(genuine_but_one_byte))
def test_no_insider_gets_anything_through_or_undeclared(signed: bytes) -> None:
    """The slot, the commitment and the stream are all in order; only what they carry is not."""
    envelope = forge(CLAIRE, TO_BOTH, Forgery(signed_message=signed))
    assert failed_check(envelope) in (
        OpenCheck.BODY,
        OpenCheck.HEADER_HASH,
        OpenCheck.SIGNATURES,
    )


@pytest.mark.parametrize(
    "plaintext",
    [
        b"",
        bytes(7),
        bytes(8),
        (2**64 - 1).to_bytes(8, "big") + b"x",
        (2).to_bytes(8, "big") + b"x",
        (1).to_bytes(8, "big") + b"xyyyyyyyy",
    ],
    ids=["nothing", "half a length", "empty", "2^64", "one too long", "not padding"],
)
def test_9_a_length_that_is_not_that_of_the_message(plaintext: bytes) -> None:
    body = seal_bytes(expand(CONTENT_KEY, BODY, MESSAGE_ID), b"prefix7", plaintext)
    assert failed_check(forge(CLAIRE, TO_BOTH, Forgery(body=body))) is OpenCheck.BODY


# Whatever happens to the bytes


@settings(max_examples=150)
@given(st.integers(0, len(GENUINE) - 1), st.integers(1, 255))
def test_no_changed_byte_opens_or_raises_anything_undeclared(
    position: int, difference: int
) -> None:
    changed = bytearray(GENUINE)
    changed[position] ^= difference
    try:
        opened = open_envelope(bytes(changed), state=KARIM, accepted_at=ACCEPTED_AT)
    except OpenError:
        return
    # Another recipient's slot is not Karim's business: its bytes are the only ones he cannot judge.
    other_slot = decode(Envelope, GENUINE).slots[1]
    start = GENUINE.index(other_slot)
    assert start <= position < start + len(other_slot)
    assert letter_of(opened) == LETTER


@given(st.binary(max_size=3000))
def test_arbitrary_bytes_are_refused(envelope: bytes) -> None:
    assert failed_check(envelope) in (OpenCheck.CODEC, OpenCheck.SUITE)


def test_a_blob_named_as_body_must_be_among_the_blobs() -> None:
    honest = decode(Envelope, forge(CLAIRE, TO_BOTH, Forgery(body_blob=BlobId(b"b" * 16))))
    fields = list(cbor2.loads(honest.header))
    fields[9] = []
    assert (
        failed_check(
            encode(dataclasses.replace(honest, header=cbor2.dumps(fields, canonical=True)))
        )
        is OpenCheck.CODEC
    )


def test_a_device_is_not_named_twice() -> None:
    with pytest.raises(KeyStateError):
        sealed("x", (KARIM.target(), KARIM.target()))


def test_a_key_that_is_none_is_not_sealed_to() -> None:
    """X25519 with a point of small order would give a secret that everybody knows (RFC 7748 §6.1)."""
    target = KARIM.target()
    for point in (bytes(32), b"\x01" + bytes(31)):
        weak = replace(target, public_key=target.public_key[:-32] + point)
        with pytest.raises(KeyStateError):
            sealed("x", (weak,))
    with pytest.raises(KeyStateError):
        sealed("x", (replace(target, public_key=b"\xff" * 1216),))


def test_7_an_encapsulated_key_of_small_order() -> None:
    honest = decode(Envelope, forge(CLAIRE, TO_BOTH))
    slot = honest.slots[0][:1088] + bytes(32) + honest.slots[0][1120:]
    forged = encode(replace(honest, slots=(slot, honest.slots[1])))
    assert failed_check(forged) is OpenCheck.HPKE


def test_each_content_key_seals_one_body() -> None:
    """Also when the body turns out too large for the envelope and everything is signed once more."""
    drawn: list[int] = []

    def random_bytes(count: int) -> bytes:
        drawn.append(count)
        return os.urandom(count)

    result = seal(
        message("x" * 400_000),
        keys=CLAIRE.keys,
        targets=TO_BOTH,
        attachments=(),
        expires_at=NOW,
        log_view=None,
        random_bytes=random_bytes,
    )
    assert result.body_blob is not None
    assert drawn.count(CONTENT_KEY_BYTES) == drawn.count(STREAM_PREFIX_BYTES) == 1


def test_sealing_is_fresh_each_time() -> None:
    draft = message()
    one, two = (
        seal(
            draft,
            keys=CLAIRE.keys,
            targets=TO_BOTH,
            attachments=(),
            expires_at=NOW,
            log_view=None,
            random_bytes=SeededBytes(seed),
        )
        for seed in ("one", "two")
    )
    assert one.envelope != two.envelope
    assert one.outer_header_hash != two.outer_header_hash
    assert read_header(one.envelope_bytes).message == read_header(two.envelope_bytes).message
