# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests and responses of the relay, paths included; bodies are `application/cbor` through the codec.

Other media types: blob parts and blobs (`application/octet-stream`), log checkpoint and tiles (C2SP formats),
events (`text/event-stream`), errors (`application/problem+json`, RFC 9457, `code` from `ProblemCode`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.devices import KeyEvent, Version1
from crypto_core.wire.ids import AccountId, BlobId, DeviceId, EnvelopeId, Hash, UnixMillis
from crypto_core.wire.key_map import KeyMapAnswer
from crypto_core.wire.limits import (
    LEAST_SEALED_ENTRY_BYTES,
    MAX_AUTHORITIES,
    MAX_AUTHORITY_BYTES,
    MAX_BLOB_BYTES,
    MAX_COSE_ROOTS,
    MAX_COSIGNED_NOTE_BYTES,
    MAX_DEVICES,
    MAX_DIRECTORY_RESULTS,
    MAX_ENVELOPE_BYTES,
    MAX_JOURNAL_ACTS,
    MAX_LEAF_BYTES,
    MAX_NAME_BYTES,
    MAX_NOTE_BYTES,
    MAX_PAGE_ITEMS,
    MAX_PREKEY_BATCH,
    MAX_PROOF_BYTES,
    MAX_PROOF_HASHES,
    MAX_RECORD_BYTES,
    MAX_SEALED_ENTRY_BYTES,
    MAX_STATEMENT_BYTES,
)
from crypto_core.wire.linking import MAX_SEALED_GRANT_BYTES, MAX_SEALED_OFFER_BYTES, LinkId
from crypto_core.wire.prekeys import OneTimePrekey
from crypto_core.wire.sign_in import RECOVERY_CODES, TOTP_SECRET_BYTES, SignInSetup
from crypto_core.wire.signed import HybridSignature, Signed

CBOR: Final = "application/cbor"
OCTETS: Final = "application/octet-stream"
PROBLEM: Final = "application/problem+json"

PATH_RELAY: Final = "/v1/relay"
PATH_ACCOUNTS: Final = "/v1/accounts"
PATH_SIGN_IN_REGISTRATION: Final = "/v1/sign-in/registration"
PATH_SESSIONS: Final = "/v1/sessions"
PATH_SIGN_IN_CREDENTIAL: Final = "/v1/sign-in/credential"
PATH_FACTORS: Final = "/v1/factors"
PATH_FACTOR: Final = "/v1/factors/{factor}"
PATH_FACTORS_TOTP: Final = "/v1/factors/totp"
PATH_SECURITY_KEY: Final = "/v1/factors/security-key"
PATH_SECURITY_KEY_OPTIONS: Final = "/v1/factors/security-key/options"
PATH_RECOVERY_CODES: Final = "/v1/recovery-codes"
PATH_RECOVERY: Final = "/v1/recovery"
PATH_RECOVERY_PACKAGE: Final = "/v1/recovery/package"
PATH_RECOVERY_VETO: Final = "/v1/recovery/veto"
PATH_KEYS: Final = "/v1/accounts/{account}/keys"
PATH_MAP_PROOF: Final = "/v1/accounts/{account}/map-proof"
PATH_ASSURANCES: Final = "/v1/accounts/{account}/assurances"
PATH_LINKS: Final = "/v1/links"
PATH_LINK: Final = "/v1/links/{link}"
PATH_LINK_OFFER: Final = "/v1/links/{link}/offer"
PATH_LINK_ANSWER: Final = "/v1/links/{link}/answer"
PATH_PREKEYS: Final = "/v1/prekeys"
PATH_PREKEY_CLAIM: Final = "/v1/accounts/{account}/prekeys/claim"
PATH_DIRECTORY: Final = "/v1/directory"
PATH_DIRECTORY_ENTRY: Final = "/v1/directory/{account}"
PATH_ENVELOPES: Final = "/v1/envelopes"
PATH_MAILBOX: Final = "/v1/mailbox"
PATH_ACKNOWLEDGE: Final = "/v1/mailbox/acknowledge"
PATH_EVENTS: Final = "/v1/events"
PATH_BLOBS: Final = "/v1/blobs"
PATH_BLOB: Final = "/v1/blobs/{blob}"
PATH_BLOB_COMPLETE: Final = "/v1/blobs/{blob}/complete"
PATH_JOURNAL: Final = "/v1/journal"
PATH_LOG_PROOF: Final = "/v1/log/proof"
PATH_COSE_ROOTS: Final = "/v1/log/cose-roots"
PATH_COSIGNATURES: Final = "/v1/log/cosignatures"
PATH_TIMESTAMPS: Final = "/v1/log/timestamps"
PATH_LOG_CONSISTENCY: Final = "/v1/log/consistency"
PATH_CHECKPOINT: Final = "/log/checkpoint"
PATH_TILE: Final = "/log/tile"
"""In paths an account is 40 and any other id 32 lower-case hexadecimal digits."""


class ProblemCode(StrEnum):
    """Stable `code` of a problem+json answer; clients decide on it, never on the text."""

    MALFORMED = "malformed"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    TOO_LARGE = "too-large"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    UNAUTHENTICATED = "unauthenticated"
    SIGN_IN_NEEDED = "sign-in-needed"
    """The access token is missing, expired, revoked, or made for another key (RFC 6750 §3.1 invalid_token)."""
    STEP_UP_NEEDED = "step-up-needed"
    """The sign-in is longer ago than this request allows (RFC 9470 insufficient_user_authentication)."""
    PROOF_REPLAYED = "proof-replayed"
    CLOCK_SKEW = "clock-skew"
    FORBIDDEN = "forbidden"
    INVITATION_INVALID = "invitation-invalid"
    ALREADY_REGISTERED = "already-registered"
    KEY_IN_USE = "key-in-use"
    SIGNATURE_INVALID = "signature-invalid"
    CHAIN_BROKEN = "chain-broken"
    """The statement or list does not follow the last accepted one; `expected_sequence` is in the answer."""
    UNKNOWN_RECIPIENT = "unknown-recipient"
    BLOB_MISSING = "blob-missing"
    BLOB_OFFSET = "blob-offset"
    """A part does not start where the upload stands; `received_bytes` is in the answer."""
    BLOB_MISMATCH = "blob-mismatch"
    CONFLICT = "conflict"
    """The same id was used for something else."""
    EXPIRED = "expired"
    QUOTA_EXCEEDED = "quota-exceeded"
    TOO_MANY_REQUESTS = "too-many-requests"
    STORAGE_FULL = "storage-full"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayDescription:
    """GET /v1/relay: what a client needs to know before it speaks. No authentication."""

    version: Version1
    software: Annotated[str, Size(1, 64)]
    origin: Annotated[str, Size(1, 255)]
    log_keys: Annotated[tuple[Annotated[str, Size(1, 4096)], ...], Size(2, 2)]
    """C2SP verifier keys of the log: Ed25519, then ML-DSA-44."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedStatement:
    """An encoded AuditStatement with its device's signature (label STATEMENT)."""

    statement: Annotated[bytes, Size(1, MAX_STATEMENT_BYTES + 256)]
    signature: HybridSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """What an account chose to show. All of it is self-declared. `rpps` is 11 digits or empty.

    GET /v1/directory/{account} → DirectoryEntry or not-found; PUT and DELETE by the account itself → 204.
    """

    account: AccountId
    name: Annotated[str, Size(1, MAX_NAME_BYTES)]
    profession: Annotated[str, Size(1, MAX_NAME_BYTES)]
    place: Annotated[str, Size.up_to(MAX_NAME_BYTES)]
    rpps: Annotated[str, Size.up_to(11)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRequest:
    """POST /v1/accounts, with a proof by the first device's request key.

    `device_list` is number 1 and names exactly that device; `statement` is the device's first one
    (sequence 0, DEVICE_LIST_PUBLISHED). `directory` is None for an account that is not listed.
    """

    invitation: Annotated[str, Size(1, 128)] = field(repr=False)
    certificate: Signed
    device_list: Signed
    statement: SignedStatement
    directory: DirectoryEntry | None
    sign_in: SignInSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReceipt:
    """A C2SP tlog-proof@v1 with the encoded AuditLeaf as its extra data."""

    proof: Annotated[str, Size(1, MAX_PROOF_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishKeyEventRequest:
    """POST /v1/accounts/{own account}/keys, with step-up: a device list or a change of the root. → LogReceipt.

    `statement` is the caller's next one: DEVICE_LIST_PUBLISHED or ROOT_CHANGE_ANNOUNCED. A repetition after a
    lost answer gives the same leaf. A list that only renews the one before needs no step-up.
    """

    event: KeyEvent
    statement: SignedStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoRootChangeRequest:
    """POST /v1/recovery/veto, with a proof by any key and no session: a signed RootVeto. → LogReceipt."""

    veto: Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedKeyEvent:
    """A step in the history of an account's keys and the receipt of the leaf with which it took effect."""

    event: KeyEvent
    proof: Annotated[str, Size(1, MAX_PROOF_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvents:
    """GET /v1/accounts/{account}/keys?after=N: events numbered above N, oldest first.

    `newest` is what the newest map holds of the account; with `more` False the last event here must reach it.
    """

    events: Annotated[tuple[LoggedKeyEvent, ...], Size.up_to(MAX_PAGE_ITEMS)]
    newest: KeyMapAnswer
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPage:
    """GET /v1/directory?q=TEXT: entries whose name, profession or place contain every word of TEXT."""

    entries: Annotated[tuple[DirectoryEntry, ...], Size.up_to(MAX_DIRECTORY_RESULTS)]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PrekeyUpload:
    """PUT /v1/prekeys (own device): a newer signed prekey, and optionally a new batch. → PrekeyStatus."""

    signed_prekey: Signed
    batch: Signed | None
    keys: Annotated[tuple[OneTimePrekey, ...], Size.up_to(MAX_PREKEY_BATCH)]
    """All keys of the batch in order of index; empty without a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrekeyStatus:
    """GET /v1/prekeys (own device): how many one-time prekeys are left, and the newest numbers stored."""

    one_time_left: int
    signed_number: int
    batch_number: int
    signed_fallbacks: int
    """How often a sender had to be given the signed prekey because no one-time prekey was left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrekeyClaimRequest:
    """POST /v1/accounts/{account}/prekeys/claim → PrekeyBundle. Contact requests ask without one-time keys."""

    one_time: bool
    devices: Annotated[tuple[DeviceId, ...], Size.up_to(MAX_PAGE_ITEMS)]
    """Only these devices; empty means every device of the newest list except the caller's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEnvelopeRequest:
    """POST /v1/envelopes → LogReceipt. Repeating it with the same envelope id and bytes gives the same leaf.

    `statement` is the sender's next one, ENVELOPE_ACCEPTED over SHA-256 of `envelope`. A repetition after
    a lost answer carries the same statement again.
    """

    envelope: Annotated[bytes, Size(1, MAX_ENVELOPE_BYTES)]
    statement: SignedStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafProof:
    """An encoded AuditLeaf and its inclusion path under the checkpoint of the page it came with."""

    leaf: Annotated[bytes, Size(1, MAX_LEAF_BYTES)]
    index: int
    path: Annotated[tuple[Hash, ...], Size.up_to(MAX_PROOF_HASHES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One item of a mailbox: an envelope with its acceptance leaf.

    Without `envelope` it is a notice to the sender's device, and the leaf is the relay's own
    ENVELOPE_EXPIRED: nothing disappears silently.
    """

    cursor: int
    envelope: Annotated[bytes, Size(1, MAX_ENVELOPE_BYTES)] | None
    proof: LeafProof


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxPage:
    """GET /v1/mailbox?after=CURSOR&limit=N: items above the cursor, oldest first, under one checkpoint."""

    checkpoint: Annotated[str, Size.up_to(MAX_NOTE_BYTES)]
    """Signed note covering every leaf of the page; empty when the page is."""
    items: Annotated[tuple[Delivery, ...], Size.up_to(MAX_PAGE_ITEMS)]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeRequest:
    """POST /v1/mailbox/acknowledge: items this device has committed; unknown cursors are ignored. → 204."""

    cursors: Annotated[tuple[int, ...], Size(1, MAX_PAGE_ITEMS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBlobRequest:
    """POST /v1/blobs → BlobStatus. Repeating it with the same values is harmless; other values conflict.

    Then PUT /v1/blobs/{blob}?offset=N with the next part (at most MAX_UPLOAD_PART_BYTES) → BlobStatus,
    POST …/complete (empty body) → BlobStatus, GET /v1/blobs/{blob} with `Range` → bytes,
    GET /v1/blobs/{blob}?status=1 → BlobStatus (owner), DELETE by the owner while no envelope names it.
    """

    blob: BlobId
    size: Annotated[int, Range(1, MAX_BLOB_BYTES)]
    sha256: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobStatus:
    """How far an upload is."""

    blob: BlobId
    size: int
    received: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionAnswer:
    """GET /v1/log/proof?envelope=HEX (sender or recipient of it) → its receipt against the newest checkpoint."""

    envelope: EnvelopeId
    proof: Annotated[str, Size(1, MAX_PROOF_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyAnswer:
    """GET /v1/log/consistency?first=N&second=M: RFC 9162 §2.1.4 proof between two tree sizes."""

    first: int
    second: int
    path: Annotated[tuple[Hash, ...], Size.up_to(MAX_PROOF_HASHES * 2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoseRootsRequest:
    """POST /v1/log/cose-roots: sizes of trees that the log has signed as checkpoints."""

    sizes: Annotated[tuple[int, ...], Size(1, MAX_COSE_ROOTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoseRoot:
    """The log's COSE signatures over the root of a tree (RFC 9942), by its Ed25519 and its ML-DSA-44 key."""

    size: int
    ed25519: Annotated[bytes, Size.exactly(64)]
    ml_dsa_44: Annotated[bytes, Size.exactly(2420)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoseRoots:
    """Answer to CoseRootsRequest: those of the sizes that the log has signed, by size."""

    roots: Annotated[tuple[CoseRoot, ...], Size.up_to(MAX_COSE_ROOTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignedCheckpoint:
    """POST /v1/log/cosignatures: a checkpoint's note with the cosignature of the calling device as its last line."""

    note: Annotated[str, Size(1, MAX_COSIGNED_NOTE_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """The newest checkpoint that a device has cosigned, as the device gave it."""

    device: DeviceId
    note: Annotated[str, Size(1, MAX_COSIGNED_NOTE_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignatureList:
    """GET /v1/log/cosignatures: those of the devices of the caller's account."""

    cosignatures: Annotated[tuple[Cosignature, ...], Size.up_to(MAX_DEVICES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampedCheckpoint:
    """GET /v1/log/timestamps?leaf=N: the first checkpoint with this leaf that an outside authority has timestamped.

    `record` is an EvidenceRecord (RFC 4998) over the note; `authorities` are the certificates that the relay trusts, in
    DER, empty if it asks no authority any more. Nothing of it is to be believed unseen
    (`crypto_core/spec/timestamps.md`).
    """

    note: Annotated[str, Size(1, MAX_NOTE_BYTES)]
    record: Annotated[bytes, Size(1, MAX_RECORD_BYTES)]
    authorities: Annotated[
        tuple[Annotated[bytes, Size(1, MAX_AUTHORITY_BYTES)], ...], Size.up_to(MAX_AUTHORITIES)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalAct:
    """The caller's next statement, of verb SEALED, and the entry that it commits to, sealed for the account."""

    statement: SignedStatement
    sealed: Annotated[bytes, Size(LEAST_SEALED_ENTRY_BYTES, MAX_SEALED_ENTRY_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendJournalRequest:
    """POST /v1/journal: the caller's next acts, in the order of its chain. → JournalReceipts.

    After an error a beginning of them may be in the log. A repetition gives the same leaves.
    """

    acts: Annotated[tuple[JournalAct, ...], Size(1, MAX_JOURNAL_ACTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalReceipts:
    """For each act the leaf that wraps it and its place, under one checkpoint."""

    checkpoint: Annotated[str, Size(1, MAX_NOTE_BYTES)]
    proofs: Annotated[tuple[LeafProof, ...], Size(1, MAX_JOURNAL_ACTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalItem:
    """A leaf about the account: of one of its devices, or the relay's about it. `sealed` beside a SEALED one."""

    proof: LeafProof
    sealed: Annotated[bytes, Size.up_to(MAX_SEALED_ENTRY_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """GET /v1/journal?after=N&limit=M: what the log has about the account above leaf N, oldest first.

    Without N it begins at the beginning. That is what its devices signed, and what the relay stated about it. What was
    erased at the end of its time is missing, and `erased` is the newest leaf that says so (ENTRIES_ERASED): it comes
    with every page, because the gaps that it explains are on earlier ones than its own.
    """

    checkpoint: Annotated[str, Size(1, MAX_NOTE_BYTES)]
    items: Annotated[tuple[JournalItem, ...], Size.up_to(MAX_PAGE_ITEMS)]
    more: bool
    erased: LeafProof | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One session of the account: the device that signed in, when, and when it was last refreshed."""

    session: Annotated[bytes, Size.exactly(16)]
    device: DeviceId
    signed_in_at: UnixMillis
    refreshed_at: UnixMillis
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """GET /v1/sessions: living sessions of the caller's account. DELETE ends all of them, this one too → 204."""

    rows: Annotated[tuple[SessionRow, ...], Size.up_to(MAX_PAGE_ITEMS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverRequest:
    """POST /v1/recovery, with a token of scope `recovery` → LogReceipt. Repeating it gives the same leaf.

    `certificate` is the next one by the root in force, `device_list` the next list; it names the calling key's
    device, which makes `statement` (DEVICE_LIST_PUBLISHED). All second factors are replaced by these, all
    sessions end, and what the list does not name is no device any more. A hash is as in SignInSetup.
    """

    certificate: Signed
    device_list: Signed
    statement: SignedStatement
    totp_secret: Annotated[bytes, Size.exactly(TOTP_SECRET_BYTES)] = field(repr=False)
    recovery_hashes: Annotated[tuple[Hash, ...], Size(RECOVERY_CODES, RECOVERY_CODES)] = field(
        repr=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assurances:
    """GET /v1/accounts/{account}/assurances?after=INDEX: leaves above the index, oldest first, under one checkpoint.

    All ASSURANCE_GIVEN, ASSURANCE_REVOKED, VOUCHED and VOUCH_WITHDRAWN about the account. Its newest state
    follows only from all pages together. `GET /v1/accounts/{account}/map-proof` → KeyMapAnswer.
    """

    checkpoint: Annotated[str, Size.up_to(MAX_NOTE_BYTES)]
    """Signed note covering every leaf of the page; empty when the page is."""
    leaves: Annotated[tuple[LeafProof, ...], Size.up_to(MAX_PAGE_ITEMS)]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VouchRequest:
    """POST /v1/accounts/{account}/assurances: the caller's device states VOUCHED or VOUCH_WITHDRAWN. → LogReceipt.

    Refused for the caller's own account (forbidden). A repetition after a lost answer carries the same statement.
    """

    statement: SignedStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLinkRequest:
    """POST /v1/links → 204, with step-up: opens a link for LINK_SECONDS. An account has one; a new one ends it.

    DELETE /v1/links/{link} → 204 ends it at once, with all that was put there.
    """

    link: LinkId


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLinkOffer:
    """PUT /v1/links/{link}/offer → 204, with a proof by the new computer's request key and no session.

    The first one counts: the same again is harmless, another is refused (conflict). The account that opened
    the link reads it by GET (not-found until there is one).
    """

    sealed: Annotated[bytes, Size(1, MAX_SEALED_OFFER_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLinkGrant:
    """PUT /v1/links/{link}/answer → 204, by the account that opened the link, with step-up, once it has an offer.

    GET → SealedLinkGrant with a proof by the key that made the offer, by no other (not-found until it is there).
    """

    sealed: Annotated[bytes, Size(1, MAX_SEALED_GRANT_BYTES)]
