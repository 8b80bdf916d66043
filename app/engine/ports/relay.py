# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay as the use cases see it: one method per request of `crypto_core.wire.relay_api`.

Every method may be repeated after a lost answer. An adapter transports and checks the connection's pin; it
verifies no signature and no proof: that is the use cases' work, so that a fake and the real relay are
trusted equally little.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from crypto_core.wire.enrolment import Enrolment
    from crypto_core.wire.ids import AccountId, BlobId, EnvelopeId
    from crypto_core.wire.prekeys import PrekeyBundle
    from crypto_core.wire.relay_api import (
        AcknowledgeRequest,
        BlobStatus,
        ConsistencyAnswer,
        CreateBlobRequest,
        DeviceLists,
        DirectoryEntry,
        DirectoryPage,
        InclusionAnswer,
        LogReceipt,
        MailboxPage,
        PostEnvelopeRequest,
        PrekeyClaimRequest,
        PrekeyStatus,
        PrekeyUpload,
        ProblemCode,
        PublishDeviceListRequest,
        RegisterRequest,
        RelayDescription,
    )


class RelayError(Exception):
    """A request that was not carried out."""


class RelayUnreachableError(RelayError):
    """No connection, or it broke: try again later. Whether the relay acted is not known."""


class RelayUntrustedError(RelayError):
    """What answers does not hold the enrolled key, or does not speak TLS 1.3."""


class RelayAnswerError(RelayError):
    """The relay answered with something that is not a well-formed answer."""


class RelayRefusedError(RelayError):
    """The relay refused, with a stable code; `fields` are the other members of the problem answer.

    `retry_after_seconds` is set when the relay said when to try again.
    """

    def __init__(
        self,
        code: ProblemCode,
        *,
        fields: Mapping[str, object] | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.fields = fields or {}
        self.retry_after_seconds = retry_after_seconds


SignRequest: TypeAlias = Callable[[bytes], bytes]
"""Ed25519 signature (64 bytes) over its argument by the device's request key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes the requests: the device's Ed25519 request key, by public key and signing function."""

    request_key: bytes
    sign: SignRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFacts:
    """What the last connection negotiated; `tls_group` is empty where the platform does not tell."""

    tls_version: str
    tls_cipher: str
    tls_group: str
    is_post_quantum: bool


class Relay(Protocol):
    """Connection to one relay on behalf of one device. All methods raise RelayError."""

    def facts(self) -> ConnectionFacts | None:
        """What the newest connection negotiated, None before the first."""

    async def describe(self) -> RelayDescription:
        """Public facts about the relay."""

    async def register(self, request: RegisterRequest) -> LogReceipt:
        """Create the account."""

    async def publish_device_list(
        self, account: AccountId, request: PublishDeviceListRequest
    ) -> LogReceipt:
        """Publish the next device list of the own account."""

    async def device_lists(self, account: AccountId, *, after: int) -> DeviceLists:
        """Lists numbered above `after`, oldest first; ask again while `more`."""

    async def publish_directory_entry(
        self, account: AccountId, entry: DirectoryEntry | None
    ) -> None:
        """Show (or, with None, stop showing) the own account in the directory."""

    async def search_directory(self, query: str) -> DirectoryPage:
        """Entries in which every word of `query` occurs."""

    async def directory_entry(self, account: AccountId) -> DirectoryEntry | None:
        """The entry of one account, None if it is not listed."""

    async def upload_prekeys(self, upload: PrekeyUpload) -> PrekeyStatus:
        """Publish prekeys of the own device."""

    async def prekey_status(self) -> PrekeyStatus:
        """What is left of the own device's prekeys."""

    async def claim_prekeys(self, account: AccountId, request: PrekeyClaimRequest) -> PrekeyBundle:
        """Take prekeys of another account's (or the own other) devices."""

    async def post_envelope(self, request: PostEnvelopeRequest) -> LogReceipt:
        """Hand over an envelope; the receipt proves that it is in the log."""

    async def mailbox(self, *, after: int, limit: int) -> MailboxPage:
        """Items waiting for this device above the cursor."""

    async def acknowledge(self, request: AcknowledgeRequest) -> None:
        """Say that items are committed here."""

    def events(self) -> AsyncIterator[int]:
        """Yield the highest cursor whenever the mailbox has something new, until the connection breaks.

        The first value comes at once. Raises RelayError when it cannot connect or breaks.
        """

    async def create_blob(self, request: CreateBlobRequest) -> BlobStatus:
        """Announce an upload, or learn how far it is."""

    async def upload_part(self, blob: BlobId, *, offset: int, part: bytes) -> BlobStatus:
        """Add bytes at `offset`, which must be where the upload stands."""

    async def complete_blob(self, blob: BlobId) -> BlobStatus:
        """Let the relay check size and hash and keep the blob."""

    def download_blob(self, blob: BlobId, *, offset: int) -> AsyncIterator[bytes]:
        """Yield the blob's bytes from `offset` on."""

    async def envelope_receipt(self, envelope: EnvelopeId) -> InclusionAnswer:
        """The receipt of an envelope this device sent or received, against the newest checkpoint."""

    async def checkpoint(self) -> str:
        """The newest checkpoint, a C2SP signed note."""

    async def consistency(self, *, first: int, second: int) -> ConsistencyAnswer:
        """Proof that the log of size `first` is a beginning of that of size `second`."""

    async def close(self) -> None:
        """Close connections."""


class RelayFactory(Protocol):
    """Makes the connection; the network adapter's only entrance."""

    def __call__(self, enrolment: Enrolment, caller: Caller) -> Relay:
        """Return a relay that connects when first used."""
