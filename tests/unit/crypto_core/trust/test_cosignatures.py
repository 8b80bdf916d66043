# SPDX-License-Identifier: AGPL-3.0-or-later
"""A witness's cosignature counts for its key, its checkpoint and its time, and for nothing else."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from crypto_core.errors import SignatureError, WireError
from crypto_core.keys.signing import SIGNING_SEED_BYTES, SigningPair
from crypto_core.keys.witnessing import cosign
from crypto_core.trust.checkpoints import (
    NoteSignature,
    format_note,
    parse_note,
    verify_checkpoint,
)
from crypto_core.trust.cosignatures import verify_cosignature, witness_key
from crypto_core.wire.ids import DeviceId
from tests.fakes.sample_log import ORIGIN, SIGNED_AT, SampleLog, sample_signers

if TYPE_CHECKING:
    from collections.abc import Callable

DEVICE = DeviceId(b"d" * 16)
PAIR = SigningPair.from_seed(b"w" * SIGNING_SEED_BYTES)
KEY = witness_key(ORIGIN, DEVICE, PAIR.public)
SAMPLE = SampleLog([b"leaf %d" % index for index in range(11)])
NOTE = SAMPLE.note()
COSIGNED = cosign(NOTE, device=DEVICE, origin=ORIGIN, pair=PAIR, seconds=SIGNED_AT)


def with_line(change: Callable[[NoteSignature], NoteSignature]) -> str:
    """The cosigned note with another last line."""
    note = parse_note(COSIGNED)
    *before, line = note.signatures
    return format_note(dataclasses.replace(note, signatures=(*before, change(line))))


def at(seconds: int) -> Callable[[NoteSignature], NoteSignature]:
    """A line that states another time."""
    return lambda line: dataclasses.replace(
        line, signature=seconds.to_bytes(8, "big") + line.signature[8:]
    )


def test_a_cosigned_checkpoint_is_still_one_and_says_when() -> None:
    assert verify_cosignature(COSIGNED, key=KEY) == SIGNED_AT
    verified = verify_checkpoint(COSIGNED, log=sample_signers().identity)
    assert verified == verify_checkpoint(NOTE, log=sample_signers().identity)
    assert COSIGNED.startswith(NOTE)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(NOTE, id="nobody cosigned"),
        pytest.param(with_line(at(SIGNED_AT + 1)), id="at another time"),
        pytest.param(with_line(at(0)), id="at no time"),
        pytest.param(with_line(at(2**63)), id="at an impossible time"),
        pytest.param(
            with_line(lambda line: dataclasses.replace(line, signature=line.signature[:-1])),
            id="cut",
        ),
        pytest.param(COSIGNED.replace("\n11\n", "\n12\n", 1), id="of a larger tree"),
        pytest.param(
            cosign(COSIGNED, device=DEVICE, origin=ORIGIN, pair=PAIR, seconds=SIGNED_AT),
            id="twice",
        ),
        pytest.param(
            cosign(
                NOTE,
                device=DEVICE,
                origin=ORIGIN,
                pair=SigningPair.from_seed(b"x" * SIGNING_SEED_BYTES),
                seconds=SIGNED_AT,
            ),
            id="by another key under this name",
        ),
        pytest.param(
            cosign(NOTE, device=DeviceId(b"e" * 16), origin=ORIGIN, pair=PAIR, seconds=SIGNED_AT),
            id="under another name",
        ),
    ],
)
def test_anything_else_is_no_cosignature(note: str) -> None:
    with pytest.raises(SignatureError):
        verify_cosignature(note, key=KEY)


def test_what_is_no_note_is_refused() -> None:
    with pytest.raises(WireError):
        verify_cosignature("no note", key=KEY)
