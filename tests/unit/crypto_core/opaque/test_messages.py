# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from crypto_core.errors import WireError
from crypto_core.opaque.group import hash_to_element
from crypto_core.opaque.messages import (
    KE1,
    KE2,
    KE3,
    RegistrationRecord,
    RegistrationRequest,
    RegistrationResponse,
)
from crypto_core.wire import sign_in

ELEMENT = hash_to_element(b"element", b"test")
NOISE = bytes(range(256))

# Each message as it is well-formed, its size, and where its elements stand.
WELL_FORMED = (
    (RegistrationRequest, ELEMENT, sign_in.REGISTRATION_REQUEST_BYTES, (0,)),
    (RegistrationResponse, ELEMENT + ELEMENT, sign_in.REGISTRATION_RESPONSE_BYTES, (0, 32)),
    (RegistrationRecord, ELEMENT + NOISE[:160], sign_in.REGISTRATION_RECORD_BYTES, (0,)),
    (KE1, ELEMENT + NOISE[:32] + ELEMENT, sign_in.KE1_BYTES, (0, 64)),
    (
        KE2,
        ELEMENT + NOISE[:192] + ELEMENT + NOISE[:64],
        sign_in.KE2_BYTES,
        (0, 224),
    ),
    (KE3, NOISE[:64], sign_in.KE3_BYTES, ()),
)
NO_ELEMENTS = {
    "the identity": bytes(32),
    "not canonical": b"\xed" + b"\xff" * 30 + b"\x7f",
    "negative": b"\x01" + bytes(31),
    "high bit": ELEMENT[:31] + bytes([ELEMENT[31] | 0x80]),
}


@pytest.mark.parametrize(
    ("kind", "encoded", "size"),
    [row[:3] for row in WELL_FORMED],
    ids=[row[0].__name__ for row in WELL_FORMED],
)
def test_sizes(kind: Any, encoded: bytes, size: int) -> None:  # noqa: ANN401 - any message class
    assert len(encoded) == size
    assert kind.parse(encoded).to_bytes() == encoded
    for wrong in (b"", encoded[:-1], encoded[1:], encoded + b"\x00", bytearray(encoded)):
        with pytest.raises(WireError):
            kind.parse(wrong)


@pytest.mark.parametrize("why", NO_ELEMENTS)
@pytest.mark.parametrize(
    ("kind", "encoded", "start"),
    [(kind, encoded, start) for kind, encoded, _, starts in WELL_FORMED for start in starts],
    ids=[f"{row[0].__name__}-{start}" for row in WELL_FORMED for start in row[3]],
)
def test_every_element_is_checked(kind: Any, encoded: bytes, start: int, why: str) -> None:  # noqa: ANN401 - any message class
    with pytest.raises(WireError):
        kind.parse(encoded[:start] + NO_ELEMENTS[why] + encoded[start + 32 :])


def test_the_record_hides_its_masking_key() -> None:
    record = RegistrationRecord.parse(ELEMENT + b"\xaa" * 64 + NOISE[:96])
    assert "xaa" not in repr(record)
