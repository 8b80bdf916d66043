# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from itertools import combinations

import pytest

from app.engine.namesakes import are_alike, are_same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Dr Anne Lefèvre", "anne LEFEVRE"),
        ("Lefèvre Anne", "Pr Anne Lefèvre"),
        ("Jean-Pierre Martin", "Martin Jean Pierre"),
        ("Jean-Pierre Martin", "Jean Martin"),
        ("J. Martin", "Jean Martin"),
        ("Lucie Durand", "Lucie Durant"),
        ("Lucie Durand", "Luice Durand"),
        ("Lucie Durand", "Lucie Durrand"),
        ("Mme Cœur", "Coeur"),
        ("Docteur", "docteur"),
        ("Marie Le Goff", "Marie Legoff"),
        ("Dominique Le Roy", "Dominique Leroy"),
        ("Aline Petit-Jean", "Aline Petitjean"),
        ("Paul N'Guyen", "Paul Nguyen"),
        ("Dr. J.-P. Martin", "Jean-Pierre Martin"),
        ("Dr Martin", "Jean Martin"),
        ("Anne Bernard", "Anne Bemard"),
        # Letters of other alphabets: Cyrillic, one with an accent; Greek capitals; both, in capitals.
        ("\u0410nne M\u043er\u0435l", "Anne Morel"),
        ("L\u0451a M\u043er\u0435l", "Léa Morel"),
        ("\u039dathalie \u0392oyer", "Nathalie Boyer"),
        ("\u041d\u0391\u039c\u041e\u039d Luc", "Hamon Luc"),
        # A name that is Greek in truth.
        ("\u039d\u0399\u039a\u039f\u03a3", "\u039d\u03b9\u03ba\u03bf\u03c2"),
    ],
)
def test_names_that_are_taken_for_each_other(first: str, second: str) -> None:
    assert are_alike(first, second)
    assert are_alike(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Anne Martin", "Paul Martin"),
        ("Anne Roy", "Anne Rey"),
        ("Anne Martin", "Paule Lucie Martin"),
        ("Anna Martin", "Anne Marlin"),
        ("", "Anne Martin"),
        ("Anne", "Jeanne Martin"),
        ("Marie Le Goff", "Anne Legoff"),
        ("Marie Le Roy", "Marie Claude Royer"),
        ("", ""),
        ("Dr. A. B.", "Dr. A. C."),
        ("J. Martin", "Paul Martin"),
    ],
)
def test_names_that_are_two(first: str, second: str) -> None:
    assert not are_alike(first, second)
    assert not are_alike(second, first)


def test_who_is_addressed_is_not_who_only_looks_so() -> None:
    assert are_same("Dr Anne MOREL", "Morel Anne")
    assert not are_same("\u0410nne Morel", "Anne Morel")


def test_colleagues_of_the_usual_names_are_seldom_alike() -> None:
    given = [
        "Marie",
        "Nathalie",
        "Claire",
        "Sophie",
        "Jean",
        "Philippe",
        "Nicolas",
        "Olivier",
        "Jean-Luc",
        "Marie-Claude",
    ]
    families = [
        "Martin",
        "Bernard",
        "Thomas",
        "Petit",
        "Durand",
        "Dubois",
        "Moreau",
        "Laurent",
        "Lefebvre",
        "Girard",
    ]
    names = [f"{one} {other}" for one in given for other in families]
    alike = {(one, other) for one, other in combinations(names, 2) if are_alike(one, other)}
    # Somebody who is called by the half of a given name, and nobody else.
    assert alike == {
        (f"{short} {family}", f"{long} {family}")
        for short, long in (("Marie", "Marie-Claude"), ("Jean", "Jean-Luc"))
        for family in families
    }
