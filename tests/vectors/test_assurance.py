# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `assurance/*.json`: each case ends exactly as it says, by the error it names and no other."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import CryptoCoreError, ProofError, SignatureError, WireError
from crypto_core.trust.assurance import ProvenLeaf, assess, verify_assurance_page
from crypto_core.trust.checkpoints import parse_log_identity
from crypto_core.trust.key_history import KeyHistory
from crypto_core.wire.codec import decode
from crypto_core.wire.devices import AccountCertificate
from crypto_core.wire.ids import AccountId, Hash, UnixMillis
from crypto_core.wire.relay_api import Assurances
from crypto_core.wire.signed import Signed
from tests.fakes.people import NOW, listing
from tests.vectors.cases import differences
from tests.vectors.generate_assurance import FOLDER, SOURCE, VOUCHER_FILE, cases

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))
ENDS: Final[dict[str, type[CryptoCoreError]]] = {
    "wire": WireError,
    "proof": ProofError,
    "signature": SignatureError,
}


def history(stored: dict[str, Any]) -> KeyHistory:
    signed = decode(Signed, bytes.fromhex(stored["certificate"]))
    account = decode(AccountCertificate, signed.body).account
    listed = decode(Signed, bytes.fromhex(stored["device_list"]))
    return KeyHistory(account=account).extended(
        listing(listed, signed), log_index=stored["log_index"], relay_time=NOW
    )


@cache
def histories() -> tuple[KeyHistory, ...]:
    stored = json.loads((FOLDER / f"{VOUCHER_FILE}.json").read_text(encoding="utf-8"))
    return tuple(history(each) for each in stored["kept"]["vouchers"])


def run(operation: str, case: dict[str, Any], kept: dict[str, Any]) -> object:
    if operation == "vouchers":
        return {"accounts": [each.account.hex() for each in histories()]}
    log = parse_log_identity(case["log_keys"])
    if operation == "verify_assurance_page":
        page = decode(Assurances, bytes.fromhex(kept["page"]))
        proven = verify_assurance_page(page, log=log, after=case["after"])
        return {"indices": [each.index for each in proven]}
    assert operation == "assess"
    report = assess(
        [
            ProvenLeaf(index, bytes.fromhex(leaf))
            for index, leaf in enumerate(kept["leaves"], case["first_index"])
        ],
        account=AccountId(bytes.fromhex(case["account"])),
        heads=[Hash(bytes.fromhex(head)) for head in case["heads"]],
        histories={each.account: each for each in histories()},
        log=log,
        now=UnixMillis(case["now"]),
    )
    return {
        "standing": [
            {
                "level": each.level.name,
                "log_index": each.log_index,
                "voucher": None if each.voucher is None else each.voucher.hex(),
                "document": None if each.document is None else each.document.name,
                "since": each.since,
                "expires_at": each.expires_at,
            }
            for each in report.standing
        ],
        "refused": {str(index): refusal.value for index, refusal in report.refused.items()},
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


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []


def test_every_end_has_a_vector() -> None:
    ends = {json.loads(path.read_text(encoding="utf-8"))["expect"] for path in FILES}
    assert ends == {"ok", *ENDS}
