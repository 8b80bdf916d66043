# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why a file was refused, in words, for the text beside it: whoever finds it may not have the window open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.interface.folders import FolderTrouble
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    from app.engine.ports.folders import StoredUnit

_FRENCH: Final = {
    FolderTrouble.NO_RECIPIENT: "Rien ne dit à qui ce fichier est destiné. Déposez-le dans un dossier au nom du correspondant, ou avec une note « {name}.uhs.txt » qui commence par « à : ».",
    FolderTrouble.UNKNOWN_RECIPIENT: "Aucun de vos correspondants ne s’appelle « {detail} ».",
    FolderTrouble.UNVERIFIED_RECIPIENT: "Personne ne s’est porté garant de {detail}. Écrivez-lui une première fois depuis la fenêtre, après avoir vérifié son identité.",
    FolderTrouble.NAMESAKE: "Plusieurs de vos correspondants s’appellent à peu près « {detail} ». Donnez dans la note l’adresse complète, qui commence par « uhs: ».",
    FolderTrouble.NOTE_INVALID: "La note ne se lit pas. Ligne en cause : {detail}.",
    FolderTrouble.FILE_MISSING: "La note nomme un fichier qui n’est pas là : « {detail} ».",
    FolderTrouble.FILE_TOO_LARGE: "Le fichier est trop grand pour un courrier.",
    FolderTrouble.FILE_UNREADABLE: "Le fichier ne peut pas être lu.",
    FolderTrouble.FILE_EMPTY: "Le fichier ou sa note est vide. Le logiciel qui l’a déposé n’y a rien écrit.",
    FolderTrouble.NAME_RESERVED: "« {detail} » porte un nom réservé aux notes et aux résultats, sans en être un. Une note s’appelle comme son document, puis « .uhs.txt ».",
    FolderTrouble.PATIENT_OBJECTS: "Le patient s’oppose à ce que ses informations soient communiquées à {detail}.",
    FolderTrouble.CONSENT_NEEDED: "Il faut l’accord du patient pour {detail}. Notez-le dans la fenêtre, sur la page du patient.",
    FolderTrouble.CARE_NOT_SAID: "Rien ne dit que {detail} prend part aux soins et que le patient le sait. Ajoutez dans la note la ligne « patient informé : oui », ou dites-le dans la fenêtre.",
    FolderTrouble.NOT_A_FILE: "Ce n’est pas un fichier ordinaire, mais un lien, un dossier ou autre chose.",
    FolderTrouble.TOO_MANY: "Il y a plus de destinataires ou de documents qu’un courrier n’en prend.",
}
_ENGLISH: Final = {
    FolderTrouble.NO_RECIPIENT: "Nothing says to whom this file goes. Put it into a folder with the contact’s name, or beside a note “{name}.uhs.txt” that begins with “to:”.",
    FolderTrouble.UNKNOWN_RECIPIENT: "None of your contacts is called “{detail}”.",
    FolderTrouble.UNVERIFIED_RECIPIENT: "Nobody has vouched for {detail}. Write to them from the window first, once you have made sure who they are.",
    FolderTrouble.NAMESAKE: "More than one of your contacts is called “{detail}”, or nearly. Give the full address in the note; it begins with “uhs:”.",
    FolderTrouble.NOTE_INVALID: "The note cannot be read. Line at fault: {detail}.",
    FolderTrouble.FILE_MISSING: "The note names a file that is not there: “{detail}”.",
    FolderTrouble.FILE_TOO_LARGE: "The file is too large for a letter.",
    FolderTrouble.FILE_UNREADABLE: "The file cannot be read.",
    FolderTrouble.FILE_EMPTY: "The file or its note is empty. The software that put it there has written nothing into it.",
    FolderTrouble.NAME_RESERVED: "“{detail}” has a name of notes and results, and is none. A note is called as its document is, and “.uhs.txt”.",
    FolderTrouble.PATIENT_OBJECTS: "The patient objects to {detail} being told.",
    FolderTrouble.CONSENT_NEEDED: "The patient has to consent for {detail}. Record it in the window, on the patient’s page.",
    FolderTrouble.CARE_NOT_SAID: "Nothing says that {detail} takes part in the care and that the patient knows. Add the line “informed: yes” to the note, or say it in the window.",
    FolderTrouble.NOT_A_FILE: "This is no plain file, but a link, a folder or something else.",
    FolderTrouble.TOO_MANY: "There are more recipients or documents than one letter takes.",
}
_KEPT: Final = {
    WordLanguage.FRENCH: "Rien n’a été envoyé. Le fichier est resté ici. Pour réessayer, corrigez puis remettez-le dans « to-send ».",
    WordLanguage.ENGLISH: "Nothing was sent. The file was kept here. To try again, mend it and put it back into “to-send”.",
}


def reason(unit: StoredUnit, language: WordLanguage) -> str:
    """Both languages, the owner's first."""
    trouble = unit.trouble or FolderTrouble.FILE_UNREADABLE
    both = {WordLanguage.FRENCH: _FRENCH, WordLanguage.ENGLISH: _ENGLISH}
    order = sorted(both, key=lambda each: each is not language)
    return (
        "\r\n\r\n".join(
            both[each][trouble].format(name=unit.name, detail=unit.detail) + "\r\n" + _KEPT[each]
            for each in order
        )
        + "\r\n"
    )
