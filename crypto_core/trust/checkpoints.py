# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signed notes, verifier keys and checkpoints of a log, as the C2SP specifications write them.

Imports `crypto_core.errors` and `crypto_core.wire` (ids, limits, suites). The bytes and the ordered checks
are in `crypto_core/spec/transparency-log.md` §5-§7, with the versions of the specifications.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import re
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from crypto_core.errors import ProofError, SignatureError, WireError
from crypto_core.trust.merkle import HASH_BYTES, MAX_TREE_SIZE
from crypto_core.wire.ids import Hash
from crypto_core.wire.limits import MAX_NOTE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEY_ID_BYTES: Final = 4
MAX_KEY_NAME_BYTES: Final = 255
"""Names and origins are length-prefixed by one byte in what ML-DSA-44 signs."""
MAX_TIMESTAMP: Final = 2**63 - 1

_SIGNATURE_LINE: Final = "\N{EM DASH} "
_COSIGNATURE_LABEL: Final = b"subtree/v1\n\x00"
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_CONTROL_CHARACTERS: Final = bytes(code for code in range(0x20) if code != 0x0A)
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}", re.ASCII)


class SignatureType(IntEnum):
    """The signature types of C2SP signed-note that a log of ours or its witnesses use; all others are unknown keys to us."""

    ED25519 = 0x01
    ED25519_COSIGNATURE = 0x04
    """Of a witness, not of a log."""
    ML_DSA_44 = 0x06


