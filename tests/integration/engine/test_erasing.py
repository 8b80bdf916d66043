# SPDX-License-Identifier: AGPL-3.0-or-later
"""Patients and letters erased for good: what is left is searched with every key there was, as a thief would."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.engine import erasing
from app.engine.kits import read_code
from app.engine.search.indexing import Indexing
from app.engine.vault import rekeying
from app.interface.commands import (
    BackUp,
    ChooseBackupFolder,
    FinishRestore,
    ListConversations,
    Unlock,
)
from app.interface.erasing import EraseForGood, ListErasures, Obstacle, PlanErasure, SaveCertificate
from app.interface.failures import CommandError, Failure
from app.interface.journal import Deed, ListJournal
from app.interface.organising import Act, Organise
from app.interface.patients import (
    FileConversations,
    ListPatients,
    MergePatients,
    SavePatient,
)
from app.interface.rights import RecordDecision
from app.interface.searching import Search
from app.interface.snapshots import Place
from crypto_core.keys.kit import Kit
from crypto_core.keys.recovery import open_package
from crypto_core.trust.evidence import Wrong, examine
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.decisions import DecisionKind
from crypto_core.wire.erasure import ErasureCertificate
from crypto_core.wire.ids import MessageId
from crypto_core.wire.labels import ERASURE
from crypto_core.wire.patients import NO_CARD
from crypto_core.wire.signed import Signed
from crypto_core.wire.words import WordLanguage
from tests.fakes.crashes import CrashError
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice, failure_of, settle
from tests.fakes.store_pages import opened_pages
from tests.integration.engine.test_backups import play as play_with_backup
from tests.integration.engine.test_correspondence import befriend
from tests.integration.engine.test_decisions import allow
from tests.integration.engine.test_organising import session_of, write
from tests.integration.engine.test_own_devices import second_computer
from tests.integration.engine.test_restore_backup import begin, new_computer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from app.interface.patients import PatientRow

PROGRAM = Path(__file__).parents[3] / "packaging" / "verify-receipts"
CANARY = "Zyxomaniaque"
"""In the names, a subject, a letter, a draft, a document: as it is written, and as the index has it."""
TRACES = (CANARY.encode(), CANARY.lower().encode(), b"zyxoman")
YEAR = 31_557_600_000


def play(
    tmp_path: Path, story: Callable[[Practice, Practice], Awaitable[None]], *, is_real: bool = False
) -> None:
    """Let Anne and Boris be correspondents, and tell the story; with `is_real` Anne's profile is the program's own."""

    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with (
            Practice(
                "Anne", tmp_path / "anne", relay, clock=clock, has_real_profile=is_real
            ) as anne,
            Practice("Boris", tmp_path / "boris", relay, clock=clock) as boris,
        ):
            await anne.register()
            await boris.register()
            await befriend(anne, boris)
            await story(anne, boris)

    asyncio.run(main())


async def patient_of(practice: Practice) -> PatientRow:
    """One who was two, each with a card; the number that is gone had a decision of its own."""
    kept = await practice.do(
        SavePatient(
            patient=None,
            family_name=CANARY,
            given_name="Jeanne",
            birth_date="1950-01-01",
            card=replace(NO_CARD, notes=CANARY),
        )
    )
    gone = await practice.do(
        SavePatient(
            patient=None,
            family_name=CANARY,
            given_name="J.",
            birth_date="",
            card=replace(NO_CARD, address=CANARY),
        )
    )
    informed = RecordDecision(
        patient=gone.patient, kind=DecisionKind.WITHDRAWAL, accounts=(), text=CANARY
    )
    await practice.do(informed)
    record = await practice.do(MergePatients(kept=kept.patient, gone=gone.patient))
    return record.row


async def treat(anne: Practice, boris: Practice, folder: Path) -> PatientRow:
    """Letters about a patient, one with a document and one back, a draft; another letter that stays."""
    document = folder / f"{CANARY}.txt"
    document.write_text(f"{CANARY} : ferritine basse", encoding="utf-8")
    first = await write(boris, anne, CANARY, document=document)
    await write(boris, anne, "Autre chose")
    await settle([anne, boris])
    patient = await patient_of(anne)
    for row in (await anne.do(ListConversations(place=Place.ALL, before=None, limit=9))).rows:
        if row.subject != CANARY:
            continue
        await anne.do(FileConversations(conversations=(row.conversation,), patient=patient.patient))
        note = RecordDecision(
            patient=patient.patient,
            kind=DecisionKind.LIFTING,
            accounts=(boris.account,),
            text=CANARY,
        )
        await anne.do(replace(note, kind=DecisionKind.OPPOSITION))
        await anne.do(note)
        await allow(anne, patient.patient, boris)
        await write(anne, boris, f"Re: {CANARY}", answers=first.message)
    await settle([anne, boris])
    await Indexing(session_of(anne), anne.readers).catch_up()
    return patient


async def age(practice: Practice, years: int = 30) -> None:
    """Let the letters that are here be so much older."""

    def work(store: Any) -> None:  # noqa: ANN401 - rows are changed as they lie there
        store.marks._db.execute("update message set at = at - ?", (years * YEAR,))

    await session_of(practice).vault.run(work)


def erase(patient: PatientRow) -> EraseForGood:
    return EraseForGood(patient=patient.patient, passphrase=PASSPHRASE)


async def subjects(practice: Practice) -> list[str]:
    page = await practice.do(ListConversations(place=Place.ALL, before=None, limit=9))
    return [row.subject for row in page.rows]


async def subjects_after(practice: Practice, command: EraseForGood) -> list[str]:
    await practice.do(command)
    return await subjects(practice)


def store_keys(practice: Practice) -> bytes:
    profile: Any = practice.profile
    return bytes(profile._unlocked.keys.store_key)


def found_in(practice: Practice, keys: list[bytes], traces: tuple[bytes, ...]) -> set[bytes]:
    """Which traces are in what these keys open of the profile, and in its files as they lie there."""
    contents = [page for key in keys for page in opened_pages(practice.directory / "vault.db", key)]
    contents += [each.read_bytes() for each in practice.directory.rglob("*") if each.is_file()]
    return {trace for trace in traces if any(trace in content for content in contents)}


def test_of_an_erased_patient_no_key_finds_anything(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        session = session_of(anne)
        kept = await session.vault.run(
            lambda store: store.marks._db.execute(  # type: ignore[attr-defined] # as it lies there
                "select key from attachment"
            ).fetchall()
        )
        traces = (*TRACES, *(key for (key,) in kept))
        assert len(traces) == 4
        before = store_keys(anne)
        assert found_in(anne, [before], traces) == set(traces), "the search finds what is there"
        plan = await anne.do(PlanErasure(patient=patient.patient))
        assert (plan.letters, plan.documents, plan.people, plan.obstacle) == (2, 1, 1, None)

        erased = await anne.do(erase(patient))

        assert (erased.letters, erased.documents, erased.is_patient) == (2, 1, True)
        assert erased.finished_at is not None
        after = store_keys(anne)
        assert after != before
        assert found_in(anne, [before, after], traces) == set()
        assert not list(opened_pages(anne.directory / "vault.db", before))
        assert await subjects(anne) == ["Autre chose"]
        assert not (await anne.do(ListPatients(query="", limit=9))).rows
        assert not (await anne.do(Search(query=CANARY))).hits
        assert not list((anne.directory / "files").iterdir())
        # It opens again, with the same passphrase, and goes on.
        await anne.reopen()
        await anne.sign_in()
        await write(boris, anne, "Après")
        await settle([anne, boris])
        assert sorted(await subjects(anne)) == ["Après", "Autre chose"]

    play(tmp_path, story, is_real=True)


def test_without_another_key_the_same_search_finds_it(tmp_path: Path) -> None:
    """Deleting the rows is not enough: the log beside the store still has the pages of before."""

    async def story(anne: Practice, boris: Practice) -> None:
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        session = session_of(anne)
        await erasing.begin(session, erase(patient))
        await erasing.erase_rows(session.vault, session.machine.files)
        assert await subjects(anne) == ["Autre chose"]
        assert found_in(anne, [store_keys(anne)], TRACES) == set(TRACES)

    play(tmp_path, story, is_real=True)


def test_an_end_at_any_step_is_gone_on_from_at_the_next_unlocking(tmp_path: Path) -> None:
    """Before the choice nothing is changed; after it everything goes, once, whatever ends the program."""

    async def attempt(anne: Practice, patient: PatientRow, home: Path, steps: int) -> bool:
        shutil.copytree(home, anne.directory)
        await anne.start()
        await anne.do(Unlock(passphrase=PASSPHRASE))
        # Only what is kept makes a difference: the end before a write is the end after the one before.
        anne.countdown.left, anne.countdown.only_writes = steps, True
        with suppress(CrashError):
            await anne.do(erase(patient))
        await anne.until_idle()
        await anne.stop()
        has_ended, anne.countdown.left = anne.countdown.has_crashed, None
        anne.countdown.has_crashed = False
        await anne.start()
        await anne.do(Unlock(passphrase=PASSPHRASE))
        left = await subjects(anne)
        done = (await anne.do(ListErasures())).rows
        if not done:
            assert sorted(left) == ["Autre chose", f"Re: {CANARY}"]
            assert has_ended
        else:
            assert left == ["Autre chose"]
            await erasing.settle(session_of(anne), anne.profile)
            (row,) = (await anne.do(ListErasures())).rows
            assert row.finished_at is not None
            assert (row.letters, row.documents) == (2, 1)
            page = await anne.do(ListJournal())
            deeds = [each.deed for each in page.rows]
            assert deeds.count(Deed.ERASURE_CERTIFIED) == 1
            assert not list((anne.directory / "files").iterdir())
        await anne.stop()
        shutil.rmtree(anne.directory)
        return has_ended

    async def story(anne: Practice, boris: Practice) -> None:
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        await anne.stop()
        home = move(anne.directory, tmp_path / "home")
        steps = 0
        while await attempt(anne, patient, home, steps):
            steps += 1
        assert steps > 5, "there is more than one step"

    play(tmp_path, story)


def is_there(path: Path) -> bool:
    return path.exists()


def move(source: Path, target: Path) -> Path:
    return source.rename(target)


async def removed(practice: Practice, act: Act) -> None:
    page = await practice.do(ListConversations(place=Place.ALL, before=None, limit=9))
    (row,) = (row for row in page.rows if CANARY in row.subject)
    await practice.do(Organise(conversations=(row.conversation,), act=act))


def test_what_the_law_wants_kept_goes_by_no_path(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        patient = await treat(anne, boris, tmp_path)
        (hit, *_) = (await anne.do(Search(query=CANARY))).hits
        for years in (0, 19):
            await age(anne, years)
            plan = await anne.do(PlanErasure(patient=patient.patient))
            assert plan.obstacle is Obstacle.TO_BE_KEPT
            one = EraseForGood(letter=hit.message, passphrase=PASSPHRASE)
            for command in (erase(patient), one):
                assert await failure_of(anne, command) == Failure.TO_BE_KEPT
            with pytest.raises(CommandError):
                await removed(anne, Act.REMOVE)
            assert len(await subjects(anne)) == 2
        # A clock that is set ahead ends nothing; the log knows better.
        anne.clock.advance(days=40 * 366)
        assert await failure_of(anne, erase(patient)) == Failure.TO_BE_KEPT
        anne.clock.advance(days=-40 * 366)
        assert not (await anne.do(ListErasures())).rows
        # What the own records have is no copy that has to stay.
        await removed(anne, Act.REMOVE_FILED)
        await age(anne, 2)
        assert (await anne.do(PlanErasure(patient=patient.patient))).obstacle is None

    play(tmp_path, story)


def test_a_wrong_passphrase_erases_nothing(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        wrong = EraseForGood(patient=patient.patient, passphrase="another one, of other words")
        assert await failure_of(anne, wrong) == Failure.WRONG_PASSPHRASE
        assert len(await subjects(anne)) == 2
        both = EraseForGood(
            patient=patient.patient, letter=MessageId(bytes(16)), passphrase=PASSPHRASE
        )
        assert await failure_of(anne, both) == Failure.INVALID
        unknown = EraseForGood(letter=MessageId(bytes(16)), passphrase=PASSPHRASE)
        assert await failure_of(anne, unknown) == Failure.UNKNOWN_MESSAGE

    play(tmp_path, story)


def test_one_letter_goes_and_the_others_of_its_conversation_stay(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        first = await write(boris, anne, "Un")
        await settle([anne, boris])
        await write(anne, boris, "Re: Un", answers=first.message)
        await settle([anne, boris])
        erased = await anne.do(EraseForGood(letter=first.message, passphrase=PASSPHRASE))
        assert (erased.letters, erased.is_patient) == (1, False)
        assert await subjects(anne) == ["Re: Un"]
        # When the relay hands it over once more, it is not taken for a new one.
        session = session_of(anne)
        assert await session.vault.run(lambda store: store.organising.is_erased(first.message))

    play(tmp_path, story)


def test_the_other_computer_erases_it_too_and_certifies_its_part(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            patient = await treat(anne, boris, tmp_path)
            anne.clock.advance(seconds=60)
            await settle([anne, boris, laptop])
            assert (await laptop.do(ListPatients(query=CANARY, limit=9))).rows
            assert len(await subjects(laptop)) == 2
            await age(anne)
            erased = await anne.do(erase(patient))
            assert (await anne.do(ListErasures())).rows == (erased,)
            await anne.sign_in()
            anne.clock.advance(seconds=60)
            await settle([anne, laptop])

            assert await subjects(laptop) == ["Autre chose"]
            assert not (await laptop.do(ListPatients(query=CANARY, limit=9))).rows
            assert not (await laptop.do(Search(query=CANARY))).hits
            (there,) = (await laptop.do(ListErasures())).rows
            assert there.letters == 2
            assert there.finished_at is None, "the key takes the passphrase"
            await laptop.reopen()
            await erasing.settle(session_of(laptop), laptop.profile)
            (there,) = (await laptop.do(ListErasures())).rows
            assert there.finished_at is not None
            # The first one hears of it by the journal.
            await laptop.sign_in()
            await settle([laptop])
            anne.clock.advance(seconds=4000)
            await settle([anne, laptop])
            deeds = [row.deed for row in (await anne.do(ListJournal())).rows]
            assert deeds.count(Deed.ERASURE_CERTIFIED) == 2

    play(tmp_path, story)


def test_an_older_backup_that_is_brought_back_brings_nothing_of_it_back(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        await anne.do(ChooseBackupFolder(folder=str(disk)))
        made = Path((await anne.do(BackUp(folder=""))).path)
        hidden = Path(shutil.copy(made, tmp_path / "a copy that nobody knows of.backup"))

        plan = await anne.do(PlanErasure(patient=patient.patient))
        assert (plan.backups, plan.absent_backups) == (1, 0)
        await anne.do(erase(patient))

        assert not is_there(made), "what it knew of is destroyed"
        await anne.sign_in()
        await settle([anne, boris])
        await anne.stop()
        async with new_computer(anne, disk) as new:
            await new.do(begin(new, card, str(hidden)))
            new.take_over(await new.do(FinishRestore()))
            await new.sign_in()
            await settle([new, boris])
            assert await subjects(new) == ["Autre chose"]
            assert not (await new.do(ListPatients(query="", limit=9))).rows
            await new.reopen()
            await erasing.settle(session_of(new), new.profile)
            (row,) = (await new.do(ListErasures())).rows
            assert row.finished_at is not None
            assert found_in(new, [store_keys(new)], TRACES) == set()

    play_with_backup(tmp_path, scene)


def test_a_backup_on_a_disk_that_is_away_is_told_and_destroyed_when_it_is_back(
    tmp_path: Path,
) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del card
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        made = Path((await anne.do(BackUp(folder=str(disk)))).path)
        away = move(disk, tmp_path / "in a drawer")
        plan = await anne.do(PlanErasure(patient=patient.patient))
        assert (plan.backups, plan.absent_backups) == (1, 1)
        erased = await anne.do(erase(patient))
        assert erased.absent_backups == 1
        assert erased.finished_at is not None
        move(away, disk)
        assert is_there(made)
        assert await erasing.destroy_backups(session_of(anne), anne.profile) == 1
        assert not is_there(made)
        (row,) = (await anne.do(ListErasures())).rows
        assert row.absent_backups == 0

    play_with_backup(tmp_path, scene)


def verify(path: str) -> str:
    """What somebody without the program reads of a certificate's file."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), path, "--language", "en"],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def test_the_certificate_is_proven_without_the_program_and_names_nobody(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        erased = await anne.do(erase(patient))
        await anne.sign_in()
        await settle([anne])
        out = tmp_path / "out"
        await asyncio.to_thread(out.mkdir)
        saved = await anne.do(
            SaveCertificate(
                erasure=erased.erasure, directory=str(out), language=WordLanguage.FRENCH
            )
        )
        proven = await asyncio.to_thread(verify, saved.proof)
        assert proven.startswith("0\n")
        assert "ERASED FOR GOOD" in proven
        assert "2 letters, 1 documents" in proven
        for path in (saved.path, saved.proof):
            content = await asyncio.to_thread(Path(path).read_bytes)
            assert CANARY.encode() not in content
            assert bytes(patient.patient) not in content

        # Another number in it is a certificate that nobody has signed.
        members = await asyncio.to_thread(read_members, saved.proof)
        (name,) = (each for each in members if each.startswith("erasures/"))
        signed = decode(Signed, members[name])
        more = replace(decode(ErasureCertificate, signed.body), letters=0)
        forged = members | {name: encode(replace(signed, body=encode(more)))}
        wrong = {each.wrong for each in examine(forged).faults}
        assert wrong == {Wrong.MEMBER_CHANGED, Wrong.CERTIFICATE_INVALID}
        # One that this computer signs later, without the log, is none either.
        late = session_of(anne).keys.signing.sign_object(ERASURE, more)
        wrong = {each.wrong for each in examine(members | {name: encode(late)}).faults}
        assert wrong == {Wrong.MEMBER_CHANGED, Wrong.CERTIFICATE_INVALID}

    play(tmp_path, story)


