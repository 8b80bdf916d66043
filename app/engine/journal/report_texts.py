# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands in reports of the journal, in French and English, for people who do not know the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.interface.journal import DeedKind, ReportReader
from crypto_core.wire.words import WordLanguage


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTexts:
    """Words of a report; `{…}` is filled in."""

    titles: dict[ReportReader, str]
    months: tuple[str, ...]
    owner: str
    made: str
    period: str
    always: str
    since: str
    until: str
    between: str
    person: str
    patient: str
    kind: str
    kinds: dict[DeedKind, str]
    one_letter: str
    that_letter: str
    acts: str
    waiting: str
    columns: dict[str, str]
    relay: str
    gone: str
    letter: str
    no_subject: str
    standing_waiting: str
    standing_told: str
    standing_logged: str
    times: str
    """How a number of times, or of things, stands behind an act."""
    what: str
    notes: dict[ReportReader, tuple[tuple[str, tuple[str, ...]], ...]]
    page: str
    remarks: str
    letters_changed: str


_LIMITS_FR: Final = (
    "Ce que ce rapport ne montre pas",
    (
        (
            "Les heures sont celles de l’horloge de l’ordinateur où l’acte a été fait. Un ordinateur dont le logiciel a été "
            "modifié peut ne pas tout noter. Le journal ne dit pas qui était assis devant l’ordinateur."
        ),
        (
            "Le journal sert à protéger les données de santé et à rendre compte de leur usage. Il n’est pas fait pour "
            "surveiller le personnel, et ne doit pas servir à cela."
        ),
    ),
)
_LIMITS_EN: Final = (
    "What this report does not show",
    (
        (
            "Times are those of the clock of the computer where the act was done. A computer whose program was changed may "
            "not note everything. The journal does not say who sat at the computer."
        ),
        (
            "The journal is there to protect health data and to account for its use. It is not for watching staff, and "
            "must not be used for that."
        ),
    ),
)
_SOURCE_FR: Final = (
    "D’où vient ce rapport",
    (
        (
            "Il est tiré du journal scellé que U-HealthSec tient sur les ordinateurs du praticien, et dont le relais "
            "conserve la trace sans pouvoir la lire. «\u202finscrit\u202f»\u202f: l’acte est dans le journal du relais, et sa preuve a "
            "été vérifiée. «\u202fen attente\u202f»\u202f: il n’y est pas encore. «\u202fattesté par le correspondant\u202f»\u202f: son ordinateur l’a "
            "signé dans un accusé."
        ),
    ),
)
_SOURCE_EN: Final = (
    "Where this report comes from",
    (
        (
            "It is taken from the sealed journal that U-HealthSec keeps on the practitioner's computers, and of which the "
            'relay keeps a trace that it cannot read. "recorded": the act is in the relay\'s journal, and its proof was '
            'verified. "waiting": it is not there yet. "told by the correspondent": their computer has signed it in a '
            "receipt."
        ),
    ),
)
_CHECK_FR: Final = (
    "Pour vérifier",
    (
        (
            "Ce rapport se lit\u202f; il ne prouve rien seul. Demandez au praticien le fichier de preuves de la même période "
            "(commande «\u202fuhealthsec audit export\u202f»), et vérifiez-le avec le programme «\u202fpackaging/verify-receipts\u202f» du code "
            "source, option --list. Chaque acte inscrit y figure à la même place du journal\u202f; l’option --receipt PLACE en "
            "donne la feuille, dont voici l’empreinte."
        ),
        (
            "Place\u202f: numéro de la feuille dans le journal du relais, compté depuis 0. Empreinte\u202f: SHA-256 de la feuille "
            "(RFC 9162, paragraphe 2.1.1). Demandez au responsable du relais, par une autre voie, les clés de son journal."
        ),
    ),
)
_CHECK_EN: Final = (
    "How to verify",
    (
        (
            "This report is for reading; alone it proves nothing. Ask the practitioner for the evidence file of the same "
            'period (command "uhealthsec audit export"), and check it with the program "packaging/verify-receipts" of the '
            "source code, option --list. Each recorded act is in it at the same place of the journal; the option --receipt "
            "PLACE gives its leaf, of which this is the hash."
        ),
        (
            "Place: number of the leaf in the relay's journal, counted from 0. Hash: SHA-256 of the leaf (RFC 9162, "
            "section 2.1.1). Ask whoever runs the relay, by another way, for the keys of its journal."
        ),
    ),
)

