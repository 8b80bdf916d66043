# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the command line says to people, in French and English. Imports `app.interface` only."""

from __future__ import annotations

import locale
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from app.interface.deed_words import DEED_WORDS
from app.interface.failures import Failure
from app.interface.folders import FolderTrouble
from app.interface.journal import JournalState, Standing, TimestampStanding
from app.interface.patients import RowProblem
from app.interface.rights import Ruling
from app.interface.snapshots import (
    AlarmKind,
    Comparison,
    ConnectionState,
    ContactState,
    DeliveryState,
    KeyNewsKind,
    LinkOutcome,
    Problem,
    ProfileState,
    Trust,
)
from crypto_core.wire.content import RefusalReason
from crypto_core.wire.decisions import DecisionKind
from crypto_core.wire.patients import Sex
from crypto_core.wire.sign_in import FactorKind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Language(Enum):
    """A language of the interface."""

    ENGLISH = "en"
    FRENCH = "fr"


def system_language(environment: Mapping[str, str]) -> Language:
    """Return the language of this system's user."""
    return choose_language(environment, locale.getlocale()[0])


def choose_language(environment: Mapping[str, str], system_locale: str | None) -> Language:
    """Return French for people whose system is French, else English (POSIX order of variables)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            wanted = environment[name]
            break
    else:
        wanted = system_locale or ""
    return Language.FRENCH if wanted.lower().startswith("fr") else Language.ENGLISH


_FRENCH_SPACES: Final = re.compile(r"(?<=«) | (?=[;:?!»])")
"""Spaces of French typography, which must not end a line; templates are written with plain ones."""


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; `{…}` is filled in."""

    english: str
    french: str

    def speak(self, language: Language, **values: object) -> str:
        """Return the sentence with its values."""
        if language is Language.ENGLISH:
            return self.english.format(**values)
        return _FRENCH_SPACES.sub("\N{NARROW NO-BREAK SPACE}", self.french).format(**values)


WAITING: Final = Text(
    "After a wrong passphrase the next one waits: {seconds} s.",
    "Après une phrase de passe erronée, la suivante attend : {seconds} s.",
)

