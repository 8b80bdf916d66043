# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a text is taken to speak of, in either language."""

from __future__ import annotations

import pytest

from app.window.i18n.letters import speaks_of_document, speaks_of_patient


@pytest.mark.parametrize(
    "text",
    [
        "Je vous adresse cette patiente de 54 ans.",
        "Né le 12/03/1961, il se plaint du dos.",
        "Née(e) le 3 octobre",
        "âgée de 7 mois",
        "She is 41 years old.",
        "Your patients were seen.",
    ],
)
def test_a_text_that_may_be_about_a_patient(text: str) -> None:
    assert speaks_of_patient(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bonjour, êtes-vous là jeudi ?",
        "Réunion le 12 mars à 14 h.",
        "Merci de votre patience.",
        "La surface est née de l’usage.",
    ],
)
def test_a_text_that_is_about_nobody(text: str) -> None:
    assert not speaks_of_patient(text)


def test_a_text_that_says_that_something_comes_with_it() -> None:
    assert speaks_of_document("Le bilan est ci-joint.")
    assert not speaks_of_document("Le bilan suivra.")
