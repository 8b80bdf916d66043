# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `sign_in/*.json`: each case ends exactly as it says, by the error it names and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import CryptoCoreError, SignInError, WireError
from crypto_core.opaque.client import login_input, start_login, start_registration
from crypto_core.opaque.server import (
    PendingLogin,
    ServerSetup,
    answer_login,
    answer_registration,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId
from crypto_core.wire.sign_in import LoginAnswer, LoginCredential
from tests.fakes.scripted_bytes import ScriptedBytes
from tests.vectors.generate_sign_in import differences, generate

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER: Final = Path(__file__).with_name("sign_in")
FILES: Final = sorted(FOLDER.glob("*.json"))
ENDS: Final[dict[str, type[CryptoCoreError] | None]] = {
    "ok": None,
    "wire": WireError,
    "sign_in": SignInError,
}


def draws_of(case: dict[str, Any]) -> ScriptedBytes:
    return ScriptedBytes(*(bytes.fromhex(draw) for draw in case["draws"]))


def register(case: dict[str, Any]) -> dict[str, str]:
    account = AccountId(bytes.fromhex(case["account"]))
    account_secret = bytes.fromhex(case["account_secret"])
    draws = draws_of(case)
    started = start_registration(
        case["passphrase"], account=account, account_secret=account_secret, random_bytes=draws
    )
    setup = ServerSetup.parse(bytes.fromhex(case["setup"]))
    response = answer_registration(setup, account, started.request)
    credential = started.finish(response, random_bytes=draws)
    return {
        "login_input": login_input(case["passphrase"], account_secret).hex(),
        "request": started.request.hex(),
        "response": response.hex(),
        "credential": encode(credential).hex(),
    }


def answer(case: dict[str, Any]) -> dict[str, str]:
    stored = case["credential"]
    given, pending = answer_login(
        ServerSetup.parse(bytes.fromhex(case["setup"])),
        AccountId(bytes.fromhex(case["account"])),
        None if stored is None else decode(LoginCredential, bytes.fromhex(stored)),
        bytes.fromhex(case["ke1"]),
        random_bytes=draws_of(case),
    )
    return {"answer": encode(given).hex(), "pending": pending.to_bytes().hex()}


def log_in(case: dict[str, Any]) -> dict[str, str]:
    login = start_login(
        case["passphrase"],
        account=AccountId(bytes.fromhex(case["account"])),
        account_secret=bytes.fromhex(case["account_secret"]),
        random_bytes=draws_of(case),
    )
    finished = login.finish(decode(LoginAnswer, bytes.fromhex(case["answer"])))
    return {
        "ke1": login.ke1.hex(),
        "ke3": finished.ke3.hex(),
        "session_key": finished.session_key.hex(),
    }


OPERATIONS: Final[dict[str, Callable[[dict[str, Any]], dict[str, str]]]] = {
    "register": register,
    "answer_login": answer,
    "log_in": log_in,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_case(file: Path) -> None:
    vector = json.loads(file.read_text("utf-8"))
    run, error = OPERATIONS[vector["input"]["operation"]], ENDS[vector["expect"]]
    if error is None:
        assert run(vector["input"]) == vector["output"]
        return
    assert vector["output"] is None
    with pytest.raises(error) as raised:
        run(vector["input"])
    assert type(raised.value) is error


def test_relay_and_client_of_the_vectors_agree() -> None:
    pending = json.loads((FOLDER / "answer.json").read_text("utf-8"))["output"]["pending"]
    client = json.loads((FOLDER / "login.json").read_text("utf-8"))["output"]
    session_key = PendingLogin.parse(bytes.fromhex(pending)).finish(bytes.fromhex(client["ke3"]))
    assert session_key.hex() == client["session_key"]


def test_the_files_are_those_of_the_generator() -> None:
    assert FILES
    assert not differences(generate())
