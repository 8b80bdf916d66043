# SPDX-License-Identifier: AGPL-3.0-or-later
"""The door: which proofs and tokens count, for which request and when (RFC 9449 §4.3)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request

from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym, UnixMillis
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS
from crypto_core.wire.oauth import SCOPE, SCOPE_RECOVERY, STEP_UP_SECONDS
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.signed import SigningPublicKey
from relay_server.authentication.door import Caller, Door, Ticket
from relay_server.authentication.proof import read_proof
from relay_server.authentication.replay import SeenProofs
from relay_server.errors import ProblemError
from relay_server.limits import Rate, RateLimiter
from relay_server.web.application import problem_answer

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://relay.example"
PATH = "/v1/mailbox"
TOKEN = "of a session"
RECOVERY = "of a recovery"
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNED_IN_SECONDS = 1_790_000_000 + 2 * CLOCK_SKEW_SECONDS
"""When the fixture's clock begins."""
CALLER = Caller(
    account=AccountId(bytes(20)),
    device=DeviceId(bytes(16)),
    pseudonym=DevicePseudonym(bytes(16)),
    signing_key=SigningPublicKey(ed25519=bytes(32), ml_dsa_65=bytes(1952)),
)


class SetClock:
    """A clock that the test moves, in seconds."""

    def __init__(self) -> None:
        self.seconds = 1_790_000_000

    def __call__(self) -> UnixMillis:
        return UnixMillis(self.seconds * 1000)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def door(clock: SetClock) -> Door:
    async def find(key: bytes) -> Caller | None:
        return CALLER if key == KEY.public_key().public_bytes_raw() else None

    async def read(token: str, thumbprint: bytes) -> Ticket | None:
        assert len(thumbprint) == 32
        ticket = Ticket(
            account=CALLER.account,
            device=CALLER.device,
            scope=SCOPE,
            session=bytes(16),
            authenticated_at=SIGNED_IN_SECONDS,
        )
        return {
            TOKEN: ticket,
            "another device's": replace(ticket, device=DeviceId(bytes([1] * 16))),
            RECOVERY: replace(ticket, device=None, scope=SCOPE_RECOVERY),
        }.get(token)

    async def has(session: bytes) -> bool:
        return session == bytes(16)

    rate = RateLimiter(Rate(per_second=1, burst=1000), clock=clock)
    opened = Door(
        public_url=URL,
        find_device=find,
        read_token=read,
        has_session=has,
        devices=rate,
        clock=clock,
    )
    # Far enough from the start, before which no proof may come.
    clock.seconds += 2 * CLOCK_SKEW_SECONDS
    return opened


def request_with(
    *proofs: str,
    method: str = "GET",
    path: str = PATH,
    token: str | None = TOKEN,
    network: str = "192.0.2.9",
) -> Request:
    """Return a request with DPoP headers and an access token."""
    shown = [] if token is None else [(b"authorization", f"DPoP {token}".encode())]
    scope = {
        "type": "http",
        "method": method,
        "scheme": "https",
        "server": ("relay.example", 443),
        "client": (network, 50_000),
        "path": path,
        "query_string": b"after=3",
        "headers": [*shown, *((b"dpop", proof.encode("latin-1")) for proof in proofs)],
    }
    return Request(scope)


def ask(door: Door, *proofs: str, method: str = "GET", path: str = PATH) -> Caller:
    """Knock with DPoP headers and a good token."""
    return asyncio.run(door.authenticate(request_with(*proofs, method=method, path=path)))


def code_of(door: Door, *proofs: str, method: str = "GET", path: str = PATH) -> ProblemCode:
    with pytest.raises(ProblemError) as caught:
        ask(door, *proofs, method=method, path=path)
    return caught.value.code


