# SPDX-License-Identifier: AGPL-3.0-or-later
"""Command lines carried out at a terminal over a mailbox in memory: `python -m … FOLDER`.

Who types at the terminal writes each command as one line of JSON into `commands` in the folder beforehand:
its words, and whether there is an account yet. After each one the terminal shows `END` and its exit code.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.arguments import parse
from app.cli.main import run
from app.interface.commands import BeginLink, JoinLink, SendLetter
from app.interface.snapshots import DeliveryState, KitState, LinkOutcome, ProfileState, Queued
from tests.fakes.scripted_engine import Practice

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.command import Command

END = "\x03"
CORRESPONDENT = "Dr Karim Benali"


class AnsweredPractice(Practice):
    """A mailbox whose other computer answers a link at once, and whose relay wants both factors shown anew."""

    def __init__(self, profile: ProfileState) -> None:
        super().__init__(profile=profile)
        self.owner.is_fresh = False
        self.step_ups_wanted = 1
        self.add_contact(CORRESPONDENT)
        self.list_in_directory(CORRESPONDENT, "Médecin généraliste", "Antibes")
        self.owner.add_device()

    def answer(self, command: Command[Any], progress: Callable[[int, int], None]) -> object:
        """Carry out a command, and let the other computer do its part."""
        if isinstance(command, SendLetter):
            # The window writes drafts; only the command line sends a letter at once.
            view = self.record_sent(
                [(account, DeliveryState.ACCEPTED) for account in command.to],
                command.subject,
                command.text,
            )
            return Queued(message=view.message, conversation=view.conversation)
        answer = super().answer(command, progress)
        if isinstance(command, BeginLink):
            self.owner.offer(command.language)
        if isinstance(command, JoinLink):
            self.owner.end_link(LinkOutcome.DONE)
        return answer


def main(folder: Path) -> None:
    """Carry out all commands of a folder, each with a profile of its own."""
    for number, line in enumerate((folder / "commands").read_text("utf-8").splitlines()):
        case = json.loads(line)
        practice = AnsweredPractice(ProfileState[case["profile"]])
        practice.owner.set_safety(kit=KitState[case["kit"]])
        profile = folder / str(number)
        profile.mkdir()
        code = run(parse(case["words"]), profile, connect=practice.connect)
        sys.stdout.write(f"{END}{int(code)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