FAILURES: Final[dict[Failure, Text]] = {
    Failure.LOCKED: Text(
        "The profile is locked. Give the command again, with the passphrase.",
        "Le profil est verrouillé. Relancez la commande, avec la phrase de passe.",
    ),
    Failure.ALREADY_UNLOCKED: Text(
        "The profile is already open. Go on with the next command.",
        "Le profil est déjà ouvert. Passez à la commande suivante.",
    ),
    Failure.NO_PROFILE: Text(
        "There is no account here yet. Create one with “register”, or choose another folder with --profile.",
        "Il n’y a pas encore de compte ici. Créez-le avec « register » ou choisissez un autre dossier avec --profile.",
    ),
    Failure.PROFILE_EXISTS: Text(
        "There is already an account here. Choose another folder with --profile.",
        "Il y a déjà un compte ici. Choisissez un autre dossier avec --profile.",
    ),
    Failure.PROFILE_IN_USE: Text(
        "The program is already open with this profile. Close it, or wait until it has finished.",
        "Le programme est déjà ouvert avec ce profil. Fermez-le ou attendez qu’il ait terminé.",
    ),
    Failure.PROFILE_DAMAGED: Text(
        "The store of this profile cannot be read; nothing was changed. Restore the folder from a backup.",
        "Les données de ce profil sont illisibles ; rien n’a été modifié. Restaurez le dossier depuis une sauvegarde.",
    ),
    Failure.PROFILE_NEWER: Text(
        "This profile was written by a newer version of the program. Update the program.",
        "Ce profil a été écrit par une version plus récente du programme. Mettez le programme à jour.",
    ),
    Failure.WRONG_PASSPHRASE: Text(
        "The passphrase is wrong. Try again.",
        "La phrase de passe n’est pas la bonne. Essayez de nouveau.",
    ),
    Failure.SIGN_IN_NEEDED: Text(
        "A sign-in at the relay is needed; what is here can still be read and written. Sign in: uhealthsec login --otp CODE",
        "Il faut se connecter au relais ; ce qui est ici reste lisible et modifiable. Connectez-vous : uhealthsec login --otp CODE",
    ),
    Failure.SECOND_FACTOR_REFUSED: Text(
        "The relay refused the sign-in. Wait for the next code and try again; the telephone’s clock must be set automatically, and each code serves once.",
        "Le relais a refusé la connexion. Attendez le code suivant et réessayez ; l’horloge du téléphone doit être réglée automatiquement, et chaque code ne sert qu’une fois.",
    ),
    Failure.TOO_MANY_ATTEMPTS: Text(
        "Too many attempts. Wait {detail} seconds, then try again.",
        "Trop d’essais. Attendez {detail} secondes, puis réessayez.",
    ),
    Failure.STEP_UP_NEEDED: Text(
        "The relay wants both factors shown just now. Give the same command with --otp CODE.",
        "Le relais veut voir les deux facteurs à l’instant. Relancez la même commande avec --otp CODE.",
    ),
    Failure.PROFILE_COPIED: Text(
        "This profile was copied, or put back from a backup: the relay no longer serves it. It stays readable; nothing is received or sent here. Go on with the copy that was used last. If you made no copy, call the relay’s administrator.",
        "Ce profil a été copié, ou remis en place depuis une sauvegarde : le relais ne le sert plus. Il reste lisible ; rien n’y est reçu ni envoyé. Continuez avec la copie utilisée en dernier. Si vous n’avez rien copié, appelez l’administrateur du relais.",
    ),
    Failure.DEVICE_REMOVED: Text(
        "This computer was removed from your account. What is here can be read; nothing is sent or received. If you did not do it, use your recovery kit.",
        "Cet ordinateur a été retiré de votre compte. Ce qui est ici reste lisible ; rien n’est envoyé ni reçu. Si ce n’est pas vous, utilisez votre sauvegarde papier.",
    ),
    Failure.UNKNOWN_DEVICE: Text(
        "This is not one of your computers. See “devices list”.",
        "Ce n’est pas un de vos ordinateurs. Voyez « devices list ».",
    ),
    Failure.OWN_DEVICE: Text(
        "A computer does not remove itself. Do it from another one.",
        "Un ordinateur ne se retire pas lui-même. Faites-le depuis un autre.",
    ),
    Failure.LINK_INVALID: Text(
        "This is neither the text of a linking picture nor twelve words. {detail}",
        "Ce n’est ni le texte d’une image de liaison, ni douze mots. {detail}",
    ),
    Failure.LINK_ENDED: Text(
        "This link has ended. Begin again on your other computer with “link show”.",
        "Cette liaison est terminée. Recommencez sur votre autre ordinateur avec « link show ».",
    ),
    Failure.LINK_TAKEN: Text(
        "Another computer has answered before this one. Do not confirm on your other computer; begin again there.",
        "Un autre ordinateur a répondu avant celui-ci. Ne confirmez pas sur votre autre ordinateur ; recommencez-y.",
    ),
    Failure.LINK_NOT_OFFERED: Text(
        "No computer has answered yet. Give “link join” on the new one, while “link show” waits here.",
        "Aucun ordinateur n’a encore répondu. Lancez « link join » sur le nouveau, pendant que « link show » attend ici.",
    ),
    Failure.LINK_OTHER_WORDS: Text(
        "The words differ: somebody else may have answered. Nothing was linked; begin again with “link show”, and show the new link to nobody else.",
        "Les mots diffèrent : quelqu’un d’autre a peut-être répondu. Rien n’a été lié ; recommencez par « link show », et ne montrez le nouveau lien à personne d’autre.",
    ),
    Failure.UNVERIFIED_RECIPIENT: Text(
        "Nobody has said who this is: {detail}. Compare words (“contact words”), or send with --unverified.",
        "Personne n’a dit de qui il s’agit : {detail}. Comparez les mots (« contact words ») ou envoyez avec --unverified.",
    ),
    Failure.CARD_INVALID: Text(
        "This is not a contact card, or it is damaged. Have it sent again, or add the address: “contact add”.",
        "Ce n’est pas une carte de contact, ou elle est abîmée. Demandez-la de nouveau ou ajoutez l’adresse : « contact add ».",
    ),
    Failure.NOTHING_TO_ACKNOWLEDGE: Text(
        "There is nothing to look at: letters to them are not held back.",
        "Il n’y a rien à examiner : les courriers ne sont pas retenus.",
    ),
    Failure.CONTACT_BLOCKED: Text(
        "You have blocked this person; unblock them first.",
        "Vous avez bloqué cette personne ; débloquez-la d’abord.",
    ),
    Failure.KEYS_UNPROVEN: Text(
        "The relay does not prove that this person’s keys are today’s. Try again later; if it stays so, call the relay’s administrator.",
        "Le relais ne prouve pas que les clés de cette personne sont celles d’aujourd’hui. Réessayez plus tard ; si cela dure, appelez l’administrateur du relais.",
    ),
    Failure.FACTOR_NOT_BEGUN: Text(
        "No telephone waits for its first code. Begin with “factor add totp”.",
        "Aucun téléphone n’attend son premier code. Commencez par « factor add totp ».",
    ),
    Failure.LAST_FACTOR: Text(
        "This is the only one: recovery codes alone are not enough. Add another one first.",
        "C’est le seul : les codes de secours ne suffisent pas. Ajoutez-en d’abord un autre.",
    ),
    Failure.UNKNOWN_FACTOR: Text(
        "There is no such factor. “factor list” shows them with their numbers.",
        "Ce facteur n’existe pas. « factor list » les montre avec leurs numéros.",
    ),
    Failure.TOO_MANY_FACTORS: Text(
        "There are ten already, which is the most. Remove one that is not used any more.",
        "Il y en a déjà dix, le maximum. Retirez-en un qui ne sert plus.",
    ),
    Failure.PASSPHRASE_CHANGED_LATELY: Text(
        "The passphrase was changed four times within a week, which is the most. Wait some days. If it was not you, restore the account with the recovery kit now: “recovery restore”.",
        "La phrase de passe a été changée quatre fois en une semaine, le maximum. Attendez quelques jours. Si ce n’était pas vous, restaurez le compte avec la sauvegarde papier dès maintenant : « recovery restore ».",
    ),
    Failure.SECURITY_KEY_MISSING: Text(
        "No security key is plugged in. Plug it in and try again.",
        "Aucune clé de sécurité n’est branchée. Branchez-la et recommencez.",
    ),
    Failure.SECURITY_KEY_FORBIDDEN: Text(
        "A security key is plugged in, but this user may not use it. Have the package libfido2-1 (Debian, Ubuntu: also libu2f-udev) installed, unplug the key and plug it in again.",
        "Une clé de sécurité est branchée, mais cet utilisateur n’y a pas accès. Faites installer le paquet libfido2-1 (Debian, Ubuntu : aussi libu2f-udev), débranchez la clé et rebranchez-la.",
    ),
    Failure.SECURITY_KEY_UNTOUCHED: Text(
        "The security key was not touched in time. Try again, and touch it when it blinks.",
        "La clé de sécurité n’a pas été touchée à temps. Recommencez et touchez-la quand elle clignote.",
    ),
    Failure.SECURITY_KEY_UNKNOWN: Text(
        "This security key is not one of this account’s. Use another one, or --otp CODE.",
        "Cette clé de sécurité n’est pas l’une de celles de ce compte. Prenez-en une autre, ou --otp CODE.",
    ),
    Failure.SECURITY_KEY_KNOWN: Text(
        "This security key is one of this account’s already. Plug another one in.",
        "Cette clé de sécurité est déjà l’une de celles de ce compte. Branchez-en une autre.",
    ),
    Failure.SECURITY_KEY_PIN_NEEDED: Text(
        "This security key asks for its PIN. Give the same command with --pin-file FILE.",
        "Cette clé de sécurité demande son code PIN. Relancez la même commande avec --pin-file FICHIER.",
    ),
    Failure.SECURITY_KEY_PIN_WRONG: Text(
        "This is not the PIN of the security key. After eight wrong ones it blocks itself.",
        "Ce n’est pas le code PIN de la clé de sécurité. Après huit erreurs, elle se bloque.",
    ),
    Failure.SECURITY_KEY_PIN_PAUSED: Text(
        "The security key takes no more PINs for now. Unplug it, plug it in again, and try once more.",
        "La clé de sécurité n’accepte plus de code PIN pour l’instant. Débranchez-la, rebranchez-la, puis réessayez.",
    ),
    Failure.SECURITY_KEY_PIN_BLOCKED: Text(
        "The security key has blocked itself for good after wrong PINs. Sign in with a one-time code, and remove the key with “factor remove”.",
        "La clé de sécurité s’est bloquée définitivement après des codes PIN erronés. Connectez-vous avec un code à usage unique, puis retirez la clé avec « factor remove ».",
    ),
    Failure.SECURITY_KEY_UNUSABLE: Text(
        "The security key did not answer as it should. Plug it in again and try once more.",
        "La clé de sécurité n’a pas répondu comme il faut. Rebranchez-la et recommencez.",
    ),
    Failure.SECURITY_KEY_UNSUPPORTED: Text(
        "Your relay takes no security keys: it would need a name of its own. Use a telephone.",
        "Votre relais n’accepte pas de clé de sécurité : il lui faudrait un nom. Utilisez un téléphone.",
    ),
    Failure.SECOND_FACTORS_GONE: Text(
        "The second factor has been used already, so nothing here can show it again. Add another telephone (“factor add totp”), or make new codes (“recovery-codes renew”).",
        "Le second facteur a déjà servi : rien ici ne peut plus le montrer. Ajoutez un autre téléphone (« factor add totp ») ou de nouveaux codes (« recovery-codes renew »).",
    ),
    Failure.KIT_GONE: Text(
        "The kit was confirmed to be on paper; nobody can show it again. If it is lost: “recovery create”.",
        "La sauvegarde est confirmée sur papier ; personne ne peut plus la montrer ici. Si elle est perdue : « recovery create ».",
    ),
    Failure.KIT_PENDING: Text(
        "There is a kit that is not on paper yet (“recovery show”, “recovery confirm”), or does not count yet (“status”).",
        "Une sauvegarde papier attend d’être imprimée (« recovery show », « recovery confirm ») ou ne compte pas encore (« status »).",
    ),
    Failure.KIT_NOT_CONFIRMED: Text(
        "The recovery kit is not on paper yet: “recovery show”, then “recovery confirm”.",
        "La sauvegarde papier n’est pas encore imprimée : « recovery show », puis « recovery confirm ».",
    ),
    Failure.KIT_GROUP_WRONG: Text(
        "This is not what stands in that group. Read it from the paper again.",
        "Ce n’est pas ce groupe. Relisez-le sur le papier.",
    ),
    Failure.KIT_CODE_INVALID: Text(
        "The recovery code has a mistake. {detail}",
        "Le code de secours contient une erreur. {detail}",
    ),
    Failure.KIT_OTHER: Text(
        "This kit is not the one in force: an older one, or another account’s. With a second kit, say whose it is with --account.",
        "Cette sauvegarde papier n’est pas celle qui compte : une plus ancienne, ou celle d’un autre compte. Si c’en est une seconde, dites à qui elle est avec --account.",
    ),
    Failure.KIT_REFUSED: Text(
        "The relay does not accept kit and passphrase together. Check both; after several attempts it asks to wait.",
        "Le relais n’accepte pas ensemble la sauvegarde papier et la phrase de passe. Vérifiez les deux ; après plusieurs essais, il demande d’attendre.",
    ),
    Failure.NO_PACKAGE: Text(
        "The relay keeps no list of your correspondents for this kit yet. Synchronise (“sync”), then try again.",
        "Le relais ne garde pas encore de liste de vos correspondants pour cette sauvegarde papier. Synchronisez (« sync »), puis réessayez.",
    ),
    Failure.RESTORE_ENDED: Text(
        "The ten minutes are over. Begin again.",
        "Les dix minutes sont passées. Recommencez.",
    ),
    Failure.RESTORE_OVERTAKEN: Text(
        "Another computer of the account keeps changing its list of computers: perhaps a thief’s. Begin again with the same kit and passphrase; if it happens again, ask the relay’s operator to hold the account’s sessions back.",
        "Un autre ordinateur du compte change sans cesse la liste des ordinateurs : peut-être celui d’un voleur. Recommencez avec la même sauvegarde papier et la même phrase de passe ; si cela se répète, demandez au responsable du relais de bloquer les sessions du compte.",
    ),
    Failure.NO_KIT_CHANGE: Text(
        "No new kit is announced: there is nothing to call off.",
        "Aucune nouvelle sauvegarde papier n’est annoncée : il n’y a rien à annuler.",
    ),
    Failure.SHARES_INVALID: Text(
        "These shares do not give the code back. {detail}",
        "Ces parts ne rendent pas le code. {detail}",
    ),
    Failure.ABSENCE_PERIOD_INVALID: Text(
        "These are not the days of an absence: its end comes after its beginning, is not over, and is at most"
        " a year later.",
        "Ce ne sont pas les dates d’une absence : la fin vient après le début, n’est pas passée, et au plus"
        " un an plus tard.",
    ),
    Failure.BACKUP_UNREADABLE: Text(
        "This is not a complete backup. Take an older one.",
        "Ce n’est pas une sauvegarde complète. Prenez-en une plus ancienne.",
    ),
    Failure.BACKUP_FOLDER_INVALID: Text(
        "Backups go into a folder that exists, outside the profile; best on another disk.",
        "Les sauvegardes vont dans un dossier existant, hors du profil ; de préférence sur un autre disque.",
    ),
    Failure.FOLDER_INVALID: Text(
        "Practice software cannot have this folder. Choose one that exists, and not the profile’s or one around it.",
        "Ce dossier ne convient pas au logiciel métier. Choisissez un dossier existant, qui n’est ni celui du profil ni un dossier qui le contient.",
    ),
    Failure.RESULT_INVALID: Text(
        "This is no result of your computers, or somebody has changed it. Do not rely on it.",
        "Ce n’est pas un résultat de vos ordinateurs, ou quelqu’un l’a modifié. Ne vous y fiez pas.",
    ),
    Failure.BACKUP_FOLDER_MISSING: Text(
        "The backup folder is not there. Plug its disk in, or choose another folder: “recovery backup-daily DIR”.",
        "Le dossier de sauvegarde est absent. Branchez son disque ou choisissez un autre dossier : « recovery backup-daily DOSSIER ».",
    ),
    Failure.BACKUP_RUNNING: Text(
        "A backup is being made already. Wait until it has ended.",
        "Une sauvegarde est déjà en cours. Attendez qu’elle se termine.",
    ),
    Failure.BACKUP_CANCELLED: Text(
        "The backup was stopped; the older ones are still there.",
        "La sauvegarde a été arrêtée ; les précédentes sont toujours là.",
    ),
    Failure.OS_SECRET_MISSING: Text(
        "The system’s key ring does not have this profile’s secret, or is locked. Unlock it, and use the user session in which the account was created.",
        "Le trousseau du système n’a pas le secret de ce profil, ou il est verrouillé. Déverrouillez-le et utilisez la session dans laquelle le compte a été créé.",
    ),
    Failure.OUT_OF_MEMORY: Text(
        "There is not enough free memory to open the profile. Close other programs and try again.",
        "La mémoire libre ne suffit pas pour ouvrir le profil. Fermez d’autres programmes et essayez de nouveau.",
    ),
    Failure.ENROLMENT_INVALID: Text(
        "The enrolment string is incomplete or was changed. Copy it again, whole.",
        "La chaîne d’inscription est incomplète ou modifiée. Copiez-la de nouveau, en entier.",
    ),
    Failure.PASSPHRASE_WEAK: Text(
        "The passphrase is too easy to guess ({detail} of 80 bits). Take seven unrelated words or more, or twelve "
        "characters of all kinds; nothing was created.",
        "La phrase de passe est trop facile à deviner ({detail} bits sur 80). Prenez au moins sept mots sans rapport, "
        "ou douze caractères de toutes sortes ; rien n’a été créé.",
    ),
    Failure.INVITATION_INVALID: Text(
        "The invitation code is unknown or was already used. Ask the relay’s administrator for another one.",
        "Le code d’invitation est inconnu ou déjà utilisé. Demandez-en un autre à l’administrateur du relais.",
    ),
    Failure.RELAY_UNREACHABLE: Text(
        "The relay cannot be reached. Check the network and try again later; what is here can still be read.",
        "Le relais est injoignable. Vérifiez le réseau et essayez plus tard ; ce qui est ici reste lisible.",
    ),
    Failure.RELAY_UNTRUSTED: Text(
        "What answers at the relay’s address is not the relay you enrolled with. Nothing was sent. Try another network; if it persists, call the relay’s administrator.",
        "Ce qui répond à l’adresse du relais n’est pas le relais auquel vous êtes inscrit. Rien n’a été envoyé. Essayez un autre réseau ; si cela persiste, appelez l’administrateur du relais.",
    ),
    Failure.RELAY_REFUSED: Text(
        "The relay refused ({detail}). Update the program; if it stays so, call the relay’s administrator with this word.",
        "Le relais a refusé ({detail}). Mettez le programme à jour ; si cela dure, donnez ce mot à l’administrateur du relais.",
    ),
    Failure.RELAY_BUSY: Text(
        "The relay is too busy. Try again in a few minutes.",
        "Le relais est surchargé. Essayez de nouveau dans quelques minutes.",
    ),
    Failure.CLOCK_WRONG: Text(
        "This computer’s clock is more than five minutes off. Set it and try again.",
        "L’horloge de cet ordinateur a plus de cinq minutes d’écart. Réglez-la et essayez de nouveau.",
    ),
    Failure.UNKNOWN_ACCOUNT: Text(
        "Nobody is known by this address. Check it with the person it belongs to.",
        "Personne n’est connu à cette adresse. Vérifiez-la auprès de son titulaire.",
    ),
    Failure.OWN_ACCOUNT: Text(
        "This is your own address. Give a correspondent’s.",
        "C’est votre propre adresse. Donnez celle d’un correspondant.",
    ),
    Failure.NOT_A_CONTACT: Text(
        "{detail} is not among your correspondents yet. Ask with “contact add” first, or write to the others only.",
        "{detail} n’est pas encore votre correspondant. Demandez d’abord avec « contact add », ou n’écrivez qu’aux autres.",
    ),
    Failure.UNKNOWN_MESSAGE: Text(
        "There is no such message here. “inbox” lists their numbers.",
        "Il n’y a pas de tel courrier ici. « inbox » donne leurs numéros.",
    ),
    Failure.UNKNOWN_CONVERSATION: Text(
        "There is no such conversation here. “inbox” lists what was received.",
        "Il n’y a pas de telle conversation ici. « inbox » donne ce qui a été reçu.",
    ),
    Failure.UNKNOWN_DRAFT: Text(
        "This draft is no longer there. It was sent or removed meanwhile.",
        "Ce brouillon n’existe plus. Il a été envoyé ou supprimé entre-temps.",
    ),
    Failure.TOO_MANY_DOCUMENTS: Text(
        "A letter takes no more documents than it has now. Send the others with a second letter.",
        "Un courrier ne peut pas contenir plus de documents. Envoyez les autres avec un second courrier.",
    ),
    Failure.ATTACHING_CANCELLED: Text(
        "The document was not added. You stopped it; add it again if you need it.",
        "Le document n’a pas été joint. Vous avez interrompu l’ajout ; joignez-le de nouveau si besoin.",
    ),
    Failure.STILL_ATTACHING: Text(
        "A document is still being encrypted into this draft. Send it as soon as that is done.",
        "Un document est encore en cours de chiffrement dans ce brouillon. Envoyez-le dès que c’est fait.",
    ),
    Failure.NO_RECIPIENT: Text(
        "The letter has no recipient. Add at least one correspondent.",
        "Le courrier n’a pas de destinataire. Ajoutez au moins un correspondant.",
    ),
    Failure.TOO_MANY_RECIPIENTS: Text(
        "There are too many recipients for one letter. Send it as two letters.",
        "Il y a trop de destinataires pour un seul courrier. Envoyez-le en deux courriers.",
    ),
    Failure.SEND_TIME_INVALID: Text(
        "A letter cannot wait for this moment. Choose one that lies ahead, within a year.",
        "Un courrier ne peut pas attendre ce moment. Choisissez une date à venir, dans l’année.",
    ),
    Failure.ALREADY_SENT: Text(
        "This letter has already gone. It can no longer be taken back. Write another one to correct it.",
        "Ce courrier est déjà parti. Il ne peut plus être repris. Écrivez-en un autre pour le corriger.",
    ),
    Failure.UNKNOWN_TEMPLATE: Text(
        "This template is no longer there. It was removed meanwhile.",
        "Ce modèle n’existe plus. Il a été supprimé entre-temps.",
    ),
    Failure.TOO_MANY_TEMPLATES: Text(
        "There is no room for another template. Remove one that you no longer use.",
        "Il n’y a plus de place pour un autre modèle. Supprimez-en un dont vous ne vous servez plus.",
    ),
    Failure.STILL_SENDING: Text(
        "A letter of this conversation is still being sent. Cancel it first, or wait until it has gone.",
        "Un courrier de cette conversation est encore en cours d’envoi. Annulez-le d’abord, ou attendez son départ.",
    ),
    Failure.TO_BE_KEPT: Text(
        "Letters about this patient have to be kept for now. What your own records have can be removed with --filed.",
        "Les lettres sur ce patient doivent être conservées pour l’instant. Ce que contient votre dossier peut être supprimé avec --filed.",
    ),
    Failure.NOT_CERTIFIED: Text(
        "No finished erasure has this number: “erasure list” has them.",
        "Aucun effacement achevé n’a ce numéro : « erasure list » les donne.",
    ),
    Failure.UNKNOWN_PATIENT: Text(
        "There is no such patient here. Write the letter without one, or add the patient first.",
        "Ce patient n’est pas dans votre liste. Écrivez sans patient, ou ajoutez-le d’abord.",
    ),
    Failure.UNKNOWN_ENTRY: Text(
        "There is no such act in the journal. Its number stands in the list that “journal” prints.",
        "Cet acte n’est pas dans le journal. Son numéro figure dans la liste qu’affiche « journal ».",
    ),
    Failure.NOTHING_TO_EXPORT: Text(
        "There is nothing to export: the log has no act like that yet.",
        "Il n’y a rien à exporter : le journal n’a encore aucun acte de ce genre.",
    ),
    Failure.PATIENT_OBJECTS: Text(
        "The patient objects to being written about to: {detail}. Leave them out.",
        "Le patient s’oppose à ce que ceci soit communiqué à : {detail}. Retirez-les.",
    ),
    Failure.CONSENT_NEEDED: Text(
        "The patient’s consent is needed for: {detail}. Record it with “rights consent”, or leave them out.",
        "Le consentement du patient est nécessaire pour : {detail}. Notez-le avec « rights consent », ou retirez-les.",
    ),
    Failure.CARE_NOT_SAID: Text(
        "Say first whether they take part in the care (“rights care”): {detail}.",
        "Dites d’abord s’ils prennent part aux soins (« rights care ») : {detail}.",
    ),
    Failure.PATIENT_NOT_INFORMED: Text(
        "The patient has to know what goes to: {detail}. Tell them, then “rights informed”.",
        "Le patient doit savoir ce qui est communiqué à : {detail}. Informez-le, puis « rights informed ».",
    ),
    Failure.NOTHING_TO_LIFT: Text(
        "No opposition of this patient is recorded: there is nothing to lift.",
        "Aucune opposition de ce patient n’est notée : il n’y a rien à lever.",
    ),
    Failure.TOO_MUCH_TO_EXPORT: Text(
        "That is too much for one file. Choose a shorter period with --since and --until.",
        "C’est trop pour un seul fichier. Choisissez une période plus courte avec --since et --until.",
    ),
    Failure.CERTIFICATE_UNREADABLE: Text(
        "There is no certificate in the file of --authority. It takes what the authority publishes, as PEM or DER.",
        "Il n’y a pas de certificat dans le fichier de --authority. Il faut celui que publie l’autorité, en PEM ou DER.",
    ),
    Failure.PATIENT_IN_USE: Text(
        "Letters are filed under this patient. File them under another one first, or remove them.",
        "Des courriers sont classés sous ce patient. Classez-les d’abord sous un autre, ou supprimez-les.",
    ),
    Failure.INS_INVALID: Text(
        "This is not an INS number, or birth name, given name, date of birth and sex are missing for a qualified one.",
        "Ce n’est pas un matricule INS, ou il manque nom de naissance, prénom, date de naissance ou sexe "
        "pour une INS qualifiée.",
    ),
    Failure.INS_DIFFERS: Text(
        "Both have a qualified INS, and not the same one: they are two people.",
        "Tous deux ont une INS qualifiée, et pas la même\u202f: ce sont deux personnes.",
    ),
    Failure.MERGE_CHANGED: Text(
        "Something has changed since these patients were made one: it cannot be taken back any more.",
        "Quelque chose a changé depuis la réunion de ces patients\u202f: elle ne peut plus être annulée.",
    ),
    Failure.NOTES_TOO_LONG: Text(
        "The notes of the two do not fit into one card. Shorten them first.",
        "Les notes des deux fiches ne tiennent pas dans une seule. Raccourcissez-les d’abord.",
    ),
    Failure.NOT_A_TABLE: Text(
        "This file is no table of patients: no column with names was found.",
        "Ce fichier n’est pas un tableau de patients\u202f: aucune colonne de noms n’y figure.",
    ),
    Failure.UNKNOWN_ATTACHMENT: Text(
        "The message has no such document. “show” lists its documents.",
        "Le courrier n’a pas de tel document. « show » donne ses documents.",
    ),
    Failure.ATTACHMENT_UNAVAILABLE: Text(
        "The document still has to be fetched from the relay. Run “sync” when it can be reached.",
        "Le document doit encore être récupéré au relais. Lancez « sync » quand il est joignable.",
    ),
    Failure.ATTACHMENT_GONE: Text(
        "The document’s file has vanished from the profile, and the relay no longer has it. Ask the sender to send it again.",
        "Le fichier du document a disparu du profil, et le relais ne l’a plus. Demandez à l’expéditeur de le renvoyer.",
    ),
    Failure.DOCUMENT_CLOSED: Text(
        "The document is no longer open. Open it again.",
        "Le document n’est plus ouvert. Ouvrez-le de nouveau.",
    ),
    Failure.DOCUMENT_RUNS: Text(
        "The file is a program, and opening it would run it. Save it only if you know what it is.",
        "Le fichier est un programme : l’ouvrir reviendrait à l’exécuter. Ne l’enregistrez que si vous savez ce qu’il est.",
    ),
    Failure.PAGE_UNREADABLE: Text(
        "This page cannot be shown. Save the document and open it in another program.",
        "Cette page ne peut pas être affichée. Enregistrez le document et ouvrez-le dans un autre programme.",
    ),
    Failure.ATTACHMENT_DAMAGED: Text(
        "The document is not what its sender described, so it was not saved. Ask the sender to send it again.",
        "Le document n’est pas celui que l’expéditeur a décrit ; il n’a pas été enregistré. Demandez à l’expéditeur de le renvoyer.",
    ),
    Failure.FILE_UNREADABLE: Text(
        "The file cannot be read, check its name and its rights: {detail}",
        "Le fichier ne peut pas être lu, vérifiez son nom et ses droits : {detail}",
    ),
    Failure.FILE_IS_FOLDER: Text(
        "This is a folder, and only files can be sent. Name the files that are in it: {detail}",
        "C’est un dossier, or seuls des fichiers peuvent être envoyés. Nommez les fichiers qu’il contient : {detail}",
    ),
    Failure.FILE_TOO_LARGE: Text(
        "The file is too large to be sent, 4 GB are the most: {detail}",
        "Le fichier est trop gros pour être envoyé, 4 Go au plus : {detail}",
    ),
    Failure.FILE_CHANGED: Text(
        "The file changed while it was being read; nothing was sent: {detail}",
        "Le fichier a changé pendant la lecture ; rien n’a été envoyé : {detail}",
    ),
    Failure.DIRECTORY_UNWRITABLE: Text(
        "Nothing can be written into this folder, choose another one: {detail}",
        "Rien ne peut être écrit dans ce dossier, choisissez-en un autre : {detail}",
    ),
    Failure.DISK_FULL: Text(
        "The disk is full. Make room and try again.",
        "Le disque est plein. Libérez de la place et essayez de nouveau.",
    ),
    Failure.NOT_MAIL: Text(
        "There is no letter in this: save letters as .eml or mbox in the other program.",
        "Aucun courrier là-dedans : dans l’autre logiciel, enregistrez-les en .eml ou mbox.",
    ),
    Failure.IMPORT_RUNNING: Text(
        "Another import is going on; wait for its end.",
        "Une autre reprise est en cours ; attendez la fin.",
    ),
    Failure.TEXT_TOO_LONG: Text(
        "The letter is too long. Attach it as a document instead.",
        "Le courrier est trop long. Joignez-le plutôt comme document.",
    ),
    Failure.INVALID: Text(
        "The command is not possible in this form. “uhealthsec --help” shows how it is meant.",
        "La commande n’est pas possible sous cette forme. « uhealthsec --help » montre comment la donner.",
    ),
    Failure.ENGINE_GONE: Text(
        "The program ended unexpectedly. The log in the profile’s folder “logs” has details, without content.",
        "Le programme s’est arrêté de façon inattendue. Le journal technique, dans le dossier « logs » du profil, a des détails, sans contenu.",
    ),
    Failure.BUG: Text(
        "An error in the program. The log in the profile’s folder “logs” has details, without content.",
        "Une erreur du programme. Le journal technique, dans le dossier « logs » du profil, a des détails, sans contenu.",
    ),
}
"""Every failure: what happened and what to do; a test keeps it complete."""

