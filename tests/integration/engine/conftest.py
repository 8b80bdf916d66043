# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every test of the engine's use cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.quick_argon2id import quick_argon2id

if TYPE_CHECKING:
    from collections.abc import Iterator


# Of a module, because some make their vaults once for all their tests.
@pytest.fixture(scope="module", autouse=True)
def vaults_that_open_at_once() -> Iterator[None]:
    """Spare the fifth of a second that each passphrase and each sign-in costs; guesses are no matter here."""
    with quick_argon2id():
        yield
