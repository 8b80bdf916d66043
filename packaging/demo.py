# SPDX-License-Identifier: AGPL-3.0-or-later
"""Show the whole path once: a relay, two practitioners, real letters, and what each side sees.

Called by ``dev.py demo``. Every part is the real program in a process of its own; the end is 0 only if
every byte arrived and nothing readable is at the relay.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
SAMPLES: Final = ROOT / "assets" / "samples"
SAMPLE_KINDS: Final = {".pdf", ".hpr", ".xml", ".png"}
LARGE_BYTES: Final = 20_000_000
SHORTEST_SPELLING: Final = 12

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

# Ordinary words of the letters above, in the hope that nothing at the relay contains one of them.
WORDS: Final = (
    "Jeanne Duval",
    "gonalgie",
    "radiographie, et l’IRM",
    "confraternellement",
    "deuxième séance",
    "ostéopathique",
    "Claire Martin",
    "Valbonne",
)


class DemoError(Exception):
    """The demonstration shows something that must not be."""


class Timings:
    """What took how long."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, str]] = []

    @contextmanager
    def measured(self, step: str, detail: str = "") -> Iterator[None]:
        """Measure a step; it is listed once it has succeeded."""
        started = time.perf_counter()
        yield
        self.rows.append((step, time.perf_counter() - started, detail))

    def show(self) -> None:
        """Print the table."""
        width = max(len(step) for step, _, _ in self.rows)
        for step, seconds, detail in self.rows:
            print(f"  {step:<{width}}  {seconds:7.2f} s  {detail}".rstrip())


def title(text: str) -> None:
    """Begin a part."""
    print(f"\n{text}", flush=True)


def say(text: str) -> None:
    """Print one line of a part."""
    print(f"  {text}", flush=True)


# --- the two programs ----------------------------------------------------------------------------


