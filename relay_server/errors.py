# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every error the relay raises on purpose: what keeps it from starting, and what a request is answered.

Imports `crypto_core.wire` only.
"""

from __future__ import annotations

from typing import Final

from crypto_core.wire.relay_api import ProblemCode


class RelayError(Exception):
    """Base of the relay's errors; the text never holds a secret, an identifier or content."""


class StartError(RelayError):
    """The relay cannot start; the text tells the operator why and what to do."""


class MisuseError(StartError):
    """The relay was called with words that cannot mean anything; nothing was tried."""


STATUS: Final[dict[ProblemCode, int]] = {
    ProblemCode.MALFORMED: 400,
    ProblemCode.UNSUPPORTED_MEDIA_TYPE: 415,
    ProblemCode.TOO_LARGE: 413,
    ProblemCode.NOT_FOUND: 404,
    ProblemCode.METHOD_NOT_ALLOWED: 405,
    ProblemCode.UNAUTHENTICATED: 401,
    ProblemCode.SIGN_IN_NEEDED: 401,
    ProblemCode.STEP_UP_NEEDED: 401,
    ProblemCode.PROOF_REPLAYED: 401,
    ProblemCode.CLOCK_SKEW: 401,
    ProblemCode.FORBIDDEN: 403,
    ProblemCode.INVITATION_INVALID: 403,
    ProblemCode.ALREADY_REGISTERED: 409,
    ProblemCode.KEY_IN_USE: 409,
    ProblemCode.SIGNATURE_INVALID: 422,
    ProblemCode.CHAIN_BROKEN: 409,
    ProblemCode.UNKNOWN_RECIPIENT: 422,
    ProblemCode.BLOB_MISSING: 422,
    ProblemCode.BLOB_OFFSET: 409,
    ProblemCode.BLOB_MISMATCH: 422,
    ProblemCode.CONFLICT: 409,
    ProblemCode.EXPIRED: 410,
    ProblemCode.QUOTA_EXCEEDED: 507,
    ProblemCode.TOO_MANY_REQUESTS: 429,
    ProblemCode.STORAGE_FULL: 507,
    ProblemCode.UNAVAILABLE: 503,
    ProblemCode.INTERNAL: 500,
}
"""The HTTP status of every code (RFC 9110, RFC 4918 for 507)."""


class ProblemError(RelayError):
    """A refusal with a stable code (RFC 9457). `members` are further members of the answer, such as a number."""

    def __init__(self, code: ProblemCode, detail: str, **members: int) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.members = members

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return STATUS[self.code]
