# SPDX-License-Identifier: AGPL-3.0-or-later
"""An evidence file proves to others what was done; whatever is changed in it, or left out, is found."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from app.interface.commands import MarkRead, RevokeDevice
from app.interface.failures import Failure
from app.interface.journal import Deed, ExportedEvidence, ExportEvidence
from app.interface.searching import Search
from crypto_core.trust.evidence import MANIFEST, MEMBERS, Examination, Wrong, examine
from crypto_core.trust.merkle import leaf_hash, node_hash
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.trust.tlog_proof import (
    TlogProof,
    format_proof,
    parse_proof,
    verify_tlog_proof,
)
from crypto_core.wire.audit import Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.evidence import (
    EvidenceCheckpoints,
    EvidenceKeys,
    EvidenceLeaf,
    EvidenceLeaves,
    EvidenceManifest,
    EvidenceMembers,
)
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.journal import Action, OpenedEntry
from crypto_core.wire.labels import EVIDENCE
from crypto_core.wire.signed import Signed
from tests.fakes.practice import Practice, failure_of, settle
from tests.fakes.sample_log import SampleLog, sample_signers
from tests.integration.engine.test_journal import acquainted, rows, write
from tests.integration.engine.test_journal_fetching import (
    by_a_later_program,
    invent_act,
    searched,
    with_laptop,
)
from tests.integration.engine.test_journal_posting import session_of
from tests.integration.engine.test_linking import empty_computer, link

if TYPE_CHECKING:
    from collections.abc import Callable

    from crypto_core.keys.signing import SigningPair

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "packaging" / "verify-receipts"
LEAVES = "leaves/0000.cbor"
CHECKPOINTS = "checkpoints/0000.cbor"


class File:
    """An evidence file of Anne's, and what an attacker may know who has her computer's keys as well."""

    def __init__(self) -> None:
        self.content = b""
        self.members: dict[str, bytes] = {}
        self.log_keys: tuple[str, str] = ("", "")
        self.own_keys: SigningPair | None = None
        self.told: ExportedEvidence | None = None

    def read(self, path: str) -> None:
        """Read a file that was written."""
        self.content = Path(path).read_bytes()
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}

    def leaves(self) -> list[EvidenceLeaf]:
        """The leaves of the first page."""
        return list(decode(EvidenceLeaves, self.members[LEAVES]).leaves)


async def export(practice: Practice, directory: Path, **wanted: Any) -> ExportedEvidence:  # noqa: ANN401
    await asyncio.to_thread(directory.mkdir, exist_ok=True)
    return await practice.do(
        ExportEvidence(directory=str(directory), name="evidence.zip", **wanted)
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> File:
    """A letter from Boris to Anne, which her laptop has read, and searches on both of her computers."""
    made = File()
    folder = tmp_path_factory.mktemp("evidence")

    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        sent = await write(boris, anne)
        await settle([anne, laptop, boris], rounds=12)
        await laptop.do(MarkRead(message=sent.message))
        for word in ("bilan", "radio"):
            await anne.do(Search(query=word))
            await laptop.do(Search(query=word))
            await settle([anne, laptop, boris], rounds=12)
        await anne.synchronise()
        made.told = await export(anne, folder / "out")
        made.read(made.told.path)
        made.log_keys = anne.relay._log.log_keys
        made.own_keys = session_of(anne).keys.signing
        assert await rows(anne, Deed.JOURNAL_EXPORTED)

    with_laptop(folder, story)
    return made


def evidence_of_a_letter(folder: Path) -> File:
    """The whole journal of somebody who has written one letter."""
    made = File()

    async def story(anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await settle([anne, boris])
        told = await export(anne, folder / "out")
        made.read(told.path)
        made.own_keys = session_of(anne).keys.signing

    acquainted(folder, story)
    return made


def changed(file: File, **members: bytes | None) -> dict[str, bytes]:
    """The members with some of them changed, or taken out; names are given with dots for dashes."""
    found = dict(file.members)
    for name, content in members.items():
        if content is None:
            del found[name]
        else:
            found[name] = content
    return found


def signed_again(file: File, members: dict[str, bytes]) -> dict[str, bytes]:
    """What somebody makes of the file who has the keys of Anne's computer, and writes a table of contents to it."""
    assert file.own_keys is not None
    manifest = decode(EvidenceManifest, decode(Signed, file.members[MANIFEST]).body)
    rest = {name: content for name, content in members.items() if name not in {MANIFEST, MEMBERS}}
    listed = decode(EvidenceMembers, file.members[MEMBERS])
    table = encode(
        replace(
            listed,
            members=tuple(
                replace(listed.members[0], name=name, sha256=sha256(rest[name]))
                for name in sorted(rest)
            ),
        )
    )
    signed = file.own_keys.sign_object(EVIDENCE, replace(manifest, members_hash=sha256(table)))
    return rest | {MANIFEST: encode(signed), MEMBERS: table}


def with_leaves(file: File, change: Callable[[list[EvidenceLeaf]], None]) -> dict[str, bytes]:
    """The file with other leaves, signed by one of Anne's computers."""
    leaves = file.leaves()
    change(leaves)
    return signed_again(
        file, changed(file, **{LEAVES: encode(EvidenceLeaves(leaves=tuple(leaves)))})
    )


def wrongs(found: Examination) -> set[Wrong]:
    return {each.wrong for each in found.faults}


def own_sealed(leaves: list[EvidenceLeaf]) -> list[int]:
    """Where the leaves stand whose entries are opened."""
    return [place for place, each in enumerate(leaves) if each.opened]


def test_the_whole_journal_is_proven_to_somebody_who_has_only_the_logs_keys(file: File) -> None:
    found = examine(file.members, log_keys=file.log_keys)
    assert not found.faults
    assert not found.gaps
    assert not found.is_selection
    assert found.connected == found.checkpoints
    assert found.cose_signatures == 2 * found.checkpoints
    assert file.told is not None
    assert file.told.acts == len(found.acts)
    done = [act.entry.action for act in found.acts if act.entry is not None]
    assert done.count(Action.SEARCHED) == 4
    assert Action.READ in done
    # Boris's computer has signed that it sent the letter, and the relay that somebody signed in.
    assert len({act.account for act in found.acts if act.verb is Verb.ENVELOPE_ACCEPTED}) == 2
    assert any(act.account is None and act.verb is Verb.SIGN_IN for act in found.acts)


def test_nothing_of_letters_or_patients_is_in_it(file: File) -> None:
    for word in (b"Bilan", b"Bonjour", b"Anne", b"Boris", b"bilan", b"radio"):
        assert not any(
            word in content for name, content in file.members.items() if not name.endswith(".txt")
        )


@pytest.mark.parametrize(
    "name",
    [LEAVES, CHECKPOINTS, "consistency/0000.cbor", "LISEZ-MOI.txt", "README.txt", MEMBERS],
)
def test_a_part_that_was_changed_or_taken_out_is_named(file: File, name: str) -> None:
    last = bytes([file.members[name][-1] ^ 1])
    for content in (file.members[name][:-1] + last, None):
        found = examine(changed(file, **{name: content}), log_keys=file.log_keys)
        assert wrongs(found) & {Wrong.MEMBER_CHANGED, Wrong.MEMBER_MISSING}
        assert name in {each.place for each in found.faults}


def test_a_part_that_was_added_is_named(file: File) -> None:
    for name in ("leaves/0001.cbor", "more.txt"):
        found = examine(changed(file, **{name: file.members[LEAVES]}), log_keys=file.log_keys)
        assert Wrong.MEMBER_ADDED in wrongs(found)


def test_a_table_of_contents_that_no_computer_of_the_account_signed_is_found(file: File) -> None:
    signed = decode(Signed, file.members[MANIFEST])
    other = decode(EvidenceManifest, signed.body)
    forged = replace(signed, body=encode(replace(other, until=UnixMillis(1))))
    found = examine(changed(file, **{MANIFEST: encode(forged)}), log_keys=file.log_keys)
    assert wrongs(found) == {Wrong.MANIFEST_UNSIGNED}


# In all of these the attacker is the owner: one of Anne's own computers signs what was changed.


