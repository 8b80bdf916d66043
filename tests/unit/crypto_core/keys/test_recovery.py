# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import (
    CryptoCoreError,
    DecryptionError,
    KeyStateError,
    SignatureError,
    WireError,
)
from crypto_core.keys.recovery import open_package, seal_package
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId, Hash
from crypto_core.wire.labels import KIT_VAULT
from crypto_core.wire.limits import KIB, MAX_CONTACT_PINS, MAX_PACKAGE_BYTES, MAX_REQUEST_BYTES
from crypto_core.wire.recovery import SealedPackage
from tests.fakes.key_events import (
    IDENTITY,
    KIT,
    NEXT_IDENTITY,
    NEXT_KIT,
    THIEFS_IDENTITY,
    THIEFS_KIT,
    KeyStory,
)
from tests.fakes.people import SeededBytes
from tests.fakes.recovery_packages import PACKAGE, PIN, padded, sealed_package

if TYPE_CHECKING:
    from collections.abc import Callable

    from crypto_core.keys.kit import Kit
    from crypto_core.wire.recovery import RecoveryPackage

OTHER = AccountId(b"o" * 20)
SEAL_BYTES = 16


def sealed_to(package: RecoveryPackage, *kits: Kit) -> SealedPackage:
    return seal_package(
        package,
        kit_public_keys=[kit.public_key for kit in kits or (KIT,)],
        identity=IDENTITY,
        random_bytes=SeededBytes("package"),
    )


SEALED = sealed_to(PACKAGE)


def opened(package: SealedPackage, *, kit: Kit = KIT, least_number: int = 1) -> RecoveryPackage:
    return open_package(
        kit,
        package,
        account=KIT.account,
        identity=IDENTITY.public,
        least_number=least_number,
    )


def test_everything_comes_back() -> None:
    assert opened(SEALED) == PACKAGE
    assert opened(sealed_package()) == PACKAGE
    assert opened(SEALED, least_number=7) == PACKAGE


def test_while_a_kit_is_announced_either_opens_it() -> None:
    sealed = sealed_to(PACKAGE, KIT, NEXT_KIT)
    assert opened(sealed) == opened(sealed, kit=NEXT_KIT) == PACKAGE
    with pytest.raises(KeyStateError):
        opened(sealed, kit=THIEFS_KIT)


def with_contacts(count: int) -> SealedPackage:
    contacts = tuple(replace(PIN, number=number) for number in range(count))
    package = replace(PACKAGE, contacts=contacts)
    sealed = sealed_to(package)
    assert opened(sealed) == package
    return sealed


def test_the_size_tells_little() -> None:
    sizes = [len(with_contacts(count).sealed) - SEAL_BYTES for count in (0, 1, 60, 200, 1_000)]
    assert sizes == [16 * KIB, 16 * KIB, 16 * KIB, 32 * KIB, 128 * KIB]


def test_the_largest_package_fits_a_request() -> None:
    long = replace(PIN, name="n" * 150)
    package = replace(PACKAGE, contacts=(long,) * MAX_CONTACT_PINS)
    sealed = sealed_to(package)
    assert len(sealed.sealed) == MAX_PACKAGE_BYTES + SEAL_BYTES
    assert len(encode(sealed)) <= MAX_REQUEST_BYTES
    assert opened(decode(SealedPackage, encode(sealed))) == package


def test_what_is_too_large_is_not_sealed() -> None:
    long = replace(PIN, name="n" * 200, profession="p" * 200)
    with pytest.raises(WireError, match="too large"):
        sealed_to(replace(PACKAGE, contacts=(long,) * MAX_CONTACT_PINS))


def test_a_package_shows_nothing_of_itself() -> None:
    shown = repr((PACKAGE, SEALED))
    for secret in (PACKAGE.name, PIN.name, repr(IDENTITY.seed), repr(b"a" * 32), PACKAGE.place):
        assert secret not in shown


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        pytest.param(
            lambda: sealed_package(identity=THIEFS_IDENTITY), SignatureError, id="forged header"
        ),
        pytest.param(
            lambda: sealed_package(account=OTHER), SignatureError, id="header of another account"
        ),
        pytest.param(
            lambda: replace(sealed_package(), sealed=SEALED.sealed),
            SignatureError,
            id="other bytes than the header's",
        ),
        pytest.param(
            lambda: sealed_package(sealed_sha256=Hash(bytes(32))),
            SignatureError,
            id="header of other bytes",
        ),
        pytest.param(lambda: sealed_package(kit=NEXT_KIT), KeyStateError, id="another kit"),
        pytest.param(
            lambda: sealed_package(number=8), DecryptionError, id="number raised by the header"
        ),
        pytest.param(
            lambda: sealed_package(label=KIT_VAULT), DecryptionError, id="sealed for another use"
        ),
        pytest.param(
            lambda: sealed_package(context=OTHER + bytes(4)),
            DecryptionError,
            id="sealed for another account",
        ),
        pytest.param(
            lambda: sealed_package(replace(PACKAGE, number=6)),
            KeyStateError,
            id="another number inside",
        ),
        pytest.param(
            lambda: sealed_package(replace(PACKAGE, account=OTHER)),
            KeyStateError,
            id="another account inside",
        ),
        pytest.param(
            lambda: sealed_package(replace(PACKAGE, identity_seed=NEXT_IDENTITY.seed)),
            KeyStateError,
            id="another identity key",
        ),
        pytest.param(
            lambda: sealed_package(
                replace(PACKAGE, certificate=KeyStory().certificate(NEXT_IDENTITY))
            ),
            KeyStateError,
            id="certificate of another identity key",
        ),
        pytest.param(
            lambda: sealed_package(
                replace(PACKAGE, certificate=KeyStory().certificate(IDENTITY, account=OTHER))
            ),
            KeyStateError,
            id="certificate of another account",
        ),
        pytest.param(
            lambda: sealed_package(plaintext=padded(encode(PACKAGE), filler=b"\x01")),
            DecryptionError,
            id="padding not empty",
        ),
        pytest.param(
            lambda: sealed_package(plaintext=padded(encode(PACKAGE), length=2**32 - 1)),
            DecryptionError,
            id="length beyond the end",
        ),
        pytest.param(
            lambda: sealed_package(plaintext=padded(encode(PACKAGE), length=40)),
            DecryptionError,
            id="length too short",
        ),
        pytest.param(
            lambda: sealed_package(plaintext=padded(b"\x80")), WireError, id="not a package"
        ),
    ],
)
def test_a_package_is_refused(
    make: Callable[[], SealedPackage], kind: type[CryptoCoreError]
) -> None:
    with pytest.raises(kind):
        opened(make())


def test_an_older_package_than_one_known_is_refused() -> None:
    with pytest.raises(KeyStateError, match="older"):
        opened(SEALED, least_number=8)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_changed_byte_is_noticed(data: st.DataObject) -> None:
    encoded = bytearray(encode(SEALED))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CryptoCoreError):
        opened(decode(SealedPackage, bytes(encoded)))
