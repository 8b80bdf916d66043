# SPDX-License-Identifier: AGPL-3.0-or-later

from __future__ import annotations

import pytest

from crypto_core.errors import DecryptionError, WireError
from crypto_core.keys.factor_names import (
    MAX_NAME_BYTES,
    SEALED_BYTES,
    open_factor_name,
    seal_factor_name,
)
from crypto_core.wire.ids import AccountId
from crypto_core.wire.sign_in import MAX_SEALED_NAME_BYTES, FactorKind
from tests.fakes.people import SeededBytes

ACCOUNT = AccountId(bytes(range(20)))
SECRET = bytes(range(32))


def sealed(name: str, *, kind: FactorKind = FactorKind.TOTP) -> bytes:
    return seal_factor_name(
        name, account=ACCOUNT, account_secret=SECRET, kind=kind, random_bytes=SeededBytes("names")
    )


def opened(
    box: bytes,
    *,
    account: AccountId = ACCOUNT,
    secret: bytes = SECRET,
    kind: FactorKind = FactorKind.TOTP,
) -> str:
    return open_factor_name(box, account=account, account_secret=secret, kind=kind)


@pytest.mark.parametrize("name", ["", "téléphone du cabinet", "é" * 63, "x" * MAX_NAME_BYTES])
def test_a_name_comes_back(name: str) -> None:
    assert opened(sealed(name)) == name


def test_all_names_look_alike() -> None:
    boxes = [sealed(name) for name in ("", "x", "x" * MAX_NAME_BYTES)]
    assert {len(box) for box in boxes} == {SEALED_BYTES}
    assert SEALED_BYTES <= MAX_SEALED_NAME_BYTES


@pytest.mark.parametrize("name", ["x" * (MAX_NAME_BYTES + 1), "é" * 64, "\ud800"])
def test_what_is_no_name_is_not_sealed(name: str) -> None:
    with pytest.raises(WireError):
        sealed(name)


def test_the_relay_cannot_give_a_name_to_something_else() -> None:
    box = sealed("téléphone")
    with pytest.raises(DecryptionError):
        opened(box, kind=FactorKind.FIDO2)
    with pytest.raises(DecryptionError):
        opened(box, account=AccountId(bytes(20)))


def test_the_relay_cannot_open_or_change_a_name() -> None:
    box = sealed("téléphone")
    with pytest.raises(DecryptionError):
        opened(box, secret=bytes(32))
    for position in range(len(box)):
        changed = bytearray(box)
        changed[position] ^= 1
        with pytest.raises(DecryptionError):
            opened(bytes(changed))
    for other in (b"", box[:-1], box + b"\0"):
        with pytest.raises(DecryptionError):
            opened(other)
