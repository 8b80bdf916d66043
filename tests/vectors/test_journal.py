# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `journal/*.json`: which sealed entries open, and that the same entry is sealed the same again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from crypto_core.errors import CryptoCoreError, DecryptionError, LaterEntryError, WireError
from crypto_core.keys.journal import first_journal_key, open_entry, salted, seal_entry
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, Hash
from crypto_core.wire.journal import FIELDS, Action
from tests.vectors.cases import differences
from tests.vectors.generate_journal import FOLDER, NONCE, READ, SOURCE, cases

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))
ERRORS: Final[dict[str, type[CryptoCoreError]]] = {
    "decryption": DecryptionError,
    "later": LaterEntryError,
    "wire": WireError,
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    given = {name: bytes.fromhex(value) for name, value in vector["input"].items()}
    if vector["operation"] == "first_journal_key":
        first = first_journal_key(given["identity_seed"])
        assert (first.name + first.key).hex() == vector["output"]
        return
    account, key = AccountId(given["account"]), given["journal_key"]

    def opening() -> bytes:
        committed = Hash(given["commitment"])
        return encode(
            open_entry(given["sealed"], account=account, journal_key=key, committed=committed)
        )

    if vector["expect"] != "ok":
        with pytest.raises(ERRORS[vector["expect"]]):
            opening()
        return
    assert opening().hex() == vector["output"]
    again = seal_entry(
        open_entry(
            given["sealed"], account=account, journal_key=key, committed=Hash(given["commitment"])
        ),
        account=account,
        journal_key=key,
        random_bytes=lambda count: NONCE[:count],
    )
    assert again == given["sealed"]


def test_every_action_says_which_fields_it_has() -> None:
    assert set(FIELDS) == set(Action)


def test_the_same_act_leaves_no_two_equal_traces_in_the_log() -> None:
    drawn = iter([b"1" * 32, b"2" * 32])
    one, other = (salted(READ, random_bytes=lambda _: next(drawn)) for _ in range(2))
    assert one.salt != other.salt


def test_an_entry_without_the_fields_of_its_action_is_never_made() -> None:
    wrong = type(READ)(version=1, action=Action.READ, at=READ.at, utc_offset=READ.utc_offset)
    with pytest.raises(WireError):
        salted(wrong, random_bytes=bytes)


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []
