# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scenes in which letters go back and forth, and what the relay, the evidence and a search for traces show of it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stage import DemoError, both, digest, made, require, say, sizes, title, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from programs import DemoRelay, Practitioner
    from stage import Timings

SAMPLES: Final = Path(__file__).resolve().parents[2] / "assets" / "samples"
VERIFIER: Final = Path(__file__).resolve().parents[1] / "verify-receipts"
SAMPLE_KINDS: Final = {".pdf", ".hpr", ".xml", ".png"}
LARGE_BYTES: Final = 8_000_000
SHORTEST_SPELLING: Final = 12

QUESTION: Final = "Cher confrère, puis-je vous adresser Mme Jeanne Duval pour une radiographie ?\n"
SUBJECT: Final = "Mme Jeanne Duval, genou droit"
LETTER: Final = """\
Chère consœur,

Je vous adresse Mme Jeanne Duval pour une gonalgie droite mécanique évoluant depuis six semaines. \
Vous trouverez ci-joints mon courrier, le bilan biologique, le compte rendu, la radiographie, et \
l’IRM complète.

Bien confraternellement,
Dr Karim Benali
"""
ANSWER: Final = """\
Cher confrère,

Merci de votre confiance. La flexion progresse déjà : 125° après la deuxième séance. \
Je joins mon bilan.

Claire Martin
"""
REPORT_NAME: Final = "bilan-osteopathique-duval.txt"
REPORT: Final = (
    "Bilan ostéopathique. Flexion 125°, extension complète, marche sans boiterie.\n" * 40
)
IMAGE_NAME: Final = "irm-genou-duval.raw"

# Ordinary words of the letters, in the hope that nothing at the relay contains one of them.
WORDS: Final = (
    "Jeanne Duval",
    "gonalgie",
    "radiographie, et l’IRM",
    "confraternellement",
    "deuxième séance",
    "ostéopathique",
    "Claire Martin",
    "Valbonne",
    "téléphone du cabinet",
)


def documents() -> list[Path]:
    """Return the sample documents that go with the letter."""
    return sorted(path for path in SAMPLES.iterdir() if path.suffix in SAMPLE_KINDS)


def exchange(
    relay: DemoRelay, karim: Practitioner, claire: Practitioner, home: Path, timings: Timings
) -> bytes:
    """Let the two write to each other; compare every byte, and verify the evidence.

    Returns what the database held while the first letter was waiting in it.
    """
    title("A letter with five documents, one of them large")
    sent = made(home / "sent")
    large = sent / IMAGE_NAME
    large.write_bytes(os.urandom(LARGE_BYTES))
    files = [*documents(), large]
    with timings.measured("letter: seal, upload, receipt", sizes(files)):
        letter = karim.send(claire, SUBJECT, written(sent / "lettre.txt", LETTER), files)
    say(f"{karim.name} → {claire.name}: {letter['recipients'][0]['state']} by the relay")
    show_relay_view(relay)
    dump = relay.dump()
    with timings.measured("letter: fetch, open, verify"):
        received = claire.received(SUBJECT)
    compare_text(received, SUBJECT, LETTER)
    say(f"{claire.name} reads “{received['subject']}”, {len(received['attachments'])} documents")
    with timings.measured("documents: decrypt and save"):
        saved = claire.run("save", received["message"], "--to", str(made(home / "claire")))["files"]
    compare_files(files, saved)

    title("The answer")
    report = written(sent / REPORT_NAME, REPORT)
    with timings.measured("answer: there and back"):
        answer = written(sent / "reponse.txt", ANSWER)
        claire.send(karim, f"Re: {SUBJECT}", answer, [report])
        reply = karim.received(f"Re: {SUBJECT}")
    compare_text(reply, f"Re: {SUBJECT}", ANSWER)
    compare_files(
        [report], karim.run("save", reply["message"], "--to", str(made(home / "karim")))["files"]
    )
    say(f"{karim.name} reads “{reply['subject']}”; every byte of every document arrived")
    show_evidence(karim, letter["message"], timings)
    return dump


def show_relay_view(relay: DemoRelay) -> None:
    """Print what the relay's own superuser can learn while a letter waits."""
    title("What the relay sees while it waits")
    for envelope, size, until in relay.query(
        "SELECT left(encode(e.envelope, 'hex'), 12), octet_length(e.body), e.expires_at::date "
        "FROM relay.envelope e WHERE e.body IS NOT NULL"
    ):
        say(f"envelope {envelope}…  {int(size):>10,} bytes, kept until {until}")
    for blob, size in relay.query(
        "SELECT left(encode(blob, 'hex'), 12), size FROM relay.blob WHERE NOT is_released ORDER BY size"
    ):
        say(f"blob     {blob}…  {int(size):>10,} bytes")
    say("and which account wrote to which, and when.")
    say(
        "Not the subject, the text, the names of documents, the patient, or who is not in the directory."
    )


def show_evidence(karim: Practitioner, message: str, timings: Timings) -> None:
    """Show the ladder of receipts of a letter."""
    title("The evidence")
    with timings.measured("receipts"):
        rows = karim.run("receipts", message)["rows"]
    for row in rows:
        place = f", entry {row['log_index']} of the journal" if row["proof"] else ""
        say(f"{row['state']}{place}")
    require(
        {row["state"] for row in rows} >= {"accepted", "delivered", "read"},
        "the ladder of receipts is not complete",
    )


