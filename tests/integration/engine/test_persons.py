# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who a correspondent is: changes of keys as sentences, comparing, standing up for somebody, the map of keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.engine.accounts import list_event
from app.interface.commands import (
    AcknowledgeKeyChange,
    AddByCard,
    ConfirmVerified,
    ListContacts,
    RequestContact,
    ShowCard,
    ShowContact,
    ShowVerificationWords,
    Vouch,
    WithdrawVouch,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    AlarmKind,
    Comparison,
    ContactState,
    KeyNewsKind,
    Problem,
    Trust,
)
from crypto_core.keys.kit import Kit
from crypto_core.keys.recovery import certify_next_identity
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.assurance import DocumentKind, RevocationReason
from crypto_core.wire.audit import AuditStatement, DeviceListPublished, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import DeviceId, Hash, UnixMillis
from crypto_core.wire.key_map import MapEntry
from crypto_core.wire.labels import DEVICE_LIST, STATEMENT
from crypto_core.wire.limits import DEVICE_LIST_LIFE_SECONDS
from crypto_core.wire.relay_api import KeyEvents, SignedStatement
from crypto_core.wire.words import WordLanguage
from tests.fakes.full_mailbox import session_of
from tests.fakes.practice import Practice, failure_of, settle
from tests.integration.engine.test_receiving import alarms, inbox_of, letter, run, view_of

if TYPE_CHECKING:
    from pathlib import Path

    from app.interface.snapshots import ContactRow
    from crypto_core.wire.devices import DeviceEntry

FRENCH = WordLanguage.FRENCH


def unchosen(to: Practice) -> Any:  # noqa: ANN401 - a command
    return replace(letter(to), accepts_unverified=False)


async def row_of(practice: Practice, other: Practice) -> ContactRow:
    rows = (await practice.do(ListContacts())).rows
    return next(row for row in rows if row.account == other.account)


async def history_of(practice: Practice, other: Practice) -> list[KeyNewsKind]:
    return [each.kind for each in (await practice.do(ShowContact(account=other.account))).history]


def restore(practice: Practice, *, with_certificate: bool = True) -> None:
    """Let the relay take what a recovery brings: a new identity by the root, and one computer that is new."""
    session = session_of(practice)
    code = session.owner.pending_recovery_code
    assert code is not None
    kit = Kit.from_code(code)
    registered = practice.relay._state.accounts[practice.account]
    history = registered.history
    assert history.certificate is not None
    identity = (
        SigningPair.from_seed(2 * sha256(b"next identity"))
        if with_certificate
        else session.identity
    )
    signing = SigningPair.from_seed(2 * sha256(b"a new computer"))
    device = DeviceId(b"a new computer..")
    now = UnixMillis(practice.clock.now())
    last = history.lists[-1]
    entry: DeviceEntry = replace(
        last.devices.devices[0],
        device=device,
        signing=signing.public,
        request_key=sha256(b"its requests"),
    )
    listed = replace(
        last.devices,
        sequence=last.devices.sequence + 1,
        previous=last.digest,
        issued_at=now,
        expires_at=UnixMillis(now + DEVICE_LIST_LIFE_SECONDS * 1000),
        devices=(entry,),
    )
    signed = identity.sign_object(DEVICE_LIST, listed)
    certificate = (
        certify_next_identity(kit.root, history.certificate, identity.public, issued_at=now)
        if with_certificate
        else None
    )
    content = DeviceListPublished(
        account=practice.account,
        sequence=listed.sequence,
        list_hash=sha256(signed.body),
        at=now,
        utc_offset=session.machine.clock.utc_offset(),
    )
    statement = encode(
        AuditStatement(
            version=1,
            actor=pseudonym_of(device),
            sequence=0,
            previous=Hash(bytes(32)),
            verb=Verb.DEVICE_LIST_PUBLISHED,
            content=encode(content),
        )
    )
    practice.relay.restore(
        practice.account,
        list_event(signed, certificate),
        SignedStatement(statement=statement, signature=signing.sign(STATEMENT, statement)),
    )


