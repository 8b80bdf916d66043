# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import WireError
from crypto_core.wire.enrolment import Enrolment, format_enrolment, parse_enrolment
from crypto_core.wire.ids import AccountId, Hash, format_address, parse_address

ENROLMENT = Enrolment(
    version=1, url="https://relais.example:8443", spki_sha256=Hash(bytes(32)), log_keys=("ed", "ml")
)


@given(st.binary(min_size=20, max_size=20))
def test_an_address_is_read_as_it_was_written(account: bytes) -> None:
    address = format_address(AccountId(account))
    assert len(address) == 36
    assert parse_address(f"  {address}\n") == account


@pytest.mark.parametrize(
    "text",
    [
        "",
        "uhs:",
        "uhs:" + "a" * 31,
        "uhs:" + "a" * 33,
        "UHS:" + "a" * 32,
        "uhs:" + "A" * 32,
        "a" * 32,
        "uhs:" + "é" * 32,
    ],
)
def test_an_address_has_one_spelling(text: str) -> None:
    with pytest.raises(WireError):
        parse_address(text)


def test_an_enrolment_survives_copying_with_line_breaks() -> None:
    text = format_enrolment(ENROLMENT)
    assert (
        parse_enrolment("\n ".join(text[i : i + 20] for i in range(0, len(text), 20))) == ENROLMENT
    )


@given(st.data())
def test_a_changed_enrolment_is_refused(data: st.DataObject) -> None:
    text = format_enrolment(ENROLMENT)
    position = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_+/="))
    changed = text[:position] + letter + text[position + 1 :]
    if changed == text:
        return
    with pytest.raises(WireError):
        parse_enrolment(changed)


def test_an_enrolment_has_one_spelling() -> None:
    """Base64 leaves bits of its last character unused, and has a second alphabet."""
    for url in ("https://a", "https://ab", "https://abc"):
        text = format_enrolment(replace(ENROLMENT, url=url))
        for letter in set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="):
            if letter != text[-1]:
                with pytest.raises(WireError):
                    parse_enrolment(text[:-1] + letter)
        with pytest.raises(WireError):
            parse_enrolment(text + "=")


@given(st.text(max_size=60))
def test_arbitrary_text_is_refused_with_the_declared_error(text: str) -> None:
    with pytest.raises(WireError):
        parse_enrolment(text)


@pytest.mark.parametrize(
    "url",
    [
        "http://relais.example",
        "HTTPS://relais.example",
        "https://",
        "https://relais.example/",
        "https://relais.example/v1?x",
        "https://claire@relais.example",
        "https://relais.example\\@autre.example",
        "https://relais.example#x",
        "https://relais.example\r\nHost: autre",
        "https://relais example",
        "https://relaiś.example",
    ],
)
def test_a_relay_is_a_host_and_a_port_over_tls(url: str) -> None:
    with pytest.raises(WireError):
        parse_enrolment(format_enrolment(replace(ENROLMENT, url=url)))


@pytest.mark.parametrize("url", ["https://127.0.0.1:8443", "https://[::1]:8443", "https://relais"])
def test_a_host_has_many_forms(url: str) -> None:
    enrolment = replace(ENROLMENT, url=url)
    assert parse_enrolment(format_enrolment(enrolment)) == enrolment
