# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands on the printed pages, in French and English, for somebody who has just lost a computer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crypto_core.wire.words import WordLanguage


@dataclass(frozen=True, slots=True, kw_only=True)
class KitTexts:
    """Words of the kit's page. `steps` are what to do, in order."""

    title: str
    lead: str
    whose: str
    relay: str
    made: str
    address: str
    code: str
    picture: str
    steps_title: str
    steps: tuple[str, ...]
    keep_title: str
    keep: tuple[str, ...]
    not_back: str
    counts: str
    brief: str
    """The least that somebody needs who reads this language only; stands at the foot of the others' page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTexts:
    """Words of a share's page."""

    title: str
    lead: str
    words: str
    ask: str
    keep: str


KIT: Final = {
    WordLanguage.FRENCH: KitTexts(
        title="Sauvegarde papier",
        lead="Ce papier et votre phrase de passe vous rendent votre compte si votre ordinateur est perdu, volé ou en panne.",
        whose="Titulaire",
        relay="Relais",
        made="Fait le",
        address="Adresse",
        code="Code",
        picture="Le même code en image",
        steps_title="Ordinateur perdu, volé ou en panne ?",
        steps=(
            "Prenez un autre ordinateur et installez-y U-HealthSec.",
            "Au premier écran, choisissez « Retrouver mon compte ». Le texte d’inscription du relais se demande à son administrateur ; il n’est pas secret.",
            "Tapez le code : une faute de frappe vous sera montrée à sa place. Avec un numériseur, vous pouvez aussi ouvrir l’image numérisée ; supprimez-la ensuite.",
            "Tapez votre phrase de passe. Elle n’est pas écrite ici, et personne ne peut vous la redonner.",
            "Reliez votre téléphone comme le programme le demande. L’ancien ordinateur n’a alors plus accès à rien.",
        ),
        keep_title="Où garder ce papier",
        keep=(
            "Chez vous ou au coffre, pas à côté de l’ordinateur et pas en photo dans un téléphone.",
            "Ce papier ouvre votre ordinateur et vos sauvegardes sans phrase de passe. Ne le gardez avec aucun des deux, et n’y notez pas la phrase de passe : avec elle, il ouvre tout.",
            "Papier perdu, mais ordinateur là : Menu, Réglages, Sauvegardes, « Elle est perdue ». L’ancien papier ne vaut plus rien après 7 jours.",
        ),
        not_back="Reviennent : votre identité, vos correspondants, et le courrier qui attend encore. Les lettres déjà reçues ne reviennent que d’une sauvegarde.",
        counts="Ce nouveau papier compte à partir du {date}. Jusque-là, gardez aussi l’ancien.",
        brief="Français : ordinateur perdu, volé ou en panne ? Installez U-HealthSec sur un autre, choisissez « Retrouver mon compte », puis tapez ce code et votre phrase de passe.",
    ),
    WordLanguage.ENGLISH: KitTexts(
        title="Recovery kit",
        lead="This paper and your passphrase give you your account back if your computer is lost, stolen or broken.",
        whose="Holder",
        relay="Relay",
        made="Made on",
        address="Address",
        code="Code",
        picture="The same code as a picture",
        steps_title="Computer lost, stolen or broken?",
        steps=(
            "Take another computer and install U-HealthSec on it.",
            "On the first screen choose “Find my account again”. Ask the relay’s administrator for its enrolment text; it is no secret.",
            "Type the code: a mistake will be shown to you where it is. With a scanner you can also open a scan of the picture; delete it afterwards.",
            "Type your passphrase. It is not written here, and nobody can tell you what it is.",
            "Connect your telephone as the program asks. The old computer then has access to nothing any more.",
        ),
        keep_title="Where to keep this paper",
        keep=(
            "At home or in a safe, not beside the computer and not as a photograph in a telephone.",
            "This paper opens your computer and your backups without a passphrase. Keep it with neither, and do not write the passphrase on it: together they open everything.",
            "Paper lost, computer still there: Menu, Settings, Backups, “It is lost”. The old paper is void after 7 days.",
        ),
        not_back="What comes back: your identity, your correspondents, and mail that still waits. Letters received before come back from a backup only.",
        counts="This new kit counts from {date} on. Until then keep the old one too.",
        brief="English: computer lost, stolen or broken? Install U-HealthSec on another one, choose “Find my account again”, then type this code and your passphrase.",
    ),
}

SHARE: Final = {
    WordLanguage.FRENCH: ShareTexts(
        title="Part d’une sauvegarde papier",
        lead="On vous confie une part de la sauvegarde papier de {name}. Il en faut {threshold} sur {count} pour la reconstituer ; la vôtre seule n’apprend rien à personne.",
        words="Part {number} sur {count} : 33 mots anglais, dans l’ordre",
        ask="Si {name} vous la demande : assurez-vous de sa voix ou de son visage, puis donnez-lui les mots. Ne les envoyez pas par courriel.",
        keep="Gardez ce papier comme un document important, sous enveloppe fermée. N’en faites ni photo ni copie.",
    ),
    WordLanguage.ENGLISH: ShareTexts(
        title="A share of a recovery kit",
        lead="You have been given a share of the recovery kit of {name}. {threshold} of {count} give it back; yours alone tells nobody anything.",
        words="Share {number} of {count}: 33 English words, in order",
        ask="If {name} asks you for it: make sure of the voice or the face, then give the words. Do not send them by e-mail.",
        keep="Keep this paper like an important document, in a closed envelope. Make no photograph and no copy.",
    ),
}

MONTHS: Final = {
    WordLanguage.FRENCH: (
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
    WordLanguage.ENGLISH: (
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
}
