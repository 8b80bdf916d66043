# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from crypto_core.errors import CryptoCoreError, KeyStateError, ProofError, SignatureError
from crypto_core.keys.prekeys import KemPair, sign_prekey
from crypto_core.trust.prekeys import PrekeyNumbers, SlotTarget, choose_slot_target
from crypto_core.trust.signatures import prekey_id_of
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import PrekeyId, UnixMillis
from crypto_core.wire.labels import SIGNED_PREKEY
from crypto_core.wire.prekeys import DevicePrekeys, SignedPrekey
from tests.fakes.people import DAY, NOW, Person

KARIM, RELAY = Person.invent("Karim"), Person.invent("relais malhonnête")
HONEST = KARIM.prekeys(one_time=1)
NOTHING_SEEN = PrekeyNumbers()


def choose(
    prekeys: DevicePrekeys, *, seen: PrekeyNumbers = NOTHING_SEEN, now: int = NOW
) -> tuple[SlotTarget, PrekeyNumbers]:
    return choose_slot_target(KARIM.account, KARIM.entry, prekeys, seen=seen, now=UnixMillis(now))


def test_a_one_time_key_is_preferred_and_the_numbers_are_remembered() -> None:
    target, seen = choose(HONEST)
    assert target.is_one_time
    assert target.public_key == KARIM.one_time[1].public_key
    assert target.prekey == KARIM.one_time[1].prekey
    assert seen == PrekeyNumbers(signed=1, batch=1)


def test_without_one_time_keys_the_rotating_key_serves_and_says_so() -> None:
    target, seen = choose(KARIM.prekeys())
    assert not target.is_one_time
    assert target.prekey == KARIM.signed_pair.prekey
    assert seen == PrekeyNumbers(signed=1, batch=0)


@pytest.mark.parametrize("days", [36, -1])
def test_keys_out_of_their_time_are_refused(days: int) -> None:
    with pytest.raises(KeyStateError):
        choose(HONEST, now=NOW + days * DAY)


def test_a_small_difference_of_clocks_is_no_reason() -> None:
    choose(HONEST, now=NOW - 60_000)


@pytest.mark.parametrize("seen", [PrekeyNumbers(signed=2), PrekeyNumbers(batch=2)])
def test_a_relay_cannot_go_back_to_older_keys(seen: PrekeyNumbers) -> None:
    with pytest.raises(KeyStateError):
        choose(HONEST, seen=seen)


def test_a_relay_cannot_swap_in_its_own_key() -> None:
    with pytest.raises(KeyStateError):
        choose(RELAY.prekeys())
    swapped = replace(HONEST, signed=RELAY.prekeys().signed)
    with pytest.raises((SignatureError, KeyStateError)):
        choose(swapped)
    claimed = HONEST.one_time
    assert claimed is not None
    own_key = replace(claimed.key, public_key=RELAY.signed_pair.public_key)
    with pytest.raises(ProofError):
        choose(replace(HONEST, one_time=replace(claimed, key=own_key)))
    with pytest.raises((ProofError, KeyStateError)):
        choose(replace(HONEST, one_time=replace(claimed, key=replace(claimed.key, index=2))))
    with pytest.raises(KeyStateError):
        choose(replace(HONEST, one_time=replace(claimed, key=replace(claimed.key, number=2))))


def test_a_key_published_for_another_device_is_refused() -> None:
    for foreign in (
        replace(KARIM.keys, device=RELAY.device),
        replace(KARIM.keys, account=RELAY.account),
    ):
        signed = sign_prekey(foreign, KARIM.signed_pair, number=1, now=NOW)
        with pytest.raises(KeyStateError):
            choose(DevicePrekeys(device=KARIM.device, signed=signed, one_time=None))


@pytest.mark.parametrize(
    "changes",
    [{"prekey": PrekeyId(bytes(16))}, {"not_after": UnixMillis(NOW + 400 * DAY)}],
    ids=["id is not the hash", "valid for too long"],
)
def test_an_inadmissible_statement_is_refused_even_if_well_signed(
    changes: dict[str, object],
) -> None:
    statement = decode(SignedPrekey, KARIM.prekeys().signed.body)
    signed = KARIM.keys.signing.sign_object(SIGNED_PREKEY, replace(statement, **changes))  # type: ignore[arg-type]
    with pytest.raises(CryptoCoreError):
        choose(DevicePrekeys(device=KARIM.device, signed=signed, one_time=None))


def test_a_key_pair_is_rebuilt_from_its_seed() -> None:
    pair = KARIM.signed_pair
    again = KemPair.from_seed(pair.seed)
    assert again.public_key == pair.public_key
    assert again.prekey == prekey_id_of(pair.public_key)
    with pytest.raises(KeyStateError):
        KemPair.from_seed(pair.seed[:-1])