class DemoRelay:
    """The relay as its host runs it, in a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.data = home / "relay"
        self.log = home / "relay.log"
        self._listen = "127.0.0.1:0"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.enrolment = ""

    def start(self) -> None:
        """Start it and wait until it is ready; a second start keeps the address."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [
                    *program("relay_server"),
                    "serve",
                    "--data",
                    str(self.data),
                    "--listen",
                    self._listen,
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._process = process
        assert process.stdout is not None  # noqa: S101 - asked for above
        word, _, rest = process.stdout.readline().decode().partition(" ")
        if word != "READY":
            said = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise DemoError(f"the relay did not start:\n{said}")
        ready = json.loads(rest)
        self.url, self.enrolment = ready["url"], ready["enrolment"]
        self._listen = f"127.0.0.1:{urlsplit(self.url).port}"

    def invite(self) -> str:
        """Return an invitation code, as the host's administrator makes one."""
        command = [*program("relay_server"), "admin", "invite", "--data", str(self.data)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def stop(self) -> None:
        """Stop it in good order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()

    def query(self, sql: str) -> list[list[str]]:
        """Ask the database as its superuser, whom nothing is hidden from."""
        printed = self._postgres("psql", "-X", "-A", "-t", "-F", "\t", "-c", sql)
        return [line.split("\t") for line in printed.decode().splitlines() if line]

    def dump(self) -> bytes:
        """Return everything the database holds, as SQL."""
        return self._postgres("pg_dump", "--inserts")

    def _postgres(self, name: str, *arguments: str) -> bytes:
        from relay_server.database.embedded import SUPERUSER, bundled_programs  # noqa: PLC0415

        login = json.loads((self.data / "database-login").read_text(encoding="utf-8"))
        address = urlsplit(login["url"])
        places = parse_qs(address.query)
        environment = os.environ | {
            "PGHOST": places["host"][0],
            "PGPORT": places["port"][0],
            "PGUSER": SUPERUSER,
            "PGPASSWORD": (self.data / "postgresql.password").read_text(encoding="ascii").strip(),
            "PGDATABASE": address.path.removeprefix("/"),
        }
        command = [str(bundled_programs() / name), *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True).stdout


@dataclass(slots=True, kw_only=True)
class Practitioner:
    """Somebody with a computer: a profile, a passphrase that only its owner knows, and an authenticator."""

    name: str
    profession: str
    profile: Path
    passphrase: str = field(default_factory=lambda: f"demo {secrets.token_hex(12)}", repr=False)
    account: str = ""
    secrets: list[bytes] = field(default_factory=list, repr=False)
    """What belongs in the authenticator and on paper, and nowhere else."""

    def run(self, *arguments: str, accept: Sequence[int] = (0,)) -> Any:  # noqa: ANN401 - JSON
        """Run the command line and return its JSON; the passphrase goes through a pipe."""
        command = [*program("app"), "--profile", str(self.profile), "--json"]
        done = subprocess.run(
            [*command, "--passphrase-file", "-", *arguments],
            input=self.passphrase.encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode not in accept:
            said = done.stderr.decode(errors="replace").strip()
            raise DemoError(f"uhealthsec {arguments[0]} ended with {done.returncode}: {said}")
        return json.loads(done.stdout)

    def register(self, relay: DemoRelay, *options: str) -> None:
        """Create the account, put its second factor into an authenticator, and sign in with that."""
        import pyotp  # noqa: PLC0415 - the demonstration's one library

        answer = self.run(
            "register",
            *("--enrolment", relay.enrolment, "--invitation", relay.invite()),
            *("--name", self.name, "--profession", self.profession),
            *options,
        )
        self.account = answer["account"]
        totp = pyotp.parse_uri(answer["totp_uri"])
        if not isinstance(totp, pyotp.TOTP):
            raise DemoError("the second factor is not a one-time code")
        self.secrets += [totp.secret.encode(), base64.b32decode(totp.secret)]
        self.secrets += [code.encode() for code in answer["recovery_codes"]]
        self.run("login", "--otp", totp.now())

    def send(self, to: Practitioner, subject: str, body: Path, attachments: Sequence[Path]) -> Any:  # noqa: ANN401 - JSON
        """Send a letter with documents."""
        files = [part for path in attachments for part in ("--attach", str(path))]
        options = ("--to", to.account, "--subject", subject, "--body", str(body))
        return self.run("send", "--unverified", *options, *files)

    def newest(self) -> Any:  # noqa: ANN401 - JSON
        """Receive, and return the newest message."""
        return self.run("inbox")["messages"][0]


def program(package: str) -> list[str]:
    """Return the command line of one of our programs."""
    return [sys.executable, "-P", "-m", package]


# --- what is shown -------------------------------------------------------------------------------


def join(relay: DemoRelay, karim: Practitioner, claire: Practitioner, timings: Timings) -> None:
    """Let the two register, and find each other."""
    title("Two practitioners join the relay")
    with timings.measured("two registrations and sign-ins"):
        karim.register(relay, "--place", "Antibes", "--listed")
        claire.register(relay, "--place", "Valbonne")
    say(
        "Each shows two factors: the passphrase, which the relay never learns, and a one-time code."
    )
    say(f"{karim.name}, {karim.profession}: {karim.account} (in the directory)")
    say(f"{claire.name}, {claire.profession}: {claire.account} (not in the directory)")
    with timings.measured("contact request and acceptance"):
        found = claire.run("directory", "Benali")["rows"]
        if [row["account"] for row in found] != [karim.account]:
            raise DemoError("the directory does not show whom it should, or more")
        claire.run("contact", "add", karim.account, "--note", "Pour Mme Jeanne Duval")
        (request,) = karim.run("contact", "list")["rows"]
        say(f"{karim.name} sees the request: “{request['note']}”")
        karim.run("contact", "accept", claire.account)
        claire.run("sync")


def exchange(
    relay: DemoRelay, karim: Practitioner, claire: Practitioner, home: Path, timings: Timings
) -> bytes:
    """Let the two write to each other; compare every byte, and verify the evidence.

    Returns what the database held while the first letter was waiting in it.
    """
    title("A letter with five documents, one of them large")
    sent = home / "sent"
    sent.mkdir()
    documents = sorted(path for path in SAMPLES.iterdir() if path.suffix in SAMPLE_KINDS)
    large = sent / IMAGE_NAME
    large.write_bytes(os.urandom(LARGE_BYTES))
    documents.append(large)
    with timings.measured("letter: seal, upload, receipt", sizes(documents)):
        letter = karim.send(claire, SUBJECT, written(sent / "lettre.txt", LETTER), documents)
    say(f"{karim.name} → {claire.name}: {letter['recipients'][0]['state']} by the relay")
    show_relay_view(relay)
    dump = relay.dump()
    with timings.measured("letter: fetch, open, verify"):
        received = claire.newest()
    compare_text(received, SUBJECT, LETTER)
    say(f"{claire.name} reads “{received['subject']}”, {len(received['attachments'])} documents")
    with timings.measured("documents: decrypt and save"):
        saved = claire.run("save", received["message"], "--to", str(made(home / "claire")))["files"]
    compare_files(documents, saved)

    title("The answer")
    report = written(sent / REPORT_NAME, REPORT)
    with timings.measured("answer: there and back"):
        answer = written(sent / "reponse.txt", ANSWER)
        claire.send(karim, f"Re: {SUBJECT}", answer, [report])
        reply = karim.newest()
    compare_text(reply, f"Re: {SUBJECT}", ANSWER)
    compare_files(
        [report], karim.run("save", reply["message"], "--to", str(made(home / "karim")))["files"]
    )
    say(f"{karim.name} reads “{reply['subject']}”; every byte of every document arrived")

    show_evidence(karim, claire, letter["message"], timings)
    return dump


def show_evidence(
    karim: Practitioner, claire: Practitioner, message: str, timings: Timings
) -> None:
    """Verify the receipts of a letter and both journals."""
    title("The evidence")
    with timings.measured("receipts and journal verified"):
        rows = karim.run("receipts", message)["rows"]
        for row in rows:
            place = f", entry {row['log_index']} of the journal" if row["proof"] else ""
            say(f"{row['state']}{place}")
        if not {"accepted", "delivered", "read"} <= {row["state"] for row in rows}:
            raise DemoError("the ladder of receipts is not complete")
        for person in (karim, claire):
            audit = person.run("audit", "verify")
            say(
                f"{person.name}: journal intact, {audit['receipts_verified']} receipts hold, "
                f"{audit['own_statements_logged']} of {audit['own_statements']} own acts are in it"
            )


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


def look_for_traces(
    relay: DemoRelay, people: Sequence[Practitioner], home: Path, dumps: Sequence[bytes]
) -> None:
    """Look for anything readable in dumps, data folder, logs, and in the profiles on both laptops."""
    title("Looking for readable traces")
    canaries = [word.encode() for word in (*WORDS, SUBJECT, REPORT_NAME, IMAGE_NAME)]
    canaries += [path.name.encode() for path in SAMPLES.iterdir() if path.suffix in SAMPLE_KINDS]
    canaries += [secret for each in people for secret in (each.passphrase.encode(), *each.secrets)]
    # A piece out of the middle of each document; the smallest is larger than this.
    documents = [*home.glob("sent/*"), *(p for p in SAMPLES.iterdir() if p.suffix in SAMPLE_KINDS)]
    pieces = [piece_of(path.read_bytes()) for path in documents]
    spellings = {spelling for canary in (*canaries, *pieces) for spelling in spellings_of(canary)}
    places: list[tuple[str, bytes]] = [("database dump", dump) for dump in dumps]
    files = [path for path in relay.data.rglob("*") if path.is_file()]
    places += [(str(path.relative_to(home)), path.read_bytes()) for path in [*files, relay.log]]
    for person in people:
        profile = [path for path in person.profile.rglob("*") if path.is_file()]
        places += [(str(path.relative_to(home)), path.read_bytes()) for path in profile]
    for name, content in places:
        for spelling in spellings:
            if spelling in content:
                raise DemoError(f"{name} contains something readable: {spelling[:40]!r}")
    total = sum(len(content) for _, content in places)
    say(
        f"{len(canaries)} names, words, passphrases and second factors and {len(pieces)} pieces of documents: none is in "
        f"{len(dumps)} database dumps, the relay’s {len(files)} files, its log, or the two profiles "
        f"({total / 1e6:.0f} MB)."
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


# --- the windows ---------------------------------------------------------------------------------


def has_display() -> bool:
    """Tell whether a window could be seen."""
    if sys.platform.startswith(("win", "darwin")):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def show_windows(people: Sequence[Practitioner], screenshots: Path | None) -> None:
    """Open one window for each practitioner, unlocked, and wait until they are closed."""
    title("The windows")
    environment = dict(os.environ)
    if not has_display():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    windows = []
    for person in people:
        command = [*program("app"), "--profile", str(person.profile), "--passphrase-file", "-"]
        if screenshots is not None:
            command += ["--screenshot", str(screenshots / person.profile.name)]
        window = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
        assert window.stdin is not None  # noqa: S101 - asked for above
        with window.stdin:
            window.stdin.write(person.passphrase.encode())
        windows.append(window)
    if screenshots is None:
        say("Both practitioners’ windows are open. Close them to end the demonstration.")
    if any(window.wait() != 0 for window in windows):
        raise DemoError("a window ended with an error")
    if screenshots is not None:
        for picture in sorted(screenshots.rglob("*.png")):
            say(str(picture))


# --- small things --------------------------------------------------------------------------------


def written(path: Path, text: str) -> Path:
    """Write a text and return where."""
    path.write_text(text, encoding="utf-8")
    return path


def made(folder: Path) -> Path:
    """Make a folder and return it."""
    folder.mkdir(exist_ok=True)
    return folder


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sizes(paths: Sequence[Path]) -> str:
    """Return how many files of how many megabytes."""
    return f"{len(paths)} documents, {sum(path.stat().st_size for path in paths) / 1e6:.1f} MB"


def run(options: argparse.Namespace, home: Path) -> None:
    """Play the whole demonstration in an empty folder."""
    timings = Timings()
    relay = DemoRelay(home)
    karim = Practitioner(
        name="Dr Karim Benali", profession="Médecin généraliste", profile=home / "p-karim"
    )
    claire = Practitioner(name="Claire Martin", profession="Ostéopathe", profile=home / "p-claire")
    try:
        title("A relay with its own PostgreSQL")
        with timings.measured("relay: first start", "makes its database, certificate and journal"):
            relay.start()
        say(f"ready at {relay.url}")
        join(relay, karim, claire, timings)
        dumps = [exchange(relay, karim, claire, home, timings), relay.dump()]
        relay.stop()
        with timings.measured("search for readable traces"):
            look_for_traces(relay, (karim, claire), home, dumps)
        title("Timings")
        timings.show()
        if options.screenshot is not None or options.window or has_display():
            relay.start()
            show_windows((karim, claire), options.screenshot)
    finally:
        relay.stop()


def main(argv: Sequence[str]) -> int:
    """Run the demonstration and return its exit code."""
    parser = argparse.ArgumentParser(prog="dev.py demo", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "--window", action="store_true", help="open both windows afterwards in any case"
    )
    parser.add_argument(
        "--screenshot", metavar="DIR", type=Path, help="save pictures of both windows instead"
    )
    options = parser.parse_args(argv)
    if options.screenshot is not None:
        options.screenshot = options.screenshot.absolute()
    if options.window and not has_display():
        parser.error(
            "there is no screen to open windows on; --screenshot DIR saves pictures instead"
        )
    # Whoever ends the demonstration ends its relay and removes its letters too.
    for number in {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}:
        signal.signal(number, lambda signalled, _: sys.exit(128 + signalled))
    # Short, because the names of sockets are short.
    home = Path(tempfile.mkdtemp(prefix="uhs-"))
    try:
        run(options, home)
    except DemoError as error:
        print(f"\nThe demonstration failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print("\nEverything arrived, everything holds, nothing readable is left at the relay.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
