# SPDX-License-Identifier: AGPL-3.0-or-later
"""A passphrase on its way: the right bytes arrive, and nothing of them stays with who sent them."""

from __future__ import annotations

import gc
import io

import pytest

from app.interface.commands import SignIn, SignInWithSecurityKey, Unlock
from app.interface.pipe import pack_veiled, parse_request, read_frame
from app.interface.secret import Secret, Veiled
from crypto_core.errors import WireError


@pytest.mark.parametrize(
    "text", ["x", "##", "cerise tunnel balcon orage", "né à 2 € 🍒", "é" * 500]
)
def test_what_was_typed_arrives(text: str) -> None:
    veiled = Veiled(
        secrets=(Secret.of(text),), build=lambda typed: SignIn(passphrase=typed, code="######")
    )
    packed, kind = pack_veiled(7, veiled)
    assert kind is SignIn
    frame = read_frame(io.BytesIO(packed))
    assert frame is not None
    assert parse_request(frame) == SignIn(passphrase=text, code="######")


@pytest.mark.parametrize("pin", ["", "1234", "tunnel"])
def test_two_secrets_arrive_each_in_its_place(pin: str) -> None:
    veiled = Veiled(
        secrets=(Secret.of("cerise tunnel"), Secret.of(pin)),
        build=lambda typed, second: SignInWithSecurityKey(passphrase=typed, pin=second),
    )
    packed, _ = pack_veiled(1, veiled)
    frame = read_frame(io.BytesIO(packed))
    assert frame is not None
    assert parse_request(frame) == SignInWithSecurityKey(passphrase="cerise tunnel", pin=pin)
    veiled.wipe()
    assert not any("".join(each.reveal().split("\0")) for each in veiled.secrets)


def test_a_secret_is_in_one_place_and_can_be_wiped() -> None:
    content = bytearray(b"cerise tunnel")
    secret = Secret(content)
    packed, _ = pack_veiled(
        1, Veiled(secrets=(secret,), build=lambda typed: Unlock(passphrase=typed))
    )
    found = [
        each
        for each in gc.get_objects()
        if isinstance(each, str | bytes | bytearray) and each in (b"cerise tunnel", "cerise tunnel")
    ]
    assert all(each is content for each in found)
    assert b"cerise tunnel" in packed
    copy = secret.copy()
    secret.wipe()
    assert content == bytes(13)
    assert copy.reveal() == "cerise tunnel"
    assert "cerise" not in repr(copy)


def test_a_secret_that_breaks_a_bound_is_refused_without_being_told() -> None:
    veiled = Veiled(secrets=(Secret.of("c" * 5000),), build=lambda typed: Unlock(passphrase=typed))
    with pytest.raises(WireError) as caught:
        pack_veiled(1, veiled)
    assert "ccc" not in str(caught.value)
    with pytest.raises(WireError):
        pack_veiled(
            1, Veiled(secrets=(Secret.of(""),), build=lambda typed: Unlock(passphrase=typed))
        )


def test_only_the_same_text_is_the_same() -> None:
    assert Secret.of("cerise").is_same_as(Secret.of("cerise"))
    assert not Secret.of("cerise").is_same_as(Secret.of("cerises"))
    assert not Secret.of("cerise").is_same_as(Secret.of("ceriSe"))
