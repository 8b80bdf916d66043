# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `recovery/*.json`: each case ends exactly as it says, by the error it names and no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import (
    CryptoCoreError,
    DecryptionError,
    KeyStateError,
    KitCodeError,
    SignatureError,
    WireError,
)
from crypto_core.keys.backup import open_backup
from crypto_core.keys.kit import Kit, open_vault_key
from crypto_core.keys.recovery import open_package
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.recovery import verify_kit_proof
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import KeyEvent
from crypto_core.wire.ids import AccountId
from crypto_core.wire.kit import (
    VaultKits,
    format_kit_card,
    format_kit_code,
    parse_kit_card,
    parse_kit_code,
)
from crypto_core.wire.recovery import SealedPackage
from crypto_core.wire.signed import HybridSignature
from tests.vectors.cases import differences
from tests.vectors.generate_recovery import FOLDER, SOURCE, cases, summary

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))
ENDS: Final[tuple[tuple[str, type[CryptoCoreError]], ...]] = (
    ("wire", WireError),
    ("signature", SignatureError),
    ("key_state", KeyStateError),
    ("decrypt", DecryptionError),
)


def given(case: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(case[name])


def run(operation: str, case: dict[str, Any], kept: dict[str, Any]) -> object:  # noqa: PLR0911 - one return per operation
    if operation == "parse_kit_code":
        return parse_kit_code(case["text"]).hex()
    if operation == "follow_history":
        return followed(case, kept)
    code = given(case, "code")
    if operation == "format_kit_code":
        card = format_kit_card(AccountId(given(case, "account")), code)
        assert parse_kit_card(card) == (given(case, "account"), code)
        return {"text": format_kit_code(code), "card": card}
    kit = Kit.from_code(code)
    if operation == "kit_keys":
        return {
            "account": kit.account.hex(),
            "account_secret": kit.account_secret.hex(),
            "root_sha256": sha256(encode(kit.root.public)).hex(),
            "public_key_sha256": sha256(kit.public_key).hex(),
            "kit": kit.kit.hex(),
        }
    if operation == "verify_kit_proof":
        verify_kit_proof(
            kit.root.public,
            decode(HybridSignature, given(kept, "proof")),
            auth_session=case["session"],
            thumbprint=given(case, "thumbprint"),
        )
        return None
    if operation == "open_vault_key":
        sealed = decode(VaultKits, given(kept, "sealed"))
        return open_vault_key(kit, given(case, "vault"), sealed.slots).dek.hex()
    if operation == "open_package":
        package = open_package(
            kit,
            decode(SealedPackage, given(kept, "package")),
            account=AccountId(given(case, "account")),
            identity=SigningPair.from_seed(given(case, "identity_seed")).public,
            least_number=case["least_number"],
        )
        contact = package.contacts[0].name
        return {"name": package.name, "number": package.number, "contact": contact}
    assert operation == "open_backup"
    backup = open_backup(kit, (given(kept, "backup"),))
    return {
        "created_at": backup.header.created_at,
        "dek": backup.keys.dek.hex(),
        "content": b"".join(backup.pieces).decode(),
    }


def followed(case: dict[str, Any], kept: dict[str, Any]) -> object:
    history = KeyHistory(account=AccountId(given(case, "account")))
    for number, each in enumerate(kept["events"], 1):
        # Only the last event may fail.
        assert history.number == number - 1
        try:
            history = history.continued(
                decode(KeyEvent, given(each, "event")),
                leaf=given(each, "leaf"),
                log_index=each["log_index"],
                log_key=given(case, "log_key"),
            )
        except CryptoCoreError:
            assert number == len(kept["events"])
            raise
    return summary(history)


def outcome(vector: dict[str, Any]) -> tuple[str, object]:
    try:
        return "ok", run(vector["operation"], vector["input"], vector["kept"])
    except KitCodeError as error:
        return "code" if error.group is None else f"code {error.group}", None
    except CryptoCoreError as error:
        return next(name for name, kind in ENDS if isinstance(error, kind)), None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_case_ends_as_its_vector_says(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    assert outcome(vector) == (vector["expect"], vector["output"])


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []
