# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads in the relay's ServerHello which key agreement was chosen, which Python itself does not tell before 3.15."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crypto_core.errors import WireError

HANDSHAKE: Final = 22
SERVER_HELLO: Final = 2
"""Content type and handshake type (RFC 8446 sections 5.1 and 4)."""
_KEY_SHARE: Final = 51
_RANDOM_AND_VERSION_BYTES: Final = 34
_CIPHER_AND_COMPRESSION_BYTES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAgreement:
    """A group of the TLS registry: its name there, and whether a quantum computer would not open it either."""

    name: str
    is_post_quantum: bool


_GROUPS: Final = {
    0x0017: KeyAgreement(name="secp256r1", is_post_quantum=False),
    0x0018: KeyAgreement(name="secp384r1", is_post_quantum=False),
    0x0019: KeyAgreement(name="secp521r1", is_post_quantum=False),
    0x001D: KeyAgreement(name="x25519", is_post_quantum=False),
    0x001E: KeyAgreement(name="x448", is_post_quantum=False),
    0x11EB: KeyAgreement(name="SecP256r1MLKEM768", is_post_quantum=True),
    0x11EC: KeyAgreement(name="X25519MLKEM768", is_post_quantum=True),
    0x11ED: KeyAgreement(name="SecP384r1MLKEM1024", is_post_quantum=True),
}


def read_key_agreement(server_hello: bytes) -> KeyAgreement:
    """Return what a ServerHello of TLS 1.3 (RFC 8446 section 4.1.3) chooses, its four bytes of header included.

    A group that this version does not know is named by its number, and nothing is claimed about it.
    Raises WireError when there is none.
    """
    reader = _Reader(server_hello)
    reader.take(4 + _RANDOM_AND_VERSION_BYTES)
    reader.take(reader.number(1))  # the session id
    reader.take(_CIPHER_AND_COMPRESSION_BYTES)
    reader.take(2)  # how long the extensions are together: until the end
    while reader.is_left():
        extension, content = reader.number(2), _Reader(reader.take(reader.number(2)))
        if extension == _KEY_SHARE:
            group = content.number(2)
            unknown = KeyAgreement(name=f"0x{group:04x}", is_post_quantum=False)
            return _GROUPS.get(group, unknown)
    raise WireError("no key agreement")


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def is_left(self) -> bool:
        return bool(self._content)

    def take(self, count: int) -> bytes:
        if count > len(self._content):
            raise WireError("the handshake message is too short")
        taken, self._content = self._content[:count], self._content[count:]
        return taken

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")
