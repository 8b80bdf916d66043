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


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureTexts:
    """Words of an erasure certificate."""

    title: str
    lead: str
    by: str
    number: str
    begun: str
    finished: str
    gone_title: str
    gone: tuple[str, ...]
    left_title: str
    correspondents: str
    outside: str
    host: str
    absent: str
    computers: str
    check: str


ERASURE: Final = {
    WordLanguage.FRENCH: ErasureTexts(
        title="Attestation d’effacement",
        lead="Ce qui suit a été effacé définitivement de l’ordinateur qui a signé cette attestation. Elle ne dit pas de qui il s’agissait.",
        by="Signée par",
        number="Numéro",
        begun="Demandé le",
        finished="Achevé le",
        gone_title="Ce qui est effacé",
        gone=(
            "Lettres : {letters}. Documents : {documents}. Brouillons : {drafts}. Avec leurs textes, leurs mots dans la recherche et leurs clés.",
            "Le coffre a été réécrit sous une nouvelle clé, et l’ancienne a été détruite : les clés d’aujourd’hui n’ouvrent rien de ce qui en resterait sur le disque.",
            "Copies de sauvegarde détruites : {destroyed}.",
        ),
        left_title="Ce qui peut rester ailleurs",
        correspondents="Correspondants qui ont écrit ou reçu ces lettres : {correspondents}. Leurs exemplaires et leurs impressions relèvent d’eux.",
        outside="Ce qui a été imprimé, enregistré ailleurs ou transmis à un autre logiciel n’est pas concerné.",
        host="Une copie technique de l’hébergeur du relais peut garder des éléments chiffrés jusqu’au {date}.",
        absent="Copies de sauvegarde dont le disque n’était pas là : {absent}. Elles seront détruites dès qu’il sera rebranché.",
        computers="Autres ordinateurs du même compte : {computers}. Chacun efface à son tour et signe sa propre attestation.",
        check="Le fichier .zip de même nom prouve cette attestation sans le programme : python3 packaging/verify-receipts FICHIER.",
    ),
    WordLanguage.ENGLISH: ErasureTexts(
        title="Erasure certificate",
        lead="What follows was erased for good from the computer that has signed this certificate. It does not say who it was about.",
        by="Signed by",
        number="Number",
        begun="Asked for",
        finished="Finished",
        gone_title="What is erased",
        gone=(
            "Letters: {letters}. Documents: {documents}. Drafts: {drafts}. With their texts, their words in the search, and their keys.",
            "The vault was written anew under another key, and the one before was destroyed: the keys of today open nothing of it that may be left on the disk.",
            "Backups destroyed: {destroyed}.",
        ),
        left_title="What may be elsewhere",
        correspondents="Correspondents who wrote or received these letters: {correspondents}. Their copies and printouts are theirs to decide about.",
        outside="What was printed, saved elsewhere or handed to other software is not part of it.",
        host="A technical backup of the relay’s host may hold something encrypted until {date}.",
        absent="Backups whose disk was not there: {absent}. They are destroyed as soon as it is plugged in again.",
        computers="Other computers of the same account: {computers}. Each erases in its turn and signs a certificate of its own.",
        check="The .zip file of the same name proves this certificate without the program: python3 packaging/verify-receipts FILE.",
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
