# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-in as OAuth 2.0 for first-party applications: names that relay and client share.

Sources: RFC 6749, RFC 7636 (S256 only), RFC 8414 metadata, RFC 9449 DPoP, RFC 9207 issuer, RFC 7009
revocation, draft-ietf-oauth-first-party-apps (authorization challenge endpoint). Requests are
`application/x-www-form-urlencoded`, answers JSON; errors are OAuth errors, not problem+json. Every request
carries a DPoP proof by the device's request key; bytes are base64url without padding, ids hexadecimal.

The challenge endpoint, in order:

1. `response_type=code`, `client_id`, `scope`, `code_challenge`, `code_challenge_method=S256`, `account`,
   `opaque_ke1`, and `credential=pending` to sign in with a passphrase that is stored but not yet the
   account's (below) → 400 `insufficient_authorization` with `auth_session`, `opaque_answer` (an encoded
   LoginAnswer) and `next` = ["opaque"].
2. `auth_session`, `opaque_ke3` → 400 `insufficient_authorization` with a new `auth_session` and `next` =
   the second factors that the account has. With "webauthn" among them comes `webauthn`, the
   PublicKeyCredentialRequestOptions as a JSON object with base64url texts (WebAuthn level 3 §5.1.10); the
   client's origin is `https://` and its `rpId`, without a port.
3. `auth_session`, and one of `totp`, `recovery_code`, `webauthn` (the text of an AuthenticationResponseJSON)
   → 200 with `authorization_code`.

A failed step ends the session (`invalid_session` next time); which step failed is not told apart from an
unknown account. `error` `temporarily_unavailable` with `retry_after` (seconds) when throttled.

`scope=recovery` signs in from a key that no device list names, with the printed kit: `next` after the
passphrase is ["recovery_kit"], and step 3 takes `recovery_kit`, an encoded HybridSignature by the account's
root in force over KIT_PROOF ‖ SHA-256(text of `auth_session`) ‖ SHA-256 JWK thumbprint of the key (32 bytes).
Its access token has scope `recovery`, lasts `ACCESS_TOKEN_SECONDS`, comes without `refresh_token`, and is good
for the recovery package, the account's own keys and POST /v1/recovery only; a token of scope `mail` is not.

Its first step takes `recovery_root` (an encoded SigningPublicKey) and `recovery_kit` as well: the same signature
over the text of `opaque_ke1` in the place of `auth_session`, which is never as long. Who shows the root in force
here is counted apart from all who know the account and have no kit, so these cannot keep the owner waiting; a
signature that does not fit, or none, is counted among theirs and tells nothing.

It answers `opaque_earlier` besides: always `EARLIER_PASSPHRASES` encoded LoginAnswers to the same KE1,
for a passphrase that waits, if one does, and for what the account signed in with before changes of its passphrase
in the last `EARLIER_PASSPHRASE_SECONDS`, the newest first; where there are fewer, the rest are answers like those
for unknown accounts, so that nobody learns whether anything was changed. The KE3 to any one of them will do. So a
thief who has a computer and both factors cannot shut out who has the kit. The passphrase that was shown is the account's once POST /v1/recovery has
succeeded, and all others are gone.

A passphrase changes in two steps: PUT /v1/sign-in/credential stores the new one, which changes nothing yet;
the first sign-in with `credential=pending` that succeeds (token request included) makes it the account's, and
from then on the old one is gone. Where none is pending, the account's own is meant: so a client whose vault has
the new passphrase asks for the pending one until it is answered, and need not know whether it was. While
`EARLIER_PASSPHRASES` former ones are kept for recovery, storing another is refused (quota-exceeded).

The token endpoint takes `grant_type=authorization_code` (`code`, `code_verifier`, `client_id`) and
`grant_type=refresh_token` (`refresh_token`, `client_id`) and answers `access_token` (PASETO v4.local),
`token_type` `DPoP`, `expires_in`, `refresh_token`, `scope`, `session_expires_in`. A refused refresh is
`invalid_grant`, with `reason` `reused` when the family was revoked because a token was used twice.

With a code of scope `mail` a device also sends its epoch: `epoch`, what it stored at its last sign-in (left out
at its first), and `next_epoch`, drawn and stored before it asks; each is base64url of `EPOCH_BYTES` random bytes.
The relay, which has stored the last one, takes either for it, so that a lost answer can be asked for again with
the same two; any other `epoch` is that of a copy: `invalid_grant` with `reason` `copied`.

A request that needs factors shown within `STEP_UP_SECONDS` is refused with 401, problem code `step-up-needed`
and `WWW-Authenticate: DPoP error="insufficient_user_authentication", max_age=300` (RFC 9470 §3). A new sign-in
gives a token that will do; a refreshed one keeps the time of its sign-in.
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
SCOPE_RECOVERY: Final = "recovery"
CREDENTIAL_PENDING: Final = "pending"
"""Value of the form field `credential`."""
EARLIER_PASSPHRASES: Final = 4
EARLIER_PASSPHRASE_SECONDS: Final = 7 * 86_400

ACCESS_TOKEN_SECONDS: Final = 600
SESSION_ABSOLUTE_SECONDS: Final = 12 * 3600
SESSION_IDLE_SECONDS: Final = 4 * 3600
CHALLENGE_SECONDS: Final = 300
CODE_SECONDS: Final = 60
STEP_UP_SECONDS: Final = 300
EPOCH_BYTES: Final = 16


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
    WEBAUTHN = "webauthn"
    RECOVERY_KIT = "recovery_kit"


REASON_REUSED: Final = "reused"
REASON_COPIED: Final = "copied"
"""The device's epoch is not the one that the relay has: this is, or there is, a copy of the device."""
REASON_REMOVED: Final = "removed"
"""The session is over, and the key that asks is no listed device's any more."""
