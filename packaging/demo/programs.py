# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two programs as people have them: the relay of a host, and a practitioner with a computer and a telephone."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pyotp

from stage import DemoError, made, say, written

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDS_SIGN_IN = 10
CODE_SECONDS = 30
KIT_BYTES = 32
FRESH_SECONDS = 200
"""Less than the five minutes that the relay takes for “just now”."""


def program(package: str) -> list[str]:
    """Return the command line of one of our programs."""
    return [sys.executable, "-P", "-m", package]


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

    def administer(self, command: str, *arguments: str) -> str:
        """Give a command as the host's administrator does, and return what it says."""
        line = [*program("relay_server"), "admin", command, "--data", str(self.data), *arguments]
        return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()

    def verify(self, person: Practitioner) -> str:
        """Say in the log that the operator has seen in the national register who somebody is."""
        today = datetime.now(UTC).date().isoformat()
        seen = ("--document", "professional-register", "--on", today)
        return self.administer("verify", person.account, *seen)

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


class Telephone:
    """An authenticator application: it reads the address it is shown, and gives each code once."""

    def __init__(self, totp_uri: str) -> None:
        totp = pyotp.parse_uri(totp_uri)
        if not isinstance(totp, pyotp.TOTP):
            raise DemoError("the second factor is not a one-time code")
        self._totp = totp
        self._last = 0

    def code(self) -> str:
        """Return this half-minute's code, or the next one's, which the relay takes too; wait if both were given."""
        step = max(int(time.time()) // CODE_SECONDS, self._last + 1)
        wait = (step - 1) * CODE_SECONDS - time.time()
        if wait > 0:
            say(f"(A code serves once; the telephone shows the next one in {wait:.0f} s.)")
            time.sleep(wait)
        self._last = step
        return self._totp.at(step * CODE_SECONDS)

    def secrets(self) -> list[bytes]:
        """Return what must be nowhere else."""
        return [self._totp.secret.encode(), base64.b32decode(self._totp.secret)]


@dataclass(slots=True, kw_only=True)
class Practitioner:
    """Somebody with a computer: a profile, a passphrase that only its owner knows, a telephone, and paper."""

    name: str
    profession: str
    profile: Path
    paper: Path
    """A folder that stands for sheets in a drawer, away from the computer."""
    passphrase: str = field(repr=False)
    account: str = ""
    telephone: Telephone | None = field(default=None, repr=False)
    recovery_codes: Sequence[str] = field(default=(), repr=False)
    signed_in_at: float = 0.0
    secrets: list[bytes] = field(default_factory=list, repr=False)
    """What belongs on the telephone and on paper, and nowhere else; the owner's computers share the list."""

    def at(self, profile: Path) -> Practitioner:
        """Return the same person at another computer."""
        return replace(self, profile=profile)

    def run(self, *arguments: str, accept: Sequence[int] = (0,)) -> Any:  # noqa: ANN401 - JSON
        """Run the command line and return its JSON; the passphrase goes through a pipe."""
        done = self._carry_out(arguments)
        if done.returncode not in accept:
            raise self._failed(arguments, done.returncode, done.stderr)
        if arguments[0] == "login":
            self.signed_in_at = time.monotonic()
        return json.loads(done.stdout)

    def fresh(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        """Run a command that wants both factors shown just now; show them if they were shown too long ago."""
        done = self._carry_out(arguments)
        if done.returncode == NEEDS_SIGN_IN:
            return self.run(*arguments, "--otp", self.code())
        if done.returncode != 0:
            raise self._failed(arguments, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def keep_fresh(self) -> None:
        """Show both factors again if that was minutes ago, for a command that cannot be repeated."""
        if time.monotonic() - self.signed_in_at > FRESH_SECONDS:
            self.run("login", "--otp", self.code())

    def refused(self, *arguments: str) -> str:
        """Run a command that must fail, and return the code of the failure."""
        done = self._carry_out(arguments)
        if done.returncode == 0:
            raise DemoError(f"uhealthsec {' '.join(arguments[:2])} went through, and must not")
        try:
            return str(json.loads(done.stderr.splitlines()[-1])["error"]["code"])
        except (IndexError, KeyError, ValueError):
            raise self._failed(arguments, done.returncode, done.stderr) from None

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start a command that tells something before it ends; its standard input stays free for an answer."""
        file = written(made(self.paper) / f"passphrase-{self.profile.name}", self.passphrase)
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [*self._program(str(file)), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
            try:
                yield process
                if process.wait() != 0:
                    errors.seek(0)
                    raise self._failed(arguments, process.returncode, errors.read())
            finally:
                process.kill()
                process.wait()
                for stream in (process.stdin, process.stdout):
                    if stream is not None:
                        stream.close()
                file.unlink()

    @property
    def phone(self) -> Telephone:
        """The telephone. Raises DemoError before there is one."""
        if self.telephone is None:
            raise DemoError(f"{self.name} has no telephone yet")
        return self.telephone

    def code(self) -> str:
        """Return a code of the telephone."""
        return self.phone.code()

    def add_telephone(self, totp_uri: str) -> None:
        """Put a second factor into the authenticator on the telephone, a real one."""
        self.telephone = Telephone(totp_uri)
        self.secrets += self.telephone.secrets()

    def take_over(self, answer: Any) -> None:  # noqa: ANN401 - JSON
        """Put what a new account, or one that came back, shows once onto telephone and paper."""
        self.account = answer["account"]
        self.add_telephone(answer["totp_uri"])
        self.recovery_codes = answer["recovery_codes"]
        self.secrets += [code.encode() for code in self.recovery_codes]

    def put_on_paper(self, sheet: Any, name: str) -> None:  # noqa: ANN401 - JSON
        """Copy a recovery kit, and read back the group that is asked for; the computer then forgets it."""
        groups = sheet["groups"]
        self.sheet(name, " ".join(groups))
        # The same without what helps people to copy it: 32 bytes, which must be nowhere.
        raw = base64.b32decode("".join(group[:-1] for group in groups))[:KIT_BYTES]
        self.secrets += ["".join(groups).encode(), raw]
        group = written(self.paper / "group.txt", groups[sheet["asked_group"] - 1])
        self.run("recovery", "confirm", "--group-file", str(group))

    def sheet(self, name: str, text: str) -> Path:
        """Write a secret onto a sheet of paper."""
        self.secrets.append(text.encode())
        return written(made(self.paper) / name, text)

    def send(
        self,
        to: Practitioner,
        subject: str,
        body: Path,
        attachments: Sequence[Path] = (),
    ) -> Any:  # noqa: ANN401 - JSON
        """Send a letter with documents."""
        files = [part for path in attachments for part in ("--attach", str(path))]
        options = ("--to", to.account, "--subject", subject, "--body", str(body))
        return self.run("send", *options, *files)

    def received(self, subject: str) -> Any:  # noqa: ANN401 - JSON
        """Receive, and return the newest message with a subject. Raises DemoError if it is not there."""
        for message in self.run("inbox")["messages"]:
            if message["subject"] == subject:
                return message
        raise DemoError(f"“{subject}” has not reached {self.name}")

    def _program(self, passphrase_file: str) -> list[str]:
        shared = ["--profile", str(self.profile), "--json", "--passphrase-file", passphrase_file]
        return [*program("app"), *shared]

    def _carry_out(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*self._program("-"), *arguments],
            input=self.passphrase.encode(),
            capture_output=True,
            check=False,
        )

    def _failed(self, arguments: Sequence[str], code: int, errors: bytes) -> DemoError:
        said = errors.decode(errors="replace").strip()
        line = " ".join(arguments[:2])
        return DemoError(f"uhealthsec {line} of {self.name} ended with {code}: {said}")


def line_of(output: IO[bytes] | None) -> Any:  # noqa: ANN401 - JSON
    """Return the next object that a started command tells. Raises DemoError if it ends instead."""
    line = b"" if output is None else output.readline()
    if not line:
        raise DemoError("a command ended before it told what it has to")
    return json.loads(line)
