# SPDX-License-Identifier: AGPL-3.0-or-later
"""Security keys as the use cases see them: texts of WebAuthn in JSON go in and come out.

An adapter never blocks the event loop, ends when its caller is cancelled, and refuses to sign for another
site than the relay's own.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeAlias


class KeyTrouble(StrEnum):
    """Why a security key did not do what it should."""

    MISSING = "missing"
    """None is plugged in."""
    FORBIDDEN = "forbidden"
    """One is plugged in, and the system does not let this program speak to it."""
    UNTOUCHED = "untouched"
    """Nobody touched it in time, or the system's dialog was closed."""
    UNKNOWN = "unknown"
    """It is not one of this account's."""
    KNOWN = "known"
    """It is one of this account's already."""
    PIN_NEEDED = "pin-needed"
    PIN_WRONG = "pin-wrong"
    PIN_PAUSED = "pin-paused"
    """After three wrong ones in a row; it takes another one once it was unplugged."""
    PIN_BLOCKED = "pin-blocked"
    """After too many wrong ones; only its maker's program helps."""
    UNUSABLE = "unusable"
    """It was pulled out, is too old, or does not keep to the protocol."""
    OTHER_SITE = "other-site"
    """It was to sign for another site than the relay's: that is a relay that poses as one to another."""


class SecurityKeyError(Exception):
    """A security key did not do what it should."""

    def __init__(self, trouble: KeyTrouble, *, tries_left: int | None = None) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.tries_left = tries_left
        """With PIN_WRONG: how many more the key takes before it blocks itself, if it says so."""


OnTouch: TypeAlias = Callable[[], None]
"""Called in the event loop when the key waits for a finger."""


class SecurityKeys(Protocol):
    """The keys that are plugged in. Both methods take as long as a person takes; a minute at most."""

    async def register(self, options: str, *, site: str, pin: str, on_touch: OnTouch) -> str:
        """Return the RegistrationResponseJSON to a PublicKeyCredentialCreationOptionsJSON.

        `site` is the relay's DNS name; an empty PIN means that none was given. Raises SecurityKeyError.
        """

    async def sign_in(self, options: str, *, site: str, pin: str, on_touch: OnTouch) -> str:
        """Return the AuthenticationResponseJSON to a PublicKeyCredentialRequestOptionsJSON.

        Raises SecurityKeyError.
        """
