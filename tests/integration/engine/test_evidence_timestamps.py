# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an outside authority has timestamped, in an evidence file; the owner who wrote the file may be the one who lies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from app.interface.journal import Deed
from app.interface.searching import Search
from crypto_core.trust.evidence import MANIFEST, Examination, Wrong, examine
from crypto_core.trust.evidence_records import ArchivedToken, make_record
from crypto_core.trust.timestamps import ImprintHash
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.evidence import (
    EvidenceCheckpoints,
    EvidenceManifest,
    EvidenceTimestamp,
    EvidenceTimestamps,
)
from crypto_core.wire.signed import Signed
from tests.fakes.timestamp_authority import LyingAuthority
from tests.integration.engine.test_evidence import (
    CHECKPOINTS,
    File,
    changed,
    export,
    run,
    signed_again,
    wrongs,
    zipped,
)
from tests.integration.engine.test_journal import acquainted, rows
from tests.integration.engine.test_journal_posting import session_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fakes.practice import Practice

STAMPS: Final = "timestamps/0000.cbor"
HASH: Final = ImprintHash.SHA_512
AUTHORITY: Final = LyingAuthority()


def moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> File:
    """Three searches of Anne's: the log was timestamped after the first and after the second."""
    made = File()
    folder = tmp_path_factory.mktemp("evidence")

    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        for is_last in (False, False, True):
            await anne.do(Search(query="bilan"))
            await anne.synchronise()
            if not is_last:
                anne.relay.stamp(AUTHORITY, at=moment(anne.clock.now()))
                anne.clock.advance(seconds=3600)
        made.told = await export(anne, folder / "out")
        made.read(made.told.path)
        made.log_keys = anne.relay._log.log_keys
        made.own_keys = session_of(anne).keys.signing
        assert await rows(anne, Deed.SEARCHED)

    acquainted(folder, story)
    return made


def stamps(file: File) -> EvidenceTimestamps:
    return decode(EvidenceTimestamps, file.members[STAMPS])


def made_at(file: File) -> int:
    return decode(EvidenceManifest, decode(Signed, file.members[MANIFEST]).body).made_at


def checked(file: File, page: EvidenceTimestamps, *authorities: bytes) -> Examination:
    """Examine the file with other timestamps, to which the owner has signed a table of contents."""
    members = signed_again(file, changed(file, **{STAMPS: encode(page)}))
    return examine(members, log_keys=file.log_keys, authorities=authorities)


def record_of(note: str, *tokens: bytes) -> EvidenceTimestamp:
    return EvidenceTimestamp(
        note=note, record=make_record([(HASH, [ArchivedToken(token=each) for each in tokens])])
    )


def test_each_act_existed_by_the_first_timestamp_over_it(file: File) -> None:
    assert file.told is not None
    assert file.told.timestamps == 2
    found = examine(file.members, log_keys=file.log_keys)
    assert not found.faults
    assert not found.unknown
    first, second = found.timestamps
    assert second.existed_by - first.existed_by == 3_600_000
    assert {each.authority for each in found.timestamps} == {"Authority 1, Horodatage"}
    for act in found.acts:
        if act.index < first.size:
            assert act.existed_by == first.existed_by
        elif act.index < second.size:
            assert act.existed_by == second.existed_by
        else:
            assert act.existed_by is None
    assert len({act.existed_by for act in found.acts}) == 3


def test_a_reader_who_knows_the_authority_takes_no_other(file: File) -> None:
    found = examine(file.members, log_keys=file.log_keys, authorities=AUTHORITY.authorities)
    assert not found.faults
    assert len(found.timestamps) == 2
    other = LyingAuthority().authorities
    found = examine(file.members, log_keys=file.log_keys, authorities=other)
    assert wrongs(found) == {Wrong.OTHER_AUTHORITY}
    assert not found.timestamps
    assert {act.existed_by for act in found.acts} == {None}


def _of_another_checkpoint(file: File) -> list[EvidenceTimestamp]:
    first, second = stamps(file).timestamps
    return [replace(first, record=second.record)]


def _altered(file: File) -> list[EvidenceTimestamp]:
    (first, _) = stamps(file).timestamps
    return [replace(first, record=first.record[:-1] + bytes([first.record[-1] ^ 1]))]


def _note_of_nobody(file: File) -> list[EvidenceTimestamp]:
    (first, _) = stamps(file).timestamps
    note = first.note.replace("relay.example/log", "other.example/log")
    return [record_of(note, AUTHORITY.token(HASH.of(note.encode()), at=moment(made_at(file))))]


def _before_the_checkpoint(file: File) -> list[EvidenceTimestamp]:
    (_, second) = stamps(file).timestamps
    early = moment(made_at(file)) - timedelta(hours=1, minutes=6)
    return [record_of(second.note, AUTHORITY.token(HASH.of(second.note.encode()), at=early))]


def _after_the_file(file: File) -> list[EvidenceTimestamp]:
    (_, second) = stamps(file).timestamps
    late = moment(made_at(file)) + timedelta(minutes=6)
    return [record_of(second.note, AUTHORITY.token(HASH.of(second.note.encode()), at=late))]


