# SPDX-License-Identifier: AGPL-3.0-or-later
"""What deeds are called, in a word or two: on the command line and in reports."""

from __future__ import annotations

from typing import Final

from app.interface.journal import Deed

DEED_WORDS: Final = {
    Deed.UNLOCK_REFUSED: ("wrong passphrases", "phrases de passe erronées"),
    Deed.UNLOCKED: ("unlocked", "déverrouillé"),
    Deed.LOCKED: ("locked", "verrouillé"),
    Deed.KIT_SHOWN: ("recovery kit shown", "sauvegarde papier affichée"),
    Deed.KIT_REHEARSED: ("recovery kit rehearsed", "sauvegarde papier essayée"),
    Deed.BACKED_UP: ("backup made", "copie de sauvegarde faite"),
    Deed.BROUGHT_BACK: ("brought back from the recovery kit", "restauré avec la sauvegarde papier"),
    Deed.SETTING_CHANGED: ("setting changed", "réglage modifié"),
    Deed.COMPOSED: ("letter written", "lettre écrite"),
    Deed.CALLED_BACK: ("letter called back", "envoi annulé"),
    Deed.RECEIVED: ("letter received", "lettre reçue"),
    Deed.READ: ("letter read", "lettre lue"),
    Deed.REFUSED: ("letter refused", "lettre refusée"),
    Deed.REMOVED: ("letter removed", "lettre supprimée"),
    Deed.TAKEN_BACK: ("removal taken back", "suppression annulée"),
    Deed.ERASED: ("letter erased for good", "lettre effacée définitivement"),
    Deed.FILED: ("letter filed", "lettre classée"),
    Deed.DOCUMENT_SHOWN: ("document shown", "document affiché"),
    Deed.DOCUMENT_SAVED: ("document saved", "document enregistré"),
    Deed.DOCUMENT_HANDED_ON: (
        "document opened in another program",
        "document ouvert dans un autre logiciel",
    ),
    Deed.PRINTED: ("printed", "imprimé"),
    Deed.PUT_IN_FOLDER: (
        "written for the practice’s software",
        "déposé pour le logiciel du cabinet",
    ),
    Deed.IMPORTED: ("letters imported", "lettres importées"),
    Deed.SEARCHED: ("search", "recherche"),
    Deed.DIRECTORY_SEARCHED: ("search in the directory", "recherche dans l’annuaire"),
    Deed.CONTACT_ASKED: ("contact asked", "contact demandé"),
    Deed.CONTACT_ACCEPTED: ("contact accepted", "contact accepté"),
    Deed.CONTACT_DECLINED: ("contact declined", "contact décliné"),
    Deed.CONTACT_BLOCKED: ("blocked", "bloqué"),
    Deed.CONTACT_UNBLOCKED: ("no longer blocked", "débloqué"),
    Deed.CONTACT_COMPARED: ("verified in person or by phone", "vérifié de vive voix ou par carte"),
    Deed.KEY_CHANGE_SEEN: ("change of keys looked at", "changement de clés examiné"),
    Deed.PATIENT_ADDED: ("patient added", "patient ajouté"),
    Deed.PATIENT_CHANGED: ("patient corrected", "patient corrigé"),
    Deed.PATIENT_REMOVED: ("patient removed", "patient retiré"),
    Deed.ABSENCE_SAID: ("absence announced", "absence annoncée"),
    Deed.ABSENCE_ENDED: ("absence ended", "absence terminée"),
    Deed.JOURNAL_EXPORTED: ("journal exported", "journal exporté"),
    Deed.ERASURE_CERTIFIED: ("erasure certified", "effacement attesté"),
    Deed.ENTRIES_ERASED: ("old entries erased", "anciennes entrées effacées"),
    Deed.CONSENT_GIVEN: ("consent recorded", "accord recueilli"),
    Deed.CONSENT_WITHDRAWN: ("consent withdrawn", "accord retiré"),
    Deed.OPPOSITION_STATED: ("opposition recorded", "opposition notée"),
    Deed.OPPOSITION_LIFTED: ("opposition lifted", "opposition levée"),
    Deed.PATIENT_INFORMED: ("patient informed", "patient informé"),
    Deed.CARE_STATED: ("part in the care noted", "participation aux soins notée"),
    Deed.SENT_IN_EMERGENCY: ("sent in an emergency", "envoyé en urgence vitale"),
    Deed.OF_A_LATER_PROGRAM: (
        "an act that only a later version can read",
        "acte que seule une version ultérieure sait lire",
    ),
    Deed.ACCEPTED_BY_RELAY: ("letter accepted by the relay", "lettre acceptée par le relais"),
    Deed.NOT_DELIVERED: ("letter not fetched in time", "lettre non retirée à temps"),
    Deed.SIGNED_IN: ("signed in", "connecté au relais"),
    Deed.SIGN_IN_REFUSED: ("sign-in refused", "connexion refusée"),
    Deed.SESSIONS_ENDED: ("sessions ended", "sessions fermées"),
    Deed.FACTOR_CHANGED: ("factor changed", "facteur modifié"),
    Deed.COMPUTERS_CHANGED: ("list of computers renewed", "liste des ordinateurs renouvelée"),
    Deed.KIT_ANNOUNCED: ("new recovery kit announced", "nouvelle sauvegarde papier annoncée"),
    Deed.KIT_CALLED_OFF: ("new recovery kit called off", "nouvelle sauvegarde papier annulée"),
    Deed.VOUCHED: ("vouched", "recommandé"),
    Deed.VOUCH_WITHDRAWN: ("vouch withdrawn", "recommandation retirée"),
    Deed.ASSURANCE_GIVEN: (
        "identity confirmed by the relay’s operator",
        "identité confirmée par le responsable du relais",
    ),
    Deed.ASSURANCE_REVOKED: (
        "confirmation of identity withdrawn",
        "confirmation d’identité retirée",
    ),
    Deed.ADMINISTERED: (
        "the relay’s operator did something about your account",
        "le responsable du relais est intervenu sur votre compte",
    ),
    Deed.SIGNATURE_INVALID: (
        "the relay found an act of your computer with a false signature",
        "le relais a trouvé un acte de votre ordinateur avec une fausse signature",
    ),
    Deed.DELIVERED_TO: ("letter delivered", "lettre remise"),
    Deed.READ_BY: ("letter read by its recipient", "lettre lue par le destinataire"),
    Deed.REFUSED_BY: ("letter refused by its recipient", "lettre refusée par le destinataire"),
}
"""English, then French."""