def test_an_owner_who_drops_an_act_is_found_by_the_chain(file: File) -> None:
    def drop(leaves: list[EvidenceLeaf]) -> None:
        del leaves[own_sealed(leaves)[1]]

    found = examine(with_leaves(file, drop), log_keys=file.log_keys)
    assert not found.faults
    assert [gap.last - gap.first for gap in found.gaps] == [0]


def test_an_owner_who_drops_the_beginning_is_found_by_the_chain(file: File) -> None:
    def drop(leaves: list[EvidenceLeaf]) -> None:
        del leaves[: own_sealed(leaves)[0]]

    found = examine(with_leaves(file, drop), log_keys=file.log_keys)
    assert found.gaps


def test_an_owner_cannot_reorder_acts(file: File) -> None:
    def reorder(leaves: list[EvidenceLeaf]) -> None:
        one, other = own_sealed(leaves)[:2]
        leaves[one], leaves[other] = leaves[other], leaves[one]

    found = examine(with_leaves(file, reorder), log_keys=file.log_keys)
    assert Wrong.LEAF_OUT_OF_ORDER in wrongs(found)

    def renumber(leaves: list[EvidenceLeaf]) -> None:
        one, other = own_sealed(leaves)[:2]
        swapped = replace(leaves[other], index=leaves[one].index)
        leaves[other] = replace(leaves[one], index=leaves[other].index)
        leaves[one] = swapped

    found = examine(with_leaves(file, renumber), log_keys=file.log_keys)
    assert wrongs(found) >= {Wrong.LEAF_NOT_INCLUDED}


def test_an_owner_cannot_invent_an_act_or_say_that_another_one_was_done(file: File) -> None:
    def say_otherwise(leaves: list[EvidenceLeaf]) -> None:
        place = own_sealed(leaves)[0]
        opened = decode(OpenedEntry, leaves[place].opened)
        entry = replace(opened.entry, at=UnixMillis(opened.entry.at + 60_000))
        leaves[place] = replace(leaves[place], opened=encode(replace(opened, entry=entry)))

    found = examine(with_leaves(file, say_otherwise), log_keys=file.log_keys)
    assert wrongs(found) == {Wrong.ENTRY_NOT_COMMITTED}

    def invent(leaves: list[EvidenceLeaf]) -> None:
        last = leaves[-1]
        leaves.append(replace(last, index=last.index + 1, leaf=last.leaf + b"\0"))

    found = examine(with_leaves(file, invent), log_keys=file.log_keys)
    assert wrongs(found) == {Wrong.LEAF_NOT_INCLUDED}


def test_leaves_of_computers_whose_keys_are_not_proven_prove_nothing(file: File) -> None:
    keys = [name for name in file.members if name.startswith("keys/")]
    account = (
        file.told is not None
        and decode(EvidenceManifest, decode(Signed, file.members[MANIFEST]).body).account
    )
    (others,) = [
        name for name in keys if decode(EvidenceKeys, file.members[name]).account != account
    ]
    found = examine(signed_again(file, changed(file, **{others: None})), log_keys=file.log_keys)
    assert wrongs(found) == {Wrong.LEAF_UNSIGNED}
    page = decode(EvidenceKeys, file.members[others])
    shorter = replace(page, account=decode(EvidenceKeys, file.members[keys[0]]).account)
    if shorter.account == page.account:
        shorter = replace(page, account=decode(EvidenceKeys, file.members[keys[1]]).account)
    found = examine(
        signed_again(file, changed(file, **{others: encode(shorter)})), log_keys=file.log_keys
    )
    assert Wrong.KEYS_INVALID in wrongs(found)


def test_a_state_that_the_log_has_not_signed_is_found(file: File) -> None:
    page = decode(EvidenceCheckpoints, file.members[CHECKPOINTS])
    first = page.checkpoints[0]
    lines = first.note.split("\n")
    lines[1] = str(int(lines[1]) + 1)
    for forged in (
        replace(first, note="\n".join(lines)),
        replace(first, cose=(first.cose[0], bytes(2420))),
    ):
        members = changed(
            file,
            **{CHECKPOINTS: encode(replace(page, checkpoints=(forged, *page.checkpoints[1:])))},
        )
        found = examine(signed_again(file, members), log_keys=file.log_keys)
        assert Wrong.CHECKPOINT_INVALID in wrongs(found)


