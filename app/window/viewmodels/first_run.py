# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers of the first run that are kept until the account exists, so that it can be taken up again."""

from __future__ import annotations

from typing import Protocol


class Notes(Protocol):
    """Where the answers are kept: in clear, so neither passphrase nor invitation is ever among them."""

    def get(self, name: str) -> str:
        """Return an answer, empty if none was given."""

    def put(self, name: str, answer: str) -> None:
        """Keep an answer."""

    def forget(self) -> None:
        """Keep none of them."""
