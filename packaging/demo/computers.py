# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scenes about computers: a second one is linked and removed, and a window locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from letters import IMAGE_NAME, SUBJECT, compare_files, compare_text, documents
from programs import line_of
from stage import both, made, require, say, title, written
from windows import open_window

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from programs import Practitioner
    from stage import Timings

TODAY: Final = "Résultat reçu"
TODAY_TEXT: Final = "Le bilan de Mme Jeanne Duval est normal. À demain.\n"
PROFILE_IN_USE: Final = 7
LOOKS: Final = 60


def link_and_remove(
    karim: Practitioner, claire: Practitioner, home: Path, letter: str, timings: Timings
) -> Practitioner:
    """Link a second computer with all of the past, use both, and remove it again; return that computer."""
    title("A second computer")
    laptop = claire.at(home / "p-claire-portable")
    claire.keep_fresh()
    with timings.measured("second computer: linked, with all letters and documents"):
        words = _link(claire, laptop)
        claire.run("sync")
        brought = laptop.received(SUBJECT)
        require(brought["is_brought"], "an old letter looks like a new one")
        compare_text(brought, SUBJECT, letter)
        saved = laptop.run("save", brought["message"], "--to", str(made(home / "portable")))
    compare_files([*documents(), home / "sent" / IMAGE_NAME], saved["files"])
    say(
        f"Both computers show “{' '.join(words)}”; then the letters of the past come over, documents and all."
    )

    with timings.measured("a letter to both computers, and removal"):
        text = written(home / "sent" / "resultat.txt", TODAY_TEXT)
        karim.send(claire, TODAY, text)
        for received in both(lambda: claire.received(TODAY), lambda: laptop.received(TODAY)):
            compare_text(received, TODAY, TODAY_TEXT)
        say("A new letter arrives on both.")
        (other,) = [row for row in claire.run("devices", "list")["rows"] if not row["is_current"]]
        claire.fresh("devices", "revoke", other["device"])
        answer, known = both(
            lambda: laptop.refused("sync"), lambda: karim.run("contact", "show", claire.account)
        )
        require(answer == "device-removed", "a removed computer is still served")
        require(
            {row["kind"] for row in known["history"]} >= {"computer-added", "computer-removed"},
            "correspondents are not told of computers that come and go",
        )
    say(
        f"Removed again, it is out at once. {karim.name} is told in two sentences that one came and went."
    )
    return laptop


def _link(old: Practitioner, new: Practitioner) -> list[str]:
    """Show the text on the old computer, answer it on the new one, and compare three words."""
    with old.started("link", "show", "--yes", "-") as showing:
        text = written(old.paper / "link.txt", line_of(showing.stdout)["text"])
        join = ("link", "join", "--text-file", str(text), "--name", "Portable", "--otp", old.code())
        with new.started(*join) as joining:
            words: list[str] = line_of(joining.stdout)["words"]
            assert showing.stdin is not None  # noqa: S101 - a pipe was asked for
            with showing.stdin as answer:
                answer.write(" ".join(words).encode() + b"\n")
            require(line_of(joining.stdout)["outcome"] == "done", "the computers were not linked")
    return words


def lock_window(karim: Practitioner, claire: Practitioner, home: Path, timings: Timings) -> None:
    """Lock an open window from outside; its engine process, and every key with it, is gone."""
    title("Locking")
    with timings.measured("a window opened, and locked by command"):
        window = open_window(claire)
        try:
            text = written(home / "sent" / "rappel.txt", TODAY_TEXT)
            sent = karim.send(claire, "Rappel", text)["message"]
            _wait_until_delivered(karim, sent, window)
            say("A letter arrives in the open window by itself.")
            require(
                claire.refused("sync") == "profile-in-use", "two programs have one profile open"
            )
            claire.run("lock")
            # The store can be opened elsewhere: the process that had its keys is gone, the window is not.
            claire.run("sync")
            require(window.poll() is None, "the window has ended instead of locking")
        finally:
            window.terminate()
            window.wait()
    say(
        "“uhealthsec lock” locks it: the process that held every key has ended, the window shows the lock."
    )


def _wait_until_delivered(
    sender: Practitioner, message: str, window: subprocess.Popen[bytes]
) -> None:
    for _ in range(LOOKS):
        require(window.poll() is None, "the window has ended")
        rows = sender.run("receipts", message)["rows"]
        if any(row["state"] == "delivered" for row in rows):
            return
    require(False, "the letter has not reached the window")  # noqa: FBT003 - as above
