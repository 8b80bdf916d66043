# SPDX-License-Identifier: AGPL-3.0-or-later
"""SLIP-0039: the known answers of shares of 256 bits, for the library that our shares are made by.

Their secret is encrypted under a passphrase, which ours is not; so a case that must succeed is joined by the
library, and a case that must fail has to fail in ours as well.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shamir_mnemonic import MnemonicError, combine_mnemonics

from crypto_core.errors import ShareError
from crypto_core.keys.shares import join_shares

SLIP_39 = json.loads(Path(__file__).with_name("slip39.json").read_text("utf-8"))


@pytest.mark.parametrize("case", SLIP_39["cases"], ids=lambda case: case["name"])
def test_known_answers(case: dict[str, Any]) -> None:
    if case["secret"]:
        assert combine_mnemonics(case["shares"], b"TREZOR").hex() == case["secret"]
        # Under another passphrase, the empty one, the same shares are as good: only the secret is another.
        assert len(join_shares(case["shares"])) == 32
        return
    with pytest.raises(MnemonicError):
        combine_mnemonics(case["shares"], b"TREZOR")
    with pytest.raises(ShareError):
        join_shares(case["shares"])
