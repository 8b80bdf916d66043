# SPDX-License-Identifier: AGPL-3.0-or-later
"""Practitioners whose every act is a process of the real program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.cli.exit_codes import ExitCode
from tests.fakes.authenticator import Authenticator

if TYPE_CHECKING:
    from tests.integration.relay_process import RelayProcess

SMALL_COMPUTER: Final = {
    "PYTHONPATH": os.pathsep.join(
        filter(
            None, (str(Path(__file__).with_name("small_computer")), os.environ.get("PYTHONPATH"))
        )
    )
}
"""Environment of programs whose vaults are to take the least that a vault may, as on a computer of 2 GB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a run of the program ended."""

    code: int
    json: Any
    errors: str

    @property
    def failure(self) -> str:
        """The code of the failure on standard error, empty if it says something else."""
        try:
            return str(json.loads(self.errors.splitlines()[-1])["error"]["code"])
        except (ValueError, IndexError, KeyError):
            return ""


@dataclass(slots=True, kw_only=True)
class Client:
    """A profile, and the passphrase that opens it."""

    name: str
    profile: Path
    passphrase: str
    account: str = ""
    authenticator: Authenticator | None = field(default=None, repr=False)
    recovery_codes: Sequence[str] = field(default=(), repr=False)

    def command(self, *arguments: str, passphrase_file: str = "-") -> list[str]:
        """Return the command line of a run."""
        shared = ["--profile", str(self.profile), "--json", "--passphrase-file", passphrase_file]
        return [sys.executable, "-m", "app", *shared, *arguments]

    def at_terminal(self, *arguments: str) -> list[str]:
        """Return the command line of a run at which a person sits."""
        return [sys.executable, "-m", "app", "--profile", str(self.profile), *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a run that reads its passphrase from standard input, which is still open."""
        return subprocess.Popen(
            self.command(*arguments),
            env=os.environ | SMALL_COMPUTER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def finish(self, process: subprocess.Popen[bytes]) -> Answer:
        """Give a started run its passphrase and wait for its end."""
        output, errors = process.communicate(f"{self.passphrase}\n".encode())
        return Answer(
            code=process.returncode,
            json=json.loads(output) if output.strip() else None,
            errors=errors.decode(),
        )

    def run(self, *arguments: str) -> Answer:
        """Carry out one command, however it ends."""
        return self.finish(self.start(*arguments))

    def do(self, *arguments: str, code: ExitCode = ExitCode.OK) -> Any:  # noqa: ANN401 - JSON
        """Carry out a command that is expected to end with `code`, and return its JSON."""
        answer = self.run(*arguments)
        assert answer.code == code, (arguments[0], answer)
        return answer.json

    def register(
        self, relay: RelayProcess, *options: str, profession: str = "Médecin", invitation: str = ""
    ) -> None:
        """Create the account, and sign in."""
        self.register_only(relay, *options, profession=profession, invitation=invitation)
        self.do("login", "--otp", self.one_time_code())

    def register_only(
        self, relay: RelayProcess, *options: str, profession: str = "Médecin", invitation: str = ""
    ) -> None:
        """Create the account, and keep what belongs on the telephone and on paper."""
        places = ("--enrolment", relay.enrolment_text)
        person = ("--name", self.name, "--profession", profession)
        options = ("--invitation", invitation or relay.invite(), *options)
        answer = self.do("register", *places, *person, *options)
        self.account = answer["account"]
        self.authenticator = Authenticator(answer["totp_uri"])
        self.recovery_codes = answer["recovery_codes"]

    def put_on_paper(self) -> None:
        """Say that recovery codes and kit are on paper, so that nothing reminds of them."""
        self.do("recovery-codes", "confirm")
        sheet = self.do("recovery", "show")
        group = self.profile.with_name(f"{self.profile.name}-group.txt")
        group.write_text(sheet["groups"][sheet["asked_group"] - 1], encoding="ascii")
        self.do("recovery", "confirm", "--group-file", str(group))
        group.unlink()

    def one_time_code(self) -> str:
        """Return a code that was not given before; the third within a minute does not exist."""
        assert self.authenticator is not None
        code = self.authenticator.code(time.time())
        assert code is not None
        return code

    def second_factors(self) -> list[str]:
        """Return what only the telephone and the paper may hold."""
        assert self.authenticator is not None
        return [self.authenticator.totp.secret, *self.recovery_codes]

    def befriend(self, other: Client) -> None:
        """Become correspondents."""
        self.do("contact", "add", other.account)
        other.do("contact", "accept", self.account)
        self.do("sync")

    def letter(
        self, to: Client, subject: str, body: str, attachments: Sequence[Path] = ()
    ) -> list[str]:
        """Return the arguments that send a letter; its text is put beside the profile."""
        text = self.profile.with_name(f"{self.profile.name}-letter.txt")
        text.write_text(body, encoding="utf-8")
        files = [part for path in attachments for part in ("--attach", str(path))]
        options = ["--to", to.account, "--subject", subject, "--body", str(text)]
        return ["send", "--unverified", *options, *files]

    def received(self, subject: str) -> list[dict[str, Any]]:
        """Receive, and return the messages with a subject, newest first."""
        found = self.do("inbox")
        assert found["is_synchronised"]
        return [message for message in found["messages"] if message["subject"] == subject]
