# SPDX-License-Identifier: AGPL-3.0-or-later
"""The operating system's secret store through `keyring`, which has no time limit of its own.

A locked store may wait for a person who is not there. So every call runs on a daemon thread that is given
up after five seconds, and the import, slow as it is, happens there too.
"""

from __future__ import annotations

import base64
import binascii
import queue
import threading
from typing import TYPE_CHECKING, Final, TypeVar

from app.engine.ports.machine import SecretStoreError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

SERVICE: Final = "U-HealthSec"
TIMEOUT_SECONDS: Final = 5.0
MAX_SECRET_BYTES: Final = 64

_ENCRYPTING_BACKENDS: Final = (
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Modules whose stores encrypt. Backends that write a file, plain or weakly hidden, are not among them."""


class KeyringSecretStore:
    """Implements `SecretStore`."""

    def __init__(
        self,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        trusted_backends: tuple[str, ...] = _ENCRYPTING_BACKENDS,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._trusted_backends = trusted_backends

    def is_available(self) -> bool:
        """See the port; a store that does not answer counts as absent."""
        try:
            return self._in_time(self._is_trusted)
        except SecretStoreError:
            return False

    def read(self, name: str) -> bytes | None:
        """See the port."""

        def call() -> str | None:
            import keyring  # noqa: PLC0415 - slow, and only needed on this thread

            return keyring.get_password(SERVICE, name) if self._is_trusted() else None

        text = self._in_time(call)
        if text is None:
            return None
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise SecretStoreError("the stored secret is not ours") from None

    def write(self, name: str, secret: bytes) -> None:
        """See the port."""
        if len(secret) > MAX_SECRET_BYTES:
            raise ValueError("a secret here has at most 64 bytes")
        text = base64.b64encode(secret).decode("ascii")

        def call() -> None:
            import keyring  # noqa: PLC0415 - slow, and only needed on this thread

            if not self._is_trusted():
                raise SecretStoreError("no secret store that encrypts")
            keyring.set_password(SERVICE, name, text)

        self._in_time(call)

    def remove(self, name: str) -> None:
        """See the port."""

        def call() -> None:
            import keyring  # noqa: PLC0415 - slow, and only needed on this thread
            from keyring.errors import PasswordDeleteError  # noqa: PLC0415 - as above

            if not self._is_trusted():
                return
            try:
                keyring.delete_password(SERVICE, name)
            except PasswordDeleteError:
                return

        self._in_time(call)

    def _is_trusted(self) -> bool:
        import keyring  # noqa: PLC0415 - slow, and only needed on this thread
        from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415 - as above

        backend = keyring.get_keyring()
        # keyring bundles several usable backends in one that asks them in turn.
        backends = backend.backends if isinstance(backend, ChainerBackend) else [backend]
        return bool(backends) and all(
            type(each).__module__ in self._trusted_backends for each in backends
        )

    def _in_time(self, call: Callable[[], T]) -> T:
        answers: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

        def work() -> None:
            try:
                answers.put((call(), None))
            except Exception as error:  # noqa: BLE001 - backends raise whatever they like
                answers.put((None, error))

        # A daemon, so that a store that never answers does not keep the process alive.
        threading.Thread(target=work, name="secret-store", daemon=True).start()
        try:
            answer, error = answers.get(timeout=self._timeout_seconds)
        except queue.Empty:
            raise SecretStoreError("the secret store does not answer") from None
        if error is not None:
            # The backend's own text may quote what it was given, so only its type is passed on.
            raise SecretStoreError(f"the secret store failed: {type(error).__name__}") from None
        return answer  # type: ignore[return-value]