def _without_a_link(file: File) -> list[EvidenceTimestamp]:
    """The first timestamp, and a renewal of one that is not there."""
    first, _, third = chain(file)
    return [record_of(stamps(file).timestamps[1].note, first, third)]


def chain(file: File) -> tuple[bytes, bytes, bytes]:
    """A token over the second note, its renewal, and the renewal of that."""
    note = stamps(file).timestamps[1].note
    at = moment(made_at(file))
    first = AUTHORITY.token(HASH.of(note.encode()), at=at)
    second = AUTHORITY.token(HASH.of(first), at=at + timedelta(minutes=1))
    return first, second, AUTHORITY.token(HASH.of(second), at=at + timedelta(minutes=2))


@pytest.mark.parametrize(
    "lie",
    [
        _of_another_checkpoint,
        _altered,
        _note_of_nobody,
        _before_the_checkpoint,
        _after_the_file,
        _without_a_link,
    ],
)
def test_an_owner_cannot_make_a_timestamp_say_what_it_does_not(
    file: File, lie: Callable[[File], list[EvidenceTimestamp]]
) -> None:
    found = checked(file, replace(stamps(file), timestamps=tuple(lie(file))))
    assert wrongs(found) == {Wrong.TIMESTAMP_INVALID}
    assert not found.timestamps
    assert {act.existed_by for act in found.acts} == {None}


def test_a_chain_with_all_its_links_holds(file: File) -> None:
    """The counterpart of the one that lacks a link."""
    record = record_of(stamps(file).timestamps[1].note, *chain(file))
    found = checked(file, replace(stamps(file), timestamps=(record,)), *AUTHORITY.authorities)
    assert not found.faults
    assert len(found.timestamps) == 1


def test_certificates_that_do_not_lead_to_the_authority_prove_nothing(file: File) -> None:
    found = checked(file, replace(stamps(file), authorities=LyingAuthority().authorities))
    assert wrongs(found) == {Wrong.OTHER_AUTHORITY}
    assert not found.timestamps


def test_a_timestamped_tree_that_nothing_connects_covers_no_act(file: File) -> None:
    """Who leaves out what connects it with the acts' trees could have had any tree timestamped."""
    members = signed_again(file, changed(file, **{"consistency/0000.cbor": None}))
    found = examine(members, log_keys=file.log_keys)
    sizes = {each.size for each in found.timestamps}
    assert len(sizes) == 2
    under = {each.index for each in file.leaves() if each.checkpoint_size in sizes}
    assert {act.index for act in found.acts if act.existed_by is not None} <= under


def test_a_timestamped_tree_that_is_no_checkpoint_of_the_file_counts_for_nothing(
    file: File,
) -> None:
    page = decode(EvidenceCheckpoints, file.members[CHECKPOINTS])
    stamped = {each.note.split("\n")[1] for each in stamps(file).timestamps}
    rest = tuple(each for each in page.checkpoints if each.note.split("\n")[1] not in stamped)
    assert len(rest) < len(page.checkpoints)
    content = encode(replace(page, checkpoints=rest))
    found = examine(
        signed_again(file, changed(file, **{CHECKPOINTS: content})), log_keys=file.log_keys
    )
    assert Wrong.TIMESTAMP_INVALID in wrongs(found)


def test_a_relay_that_gives_what_does_not_hold_gets_nothing_into_the_file(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        await anne.do(Search(query="bilan"))
        await anne.synchronise()
        anne.relay.stamp(AUTHORITY, at=moment(anne.clock.now()), hashed=bytes(64))
        told = await export(anne, tmp_path / "out")
        assert told.timestamps == 0
        found = File()
        found.read(told.path)
        assert STAMPS not in found.members
        assert not examine(found.members).faults

    acquainted(tmp_path, story)


def test_the_experts_program_says_whose_word_it_is(file: File, tmp_path: Path) -> None:
    path, known, other = (tmp_path / name for name in ("evidence.zip", "known.pem", "other.pem"))
    path.write_bytes(file.content)
    known.write_bytes(AUTHORITY.file)
    other.write_bytes(LyingAuthority().file)
    keys = [part for key in file.log_keys for part in ("--log-key", key)]

    def said(*more: str) -> tuple[int, str]:
        done = run(str(path), *keys, "--language", "en", *more)
        assert not done.stderr
        return done.returncode, done.stdout.decode()

    code, text = said()
    assert code == 0
    assert "as the relay gave them" in text
    assert "Authority 1, Horodatage" in text
    code, text = said("--authority", str(known))
    assert code == 0
    assert "one that you gave" in text
    assert "as the relay gave them" not in text
    code, text = said("--authority", str(other))
    assert code == 4
    assert "another authority" in text
    assert "Not externally timestamped" in text
    listed = run(str(path), *keys, "--list").stdout.decode().splitlines()
    assert any(line.split("\t")[-1].startswith("20") for line in listed if line.count("\t") == 6)
    no_certificate = run(str(path), "--authority", str(path))
    assert no_certificate.returncode == 2


def test_the_program_says_when_nothing_is_timestamped(file: File, tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    path.write_bytes(zipped(signed_again(file, changed(file, **{STAMPS: None}))))
    done = run(str(path), "--language", "fr")
    assert done.returncode == 0
    assert "Sans horodatage extérieur" in done.stdout.decode()
