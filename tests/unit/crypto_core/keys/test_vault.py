# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from crypto_core.errors import DecryptionError, VaultKeyError, WireError, WrongPassphraseError
from crypto_core.keys.vault import (
    KeySource,
    VaultHeader,
    create_vault,
    unlock_vault,
    unwrap_key,
    wrap_key,
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
    with pytest.raises(VaultKeyError):
        unlock_vault(header, PASSPHRASE, os_secret=None)


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


def test_without_os_secret_the_passphrase_alone_opens() -> None:
    header, keys = create_vault(PASSPHRASE, os_secret=None, random_bytes=SeededBytes("free"))
    assert header.source is KeySource.PASSPHRASE
    opened = unlock_vault(header, PASSPHRASE, os_secret=None)
    assert opened == keys
    assert len({keys.dek, keys.store_key, keys.files_key}) == 3
    assert keys.dek.hex() not in repr(keys)
    assert repr(keys.dek) not in repr(keys)


def test_a_wrapped_key_opens_only_in_its_place() -> None:
    parent, child = bytes(32), bytes(range(32))
    wrapped = wrap_key(parent, child, context=b"record 1", random_bytes=SeededBytes("wrap"))
    assert unwrap_key(parent, wrapped, context=b"record 1") == child
    with pytest.raises(DecryptionError):
        unwrap_key(parent, wrapped, context=b"record 2")
    with pytest.raises(DecryptionError):
        unwrap_key(b"\x01" * 32, wrapped, context=b"record 1")
