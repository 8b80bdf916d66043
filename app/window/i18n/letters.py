# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters that practitioners begin with often, in both languages, and the names of their fields.

These are whole texts of a language's own, not translations of each other, so they are not in the catalogues.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from app.window.marked_text import MarkedText, marked
from crypto_core.wire.names import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTemplate:
    """A letter to begin with. Fields stand between braces; see `Fields`."""

    name: str
    subject: str = field(repr=False)
    written: str = field(repr=False)
    """Text in the few signs that `marked_text.marked` knows."""
    is_answer_wanted: bool = False

    @property
    def text(self) -> MarkedText:
        """The text with its marks."""
        return marked(self.written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What is known when a template is taken; empty for what is not."""

    patient: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    recipient: str = ""
    today: str = ""
    own_name: str = ""
    own_profession: str = ""

    def value_of(self, name: str) -> str | None:
        """Return what goes in the place of a field, None for one that a person has to fill in."""
        known = _NAMES.get(fold(name))
        return getattr(self, known) or None if known else None


_NAMES: Final = {
    "patient": "patient",
    "patiente": "patient",
    "date de naissance": "birth_date",
    "date of birth": "birth_date",
    "correspondant": "recipient",
    "correspondent": "recipient",
    "destinataire": "recipient",
    "recipient": "recipient",
    "date": "today",
    "mon nom": "own_name",
    "my name": "own_name",
    "ma profession": "own_profession",
    "my profession": "own_profession",
}
"""The names that are filled in by themselves, in both languages: a letter may be in either."""


def _french(text: str) -> str:
    """Put in the blanks that French typography wants before high signs."""
    text = re.sub(r" ([;!?])", "\u202f\\1", text)
    return (
        text.replace(" :", "\u00a0:")
        .replace("« ", "«\u00a0")
        .replace(" »", "\u00a0»")
        .replace("'", "\u2019")
    )


def _template(
    name: str, subject: str, text: str, *, is_answer_wanted: bool = False
) -> LetterTemplate:
    return LetterTemplate(
        name=_french(name),
        subject=_french(subject),
        written=_french(text),
        is_answer_wanted=is_answer_wanted,
    )


FRENCH: Final = (
    _template(
        "Courrier au prescripteur",
        "{patient} : début de prise en charge",
        "Bonjour {correspondant},\n\n"
        "Vous m'avez adressé {patient}, né(e) le {date de naissance}, pour {motif}. Je vous en remercie.\n\n"
        "**Bilan initial**\n"
        "- {constat principal}\n"
        "- {limitation ou douleur}\n\n"
        "**Prise en charge proposée**\n"
        "{nombre} séances, à raison de {rythme}, avec pour objectif {objectif}.\n\n"
        "Je vous tiendrai informé(e) de l'évolution et reste à votre disposition.\n\n"
        "Bien confraternellement,",
    ),
    _template(
        "Bilan de fin de prise en charge",
        "{patient} : bilan de fin de prise en charge",
        "Bonjour {correspondant},\n\n"
        "La prise en charge de {patient}, né(e) le {date de naissance}, pour {motif} s'est terminée le {date}, "
        "après {nombre} séances.\n\n"
        "**Évolution**\n"
        "- Douleur : {au début} au début, {à la fin} à la fin\n"
        "- Fonction : {évolution de la fonction}\n\n"
        "**Conseils donnés**\n"
        "- {conseil}\n\n"
        "**Suite proposée**\n"
        "{suite}\n\n"
        "Bien à vous,",
    ),
    _template(
        "Compte rendu de consultation",
        "{patient} : compte rendu du {date}",
        "Bonjour {correspondant},\n\n"
        "J'ai vu {patient}, né(e) le {date de naissance}, ce {date} pour {motif}.\n\n"
        "**Examen**\n"
        "{examen}\n\n"
        "**Conclusion**\n"
        "{conclusion}\n\n"
        "**Conduite à tenir**\n"
        "1. {première mesure}\n"
        "2. {deuxième mesure}\n\n"
        "Bien confraternellement,",
    ),
    _template(
        "Résultat",
        "{patient} : résultat de {examen}",
        "Bonjour {correspondant},\n\n"
        "Vous trouverez ci-joint le résultat de {examen} de {patient}, né(e) le {date de naissance}, "
        "du {date de l'examen}.\n\n"
        "**À retenir** : {conclusion}\n\n"
        "Bien à vous,",
    ),
    _template(
        "Demande d'avis",
        "{patient} : demande d'avis",
        "Bonjour {correspondant},\n\n"
        "Je sollicite votre avis au sujet de {patient}, né(e) le {date de naissance}.\n\n"
        "**Contexte** : {contexte}\n\n"
        "**Ma question** : {question}\n\n"
        "**Déjà fait**\n"
        "- {examen ou traitement}\n\n"
        "Pourriez-vous me dire {ce que vous attendez}, si possible avant le {échéance} ?\n\n"
        "Je vous remercie de votre aide.",
        is_answer_wanted=True,
    ),
    _template(
        "Absence et remplacement",
        "Absence du {premier jour} au {dernier jour}",
        "Bonjour {correspondant},\n\n"
        "Je serai absent(e) du {premier jour} au {dernier jour}.\n\n"
        "{nom du remplaçant}, {profession}, assure mon remplacement au cabinet. "
        "Pour vos patients, vous pouvez le ou la joindre au {téléphone}.\n\n"
        "Un courrier que vous m'adressez ici pendant cette période sera lu à mon retour.\n\n"
        "Bien à vous,",
    ),
    _template(
        "Arrêt d'un confrère : reprise de ses patients",
        "Patients de {confrère} pendant son arrêt",
        "Bonjour {correspondant},\n\n"
        "{confrère} est en arrêt jusqu'au {date de reprise}. J'assure pendant ce temps le suivi des patients "
        "qui le souhaitent.\n\n"
        "Pour {patient}, né(e) le {date de naissance}, pourriez-vous me transmettre :\n"
        "- le dernier compte rendu\n"
        "- les traitements en cours\n"
        "- {autre élément utile}\n\n"
        "Le patient en est informé. Je vous remercie.",
        is_answer_wanted=True,
    ),
    _template(
        "Transmission infirmière",
        "{patient} : transmission du {date}",
        "Bonjour {correspondant},\n\n"
        "Passage chez {patient}, né(e) le {date de naissance}, le {date} à {heure}.\n\n"
        "**Cible** : {cible}\n"
        "**Données** : {constantes et observations}\n"
        "**Actions** : {soins réalisés}\n"
        "**Résultats** : {résultat}\n\n"
        "**À surveiller**\n"
        "- {point de surveillance}\n\n"
        "Prochain passage : {prochain passage}",
    ),
)

ENGLISH: Final = (
    LetterTemplate(
        name="Letter to the prescriber",
        subject="{patient}: beginning of treatment",
        written="Dear {correspondent},\n\n"
        "Thank you for referring {patient}, born on {date of birth}, for {reason}.\n\n"
        "**First assessment**\n"
        "- {main finding}\n"
        "- {limitation or pain}\n\n"
        "**Proposed treatment**\n"
        "{number} sessions, {how often}, with the aim of {aim}.\n\n"
        "I will keep you informed of the progress.\n\n"
        "Kind regards,",
    ),
    LetterTemplate(
        name="Report at the end of treatment",
        subject="{patient}: end of treatment",
        written="Dear {correspondent},\n\n"
        "The treatment of {patient}, born on {date of birth}, for {reason} ended on {date} after {number} "
        "sessions.\n\n"
        "**Progress**\n"
        "- Pain: {at the beginning} at the beginning, {at the end} at the end\n"
        "- Function: {progress of function}\n\n"
        "**Advice given**\n"
        "- {advice}\n\n"
        "**What next**\n"
        "{next steps}\n\n"
        "Kind regards,",
    ),
    LetterTemplate(
        name="Consultation report",
        subject="{patient}: report of {date}",
        written="Dear {correspondent},\n\n"
        "I saw {patient}, born on {date of birth}, on {date} for {reason}.\n\n"
        "**Examination**\n"
        "{examination}\n\n"
        "**Conclusion**\n"
        "{conclusion}\n\n"
        "**Plan**\n"
        "1. {first step}\n"
        "2. {second step}\n\n"
        "Kind regards,",
    ),
    LetterTemplate(
        name="Result",
        subject="{patient}: result of {test}",
        written="Dear {correspondent},\n\n"
        "Please find attached the result of {test} of {patient}, born on {date of birth}, "
        "of {day of the test}.\n\n"
        "**In short**: {conclusion}\n\n"
        "Kind regards,",
    ),
    LetterTemplate(
        name="Request for an opinion",
        subject="{patient}: your opinion, please",
        written="Dear {correspondent},\n\n"
        "I would be grateful for your opinion on {patient}, born on {date of birth}.\n\n"
        "**Background**: {background}\n\n"
        "**My question**: {question}\n\n"
        "**Done so far**\n"
        "- {test or treatment}\n\n"
        "Could you let me know {what you would like to know}, if possible before {deadline}?\n\n"
        "Many thanks,",
        is_answer_wanted=True,
    ),
    LetterTemplate(
        name="Absence and replacement",
        subject="Absence from {first day} to {last day}",
        written="Dear {correspondent},\n\n"
        "I shall be away from {first day} to {last day}.\n\n"
        "{name of the replacement}, {profession}, stands in for me at the practice. "
        "For your patients, the telephone number is {telephone}.\n\n"
        "A letter that you send me here meanwhile will be read on my return.\n\n"
        "Kind regards,",
    ),
    LetterTemplate(
        name="A colleague on sick leave: taking over their patients",
        subject="Patients of {colleague} during their leave",
        written="Dear {correspondent},\n\n"
        "{colleague} is on leave until {day of return}. Meanwhile I look after those of their patients "
        "who wish it.\n\n"
        "For {patient}, born on {date of birth}, could you send me:\n"
        "- the latest report\n"
        "- the present treatment\n"
        "- {anything else}\n\n"
        "The patient knows of this. Many thanks,",
        is_answer_wanted=True,
    ),
    LetterTemplate(
        name="Nursing handover",
        subject="{patient}: handover of {date}",
        written="Dear {correspondent},\n\n"
        "Visit to {patient}, born on {date of birth}, on {date} at {time}.\n\n"
        "**Focus**: {focus}\n"
        "**Data**: {measurements and observations}\n"
        "**Actions**: {care given}\n"
        "**Response**: {result}\n\n"
        "**To be watched**\n"
        "- {what to watch}\n\n"
        "Next visit: {next visit}",
    ),
)

# What people write when a document should be there, without case and accents.
_DOCUMENT_WORDS: Final = re.compile(
    r"\bci[- ]?joint|\bpieces? jointes?\b|\ben p\.?\s?j\b|\bp\.j\.|\bje (?:vous |te )?joins\b|\bci[- ]?apres en piece"
    r"|\battached\b|\battachments?\b|\bplease find (?:enclosed|the enclosed)\b|\benclosed\b|\bi enclose\b"
)

_PATIENT_WORDS: Final = re.compile(
    r"\bpatient(?:e|s|es)?\b|\bnee?(?:\(e\))? le\b|\bborn on\b|\bage(?:e)? de \d|\b\d{1,3} ans\b|\byears? old\b"
)


def templates(*, is_french: bool) -> tuple[LetterTemplate, ...]:
    """Return the templates that come with the program."""
    return FRENCH if is_french else ENGLISH


def speaks_of_document(text: str) -> bool:
    """Whether a text says that something comes with it; in either language, whatever the window's is."""
    plain = fold(text).replace("\u2011", "-").replace("\u2019", "'")
    return _DOCUMENT_WORDS.search(plain) is not None


def speaks_of_patient(text: str) -> bool:
    """Whether a text may be about a patient; in either language, whatever the window's is."""
    return _PATIENT_WORDS.search(fold(text)) is not None
