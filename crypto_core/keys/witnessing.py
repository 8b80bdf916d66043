# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cosigning of checkpoints by an account's computers; `crypto_core.trust.cosignatures` checks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.trust.checkpoints import NoteSignature, SignedNote, format_note, parse_note
from crypto_core.trust.cosignatures import TIME_BYTES, cosigned_text, witness_key

if TYPE_CHECKING:
    from crypto_core.keys.signing import SigningPair
    from crypto_core.wire.ids import DeviceId


def cosign(note: str, *, device: DeviceId, origin: str, pair: SigningPair, seconds: int) -> str:
    """Return a checkpoint's note with this computer's cosignature as its last line. Raises WireError.

    `seconds` since 1970 by the computer's clock. Only to be called for a checkpoint that was verified, that
    contains every one that was seen before, and that is kept: a witness signs no two trees.
    """
    signed = parse_note(note)
    key = witness_key(origin, device, pair.public)
    line = NoteSignature(
        name=key.name,
        key_id=key.key_id,
        signature=seconds.to_bytes(TIME_BYTES, "big")
        + pair.sign_ed25519(cosigned_text(signed.text, seconds)),
    )
    return format_note(SignedNote(text=signed.text, signatures=(*signed.signatures, line)))
