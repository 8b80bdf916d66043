# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every computer of an account shows what all of them did and what the relay recorded; lies about it are alarms."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import cbor2
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.engine import audit
from app.engine.journal.keys import journal_keys
from app.engine.ports.journal import ActState, NewAct
from app.engine.ports.vault import Setting
from app.interface.commands import MarkRead, RevokeDevice, RevokeWithKit, SignIn, VerifyAudit
from app.interface.events import Alarm
from app.interface.failures import CommandError
from app.interface.journal import (
    Deed,
    DeedKind,
    ExportEvidence,
    JournalProof,
    JournalState,
    ListJournal,
    ShowProof,
    Standing,
)
from app.interface.searching import Search
from app.interface.snapshots import AlarmKind
from crypto_core.errors import SignatureError
from crypto_core.keys.derivation import expand
from crypto_core.trust.audit import commitment
from crypto_core.trust.evidence import examine
from crypto_core.trust.merkle import leaf_hash
from crypto_core.trust.sections import verify_section
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import AuditLeaf, AuditStatement, LaterStatement, SignInResult, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.content import Receipt, ReceiptState
from crypto_core.wire.envelope import SignedMessage
from crypto_core.wire.ids import UnixMillis, UtcOffsetMinutes
from crypto_core.wire.journal import Action, JournalEntry, OpenedEntry
from crypto_core.wire.labels import JOURNAL_ENTRY, SEALED_LEAF, STATEMENT
from crypto_core.wire.relay_api import JournalItem, JournalPage
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.integration.engine.test_journal import acquainted, rows, summary, unlocked_again, write
from tests.integration.engine.test_journal_posting import session_of
from tests.integration.engine.test_linking import empty_computer, link
from tests.integration.engine.test_restore import new_computer, play, restore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from app.engine.ports.vault import Store
    from app.engine.session import Session


def with_laptop(
    tmp_path: Path, story: Callable[[Practice, Practice, Practice], Awaitable[None]]
) -> None:
    """Let Anne have a second computer, and tell the story."""

    async def around(anne: Practice, boris: Practice) -> None:
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop)
            await settle([anne, laptop, boris], rounds=12)
            laptop.events.clear()
            anne.events.clear()
            await story(anne, laptop, boris)

    acquainted(tmp_path, around)


def contradictions(practice: Practice) -> set[str]:
    """The words of what was told to be wrong."""
    return {
        event.detail.split()[0]
        for event in practice.events
        if isinstance(event, Alarm) and event.kind is AlarmKind.JOURNAL_CONTRADICTED
    }


async def searched(practice: Practice, count: int) -> None:
    """Do so many acts and bring each to the log."""
    for number in range(count):
        await practice.do(Search(query=f"mot {number}"))
        await practice.synchronise()


def invent_act(anne: Practice, stolen: Practice, *, verb: int = Verb.SEALED) -> None:
    """Let the relay put an act of a computer into its log that its own checks would not let pass."""
    thief, relay = session_of(stolen), anne.relay
    actor = pseudonym_of(thief.owner.device)
    head = relay._head(actor)
    statement = encode(
        LaterStatement(
            version=1,
            actor=actor,
            sequence=head.next_sequence,
            previous=head.previous,
            verb=int(verb),
            content=bytes(32),
        )
    )
    signature = thief.keys.signing.sign(STATEMENT, statement)
    relay._append_leaf(actor, statement, encode(signature))


def is_act_of(item: JournalItem, practice: Practice) -> bool:
    """Whether a leaf is a sealed act of one computer."""
    statement = decode(AuditStatement, decode(AuditLeaf, item.proof.leaf).statement)
    return statement.verb is Verb.SEALED and statement.actor == pseudonym_of(
        session_of(practice).owner.device
    )


def test_each_computer_shows_what_both_did_each_act_once(tmp_path: Path) -> None:
    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        sent = await write(boris, anne)
        await settle([anne, laptop, boris], rounds=12)
        await laptop.do(MarkRead(message=sent.message))
        await laptop.do(Search(query="bilan"))
        await settle([anne, laptop, boris], rounds=12)
        await anne.synchronise()
        for here, there in ((anne, laptop), (laptop, anne)):
            acts = await rows(here)
            (read,) = [row for row in acts if row.deed is Deed.READ]
            assert (read.letter, read.subject, read.people) == (sent.message, "Bilan", ("Boris",))
            assert read.is_here is (here is laptop)
            assert len([row for row in acts if row.deed is Deed.SEARCHED]) == 1
            own = [row for row in acts if row.is_here]
            others = await rows(there)
            assert {(row.deed, row.at) for row in own if row.standing is Standing.LOGGED} <= {
                (row.deed, row.at) for row in others
            }
            assert (await summary(here)).state is JournalState.INTACT
        again = await rows(laptop)
        await laptop.synchronise()
        assert await rows(laptop) == again

    with_laptop(tmp_path, story)


