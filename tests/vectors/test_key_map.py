# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `key_map/*.json`: each case ends exactly as it says, by the error it names and no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import (
    CryptoCoreError,
    KeyMapMismatchError,
    ProofError,
    SignatureError,
    StaleKeyMapError,
    WireError,
)
from crypto_core.trust.checkpoints import parse_log_identity
from crypto_core.trust.key_map import KeyMap, check_key_answer, verify_map_proof
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import AccountId, Hash, UnixMillis
from crypto_core.wire.key_map import KeyMapAnswer, MapEntry, MapProof
from tests.unit.crypto_core.trust import naive_map
from tests.vectors.cases import differences
from tests.vectors.generate_key_map import FOLDER, SOURCE, cases

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))
ENDS: Final[dict[str, type[CryptoCoreError]]] = {
    "wire": WireError,
    "proof": ProofError,
    "signature": SignatureError,
    "stale": StaleKeyMapError,
    "mismatch 3": KeyMapMismatchError,
}


def entry(stored: dict[str, Any]) -> MapEntry:
    return MapEntry(number=stored["number"], head=Hash(bytes.fromhex(stored["head"])))


def run(operation: str, case: dict[str, Any], kept: dict[str, Any]) -> object:
    if operation == "map_root":
        entries = {
            AccountId(bytes.fromhex(account)): entry(stored)
            for account, stored in case["entries"].items()
        }
        naive = naive_map.root({key: (each.number, each.head) for key, each in entries.items()})
        assert KeyMap().with_entries(entries).root == naive
        return {"root": naive.hex()}
    account = AccountId(bytes.fromhex(case["account"]))
    if operation == "verify_map_proof":
        proof = decode(MapProof, bytes.fromhex(case["proof"]))
        assert proof.entry == (None if case["entry"] is None else entry(case["entry"]))
        verify_map_proof(Hash(bytes.fromhex(case["root"])), account, proof)
        return None
    assert operation == "check_key_answer"
    view = check_key_answer(
        decode(KeyMapAnswer, bytes.fromhex(kept["answer"])),
        account=account,
        shown=entry(case["shown"]),
        log=parse_log_identity(case["log_keys"]),
        now=UnixMillis(case["now"]),
    )
    return {
        "root": view.root.hex(),
        "accounts": view.accounts,
        "leaf_index": view.leaf_index,
        "relay_time": view.relay_time,
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    arguments = vector["operation"], vector["input"], vector["kept"]
    if vector["expect"] == "ok":
        assert run(*arguments) == vector["output"]
        return
    with pytest.raises(CryptoCoreError) as caught:
        run(*arguments)
    assert type(caught.value) is ENDS[vector["expect"]]
    if isinstance(caught.value, KeyMapMismatchError):
        assert vector["expect"] == f"mismatch {caught.value.committed}"


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []


def test_every_end_has_a_vector() -> None:
    ends = {json.loads(path.read_text(encoding="utf-8"))["expect"] for path in FILES}
    assert ends == {"ok", *ENDS}
