# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `factor_name.json`: a name that was once sealed still opens, and is sealed the same again."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from crypto_core.keys.factor_names import open_factor_name, seal_factor_name
from crypto_core.wire.ids import AccountId
from crypto_core.wire.sign_in import FactorKind

VECTORS = Path(__file__).parent / "factor_name.json"


def test_names_of_factors_open_as_they_once_did() -> None:
    vector = json.loads(VECTORS.read_text(encoding="utf-8"))
    account = AccountId(bytes.fromhex(vector["account"]))
    secret = bytes.fromhex(vector["account_secret"])
    for case in vector["cases"]:
        kind = FactorKind[case["kind"]]
        sealed = bytes.fromhex(case["sealed"])
        nonce = sealed[:12]
        name = open_factor_name(sealed, account=account, account_secret=secret, kind=kind)
        assert name == case["name"]
        again = seal_factor_name(
            name,
            account=account,
            account_secret=secret,
            kind=kind,
            random_bytes=partial(_beginning, nonce),
        )
        assert again == sealed


def _beginning(content: bytes, count: int) -> bytes:
    return content[:count]