def test_the_relays_record_of_signing_in_is_there_refusals_too(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        with pytest.raises(CommandError):
            await anne.do(SignIn(passphrase=PASSPHRASE, code="000000"))
        await anne.synchronise()
        (refused,) = await rows(anne, Deed.SIGN_IN_REFUSED)
        assert refused.numbers[0] == SignInResult.REFUSED_SECOND_FACTOR
        assert refused.standing is Standing.LOGGED
        assert await rows(anne, Deed.SIGNED_IN)
        assert await rows(anne, Deed.COMPUTERS_CHANGED)

    acquainted(tmp_path, story)


def test_who_got_a_letter_and_read_it_is_shown_for_the_letter(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(anne, boris)
        await settle([anne, boris])
        await boris.do(MarkRead(message=sent.message))
        await settle([anne, boris])
        page = await anne.do(ListJournal(letter=sent.message))
        assert {row.deed for row in page.rows} == {
            Deed.COMPOSED,
            Deed.ACCEPTED_BY_RELAY,
            Deed.DELIVERED_TO,
            Deed.READ_BY,
        }
        (told,) = [row for row in page.rows if row.deed is Deed.READ_BY]
        assert (told.people, told.standing, told.computer) == (("Boris",), Standing.TOLD, "")

    acquainted(tmp_path, story)


def _without_first(page: JournalPage, practice: Practice) -> JournalPage:
    first = next(each for each in page.items if is_act_of(each, practice))
    return replace(page, items=tuple(each for each in page.items if each is not first))


def _invented(page: JournalPage, practice: Practice) -> JournalPage:
    """An act of hers, with a time of the relay's own choosing."""
    changed = []
    for each in page.items:
        item = each
        if is_act_of(each, practice):
            leaf = bytearray(each.proof.leaf)
            leaf[-1] ^= 1
            item = replace(each, proof=replace(each.proof, leaf=bytes(leaf)))
        changed.append(item)
    return replace(page, items=tuple(changed))


def _reversed(page: JournalPage, practice: Practice) -> JournalPage:
    del practice
    return replace(page, items=page.items[::-1])


def _another_entry(page: JournalPage, practice: Practice) -> JournalPage:
    """One act's entry beside another's leaf."""
    acts = [each for each in page.items if is_act_of(each, practice)]
    swapped = {
        id(one): replace(one, sealed=other.sealed)
        for one, other in zip(acts, acts[::-1], strict=True)
    }
    return replace(page, items=tuple(swapped.get(id(each), each) for each in page.items))


def _no_entry(page: JournalPage, practice: Practice) -> JournalPage:
    return replace(
        page,
        items=tuple(
            replace(each, sealed=b"") if is_act_of(each, practice) else each for each in page.items
        ),
    )


@pytest.mark.parametrize(
    ("lie", "word"),
    [
        (_without_first, "missing"),
        (_invented, "invented"),
        (_reversed, "order"),
        (_another_entry, "unreadable"),
        (_no_entry, "unreadable"),
    ],
)
def test_a_lie_about_another_computers_acts_is_an_alarm_with_its_evidence(
    tmp_path: Path, lie: Callable[[JournalPage, Practice], JournalPage], word: str
) -> None:
    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        del boris
        await laptop.synchronise()
        await searched(anne, 4)

        def altered(page: JournalPage) -> JournalPage:
            return lie(page, anne) if any(is_act_of(each, anne) for each in page.items) else page

        laptop.relay.alter("read_journal", altered)
        await laptop.synchronise()
        assert contradictions(laptop) == {word}
        assert (await summary(laptop)).state is JournalState.DAMAGED
        laptop.relay.alter("read_journal", None)
        # It stays: somebody has to look at it, whatever the relay shows afterwards.
        await unlocked_again(laptop)
        await laptop.synchronise()
        assert (await summary(laptop)).state is JournalState.DAMAGED

    with_laptop(tmp_path, story)


def test_an_act_of_a_computer_that_was_removed_before_is_an_alarm(tmp_path: Path) -> None:
    """The relay and who has the stolen computer stand together."""

    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        del boris
        await searched(laptop, 1)
        await anne.synchronise()
        assert contradictions(anne) == set()
        stolen = session_of(laptop)
        await anne.sign_in()
        await anne.do(RevokeDevice(device=stolen.owner.device))
        invent_act(anne, laptop)
        await anne.synchronise()
        assert contradictions(anne) == {"invented"}

    with_laptop(tmp_path, story)


def test_an_act_that_a_copy_of_this_computer_did_is_an_alarm(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        await searched(anne, 1)
        state = anne.relay._state
        (entry, *_) = sorted(state.sealed_entries)
        leaf = state.leaves[entry]

        def added(page: JournalPage) -> JournalPage:
            """The same statement once more, as a leaf of its own."""
            state.leaves.append(leaf)
            size = len(state.leaves)
            proof = anne.relay._leaf_proof(size - 1, size)
            return replace(
                page,
                checkpoint=anne.relay._log.note(size),
                items=(JournalItem(proof=proof, sealed=state.sealed_entries[entry]),),
                more=False,
            )

        anne.relay.alter("read_journal", added)
        await anne.synchronise()
        assert contradictions(anne) == {"order"}

    acquainted(tmp_path, story)


def test_what_the_relay_erased_at_the_end_of_its_time_is_no_gap(tmp_path: Path) -> None:
    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        del boris
        await searched(anne, 3)
        anne.relay.erase_entries(UnixMillis(anne.clock.now() + 1))
        anne.clock.advance(seconds=3600)
        await anne.do(Search(query="après"))
        await anne.do_signed_in(Search(query="encore"))
        await anne.synchronise()
        await laptop.synchronise()
        assert contradictions(laptop) == set()
        async with empty_computer(anne, tmp_path / "third") as third:
            await link(anne, third)
            await settle([anne, third], rounds=12)
            assert contradictions(third) == set()
            assert await rows(third, Deed.SEARCHED)

    with_laptop(tmp_path, story)


def _unsaid(page: JournalPage) -> JournalPage:
    return replace(page, erased=None)


def _said_by_nobody(page: JournalPage) -> JournalPage:
    """Some other leaf, which is in the log as well."""
    return replace(page, erased=page.items[-1].proof)


def _not_in_the_log(page: JournalPage) -> JournalPage:
    assert page.erased is not None
    return replace(page, erased=replace(page.erased, index=page.erased.index - 1))


@pytest.mark.parametrize(
    ("lie", "word"),
    [(_unsaid, "missing"), (_said_by_nobody, "invented"), (_not_in_the_log, "invented")],
)
def test_an_erasure_explains_a_gap_only_if_the_log_says_so(
    tmp_path: Path, lie: Callable[[JournalPage], JournalPage], word: str
) -> None:
    """A computer that was away while acts that it has never seen were erased."""

    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        del boris
        await laptop.synchronise()
        await searched(anne, 2)
        anne.relay.erase_entries(UnixMillis(anne.clock.now() + 1))
        anne.clock.advance(seconds=3600)
        await searched(anne, 1)
        laptop.relay.alter("read_journal", lie)
        await laptop.synchronise()
        assert word in contradictions(laptop)

    with_laptop(tmp_path, story)


async def proofs(practice: Practice) -> dict[int, JournalProof]:
    return {
        row.entry: await practice.do(ShowProof(entry=row.entry)) for row in await rows(practice)
    }


def test_every_logged_act_is_proven_by_its_bytes_alone(tmp_path: Path) -> None:
    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        del boris
        await searched(laptop, 2)
        await anne.synchronise()
        await anne.do(Search(query="en attente"))
        kinds = set()
        for proof in (await proofs(anne)).values():
            row = proof.row
            kinds.add((row.standing, row.is_here, bool(row.computer), bool(proof.salt)))
            if row.standing is not Standing.LOGGED:
                assert (proof.signature_holds, proof.inclusion_holds) == (None, None)
                continue
            assert (proof.signature_holds, proof.inclusion_holds) == (True, True)
            assert proof.leaf_hash == leaf_hash(proof.leaf)
            statement = decode(AuditStatement, decode(AuditLeaf, proof.leaf).statement)
            if proof.salt:
                entry = decode(JournalEntry, proof.encoded_entry)
                assert entry.at == row.at
                committed = commitment(OpenedEntry(salt=proof.salt, entry=entry))
                assert statement.content == committed
                assert statement.sequence == proof.sequence
            assert proof.checkpoint
        assert {standing for standing, *_ in kinds} >= {Standing.LOGGED, Standing.WAITING}
        assert {is_here for standing, is_here, *_ in kinds if standing is Standing.LOGGED} == {
            True,
            False,
        }
        assert await failure_of(anne, ShowProof(entry=99_999)) == "unknown-entry"

    with_laptop(tmp_path, story)


def told_by_boris(
    tmp_path: Path, story: Callable[[Practice, Practice, JournalProof], Awaitable[None]]
) -> None:
    """Boris reads two letters of Anne's at one time, and his computer says so in one message."""

    async def main(anne: Practice, boris: Practice) -> None:
        letters = [await write(anne, boris) for _ in range(2)]
        await settle([anne, boris])
        for each in letters:
            await boris.do(MarkRead(message=each.message))
        await settle([anne, boris])
        read = await rows(anne, Deed.READ_BY)
        assert {row.letter for row in read} == {each.message for each in letters}
        await story(anne, boris, await anne.do(ShowProof(entry=read[0].entry)))

    acquainted(tmp_path, main)


def test_what_a_correspondent_told_is_proven_by_the_bytes_they_signed(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice, proof: JournalProof) -> None:
        assert proof.row.standing is Standing.TOLD
        assert (proof.signature_holds, proof.inclusion_holds) == (True, None)
        header, section = verify_section(proof.receipt, session_of(boris).keys.signing.public)
        receipt = decode(Receipt, section.content)
        assert (receipt.message, receipt.state) == (proof.row.letter, ReceiptState.READ)
        # The receipt of the other letter was in the same message; its digest is all that is shown of it.
        assert len(decode(SignedMessage, proof.receipt).sections) == 1
        assert len(header.sections) == 2
        with pytest.raises(SignatureError):
            verify_section(proof.receipt, session_of(anne).keys.signing.public)

    told_by_boris(tmp_path, story)


def test_a_receipt_that_was_tampered_with_in_the_vault_does_not_hold(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice, proof: JournalProof) -> None:
        del boris
        forged = decode(SignedMessage, proof.receipt)
        (section,) = forged.sections
        content = decode(Receipt, section.content)
        told = encode(replace(content, comment="patient inconnu"))
        changed = encode(replace(forged, sections=(replace(section, content=told),)))
        for stored in (changed, b"damaged"):
            await session_of(anne).vault.run(
                lambda store, stored=stored: store.journal._db.execute(  # type: ignore[misc] # as who has the file would
                    "update receipt set signed_message = ?", (stored,)
                )
            )
            shown = await anne.do(ShowProof(entry=proof.row.entry))
            assert shown.signature_holds is False

    told_by_boris(tmp_path, story)


def test_a_proof_that_was_tampered_with_in_the_vault_does_not_hold(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        await searched(anne, 1)
        (row,) = await rows(anne, Deed.SEARCHED)
        await session_of(anne).vault.run(
            lambda store: store.journal._db.execute(  # type: ignore[attr-defined] # as who has the file would
                "update act_proof set nonce = zeroblob(16) where act = ?", (row.entry,)
            )
        )
        proof = await anne.do(ShowProof(entry=row.entry))
        assert proof.inclusion_holds is False
        assert any("receipt-invalid" in each for each in (await anne.do(VerifyAudit())).problems)

    acquainted(tmp_path, story)


def test_a_restored_computer_opens_what_the_lost_one_did(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        await anne.sign_in()
        await searched(anne, 2)
        await anne.stop()
        async with await new_computer(anne) as new:
            await restore(new, card)
            await new.synchronise()
            assert len(await rows(new, Deed.SEARCHED)) == 2
            (back,) = await rows(new, Deed.BROUGHT_BACK)
            assert back.is_here
            assert contradictions(new) == set()
            assert (await new.do(VerifyAudit())).problems == ()

    play(tmp_path, scene)


def test_after_a_theft_the_computers_that_stay_still_open_each_others_acts(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        async with (
            empty_computer(anne, tmp_path / "second") as second,
            empty_computer(anne, tmp_path / "third") as third,
        ):
            for each in (second, third):
                await link(anne, each)
            await settle([anne, second, third], rounds=12)
            stolen = session_of(second).owner.device
            await anne.sign_in()
            await anne.do(RevokeWithKit(device=stolen, kit=card))
            await searched(anne, 2)
            await third.synchronise()
            assert len(await rows(third, Deed.SEARCHED)) == 2
            assert contradictions(third) == set()

    play(tmp_path, scene)


def test_two_profiles_of_before_there_was_a_journal_open_each_others_acts(tmp_path: Path) -> None:
    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        del boris
        for each in (anne, laptop):
            await session_of(each).vault.run(
                lambda store: store.identity.put_setting(Setting.JOURNAL_KEYS, None)
            )
        await searched(anne, 1)
        await searched(laptop, 1)
        await anne.synchronise()
        for each in (anne, laptop):
            assert len(await rows(each, Deed.SEARCHED)) == 2
            assert contradictions(each) == set()

    with_laptop(tmp_path, story)


def by_a_later_program(session: Session, store: Store) -> None:
    """Sign an act whose number this program has no name for, and seal it as the later program would."""
    entry = JournalEntry(
        version=1,
        action=Action.SEARCHED,
        at=session.now(),
        utc_offset=UtcOffsetMinutes(60),
        number=3,
    )
    salt, fields = cbor2.loads(encode(OpenedEntry(salt=b"s" * 32, entry=entry)))
    fields[1] = 2_000
    raw = cbor2.dumps([salt, fields], canonical=True)
    committed = sha256(SEALED_LEAF, salt, cbor2.dumps(fields, canonical=True))
    (key,) = journal_keys(store, session.owner.identity_seed)
    padded = (len(raw).to_bytes(2, "big") + raw).ljust(256, b"\0")
    about = JOURNAL_ENTRY + session.owner.account + committed
    sealed = AESGCM(expand(key.key, JOURNAL_ENTRY)).encrypt(b"n" * 12, padded, about)
    act = store.journal.add(
        NewAct(
            deed=Deed.OF_A_LATER_PROGRAM,
            kind=DeedKind.OTHER,
            at=session.now(),
            utc_offset=UtcOffsetMinutes(60),
            state=ActState.NOTED,
            device=session.owner.device,
        ),
        encoded_opened=raw,
    )
    signed = audit.add_statement(store, session, Verb.SEALED, committed)
    sequence = decode(AuditStatement, signed.statement).sequence
    store.journal.sign(act, sequence=sequence, sealed=b"n" * 12 + sealed)


def test_an_act_of_a_later_program_is_shown_as_one_and_is_no_alarm(tmp_path: Path) -> None:
    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        session = session_of(laptop)
        await session.vault.run(lambda store: by_a_later_program(session, store))
        await settle([laptop, anne, boris], rounds=12)
        (row,) = await rows(anne, Deed.OF_A_LATER_PROGRAM)
        assert not row.is_here
        assert not contradictions(anne)
        proof = await anne.do(ShowProof(entry=row.entry))
        assert (proof.signature_holds, proof.inclusion_holds) == (True, True)

    with_laptop(tmp_path, story)


def test_a_statement_of_a_later_program_is_shown_as_one_and_is_no_alarm(tmp_path: Path) -> None:
    """By a computer of the account and by the relay; the chains go on behind it, and it is in an evidence file."""

    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        del boris
        await laptop.synchronise()
        anne.relay.state_later(anne.account, 999)
        invent_act(anne, laptop, verb=63)
        await anne.synchronise()
        shown = await rows(anne, Deed.OF_A_LATER_PROGRAM)
        assert len(shown) == 2
        assert not contradictions(anne)
        for row in shown:
            proof = await anne.do(ShowProof(entry=row.entry))
            assert (proof.signature_holds, proof.inclusion_holds) == (True, True)
        told = await anne.do(ExportEvidence(directory=str(tmp_path), name="evidence.zip"))
        with zipfile.ZipFile(told.path) as archive:
            found = examine({name: archive.read(name) for name in archive.namelist()})
        assert not found.faults
        assert {act.verb for act in found.acts} >= {63, 999}

    with_laptop(tmp_path, story)


def test_a_known_verb_is_no_excuse_for_a_statement_that_cannot_be_read(tmp_path: Path) -> None:
    """Only who has a verb that nobody knows is of a later program; a later one signed by nobody is still invented."""

    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        del boris
        await laptop.synchronise()
        stranger = session_of(laptop).keys.signing
        invent_act(anne, laptop, verb=63)
        forged = decode(AuditLeaf, anne.relay._state.leaves[-1])
        anne.relay._state.leaves[-1] = encode(
            replace(forged, signature=encode(stranger.sign(STATEMENT, b"something else")))
        )
        await anne.synchronise()
        assert contradictions(anne) == {"invented"}
        assert not await rows(anne, Deed.OF_A_LATER_PROGRAM)

    with_laptop(tmp_path, story)
