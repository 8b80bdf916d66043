# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-in as OAuth 2.0 for first-party applications: names that relay and client share.

Sources: RFC 6749, RFC 7636 (S256 only), RFC 8414 metadata, RFC 9449 DPoP, RFC 9207 issuer, RFC 7009
revocation, draft-ietf-oauth-first-party-apps (authorization challenge endpoint). Requests are
`application/x-www-form-urlencoded`, answers JSON; errors are OAuth errors, not problem+json. Every request
carries a DPoP proof by the device's request key; bytes are base64url without padding, ids hexadecimal.

The challenge endpoint, in order:

1. `response_type=code`, `client_id`, `scope`, `code_challenge`, `code_challenge_method=S256`, `account`,
   `opaque_ke1` → 400 `insufficient_authorization` with `auth_session`, `opaque_answer` (an encoded
   LoginAnswer) and `next` = ["opaque"].
2. `auth_session`, `opaque_ke3` → 400 `insufficient_authorization` with a new `auth_session` and `next` =
   the second factors that the account has.
3. `auth_session`, and `totp` or `recovery_code` → 200 with `authorization_code`.

A failed step ends the session (`invalid_session` next time); which step failed is not told apart from an
unknown account. `error` `temporarily_unavailable` with `retry_after` (seconds) when throttled.
The token endpoint takes `grant_type=authorization_code` (`code`, `code_verifier`, `client_id`) and
`grant_type=refresh_token` (`refresh_token`, `client_id`) and answers `access_token` (PASETO v4.local),
`token_type` `DPoP`, `expires_in`, `refresh_token`, `scope`, `session_expires_in`. A refused refresh is
`invalid_grant`, with `reason` `reused` when the family was revoked because a token was used twice.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

PATH_METADATA: Final = "/.well-known/oauth-authorization-server"
PATH_CHALLENGE: Final = "/oauth/authorize-challenge"
PATH_TOKEN: Final = "/oauth/token"  # noqa: S105 - a path
PATH_REVOKE: Final = "/oauth/revoke"

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
CLIENT_ID: Final = "uhealthsec-desktop"
SCOPE: Final = "mail"

ACCESS_TOKEN_SECONDS: Final = 600
SESSION_ABSOLUTE_SECONDS: Final = 12 * 3600
SESSION_IDLE_SECONDS: Final = 4 * 3600
CHALLENGE_SECONDS: Final = 300
CODE_SECONDS: Final = 60


class OAuthError(StrEnum):
    """`error` of a refused request."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    INVALID_SCOPE = "invalid_scope"
    INVALID_SESSION = "invalid_session"
    INVALID_DPOP_PROOF = "invalid_dpop_proof"
    ACCESS_DENIED = "access_denied"
    INSUFFICIENT_AUTHORIZATION = "insufficient_authorization"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"


class Step(StrEnum):
    """Members of `next`: what the challenge endpoint asks for."""

    OPAQUE = "opaque"
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"


REASON_REUSED: Final = "reused"
