# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts that people carry from one screen to another: contact cards and links."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import WireError
from crypto_core.wire.checked_text import format_checked
from crypto_core.wire.codec import encode
from crypto_core.wire.contact_card import (
    CONTACT_PREFIX,
    PersonalCard,
    format_contact_card,
    parse_contact_card,
)
from crypto_core.wire.enrolment import Enrolment, format_enrolment
from crypto_core.wire.ids import AccountId, Hash
from crypto_core.wire.linking import LINK_PREFIX, LinkInvitation, format_link, parse_link

if TYPE_CHECKING:
    from collections.abc import Callable

CARD = PersonalCard(
    version=1, account=AccountId(b"C" * 20), name="Dr Claire Dupuis", profession="Médecin"
)
ENROLMENT = Enrolment(
    version=1, url="https://relay.example", spki_sha256=Hash(bytes(32)), log_keys=("a", "b")
)
LINK = LinkInvitation(
    version=1, enrolment=ENROLMENT, account=AccountId(b"C" * 20), secret=b"canary--" * 2
)
CARD_TEXT, LINK_TEXT = format_contact_card(CARD), format_link(LINK)
READERS = ((CARD_TEXT, parse_contact_card, CARD), (LINK_TEXT, parse_link, LINK))
FORMS = pytest.mark.parametrize(("text", "parse", "value"), READERS, ids=["card", "link"])


@FORMS
def test_a_text_is_read_back_blanks_aside(
    text: str, parse: Callable[[str], object], value: object
) -> None:
    broken = "\n".join(text[start : start + 40] for start in range(0, len(text), 40))
    assert parse(text) == parse(f"  {broken}\t\n") == value


@FORMS
def test_a_text_with_any_character_changed_is_refused(
    text: str, parse: Callable[[str], object], value: object
) -> None:
    for place, character in enumerate(text):
        other = "A" if character != "A" else "B"
        with pytest.raises(WireError):
            parse(text[:place] + other + text[place + 1 :])
    for cut in range(len(text)):
        with pytest.raises(WireError):
            parse(text[:cut])
    with pytest.raises(WireError):
        parse(text + "A")
    assert parse(text) == value


@FORMS
def test_a_text_for_another_purpose_is_refused(
    text: str, parse: Callable[[str], object], value: object
) -> None:
    others = {CARD_TEXT, LINK_TEXT, format_enrolment(ENROLMENT)} - {text}
    body = text.split("/", 1)[1]
    for other in (*others, CONTACT_PREFIX + body, LINK_PREFIX + body, "uhs:" + body):
        if other != text:
            with pytest.raises(WireError):
                parse(other)
    assert parse(text) == value


@FORMS
@given(st.text(max_size=80))
def test_any_text_ends_in_the_declared_error(
    text: str, parse: Callable[[str], object], value: object, anything: str
) -> None:
    for each in (anything, text.split("/", 1)[0] + "/" + anything):
        with pytest.raises(WireError):
            parse(each)
    assert parse(text) == value


def test_base64_has_one_spelling() -> None:
    standard = base64.b64encode(
        base64.urlsafe_b64decode(CARD_TEXT.split("/", 1)[1] + "==")
    ).decode()
    for spelled in (standard, CARD_TEXT.split("/", 1)[1] + "="):
        if spelled != CARD_TEXT.split("/", 1)[1]:
            with pytest.raises(WireError):
                parse_contact_card(CONTACT_PREFIX + spelled)


def test_a_card_of_another_version_is_refused() -> None:
    encoded = bytearray(encode(CARD))
    encoded[1] = 2
    with pytest.raises(WireError):
        parse_contact_card(format_checked(CONTACT_PREFIX, bytes(encoded)))


def test_a_card_without_a_name_is_not_written() -> None:
    with pytest.raises(WireError):
        format_contact_card(replace(CARD, name=""))


def test_a_link_to_a_relay_that_is_not_spoken_to_over_https_is_refused() -> None:
    elsewhere = replace(ENROLMENT, url="https://relay.example@elsewhere.example")
    with pytest.raises(WireError):
        parse_link(format_checked(LINK_PREFIX, encode(replace(LINK, enrolment=elsewhere))))


def test_the_secret_of_a_link_is_not_shown() -> None:
    assert "canary" not in repr(LINK)
