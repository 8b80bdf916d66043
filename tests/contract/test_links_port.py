# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every relay promises about links, removed devices and assurances: in memory and the real one."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.relay import SignInRefusedError
from app.engine.tokens import Ended
from crypto_core.trust.assurance import assess, heads_of, verify_assurance_page, vouchers_of
from crypto_core.trust.key_history import KeyHistory
from crypto_core.wire.assurance import AssuranceLevel, Vouched, VouchWithdrawn
from crypto_core.wire.audit import Verb
from crypto_core.wire.ids import UtcOffsetMinutes
from crypto_core.wire.linking import LinkId
from crypto_core.wire.relay_api import (
    OpenLinkRequest,
    ProblemCode,
    SealedLinkGrant,
    SealedLinkOffer,
    VouchRequest,
)
from tests.contract.practitioner import Practitioner, refusal, registered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.engine.ports.relay import Relay

pytestmark = pytest.mark.anyio

OFFER = SealedLinkOffer(sealed=b"a sealed offer" * 9)
GRANT = SealedLinkGrant(sealed=b"a sealed grant" * 9)


def new_link() -> LinkId:
    return LinkId(secrets.token_bytes(16))


def stranger(people: Iterator[Practitioner]) -> Relay:
    """A computer that is nobody's yet: it has a request key, and no session."""
    someone = next(people)
    return someone.under_test.connect(someone.caller.caller)


async def test_a_link_carries_one_offer_and_one_answer(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    laptop, thief = stranger(people), stranger(people)
    link = new_link()
    async with refusal(ProblemCode.NOT_FOUND):
        await laptop.put_link_offer(link, OFFER)
    await anne.relay.open_link(OpenLinkRequest(link=link))
    async with refusal(ProblemCode.NOT_FOUND):
        await anne.relay.link_offer(link)
    await laptop.put_link_offer(link, OFFER)
    await laptop.put_link_offer(link, OFFER)
    async with refusal(ProblemCode.CONFLICT):
        await thief.put_link_offer(link, SealedLinkOffer(sealed=b"another" * 9))
    assert await anne.relay.link_offer(link) == OFFER
    async with refusal(ProblemCode.NOT_FOUND):
        await laptop.link_answer(link)
    await anne.relay.put_link_answer(link, GRANT)
    async with refusal(ProblemCode.NOT_FOUND):
        await thief.link_answer(link)
    assert await laptop.link_answer(link) == GRANT
    # Its answer may have been lost on the way.
    assert await laptop.link_answer(link) == GRANT
    await laptop.close()
    await thief.close()


async def test_a_link_is_its_accounts_and_its_offerers(people: Iterator[Practitioner]) -> None:
    anne, boris = await registered(people, 2)
    laptop, thief = stranger(people), stranger(people)
    link = new_link()
    await anne.relay.open_link(OpenLinkRequest(link=link))
    await laptop.put_link_offer(link, OFFER)
    async with refusal(ProblemCode.NOT_FOUND):
        await boris.relay.link_offer(link)
    async with refusal(ProblemCode.NOT_FOUND):
        await boris.relay.put_link_answer(link, GRANT)
    await boris.relay.end_link(link)
    await thief.end_link(link)
    assert await anne.relay.link_offer(link) == OFFER
    await laptop.end_link(link)
    async with refusal(ProblemCode.NOT_FOUND):
        await anne.relay.link_offer(link)
    # A new one ends the old one.
    first, second = new_link(), new_link()
    await anne.relay.open_link(OpenLinkRequest(link=first))
    await anne.relay.open_link(OpenLinkRequest(link=second))
    async with refusal(ProblemCode.NOT_FOUND):
        await laptop.put_link_offer(first, OFFER)
    await laptop.close()
    await thief.close()


async def test_a_removed_device_is_told_so(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    second = anne.caller.second_device()
    both = anne.caller.next_list(anne.caller.entry, second.entry)
    await anne.relay.publish_key_event(anne.caller.account, anne.caller.publishing(both))
    anne.caller.lists.append(both)
    only = anne.caller.next_list(second.entry)
    await anne.relay.publish_key_event(anne.caller.account, anne.caller.publishing(only))
    with pytest.raises(SignInRefusedError) as refused:
        await anne.relay.refresh(await anne.refresh_token())
    assert refused.value.reason == Ended.REMOVED


async def test_a_vouch_stands_until_it_is_withdrawn(people: Iterator[Practitioner]) -> None:
    anne, boris = await registered(people, 2)
    answer = await anne.relay.key_events(boris.caller.account, after=0)
    events = [each.event for each in answer.events]
    entry = answer.newest.proof.entry
    assert entry is not None
    vouched = Vouched(
        voucher=anne.caller.account,
        voucher_device=anne.caller.device,
        account=boris.caller.account,
        number=entry.number,
        head=entry.head,
        at=anne.under_test.now(),
        utc_offset=UtcOffsetMinutes(0),
    )
    request = VouchRequest(statement=anne.caller.state(Verb.VOUCHED, vouched))
    first = anne.checked((await anne.relay.vouch(boris.caller.account, request)).proof)
    again = anne.checked((await anne.relay.vouch(boris.caller.account, request)).proof)
    assert again.index == first.index

    own = await boris.relay.key_events(anne.caller.account, after=0)
    proof = boris.checked(own.events[0].proof)
    history = KeyHistory(account=anne.caller.account).continued(
        own.events[0].event,
        leaf=proof.leaf,
        log_index=proof.index,
        log_key=boris.log.ed25519.public_key,
    )

    async def level() -> AssuranceLevel:
        page = await boris.relay.assurances(boris.caller.account, after=-1)
        leaves = verify_assurance_page(page, log=boris.log)
        assert vouchers_of(leaves) == {anne.caller.account}
        return assess(
            leaves,
            account=boris.caller.account,
            heads=heads_of(events),
            histories={anne.caller.account: history},
            log=boris.log,
            now=boris.under_test.now(),
        ).level

    assert await level() is AssuranceLevel.VOUCHED
    withdrawn = VouchWithdrawn(
        voucher=anne.caller.account,
        voucher_device=anne.caller.device,
        account=boris.caller.account,
        at=anne.under_test.now(),
        utc_offset=UtcOffsetMinutes(0),
    )
    request = VouchRequest(statement=anne.caller.state(Verb.VOUCH_WITHDRAWN, withdrawn))
    await anne.relay.vouch(boris.caller.account, request)
    assert await level() is AssuranceLevel.SELF_DECLARED


async def test_nobody_vouches_for_oneself(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    answer = await anne.relay.key_events(anne.caller.account, after=0)
    entry = answer.newest.proof.entry
    assert entry is not None
    vouched = Vouched(
        voucher=anne.caller.account,
        voucher_device=anne.caller.device,
        account=anne.caller.account,
        number=entry.number,
        head=entry.head,
        at=anne.under_test.now(),
        utc_offset=UtcOffsetMinutes(0),
    )
    async with refusal(ProblemCode.FORBIDDEN):
        await anne.relay.vouch(
            anne.caller.account, VouchRequest(statement=anne.caller.state(Verb.VOUCHED, vouched))
        )
    assert (await anne.relay.assurances(anne.caller.account, after=-1)).leaves == ()
