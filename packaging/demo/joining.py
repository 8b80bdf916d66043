# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scenes in which people come: register, put a kit on paper, find each other, and make sure who the other one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stage import both, require, say, title, written

if TYPE_CHECKING:
    from programs import DemoRelay, Practitioner
    from stage import Timings


def join(relay: DemoRelay, karim: Practitioner, claire: Practitioner, timings: Timings) -> None:
    """Let the two register with two factors each, and put their recovery kits on paper."""
    title("Two practitioners join the relay")
    with timings.measured("two registrations, sign-ins and kits"):
        both(
            lambda: _register(karim, relay, "--place", "Antibes", "--listed"),
            lambda: _register(claire, relay, "--place", "Valbonne"),
        )
    say(f"{karim.name}, {karim.profession}: {karim.account} (in the directory)")
    say(f"{claire.name}, {claire.profession}: {claire.account} (not in the directory)")
    say(
        "The passphrase alone, which the relay never learns, lets nobody in: a code of the telephone "
        "goes with it."
    )
    say(
        "Each has a recovery kit on paper; the computer has forgotten it once a group was read back "
        "from there."
    )


def _register(person: Practitioner, relay: DemoRelay, *options: str) -> None:
    answer = person.run(
        "register",
        *("--enrolment", relay.enrolment, "--invitation", relay.administer("invite")),
        *("--name", person.name, "--profession", person.profession),
        *options,
    )
    person.take_over(answer)
    require(person.refused("sync") == "sign-in-needed", "the passphrase alone lets somebody in")
    person.run("login", "--otp", person.code())
    sheet = person.run("recovery", "show")
    person.put_on_paper(sheet, "kit.txt")
    require(person.refused("recovery", "show") == "kit-gone", "the kit can still be shown")
    person.run("recovery-codes", "confirm")


def meet(karim: Practitioner, claire: Practitioner, timings: Timings) -> None:
    """Let one find the other in the directory, ask, and be accepted."""
    title("They become correspondents")
    with timings.measured("contact request and acceptance"):
        found = claire.run("directory", "Benali")["rows"]
        require(
            [row["account"] for row in found] == [karim.account],
            "the directory does not show whom it should, or more",
        )
        claire.run("contact", "add", karim.account, "--note", "Pour Mme Jeanne Duval")
        (request,) = karim.run("contact", "list")["rows"]
        say(f"{karim.name} sees the request: “{request['note']}”")
        karim.run("contact", "accept", claire.account)
        claire.run("sync")


def make_sure(
    relay: DemoRelay, karim: Practitioner, claire: Practitioner, letter: str, timings: Timings
) -> None:
    """Let operator and colleagues make sure who is who, before anything confidential is sent."""
    title("Who is this person?")
    with timings.measured("who is this: operator, and twelve words"):
        text = written(claire.paper / "question.txt", letter)
        question = ("send", "--to", karim.account, "--subject", "Une question", "--body", str(text))
        require(
            claire.refused(*question) == "unverified-recipient",
            "a letter goes to somebody of whom nobody has said who that is",
        )
        say(
            f"{claire.name} cannot write to {karim.name} by mistake: so far nobody but himself says who he is."
        )
        say(f"The relay’s operator looks him up in the national register: {relay.verify(karim)}.")
        known = claire.run("contact", "show", karim.account)
        require(known["contact"]["trust"] == "verified", "the operator’s check does not count")
        (given,) = known["assurances"]
        require(given["document"] == "professional-register", "it is not said what was looked at")
        mine, yours = both(
            lambda: karim.run("contact", "words", claire.account)["words"],
            lambda: claire.run("contact", "words", karim.account)["words"],
        )
        require(mine == yours and len(mine) == 12, "the two do not see the same words")
        say(f"On the telephone both read out the same twelve words: {' '.join(mine)}.")
        both(
            lambda: karim.run("contact", "verify", claire.account, "--how", "by-phone"),
            lambda: claire.run("contact", "verify", karim.account, "--how", "by-phone"),
        )
        claire.run(*question)
        require(
            karim.received("Une question")["text"].strip() == letter.strip(), "it is another text"
        )
    say(f"From now on both are verified, each for the other; {claire.name}’s question has arrived.")


def change_factors(claire: Practitioner, timings: Timings) -> None:
    """Let somebody get another telephone, give the old one up, and use a recovery code once."""
    title("Another telephone")
    with timings.measured("second factors: added, removed, a recovery code"):
        (old,) = claire.run("factor", "list")["rows"]
        offered = claire.run("factor", "add", "totp", "--name", "téléphone du cabinet")
        before = claire.phone
        claire.add_telephone(offered["totp_uri"])
        # Before it is taken, the new telephone must show a code; both factors were shown a moment ago.
        added = claire.run("factor", "confirm", claire.code())
        claire.run("factor", "remove", old["factor"])
        require(
            claire.refused("sync") == "sign-in-needed",
            "a session outlives the telephone that it was opened with",
        )
        claire.run("login", "--otp", claire.code())
        listed = claire.run("factor", "list")
        require(
            [row["factor"] for row in listed["rows"]] == [added["factor"]],
            "the list of factors is not what was just made of it",
        )
        say(
            f"{claire.name} adds “{added['name']}” and removes the first telephone; what was opened with it ends."
        )
        require(
            claire.refused("login", "--otp", before.code()) == "second-factor-refused",
            "the removed telephone still signs in",
        )
        code = written(claire.paper / "recovery-code.txt", claire.recovery_codes[0])
        used = claire.run("login", "--recovery-code", str(code))
        require(used["recovery_codes_left"] == 9, "a recovery code was not counted")
        require(
            claire.refused("login", "--recovery-code", str(code)) == "second-factor-refused",
            "a recovery code serves twice",
        )
    say("The removed one no longer signs in; a printed recovery code does, once.")
