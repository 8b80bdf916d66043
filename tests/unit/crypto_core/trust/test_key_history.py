# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who speaks for an account, whatever a relay, a thief of the identity key, or both of them try."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import CryptoCoreError, KeyStateError, SignatureError
from crypto_core.keys.recovery import announce_root, certify_next_identity, veto_root
from crypto_core.trust.devices import find_device, require_current
from crypto_core.trust.key_history import NO_EVENTS, KeyHistory, RecordedEvent
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import DeviceListPublished, RootChangeVetoed, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import AccountCertificate, KeyEvent, KeyEventKind
from crypto_core.wire.ids import AccountId, Hash, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.labels import CERTIFICATE, KEY_EVENT
from tests.fakes.key_events import (
    DESKTOP,
    IDENTITY,
    KIT,
    LAPTOP,
    LOG_PUBLIC_KEY,
    NEXT_IDENTITY,
    NEXT_KIT,
    THIEFS_IDENTITY,
    THIEFS_KIT,
    THIEFS_LAPTOP,
    Computer,
    KeyStory,
    begun,
    pair,
)
from tests.fakes.people import DAY, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER = AccountId(b"o" * 20)


def changed() -> KeyStory:
    """An account that has announced a new root."""
    story = begun()
    story.take(story.root_change())
    return story


# What an honest history comes to


def test_a_history_counts_and_hashes_its_events() -> None:
    story = KeyStory()
    assert (story.history.number, story.history.head) == (0, NO_EVENTS)
    event = story.first()
    history = story.take(event)
    assert (history.number, history.head) == (1, sha256(KEY_EVENT, bytes(32), encode(event)))
    second = story.device_list(LAPTOP, DESKTOP)
    before = history.head
    history = story.take(second)
    assert (history.number, history.head) == (2, sha256(KEY_EVENT, before, encode(second)))
    assert history.newest is not None
    assert find_device(history.newest, DESKTOP.entry.device) == DESKTOP.entry
    assert history.root_at(NOW) == KIT.root.public
    assert history.pending_at(NOW) is None


def test_a_stored_history_is_the_same_when_it_is_read_again() -> None:
    story = KeyStory()
    makers: tuple[Callable[[], KeyEvent], ...] = (
        story.first,
        story.root_change,
        lambda: story.device_list(LAPTOP, DESKTOP),
        lambda: story.root_change(THIEFS_KIT),
        story.veto,
    )
    events = []
    for make in makers:
        event = make()
        log_index = story.take(event).log_index
        events.append(RecordedEvent(event=event, log_index=log_index, relay_time=story.moment))
        story.wait(1)
    assert KeyHistory.replayed(KIT.account, events) == story.history
    with pytest.raises(KeyStateError):
        KeyHistory.replayed(KIT.account, (events[0], events[3]))


def test_a_new_root_counts_after_seven_days_of_the_relays_time() -> None:
    story = changed()
    due = UnixMillis(NOW + 7 * DAY)
    assert story.history.root_at(UnixMillis(due - 1)) == KIT.root.public
    assert story.history.pending_at(UnixMillis(due - 1)) is not None
    assert story.history.root_at(due) == NEXT_KIT.root.public
    assert story.history.pending_at(due) is None
    story.wait(7)
    certificate = story.certificate(root=NEXT_KIT.root)
    history = story.take(story.device_list(LAPTOP, identity=NEXT_IDENTITY, certificate=certificate))
    assert history.root_at(story.moment) == NEXT_KIT.root.public
    assert history.account == KIT.account


def test_what_the_change_itself_says_cannot_shorten_the_seven_days() -> None:
    story = begun()
    long_ago = UnixMillis(NOW - 20 * DAY)
    story.take(story.root_change(issued_at=long_ago, effective_at=UnixMillis(long_ago + 7 * DAY)))
    assert story.history.root_at(UnixMillis(NOW + 7 * DAY - 1)) == KIT.root.public
    assert story.history.root_at(UnixMillis(NOW + 7 * DAY)) == NEXT_KIT.root.public