GROUP_AT_FAULT: Final = Text(
    "Read group {group} from the paper again.", "Relisez le groupe {group} sur le papier."
)
CODE_AT_FAULT: Final = Text(
    "Count its 14 groups, and read them again.", "Comptez ses 14 groupes et relisez-les."
)
WORD_AT_FAULT: Final = Text(
    "Word {word} is in no list: read it again.",
    "Le mot {word} n’est dans aucune liste : relisez-le.",
)
TEXT_AT_FAULT: Final = Text(
    "Copy it whole from “link show”.", "Recopiez-le en entier depuis « link show »."
)
SHARE_AT_FAULT: Final = Text("Read share {share} again.", "Relisez la part {share}.")
SHARE_WORD_AT_FAULT: Final = Text(
    "Read word {word} of share {share} again.", "Relisez le mot {word} de la part {share}."
)
SHARES_MISSING: Final = Text("{count} more: ask for them.", "Il en manque {count} : demandez-les.")
SHARES_OF_OTHERS: Final = Text(
    "They are not all of the same kit: ask for others.",
    "Elles ne viennent pas toutes de la même sauvegarde papier : demandez-en d’autres.",
)
PIN: Final = Text("PIN of the security key: ", "Code PIN de la clé de sécurité : ")
PIN_FILE: Final = Text(
    "--pin-file needs a readable file with one line, the PIN of the security key.",
    "--pin-file demande un fichier lisible d’une seule ligne, le code PIN de la clé de sécurité.",
)
TOUCH: Final = Text("Touch your security key now.", "Touchez maintenant votre clé de sécurité.")
NO_FACTOR_NUMBER: Final = Text(
    "“{text}” is not the number of a factor: 32 hexadecimal digits, as “factor list” shows them.",
    "« {text} » n’est pas le numéro d’un facteur : 32 chiffres hexadécimaux, comme dans « factor list ».",
)
NEW_TOTP: Final = Text(
    """\
Scan this address as a QR picture with the other telephone, or type the secret:
  {uri}
  {secret}
Then give its first code: uhealthsec factor confirm CODE""",
    """\
Scannez cette adresse en image QR avec l’autre téléphone, ou tapez le secret :
  {uri}
  {secret}
Donnez ensuite son premier code : uhealthsec factor confirm CODE""",
)
NEW_CODE: Final = Text(
    "Code of the new telephone (nothing: later): ",
    "Code du nouveau téléphone (rien : plus tard) : ",
)
NO_NEW_CODE: Final = Text(
    "Give the six digits that the new telephone shows: “factor confirm CODE”.",
    "Donnez les six chiffres que montre le nouveau téléphone : « factor confirm CODE ».",
)
FACTOR_ADDED: Final = Text(
    "From now on you can sign in with it.", "Vous pouvez désormais vous connecter avec."
)
FACTOR_REMOVED: Final = Text("It no longer signs in.", "Il ne permet plus de se connecter.")
RECOVERY_CODES: Final = Text(
    """\
Your recovery codes. Print them or write them down; each lets you in once, with your passphrase:
{codes}
Once they are on paper: uhealthsec recovery-codes confirm""",
    """\
Vos codes de secours. Imprimez-les ou notez-les ; chacun sert une fois, avec votre phrase de passe :
{codes}
Une fois sur papier : uhealthsec recovery-codes confirm""",
)
CODES_CONFIRMED: Final = Text("They are forgotten here.", "Ils sont oubliés ici.")
CODES_DUE: Final = Text(
    "Your recovery codes are not on paper yet: “factor show” shows them, “recovery-codes renew” makes new ones.",
    "Vos codes de secours ne sont pas encore sur papier : « factor show » les montre, « recovery-codes renew » en crée d’autres.",
)
CODES_REMAIN: Final = Text("recovery codes left: {count}", "codes de secours restants : {count}")
PASSPHRASE_CHANGED: Final = Text(
    "From now on the new passphrase unlocks. The relay takes it over at your next sign-in.",
    "Désormais, la nouvelle phrase de passe déverrouille. Le relais la reprend à votre prochaine connexion.",
)
KIT_CODE: Final = Text(
    "Recovery code (14 groups, or the picture’s text): ",
    "Code de secours (14 groupes, ou le texte de l’image) : ",
)
KIT_FILE: Final = Text(
    "--kit-file needs a readable file with one line: the kit’s code, or its picture’s text.",
    "--kit-file demande un fichier lisible d’une seule ligne : le code de la sauvegarde papier, ou le texte de son image.",
)
KIT_GROUP: Final = Text(
    "Group number {group} of the code on the paper: ",
    "Groupe numéro {group} du code sur le papier : ",
)
GROUP_FILE: Final = Text(
    "--group-file needs a readable file with one line: the group that is asked for.",
    "--group-file demande un fichier lisible d’une seule ligne : le groupe demandé.",
)
SHARES_FILE: Final = Text(
    "--shares-file needs a readable file with 1 to 16 shares, one on each line.",
    "--shares-file demande un fichier lisible de 1 à 16 parts, une par ligne.",
)
KIT: Final = Text(
    """\
Recovery kit of {name}, {account}
{groups}
Picture’s text: {card}
Write it on paper, or print it with --file; then: uhealthsec recovery confirm (it asks for group {asked})""",
    """\
Kit de secours de {name}, {account}
{groups}
Texte de l’image : {card}
Notez-le sur papier, ou imprimez-le avec --file ; puis : uhealthsec recovery confirm (il demande le groupe {asked})""",
)
PAGE_WRITTEN: Final = Text(
    "{path} holds your recovery kit: print it, then delete the file. Who has it opens your computer and your backups without a passphrase.",
    "{path} contient votre sauvegarde papier : imprimez-la, puis supprimez le fichier. Qui l’a ouvre votre ordinateur et vos sauvegardes sans phrase de passe.",
)
SHARES_WRITTEN: Final = Text(
    "{path} holds {count} pages, one for each person: print it, hand them out, then delete the file. Any {threshold} of them give the kit’s code back.",
    "{path} contient {count} pages, une par personne : imprimez-le, distribuez-les, puis supprimez le fichier. {threshold} d’entre elles rendent le code de la sauvegarde papier.",
)
CARD_WRITTEN: Final = Text(
    "{path} holds the picture of your contact card. It holds no secret; who takes it from you yourself knows that it is you.",
    "{path} contient l’image de votre carte de contact. Elle ne contient aucun secret ; qui la reçoit de vos mains sait que c’est vous.",
)
CARD_NOT_WRITTEN: Final = Text(
    "{path} could not be written. Make room, or name another file.",
    "{path} n’a pas pu être écrit. Libérez de la place ou donnez un autre nom.",
)
PAGE_UNWRITABLE: Final = Text(
    "{option}: {path} cannot be written, or exists already. Name a new file; nothing was done.",
    "{option} : {path} ne peut être écrit, ou existe déjà. Donnez le nom d’un nouveau fichier ; rien n’a été fait.",
)
PAGE_NOT_WRITTEN: Final = Text(
    "{path} could not be written. Make room, or name another file; until it is confirmed, the kit is shown by “recovery show”.",
    "{path} n’a pas pu être écrit. Libérez de la place ou donnez un autre nom ; jusqu’à sa confirmation, « recovery show » la montre.",
)
PAGE_NOT_HERE: Final = Text(
    "{option} -: a page is not for a terminal. Send it to a printer (… --file - | lp), or name a file.",
    "{option} - : une page n’est pas pour un terminal. Envoyez-la à une imprimante (… --file - | lp) ou donnez un fichier.",
)
KIT_MISSING: Final = Text(
    "Your recovery kit is not on paper yet. Lose this computer now, and the account is lost: “recovery show”.",
    "Votre sauvegarde papier n’est pas encore imprimée. Cet ordinateur perdu, le compte l’est aussi : « recovery show ».",
)
KIT_CONFIRMED: Final = Text(
    "The kit is forgotten here. Keep the paper away from this computer.",
    "Le code est oublié ici. Gardez le papier loin de cet ordinateur.",
)
RESTORED: Final = Text(
    "Your account {account} is on this computer now; all others that were not kept are removed. Letters received before come back from a backup only.",
    "Votre compte {account} est maintenant sur cet ordinateur ; les autres, sauf ceux gardés, sont retirés. Les lettres déjà reçues ne reviennent que d’une sauvegarde.",
)
UNLOCKED: Final = Text(
    "The profile opens again by its passphrase.",
    "Le profil s’ouvre de nouveau par sa phrase de passe.",
)
VETOED: Final = Text(
    "The announced kit is void. If you did not make it, somebody else has your computer and your passphrase: change it.",
    "La sauvegarde papier annoncée est nulle. Si ce n’est pas vous qui l’aviez faite, quelqu’un a votre ordinateur et votre phrase de passe : changez-la.",
)
REHEARSED: Final = Text(
    "The kit opens what it should. You will be reminded in three months.",
    "Votre sauvegarde papier ouvre ce qu’elle doit. Rappel dans trois mois.",
)
REHEARSED_NO_FOLDER: Final = Text(
    "The kit opens your account. The folder of your backups is not there: plug the disk in and try again.",
    "Votre sauvegarde papier ouvre votre compte. Le dossier de vos sauvegardes n’est pas là : branchez le disque et réessayez.",
)
REHEARSED_NO_BACKUP: Final = Text(
    "The kit opens your account, but not your newest backup. Make another one: “recovery backup”.",
    "Votre sauvegarde papier ouvre votre compte, mais pas votre dernière sauvegarde de fichiers. Faites-en une autre : « recovery backup ».",
)
BACKED_UP: Final = Text(
    "{path} is complete. It opens with your recovery kit and nothing else.",
    "{path} est complète. Seule votre sauvegarde papier l’ouvre.",
)
FOLDER_CHOSEN: Final = Text("Chosen.", "C’est noté.")
SAME_DISK: Final = Text(
    "This folder is on the same disk as your mail: both are lost together. A USB disk is better.",
    "Ce dossier est sur le même disque que votre courrier : les deux se perdent ensemble. Préférez un disque USB.",
)
NEVER_USED: Final = Text("not used yet", "pas encore utilisé")
FACTORS: Final = {
    FactorKind.PASSPHRASE: Text("passphrase", "phrase de passe"),
    FactorKind.TOTP: Text("telephone", "téléphone"),
    FactorKind.RECOVERY_CODE: Text("recovery code", "code de secours"),
    FactorKind.FIDO2: Text("security key", "clé de sécurité"),
    FactorKind.RECOVERY_KIT: Text("recovery kit", "sauvegarde papier"),
}

