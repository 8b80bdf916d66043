# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sealing a message for N devices and opening it again (`crypto_core/spec/envelope.md`)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from crypto_core.errors import (
    AlreadyOpenedError,
    DecryptionError,
    KeyStateError,
    OpenCheck,
    OpenError,
    SignatureError,
    WireError,
)
from crypto_core.keys.derivation import expand
from crypto_core.keys.prekeys import DeviceKeys, KemPair, seal_to
from crypto_core.keys.streams import open_bytes, seal_bytes
from crypto_core.trust.sections import section_digest
from crypto_core.trust.signatures import sha256, verify
from crypto_core.wire.codec import decode, encode, leading_integers
from crypto_core.wire.content import CONTENT_TYPES
from crypto_core.wire.envelope import (
    Envelope,
    LogView,
    MessageKind,
    OuterHeader,
    Recipient,
    Section,
    SignedHeader,
    SignedMessage,
    Urgency,
)
from crypto_core.wire.ids import (
    AccountId,
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
from crypto_core.wire.labels import BODY, COMMIT, MESSAGE, SLOT
from crypto_core.wire.limits import MAX_BODY_BYTES, MAX_ENVELOPE_BYTES, STREAM_PREFIX_BYTES
from crypto_core.wire.padding import padded_length, sealed_length, unsealed_length
from crypto_core.wire.suites import CONTENT_KEY_BYTES, SLOT_BYTES, Suite

if TYPE_CHECKING:
    from crypto_core.trust.devices import ListedDevices
    from crypto_core.trust.prekeys import SlotTarget
    from crypto_core.wire.signed import SigningPublicKey

RandomBytes: TypeAlias = Callable[[int], bytes]
"""Returns that many cryptographically random bytes."""

_LENGTH_BYTES = 8
_HEAD_BYTES = 5
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message with meaning, before it is sealed; `sections` are wire content objects such as Letter."""

    message: MessageId
    kind: MessageKind
    conversation: ConversationId
    in_reply_to: MessageId | None
    sent_at: UnixMillis
    utc_offset: UtcOffsetMinutes
    patient: bytes | None = field(repr=False)
    urgency: Urgency
    sections: tuple[object, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEnvelope:
    """What goes to the relay; `body_blob` is uploaded first, when the body was too large for the envelope."""

    envelope: EnvelopeId
    envelope_bytes: bytes = field(repr=False)
    outer_header_hash: Hash
    signed_message_hash: Hash
    body_blob: tuple[BlobId, bytes] | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEnvelope:
    """A genuine message. `prekey` was used: a one-time one is erased in the transaction that stores this."""

    outer: OuterHeader
    outer_header_hash: Hash
    header: SignedHeader = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)
    signed_message: bytes = field(repr=False)
    signed_message_hash: Hash
    prekey: PrekeyId


class OpeningState(Protocol):
    """What a device knows when it opens an envelope."""

    @property
    def account(self) -> AccountId:
        """The device's own account."""

    @property
    def device(self) -> DeviceId:
        """The device itself."""

    def prekey(self, prekey: PrekeyId) -> KemPair | None:
        """The private half of a prekey, None if unknown, used or erased."""

    def opened_before(self, message: MessageId) -> Hash | None:
        """SHA-256 of the OuterHeader under which this message was committed, None if never."""

    def history(self, account: AccountId) -> ListedDevices | None:
        """The verified device lists of a sender, complete at least up to the envelope's place in the log."""


def seal(
    message: Message,
    *,
    keys: DeviceKeys,
    targets: tuple[SlotTarget, ...],
    attachments: tuple[BlobId, ...],
    expires_at: UnixMillis,
    log_view: LogView | None,
    random_bytes: RandomBytes,
) -> SealedEnvelope:
    """Sign and seal `message` for every target, under a new envelope id.

    Raises WireError when the message or the number of targets exceeds a limit, KeyStateError when a target's
    key is not usable, a device is named twice or a section is of no known kind.
    """
    if len({target.device for target in targets}) != len(targets):
        # Such a device would refuse it (check 4).
        raise KeyStateError("a device is named twice among the recipients")
    envelope = EnvelopeId(random_bytes(16))
    content_key = random_bytes(CONTENT_KEY_BYTES)
    sections = tuple(_section(content, random_bytes) for content in message.sections)

    def attempt(body_blob: BlobId | None) -> SealedEnvelope:
        outer = encode(
            OuterHeader(
                version=1,
                suite=Suite.V1,
                message=message.message,
                envelope=envelope,
                sender=keys.account,
                sender_device=keys.device,
                expires_at=expires_at,
                recipients=tuple(
                    Recipient(account=target.account, device=target.device, prekey=target.prekey)
                    for target in targets
                ),
                commitment=_commitment(content_key),
                blobs=attachments if body_blob is None else (*attachments, body_blob),
                body_blob=body_blob,
            )
        )
        outer_hash = sha256(outer)
        signed = _sign(message, sections, outer_hash, keys, log_view)
        if _LENGTH_BYTES + len(signed) > MAX_BODY_BYTES:
            raise WireError("the message is too large")
        body_length = sealed_length(_LENGTH_BYTES + len(signed))
        fits = _envelope_size(len(outer), len(targets), body_length) <= MAX_ENVELOPE_BYTES
        if body_blob is None and not fits:
            return attempt(BlobId(random_bytes(16)))
        # Not before it is known which body is sent: each key seals one stream.
        body = seal_bytes(
            expand(content_key, BODY, message.message),
            random_bytes(STREAM_PREFIX_BYTES),
            len(signed).to_bytes(_LENGTH_BYTES, "big") + signed,
        )
        slots = tuple(
            seal_to(target.public_key, content_key, info=_slot_info(outer_hash, target))
            for target in targets
        )
        return SealedEnvelope(
            envelope=envelope,
            envelope_bytes=encode(
                Envelope(
                    header=outer, slots=slots, body=body if body_blob is None else sha256(body)
                )
            ),
            outer_header_hash=outer_hash,
            signed_message_hash=sha256(signed),
            body_blob=None if body_blob is None else (body_blob, body),
        )

    return attempt(None)


def read_header(envelope_bytes: bytes) -> OuterHeader:
    """Read the clear header: checks 1 to 3 of opening. Raises OpenError."""
    return _read(envelope_bytes)[1]


def open_envelope(  # noqa: C901 - all checks stand in one place, in their order
    envelope_bytes: bytes, *, state: OpeningState, accepted_at: int, body_blob: bytes | None = None
) -> OpenedEnvelope:
    """Open an envelope, in the order of `crypto_core/spec/envelope.md` §4; the numbers below are its numbers.

    The caller has verified that the acceptance leaf of exactly these bytes stands at index `accepted_at`
    of the log (check 0), and has fetched `body_blob` when the header names one. Nothing of the result may
    be shown before this returns. Raises AlreadyOpenedError for a repetition, OpenError for all else.
    """
    envelope, outer = _read(envelope_bytes)  # 1, 2, 3
    outer_hash = sha256(envelope.header)
    position = _own_slot(outer, state)  # 4
    committed = state.opened_before(outer.message)  # 5
    if committed == outer_hash:
        raise AlreadyOpenedError("this envelope was opened before")
    if committed is not None:
        raise OpenError(OpenCheck.REPLAY)
    recipient = outer.recipients[position]
    pair = state.prekey(recipient.prekey)  # 6
    if pair is None:
        raise OpenError(OpenCheck.PREKEY)
    try:  # 7
        content_key = pair.open(envelope.slots[position], info=_slot_info(outer_hash, recipient))
    except DecryptionError:
        raise OpenError(OpenCheck.HPKE) from None
    if not hmac.compare_digest(_commitment(content_key), outer.commitment):  # 8
        raise OpenError(OpenCheck.COMMITMENT)
    signed, message, header = _open_body(envelope, outer, content_key, body_blob)  # 9
    if header.outer_header_hash != outer_hash:  # 10
        raise OpenError(OpenCheck.HEADER_HASH)
    listed, key = _sender_key(outer, state, accepted_at)
    if key is None:  # 11
        raise OpenError(OpenCheck.SENDER_LISTED)
    try:
        verify(key, MESSAGE, message.header, message.signature)
    except SignatureError:
        raise OpenError(OpenCheck.SIGNATURES) from None
    if not listed:  # 12
        raise OpenError(OpenCheck.SENDER_LISTED)
    if recipient.account != state.account:  # 13
        raise OpenError(OpenCheck.RECIPIENT)
    return OpenedEnvelope(
        outer=outer,
        outer_header_hash=outer_hash,
        header=header,
        sections=message.sections,
        signed_message=signed,
        signed_message_hash=sha256(signed),
        prekey=recipient.prekey,
    )


def _read(envelope_bytes: bytes) -> tuple[Envelope, OuterHeader]:
    if len(envelope_bytes) > MAX_ENVELOPE_BYTES:  # 1
        raise OpenError(OpenCheck.LIMITS)
    try:  # 2
        envelope = decode(Envelope, envelope_bytes)
        suite = leading_integers(envelope.header, 2)
    except WireError:
        raise OpenError(OpenCheck.CODEC) from None
    if suite != (1, Suite.V1):  # 3
        raise OpenError(OpenCheck.SUITE)
    try:  # 2, for what only the suite explains
        outer = decode(OuterHeader, envelope.header)
    except WireError:
        raise OpenError(OpenCheck.CODEC) from None
    if [len(slot) for slot in envelope.slots] != [SLOT_BYTES] * len(outer.recipients):
        raise OpenError(OpenCheck.CODEC)
    if outer.body_blob is not None and (
        outer.body_blob not in outer.blobs or len(envelope.body) != _DIGEST_BYTES
    ):
        raise OpenError(OpenCheck.CODEC)
    return envelope, outer


def _own_slot(outer: OuterHeader, state: OpeningState) -> int:
    positions = [
        index
        for index, recipient in enumerate(outer.recipients)
        if recipient.device == state.device
    ]
    if len(positions) != 1:
        raise OpenError(OpenCheck.SLOT)
    return positions[0]


def _sender_key(
    outer: OuterHeader, state: OpeningState, accepted_at: int
) -> tuple[bool, SigningPublicKey | None]:
    """Whether the sender's device was listed at that time, and the key it then had, or else its latest."""
    history = state.history(outer.sender)
    if history is None:
        return False, None
    entry = history.entry_at(outer.sender_device, log_index=accepted_at)
    if entry is None:
        return False, history.signing_key(outer.sender_device)
    return True, entry.signing


def _open_body(
    envelope: Envelope, outer: OuterHeader, content_key: bytes, body_blob: bytes | None
) -> tuple[bytes, SignedMessage, SignedHeader]:
    if outer.body_blob is None:
        sealed = envelope.body
    elif body_blob is not None and sha256(body_blob) == envelope.body:
        # Without this the relay could hand each recipient another blob of the sender's.
        sealed = body_blob
    else:
        raise OpenError(OpenCheck.BODY)
    length = unsealed_length(len(sealed))
    if not _LENGTH_BYTES <= length <= padded_length(MAX_BODY_BYTES):
        raise OpenError(OpenCheck.BODY)
    try:
        padded = open_bytes(expand(content_key, BODY, outer.message), sealed, length)
        signed_length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
        end = _LENGTH_BYTES + signed_length
        if padded_length(end) != length or any(padded[end:]):
            raise OpenError(OpenCheck.BODY)
        signed = padded[_LENGTH_BYTES:end]
        message = decode(SignedMessage, signed)
        header = decode(SignedHeader, message.header)
    except (DecryptionError, WireError):
        raise OpenError(OpenCheck.BODY) from None
    if header.sections != tuple(section_digest(section) for section in message.sections):
        raise OpenError(OpenCheck.BODY)
    return signed, message, header


def _sign(
    message: Message,
    sections: tuple[Section, ...],
    outer_hash: Hash,
    keys: DeviceKeys,
    log_view: LogView | None,
) -> bytes:
    header = encode(
        SignedHeader(
            version=1,
            kind=message.kind,
            outer_header_hash=outer_hash,
            conversation=message.conversation,
            in_reply_to=message.in_reply_to,
            sent_at=message.sent_at,
            utc_offset=message.utc_offset,
            patient=message.patient,
            urgency=message.urgency,
            log_view=log_view,
            sections=tuple(section_digest(section) for section in sections),
        )
    )
    return encode(
        SignedMessage(
            header=header, sections=sections, signature=keys.signing.sign(MESSAGE, header)
        )
    )


def _section(content: object, random_bytes: RandomBytes) -> Section:
    content_type = CONTENT_TYPES.get(type(content))
    if content_type is None:
        raise KeyStateError(f"{type(content).__name__} is not a section")
    return Section(salt=random_bytes(16), content_type=content_type, content=encode(content))


def _commitment(content_key: bytes) -> Hash:
    return Hash(expand(content_key, COMMIT))


def _slot_info(outer_hash: Hash, slot: SlotTarget | Recipient) -> bytes:
    return SLOT + outer_hash + slot.device + slot.prekey


def _envelope_size(header: int, slots: int, body: int) -> int:
    """Upper bound of the encoded envelope in bytes: the contents and their CBOR heads."""
    return header + body + slots * (SLOT_BYTES + _HEAD_BYTES) + 4 * _HEAD_BYTES
