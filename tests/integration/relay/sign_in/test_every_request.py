# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every request that the relay describes asks for what its description says: none was forgotten."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from crypto_core.wire.oauth import (
    PATH_CHALLENGE,
    PATH_METADATA,
    PATH_REVOKE,
    PATH_TOKEN,
    STEP_UP_SECONDS,
)
from crypto_core.wire.relay_api import (
    PATH_ACCOUNTS,
    PATH_CHECKPOINT,
    PATH_EVENTS,
    PATH_KEYS,
    PATH_LINK,
    PATH_LINK_ANSWER,
    PATH_LINK_OFFER,
    PATH_RECOVERY,
    PATH_RECOVERY_PACKAGE,
    PATH_RECOVERY_VETO,
    PATH_RELAY,
    PATH_SESSIONS,
    PATH_SIGN_IN_REGISTRATION,
    PATH_TILE,
    PATH_TIMESTAMPS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import httpx

    from tests.integration.relay.sign_in.stage import Bench
    from tests.integration.signed_in_device import SignedInDevice

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]

OPEN: Final = {PATH_RELAY, PATH_METADATA, PATH_CHECKPOINT, PATH_TILE, PATH_TIMESTAMPS}
WITH_A_PROOF_ALONE: Final = {
    *(("POST", each) for each in (PATH_CHALLENGE, PATH_TOKEN, PATH_REVOKE)),
    *(("POST", each) for each in (PATH_ACCOUNTS, PATH_SIGN_IN_REGISTRATION, PATH_RECOVERY_VETO)),
    # A computer that is to be linked has no session yet.
    ("PUT", PATH_LINK_OFFER),
    ("GET", PATH_LINK_ANSWER),
    ("DELETE", PATH_LINK),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One operation, with an address to ask it at."""

    method: str
    template: str
    path: str
    needs: frozenset[str]
    is_dangerous: bool


async def described(device: SignedInDevice) -> list[Described]:
    """Return all operations; ids in their addresses are the account's own, or nobody's."""
    document = (await device.http.get(f"{device.public_url}/openapi.json")).json()

    def filled(template: str) -> str:
        own = template.replace("{account}", device.caller.account.hex())
        return re.sub(r"\{(device|factor|link|blob|envelope)\}", "0" * 32, own)

    return [
        Described(
            method=method.upper(),
            template=template,
            path=filled(template),
            needs=frozenset(need for each in found.get("security", []) for need in each),
            is_dangerous="step-up-needed" in json.dumps(found["responses"]),
        )
        for template, operations in document["paths"].items()
        for method, found in operations.items()
    ]


async def ask(device: SignedInDevice, each: Described, **headers: str) -> httpx.Response:
    return await device.http.request(each.method, device.public_url + each.path, headers=headers)


def code_of(response: httpx.Response) -> tuple[int, str]:
    found = response.json()
    return response.status_code, found.get("code") or found["error"]


def test_no_request_is_answered_without_the_proof_that_it_asks_for(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        operations = await described(device)
        assert len(operations) > 45
        without = {each.template for each in operations if not each.needs}
        assert {each for each in without if not each.startswith(PATH_TILE)} == OPEN - {PATH_TILE}
        for each in operations:
            if not each.needs:
                continue
            refusals = {(401, "unauthenticated"), (400, "invalid_dpop_proof")}
            assert code_of(await ask(device, each)) in refusals, each
            # The one ends what is asked with, the other does not end.
            if each.template in {PATH_SESSIONS, PATH_EVENTS}:
                continue
            # One that was shown before is none, whatever it was good for; only where it was good for nothing,
            # as a token of mail is in a recovery, it was not spent either.
            token = device.access_token if "token" in each.needs else None
            shown = {"DPoP": device.prove(each.method, each.path, token=token)}
            if token is not None:
                shown["Authorization"] = f"DPoP {token}"
            first = await ask(device, each, **shown)
            again = code_of(await ask(device, each, **shown))
            if each.template in {PATH_RECOVERY, PATH_RECOVERY_PACKAGE} and first.status_code == 403:
                assert again == (403, "forbidden"), each
            else:
                assert again in {(401, "proof-replayed"), (400, "invalid_dpop_proof")}, each

    on_a_relay(story)


def test_no_request_but_those_before_a_session_is_answered_without_one(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, thief = await bench.guest(), await bench.guest()
        operations = await described(device)
        asked = [each for each in operations if "token" in each.needs]
        by_proof = {(each.method, each.template) for each in operations if each.needs == {"proof"}}
        assert by_proof == WITH_A_PROOF_ALONE
        stolen = str(device.access_token)
        for each in asked:
            nobody = device.prove(each.method, each.path)
            refusal = (401, "sign-in-needed")
            assert code_of(await ask(device, each, DPoP=nobody)) == refusal, each
            # Nor is another's token one, with one's own key.
            other = thief.prove(each.method, each.path, token=stolen)
            response = await ask(device, each, DPoP=other, Authorization=f"DPoP {stolen}")
            assert code_of(response) == refusal, each
            bearer = device.prove(each.method, each.path)
            response = await ask(device, each, DPoP=bearer, Authorization=f"Bearer {stolen}")
            assert code_of(response) == refusal, each

    on_a_relay(story)


def test_just_what_is_described_as_dangerous_needs_factors_shown_lately(
    on_a_relay: Stage,
) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        operations = [each for each in await described(device) if "token" in each.needs]
        # All that changes who may sign in or speak for the account; what is asked for is in its contract.
        assert sum(each.is_dangerous for each in operations) == 10
        bench.clock.advance(seconds=STEP_UP_SECONDS + 1)
        for each in operations:
            # The one ends what is asked with, the other does not end.
            if each.template in {PATH_SESSIONS, PATH_EVENTS}:
                continue
            response = await device.send(each.method, each.path)
            is_problem = response.headers.get("content-type") == "application/problem+json"
            is_refused = is_problem and response.json()["code"] == "step-up-needed"
            # Which key event is dangerous depends on its body, and here there is none.
            assert is_refused is (each.is_dangerous and each.template != PATH_KEYS), each

    on_a_relay(story)