SESSIONS_ENDED: Final[dict[str, Text]] = {
    "over": Text(
        "The session at the relay is over, or was ended from another computer.",
        "La session au relais est terminée, ou a été fermée depuis un autre ordinateur.",
    ),
    "reused": Text(
        "The relay ended the session: a copy of it was used. If you have not copied this profile, somebody else has; call the relay’s administrator.",
        "Le relais a fermé la session : une copie a servi. Si vous n’avez pas copié ce profil, quelqu’un d’autre l’a fait ; appelez l’administrateur du relais.",
    ),
    "copied": Text(
        "The relay no longer serves this profile: it was copied, or put back from a backup.",
        "Le relais ne sert plus ce profil : il a été copié, ou remis en place depuis une sauvegarde.",
    ),
    "doubted": Text(
        "This computer remembers a later sign-in than this profile does: it was put back from a backup, or is a copy. Sign in, and the relay will say whether it still serves it.",
        "Cet ordinateur se souvient d’une connexion plus récente que ce profil : il a été remis en place depuis une sauvegarde, ou c’est une copie. Connectez-vous : le relais dira s’il le sert encore.",
    ),
    "interrupted": Text(
        "The connection broke while the session was being renewed.",
        "La connexion s’est coupée pendant le renouvellement de la session.",
    ),
    "removed": Text(
        "This computer was removed from your account.",
        "Cet ordinateur a été retiré de votre compte.",
    ),
    "signed-out": Text("You have signed out.", "Vous vous êtes déconnecté."),
}
"""What the detail of SIGN_IN_NEEDED means."""