def read_members(path: str) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def everything_in(thing: object, seen: set[int]) -> Iterator[bytes]:
    """All texts and bytes that an object holds, however deep: what a dump of it would show."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, bytes | bytearray):
        yield bytes(thing)
    elif isinstance(thing, str):
        yield thing.encode()
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from everything_in(key, seen)
            yield from everything_in(value, seen)
    elif isinstance(thing, list | tuple | set | frozenset):
        for each in thing:
            yield from everything_in(each, seen)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for each in fields(thing):
            yield from everything_in(getattr(thing, each.name), seen)


def test_what_the_relay_has_says_nothing_of_it_even_to_whoever_has_the_kit(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del disk
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        session = session_of(anne)
        keys = [
            bytes(key)
            for (key,) in await session.vault.run(
                lambda store: store.marks._db.execute(  # type: ignore[attr-defined] # as it lies there
                    "select key from attachment"
                ).fetchall()
            )
        ]
        await anne.do(erase(patient))
        await settle([anne, boris])
        _, code = read_code(card)
        packages = anne.relay._state.accounts[anne.account].packages
        identity = session_of(anne).identity.public
        opened = [
            encode(
                open_package(Kit.from_code(code), package, account=anne.account, identity=identity)
            )
            for package in packages
        ]
        assert opened
        assert any(bytes(patient.patient) in each for each in opened), "only that it is erased"
        dump = [*everything_in(anne.relay._state, set()), *opened]
        assert any(b"Anne" in each for each in dump), "the search sees what is there"
        for trace in (*TRACES, *keys):
            assert not any(trace in each for each in dump)

    play_with_backup(tmp_path, scene)


def test_what_is_asked_meanwhile_is_answered_from_the_store_of_afterwards(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        erased, *lists = await asyncio.gather(
            subjects_after(anne, erase(patient)), *(subjects(anne) for _ in range(3))
        )
        assert erased == ["Autre chose"]
        assert lists == [["Autre chose"]] * 3
        # Who was signed in still is.
        await write(anne, boris, "Encore là")
        await settle([anne, boris])
        assert "Encore là" in await subjects(boris)

    play(tmp_path, story, is_real=True)


def test_without_room_it_is_gone_from_every_list_and_the_next_unlocking_does_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "no space", str(path))

    async def story(anne: Practice, boris: Practice) -> None:
        patient = await treat(anne, boris, tmp_path)
        await age(anne)
        before = store_keys(anne)
        with monkeypatch.context() as full_disk:
            full_disk.setattr(rekeying, "sync_file", full)
            assert await failure_of(anne, erase(patient)) == Failure.DISK_FULL
            # The mailbox goes on.
            assert await subjects(anne) == ["Autre chose"]
            await anne.stop()
            await anne.start()
            await anne.do(Unlock(passphrase=PASSPHRASE))
            assert await subjects(anne) == ["Autre chose"]
            (row,) = (await anne.do(ListErasures())).rows
            assert row.finished_at is None
            unfinished = SaveCertificate(
                erasure=row.erasure, directory=str(tmp_path), language=WordLanguage.FRENCH
            )
            assert await failure_of(anne, unfinished) == Failure.NOT_CERTIFIED
        await anne.reopen()
        await erasing.settle(session_of(anne), anne.profile)
        (row,) = (await anne.do(ListErasures())).rows
        assert row.finished_at is not None
        assert store_keys(anne) != before
        assert found_in(anne, [before, store_keys(anne)], TRACES) == set()

    play(tmp_path, story, is_real=True)


def test_what_waited_to_be_sent_is_not_sent_any_more(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        patient = await treat(anne, boris, tmp_path)
        (hit, *_) = (await anne.do(Search(query=CANARY))).hits
        await write(anne, boris, f"{CANARY}, la suite", answers=hit.message)
        await age(anne)
        assert (await anne.do(erase(patient))).letters == 3
        await settle([anne, boris])
        assert await subjects(anne) == ["Autre chose"]
        assert not any("la suite" in each for each in await subjects(boris))

    play(tmp_path, story)