# --- changes of keys -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("with_certificate", "kind"),
    [(True, KeyNewsKind.RESTORED), (False, KeyNewsKind.ALL_COMPUTERS_NEW)],
)
def test_an_unexpected_change_of_keys_holds_letters_until_it_was_looked_at(
    tmp_path: Path, with_certificate: bool, kind: KeyNewsKind
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        restore(boris, with_certificate=with_certificate)
        queued = await anne.do(letter(boris))
        await anne.synchronise()
        assert [each.problem for each in (await view_of(anne, queued)).recipients] == [
            Problem.KEYS_CHANGED
        ]
        assert (await row_of(anne, boris)).is_blocked
        assert alarms(anne) == [AlarmKind.KEYS_CHANGED]
        details = await anne.do(ShowContact(account=boris.account))
        assert details.history[0].kind is kind
        assert details.history[0].is_blocking
        await anne.do(AcknowledgeKeyChange(account=boris.account))
        await anne.synchronise()
        assert not (await row_of(anne, boris)).is_blocked
        # The new computer has published no keys yet, so the letter waits for that alone.
        assert [each.problem for each in (await view_of(anne, queued)).recipients] == [
            Problem.RECIPIENT_AWAY
        ]
        again = AcknowledgeKeyChange(account=boris.account)
        assert await failure_of(anne, again) == Failure.NOTHING_TO_ACKNOWLEDGE

    run(tmp_path, story)


def test_a_change_of_the_own_keys_that_was_not_made_here_is_an_alarm(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        relay = anne.relay
        registered = relay._state.accounts[anne.account]
        session = session_of(anne)
        # Somebody has the identity seed and the keys of this computer: a thief with a copy of the profile.
        history = registered.history
        last = history.lists[-1]
        own = last.devices.devices[0]
        thief = replace(
            own,
            device=DeviceId(b"thief's computer"),
            signing=SigningPair.from_seed(2 * sha256(b"thief")).public,
            request_key=sha256(b"thief's requests"),
        )
        now = UnixMillis(anne.clock.now())
        listed = replace(
            last.devices,
            sequence=last.devices.sequence + 1,
            previous=last.digest,
            issued_at=now,
            devices=(own, thief),
        )
        signed = session.identity.sign_object(DEVICE_LIST, listed)
        content = DeviceListPublished(
            account=anne.account,
            sequence=listed.sequence,
            list_hash=sha256(signed.body),
            at=now,
            utc_offset=session.machine.clock.utc_offset(),
        )
        head = relay._head(pseudonym_of(own.device))
        statement = encode(
            AuditStatement(
                version=1,
                actor=pseudonym_of(own.device),
                sequence=head.next_sequence,
                previous=head.previous,
                verb=Verb.DEVICE_LIST_PUBLISHED,
                content=encode(content),
            )
        )
        signature = session.keys.signing.sign(STATEMENT, statement)
        relay.restore(
            anne.account,
            list_event(signed),
            SignedStatement(statement=statement, signature=signature),
        )
        await anne.synchronise()
        assert alarms(anne) == [AlarmKind.OWN_KEYS_CHANGED]

    run(tmp_path, story)


# --- the map of keys -----------------------------------------------------------------------------


def without_the_last_event(answer: KeyEvents) -> KeyEvents:
    return replace(answer, events=answer.events[:-1])


def test_a_relay_that_serves_an_older_device_list_is_found_out(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        restore(boris)
        anne.relay.alter("key_events", without_the_last_event)
        anne.clock.advance(days=1.1)
        await anne.sign_in()
        queued = await anne.do(letter(boris))
        await anne.synchronise()
        assert alarms(anne) == [AlarmKind.KEY_MAP_CONTRADICTED]
        recipient = (await view_of(anne, queued)).recipients[0]
        assert (recipient.problem, recipient.accepted_at) == (Problem.RECIPIENT_UNTRUSTED, None)

    run(tmp_path, story)


def test_a_first_contact_waits_for_a_map_of_today_and_a_contact_is_warned_about(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        anne.relay.renews_maps = False
        anne.clock.advance(days=1.5)
        await anne.sign_in()
        await boris.sign_in()
        await anne.do(RequestContact(account=boris.account, note=""))
        await anne.synchronise()
        session = session_of(anne)
        due = await session.vault.run(
            lambda store: store.outbox.due(UnixMillis(anne.clock.now() + 10**9))
        )
        assert [row.problem for row in due] == [Problem.KEYS_UNPROVEN]
        # The own account is looked at as well.
        assert alarms(anne) == [AlarmKind.KEY_MAP_OLD]
        anne.relay.renews_maps = True
        await settle([anne, boris])
        assert (await row_of(boris, anne)).state is ContactState.WAITING

    run(tmp_path, story, acquainted=False)


def test_a_pin_of_the_other_computer_has_to_come_true(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        session = session_of(anne)
        wrong = MapEntry(number=1, head=Hash(b"x" * 32))
        await session.vault.run(lambda store: store.trust.put_pin(boris.account, wrong))
        anne.clock.advance(days=1.1)
        await anne.sign_in()
        queued = await anne.do(letter(boris))
        await anne.synchronise()
        assert (await view_of(anne, queued)).recipients[0].problem is Problem.RECIPIENT_UNTRUSTED
        assert AlarmKind.KEY_MAP_CONTRADICTED in alarms(anne)

    run(tmp_path, story)


# --- who somebody is -----------------------------------------------------------------------------


def test_the_first_letter_to_somebody_unverified_takes_a_choice_that_is_remembered(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        with pytest.raises(CommandError) as refused:
            await anne.do(unchosen(boris))
        assert refused.value.failure is Failure.UNVERIFIED_RECIPIENT
        assert refused.value.detail == "Boris"
        await anne.do(letter(boris))
        await anne.do(unchosen(boris))
        await settle([anne, boris])
        assert len(await inbox_of(boris)) == 2

    run(tmp_path, story)


def test_comparing_words_makes_the_choice_unnecessary(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        ours = await anne.do(ShowVerificationWords(account=boris.account, language=FRENCH))
        theirs = await boris.do(ShowVerificationWords(account=anne.account, language=FRENCH))
        assert ours == theirs
        await anne.do(ConfirmVerified(account=boris.account, how=Comparison.BY_PHONE))
        assert (await row_of(anne, boris)).compared is Comparison.BY_PHONE
        await anne.do(unchosen(boris))
        assert (await history_of(anne, boris))[0] is KeyNewsKind.COMPARED

    run(tmp_path, story)


def test_comparing_words_does_not_lift_the_hold_after_a_change_of_keys(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(ConfirmVerified(account=boris.account, how=Comparison.BY_PHONE))
        words = await anne.do(ShowVerificationWords(account=boris.account, language=FRENCH))
        restore(boris, with_certificate=True)
        queued = await anne.do(letter(boris))
        await anne.synchronise()
        # Whoever took the account over reads the same words out.
        assert words == await anne.do(ShowVerificationWords(account=boris.account, language=FRENCH))
        await anne.do(ConfirmVerified(account=boris.account, how=Comparison.BY_PHONE))
        await anne.synchronise()
        assert (await row_of(anne, boris)).is_blocked
        assert [each.problem for each in (await view_of(anne, queued)).recipients] == [
            Problem.KEYS_CHANGED
        ]
        # Nor does the owner stand up for somebody whose change was not looked at.
        assert await failure_of(anne, Vouch(account=boris.account)) == Failure.KEYS_UNPROVEN

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("is_from_person", "compared"), [(True, Comparison.BY_CARD), (False, Comparison.NEVER)]
)
def test_a_card_is_a_comparison_from_the_persons_own_hand_only(
    tmp_path: Path, is_from_person: bool, compared: Comparison
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        card = await boris.do(ShowCard())
        taken = AddByCard(text=card.text, note="", is_from_person=is_from_person)
        added = await anne.do(taken)
        assert (added.account, added.name) == (boris.account, "Boris")
        assert (await row_of(anne, boris)).compared is compared
        damaged = AddByCard(text=card.text[:-3] + "zzz", note="")
        assert await failure_of(anne, damaged) == Failure.CARD_INVALID

    run(tmp_path, story, acquainted=False)


def test_the_operators_check_is_shown_with_its_document_until_it_is_revoked(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        index = anne.relay.verify(boris.account, DocumentKind.PROFESSIONAL_CARD)
        details = await anne.do(ShowContact(account=boris.account))
        assert details.contact.trust is Trust.VERIFIED
        assert [(row.level, row.document) for row in details.assurances] == [
            (Trust.VERIFIED, DocumentKind.PROFESSIONAL_CARD)
        ]
        await anne.do(unchosen(boris))
        anne.relay.revoke_assurance(boris.account, index, RevocationReason.GIVEN_IN_ERROR)
        details = await anne.do(ShowContact(account=boris.account))
        assert details.contact.trust is Trust.SELF_DECLARED

    run(tmp_path, story)


def test_a_colleague_vouches_by_name_and_takes_it_back(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        assert await failure_of(anne, Vouch(account=boris.account)) == Failure.UNVERIFIED_RECIPIENT
        await anne.do(ConfirmVerified(account=boris.account, how=Comparison.IN_PERSON))
        await anne.do(Vouch(account=boris.account))
        details = await anne.do(ShowContact(account=boris.account))
        assert details.contact.trust is Trust.VOUCHED
        assert [(row.voucher_name, row.is_own) for row in details.assurances] == [("Anne", True)]
        await anne.do(WithdrawVouch(account=boris.account))
        assert (await row_of(anne, boris)).trust is Trust.SELF_DECLARED
        # The chain goes on: letters leave as before.
        await anne.do(letter(boris))
        await settle([anne, boris])
        assert len(await inbox_of(boris)) == 1

    run(tmp_path, story)


def test_nothing_is_sealed_to_a_forged_device_list(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        restore(boris)

        def forged(answer: KeyEvents) -> KeyEvents:
            # The signature of an older event under the new one.
            if not answer.events:
                return answer
            last = answer.events[-1]
            old = session_of(boris).identity.sign_object(DEVICE_LIST, last.event)
            signed = replace(last.event.signed, signature=old.signature)
            event = replace(last.event, signed=signed)
            return replace(answer, events=(*answer.events[:-1], replace(last, event=event)))

        anne.relay.alter("key_events", forged)
        queued = await anne.do(letter(boris))
        await anne.synchronise()
        recipient = (await view_of(anne, queued)).recipients[0]
        assert (recipient.problem, recipient.accepted_at) == (Problem.RECIPIENT_UNTRUSTED, None)

    run(tmp_path, story)