def test_a_change_may_take_longer_than_seven_days() -> None:
    story = begun()
    story.take(story.root_change(effective_at=UnixMillis(NOW + 30 * DAY)))
    assert story.history.root_at(UnixMillis(NOW + 30 * DAY - 1)) == KIT.root.public
    assert story.history.root_at(UnixMillis(NOW + 30 * DAY)) == NEXT_KIT.root.public


def test_time_never_runs_back_in_a_history() -> None:
    story = changed()
    story.wait(7)
    story.take(story.device_list(LAPTOP))
    story.wait(-7)
    with pytest.raises(KeyStateError, match="no change"):
        story.take(story.veto())


def test_a_later_announcement_takes_the_place_of_the_one_before_and_waits_again() -> None:
    story = changed()
    story.wait(5)
    history = story.take(story.root_change(THIEFS_KIT))
    pending = history.pending_at(story.moment)
    assert pending is not None
    assert pending.effective_at == NOW + 12 * DAY
    assert history.root_at(UnixMillis(NOW + 8 * DAY)) == KIT.root.public


def test_a_root_that_has_come_into_force_is_the_one_that_vetoes_the_next() -> None:
    story = changed()
    story.wait(8)
    history = story.take(story.root_change(THIEFS_KIT))
    assert history.root_at(story.moment) == NEXT_KIT.root.public
    refused(story, story.veto(root=KIT.root), SignatureError, "does not verify")
    history = story.take(story.veto(root=NEXT_KIT.root))
    assert history.root_at(UnixMillis(NOW + 99 * DAY)) == NEXT_KIT.root.public


def test_a_veto_leaves_everything_as_it_was() -> None:
    story = changed()
    history = story.take(story.veto())
    assert history.pending is None
    assert history.root_at(UnixMillis(NOW + 99 * DAY)) == KIT.root.public
    assert history.certificate is not None
    assert history.certificate.identity == IDENTITY.public


def test_what_an_owner_signs_is_what_the_history_takes() -> None:
    story = begun()
    before = story.history.certificate
    assert before is not None
    announced = announce_root(
        IDENTITY, KIT.account, NEXT_KIT.root.public, sequence=2, issued_at=NOW
    )
    story.take(
        KeyEvent(version=1, kind=KeyEventKind.ROOT_CHANGE, signed=announced, certificate=None)
    )
    vetoed = veto_root(KIT.root, KIT.account, sequence=2, issued_at=NOW)
    story.take(KeyEvent(version=1, kind=KeyEventKind.ROOT_VETO, signed=vetoed, certificate=None))
    certificate = certify_next_identity(KIT.root, before, NEXT_IDENTITY.public, issued_at=NOW)
    history = story.take(story.device_list(LAPTOP, identity=NEXT_IDENTITY, certificate=certificate))
    assert history.certificate is not None
    assert (history.certificate.sequence, history.number) == (2, 4)


# What is refused, each for its own reason


def refused(story: KeyStory, event: KeyEvent, kind: type[CryptoCoreError], words: str) -> None:
    with pytest.raises(kind, match=words):
        story.history.extended(
            event, log_index=story.history.log_index + 1, relay_time=story.moment
        )


def test_a_history_begins_with_a_certificate() -> None:
    story = KeyStory()
    refused(story, story.device_list(LAPTOP), KeyStateError, "without a certificate")


def test_nothing_but_a_list_begins_a_history() -> None:
    story = KeyStory()
    refused(story, story.root_change(), KeyStateError, "before there is one")
    refused(story, story.veto(), KeyStateError, "no change")


def test_a_first_root_is_the_one_that_the_address_is_the_hash_of() -> None:
    story = KeyStory()
    certificate = story.certificate(IDENTITY, root=THIEFS_KIT.root)
    refused(story, story.device_list(LAPTOP, certificate=certificate), SignatureError, "hash of")