NO_DEVICE_NUMBER: Final = Text(
    "“{text}” is not the number of a computer: 32 hexadecimal digits, as “devices list” shows them.",
    "« {text} » n’est pas le numéro d’un ordinateur : 32 chiffres hexadécimaux, comme dans « devices list ».",
)
NO_HISTORY: Final = Text(
    "--history takes all, none, or a number of months.",
    "--history prend all, none ou un nombre de mois.",
)
RENAMED: Final = Text("It is called so on this computer.", "Il porte ce nom sur cet ordinateur.")
REVOKED: Final = Text(
    "It is none of your computers any more; your correspondents are told. What is stored on it stays there, behind its passphrase.",
    "Ce n’est plus un de vos ordinateurs ; vos correspondants en sont informés. Ce qu’il contient y reste, derrière sa phrase de passe.",
)
REVOKED_STOLEN: Final = Text(
    "It is none of your computers any more, and can add none in your name; your correspondents are told. Your other computers, except this one, are to be linked again. Change the passphrase now: uhealthsec passphrase change",
    "Ce n’est plus un de vos ordinateurs, et il ne peut plus en ajouter en votre nom ; vos correspondants en sont informés. Vos autres ordinateurs, sauf celui-ci, sont à lier de nouveau. Changez maintenant la phrase de passe : uhealthsec passphrase change",
)
UNNAMED: Final = Text("computer added {day}", "ordinateur ajouté le {day}")
THIS_COMPUTER: Final = Text("this one", "celui-ci")
LINK_SHOWN: Final = Text(
    """\
On the new computer, within ten minutes: uhealthsec link join --text-file FILE, with this text
  {link}
or with these words (and --enrolment):
  {words}
Show them to nobody else.""",
    """\
Sur le nouvel ordinateur, dans les dix minutes : uhealthsec link join --text-file FICHIER, avec ce texte
  {link}
ou avec ces mots (et --enrolment) :
  {words}
Ne les montrez à personne d’autre.""",
)
LINK_WORDS: Final = Text(
    "Both computers must show these three words: {words}",
    "Les deux ordinateurs doivent afficher ces trois mots : {words}",
)
RESTORE_UNSEEN: Final = Text(
    "Without a terminal, “recovery restore” needs --yes: all other computers of the account are removed.",
    "Sans terminal, « recovery restore » demande --yes : tous les autres ordinateurs du compte sont retirés.",
)
RESTORE_OFFER: Final = Text(
    "The account of {name}, {account}.",
    "Le compte de {name}, {account}.",
)
RESTORE_NAMELESS: Final = Text("The account {account}.", "Le compte {account}.")
RESTORE_CONTACTS: Final = Text(
    "Correspondents that come back: {count}, as of {day}.",
    "Correspondants qui reviennent : {count}, à la date du {day}.",
)
RESTORE_NO_CONTACTS: Final = Text(
    "No correspondents come back: the relay has no list that this kit opens.",
    "Aucun correspondant ne revient : le relais n’a pas de liste que cette sauvegarde papier ouvre.",
)
RESTORE_BACKUP: Final = Text(
    "Letters and documents come back up to {day}.",
    "Les courriers et documents reviennent jusqu’au {day}.",
)
RESTORE_NO_BACKUP: Final = Text(
    "Letters received before do not come back: no --backup was given.",
    "Les courriers déjà reçus ne reviennent pas : pas de --backup.",
)
RESTORE_REMOVES: Final = Text(
    "Computers that are removed: {count}, added on {days}.",
    "Ordinateurs retirés : {count}, ajoutés le {days}.",
)
RESTORE_NOW: Final = Text(
    "Nothing has changed yet. Bring this account back here? (yes/no) ",
    "Rien n’a encore changé. Reprendre ce compte ici ? (oui/non) ",
)
RESTORE_LEFT: Final = Text("Nothing was changed.", "Rien n’a été changé.")
SAME_WORDS: Final = Text(
    "Does the new computer show the same words? (yes/no) ",
    "Le nouvel ordinateur affiche-t-il les mêmes mots ? (oui/non) ",
)
LINK_OUTCOMES: Final[dict[LinkOutcome, Text]] = {
    LinkOutcome.DONE: Text(
        "The computers are linked. Letters of the past follow with each “sync” on both.",
        "Les ordinateurs sont liés. Les anciens courriers suivent à chaque « sync » des deux côtés.",
    ),
    LinkOutcome.CANCELLED: Text("Nothing was linked.", "Rien n’a été lié."),
    LinkOutcome.EXPIRED: Text(
        "The ten minutes are over; nothing was linked. Begin again.",
        "Les dix minutes sont passées ; rien n’a été lié. Recommencez.",
    ),
    LinkOutcome.TAKEN: Text(
        "Another computer has answered first; nothing was linked. Begin again with “link show”, and show the new link to nobody else.",
        "Un autre ordinateur a répondu avant ; rien n’a été lié. Recommencez par « link show », et ne montrez le nouveau lien à personne d’autre.",
    ),
    LinkOutcome.FAILED: Text(
        "It did not work. See whether “devices” names the new computer; if so, remove it with “devices revoke”. Then begin again.",
        "La liaison a échoué. Voyez si « devices » nomme le nouvel ordinateur ; si oui, retirez-le par « devices revoke ». Puis recommencez.",
    ),
}
COMPARED: Final = Text("Noted.", "C’est noté.")
ACKNOWLEDGED: Final = Text(
    "Letters to them go out again.", "Les courriers qui l’attendaient partent."
)
VOUCHED: Final = Text(
    "The journal says, with your name, that you know whose account this is.",
    "Le journal dit, à votre nom, que vous savez à qui est ce compte.",
)
UNVOUCHED: Final = Text("You have taken it back.", "Vous l’avez retiré.")
TRUSTS: Final[dict[Trust, Text]] = {
    Trust.SELF_DECLARED: Text("declared by themselves only", "identité déclarée, non vérifiée"),
    Trust.VOUCHED: Text("vouched for by a colleague", "confirmée par un confrère"),
    Trust.VERIFIED: Text(
        "verified by the relay’s operator", "vérifiée par le responsable du relais"
    ),
}
COMPARISONS: Final[dict[Comparison, Text]] = {
    Comparison.NEVER: Text("you never compared words", "mots jamais comparés"),
    Comparison.IN_PERSON: Text("compared in person, {day}", "comparés en personne, {day}"),
    Comparison.BY_PHONE: Text("compared by telephone, {day}", "comparés par téléphone, {day}"),
    Comparison.BY_CARD: Text("card taken, {day}", "carte prise, {day}"),
}
STRANGER: Final = Text("somebody you do not know", "quelqu’un que vous ne connaissez pas")
OPERATOR: Final = Text("the relay’s operator", "le responsable du relais")
BLOCKED: Final = Text(
    "Letters to them are held back: ask them by telephone, then “contact acknowledge”.",
    "Les courriers sont retenus : demandez-lui par téléphone, puis « contact acknowledge ».",
)
KEY_NEWS: Final[dict[KeyNewsKind, Text]] = {
    KeyNewsKind.FIRST_SEEN: Text(
        "{name}: keys first seen", "{name} : clés vues pour la première fois"
    ),
    KeyNewsKind.COMPUTER_ADDED: Text(
        "{name} has added a computer", "{name} a enregistré un nouvel ordinateur"
    ),
    KeyNewsKind.COMPUTER_REMOVED: Text(
        "{name} has removed a computer", "{name} a retiré un ordinateur"
    ),
    KeyNewsKind.RESTORED: Text(
        "{name} has started again with a recovery kit",
        "{name} a tout repris avec sa sauvegarde papier",
    ),
    KeyNewsKind.ALL_COMPUTERS_NEW: Text(
        "{name} has replaced all computers", "{name} a remplacé tous ses ordinateurs"
    ),
    KeyNewsKind.KIT_CHANGE_ANNOUNCED: Text(
        "{name} has announced a new recovery kit", "{name} a annoncé une nouvelle sauvegarde papier"
    ),
    KeyNewsKind.KIT_CHANGE_VETOED: Text(
        "{name} has called the new recovery kit off",
        "{name} a annulé la nouvelle sauvegarde papier",
    ),
    KeyNewsKind.CONTRADICTED: Text(
        "the relay contradicted itself about {name}", "le relais s’est contredit au sujet de {name}"
    ),
    KeyNewsKind.COMPARED: Text("you compared with {name}", "vous avez comparé avec {name}"),
    KeyNewsKind.ACKNOWLEDGED: Text(
        "you looked at {name}’s change", "vous avez examiné le changement de {name}"
    ),
}

ALARMS: Final[dict[AlarmKind, Text]] = {
    AlarmKind.SPLIT_VIEW: Text(
        "The relay has shown two contradictory journals. The evidence is kept here. Call its administrator.",
        "Le relais a montré deux journaux contradictoires. La preuve est conservée ici. Appelez son administrateur.",
    ),
    AlarmKind.LOG_SHORTENED: Text(
        "The relay’s journal has become shorter. Call its administrator.",
        "Le journal du relais a raccourci. Appelez son administrateur.",
    ),
    AlarmKind.PROOF_INVALID: Text(
        "The relay gave a proof that does not hold.",
        "Le relais a donné une preuve qui ne tient pas.",
    ),
    AlarmKind.MESSAGE_ID_REUSED: Text(
        "Two different messages carry the same number: possible tampering.",
        "Deux courriers différents portent le même numéro : falsification possible.",
    ),
    AlarmKind.KEYS_CHANGED: Text(
        "A correspondent’s keys have changed unexpectedly.",
        "Les clés d’un correspondant ont changé de façon inattendue.",
    ),
    AlarmKind.CHAIN_CONFLICT: Text(
        "The relay knows of acts of this computer that this profile does not: it may be a copy or an old backup.",
        "Le relais connaît des actes de cet ordinateur que ce profil ignore : il s’agit peut-être d’une copie ou d’une ancienne sauvegarde.",
    ),
    AlarmKind.OWN_KEYS_CHANGED: Text(
        "Somebody changed the keys of your account, and it was not this computer. If it was not you: change your passphrase, look at “devices list”, use your recovery kit, call the relay’s operator.",
        "Quelqu’un a changé les clés de votre compte, et ce n’est pas cet ordinateur. Si ce n’est pas vous : changez votre phrase de passe, voyez « devices list », utilisez votre sauvegarde papier, appelez le responsable du relais.",
    ),
    AlarmKind.KEY_MAP_CONTRADICTED: Text(
        "The relay showed keys that its own journal contradicts. Nothing is sent to this person. Call the relay’s administrator.",
        "Le relais a montré des clés que son propre journal contredit. Rien n’est envoyé à cette personne. Appelez l’administrateur du relais.",
    ),
    AlarmKind.KEY_MAP_OLD: Text(
        "For more than a day the relay has not proven that the keys it shows are the newest. Call its administrator.",
        "Depuis plus d’un jour, le relais ne prouve plus que les clés qu’il montre sont les dernières. Appelez son administrateur.",
    ),
    AlarmKind.OWN_COMPUTER_ADDED: Text(
        "Another of your computers has added a computer to your account. Was it you? If not: “devices revoke --stolen” for both, and another passphrase.",
        "Un autre de vos ordinateurs a ajouté un ordinateur à votre compte. Était-ce vous ? Sinon : « devices revoke --stolen » pour les deux, et une autre phrase de passe.",
    ),
    AlarmKind.OWN_COMPUTER_REMOVED: Text(
        "Another of your computers has removed a computer from your account. Was it you? If not: “devices revoke --stolen” for the one that did it.",
        "Un autre de vos ordinateurs a retiré un ordinateur de votre compte. Était-ce vous ? Sinon : « devices revoke --stolen » pour celui qui l’a fait.",
    ),
    AlarmKind.OWN_KIT_ANNOUNCED: Text(
        "Another of your computers has announced a new recovery kit. Was it you? If not, call it off with the old one within the week: “recovery veto”.",
        "Un autre de vos ordinateurs a annoncé une nouvelle sauvegarde papier. Était-ce vous ? Sinon, annulez-la avec l’ancienne avant une semaine : « recovery veto ».",
    ),
    AlarmKind.OWN_KIT_CALLED_OFF: Text(
        "A new recovery kit was called off with the one that you have. Was it you? If not, somebody has your kit: “recovery create”.",
        "Une nouvelle sauvegarde papier a été annulée avec celle que vous avez. Était-ce vous ? Sinon, quelqu’un a la vôtre : « recovery create ».",
    ),
    AlarmKind.OWN_KEYS_REPLACED: Text(
        "Another of your computers has replaced your keys with the recovery kit. Was it you? If not, somebody has your kit: call the relay’s operator.",
        "Un autre de vos ordinateurs a remplacé vos clés avec la sauvegarde papier. Était-ce vous ? Sinon, quelqu’un a la vôtre : appelez le responsable du relais.",
    ),
    AlarmKind.DEVICE_REMOVED: Text(
        "This computer was removed from your account. If you did not do it, use your recovery kit.",
        "Cet ordinateur a été retiré de votre compte. Si ce n’est pas vous, utilisez votre sauvegarde papier.",
    ),
    AlarmKind.JOURNAL_CONTRADICTED: Text(
        "What the relay shows of your computers’ journal is not what they did: an act is missing, invented or elsewhere. Keep this profile as it is and call the relay’s operator.",
        "Ce que le relais montre du journal de vos ordinateurs n’est pas ce qu’ils ont fait : un acte manque, est inventé ou déplacé. Gardez ce profil tel quel et appelez le responsable du relais.",
    ),
    AlarmKind.SESSION_COPIED: Text(
        "The relay ended this computer’s session, because a copy of it was used.",
        "Le relais a fermé la session de cet ordinateur, car une copie a servi.",
    ),
}

PROFILES: Final[dict[ProfileState, Text]] = {
    ProfileState.EMPTY: Text("no account yet", "pas encore de compte"),
    ProfileState.LOCKED: Text("locked", "verrouillé"),
    ProfileState.UNLOCKED: Text("open", "ouvert"),
    ProfileState.DAMAGED: Text("cannot be read", "illisible"),
    ProfileState.NEWER: Text("from a newer version", "d’une version plus récente"),
}

CONNECTIONS: Final[dict[ConnectionState, Text]] = {
    ConnectionState.OFFLINE: Text("offline", "hors ligne"),
    ConnectionState.CONNECTING: Text("connecting", "connexion en cours"),
    ConnectionState.SYNCHRONISING: Text("synchronising", "synchronisation en cours"),
    ConnectionState.ONLINE: Text("online", "en ligne"),
    ConnectionState.REFUSED: Text("refused by the relay", "refusé par le relais"),
    ConnectionState.UNTRUSTED: Text("not the enrolled relay", "ce n’est pas votre relais"),
    ConnectionState.SIGN_IN_NEEDED: Text("a sign-in is needed", "connexion à ouvrir"),
    ConnectionState.PROFILE_COPIED: Text(
        "stopped: this profile was copied", "arrêté : ce profil a été copié"
    ),
    ConnectionState.DEVICE_REMOVED: Text(
        "stopped: this computer was removed", "arrêté : cet ordinateur a été retiré"
    ),
    ConnectionState.CLOCK_WRONG: Text("this computer’s clock is off", "l’horloge est déréglée"),
}

