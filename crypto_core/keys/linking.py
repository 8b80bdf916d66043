# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sealing and opening what two computers of one owner exchange when the second is linked.

`crypto_core/spec/linking.md` has the steps, and what a third person with the QR picture can and cannot do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto_core.errors import DecryptionError, KeyStateError, SignatureError, WireError
from crypto_core.keys.derivation import derive
from crypto_core.keys.prekeys import KemPair, seal_to
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import AccountCertificate
from crypto_core.wire.labels import LINK_GRANT, LINK_ID, LINK_OFFER
from crypto_core.wire.linking import (
    LINK_SECRET_BYTES,
    MAX_GRANT_BYTES,
    MAX_SEALED_OFFER_BYTES,
    LinkGrant,
    LinkId,
    LinkOffer,
)
from crypto_core.wire.padding import padded_length
from crypto_core.wire.suites import KEM_SEED_BYTES

if TYPE_CHECKING:
    from crypto_core.keys.envelopes import RandomBytes
    from crypto_core.wire.devices import DeviceEntry
    from crypto_core.wire.ids import AccountId

_NONCE_BYTES = 12
_LENGTH_BYTES = 8


def draw_link_secret(random_bytes: RandomBytes) -> bytes:
    """Return a new secret for one link: shown by the old computer, never stored."""
    return random_bytes(LINK_SECRET_BYTES)


def link_id_of(secret: bytes) -> LinkId:
    """Return the name under which the relay keeps a link. Raises KeyStateError unless the secret has 16 bytes."""
    if len(secret) != LINK_SECRET_BYTES:
        raise KeyStateError("a link secret has 16 bytes")
    return LinkId(sha256(LINK_ID, secret)[:16])


@dataclass(frozen=True, slots=True)
class OwnOffer:
    """The new computer's side of a link: what it offers, and the key that opens the answer."""

    link: LinkId
    offer: LinkOffer
    sealed: bytes = field(repr=False)
    _pair: KemPair = field(repr=False)

    def open_grant(self, sealed: bytes, *, account: AccountId | None) -> LinkGrant:
        """Open the old computer's answer. `account` is what the QR picture said, None if words were typed.

        Raises DecryptionError when it was sealed for another offer, SignatureError when it is not of this account
        or does not hold its identity key, WireError when it is malformed. That certificate and device list
        are in force is then for the key history to say.
        """
        padded = self._pair.open(sealed, info=_grant_info(self.link, self.offer))
        length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
        end = _LENGTH_BYTES + length
        if end > len(padded) or padded_length(end) != len(padded) or any(padded[end:]):
            raise WireError("the grant is not padded as it should be")
        grant = decode(LinkGrant, padded[_LENGTH_BYTES:end])
        _require_whole(grant, account)
        return grant


def make_offer(secret: bytes, entry: DeviceEntry, *, random_bytes: RandomBytes) -> OwnOffer:
    """Offer this computer's keys under the secret of a link. Raises KeyStateError unless it has 16 bytes."""
    link = link_id_of(secret)
    pair = KemPair.from_seed(random_bytes(KEM_SEED_BYTES))
    offer = LinkOffer(version=1, entry=entry, public_key=pair.public_key)
    nonce = random_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(derive(secret, LINK_OFFER)).encrypt(nonce, encode(offer), link)
    return OwnOffer(link, offer, sealed, pair)


def open_offer(secret: bytes, sealed: bytes) -> LinkOffer:
    """Open what was put at the relay for a link: it comes from somebody who has the secret, and no more is known.

    Who that is, only the comparison words tell. Raises DecryptionError, WireError, KeyStateError.
    """
    if len(sealed) > MAX_SEALED_OFFER_BYTES:
        raise WireError("the offer is too long")
    link = link_id_of(secret)
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        encoded = AESGCM(derive(secret, LINK_OFFER)).decrypt(nonce, ciphertext, link)
    except (InvalidTag, ValueError):
        raise DecryptionError("the offer does not open") from None
    return decode(LinkOffer, encoded)


def seal_grant(link: LinkId, offer: LinkOffer, grant: LinkGrant) -> bytes:
    """Seal what makes the new computer one of the account's for exactly this offer, after the owner compared words.

    Raises SignatureError when the grant does not fit together, WireError when it is too large, KeyStateError when
    the offer's key is not usable.
    """
    _require_whole(grant, None)
    encoded = encode(grant)
    length = padded_length(_LENGTH_BYTES + len(encoded))
    if length > MAX_GRANT_BYTES:
        raise WireError("the grant is too large")
    padded = (len(encoded).to_bytes(_LENGTH_BYTES, "big") + encoded).ljust(length, b"\x00")
    return seal_to(offer.public_key, padded, info=_grant_info(link, offer))


def _grant_info(link: LinkId, offer: LinkOffer) -> bytes:
    return LINK_GRANT + link + sha256(encode(offer))


def _require_whole(grant: LinkGrant, account: AccountId | None) -> None:
    package = grant.package
    certificate = decode(AccountCertificate, package.certificate.body)
    if package.account != (account or package.account) or certificate.account != package.account:
        raise SignatureError("the grant belongs to another account")
    if SigningPair.from_seed(package.identity_seed).public != certificate.identity:
        raise SignatureError("the grant does not hold the identity key of its certificate")
