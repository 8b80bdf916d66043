# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `linking/*.json`: each case ends exactly as it says, by the error it names and no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import (
    CryptoCoreError,
    DecryptionError,
    KeyStateError,
    SignatureError,
    UnreadableWordError,
    WireError,
)
from crypto_core.keys.comparison import link_words, person_words
from crypto_core.keys.linking import link_id_of, make_offer, open_offer
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.contact_card import parse_contact_card
from crypto_core.wire.devices import DeviceEntry
from crypto_core.wire.ids import AccountId
from crypto_core.wire.linking import LinkId, LinkOffer, parse_link
from crypto_core.wire.words import WordLanguage, format_secret_words, parse_secret_words
from tests.fakes.scripted_bytes import ScriptedBytes
from tests.vectors.cases import differences
from tests.vectors.generate_linking import FOLDER, NONCE, SOURCE, cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))
ENDS: Final[dict[str, type[CryptoCoreError]]] = {
    "wire": WireError,
    "word 1": UnreadableWordError,
    "word 7": UnreadableWordError,
    "decryption": DecryptionError,
    "key state": KeyStateError,
    "signature": SignatureError,
}


def run_words(case: dict[str, Any], _kept: dict[str, Any]) -> object:
    secret = parse_secret_words(case["text"])
    words = {
        language.value: " ".join(format_secret_words(secret, language)) for language in WordLanguage
    }
    return {"secret": secret.hex()} | words


def run_offer(case: dict[str, Any], _kept: dict[str, Any]) -> object:
    secret = bytes.fromhex(case["secret"])
    offer = open_offer(secret, bytes.fromhex(case["sealed"]))
    return {"link": link_id_of(secret).hex(), "offer": encode(offer).hex()}


def run_comparison(case: dict[str, Any], _kept: dict[str, Any]) -> object:
    link = LinkId(bytes.fromhex(case["link"]))
    offer = decode(LinkOffer, bytes.fromhex(case["offer"]))
    words = {
        language.value: " ".join(link_words(link, offer, language)) for language in WordLanguage
    }
    return {"memory_bytes": 128 * 1024 * 1024, "words": words}


def run_person(case: dict[str, Any], _kept: dict[str, Any]) -> object:
    one, other = (AccountId(bytes.fromhex(case[name])) for name in ("one", "other"))
    return {
        language.value: " ".join(person_words(other, one, language)) for language in WordLanguage
    }


def run_grant(case: dict[str, Any], kept: dict[str, Any]) -> object:
    own = make_offer(
        bytes.fromhex(case["secret"]),
        decode(DeviceEntry, bytes.fromhex(case["entry"])),
        random_bytes=ScriptedBytes(bytes.fromhex(case["kem_seed"]), NONCE),
    )
    account = None if case["account"] is None else AccountId(bytes.fromhex(case["account"]))
    grant = own.open_grant(bytes.fromhex(kept["sealed"]), account=account)
    return {
        "account": grant.package.account.hex(),
        "account_secret": grant.kit.account_secret.hex(),
        "identity_seed": grant.package.identity_seed.hex(),
    }


RUN: Final[dict[str, Callable[[dict[str, Any], dict[str, Any]], object]]] = {
    "parse_link": lambda case, _: encode(parse_link(case["text"])).hex(),
    "parse_contact_card": lambda case, _: encode(parse_contact_card(case["text"])).hex(),
    "parse_secret_words": run_words,
    "open_offer": run_offer,
    "link_words": run_comparison,
    "person_words": run_person,
    "open_grant": run_grant,
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    case, kept = vector["input"], vector["kept"]
    if vector["expect"] == "ok":
        assert RUN[vector["operation"]](case, kept) == vector["output"]
        return
    with pytest.raises(CryptoCoreError) as caught:
        RUN[vector["operation"]](case, kept)
    assert type(caught.value) is ENDS[vector["expect"]]
    if isinstance(caught.value, UnreadableWordError):
        assert vector["expect"] == f"word {caught.value.position}"


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []


def test_every_operation_and_end_has_a_vector() -> None:
    seen = [json.loads(path.read_text(encoding="utf-8")) for path in FILES]
    assert {each["operation"] for each in seen} == RUN.keys()
    assert {each["expect"] for each in seen} == {"ok", *ENDS}
