# SPDX-License-Identifier: AGPL-3.0-or-later
"""The telephone of a practitioner: makes one-time codes, each of them once."""

from __future__ import annotations

import pyotp

from crypto_core.wire.sign_in import TOTP_PERIOD_SECONDS


class Authenticator:
    """An application as one installs it: it reads the `otpauth:` address and nothing else."""

    def __init__(self, totp_uri: str) -> None:
        totp = pyotp.parse_uri(totp_uri)
        assert isinstance(totp, pyotp.TOTP)
        self.totp = totp
        self._last_step = 0

    def code(self, now_seconds: float) -> str | None:
        """Return this period's code, or the next one's, which is accepted too; None if both were given."""
        present = int(now_seconds) // TOTP_PERIOD_SECONDS
        step = max(present, self._last_step + 1)
        if step > present + 1:
            return None
        self._last_step = step
        return self.totp.at(step * TOTP_PERIOD_SECONDS)
