# SPDX-License-Identifier: AGPL-3.0-or-later
"""Linking a second computer to an account: what the old one shows, and what the two exchange through the relay.

`crypto_core/spec/linking.md` has the steps; the relay sees link ids, sizes and times only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final, NewType

from crypto_core.wire.checked_text import format_checked, parse_checked
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.devices import DeviceEntry, Version1
from crypto_core.wire.enrolment import Enrolment, require_relay_url
from crypto_core.wire.ids import AccountId
from crypto_core.wire.kit import KitKeys
from crypto_core.wire.limits import GCM_TAG_BYTES, KIB, MAX_PACKAGE_BYTES
from crypto_core.wire.prekeys import KemPublicKey
from crypto_core.wire.recovery import RecoveryPackage
from crypto_core.wire.suites import HPKE_ENCAPSULATED_BYTES

LINK_PREFIX: Final = "uhs:link/"
LINK_SECONDS: Final = 600
"""How long the relay keeps a link open."""
LINK_SECRET_BYTES: Final = 16
MAX_SEALED_OFFER_BYTES: Final = 8 * KIB
MAX_GRANT_BYTES: Final = MAX_PACKAGE_BYTES + 12 * KIB  # padding included; fits one request
MAX_SEALED_GRANT_BYTES: Final = MAX_GRANT_BYTES + HPKE_ENCAPSULATED_BYTES + GCM_TAG_BYTES

LinkId = NewType("LinkId", Annotated[bytes, Size.exactly(16)])
"""First 16 bytes of SHA-256(label LINK_ID ‖ secret): the relay can find a link by it, and not open it."""

LinkSecret = Annotated[bytes, Size.exactly(LINK_SECRET_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkInvitation:
    """What the old computer shows as a QR picture; the secret alone it also shows as twelve words."""

    version: Version1
    enrolment: Enrolment
    account: AccountId
    secret: LinkSecret = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOffer:
    """The new computer's keys: the entry it asks for in the device list, and where the grant is sealed to.

    `public_key` is used for this one grant and never again.
    """

    version: Version1
    entry: DeviceEntry
    public_key: KemPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkGrant:
    """What makes the new computer one of the account's, once the device list names it: never its device key.

    `package` is what a recovery with the kit would bring, with its number. `kit` is the one in force, with the
    secret that sign-ins use now; `next_kit` is one that is announced, or whose secret they will use.
    """

    version: Version1
    kit: KitKeys = field(repr=False)
    next_kit: KitKeys | None = field(repr=False)
    package: RecoveryPackage = field(repr=False)


def format_link(invitation: LinkInvitation) -> str:
    """Return the text of an invitation. It holds the secret: it is shown, never stored or logged."""
    return format_checked(LINK_PREFIX, encode(invitation))


def parse_link(text: str) -> LinkInvitation:
    """Read what `format_link` wrote; blanks and line breaks are ignored. Raises WireError."""
    invitation = decode(LinkInvitation, parse_checked(LINK_PREFIX, text, name="a linking text"))
    require_relay_url(invitation.enrolment.url)
    return invitation