def test_a_first_certificate_is_number_one() -> None:
    story = KeyStory()
    certificate = story.certificate(IDENTITY, sequence=2)
    refused(story, story.device_list(LAPTOP, certificate=certificate), KeyStateError, "1 is due")


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        pytest.param(
            lambda story: story.certificate(account=OTHER),
            SignatureError,
            "another account",
            id="of another account",
        ),
        pytest.param(
            lambda story: story.certificate(root=THIEFS_KIT.root),
            SignatureError,
            "root in force",
            id="by another root",
        ),
        pytest.param(
            lambda story: THIEFS_KIT.root.sign_object(
                CERTIFICATE,
                decode(AccountCertificate, story.certificate().body),
            ),
            SignatureError,
            "does not verify",
            id="in the name of the root",
        ),
        pytest.param(
            lambda story: story.certificate(sequence=1), KeyStateError, "2 is due", id="again"
        ),
        pytest.param(
            lambda story: story.certificate(sequence=3), KeyStateError, "2 is due", id="skipped"
        ),
        pytest.param(
            lambda story: story.certificate(IDENTITY),
            KeyStateError,
            "there before",
            id="of an identity key that was there before",
        ),
    ],
)
def test_a_certificate_is_refused(
    make: Callable[[KeyStory], object], kind: type[CryptoCoreError], words: str
) -> None:
    story = begun()
    identity = IDENTITY if "before" in words else NEXT_IDENTITY
    event = story.device_list(LAPTOP, identity=identity, certificate=make(story))  # type: ignore[arg-type]  # a Signed
    refused(story, event, kind, words)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        pytest.param(
            lambda story: story.device_list(LAPTOP, identity=THIEFS_IDENTITY),
            SignatureError,
            "does not verify",
            id="forged",
        ),
        pytest.param(
            lambda story: story.device_list(LAPTOP, account=OTHER),
            SignatureError,
            "another account",
            id="of another account",
        ),
        pytest.param(
            lambda story: story.device_list(LAPTOP, sequence=1),
            KeyStateError,
            "2 is due",
            id="lower number",
        ),
        pytest.param(
            lambda story: story.device_list(LAPTOP, sequence=3),
            KeyStateError,
            "2 is due",
            id="skipped number",
        ),
        pytest.param(
            lambda story: story.device_list(LAPTOP, previous=Hash(bytes(32))),
            SignatureError,
            "does not continue",
            id="missing link",
        ),
        pytest.param(
            lambda story: story.device_list(LAPTOP, expires_at=UnixMillis(NOW + 31 * DAY)),
            KeyStateError,
            "life time",
            id="valid for too long",
        ),
        pytest.param(
            lambda story: story.device_list(LAPTOP, LAPTOP), KeyStateError, "share", id="twice"
        ),
        pytest.param(
            lambda story: story.device_list(
                LAPTOP, issued_at=UnixMillis(NOW - 1), expires_at=UnixMillis(NOW + DAY)
            ),
            KeyStateError,
            "older",
            id="older than the one before",
        ),
        pytest.param(
            lambda story: story.device_list(Computer.invent("voleur", device=LAPTOP.entry.device)),
            KeyStateError,
            "other keys",
            id="other keys of a known device",
        ),
        pytest.param(
            lambda story: story.device_list(
                LAPTOP, identity=NEXT_IDENTITY, certificate=story.certificate(THIEFS_IDENTITY)
            ),
            SignatureError,
            "does not verify",
            id="certificate of somebody else",
        ),
    ],
)
def test_a_forged_list_is_refused(
    make: Callable[[KeyStory], KeyEvent], kind: type[CryptoCoreError], words: str
) -> None:
    story = begun()
    refused(story, make(story), kind, words)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        pytest.param(
            lambda story: story.root_change(identity=THIEFS_IDENTITY),
            SignatureError,
            "does not verify",
            id="forged",
        ),
        pytest.param(
            lambda story: story.root_change(account=OTHER),
            SignatureError,
            "another account",
            id="of another account",
        ),
        pytest.param(
            lambda story: story.root_change(sequence=3),
            KeyStateError,
            "2 is due",
            id="skipped number",
        ),
        pytest.param(
            lambda story: story.root_change(effective_at=UnixMillis(NOW + 7 * DAY - 1)),
            KeyStateError,
            "inadmissible time",
            id="sooner than in seven days",
        ),
        pytest.param(
            lambda story: story.root_change(effective_at=UnixMillis(NOW + 30 * DAY + 1)),
            KeyStateError,
            "inadmissible time",
            id="later than in thirty days",
        ),
        pytest.param(
            lambda story: story.root_change(KIT),
            KeyStateError,
            "there before",
            id="to the root that there is",
        ),
        pytest.param(
            lambda story: replace(story.root_change(), certificate=story.certificate()),
            KeyStateError,
            "only a device list",
            id="with a certificate",
        ),
    ],
)
def test_a_change_of_the_root_is_refused(
    make: Callable[[KeyStory], KeyEvent], kind: type[CryptoCoreError], words: str
) -> None:
    story = begun()
    refused(story, make(story), kind, words)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        pytest.param(
            lambda story: story.veto(root=NEXT_KIT.root),
            SignatureError,
            "does not verify",
            id="by the root that is to come",
        ),
        pytest.param(
            lambda story: story.veto(account=OTHER),
            SignatureError,
            "another account",
            id="of another account",
        ),
        pytest.param(
            lambda story: story.veto(sequence=3),
            KeyStateError,
            "another change",
            id="against another change",
        ),
        pytest.param(
            lambda story: replace(story.veto(), certificate=story.certificate()),
            KeyStateError,
            "only a device list",
            id="with a certificate",
        ),
    ],
)
def test_a_veto_is_refused(
    make: Callable[[KeyStory], KeyEvent], kind: type[CryptoCoreError], words: str
) -> None:
    story = changed()
    refused(story, make(story), kind, words)


