# SPDX-License-Identifier: AGPL-3.0-or-later
"""Argon2id with the least memory there is, for tests whose matter is not what a guess costs.

It stands in the place of libsodium's function, below all that is ours: the product asks for the same
parameters and refuses the same ones, and parameters that differ still give keys that differ. What the
parameters are is shown in tests/unit/crypto_core, and the programs of the product that tests start
use the real one.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import nacl.pwhash.argon2id
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def quick_argon2id() -> Iterator[None]:
    """Let the keys of this process be stretched with one pass over 8 KiB."""
    real: Callable[..., bytes] = nacl.pwhash.argon2id.kdf

    def kdf(size: int, password: bytes, salt: bytes, opslimit: int, memlimit: int) -> bytes:
        asked = f"{opslimit} passes over {memlimit} bytes of ".encode() + password
        return real(
            size,
            asked,
            salt,
            opslimit=nacl.pwhash.argon2id.OPSLIMIT_MIN,
            memlimit=nacl.pwhash.argon2id.MEMLIMIT_MIN,
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nacl.pwhash.argon2id, "kdf", kdf)
        yield
