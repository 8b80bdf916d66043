# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from app.interface.shown import (
    person_name,
    said_name,
    short_address,
    shown_file_name,
    shown_line,
    shown_text,
)
from crypto_core.wire.ids import AccountId, format_address


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("bilan \u202efdp.exe", "bilan fdp.exe"),
        ("a\u2067\u2066b\u2069\u200fc", "abc"),
        ("a" + 60 * " " + ".exe", "a .exe"),
        ("a\u2800\u3164\u00a0b", "a b"),
        ("a\r\nb\tc\u2028d\x00e", "a b c de"),
        ("Zo\u00eb Lef\u00e8vre", "Zo\u00eb Lef\u00e8vre"),
        ("\u0645\u0631\u064a\u0645", "\u0645\u0631\u064a\u0645"),
        ("\U0001f469\u200d\u2695\ufe0f", "\U0001f469\u200d\u2695\ufe0f"),
        ("plain", "plain"),
    ],
)
def test_a_name_is_what_it_looks_like(written: str, shown: str) -> None:
    assert shown_line(written) == shown
    assert shown_line(shown) == shown


def test_who_has_no_name_is_called_by_a_piece_of_the_address() -> None:
    account = AccountId(bytes(range(20)))
    called = person_name(account, "")
    whole = format_address(account)
    assert called == short_address(account) == f"{whole[:8]}…{whole[-4:]}"
    assert said_name(account, called) == ""
    assert person_name(account, "Dr Anne") == said_name(account, "Dr Anne") == "Dr Anne"


def test_a_file_always_has_a_name() -> None:
    assert shown_file_name("\u202e\u200b") == "document"


def test_nothing_in_a_text_turns_it_around_and_its_places_stay() -> None:
    written = "prise \u202esnart\u202c : 10 mg\u2066x\u2069"
    shown = shown_text(written)
    assert len(shown) == len(written)
    assert len(shown.encode()) == len(written.encode())
    assert not set(shown) & set("\u202e\u202c\u2066\u2069")