def hash_of(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def encoded(members: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


def forge(
    *,
    key: Ed25519PrivateKey = KEY,
    header: dict[str, Any] | None = None,
    claims: dict[str, Any] | None = None,
    iat: int,
) -> str:
    """Return a proof whose members are changed before it is signed; a member that is None is left out."""
    raw = key.public_key().public_bytes_raw()
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    head = {
        "typ": "dpop+jwt",
        "alg": "Ed25519",
        "jwk": {"kty": "OKP", "crv": "Ed25519", "x": x},
    } | (header or {})
    body = {
        "jti": os.urandom(8).hex(),
        "htm": "GET",
        "htu": URL + PATH,
        "iat": iat,
        "ath": hash_of(TOKEN),
    } | (claims or {})
    parts = [
        encoded({name: value for name, value in each.items() if value is not None})
        for each in (head, body)
    ]
    signed = ".".join(parts)
    signature = base64.urlsafe_b64encode(key.sign(signed.encode())).rstrip(b"=").decode()
    return f"{signed}.{signature}"


def test_a_proof_opens_the_door_to_the_device_of_its_key(door: Door, clock: SetClock) -> None:
    assert ask(door, forge(iat=clock.seconds)) == CALLER


def test_without_a_valid_token_one_is_told_to_sign_in(door: Door, clock: SetClock) -> None:
    for token, claims in ((None, {"ath": None}), ("ended", {"ath": hash_of("ended")})):
        request = request_with(forge(iat=clock.seconds, claims=claims), token=token)
        with pytest.raises(ProblemError) as caught:
            asyncio.run(door.authenticate(request))
        assert caught.value.code is ProblemCode.SIGN_IN_NEEDED


def test_a_token_of_another_device_opens_nothing(door: Door, clock: SetClock) -> None:
    token = "another device's"
    request = request_with(forge(iat=clock.seconds, claims={"ath": hash_of(token)}), token=token)
    with pytest.raises(ProblemError) as caught:
        asyncio.run(door.authenticate(request))
    assert caught.value.code is ProblemCode.UNAUTHENTICATED


def test_a_proof_is_for_one_token(door: Door, clock: SetClock) -> None:
    for ath in (None, "", hash_of("another"), hash_of(TOKEN) + "="):
        proof = forge(iat=clock.seconds, claims={"ath": ath})
        assert code_of(door, proof) is ProblemCode.UNAUTHENTICATED


def test_where_no_token_is_asked_for_a_proof_for_one_does_not_serve(
    door: Door, clock: SetClock
) -> None:
    for token, ath, is_taken in (
        (None, None, True),
        (None, hash_of(TOKEN), False),
        (TOKEN, None, False),
        ("whatever", hash_of("whatever"), True),
    ):
        request = request_with(forge(iat=clock.seconds, claims={"ath": ath}), token=token)
        if is_taken:
            assert door.prove(request).key == KEY.public_key().public_bytes_raw()
            continue
        with pytest.raises(ProblemError) as caught:
            door.prove(request)
        assert caught.value.code is ProblemCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("passed_seconds", "is_needed"),
    [(0, False), (STEP_UP_SECONDS, False), (STEP_UP_SECONDS + 1, True)],
)
def test_what_is_dangerous_needs_factors_shown_lately(
    door: Door, clock: SetClock, passed_seconds: int, is_needed: bool
) -> None:
    clock.seconds += passed_seconds
    assert ask(door, forge(iat=clock.seconds)) == CALLER
    recent = door.admit_recent(request_with(forge(iat=clock.seconds)))
    if not is_needed:
        assert asyncio.run(recent).caller == CALLER
        return
    with pytest.raises(ProblemError) as caught:
        asyncio.run(recent)
    assert caught.value.code is ProblemCode.STEP_UP_NEEDED
    # RFC 9470 section 3.
    assert problem_answer(caught.value).headers["www-authenticate"] == (
        'DPoP error="insufficient_user_authentication", max_age=300'
    )


def test_a_token_of_recovery_is_not_one_of_mail_nor_the_reverse(
    door: Door, clock: SetClock
) -> None:
    def request(token: str, key: Ed25519PrivateKey) -> Request:
        proof = forge(iat=clock.seconds, key=key, claims={"ath": hash_of(token)})
        return request_with(proof, token=token)

    for admit in (door.authenticate, door.admit, door.admit_recent):
        with pytest.raises(ProblemError) as caught:
            asyncio.run(admit(request(RECOVERY, KEY)))
        assert caught.value.code is ProblemCode.FORBIDDEN
    with pytest.raises(ProblemError) as caught:
        asyncio.run(door.admit_recovery(request(TOKEN, KEY)))
    assert caught.value.code is ProblemCode.FORBIDDEN
    recovering = asyncio.run(door.admit_recovery(request(RECOVERY, STRANGER)))
    assert recovering.account == CALLER.account
    assert recovering.key == STRANGER.public_key().public_bytes_raw()
    assert recovering.pseudonym != CALLER.pseudonym


def test_recovery_reads_the_keys_of_its_own_account_only(door: Door, clock: SetClock) -> None:
    def read(token: str, account: AccountId) -> None:
        proof = forge(iat=clock.seconds, claims={"ath": hash_of(token)})
        asyncio.run(door.require_reader(request_with(proof, token=token), account))

    other = AccountId(bytes([1] * 20))
    read(TOKEN, other)
    read(RECOVERY, CALLER.account)
    with pytest.raises(ProblemError) as caught:
        read(RECOVERY, other)
    assert caught.value.code is ProblemCode.FORBIDDEN


def test_a_key_that_no_device_has_opens_nothing(door: Door, clock: SetClock) -> None:
    proof = forge(iat=clock.seconds, key=Ed25519PrivateKey.generate())
    assert code_of(door, proof) is ProblemCode.UNAUTHENTICATED


def test_a_proof_counts_once(door: Door, clock: SetClock) -> None:
    proof = forge(iat=clock.seconds)
    ask(door, proof)
    assert code_of(door, proof) is ProblemCode.PROOF_REPLAYED


def test_a_name_used_by_another_key_is_no_repetition(door: Door, clock: SetClock) -> None:
    claims = {"jti": "the same"}
    stranger = forge(iat=clock.seconds, key=Ed25519PrivateKey.generate(), claims=claims)
    assert code_of(door, stranger) is ProblemCode.UNAUTHENTICATED
    ask(door, forge(iat=clock.seconds, claims=claims))


def test_a_proof_is_remembered_as_long_as_it_could_count(door: Door, clock: SetClock) -> None:
    proof = forge(iat=clock.seconds + CLOCK_SKEW_SECONDS)
    ask(door, proof)
    for _ in range(2 * CLOCK_SKEW_SECONDS // 30):
        clock.seconds += 30
        assert code_of(door, proof) is ProblemCode.PROOF_REPLAYED
    clock.seconds += 1
    assert code_of(door, proof) is ProblemCode.CLOCK_SKEW


@pytest.mark.parametrize(
    ("shift_seconds", "code"),
    [
        (-CLOCK_SKEW_SECONDS, None),
        (CLOCK_SKEW_SECONDS, None),
        (-CLOCK_SKEW_SECONDS - 1, ProblemCode.CLOCK_SKEW),
        (CLOCK_SKEW_SECONDS + 1, ProblemCode.CLOCK_SKEW),
        (-63_072_000, ProblemCode.CLOCK_SKEW),
    ],
)
def test_a_proof_counts_around_its_time(
    door: Door, clock: SetClock, shift_seconds: int, code: ProblemCode | None
) -> None:
    proof = forge(iat=clock.seconds + shift_seconds)
    if code is None:
        ask(door, proof)
    else:
        assert code_of(door, proof) is code


def test_a_proof_from_before_the_start_may_be_a_repetition(door: Door, clock: SetClock) -> None:
    clock.seconds -= 2 * CLOCK_SKEW_SECONDS
    with pytest.raises(ProblemError) as caught:
        ask(door, forge(iat=clock.seconds - 3))
    assert caught.value.code is ProblemCode.UNAVAILABLE
    assert caught.value.members == {"retry_after": 3}


def test_a_request_has_exactly_one_proof(door: Door, clock: SetClock) -> None:
    assert code_of(door) is ProblemCode.UNAUTHENTICATED
    two = [forge(iat=clock.seconds) for _ in range(2)]
    assert code_of(door, *two) is ProblemCode.UNAUTHENTICATED


def test_a_proof_is_for_one_method_and_one_path(door: Door, clock: SetClock) -> None:
    for method, path in (
        ("POST", PATH),
        ("HEAD", PATH),
        ("GET", PATH + "/"),
        ("GET", "/v1/events"),
    ):
        proof = forge(iat=clock.seconds)
        assert code_of(door, proof, method=method, path=path) is ProblemCode.UNAUTHENTICATED


X = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "change",
    [
        {"claims": {"htm": "POST"}},
        {"claims": {"htu": URL + "/v1/envelopes"}},
        {"claims": {"htu": "https://relay.example.org" + PATH}},
        {"claims": {"htu": "http://relay.example" + PATH}},
        {"claims": {"htu": URL + PATH + "?after=0"}},
        {"claims": {"htu": URL.upper() + PATH}},
        {"claims": {"htm": "get"}},
        {"claims": {"htm": None}},
        {"claims": {"htu": None}},
        {"claims": {"iat": None}},
        {"claims": {"jti": None}},
        {"claims": {"jti": ""}},
        {"claims": {"jti": "x" * 129}},
        {"claims": {"jti": 7}},
        {"claims": {"iat": "1"}},
        {"claims": {"iat": 1.5}},
        {"claims": {"iat": True}},
        {"claims": {"iat": -1}},
        {"claims": {"iat": 10**30}},
        {"claims": {"exp": 1}},
        {"header": {"typ": "JWT"}},
        {"header": {"alg": "EdDSA"}},
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS256"}},
        {"header": {"crit": ["exp"]}},
        {"header": {"jwk": None}},
        {"header": {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": X, "d": X}}},
        {"header": {"jwk": {"kty": "OKP", "crv": "X25519", "x": X}}},
        {"header": {"jwk": {"kty": "EC", "crv": "Ed25519", "x": X}}},
        {"header": {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": X[:-2]}}},
        {"header": {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": X + "="}}},
        {"header": {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": X}}},
        {"header": {"jwk": []}},
    ],
    ids=str,
)
def test_other_proofs_do_not_count(
    door: Door, clock: SetClock, change: dict[str, dict[str, Any]]
) -> None:
    proof = forge(iat=clock.seconds, header=change.get("header"), claims=change.get("claims"))
    assert code_of(door, proof) is ProblemCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda proof: proof + ".x",
        lambda proof: proof[:-4],
        lambda proof: proof.replace(".", "..", 1),
        lambda proof: proof[:-2] + ("AA" if proof[-2:] != "AA" else "BB"),
        lambda proof: "\xe9" + proof,
        lambda proof: proof + "=" * 4,
        " ".join,
        lambda _: "a" * 5000,
        lambda _: ".".join(
            [base64.urlsafe_b64encode(b"[" * 1400).decode().rstrip("="), "e30", "AA"]
        ),
    ],
)
def test_what_is_no_proof_does_not_count(
    door: Door, clock: SetClock, spoil: Callable[[str], str]
) -> None:
    assert code_of(door, spoil(forge(iat=clock.seconds))) is ProblemCode.UNAUTHENTICATED


def test_a_repeated_member_is_no_member(door: Door, clock: SetClock) -> None:
    """Two parsers could see two different requests in one proof."""
    head, body, _ = forge(iat=clock.seconds).split(".")
    text = base64.urlsafe_b64decode(body + "==").decode().removesuffix("}")
    doubled = base64.urlsafe_b64encode(f'{text},"htm":"GET"}}'.encode()).rstrip(b"=").decode()
    signature = (
        base64.urlsafe_b64encode(KEY.sign(f"{head}.{doubled}".encode())).rstrip(b"=").decode()
    )
    proof = f"{head}.{doubled}.{signature}"
    assert code_of(door, proof) is ProblemCode.UNAUTHENTICATED


def test_a_proof_of_the_product_is_read(clock: SetClock) -> None:
    proof = read_proof(forge(iat=clock.seconds, claims={"jti": "n-1"}))
    assert proof.key == KEY.public_key().public_bytes_raw()
    assert (proof.method, proof.url, proof.identifier) == ("GET", URL + PATH, "n-1")


def shown(door: Door, clock: SetClock, network: str) -> None:
    """Prove a key that no device has, as everybody can."""
    proof = forge(iat=clock.seconds, key=STRANGER, claims={"ath": None})
    door.prove(request_with(proof, token=None, network=network))


def refusal_of(act: Callable[[], object]) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        act()
    return caught.value


def test_strangers_do_not_take_the_room_of_devices(
    door: Door, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proof costs nothing: a few addresses could fill a memory that all share."""
    monkeypatch.setattr("relay_server.authentication.replay._STRANGERS", (3, 2))
    clock.seconds += 2 * CLOCK_SKEW_SECONDS
    for network in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        shown(door, clock, network)
    refused = refusal_of(lambda: shown(door, clock, "192.0.2.3"))
    assert refused.code is ProblemCode.UNAVAILABLE
    # Neither in a session nor when it signs in.
    assert ask(door, forge(iat=clock.seconds)) == CALLER
    request = request_with(forge(iat=clock.seconds, claims={"ath": None}), token=None)
    assert asyncio.run(door.prove_as(request))[1] == CALLER
    proof = forge(iat=clock.seconds, key=STRANGER, claims={"ath": None})
    refused = refusal_of(lambda: asyncio.run(door.prove_as(request_with(proof, token=None))))
    assert refused.code is ProblemCode.UNAVAILABLE


def test_an_address_does_not_take_the_room_of_others(
    door: Door, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay_server.authentication.replay._STRANGERS", (100, 2))
    clock.seconds += 2 * CLOCK_SKEW_SECONDS
    # The first one begins the window.
    shown(door, clock, "192.0.2.2")
    for _ in range(2):
        shown(door, clock, "192.0.2.1")
    refused = refusal_of(lambda: shown(door, clock, "192.0.2.1"))
    assert refused.code is ProblemCode.TOO_MANY_REQUESTS
    assert refused.members["retry_after"] == 2 * CLOCK_SKEW_SECONDS + 1
    shown(door, clock, "192.0.2.2")
    # By subscriber, who has a /64.
    shown(door, clock, "2001:db8::1")
    shown(door, clock, "2001:db8::2")
    refused = refusal_of(lambda: shown(door, clock, "2001:db8::3"))
    assert refused.code is ProblemCode.TOO_MANY_REQUESTS
    clock.seconds += 2 * CLOCK_SKEW_SECONDS
    shown(door, clock, "192.0.2.1")


def test_what_is_refused_takes_no_room(
    door: Door, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It did nothing, so that it comes a second time does nothing either."""
    monkeypatch.setattr("relay_server.authentication.replay._STRANGERS", (0, 0))
    monkeypatch.setattr("relay_server.authentication.replay._DEVICES", (1, 1))
    clock.seconds += 2 * CLOCK_SKEW_SECONDS
    for token, key, code in (
        (None, KEY, ProblemCode.SIGN_IN_NEEDED),
        ("ended", STRANGER, ProblemCode.SIGN_IN_NEEDED),
        (RECOVERY, STRANGER, ProblemCode.FORBIDDEN),
        (TOKEN, STRANGER, ProblemCode.UNAUTHENTICATED),
    ):
        claims = {"ath": None if token is None else hash_of(token)}
        proof = forge(iat=clock.seconds, key=key, claims=claims)
        for _ in range(2):
            request = request_with(proof, token=token)
            refused = refusal_of(lambda request=request: asyncio.run(door.authenticate(request)))  # type: ignore[misc]
            assert refused.code is code
    assert ask(door, forge(iat=clock.seconds)) == CALLER


def test_who_recovers_has_a_rate(door: Door, clock: SetClock) -> None:
    proof = {"ath": hash_of(RECOVERY)}

    def recover(key: Ed25519PrivateKey) -> None:
        request = request_with(forge(iat=clock.seconds, key=key, claims=proof), token=RECOVERY)
        asyncio.run(door.admit_recovery(request))

    for _ in range(1000):
        recover(STRANGER)
    assert refusal_of(lambda: recover(STRANGER)).code is ProblemCode.TOO_MANY_REQUESTS
    recover(Ed25519PrivateKey.generate())


def test_too_many_proofs_are_not_forgotten_but_refused(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay_server.authentication.replay._DEVICES", (3, 2))
    seen = SeenProofs(window_seconds=60, clock=clock)
    for name, device in ((b"1", b"a"), (b"2", b"a"), (b"3", b"b")):
        seen.require_new(name, device=device)
    for device, code in (
        (b"a", ProblemCode.TOO_MANY_REQUESTS),
        (b"c", ProblemCode.UNAVAILABLE),
    ):
        refused = refusal_of(lambda device=device: seen.require_new(b"4", device=device))  # type: ignore[misc]
        assert refused.code is code
    clock.seconds += 60
    seen.require_new(b"4", device=b"a")
    refused = refusal_of(lambda: seen.require_new(b"1", device=b"a"))
    assert refused.code is ProblemCode.PROOF_REPLAYED


def test_a_proof_before_one_is_a_device_does_not_count_afterwards(clock: SetClock) -> None:
    seen = SeenProofs(window_seconds=60, clock=clock)
    seen.require_new_of_stranger(b"1", network="192.0.2.1")
    refused = refusal_of(lambda: seen.require_new(b"1", device=b"a"))
    assert refused.code is ProblemCode.PROOF_REPLAYED


def test_a_clock_that_is_set_back_forgets_nothing(clock: SetClock) -> None:
    seen = SeenProofs(window_seconds=60, clock=clock)
    seen.require_new(b"1", device=b"a")
    clock.seconds -= 3600
    with pytest.raises(ProblemError):
        seen.require_new(b"1", device=b"a")
