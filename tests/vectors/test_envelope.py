# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `envelope/*.json`, `streams.json` and `vault.json`: what was once written still opens, or still fails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crypto_core.errors import AlreadyOpenedError, OpenError
from crypto_core.keys.envelopes import open_envelope
from crypto_core.keys.prekeys import KemPair
from crypto_core.keys.streams import open_bytes, seal_bytes
from crypto_core.keys.vault import VaultHeader, unlock_vault
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode
from crypto_core.wire.content import Letter
from crypto_core.wire.ids import AccountId, DeviceId, Hash, MessageId, PrekeyId
from crypto_core.wire.signed import Signed
from tests.fakes.people import NOW, listing
from tests.vectors import generate_envelope

HERE = Path(__file__).parent
FILES = sorted((HERE / "envelope").glob("*.json"))


@dataclass(frozen=True, slots=True)
class Reader:
    """A device as a vector describes it."""

    account: AccountId
    device: DeviceId
    pair: KemPair | None
    opened: Hash | None
    sender: KeyHistory

    def prekey(self, prekey: PrekeyId) -> KemPair | None:
        return self.pair if self.pair is not None and self.pair.prekey == prekey else None

    def opened_before(self, _message: MessageId) -> Hash | None:
        return self.opened

    def history(self, account: AccountId) -> KeyHistory | None:
        return self.sender if account == self.sender.account else None


def reader_of(vector: dict[str, Any]) -> Reader:
    given, sealed = vector["input"], vector["sealed"]
    certificate = decode(Signed, bytes.fromhex(sealed["sender_certificate"]))
    listed = decode(Signed, bytes.fromhex(sealed["sender_device_list"]))
    seed, opened = given["prekey_seed"], given["opened_before"]
    return Reader(
        AccountId(bytes.fromhex(given["reader_account"])),
        DeviceId(bytes.fromhex(given["reader_device"])),
        None if seed is None else KemPair.from_seed(bytes.fromhex(seed)),
        None if opened is None else Hash(bytes.fromhex(opened)),
        KeyHistory(account=AccountId(bytes.fromhex(given["sender_account"]))).extended(
            listing(listed, certificate), log_index=0, relay_time=NOW
        ),
    )


def outcome(vector: dict[str, Any]) -> tuple[str, dict[str, str] | None]:
    sealed = vector["sealed"]
    blob = None if sealed["body_blob"] is None else bytes.fromhex(sealed["body_blob"])
    try:
        opened = open_envelope(
            bytes.fromhex(sealed["envelope"]) + bytes(vector["input"].get("zeros_after", 0)),
            state=reader_of(vector),
            accepted_at=vector["input"]["accepted_at"],
            body_blob=blob,
        )
    except AlreadyOpenedError:
        return "already opened", None
    except OpenError as error:
        return f"open {int(error.check)} {error.check.name}", None
    letter = decode(Letter, opened.sections[0].content)
    return "ok", {"subject": letter.subject, "text": letter.text}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_envelope_ends_as_its_vector_says(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    assert outcome(vector) == (vector["expect"], vector["output"])


def test_the_vectors_are_those_of_the_generator() -> None:
    assert generate_envelope.differences() == []


def test_streams_open_as_they_once_did() -> None:
    vectors = json.loads((HERE / "streams.json").read_text(encoding="utf-8"))
    key, prefix = bytes.fromhex(vectors["key"]), bytes.fromhex(vectors["prefix"])
    for case in vectors["cases"]:
        plaintext = bytes(case["length"]) if case["text"] is None else case["text"].encode()
        sealed = seal_bytes(key, prefix, plaintext)
        assert sha256(sealed).hex() == case["sealed_sha256"]
        assert open_bytes(key, sealed, case["length"]) == plaintext


def test_a_vault_opens_as_it_once_did() -> None:
    vector = json.loads((HERE / "vault.json").read_text(encoding="utf-8"))
    header = decode(VaultHeader, bytes.fromhex(vector["header"]))
    keys = unlock_vault(header, vector["passphrase"], os_secret=bytes.fromhex(vector["os_secret"]))
    assert keys.dek.hex() == vector["dek"]
    assert keys.store_key.hex() == vector["store_key"]