def test_a_number_that_was_announced_is_not_announced_again() -> None:
    story = changed()
    refused(story, story.root_change(THIEFS_KIT, sequence=2), KeyStateError, "3 is due")


def test_a_root_that_was_vetoed_does_not_come_back() -> None:
    story = changed()
    story.take(story.veto())
    refused(story, story.root_change(), KeyStateError, "there before")


def test_a_veto_serves_once() -> None:
    story = changed()
    veto = story.veto()
    story.take(veto)
    refused(story, veto, KeyStateError, "no change")
    story.take(story.root_change(THIEFS_KIT))
    refused(story, veto, KeyStateError, "another change")


def test_a_veto_comes_too_late_after_seven_days() -> None:
    story = changed()
    story.wait(7)
    refused(story, story.veto(), KeyStateError, "no change")


def test_the_new_root_certifies_nothing_before_its_time() -> None:
    story = changed()
    story.wait(6.9)
    certificate = story.certificate(root=NEXT_KIT.root)
    event = story.device_list(LAPTOP, identity=NEXT_IDENTITY, certificate=certificate)
    refused(story, event, SignatureError, "root in force")


def test_the_old_root_certifies_nothing_after_the_change() -> None:
    story = changed()
    story.wait(7)
    event = story.device_list(
        LAPTOP, identity=NEXT_IDENTITY, certificate=story.certificate(root=KIT.root)
    )
    refused(story, event, SignatureError, "root in force")


def test_an_event_cannot_stand_earlier_in_the_log() -> None:
    story = begun()
    with pytest.raises(SignatureError, match="earlier"):
        story.history.extended(
            story.device_list(LAPTOP), log_index=story.history.log_index, relay_time=NOW
        )


# What the leaf must say


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda story, _: story.leaf(story.root_change()), id="another act"),
        pytest.param(
            lambda story, event: story.leaf(event, by=THIEFS_LAPTOP), id="by a stranger's device"
        ),
        pytest.param(
            lambda story, event: story.leaf(
                event, by=replace(LAPTOP, signing=THIEFS_LAPTOP.signing)
            ),
            id="in the name of a device",
        ),
        pytest.param(
            lambda story, _: story.leaf(story.device_list(LAPTOP, DESKTOP)), id="another list"
        ),
        pytest.param(
            lambda story, event: story.device_leaf(
                LAPTOP,
                Verb.DEVICE_LIST_PUBLISHED,
                DeviceListPublished(
                    account=OTHER,
                    sequence=2,
                    list_hash=sha256(event.signed.body),
                    at=NOW,
                    utc_offset=UtcOffsetMinutes(0),
                ),
            ),
            id="another account",
        ),
        pytest.param(
            lambda story, event: story.device_leaf(
                LAPTOP,
                Verb.DEVICE_LIST_PUBLISHED,
                DeviceListPublished(
                    account=KIT.account,
                    sequence=3,
                    list_hash=sha256(event.signed.body),
                    at=NOW,
                    utc_offset=UtcOffsetMinutes(0),
                ),
            ),
            id="another number",
        ),
    ],
)
def test_a_leaf_must_record_exactly_this_list(
    make: Callable[[KeyStory, KeyEvent], bytes],
) -> None:
    story = begun()
    event = story.device_list(LAPTOP)
    with pytest.raises(SignatureError):
        story.history.continued(event, leaf=make(story, event), log_index=9, log_key=LOG_PUBLIC_KEY)


