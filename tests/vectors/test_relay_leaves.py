# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `relay_leaves/*.json`: each leaf is read exactly as it says, or refused for the reason it names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from crypto_core.errors import CryptoCoreError, SignatureError, WireError
from crypto_core.trust.audit import read_relay_leaf
from crypto_core.wire.audit import Verb
from tests.vectors.cases import differences
from tests.vectors.generate_relay_leaves import FOLDER, SOURCE, TYPES, cases, shown

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))
ENDS: Final[dict[str, type[CryptoCoreError]]] = {"wire": WireError, "signature": SignatureError}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    case = vector["input"]
    verb = Verb[case["verb"]]

    def read() -> object:
        content_type: type[object] = TYPES[verb]
        content, _ = read_relay_leaf(
            content_type,
            bytes.fromhex(case["leaf"]),
            verb=verb,
            log_key=bytes.fromhex(case["log_key"]),
        )
        return content

    if vector["expect"] == "ok":
        assert shown(read()) == vector["output"]
        return
    with pytest.raises(CryptoCoreError) as caught:
        read()
    assert type(caught.value) is ENDS[vector["expect"]]


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []


def test_every_verb_and_every_end_has_a_vector() -> None:
    vectors = [json.loads(path.read_text(encoding="utf-8")) for path in FILES]
    assert {each["expect"] for each in vectors} == {"ok", *ENDS}
    assert {Verb[each["input"]["verb"]] for each in vectors if each["expect"] == "ok"} == set(TYPES)
