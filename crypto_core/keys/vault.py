# SPDX-License-Identifier: AGPL-3.0-or-later
"""Key hierarchy of the local store: passphrase and OS secret → KEK → DEK → key of the store (`crypto_core/spec/keys.md` §5)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto_core.errors import VaultKeyError, WrongPassphraseError
from crypto_core.keys.derivation import derive, expand, stretch
from crypto_core.wire.codec import Range, Size, encode
from crypto_core.wire.devices import Version1
from crypto_core.wire.labels import VAULT_KEK, VAULT_STORE
from crypto_core.wire.limits import MIB, STRETCH_LEAST_MEMORY_BYTES, STRETCH_LEAST_PASSES

if TYPE_CHECKING:
    from crypto_core.keys.envelopes import RandomBytes

DEK_BYTES = 32
_NONCE_BYTES = 12
_LEAST_OS_SECRET_BYTES = 32


class KeySource(IntEnum):
    """What unwraps the DEK."""

    PASSPHRASE = 1
    PASSPHRASE_AND_OS_SECRET = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchParameters:
    """Argon2id parameters, memory in bytes. Weaker ones than 128 MiB and three passes are refused."""

    salt: Annotated[bytes, Size.exactly(16)]
    memory_bytes: Annotated[int, Range(STRETCH_LEAST_MEMORY_BYTES, 4096 * MIB)]
    passes: Annotated[int, Range(STRETCH_LEAST_PASSES, 64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultHeader:
    """Everything about a vault's key that is not secret, and the wrapped DEK.

    The DEK is sealed by AES-256-GCM under the KEK; the associated data is the encoding of this header with
    `wrapped` empty, so that no parameter can be weakened.
    """

    version: Version1
    vault: Annotated[bytes, Size.exactly(16)]
    source: KeySource
    stretch: StretchParameters
    wrapped: Annotated[bytes, Size.up_to(_NONCE_BYTES + DEK_BYTES + 16)]


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """The DEK and the key it derives; never leaves the engine process."""

    dek: bytes = field(repr=False)

    @property
    def store_key(self) -> bytes:
        """Raw key of the SQLCipher store."""
        return expand(self.dek, VAULT_STORE)


def create_vault(
    passphrase: str,
    *,
    os_secret: bytes | None,
    random_bytes: RandomBytes,
    memory_bytes: int = STRETCH_LEAST_MEMORY_BYTES,
) -> tuple[VaultHeader, VaultKeys]:
    """Draw a new DEK and wrap it. `os_secret` None means no OS secret store: passphrase only.

    Raises VaultKeyError when the memory for Argon2id is not there or `os_secret` is shorter than 32 bytes,
    WireError when `memory_bytes` is out of bounds.
    """
    if os_secret is not None and len(os_secret) < _LEAST_OS_SECRET_BYTES:
        raise VaultKeyError("the operating system's secret is too short to protect anything")
    keys = VaultKeys(random_bytes(DEK_BYTES))
    header = VaultHeader(
        version=1,
        vault=random_bytes(16),
        source=KeySource.PASSPHRASE if os_secret is None else KeySource.PASSPHRASE_AND_OS_SECRET,
        stretch=StretchParameters(
            salt=random_bytes(16), memory_bytes=memory_bytes, passes=STRETCH_LEAST_PASSES
        ),
        wrapped=b"",
    )
    return _wrap(header, keys, passphrase, os_secret, random_bytes), keys


def rewrap_vault(
    header: VaultHeader,
    keys: VaultKeys,
    passphrase: str,
    *,
    os_secret: bytes | None,
    random_bytes: RandomBytes,
    memory_bytes: int = STRETCH_LEAST_MEMORY_BYTES,
) -> VaultHeader:
    """Return the header that wraps the same DEK for another passphrase, OS secret or amount of work.

    The vault keeps its number; the salt is new, so nothing computed for the old header serves for this one.
    Raises as `create_vault` does.
    """
    if os_secret is not None and len(os_secret) < _LEAST_OS_SECRET_BYTES:
        raise VaultKeyError("the operating system's secret is too short to protect anything")
    unwrapped = replace(
        header,
        source=KeySource.PASSPHRASE if os_secret is None else KeySource.PASSPHRASE_AND_OS_SECRET,
        stretch=StretchParameters(
            salt=random_bytes(16), memory_bytes=memory_bytes, passes=STRETCH_LEAST_PASSES
        ),
        wrapped=b"",
    )
    return _wrap(unwrapped, keys, passphrase, os_secret, random_bytes)


def renew_vault(
    header: VaultHeader,
    passphrase: str,
    *,
    os_secret: bytes | None,
    random_bytes: RandomBytes,
    memory_bytes: int = STRETCH_LEAST_MEMORY_BYTES,
) -> tuple[VaultHeader, VaultKeys]:
    """Draw another DEK for a vault that keeps its number, and wrap it; the one before opens nothing of it.

    Raises as `create_vault` does.
    """
    keys = VaultKeys(random_bytes(DEK_BYTES))
    renewed = rewrap_vault(
        header,
        keys,
        passphrase,
        os_secret=os_secret,
        random_bytes=random_bytes,
        memory_bytes=memory_bytes,
    )
    return renewed, keys


def unlock_vault(header: VaultHeader, passphrase: str, *, os_secret: bytes | None) -> VaultKeys:
    """Unwrap the DEK.

    Raises WrongPassphraseError when it does not open, VaultKeyError when the header asks for an OS secret
    that was not given or for memory that is not there, WireError when its parameters are out of bounds.
    """
    if header.source is KeySource.PASSPHRASE_AND_OS_SECRET and os_secret is None:
        raise VaultKeyError("this vault also needs the operating system's secret")
    associated_data = _associated_data(header)  # encoding refuses weak parameters before any work
    kek = _kek(header, passphrase, os_secret)
    nonce, sealed = header.wrapped[:_NONCE_BYTES], header.wrapped[_NONCE_BYTES:]
    try:
        return VaultKeys(AESGCM(kek).decrypt(nonce, sealed, associated_data))
    except (InvalidTag, ValueError):
        raise WrongPassphraseError("the passphrase does not open this vault") from None


def _wrap(
    header: VaultHeader,
    keys: VaultKeys,
    passphrase: str,
    os_secret: bytes | None,
    random_bytes: RandomBytes,
) -> VaultHeader:
    associated_data = _associated_data(header)  # encoding refuses weak parameters before any work
    nonce = random_bytes(_NONCE_BYTES)
    sealed = AESGCM(_kek(header, passphrase, os_secret)).encrypt(nonce, keys.dek, associated_data)
    return replace(header, wrapped=nonce + sealed)


def _kek(header: VaultHeader, passphrase: str, os_secret: bytes | None) -> bytes:
    stretched = stretch(
        passphrase,
        salt=header.stretch.salt,
        memory_bytes=header.stretch.memory_bytes,
        passes=header.stretch.passes,
    )
    bound = (
        os_secret
        if header.source is KeySource.PASSPHRASE_AND_OS_SECRET and os_secret is not None
        else b""
    )
    return derive(stretched + bound, VAULT_KEK)


def _associated_data(header: VaultHeader) -> bytes:
    return encode(replace(header, wrapped=b""))
