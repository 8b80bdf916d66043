# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import traceback
from dataclasses import replace

import pytest

from crypto_core.errors import (
    VaultKeyError,
    WireError,
    WrongPassphraseError,
)
from crypto_core.keys.derivation import stretch
from crypto_core.keys.vault import (
    KeySource,
    VaultHeader,
    create_vault,
    rewrap_vault,
    unlock_vault,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.limits import MIB
from tests.fakes.people import SeededBytes

PASSPHRASE, OS_SECRET = "cinq moutons et une échelle", bytes(range(32))


@pytest.fixture(scope="module")
def bound() -> tuple[VaultHeader, bytes]:
    header, keys = create_vault(PASSPHRASE, os_secret=OS_SECRET, random_bytes=SeededBytes("bound"))
    return header, keys.dek


def test_passphrase_and_os_secret_open_the_vault(bound: tuple[VaultHeader, bytes]) -> None:
    header, dek = bound
    stored = decode(VaultHeader, encode(header))
    assert unlock_vault(stored, PASSPHRASE, os_secret=OS_SECRET).dek == dek


def test_neither_alone_opens_the_vault(bound: tuple[VaultHeader, bytes]) -> None:
    header, _ = bound
    with pytest.raises(WrongPassphraseError):
        unlock_vault(header, "another", os_secret=OS_SECRET)
    with pytest.raises(WrongPassphraseError):
        unlock_vault(header, PASSPHRASE, os_secret=bytes(32))
    with pytest.raises(VaultKeyError) as caught:
        unlock_vault(header, PASSPHRASE, os_secret=None)
    assert type(caught.value) is VaultKeyError, "no doubt is cast on the passphrase"


def test_a_header_that_claims_to_need_no_os_secret_does_not_open(
    bound: tuple[VaultHeader, bytes],
) -> None:
    header, _ = bound
    with pytest.raises(WrongPassphraseError):
        unlock_vault(replace(header, source=KeySource.PASSPHRASE), PASSPHRASE, os_secret=OS_SECRET)


def test_no_parameter_of_the_header_can_be_changed(bound: tuple[VaultHeader, bytes]) -> None:
    header, _ = bound
    for changed in (
        replace(header, vault=bytes(16)),
        replace(header, stretch=replace(header.stretch, passes=4)),
        replace(header, stretch=replace(header.stretch, memory_bytes=129 * MIB)),
        replace(header, wrapped=header.wrapped[:-1] + b"\x00"),
        replace(header, wrapped=b""),
    ):
        with pytest.raises(WrongPassphraseError):
            unlock_vault(changed, PASSPHRASE, os_secret=OS_SECRET)


def test_weak_parameters_are_refused_before_any_work(bound: tuple[VaultHeader, bytes]) -> None:
    header, _ = bound
    good = header.stretch
    for weak in (replace(good, memory_bytes=64 * MIB), replace(good, passes=2)):
        with pytest.raises(WireError):
            encode(replace(header, stretch=weak))
        with pytest.raises(WireError):
            unlock_vault(replace(header, stretch=weak), PASSPHRASE, os_secret=OS_SECRET)
    with pytest.raises(WireError):
        create_vault(
            PASSPHRASE, os_secret=None, random_bytes=SeededBytes("weak"), memory_bytes=64 * MIB
        )


def test_a_secret_that_protects_nothing_is_refused() -> None:
    for short in (b"", bytes(31)):
        with pytest.raises(VaultKeyError):
            create_vault(PASSPHRASE, os_secret=short, random_bytes=SeededBytes("short"))


def stretched(passphrase: str) -> bytes:
    return stretch(passphrase, salt=bytes(16), memory_bytes=MIB, passes=1)


def test_a_passphrase_is_what_it_looks_like() -> None:
    """A Mac may write é in two parts, and a key slip makes a no-break space of a blank."""
    assert stretched("une e\u0301chelle") == stretched("une\u00a0\u00e9chelle")
    assert stretched("une échelle") == stretched("une \u00e9chelle")
    different = ["Une échelle", "une echelle", "uneéchelle", "une  échelle", "une échelle "]
    assert len({stretched(each) for each in different}) == len(different)


@pytest.mark.parametrize(
    ("passphrase", "salt", "memory_bytes", "passes"),
    [
        ("canary \ud800", bytes(16), MIB, 1),
        ("canary", bytes(15), MIB, 1),
        ("canary", bytes(16), 1, 1),
        ("canary", bytes(16), 2**62, 1),
        ("canary", bytes(16), MIB, 0),
        ("canary", bytes(16), MIB, 2**40),
    ],
    ids=["no UTF-8", "short salt", "no memory", "too much memory", "no pass", "too many passes"],
)
def test_what_cannot_be_stretched_is_refused_without_a_trace(
    passphrase: str, salt: bytes, memory_bytes: int, passes: int
) -> None:
    with pytest.raises(VaultKeyError) as caught:
        stretch(passphrase, salt=salt, memory_bytes=memory_bytes, passes=passes)
    shown = "".join(traceback.format_exception_only(caught.value))
    assert "canary" not in shown
    assert caught.value.__suppress_context__


def test_without_os_secret_the_passphrase_alone_opens() -> None:
    header, keys = create_vault(PASSPHRASE, os_secret=None, random_bytes=SeededBytes("free"))
    assert header.source is KeySource.PASSPHRASE
    opened = unlock_vault(header, PASSPHRASE, os_secret=None)
    assert opened == keys
    assert keys.dek != keys.store_key
    assert keys.dek.hex() not in repr(keys)
    assert repr(keys.dek) not in repr(keys)


def test_another_passphrase_wraps_the_same_key_anew(bound: tuple[VaultHeader, bytes]) -> None:
    header, dek = bound
    keys = unlock_vault(header, PASSPHRASE, os_secret=OS_SECRET)
    changed = rewrap_vault(
        header, keys, "another", os_secret=None, random_bytes=SeededBytes("rewrapped")
    )
    assert unlock_vault(changed, "another", os_secret=None).dek == dek
    assert (changed.vault, changed.source) == (header.vault, KeySource.PASSPHRASE)
    assert changed.stretch.salt != header.stretch.salt
    with pytest.raises(WrongPassphraseError):
        unlock_vault(changed, PASSPHRASE, os_secret=OS_SECRET)
    # Parts of the two headers do not combine.
    with pytest.raises(WrongPassphraseError):
        unlock_vault(replace(header, wrapped=changed.wrapped), "another", os_secret=OS_SECRET)
    with pytest.raises(VaultKeyError):
        rewrap_vault(
            header, keys, PASSPHRASE, os_secret=b"short", random_bytes=SeededBytes("rewrapped")
        )
