# SPDX-License-Identifier: AGPL-3.0-or-later
"""Identifiers, hashes and times as they travel, and the text form of an account address."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final, NewType

from crypto_core.errors import WireError
from crypto_core.wire.codec import Range, Size

AccountId = NewType("AccountId", Annotated[bytes, Size.exactly(20)])
DeviceId = NewType("DeviceId", Annotated[bytes, Size.exactly(16)])
MessageId = NewType("MessageId", Annotated[bytes, Size.exactly(16)])
EnvelopeId = NewType("EnvelopeId", Annotated[bytes, Size.exactly(16)])
ConversationId = NewType("ConversationId", Annotated[bytes, Size.exactly(16)])
BlobId = NewType("BlobId", Annotated[bytes, Size.exactly(16)])
PrekeyId = NewType("PrekeyId", Annotated[bytes, Size.exactly(16)])
FactorId = NewType("FactorId", Annotated[bytes, Size.exactly(16)])
PatientId = NewType("PatientId", Annotated[bytes, Size.exactly(16)])
"""Random, and one account's own name for a patient: two accounts never use the same."""
DevicePseudonym = NewType("DevicePseudonym", Annotated[bytes, Size.exactly(16)])
Hash = NewType("Hash", Annotated[bytes, Size.exactly(32)])

UnixMillis = NewType("UnixMillis", Annotated[int, Range(0, 2**53)])
"""Milliseconds since 1970-01-01T00:00:00Z."""

UtcOffsetMinutes = NewType("UtcOffsetMinutes", Annotated[int, Range(-840, 840)])
"""Local time minus UTC, in minutes."""

RELAY_PSEUDONYM: Final = DevicePseudonym(bytes(16))
"""Stands in the log for the relay itself."""

ADDRESS_SCHEME: Final = "uhs:"


def format_address(account: AccountId) -> str:
    """Return `uhs:` and 32 lower-case base32 characters (RFC 4648 §6, no padding needed for 20 bytes)."""
    return ADDRESS_SCHEME + base64.b32encode(account).decode("ascii").lower()


def parse_address(text: str) -> AccountId:
    """Return the account of an address as `format_address` writes it; blanks around it are ignored.

    Raises WireError for anything else, other schemes and upper case included: one account, one spelling.
    """
    address = text.strip()
    try:
        account = AccountId(base64.b32decode(address.removeprefix(ADDRESS_SCHEME).upper()))
    except (binascii.Error, ValueError) as error:
        raise WireError("not a correspondent's address") from error
    if len(account) != 20 or format_address(account) != address:
        raise WireError("not a correspondent's address")
    return account