CONTACTS: Final[dict[ContactState, Text]] = {
    ContactState.REQUESTED: Text("asked, no answer yet", "demandé, sans réponse"),
    ContactState.WAITING: Text("asks you", "vous demande"),
    ContactState.ACCEPTED: Text("accepted", "accepté"),
    ContactState.DECLINED: Text("declined", "décliné"),
    ContactState.UNKNOWN: Text("nobody has this address", "personne n’a cette adresse"),
    ContactState.BLOCKED: Text("blocked", "bloqué"),
}

DELIVERIES: Final[dict[DeliveryState, Text]] = {
    DeliveryState.QUEUED: Text("queued here", "en attente ici"),
    DeliveryState.ACCEPTED: Text("accepted by the relay", "accepté par le relais"),
    DeliveryState.DELIVERED: Text("delivered", "distribué"),
    DeliveryState.READ: Text("read", "lu"),
    DeliveryState.REFUSED: Text("refused", "refusé"),
    DeliveryState.NOT_DELIVERED: Text("not delivered", "non distribué"),
}

REASONS: Final[dict[RefusalReason, Text]] = {
    RefusalReason.NOT_MY_PATIENT: Text("not my patient", "pas mon patient"),
    RefusalReason.PATIENT_UNKNOWN: Text("patient unknown", "patient inconnu"),
    RefusalReason.ILLEGIBLE: Text("illegible", "illisible"),
    RefusalReason.WRONG_RECIPIENT: Text("wrong recipient", "erreur de destinataire"),
}

PROBLEMS: Final[dict[Problem, Text]] = {
    Problem.NONE: Text("", ""),
    Problem.CANNOT_OPEN: Text(
        "cannot be opened; the sender was asked to send it again",
        "ne s’ouvre pas ; l’expéditeur a été prié de le renvoyer",
    ),
    Problem.MESSAGE_ID_REUSED: Text(
        "carries the number of another message: possible tampering",
        "porte le numéro d’un autre courrier : falsification possible",
    ),
    Problem.ATTACHMENT_MISSING: Text("a document is missing", "un document manque"),
    Problem.RECIPIENT_AWAY: Text(
        "the correspondent’s computer has been off for long; waits for it",
        "l’ordinateur du correspondant est éteint depuis longtemps ; attend son retour",
    ),
    Problem.RECIPIENT_UNTRUSTED: Text(
        "the correspondent’s keys do not verify; held back",
        "les clés du correspondant ne se vérifient pas ; envoi retenu",
    ),
    Problem.REFUSED_BY_RELAY: Text("refused by the relay", "refusé par le relais"),
    Problem.NOT_A_CONTACT: Text("not an accepted correspondent", "correspondant non accepté"),
    Problem.EXPIRED: Text("expired before it was fetched", "expiré avant d’être relevé"),
    Problem.RELAY_FULL: Text(
        "no room for your documents at the relay; waits until earlier ones are fetched",
        "plus de place pour vos documents au relais ; attend que les précédents soient relevés",
    ),
    Problem.RECIPIENT_UNKNOWN: Text("nobody has this address", "personne n’a cette adresse"),
    Problem.KEYS_CHANGED: Text(
        "held back: their keys changed, see “contact show”",
        "retenu : ses clés ont changé, voyez « contact show »",
    ),
    Problem.RECIPIENT_BLOCKED: Text("you have blocked them", "vous l’avez bloqué"),
    Problem.NOT_ALLOWED: Text(
        "not sent to them: the patient has decided otherwise since",
        "pas parti chez lui : le patient en a décidé autrement entre-temps",
    ),
    Problem.KEYS_UNPROVEN: Text(
        "held back: the relay does not prove their keys to be today’s",
        "retenu : le relais ne prouve pas que ses clés sont d’aujourd’hui",
    ),
}