_PUBLIC_KEY_BYTES: Final = {
    SignatureType.ED25519: 32,
    SignatureType.ED25519_COSIGNATURE: 32,
    SignatureType.ML_DSA_44: 1312,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key under the name by which it signs notes. Raises WireError if name or length is not valid."""

    name: str
    type: SignatureType
    public_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _require_key_name(self.name)
        if len(self.public_key) != _PUBLIC_KEY_BYTES[self.type]:
            raise WireError("a verifier key of this type has another length")

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, tell a verifier which signature is its own."""
        hashed = self.name.encode() + b"\n" + bytes([self.type]) + self.public_key
        return hashlib.sha256(hashed).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIdentity:
    """What a client pins of a log: its origin and the two keys under that name, both of which must sign.

    Raises WireError if the keys are not one of each type with the same name.
    """

    ed25519: VerifierKey
    ml_dsa_44: VerifierKey

    def __post_init__(self) -> None:
        if (
            self.ed25519.type is not SignatureType.ED25519
            or self.ml_dsa_44.type is not SignatureType.ML_DSA_44
            or self.ed25519.name != self.ml_dsa_44.name
        ):
            raise WireError("a log is known by an Ed25519 and an ML-DSA-44 key of one name")

    @property
    def origin(self) -> str:
        """The first line of the log's checkpoints, which is also the name of its keys."""
        return self.ed25519.name


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line of a note; `signature` is what follows the key id."""

    name: str
    key_id: bytes
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A text, which ends with a line feed, and the signatures below it."""

    text: str
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Size and root of a log's tree. Raises WireError if one of the three is not possible."""

    origin: str
    size: int
    root: Hash

    def __post_init__(self) -> None:
        _require_key_name(self.origin)
        if not 0 <= self.size <= MAX_TREE_SIZE or len(self.root) != HASH_BYTES:
            raise WireError("no tree has this size or this root")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCheckpoint:
    """A checkpoint that both keys of its log have signed, and when by the log's own clock (seconds since 1970)."""

    checkpoint: Checkpoint
    signed_at_seconds: int


class CheckpointSigner(Protocol):
    """Whoever holds a private key of a log; `crypto_core.trust` itself holds none."""

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half, with the name under which it signs."""

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """Return what follows the key id on the signature line (specification §6)."""


def parse_verifier_key(text: str) -> VerifierKey:
    """Read `name+key id+base64(type ‖ public key)`. Raises WireError, also if the key id is not that of the key."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    if not _KEY_ID.fullmatch(key_id):
        raise WireError("not a verifier key")
    raw = decode_base64(encoded)
    try:
        signature_type = SignatureType(raw[0])
    except (IndexError, ValueError) as error:
        raise WireError("a verifier key of an unknown type") from error
    key = VerifierKey(name=name, type=signature_type, public_key=raw[1:])
    if key.key_id.hex() != key_id:
        raise WireError("the key id is not that of the verifier key")
    return key


def format_verifier_key(key: VerifierKey) -> str:
    """Return the text form of a verifier key, as configuration and enrolment strings carry it."""
    encoded = base64.b64encode(bytes([key.type]) + key.public_key).decode("ascii")
    return f"{key.name}+{key.key_id.hex()}+{encoded}"


def parse_log_identity(log_keys: Sequence[str]) -> LogIdentity:
    """Read the two verifier keys of an enrolment string, Ed25519 first. Raises WireError."""
    keys = [parse_verifier_key(text) for text in log_keys]
    if len(keys) != 2:
        raise WireError("a log is known by two verifier keys")
    return LogIdentity(ed25519=keys[0], ml_dsa_44=keys[1])


def parse_note(note: str) -> SignedNote:
    """Read a signed note without judging its signatures. Raises WireError.

    Only the one canonical form is accepted, so that `format_note` returns the same characters.
    """
    _require_note_characters(note)
    text, blank_line, block = note.rpartition("\n\n")
    if not blank_line or not block.endswith("\n"):
        raise WireError("not a signed note")
    return SignedNote(
        text=text + "\n",
        signatures=tuple(_parse_signature_line(line) for line in block[:-1].split("\n")),
    )


def format_note(note: SignedNote) -> str:
    """Return the characters of a signed note. Raises WireError if they would not be read as the same note."""
    lines = [
        f"{_SIGNATURE_LINE}{each.name} {base64.b64encode(each.key_id + each.signature).decode('ascii')}\n"
        for each in note.signatures
    ]
    formatted = note.text + "\n" + "".join(lines)
    if parse_note(formatted) != note:
        raise WireError("not a signed note")
    return formatted


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the three lines of a checkpoint. Raises WireError.

    Extension lines are refused: our logs write none, and ML-DSA-44 signatures do not cover them.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise WireError("a checkpoint has three lines")
    origin, size, root, _ = lines
    return Checkpoint(origin=origin, size=parse_decimal(size), root=Hash(decode_base64(root)))


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the three lines of a checkpoint: the text of its note."""
    root = base64.b64encode(checkpoint.root).decode("ascii")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def cosigned_message(
    *, name: str, timestamp: int, origin: str, start: int = 0, end: int, root: bytes
) -> bytes:
    """Return what an ML-DSA-44 key signs for the leaves from `start` to `end` (C2SP tlog-cosignature v1.1).

    `timestamp` is in seconds since 1970. Raises WireError if a value does not fit its field.
    """
    _require_key_name(name)
    _require_key_name(origin)
    if (
        not 0 <= timestamp <= MAX_TIMESTAMP
        or not 0 <= start <= end <= MAX_TREE_SIZE
        or len(root) != HASH_BYTES
        or (start and timestamp)
    ):
        raise WireError("this cannot be cosigned")
    name_bytes, origin_bytes = name.encode(), origin.encode()
    return b"".join(
        (
            _COSIGNATURE_LABEL,
            bytes([len(name_bytes)]),
            name_bytes,
            struct.pack(">Q", timestamp),
            bytes([len(origin_bytes)]),
            origin_bytes,
            struct.pack(">QQ", start, end),
            root,
        )
    )


def sign_checkpoint(checkpoint: Checkpoint, *, signers: Iterable[CheckpointSigner]) -> str:
    """Return the signed note of a checkpoint, one line per signer in the given order. Raises WireError."""
    signatures = tuple(
        NoteSignature(
            name=signer.verifier_key.name,
            key_id=signer.verifier_key.key_id,
            signature=signer.sign(checkpoint),
        )
        for signer in signers
    )
    return format_note(SignedNote(text=format_checkpoint(checkpoint), signatures=signatures))


def verify_checkpoint(note: str, *, log: LogIdentity) -> VerifiedCheckpoint:
    """Do all checks of a checkpoint (specification §7): the caller need only compare time and consistency.

    Lines of keys other than the two of `log` are ignored, as signed-note demands.
    Raises WireError (checks 1 and 2), ProofError (3), SignatureError (4 and 5).
    """
    # (1) The note is well-formed and within limits.
    signed = parse_note(note)
    # (2) Its text is a checkpoint.
    checkpoint = parse_checkpoint(signed.text)
    # (3) It is a checkpoint of this log.
    if checkpoint.origin != log.origin:
        raise ProofError("the checkpoint is of another log")
    # (4) The Ed25519 key has signed exactly this text.
    _verify_ed25519(log.ed25519, only_signature(signed, log.ed25519), signed.text)
    # (5) The ML-DSA-44 key has signed this tree, at a stated time.
    signed_at = _verify_ml_dsa(log.ml_dsa_44, only_signature(signed, log.ml_dsa_44), checkpoint)
    return VerifiedCheckpoint(checkpoint=checkpoint, signed_at_seconds=signed_at)


def only_signature(note: SignedNote, key: VerifierKey) -> bytes:
    """Return the signature by `key`. Raises SignatureError if there is none, or several: ours sign once."""
    key_id = key.key_id
    found = [each for each in note.signatures if each.name == key.name and each.key_id == key_id]
    if len(found) != 1:
        raise SignatureError("the checkpoint does not carry one signature of this key")
    return found[0].signature


def decode_base64(text: str) -> bytes:
    """Decode standard base64 (RFC 4648 §4) in its one canonical spelling. Raises WireError."""
    try:
        raw = binascii.a2b_base64(text)
    except (binascii.Error, ValueError) as error:
        raise WireError("not base64") from error
    # Decoding passes over what is not base64; only what was canonical comes back as it was.
    if binascii.b2a_base64(raw, newline=False).decode("ascii") != text:
        raise WireError("not canonical base64")
    return raw


def parse_decimal(text: str) -> int:
    """Read a tree size or an index: ASCII digits without leading zeros, at most 2^63 - 1. Raises WireError."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_TREE_SIZE:
        raise WireError("not a number of the expected form")
    return int(text)


def _parse_signature_line(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_SIGNATURE_LINE).partition(" ")
    if not line.startswith(_SIGNATURE_LINE) or not space:
        raise WireError("not a signature line")
    _require_key_name(name)
    raw = decode_base64(encoded)
    if len(raw) <= KEY_ID_BYTES:
        raise WireError("a signature line without a signature")
    return NoteSignature(name=name, key_id=raw[:KEY_ID_BYTES], signature=raw[KEY_ID_BYTES:])


def _verify_ed25519(key: VerifierKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, text.encode())
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("the log's Ed25519 signature does not verify") from error


def _verify_ml_dsa(key: VerifierKey, signature: bytes, checkpoint: Checkpoint) -> int:
    """Verify a timestamped signature and return its time, in seconds since 1970."""
    timestamp = int.from_bytes(signature[:8], "big")
    # Zero would mean that the log does not call this its latest tree, which ours always does.
    if len(signature) <= 8 or not 0 < timestamp <= MAX_TIMESTAMP:
        raise SignatureError("the log's ML-DSA-44 signature states no time")
    message = cosigned_message(
        name=key.name,
        timestamp=timestamp,
        origin=checkpoint.origin,
        end=checkpoint.size,
        root=checkpoint.root,
    )
    try:
        MLDSA44PublicKey.from_public_bytes(key.public_key).verify(signature[8:], message)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("the log's ML-DSA-44 signature does not verify") from error
    return timestamp


@functools.lru_cache(maxsize=64)
def _require_key_name(name: str) -> None:
    """Hold key names and origins to signed-note: not empty, no space, no plus, no control character."""
    if (
        not name
        or "+" in name
        or any(character.isspace() or character < " " for character in name)
        or len(_utf8(name)) > MAX_KEY_NAME_BYTES
    ):
        raise WireError("not the name of a key or the origin of a log")


def _require_note_characters(note: str) -> None:
    encoded = _utf8(note)
    if len(encoded) > MAX_NOTE_BYTES:
        raise WireError("the note is too long")
    if len(encoded.translate(None, _CONTROL_CHARACTERS)) != len(encoded):
        raise WireError("a note has no control characters")


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise WireError("not text that UTF-8 can carry") from error
