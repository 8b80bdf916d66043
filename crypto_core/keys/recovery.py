# SPDX-License-Identifier: AGPL-3.0-or-later
"""What only an owner does against loss: the recovery package, a new root, its veto, a new identity key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto_core.errors import DecryptionError, KeyStateError, WireError
from crypto_core.keys.kit import Kit, seal_to_kits
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.recovery import verify_package
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import AccountCertificate, RootChange, RootVeto
from crypto_core.wire.ids import AccountId, UnixMillis
from crypto_core.wire.labels import (
    CERTIFICATE,
    KIT_PACKAGE,
    RECOVERY_PACKAGE,
    ROOT_CHANGE,
    ROOT_VETO,
)
from crypto_core.wire.limits import LEAST_PACKAGE_BYTES, MAX_PACKAGE_BYTES, ROOT_CHANGE_SECONDS
from crypto_core.wire.recovery import PackageHeader, RecoveryPackage, SealedPackage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.keys.envelopes import RandomBytes
    from crypto_core.wire.signed import Signed, SigningPublicKey

_LENGTH_BYTES = 4
_KEY_BYTES = 32
_NONCE = bytes(12)
"""The key is drawn for one package and used once."""


def seal_package(
    package: RecoveryPackage,
    *,
    kit_public_keys: Sequence[bytes],
    identity: SigningPair,
    random_bytes: RandomBytes,
) -> SealedPackage:
    """Seal a package to each kit that has to open it and sign its header with the identity key.

    Its size is one of five, so that the relay does not learn how many contacts somebody has. Raises WireError
    when it is out of bounds or too large, KeyStateError on a bad key.
    """
    padded, context = _padded(encode(package)), _context(package.account, package.number)
    key = random_bytes(_KEY_BYTES)
    sealed = AESGCM(key).encrypt(_NONCE, padded, KIT_PACKAGE + context)
    header = PackageHeader(
        version=1,
        account=package.account,
        number=package.number,
        keys=seal_to_kits(kit_public_keys, key, KIT_PACKAGE, context),
        sealed_sha256=sha256(sealed),
    )
    return SealedPackage(header=identity.sign_object(RECOVERY_PACKAGE, header), sealed=sealed)


def open_package(
    kit: Kit,
    package: SealedPackage,
    *,
    account: AccountId,
    identity: SigningPublicKey,
    least_number: int = 1,
) -> RecoveryPackage:
    """Open a package with the kit; the order of checks is that of `crypto_core/spec/recovery.md` §4.

    `identity` is the account's identity key by its verified history: the one in force, or, if the last package
    is from before it, an earlier one of `KeyHistory.identities`, whose thief may have written it. `least_number`
    is the lowest number that is not older than what is known already. Raises SignatureError (signature, account, bytes), KeyStateError
    (another kit, an older number, contents that are not those of the header or of the account),
    DecryptionError, WireError.
    """
    header = verify_package(account, identity, package)
    if header.number < least_number:
        raise KeyStateError("the relay handed out an older recovery package than before")
    context = _context(account, header.number)
    key = kit.open_any(header.keys, KIT_PACKAGE, context)
    try:
        padded = AESGCM(key).decrypt(_NONCE, package.sealed, KIT_PACKAGE + context)
    except (InvalidTag, ValueError):
        raise DecryptionError("the recovery package does not open") from None
    content = decode(RecoveryPackage, _unpadded(padded))
    if (content.account, content.number) != (header.account, header.number):
        raise KeyStateError("the recovery package contains another one")
    certificate = decode(AccountCertificate, content.certificate.body)
    own = SigningPair.from_seed(content.identity_seed).public
    if (certificate.account, certificate.identity, own) != (account, identity, identity):
        raise KeyStateError("the recovery package holds another identity key")
    return content


def certify_next_identity(
    root: SigningPair,
    before: AccountCertificate,
    identity: SigningPublicKey,
    *,
    issued_at: UnixMillis,
) -> Signed:
    """Let the root in force name a new identity key: all that the one before signs afterwards is void."""
    return root.sign_object(
        CERTIFICATE,
        AccountCertificate(
            version=1,
            account=before.account,
            root=root.public,
            identity=identity,
            sequence=before.sequence + 1,
            issued_at=issued_at,
        ),
    )


def announce_root(
    identity: SigningPair,
    account: AccountId,
    new_root: SigningPublicKey,
    *,
    sequence: int,
    issued_at: UnixMillis,
) -> Signed:
    """Announce the root of a new kit, to count in seven days; `sequence` is `KeyHistory.last_change` + 1."""
    return identity.sign_object(
        ROOT_CHANGE,
        RootChange(
            version=1,
            account=account,
            sequence=sequence,
            root=new_root,
            issued_at=issued_at,
            effective_at=UnixMillis(issued_at + ROOT_CHANGE_SECONDS * 1000),
        ),
    )


def veto_root(
    root: SigningPair, account: AccountId, *, sequence: int, issued_at: UnixMillis
) -> Signed:
    """Void the announced change of this number with the root in force."""
    return root.sign_object(
        ROOT_VETO,
        RootVeto(version=1, account=account, sequence=sequence, issued_at=issued_at),
    )


def _context(account: AccountId, number: int) -> bytes:
    return account + number.to_bytes(4, "big")


def _padded(encoded: bytes) -> bytes:
    """Length (4 bytes, big-endian), bytes, zeros to the next of 16, 32, 64, 128, 256 KiB. Raises WireError."""
    size = LEAST_PACKAGE_BYTES
    while size < _LENGTH_BYTES + len(encoded):
        size *= 2
    if size > MAX_PACKAGE_BYTES:
        raise WireError("the recovery package is too large")
    return (len(encoded).to_bytes(_LENGTH_BYTES, "big") + encoded).ljust(size, b"\x00")


def _unpadded(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    encoded, padding = (
        padded[_LENGTH_BYTES : _LENGTH_BYTES + length],
        padded[_LENGTH_BYTES + length :],
    )
    if len(encoded) != length or any(padding):
        raise DecryptionError("the recovery package is not padded as it should be")
    return encoded
