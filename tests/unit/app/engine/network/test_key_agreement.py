# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a ServerHello says of the key agreement."""

from __future__ import annotations

import pytest

from app.engine.network.key_agreement import read_key_agreement
from crypto_core.errors import WireError

_SUPPORTED_VERSIONS = bytes.fromhex("002b00020304")


def server_hello(group: int, *, session: bytes = bytes(32)) -> bytes:
    """Return the message as RFC 8446 section 4.1.3 lays it out, with an empty key."""
    key_share = bytes.fromhex("0033") + (4).to_bytes(2, "big") + group.to_bytes(2, "big") + bytes(2)
    extensions = _SUPPORTED_VERSIONS + key_share
    body = (
        b"\x03\x03"
        + bytes(32)
        + bytes([len(session)])
        + session
        + b"\x13\x02\x00"
        + len(extensions).to_bytes(2, "big")
        + extensions
    )
    return b"\x02" + len(body).to_bytes(3, "big") + body


@pytest.mark.parametrize(
    ("group", "name", "is_post_quantum"),
    [
        (0x001D, "x25519", False),
        (0x0017, "secp256r1", False),
        (0x11EC, "X25519MLKEM768", True),
        (0x11ED, "SecP384r1MLKEM1024", True),
        (0x6399, "0x6399", False),
    ],
)
def test_the_group_is_named_and_an_unknown_one_claims_nothing(
    group: int, name: str, *, is_post_quantum: bool
) -> None:
    for session in (b"", bytes(32)):
        found = read_key_agreement(server_hello(group, session=session))
        assert (found.name, found.is_post_quantum) == (name, is_post_quantum)


def test_half_a_message_is_no_message() -> None:
    whole = server_hello(0x11EC)
    for length in range(len(whole) - 4):
        with pytest.raises(WireError):
            read_key_agreement(whole[:length])


def test_a_message_without_key_share_says_nothing() -> None:
    whole = server_hello(0x11EC)
    with pytest.raises(WireError):
        read_key_agreement(whole[:-8])
