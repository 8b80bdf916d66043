# SPDX-License-Identifier: AGPL-3.0-or-later
"""The operating system's secret store when it works, is not there, hides nothing, or never answers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backends import fail
from keyring.errors import KeyringLocked

from app.engine.ports.machine import SecretStoreError
from app.engine.vault.secret_store import SERVICE, KeyringSecretStore
from tests.fakes.keyring_backend import MemoryKeyring

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = (MemoryKeyring.__module__,)


class SilentKeyring(MemoryKeyring):
    """Waits for a person who never comes."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.released.wait()
        return super().get_password(service, username)


class LockedKeyring(MemoryKeyring):
    """There, but locked; its text quotes what it was asked."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(f"{service} {username}")


@pytest.fixture
def silent() -> Iterator[SilentKeyring]:
    backend = SilentKeyring()
    keyring.set_keyring(backend)
    yield backend
    backend.released.set()


def test_a_secret_is_kept_and_forgotten(memory_keyring: MemoryKeyring) -> None:
    store = KeyringSecretStore(trusted_backends=OURS)
    assert store.is_available()
    assert store.read("vault-1") is None
    store.write("vault-1", bytes(range(32)))
    assert store.read("vault-1") == bytes(range(32))
    assert list(memory_keyring._passwords) == [(SERVICE, "vault-1")]
    store.remove("vault-1")
    store.remove("vault-1")
    assert store.read("vault-1") is None


def test_a_backend_that_is_not_known_to_encrypt_is_refused(memory_keyring: MemoryKeyring) -> None:
    store = KeyringSecretStore()
    assert not store.is_available()
    with pytest.raises(SecretStoreError):
        store.write("vault-1", bytes(32))
    assert not memory_keyring._passwords


def test_no_backend_at_all_is_no_store() -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    store = KeyringSecretStore()
    assert not store.is_available()
    assert store.read("vault-1") is None


def test_a_store_that_never_answers_is_given_up(silent: SilentKeyring) -> None:
    store = KeyringSecretStore(timeout_seconds=0.01, trusted_backends=(type(silent).__module__,))
    with pytest.raises(SecretStoreError):
        store.read("vault-1")


def test_a_locked_store_says_nothing_of_what_it_was_asked() -> None:
    keyring.set_keyring(LockedKeyring())
    store = KeyringSecretStore(trusted_backends=(LockedKeyring.__module__,))
    with pytest.raises(SecretStoreError) as caught:
        store.read("vault-secret-name")
    assert "vault-secret-name" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_secret_that_is_not_ours_is_an_error(memory_keyring: MemoryKeyring) -> None:
    memory_keyring.set_password(SERVICE, "vault-1", "not base64!")
    with pytest.raises(SecretStoreError):
        KeyringSecretStore(trusted_backends=OURS).read("vault-1")


def test_a_secret_too_long_for_some_stores_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        KeyringSecretStore(trusted_backends=OURS).write("vault-1", bytes(65))