def audit(karim: Practitioner, claire: Practitioner, timings: Timings) -> None:
    """Let both verify the journal: all receipts, own acts, and that it was never rewritten."""
    title("The journal, over all that happened")
    with timings.measured("journal verified by both"):
        audits = both(lambda: karim.run("audit", "verify"), lambda: claire.run("audit", "verify"))
    for person, found in zip((karim, claire), audits, strict=True):
        require(found["problems"] == [], f"{person.name}: {found['problems']}")
        say(
            f"{person.name}: journal intact, {found['receipts_verified']} receipts hold, "
            f"{found['own_statements_logged']} of {found['own_statements']} own acts are in it"
        )
    told = {row["kind"] for row in karim.run("audit", "alarms", "--acknowledge")["rows"]}
    require("keys-changed" in told, "nobody was told that all keys of a correspondent are new")
    say(
        f"{karim.name} was told what he had to look at, and has read it: {', '.join(sorted(told))}."
    )
    say(f"It has {max(each['log_size'] for each in audits)} entries; none was changed or left out.")
    with timings.measured("evidence exported and checked without the programs"):
        exported = karim.run("audit", "export", "--to", str(made(karim.paper)))
        checked = subprocess.run(
            [sys.executable, str(VERIFIER), exported["path"], "--language", "en"],
            capture_output=True,
            text=True,
            check=False,
        )
    require(checked.returncode == 0, f"the evidence does not hold: {checked.stdout}")
    say(
        f"{karim.name} has written {exported['acts']} acts with their proofs into one file of "
        f"{exported['size'] / 1e6:.1f} MB; a program that needs neither application nor relay says: "
        f"{checked.stdout.splitlines()[-1]}"
    )


def compare_text(received: Any, subject: str, text: str) -> None:  # noqa: ANN401 - JSON
    """Check that a letter is the one that was written."""
    if (received["subject"], received["text"].strip()) != (subject, text.strip()):
        raise DemoError("a letter is not the one that was written")


def compare_files(sent: Sequence[Path], saved: Sequence[dict[str, Any]]) -> None:
    """Check that each document is the one that was sent, by SHA-256."""
    if len(sent) != len(saved):
        raise DemoError("not every document arrived")
    for source, copy in zip(sent, saved, strict=True):
        if digest(source) != digest(Path(copy["path"])):
            raise DemoError(f"{source.name} is not the document that was sent")


# --- traces --------------------------------------------------------------------------------------


def look_for_traces(
    relay: DemoRelay,
    people: Sequence[Practitioner],
    folders: Sequence[Path],
    dumps: Sequence[bytes],
) -> None:
    """Look for anything readable in dumps, the relay's data and log, profiles and backups."""
    title("Looking for readable traces")
    home = relay.data.parent
    canaries = {word.encode() for word in (*WORDS, SUBJECT, REPORT_NAME, IMAGE_NAME)}
    canaries |= {path.name.encode() for path in documents()}
    canaries |= {secret for each in people for secret in (each.passphrase.encode(), *each.secrets)}
    # A piece out of the middle of each document; the smallest is larger than this.
    pieces = [piece_of(path.read_bytes()) for path in (*home.glob("sent/*"), *documents())]
    spellings = {spelling for canary in (*canaries, *pieces) for spelling in spellings_of(canary)}
    files = [path for path in relay.data.rglob("*") if path.is_file()]
    kept = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    places: list[tuple[str, bytes]] = [("database dump", dump) for dump in dumps]
    places += [
        (str(path.relative_to(home)), path.read_bytes()) for path in (*files, relay.log, *kept)
    ]
    for name, content in places:
        for spelling in spellings:
            if spelling in content:
                raise DemoError(f"{name} contains something readable: {spelling[:40]!r}")
    total = sum(len(content) for _, content in places)
    say(
        f"{len(canaries)} names, words, passphrases, second factors and kits and {len(pieces)} pieces of documents:"
    )
    say(
        f"none is in {len(dumps)} database dumps, the relay’s {len(files)} files, its log, or the "
        f"{len(folders)} folders of profiles and backups ({total / 1e6:.0f} MB)."
    )
    # What is looked for can be found: the one name that its owner published is there.
    published = people[0].name.encode()
    if not any(spelling in dump for dump in dumps for spelling in spellings_of(published)):
        raise DemoError("the search would find nothing anywhere")
    say(f"The one exception is the directory, where {people[0].name} chose to appear.")


def spellings_of(text: bytes) -> Iterator[bytes]:
    """Yield bytes as they are, in hexadecimal and in base64, at each of its three alignments."""
    yield text
    yield text.hex().encode()
    yield text.hex().upper().encode()
    for shift in range(3):
        # Only the characters that do not depend on what stands before and after; a very short rest
        # would be found by chance.
        encoded = base64.b64encode(bytes(shift) + text)[4 if shift else 0 : -4]
        if len(encoded) >= SHORTEST_SPELLING:
            yield encoded


def piece_of(content: bytes) -> bytes:
    """Return 48 bytes from the middle of a document."""
    middle = len(content) // 2
    return content[middle : middle + 48]
