# SPDX-License-Identifier: AGPL-3.0-or-later
"""Professions to choose from: the national lists, and practitioners whom no national list knows.

Codes are those of the Agence du numérique en santé: TRE_G15-ProfessionSante (health professions),
TRE_R95-UsagerTitre (users of a protected title), TRE_R94-ProfessionSocial. Others have none, and no RPPS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from crypto_core.abks.french import fold


class Category(IntEnum):
    """What a profession may do under the law of medical confidentiality (articles L1110-4 and R1110-2 CSP)."""

    HEALTH = 1
    """A health professional of the code's fourth part (R1110-2, 1°)."""
    RELATED = 2
    """Another one whom R1110-2, 2° names: social workers, osteopaths, chiropractors, psychologists, psychotherapists."""
    OTHER = 3
    """Anybody else, and whose profession is in no list."""


RPPS: Final = re.compile(r"[0-9]{11}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profession:
    """A profession as the French list names it, and in English. `code` is empty outside the national lists."""

    code: str
    french: str
    english: str

    @property
    def has_rpps(self) -> bool:
        """Whether who exercises it is in the national register."""
        return bool(self.code)


PROFESSIONS: Final = tuple(
    Profession(code=code, french=french, english=english)
    for code, french, english in (
        ("10", "Médecin", "Physician"),
        ("21", "Pharmacien", "Pharmacist"),
        ("40", "Chirurgien-dentiste", "Dental surgeon"),
        ("50", "Sage-femme", "Midwife"),
        ("60", "Infirmier", "Nurse"),
        ("70", "Masseur-kinésithérapeute", "Physiotherapist"),
        ("80", "Pédicure-podologue", "Podiatrist"),
        ("91", "Orthophoniste", "Speech therapist"),
        ("92", "Orthoptiste", "Orthoptist"),
        ("94", "Ergothérapeute", "Occupational therapist"),
        ("95", "Diététicien", "Dietitian"),
        ("96", "Psychomotricien", "Psychomotor therapist"),
        ("71", "Ostéopathe", "Osteopath"),
        ("72", "Psychothérapeute", "Psychotherapist"),
        ("73", "Chiropracteur", "Chiropractor"),
        ("93", "Psychologue", "Psychologist"),
        ("26", "Audioprothésiste", "Hearing aid specialist"),
        ("28", "Opticien-lunetier", "Optician"),
        ("31", "Assistant dentaire", "Dental assistant"),
        ("32", "Physicien médical", "Medical physicist"),
        ("35", "Aide-soignant", "Nursing assistant"),
        ("36", "Ambulancier", "Ambulance crew"),
        ("37", "Auxiliaire de puériculture", "Child-care assistant"),
        ("38", "Préparateur en pharmacie hospitalière", "Hospital pharmacy technician"),
        ("39", "Préparateur en pharmacie", "Pharmacy technician"),
        ("81", "Orthoprothésiste", "Orthotist and prosthetist"),
        ("82", "Podo-orthésiste", "Pedorthist"),
        ("83", "Orthopédiste-orthésiste", "Orthopaedic fitter"),
        ("84", "Oculariste", "Ocularist"),
        ("85", "Épithésiste", "Anaplastologist"),
        ("86", "Technicien de laboratoire médical", "Medical laboratory technician"),
        ("98", "Manipulateur d’électroradiologie médicale", "Radiographer"),
        ("200", "Assistant de service social", "Social worker"),
        ("", "Naturopathe", "Naturopath"),
        ("", "Sophrologue", "Sophrologist"),
        ("", "Réflexologue", "Reflexologist"),
        ("", "Hypnothérapeute", "Hypnotherapist"),
        ("", "Secrétaire médical", "Medical secretary"),
    )
)
"""Those of everyday letters first, then the others in their groups."""


def profession_named(text: str) -> Profession | None:
    """Return the profession with this name in either language, whatever its case; None for an own word."""
    wanted = text.strip().casefold()
    return next(
        (
            each
            for each in PROFESSIONS
            if wanted in {each.french.casefold(), each.english.casefold()}
        ),
        None,
    )


_RELATED: Final = frozenset({"71", "72", "73", "93", "200"})
MINIMUM_NECESSARY: Final = frozenset({"71", "72", "93"})
"""Codes of professions whose Orders and unions remind them to write no more than is strictly necessary (R-20)."""


_BETWEEN: Final = re.compile(r"[\s'’/,;()&+]+")
_MARKS: Final = ".:"
_HEALTH_WORDS: Final = re.compile(
    r"medecins?|generalistes?|physicians?|gp|chirurgien\w*|surgeons?|dentistes?|dentists?"
    r"|stomatolog\w*|orthodont\w*|pharmacien\w*|pharmacists?|maieutic\w*|midwi\w*|sages?-?femmes?"
    r"|infirmi\w*|nurses?|idel?|ipa|kine|kines|kinesitherap\w*|mk|mko|physio\w*|podolog\w*|podiatr\w*|pedicur\w*"
    r"|orthophon\w*|logoped\w*|orthopti\w*|ergotherap\w*|psychomotric\w*|dietetic\w*|dieticien\w*|dietitians?"
    r"|audioproth\w*|opticien\w*|opticians?|prothesistes?|orthoprothesistes?|orthesistes?|ocularistes?"
    r"|ambulanci\w*|aides?-?soignant\w*|puericult\w*|radiograph\w*|manipulat(?:eurs?|rices?)|biologistes?|laboratoires?"
    r"|cardiolog\w*|dermatolog\w*|pediatr\w*|paediatr\w*|gynecolog\w*|obstetric\w*|psychiatr\w*|pedopsychiatr\w*"
    r"|radiolog\w*|anesthes\w*|anaesthet\w*|reanimat\w*|urgentistes?|rhumatolog\w*|rheumatolog\w*|neurolog\w*"
    r"|neurochirurg\w*|ophtalmolog\w*|ophthalmolog\w*|orl|oto\w*|pneumolog\w*|gastro\w*|hepatolog\w*|urolog\w*"
    r"|nephrolog\w*|endocrinolog\w*|diabetolog\w*|oncolog\w*|hematolog\w*|geriatr\w*|gerontolog\w*|internistes?"
    r"|infectiolog\w*|allergolog\w*|angiolog\w*|phlebolog\w*|addictolog\w*|algolog\w*"
)
_RELATED_WORDS: Final = re.compile(
    r"osteopath\w*|chiropract\w*|chiroprat\w*|psycholog\w*|neuropsycholog\w*|psychotherap\w*"
)


def category_of(text: str) -> Category:
    """Return the category of a profession as somebody states it.

    People write it in words of their own ("Cardiologue", "Infirmière libérale", "Kiné du sport"): a word that names a
    profession of the lists counts, and of several the one that the law says more about. What has none of them is of
    nobody whom the law names. Nobody has verified it: how sure a person's identity is, is said elsewhere (R-02).
    """
    profession = profession_named(text)
    if profession is not None and profession.code:
        return Category.RELATED if profession.code in _RELATED else Category.HEALTH
    if profession is not None:
        return Category.OTHER
    words = [
        fold(each.strip(_MARKS))
        for word in _BETWEEN.split(text)
        for each in (word, *word.split("-"))
    ]
    if any(map(_HEALTH_WORDS.fullmatch, words)):
        return Category.HEALTH
    if any(map(_RELATED_WORDS.fullmatch, words)):
        return Category.RELATED
    return Category.OTHER


def is_plausible_rpps(text: str) -> bool:
    """Return whether these are 11 digits that end with their check digit (Luhn, ISO/IEC 7812-1 annex B)."""
    if not RPPS.fullmatch(text):
        return False
    total = 0
    for place, digit in enumerate(reversed(text)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
