# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import DecryptionError, KeyStateError, SignatureError
from crypto_core.keys.kit import Kit, open_vault_key, seal_to_kit, seal_vault_key
from crypto_core.keys.signing import recovery_secrets
from crypto_core.keys.vault import VaultKeys
from crypto_core.trust.recovery import kit_id_of, verify_kit_proof
from crypto_core.trust.signatures import sha256
from crypto_core.wire.labels import KIT_BACKUP, KIT_ID, KIT_VAULT
from crypto_core.wire.suites import KEM_PUBLIC_BYTES
from tests.fakes.key_events import KIT, NEXT_KIT

VAULT = b"v" * 16
KEYS = VaultKeys(b"d" * 32)
(SEALED,) = seal_vault_key([KIT.public_key], VAULT, KEYS)
SESSION, THUMBPRINT = "a session", sha256(b"request key")
PROOF = KIT.prove(SESSION, thumbprint=THUMBPRINT)


def test_a_kit_is_its_code() -> None:
    code = bytes(range(32))
    kit, secrets = Kit.from_code(code), recovery_secrets(code)
    assert kit.root.public == secrets.root.public
    assert kit.account_secret == secrets.account_secret
    assert kit.account == secrets.account
    assert len(kit.public_key) == KEM_PUBLIC_BYTES
    assert kit.public_key == Kit.from_code(code).public_key != KIT.public_key
    assert kit.kit == sha256(KIT_ID, kit.public_key)[:8] == kit_id_of(kit.public_key)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_code_has_32_bytes(length: int) -> None:
    with pytest.raises(KeyStateError):
        Kit.from_code(bytes(length))


def test_a_kit_shows_nothing_of_itself() -> None:
    shown = repr(KIT)
    assert "root" not in shown
    assert repr(KIT.account_secret) not in shown
    assert repr(KIT.root.seed) not in shown


def test_a_vaults_key_comes_back() -> None:
    assert open_vault_key(KIT, VAULT, [SEALED]) == KEYS
    assert SEALED.kit == KIT.kit


def test_while_a_kit_is_announced_either_opens_it() -> None:
    slots = seal_vault_key([KIT.public_key, NEXT_KIT.public_key], VAULT, KEYS)
    assert open_vault_key(KIT, VAULT, slots) == open_vault_key(NEXT_KIT, VAULT, slots) == KEYS


@pytest.mark.parametrize("count", [0, 3])
def test_nothing_is_sealed_to_no_kit_or_to_more_than_there_can_be(count: int) -> None:
    with pytest.raises(KeyStateError):
        seal_vault_key([KIT.public_key] * count, VAULT, KEYS)


def test_another_kit_is_told_apart_before_anything_is_opened() -> None:
    with pytest.raises(KeyStateError, match="another recovery kit"):
        open_vault_key(NEXT_KIT, VAULT, [SEALED])


def test_a_kit_that_bears_the_name_of_another_opens_nothing() -> None:
    with pytest.raises(DecryptionError):
        open_vault_key(NEXT_KIT, VAULT, [replace(SEALED, kit=NEXT_KIT.kit)])


def test_the_key_of_one_vault_is_none_of_another() -> None:
    with pytest.raises(DecryptionError):
        open_vault_key(KIT, b"w" * 16, [SEALED])


def test_what_is_sealed_for_another_use_is_no_vaults_key() -> None:
    with pytest.raises(DecryptionError):
        open_vault_key(KIT, VAULT, [seal_to_kit(KIT.public_key, KEYS.dek, KIT_BACKUP, VAULT)])


def test_a_vaults_key_has_32_bytes() -> None:
    with pytest.raises(DecryptionError):
        open_vault_key(KIT, VAULT, [seal_to_kit(KIT.public_key, b"d" * 31, KIT_VAULT, VAULT)])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(SEALED.sealed) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(position: int, change: int) -> None:
    sealed = bytearray(SEALED.sealed)
    sealed[position] ^= change
    with pytest.raises(DecryptionError):
        open_vault_key(KIT, VAULT, [replace(SEALED, sealed=bytes(sealed))])


@pytest.mark.parametrize("length", [0, 1, 1136, KEM_PUBLIC_BYTES - 1, KEM_PUBLIC_BYTES + 1])
def test_nothing_is_sealed_to_a_key_of_another_length(length: int) -> None:
    with pytest.raises(KeyStateError):
        seal_vault_key([bytes(length)], VAULT, KEYS)


@pytest.mark.parametrize("length", [0, 1, 1119, 1135])
def test_what_is_too_short_does_not_open(length: int) -> None:
    with pytest.raises(DecryptionError):
        open_vault_key(KIT, VAULT, [replace(SEALED, sealed=SEALED.sealed[:length])])


def test_the_kit_shows_that_it_is_at_hand() -> None:
    verify_kit_proof(KIT.root.public, PROOF, auth_session=SESSION, thumbprint=THUMBPRINT)


@pytest.mark.parametrize("session", ["another session", "", "\ud800"])
def test_a_proof_serves_one_sign_in(session: str) -> None:
    with pytest.raises(SignatureError):
        verify_kit_proof(KIT.root.public, PROOF, auth_session=session, thumbprint=THUMBPRINT)


def test_a_proof_serves_one_request_key() -> None:
    with pytest.raises(SignatureError):
        verify_kit_proof(KIT.root.public, PROOF, auth_session=SESSION, thumbprint=bytes(32))


def test_a_proof_is_by_the_root_in_force() -> None:
    with pytest.raises(SignatureError):
        verify_kit_proof(NEXT_KIT.root.public, PROOF, auth_session=SESSION, thumbprint=THUMBPRINT)


def test_a_thumbprint_has_32_bytes() -> None:
    with pytest.raises(KeyStateError):
        verify_kit_proof(KIT.root.public, PROOF, auth_session=SESSION, thumbprint=b"t")