@pytest.mark.parametrize("by", [DESKTOP, THIEFS_LAPTOP])
def test_a_computer_may_publish_the_list_that_names_it_or_the_one_before(by: Computer) -> None:
    story = begun()
    story.take(story.device_list(LAPTOP, DESKTOP))
    listed = story.device_list(LAPTOP)
    if by is DESKTOP:
        story.take(listed, by=by)
    else:
        with pytest.raises(SignatureError, match="not listed"):
            story.take(listed, by=by)


def test_a_leaf_must_record_exactly_this_change() -> None:
    story = begun()
    event = story.root_change()
    for leaf in (story.leaf(story.root_change(THIEFS_KIT)), story.leaf(story.device_list(LAPTOP))):
        with pytest.raises(SignatureError, match="another"):
            story.history.continued(event, leaf=leaf, log_index=9, log_key=LOG_PUBLIC_KEY)
    with pytest.raises(SignatureError, match="not listed"):
        story.take(event, by=DESKTOP)


def test_only_the_relay_records_a_veto() -> None:
    story = changed()
    event = story.veto()
    said = RootChangeVetoed(account=KIT.account, sequence=2, veto_hash=sha256(event.signed.body))
    for leaf in (
        story.device_leaf(LAPTOP, Verb.ROOT_CHANGE_VETOED, said),
        story.relay_leaf(Verb.ROOT_CHANGE_VETOED, replace(said, veto_hash=Hash(bytes(32)))),
        story.relay_leaf(Verb.ROOT_CHANGE_VETOED, replace(said, sequence=3)),
        story.relay_leaf(Verb.ENVELOPE_EXPIRED, said),
    ):
        with pytest.raises(SignatureError):
            story.history.continued(event, leaf=leaf, log_index=20, log_key=LOG_PUBLIC_KEY)


# Thief and owner


def test_thief_and_owner_publish_competing_lists_and_the_root_wins() -> None:
    story = begun()
    story.take(story.device_list(THIEFS_LAPTOP))
    certificate = story.certificate(NEXT_IDENTITY)
    history = story.take(
        story.device_list(DESKTOP, identity=NEXT_IDENTITY, certificate=certificate), by=DESKTOP
    )
    assert history.newest is not None
    assert [entry.device for entry in history.newest.devices] == [DESKTOP.entry.device]
    refused(story, story.device_list(THIEFS_LAPTOP), SignatureError, "does not verify")
    refused(story, story.root_change(THIEFS_KIT), SignatureError, "does not verify")


def test_a_certificate_voids_a_change_of_the_root_that_is_pending() -> None:
    story = begun()
    story.take(story.root_change(THIEFS_KIT))
    story.wait(6)
    certificate = story.certificate(NEXT_IDENTITY)
    history = story.take(story.device_list(LAPTOP, identity=NEXT_IDENTITY, certificate=certificate))
    assert history.root_at(UnixMillis(NOW + 99 * DAY)) == KIT.root.public
    refused(story, story.veto(), KeyStateError, "no change")


def test_a_thief_who_named_his_own_keys_for_my_computer_does_not_keep_me_out() -> None:
    story = begun()
    story.take(story.device_list(THIEFS_LAPTOP))
    usurped = Computer.invent("voleur", device=LAPTOP.entry.device)
    story.take(story.device_list(usurped), by=THIEFS_LAPTOP)
    event = story.device_list(
        LAPTOP, identity=NEXT_IDENTITY, certificate=story.certificate(NEXT_IDENTITY)
    )
    history = story.take(event)
    assert history.signing_key(LAPTOP.entry.device) == LAPTOP.entry.signing