TEXTS: Final = {
    WordLanguage.FRENCH: ReportTexts(
        titles={
            ReportReader.PATIENT: "Qui a fait quoi de vos courriers et documents",
            ReportReader.INSPECTION: "Journal des actes",
            ReportReader.COURT: "Journal des actes, avec leurs preuves",
        },
        months=(
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ),
        owner="Praticien",
        made="Établi le",
        period="Période",
        always="depuis le début du journal",
        since="à partir du {since}",
        until="jusqu’au {until}",
        between="du {since} au {until}",
        person="Personne",
        patient="Patient",
        kind="Genre d’actes",
        kinds={
            DeedKind.LETTERS: "courriers",
            DeedKind.DOCUMENTS: "documents",
            DeedKind.PEOPLE: "correspondants",
            DeedKind.PATIENTS: "patients",
            DeedKind.ACCESS: "accès et ordinateurs",
            DeedKind.OTHER: "autres actes",
        },
        one_letter="Courrier",
        that_letter="un seul courrier",
        acts="Actes",
        waiting="{acts}, dont {waiting} pas encore inscrits au journal du relais",
        columns={
            "at": "Date et heure",
            "who": "Qui",
            "deed": "Acte",
            "what": "Courrier et document",
            "people": "Correspondant",
            "patient": "Patient",
            "computer": "Ordinateur",
            "standing": "État",
            "entry": "N°",
            "logged_at": "Heure du relais",
            "place": "Place",
            "hash": "Empreinte (SHA-256)",
            "letter": "N° du courrier",
        },
        relay="le relais",
        gone="un courrier qui n’est plus ici",
        letter="un courrier",
        no_subject="un courrier sans objet",
        standing_waiting="en attente",
        standing_told="attesté par le correspondant",
        standing_logged="inscrit",
        times="{deed} ({count})",
        what="{letter}, document «\u202f{document}\u202f»",
        notes={
            ReportReader.PATIENT: (
                (
                    "Ce que vous lisez",
                    (
                        (
                            "Chaque ligne dit qui a fait quelque chose d’un courrier ou d’un document qui vous concerne, "
                            "et quand\u202f: le praticien nommé ci-dessus, ou un correspondant à qui il a écrit."
                        ),
                        (
                            "Les heures sont celles de l’ordinateur où cela a été fait. Si une ligne vous étonne, demandez "
                            "au praticien\u202f; chaque acte peut être prouvé à un expert."
                        ),
                    ),
                ),
            ),
            ReportReader.INSPECTION: (_SOURCE_FR, _LIMITS_FR),
            ReportReader.COURT: (_SOURCE_FR, _CHECK_FR, _LIMITS_FR),
        },
        page="Page {number} sur {count}",
        remarks="Remarques",
        letters_changed="Des lettres que cette mise en page n’a pas sont écrites sans accent, ou par un point "
        "d’interrogation. Le même rapport au format CSV les a toutes.",
    ),
    WordLanguage.ENGLISH: ReportTexts(
        titles={
            ReportReader.PATIENT: "Who did what with your letters and documents",
            ReportReader.INSPECTION: "Journal of acts",
            ReportReader.COURT: "Journal of acts, with their proofs",
        },
        months=(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        owner="Practitioner",
        made="Made on",
        period="Period",
        always="since the journal began",
        since="from {since} on",
        until="until {until}",
        between="from {since} to {until}",
        person="Person",
        patient="Patient",
        kind="Kind of acts",
        kinds={
            DeedKind.LETTERS: "letters",
            DeedKind.DOCUMENTS: "documents",
            DeedKind.PEOPLE: "correspondents",
            DeedKind.PATIENTS: "patients",
            DeedKind.ACCESS: "access and computers",
            DeedKind.OTHER: "other acts",
        },
        one_letter="Letter",
        that_letter="one letter only",
        acts="Acts",
        waiting="{acts}, of which {waiting} are not in the relay's journal yet",
        columns={
            "at": "Date and time",
            "who": "Who",
            "deed": "Act",
            "what": "Letter and document",
            "people": "Correspondent",
            "patient": "Patient",
            "computer": "Computer",
            "standing": "State",
            "entry": "No.",
            "logged_at": "Relay's time",
            "place": "Place",
            "hash": "Hash (SHA-256)",
            "letter": "Letter's number",
        },
        relay="the relay",
        gone="a letter that is no longer here",
        letter="a letter",
        no_subject="a letter without a subject",
        standing_waiting="waiting",
        standing_told="told by the correspondent",
        standing_logged="recorded",
        times="{deed} ({count})",
        what='{letter}, document "{document}"',
        notes={
            ReportReader.PATIENT: (
                (
                    "What you read",
                    (
                        (
                            "Each line says who did something with a letter or a document about you, and when: the "
                            "practitioner named above, or a correspondent to whom they wrote."
                        ),
                        (
                            "Times are those of the computer where it was done. If a line surprises you, ask the "
                            "practitioner; each act can be proven to an expert."
                        ),
                    ),
                ),
            ),
            ReportReader.INSPECTION: (_SOURCE_EN, _LIMITS_EN),
            ReportReader.COURT: (_SOURCE_EN, _CHECK_EN, _LIMITS_EN),
        },
        page="Page {number} of {count}",
        remarks="Remarks",
        letters_changed="Letters that these pages do not have are written without their accent, or as a question mark. "
        "The same report as CSV has them all.",
    ),
}