PASSPHRASE: Final = Text("Passphrase: ", "Phrase de passe : ")
PASSPHRASE_NEW: Final = Text("New passphrase: ", "Nouvelle phrase de passe : ")
PASSPHRASE_AGAIN: Final = Text("Once more: ", "Encore une fois : ")
PASSPHRASES_DIFFER: Final = Text(
    "The two passphrases are not the same. Nothing was done.",
    "Les deux phrases secrètes ne sont pas identiques. Rien n’a été fait.",
)
NO_TERMINAL: Final = Text(
    "There is no terminal to ask for the passphrase. Use --passphrase-file FILE, or - for standard input.",
    "Il n’y a pas de terminal pour demander la phrase de passe. Utilisez --passphrase-file FICHIER, ou - pour l’entrée standard.",
)
PASSPHRASE_FILE: Final = Text(
    "The passphrase file cannot be read, is empty, or is not one line of UTF-8 text.",
    "Le fichier de la phrase de passe est illisible, vide, ou n’est pas une ligne de texte UTF-8.",
)
ONE_STANDARD_INPUT: Final = Text(
    "Standard input can be only one thing; “-” stands for several. Read the others from files.",
    "L’entrée standard ne peut être qu’une chose ; « - » en désigne plusieurs. Lisez les autres dans des fichiers.",
)
EMPTY: Final = Text("{option} must not be empty.", "{option} ne doit pas être vide.")
NOT_ONE_LINE: Final = Text(
    "{option} must be one line, without control characters.",
    "{option} doit tenir en une ligne, sans caractères de commande.",
)
NOT_TEXT: Final = Text(
    "{option} holds bytes that are no text in UTF-8.",
    "{option} contient des octets qui ne sont pas du texte en UTF-8.",
)
TOO_LONG: Final = Text(
    "{option} is too long: {length} bytes in UTF-8, of at most {most}.",
    "{option} est trop long : {length} octets en UTF-8, pour {most} au plus.",
)
TOO_MANY: Final = Text(
    "{option} names too many: at most {most} are possible.",
    "{option} en nomme trop : {most} au plus sont possibles.",
)
FILE_UNREADABLE: Final = Text(
    "{option}: there is no such file, or it cannot be read: {path}",
    "{option} : ce fichier n’existe pas, ou ne peut pas être lu : {path}",
)
BODY_TOO_LONG: Final = Text(
    "--body is too long: at most {most} bytes in UTF-8 are possible. Attach it as a document instead.",
    "--body est trop long : {most} octets en UTF-8 au plus sont possibles. Joignez-le plutôt comme document.",
)
BODY_NO_TEXT: Final = Text(
    "--body is no text in UTF-8. Attach it as a document instead.",
    "--body n’est pas du texte en UTF-8. Joignez-le plutôt comme document.",
)
NOT_AN_ADDRESS: Final = Text(
    "Not an address: {text}. Addresses look like uhs: and 32 letters or digits; “directory” lists them.",
    "Ce n’est pas une adresse : {text}. Une adresse est uhs: suivi de 32 lettres ou chiffres ; « directory » les donne.",
)
NOT_A_NUMBER: Final = Text(
    "Not the number of a message: {text}. “inbox” lists them.",
    "Ce n’est pas le numéro d’un courrier : {text}. « inbox » les donne.",
)
RECOVERY_CODE_FILE: Final = Text(
    "The file with the recovery code cannot be read, is empty, or is not one line of text.",
    "Le fichier du code de secours est illisible, vide, ou n’est pas une ligne de texte.",
)
CODE: Final = Text(
    "Code (six digits, or a recovery code): ", "Code (six chiffres, ou de secours) : "
)
FIRST_CODE: Final = Text(
    "Its first code, to sign in at once (nothing: later): ",
    "Son premier code, pour vous connecter aussitôt (rien : plus tard) : ",
)
INVITATION: Final = Text("Invitation code: ", "Code d’invitation : ")
NO_INVITATION: Final = Text(
    "Give the code that the relay’s operator gave you with --invitation, or - for standard input.",
    "Donnez avec --invitation le code reçu du responsable du relais, ou - pour l’entrée standard.",
)
NO_CODE: Final = Text(
    "Give the six digits of your authenticator with --otp, or a recovery code with --recovery-code FILE.",
    "Donnez les six chiffres de votre application avec --otp, ou un code de secours avec --recovery-code FICHIER.",
)
REGISTERED: Final = Text("Your address: {account}", "Votre adresse : {account}")
SECOND_FACTORS: Final = Text(
    """\
Second factor: put this address, or the secret in it, into an authenticator application on your telephone.
  {uri}
  secret: {secret}
Recovery codes: without the telephone, each of them signs you in once. Write or print them now, and keep
them on paper, away from this computer.
{codes}
They are shown until the first sign-in only. Sign in now: uhealthsec login --otp CODE""",
    """\
Second facteur : donnez cette adresse, ou le secret qu’elle contient, à une application de codes sur votre téléphone.
  {uri}
  secret : {secret}
Codes de secours : sans le téléphone, chacun ouvre une session, une fois. Écrivez-les ou imprimez-les maintenant,
et gardez-les sur papier, loin de cet ordinateur.
{codes}
Ils ne sont montrés que jusqu’à la première connexion. Connectez-vous maintenant : uhealthsec login --otp CODE""",
)
SIGNED_IN: Final = Text(
    "Signed in until {until} at the latest.", "Session ouverte jusqu’à {until} au plus tard."
)
CODES_LEFT: Final = Text("{count} recovery codes are left.", "Il reste {count} codes de secours.")
SIGNED_OUT: Final = Text("Signed out everywhere.", "Déconnecté partout.")
THIS_SESSION: Final = Text("this one", "celle-ci")
NO_RPPS: Final = Text(
    "--rpps: a number of the national register has 11 digits.",
    "--rpps : un numéro RPPS a 11 chiffres.",
)
DOUBTFUL_RPPS: Final = Text(
    "The last digit of this RPPS number does not fit the others: check it. It is taken as it is.",
    "Le dernier chiffre de ce numéro RPPS ne correspond pas aux autres : vérifiez-le. Il est pris tel quel.",
)
NO_SECRET_STORE: Final = Text(
    "This system has no key ring, so the passphrase alone protects this profile. Choose a long one.",
    "Ce système n’a pas de trousseau : la phrase de passe protège seule ce profil. Choisissez-la longue.",
)
QUEUED: Final = Text(
    "The relay cannot be reached: stored here and queued. “sync” sends it.",
    "Le relais est injoignable : conservé ici, en attente. « sync » l’enverra.",
)
QUEUED_SIGN_IN: Final = Text(
    "A sign-in at the relay is needed: stored here and queued. Sign in: uhealthsec login --otp CODE",
    "Il faut se connecter au relais : conservé ici, en attente. Connectez-vous : uhealthsec login --otp CODE",
)
OFFLINE_SIGN_IN: Final = Text(
    "A sign-in at the relay is needed: this is what is stored here. Sign in: uhealthsec login --otp CODE",
    "Il faut se connecter au relais : voici ce qui est conservé ici. Connectez-vous : uhealthsec login --otp CODE",
)
OFFLINE: Final = Text(
    "The relay cannot be reached: this is what is stored here.",
    "Le relais est injoignable : voici ce qui est conservé ici.",
)
WAITS_UNTIL: Final = Text("Waits until {at}.", "Attend jusqu’au {at}.")
NO_MOMENT: Final = Text(
    "“{text}” is no moment: write 2026-11-24T08:00.",
    "« {text} » n’est pas un moment : écrivez 2026-11-24T08:00.",
)
NO_DRAFT_NUMBER: Final = Text(
    "“{text}” is not a draft’s number. “uhealthsec drafts list” shows them.",
    "« {text} » n’est pas le numéro d’un brouillon. « uhealthsec drafts list » les montre.",
)
NO_PATIENT_NUMBER: Final = Text(
    "“{text}” is not a patient’s number: 32 hexadecimal digits.",
    "« {text} » n’est pas le numéro d’un patient : 32 chiffres hexadécimaux.",
)
NO_ERASURE_NUMBER: Final = Text(
    "“{text}” is not an erasure’s number: 32 hexadecimal digits.",
    "« {text} » n’est pas le numéro d’un effacement : 32 chiffres hexadécimaux.",
)
ERASURE_GOES: Final = Text(
    "Goes: {letters} letters, {documents} documents, {drafts} drafts, {backups} backups.",
    "Part : {letters} lettres, {documents} documents, {drafts} brouillons, {backups} copies de sauvegarde.",
)
ERASURE_STAYS: Final = Text(
    "Stays: what {people} correspondents have; until {until}, something encrypted in a backup of the relay’s host.",
    "Reste : ce qu’ont {people} correspondants ; jusqu’au {until}, des éléments chiffrés dans une copie de l’hébergeur du relais.",
)
ERASURE_ELSEWHERE: Final = Text(
    "Later: {computers} other computers erase it when they are unlocked, {backups} backups when their disk is there.",
    "Plus tard : {computers} autres ordinateurs l’effacent à leur déverrouillage, {backups} copies quand leur disque est là.",
)
ERASURE_KEPT: Final = Text(
    "Cannot be erased now: to be kept until {day}.",
    "Ne peut pas être effacé : à conserver jusqu’au {day}.",
)
ERASURE_SENDING: Final = Text(
    "Cannot be erased at this moment: something of it is being sent.",
    "Ne peut pas être effacé à cet instant : un envoi est en cours.",
)
RULINGS: Final[dict[Ruling, Text]] = {
    Ruling.YES: Text("may be told", "peut être informé"),
    Ruling.INFORM: Text("once the patient knows it", "une fois le patient informé"),
    Ruling.ASK: Text("do they take part in the care?", "prend-il part aux soins ?"),
    Ruling.CONSENT: Text(
        "with the patient’s consent only", "avec le consentement du patient seulement"
    ),
    Ruling.NO: Text("the patient objects", "le patient s’y oppose"),
}
DECISIONS: Final[dict[DecisionKind, Text]] = {
    DecisionKind.CONSENT: Text("consent", "consentement"),
    DecisionKind.WITHDRAWAL: Text("withdrawal", "retrait"),
    DecisionKind.OPPOSITION: Text("objection", "opposition"),
    DecisionKind.LIFTING: Text("objection lifted", "opposition levée"),
    DecisionKind.INFORMED: Text("informed", "informé"),
    DecisionKind.TIE: Text("part in the care", "part aux soins"),
    DecisionKind.EMERGENCY: Text("emergency", "urgence"),
}
IN_FORCE: Final = Text("in force", "en vigueur")
OVER: Final = Text("over", "terminé")
EVERYBODY: Final = Text("everybody", "tout le monde")
CONSENTED_UNTIL: Final = Text("until {at}", "jusqu’au {at}")
DECIDED: Final = Text("Recorded, signed and in the journal.", "Noté, signé et au journal.")
ERASURE_COUNTS: Final = Text(
    "{letters} letters, {documents} documents, {drafts} drafts",
    "{letters} lettres, {documents} documents, {drafts} brouillons",
)
ERASURE_DONE: Final = Text("erased {at}", "effacé {at}")
ERASURE_UNFINISHED: Final = Text(
    "goes on at the next unlocking", "continue au prochain déverrouillage"
)
NO_CONVERSATION_NUMBER: Final = Text(
    "“{text}” is not a conversation’s number. “uhealthsec mail list” shows them.",
    "« {text} » n’est pas le numéro d’une conversation. « uhealthsec mail list » les montre.",
)
ORGANISED: Final = Text("Done.", "C’est fait.")
REMOVED_FOR_NOW: Final = Text(
    "Removed. For half a minute “uhealthsec mail restore” brings it back; then it is gone for good.",
    "Supprimé. Pendant une demi-minute, « uhealthsec mail restore » annule ; ensuite, c’est définitif.",
)
BLOCKED_NOW: Final = Text(
    "Blocked. They are not told.",
    "Bloqué. La personne n’en est pas avertie.",
)
UNBLOCKED: Final = Text(
    "Unblocked. What they sent meanwhile is gone.",
    "Débloqué. Ce que la personne a envoyé entre-temps est perdu.",
)
FOLDERS_NONE: Final = Text(
    "No folder is watched for practice software.",
    "Aucun dossier n’est suivi pour le logiciel métier.",
)
FOLDERS_WATCHED: Final = Text("Watched: {folder}", "Dossier suivi : {folder}")
FOLDERS_COUNTS: Final = Text(
    "{sent} letter(s) sent, {received} file(s) written, {refused} refused, {waiting} file(s) waiting",
    "{sent} courrier(s) envoyé(s), {received} fichier(s) écrit(s), {refused} refus, {waiting} fichier(s) en attente",
)
FOLDERS_READABLE: Final = Text(
    "What lies in this folder is not encrypted: whoever uses this computer’s account can read it.",
    "Ce qui se trouve dans ce dossier n’est pas chiffré : toute personne qui utilise cette session de l’ordinateur peut le lire.",
)
FOLDER_TROUBLES: Final = {
    FolderTrouble.FOLDER_MISSING: Text(
        "The folder is not there. Plug its disk in, or choose another one.",
        "Le dossier est absent. Branchez son disque ou choisissez-en un autre.",
    ),
    FolderTrouble.FOLDER_UNWRITABLE: Text(
        "Something in the folder cannot be moved or written.",
        "Quelque chose dans le dossier ne peut pas être déplacé ou écrit.",
    ),
    FolderTrouble.NO_RECIPIENT: Text("nothing says to whom it goes", "aucun destinataire indiqué"),
    FolderTrouble.UNKNOWN_RECIPIENT: Text(
        "no contact is called “{detail}”", "aucun correspondant ne s’appelle « {detail} »"
    ),
    FolderTrouble.UNVERIFIED_RECIPIENT: Text(
        "nobody has vouched for {detail}: write to them yourself first",
        "personne ne s’est porté garant de {detail} : écrivez-lui d’abord vous-même",
    ),
    FolderTrouble.NOTE_INVALID: Text(
        "the note cannot be read, line {detail}", "note illisible, ligne {detail}"
    ),
    FolderTrouble.FILE_TOO_LARGE: Text("too large", "trop grand"),
    FolderTrouble.FILE_UNREADABLE: Text("cannot be read", "illisible"),
    FolderTrouble.DISK_FULL: Text("The disk is full.", "Le disque est plein."),
    FolderTrouble.NAMESAKE: Text(
        "more than one contact is called “{detail}”, or nearly: give the address",
        "plusieurs correspondants s’appellent à peu près « {detail} » : donnez l’adresse",
    ),
    FolderTrouble.FILE_EMPTY: Text("empty", "vide"),
    FolderTrouble.PLACE_UNREADABLE: Text(
        "The folder “{detail}” in “to-send” cannot be opened: nothing in it is sent.",
        "Le dossier « {detail} » dans « to-send » ne peut pas être ouvert : rien de ce qu’il contient n’est envoyé.",
    ),
    FolderTrouble.FILE_STUCK: Text(
        "“{detail}” in “to-send” is open in another program, or cannot be moved: not sent yet.",
        "« {detail} » dans « to-send » est ouvert dans un autre programme, ou ne peut pas être déplacé : pas encore envoyé.",
    ),
    FolderTrouble.NAME_RESERVED: Text(
        "“{detail}” is called like a note or a result, and is none",
        "« {detail} » porte le nom d’une note ou d’un résultat, sans en être un",
    ),
    FolderTrouble.PATIENT_OBJECTS: Text(
        "the patient objects to {detail} being told",
        "le patient s’oppose à ce que ce soit communiqué à {detail}",
    ),
    FolderTrouble.CONSENT_NEEDED: Text(
        "the patient has to consent for {detail}", "il faut l’accord du patient pour {detail}"
    ),
    FolderTrouble.CARE_NOT_SAID: Text(
        "nothing says that {detail} takes part in the care and that the patient knows",
        "rien ne dit que {detail} prend part aux soins et que le patient le sait",
    ),
    FolderTrouble.NOT_A_FILE: Text("no plain file", "pas un fichier ordinaire"),
    FolderTrouble.FILE_MISSING: Text("“{detail}” is not there", "« {detail} » est absent"),
    FolderTrouble.CANNOT_SEND: Text(
        "This profile sends nothing any more.", "Ce profil n’envoie plus rien."
    ),
    FolderTrouble.TOO_MANY: Text(
        "too many recipients or documents", "trop de destinataires ou de documents"
    ),
}
RESULT_GENUINE: Final = Text(
    "Genuine: signed by your computer {device}, {at}",
    "Authentique : signé par votre ordinateur {device}, {at}",
)
RESULT_MESSAGE: Final = Text("Message {message}", "Message {message}")
RESULT_CHANGED: Final = Text("“{name}” has been changed.", "« {name} » a été modifié.")
RESULT_MISSING: Final = Text("“{name}” is not beside it.", "« {name} » n’est pas à côté.")
ABSENT: Final = Text("absent until {until}", "absent jusqu’au {until}")
WILL_BE_ABSENT: Final = Text("absent from {since} to {until}", "absent du {since} au {until}")
REPLACED_BY: Final = Text("replaced by {name}", "remplacé par {name}")
REPLACED_BY_YOU: Final = Text("you replace them", "vous assurez le remplacement")
NO_ABSENCE: Final = Text("You are not away.", "Vous n’êtes pas absent.")
YOU_ARE_ABSENT: Final = Text("You are away until {until}.", "Vous êtes absent jusqu’au {until}.")
YOU_WILL_BE_ABSENT: Final = Text(
    "You will be away from {since} to {until}.", "Vous serez absent du {since} au {until}."
)
ABSENCE_TOLD: Final = Text(
    "Told to {told} of {contacts} contact(s).", "Annoncé à {told} correspondant(s) sur {contacts}."
)
ABSENCE_ELSEWHERE: Final = Text(
    "Said on another computer of yours, which tells your contacts and answers.",
    "Annoncé depuis un autre de vos ordinateurs, qui prévient vos correspondants et répond.",
)
ABSENCE_ANSWERED: Final = Text(
    "{count} automatic answer(s) so far, with this text, while this profile was open:",
    "{count} réponse(s) automatique(s) à ce jour, avec ce texte, pendant que ce profil était ouvert :",
)
AUTOMATIC: Final = Text("automatic answer", "réponse automatique")
ANSWERED: Final = Text("answered automatically", "réponse automatique envoyée")
NOT_READ: Final = Text("{count} new", "{count} non lu(s)")
FLAGGED: Final = Text("to do", "à traiter")
ARCHIVED: Final = Text("archived", "archivé")
BORN: Final = Text("born {day}", "né(e) le {day}")
FILED: Final = Text("{count} conversation(s)", "{count} conversation(s)")
DRAFT_REMOVED: Final = Text("Thrown away.", "Jeté.")
DRAFT_AGAIN: Final = Text("It is a draft again: {draft}", "C’est de nouveau un brouillon : {draft}")
PATIENT: Final = Text("Patient", "Patient")
BIRTH_NAME: Final = Text("Birth name", "Nom de naissance")
BIRTH_DATE: Final = Text("Date of birth", "Date de naissance")
SEX: Final = Text("Sex", "Sexe")
SEXES: Final = {
    Sex.UNKNOWN: Text("", ""),
    Sex.FEMALE: Text("female", "féminin"),
    Sex.MALE: Text("male", "masculin"),
}
INS: Final = Text("INS", "INS")
QUALIFIED: Final = Text("qualified", "qualifiée")
NOT_QUALIFIED: Final = Text("not qualified", "non qualifiée")
TELEPHONE: Final = Text("Telephone", "Téléphone")
EMAIL: Final = Text("E-mail", "Courriel")
POSTAL_ADDRESS: Final = Text("Address", "Adresse")
REPRESENTATIVE: Final = Text("Representative", "Représentant")
STATUS: Final = Text("Status", "Statut")
MINOR: Final = Text("minor", "mineur")
PROTECTED: Final = Text("protected", "protégé")
MERGED: Final = Text("merged, can be separated", "fiches réunies, séparables")
CARE_NOTES: Final = Text("Notes", "Notes")
DIED_ON: Final = Text("Died on", "Date de décès")
LAST_CONTACT: Final = Text("Last contact", "Dernier contact")
NO_INS: Final = Text(
    "This is not an INS number: it has 15 characters, and the last two fit the others.",
    "Ce n’est pas un matricule INS\u202f: il a 15 caractères, et les deux derniers vérifient les autres.",
)
TABLE_TAKEN: Final = Text(
    "{added} added, {known} known already, {failed} not taken over.",
    "{added} ajouté(s), {known} déjà connu(s), {failed} non repris.",
)
TABLE_TRIED: Final = Text(
    "A trial, nothing was changed: {added} would be added, {known} are known, {failed} would not be taken over.",
    "Essai, rien n’a changé\u202f: {added} à ajouter, {known} déjà connu(s), {failed} non reprenable(s).",
)
ROW_FAILED: Final = Text("Line {line}: {why}", "Ligne {line}\u202f: {why}")
ROW_PROBLEMS: Final = {
    RowProblem.NO_NAME: Text("no name", "pas de nom"),
    RowProblem.BIRTH_DATE: Text(
        "the date of birth is none, or lies in the future", "date de naissance fausse ou à venir"
    ),
    RowProblem.INS: Text("the INS number is wrong", "matricule INS faux"),
    RowProblem.TOO_LONG: Text("something in it is too long", "un contenu est trop long"),
    RowProblem.QUOTES: Text("a quotation mark is not closed", "un guillemet n’est pas fermé"),
    RowProblem.CELLS: Text("more cells than columns", "plus de cellules que de colonnes"),
}
WANTS_ANSWER: Final = Text("an answer is wanted", "réponse souhaitée")
CAN_CANCEL: Final = Text("can be cancelled", "annulable")
DOCUMENTS: Final = Text("{count} document(s)", "{count} document(s)")
SYNCHRONISED: Final = Text(
    "{received} received, {sent} sent, {waiting} waiting, {unreadable} unreadable",
    "{received} reçus, {sent} envoyés, {waiting} en attente, {unreadable} illisibles",
)
NOTHING: Final = Text("Nothing.", "Rien.")
MORE: Final = Text(
    "There are more; narrow the search.", "Il y en a d’autres ; précisez la recherche."
)
NEW: Final = Text("new", "nouveau")
URGENT: Final = Text("urgent", "urgent")
ASKED: Final = Text("The request is on its way.", "La demande est partie.")
ACCEPTED: Final = Text(
    "Accepted; the correspondent is told.", "Accepté ; le correspondant en est informé."
)
DECLINED: Final = Text(
    "Declined; the correspondent is not told.", "Décliné ; le correspondant n’en est pas informé."
)
RECONSIDERED: Final = Text("Their request waits again.", "Sa demande attend de nouveau.")
SAVED: Final = Text("Saved: {path}", "Enregistré : {path}")
NO_DAY: Final = Text(
    "{option}: “{text}” is no day. Write it as 2026-11-23.",
    "{option} : « {text} » n’est pas un jour. Écrivez-le comme 2026-11-23.",
)
FOUND_BELOW: Final = Text(
    "There are more: --before {message} goes on.", "La suite : --before {message}."
)
COVERED: Final = Text(
    "Searched: {letters} letters, all of them since {since}.",
    "Recherche dans {letters} courriers, complète depuis le {since}.",
)
COVERED_PARTLY: Final = Text(
    "Searched: {letters} letters; the newest are not in the search yet.",
    "Recherche dans {letters} courriers ; les plus récents n’y sont pas encore.",
)
COVERED_NOTHING: Final = Text(
    "There are no letters on this computer yet.",
    "Il n’y a pas encore de courriers sur cet ordinateur.",
)
UNCOVERED: Final = Text(
    "Not in the search yet: {count}.", "Pas encore dans la recherche : {count}."
)
UNREADABLE: Final = Text(
    "Documents whose text cannot be read: {count} (uhealthsec unsearched).",
    "Documents dont le texte ne peut pas être lu : {count} (uhealthsec unsearched).",
)
REBUILDING: Final = Text(
    "The search is being made anew.", "La recherche est en cours de reconstruction."
)
IMPORTED: Final = Text(
    "{letters} letters and {documents} documents are in the archive now.",
    "{letters} courriers et {documents} documents sont maintenant dans les archives.",
)
IMPORT_KNOWN: Final = Text(
    "{known} were there already.",
    "{known} y étaient déjà.",
)
IMPORT_OTHERS: Final = Text(
    "{count} files hold no letters and were left.",
    "{count} fichiers ne contiennent pas de courriers et ont été laissés.",
)
IMPORT_FAILED: Final = Text(
    "Not taken over, or not whole: {count}.",
    "Non repris, ou incomplets : {count}.",
)
IMPORT_CUT: Final = Text("something of it is missing", "il en manque une partie")
IMPORT_UNREAD: Final = Text("cannot be read", "illisible")
IMPORT_UNPROVEN: Final = Text(
    "Nobody has verified who wrote them.",
    "Personne n’a vérifié qui les a écrits.",
)
FROM_OTHER_PROGRAM: Final = Text(
    "Taken over from another mail program: nobody has verified who wrote this.",
    "Repris d’un autre logiciel : personne n’a vérifié qui l’a écrit.",
)
NO_DOCUMENTS: Final = Text("The message has no documents.", "Le courrier n’a pas de documents.")
AUDIT_GOOD: Final = Text(
    "Journal intact: {receipts} receipts and {checkpoints} checkpoints hold; {logged} of {own} own acts are in it; {size} entries.",
    "Journal intact : {receipts} preuves et {checkpoints} points de contrôle tiennent ; {logged} de vos {own} actes y figurent ; {size} entrées.",
)
AUDIT_BAD: Final = Text("Journal NOT intact:", "Journal NON intact :")
AUDIT_OFFLINE: Final = Text(
    "The relay cannot be reached, so its journal was not checked. The {receipts} receipts kept here hold.",
    "Le relais est injoignable : son journal n’a pas été vérifié. Les {receipts} preuves conservées ici tiennent.",
)
DOCUMENT: Final = Text("document", "document")
FROM: Final = Text("From", "De")
TO: Final = Text("To", "À")
DATE: Final = Text("Date", "Date")
SUBJECT: Final = Text("Subject", "Objet")
PROFILE: Final = Text("Profile", "Profil")
ADDRESS: Final = Text("Address", "Adresse")
NAME: Final = Text("Name", "Nom")
RELAY: Final = Text("Relay", "Relais")
COUNTS: Final = Text("{unread} unread, {outbox} to send", "{unread} non lus, {outbox} à envoyer")
NO_NAME: Final = Text("(no name)", "(sans nom)")
NOT_LISTED: Final = Text("not in the window’s list", "absent de la liste de la fenêtre")
LOCKED: Final = Text("Locked.", "Verrouillé.")
NOTHING_OPEN: Final = Text(
    "Nothing to lock: no window is open.", "Rien à verrouiller : aucune fenêtre n’est ouverte."
)
NOT_LOCKED: Final = Text(
    "The window does not answer; it may still be open. Lock it there, or end it.",
    "La fenêtre ne répond pas ; elle est peut-être encore ouverte. Verrouillez-la sur place, ou fermez-la.",
)
INTERRUPTED: Final = Text("Interrupted.", "Interrompu.")