def test_a_thief_who_dates_his_list_into_the_future_does_not_keep_me_out() -> None:
    story = begun()
    far = UnixMillis(NOW + 9_999 * DAY)
    story.take(
        story.device_list(LAPTOP, issued_at=far, expires_at=UnixMillis(far + DAY)),
    )
    event = story.device_list(
        LAPTOP, identity=NEXT_IDENTITY, certificate=story.certificate(NEXT_IDENTITY)
    )
    assert story.take(event).number == 3


def test_a_relay_that_serves_an_older_list_is_refused() -> None:
    story = begun()
    older = story.device_list(LAPTOP, DESKTOP)
    story.take(older)
    story.take(story.device_list(LAPTOP))
    refused(story, older, KeyStateError, "2 where 4 is due")


def test_a_relay_that_withholds_the_newest_list_gets_no_further_than_its_month() -> None:
    story = begun()
    newest = story.history.newest
    assert newest is not None
    require_current(newest, now=UnixMillis(NOW + 30 * DAY))
    with pytest.raises(KeyStateError, match="expired"):
        require_current(newest, now=UnixMillis(NOW + 31 * DAY))


def test_a_relay_that_leaves_out_an_event_is_found_out_by_the_head() -> None:
    story, short = begun(), begun()
    story.take(story.root_change())
    story.take(story.veto())
    listed = story.device_list(LAPTOP)
    story.take(listed)
    short.take(listed)
    assert short.history.lists == story.history.lists[:-1] + short.history.lists[-1:]
    assert (short.history.number, short.history.head) != (
        story.history.number,
        story.history.head,
    )


THIEF_MOVES = ("his list", "only his list", "my computer with his keys", "his root", "renewal")


@settings(max_examples=30, deadline=None)
@given(
    moves=st.lists(st.sampled_from((*THIEF_MOVES, "my veto")), max_size=8),
    waits=st.lists(st.floats(0, 0.8), min_size=8, max_size=8),
)
def test_who_has_the_root_wins_whatever_the_thief_of_the_identity_key_did_before(
    moves: list[str], waits: list[float]
) -> None:
    story = begun()
    for number, (move, days) in enumerate(zip(moves, waits, strict=False)):
        story.wait(days)
        try_thiefs_move(story, move, number)
    certificate = story.certificate(NEXT_IDENTITY)
    story.take(
        story.device_list(LAPTOP, identity=NEXT_IDENTITY, certificate=certificate), by=LAPTOP
    )
    assert story.history.newest is not None
    assert [each.signing for each in story.history.newest.devices] == [LAPTOP.entry.signing]
    assert story.history.root_at(UnixMillis(story.moment + 99 * DAY)) == KIT.root.public
    number, head = story.history.number, story.history.head
    for step, move in enumerate(THIEF_MOVES):
        with pytest.raises(SignatureError, match="does not verify"):
            thiefs_move(story, move, 100 + step)
    assert (story.history.number, story.history.head) == (number, head)


def try_thiefs_move(story: KeyStory, move: str, number: int) -> None:
    if move == "my veto":
        if story.history.pending_at(story.moment) is not None:
            story.take(story.veto())
        return
    try:
        thiefs_move(story, move, number)
    except KeyStateError:
        # For instance keys that a device on the list before shows differently: not even possible.
        return


def thiefs_move(story: KeyStory, move: str, number: int) -> None:
    newest = story.history.newest
    assert newest is not None
    usurped = Computer.invent("voleur", device=LAPTOP.entry.device)
    publisher = next(
        each for each in (THIEFS_LAPTOP, usurped, LAPTOP) if each.entry in newest.devices
    )
    if move == "his list":
        story.take(story.device_list(LAPTOP, THIEFS_LAPTOP), by=publisher)
    elif move == "only his list":
        story.take(story.device_list(THIEFS_LAPTOP), by=publisher)
    elif move == "my computer with his keys":
        story.take(story.device_list(usurped, THIEFS_LAPTOP), by=publisher)
    elif move == "his root":
        root = pair(f"thief's root {number}").public
        story.take(story.root_change(THIEFS_KIT, root=root), by=publisher)
    else:
        story.take(story.device_list(LAPTOP), by=publisher)
