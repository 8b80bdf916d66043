# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recovery packages of the invented account, honest or with one thing done otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto_core.keys.kit import Kit, seal_to_kit
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, Hash, UnixMillis
from crypto_core.wire.labels import KIT_PACKAGE, RECOVERY_PACKAGE
from crypto_core.wire.limits import LEAST_PACKAGE_BYTES
from crypto_core.wire.recovery import (
    ComparedPin,
    ContactPin,
    KeptKey,
    PackageHeader,
    PinChange,
    PinComparison,
    PinState,
    RecoveryPackage,
    SealedPackage,
    UnexaminedPin,
)
from tests.fakes.key_events import IDENTITY, KIT, KeyStory
from tests.fakes.people import NOW

if TYPE_CHECKING:
    from crypto_core.keys.signing import SigningPair

PIN = ContactPin(
    account=AccountId(bytes(range(20))),
    name="Karim Haddad",
    profession="Cardiologue",
    state=PinState.ACCEPTED,
    number=3,
    head=Hash(bytes(range(32))),
    compared=ComparedPin(how=PinComparison.BY_PHONE, at=NOW),
    unexamined=UnexaminedPin(change=PinChange.RESTORED, at=NOW),
    is_accepted_unverified=True,
)
PACKAGE = RecoveryPackage(
    version=1,
    account=KIT.account,
    number=7,
    created_at=UnixMillis(NOW + 5),
    name="Claire Martin",
    profession="Médecin généraliste",
    place="Rennes",
    identity_seed=IDENTITY.seed,
    certificate=KeyStory().certificate(IDENTITY),
    contacts=(PIN,),
    checkpoint="relay.example/log\n12\n",
    enrolment="uhs:relay/AAAA",
    archive_keys=(KeptKey(name=b"archive of 2026-", key=b"a" * 32),),
    journal_keys=(),
    erased=(),
)


KEY = b"the key of one recovery package."


def padded(encoded: bytes, *, length: int | None = None, filler: bytes = b"\x00") -> bytes:
    """What is sealed of a small package."""
    stated = len(encoded) if length is None else length
    return (stated.to_bytes(4, "big") + encoded).ljust(LEAST_PACKAGE_BYTES, filler)


def sealed_package(
    package: RecoveryPackage = PACKAGE,
    *,
    plaintext: bytes | None = None,
    kit: Kit = KIT,
    identity: SigningPair = IDENTITY,
    label: bytes = KIT_PACKAGE,
    context: bytes | None = None,
    **changes: Any,  # noqa: ANN401 - the fields of a header
) -> SealedPackage:
    """Seal a package by hand, so that each part can be another than it should be."""
    if context is None:
        context = KIT.account + PACKAGE.number.to_bytes(4, "big")
    sealed = AESGCM(KEY).encrypt(bytes(12), plaintext or padded(encode(package)), label + context)
    header = PackageHeader(
        version=1,
        account=KIT.account,
        number=PACKAGE.number,
        keys=(seal_to_kit(kit.public_key, KEY, label, context),),
        sealed_sha256=sha256(sealed),
    )
    return SealedPackage(
        header=identity.sign_object(RECOVERY_PACKAGE, replace(header, **changes)), sealed=sealed
    )