def test_the_keys_in_the_file_are_not_believed_beside_those_that_one_has(file: File) -> None:
    others = SampleLog(signers=sample_signers(seed=9)).log_keys
    found = examine(file.members, log_keys=others)
    assert wrongs(found) == {Wrong.OTHER_LOG_KEYS}
    assert not found.acts
    # Without any, the file's own are used; that they are is for the program to say.
    assert not examine(file.members).faults


def test_a_table_that_is_signed_and_says_nothing_is_found(file: File) -> None:
    manifest = decode(EvidenceManifest, decode(Signed, file.members[MANIFEST]).body)
    assert file.own_keys is not None
    for table, wrong in ((b"\xff", Wrong.MEMBER_CHANGED), (None, Wrong.MEMBER_MISSING)):
        signed = file.own_keys.sign_object(
            EVIDENCE, replace(manifest, members_hash=sha256(table or b""))
        )
        members = changed(file, **{MANIFEST: encode(signed), MEMBERS: table})
        assert wrongs(examine(members, log_keys=file.log_keys)) == {wrong}


def test_a_part_that_nobody_knows_how_to_check_is_not_called_proven(file: File) -> None:
    members = signed_again(file, changed(file, **{"later/0000.cbor": b"who knows"}))
    found = examine(members, log_keys=file.log_keys)
    assert found.unknown == ["later/0000.cbor"]
    assert not found.faults


def test_an_owner_who_drops_the_end_is_told_to_have_shown_no_more(file: File) -> None:
    """Nothing in a file can prove that it has the newest acts; the reader hears how far each computer's go."""
    whole = examine(file.members, log_keys=file.log_keys)
    assert whole.manifest is not None
    own = {act.actor: act for act in whole.acts if act.account == whole.manifest.account}
    assert whole.shown == {actor: act.sequence for actor, act in own.items()}
    (actor, newest), (other, _) = own.items()

    def drop_one(leaves: list[EvidenceLeaf]) -> None:
        leaves[:] = [each for each in leaves if each.index != newest.index]

    def drop_all(leaves: list[EvidenceLeaf]) -> None:
        of_actor = {act.index for act in whole.acts if act.actor == actor}
        leaves[:] = [each for each in leaves if each.index not in of_actor]

    shorter = examine(with_leaves(file, drop_one), log_keys=file.log_keys)
    assert shorter.shown == whole.shown | {actor: newest.sequence - 1}
    without = examine(with_leaves(file, drop_all), log_keys=file.log_keys)
    assert without.shown == {actor: None, other: whole.shown[other]}


def test_rubbish_is_no_evidence(file: File) -> None:
    assert wrongs(examine({})) == {Wrong.NOT_EVIDENCE}
    assert wrongs(examine(changed(file, **{MANIFEST: b"\x80"}))) == {Wrong.NOT_EVIDENCE}
    found = examine(signed_again(file, changed(file, **{LEAVES: b"\xff"})), log_keys=file.log_keys)
    assert Wrong.MEMBER_CHANGED in wrongs(found)


# --- the program ---------------------------------------------------------------------------------


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        capture_output=True,
        check=False,
        timeout=120,
        env=os.environ | environment,
    )


