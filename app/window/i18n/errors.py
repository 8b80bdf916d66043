# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sentence for every code of the engine: what happened, and what to do.

The only place of the window that turns codes into texts about failures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject

from app.interface.failures import Failure
from app.interface.snapshots import AlarmKind, Problem
from crypto_core.wire.content import RefusalReason

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer first, then what to do about it; both plain text."""

    what: str
    do: str


class Errors(QObject):
    """Explains codes in the language in force."""

    def failure(self, failure: Failure, detail: str = "") -> Explanation:
        """Explain why a command was not carried out; `detail` is a file name or a number."""
        what, do = {
            Failure.LOCKED: (
                self.tr("The application is locked."),
                self.tr("Unlock it and try again."),
            ),
            Failure.ALREADY_UNLOCKED: (
                self.tr("The application is already unlocked."),
                self.tr("There is nothing more to do."),
            ),
            Failure.NO_PROFILE: (
                self.tr("There is no account on this computer yet."),
                self.tr("Create one with the enrolment text and the code of your relay."),
            ),
            Failure.PROFILE_EXISTS: (
                self.tr("There is already an account here."),
                self.tr("Unlock it with its passphrase."),
            ),
            Failure.PROFILE_IN_USE: (
                self.tr("Your mail is already open in another window."),
                self.tr("Close the other window, or go on working there."),
            ),
            Failure.PROFILE_DAMAGED: (
                self.tr("Your mail on this computer cannot be read."),
                self.tr("Nothing was changed. Keep the folder as it is and ask for help."),
            ),
            Failure.PROFILE_NEWER: (
                self.tr("Your mail was written by a newer version of this program."),
                self.tr("Install the newer version to open it. Nothing was changed."),
            ),
            Failure.WRONG_PASSPHRASE: (
                self.tr("This is not the passphrase."),
                self.tr("Check the Caps Lock key and type it again."),
            ),
            Failure.SIGN_IN_NEEDED: (
                self.tr("Your session at the relay has ended."),
                self.tr("Sign in again to receive and send; everything here stays readable."),
            ),
            Failure.SECOND_FACTOR_REFUSED: (
                self.tr("The relay does not accept what you typed."),
                self.tr("Check the passphrase, and take the next code: each one serves once."),
            ),
            Failure.TOO_MANY_ATTEMPTS: (
                self.tr("There were too many attempts."),
                self.tr("Try again in a few minutes."),
            ),
            Failure.STEP_UP_NEEDED: (
                self.tr("The relay wants to be sure that it is you."),
                self.tr("Type your passphrase and a code, then it is done."),
            ),
            Failure.PROFILE_COPIED: (
                self.tr("This mail was copied, or put back from a backup."),
                self.tr(
                    "You can read everything here, but nothing is received or sent. Go on with the copy "
                    "that was used last. If you made no copy, call whoever runs your relay."
                ),
            ),
            Failure.DEVICE_REMOVED: (
                self.tr("This computer was removed from your account."),
                self.tr(
                    "You can read everything here, but nothing is received or sent. If you did not "
                    "remove it, use your recovery kit."
                ),
            ),
            Failure.UNKNOWN_DEVICE: (
                self.tr("This is not one of your computers any more."),
                self.tr("Look at the list again."),
            ),
            Failure.OWN_DEVICE: (
                self.tr("A computer does not remove itself."),
                self.tr("Remove it from another one of yours."),
            ),
            Failure.LINK_INVALID: (
                self.tr("This is neither a linking text nor twelve words."),
                self.tr("Copy it again from your other computer."),
            ),
            Failure.LINK_ENDED: (
                self.tr("This link has ended."),
                self.tr("Begin again on your other computer: a picture serves for ten minutes."),
            ),
            Failure.LINK_TAKEN: (
                self.tr("Another computer has answered before this one."),
                self.tr("Do not confirm on your other computer. Begin again there."),
            ),
            Failure.LINK_NOT_OFFERED: (
                self.tr("No computer has answered yet."),
                self.tr("Show the picture to the new computer, or type the words there."),
            ),
            Failure.LINK_OTHER_WORDS: (
                self.tr("These are not the words of the computer that has answered."),
                self.tr("If your new computer shows them, someone else answered: do not confirm."),
            ),
            Failure.UNVERIFIED_RECIPIENT: (
                self.tr("Nobody has said who the recipient is."),
                self.tr("Compare words by telephone first, or choose to send all the same."),
            ),
            Failure.CARD_INVALID: (
                self.tr("This is not a contact card, or it is damaged."),
                self.tr("Ask for it again."),
            ),
            Failure.NOTHING_TO_ACKNOWLEDGE: (
                self.tr("There is nothing left to look at."),
                self.tr("Your letters go out as usual."),
            ),
            Failure.CONTACT_BLOCKED: (
                self.tr("You have blocked this person."),
                self.tr("Unblock them first, under “Correspondents”."),
            ),
            Failure.KEYS_UNPROVEN: (
                self.tr(
                    "The relay does not prove that what it says about this person is of today."
                ),
                self.tr("Try again later. If it stays so, tell whoever runs the relay."),
            ),
            Failure.FACTOR_NOT_BEGUN: (
                self.tr("No telephone is waiting for its first code."),
                self.tr("Add the telephone again."),
            ),
            Failure.LAST_FACTOR: (
                self.tr("This is your only one."),
                self.tr("Recovery codes alone are not enough. Add another one first."),
            ),
            Failure.UNKNOWN_FACTOR: (
                self.tr("It is not there any more."),
                self.tr("It was removed meanwhile; there is nothing more to do."),
            ),
            Failure.TOO_MANY_FACTORS: (
                self.tr("You already have ten, which is the most."),
                self.tr("Remove one that you do not use any more."),
            ),
            Failure.PASSPHRASE_CHANGED_LATELY: (
                self.tr("Your passphrase was changed four times within a week."),
                self.tr(
                    "Wait some days. If it was not you, restore your account with the recovery kit now."
                ),
            ),
            Failure.SECURITY_KEY_MISSING: (
                self.tr("No security key is plugged in."),
                self.tr("Plug it in and try again."),
            ),
            Failure.SECURITY_KEY_FORBIDDEN: (
                self.tr("This computer does not let you use the security key."),
                self.tr(
                    "Have the package libfido2-1 installed (Debian and Ubuntu: also libu2f-udev), then "
                    "unplug the key and plug it in again."
                ),
            ),
            Failure.SECURITY_KEY_UNTOUCHED: (
                self.tr("The security key was not touched in time."),
                self.tr("Try again, and touch it when it blinks."),
            ),
            Failure.SECURITY_KEY_UNKNOWN: (
                self.tr("This security key is not one of yours."),
                self.tr("Take the one that you added, or the code of your telephone."),
            ),
            Failure.SECURITY_KEY_KNOWN: (
                self.tr("You have added this security key already."),
                self.tr("There is nothing more to do."),
            ),
            Failure.SECURITY_KEY_PIN_NEEDED: (
                self.tr("This security key asks for its PIN."),
                self.tr("Type the PIN that you gave the key, and try again."),
            ),
            Failure.SECURITY_KEY_PIN_WRONG: (
                self.tr("This is not the PIN of the security key."),
                self.tr("Type it again with care: after eight wrong ones the key blocks itself."),
            ),
            Failure.SECURITY_KEY_PIN_PAUSED: (
                self.tr("The security key takes no more PINs for now."),
                self.tr("Unplug it, plug it in again, and type the PIN with care."),
            ),
            Failure.SECURITY_KEY_PIN_BLOCKED: (
                self.tr("The security key has blocked itself for good after wrong PINs."),
                self.tr(
                    "Sign in with the code of your telephone, then remove the key in the settings."
                ),
            ),
            Failure.SECURITY_KEY_UNUSABLE: (
                self.tr("The security key did not answer as it should."),
                self.tr("Unplug it, plug it in again, and try once more."),
            ),
            Failure.SECURITY_KEY_UNSUPPORTED: (
                self.tr("Your relay does not take security keys."),
                self.tr("Use a telephone. Whoever runs your relay can give it a name for keys."),
            ),
            Failure.SECOND_FACTORS_GONE: (
                self.tr("The picture for the telephone cannot be shown again."),
                self.tr("Sign in with the code of your telephone, or with a recovery code."),
            ),
            Failure.KIT_GONE: (
                self.tr("The recovery kit is on paper, and nobody can show it again."),
                self.tr("If it is lost, make a new one."),
            ),
            Failure.KIT_PENDING: (
                self.tr("There is already a new recovery kit."),
                self.tr("Print it and confirm it, or wait until it counts."),
            ),
            Failure.KIT_NOT_CONFIRMED: (
                self.tr("The recovery kit is not on paper yet."),
                self.tr("Print it first, and confirm it."),
            ),
            Failure.KIT_GROUP_WRONG: (
                self.tr("This is not what stands in that group."),
                self.tr("Read it from the paper again."),
            ),
            Failure.KIT_CODE_INVALID: (
                self.tr("The recovery code has a mistake."),
                self.tr("Read the marked group from the paper again."),
            ),
            Failure.KIT_OTHER: (
                self.tr("This is another recovery kit: an older one, or another account's."),
                self.tr("Take the newest kit. Its page names the account."),
            ),
            Failure.KIT_REFUSED: (
                self.tr("The relay does not accept kit and passphrase together."),
                self.tr("Check both and try again."),
            ),
            Failure.NO_PACKAGE: (
                self.tr("The relay keeps no list of your correspondents for this kit yet."),
                self.tr("Synchronise, then try again."),
            ),
            Failure.RESTORE_OVERTAKEN: (
                self.tr(
                    "Another computer of the account keeps changing its list of computers: perhaps a thief’s."
                ),
                self.tr(
                    "Begin again with the same kit and passphrase. If it happens again, ask the relay’s "
                    "operator to hold the account’s sessions back."
                ),
            ),
            Failure.RESTORE_ENDED: (
                self.tr("The ten minutes are over."),
                self.tr("Begin again with the recovery kit."),
            ),
            Failure.NO_KIT_CHANGE: (
                self.tr("No new recovery kit is announced."),
                self.tr("There is nothing to call off."),
            ),
            Failure.SHARES_INVALID: (
                self.tr("These shares do not give the recovery code back."),
                self.tr("Check the marked word, or ask for one more share."),
            ),
            Failure.ABSENCE_PERIOD_INVALID: (
                self.tr("These are not the days of an absence."),
                self.tr(
                    "The last day comes after the first, is not over, and is at most a year later."
                ),
            ),
            Failure.BACKUP_UNREADABLE: (
                self.tr("This is not a complete backup."),
                self.tr("Take an older one from the same folder."),
            ),
            Failure.BACKUP_FOLDER_INVALID: (
                self.tr("Backups do not go there."),
                self.tr("Choose a folder outside the application's own, best on another disk."),
            ),
            Failure.FOLDER_INVALID: (
                self.tr("Practice software cannot have this folder."),
                self.tr("Choose a folder that exists, outside the application's own."),
            ),
            Failure.RESULT_INVALID: (
                self.tr("This result was not written by one of your computers, or was changed."),
                self.tr("Do not rely on it."),
            ),
            Failure.BACKUP_FOLDER_MISSING: (
                self.tr("The backup folder is not there."),
                self.tr("Plug its disk in, or choose another folder."),
            ),
            Failure.BACKUP_RUNNING: (
                self.tr("A backup is being made already."),
                self.tr("Wait until it is done."),
            ),
            Failure.BACKUP_CANCELLED: (
                self.tr("The backup was stopped."),
                self.tr("The older ones are still there."),
            ),
            Failure.OS_SECRET_MISSING: (
                self.tr("The secret kept by this computer's own keyring is missing."),
                self.tr(
                    "Open the computer's session of whoever created the account, and unlock its "
                    "keyring. If the keyring was emptied, or this is another computer, your recovery "
                    "kit opens your mail."
                ),
            ),
            Failure.OUT_OF_MEMORY: (
                self.tr("This computer has too little free memory to open your mail."),
                self.tr("Close other programs and try again."),
            ),
            Failure.ENROLMENT_INVALID: (
                self.tr("This enrolment text is not complete or not for this program."),
                self.tr("Copy it again, from its first to its last character."),
            ),
            Failure.PASSPHRASE_WEAK: (
                self.tr("This passphrase is too easy to guess."),
                self.tr("Take seven unrelated words or more, or twelve characters of all kinds."),
            ),
            Failure.INVITATION_INVALID: (
                self.tr("The relay does not accept this invitation code."),
                self.tr("It serves once. Ask whoever runs your relay for a new one."),
            ),
            Failure.RELAY_UNREACHABLE: (
                self.tr("The relay cannot be reached."),
                self.tr("Check the connection of this computer and try again."),
            ),
            Failure.RELAY_UNTRUSTED: (
                self.tr("What answers at the relay's address is not your relay."),
                self.tr("Nothing was sent. Try another network, and tell whoever runs the relay."),
            ),
            Failure.RELAY_REFUSED: (
                self.tr("The relay does not accept this request."),
                self.tr("Ask whoever runs your relay whether this computer is still enrolled."),
            ),
            Failure.RELAY_BUSY: (
                self.tr("The relay has too much to do."),
                self.tr("Try again in a few minutes."),
            ),
            Failure.CLOCK_WRONG: (
                self.tr("This computer's clock is wrong."),
                self.tr("Set its date and time, then try again."),
            ),
            Failure.UNKNOWN_ACCOUNT: (
                self.tr("Nobody is known by this address."),
                self.tr("Check the address with the person it belongs to."),
            ),
            Failure.OWN_ACCOUNT: (
                self.tr("This is your own address."),
                self.tr("Ask your correspondent for theirs."),
            ),
            Failure.NOT_A_CONTACT: (
                self.tr("This person is not among your correspondents yet."),
                self.tr("Send a contact request, and write once it is accepted."),
            ),
            Failure.UNKNOWN_MESSAGE: (
                self.tr("This letter is no longer here."),
                self.tr("Go back to the list and open it again."),
            ),
            Failure.UNKNOWN_CONVERSATION: (
                self.tr("This conversation is no longer here."),
                self.tr("Go back to the list and open it again."),
            ),
            Failure.UNKNOWN_DRAFT: (
                self.tr("This draft is no longer there."),
                self.tr("It was sent or removed meanwhile."),
            ),
            Failure.TOO_MANY_DOCUMENTS: (
                self.tr("A letter takes no more documents than it has now."),
                self.tr("Send the others with a second letter."),
            ),
            Failure.ATTACHING_CANCELLED: (
                self.tr("The document was not added."),
                self.tr("You stopped it; add it again if you need it."),
            ),
            Failure.STILL_ATTACHING: (
                self.tr("A document is still being added."),
                self.tr("Send the letter as soon as it is there, or leave it out."),
            ),
            Failure.NO_RECIPIENT: (
                self.tr("The letter has no recipient."),
                self.tr("Add at least one correspondent."),
            ),
            Failure.TOO_MANY_RECIPIENTS: (
                self.tr("There are too many recipients for one letter."),
                self.tr("Send it as two letters."),
            ),
            Failure.SEND_TIME_INVALID: (
                self.tr("A letter cannot wait for this moment."),
                self.tr("Choose one that lies ahead, within a year."),
            ),
            Failure.ALREADY_SENT: (
                self.tr("This letter has already gone."),
                self.tr("It can no longer be taken back. Write another one to correct it."),
            ),
            Failure.UNKNOWN_TEMPLATE: (
                self.tr("This template is no longer there."),
                self.tr("It was removed meanwhile."),
            ),
            Failure.TOO_MANY_TEMPLATES: (
                self.tr("There is no room for another template."),
                self.tr("Remove one that you no longer use."),
            ),
            Failure.STILL_SENDING: (
                self.tr("A letter of this conversation is still being sent."),
                self.tr("Cancel it first, or wait until it has gone."),
            ),
            Failure.TO_BE_KEPT: (
                self.tr("Letters about this patient have to be kept for now."),
                self.tr("If your own records have them, remove them as filed there."),
            ),
            Failure.NOT_CERTIFIED: (
                self.tr("This erasure is not finished yet."),
                self.tr("Lock, unlock again, and wait a moment."),
            ),
            Failure.UNKNOWN_PATIENT: (
                self.tr("This patient is no longer in your list."),
                self.tr("Choose another one, or add the patient again."),
            ),
            Failure.UNKNOWN_ENTRY: (
                self.tr("This act is no longer in the journal."),
                self.tr("Its time was over. The relay’s record still shows that there was one."),
            ),
            Failure.NOTHING_TO_EXPORT: (
                self.tr("There is nothing to export."),
                self.tr(
                    "The journal at the relay has no act like that yet. Choose another period."
                ),
            ),
            Failure.PATIENT_OBJECTS: (
                self.tr("The patient objects to a recipient being told."),
                self.tr("Leave them out, or ask the patient."),
            ),
            Failure.CONSENT_NEEDED: (
                self.tr("For a recipient of this letter the patient has to consent."),
                self.tr("Record the consent, or leave them out."),
            ),
            Failure.CARE_NOT_SAID: (
                self.tr("You have not said yet whether each recipient takes part in the care."),
                self.tr("Answer the question in the letter, then send it."),
            ),
            Failure.PATIENT_NOT_INFORMED: (
                self.tr("The patient has to know who is told."),
                self.tr("Tell them, answer the question in the letter, then send it."),
            ),
            Failure.NOTHING_TO_LIFT: (
                self.tr("No opposition of this patient is recorded."),
                self.tr("There is nothing to lift."),
            ),
            Failure.TOO_MUCH_TO_EXPORT: (
                self.tr("That is too much for one file."),
                self.tr("Choose a shorter period, and export the rest into another file."),
            ),
            Failure.CERTIFICATE_UNREADABLE: (
                self.tr("There is no certificate in this file."),
                self.tr(
                    "Choose the file that the authority publishes; its name ends in .pem or .cer."
                ),
            ),
            Failure.PATIENT_IN_USE: (
                self.tr("Letters are filed under this patient."),
                self.tr("File them under another patient first, or remove them."),
            ),
            Failure.INS_INVALID: (
                self.tr("This INS cannot be right."),
                self.tr(
                    "Check its 15 characters. A qualified INS also needs birth name, given name, date of birth and sex."
                ),
            ),
            Failure.INS_DIFFERS: (
                self.tr("These are two people."),
                self.tr("Both have a qualified INS, and not the same one."),
            ),
            Failure.MERGE_CHANGED: (
                self.tr("This can no longer be undone."),
                self.tr("Something has changed since these patients were merged."),
            ),
            Failure.NOTES_TOO_LONG: (
                self.tr("The notes of the two do not fit into one card."),
                self.tr("Shorten them first."),
            ),
            Failure.NOT_A_TABLE: (
                self.tr("This file is not a table of patients."),
                self.tr("Choose the columns with the names, or another file."),
            ),
            Failure.UNKNOWN_ATTACHMENT: (
                self.tr("This document is no longer here."),
                self.tr("Open the letter again."),
            ),
            Failure.ATTACHMENT_UNAVAILABLE: (
                self.tr("The document has not arrived on this computer yet."),
                self.tr("It is fetched by itself as soon as the relay can be reached."),
            ),
            Failure.ATTACHMENT_GONE: (
                self.tr("This document is neither on this computer nor at the relay any more."),
                self.tr("Ask the sender to send it again."),
            ),
            Failure.DOCUMENT_CLOSED: (
                self.tr("This document is no longer open."),
                self.tr("Open it again."),
            ),
            Failure.DOCUMENT_RUNS: (
                self.tr("This file is a program: opening it would run it."),
                self.tr("Save it only if you know what it is and who made it."),
            ),
            Failure.PAGE_UNREADABLE: (
                self.tr("This page cannot be shown."),
                self.tr("Save the document, or open it in another program."),
            ),
            Failure.ATTACHMENT_DAMAGED: (
                self.tr("The document did not arrive as its sender wrote it."),
                self.tr("It was not saved. Ask the sender to send it again."),
            ),
            Failure.FILE_UNREADABLE: (
                self.tr("The file cannot be read."),
                self.tr("Check that it still exists and that you may open it."),
            ),
            Failure.FILE_IS_FOLDER: (
                self.tr("This is a folder, and only files can be sent."),
                self.tr("Add the files that are in it."),
            ),
            Failure.FILE_TOO_LARGE: (
                self.tr("The file is too large to be sent."),
                self.tr("Send a smaller one, or several."),
            ),
            Failure.FILE_CHANGED: (
                self.tr("The file changed while it was being read."),
                self.tr("Close it in other programs and add it again."),
            ),
            Failure.DIRECTORY_UNWRITABLE: (
                self.tr("Nothing can be saved in this folder."),
                self.tr("Choose another folder."),
            ),
            Failure.DISK_FULL: (
                self.tr("The disk of this computer is full."),
                self.tr("Free some space and try again. Nothing was lost."),
            ),
            Failure.NOT_MAIL: (
                self.tr("There are no letters in what you chose."),
                self.tr("Save them in the other program as .eml or mbox, and choose those files."),
            ),
            Failure.IMPORT_RUNNING: (
                self.tr("Another import is still going on."),
                self.tr("Wait for its end, or stop it first."),
            ),
            Failure.TEXT_TOO_LONG: (
                self.tr("The text is too long for one letter."),
                self.tr("Shorten it, or add the long part as a document."),
            ),
            Failure.INVALID: (
                self.tr("Something in this form is not as it should be."),
                self.tr("Check what you typed and try again."),
            ),
            Failure.ENGINE_GONE: (
                self.tr("The program behind this window has stopped."),
                self.tr("Unlock again. What was saved is still there."),
            ),
            Failure.BUG: (
                self.tr("Something unexpected happened in the program."),
                self.tr("Try again. If it happens again, report it: the report holds no content."),
            ),
        }[failure]
        if failure is Failure.TOO_MANY_ATTEMPTS and detail.isdecimal():
            return Explanation(what=what, do=self._wait(int(detail)))
        if failure is Failure.SECURITY_KEY_PIN_WRONG and detail.isdecimal():
            left = self.tr("Before the key blocks itself: %n more try(ies).", "", int(detail))
            return Explanation(what=what, do=left)
        if failure is Failure.SIGN_IN_NEEDED:
            # Its detail is a word between programs.
            return Explanation(what=what, do=do)
        if detail:
            what = self.tr("{sentence} ({detail})").format(sentence=what, detail=detail)
        return Explanation(what=what, do=do)

    def _wait(self, seconds: int) -> str:
        """Return how long to wait, in the unit that people would use; never too short."""
        if seconds < _MINUTE:
            return self.tr("Try again in %n second(s).", "", max(seconds, 1))
        if seconds <= _HOUR:
            return self.tr("Try again in %n minute(s).", "", -(-seconds // _MINUTE))
        return self.tr("Try again in %n hour(s).", "", -(-seconds // _HOUR))

    def problem(self, problem: Problem) -> Explanation:
        """Explain why a message cannot be shown or sent as it should. NONE has no explanation."""
        what, do = {
            Problem.CANNOT_OPEN: (
                self.tr("This letter cannot be opened on this computer."),
                self.tr("Its sender was asked to send it again; there is nothing you need to do."),
            ),
            Problem.MESSAGE_ID_REUSED: (
                self.tr("Two different letters carry the same number."),
                self.tr("Someone may have tampered with them. Ask the sender by telephone."),
            ),
            Problem.ATTACHMENT_MISSING: (
                self.tr("A document of this letter is missing."),
                self.tr("Ask the sender to send it again."),
            ),
            Problem.RECIPIENT_AWAY: (
                self.tr("The recipient's computer has been off for a long time."),
                self.tr("The letter leaves by itself once that computer has been online again."),
            ),
            Problem.RECIPIENT_UNTRUSTED: (
                self.tr("What the relay says about the recipient's computer cannot be confirmed."),
                self.tr("The letter is held back. Ask the recipient by telephone before anything."),
            ),
            Problem.REFUSED_BY_RELAY: (
                self.tr("The relay did not accept this letter."),
                self.tr("Send it again in smaller parts, or ask whoever runs your relay."),
            ),
            Problem.NOT_A_CONTACT: (
                self.tr("The recipient is not among your correspondents."),
                self.tr("Send a contact request first, then this letter again."),
            ),
            Problem.EXPIRED: (
                self.tr("The letter was never fetched and the relay no longer keeps it."),
                self.tr("Reach the recipient in another way, or send it again."),
            ),
            Problem.RELAY_FULL: (
                self.tr("The relay has no room for the documents of this letter now."),
                self.tr("The letter leaves by itself once your earlier documents were fetched."),
            ),
            Problem.RECIPIENT_UNKNOWN: (
                self.tr("Nobody at your relay has the recipient's address."),
                self.tr("Ask the recipient for it again, by telephone."),
            ),
            Problem.KEYS_CHANGED: (
                self.tr(
                    "The recipient has started again on other computers, and nothing announced it."
                ),
                self.tr(
                    "Ask them by telephone, then look at it on their page under “Correspondents”."
                ),
            ),
            Problem.KEYS_UNPROVEN: (
                self.tr(
                    "The relay does not prove that what it says about the recipient is of today."
                ),
                self.tr("The letter leaves by itself once it does."),
            ),
            Problem.RECIPIENT_BLOCKED: (
                self.tr("You have blocked this recipient, so the letter did not go to them."),
                self.tr("To write to them again, unblock them under “Correspondents”."),
            ),
            Problem.NOT_ALLOWED: (
                self.tr("By what the patient has decided since, it did not go to this recipient."),
                self.tr("Look at the patient's page; if it may go after all, send it again."),
            ),
        }[problem]
        return Explanation(what=what, do=do)

    def alarm(self, kind: AlarmKind) -> Explanation:
        """Explain something that a person must be told."""
        what, do = {
            AlarmKind.SPLIT_VIEW: (
                self.tr(
                    "The relay has shown two versions of its journal that contradict each other."
                ),
                self.tr("Both are kept as evidence. Tell whoever runs the relay, in writing."),
            ),
            AlarmKind.LOG_SHORTENED: (
                self.tr("The relay's journal has become shorter than it was."),
                self.tr("Entries were removed. Tell whoever runs the relay, in writing."),
            ),
            AlarmKind.PROOF_INVALID: (
                self.tr("The relay gave a receipt that does not hold."),
                self.tr("It does not count as proof. Tell whoever runs the relay."),
            ),
            AlarmKind.MESSAGE_ID_REUSED: (
                self.tr("Two different letters arrived under the same number."),
                self.tr("Do not rely on either before you have asked the sender by telephone."),
            ),
            AlarmKind.KEYS_CHANGED: (
                self.tr("A correspondent's computer has changed in a way that was not announced."),
                self.tr("Ask them by telephone before you write to them."),
            ),
            AlarmKind.OWN_KEYS_CHANGED: (
                self.tr("Somebody changed your account, and not from this computer."),
                self.tr(
                    "If it was not you: change your passphrase, look at your computers, use your "
                    "recovery kit, and tell whoever runs the relay."
                ),
            ),
            AlarmKind.OWN_COMPUTER_ADDED: (
                self.tr("Another of your computers has added a computer to your account."),
                self.tr(
                    "Was it you? If not, remove that computer and the one that added it, with your "
                    "recovery kit, and change your passphrase."
                ),
            ),
            AlarmKind.OWN_COMPUTER_REMOVED: (
                self.tr("Another of your computers has removed a computer from your account."),
                self.tr(
                    "Was it you? If not, remove the computer that did it, with your recovery kit."
                ),
            ),
            AlarmKind.OWN_KIT_ANNOUNCED: (
                self.tr("Another of your computers has announced a new recovery kit."),
                self.tr(
                    "Was it you? If not, call it off with your old kit within the week: "
                    "after that the old one is void."
                ),
            ),
            AlarmKind.OWN_KIT_CALLED_OFF: (
                self.tr("A new recovery kit was called off, with the one that you have."),
                self.tr("Was it you? If not, somebody has your recovery kit: make a new one."),
            ),
            AlarmKind.OWN_KEYS_REPLACED: (
                self.tr("Another of your computers has replaced your keys with the recovery kit."),
                self.tr(
                    "Was it you? If not, somebody has your recovery kit: tell whoever runs the relay."
                ),
            ),
            AlarmKind.JOURNAL_CONTRADICTED: (
                self.tr(
                    "What the relay shows of your computers’ journal is not what they did: "
                    "an act is missing, invented or elsewhere."
                ),
                self.tr(
                    "The evidence is kept in this profile. Tell whoever runs the relay, in writing."
                ),
            ),
            AlarmKind.KEY_MAP_CONTRADICTED: (
                self.tr("What the relay says about a person contradicts its own journal."),
                self.tr("Nothing is sent to this person. Tell whoever runs the relay, in writing."),
            ),
            AlarmKind.KEY_MAP_OLD: (
                self.tr(
                    "The relay has not proven for a day that what it says about people is the newest."
                ),
                self.tr("Tell whoever runs the relay."),
            ),
            AlarmKind.DEVICE_REMOVED: (
                self.tr("This computer was removed from your account."),
                self.tr("If you did not remove it, use your recovery kit."),
            ),
            AlarmKind.SESSION_COPIED: (
                self.tr("The relay has ended your session, because a copy of it was used."),
                self.tr(
                    "If you restored a backup, this is why. If not, someone else has a copy of this "
                    "mailbox: tell whoever runs the relay."
                ),
            ),
            AlarmKind.CHAIN_CONFLICT: (
                self.tr("Someone acted in your name from a copy of this mailbox."),
                self.tr(
                    "If you restored a backup, this is why. If not, tell whoever runs the relay."
                ),
            ),
        }[kind]
        return Explanation(what=what, do=do)

    def refusal(self, reason: RefusalReason) -> str:
        """Return a reason for refusing a letter, as it stands after a colon."""
        return {
            RefusalReason.NOT_MY_PATIENT: self.tr("not my patient"),
            RefusalReason.PATIENT_UNKNOWN: self.tr("patient unknown"),
            RefusalReason.ILLEGIBLE: self.tr("illegible"),
            RefusalReason.WRONG_RECIPIENT: self.tr("wrong recipient"),
        }[reason]