DEEDS: Final = {deed: Text(*words) for deed, words in DEED_WORDS.items()}
STANDINGS: Final = {
    Standing.WAITING: Text("waits for the relay", "attend le relais"),
    Standing.LOGGED: Text("", ""),
    Standing.TOLD: Text("told by a receipt", "dit par un accusé"),
}
EVIDENCE_NAME: Final = Text("evidence-{day}.zip", "preuves-{day}.zip")
EVIDENCE_SAVED: Final = Text(
    "{acts} acts with their proofs are in {path}. Anybody can check them with packaging/verify-receipts.",
    "{acts} actes avec leurs preuves sont dans {path}. Chacun peut les vérifier avec packaging/verify-receipts.",
)
EVIDENCE_WAITING: Final = Text(
    "{waiting} acts are not in it: they have not reached the log yet.",
    "{waiting} actes n’y sont pas : ils ne sont pas encore arrivés au journal.",
)
EVIDENCE_OFFLINE: Final = Text(
    "The relay could not be asked: nothing in the file shows that its {checkpoints} states of the log are of one and the same log.",
    "Le relais n’a pas pu être interrogé : rien dans le fichier ne montre que ses {checkpoints} états du journal sont d’un seul et même journal.",
)
REPORT_SAVED: Final = Text(
    "The report, of {acts} acts, is in {path}. It is not encrypted.",
    "Le rapport, de {acts} actes, est dans {path}. Il n’est pas chiffré.",
)
REPORT_WAITING: Final = Text(
    "{waiting} of these acts have not reached the log yet.",
    "{waiting} de ces actes ne sont pas encore arrivés au journal.",
)
NO_REPORTED_PATIENT: Final = Text(
    "A report for a patient says which one: --patient ID.",
    "Un rapport pour un patient dit lequel : --patient ID.",
)
JOURNAL_STATES: Final = {
    JournalState.INTACT: Text(
        "{acts} acts, all in the log and proven. Checked against {others} correspondents and {witnesses} other computers of yours.",
        "{acts} actes, tous dans le journal et prouvés. Confronté à {others} correspondants et à {witnesses} de vos autres ordinateurs.",
    ),
    JournalState.WAITING: Text(
        "{acts} acts; {waiting} wait for the relay. Checked against {others} correspondents and {witnesses} other computers of yours.",
        "{acts} actes ; {waiting} attendent le relais. Confronté à {others} correspondants et à {witnesses} de vos autres ordinateurs.",
    ),
    JournalState.NOT_CHECKED: Text(
        "{acts} acts; {waiting} wait for the relay. The log was not looked at in this session.",
        "{acts} actes ; {waiting} attendent le relais. Le journal du relais n’a pas été consulté dans cette session.",
    ),
    JournalState.DAMAGED: Text(
        "{acts} acts. Something is missing or contradicts itself: see “audit alarms”.",
        "{acts} actes. Il en manque, ou ils se contredisent : voir « audit alarms ».",
    ),
}
ACTS_BELOW: Final = Text(
    "There are more: --before {entry}", "Il y en a d’autres : --before {entry}"
)
DONE_HERE: Final = Text("this computer", "cet ordinateur")
SIGNATURES: Final = {
    True: Text("The signature holds.", "La signature est valable."),
    False: Text("The signature does NOT hold.", "La signature n’est PAS valable."),
}
TOLD_SIGNATURES: Final = {
    True: Text(
        "The signature of the correspondent’s computer holds.",
        "La signature de l’ordinateur du correspondant est valable.",
    ),
    False: Text(
        "The signature of the correspondent’s computer does NOT hold.",
        "La signature de l’ordinateur du correspondant n’est PAS valable.",
    ),
}
TIMESTAMPS: Final = {
    TimestampStanding.NONE: Text("Not externally timestamped.", "Sans horodatage extérieur."),
    TimestampStanding.UNKNOWN: Text(
        "Whether it is externally timestamped is not known now: the relay did not tell.",
        "On ne sait pas pour l’instant s’il y a un horodatage extérieur : le relais ne l’a pas dit.",
    ),
    TimestampStanding.REFUSED: Text(
        "NOT externally timestamped: what the relay gave as a timestamp does not hold ({reason}).",
        "SANS horodatage extérieur valable : celui qu’a donné le relais ne tient pas ({reason}).",
    ),
    TimestampStanding.RELAYS_AUTHORITY: Text(
        "In the log by {at} at the latest, says {authority}. The certificate comes from the relay: this shows that the relay "
        "and this authority say the same. To know the authority, give its own certificate with --authority.",
        "Dans le journal au plus tard le {at}, dit {authority}. Le certificat vient du relais : cela montre que le relais et "
        "cette autorité disent la même chose. Pour reconnaître l’autorité, donnez son propre certificat avec --authority.",
    ),
    TimestampStanding.KNOWN_AUTHORITY: Text(
        "In the log by {at} at the latest: {authority} says so, by the certificate that you gave.",
        "Dans le journal au plus tard le {at} : {authority} le dit, d’après le certificat que vous avez donné.",
    ),
}
TIMESTAMP_RENEWED: Final = Text(
    "Renewed {renewals} times, last {at}.", "Renouvelé {renewals} fois, la dernière le {at}."
)
TIMESTAMP_ENDED: Final = Text(
    "The authority’s certificate ended {at}, and nobody renewed the timestamp before: it proves less now.",
    "Le certificat de l’autorité a pris fin le {at}, et personne n’avait renouvelé l’horodatage : il prouve moins désormais.",
)
INCLUSIONS: Final = {
    True: Text(
        "The log has it at {index}, in a tree of {size}.",
        "Le journal l’a en {index}, dans un arbre de {size}.",
    ),
    False: Text(
        "It is NOT proven to be in the log at {index}, in a tree of {size}.",
        "Sa présence dans le journal en {index}, dans un arbre de {size}, n’est PAS prouvée.",
    ),
}