def zipped(members: dict[str, bytes]) -> bytes:
    """The members as a file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def test_the_experts_program_says_what_is_proven_in_both_languages(
    file: File, tmp_path: Path
) -> None:
    path = tmp_path / "evidence.zip"
    path.write_bytes(file.content)
    keys = [part for key in file.log_keys for part in ("--log-key", key)]
    french = run(str(path), *keys, "--language", "fr", "--list")
    assert french.returncode == 0, french.stderr
    said = french.stdout.decode()
    assert "Tout dans ce fichier est prouvé." in said
    assert "celles que vous avez données" in said
    assert "\tSEARCHED\t" in said
    english = run(str(path), "--language", "en")
    assert english.returncode == 0
    assert b"taken from the file itself" in english.stdout
    assert b"Not externally timestamped" in english.stdout


def test_the_experts_program_ends_otherwise_when_something_is_wrong_or_missing(
    file: File, tmp_path: Path
) -> None:
    def written(members: dict[str, bytes]) -> str:
        (tmp_path / "evidence.zip").write_bytes(zipped(members))
        return str(tmp_path / "evidence.zip")

    def drop(leaves: list[EvidenceLeaf]) -> None:
        del leaves[own_sealed(leaves)[1]]

    incomplete = run(written(with_leaves(file, drop)), "--language", "en")
    assert incomplete.returncode == 3
    assert b"MISSING: acts" in incomplete.stdout
    wrong = run(written(changed(file, **{LEAVES: None})), "--language", "fr")
    assert wrong.returncode == 4
    assert f"FAUX : une partie manque ({LEAVES})" in wrong.stdout.decode()
    (tmp_path / "evidence.zip").write_bytes(b"PK rubbish")
    assert run(str(tmp_path / "evidence.zip")).returncode == 2
    assert run(str(tmp_path / "none.zip")).returncode == 2


def test_the_experts_program_ends_with_an_answer_whatever_it_is_given(
    file: File, tmp_path: Path
) -> None:
    path = tmp_path / "evidence.zip"
    keys = [part for key in file.log_keys for part in ("--log-key", key)]

    def answer(content: bytes, *arguments: str, **environment: str) -> tuple[int, str]:
        path.write_bytes(content)
        ended = run(str(path), *arguments, **environment)
        assert b"Traceback" not in ended.stderr, ended.stderr
        return ended.returncode, ended.stdout.decode(errors="replace")

    # A language whose files the system does not have, and an output that has no accents.
    french = answer(file.content, *keys, LC_ALL="fr_XX.UTF-8", PYTHONIOENCODING="ascii")
    assert french[0] == 0
    assert "Tout dans ce fichier est prouv?." in french[1]
    # The third block type of deflate does not exist; an encrypted member has no business here.
    broken, locked = bytearray(file.content), bytearray(file.content)
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        entry = archive.getinfo(LEAVES)
    broken[entry.header_offset + 30 + len(LEAVES)] |= 0b110
    directory = file.content.rindex(b"PK\x01\x02", 0, file.content.rindex(LEAVES.encode()))
    for place in (entry.header_offset + 6, directory + 8):
        locked[place] |= 1
    for content in (broken, locked, file.content[:-30]):
        assert answer(bytes(content))[0] == 2
    # Anne's computer signs a time that no calendar has, and a name that looks like a verdict.
    manifest = decode(EvidenceManifest, decode(Signed, file.members[MANIFEST]).body)
    assert file.own_keys is not None
    signed = file.own_keys.sign_object(EVIDENCE, replace(manifest, made_at=UnixMillis(2**53)))
    assert answer(zipped(changed(file, **{MANIFEST: encode(signed)})), *keys)[0] == 0
    verdict = "x\nEverything in this file is proven."
    named = signed_again(file, changed(file, **{verdict: b""}))
    code, said = answer(zipped(named), *keys, "--language", "en")
    assert code == 3
    assert "Everything in this file is proven." not in said.splitlines()
    for wish in ("--receipt", "--cose"):
        assert answer(zipped(changed(file, **{LEAVES: b"\xff"})), wish, "1") == (2, "")


def test_each_receipt_can_be_taken_out_for_other_tools(file: File, tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    path.write_bytes(file.content)
    leaf = file.leaves()[own_sealed(file.leaves())[0]]
    found = examine(file.members)
    assert found.log is not None
    proof = run(str(path), "--receipt", str(leaf.index))
    assert verify_tlog_proof(proof.stdout.decode(), log=found.log).leaf == leaf.leaf
    # RFC 9942, read by nothing but a CBOR library: root from leaf and path, then the signature over it.
    receipt = cbor2.loads(run(str(path), "--cose", str(leaf.index)).stdout)
    assert receipt.tag == 18
    protected, unprotected, payload, signature = receipt.value
    header = cbor2.loads(protected)
    assert (header[1], header[395], payload) == (-48, 1, None)
    (encoded,) = unprotected[396][-1]
    size, index, siblings = cbor2.loads(encoded)
    assert (size, index) == (leaf.checkpoint_size, leaf.index)
    digest, place, last = leaf_hash(leaf.leaf), index, size - 1
    for sibling in siblings:
        while not place % 2 and place == last:
            place, last = place // 2, last // 2
        digest = node_hash(sibling, digest) if place % 2 else node_hash(digest, sibling)
        place, last = place // 2, last // 2
    key = MLDSA44PublicKey.from_public_bytes(found.log.ml_dsa_44.public_key)
    key.verify(signature, cbor2.dumps(["Signature1", protected, b"", digest]))
    with pytest.raises(InvalidSignature):
        key.verify(signature, cbor2.dumps(["Signature1", protected, b"", leaf_hash(b"another")]))
    assert run(str(path), "--receipt", "999999").returncode == 2


# --- what is exported ----------------------------------------------------------------------------


def test_a_selection_says_that_it_is_one(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(boris, anne)
        await settle([anne, boris])
        await anne.do(Search(query="bilan"))
        await settle([anne, boris])
        found = File()
        told = await export(anne, tmp_path / "letter", letter=sent.message)
        found.read(told.path)
        of_letter = examine(found.members)
        assert of_letter.is_selection
        assert not of_letter.faults
        assert not of_letter.gaps
        assert {act.entry.action for act in of_letter.acts if act.entry} == {Action.RECEIVED}
        assert any(act.verb is Verb.ENVELOPE_ACCEPTED for act in of_letter.acts)
        now = session_of(anne).now()
        nothing = ExportEvidence(
            directory=str(tmp_path), name="e.zip", since=UnixMillis(now + 3_600_000)
        )
        assert await failure_of(anne, nothing) == Failure.NOTHING_TO_EXPORT.value

    acquainted(tmp_path, story)


def test_what_only_a_later_program_can_read_is_proven_all_the_same(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        session = session_of(anne)
        await session.vault.run(lambda store: by_a_later_program(session, store))
        await settle([anne, boris])
        found = File()
        found.read((await export(anne, tmp_path / "out")).path)
        examined = examine(found.members)
        assert not examined.faults
        assert not examined.gaps
        (leaf,) = [each for each in found.leaves() if b"s" * 32 in each.opened]
        (act,) = [act for act in examined.acts if act.index == leaf.index]
        assert act.entry is None
        found.own_keys = session.keys.signing

        def say_otherwise(leaves: list[EvidenceLeaf]) -> None:
            place = leaves.index(leaf)
            leaves[place] = replace(leaf, opened=leaf.opened[:-1] + b"\x07")

        forged = examine(with_leaves(found, say_otherwise))
        assert wrongs(forged) == {Wrong.ENTRY_NOT_COMMITTED}

    acquainted(tmp_path, story)


def test_what_the_relay_erased_in_time_is_not_said_to_be_missing(tmp_path: Path) -> None:
    """A third computer never had the acts that the relay no longer keeps; the log says that they were erased."""

    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        await searched(anne, 3)
        anne.relay.erase_entries(UnixMillis(anne.clock.now() + 1))
        anne.clock.advance(seconds=3600)
        await anne.do_signed_in(Search(query="encore"))
        await settle([anne, laptop, boris], rounds=12)
        async with empty_computer(anne, tmp_path / "third") as third:
            await link(anne, third)
            await settle([anne, third], rounds=12)
            found = File()
            found.read((await export(third, tmp_path / "out")).path)
            found.own_keys = session_of(third).keys.signing
        examined = examine(found.members)
        assert not examined.faults
        assert examined.gaps
        assert all(gap.is_erased for gap in examined.gaps)

        def hide_the_erasure(leaves: list[EvidenceLeaf]) -> None:
            erased = {act.index for act in examined.acts if act.verb is Verb.ENTRIES_ERASED}
            leaves[:] = [each for each in leaves if each.index not in erased]

        hidden = examine(with_leaves(found, hide_the_erasure))
        assert not any(gap.is_erased for gap in hidden.gaps)

    with_laptop(tmp_path, story)


def test_evidence_needs_no_relay(tmp_path: Path) -> None:
    """Against a relay that is gone, or does not want to: what was verified and kept is enough."""

    async def story(anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await settle([anne, boris])
        anne.relay.go_offline()
        await anne.do(Search(query="nobody hears of it"))
        found = File()
        told = await export(anne, tmp_path / "out")
        assert told.waiting
        assert not told.has_cose
        assert told.connected == 1
        found.read(told.path)
        offline = examine(found.members)
        assert not offline.faults
        assert not offline.gaps
        assert (offline.connected, offline.cose_signatures) == (1, 0)

    acquainted(tmp_path, story)


def test_a_relay_that_signs_two_logs_is_shown_by_the_file(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await settle([anne, boris])
        found = File()
        found.read((await export(anne, tmp_path / "out")).path)
        found.own_keys = session_of(anne).keys.signing
        page = decode(EvidenceCheckpoints, found.members[CHECKPOINTS])
        fork = anne.relay.fork()
        size = int(page.checkpoints[-1].note.split("\n")[1])
        fork.forget_leaves(size - 1)
        fork.append_foreign_leaf(b"another truth")
        second = replace(page.checkpoints[-1], note=fork.checkpoint(), cose=())
        members = signed_again(
            found,
            changed(
                found,
                **{CHECKPOINTS: encode(replace(page, checkpoints=(*page.checkpoints, second)))},
            ),
        )
        assert wrongs(examine(members)) == {Wrong.FORK}

    acquainted(tmp_path, story)


def test_the_log_that_recorded_the_keys_is_the_one_that_has_the_acts(tmp_path: Path) -> None:
    """A relay that shows keys in one log and acts in another is at fault, and both are signed by it."""

    async def story(anne: Practice, boris: Practice) -> None:
        await write(anne, boris)
        await settle([anne, boris])
        found = File()
        found.read((await export(anne, tmp_path / "out")).path)
        found.own_keys = session_of(anne).keys.signing
        page = decode(EvidenceCheckpoints, found.members[CHECKPOINTS])
        size = int(page.checkpoints[-1].note.split("\n")[1])
        fork = anne.relay.fork()
        fork.forget_leaves(size - 1)
        fork.append_foreign_leaf(b"another truth")
        name = next(
            name
            for name in found.members
            if name.startswith(f"keys/{session_of(anne).owner.account.hex()}")
        )
        keys = decode(EvidenceKeys, found.members[name])
        index = parse_proof(keys.events[0].proof).index
        elsewhere = fork._leaf_proof(index, size)
        proof = format_proof(
            TlogProof(
                extra=elsewhere.leaf,
                index=index,
                path=elsewhere.path,
                checkpoint=fork.checkpoint(),
            )
        )
        events = (replace(keys.events[0], proof=proof), *keys.events[1:])
        members = signed_again(
            found, changed(found, **{name: encode(replace(keys, events=events))})
        )
        assert wrongs(examine(members)) == {Wrong.FORK}

    acquainted(tmp_path, story)


def test_an_act_of_a_computer_that_was_removed_before_proves_nothing(tmp_path: Path) -> None:
    """The relay and who has the stolen computer stand together."""

    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        del boris
        await laptop.do(Search(query="bilan"))
        await laptop.synchronise()
        await anne.synchronise()
        stolen = session_of(laptop)
        await anne.sign_in()
        await anne.do(RevokeDevice(device=stolen.owner.device))
        await anne.synchronise()
        found = File()
        found.read((await export(anne, tmp_path / "before")).path)
        honest = examine(found.members)
        assert not honest.faults
        actor = pseudonym_of(stolen.owner.device)
        assert actor in {act.actor for act in honest.acts}
        invent_act(anne, laptop)
        found.read((await export(anne, tmp_path / "after")).path)
        spoilt = examine(found.members)
        assert wrongs(spoilt) == {Wrong.DEVICE_NOT_LISTED}
        assert [a for a in spoilt.acts if a.actor == actor] == [
            a for a in honest.acts if a.actor == actor
        ]

    with_laptop(tmp_path, story)
