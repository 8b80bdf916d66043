# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `transparency/*.json`: each case ends exactly as it says, by the error it names and no other."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import CryptoCoreError, ProofError, SignatureError, WireError
from crypto_core.trust.checkpoints import (
    format_verifier_key,
    parse_log_identity,
    parse_verifier_key,
    verify_checkpoint,
)
from crypto_core.trust.merkle import verify_consistency, verify_inclusion
from crypto_core.trust.tiles import format_tile_path, parse_tile_path
from crypto_core.trust.tlog_proof import verify_tlog_proof
from tests.vectors.generate_transparency import differences, generate

if TYPE_CHECKING:
    from collections.abc import Callable

FILES: Final = sorted(Path(__file__).with_name("transparency").glob("*.json"))
ENDS: Final[dict[str, type[CryptoCoreError] | None]] = {
    "ok": None,
    "wire": WireError,
    "proof": ProofError,
    "signature": SignatureError,
}


def run_checkpoint(case: dict[str, Any]) -> dict[str, Any]:
    verified = verify_checkpoint(case["note"], log=parse_log_identity(case["log_keys"]))
    return {
        "origin": verified.checkpoint.origin,
        "size": verified.checkpoint.size,
        "root": verified.checkpoint.root.hex(),
        "signed_at_seconds": verified.signed_at_seconds,
    }


def run_receipt(case: dict[str, Any]) -> dict[str, Any]:
    leaf = None if case["leaf"] is None else bytes.fromhex(case["leaf"])
    verified = verify_tlog_proof(case["proof"], log=parse_log_identity(case["log_keys"]), leaf=leaf)
    return {
        "leaf": verified.leaf.hex(),
        "index": verified.index,
        "size": verified.checkpoint.checkpoint.size,
    }


def run_inclusion(case: dict[str, Any]) -> None:
    verify_inclusion(
        leaf_hash=bytes.fromhex(case["leaf_hash"]),
        index=case["index"],
        size=case["size"],
        path=[bytes.fromhex(each) for each in case["path"]],
        root=bytes.fromhex(case["root"]),
    )


def run_consistency(case: dict[str, Any]) -> None:
    verify_consistency(
        first_size=case["first_size"],
        second_size=case["second_size"],
        first_root=bytes.fromhex(case["first_root"]),
        second_root=bytes.fromhex(case["second_root"]),
        path=[bytes.fromhex(each) for each in case["path"]],
    )


def run_verifier_key(case: dict[str, Any]) -> dict[str, Any]:
    key = parse_verifier_key(case["text"])
    assert format_verifier_key(key) == case["text"]
    return {
        "name": key.name,
        "type": int(key.type),
        "key_id": key.key_id.hex(),
        "public_key": key.public_key.hex(),
    }


def run_tile_path(case: dict[str, Any]) -> dict[str, Any]:
    tile = parse_tile_path(case["path"])
    assert format_tile_path(tile) == case["path"]
    return dataclasses.asdict(tile)


RUN: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]]] = {
    "verify_checkpoint": run_checkpoint,
    "verify_tlog_proof": run_receipt,
    "verify_inclusion": run_inclusion,
    "verify_consistency": run_consistency,
    "parse_verifier_key": run_verifier_key,
    "parse_tile_path": run_tile_path,
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    assert vector.keys() == {"comment", "source", "expect", "input", "output"}
    run, error = RUN[vector["input"]["operation"]], ENDS[vector["expect"]]
    if error is None:
        assert run(vector["input"]) == vector["output"]
        return
    with pytest.raises(CryptoCoreError) as caught:
        run(vector["input"])
    assert type(caught.value) is error


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(generate()) == []


def test_every_operation_and_end_has_a_vector() -> None:
    seen = [json.loads(path.read_text(encoding="utf-8")) for path in FILES]
    assert {each["input"]["operation"] for each in seen} == RUN.keys()
    assert {each["expect"] for each in seen} == ENDS.keys()
