# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scenes of bad days: the kit is tried, shared and lost; the laptop is gone, and somebody starts again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from letters import IMAGE_NAME, SUBJECT, compare_files, compare_text, documents
from stage import both, made, require, say, title, written

if TYPE_CHECKING:
    from programs import DemoRelay, Practitioner
    from stage import Timings

WAITING: Final = "Pour votre retour"
WAITING_TEXT: Final = "Mme Jeanne Duval vous attend lundi. J’espère que l’ordinateur se retrouve.\n"
WEEK_DAYS: Final = 7
GIVEN_BACK_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Precautions:
    """What was put aside while all was well."""

    backup: Path
    shares: tuple[Path, ...]


def prepare(karim: Practitioner, claire: Practitioner, home: Path, timings: Timings) -> Precautions:
    """Let one rehearse, share and back up, while the other one's kit cannot be found."""
    title("Before anything happens")
    with timings.measured("kits: rehearsed, shared, backup; replaced, called off"):
        put_aside, _ = both(lambda: _put_aside(claire, home), lambda: _lose_kit(karim))
    say(f"{claire.name} has tried the kit on paper: it opens what it will have to open.")
    say("Three colleagues have a share of it in words; two together give it back, one does not.")
    size = put_aside.backup.stat().st_size / 1e6
    say(f"A backup of {size:.1f} MB is on a USB disk; the kit opens it, and nothing else does.")
    say(
        f"{karim.name} cannot find his kit, and makes another one, which counts in a week: time enough"
    )
    say("to notice a thief who does that. He finds the old one, and calls the new one off with it.")
    return put_aside


def _put_aside(claire: Practitioner, home: Path) -> Precautions:
    kit = ("--kit-file", str(claire.paper / "kit.txt"))
    claire.run("recovery", "rehearse", *kit)
    texts = claire.run("recovery", "split", "--threshold", "2", "--count", "3", *kit)["texts"]
    shares = tuple(
        claire.sheet(f"share-{number}.txt", text) for number, text in enumerate(texts, 1)
    )
    alone = claire.refused("recovery", "join", "--shares-file", str(shares[0]))
    require(alone == "shares-invalid", "one share alone gives the kit back")
    backup = claire.run("recovery", "backup", "--to", str(made(home / "usb")))["path"]
    return Precautions(backup=home / "usb" / backup, shares=shares)


def _lose_kit(karim: Practitioner) -> None:
    sheet = karim.fresh("recovery", "create")
    days = (sheet["counts_at"] / 1000 - datetime.now(UTC).timestamp()) / 86_400
    require(WEEK_DAYS - 0.1 < days <= WEEK_DAYS + 0.1, "a new kit counts too early or too late")
    karim.put_on_paper(sheet, "kit-2.txt")
    safety = karim.run("status")["safety"]
    require(safety["kit"] == "announced", "a new kit counts at once")
    karim.run("recovery", "veto", "--kit-file", str(karim.paper / "kit.txt"))


def lose_laptop(
    relay: DemoRelay,
    karim: Practitioner,
    claire: Practitioner,
    put_aside: Precautions,
    timings: Timings,
) -> Practitioner:
    """Start again on a new computer with kit, passphrase and backup; return that computer."""
    title("The laptop is lost")
    home = relay.data.parent
    written(home / "sent" / "retour.txt", WAITING_TEXT)
    karim.send(claire, WAITING, home / "sent" / "retour.txt")
    say(f"{karim.name}’s next letter waits for a computer that nobody has any more.")

    new = claire.at(home / "p-claire-nouveau")
    with timings.measured("restored: two shares, passphrase and backup"):
        both = claire.paper / "two-shares.txt"
        written(both, "\n".join(share.read_text("utf-8") for share in put_aside.shares[1:]))
        kit = new.run("recovery", "join", "--shares-file", str(both))["text"]
        require(
            kit.split() == (claire.paper / "kit.txt").read_text("utf-8").split(),
            "two shares give another kit back",
        )
        joined = written(claire.paper / "joined-kit.txt", kit)
        kit_file = ("--kit-file", str(joined))
        restore = ("recovery", "restore", "--enrolment", relay.enrolment, *kit_file, "--yes")
        answer = new.run(*restore, "--backup", str(put_aside.backup))
        require(answer["account"] == claire.account, "another account came back")
        new.take_over(answer)
        new.run("login", "--otp", new.code())
        new.run("recovery-codes", "confirm")
        (contact,) = new.run("contact", "list")["rows"]
        require(
            (contact["account"], contact["state"]) == (karim.account, "accepted"),
            "her correspondent did not come back",
        )
        old = new.received(SUBJECT)
        saved = new.run("save", old["message"], "--to", str(made(home / "nouveau")))["files"]
    compare_files([*documents(), home / "sent" / IMAGE_NAME], saved)
    say("On a new computer: two colleagues’ shares are the kit, her passphrase, and the backup.")
    say(
        "Address, correspondents, letters and documents are back; telephone and recovery codes are new."
    )
    require(
        claire.refused("sync") in {"device-removed", "sign-in-needed"},
        "the lost computer is still served",
    )
    say("Whoever finds the lost one finds it shut out.")

    with timings.measured("waiting letter, sealed again by its sender"):
        deadline = time.monotonic() + GIVEN_BACK_SECONDS
        while not karim.run("contact", "show", claire.account)["contact"]["is_blocked"]:
            in_time = time.monotonic() < deadline
            require(in_time, "the relay does not give back what waits, or keys go unnoticed")
        say(
            f"{karim.name} is asked to look first: all her keys are new. He telephones, and lets letters go out."
        )
        karim.run("contact", "acknowledge", claire.account)
        compare_text(new.received(WAITING), WAITING, WAITING_TEXT)
    say("His program seals the waiting letter again by itself, and it arrives. Nothing was lost.")
    return new
