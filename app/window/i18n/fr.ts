<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr_FR" sourcelanguage="en_US">
<context>
    <name>AbsenceSection</name>
    <message>
        <source>First day</source>
        <translation>Premier jour</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>Dernier jour</translation>
    </message>
    <message>
        <source>Who replaces me</source>
        <translation>Mon remplacement</translation>
    </message>
    <message>
        <source>What they read</source>
        <translation>Ce qu’ils lisent</translation>
    </message>
    <message>
        <source>It stands with your name while you are away. It is also the automatic answer: once for each person, and only while this computer is on and your mail unlocked. Empty: no answer.</source>
        <translation>Ce texte accompagne votre nom pendant l’absence. C’est aussi la réponse automatique&#x202f;: une seule fois par personne, et seulement quand cet ordinateur est allumé et votre messagerie déverrouillée. Vide&#x202f;: aucune réponse.</translation>
    </message>
    <message>
        <source>None of your correspondents is called {name}</source>
        <translation>Aucun de vos correspondants ne s’appelle {name}</translation>
    </message>
    <message>
        <source>Who replaces you has to be one of them, so that letters can go there.</source>
        <translation>La personne qui vous remplace doit être l’un d’eux, pour que les courriers puissent lui parvenir.</translation>
    </message>
    <message>
        <source>I am away from {first} to {last}, and will read your letter afterwards.</source>
        <translation>Je suis en congé du {first} au {last}&#x202f;; je lirai votre courrier à mon retour.</translation>
    </message>
    <message>
        <source>{name} replaces me: please write there.</source>
        <translation>{name} assure mon remplacement&#x202f;; vous pouvez lui écrire.</translation>
    </message>
    <message>
        <source>In an emergency, call 15 or 112.</source>
        <translation>En cas d’urgence, appelez le 15 ou le 112.</translation>
    </message>
    <message>
        <source>Tell my correspondents</source>
        <translation>Prévenir mes correspondants</translation>
    </message>
    <message>
        <source>Tell them the change</source>
        <translation>Les prévenir du changement</translation>
    </message>
    <message>
        <source>You are away until {day}</source>
        <translation>Absence en cours, jusqu’au {day}</translation>
    </message>
    <message>
        <source>You will be away from {first} to {last}</source>
        <translation>Absence prévue du {first} au {last}</translation>
    </message>
    <message>
        <source>I am back</source>
        <translation>Je suis de retour</translation>
    </message>
    <message>
        <source>Call it off</source>
        <translation>Annuler cette absence</translation>
    </message>
    <message>
        <source>Said on another computer of yours, which tells and answers.</source>
        <translation>Annoncée depuis un autre de vos ordinateurs, qui prévient et répond.</translation>
    </message>
    <message numerus="yes">
        <source>%n correspondent(s) told</source>
        <translation>
            <numerusform>%Ln correspondant prévenu</numerusform>
            <numerusform>%Ln correspondants prévenus</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to be told once the relay can be reached</source>
        <translation>
            <numerusform>%Ln le sera dès que le relais répondra</numerusform>
            <numerusform>%Ln le seront dès que le relais répondra</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n automatic answer(s)</source>
        <translation>
            <numerusform>%Ln réponse automatique</numerusform>
            <numerusform>%Ln réponses automatiques</numerusform>
        </translation>
    </message>
    <message>
        <source>Your correspondents will know</source>
        <translation>Vos correspondants seront prévenus</translation>
    </message>
    <message>
        <source>Each gets a sealed notice; new correspondents too, until you are back.</source>
        <translation>Chacun reçoit un avis scellé&#x202f;; les nouveaux correspondants aussi, jusqu’à votre retour.</translation>
    </message>
    <message>
        <source>Your correspondents will know that you are there</source>
        <translation>Vos correspondants sauront que vous êtes là</translation>
    </message>
    <message>
        <source>Who replaces me (nobody, if empty)</source>
        <translation>Qui me remplace (personne, si vide)</translation>
    </message>
    <message>
        <source>Correspondents are offered to write there instead. Your mail stays yours: who replaces you reads nothing of it.</source>
        <translation>Vos correspondants se verront proposer de lui écrire. Votre courrier reste à vous&#x202f;: la personne qui vous remplace n’en lit rien.</translation>
    </message>
    <message>
        <source>What your correspondents see</source>
        <translation>Ce que voient vos correspondants</translation>
    </message>
</context>
<context>
    <name>AccountButton</name>
    <message>
        <source>Locked</source>
        <translation>Verrouillé</translation>
    </message>
    <message>
        <source>shown now</source>
        <translation>affiché</translation>
    </message>
</context>
<context>
    <name>AccountCard</name>
    <message>
        <source>Account {number}, {key}</source>
        <translation>Compte {number}, {key}</translation>
    </message>
    <message>
        <source>Remove from the list…</source>
        <translation>Retirer de la liste…</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Retirer de la liste</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Le garder</translation>
    </message>
    <message>
        <source>Nothing is deleted</source>
        <translation>Rien n’est effacé</translation>
    </message>
    <message>
        <source>The account stays in its folder on this computer, encrypted, and at its relay. While it is not in the list, what is sent to it waits at the relay; after sixty days its senders are told that nobody has collected it. You can put it in the list again here.</source>
        <translation>Le compte reste dans son dossier sur cet ordinateur, chiffré, et chez son relais. Tant qu’il n’est pas dans la liste, ce qu’on lui envoie attend au relais&#x202f;; au bout de soixante jours, les expéditeurs apprennent que personne ne l’a relevé. Vous pourrez le remettre dans la liste ici.</translation>
    </message>
</context>
<context>
    <name>AccountList</name>
    <message>
        <source>Account {number}</source>
        <translation>Compte {number}</translation>
    </message>
</context>
<context>
    <name>AccountPages</name>
    <message>
        <source>Menu</source>
        <translation>Menu</translation>
    </message>
    <message>
        <source>Connection…</source>
        <translation>Connexion…</translation>
    </message>
    <message>
        <source>Open sessions…</source>
        <translation>Sessions ouvertes…</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>Comptes</translation>
    </message>
    <message>
        <source>Lock this account only</source>
        <translation>Verrouiller ce compte seulement</translation>
    </message>
    <message>
        <source>Lock all accounts</source>
        <translation>Verrouiller tous les comptes</translation>
    </message>
    <message>
        <source>Letter</source>
        <translation>Courrier</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Aller à</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Langue</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Comme le système</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Apparence</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Clair</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Sombre</translation>
    </message>
    <message>
        <source>Size of text</source>
        <translation>Taille du texte</translation>
    </message>
    <message>
        <source>{n} %</source>
        <translation>{n}&#x202f;%</translation>
    </message>
</context>
<context>
    <name>AccountSwitch</name>
    <message>
        <source>Accounts</source>
        <translation>Comptes</translation>
    </message>
</context>
<context>
    <name>AccountsSection</name>
    <message>
        <source>“{name}” is on this computer and not in the list</source>
        <translation>«&#x202f;{name}&#x202f;» est sur cet ordinateur, mais pas dans la liste</translation>
    </message>
    <message>
        <source>Put it in the list again</source>
        <translation>Le remettre dans la liste</translation>
    </message>
    <message>
        <source>An account needs a name.</source>
        <translation>Il faut un nom.</translation>
    </message>
    <message>
        <source>Another account is called so.</source>
        <translation>Un autre compte porte ce nom.</translation>
    </message>
    <message>
        <source>This cannot be written on this computer.</source>
        <translation>Impossible de l’écrire sur cet ordinateur.</translation>
    </message>
</context>
<context>
    <name>ActList</name>
    <message>
        <source>Acts</source>
        <translation>Actes</translation>
    </message>
</context>
<context>
    <name>ActionBar</name>
    <message>
        <source>More</source>
        <translation>Plus</translation>
    </message>
</context>
<context>
    <name>AddCard</name>
    <message>
        <source>Add an account…</source>
        <translation>Ajouter un compte…</translation>
    </message>
    <message>
        <source>What do you call the account you have here?</source>
        <translation>Comment appelez-vous le compte que vous avez ici&#x202f;?</translation>
    </message>
    <message>
        <source>What do you call the new account?</source>
        <translation>Comment appelez-vous le nouveau compte&#x202f;?</translation>
    </message>
    <message>
        <source>Add an account</source>
        <translation>Ajouter un compte</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>For example the practice: “Nice”, “Hospital”. These names can be read on this computer without a passphrase, while all accounts are locked.</source>
        <translation>Par exemple le cabinet&#x202f;: «&#x202f;Nice&#x202f;», «&#x202f;Hôpital&#x202f;». Ces noms se lisent sur cet ordinateur sans phrase de passe, même quand tout est verrouillé.</translation>
    </message>
    <message>
        <source>There are {count} accounts on this computer, which is the most.</source>
        <translation>Il y a {count} comptes sur cet ordinateur&#x202f;: c’est le maximum.</translation>
    </message>
    <message>
        <source>You work in another practice too?</source>
        <translation>Vous exercez aussi dans un autre cabinet&#x202f;?</translation>
    </message>
    <message>
        <source>One window can hold several accounts. Each keeps its own letters, correspondents, patients, passphrase and lock; nothing passes from one to the other.</source>
        <translation>Une même fenêtre peut réunir plusieurs comptes. Chacun garde ses courriers, ses correspondants, ses patients, sa phrase de passe et son verrou&#x202f;; rien ne passe de l’un à l’autre.</translation>
    </message>
    <message>
        <source>An account needs a name.</source>
        <translation>Il faut un nom.</translation>
    </message>
    <message>
        <source>Another account is called so.</source>
        <translation>Un autre compte porte ce nom.</translation>
    </message>
</context>
<context>
    <name>AddComputerDialog</name>
    <message>
        <source>Add a computer</source>
        <translation>Ajouter un ordinateur</translation>
    </message>
    <message>
        <source>One moment</source>
        <translation>Un instant</translation>
    </message>
    <message>
        <source>Picture for the new computer. The twelve words say the same.</source>
        <translation>Image pour le nouvel ordinateur. Les douze mots disent la même chose.</translation>
    </message>
    <message>
        <source>Copy the text for one minute</source>
        <translation>Copier le texte pour une minute</translation>
    </message>
    <message>
        <source>All my letters</source>
        <translation>Tous mes courriers</translation>
    </message>
    <message>
        <source>Those of the last twelve months</source>
        <translation>Ceux des douze derniers mois</translation>
    </message>
    <message>
        <source>None: only new ones</source>
        <translation>Aucun&#x202f;: seulement les nouveaux</translation>
    </message>
    <message>
        <source>The words are the same: add it</source>
        <translation>Ce sont les mêmes mots&#x202f;: l’ajouter</translation>
    </message>
    <message>
        <source>These are not the words</source>
        <translation>Ce ne sont pas ces mots</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>On the new computer, install U-HealthSec and choose “Add this computer to my account”. Show it a photograph of this picture, or type the twelve words there. Let nobody else see them; they serve for ten minutes.</source>
        <translation>Sur le nouvel ordinateur, installez U-HealthSec et choisissez «&#x202f;Ajouter cet ordinateur à mon compte&#x202f;». Montrez-lui une photo de cette image, ou tapez-y les douze mots. Ne les laissez voir à personne&#x202f;; ils servent dix minutes.</translation>
    </message>
    <message>
        <source>Waiting for the new computer.</source>
        <translation>En attente du nouvel ordinateur.</translation>
    </message>
    <message>
        <source>A computer has answered. Does it show these three words?</source>
        <translation>Un ordinateur a répondu. Affiche-t-il ces trois mots&#x202f;?</translation>
    </message>
    <message>
        <source>Look at its screen, or have them read to you. Other words mean that somebody else has answered.</source>
        <translation>Regardez son écran, ou faites-vous les lire. D’autres mots veulent dire que quelqu’un d’autre a répondu.</translation>
    </message>
    <message>
        <source>Which letters of the past does it get?</source>
        <translation>Quels anciens courriers reçoit-il&#x202f;?</translation>
    </message>
    <message>
        <source>No computer was added</source>
        <translation>Aucun ordinateur n’a été ajouté</translation>
    </message>
    <message>
        <source>Somebody else may have seen the picture. Begin again where nobody looks on, and if it happens again, tell whoever runs your relay.</source>
        <translation>Quelqu’un d’autre a peut-être vu l’image. Recommencez à l’abri des regards et, si cela se reproduit, prévenez le responsable de votre relais.</translation>
    </message>
    <message>
        <source>Your new computer is added</source>
        <translation>Votre nouvel ordinateur est ajouté</translation>
    </message>
    <message>
        <source>It asks for the code of your telephone now. Letters of the past follow by themselves, while both computers are on.</source>
        <translation>Il demande maintenant le code de votre téléphone. Les anciens courriers suivent d’eux-mêmes, tant que les deux ordinateurs sont allumés.</translation>
    </message>
    <message>
        <source>The ten minutes are over</source>
        <translation>Les dix minutes sont passées</translation>
    </message>
    <message>
        <source>Begin again.</source>
        <translation>Recommencez.</translation>
    </message>
    <message>
        <source>Nothing has changed.</source>
        <translation>Rien n’a changé.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>AddKeyDialog</name>
    <message>
        <source>Plug the key in, go on, and touch it when it blinks.</source>
        <translation>Branchez la clé, continuez, et touchez-la quand elle clignote.</translation>
    </message>
    <message>
        <source>Add a security key</source>
        <translation>Ajouter une clé de sécurité</translation>
    </message>
</context>
<context>
    <name>AddTelephoneDialog</name>
    <message>
        <source>QR picture for the telephone. The text beside it says the same.</source>
        <translation>Image QR pour le téléphone. Le texte à côté dit la même chose.</translation>
    </message>
    <message>
        <source>One-time code</source>
        <translation>Code à usage unique</translation>
    </message>
    <message>
        <source>The six digits that the new telephone shows now.</source>
        <translation>Les six chiffres que le nouveau téléphone affiche maintenant.</translation>
    </message>
    <message>
        <source>Add a telephone</source>
        <translation>Ajouter un téléphone</translation>
    </message>
    <message>
        <source>Open the application for one-time codes on the telephone, choose to add an account, and hold the camera in front of this picture.</source>
        <translation>Ouvrez sur le téléphone l’application de codes à usage unique, choisissez d’ajouter un compte, et placez l’appareil photo devant cette image.</translation>
    </message>
    <message>
        <source>No camera? Type this instead:</source>
        <translation>Pas d’appareil photo&#x202f;? Tapez plutôt ceci&#x202f;:</translation>
    </message>
    <message>
        <source>The code has six digits.</source>
        <translation>Le code a six chiffres.</translation>
    </message>
    <message>
        <source>This is not the code of the new telephone. Take the next one.</source>
        <translation>Ce n’est pas le code du nouveau téléphone. Prenez le suivant.</translation>
    </message>
</context>
<context>
    <name>AddingLine</name>
    <message>
        <source>Encrypting a document</source>
        <translation>Chiffrement d’un document</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Arrêter</translation>
    </message>
    <message>
        <source>Encrypting “{name}” on this computer</source>
        <translation>Chiffrement de «&#x202f;{name}&#x202f;» sur cet ordinateur</translation>
    </message>
    <message>
        <source>Encrypting “{name}” on this computer: {done} of {total}</source>
        <translation>Chiffrement de «&#x202f;{name}&#x202f;» sur cet ordinateur&#x202f;: {done} sur {total}</translation>
    </message>
    <message numerus="yes">
        <source>%n more after it</source>
        <translation>
            <numerusform>encore %Ln ensuite</numerusform>
            <numerusform>encore %Ln ensuite</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AlarmStrip</name>
    <message>
        <source>I have read this</source>
        <translation>J’ai lu</translation>
    </message>
    <message>
        <source>It was me</source>
        <translation>C’était moi</translation>
    </message>
    <message>
        <source>Copy the details</source>
        <translation>Copier les détails</translation>
    </message>
    <message>
        <source>My computers…</source>
        <translation>Mes ordinateurs…</translation>
    </message>
    <message>
        <source>Look at it…</source>
        <translation>Voir…</translation>
    </message>
    <message>
        <source>Is this still {name}?</source>
        <translation>Est-ce toujours {name}&#x202f;?</translation>
    </message>
    <message>
        <source>Something about their computers has changed that nobody announced. Your letters to them wait until you have asked them.</source>
        <translation>Quelque chose a changé dans ses ordinateurs, sans que rien ne l’ait annoncé. Vos courriers attendent que vous le lui ayez demandé.</translation>
    </message>
</context>
<context>
    <name>Assistant</name>
    <message>
        <source>One moment</source>
        <translation>Un instant</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Retour</translation>
    </message>
    <message>
        <source>Step {n} of {all}</source>
        <translation>Étape {n} sur {all}</translation>
    </message>
</context>
<context>
    <name>AwayCard</name>
    <message>
        <source>Write to {name}</source>
        <translation>Écrire à {name}</translation>
    </message>
</context>
<context>
    <name>AwayStrip</name>
    <message>
        <source>I am back</source>
        <translation>Je suis de retour</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Modifier…</translation>
    </message>
    <message>
        <source>You are away until {day}</source>
        <translation>Absence en cours, jusqu’au {day}</translation>
    </message>
    <message>
        <source>{name} replaces you</source>
        <translation>Remplacement&#x202f;: {name}</translation>
    </message>
</context>
<context>
    <name>BackupCard</name>
    <message>
        <source>Back up now</source>
        <translation>Sauvegarder maintenant</translation>
    </message>
    <message>
        <source>Make no more</source>
        <translation>Ne plus en faire</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Arrêter</translation>
    </message>
    <message>
        <source>Making the backup</source>
        <translation>Sauvegarde en cours</translation>
    </message>
    <message>
        <source>Backup of letters and documents</source>
        <translation>Sauvegarde des courriers et documents</translation>
    </message>
    <message>
        <source>Another folder…</source>
        <translation>Autre dossier…</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Choisir un dossier…</translation>
    </message>
    <message>
        <source>△ No backup is made</source>
        <translation>△ Aucune sauvegarde n’est faite</translation>
    </message>
    <message>
        <source>The recovery kit brings your account back, but not your letters. A USB disk that you keep elsewhere is best. Nobody can read the backup without your kit.</source>
        <translation>La sauvegarde papier ramène votre compte, mais pas vos courriers. Le mieux est un disque USB gardé ailleurs. Sans votre sauvegarde papier, personne ne peut la lire.</translation>
    </message>
    <message>
        <source>Every day into {folder}</source>
        <translation>Chaque jour dans {folder}</translation>
    </message>
    <message>
        <source>△ This is the disk of your mail: both would be lost together.</source>
        <translation>△ C’est le disque de votre courrier&#x202f;: les deux seraient perdus ensemble.</translation>
    </message>
    <message>
        <source>△ No backup was made yet</source>
        <translation>△ Aucune sauvegarde n’a encore été faite</translation>
    </message>
    <message>
        <source>△ The last one is of {when}, and the newest attempt failed</source>
        <translation>△ La dernière&#x202f;: {when}. Le dernier essai a échoué</translation>
    </message>
    <message>
        <source>✓ The last one is of {when}</source>
        <translation>✓ La dernière&#x202f;: {when}</translation>
    </message>
    <message>
        <source>The folder is not there: plug its disk in.</source>
        <translation>Le dossier n’est pas là&#x202f;: branchez son disque.</translation>
    </message>
    <message>
        <source>Nothing can be written into the folder.</source>
        <translation>Rien ne peut être écrit dans ce dossier.</translation>
    </message>
    <message>
        <source>The disk is full. The older backups are still there.</source>
        <translation>Le disque est plein. Les sauvegardes précédentes sont toujours là.</translation>
    </message>
    <message>
        <source>Something of your mail could not be read.</source>
        <translation>Une partie de votre courrier n’a pas pu être lue.</translation>
    </message>
    <message>
        <source>It was stopped. The older backups are still there.</source>
        <translation>Elle a été arrêtée. Les sauvegardes précédentes sont toujours là.</translation>
    </message>
    <message>
        <source>Folder for backups</source>
        <translation>Dossier des sauvegardes</translation>
    </message>
</context>
<context>
    <name>CallOffDialog</name>
    <message>
        <source>Call the new recovery kit off</source>
        <translation>Annuler la nouvelle sauvegarde papier</translation>
    </message>
    <message>
        <source>With the code of your old kit, the new one becomes void, and the old one stays good. Change your passphrase afterwards, and look at your computers.</source>
        <translation>Avec le code de votre ancienne page, la nouvelle est annulée et l’ancienne reste bonne. Changez ensuite votre phrase de passe et vérifiez vos ordinateurs.</translation>
    </message>
    <message>
        <source>Call it off</source>
        <translation>L’annuler</translation>
    </message>
    <message>
        <source>The new recovery kit is void</source>
        <translation>La nouvelle sauvegarde papier est annulée</translation>
    </message>
    <message>
        <source>Keep your old page. Now look at your computers, and change your passphrase.</source>
        <translation>Gardez votre ancienne page. Vérifiez maintenant vos ordinateurs, et changez votre phrase de passe.</translation>
    </message>
</context>
<context>
    <name>Candidate</name>
    <message>
        <source>Ask…</source>
        <translation>Demander…</translation>
    </message>
    <message>
        <source>Ask {name} for contact</source>
        <translation>Demander le contact à {name}</translation>
    </message>
    <message>
        <source>Who you are and why you write (optional)</source>
        <translation>Qui vous êtes et pourquoi vous écrivez (facultatif)</translation>
    </message>
    <message>
        <source>Note to {name}</source>
        <translation>Mot pour {name}</translation>
    </message>
    <message>
        <source>Send the request</source>
        <translation>Envoyer la demande</translation>
    </message>
</context>
<context>
    <name>CardForm</name>
    <message>
        <source>Birth name</source>
        <translation>Nom de naissance</translation>
    </message>
    <message>
        <source>Sex</source>
        <translation>Sexe</translation>
    </message>
    <message>
        <source>Female</source>
        <translation>Féminin</translation>
    </message>
    <message>
        <source>Male</source>
        <translation>Masculin</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Non connu</translation>
    </message>
    <message>
        <source>INS number</source>
        <translation>Matricule INS</translation>
    </message>
    <message>
        <source>15 characters. It is never sent with a letter.</source>
        <translation>15 caractères. Il n’est jamais envoyé avec un courrier.</translation>
    </message>
    <message>
        <source>The national service has confirmed this INS</source>
        <translation>Le téléservice national a confirmé cette INS</translation>
    </message>
    <message>
        <source>Telephone</source>
        <translation>Téléphone</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>Courriel</translation>
    </message>
    <message>
        <source>Postal address</source>
        <translation>Adresse postale</translation>
    </message>
    <message>
        <source>Who decides for them</source>
        <translation>Qui décide pour ce patient</translation>
    </message>
    <message>
        <source>A parent of a child, the guardian of a protected adult.</source>
        <translation>Un parent pour un enfant, le tuteur pour un majeur protégé.</translation>
    </message>
    <message>
        <source>In what capacity</source>
        <translation>À quel titre</translation>
    </message>
    <message>
        <source>For example: mother, guardian.</source>
        <translation>Par exemple&#x202f;: mère, tuteur.</translation>
    </message>
    <message>
        <source>An adult under a measure of protection</source>
        <translation>Majeur sous mesure de protection</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>Vu pour la dernière fois le</translation>
    </message>
    <message>
        <source>Only needed when no letter tells it. For example 12/03/2026.</source>
        <translation>Utile seulement si aucun courrier ne l’indique. Par exemple 12/03/2026.</translation>
    </message>
    <message>
        <source>Date of death</source>
        <translation>Date de décès</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notes</translation>
    </message>
    <message>
        <source>What matters in every contact, in a few words.</source>
        <translation>Ce qui compte à chaque contact, en quelques mots.</translation>
    </message>
    <message>
        <source>This is not a day up to today. Write it as 12/03/2026.</source>
        <translation>Ce n’est pas un jour passé. Écrivez-le ainsi&#x202f;: 12/03/2026.</translation>
    </message>
    <message>
        <source>This is too long. Shorten it.</source>
        <translation>C’est trop long. Raccourcissez.</translation>
    </message>
    <message>
        <source>Write who it is above.</source>
        <translation>Écrivez d’abord de qui il s’agit.</translation>
    </message>
    <message>
        <source>This is not an INS number: one of its 15 characters is wrong.</source>
        <translation>Ce n’est pas un matricule INS&#x202f;: un de ses 15 caractères est faux.</translation>
    </message>
</context>
<context>
    <name>ChangePassphraseDialog</name>
    <message>
        <source>Change the passphrase</source>
        <translation>Changer la phrase de passe</translation>
    </message>
    <message>
        <source>Passphrase until now</source>
        <translation>Phrase de passe actuelle</translation>
    </message>
    <message>
        <source>Changing the passphrase</source>
        <translation>Changement de la phrase de passe</translation>
    </message>
    <message>
        <source>Change it</source>
        <translation>La changer</translation>
    </message>
    <message>
        <source>Only the new one opens your mail on this computer from now on, and signs you in.</source>
        <translation>Désormais, seule la nouvelle ouvre votre courrier sur cet ordinateur et vous connecte.</translation>
    </message>
    <message>
        <source>Should you need your recovery kit: for a week, it goes with the old one too.</source>
        <translation>Si vous aviez besoin de votre sauvegarde papier&#x202f;: pendant une semaine, elle accepte aussi l’ancienne.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>It opens your mail on this computer, and signs you in. Write the new one down first and keep it in a safe place: nobody can recover it.</source>
        <translation>Elle ouvre votre courrier sur cet ordinateur et vous connecte. Notez d’abord la nouvelle et gardez-la en lieu sûr&#x202f;: personne ne peut la retrouver.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Your other computers still open with the old one, and sign in with the new one.</source>
        <translation>Vos autres ordinateurs s’ouvrent toujours avec l’ancienne et se connectent avec la nouvelle.</translation>
    </message>
    <message>
        <source>Your passphrase is changed</source>
        <translation>Votre phrase de passe est changée</translation>
    </message>
    <message>
        <source>Nothing has changed: your old passphrase still holds.</source>
        <translation>Rien n’a changé&#x202f;: votre ancienne phrase de passe vaut toujours.</translation>
    </message>
</context>
<context>
    <name>ChosenPane</name>
    <message>
        <source>{keys} goes back to one letter.</source>
        <translation>{keys} revient à un seul courrier.</translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) chosen</source>
        <translation>
            <numerusform>%Ln conversation choisie</numerusform>
            <numerusform>%Ln conversations choisies</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChosenStrip</name>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>%Ln choisie</numerusform>
            <numerusform>%Ln choisies</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CodeStep</name>
    <message>
        <source>The code of your telephone</source>
        <translation>Le code de votre téléphone</translation>
    </message>
    <message>
        <source>This computer belongs to your account now. To receive and send, type the code that your telephone shows.</source>
        <translation>Cet ordinateur fait maintenant partie de votre compte. Pour recevoir et envoyer, tapez le code qu’affiche votre téléphone.</translation>
    </message>
    <message>
        <source>One-time code</source>
        <translation>Code à usage unique</translation>
    </message>
    <message>
        <source>The six digits on your telephone.</source>
        <translation>Les six chiffres sur votre téléphone.</translation>
    </message>
    <message>
        <source>The code has six digits.</source>
        <translation>Le code a six chiffres.</translation>
    </message>
</context>
<context>
    <name>CodesStep</name>
    <message>
        <source>I have printed them or written them down</source>
        <translation>Je les ai imprimés ou notés</translation>
    </message>
    <message>
        <source>Open my mail</source>
        <translation>Ouvrir mon courrier</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Plus tard</translation>
    </message>
    <message>
        <source>Step {n} of {all}</source>
        <translation>Étape {n} sur {all}</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <source>Your ten recovery codes</source>
        <translation>Vos dix codes de secours</translation>
    </message>
    <message>
        <source>Should your telephone be lost or broken, each of them lets you in once, together with your passphrase. Keep them on paper, in a safe place and not beside this computer. They are kept here until you have noted them, then never shown again.</source>
        <translation>Si votre téléphone est perdu ou cassé, chacun vous laisse entrer une fois, avec votre phrase de passe. Gardez-les sur papier, en lieu sûr et pas à côté de cet ordinateur. Ils restent ici jusqu’à ce que vous les ayez notés, puis ne sont plus jamais montrés.</translation>
    </message>
    <message>
        <source>{product}: recovery codes</source>
        <translation>{product}&#x202f;: codes de secours</translation>
    </message>
    <message>
        <source>Each code lets you in once, together with your passphrase. Cross out the one that you have used.</source>
        <translation>Chaque code vous laisse entrer une fois, avec votre phrase de passe. Cochez celui que vous avez utilisé.</translation>
    </message>
    <message>
        <source>In the window: “Sign in”, then “Use a recovery code”.</source>
        <translation>Dans la fenêtre&#x202f;: «&#x202f;Se connecter&#x202f;», puis «&#x202f;Utiliser un code de secours&#x202f;».</translation>
    </message>
    <message>
        <source>Keep this page where nobody else reads it, and not beside the computer.</source>
        <translation>Gardez cette page là où personne d’autre ne la lit, et pas à côté de l’ordinateur.</translation>
    </message>
    <message>
        <source>recovery codes.pdf</source>
        <translation>codes de secours.pdf</translation>
    </message>
</context>
<context>
    <name>ComparePanel</name>
    <message>
        <source>The same, face to face</source>
        <translation>Les mêmes, face à face</translation>
    </message>
    <message>
        <source>The same, by telephone</source>
        <translation>Les mêmes, au téléphone</translation>
    </message>
    <message>
        <source>They differ</source>
        <translation>Ils diffèrent</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Read them to each other, face to face or on the telephone if you know the voice. They are the same on both screens, and stay so for ever.</source>
        <translation>Lisez-les-vous, face à face ou au téléphone si vous reconnaissez la voix. Ils sont les mêmes sur les deux écrans et ne changent jamais.</translation>
    </message>
    <message>
        <source>Compare these words with {name}</source>
        <translation>Comparez ces mots avec {name}</translation>
    </message>
    <message>
        <source>Then this address is not theirs</source>
        <translation>Alors cette adresse n’est pas la sienne</translation>
    </message>
    <message>
        <source>Somebody may stand between you. Write nothing to this address, and tell whoever runs your relay. If one of you misread a word, read all of them once more.</source>
        <translation>Quelqu’un s’est peut-être placé entre vous. N’écrivez rien à cette adresse et prévenez le responsable de votre relais. Si l’un de vous a mal lu un mot, relisez-les tous.</translation>
    </message>
</context>
<context>
    <name>CompareStep</name>
    <message>
        <source>Compare three words</source>
        <translation>Comparez trois mots</translation>
    </message>
    <message>
        <source>Your other computer shows three words now. Are they these? Then confirm there. If not, somebody else is answering: cancel on both.</source>
        <translation>Votre autre ordinateur affiche maintenant trois mots. Si ce sont ceux-ci, confirmez là-bas. Sinon, quelqu’un d’autre a répondu&#x202f;: annulez des deux côtés.</translation>
    </message>
    <message>
        <source>Waiting for your other computer. It has ten minutes.</source>
        <translation>En attente de votre autre ordinateur, dix minutes au plus.</translation>
    </message>
</context>
<context>
    <name>ComposerPane</name>
    <message>
        <source>Back to the list</source>
        <translation>Retour à la liste</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Objet</translation>
    </message>
    <message>
        <source>Text of the letter</source>
        <translation>Texte du courrier</translation>
    </message>
    <message>
        <source>Write here</source>
        <translation>Écrivez ici</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>Modèles</translation>
    </message>
    <message>
        <source>Urgent</source>
        <translation>Urgent</translation>
    </message>
    <message>
        <source>Answer wanted</source>
        <translation>Réponse attendue</translation>
    </message>
    <message>
        <source>Add a document…</source>
        <translation>Joindre un document…</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Envoyer</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Jeter</translation>
    </message>
    <message>
        <source>Compare words first…</source>
        <translation>Comparer les mots d’abord…</translation>
    </message>
    <message>
        <source>Send all the same</source>
        <translation>Envoyer quand même</translation>
    </message>
    <message>
        <source>Go on writing</source>
        <translation>Continuer à écrire</translation>
    </message>
    <message>
        <source>Look at it…</source>
        <translation>Voir…</translation>
    </message>
    <message>
        <source>New letter</source>
        <translation>Nouveau courrier</translation>
    </message>
    <message>
        <source>From</source>
        <translation>De</translation>
    </message>
    <message>
        <source>To</source>
        <translation>À</translation>
    </message>
    <message>
        <source>The letter may be about a patient, and names none</source>
        <translation>Ce courrier concerne peut-être un patient, et n’en nomme aucun</translation>
    </message>
    <message>
        <source>Choose the patient…</source>
        <translation>Choisir le patient…</translation>
    </message>
    <message>
        <source>A document is empty: nothing is in the file</source>
        <translation>Un document est vide&#x202f;: le fichier ne contient rien</translation>
    </message>
    <message>
        <source>Not added, because the mailbox was locked: {names}</source>
        <translation>Non joint, car la messagerie a été verrouillée&#x202f;: {names}</translation>
    </message>
    <message>
        <source>Add it again before the letter goes.</source>
        <translation>Joignez-le de nouveau avant d’envoyer le courrier.</translation>
    </message>
    <message>
        <source>To whom does this letter go?</source>
        <translation>À qui ce courrier est-il destiné&#x202f;?</translation>
    </message>
    <message>
        <source>Add at least one correspondent.</source>
        <translation>Ajoutez au moins un correspondant.</translation>
    </message>
    <message>
        <source>This letter is empty</source>
        <translation>Ce courrier est vide</translation>
    </message>
    <message>
        <source>Write a few words or add a document.</source>
        <translation>Écrivez quelques mots ou joignez un document.</translation>
    </message>
    <message>
        <source>The text is too long for one letter</source>
        <translation>Le texte est trop long pour un seul courrier</translation>
    </message>
    <message>
        <source>Shorten it, or add the long part as a document.</source>
        <translation>Raccourcissez-le, ou joignez la partie longue comme document.</translation>
    </message>
    <message>
        <source>The subject is too long</source>
        <translation>L’objet est trop long</translation>
    </message>
    <message>
        <source>Shorten it.</source>
        <translation>Raccourcissez-le.</translation>
    </message>
    <message>
        <source>There are too many documents for one letter</source>
        <translation>Il y a trop de documents pour un seul courrier</translation>
    </message>
    <message>
        <source>Send them with two letters.</source>
        <translation>Envoyez-les avec deux courriers.</translation>
    </message>
    <message>
        <source>Send it as two letters.</source>
        <translation>Envoyez-le en deux courriers.</translation>
    </message>
    <message>
        <source>There are too many recipients for one letter</source>
        <translation>Il y a trop de destinataires pour un seul courrier</translation>
    </message>
    <message>
        <source>Send later</source>
        <translation>Envoyer plus tard</translation>
    </message>
    <message>
        <source>Send as it is</source>
        <translation>Envoyer tel quel</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>Patient</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>{documents}, {size} in all</source>
        <translation>{documents}, {size} au total</translation>
    </message>
    <message>
        <source>Up to {count} documents, {size} each</source>
        <translation>Jusqu’à {count} documents, de {size} chacun</translation>
    </message>
    <message>
        <source>✕ Not kept</source>
        <translation>✕ Non enregistré</translation>
    </message>
    <message>
        <source>Draft kept {when}</source>
        <translation>Brouillon enregistré {when}</translation>
    </message>
    <message>
        <source>Waiting for your choice above</source>
        <translation>En attente de votre choix ci-dessus</translation>
    </message>
    <message>
        <source>Putting the letter with those to be sent</source>
        <translation>Le courrier rejoint ceux à envoyer</translation>
    </message>
    <message>
        <source>Tab goes to the next field</source>
        <translation>Tab passe au champ suivant</translation>
    </message>
    <message>
        <source>No correspondent is called “{name}”</source>
        <translation>Aucun correspondant ne s’appelle «&#x202f;{name}&#x202f;»</translation>
    </message>
    <message>
        <source>Ask for contact under “Correspondents” first.</source>
        <translation>Demandez d’abord le contact sous «&#x202f;Correspondants&#x202f;».</translation>
    </message>
    <message>
        <source>Keep this letter as a template…</source>
        <translation>Enregistrer ce courrier comme modèle…</translation>
    </message>
    <message>
        <source>My templates…</source>
        <translation>Mes modèles…</translation>
    </message>
    <message>
        <source>My signature…</source>
        <translation>Ma signature…</translation>
    </message>
    <message>
        <source>Add documents</source>
        <translation>Joindre des documents</translation>
    </message>
    <message>
        <source>Is this still {name}?</source>
        <translation>Est-ce toujours {name}&#x202f;?</translation>
    </message>
    <message>
        <source>They have started again on other computers. Your letter will wait here until you have asked them.</source>
        <translation>Cette personne a recommencé sur d’autres ordinateurs. Votre courrier attendra ici que vous le lui ayez demandé.</translation>
    </message>
    <message>
        <source>Some fields are not filled in</source>
        <translation>Des champs ne sont pas remplis</translation>
    </message>
    <message>
        <source>Fill them in</source>
        <translation>Les remplir</translation>
    </message>
    <message>
        <source>The text speaks of a document, and there is none</source>
        <translation>Le texte annonce un document, mais aucun n’est joint</translation>
    </message>
    <message>
        <source>The letter has no subject</source>
        <translation>Le courrier n’a pas d’objet</translation>
    </message>
    <message>
        <source>Write a subject</source>
        <translation>Écrire un objet</translation>
    </message>
    <message>
        <source>This evening, {time}</source>
        <translation>Ce soir, {time}</translation>
    </message>
    <message>
        <source>Tomorrow morning, {time}</source>
        <translation>Demain matin, {time}</translation>
    </message>
    <message>
        <source>Monday morning, {time}</source>
        <translation>Lundi matin, {time}</translation>
    </message>
    <message>
        <source>Choose a day and time…</source>
        <translation>Choisir le jour et l’heure…</translation>
    </message>
    <message>
        <source>A document is still being encrypted</source>
        <translation>Un document est encore en cours de chiffrement</translation>
    </message>
    <message>
        <source>The letter can go as soon as it is done.</source>
        <translation>Le courrier pourra partir dès que ce sera fait.</translation>
    </message>
    <message>
        <source>Send to {names} only</source>
        <translation>Envoyer à {names} seulement</translation>
    </message>
    <message>
        <source>Nobody has confirmed who this is: {names}</source>
        <translation>Personne n’a confirmé qui c’est&#x202f;: {names}</translation>
    </message>
    <message>
        <source>Name and profession are what they say of themselves. Comparing twelve words by telephone takes two minutes. If you send all the same, this is not asked again for them.</source>
        <translation>Nom et profession sont ce que cette personne dit d’elle-même. Comparer douze mots au téléphone prend deux minutes. Si vous envoyez quand même, la question ne sera plus posée pour elle.</translation>
    </message>
</context>
<context>
    <name>ComputerCard</name>
    <message>
        <source>This computer</source>
        <translation>Cet ordinateur</translation>
    </message>
    <message>
        <source>Computer {n}</source>
        <translation>Ordinateur {n}</translation>
    </message>
    <message>
        <source>Added {when}</source>
        <translation>Ajouté {when}</translation>
    </message>
    <message>
        <source>This computer, added {when}</source>
        <translation>Cet ordinateur, ajouté {when}</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Renommer</translation>
    </message>
    <message>
        <source>Rename {name}</source>
        <translation>Renommer {name}</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Retirer…</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>Retirer {name}</translation>
    </message>
    <message>
        <source>New name of {name}</source>
        <translation>Nouveau nom de {name}</translation>
    </message>
    <message>
        <source>As “Practice” or “Laptop”; only you see it</source>
        <translation>Comme «&#x202f;Cabinet&#x202f;» ou «&#x202f;Portable&#x202f;»&#x202f;; vous seul le voyez</translation>
    </message>
    <message>
        <source>Keep the name</source>
        <translation>Garder ce nom</translation>
    </message>
</context>
<context>
    <name>ComputersSection</name>
    <message>
        <source>Remove it</source>
        <translation>Le retirer</translation>
    </message>
    <message>
        <source>It was stolen…</source>
        <translation>Il a été volé…</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Le garder</translation>
    </message>
    <message>
        <source>Remove it, and all it could do</source>
        <translation>Le retirer, et tout ce qu’il pouvait faire</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Add a computer…</source>
        <translation>Ajouter un ordinateur…</translation>
    </message>
    <message>
        <source>Send no more</source>
        <translation>Ne plus en envoyer</translation>
    </message>
    <message>
        <source>Each of them receives your letters and sends in your name.</source>
        <translation>Chacun reçoit vos courriers et envoie en votre nom.</translation>
    </message>
    <message>
        <source>With your recovery kit</source>
        <translation>Avec votre sauvegarde papier</translation>
    </message>
    <message>
        <source>Whoever has the stolen computer and its passphrase could still speak in your name. With your kit, nothing it says counts any more. Your other computers, but this one, have to be added again.</source>
        <translation>Qui a l’ordinateur volé et sa phrase de passe pourrait encore parler en votre nom. Avec votre sauvegarde papier, plus rien de ce qu’il dit ne compte. Vos autres ordinateurs, sauf celui-ci, seront à ajouter de nouveau.</translation>
    </message>
    <message>
        <source>Remove {name}?</source>
        <translation>Retirer {name}&#x202f;?</translation>
    </message>
    <message>
        <source>It will receive and send nothing any more. What it holds stays there, for who has its passphrase. Your correspondents are told that you have one computer less.</source>
        <translation>Il ne recevra et n’enverra plus rien. Ce qu’il contient y reste, pour qui a sa phrase de passe. Vos correspondants apprennent que vous avez un ordinateur de moins.</translation>
    </message>
    <message>
        <source>Letters of the past go to your new computer: {done} of {all}</source>
        <translation>Anciens courriers vers votre nouvel ordinateur&#x202f;: {done} sur {all}</translation>
    </message>
</context>
<context>
    <name>ConnectionDialog</name>
    <message>
        <source>Connection</source>
        <translation>Connexion</translation>
    </message>
    <message>
        <source>Verify the journal now</source>
        <translation>Vérifier le journal maintenant</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>non connecté</translation>
    </message>
    <message>
        <source>✓ Yes, also against quantum computers to come</source>
        <translation>✓ Oui, aussi contre les ordinateurs quantiques à venir</translation>
    </message>
    <message>
        <source>△ Not on this line. The letters themselves always are.</source>
        <translation>△ Pas sur cette ligne. Les courriers eux-mêmes le sont toujours.</translation>
    </message>
    <message>
        <source>△ This computer does not tell. The letters themselves always are.</source>
        <translation>△ Cet ordinateur ne le dit pas. Les courriers eux-mêmes le sont toujours.</translation>
    </message>
    <message>
        <source>{size} entries</source>
        <translation>{size} entrées</translation>
    </message>
    <message>
        <source>not seen yet</source>
        <translation>pas encore vu</translation>
    </message>
    <message>
        <source>Relay</source>
        <translation>Relais</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Ligne</translation>
    </message>
    <message>
        <source>Post-quantum</source>
        <translation>Post-quantique</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Journal&apos;s name</source>
        <translation>Nom du journal</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>Empreinte</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Cet ordinateur</translation>
    </message>
    <message>
        <source>✓ Your mail opens with the passphrase and this computer&apos;s keyring together</source>
        <translation>✓ Votre courrier s’ouvre avec la phrase de passe et le trousseau de cet ordinateur, ensemble</translation>
    </message>
    <message>
        <source>Your mail opens with the passphrase alone</source>
        <translation>Votre courrier s’ouvre avec la seule phrase de passe</translation>
    </message>
    <message>
        <source>The journal does not hold</source>
        <translation>Le journal ne tient pas</translation>
    </message>
    <message>
        <source>Journal intact</source>
        <translation>Journal intact</translation>
    </message>
    <message>
        <source>Of your {own} actions {logged} are in the journal and {waiting} on their way. {receipts} receipts and {checkpoints} signed states of the journal were verified.</source>
        <translation>De vos {own} actions, {logged} sont dans le journal et {waiting} en chemin. {receipts} reçus et {checkpoints} états signés du journal ont été vérifiés.</translation>
    </message>
</context>
<context>
    <name>ConnectionLine</name>
    <message>
        <source>Show the facts about the connection</source>
        <translation>Afficher les détails de la connexion</translation>
    </message>
</context>
<context>
    <name>ConsentDialog</name>
    <message>
        <source>The patient’s consent</source>
        <translation>Accord du patient</translation>
    </message>
    <message>
        <source>Follow-up and coordination of care</source>
        <translation>Suivi et coordination des soins</translation>
    </message>
    <message>
        <source>Letters and reports</source>
        <translation>Courriers et comptes rendus</translation>
    </message>
    <message>
        <source>Results and pictures</source>
        <translation>Résultats et images</translation>
    </message>
    <message>
        <source>Treatment</source>
        <translation>Traitement</translation>
    </message>
    <message>
        <source>Until when</source>
        <translation>Jusqu’à quand</translation>
    </message>
    <message>
        <source>6 months</source>
        <translation>6 mois</translation>
    </message>
    <message>
        <source>1 year</source>
        <translation>1 an</translation>
    </message>
    <message>
        <source>Until withdrawn</source>
        <translation>Jusqu’au retrait</translation>
    </message>
    <message>
        <source>Record the consent</source>
        <translation>Noter l’accord</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>{patient} consents to {name} being told</source>
        <translation>{patient} accepte que ses informations soient communiquées à {name}</translation>
    </message>
    <message>
        <source>Consent of {patient}</source>
        <translation>Accord de {patient}</translation>
    </message>
    <message>
        <source>Say to the patient what goes to whom and why, that they are free to refuse, and that they can withdraw their consent at any time, as easily as they give it.</source>
        <translation>Dites au patient ce qui est communiqué, à qui et pourquoi, qu’il est libre de refuser, et qu’il peut retirer son accord à tout moment, aussi simplement qu’il le donne.</translation>
    </message>
    <message>
        <source>For what</source>
        <translation>Pour quoi</translation>
    </message>
    <message>
        <source>Choose what the consent is about.</source>
        <translation>Choisissez sur quoi porte l’accord.</translation>
    </message>
</context>
<context>
    <name>ContactListPane</name>
    <message>
        <source>Add a correspondent</source>
        <translation>Ajouter un correspondant</translation>
    </message>
    <message>
        <source>No correspondents yet</source>
        <translation>Pas encore de correspondant</translation>
    </message>
    <message>
        <source>Find colleagues in the directory, or give them your address.</source>
        <translation>Cherchez des confrères dans l’annuaire, ou donnez-leur votre adresse.</translation>
    </message>
</context>
<context>
    <name>ContactListView</name>
    <message>
        <source>Correspondents</source>
        <translation>Correspondants</translation>
    </message>
</context>
<context>
    <name>ContactsPane</name>
    <message>
        <source>Back to the list</source>
        <translation>Retour à la liste</translation>
    </message>
    <message>
        <source>Back to the list (Esc)</source>
        <translation>Retour à la liste (Échap)</translation>
    </message>
</context>
<context>
    <name>ConversationDelegate</name>
    <message>
        <source>To: {names}</source>
        <translation>À&#x202f;: {names}</translation>
    </message>
    <message>
        <source>You: {text}</source>
        <translation>Vous&#x202f;: {text}</translation>
    </message>
</context>
<context>
    <name>ConversationPane</name>
    <message>
        <source>New letter</source>
        <translation>Nouveau courrier</translation>
    </message>
    <message>
        <source>Search all mail</source>
        <translation>Rechercher dans tout le courrier</translation>
    </message>
    <message>
        <source>Continue the letter</source>
        <translation>Reprendre le courrier</translation>
    </message>
    <message>
        <source>Nothing left to read</source>
        <translation>Tout est lu et rangé</translation>
    </message>
    <message>
        <source>New letters from your correspondents appear here by themselves.</source>
        <translation>Les nouveaux courriers de vos correspondants arrivent ici d’eux-mêmes.</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>Rien à traiter</translation>
    </message>
    <message>
        <source>Letters that want an answer, and those you mark “To do” with {keys}, wait here.</source>
        <translation>Les courriers qui attendent une réponse, et ceux que vous marquez «&#x202f;À traiter&#x202f;» avec {keys}, restent ici.</translation>
    </message>
    <message>
        <source>Nothing sent yet</source>
        <translation>Rien d’envoyé pour l’instant</translation>
    </message>
    <message>
        <source>Each letter you send is kept here, with its receipts.</source>
        <translation>Chaque courrier envoyé est conservé ici, avec ses reçus.</translation>
    </message>
    <message>
        <source>Nothing left to send</source>
        <translation>Plus rien à envoyer</translation>
    </message>
    <message>
        <source>Letters written offline wait here and leave by themselves.</source>
        <translation>Les courriers écrits hors ligne attendent ici et partent d’eux-mêmes.</translation>
    </message>
    <message>
        <source>The archives are empty</source>
        <translation>Les archives sont vides</translation>
    </message>
    <message>
        <source>What you archive with {keys} is kept here. A new letter brings its conversation back to the mail.</source>
        <translation>Ce que vous archivez avec {keys} est conservé ici. Un nouveau courrier ramène sa conversation dans le courrier.</translation>
    </message>
    <message>
        <source>Nothing filed here yet</source>
        <translation>Rien de classé ici</translation>
    </message>
    <message>
        <source>Drag letters onto this patient, or choose “File under a patient”.</source>
        <translation>Faites glisser des courriers sur ce patient, ou choisissez «&#x202f;Classer sous un patient&#x202f;».</translation>
    </message>
</context>
<context>
    <name>CrashReporter</name>
    <message>
        <source>Something unexpected happened in the program.</source>
        <translation>Une erreur imprévue s’est produite dans le programme.</translation>
    </message>
    <message>
        <source>What was saved is still there. If you report this, copy the report: it names places in the program, and nothing of your mail.</source>
        <translation>Ce qui était enregistré est toujours là. Si vous signalez l’erreur, copiez le rapport&#x202f;: il nomme des endroits du programme, et rien de votre courrier.</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>Copier le rapport</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>DecisionDialog</name>
    <message>
        <source>To whom they object</source>
        <translation>À qui le patient s’oppose</translation>
    </message>
    <message>
        <source>Some people</source>
        <translation>Certaines personnes</translation>
    </message>
    <message>
        <source>Everybody</source>
        <translation>Tout le monde</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>{patient} withdraws the consent for {name}</source>
        <translation>{patient} retire son accord pour {name}</translation>
    </message>
    <message>
        <source>From now on nothing more goes to them, from none of your computers; letters that wait to be sent stay here. What they have received remains with them, and what you have to keep is kept.</source>
        <translation>À partir de maintenant, plus rien ne part chez cette personne, depuis aucun de vos ordinateurs&#x202f;; les courriers en attente restent ici. Ce qu’elle a reçu reste chez elle, et ce que vous devez conserver est conservé.</translation>
    </message>
    <message>
        <source>Record the withdrawal</source>
        <translation>Noter le retrait</translation>
    </message>
    <message>
        <source>{patient} no longer objects to {name} being told</source>
        <translation>{patient} ne s’oppose plus à ce que ses informations soient communiquées à {name}</translation>
    </message>
    <message>
        <source>What held before the objection holds again.</source>
        <translation>Ce qui valait avant l’opposition vaut de nouveau.</translation>
    </message>
    <message>
        <source>Record that the objection is over</source>
        <translation>Noter la fin de l’opposition</translation>
    </message>
    <message>
        <source>{patient} objects to their information being given away</source>
        <translation>{patient} s’oppose à ce que ses informations soient communiquées</translation>
    </message>
    <message>
        <source>From now on nothing more goes to these people, from none of your computers, with or without consent.</source>
        <translation>À partir de maintenant, plus rien ne part chez ces personnes, depuis aucun de vos ordinateurs, avec ou sans accord.</translation>
    </message>
    <message>
        <source>Record the objection</source>
        <translation>Noter l’opposition</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>“{name}” cannot be opened here.</source>
        <translation>«&#x202f;{name}&#x202f;» ne peut pas s’ouvrir ici.</translation>
    </message>
    <message>
        <source>Another window of this program has it. Go on working there, or close it first.</source>
        <translation>Une autre fenêtre de ce programme l’affiche. Continuez à y travailler, ou fermez-la d’abord.</translation>
    </message>
    <message>
        <source>Letter from {name}</source>
        <translation>Courrier de {name}</translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) arrived</source>
        <translation>
            <numerusform>%Ln courrier reçu</numerusform>
            <numerusform>%Ln courriers reçus</numerusform>
        </translation>
    </message>
    <message>
        <source>Display</source>
        <translation>Affichage</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>Notifications</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>Comptes</translation>
    </message>
</context>
<context>
    <name>DirectoryPane</name>
    <message>
        <source>Name, profession, town, an address or a card uhs:…</source>
        <translation>Nom, profession, ville, adresse ou carte uhs:…</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Chercher</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>Recherche en cours</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
    <message>
        <source>Copy your address</source>
        <translation>Copier votre adresse</translation>
    </message>
    <message>
        <source>Find a correspondent</source>
        <translation>Trouver un correspondant</translation>
    </message>
    <message>
        <source>The directory of your relay shows who wished to be found there. It learns what you search for. Names and professions are not verified.</source>
        <translation>L’annuaire de votre relais montre qui a souhaité y figurer. Il apprend ce que vous cherchez. Les noms et les professions ne sont pas vérifiés.</translation>
    </message>
    <message>
        <source>Your address</source>
        <translation>Votre adresse</translation>
    </message>
    <message>
        <source>Give it to colleagues who cannot find you in the directory.</source>
        <translation>Donnez-la aux confrères qui ne vous trouvent pas dans l’annuaire.</translation>
    </message>
    <message>
        <source>This address is not complete.</source>
        <translation>Cette adresse n’est pas complète.</translation>
    </message>
    <message>
        <source>It has “uhs:” and 32 small letters and digits after it.</source>
        <translation>Elle commence par «&#x202f;uhs:&#x202f;», suivi de 32 lettres minuscules et chiffres.</translation>
    </message>
    <message>
        <source>Correspondent with this address</source>
        <translation>Correspondant à cette adresse</translation>
    </message>
    <message>
        <source>The request is on its way</source>
        <translation>La demande est en chemin</translation>
    </message>
    <message>
        <source>You can write once it is accepted.</source>
        <translation>Vous pourrez écrire dès qu’elle sera acceptée.</translation>
    </message>
    <message>
        <source>Nobody found. Check the spelling, or ask for an address.</source>
        <translation>Personne. Vérifiez l’orthographe, ou demandez une adresse.</translation>
    </message>
    <message>
        <source>There are more: make the search narrower.</source>
        <translation>Il y en a d’autres&#x202f;: précisez la recherche.</translation>
    </message>
    <message numerus="yes">
        <source>%n person(s) found</source>
        <translation>
            <numerusform>%Ln personne trouvée</numerusform>
            <numerusform>%Ln personnes trouvées</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DisplaySection</name>
    <message>
        <source>Language</source>
        <translation>Langue</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Comme le système</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Couleurs</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Clair</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Sombre</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>Contraste</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>Normal</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Renforcé</translation>
    </message>
    <message>
        <source>Size of text</source>
        <translation>Taille du texte</translation>
    </message>
    <message>
        <source>{n} %</source>
        <translation>{n}&#x202f;%</translation>
    </message>
</context>
<context>
    <name>DocumentWindow</name>
    <message>
        <source>Back</source>
        <translation>Retour</translation>
    </message>
    <message>
        <source>Find in this document</source>
        <translation>Chercher dans ce document</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>Imprimer…</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Enregistrer…</translation>
    </message>
    <message>
        <source>Open in another program…</source>
        <translation>Ouvrir dans un autre programme…</translation>
    </message>
    <message>
        <source>Make the copy and open it</source>
        <translation>Faire la copie et l’ouvrir</translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation>Rester ici</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>The document is being read</source>
        <translation>Le document est en cours de lecture</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>Plus petit</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>Plus grand</translation>
    </message>
    <message>
        <source>This kind of document is not shown here</source>
        <translation>Ce type de document ne s’affiche pas ici</translation>
    </message>
    <message>
        <source>Save it, or open it in another program.</source>
        <translation>Enregistrez-le, ou ouvrez-le dans un autre programme.</translation>
    </message>
    <message>
        <source>Page {n} of {count}</source>
        <translation>Page {n} sur {count}</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Introuvable</translation>
    </message>
    <message>
        <source>No text: these pages are pictures</source>
        <translation>Pas de texte&#x202f;: ces pages sont des images</translation>
    </message>
    <message>
        <source>{n} of {count}</source>
        <translation>{n} sur {count}</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>Recherche…</translation>
    </message>
    <message>
        <source>{n}%</source>
        <translation>{n}&#x202f;%</translation>
    </message>
    <message>
        <source>Paper is not encrypted: fetch it soon.</source>
        <translation>Le papier n’est pas chiffré&#x202f;: allez vite le chercher.</translation>
    </message>
    <message>
        <source>Page {n} of {count} goes to the printer</source>
        <translation>Page {n} sur {count} envoyée à l’imprimante</translation>
    </message>
    <message>
        <source>With the printer</source>
        <translation>Envoyé à l’imprimante</translation>
    </message>
    <message>
        <source>Not printed</source>
        <translation>Non imprimé</translation>
    </message>
    <message>
        <source>The printer did not take it, or a page cannot be drawn.</source>
        <translation>L’imprimante ne l’a pas pris, ou une page ne peut être dessinée.</translation>
    </message>
    <message>
        <source>Save the document in</source>
        <translation>Enregistrer le document dans</translation>
    </message>
    <message>
        <source>Saved as “{name}”</source>
        <translation>Enregistré sous «&#x202f;{name}&#x202f;»</translation>
    </message>
    <message>
        <source>This copy is not encrypted.</source>
        <translation>Cette copie n’est pas chiffrée.</translation>
    </message>
    <message>
        <source>Another program will see this document unprotected</source>
        <translation>Un autre programme verra ce document sans protection</translation>
    </message>
    <message>
        <source>A readable copy is made for it. It is removed when your mail locks or closes; what the other program keeps, or you change in it, is not seen here.</source>
        <translation>Une copie lisible est faite pour lui. Elle est retirée quand votre courrier se verrouille ou se ferme&#x202f;; ce que l’autre programme en garde, ou ce que vous y changez, n’est pas repris ici.</translation>
    </message>
    <message>
        <source>No program on this computer opens it</source>
        <translation>Aucun programme de cet ordinateur ne l’ouvre</translation>
    </message>
    <message>
        <source>Save the document, and open it where there is one.</source>
        <translation>Enregistrez le document, et ouvrez-le là où il y en a un.</translation>
    </message>
</context>
<context>
    <name>DocumentWords</name>
    <message>
        <source>Unknown kind of document</source>
        <translation>Type de document inconnu</translation>
    </message>
    <message>
        <source>PDF document</source>
        <translation>Document PDF</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Texte</translation>
    </message>
    <message>
        <source>Medical document (CDA)</source>
        <translation>Document médical (CDA)</translation>
    </message>
    <message>
        <source>Medical documents (XDM)</source>
        <translation>Documents médicaux (XDM)</translation>
    </message>
    <message>
        <source>Results (HPRIM)</source>
        <translation>Résultats (HPRIM)</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>E-mail</translation>
    </message>
    <message>
        <source>Medical image (DICOM)</source>
        <translation>Image médicale (DICOM)</translation>
    </message>
    <message>
        <source>Medical document (FHIR)</source>
        <translation>Document médical (FHIR)</translation>
    </message>
    <message>
        <source>Mailbox of another program</source>
        <translation>Boîte d’un autre programme</translation>
    </message>
    <message>
        <source>Word processor document</source>
        <translation>Document de traitement de texte</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archive</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titre</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>Patient</translation>
    </message>
    <message>
        <source>Born</source>
        <translation>Naissance</translation>
    </message>
    <message>
        <source>Sex</source>
        <translation>Sexe</translation>
    </message>
    <message>
        <source>Author</source>
        <translation>Auteur</translation>
    </message>
    <message>
        <source>Organisation</source>
        <translation>Structure</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Date</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Confidentiality</source>
        <translation>Confidentialité</translation>
    </message>
    <message>
        <source>To</source>
        <translation>À</translation>
    </message>
    <message>
        <source>From</source>
        <translation>De</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Objet</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>Modalité</translation>
    </message>
    <message>
        <source>Dimensions</source>
        <translation>Dimensions</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Pages</translation>
    </message>
    <message>
        <source>Software</source>
        <translation>Logiciel</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Numéro</translation>
    </message>
    <message>
        <source>Act</source>
        <translation>Acte</translation>
    </message>
    <message>
        <source>Replaces</source>
        <translation>Remplace</translation>
    </message>
    <message>
        <source>This document is damaged or incomplete: only what could be read is shown. Ask its sender for it again.</source>
        <translation>Ce document est abîmé ou incomplet&#x202f;: seul ce qui a pu être lu est affiché. Demandez-le de nouveau à son expéditeur.</translation>
    </message>
    <message>
        <source>This document is damaged and cannot be shown. You can save it, or ask its sender for it again.</source>
        <translation>Ce document est endommagé et ne peut pas être affiché. Vous pouvez l’enregistrer, ou le redemander à son expéditeur.</translation>
    </message>
    <message>
        <source>This document wants a password or a key of its own. Save it, and open it in the program that has it.</source>
        <translation>Ce document demande un mot de passe ou une clé qui lui est propre. Enregistrez-le, et ouvrez-le dans le programme qui l’a.</translation>
    </message>
    <message>
        <source>This document is too large to be shown here. You can save it.</source>
        <translation>Ce document est trop volumineux pour être affiché ici. Vous pouvez l’enregistrer.</translation>
    </message>
    <message>
        <source>A part is not the one that the archive’s own list names: it was changed or mixed up. Ask its sender.</source>
        <translation>Une pièce n’est pas celle qu’annonce la liste de l’archive&#x202f;: elle a été modifiée ou échangée. Interrogez l’expéditeur.</translation>
    </message>
    <message>
        <source>A part is not as long as the archive’s own list says: something may be missing.</source>
        <translation>Une pièce n’a pas la longueur qu’annonce la liste de l’archive&#x202f;: il peut en manquer.</translation>
    </message>
    <message>
        <source>The archive’s list names a document that is not in it.</source>
        <translation>La liste de l’archive annonce un document qui n’y est pas.</translation>
    </message>
    <message>
        <source>The archive holds a document that its list does not name.</source>
        <translation>L’archive contient un document que sa liste n’annonce pas.</translation>
    </message>
    <message>
        <source>It contains a program, which was not run.</source>
        <translation>Il contient un programme, qui n’a pas été exécuté.</translation>
    </message>
    <message>
        <source>It refers to content on the Internet, which was not fetched.</source>
        <translation>Il renvoie à un contenu sur Internet, qui n’a pas été chargé.</translation>
    </message>
    <message>
        <source>Only a part of it is shown. Save it to have it whole.</source>
        <translation>Il n’est affiché qu’en partie. Enregistrez-le pour l’avoir en entier.</translation>
    </message>
    <message>
        <source>It does not say how its letters are written: an accent may be wrong.</source>
        <translation>Il ne dit pas comment ses caractères sont écrits&#x202f;: un accent peut être faux.</translation>
    </message>
    <message>
        <source>Its parts name different patients.</source>
        <translation>Ses pièces nomment des patients différents.</translation>
    </message>
    <message>
        <source>Reading it took too long and was stopped. You can save it.</source>
        <translation>Sa lecture prenait trop de temps et a été arrêtée. Vous pouvez l’enregistrer.</translation>
    </message>
    <message>
        <source>A picture is packed in a way that this program does not unpack. Save it, and open it in an image viewer.</source>
        <translation>Une image est codée d’une façon que ce programme ne lit pas. Enregistrez-la, et ouvrez-la dans une visionneuse.</translation>
    </message>
    <message>
        <source>It carries an electronic signature, which was not verified.</source>
        <translation>Il porte une signature électronique, qui n’a pas été vérifiée.</translation>
    </message>
    <message>
        <source>* beside a norm: compared by this program. The laboratory did not mark the value.</source>
        <translation>* à côté d’une valeur de référence&#x202f;: comparé par ce programme. Le laboratoire n’a pas signalé la valeur.</translation>
    </message>
    <message>
        <source>not compared</source>
        <translation>non comparé</translation>
    </message>
    <message>
        <source>partial result</source>
        <translation>résultat partiel</translation>
    </message>
    <message>
        <source>corrected result</source>
        <translation>résultat corrigé</translation>
    </message>
    <message>
        <source>not validated</source>
        <translation>non validé</translation>
    </message>
    <message>
        <source>withdrawn by the laboratory</source>
        <translation>annulé par le laboratoire</translation>
    </message>
    <message>
        <source>result awaited</source>
        <translation>résultat en attente</translation>
    </message>
    <message>
        <source>could not be measured</source>
        <translation>dosage impossible</translation>
    </message>
    <message>
        <source>low</source>
        <translation>bas</translation>
    </message>
    <message>
        <source>high</source>
        <translation>élevé</translation>
    </message>
    <message>
        <source>abnormal</source>
        <translation>anormal</translation>
    </message>
    <message>
        <source>critical</source>
        <translation>critique</translation>
    </message>
</context>
<context>
    <name>DraftDelegate</name>
    <message>
        <source>Without recipient</source>
        <translation>Sans destinataire</translation>
    </message>
</context>
<context>
    <name>DraftDocument</name>
    <message>
        <source>{size}, encrypted on this computer</source>
        <translation>{size}, chiffré sur cet ordinateur</translation>
    </message>
    <message>
        <source>This file is empty</source>
        <translation>Ce fichier est vide</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Ouvrir</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>Ouvrir {name}</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>Retirer {name}</translation>
    </message>
    <message>
        <source>{what}, {n} pages</source>
        <translation>{what}, {n} pages</translation>
    </message>
    <message>
        <source>{what}, {size}, encrypted on this computer</source>
        <translation>{what}, {size}, chiffré sur cet ordinateur</translation>
    </message>
    <message>
        <source>About: {patient}</source>
        <translation>Concerne&#x202f;: {patient}</translation>
    </message>
</context>
<context>
    <name>DraftView</name>
    <message>
        <source>Drafts</source>
        <translation>Brouillons</translation>
    </message>
</context>
<context>
    <name>DraftsPane</name>
    <message>
        <source>New letter</source>
        <translation>Nouveau courrier</translation>
    </message>
    <message>
        <source>No draft</source>
        <translation>Aucun brouillon</translation>
    </message>
    <message>
        <source>A letter you begin is kept here by itself, encrypted, until you send it.</source>
        <translation>Un courrier commencé est enregistré ici automatiquement, chiffré, jusqu’à son envoi.</translation>
    </message>
    <message>
        <source>Go on writing</source>
        <translation>Continuer à écrire</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
</context>
<context>
    <name>EmergencyDialog</name>
    <message>
        <source>Life at risk</source>
        <translation>Urgence vitale</translation>
    </message>
    <message>
        <source>Send it all the same</source>
        <translation>Envoyer quand même</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Why does it have to go all the same?</source>
        <translation>Pourquoi faut-il l’envoyer quand même&#x202f;?</translation>
    </message>
    <message>
        <source>Only where a life is at risk and the patient cannot consent (article 9(2)(c) of the general regulation on data protection). Your reason is kept, signed, and stands in the journal.</source>
        <translation>Seulement si une vie est en danger et que le patient ne peut pas donner son accord (article 9, 2, c du règlement général sur la protection des données). Votre motif est conservé, signé, et figure au journal.</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Motif</translation>
    </message>
</context>
<context>
    <name>ErasureDialog</name>
    <message>
        <source>Erase for good</source>
        <translation>Effacer définitivement</translation>
    </message>
    <message>
        <source>What goes</source>
        <translation>Ce qui part</translation>
    </message>
    <message>
        <source>What stays, and why</source>
        <translation>Ce qui reste, et pourquoi</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Phrase de passe</translation>
    </message>
    <message>
        <source>It opens what stays with a new key; the old key is destroyed.</source>
        <translation>Elle ouvrira ce qui reste avec une nouvelle clé&#x202f;; l’ancienne est détruite.</translation>
    </message>
    <message>
        <source>Erasing</source>
        <translation>Effacement en cours</translation>
    </message>
    <message>
        <source>Save the certificate…</source>
        <translation>Enregistrer l’attestation…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>To be kept until {date}</source>
        <translation>À conserver jusqu’au {date}</translation>
    </message>
    <message>
        <source>The law wants letters about a patient kept for twenty years after the last contact, and longer for a child. Until then nothing erases them; they can be put in the archive.</source>
        <translation>La durée de conservation est de vingt ans après le dernier contact, davantage pour un enfant. Jusque-là, rien ne les efface&#x202f;; vous pouvez les archiver.</translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s)</source>
        <translation>
            <numerusform>%Ln lettre</numerusform>
            <numerusform>%Ln lettres</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n document(s)</source>
        <translation>
            <numerusform>%Ln document</numerusform>
            <numerusform>%Ln documents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n draft(s)</source>
        <translation>
            <numerusform>%Ln brouillon</numerusform>
            <numerusform>%Ln brouillons</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) made by this program</source>
        <translation>
            <numerusform>%Ln copie de sauvegarde faite par ce programme</numerusform>
            <numerusform>%Ln copies de sauvegarde faites par ce programme</numerusform>
        </translation>
    </message>
    <message>
        <source>their words in the search, and every key that opened them</source>
        <translation>leurs mots dans la recherche, et toutes les clés qui les ouvraient</translation>
    </message>
    <message numerus="yes">
        <source>What %n correspondent(s) wrote or received: that is theirs to decide about.</source>
        <translation>
            <numerusform>Ce que&#x202f;%Ln correspondant a écrit ou reçu&#x202f;: cela relève de lui.</numerusform>
            <numerusform>Ce que&#x202f;%Ln correspondants ont écrit ou reçu&#x202f;: cela relève d’eux.</numerusform>
        </translation>
    </message>
    <message>
        <source>What was printed, saved elsewhere, or handed to other software, your own records included.</source>
        <translation>Ce qui a été imprimé, enregistré ailleurs ou transmis à un autre logiciel, y compris votre dossier.</translation>
    </message>
    <message numerus="yes">
        <source>On %n other computer(s) of yours, until unlocked the next time.</source>
        <translation>
            <numerusform>Sur&#x202f;%Ln autre de vos ordinateurs, jusqu’à son prochain déverrouillage.</numerusform>
            <numerusform>Sur&#x202f;%Ln autres de vos ordinateurs, jusqu’à leur prochain déverrouillage.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On %n backup(s) whose disk is not plugged in, until it is.</source>
        <translation>
            <numerusform>Sur&#x202f;%Ln copie de sauvegarde dont le disque n’est pas branché, jusqu’à ce qu’il le soit.</numerusform>
            <numerusform>Sur&#x202f;%Ln copies de sauvegarde dont le disque n’est pas branché, jusqu’à ce qu’il le soit.</numerusform>
        </translation>
    </message>
    <message>
        <source>In the journal, that it was erased; it has numbers and no names.</source>
        <translation>Dans le journal, la trace de l’effacement&#x202f;; il contient des numéros, aucun nom.</translation>
    </message>
    <message>
        <source>Type your passphrase.</source>
        <translation>Saisissez votre phrase de passe.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>With the relay’s host, something encrypted in its own backups, until {date}.</source>
        <translation>Chez l’hébergeur du relais, des éléments chiffrés dans ses propres copies, jusqu’au {date}.</translation>
    </message>
    <message>
        <source>Erased from every list</source>
        <translation>Effacé de toutes les listes</translation>
    </message>
    <message>
        <source>The rest is done when you unlock the next time.</source>
        <translation>Le reste se fera à votre prochain déverrouillage.</translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) are destroyed when their disk is plugged in.</source>
        <translation>
            <numerusform>%Ln copie de sauvegarde sera détruite quand son disque sera branché.</numerusform>
            <numerusform>%Ln copies de sauvegarde seront détruites quand leur disque sera branché.</numerusform>
        </translation>
    </message>
    <message>
        <source>Erased for good</source>
        <translation>Effacé définitivement</translation>
    </message>
    <message>
        <source>Save the certificate in</source>
        <translation>Enregistrer l’attestation dans</translation>
    </message>
    <message>
        <source>The second file lets others check it without this program.</source>
        <translation>Le second fichier permet à d’autres de la vérifier sans ce programme.</translation>
    </message>
    <message>
        <source>Save it once more when you are connected: then a proof comes with it.</source>
        <translation>Enregistrez-la de nouveau une fois connecté&#x202f;: une preuve l’accompagnera.</translation>
    </message>
    <message>
        <source>Saved as “{name}”</source>
        <translation>Enregistré sous «&#x202f;{name}&#x202f;»</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>The application is locked.</source>
        <translation>L’application est verrouillée.</translation>
    </message>
    <message>
        <source>Unlock it and try again.</source>
        <translation>Déverrouillez-la et réessayez.</translation>
    </message>
    <message>
        <source>The application is already unlocked.</source>
        <translation>L’application est déjà déverrouillée.</translation>
    </message>
    <message>
        <source>There is nothing more to do.</source>
        <translation>Il n’y a rien d’autre à faire.</translation>
    </message>
    <message>
        <source>There is no account on this computer yet.</source>
        <translation>Il n’y a pas encore de compte sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Create one with the enrolment text and the code of your relay.</source>
        <translation>Créez-en un avec le texte d’inscription et le code de votre relais.</translation>
    </message>
    <message>
        <source>There is already an account here.</source>
        <translation>Il y a déjà un compte ici.</translation>
    </message>
    <message>
        <source>Unlock it with its passphrase.</source>
        <translation>Déverrouillez-le avec sa phrase de passe.</translation>
    </message>
    <message>
        <source>Your mail is already open in another window.</source>
        <translation>Votre courrier est déjà ouvert dans une autre fenêtre.</translation>
    </message>
    <message>
        <source>Close the other window, or go on working there.</source>
        <translation>Fermez l’autre fenêtre, ou continuez à y travailler.</translation>
    </message>
    <message>
        <source>Your mail on this computer cannot be read.</source>
        <translation>Votre courrier sur cet ordinateur ne peut pas être lu.</translation>
    </message>
    <message>
        <source>Nothing was changed. Keep the folder as it is and ask for help.</source>
        <translation>Rien n’a été modifié. Gardez le dossier tel quel et demandez de l’aide.</translation>
    </message>
    <message>
        <source>Your mail was written by a newer version of this program.</source>
        <translation>Votre courrier a été écrit par une version plus récente de ce programme.</translation>
    </message>
    <message>
        <source>Install the newer version to open it. Nothing was changed.</source>
        <translation>Installez la version plus récente pour l’ouvrir. Rien n’a été modifié.</translation>
    </message>
    <message>
        <source>This is not the passphrase.</source>
        <translation>Ce n’est pas la phrase de passe.</translation>
    </message>
    <message>
        <source>Check the Caps Lock key and type it again.</source>
        <translation>Vérifiez la touche Verr. Maj et saisissez-la de nouveau.</translation>
    </message>
    <message>
        <source>Sign in again to receive and send; everything here stays readable.</source>
        <translation>Connectez-vous de nouveau pour recevoir et envoyer&#x202f;; tout ce qui est ici reste lisible.</translation>
    </message>
    <message>
        <source>The relay does not prove that what it says about this person is of today.</source>
        <translation>Le relais ne prouve pas que ce qu’il dit de cette personne date d’aujourd’hui.</translation>
    </message>
    <message>
        <source>The secret kept by this computer&apos;s own keyring is missing.</source>
        <translation>Le secret gardé par le trousseau de cet ordinateur est introuvable.</translation>
    </message>
    <message>
        <source>This computer has too little free memory to open your mail.</source>
        <translation>Cet ordinateur n’a pas assez de mémoire libre pour ouvrir votre courrier.</translation>
    </message>
    <message>
        <source>Close other programs and try again.</source>
        <translation>Fermez d’autres programmes et réessayez.</translation>
    </message>
    <message>
        <source>This enrolment text is not complete or not for this program.</source>
        <translation>Ce texte d’inscription est incomplet ou n’est pas destiné à ce programme.</translation>
    </message>
    <message>
        <source>Copy it again, from its first to its last character.</source>
        <translation>Copiez-le de nouveau, du premier au dernier caractère.</translation>
    </message>
    <message>
        <source>The relay does not accept this invitation code.</source>
        <translation>Le relais n’accepte pas ce code d’invitation.</translation>
    </message>
    <message>
        <source>It serves once. Ask whoever runs your relay for a new one.</source>
        <translation>Il ne sert qu’une fois. Demandez-en un nouveau au responsable de votre relais.</translation>
    </message>
    <message>
        <source>The relay cannot be reached.</source>
        <translation>Le relais ne peut pas être joint.</translation>
    </message>
    <message>
        <source>Check the connection of this computer and try again.</source>
        <translation>Vérifiez la connexion de cet ordinateur et réessayez.</translation>
    </message>
    <message>
        <source>What answers at the relay&apos;s address is not your relay.</source>
        <translation>Ce qui répond à l’adresse du relais n’est pas votre relais.</translation>
    </message>
    <message>
        <source>Nothing was sent. Try another network, and tell whoever runs the relay.</source>
        <translation>Rien n’a été envoyé. Essayez un autre réseau, et prévenez le responsable du relais.</translation>
    </message>
    <message>
        <source>The relay does not accept this request.</source>
        <translation>Le relais n’accepte pas cette demande.</translation>
    </message>
    <message>
        <source>Ask whoever runs your relay whether this computer is still enrolled.</source>
        <translation>Demandez au responsable de votre relais si cet ordinateur y est toujours inscrit.</translation>
    </message>
    <message>
        <source>The relay has too much to do.</source>
        <translation>Le relais est surchargé.</translation>
    </message>
    <message>
        <source>Try again in a few minutes.</source>
        <translation>Réessayez dans quelques minutes.</translation>
    </message>
    <message>
        <source>Your session at the relay has ended.</source>
        <translation>Votre session au relais est terminée.</translation>
    </message>
    <message>
        <source>There were too many attempts.</source>
        <translation>Il y a eu trop d’essais.</translation>
    </message>
    <message>
        <source>The relay does not accept what you typed.</source>
        <translation>Le relais n’accepte pas ce que vous avez saisi.</translation>
    </message>
    <message>
        <source>Check the passphrase, and take the next code: each one serves once.</source>
        <translation>Vérifiez la phrase de passe et prenez le code suivant&#x202f;: chacun ne sert qu’une fois.</translation>
    </message>
    <message>
        <source>The relay wants to be sure that it is you.</source>
        <translation>Le relais veut être sûr que c’est bien vous.</translation>
    </message>
    <message>
        <source>Type your passphrase and a code, then it is done.</source>
        <translation>Tapez votre phrase de passe et un code, et c’est fait.</translation>
    </message>
    <message>
        <source>This mail was copied, or put back from a backup.</source>
        <translation>Ce courrier a été copié, ou remis en place depuis une sauvegarde.</translation>
    </message>
    <message>
        <source>You can read everything here, but nothing is received or sent. Go on with the copy that was used last. If you made no copy, call whoever runs your relay.</source>
        <translation>Tout reste lisible ici, mais rien n’est reçu ni envoyé. Continuez avec la copie utilisée en dernier. Si vous n’avez rien copié, appelez le responsable de votre relais.</translation>
    </message>
    <message>
        <source>This computer was removed from your account.</source>
        <translation>Cet ordinateur a été retiré de votre compte.</translation>
    </message>
    <message>
        <source>You can read everything here, but nothing is received or sent. If you did not remove it, use your recovery kit.</source>
        <translation>Vous pouvez tout lire ici, mais rien n’est reçu ni envoyé. Si ce n’est pas vous qui l’avez retiré, utilisez votre sauvegarde papier.</translation>
    </message>
    <message>
        <source>This is not one of your computers any more.</source>
        <translation>Ce n’est plus un de vos ordinateurs.</translation>
    </message>
    <message>
        <source>Look at the list again.</source>
        <translation>Regardez de nouveau la liste.</translation>
    </message>
    <message>
        <source>A computer does not remove itself.</source>
        <translation>Un ordinateur ne se retire pas lui-même.</translation>
    </message>
    <message>
        <source>Remove it from another one of yours.</source>
        <translation>Retirez-le depuis un autre de vos ordinateurs.</translation>
    </message>
    <message>
        <source>This is neither a linking text nor twelve words.</source>
        <translation>Ce n’est ni le texte de l’autre ordinateur ni douze mots.</translation>
    </message>
    <message>
        <source>Copy it again from your other computer.</source>
        <translation>Recopiez-le depuis votre autre ordinateur.</translation>
    </message>
    <message>
        <source>This link has ended.</source>
        <translation>Cette image et ces mots ne servent plus.</translation>
    </message>
    <message>
        <source>Begin again on your other computer: a picture serves for ten minutes.</source>
        <translation>Recommencez sur votre autre ordinateur&#x202f;: une image sert dix minutes.</translation>
    </message>
    <message>
        <source>Another computer has answered before this one.</source>
        <translation>Un autre ordinateur a répondu avant celui-ci.</translation>
    </message>
    <message>
        <source>Do not confirm on your other computer. Begin again there.</source>
        <translation>Ne confirmez pas sur votre autre ordinateur. Recommencez là-bas.</translation>
    </message>
    <message>
        <source>No computer has answered yet.</source>
        <translation>Aucun ordinateur n’a encore répondu.</translation>
    </message>
    <message>
        <source>Show the picture to the new computer, or type the words there.</source>
        <translation>Montrez l’image au nouvel ordinateur, ou tapez-y les mots.</translation>
    </message>
    <message>
        <source>These are not the words of the computer that has answered.</source>
        <translation>Ce ne sont pas les mots de l’ordinateur qui a répondu.</translation>
    </message>
    <message>
        <source>If your new computer shows them, someone else answered: do not confirm.</source>
        <translation>Si votre nouvel ordinateur les affiche, quelqu’un d’autre a répondu&#x202f;: ne confirmez pas.</translation>
    </message>
    <message>
        <source>Nobody has said who the recipient is.</source>
        <translation>Personne n’a dit qui est le destinataire.</translation>
    </message>
    <message>
        <source>Compare words by telephone first, or choose to send all the same.</source>
        <translation>Comparez d’abord les mots au téléphone, ou choisissez d’envoyer quand même.</translation>
    </message>
    <message>
        <source>This is not a contact card, or it is damaged.</source>
        <translation>Ce n’est pas une carte de correspondant, ou elle est abîmée.</translation>
    </message>
    <message>
        <source>Ask for it again.</source>
        <translation>Redemandez-la.</translation>
    </message>
    <message>
        <source>There is nothing left to look at.</source>
        <translation>Il n’y a plus rien à vérifier.</translation>
    </message>
    <message>
        <source>Your letters go out as usual.</source>
        <translation>Vos courriers partent comme d’habitude.</translation>
    </message>
    <message>
        <source>You have blocked this person.</source>
        <translation>Vous avez bloqué cette personne.</translation>
    </message>
    <message>
        <source>Unblock them first, under “Correspondents”.</source>
        <translation>Débloquez-la d’abord, dans «&#x202f;Correspondants&#x202f;».</translation>
    </message>
    <message>
        <source>Try again later. If it stays so, tell whoever runs the relay.</source>
        <translation>Réessayez plus tard. Si cela dure, prévenez le responsable du relais.</translation>
    </message>
    <message>
        <source>No telephone is waiting for its first code.</source>
        <translation>Aucun téléphone n’attend son premier code.</translation>
    </message>
    <message>
        <source>Add the telephone again.</source>
        <translation>Ajoutez à nouveau le téléphone.</translation>
    </message>
    <message>
        <source>This is your only one.</source>
        <translation>C’est votre seul moyen de connexion.</translation>
    </message>
    <message>
        <source>Recovery codes alone are not enough. Add another one first.</source>
        <translation>Les codes de secours ne suffisent pas. Ajoutez-en d’abord un autre.</translation>
    </message>
    <message>
        <source>It is not there any more.</source>
        <translation>Ce moyen de connexion n’y est plus.</translation>
    </message>
    <message>
        <source>It was removed meanwhile; there is nothing more to do.</source>
        <translation>Il a été retiré entre-temps&#x202f;; il n’y a plus rien à faire.</translation>
    </message>
    <message>
        <source>You already have ten, which is the most.</source>
        <translation>Vous en avez déjà dix, le maximum.</translation>
    </message>
    <message>
        <source>Remove one that you do not use any more.</source>
        <translation>Retirez-en un qui ne vous sert plus.</translation>
    </message>
    <message>
        <source>Your passphrase was changed four times within a week.</source>
        <translation>Votre phrase de passe a été changée quatre fois en une semaine.</translation>
    </message>
    <message>
        <source>Wait some days. If it was not you, restore your account with the recovery kit now.</source>
        <translation>Attendez quelques jours. Si ce n’était pas vous, retrouvez votre compte dès maintenant avec la sauvegarde papier.</translation>
    </message>
    <message>
        <source>No security key is plugged in.</source>
        <translation>Aucune clé de sécurité n’est branchée.</translation>
    </message>
    <message>
        <source>Plug it in and try again.</source>
        <translation>Branchez-la et recommencez.</translation>
    </message>
    <message>
        <source>This computer does not let you use the security key.</source>
        <translation>Cet ordinateur ne vous laisse pas utiliser la clé de sécurité.</translation>
    </message>
    <message>
        <source>Have the package libfido2-1 installed (Debian and Ubuntu: also libu2f-udev), then unplug the key and plug it in again.</source>
        <translation>Faites installer le paquet libfido2-1 (Debian et Ubuntu&#x202f;: aussi libu2f-udev), puis débranchez la clé et rebranchez-la.</translation>
    </message>
    <message>
        <source>The security key was not touched in time.</source>
        <translation>La clé de sécurité n’a pas été touchée à temps.</translation>
    </message>
    <message>
        <source>Try again, and touch it when it blinks.</source>
        <translation>Recommencez et touchez-la quand elle clignote.</translation>
    </message>
    <message>
        <source>This security key is not one of yours.</source>
        <translation>Cette clé de sécurité n’est pas l’une des vôtres.</translation>
    </message>
    <message>
        <source>Take the one that you added, or the code of your telephone.</source>
        <translation>Prenez celle que vous avez ajoutée, ou le code de votre téléphone.</translation>
    </message>
    <message>
        <source>You have added this security key already.</source>
        <translation>Vous avez déjà ajouté cette clé de sécurité.</translation>
    </message>
    <message>
        <source>This security key asks for its PIN.</source>
        <translation>Cette clé de sécurité demande son code PIN.</translation>
    </message>
    <message>
        <source>Type the PIN that you gave the key, and try again.</source>
        <translation>Tapez le code PIN que vous avez donné à la clé, et recommencez.</translation>
    </message>
    <message>
        <source>This is not the PIN of the security key.</source>
        <translation>Ce n’est pas le code PIN de la clé de sécurité.</translation>
    </message>
    <message>
        <source>Type it again with care: after eight wrong ones the key blocks itself.</source>
        <translation>Retapez-le avec soin&#x202f;: après huit erreurs, la clé se bloque.</translation>
    </message>
    <message>
        <source>The security key did not answer as it should.</source>
        <translation>La clé de sécurité n’a pas répondu comme il faut.</translation>
    </message>
    <message>
        <source>Unplug it, plug it in again, and try once more.</source>
        <translation>Débranchez-la, rebranchez-la, et recommencez.</translation>
    </message>
    <message>
        <source>Your relay does not take security keys.</source>
        <translation>Votre relais n’accepte pas de clé de sécurité.</translation>
    </message>
    <message>
        <source>Use a telephone. Whoever runs your relay can give it a name for keys.</source>
        <translation>Utilisez un téléphone. Le responsable de votre relais peut lui donner un nom pour les clés.</translation>
    </message>
    <message>
        <source>The picture for the telephone cannot be shown again.</source>
        <translation>L’image pour le téléphone ne peut plus être montrée.</translation>
    </message>
    <message>
        <source>Sign in with the code of your telephone, or with a recovery code.</source>
        <translation>Connectez-vous avec le code de votre téléphone, ou avec un code de secours.</translation>
    </message>
    <message>
        <source>The recovery kit is on paper, and nobody can show it again.</source>
        <translation>La sauvegarde papier est faite, et personne ne peut la montrer de nouveau.</translation>
    </message>
    <message>
        <source>If it is lost, make a new one.</source>
        <translation>Si elle est perdue, faites-en une nouvelle.</translation>
    </message>
    <message>
        <source>There is already a new recovery kit.</source>
        <translation>Il y a déjà une nouvelle sauvegarde papier.</translation>
    </message>
    <message>
        <source>Print it and confirm it, or wait until it counts.</source>
        <translation>Imprimez-la et confirmez-la, ou attendez qu’elle compte.</translation>
    </message>
    <message>
        <source>The recovery kit is not on paper yet.</source>
        <translation>La sauvegarde papier n’est pas encore faite.</translation>
    </message>
    <message>
        <source>Print it first, and confirm it.</source>
        <translation>Imprimez-la d’abord, et confirmez-la.</translation>
    </message>
    <message>
        <source>This is not what stands in that group.</source>
        <translation>Ce n’est pas ce qui est écrit dans ce groupe.</translation>
    </message>
    <message>
        <source>Read it from the paper again.</source>
        <translation>Relisez-le sur le papier.</translation>
    </message>
    <message>
        <source>The recovery code has a mistake.</source>
        <translation>Le code de la page contient une erreur.</translation>
    </message>
    <message>
        <source>Read the marked group from the paper again.</source>
        <translation>Relisez sur le papier le groupe marqué.</translation>
    </message>
    <message>
        <source>This is another recovery kit: an older one, or another account&apos;s.</source>
        <translation>C’est une autre sauvegarde papier&#x202f;: plus ancienne, ou d’un autre compte.</translation>
    </message>
    <message>
        <source>Take the newest kit. Its page names the account.</source>
        <translation>Prenez la plus récente. La page nomme le compte.</translation>
    </message>
    <message>
        <source>The relay does not accept kit and passphrase together.</source>
        <translation>Le relais n’accepte pas ensemble la sauvegarde papier et la phrase de passe.</translation>
    </message>
    <message>
        <source>Check both and try again.</source>
        <translation>Vérifiez les deux et réessayez.</translation>
    </message>
    <message>
        <source>Begin again with the same kit and passphrase. If it happens again, ask the relay’s operator to hold the account’s sessions back.</source>
        <translation>Recommencez avec la même sauvegarde papier et la même phrase de passe. Si cela se répète, demandez au responsable du relais de bloquer les sessions du compte.</translation>
    </message>
    <message>
        <source>The ten minutes are over.</source>
        <translation>Les dix minutes sont passées.</translation>
    </message>
    <message>
        <source>Begin again with the recovery kit.</source>
        <translation>Recommencez avec la sauvegarde papier.</translation>
    </message>
    <message>
        <source>No new recovery kit is announced.</source>
        <translation>Aucune nouvelle sauvegarde papier n’est annoncée.</translation>
    </message>
    <message>
        <source>There is nothing to call off.</source>
        <translation>Il n’y a rien à annuler.</translation>
    </message>
    <message>
        <source>These shares do not give the recovery code back.</source>
        <translation>Ces parts ne redonnent pas le code.</translation>
    </message>
    <message>
        <source>Check the marked word, or ask for one more share.</source>
        <translation>Vérifiez le mot marqué, ou demandez une part de plus.</translation>
    </message>
    <message>
        <source>These are not the days of an absence.</source>
        <translation>Ce ne sont pas les dates d’une absence.</translation>
    </message>
    <message>
        <source>The last day comes after the first, is not over, and is at most a year later.</source>
        <translation>Le dernier jour vient après le premier, n’est pas passé, et tombe au plus tard un an après.</translation>
    </message>
    <message>
        <source>This is not a complete backup.</source>
        <translation>Ce n’est pas une sauvegarde complète.</translation>
    </message>
    <message>
        <source>Take an older one from the same folder.</source>
        <translation>Prenez-en une plus ancienne dans le même dossier.</translation>
    </message>
    <message>
        <source>Backups do not go there.</source>
        <translation>Les sauvegardes ne peuvent pas aller dans ce dossier.</translation>
    </message>
    <message>
        <source>Choose a folder outside the application&apos;s own, best on another disk.</source>
        <translation>Choisissez un dossier hors de celui de l’application, de préférence sur un autre disque.</translation>
    </message>
    <message>
        <source>Practice software cannot have this folder.</source>
        <translation>Ce dossier ne convient pas au logiciel métier.</translation>
    </message>
    <message>
        <source>Choose a folder that exists, outside the application&apos;s own.</source>
        <translation>Choisissez un dossier existant, hors de celui de l’application.</translation>
    </message>
    <message>
        <source>This result was not written by one of your computers, or was changed.</source>
        <translation>Ce résultat n’a pas été écrit par l’un de vos ordinateurs, ou il a été modifié.</translation>
    </message>
    <message>
        <source>Do not rely on it.</source>
        <translation>Ne vous y fiez pas.</translation>
    </message>
    <message>
        <source>The backup folder is not there.</source>
        <translation>Le dossier des sauvegardes n’est pas là.</translation>
    </message>
    <message>
        <source>Plug its disk in, or choose another folder.</source>
        <translation>Branchez son disque, ou choisissez un autre dossier.</translation>
    </message>
    <message>
        <source>A backup is being made already.</source>
        <translation>Une sauvegarde est déjà en cours.</translation>
    </message>
    <message>
        <source>Wait until it is done.</source>
        <translation>Attendez qu’elle soit finie.</translation>
    </message>
    <message>
        <source>The backup was stopped.</source>
        <translation>La sauvegarde a été arrêtée.</translation>
    </message>
    <message>
        <source>The older ones are still there.</source>
        <translation>Les précédentes sont toujours là.</translation>
    </message>
    <message>
        <source>Open the computer&apos;s session of whoever created the account, and unlock its keyring. If the keyring was emptied, or this is another computer, your recovery kit opens your mail.</source>
        <translation>Ouvrez la session de la personne qui a créé le compte et déverrouillez son trousseau. Si le trousseau a été vidé, ou si c’est un autre ordinateur, votre sauvegarde papier ouvre votre courrier.</translation>
    </message>
    <message>
        <source>This passphrase is too easy to guess.</source>
        <translation>Cette phrase de passe est trop facile à deviner.</translation>
    </message>
    <message>
        <source>Take seven unrelated words or more, or twelve characters of all kinds.</source>
        <translation>Prenez au moins sept mots sans rapport entre eux, ou douze caractères de toutes sortes.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock is wrong.</source>
        <translation>L’horloge de cet ordinateur est fausse.</translation>
    </message>
    <message>
        <source>Set its date and time, then try again.</source>
        <translation>Réglez la date et l’heure, puis réessayez.</translation>
    </message>
    <message>
        <source>Check the address with the person it belongs to.</source>
        <translation>Vérifiez l’adresse avec la personne concernée.</translation>
    </message>
    <message>
        <source>This is your own address.</source>
        <translation>C’est votre propre adresse.</translation>
    </message>
    <message>
        <source>Ask your correspondent for theirs.</source>
        <translation>Demandez la sienne à votre correspondant.</translation>
    </message>
    <message>
        <source>This person is not among your correspondents yet.</source>
        <translation>Cette personne ne fait pas encore partie de vos correspondants.</translation>
    </message>
    <message>
        <source>Send a contact request, and write once it is accepted.</source>
        <translation>Envoyez une demande de contact, et écrivez dès qu’elle est acceptée.</translation>
    </message>
    <message>
        <source>This letter is no longer here.</source>
        <translation>Ce courrier n’est plus ici.</translation>
    </message>
    <message>
        <source>Go back to the list and open it again.</source>
        <translation>Revenez à la liste et ouvrez-le de nouveau.</translation>
    </message>
    <message>
        <source>This conversation is no longer here.</source>
        <translation>Cet échange n’est plus ici.</translation>
    </message>
    <message>
        <source>This draft is no longer there.</source>
        <translation>Ce brouillon n’existe plus.</translation>
    </message>
    <message>
        <source>It was sent or removed meanwhile.</source>
        <translation>Il a été envoyé ou supprimé entre-temps.</translation>
    </message>
    <message>
        <source>A letter takes no more documents than it has now.</source>
        <translation>Un courrier ne peut pas contenir plus de documents.</translation>
    </message>
    <message>
        <source>Send the others with a second letter.</source>
        <translation>Envoyez les autres dans un second courrier.</translation>
    </message>
    <message>
        <source>The document was not added.</source>
        <translation>Le document n’a pas été joint.</translation>
    </message>
    <message>
        <source>You stopped it; add it again if you need it.</source>
        <translation>Vous l’avez interrompu&#x202f;; joignez-le à nouveau si besoin.</translation>
    </message>
    <message>
        <source>A document is still being added.</source>
        <translation>Un document est encore en cours d’ajout.</translation>
    </message>
    <message>
        <source>Send the letter as soon as it is there, or leave it out.</source>
        <translation>Envoyez le courrier dès qu’il est là, ou retirez-le.</translation>
    </message>
    <message>
        <source>The letter has no recipient.</source>
        <translation>Le courrier n’a pas de destinataire.</translation>
    </message>
    <message>
        <source>Add at least one correspondent.</source>
        <translation>Ajoutez au moins un correspondant.</translation>
    </message>
    <message>
        <source>There are too many recipients for one letter.</source>
        <translation>Il y a trop de destinataires pour un seul courrier.</translation>
    </message>
    <message>
        <source>Send it as two letters.</source>
        <translation>Envoyez-le en deux courriers.</translation>
    </message>
    <message>
        <source>A letter cannot wait for this moment.</source>
        <translation>Un courrier ne peut pas attendre ce moment.</translation>
    </message>
    <message>
        <source>Choose one that lies ahead, within a year.</source>
        <translation>Choisissez un moment à venir, dans l’année.</translation>
    </message>
    <message>
        <source>This letter has already gone.</source>
        <translation>Ce courrier est déjà parti.</translation>
    </message>
    <message>
        <source>It can no longer be taken back. Write another one to correct it.</source>
        <translation>Il ne peut plus être repris. Écrivez-en un autre pour le corriger.</translation>
    </message>
    <message>
        <source>This template is no longer there.</source>
        <translation>Ce modèle n’existe plus.</translation>
    </message>
    <message>
        <source>It was removed meanwhile.</source>
        <translation>Il a été supprimé entre-temps.</translation>
    </message>
    <message>
        <source>There is no room for another template.</source>
        <translation>Il n’y a plus de place pour un autre modèle.</translation>
    </message>
    <message>
        <source>Remove one that you no longer use.</source>
        <translation>Supprimez-en un que vous n’utilisez plus.</translation>
    </message>
    <message>
        <source>A letter of this conversation is still being sent.</source>
        <translation>Un courrier de cette conversation est encore en cours d’envoi.</translation>
    </message>
    <message>
        <source>Cancel it first, or wait until it has gone.</source>
        <translation>Annulez-le d’abord, ou attendez son départ.</translation>
    </message>
    <message>
        <source>Letters about this patient have to be kept for now.</source>
        <translation>Les lettres sur ce patient doivent être conservées pour l’instant.</translation>
    </message>
    <message>
        <source>This patient is no longer in your list.</source>
        <translation>Ce patient n’est plus dans votre liste.</translation>
    </message>
    <message>
        <source>Choose another one, or add the patient again.</source>
        <translation>Choisissez-en un autre, ou ajoutez-le à nouveau.</translation>
    </message>
    <message>
        <source>This act is no longer in the journal.</source>
        <translation>Cet acte n’est plus dans le journal.</translation>
    </message>
    <message>
        <source>There is nothing to export.</source>
        <translation>Il n’y a rien à exporter.</translation>
    </message>
    <message>
        <source>The journal at the relay has no act like that yet. Choose another period.</source>
        <translation>Le journal du relais n’a encore aucun acte de ce genre. Choisissez une autre période.</translation>
    </message>
    <message>
        <source>The patient objects to a recipient being told.</source>
        <translation>Le patient s’oppose à ce qu’un destinataire soit informé.</translation>
    </message>
    <message>
        <source>Leave them out, or ask the patient.</source>
        <translation>Retirez-le des destinataires, ou parlez-en au patient.</translation>
    </message>
    <message>
        <source>For a recipient of this letter the patient has to consent.</source>
        <translation>Pour un destinataire de ce courrier, il faut l’accord du patient.</translation>
    </message>
    <message>
        <source>Record the consent, or leave them out.</source>
        <translation>Notez l’accord, ou retirez ce destinataire.</translation>
    </message>
    <message>
        <source>You have not said yet whether each recipient takes part in the care.</source>
        <translation>Vous n’avez pas encore dit si chaque destinataire prend part aux soins.</translation>
    </message>
    <message>
        <source>Answer the question in the letter, then send it.</source>
        <translation>Répondez à la question dans le courrier, puis envoyez-le.</translation>
    </message>
    <message>
        <source>The patient has to know who is told.</source>
        <translation>Le patient doit savoir qui est informé.</translation>
    </message>
    <message>
        <source>Tell them, answer the question in the letter, then send it.</source>
        <translation>Informez-le, répondez à la question dans le courrier, puis envoyez-le.</translation>
    </message>
    <message>
        <source>No opposition of this patient is recorded.</source>
        <translation>Aucune opposition de ce patient n’est notée.</translation>
    </message>
    <message>
        <source>There is nothing to lift.</source>
        <translation>Il n’y a rien à lever.</translation>
    </message>
    <message>
        <source>That is too much for one file.</source>
        <translation>C’est trop pour un seul fichier.</translation>
    </message>
    <message>
        <source>Choose a shorter period, and export the rest into another file.</source>
        <translation>Choisissez une période plus courte, et exportez le reste dans un autre fichier.</translation>
    </message>
    <message>
        <source>There is no certificate in this file.</source>
        <translation>Ce fichier ne contient pas de certificat.</translation>
    </message>
    <message>
        <source>Choose the file that the authority publishes; its name ends in .pem or .cer.</source>
        <translation>Choisissez le fichier que publie l’autorité&#x202f;; son nom se termine par .pem ou .cer.</translation>
    </message>
    <message>
        <source>Letters are filed under this patient.</source>
        <translation>Des courriers sont classés sous ce patient.</translation>
    </message>
    <message>
        <source>File them under another patient first, or remove them.</source>
        <translation>Classez-les d’abord sous un autre patient, ou supprimez-les.</translation>
    </message>
    <message>
        <source>This INS cannot be right.</source>
        <translation>Cette INS ne peut pas être exacte.</translation>
    </message>
    <message>
        <source>Check its 15 characters. A qualified INS also needs birth name, given name, date of birth and sex.</source>
        <translation>Vérifiez ses 15 caractères. Une INS confirmée exige aussi nom de naissance, prénom, date de naissance et sexe.</translation>
    </message>
    <message>
        <source>These are two people.</source>
        <translation>Ce sont deux personnes.</translation>
    </message>
    <message>
        <source>Both have a qualified INS, and not the same one.</source>
        <translation>Chacune a une INS confirmée, et ce n’est pas la même.</translation>
    </message>
    <message>
        <source>This can no longer be undone.</source>
        <translation>Ce n’est plus annulable.</translation>
    </message>
    <message>
        <source>Something has changed since these patients were merged.</source>
        <translation>Quelque chose a changé depuis la réunion de ces fiches.</translation>
    </message>
    <message>
        <source>The notes of the two do not fit into one card.</source>
        <translation>Les notes des deux fiches ne tiennent pas dans une seule.</translation>
    </message>
    <message>
        <source>Shorten them first.</source>
        <translation>Raccourcissez-les d’abord.</translation>
    </message>
    <message>
        <source>This file is not a table of patients.</source>
        <translation>Ce fichier n’est pas un tableau de patients.</translation>
    </message>
    <message>
        <source>Choose the columns with the names, or another file.</source>
        <translation>Choisissez les colonnes des noms, ou un autre fichier.</translation>
    </message>
    <message>
        <source>This document is no longer here.</source>
        <translation>Ce document n’est plus ici.</translation>
    </message>
    <message>
        <source>Open the letter again.</source>
        <translation>Ouvrez de nouveau le courrier.</translation>
    </message>
    <message>
        <source>The document has not arrived on this computer yet.</source>
        <translation>Le document n’est pas encore arrivé sur cet ordinateur.</translation>
    </message>
    <message>
        <source>It is fetched by itself as soon as the relay can be reached.</source>
        <translation>Il sera reçu de lui-même dès que le relais pourra être joint.</translation>
    </message>
    <message>
        <source>This document is neither on this computer nor at the relay any more.</source>
        <translation>Ce document n’est plus ni sur cet ordinateur ni au relais.</translation>
    </message>
    <message>
        <source>This document is no longer open.</source>
        <translation>Ce document n’est plus ouvert.</translation>
    </message>
    <message>
        <source>Open it again.</source>
        <translation>Ouvrez-le à nouveau.</translation>
    </message>
    <message>
        <source>This file is a program: opening it would run it.</source>
        <translation>Ce fichier est un programme&#x202f;: l’ouvrir reviendrait à l’exécuter.</translation>
    </message>
    <message>
        <source>Save it only if you know what it is and who made it.</source>
        <translation>Ne l’enregistrez que si vous savez ce qu’il est et de qui il vient.</translation>
    </message>
    <message>
        <source>This page cannot be shown.</source>
        <translation>Cette page ne peut pas être affichée.</translation>
    </message>
    <message>
        <source>Save the document, or open it in another program.</source>
        <translation>Enregistrez le document, ou ouvrez-le dans un autre programme.</translation>
    </message>
    <message>
        <source>The document did not arrive as its sender wrote it.</source>
        <translation>Le document n’est pas arrivé tel que son expéditeur l’a envoyé.</translation>
    </message>
    <message>
        <source>It was not saved. Ask the sender to send it again.</source>
        <translation>Il n’a pas été enregistré. Demandez à l’expéditeur de le renvoyer.</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>Le fichier ne peut pas être lu.</translation>
    </message>
    <message>
        <source>Check that it still exists and that you may open it.</source>
        <translation>Vérifiez qu’il existe encore et que vous pouvez l’ouvrir.</translation>
    </message>
    <message>
        <source>This is a folder, and only files can be sent.</source>
        <translation>C’est un dossier, or seuls des fichiers peuvent être envoyés.</translation>
    </message>
    <message>
        <source>Add the files that are in it.</source>
        <translation>Joignez les fichiers qu’il contient.</translation>
    </message>
    <message>
        <source>The file is too large to be sent.</source>
        <translation>Le fichier est trop volumineux pour être envoyé.</translation>
    </message>
    <message>
        <source>Send a smaller one, or several.</source>
        <translation>Envoyez-en un plus petit, ou plusieurs.</translation>
    </message>
    <message>
        <source>The file changed while it was being read.</source>
        <translation>Le fichier a changé pendant sa lecture.</translation>
    </message>
    <message>
        <source>Close it in other programs and add it again.</source>
        <translation>Fermez-le dans les autres programmes et joignez-le de nouveau.</translation>
    </message>
    <message>
        <source>Nothing can be saved in this folder.</source>
        <translation>Rien ne peut être enregistré dans ce dossier.</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>Choisissez un autre dossier.</translation>
    </message>
    <message>
        <source>The disk of this computer is full.</source>
        <translation>Le disque de cet ordinateur est plein.</translation>
    </message>
    <message>
        <source>Free some space and try again. Nothing was lost.</source>
        <translation>Libérez de la place et réessayez. Rien n’a été perdu.</translation>
    </message>
    <message>
        <source>There are no letters in what you chose.</source>
        <translation>Il n’y a pas de courriers dans ce que vous avez choisi.</translation>
    </message>
    <message>
        <source>Save them in the other program as .eml or mbox, and choose those files.</source>
        <translation>Enregistrez-les dans l’autre logiciel au format .eml ou mbox, puis choisissez ces fichiers.</translation>
    </message>
    <message>
        <source>Another import is still going on.</source>
        <translation>Une autre reprise de courriers est encore en cours.</translation>
    </message>
    <message>
        <source>Wait for its end, or stop it first.</source>
        <translation>Attendez la fin, ou arrêtez-la d’abord.</translation>
    </message>
    <message>
        <source>The text is too long for one letter.</source>
        <translation>Le texte est trop long pour un seul courrier.</translation>
    </message>
    <message>
        <source>Shorten it, or add the long part as a document.</source>
        <translation>Raccourcissez-le, ou joignez la partie longue comme document.</translation>
    </message>
    <message>
        <source>Something in this form is not as it should be.</source>
        <translation>Quelque chose ne va pas dans ce formulaire.</translation>
    </message>
    <message>
        <source>Check what you typed and try again.</source>
        <translation>Vérifiez votre saisie et réessayez.</translation>
    </message>
    <message>
        <source>The program behind this window has stopped.</source>
        <translation>Le programme derrière cette fenêtre s’est arrêté.</translation>
    </message>
    <message>
        <source>Unlock again. What was saved is still there.</source>
        <translation>Déverrouillez de nouveau. Ce qui était enregistré est toujours là.</translation>
    </message>
    <message>
        <source>Something unexpected happened in the program.</source>
        <translation>Une erreur imprévue s’est produite dans le programme.</translation>
    </message>
    <message>
        <source>Try again. If it happens again, report it: the report holds no content.</source>
        <translation>Réessayez. Si cela se reproduit, signalez-le&#x202f;: le rapport ne contient rien de votre courrier.</translation>
    </message>
    <message numerus="yes">
        <source>Before the key blocks itself: %n more try(ies).</source>
        <translation>
            <numerusform>Encore&#x202f;%Ln essai avant que la clé ne se bloque.</numerusform>
            <numerusform>Encore&#x202f;%Ln essais avant que la clé ne se bloque.</numerusform>
        </translation>
    </message>
    <message>
        <source>{sentence} ({detail})</source>
        <translation>{sentence} ({detail})</translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n second(s).</source>
        <translation>
            <numerusform>Réessayez dans&#x202f;%Ln seconde.</numerusform>
            <numerusform>Réessayez dans&#x202f;%Ln secondes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n minute(s).</source>
        <translation>
            <numerusform>Réessayez dans&#x202f;%Ln minute.</numerusform>
            <numerusform>Réessayez dans&#x202f;%Ln minutes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n hour(s).</source>
        <translation>
            <numerusform>Réessayez dans&#x202f;%Ln heure.</numerusform>
            <numerusform>Réessayez dans&#x202f;%Ln heures.</numerusform>
        </translation>
    </message>
    <message>
        <source>This letter cannot be opened on this computer.</source>
        <translation>Ce courrier ne peut pas être ouvert sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Its sender was asked to send it again; there is nothing you need to do.</source>
        <translation>Son expéditeur a été prié de le renvoyer&#x202f;; vous n’avez rien à faire.</translation>
    </message>
    <message>
        <source>Two different letters carry the same number.</source>
        <translation>Deux courriers différents portent le même numéro.</translation>
    </message>
    <message>
        <source>Someone may have tampered with them. Ask the sender by telephone.</source>
        <translation>Quelqu’un les a peut-être falsifiés. Demandez à l’expéditeur par téléphone.</translation>
    </message>
    <message>
        <source>A document of this letter is missing.</source>
        <translation>Il manque un document à ce courrier.</translation>
    </message>
    <message>
        <source>The recipient has started again on other computers, and nothing announced it.</source>
        <translation>Le destinataire a recommencé sur d’autres ordinateurs, et rien ne l’annonçait.</translation>
    </message>
    <message>
        <source>Ask them by telephone, then look at it on their page under “Correspondents”.</source>
        <translation>Demandez-lui par téléphone, puis voyez sa page sous «&#x202f;Correspondants&#x202f;».</translation>
    </message>
    <message>
        <source>The relay does not prove that what it says about the recipient is of today.</source>
        <translation>Le relais ne prouve pas que ce qu’il dit du destinataire date d’aujourd’hui.</translation>
    </message>
    <message>
        <source>You have blocked this recipient, so the letter did not go to them.</source>
        <translation>Vous avez bloqué ce destinataire&#x202f;: le courrier ne lui a pas été envoyé.</translation>
    </message>
    <message>
        <source>To write to them again, unblock them under “Correspondents”.</source>
        <translation>Pour lui écrire à nouveau, débloquez-le dans «&#x202f;Correspondants&#x202f;».</translation>
    </message>
    <message>
        <source>By what the patient has decided since, it did not go to this recipient.</source>
        <translation>D’après ce que le patient a décidé depuis, il n’est pas parti chez ce destinataire.</translation>
    </message>
    <message>
        <source>Look at the patient&apos;s page; if it may go after all, send it again.</source>
        <translation>Voyez la page du patient&#x202f;; si l’envoi est possible malgré tout, renvoyez-le.</translation>
    </message>
    <message>
        <source>Somebody changed your account, and not from this computer.</source>
        <translation>Quelqu’un a modifié votre compte, et pas depuis cet ordinateur.</translation>
    </message>
    <message>
        <source>Another of your computers has added a computer to your account.</source>
        <translation>Un autre de vos ordinateurs a ajouté un ordinateur à votre compte.</translation>
    </message>
    <message>
        <source>Was it you? If not, remove that computer and the one that added it, with your recovery kit, and change your passphrase.</source>
        <translation>Est-ce vous&#x202f;? Sinon, retirez cet ordinateur et celui qui l’a ajouté, avec votre sauvegarde papier, et changez votre phrase de passe.</translation>
    </message>
    <message>
        <source>Another of your computers has removed a computer from your account.</source>
        <translation>Un autre de vos ordinateurs a retiré un ordinateur de votre compte.</translation>
    </message>
    <message>
        <source>Was it you? If not, remove the computer that did it, with your recovery kit.</source>
        <translation>Est-ce vous&#x202f;? Sinon, retirez l’ordinateur qui l’a fait, avec votre sauvegarde papier.</translation>
    </message>
    <message>
        <source>Another of your computers has announced a new recovery kit.</source>
        <translation>Un autre de vos ordinateurs a annoncé une nouvelle sauvegarde papier.</translation>
    </message>
    <message>
        <source>Was it you? If not, call it off with your old kit within the week: after that the old one is void.</source>
        <translation>Est-ce vous&#x202f;? Sinon, annulez-la avec l’ancienne dans la semaine&#x202f;: ensuite, l’ancienne ne vaut plus rien.</translation>
    </message>
    <message>
        <source>A new recovery kit was called off, with the one that you have.</source>
        <translation>Une nouvelle sauvegarde papier a été annulée avec celle que vous avez.</translation>
    </message>
    <message>
        <source>Was it you? If not, somebody has your recovery kit: make a new one.</source>
        <translation>Est-ce vous&#x202f;? Sinon, quelqu’un a votre sauvegarde papier&#x202f;: faites-en une nouvelle.</translation>
    </message>
    <message>
        <source>Another of your computers has replaced your keys with the recovery kit.</source>
        <translation>Un autre de vos ordinateurs a tout renouvelé sur votre compte avec la sauvegarde papier.</translation>
    </message>
    <message>
        <source>Was it you? If not, somebody has your recovery kit: tell whoever runs the relay.</source>
        <translation>Est-ce vous&#x202f;? Sinon, quelqu’un a votre sauvegarde papier&#x202f;: prévenez le responsable du relais.</translation>
    </message>
    <message>
        <source>What the relay shows of your computers’ journal is not what they did: an act is missing, invented or elsewhere.</source>
        <translation>Ce que le relais montre du journal de vos ordinateurs n’est pas ce qu’ils ont fait&#x202f;: un acte manque, est inventé ou déplacé.</translation>
    </message>
    <message>
        <source>The evidence is kept in this profile. Tell whoever runs the relay, in writing.</source>
        <translation>La preuve est gardée dans ce profil. Prévenez le responsable du relais, par écrit.</translation>
    </message>
    <message>
        <source>What the relay says about a person contradicts its own journal.</source>
        <translation>Ce que le relais dit d’une personne contredit son propre journal.</translation>
    </message>
    <message>
        <source>The relay has not proven for a day that what it says about people is the newest.</source>
        <translation>Depuis un jour, le relais n’a pas prouvé que ce qu’il dit des personnes est à jour.</translation>
    </message>
    <message>
        <source>Ask the sender to send it again.</source>
        <translation>Demandez à l’expéditeur de le renvoyer.</translation>
    </message>
    <message>
        <source>The security key takes no more PINs for now.</source>
        <translation>La clé de sécurité n’accepte plus de code PIN pour l’instant.</translation>
    </message>
    <message>
        <source>Unplug it, plug it in again, and type the PIN with care.</source>
        <translation>Débranchez-la, rebranchez-la, puis tapez le code PIN avec soin.</translation>
    </message>
    <message>
        <source>The security key has blocked itself for good after wrong PINs.</source>
        <translation>La clé de sécurité s’est bloquée définitivement après des codes PIN erronés.</translation>
    </message>
    <message>
        <source>Sign in with the code of your telephone, then remove the key in the settings.</source>
        <translation>Connectez-vous avec le code de votre téléphone, puis retirez la clé dans les réglages.</translation>
    </message>
    <message>
        <source>The relay keeps no list of your correspondents for this kit yet.</source>
        <translation>Le relais ne garde pas encore de liste de vos correspondants pour cette sauvegarde papier.</translation>
    </message>
    <message>
        <source>Synchronise, then try again.</source>
        <translation>Synchronisez, puis réessayez.</translation>
    </message>
    <message>
        <source>Another computer of the account keeps changing its list of computers: perhaps a thief’s.</source>
        <translation>Un autre ordinateur du compte change sans cesse la liste des ordinateurs&#x202f;: peut-être celui d’un voleur.</translation>
    </message>
    <message>
        <source>Nobody is known by this address.</source>
        <translation>Personne n’est connu à cette adresse.</translation>
    </message>
    <message>
        <source>If your own records have them, remove them as filed there.</source>
        <translation>Si votre propre dossier les contient, supprimez-les comme classées dans le dossier.</translation>
    </message>
    <message>
        <source>This erasure is not finished yet.</source>
        <translation>Cet effacement n’est pas encore achevé.</translation>
    </message>
    <message>
        <source>Lock, unlock again, and wait a moment.</source>
        <translation>Verrouillez, déverrouillez, puis patientez un instant.</translation>
    </message>
    <message>
        <source>Its time was over. The relay’s record still shows that there was one.</source>
        <translation>Sa durée de conservation est passée. Le registre du relais montre encore qu’il a existé.</translation>
    </message>
    <message>
        <source>The recipient&apos;s computer has been off for a long time.</source>
        <translation>L’ordinateur du destinataire est éteint depuis longtemps.</translation>
    </message>
    <message>
        <source>The letter leaves by itself once that computer has been online again.</source>
        <translation>Le courrier partira de lui-même dès que cet ordinateur se sera reconnecté.</translation>
    </message>
    <message>
        <source>What the relay says about the recipient&apos;s computer cannot be confirmed.</source>
        <translation>Ce que le relais dit de l’ordinateur du destinataire ne peut pas être confirmé.</translation>
    </message>
    <message>
        <source>The letter is held back. Ask the recipient by telephone before anything.</source>
        <translation>Le courrier est retenu. Appelez d’abord le destinataire par téléphone.</translation>
    </message>
    <message>
        <source>The relay did not accept this letter.</source>
        <translation>Le relais n’a pas accepté ce courrier.</translation>
    </message>
    <message>
        <source>Send it again in smaller parts, or ask whoever runs your relay.</source>
        <translation>Renvoyez-le en plusieurs parties, ou demandez au responsable de votre relais.</translation>
    </message>
    <message>
        <source>The recipient is not among your correspondents.</source>
        <translation>Le destinataire ne fait pas partie de vos correspondants.</translation>
    </message>
    <message>
        <source>Send a contact request first, then this letter again.</source>
        <translation>Envoyez d’abord une demande de contact, puis de nouveau ce courrier.</translation>
    </message>
    <message>
        <source>The letter was never fetched and the relay no longer keeps it.</source>
        <translation>Le courrier n’a jamais été retiré et le relais ne le garde plus.</translation>
    </message>
    <message>
        <source>Reach the recipient in another way, or send it again.</source>
        <translation>Joignez le destinataire autrement, ou renvoyez-le.</translation>
    </message>
    <message>
        <source>The relay has no room for the documents of this letter now.</source>
        <translation>Le relais n’a plus de place pour les documents de ce courrier.</translation>
    </message>
    <message>
        <source>The letter leaves by itself once your earlier documents were fetched.</source>
        <translation>Le courrier part de lui-même dès que vos documents précédents ont été relevés.</translation>
    </message>
    <message>
        <source>Nobody at your relay has the recipient&apos;s address.</source>
        <translation>Personne, sur votre relais, n’a l’adresse du destinataire.</translation>
    </message>
    <message>
        <source>Ask the recipient for it again, by telephone.</source>
        <translation>Redemandez-la-lui, par téléphone.</translation>
    </message>
    <message>
        <source>The letter leaves by itself once it does.</source>
        <translation>Le courrier part de lui-même dès qu’il le fait.</translation>
    </message>
    <message>
        <source>The relay has shown two versions of its journal that contradict each other.</source>
        <translation>Le relais a montré deux versions de son journal qui se contredisent.</translation>
    </message>
    <message>
        <source>Both are kept as evidence. Tell whoever runs the relay, in writing.</source>
        <translation>Les deux sont conservées comme preuve. Prévenez par écrit le responsable du relais.</translation>
    </message>
    <message>
        <source>The relay&apos;s journal has become shorter than it was.</source>
        <translation>Le journal du relais est devenu plus court qu’il n’était.</translation>
    </message>
    <message>
        <source>Entries were removed. Tell whoever runs the relay, in writing.</source>
        <translation>Des entrées ont été retirées. Prévenez par écrit le responsable du relais.</translation>
    </message>
    <message>
        <source>The relay gave a receipt that does not hold.</source>
        <translation>Le relais a donné un reçu qui ne tient pas.</translation>
    </message>
    <message>
        <source>It does not count as proof. Tell whoever runs the relay.</source>
        <translation>Il ne vaut pas preuve. Prévenez le responsable du relais.</translation>
    </message>
    <message>
        <source>Two different letters arrived under the same number.</source>
        <translation>Deux courriers différents sont arrivés sous le même numéro.</translation>
    </message>
    <message>
        <source>Do not rely on either before you have asked the sender by telephone.</source>
        <translation>Ne vous fiez à aucun des deux avant d’avoir appelé l’expéditeur par téléphone.</translation>
    </message>
    <message>
        <source>A correspondent&apos;s computer has changed in a way that was not announced.</source>
        <translation>L’ordinateur d’un correspondant a changé sans que cela ait été annoncé.</translation>
    </message>
    <message>
        <source>Ask them by telephone before you write to them.</source>
        <translation>Appelez cette personne par téléphone avant de lui écrire.</translation>
    </message>
    <message>
        <source>If it was not you: change your passphrase, look at your computers, use your recovery kit, and tell whoever runs the relay.</source>
        <translation>Si ce n’était pas vous&#x202f;: changez votre phrase de passe, vérifiez vos ordinateurs, utilisez votre sauvegarde papier et prévenez le responsable du relais.</translation>
    </message>
    <message>
        <source>Nothing is sent to this person. Tell whoever runs the relay, in writing.</source>
        <translation>Rien n’est envoyé à cette personne. Prévenez par écrit le responsable du relais.</translation>
    </message>
    <message>
        <source>Tell whoever runs the relay.</source>
        <translation>Prévenez le responsable du relais.</translation>
    </message>
    <message>
        <source>If you did not remove it, use your recovery kit.</source>
        <translation>Si ce n’est pas vous qui l’avez retiré, utilisez votre sauvegarde papier.</translation>
    </message>
    <message>
        <source>The relay has ended your session, because a copy of it was used.</source>
        <translation>Le relais a terminé votre session, car une copie en a été utilisée.</translation>
    </message>
    <message>
        <source>If you restored a backup, this is why. If not, someone else has a copy of this mailbox: tell whoever runs the relay.</source>
        <translation>Si vous avez restauré une sauvegarde, c’est la raison. Sinon, quelqu’un d’autre a une copie de cette boîte&#x202f;: prévenez le responsable du relais.</translation>
    </message>
    <message>
        <source>Someone acted in your name from a copy of this mailbox.</source>
        <translation>Quelqu’un a agi en votre nom depuis une copie de cette boîte.</translation>
    </message>
    <message>
        <source>If you restored a backup, this is why. If not, tell whoever runs the relay.</source>
        <translation>Si vous avez restauré une sauvegarde, c’est la raison. Sinon, prévenez le responsable du relais.</translation>
    </message>
    <message>
        <source>not my patient</source>
        <translation>n’est pas mon patient</translation>
    </message>
    <message>
        <source>patient unknown</source>
        <translation>patient inconnu</translation>
    </message>
    <message>
        <source>illegible</source>
        <translation>illisible</translation>
    </message>
    <message>
        <source>wrong recipient</source>
        <translation>mauvais destinataire</translation>
    </message>
</context>
<context>
    <name>FactsCard</name>
    <message>
        <source>Nothing is written here yet. “Correct…” adds a telephone, who decides, notes.</source>
        <translation>Rien n’est encore noté ici. «&#x202f;Corriger…&#x202f;» permet d’ajouter un téléphone, un représentant, des notes.</translation>
    </message>
    <message>
        <source>Minor</source>
        <translation>Mineur</translation>
    </message>
    <message>
        <source>Adult under a measure of protection</source>
        <translation>Majeur sous mesure de protection</translation>
    </message>
    <message>
        <source>{number}, confirmed by the national service</source>
        <translation>{number}, confirmé par le téléservice national</translation>
    </message>
    <message>
        <source>{number}, not confirmed</source>
        <translation>{number}, non confirmé</translation>
    </message>
    <message>
        <source>Female</source>
        <translation>Féminin</translation>
    </message>
    <message>
        <source>Male</source>
        <translation>Masculin</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notes</translation>
    </message>
    <message>
        <source>Telephone</source>
        <translation>Téléphone</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>Courriel</translation>
    </message>
    <message>
        <source>Postal address</source>
        <translation>Adresse postale</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Statut</translation>
    </message>
    <message>
        <source>Who decides for them</source>
        <translation>Qui décide pour ce patient</translation>
    </message>
    <message>
        <source>Birth name</source>
        <translation>Nom de naissance</translation>
    </message>
    <message>
        <source>Sex</source>
        <translation>Sexe</translation>
    </message>
    <message>
        <source>INS number</source>
        <translation>Matricule INS</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this document</source>
        <translation>Chercher dans ce document</translation>
    </message>
    <message>
        <source>Previous place (Shift+Enter)</source>
        <translation>Occurrence précédente (Maj+Entrée)</translation>
    </message>
    <message>
        <source>Next place (Enter)</source>
        <translation>Occurrence suivante (Entrée)</translation>
    </message>
    <message>
        <source>Stop looking (Esc)</source>
        <translation>Arrêter la recherche (Échap)</translation>
    </message>
</context>
<context>
    <name>FormatBar</name>
    <message>
        <source>Bold</source>
        <translation>Gras</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>Numbered list</source>
        <translation>Liste numérotée</translation>
    </message>
</context>
<context>
    <name>Formats</name>
    <message>
        <source>yesterday</source>
        <translation>hier</translation>
    </message>
    <message>
        <source>today at {time}</source>
        <translation>aujourd’hui à {time}</translation>
    </message>
    <message>
        <source>yesterday at {time}</source>
        <translation>hier à {time}</translation>
    </message>
    <message>
        <source>{date} at {time}</source>
        <translation>le {date} à {time}</translation>
    </message>
    <message>
        <source>{text}, {date}</source>
        <translation>{text}, {date}</translation>
    </message>
    <message>
        <source>at {time}</source>
        <translation>à {time}</translation>
    </message>
    <message>
        <source>tomorrow at {time}</source>
        <translation>demain à {time}</translation>
    </message>
    <message>
        <source>{date}, {time}</source>
        <translation>{date}, {time}</translation>
    </message>
    <message>
        <source>{n} B</source>
        <translation>{n}&#x202f;o</translation>
    </message>
    <message>
        <source>{n} KB</source>
        <translation>{n}&#x202f;Ko</translation>
    </message>
    <message>
        <source>{n} MB</source>
        <translation>{n}&#x202f;Mo</translation>
    </message>
    <message>
        <source>{n} GB</source>
        <translation>{n}&#x202f;Go</translation>
    </message>
</context>
<context>
    <name>HelpWindow</name>
    <message>
        <source>Help</source>
        <translation>Aide</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>Clavier</translation>
    </message>
</context>
<context>
    <name>HitDelegate</name>
    <message>
        <source>To: {names}</source>
        <translation>À&#x202f;: {names}</translation>
    </message>
</context>
<context>
    <name>HitList</name>
    <message>
        <source>Letters found</source>
        <translation>Courriers trouvés</translation>
    </message>
</context>
<context>
    <name>HowDecided</name>
    <message>
        <source>How</source>
        <translation>Comment</translation>
    </message>
    <message>
        <source>Said to me</source>
        <translation>De vive voix</translation>
    </message>
    <message>
        <source>Signed on paper</source>
        <translation>Signé sur papier</translation>
    </message>
    <message>
        <source>In a letter</source>
        <translation>Par courrier</translation>
    </message>
    <message>
        <source>Who decides</source>
        <translation>Qui décide</translation>
    </message>
    <message>
        <source>The patient</source>
        <translation>Le patient</translation>
    </message>
    <message>
        <source>A parent</source>
        <translation>Un parent</translation>
    </message>
    <message>
        <source>A guardian</source>
        <translation>Un tuteur</translation>
    </message>
    <message>
        <source>Their name</source>
        <translation>Son nom</translation>
    </message>
</context>
<context>
    <name>ImportSection</name>
    <message>
        <source>Choose files…</source>
        <translation>Choisir des fichiers…</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Choisir un dossier…</translation>
    </message>
    <message>
        <source>for example anne.morel@cabinet.fr</source>
        <translation>par exemple anne.morel@cabinet.fr</translation>
    </message>
    <message>
        <source>Your e-mail addresses in the other program</source>
        <translation>Vos adresses de courriel dans l’autre logiciel</translation>
    </message>
    <message>
        <source>Take the letters over</source>
        <translation>Reprendre les courriers</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Arrêter</translation>
    </message>
    <message>
        <source>Taking letters over</source>
        <translation>Reprise des courriers</translation>
    </message>
    <message>
        <source>Letters of another mail program</source>
        <translation>Courriers d’un autre logiciel</translation>
    </message>
    <message>
        <source>Thunderbird, Apple Mail, Outlook and others save letters as .eml or mbox files, or in folders of them. They come into your archives with their documents, and can be searched. Nobody has verified who wrote them: each of them says so.</source>
        <translation>Thunderbird, Apple Mail, Outlook et d’autres enregistrent les courriers dans des fichiers .eml ou mbox, seuls ou réunis dans des dossiers. Ils entrent dans vos archives avec leurs documents, et la recherche les trouve. Personne n’a vérifié qui les a écrits&#x202f;: chacun d’eux le dit.</translation>
    </message>
    <message>
        <source>What comes from them is shown as sent by you. Several: with commas.</source>
        <translation>Ce qui vient de ces adresses est montré comme envoyé par vous. S’il y en a plusieurs, séparez-les par des virgules.</translation>
    </message>
    <message numerus="yes">
        <source>{names} and %n other(s)</source>
        <translation>
            <numerusform>{names} et %Ln autre</numerusform>
            <numerusform>{names} et %Ln autres</numerusform>
        </translation>
    </message>
    <message>
        <source>One of these is no e-mail address.</source>
        <translation>L’une d’elles n’est pas une adresse de courriel.</translation>
    </message>
    <message>
        <source>Write them like anne.morel@cabinet.fr, with commas between.</source>
        <translation>Écrivez-les comme anne.morel@cabinet.fr, séparées par des virgules.</translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) taken over</source>
        <translation>
            <numerusform>%Ln courrier repris</numerusform>
            <numerusform>%Ln courriers repris</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped. What is here stays; the same files again go on from there.</source>
        <translation>Arrêté. Ce qui est repris reste&#x202f;; les mêmes fichiers reprennent là où vous en étiez.</translation>
    </message>
    <message>
        <source>They are in your archives.</source>
        <translation>Ils sont dans vos archives.</translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) were here already.</source>
        <translation>
            <numerusform>%Ln courrier y était déjà.</numerusform>
            <numerusform>%Ln courriers y étaient déjà.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) hold no letters.</source>
        <translation>
            <numerusform>%Ln fichier ne contient pas de courriers.</numerusform>
            <numerusform>%Ln fichiers ne contiennent pas de courriers.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be taken over, or not whole:</source>
        <translation>
            <numerusform>%Ln n’a pas été repris, ou pas en entier&#x202f;:</numerusform>
            <numerusform>%Ln n’ont pas été repris, ou pas en entier&#x202f;:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>… et %Ln autre</numerusform>
            <numerusform>… et %Ln autres</numerusform>
        </translation>
    </message>
    <message>
        <source>{file}, letter {number}</source>
        <translation>{file}, courrier {number}</translation>
    </message>
    <message>
        <source>{place}, “{name}”</source>
        <translation>{place}, «&#x202f;{name}&#x202f;»</translation>
    </message>
    <message>
        <source>{place}: here, but something of it is missing</source>
        <translation>{place}&#x202f;: repris, mais il en manque une partie</translation>
    </message>
    <message>
        <source>{place}: took too long to read</source>
        <translation>{place}&#x202f;: lecture trop longue</translation>
    </message>
    <message>
        <source>{place}: cannot be read</source>
        <translation>{place}&#x202f;: illisible</translation>
    </message>
    <message>
        <source>Files of another mail program</source>
        <translation>Fichiers d’un autre logiciel</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
    <message>
        <source>Letters</source>
        <translation>Courriers</translation>
    </message>
    <message>
        <source>Folder of another mail program</source>
        <translation>Dossier d’un autre logiciel</translation>
    </message>
</context>
<context>
    <name>JoinPage</name>
    <message>
        <source>Cancel: these are not the words</source>
        <translation>Annuler&#x202f;: ce ne sont pas ces mots</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Plus tard</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Retour</translation>
    </message>
    <message>
        <source>The ten minutes are over</source>
        <translation>Les dix minutes sont passées</translation>
    </message>
    <message>
        <source>Begin again on your other computer.</source>
        <translation>Recommencez sur votre autre ordinateur.</translation>
    </message>
    <message>
        <source>Another computer has answered before this one</source>
        <translation>Un autre ordinateur a répondu avant celui-ci</translation>
    </message>
    <message>
        <source>Do not confirm on your other computer: cancel there, and begin again when nobody else sees the picture.</source>
        <translation>Ne confirmez pas sur votre autre ordinateur&#x202f;: annulez-y, et recommencez quand personne d’autre ne voit l’image.</translation>
    </message>
    <message>
        <source>The two computers did not find each other</source>
        <translation>Les deux ordinateurs ne se sont pas trouvés</translation>
    </message>
    <message>
        <source>Begin again on both.</source>
        <translation>Recommencez sur les deux.</translation>
    </message>
</context>
<context>
    <name>JournalPane</name>
    <message>
        <source>Export</source>
        <translation>Exporter</translation>
    </message>
    <message>
        <source>Export the journal</source>
        <translation>Exporter le journal</translation>
    </message>
    <message>
        <source>At any time</source>
        <translation>À tout moment</translation>
    </message>
    <message>
        <source>In the last 7 days</source>
        <translation>Ces 7 derniers jours</translation>
    </message>
    <message>
        <source>In the last month</source>
        <translation>Ce dernier mois</translation>
    </message>
    <message>
        <source>In the last year</source>
        <translation>Cette dernière année</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Date</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Afficher le dossier</translation>
    </message>
    <message>
        <source>Writing the file</source>
        <translation>Écriture du fichier</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Personne</translation>
    </message>
    <message>
        <source>Anyone</source>
        <translation>Tout le monde</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>Patient</translation>
    </message>
    <message>
        <source>Any patient</source>
        <translation>Tous les patients</translation>
    </message>
    <message>
        <source>Kind of act</source>
        <translation>Type d’acte</translation>
    </message>
    <message>
        <source>Letter</source>
        <translation>Courrier</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Any letter</source>
        <translation>Tous les courriers</translation>
    </message>
    <message>
        <source>All acts</source>
        <translation>Tous les actes</translation>
    </message>
    <message>
        <source>For the patient</source>
        <translation>Pour le patient</translation>
    </message>
    <message>
        <source>For a patient: choose one below</source>
        <translation>Pour un patient&#x202f;: choisissez-le ci-dessous</translation>
    </message>
    <message>
        <source>For an inspection</source>
        <translation>Pour une inspection</translation>
    </message>
    <message>
        <source>For a court, with what verifies it</source>
        <translation>Pour un tribunal, avec de quoi le vérifier</translation>
    </message>
    <message>
        <source>To read or print (PDF)</source>
        <translation>À lire ou à imprimer (PDF)</translation>
    </message>
    <message>
        <source>For a spreadsheet (CSV)</source>
        <translation>Pour un tableur (CSV)</translation>
    </message>
    <message>
        <source>Save the report in</source>
        <translation>Enregistrer le rapport dans</translation>
    </message>
    <message>
        <source>Evidence file, for an expert</source>
        <translation>Fichier de preuves, pour un expert</translation>
    </message>
    <message>
        <source>Save the evidence in</source>
        <translation>Enregistrer les preuves dans</translation>
    </message>
    <message>
        <source>The evidence is being gathered</source>
        <translation>Les preuves sont rassemblées</translation>
    </message>
    <message>
        <source>evidence</source>
        <translation>preuves</translation>
    </message>
    <message>
        <source>The report is being written</source>
        <translation>Le rapport est en cours d’écriture</translation>
    </message>
    <message>
        <source>journal</source>
        <translation>journal</translation>
    </message>
    <message>
        <source>Saved as “{name}”</source>
        <translation>Enregistré sous «&#x202f;{name}&#x202f;»</translation>
    </message>
    <message numerus="yes">
        <source>%n act(s). This file is not encrypted.</source>
        <translation>
            <numerusform>%Ln acte. Ce fichier n’est pas chiffré.</numerusform>
            <numerusform>%Ln actes. Ce fichier n’est pas chiffré.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n act(s) with their proofs, without any name.</source>
        <translation>
            <numerusform>%Ln acte avec sa preuve, sans aucun nom.</numerusform>
            <numerusform>%Ln actes avec leurs preuves, sans aucun nom.</numerusform>
        </translation>
    </message>
    <message>
        <source>Between two days…</source>
        <translation>Entre deux jours…</translation>
    </message>
    <message>
        <source>{first} to {last}</source>
        <translation>du {first} au {last}</translation>
    </message>
    <message>
        <source>Nothing recorded yet</source>
        <translation>Rien d’enregistré pour l’instant</translation>
    </message>
    <message>
        <source>What you read, send, print or search for will stand here, with its proof.</source>
        <translation>Ce que vous lisez, envoyez, imprimez ou recherchez figurera ici, avec sa preuve.</translation>
    </message>
    <message>
        <source>Nothing of this kind</source>
        <translation>Rien de ce type</translation>
    </message>
    <message>
        <source>Choose another date, person or kind.</source>
        <translation>Choisissez une autre date, une autre personne ou un autre type.</translation>
    </message>
</context>
<context>
    <name>JournalWords</name>
    <message>
        <source>Letters</source>
        <translation>Courriers</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Documents</translation>
    </message>
    <message>
        <source>Correspondents</source>
        <translation>Correspondants</translation>
    </message>
    <message>
        <source>Patients</source>
        <translation>Patients</translation>
    </message>
    <message>
        <source>Access and computers</source>
        <translation>Accès et ordinateurs</translation>
    </message>
    <message>
        <source>Other acts</source>
        <translation>Autres actes</translation>
    </message>
    <message numerus="yes">
        <source>%n act(s) recorded, none missing.</source>
        <translation>
            <numerusform>%Ln acte enregistré, aucun ne manque.</numerusform>
            <numerusform>%Ln actes enregistrés, aucun ne manque.</numerusform>
        </translation>
    </message>
    <message>
        <source>Journal not intact</source>
        <translation>Journal altéré</translation>
    </message>
    <message>
        <source>Something is missing or contradicts itself. The alarm above says what.</source>
        <translation>Quelque chose manque ou se contredit. L’alerte ci-dessus dit quoi.</translation>
    </message>
    <message>
        <source>Journal not checked yet</source>
        <translation>Journal pas encore vérifié</translation>
    </message>
    <message>
        <source>The relay has not been reached since the program was opened.</source>
        <translation>Le relais n’a pas été joint depuis l’ouverture du programme.</translation>
    </message>
    <message>
        <source>Checked {when}.</source>
        <translation>Vérifié {when}.</translation>
    </message>
    <message numerus="yes">
        <source>%n correspondent(s) see the same record.</source>
        <translation>
            <numerusform>%Ln correspondant voit le même registre.</numerusform>
            <numerusform>%Ln correspondants voient le même registre.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of your other computers see(s) the same record.</source>
        <translation>
            <numerusform>%Ln autre de vos ordinateurs voit le même registre.</numerusform>
            <numerusform>%Ln autres de vos ordinateurs voient le même registre.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n act(s) wait for the connection.</source>
        <translation>
            <numerusform>%Ln acte attend la connexion.</numerusform>
            <numerusform>%Ln actes attendent la connexion.</numerusform>
        </translation>
    </message>
    <message>
        <source>Journal intact</source>
        <translation>Journal intact</translation>
    </message>
    <message>
        <source>Not known now: the relay did not tell.</source>
        <translation>Inconnu pour l’instant&#x202f;: le relais ne l’a pas dit.</translation>
    </message>
    <message>
        <source>✕ None that counts: what the relay gave does not hold.</source>
        <translation>✕ Aucun qui compte&#x202f;: celui qu’a donné le relais ne tient pas.</translation>
    </message>
    <message>
        <source>Not externally timestamped</source>
        <translation>Sans horodatage extérieur</translation>
    </message>
    <message>
        <source>✓ In the record at the latest {at}: {authority} says so, by the certificate that you chose.</source>
        <translation>✓ Dans le registre au plus tard {at}&#x202f;: {authority} l’affirme, d’après le certificat que vous avez choisi.</translation>
    </message>
    <message>
        <source>In the record at the latest {at}, says {authority}. Its certificate comes from the relay: that shows that the two agree, not who this authority is.</source>
        <translation>Dans le registre au plus tard {at}, selon {authority}. Son certificat vient du relais&#x202f;: cela montre que tous deux s’accordent, pas qui est cette autorité.</translation>
    </message>
    <message>
        <source>Renewed, last on {day}.</source>
        <translation>Renouvelé, la dernière fois le {day}.</translation>
    </message>
    <message>
        <source>The certificate ended on {day}; since then it proves less.</source>
        <translation>Le certificat a pris fin le {day}&#x202f;; depuis, il prouve moins.</translation>
    </message>
    <message>
        <source>To look at</source>
        <translation>À vérifier</translation>
    </message>
    <message>
        <source>on {computer}</source>
        <translation>sur {computer}</translation>
    </message>
    <message>
        <source>waits for the connection</source>
        <translation>attend la connexion</translation>
    </message>
    <message>
        <source>“{subject}”</source>
        <translation>«&#x202f;{subject}&#x202f;»</translation>
    </message>
    <message>
        <source>a letter that is no longer here</source>
        <translation>un courrier qui n’est plus ici</translation>
    </message>
    <message>
        <source>a letter without a subject</source>
        <translation>un courrier sans objet</translation>
    </message>
    <message>
        <source>somebody</source>
        <translation>quelqu’un</translation>
    </message>
    <message>
        <source>“{name}”</source>
        <translation>«&#x202f;{name}&#x202f;»</translation>
    </message>
    <message>
        <source>a document that is no longer here</source>
        <translation>un document qui n’est plus ici</translation>
    </message>
    <message>
        <source>You wrote {subject} to {people}</source>
        <translation>Vous avez écrit {subject} à {people}</translation>
    </message>
    <message>
        <source>You called back {subject} before it left</source>
        <translation>Vous avez rappelé {subject} avant son départ</translation>
    </message>
    <message>
        <source>The relay accepted {subject}</source>
        <translation>Le relais a accepté {subject}</translation>
    </message>
    <message>
        <source>{subject} was not fetched by {people} in time</source>
        <translation>{people} n’a pas relevé {subject} à temps</translation>
    </message>
    <message>
        <source>{people} wrote to you: {subject}</source>
        <translation>{people} vous a écrit&#x202f;: {subject}</translation>
    </message>
    <message>
        <source>You read {subject}</source>
        <translation>Vous avez lu {subject}</translation>
    </message>
    <message>
        <source>You refused {subject} from {people}</source>
        <translation>Vous avez refusé {subject} de {people}</translation>
    </message>
    <message>
        <source>You removed {subject}</source>
        <translation>Vous avez supprimé {subject}</translation>
    </message>
    <message>
        <source>You took back {subject}, which was removed</source>
        <translation>Vous avez rétabli {subject}, qui était supprimé</translation>
    </message>
    <message>
        <source>A removed letter was erased for good</source>
        <translation>Un courrier supprimé a été effacé définitivement</translation>
    </message>
    <message>
        <source>{subject} was written for the practice software</source>
        <translation>{subject} a été écrit pour le logiciel du cabinet</translation>
    </message>
    <message>
        <source>{subject} reached {people}</source>
        <translation>{subject} est arrivé chez {people}</translation>
    </message>
    <message>
        <source>{people} read {subject}</source>
        <translation>{people} a lu {subject}</translation>
    </message>
    <message>
        <source>{people} refused {subject}</source>
        <translation>{people} a refusé {subject}</translation>
    </message>
    <message>
        <source>You looked at {document}</source>
        <translation>Vous avez consulté {document}</translation>
    </message>
    <message>
        <source>You saved a readable copy of {document}</source>
        <translation>Vous avez enregistré une copie lisible de {document}</translation>
    </message>
    <message>
        <source>You opened {document} in another program</source>
        <translation>Vous avez ouvert {document} dans un autre programme</translation>
    </message>
    <message>
        <source>You printed {document}</source>
        <translation>Vous avez imprimé {document}</translation>
    </message>
    <message>
        <source>You printed {subject}</source>
        <translation>Vous avez imprimé {subject}</translation>
    </message>
    <message>
        <source>a patient who is no longer here</source>
        <translation>un patient qui n’est plus ici</translation>
    </message>
    <message>
        <source>You asked {people} for contact</source>
        <translation>Vous avez demandé le contact de {people}</translation>
    </message>
    <message>
        <source>You accepted {people}</source>
        <translation>Vous avez accepté {people}</translation>
    </message>
    <message>
        <source>You declined {people}</source>
        <translation>Vous avez refusé la demande de {people}</translation>
    </message>
    <message>
        <source>You blocked {people}</source>
        <translation>Vous avez bloqué {people}</translation>
    </message>
    <message>
        <source>You no longer block {people}</source>
        <translation>Vous ne bloquez plus {people}</translation>
    </message>
    <message>
        <source>You verified who {people} is</source>
        <translation>Vous avez vérifié l’identité de {people}</translation>
    </message>
    <message>
        <source>You looked at a change of keys of {people}</source>
        <translation>Vous avez examiné un changement de clés de {people}</translation>
    </message>
    <message>
        <source>You vouched for {people}</source>
        <translation>Vous vous êtes porté garant de {people}</translation>
    </message>
    <message>
        <source>You no longer vouch for {people}</source>
        <translation>Vous ne vous portez plus garant de {people}</translation>
    </message>
    <message>
        <source>You added {name}</source>
        <translation>Vous avez ajouté {name}</translation>
    </message>
    <message>
        <source>You corrected {name}</source>
        <translation>Vous avez corrigé {name}</translation>
    </message>
    <message>
        <source>You removed {name}</source>
        <translation>Vous avez retiré {name}</translation>
    </message>
    <message>
        <source>You merged another card into that of {name}</source>
        <translation>Vous avez réuni une autre fiche avec celle de {name}</translation>
    </message>
    <message>
        <source>You separated two cards of {name} again</source>
        <translation>Vous avez de nouveau séparé deux fiches de {name}</translation>
    </message>
    <message>
        <source>You said that you are away; {people} stands in</source>
        <translation>Vous avez annoncé votre absence&#x202f;; {people} vous remplace</translation>
    </message>
    <message>
        <source>You said that you are away</source>
        <translation>Vous avez annoncé votre absence</translation>
    </message>
    <message>
        <source>You said that you are back</source>
        <translation>Vous avez annoncé votre retour</translation>
    </message>
    <message>
        <source>You recorded the consent of {name} for {people}</source>
        <translation>Vous avez noté l’accord de {name} pour {people}</translation>
    </message>
    <message>
        <source>You recorded a consent of {name}</source>
        <translation>Vous avez noté un accord de {name}</translation>
    </message>
    <message>
        <source>You recorded that {name} withdraws the consent for {people}</source>
        <translation>Vous avez noté que {name} retire son accord pour {people}</translation>
    </message>
    <message>
        <source>You recorded that {name} withdraws every consent</source>
        <translation>Vous avez noté que {name} retire tous ses accords</translation>
    </message>
    <message>
        <source>You recorded that {name} objects to {people} being told</source>
        <translation>Vous avez noté que {name} s’oppose à ce que ses informations soient communiquées à {people}</translation>
    </message>
    <message>
        <source>You recorded an objection of {name}</source>
        <translation>Vous avez noté une opposition de {name}</translation>
    </message>
    <message>
        <source>You recorded that {name} no longer objects to {people} being told</source>
        <translation>Vous avez noté que {name} ne s’oppose plus à ce que ses informations soient communiquées à {people}</translation>
    </message>
    <message>
        <source>You recorded that {name} no longer objects</source>
        <translation>Vous avez noté que {name} ne s’oppose plus</translation>
    </message>
    <message>
        <source>You recorded that {name} knows what goes to {people}</source>
        <translation>Vous avez noté que {name} sait ce qui est communiqué à {people}</translation>
    </message>
    <message>
        <source>You recorded that {name} knows what goes to whom</source>
        <translation>Vous avez noté que {name} sait ce qui est communiqué, et à qui</translation>
    </message>
    <message>
        <source>You recorded what {people} has to do with the care of {name}</source>
        <translation>Vous avez noté la part de {people} aux soins de {name}</translation>
    </message>
    <message>
        <source>You recorded who takes part in the care of {name}</source>
        <translation>Vous avez noté qui prend part aux soins de {name}</translation>
    </message>
    <message>
        <source>You wrote to {people} about {name} in an emergency</source>
        <translation>Vous avez écrit à {people} au sujet de {name}, en urgence vitale</translation>
    </message>
    <message>
        <source>You wrote about {name} in an emergency</source>
        <translation>Vous avez écrit au sujet de {name}, en urgence vitale</translation>
    </message>
    <message>
        <source>You unlocked with the recovery kit</source>
        <translation>Vous avez déverrouillé avec la sauvegarde papier</translation>
    </message>
    <message>
        <source>You unlocked with your passphrase</source>
        <translation>Vous avez déverrouillé avec votre phrase de passe</translation>
    </message>
    <message>
        <source>The code of your recovery kit was shown</source>
        <translation>Le code de votre sauvegarde papier a été affiché</translation>
    </message>
    <message>
        <source>You rehearsed with your recovery kit</source>
        <translation>Vous avez essayé votre sauvegarde papier</translation>
    </message>
    <message>
        <source>A backup was made</source>
        <translation>Une sauvegarde a été faite</translation>
    </message>
    <message>
        <source>This computer was set up from your recovery kit</source>
        <translation>Cet ordinateur a été rétabli avec votre sauvegarde papier</translation>
    </message>
    <message>
        <source>You signed in at the relay with two factors</source>
        <translation>Vous vous êtes identifié auprès du relais avec deux facteurs</translation>
    </message>
    <message>
        <source>You signed out everywhere</source>
        <translation>Vous avez fermé toutes les sessions</translation>
    </message>
    <message>
        <source>The list of your computers was renewed</source>
        <translation>La liste de vos ordinateurs a été renouvelée</translation>
    </message>
    <message>
        <source>A new recovery kit was announced</source>
        <translation>Une nouvelle sauvegarde papier a été annoncée</translation>
    </message>
    <message>
        <source>A new recovery kit was called off</source>
        <translation>Une nouvelle sauvegarde papier a été annulée</translation>
    </message>
    <message>
        <source>The relay’s operator confirmed who you are</source>
        <translation>Le responsable du relais a confirmé votre identité</translation>
    </message>
    <message>
        <source>The relay’s operator no longer confirms who you are</source>
        <translation>Le responsable du relais ne confirme plus votre identité</translation>
    </message>
    <message>
        <source>The relay found an act of your computer with a false signature</source>
        <translation>Le relais a trouvé un acte de votre ordinateur dont la signature est fausse</translation>
    </message>
    <message>
        <source>An act that only a newer version of this program can show</source>
        <translation>Un acte que seule une version plus récente de ce logiciel sait montrer</translation>
    </message>
    <message numerus="yes">
        <source>%n wrong passphrase(s) before it was unlocked</source>
        <translation>
            <numerusform>%Ln phrase de passe erronée avant le déverrouillage</numerusform>
            <numerusform>%Ln phrases de passe erronées avant le déverrouillage</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You took over %n letter(s) of another program</source>
        <translation>
            <numerusform>Vous avez repris&#x202f;%Ln courrier d’un autre programme</numerusform>
            <numerusform>Vous avez repris&#x202f;%Ln courriers d’un autre programme</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You imported %n patient(s)</source>
        <translation>
            <numerusform>Vous avez importé&#x202f;%Ln patient</numerusform>
            <numerusform>Vous avez importé&#x202f;%Ln patients</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You searched: %n letter(s) found</source>
        <translation>
            <numerusform>Vous avez fait une recherche&#x202f;:&#x202f;%Ln courrier trouvé</numerusform>
            <numerusform>Vous avez fait une recherche&#x202f;:&#x202f;%Ln courriers trouvés</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You searched the directory: %n person(s) found</source>
        <translation>
            <numerusform>Vous avez cherché dans l’annuaire&#x202f;:&#x202f;%Ln personne trouvée</numerusform>
            <numerusform>Vous avez cherché dans l’annuaire&#x202f;:&#x202f;%Ln personnes trouvées</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You exported %n act(s) of the journal</source>
        <translation>
            <numerusform>Vous avez exporté&#x202f;%Ln acte du journal</numerusform>
            <numerusform>Vous avez exporté&#x202f;%Ln actes du journal</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n act(s) were erased at the end of their time</source>
        <translation>
            <numerusform>%Ln acte a été effacé au terme de sa durée de conservation</numerusform>
            <numerusform>%Ln actes ont été effacés au terme de leur durée de conservation</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Erased for good, and certified: %n letter(s)</source>
        <translation>
            <numerusform>Effacé définitivement, et attesté&#x202f;:&#x202f;%Ln lettre</numerusform>
            <numerusform>Effacé définitivement, et attesté&#x202f;:&#x202f;%Ln lettres</numerusform>
        </translation>
    </message>
    <message>
        <source>You filed {subject} under nobody any more</source>
        <translation>Vous avez retiré {subject} du dossier d’un patient</translation>
    </message>
    <message>
        <source>You filed {subject} under {name}</source>
        <translation>Vous avez classé {subject} sous {name}</translation>
    </message>
    <message>
        <source>You locked</source>
        <translation>Vous avez verrouillé</translation>
    </message>
    <message>
        <source>Locked by itself after a pause</source>
        <translation>Verrouillé automatiquement après une pause</translation>
    </message>
    <message>
        <source>Locked before the computer slept</source>
        <translation>Verrouillé avant la mise en veille</translation>
    </message>
    <message>
        <source>Locked together with the computer</source>
        <translation>Verrouillé en même temps que l’ordinateur</translation>
    </message>
    <message>
        <source>Locked when the program was closed</source>
        <translation>Verrouillé à la fermeture du programme</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>Verrouillé</translation>
    </message>
    <message>
        <source>You changed when it locks by itself</source>
        <translation>Vous avez changé le délai de verrouillage automatique</translation>
    </message>
    <message>
        <source>You changed where backups go</source>
        <translation>Vous avez changé le dossier des sauvegardes</translation>
    </message>
    <message>
        <source>You changed the folders for the practice software</source>
        <translation>Vous avez changé les dossiers du logiciel du cabinet</translation>
    </message>
    <message>
        <source>You changed how long the journal is kept</source>
        <translation>Vous avez changé la durée de conservation du journal</translation>
    </message>
    <message>
        <source>You changed the notices</source>
        <translation>Vous avez changé les notifications</translation>
    </message>
    <message>
        <source>You changed a setting</source>
        <translation>Vous avez changé un réglage</translation>
    </message>
    <message>
        <source>The relay’s operator let your computers sign in again after too many attempts</source>
        <translation>Le responsable du relais permet à vos ordinateurs de se connecter à nouveau après trop d’essais</translation>
    </message>
    <message>
        <source>The relay’s operator did something about your account</source>
        <translation>Le responsable du relais est intervenu sur votre compte</translation>
    </message>
    <message>
        <source>Sign-in refused: wrong passphrase</source>
        <translation>Identification refusée&#x202f;: phrase de passe erronée</translation>
    </message>
    <message>
        <source>Sign-in refused: wrong code</source>
        <translation>Identification refusée&#x202f;: code à usage unique erroné</translation>
    </message>
    <message>
        <source>Sign-in refused: too many attempts</source>
        <translation>Identification refusée&#x202f;: trop de tentatives</translation>
    </message>
    <message>
        <source>Session ended: it was used in two places</source>
        <translation>Session fermée&#x202f;: elle était utilisée à deux endroits</translation>
    </message>
    <message>
        <source>Refused: a session was shown with another computer’s key</source>
        <translation>Refus&#x202f;: une session a été présentée avec la clé d’un autre ordinateur</translation>
    </message>
    <message>
        <source>Sign-in refused: copied or older profile</source>
        <translation>Identification refusée&#x202f;: profil copié ou ancien</translation>
    </message>
    <message>
        <source>Sign-in refused: there may be a copy of the security key</source>
        <translation>Identification refusée&#x202f;: il existe peut-être une copie de la clé de sécurité</translation>
    </message>
    <message>
        <source>Sign-in begun and not finished</source>
        <translation>Identification commencée et non terminée</translation>
    </message>
    <message>
        <source>Sign-in refused</source>
        <translation>Identification refusée</translation>
    </message>
    <message>
        <source>the passphrase</source>
        <translation>la phrase de passe</translation>
    </message>
    <message>
        <source>a telephone</source>
        <translation>un téléphone</translation>
    </message>
    <message>
        <source>the recovery codes</source>
        <translation>les codes de secours</translation>
    </message>
    <message>
        <source>a security key</source>
        <translation>une clé de sécurité</translation>
    </message>
    <message>
        <source>You added {factor} for signing in</source>
        <translation>Vous avez ajouté {factor} pour vous identifier</translation>
    </message>
    <message>
        <source>You removed {factor} for signing in</source>
        <translation>Vous avez retiré {factor} pour vous identifier</translation>
    </message>
    <message>
        <source>You replaced {factor} for signing in</source>
        <translation>Vous avez remplacé {factor} pour vous identifier</translation>
    </message>
</context>
<context>
    <name>KitCard</name>
    <message>
        <source>Put it on paper…</source>
        <translation>La mettre sur papier…</translation>
    </message>
    <message>
        <source>Try it…</source>
        <translation>L’essayer…</translation>
    </message>
    <message>
        <source>Share it among colleagues…</source>
        <translation>La partager entre confrères…</translation>
    </message>
    <message>
        <source>It is lost: make a new one…</source>
        <translation>Elle est perdue&#x202f;: en faire une nouvelle…</translation>
    </message>
    <message>
        <source>It was not me: call it off…</source>
        <translation>Ce n’était pas moi&#x202f;: l’annuler…</translation>
    </message>
    <message>
        <source>Make a new one</source>
        <translation>En faire une nouvelle</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>△ Not on paper yet</source>
        <translation>△ Pas encore sur papier</translation>
    </message>
    <message>
        <source>✓ On paper</source>
        <translation>✓ Sur papier</translation>
    </message>
    <message>
        <source>△ A new one was made</source>
        <translation>△ Une nouvelle a été faite</translation>
    </message>
    <message>
        <source>If this computer is lost today, nobody can bring your account back.</source>
        <translation>Si cet ordinateur est perdu aujourd’hui, personne ne peut ramener votre compte.</translation>
    </message>
    <message>
        <source>The page and your passphrase bring your account back on another computer.</source>
        <translation>La page et votre phrase de passe ramènent votre compte sur un autre ordinateur.</translation>
    </message>
    <message>
        <source>It counts from {date}. Until then the old one does, and can call the new one off.</source>
        <translation>Elle compte à partir du {date}. Jusque-là, l’ancienne compte, et peut annuler la nouvelle.</translation>
    </message>
    <message>
        <source>Never tried yet.</source>
        <translation>Jamais essayée.</translation>
    </message>
    <message>
        <source>Last tried on {date}.</source>
        <translation>Essayée le {date}.</translation>
    </message>
    <message>
        <source>Recovery kit</source>
        <translation>Sauvegarde papier</translation>
    </message>
    <message>
        <source>Make a new recovery kit?</source>
        <translation>Faire une nouvelle sauvegarde papier&#x202f;?</translation>
    </message>
    <message>
        <source>It counts a week later, so that somebody else cannot take your account over unseen. Then the old page is void. Have the printer or a pen ready.</source>
        <translation>Elle compte une semaine plus tard, pour que personne ne prenne votre compte à votre insu. Ensuite, l’ancienne page ne vaut plus rien. Ayez l’imprimante ou un stylo sous la main.</translation>
    </message>
</context>
<context>
    <name>KitCodeDialog</name>
    <message>
        <source>One moment</source>
        <translation>Un instant</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>KitCodeField</name>
    <message>
        <source>Group {n} of {all}</source>
        <translation>Groupe {n} sur {all}</translation>
    </message>
    <message>
        <source>Open its picture…</source>
        <translation>Ouvrir son image…</translation>
    </message>
    <message>
        <source>✓ Read from the picture</source>
        <translation>✓ Lu sur l’image</translation>
    </message>
    <message>
        <source>Code on the page</source>
        <translation>Code de la page</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>À remplir.</translation>
    </message>
    <message>
        <source>There is no picture of a recovery kit in this file.</source>
        <translation>Ce fichier ne contient pas l’image d’une sauvegarde papier.</translation>
    </message>
    <message>
        <source>This is not a whole text of a recovery kit.</source>
        <translation>Ce texte de sauvegarde papier n’est pas complet.</translation>
    </message>
    <message>
        <source>One of the groups is another one. Compare all of them.</source>
        <translation>Un des groupes n’est pas le bon. Comparez-les tous.</translation>
    </message>
    <message>
        <source>Group {n} has a mistake. Read it from the page again.</source>
        <translation>Le groupe {n} contient une erreur. Relisez-le sur la page.</translation>
    </message>
    <message>
        <source>Open the picture of the recovery kit</source>
        <translation>Ouvrir l’image de la sauvegarde papier</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Images</translation>
    </message>
</context>
<context>
    <name>KitField</name>
    <message>
        <source>Code on your recovery kit</source>
        <translation>Code de votre sauvegarde papier</translation>
    </message>
    <message>
        <source>Fourteen groups of five characters. Then type the passphrase of your account: from now on it opens your mail on this computer.</source>
        <translation>Quatorze groupes de cinq caractères. Saisissez ensuite la phrase de passe de votre compte&#x202f;: désormais, elle ouvre votre courrier sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Group {group} is not right. Compare it with the paper.</source>
        <translation>Le groupe {group} n’est pas juste. Comparez-le avec le papier.</translation>
    </message>
    <message>
        <source>This is not the code of a recovery kit.</source>
        <translation>Ce n’est pas le code d’une sauvegarde papier.</translation>
    </message>
</context>
<context>
    <name>KitPage</name>
    <message>
        <source>{product}: recovery kit</source>
        <translation>{product}&#x202f;: sauvegarde papier</translation>
    </message>
    <message>
        <source>recovery kit.pdf</source>
        <translation>sauvegarde papier.pdf</translation>
    </message>
    <message>
        <source>It is on paper</source>
        <translation>Elle est sur papier</translation>
    </message>
    <message>
        <source>A group from your paper</source>
        <translation>Un groupe de votre papier</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Confirmer</translation>
    </message>
    <message>
        <source>Show the page again</source>
        <translation>Montrer de nouveau la page</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Plus tard</translation>
    </message>
    <message>
        <source>One moment</source>
        <translation>Un instant</translation>
    </message>
    <message>
        <source>Your recovery kit</source>
        <translation>Votre sauvegarde papier</translation>
    </message>
    <message>
        <source>Should this computer be lost, stolen or broken, this page and your passphrase bring your account back, on another one. Nobody else can: neither we nor your relay. Keep it on paper, in a safe place and not beside the computer.</source>
        <translation>Si cet ordinateur est perdu, volé ou cassé, cette page et votre phrase de passe ramènent votre compte sur un autre. Personne d’autre ne le peut&#x202f;: ni nous, ni votre relais. Gardez-la sur papier, en lieu sûr et loin de l’ordinateur.</translation>
    </message>
    <message>
        <source>1. Put it on paper</source>
        <translation>1. Mettez-la sur papier</translation>
    </message>
    <message>
        <source>It does not bring back letters: those come back from a backup on another disk.</source>
        <translation>Elle ne ramène pas les courriers&#x202f;: ceux-là reviennent d’une sauvegarde sur un autre disque.</translation>
    </message>
    <message>
        <source>2. Read one group from it</source>
        <translation>2. Relisez-en un groupe</translation>
    </message>
    <message>
        <source>So you know that the paper can be read. The code is then erased on this computer.</source>
        <translation>Vous savez ainsi que le papier se lit bien. Le code est ensuite effacé de cet ordinateur.</translation>
    </message>
    <message>
        <source>Step {n} of {all}</source>
        <translation>Étape {n} sur {all}</translation>
    </message>
    <message>
        <source>This new kit counts from {date}. Until then your old one still does, and can call this one off.</source>
        <translation>Cette nouvelle page compte à partir du {date}. Jusque-là, l’ancienne compte encore, et peut annuler celle-ci.</translation>
    </message>
    <message>
        <source>Group {n} on your paper</source>
        <translation>Groupe {n} sur votre papier</translation>
    </message>
    <message>
        <source>A group has five letters and digits.</source>
        <translation>Un groupe a cinq lettres et chiffres.</translation>
    </message>
</context>
<context>
    <name>KitStep</name>
    <message>
        <source>Your recovery kit</source>
        <translation>Votre sauvegarde papier</translation>
    </message>
    <message>
        <source>Take the page at hand. Capitals, 0 or O, 1 or I make no difference.</source>
        <translation>Prenez la page en main. Majuscules, 0 ou O, 1 ou I&#x202f;: peu importe.</translation>
    </message>
    <message>
        <source>Address on the page (optional)</source>
        <translation>Adresse sur la page (facultatif)</translation>
    </message>
    <message>
        <source>Needed with a second or later kit. It begins with “uhs:”.</source>
        <translation>Nécessaire si ce n’est pas votre première page. Elle commence par «&#x202f;uhs:&#x202f;».</translation>
    </message>
    <message>
        <source>Colleagues have shares of it</source>
        <translation>Des confrères en ont des parts</translation>
    </message>
    <message>
        <source>The shares, one below the other</source>
        <translation>Les parts, l’une sous l’autre</translation>
    </message>
    <message>
        <source>33 words each, with an empty line between two shares.</source>
        <translation>33 mots chacune, avec une ligne vide entre deux parts.</translation>
    </message>
    <message>
        <source>Put them together</source>
        <translation>Les réunir</translation>
    </message>
    <message>
        <source>It has “uhs:” and 32 small letters and digits after it.</source>
        <translation>Elle commence par «&#x202f;uhs:&#x202f;», suivi de 32 lettres minuscules et chiffres.</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>À remplir.</translation>
    </message>
</context>
<context>
    <name>KnownPassphraseStep</name>
    <message>
        <source>Your passphrase</source>
        <translation>Votre phrase de passe</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Phrase de passe</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>À remplir.</translation>
    </message>
</context>
<context>
    <name>Ladder</name>
    <message>
        <source>Sent {time}</source>
        <translation>Envoyé {time}</translation>
    </message>
    <message>
        <source>Received here {time}</source>
        <translation>Reçu ici {time}</translation>
    </message>
    <message>
        <source>✓ Written {time}</source>
        <translation>✓ Composé {time}</translation>
    </message>
    <message>
        <source>○ Not yet at the relay</source>
        <translation>○ Pas encore au relais</translation>
    </message>
    <message>
        <source>○ Not yet received</source>
        <translation>○ Pas encore reçu</translation>
    </message>
    <message>
        <source>○ Not yet read</source>
        <translation>○ Pas encore lu</translation>
    </message>
    <message>
        <source>{step}: {reason}</source>
        <translation>{step}&#x202f;: {reason}</translation>
    </message>
</context>
<context>
    <name>LetterActions</name>
    <message>
        <source>It is in your own patient records: remove it from this mailbox</source>
        <translation>Il est dans votre dossier patient&#x202f;: le supprimer de cette messagerie</translation>
    </message>
    <message>
        <source>Erase this letter for good…</source>
        <translation>Effacer définitivement cette lettre…</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Traité</translation>
    </message>
    <message>
        <source>Back in the mail</source>
        <translation>Remettre dans le courrier</translation>
    </message>
    <message>
        <source>Mark as read</source>
        <translation>Marquer comme lu</translation>
    </message>
</context>
<context>
    <name>LetterBody</name>
    <message>
        <source>Do not send</source>
        <translation>Ne pas envoyer</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>Envoyer maintenant</translation>
    </message>
    <message>
        <source>Letter from {name}</source>
        <translation>Courrier de {name}</translation>
    </message>
    <message>
        <source>Show the rest of the text</source>
        <translation>Afficher la suite du texte</translation>
    </message>
    <message>
        <source>Show receipts</source>
        <translation>Voir les reçus</translation>
    </message>
    <message>
        <source>The sender has been told.</source>
        <translation>L’expéditeur en est informé.</translation>
    </message>
    <message>
        <source>From: {text}</source>
        <translation>De&#x202f;: {text}</translation>
    </message>
    <message>
        <source>To: {text}</source>
        <translation>À&#x202f;: {text}</translation>
    </message>
    <message>
        <source>Date: {text}</source>
        <translation>Date&#x202f;: {text}</translation>
    </message>
    <message>
        <source>Its content is encrypted for the other program and cannot be read here.</source>
        <translation>Son contenu est chiffré pour l’autre logiciel et ne peut pas être lu ici.</translation>
    </message>
    <message>
        <source>It was too large: something of it is missing.</source>
        <translation>Il était trop grand&#x202f;: il en manque une partie.</translation>
    </message>
    <message>
        <source>It cannot be answered from here. You can forward it, or write anew.</source>
        <translation>Vous ne pouvez pas y répondre d’ici. Vous pouvez le transférer, ou écrire un nouveau courrier.</translation>
    </message>
    <message>
        <source>From another mail program: nobody has verified who wrote this letter</source>
        <translation>D’un autre logiciel&#x202f;: personne n’a vérifié qui a écrit ce courrier</translation>
    </message>
    <message>
        <source>Leaves {when}</source>
        <translation>Part {when}</translation>
    </message>
    <message>
        <source>It leaves by itself if this mailbox is open then, or at the next unlocking.</source>
        <translation>Il part de lui-même si cette messagerie est alors ouverte, sinon au prochain déverrouillage.</translation>
    </message>
    <message>
        <source>Still on this computer</source>
        <translation>Encore sur cet ordinateur</translation>
    </message>
    <message>
        <source>It leaves by itself. Until then it can become a draft again.</source>
        <translation>Il part de lui-même. D’ici là, il peut redevenir un brouillon.</translation>
    </message>
    <message>
        <source>You refused this letter</source>
        <translation>Vous avez refusé ce courrier</translation>
    </message>
    <message>
        <source>You refused this letter: {reason}</source>
        <translation>Vous avez refusé ce courrier&#x202f;: {reason}</translation>
    </message>
</context>
<context>
    <name>LetterPaper</name>
    <message>
        <source>Document: {name} ({size})</source>
        <translation>Document&#x202f;: {name} ({size})</translation>
    </message>
    <message>
        <source>From: {name}</source>
        <translation>De&#x202f;: {name}</translation>
    </message>
    <message>
        <source>To: {names}</source>
        <translation>À&#x202f;: {names}</translation>
    </message>
    <message>
        <source>Date: {when}</source>
        <translation>Date&#x202f;: {when}</translation>
    </message>
    <message>
        <source>Patient: {name}</source>
        <translation>Patient&#x202f;: {name}</translation>
    </message>
</context>
<context>
    <name>LetterView</name>
    <message>
        <source>Show</source>
        <translation>Afficher</translation>
    </message>
    <message>
        <source>Fold</source>
        <translation>Replier</translation>
    </message>
    <message>
        <source>Show the letter from {name}</source>
        <translation>Afficher le courrier de {name}</translation>
    </message>
    <message>
        <source>Fold the letter from {name}</source>
        <translation>Replier le courrier de {name}</translation>
    </message>
    <message>
        <source>From another mail program, not proven</source>
        <translation>Vient d’une autre messagerie, sans preuve</translation>
    </message>
    <message>
        <source>Automatic answer</source>
        <translation>Réponse automatique</translation>
    </message>
    <message>
        <source>Answered automatically</source>
        <translation>Réponse automatique envoyée</translation>
    </message>
    <message>
        <source>without a date</source>
        <translation>sans date</translation>
    </message>
    <message>
        <source>to {names}, {when}</source>
        <translation>à {names}, {when}</translation>
    </message>
    <message>
        <source>to you and {names}, {when}</source>
        <translation>à vous et {names}, {when}</translation>
    </message>
    <message>
        <source>to you, {when}</source>
        <translation>à vous, {when}</translation>
    </message>
</context>
<context>
    <name>LinkStep</name>
    <message>
        <source>Add this computer to your account</source>
        <translation>Ajouter cet ordinateur à votre compte</translation>
    </message>
    <message>
        <source>On the computer where your mail is already: Menu, Settings, My computers, Add a computer. It shows a picture and twelve words.</source>
        <translation>Sur l’ordinateur où se trouve déjà votre courrier&#x202f;: Menu, Réglages, Mes ordinateurs, Ajouter un ordinateur. Il affiche une image et douze mots.</translation>
    </message>
    <message>
        <source>Its text, or its twelve words</source>
        <translation>Son texte, ou ses douze mots</translation>
    </message>
    <message>
        <source>Type the words, paste the text, or drop a photograph of the picture here.</source>
        <translation>Tapez les mots, collez le texte, ou déposez ici une photo de l’image.</translation>
    </message>
    <message>
        <source>Open a photograph…</source>
        <translation>Ouvrir une photo…</translation>
    </message>
    <message>
        <source>Enrolment text of your relay</source>
        <translation>Texte d’inscription de votre relais</translation>
    </message>
    <message>
        <source>The words alone do not say where your relay is: paste what whoever runs it gave you.</source>
        <translation>Les mots seuls ne disent pas où est votre relais&#x202f;: collez ce que son responsable vous a remis.</translation>
    </message>
    <message>
        <source>There is no such picture in this file.</source>
        <translation>Ce fichier ne contient pas une telle image.</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>À remplir.</translation>
    </message>
    <message>
        <source>Word {n} is not one of the list. Read it again.</source>
        <translation>Le mot {n} n’est pas dans la liste. Relisez-le.</translation>
    </message>
    <message>
        <source>This text is not whole. Copy it again.</source>
        <translation>Ce texte n’est pas complet. Recopiez-le.</translation>
    </message>
    <message>
        <source>Twelve words are needed, in their order. Read them again.</source>
        <translation>Il faut douze mots, dans leur ordre. Relisez-les.</translation>
    </message>
    <message>
        <source>This is not a whole enrolment text.</source>
        <translation>Ce texte d’inscription n’est pas complet.</translation>
    </message>
    <message>
        <source>There is no readable QR picture in this image.</source>
        <translation>Aucun code QR lisible dans cette image.</translation>
    </message>
    <message>
        <source>Open a photograph of the picture</source>
        <translation>Ouvrir une photo de l’image</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Images</translation>
    </message>
</context>
<context>
    <name>MailList</name>
    <message>
        <source>Letters</source>
        <translation>Courriers</translation>
    </message>
</context>
<context>
    <name>MailPage</name>
    <message>
        <source>Letter</source>
        <translation>Courrier</translation>
    </message>
    <message>
        <source>Find a correspondent</source>
        <translation>Trouver un correspondant</translation>
    </message>
    <message>
        <source>Signing in</source>
        <translation>Connexion</translation>
    </message>
    <message>
        <source>My computers</source>
        <translation>Mes ordinateurs</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>Sauvegardes</translation>
    </message>
    <message>
        <source>Practice software</source>
        <translation>Logiciel métier</translation>
    </message>
    <message>
        <source>Absence</source>
        <translation>Absence</translation>
    </message>
    <message>
        <source>Other mail program</source>
        <translation>Autre messagerie</translation>
    </message>
    <message>
        <source>No draft open</source>
        <translation>Aucun brouillon ouvert</translation>
    </message>
    <message>
        <source>What is to be sent</source>
        <translation>Courriers à envoyer</translation>
    </message>
    <message>
        <source>Choose one in the list to go on writing.</source>
        <translation>Choisissez-en un dans la liste pour continuer à écrire.</translation>
    </message>
    <message>
        <source>A letter that has not left can be taken back and changed.</source>
        <translation>Un courrier qui n’est pas parti peut être repris et modifié.</translation>
    </message>
    <message>
        <source>No patient shown</source>
        <translation>Aucun patient affiché</translation>
    </message>
    <message>
        <source>Choose one in the list to see the letters filed under them.</source>
        <translation>Choisissez-en un dans la liste pour voir les courriers classés sous son nom.</translation>
    </message>
    <message>
        <source>What was done, and its proof</source>
        <translation>Ce qui a été fait, et sa preuve</translation>
    </message>
    <message>
        <source>Choose an act in the list. What the relay has recorded cannot be changed unnoticed.</source>
        <translation>Choisissez un acte dans la liste. Ce que le relais a enregistré ne peut pas être modifié sans que cela se voie.</translation>
    </message>
    <message>
        <source>Begin with a correspondent</source>
        <translation>Commencez par un correspondant</translation>
    </message>
    <message>
        <source>You can write to each other as soon as they accept.</source>
        <translation>Vous pourrez vous écrire dès qu’il aura accepté.</translation>
    </message>
    <message>
        <source>No letter open</source>
        <translation>Aucun courrier ouvert</translation>
    </message>
    <message>
        <source>Choose one in the list, or write a new one with Ctrl+N.</source>
        <translation>Choisissez-en un dans la liste, ou écrivez-en un avec Ctrl+N.</translation>
    </message>
    <message>
        <source>From {name}, {when}:</source>
        <translation>De {name}, le {when}&#x202f;:</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>It cannot be kept on this computer: send it first, or lose it.</source>
        <translation>Il ne peut pas être gardé sur cet ordinateur&#x202f;: envoyez-le d’abord, ou il sera perdu.</translation>
    </message>
    <message>
        <source>Quit and throw the letter away</source>
        <translation>Quitter et jeter le courrier</translation>
    </message>
    <message>
        <source>A letter is not sent yet.</source>
        <translation>Un courrier n’est pas encore envoyé.</translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) have not left yet.</source>
        <translation>
            <numerusform>%Ln courrier n’est pas encore parti.</numerusform>
            <numerusform>%Ln courriers ne sont pas encore partis.</numerusform>
        </translation>
    </message>
    <message>
        <source>They leave when this mailbox is next unlocked on this computer.</source>
        <translation>Ils partiront quand cette messagerie sera de nouveau déverrouillée sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Quit all the same</source>
        <translation>Quitter quand même</translation>
    </message>
    <message>
        <source>Stay open</source>
        <translation>Rester ouvert</translation>
    </message>
    <message>
        <source>Go back to the letter</source>
        <translation>Revenir au courrier</translation>
    </message>
</context>
<context>
    <name>NameCompleter</name>
    <message>
        <source>Suggested correspondents</source>
        <translation>Correspondants proposés</translation>
    </message>
</context>
<context>
    <name>NamedPassphraseStep</name>
    <message>
        <source>The one of your account. It will open your mail here too.</source>
        <translation>Celle de votre compte. Elle ouvrira aussi votre courrier ici.</translation>
    </message>
    <message>
        <source>Name of this computer (optional)</source>
        <translation>Nom de cet ordinateur (facultatif)</translation>
    </message>
    <message>
        <source>For your own list, as “Practice” or “Laptop”. Nobody else sees it.</source>
        <translation>Pour votre propre liste, comme «&#x202f;Cabinet&#x202f;» ou «&#x202f;Portable&#x202f;». Personne d’autre ne le voit.</translation>
    </message>
</context>
<context>
    <name>NamesakeQuestion</name>
    <message>
        <source>Which {name} is meant?</source>
        <translation>Quelle personne du nom de {name}&#x202f;?</translation>
    </message>
    <message>
        <source>Several of your correspondents have this name, or nearly.</source>
        <translation>Plusieurs de vos correspondants portent ce nom, ou presque.</translation>
    </message>
</context>
<context>
    <name>Navigation</name>
    <message>
        <source>Practice</source>
        <translation>Cabinet</translation>
    </message>
</context>
<context>
    <name>NewPassphrase</name>
    <message>
        <source>Passphrase</source>
        <translation>Phrase de passe</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>Nouvelle phrase de passe</translation>
    </message>
    <message>
        <source>Seven unrelated words that make a little story are easy to keep and hard to guess.</source>
        <translation>Sept mots sans rapport, réunis en une petite histoire, se retiennent bien et se devinent mal.</translation>
    </message>
    <message>
        <source>Passphrase, once more</source>
        <translation>Phrase de passe, encore une fois</translation>
    </message>
    <message>
        <source>New passphrase, once more</source>
        <translation>Nouvelle phrase de passe, encore une fois</translation>
    </message>
    <message>
        <source>How hard the passphrase is to guess</source>
        <translation>Difficulté à deviner la phrase de passe</translation>
    </message>
    <message>
        <source>Too easy to guess: make it longer.</source>
        <translation>Trop facile à deviner&#x202f;: allongez-la.</translation>
    </message>
    <message>
        <source>The two are not the same.</source>
        <translation>Les deux ne sont pas identiques.</translation>
    </message>
    <message>
        <source>80 bits are needed, as the CNIL recommends.</source>
        <translation>Il faut 80 bits, comme le recommande la CNIL.</translation>
    </message>
    <message>
        <source>✓ Hard to guess ({n} bits)</source>
        <translation>✓ Difficile à deviner ({n} bits)</translation>
    </message>
    <message>
        <source>△ Still easy to guess: {n} of {most} bits. Add a word or two.</source>
        <translation>△ Encore facile à deviner&#x202f;: {n} bits sur {most}. Ajoutez un mot ou deux.</translation>
    </message>
</context>
<context>
    <name>NoticeSection</name>
    <message>
        <source>Tell me when a letter arrives</source>
        <translation>M’avertir à l’arrivée d’un courrier</translation>
    </message>
    <message>
        <source>Say who it is from</source>
        <translation>Nommer l’expéditeur</translation>
    </message>
    <message>
        <source>Say nothing from</source>
        <translation>Ne rien dire de</translation>
    </message>
    <message>
        <source>Say nothing on Sundays</source>
        <translation>Ne rien dire le dimanche</translation>
    </message>
    <message>
        <source>Quiet from</source>
        <translation>Silence à partir de</translation>
    </message>
    <message>
        <source>Quiet until</source>
        <translation>Silence jusqu’à</translation>
    </message>
    <message>
        <source>A notice never shows the subject, the patient or the text: others may see the screen. While your mail is locked nothing arrives here, and nothing is announced.</source>
        <translation>Une notification ne montre jamais l’objet, le patient ni le texte&#x202f;: d’autres peuvent voir l’écran. Tant que votre courrier est verrouillé, rien n’arrive ici et rien n’est annoncé.</translation>
    </message>
    <message>
        <source>until</source>
        <translation>à</translation>
    </message>
</context>
<context>
    <name>OfferStep</name>
    <message>
        <source>Is this you?</source>
        <translation>Est-ce bien vous&#x202f;?</translation>
    </message>
    <message>
        <source>Nothing has changed yet. If you go on, this becomes your computer: your telephone is set up anew, and old recovery codes are void.</source>
        <translation>Rien n’a encore changé. Si vous continuez, cet ordinateur devient le vôtre&#x202f;: votre téléphone est réglé de nouveau, et les anciens codes de secours ne valent plus rien.</translation>
    </message>
    <message>
        <source>The relay keeps no list of your correspondents that this kit opens</source>
        <translation>Le relais ne garde aucune liste de vos correspondants que cette sauvegarde papier ouvre</translation>
    </message>
    <message numerus="yes">
        <source>%n correspondent(s)</source>
        <translation>
            <numerusform>%Ln correspondant</numerusform>
            <numerusform>%Ln correspondants</numerusform>
        </translation>
    </message>
    <message>
        <source>, as of {date}</source>
        <translation>, au {date}</translation>
    </message>
    <message>
        <source>Your letters of the past are not brought back</source>
        <translation>Vos anciens courriers ne reviennent pas</translation>
    </message>
    <message>
        <source>Letters and documents up to {when}</source>
        <translation>Courriers et documents&#x202f;: {when} au plus tard</translation>
    </message>
    <message>
        <source>Your other computers</source>
        <translation>Vos autres ordinateurs</translation>
    </message>
    <message>
        <source>They are removed, unless you have one at hand and go on with it: it reads and writes on, but links and removes no computers until you have removed it and linked it again. A lost or stolen one: leave it out.</source>
        <translation>Ils sont retirés, sauf si vous en avez un sous la main et continuez avec lui&#x202f;: il lit et écrit toujours, mais n’associe ni ne retire d’ordinateur tant que vous ne l’avez pas retiré puis associé de nouveau. Un ordinateur perdu ou volé&#x202f;: ne le cochez pas.</translation>
    </message>
    <message>
        <source>I go on with the one of {date}</source>
        <translation>Je garde celui du {date}</translation>
    </message>
</context>
<context>
    <name>OwnCard</name>
    <message>
        <source>Show my contact card</source>
        <translation>Montrer ma carte</translation>
    </message>
    <message>
        <source>Picture of your contact card, for another computer&apos;s camera.</source>
        <translation>Image de votre carte, pour l’appareil photo d’un autre.</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>Copier comme texte</translation>
    </message>
    <message>
        <source>Save as a file…</source>
        <translation>Enregistrer dans un fichier…</translation>
    </message>
    <message>
        <source>Your card says your address and your name. Who takes it from your own screen or paper knows that it is you. It holds no secret.</source>
        <translation>Votre carte dit votre adresse et votre nom. Qui la prend sur votre propre écran ou papier sait que c’est vous. Elle ne contient aucun secret.</translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation>Enregistré sous {name}</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copié</translation>
    </message>
    <message>
        <source>Save my contact card</source>
        <translation>Enregistrer ma carte</translation>
    </message>
    <message>
        <source>contact card</source>
        <translation>carte de correspondant</translation>
    </message>
</context>
<context>
    <name>PageStack</name>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
    <message>
        <source>Page {n} cannot be shown</source>
        <translation>La page {n} ne peut pas être affichée</translation>
    </message>
    <message>
        <source>Page {n} of {count}</source>
        <translation>Page {n} sur {count}</translation>
    </message>
</context>
<context>
    <name>PaperButtons</name>
    <message>
        <source>Print…</source>
        <translation>Imprimer…</translation>
    </message>
    <message>
        <source>Save as a file…</source>
        <translation>Enregistrer dans un fichier…</translation>
    </message>
    <message>
        <source>Choose where…</source>
        <translation>Choisir où…</translation>
    </message>
    <message>
        <source>Do not save</source>
        <translation>Ne pas enregistrer</translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation>Enregistré sous {name}</translation>
    </message>
    <message>
        <source>Handed to the printer</source>
        <translation>Remis à l’imprimante</translation>
    </message>
    <message>
        <source>The printer did not take the page</source>
        <translation>L’imprimante n’a pas pris la page</translation>
    </message>
    <message>
        <source>Check that it is on and connected, or write it down by hand.</source>
        <translation>Vérifiez qu’elle est allumée et branchée, ou recopiez la page à la main.</translation>
    </message>
    <message>
        <source>A file is less safe than paper</source>
        <translation>Un fichier est moins sûr que le papier</translation>
    </message>
    <message>
        <source>Whoever opens this computer or its backups can read it. Save it on a USB stick that you keep elsewhere, or print it and delete it.</source>
        <translation>Qui ouvre cet ordinateur ou ses sauvegardes peut le lire. Enregistrez-le sur une clé USB gardée ailleurs, ou imprimez-le puis effacez-le.</translation>
    </message>
</context>
<context>
    <name>PartCard</name>
    <message>
        <source>Open</source>
        <translation>Ouvrir</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>Ouvrir {name}</translation>
    </message>
    <message>
        <source>As {kind}</source>
        <translation>En {kind}</translation>
    </message>
    <message>
        <source>Open {name} as {kind}</source>
        <translation>Ouvrir {name} en {kind}</translation>
    </message>
</context>
<context>
    <name>PassphraseField</name>
    <message>
        <source>Show what is typed</source>
        <translation>Afficher la saisie</translation>
    </message>
    <message>
        <source>Caps Lock is on.</source>
        <translation>La touche Verr. Maj est activée.</translation>
    </message>
</context>
<context>
    <name>PassphraseStep</name>
    <message>
        <source>Your passphrase</source>
        <translation>Votre phrase de passe</translation>
    </message>
    <message>
        <source>It opens your mail on this computer, and signs you in. Neither the relay nor we ever learn it.</source>
        <translation>Elle ouvre votre courrier sur cet ordinateur et vous identifie auprès du relais. Ni le relais ni nous ne la connaissons jamais.</translation>
    </message>
    <message>
        <source>Nobody can recover this passphrase</source>
        <translation>Personne ne peut retrouver cette phrase de passe</translation>
    </message>
    <message>
        <source>Who forgets it loses the mail on this computer. Write it down and keep it in a safe place.</source>
        <translation>Qui l’oublie perd le courrier de cet ordinateur. Notez-la et gardez-la en lieu sûr.</translation>
    </message>
</context>
<context>
    <name>PatientCard</name>
    <message>
        <source>Died on {date}</source>
        <translation>Décès le {date}</translation>
    </message>
    <message>
        <source>Followed since {year}</source>
        <translation>Suivi depuis {year}</translation>
    </message>
    <message>
        <source>Last seen on {date}</source>
        <translation>Vu le {date}</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Fiche</translation>
    </message>
    <message>
        <source>What was done</source>
        <translation>Ce qui a été fait</translation>
    </message>
</context>
<context>
    <name>PatientChooser</name>
    <message>
        <source>File under a patient</source>
        <translation>Classer sous un patient</translation>
    </message>
    <message>
        <source>No patients yet</source>
        <translation>Aucun patient</translation>
    </message>
    <message>
        <source>Add the first one below.</source>
        <translation>Ajoutez le premier ci-dessous.</translation>
    </message>
    <message>
        <source>Add a patient…</source>
        <translation>Ajouter un patient…</translation>
    </message>
    <message>
        <source>Under nobody</source>
        <translation>Sous aucun patient</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
</context>
<context>
    <name>PatientDelegate</name>
    <message>
        <source>Nothing filed yet</source>
        <translation>Rien de classé</translation>
    </message>
</context>
<context>
    <name>PatientDialog</name>
    <message>
        <source>Add a patient</source>
        <translation>Ajouter un patient</translation>
    </message>
    <message>
        <source>Correct a patient</source>
        <translation>Corriger un patient</translation>
    </message>
    <message>
        <source>Family name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>Given name</source>
        <translation>Prénom</translation>
    </message>
    <message>
        <source>Date of birth</source>
        <translation>Date de naissance</translation>
    </message>
    <message>
        <source>For example 12/03/1961. It tells people of the same name apart.</source>
        <translation>Par exemple 12/03/1961. Elle distingue les homonymes.</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Ajouter</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Enregistrer</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>A name is needed.</source>
        <translation>Il faut un nom.</translation>
    </message>
    <message>
        <source>This is not a date of birth. Write it as 12/03/1961.</source>
        <translation>Ce n’est pas une date de naissance. Écrivez-la comme 12/03/1961.</translation>
    </message>
</context>
<context>
    <name>PatientField</name>
    <message>
        <source>Patient</source>
        <translation>Patient</translation>
    </message>
    <message>
        <source>Name of a patient, if the letter is about one</source>
        <translation>Nom du patient, si le courrier en concerne un</translation>
    </message>
    <message>
        <source>Suggested patients</source>
        <translation>Patients proposés</translation>
    </message>
    <message>
        <source>Patient: {name}. Remove</source>
        <translation>Patient&#x202f;: {name}. Retirer</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>Retirer {name}</translation>
    </message>
    <message>
        <source>Add “{name}” as a patient…</source>
        <translation>Ajouter le patient «&#x202f;{name}&#x202f;»…</translation>
    </message>
</context>
<context>
    <name>PatientLine</name>
    <message>
        <source>File under a patient…</source>
        <translation>Classer sous un patient…</translation>
    </message>
    <message>
        <source>Patient: {name}</source>
        <translation>Patient&#x202f;: {name}</translation>
    </message>
    <message>
        <source>Show this patient</source>
        <translation>Afficher ce patient</translation>
    </message>
    <message>
        <source>About {name}</source>
        <translation>Concerne {name}</translation>
    </message>
    <message>
        <source>File under this patient</source>
        <translation>Classer sous ce patient</translation>
    </message>
    <message>
        <source>File elsewhere…</source>
        <translation>Classer ailleurs…</translation>
    </message>
    <message>
        <source>Somebody else…</source>
        <translation>Un autre patient…</translation>
    </message>
    <message>
        <source>△ The sender writes about {name}</source>
        <translation>△ L’expéditeur écrit au sujet de {name}</translation>
    </message>
    <message>
        <source>Add this patient and file</source>
        <translation>Ajouter ce patient et classer</translation>
    </message>
    <message>
        <source>File under {name}</source>
        <translation>Classer sous {name}</translation>
    </message>
</context>
<context>
    <name>PatientListPane</name>
    <message>
        <source>Add a patient</source>
        <translation>Ajouter un patient</translation>
    </message>
    <message>
        <source>No patients yet</source>
        <translation>Aucun patient</translation>
    </message>
    <message>
        <source>Whoever a letter is about is added here when you file it, or with the button above. Names stay on this computer.</source>
        <translation>La personne concernée par un courrier s’ajoute ici quand vous le classez, ou avec le bouton ci-dessus. Les noms restent sur cet ordinateur.</translation>
    </message>
</context>
<context>
    <name>PatientListView</name>
    <message>
        <source>Patients</source>
        <translation>Patients</translation>
    </message>
</context>
<context>
    <name>PatientPane</name>
    <message>
        <source>Back to the list</source>
        <translation>Retour à la liste</translation>
    </message>
    <message>
        <source>Write about this patient</source>
        <translation>Écrire à son sujet</translation>
    </message>
    <message>
        <source>Correct…</source>
        <translation>Corriger…</translation>
    </message>
    <message>
        <source>Remove this patient</source>
        <translation>Supprimer ce patient</translation>
    </message>
    <message>
        <source>Erase for good…</source>
        <translation>Effacer définitivement…</translation>
    </message>
    <message>
        <source>Same person as…</source>
        <translation>Même personne que…</translation>
    </message>
    <message>
        <source>Let two cards of one person become one</source>
        <translation>Réunir deux fiches d’une même personne</translation>
    </message>
    <message>
        <source>Separate again</source>
        <translation>Séparer de nouveau</translation>
    </message>
    <message>
        <source>What to show</source>
        <translation>Que montrer</translation>
    </message>
    <message>
        <source>Letters</source>
        <translation>Courriers</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Fiche</translation>
    </message>
    <message>
        <source>Nothing filed here yet</source>
        <translation>Rien de classé ici</translation>
    </message>
    <message>
        <source>Drag letters onto this patient, or choose “File under a patient”.</source>
        <translation>Faites glisser des courriers sur ce patient, ou choisissez «&#x202f;Classer sous un patient&#x202f;».</translation>
    </message>
    <message>
        <source>Date of birth: {date}</source>
        <translation>Date de naissance&#x202f;: {date}</translation>
    </message>
    <message>
        <source>Date of birth: {date}, {age}</source>
        <translation>Date de naissance&#x202f;: {date}, {age}</translation>
    </message>
    <message numerus="yes">
        <source>%n year(s) old</source>
        <translation>
            <numerusform>%Ln an</numerusform>
            <numerusform>%Ln ans</numerusform>
        </translation>
    </message>
    <message>
        <source>Separate again from {name}</source>
        <translation>Séparer de nouveau de {name}</translation>
    </message>
    <message>
        <source>Who is the same person?</source>
        <translation>Qui est la même personne&#x202f;?</translation>
    </message>
</context>
<context>
    <name>PatientSearch</name>
    <message>
        <source>Search for a patient</source>
        <translation>Rechercher un patient</translation>
    </message>
    <message>
        <source>Look at how the name is written, or add the patient.</source>
        <translation>Vérifiez l’orthographe du nom, ou ajoutez le patient.</translation>
    </message>
    <message>
        <source>No patient of this name</source>
        <translation>Aucun patient de ce nom</translation>
    </message>
</context>
<context>
    <name>PeopleField</name>
    <message>
        <source>For whom</source>
        <translation>Pour qui</translation>
    </message>
    <message>
        <source>None of your correspondents is called {name}</source>
        <translation>Aucun de vos correspondants ne s’appelle {name}</translation>
    </message>
</context>
<context>
    <name>PeriodDialog</name>
    <message>
        <source>Between two days</source>
        <translation>Entre deux jours</translation>
    </message>
    <message>
        <source>First day</source>
        <translation>Premier jour</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>Dernier jour</translation>
    </message>
    <message>
        <source>Show these days</source>
        <translation>Afficher ces jours</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Which days do you want to see?</source>
        <translation>Quels jours voulez-vous voir&#x202f;?</translation>
    </message>
</context>
<context>
    <name>PersonPane</name>
    <message>
        <source>Their note to you</source>
        <translation>Son mot pour vous</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Accepter</translation>
    </message>
    <message>
        <source>Decline</source>
        <translation>Refuser</translation>
    </message>
    <message>
        <source>Take the refusal back</source>
        <translation>Revenir sur le refus</translation>
    </message>
    <message>
        <source>Write a letter</source>
        <translation>Écrire un courrier</translation>
    </message>
    <message>
        <source>Block…</source>
        <translation>Bloquer…</translation>
    </message>
    <message>
        <source>Unblock</source>
        <translation>Débloquer</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Bloquer</translation>
    </message>
    <message>
        <source>Keep as correspondent</source>
        <translation>Garder comme correspondant</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Asked {when}. Name and profession are what they wrote themselves: accept only someone you know, or ask them by telephone. They are not told if you decline.</source>
        <translation>Demande reçue {when}. Le nom et la profession sont ceux que cette personne a écrits&#x202f;: n’acceptez que quelqu’un que vous connaissez, ou appelez-la. Si vous refusez, elle n’en est pas informée.</translation>
    </message>
    <message>
        <source>You asked {when}. You can write to each other once they accept.</source>
        <translation>Demande envoyée {when}. Vous pourrez vous écrire dès qu’elle sera acceptée.</translation>
    </message>
    <message>
        <source>Correspondent since {when}.</source>
        <translation>Correspondant, ajouté {when}.</translation>
    </message>
    <message>
        <source>You declined {when}, and they were not told. Their letters are not shown. Taken back, their request waits for your answer again.</source>
        <translation>Vous avez refusé {when}, sans que cette personne en soit avertie. Ses courriers ne s’affichent pas. Si vous revenez sur ce refus, sa demande attend de nouveau votre réponse.</translation>
    </message>
    <message>
        <source>You blocked them. What they send is let go unread, and nothing goes to them; they are not told.</source>
        <translation>Vous avez bloqué cette personne. Ce qu’elle envoie est écarté sans être lu, et rien ne part vers elle&#x202f;; elle n’en est pas avertie.</translation>
    </message>
    <message>
        <source>Nobody at your relay has this address, as it turned out {when}. Ask for it again, by telephone.</source>
        <translation>Personne, sur votre relais, n’a cette adresse&#x202f;: cela s’est su {when}. Redemandez-la, par téléphone.</translation>
    </message>
    <message>
        <source>Block {name}?</source>
        <translation>Bloquer {name}&#x202f;?</translation>
    </message>
    <message>
        <source>You receive nothing from them any more, and they are not told. Letters that wait for them stay here. What you have of each other stays too, and you can unblock them.</source>
        <translation>Vous ne recevez plus rien de cette personne, et elle n’en est pas avertie. Les courriers qui l’attendent restent ici. Ce que vous vous êtes écrit reste aussi, et vous pouvez la débloquer.</translation>
    </message>
</context>
<context>
    <name>PersonStep</name>
    <message>
        <source>About you</source>
        <translation>Vous</translation>
    </message>
    <message>
        <source>Your correspondents see this. It is what you say of yourself: nobody has verified it yet.</source>
        <translation>Vos correspondants voient ces indications. C’est vous qui les donnez&#x202f;: personne ne les a encore vérifiées.</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>As your correspondents know you, with your title if you use one.</source>
        <translation>Tel que vos correspondants vous connaissent, avec votre titre le cas échéant.</translation>
    </message>
    <message>
        <source>Profession</source>
        <translation>Profession</translation>
    </message>
    <message>
        <source>Choose from the list, or write your own.</source>
        <translation>Choisissez dans la liste, ou écrivez la vôtre.</translation>
    </message>
    <message>
        <source>Town (optional)</source>
        <translation>Ville (facultatif)</translation>
    </message>
    <message>
        <source>RPPS number (optional)</source>
        <translation>Numéro RPPS (facultatif)</translation>
    </message>
    <message>
        <source>11 digits, on your professional card.</source>
        <translation>11 chiffres, sur votre carte professionnelle.</translation>
    </message>
    <message>
        <source>△ The last digit does not fit the others. Check the number, or go on with it.</source>
        <translation>△ Le dernier chiffre ne correspond pas aux autres. Vérifiez le numéro, ou continuez ainsi.</translation>
    </message>
    <message>
        <source>List me in the relay&apos;s directory</source>
        <translation>Figurer dans l’annuaire du relais</translation>
    </message>
    <message>
        <source>Everybody at this relay finds you there by name, profession and town. Without it, only those can write to whom you give your address.</source>
        <translation>Tous les membres de ce relais vous y trouvent par nom, profession et ville. Sans cela, seuls ceux à qui vous donnez votre adresse peuvent vous écrire.</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>À remplir.</translation>
    </message>
    <message>
        <source>An RPPS number has 11 digits.</source>
        <translation>Un numéro RPPS a 11 chiffres.</translation>
    </message>
    <message>
        <source>Show the list of professions</source>
        <translation>Montrer la liste des professions</translation>
    </message>
</context>
<context>
    <name>PracticeSoftwareSection</name>
    <message>
        <source>A document in “to-send” goes to the contact whose name its folder bears, or whom a note beside it names. Only people whose identity is verified are written to.</source>
        <translation>Un document déposé dans «&#x202f;to-send&#x202f;» part au correspondant dont son dossier porte le nom, ou que nomme une note à côté. Seules les personnes dont l’identité est vérifiée en reçoivent.</translation>
    </message>
    <message>
        <source>Write what arrives: documents, and letters as text</source>
        <translation>Écrire ce qui arrive&#x202f;: les documents, et les courriers en texte</translation>
    </message>
    <message>
        <source>CDA documents as IHE_XDM archives</source>
        <translation>Documents CDA sous forme d’archives IHE_XDM</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Choisir un dossier…</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Ouvrir le dossier</translation>
    </message>
    <message>
        <source>Watch it no more</source>
        <translation>Ne plus le partager</translation>
    </message>
    <message>
        <source>Use this folder</source>
        <translation>Utiliser ce dossier</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>Renoncer</translation>
    </message>
    <message>
        <source>What lies in this folder is not encrypted</source>
        <translation>Ce qui se trouve dans ce dossier n’est pas chiffré</translation>
    </message>
    <message>
        <source>{folder}
Whoever uses your session of this computer, its other programs and its backups can read it. What arrives is written there from now on, letters and documents.</source>
        <translation>{folder}
Quiconque utilise votre session sur cet ordinateur peut le lire, ses autres programmes et ses sauvegardes aussi. Ce qui arrive y est désormais écrit, courriers et documents.</translation>
    </message>
    <message>
        <source>Folder shared with your software</source>
        <translation>Dossier partagé avec votre logiciel</translation>
    </message>
    <message>
        <source>Another folder…</source>
        <translation>Autre dossier…</translation>
    </message>
    <message>
        <source>No folder is shared</source>
        <translation>Aucun dossier n’est partagé</translation>
    </message>
    <message>
        <source>Your medical software puts documents into a folder, and they are sent. Documents and letters that arrive are written there, so that it can take them.</source>
        <translation>Votre logiciel dépose des documents dans un dossier, et ils sont envoyés. Les documents et les courriers qui arrivent y sont écrits, pour qu’il puisse les reprendre.</translation>
    </message>
    <message>
        <source>✓ Shared: {folder}</source>
        <translation>✓ Partagé&#x202f;: {folder}</translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) sent</source>
        <translation>
            <numerusform>%Ln courrier envoyé</numerusform>
            <numerusform>%Ln courriers envoyés</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) written</source>
        <translation>
            <numerusform>%Ln fichier écrit</numerusform>
            <numerusform>%Ln fichiers écrits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) waiting</source>
        <translation>
            <numerusform>%Ln fichier en attente</numerusform>
            <numerusform>%Ln fichiers en attente</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProfileButton</name>
    <message>
        <source>Menu</source>
        <translation>Menu</translation>
    </message>
</context>
<context>
    <name>ProofPane</name>
    <message>
        <source>Back to the journal</source>
        <translation>Retour au journal</translation>
    </message>
    <message>
        <source>Open the letter</source>
        <translation>Ouvrir le courrier</translation>
    </message>
    <message>
        <source>Show the whole proof</source>
        <translation>Voir la preuve complète</translation>
    </message>
    <message>
        <source>Noted {at} on this computer. It goes into the relay’s record as soon as there is a connection.</source>
        <translation>Noté {at} sur cet ordinateur. Le relais l’enregistrera dès qu’il y aura une connexion.</translation>
    </message>
    <message>
        <source>Told {at} by their computer, in a receipt that it has signed.</source>
        <translation>Annoncé {at} par son ordinateur, dans un reçu qu’il a signé.</translation>
    </message>
    <message>
        <source>Recorded by the relay {at}.</source>
        <translation>Enregistré par le relais {at}.</translation>
    </message>
    <message>
        <source>This act is not proven</source>
        <translation>Cet acte n’est pas prouvé</translation>
    </message>
    <message>
        <source>Keep this computer as it is, and show this page to the relay’s operator.</source>
        <translation>Gardez cet ordinateur en l’état et montrez cette page au responsable du relais.</translation>
    </message>
    <message>
        <source>Timestamp</source>
        <translation>Horodatage</translation>
    </message>
    <message>
        <source>the relay</source>
        <translation>le relais</translation>
    </message>
    <message>
        <source>Signature</source>
        <translation>Signature</translation>
    </message>
    <message>
        <source>Done {at} on “{computer}”. The relay recorded it ({logged}) without knowing what it was.</source>
        <translation>Fait {at} sur «&#x202f;{computer}&#x202f;». Le relais l’a enregistré ({logged}) sans savoir de quoi il s’agissait.</translation>
    </message>
    <message>
        <source>Compare with the authority’s certificate…</source>
        <translation>Comparer au certificat de l’autorité…</translation>
    </message>
    <message>
        <source>SHA-256 of the authority’s certificate</source>
        <translation>SHA-256 du certificat de l’autorité</translation>
    </message>
    <message>
        <source>The authority’s certificate</source>
        <translation>Certificat de l’autorité</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>Certificats</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
    <message>
        <source>Entry {index} of a record of {size}</source>
        <translation>Feuille {index} d’un registre de {size}</translation>
    </message>
    <message>
        <source>Inclusion</source>
        <translation>Inclusion</translation>
    </message>
    <message>
        <source>Follows act {n} of this computer</source>
        <translation>Suit l’acte n° {n} de cet ordinateur</translation>
    </message>
    <message>
        <source>First act of this computer</source>
        <translation>Premier acte de cet ordinateur</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Suite</translation>
    </message>
    <message>
        <source>Delay</source>
        <translation>Délai</translation>
    </message>
    <message>
        <source>Noted without a connection, and recorded later</source>
        <translation>Noté sans connexion, enregistré plus tard</translation>
    </message>
    <message>
        <source>Leaf</source>
        <translation>Feuille</translation>
    </message>
    <message>
        <source>SHA-256 of the leaf</source>
        <translation>SHA-256 de la feuille</translation>
    </message>
    <message>
        <source>Salt</source>
        <translation>Sel</translation>
    </message>
    <message>
        <source>Entry</source>
        <translation>Entrée</translation>
    </message>
    <message>
        <source>Signed checkpoint</source>
        <translation>Point de contrôle signé</translation>
    </message>
    <message>
        <source>Signed receipt</source>
        <translation>Accusé signé</translation>
    </message>
    <message>
        <source>Hide the whole proof</source>
        <translation>Masquer la preuve complète</translation>
    </message>
</context>
<context>
    <name>QueueCard</name>
    <message>
        <source>To: {names}</source>
        <translation>À&#x202f;: {names}</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>Envoyer maintenant</translation>
    </message>
    <message>
        <source>Send now: {subject}</source>
        <translation>Envoyer maintenant&#x202f;: {subject}</translation>
    </message>
    <message>
        <source>Take back and change</source>
        <translation>Reprendre et modifier</translation>
    </message>
    <message>
        <source>Take back and change: {subject}</source>
        <translation>Reprendre et modifier&#x202f;: {subject}</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Afficher</translation>
    </message>
    <message>
        <source>Show: {subject}</source>
        <translation>Afficher&#x202f;: {subject}</translation>
    </message>
    <message>
        <source>Somebody has it already.</source>
        <translation>L’un des destinataires l’a déjà.</translation>
    </message>
    <message>
        <source>Documents sent</source>
        <translation>Documents envoyés</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} sur {total}</translation>
    </message>
    <message>
        <source>On its way</source>
        <translation>En cours d’envoi</translation>
    </message>
    <message>
        <source>About to leave</source>
        <translation>Sur le départ</translation>
    </message>
    <message>
        <source>Waits for the relay</source>
        <translation>Attend le relais</translation>
    </message>
</context>
<context>
    <name>QueuePane</name>
    <message>
        <source>Nothing left to send</source>
        <translation>Plus rien à envoyer</translation>
    </message>
    <message>
        <source>Letters written offline or to be sent later wait here and leave by themselves.</source>
        <translation>Les courriers écrits hors ligne ou à envoyer plus tard attendent ici et partent d’eux-mêmes.</translation>
    </message>
    <message>
        <source>More letters wait behind these.</source>
        <translation>D’autres courriers attendent derrière ceux-ci.</translation>
    </message>
</context>
<context>
    <name>ReadingPane</name>
    <message>
        <source>Back to the list</source>
        <translation>Retour à la liste</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>Répondre</translation>
    </message>
    <message>
        <source>Refuse…</source>
        <translation>Refuser…</translation>
    </message>
    <message>
        <source>Tell the sender why this letter is not for you</source>
        <translation>Dire à l’expéditeur pourquoi ce courrier n’est pas pour vous</translation>
    </message>
    <message>
        <source>Who has read it, and its documents</source>
        <translation>Qui a ouvert ce courrier et ses documents</translation>
    </message>
    <message>
        <source>Look at it…</source>
        <translation>Voir…</translation>
    </message>
    <message>
        <source>Show earlier letters</source>
        <translation>Afficher les courriers précédents</translation>
    </message>
    <message>
        <source>Write again</source>
        <translation>Écrire de nouveau</translation>
    </message>
    <message>
        <source>Is this still {name}?</source>
        <translation>Est-ce toujours {name}&#x202f;?</translation>
    </message>
    <message>
        <source>They have started again on other computers, and nothing announced it. Your letter waits until you have asked them.</source>
        <translation>Cette personne a recommencé sur d’autres ordinateurs, et rien ne l’annonçait. Votre courrier attend que vous le lui ayez demandé.</translation>
    </message>
</context>
<context>
    <name>ReceiptDialog</name>
    <message>
        <source>Receipts</source>
        <translation>Reçus</translation>
    </message>
    <message>
        <source>Each acceptance is written in the relay&apos;s journal. Its proof can be checked by anyone, without this program and without the letter.</source>
        <translation>Chaque acceptation est inscrite au journal du relais. Sa preuve peut être vérifiée par quiconque, sans ce programme et sans le courrier.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>No receipt yet</source>
        <translation>Pas encore de reçu</translation>
    </message>
    <message>
        <source>The first one comes when the relay accepts the letter.</source>
        <translation>Le premier arrive quand le relais accepte le courrier.</translation>
    </message>
    <message>
        <source>{step}: {reason}</source>
        <translation>{step}&#x202f;: {reason}</translation>
    </message>
    <message>
        <source>Entry {number} of the relay&apos;s journal</source>
        <translation>Entrée {number} du journal du relais</translation>
    </message>
    <message>
        <source>Copy the proof</source>
        <translation>Copier la preuve</translation>
    </message>
</context>
<context>
    <name>ReceivedDocument</name>
    <message>
        <source>{size}, still to be fetched from the relay</source>
        <translation>{size}, encore à recevoir du relais</translation>
    </message>
    <message>
        <source>This file is empty</source>
        <translation>Ce fichier est vide</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Ouvrir</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>Ouvrir {name}</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Enregistrer…</translation>
    </message>
    <message>
        <source>Save {name}</source>
        <translation>Enregistrer {name}</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Voir le dossier</translation>
    </message>
    <message>
        <source>Saving {name}</source>
        <translation>Enregistrement de {name}</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} sur {total}</translation>
    </message>
    <message>
        <source>✓ Saved as “{name}”. This copy is not encrypted.</source>
        <translation>✓ Enregistré sous «&#x202f;{name}&#x202f;». Cette copie n’est pas chiffrée.</translation>
    </message>
    <message>
        <source>Save the document in</source>
        <translation>Enregistrer le document dans</translation>
    </message>
</context>
<context>
    <name>RecipientField</name>
    <message>
        <source>Recipients</source>
        <translation>Destinataires</translation>
    </message>
    <message>
        <source>Name of a correspondent</source>
        <translation>Nom d’un correspondant</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>Retirer {name}</translation>
    </message>
</context>
<context>
    <name>RefusalPanel</name>
    <message>
        <source>A word to the sender (optional)</source>
        <translation>Un mot à l’expéditeur (facultatif)</translation>
    </message>
    <message>
        <source>Do not refuse</source>
        <translation>Ne pas refuser</translation>
    </message>
    <message>
        <source>Why do you refuse this letter?</source>
        <translation>Pourquoi refusez-vous ce courrier&#x202f;?</translation>
    </message>
    <message>
        <source>The sender receives a signed refusal with the reason. It stays on record.</source>
        <translation>L’expéditeur reçoit un refus signé avec le motif. Il reste consigné.</translation>
    </message>
</context>
<context>
    <name>RegistrationPage</name>
    <message>
        <source>Create my account</source>
        <translation>Créer mon compte</translation>
    </message>
    <message>
        <source>Creating the account</source>
        <translation>Création du compte</translation>
    </message>
    <message>
        <source>Creating your account. This takes a few seconds.</source>
        <translation>Création de votre compte. Cela prend quelques secondes.</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Retour</translation>
    </message>
    <message>
        <source>Step {n} of {all}</source>
        <translation>Étape {n} sur {all}</translation>
    </message>
</context>
<context>
    <name>RehearseDialog</name>
    <message>
        <source>Try your recovery kit</source>
        <translation>Essayer votre sauvegarde papier</translation>
    </message>
    <message>
        <source>Take the page from where you keep it, and type its code as on the day you need it. Nothing changes; it takes five minutes, four times a year.</source>
        <translation>Prenez la page là où vous la gardez, et tapez son code comme le jour où il le faudra. Rien ne change&#x202f;; cela prend cinq minutes, quatre fois par an.</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>Essayer</translation>
    </message>
    <message>
        <source>It opens your account. The folder of your backups is not there: plug the disk in, and try again.</source>
        <translation>Elle ouvre votre compte. Le dossier de vos sauvegardes n’est pas là&#x202f;: branchez le disque, puis réessayez.</translation>
    </message>
    <message>
        <source>It opens your account, but not your newest backup: make another one.</source>
        <translation>Elle ouvre votre compte, mais pas votre dernière sauvegarde&#x202f;: faites-en une autre.</translation>
    </message>
    <message>
        <source>It opens your account. There is no backup that it could open too.</source>
        <translation>Elle ouvre votre compte. Il n’y a pas de sauvegarde qu’elle pourrait ouvrir aussi.</translation>
    </message>
    <message>
        <source>It opens your account, and the backup of {when}.</source>
        <translation>Elle ouvre votre compte et la sauvegarde faite {when}.</translation>
    </message>
    <message>
        <source>Your recovery kit works</source>
        <translation>Votre sauvegarde papier fonctionne</translation>
    </message>
</context>
<context>
    <name>RelayStep</name>
    <message>
        <source>Your relay</source>
        <translation>Votre relais</translation>
    </message>
    <message>
        <source>The relay passes your letters on without being able to read them. Whoever runs it gave you a text, a file or a picture, and a code.</source>
        <translation>Le relais transmet vos courriers sans pouvoir les lire. Son responsable vous a remis un texte, un fichier ou une image, et un code.</translation>
    </message>
    <message>
        <source>The relay passes your letters on without being able to read them. Whoever runs it gives you its text, file or picture again; the page of your kit says its name.</source>
        <translation>Le relais transmet vos courriers sans pouvoir les lire. Son responsable vous redonne son texte, son fichier ou son image&#x202f;; la page de votre sauvegarde papier dit son nom.</translation>
    </message>
    <message>
        <source>Enrolment text</source>
        <translation>Texte d’inscription</translation>
    </message>
    <message>
        <source>Paste it whole, or drop the file or the picture here.</source>
        <translation>Collez-le en entier, ou déposez ici le fichier ou l’image.</translation>
    </message>
    <message>
        <source>Open a file or a picture…</source>
        <translation>Ouvrir un fichier ou une image…</translation>
    </message>
    <message>
        <source>Invitation code</source>
        <translation>Code d’invitation</translation>
    </message>
    <message>
        <source>It serves once.</source>
        <translation>Il ne sert qu’une fois.</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>À remplir.</translation>
    </message>
    <message>
        <source>There is no readable QR picture in this image.</source>
        <translation>Aucun code QR lisible dans cette image.</translation>
    </message>
    <message>
        <source>This file holds no enrolment text.</source>
        <translation>Ce fichier ne contient pas de texte d’inscription.</translation>
    </message>
    <message>
        <source>This is not a whole enrolment text. Copy it again, from its first to its last character.</source>
        <translation>Ce texte d’inscription n’est pas complet. Copiez-le de nouveau, du premier au dernier caractère.</translation>
    </message>
    <message>
        <source>Open the enrolment text</source>
        <translation>Ouvrir le texte d’inscription</translation>
    </message>
    <message>
        <source>Texts and pictures</source>
        <translation>Textes et images</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
</context>
<context>
    <name>RemarkField</name>
    <message>
        <source>My notes about this person</source>
        <translation>Mes notes sur cette personne</translation>
    </message>
    <message>
        <source>Days, telephone, who to ask for…</source>
        <translation>Jours, téléphone, à qui s’adresser…</translation>
    </message>
    <message>
        <source>My notes</source>
        <translation>Mes notes</translation>
    </message>
    <message>
        <source>Only you see them.</source>
        <translation>Vous seul les voyez.</translation>
    </message>
</context>
<context>
    <name>ReminderStrip</name>
    <message>
        <source>Later</source>
        <translation>Plus tard</translation>
    </message>
    <message>
        <source>This computer was removed from your account</source>
        <translation>Cet ordinateur a été retiré de votre compte</translation>
    </message>
    <message>
        <source>You can read everything here, but nothing is received or sent. If you did not remove it, use your recovery kit on another computer, and call whoever runs your relay.</source>
        <translation>Vous pouvez tout lire ici, mais rien n’est reçu ni envoyé. Si ce n’est pas vous qui l’avez retiré, utilisez votre sauvegarde papier sur un autre ordinateur et appelez le responsable de votre relais.</translation>
    </message>
    <message>
        <source>A new recovery kit counts from {date}</source>
        <translation>Une nouvelle sauvegarde papier compte à partir du {date}</translation>
    </message>
    <message>
        <source>If it was not you who made it, call it off with your old one.</source>
        <translation>Si ce n’est pas vous qui l’avez faite, annulez-la avec l’ancienne.</translation>
    </message>
    <message>
        <source>Look at it…</source>
        <translation>Voir…</translation>
    </message>
    <message>
        <source>Your recovery kit is not on paper yet</source>
        <translation>Votre sauvegarde papier n’est pas encore faite</translation>
    </message>
    <message>
        <source>Without it, a lost computer is a lost account. It takes two minutes.</source>
        <translation>Sans elle, un ordinateur perdu est un compte perdu. Cela prend deux minutes.</translation>
    </message>
    <message>
        <source>Put it on paper…</source>
        <translation>La mettre sur papier…</translation>
    </message>
    <message>
        <source>The last backup was not made</source>
        <translation>La dernière sauvegarde n’a pas été faite</translation>
    </message>
    <message>
        <source>The disk may not be plugged in, or is full.</source>
        <translation>Le disque n’est peut-être pas branché, ou il est plein.</translation>
    </message>
    <message>
        <source>Your last backup is of {when}</source>
        <translation>Votre dernière sauvegarde&#x202f;: {when}</translation>
    </message>
    <message>
        <source>Plug its disk in, and one is made by itself.</source>
        <translation>Branchez son disque, et une autre se fait d’elle-même.</translation>
    </message>
    <message>
        <source>Is your recovery kit still where you think?</source>
        <translation>Votre sauvegarde papier est-elle toujours à sa place&#x202f;?</translation>
    </message>
    <message>
        <source>Try it, four times a year. It takes five minutes and changes nothing.</source>
        <translation>Essayez-la quatre fois par an. Cela prend cinq minutes et ne change rien.</translation>
    </message>
    <message>
        <source>Try it…</source>
        <translation>L’essayer…</translation>
    </message>
</context>
<context>
    <name>RestorePage</name>
    <message>
        <source>It is me: bring my account back</source>
        <translation>C’est bien moi&#x202f;: retrouver mon compte</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuer</translation>
    </message>
    <message numerus="yes">
        <source>%n more share(s) needed.</source>
        <translation>
            <numerusform>Il manque&#x202f;%Ln part.</numerusform>
            <numerusform>Il manque&#x202f;%Ln parts.</numerusform>
        </translation>
    </message>
    <message>
        <source>Share {n}, word {word} has a mistake. Read it again.</source>
        <translation>Part {n}, mot {word}&#x202f;: une erreur. Relisez-le.</translation>
    </message>
    <message>
        <source>Share {n} has a mistake. Read it again.</source>
        <translation>La part {n} contient une erreur. Relisez-la.</translation>
    </message>
</context>
<context>
    <name>RestorePassphraseStep</name>
    <message>
        <source>The one of your account. Kit and passphrase are needed together.</source>
        <translation>Celle de votre compte. Il faut la sauvegarde papier et la phrase de passe ensemble.</translation>
    </message>
    <message>
        <source>Choose a backup file…</source>
        <translation>Choisir un fichier de sauvegarde…</translation>
    </message>
    <message>
        <source>Without a backup</source>
        <translation>Sans sauvegarde</translation>
    </message>
    <message>
        <source>Letters of the past (optional)</source>
        <translation>Anciens courriers (facultatif)</translation>
    </message>
    <message>
        <source>✓ From {name}</source>
        <translation>✓ Depuis {name}</translation>
    </message>
    <message>
        <source>With a backup on a disk, your letters and documents come back too. Without one, your account and your correspondents do, and new letters.</source>
        <translation>Avec une sauvegarde sur un disque, vos courriers et documents reviennent aussi. Sans elle, votre compte et vos correspondants reviennent, et les nouveaux courriers.</translation>
    </message>
    <message>
        <source>Choose a backup file</source>
        <translation>Choisir un fichier de sauvegarde</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>Sauvegardes</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
</context>
<context>
    <name>RightsCard</name>
    <message>
        <source>Record a consent…</source>
        <translation>Recueillir un accord…</translation>
    </message>
    <message>
        <source>Record an objection…</source>
        <translation>Noter une opposition…</translation>
    </message>
    <message>
        <source>Who may receive their information</source>
        <translation>Qui peut recevoir ses informations</translation>
    </message>
    <message>
        <source>Nothing was recorded yet. You are asked when you write to somebody about this patient for the first time.</source>
        <translation>Rien n’est encore noté. La question vous sera posée au premier courrier que vous écrirez à quelqu’un au sujet de ce patient.</translation>
    </message>
    <message>
        <source>No longer objects…</source>
        <translation>Ne s’oppose plus…</translation>
    </message>
    <message>
        <source>Everybody</source>
        <translation>Tout le monde</translation>
    </message>
    <message>
        <source>The patient objected on {day}</source>
        <translation>Le patient s’y est opposé le {day}</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Oui</translation>
    </message>
    <message>
        <source>Once informed</source>
        <translation>Une fois informé</translation>
    </message>
    <message>
        <source>To be said</source>
        <translation>À préciser</translation>
    </message>
    <message>
        <source>With consent only</source>
        <translation>Sur accord</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Non</translation>
    </message>
    <message>
        <source>With consent</source>
        <translation>Avec accord</translation>
    </message>
    <message>
        <source>Care team</source>
        <translation>Équipe de soins</translation>
    </message>
    <message>
        <source>Takes part in the care</source>
        <translation>Prend part aux soins</translation>
    </message>
    <message>
        <source>Takes no part in the care</source>
        <translation>Ne prend pas part aux soins</translation>
    </message>
    <message>
        <source>The patient, or who decides for them</source>
        <translation>Le patient, ou qui décide pour lui</translation>
    </message>
    <message>
        <source>consent of {day}, until withdrawn</source>
        <translation>accord du {day}, jusqu’au retrait</translation>
    </message>
    <message>
        <source>consent of {day}, until {last}</source>
        <translation>accord du {day}, jusqu’au {last}</translation>
    </message>
    <message>
        <source>the consent of {day} no longer holds</source>
        <translation>l’accord du {day} n’est plus valable</translation>
    </message>
    <message>
        <source>patient informed on {day}</source>
        <translation>patient informé le {day}</translation>
    </message>
    <message>
        <source>Nothing that holds was recorded</source>
        <translation>Rien de valable n’est noté</translation>
    </message>
    <message>
        <source>Withdraw…</source>
        <translation>Retirer…</translation>
    </message>
    <message>
        <source>The patient knows</source>
        <translation>Le patient est informé</translation>
    </message>
    <message>
        <source>Objects…</source>
        <translation>S’y oppose…</translation>
    </message>
</context>
<context>
    <name>RightsQuestion</name>
    <message>
        <source>Life at risk…</source>
        <translation>Urgence vitale…</translation>
    </message>
    <message>
        <source>Write to {name} only</source>
        <translation>Écrire seulement à {name}</translation>
    </message>
    <message>
        <source>{patient} objects to {name} being told</source>
        <translation>{patient} s’oppose à ce que ses informations soient communiquées à {name}</translation>
    </message>
    <message>
        <source>You recorded it on {when}. A patient may object at any time (article L1110-4 of the public health code).</source>
        <translation>Vous l’avez noté le {when}. Un patient peut s’opposer à tout moment (article L. 1110-4 du code de la santé publique).</translation>
    </message>
    <message>
        <source>Article R1110-2 of the public health code does not name this profession, yours or theirs, among those that may be told without the patient’s consent.</source>
        <translation>L’article R. 1110-2 du code de la santé publique ne cite pas cette profession, la vôtre ou la sienne, parmi celles qui peuvent être informées sans l’accord du patient.</translation>
    </message>
    <message>
        <source>You have said that they take no part in the care (article L1110-4 of the public health code).</source>
        <translation>Vous avez dit que cette personne ne prend pas part aux soins (article L. 1110-4 du code de la santé publique).</translation>
    </message>
    <message>
        <source>Outside the care team sharing takes the patient’s consent (article L1110-4 of the public health code).</source>
        <translation>Hors de l’équipe de soins, le partage demande l’accord du patient (article L. 1110-4 du code de la santé publique).</translation>
    </message>
    <message>
        <source>The consent of {when} no longer holds.</source>
        <translation>L’accord du {when} n’est plus valable.</translation>
    </message>
    <message>
        <source>Record the consent now…</source>
        <translation>Recueillir l’accord maintenant…</translation>
    </message>
    <message>
        <source>They take part in the care</source>
        <translation>Prend part aux soins</translation>
    </message>
    <message>
        <source>{patient} has to consent for {name}</source>
        <translation>Il faut l’accord de {patient} pour {name}</translation>
    </message>
    <message>
        <source>Does {name} take part in the care of {patient}?</source>
        <translation>Est-ce que {name} prend part aux soins de {patient}&#x202f;?</translation>
    </message>
    <message>
        <source>Yes, and the patient knows it</source>
        <translation>Oui, et le patient le sait</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Non</translation>
    </message>
    <message>
        <source>Does {patient} know that {name} is told?</source>
        <translation>Est-ce que {patient} sait que ses informations sont communiquées à {name}&#x202f;?</translation>
    </message>
    <message>
        <source>Yes, and does not object</source>
        <translation>Oui, et ne s’y oppose pas</translation>
    </message>
    <message>
        <source>Those who care for somebody may write to each other what is necessary, if the patient knows it and does not object. Your answer is kept for this patient, and is not asked again.</source>
        <translation>Ceux qui soignent une même personne peuvent s’écrire ce qui est nécessaire, si elle le sait et ne s’y oppose pas. Votre réponse est conservée pour ce patient et ne sera pas redemandée.</translation>
    </message>
</context>
<context>
    <name>RowActions</name>
    <message>
        <source>To do</source>
        <translation>À traiter</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archiver</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Traité</translation>
    </message>
    <message>
        <source>Back in the mail</source>
        <translation>Remettre dans le courrier</translation>
    </message>
</context>
<context>
    <name>SaveTemplateDialog</name>
    <message>
        <source>Keep as a template</source>
        <translation>Enregistrer comme modèle</translation>
    </message>
    <message>
        <source>Name of the template</source>
        <translation>Nom du modèle</translation>
    </message>
    <message>
        <source>Subject and text are kept, without recipients, patient and documents. Write {fields} where something changes from letter to letter.</source>
        <translation>L’objet et le texte sont enregistrés, sans destinataires, patient ni documents. Écrivez {fields} là où quelque chose change d’un courrier à l’autre.</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Enregistrer</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Give it a name.</source>
        <translation>Donnez-lui un nom.</translation>
    </message>
</context>
<context>
    <name>SearchPane</name>
    <message>
        <source>Search all mail</source>
        <translation>Rechercher dans tout le courrier</translation>
    </message>
    <message>
        <source>Documents that were not read</source>
        <translation>Documents non lus par la recherche</translation>
    </message>
    <message>
        <source>In the last 7 days</source>
        <translation>Ces 7 derniers jours</translation>
    </message>
    <message>
        <source>In the last month</source>
        <translation>Ce dernier mois</translation>
    </message>
    <message>
        <source>In the last year</source>
        <translation>Cette dernière année</translation>
    </message>
    <message>
        <source>At any time</source>
        <translation>À toute date</translation>
    </message>
    <message>
        <source>With or without documents</source>
        <translation>Avec ou sans document</translation>
    </message>
    <message>
        <source>With documents</source>
        <translation>Avec documents</translation>
    </message>
    <message>
        <source>Anyone</source>
        <translation>Tout le monde</translation>
    </message>
    <message>
        <source>Any patient</source>
        <translation>Tout patient</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Date</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Personne</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>Patient</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Documents</translation>
    </message>
    <message>
        <source>Find any letter</source>
        <translation>Retrouver un courrier</translation>
    </message>
    <message>
        <source>By words of its subject, its text and its documents, by a name or a patient. Accents and plurals do not matter.</source>
        <translation>Par des mots de l’objet, du texte ou des documents, par un nom ou un patient. Les accents et les pluriels ne comptent pas.</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Rien trouvé</translation>
    </message>
    <message>
        <source>Try fewer words, or another spelling.</source>
        <translation>Essayez avec moins de mots, ou une autre orthographe.</translation>
    </message>
    <message>
        <source>Only in “{name}”: each account is searched by itself.</source>
        <translation>Seulement dans «&#x202f;{name}&#x202f;»&#x202f;: chaque compte se cherche séparément.</translation>
    </message>
    <message>
        <source>△ The index is being made anew: older letters follow.</source>
        <translation>△ L’index est en cours de reconstruction&#x202f;: les courriers plus anciens suivent.</translation>
    </message>
    <message>
        <source>△ {n} letters and documents are not in the index yet.</source>
        <translation>△ {n} courriers et documents ne sont pas encore dans l’index.</translation>
    </message>
    <message>
        <source>Everything on this computer was searched.</source>
        <translation>Tout ce qui est sur cet ordinateur a été parcouru.</translation>
    </message>
    <message>
        <source>Complete since {day}.</source>
        <translation>Complet depuis le {day}.</translation>
    </message>
    <message numerus="yes">
        <source>%n document(s) could not be read</source>
        <translation>
            <numerusform>%Ln document n’a pas pu être lu</numerusform>
            <numerusform>%Ln documents n’ont pas pu être lus</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SecurityKeyPart</name>
    <message>
        <source>PIN of the security key</source>
        <translation>Code PIN de la clé de sécurité</translation>
    </message>
    <message>
        <source>The one that you gave this key, not your passphrase.</source>
        <translation>Celui que vous avez donné à cette clé, pas votre phrase de passe.</translation>
    </message>
    <message>
        <source>Touch your security key now</source>
        <translation>Touchez maintenant votre clé de sécurité</translation>
    </message>
    <message>
        <source>It blinks, and waits a minute for your finger.</source>
        <translation>Elle clignote et attend votre doigt une minute.</translation>
    </message>
</context>
<context>
    <name>SendCheck</name>
    <message>
        <source>Before sending</source>
        <translation>Avant l’envoi</translation>
    </message>
    <message numerus="yes">
        <source>and %n more recipient(s)</source>
        <translation>
            <numerusform>et %Ln autre destinataire</numerusform>
            <numerusform>et %Ln autres destinataires</numerusform>
        </translation>
    </message>
    <message>
        <source>First letter to them</source>
        <translation>Premier courrier</translation>
    </message>
    <message>
        <source>Write instead to {name}, the replacement</source>
        <translation>Écrire plutôt à {name} (remplacement)</translation>
    </message>
    <message>
        <source>Write only to {name}, the replacement</source>
        <translation>N’écrire qu’à {name} (remplacement)</translation>
    </message>
    <message>
        <source>To be asked first</source>
        <translation>À vérifier d’abord</translation>
    </message>
    <message>
        <source>Text alone</source>
        <translation>Texte seul</translation>
    </message>
    <message>
        <source>about {patient}</source>
        <translation>au sujet de {patient}</translation>
    </message>
</context>
<context>
    <name>SendLaterDialog</name>
    <message>
        <source>Send later</source>
        <translation>Envoyer plus tard</translation>
    </message>
    <message>
        <source>Day and time</source>
        <translation>Jour et heure</translation>
    </message>
    <message>
        <source>Send then</source>
        <translation>Envoyer à ce moment</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>When is the letter to leave?</source>
        <translation>Quand le courrier doit-il partir&#x202f;?</translation>
    </message>
    <message>
        <source>It leaves then if the program is open and unlocked, otherwise as soon as it is.</source>
        <translation>Il part à ce moment si le programme est ouvert et déverrouillé, sinon dès qu’il l’est.</translation>
    </message>
</context>
<context>
    <name>SessionsDialog</name>
    <message>
        <source>Open sessions</source>
        <translation>Sessions ouvertes</translation>
    </message>
    <message>
        <source>Sign out everywhere</source>
        <translation>Se déconnecter partout</translation>
    </message>
    <message>
        <source>Stay signed in</source>
        <translation>Rester connecté</translation>
    </message>
    <message>
        <source>Sign out everywhere…</source>
        <translation>Se déconnecter partout…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Where your account receives and sends. Is one of them not you? Sign out everywhere.</source>
        <translation>Là où votre compte reçoit et envoie. L’une d’elles n’est pas la vôtre&#x202f;? Déconnectez-vous partout.</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Cet ordinateur</translation>
    </message>
    <message>
        <source>Another computer</source>
        <translation>Un autre ordinateur</translation>
    </message>
    <message>
        <source>Signed in {start}, last used {last}</source>
        <translation>Ouverte {start}, utilisée {last}</translation>
    </message>
    <message>
        <source>Sign out everywhere, on this computer too?</source>
        <translation>Se déconnecter partout, sur cet ordinateur aussi&#x202f;?</translation>
    </message>
    <message>
        <source>To receive and send again, your passphrase and a code will be asked for. Your mail stays where it is.</source>
        <translation>Pour recevoir et envoyer de nouveau, votre phrase de passe et un code vous seront demandés. Votre courrier reste où il est.</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Réglages</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
    <message>
        <source>Minutes without a key or the mouse</source>
        <translation>Minutes sans clavier ni souris</translation>
    </message>
    <message>
        <source>From {least} to {most} minutes; usually {usual}</source>
        <translation>De {least} à {most} minutes&#x202f;; d’habitude {usual}</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Locking</source>
        <translation>Verrouillage</translation>
    </message>
    <message>
        <source>Lock after</source>
        <translation>Verrouiller après</translation>
    </message>
    <message>
        <source>without a key or the mouse</source>
        <translation>sans clavier ni souris</translation>
    </message>
    <message>
        <source>Also when the computer goes to sleep or its session is locked, and whenever you press Ctrl+L. A letter that you are writing is kept and comes back.</source>
        <translation>Aussi quand l’ordinateur se met en veille ou que sa session est verrouillée, et à tout moment avec Ctrl+L. Un courrier en cours d’écriture est gardé et revient.</translation>
    </message>
    <message>
        <source>✓ This computer&apos;s keyring protects too</source>
        <translation>✓ Le trousseau de cet ordinateur protège aussi</translation>
    </message>
    <message>
        <source>Your mail opens with two things: your passphrase, and a secret that this computer keeps for your session. Copied files alone cannot be tried out elsewhere.</source>
        <translation>Votre courrier s’ouvre avec deux choses&#x202f;: votre phrase de passe, et un secret que cet ordinateur garde pour votre session. Sur des fichiers copiés, rien ne peut être essayé ailleurs.</translation>
    </message>
    <message>
        <source>△ Your passphrase alone protects</source>
        <translation>△ Seule votre phrase de passe protège</translation>
    </message>
    <message>
        <source>When this account was created, the computer had no keyring that encrypts. Whoever copies the files can try passphrases: yours should be long.</source>
        <translation>À la création de ce compte, l’ordinateur n’avait pas de trousseau chiffré. Qui copie les fichiers peut essayer des phrases de passe&#x202f;: la vôtre doit être longue.</translation>
    </message>
</context>
<context>
    <name>ShareDialog</name>
    <message>
        <source>Share your recovery kit among colleagues</source>
        <translation>Partager votre sauvegarde papier entre confrères</translation>
    </message>
    <message>
        <source>Each gets a page with a share. If your own page is lost, enough of them together give the code back; with fewer, nobody learns anything. Without your passphrase nobody gets in.</source>
        <translation>Chacun reçoit une page avec une part. Si votre page est perdue, plusieurs parts ensemble redonnent le code&#x202f;; avec moins, personne n’apprend rien. Sans votre phrase de passe, personne n’entre.</translation>
    </message>
    <message>
        <source>Make the shares</source>
        <translation>Faire les parts</translation>
    </message>
    <message>
        <source>How many colleagues</source>
        <translation>Nombre de confrères</translation>
    </message>
    <message>
        <source>How many of them are needed</source>
        <translation>Combien suffisent ensemble</translation>
    </message>
    <message>
        <source>{product}: shares of the recovery kit</source>
        <translation>{product}&#x202f;: parts de la sauvegarde papier</translation>
    </message>
    <message>
        <source>shares.pdf</source>
        <translation>parts.pdf</translation>
    </message>
    <message>
        <source>The shares are ready</source>
        <translation>Les parts sont prêtes</translation>
    </message>
    <message>
        <source>Print them and hand each over yourself. They are not kept here: when this is closed, they are gone.</source>
        <translation>Imprimez-les et remettez chacune vous-même. Elles ne sont pas gardées ici&#x202f;: une fois fermé, elles ont disparu.</translation>
    </message>
</context>
<context>
    <name>ShortcutNames</name>
    <message>
        <source>Everywhere</source>
        <translation>Partout</translation>
    </message>
    <message>
        <source>Places</source>
        <translation>Lieux</translation>
    </message>
    <message>
        <source>Letters</source>
        <translation>Courriers</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Documents</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>Écrire</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>Comptes</translation>
    </message>
    <message>
        <source>Account {number}</source>
        <translation>Compte {number}</translation>
    </message>
    <message>
        <source>New letter</source>
        <translation>Nouveau courrier</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Recherche</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Retour</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Verrouiller</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Réglages…</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Aide</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Quitter</translation>
    </message>
    <message>
        <source>Mail</source>
        <translation>Courrier</translation>
    </message>
    <message>
        <source>To do</source>
        <translation>À traiter</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Envoyés</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>Brouillons</translation>
    </message>
    <message>
        <source>To send</source>
        <translation>À envoyer</translation>
    </message>
    <message>
        <source>Archives</source>
        <translation>Archives</translation>
    </message>
    <message>
        <source>Patients</source>
        <translation>Patients</translation>
    </message>
    <message>
        <source>Correspondents</source>
        <translation>Correspondants</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Ouvrir</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Tout sélectionner</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>Répondre</translation>
    </message>
    <message>
        <source>Reply to all</source>
        <translation>Répondre à tous</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Transférer</translation>
    </message>
    <message>
        <source>File in my records</source>
        <translation>Classer dans mon dossier</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archiver</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>Mark as unread</source>
        <translation>Marquer comme non lu</translation>
    </message>
    <message>
        <source>File under a patient…</source>
        <translation>Classer sous un patient…</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>Imprimer…</translation>
    </message>
    <message>
        <source>Find in this document</source>
        <translation>Chercher dans ce document</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>Plus grand</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>Plus petit</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>Page suivante</translation>
    </message>
    <message>
        <source>Page before</source>
        <translation>Page précédente</translation>
    </message>
    <message>
        <source>Bold</source>
        <translation>Gras</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>Numbered list</source>
        <translation>Liste numérotée</translation>
    </message>
    <message>
        <source>Add a document</source>
        <translation>Joindre un document</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Envoyer</translation>
    </message>
    <message>
        <source>Next account</source>
        <translation>Compte suivant</translation>
    </message>
    <message>
        <source>Previous account</source>
        <translation>Compte précédent</translation>
    </message>
</context>
<context>
    <name>SignInDialog</name>
    <message>
        <source>Sign in</source>
        <translation>Se connecter</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Phrase de passe</translation>
    </message>
    <message>
        <source>One-time code</source>
        <translation>Code à usage unique</translation>
    </message>
    <message>
        <source>The six digits on your telephone.</source>
        <translation>Les six chiffres sur votre téléphone.</translation>
    </message>
    <message>
        <source>Recovery code</source>
        <translation>Code de secours</translation>
    </message>
    <message>
        <source>Four groups from your list. Each code serves once.</source>
        <translation>Quatre groupes de votre liste. Chaque code ne sert qu’une fois.</translation>
    </message>
    <message>
        <source>Use a security key</source>
        <translation>Utiliser une clé de sécurité</translation>
    </message>
    <message>
        <source>Neither of the two?</source>
        <translation>Ni l’un ni l’autre&#x202f;?</translation>
    </message>
    <message>
        <source>Nobody can make new codes for this account. Your mail stays here and can be read. To receive and send again, ask whoever runs your relay for an invitation to a new account; your correspondents will have to accept it.</source>
        <translation>Personne ne peut créer d’autres codes pour ce compte. Votre courrier reste ici et reste lisible. Pour recevoir et envoyer de nouveau, demandez au responsable de votre relais une invitation pour un nouveau compte&#x202f;; vos correspondants devront l’accepter.</translation>
    </message>
    <message>
        <source>Signing in</source>
        <translation>Connexion en cours</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Plus tard</translation>
    </message>
    <message>
        <source>To receive and send</source>
        <translation>Pour recevoir et envoyer</translation>
    </message>
    <message>
        <source>Your passphrase, and the code that your telephone shows now.</source>
        <translation>Votre phrase de passe, et le code que votre téléphone affiche maintenant.</translation>
    </message>
    <message>
        <source>Use the telephone</source>
        <translation>Utiliser le téléphone</translation>
    </message>
    <message>
        <source>Use a recovery code</source>
        <translation>Utiliser un code de secours</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>À remplir.</translation>
    </message>
    <message>
        <source>The code has six digits.</source>
        <translation>Le code a six chiffres.</translation>
    </message>
    <message>
        <source>The code has sixteen letters and digits.</source>
        <translation>Le code a seize lettres et chiffres.</translation>
    </message>
</context>
<context>
    <name>SignInStrip</name>
    <message>
        <source>Sign in…</source>
        <translation>Se connecter…</translation>
    </message>
    <message>
        <source>Set the telephone up…</source>
        <translation>Préparer le téléphone…</translation>
    </message>
    <message>
        <source>I have read this</source>
        <translation>J’ai lu</translation>
    </message>
    <message>
        <source>Show the codes…</source>
        <translation>Montrer les codes…</translation>
    </message>
    <message>
        <source>To receive and send, make your telephone your second key</source>
        <translation>Pour recevoir et envoyer, faites de votre téléphone votre seconde clé</translation>
    </message>
    <message>
        <source>It takes two minutes. Until then you can read and write.</source>
        <translation>Cela prend deux minutes. D’ici là, vous pouvez lire et écrire.</translation>
    </message>
    <message>
        <source>To receive and send, type your code</source>
        <translation>Pour recevoir et envoyer, saisissez votre code</translation>
    </message>
    <message>
        <source>You can go on reading and writing; what you send waits here.</source>
        <translation>Vous pouvez continuer à lire et à écrire&#x202f;; ce que vous envoyez attend ici.</translation>
    </message>
    <message>
        <source>Your recovery codes are not on paper yet</source>
        <translation>Vos codes de secours ne sont pas encore sur papier</translation>
    </message>
    <message>
        <source>They let you in should your telephone be lost. It takes a minute.</source>
        <translation>Ils vous laissent entrer si votre téléphone est perdu. Cela prend une minute.</translation>
    </message>
    <message>
        <source>This mail was copied, or put back from a backup</source>
        <translation>Ce courrier a été copié, ou remis en place depuis une sauvegarde</translation>
    </message>
    <message>
        <source>You can read everything here, but nothing is received or sent. Go on with the copy that was used last. If you made no copy, call whoever runs your relay.</source>
        <translation>Tout reste lisible ici, mais rien n’est reçu ni envoyé. Continuez avec la copie utilisée en dernier. Si vous n’avez rien copié, appelez le responsable de votre relais.</translation>
    </message>
    <message numerus="yes">
        <source>%n recovery code(s) left</source>
        <translation>
            <numerusform>Il vous reste&#x202f;%Ln code de secours</numerusform>
            <numerusform>Il vous reste&#x202f;%Ln codes de secours</numerusform>
        </translation>
    </message>
    <message>
        <source>Cross the one that you have used out on your list.</source>
        <translation>Cochez sur votre liste celui que vous avez utilisé.</translation>
    </message>
    <message>
        <source>This was your last recovery code</source>
        <translation>C’était votre dernier code de secours</translation>
    </message>
    <message>
        <source>From now on only your telephone lets you in. If it is lost, ask whoever runs your relay for an invitation to a new account.</source>
        <translation>Désormais, seul votre téléphone vous laisse entrer. S’il est perdu, demandez au responsable de votre relais une invitation pour un nouveau compte.</translation>
    </message>
</context>
<context>
    <name>SignatureDialog</name>
    <message>
        <source>My signature</source>
        <translation>Ma signature</translation>
    </message>
    <message>
        <source>Name, profession, practice, telephone</source>
        <translation>Nom, profession, cabinet, téléphone</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Enregistrer</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>It stands under every new letter, and you can change it in each.</source>
        <translation>Elle figure sous chaque nouveau courrier, et vous pouvez la modifier dans chacun.</translation>
    </message>
</context>
<context>
    <name>SleepDelay</name>
    <message>
        <source>Locks your mail first</source>
        <translation>Verrouille d’abord votre courrier</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Create my account</source>
        <translation>Créer mon compte</translation>
    </message>
    <message>
        <source>Add this computer to my account</source>
        <translation>Ajouter cet ordinateur à mon compte</translation>
    </message>
    <message>
        <source>Find my account again</source>
        <translation>Retrouver mon compte</translation>
    </message>
    <message>
        <source>Welcome to {product}</source>
        <translation>Bienvenue dans {product}</translation>
    </message>
    <message>
        <source>I am new here</source>
        <translation>Je commence</translation>
    </message>
    <message>
        <source>You have an invitation from whoever runs your relay. It takes ten minutes.</source>
        <translation>Vous avez une invitation du responsable de votre relais. Cela prend dix minutes.</translation>
    </message>
    <message>
        <source>My mail is on another computer</source>
        <translation>Mon courrier est sur un autre ordinateur</translation>
    </message>
    <message>
        <source>Have that computer at hand: it shows a picture and a few words.</source>
        <translation>Ayez cet ordinateur sous la main&#x202f;: il affiche une image et quelques mots.</translation>
    </message>
    <message>
        <source>My computer is lost, stolen or broken</source>
        <translation>Mon ordinateur est perdu, volé ou cassé</translation>
    </message>
    <message>
        <source>Have your recovery kit on paper and your passphrase at hand.</source>
        <translation>Ayez sous la main votre sauvegarde papier et votre phrase de passe.</translation>
    </message>
</context>
<context>
    <name>StepUpPanel</name>
    <message>
        <source>Passphrase</source>
        <translation>Phrase de passe</translation>
    </message>
    <message>
        <source>One-time code</source>
        <translation>Code à usage unique</translation>
    </message>
    <message>
        <source>The six digits on your telephone, or a recovery code from your list.</source>
        <translation>Les six chiffres de votre téléphone, ou un code de secours de votre liste.</translation>
    </message>
    <message>
        <source>Signing in</source>
        <translation>Connexion</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <source>Use a security key</source>
        <translation>Utiliser une clé de sécurité</translation>
    </message>
    <message>
        <source>Use the telephone</source>
        <translation>Utiliser le téléphone</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Is it you?</source>
        <translation>Est-ce bien vous&#x202f;?</translation>
    </message>
    <message>
        <source>This changes who gets into your account, so both are asked for once more.</source>
        <translation>Ceci change qui peut entrer dans votre compte&#x202f;: votre phrase de passe et un code sont redemandés.</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>À remplir.</translation>
    </message>
    <message>
        <source>Six digits, or the sixteen letters and digits of a recovery code.</source>
        <translation>Six chiffres, ou les seize lettres et chiffres d’un code de secours.</translation>
    </message>
</context>
<context>
    <name>StrangersQuestion</name>
    <message>
        <source>Ask for contact</source>
        <translation>Demander le contact</translation>
    </message>
    <message>
        <source>Answer the others only</source>
        <translation>Répondre aux autres seulement</translation>
    </message>
    <message>
        <source>Write to the others only</source>
        <translation>Écrire aux autres seulement</translation>
    </message>
    <message>
        <source>Accept their request</source>
        <translation>Accepter la demande</translation>
    </message>
    <message>
        <source>{name} is not among your correspondents yet</source>
        <translation>{name} n’est pas encore votre correspondant</translation>
    </message>
    <message>
        <source>{name} are not among your correspondents yet</source>
        <translation>{name} ne sont pas encore vos correspondants</translation>
    </message>
    <message>
        <source>Another recipient, {name}, is not among your correspondents yet</source>
        <translation>Un autre destinataire, {name}, n’est pas encore votre correspondant</translation>
    </message>
    <message>
        <source>You have asked; the letter can go to them once they have accepted. Until then it stays in the drafts.</source>
        <translation>Vous avez demandé le contact&#x202f;; le courrier pourra partir une fois votre demande acceptée. D’ici là, il reste dans les brouillons.</translation>
    </message>
    <message>
        <source>You have blocked them. You can unblock them under “Correspondents”.</source>
        <translation>Vous avez bloqué cette personne. Vous pouvez la débloquer sous «&#x202f;Correspondants&#x202f;».</translation>
    </message>
    <message>
        <source>The relay knows nobody of this address.</source>
        <translation>Le relais ne connaît personne à cette adresse.</translation>
    </message>
    <message>
        <source>They have asked you for contact, and wait for your answer.</source>
        <translation>Une demande de contact attend votre réponse.</translation>
    </message>
    <message>
        <source>A letter can only go to people who have accepted your request for contact.</source>
        <translation>Un courrier ne peut partir qu’à une personne qui a accepté votre demande de contact.</translation>
    </message>
</context>
<context>
    <name>TelephoneStep</name>
    <message>
        <source>QR picture for the telephone. The text beside it says the same.</source>
        <translation>Image QR pour le téléphone. Le texte à côté dit la même chose.</translation>
    </message>
    <message>
        <source>Copy for one minute</source>
        <translation>Copier pour une minute</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Phrase de passe</translation>
    </message>
    <message>
        <source>One-time code</source>
        <translation>Code à usage unique</translation>
    </message>
    <message>
        <source>The six digits that the application shows now; it changes them often.</source>
        <translation>Les six chiffres que l’application affiche maintenant&#x202f;; elle en change souvent.</translation>
    </message>
    <message>
        <source>Checking the code</source>
        <translation>Vérification du code</translation>
    </message>
    <message>
        <source>The relay checks the code.</source>
        <translation>Le relais vérifie le code.</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Confirmer</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Plus tard</translation>
    </message>
    <message>
        <source>Your telephone as a second key</source>
        <translation>Votre téléphone comme seconde clé</translation>
    </message>
    <message>
        <source>To receive and send, the relay asks for two things: your passphrase, and a one-time code from your telephone. Whoever learns the one still lacks the other.</source>
        <translation>Pour recevoir et envoyer, le relais demande deux choses&#x202f;: votre phrase de passe, et un code à usage unique de votre téléphone. À qui apprend l’une, il manque encore l’autre.</translation>
    </message>
    <message>
        <source>No camera? Type this instead:</source>
        <translation>Pas d’appareil photo&#x202f;? Saisissez ceci&#x202f;:</translation>
    </message>
    <message>
        <source>1. Scan this picture</source>
        <translation>1. Scannez cette image</translation>
    </message>
    <message>
        <source>Open an application for one-time codes on your telephone, choose to add an account, and hold the camera in front of this picture. It is shown until a code was accepted, then never again.</source>
        <translation>Ouvrez sur votre téléphone une application de codes à usage unique, choisissez d’ajouter un compte, et visez cette image. Elle est montrée jusqu’à ce qu’un code soit accepté, puis plus jamais.</translation>
    </message>
    <message>
        <source>Any such application serves: the passwords of an iPhone, Google Authenticator, Microsoft Authenticator, Aegis, FreeOTP. It makes the codes without any network.</source>
        <translation>Toute application de ce genre convient&#x202f;: Mots de passe sur iPhone, Google Authenticator, Microsoft Authenticator, Aegis, FreeOTP. Elle crée les codes sans réseau.</translation>
    </message>
    <message>
        <source>2. Type the code that it shows</source>
        <translation>2. Saisissez le code qu’elle affiche</translation>
    </message>
    <message>
        <source>Until then you can read and write, but nothing is received or sent. You find this page again above your mail.</source>
        <translation>D’ici là, vous pouvez lire et écrire, mais rien n’est reçu ni envoyé. Vous retrouverez cette page au-dessus de votre courrier.</translation>
    </message>
    <message>
        <source>✓ Copied</source>
        <translation>✓ Copié</translation>
    </message>
    <message>
        <source>Step {n} of {all}</source>
        <translation>Étape {n} sur {all}</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>À remplir.</translation>
    </message>
    <message>
        <source>The code has six digits.</source>
        <translation>Le code a six chiffres.</translation>
    </message>
    <message>
        <source>The relay does not accept this code. Wait for the next one; if that is refused too, check that the telephone&apos;s clock is right.</source>
        <translation>Le relais n’accepte pas ce code. Attendez le suivant&#x202f;; s’il est refusé aussi, vérifiez que l’horloge du téléphone est à l’heure.</translation>
    </message>
</context>
<context>
    <name>TemplatesDialog</name>
    <message>
        <source>Undo</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>My templates</source>
        <translation>Mes modèles</translation>
    </message>
    <message>
        <source>New template</source>
        <translation>Nouveau modèle</translation>
    </message>
    <message>
        <source>Name of the template</source>
        <translation>Nom du modèle</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Objet</translation>
    </message>
    <message>
        <source>Text of the template</source>
        <translation>Texte du modèle</translation>
    </message>
    <message>
        <source>Answer wanted</source>
        <translation>Réponse attendue</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Enregistrer</translation>
    </message>
    <message>
        <source>Forget this template</source>
        <translation>Supprimer ce modèle</translation>
    </message>
    <message>
        <source>You have none yet. Begin one here, or keep a letter as a template.</source>
        <translation>Vous n’en avez pas encore. Commencez-en un ici, ou gardez un courrier comme modèle.</translation>
    </message>
    <message>
        <source>Give it a name.</source>
        <translation>Donnez-lui un nom.</translation>
    </message>
    <message>
        <source>“{name}” is forgotten.</source>
        <translation>«&#x202f;{name}&#x202f;» est oublié.</translation>
    </message>
</context>
<context>
    <name>TheirCard</name>
    <message>
        <source>Open a contact card or its photograph…</source>
        <translation>Ouvrir une carte ou sa photo…</translation>
    </message>
    <message>
        <source>I have it from their own screen or paper</source>
        <translation>Je la tiens de son propre écran ou papier</translation>
    </message>
    <message>
        <source>Who you are and why you write (optional)</source>
        <translation>Qui vous êtes et pourquoi vous écrivez (facultatif)</translation>
    </message>
    <message>
        <source>Note to the person of the card</source>
        <translation>Mot à la personne de la carte</translation>
    </message>
    <message>
        <source>Ask for contact</source>
        <translation>Demander le contact</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>A contact card</source>
        <translation>Une carte de correspondant</translation>
    </message>
    <message>
        <source>Tick this only then: they count as known to you in person from now on.</source>
        <translation>Cochez seulement dans ce cas&#x202f;: la personne compte dès lors comme connue de vous.</translation>
    </message>
    <message>
        <source>The request to {name} is on its way</source>
        <translation>La demande à {name} est en route</translation>
    </message>
    <message>
        <source>You can write once it is accepted.</source>
        <translation>Vous pourrez écrire dès qu’elle sera acceptée.</translation>
    </message>
    <message>
        <source>Open a contact card</source>
        <translation>Ouvrir une carte de correspondant</translation>
    </message>
    <message>
        <source>Contact cards and pictures</source>
        <translation>Cartes et images</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
</context>
<context>
    <name>TroublePage</name>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>The program behind this window does not start.</source>
        <translation>Le programme derrière cette fenêtre ne démarre pas.</translation>
    </message>
    <message>
        <source>Try again. If it happens again, restart the computer. Nothing was lost.</source>
        <translation>Réessayez. Si cela se reproduit, redémarrez l’ordinateur. Rien n’a été perdu.</translation>
    </message>
</context>
<context>
    <name>TrustPanel</name>
    <message>
        <source>Compare the words…</source>
        <translation>Comparer les mots…</translation>
    </message>
    <message>
        <source>Vouch for this person…</source>
        <translation>Se porter garant…</translation>
    </message>
    <message>
        <source>Vouch publicly</source>
        <translation>Me porter garant publiquement</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Vouch no more</source>
        <translation>Ne plus me porter garant</translation>
    </message>
    <message>
        <source>I am no longer sure</source>
        <translation>Je n’en suis plus sûr</translation>
    </message>
    <message>
        <source>What has changed</source>
        <translation>Ce qui a changé</translation>
    </message>
    <message>
        <source>Who is this person?</source>
        <translation>Qui est cette personne&#x202f;?</translation>
    </message>
    <message>
        <source>Is this still {name}?</source>
        <translation>Est-ce toujours {name}&#x202f;?</translation>
    </message>
    <message>
        <source>They say yes: it is them</source>
        <translation>Elle confirme&#x202f;: c’est bien elle</translation>
    </message>
    <message>
        <source>They say no</source>
        <translation>Elle dit non</translation>
    </message>
    <message>
        <source>They have started again on other computers, and nothing announced it. Ask them, face to face or at a number you knew before: “Have you set up U-HealthSec again?” Your letters to them wait until then.</source>
        <translation>Cette personne a tout repris sur d’autres ordinateurs, sans que rien ne l’ait annoncé. Demandez-lui, de vive voix ou à un numéro que vous connaissiez déjà&#x202f;: «&#x202f;Avez-vous réinstallé U-HealthSec&#x202f;?&#x202f;» D’ici là, vos courriers attendent.</translation>
    </message>
    <message>
        <source>Then somebody else writes in their name</source>
        <translation>Alors quelqu’un d’autre écrit en son nom</translation>
    </message>
    <message>
        <source>Send nothing to this address; what waits here stays here. Tell the person, who can take the account back with the recovery kit, and whoever runs your relay.</source>
        <translation>N’envoyez rien à cette adresse&#x202f;; ce qui attend ici ne partira pas. Prévenez la personne, qui peut reprendre son compte avec sa sauvegarde papier, et le responsable de votre relais.</translation>
    </message>
    <message>
        <source>{what} by you, on {date}</source>
        <translation>{what} par vous, le {date}</translation>
    </message>
    <message>
        <source>△ Name and profession are what they say of themselves. Nobody has confirmed it.</source>
        <translation>△ Nom et profession sont ce que cette personne dit d’elle-même. Personne ne l’a confirmé.</translation>
    </message>
    <message>
        <source>Verified by the relay&apos;s operator, who has seen {what} on {date}</source>
        <translation>Vérifié par le responsable du relais, qui a vu {what} le {date}</translation>
    </message>
    <message>
        <source>You vouch for them, since {date}</source>
        <translation>Vous vous portez garant depuis le {date}</translation>
    </message>
    <message>
        <source>somebody you do not know</source>
        <translation>quelqu’un que vous ne connaissez pas</translation>
    </message>
    <message>
        <source>{name} vouches for them, since {date}</source>
        <translation>{name} se porte garant depuis le {date}</translation>
    </message>
    <message>
        <source>{what}, good until {date}</source>
        <translation>{what}, valable jusqu’au {date}</translation>
    </message>
    <message>
        <source>Vouch for {name}?</source>
        <translation>Vous porter garant de {name}&#x202f;?</translation>
    </message>
    <message>
        <source>Everybody who writes to them sees your name beside theirs, with the date. It is recorded in the relay&apos;s journal. You can take it back.</source>
        <translation>Tous ceux qui lui écrivent voient votre nom à côté du sien, avec la date. C’est inscrit au journal du relais. Vous pouvez revenir dessus.</translation>
    </message>
</context>
<context>
    <name>UndoBar</name>
    <message numerus="yes">
        <source>%n conversation(s) filed under {name}</source>
        <translation>
            <numerusform>%Ln conversation classée sous {name}</numerusform>
            <numerusform>%Ln conversations classées sous {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) archived</source>
        <translation>
            <numerusform>%Ln conversation archivée</numerusform>
            <numerusform>%Ln conversations archivées</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) back in the mail</source>
        <translation>
            <numerusform>%Ln conversation remise dans le courrier</numerusform>
            <numerusform>%Ln conversations remises dans le courrier</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) removed</source>
        <translation>
            <numerusform>%Ln conversation supprimée</numerusform>
            <numerusform>%Ln conversations supprimées</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) filed in your records, removed here</source>
        <translation>
            <numerusform>%Ln conversation classée dans votre dossier, supprimée ici</numerusform>
            <numerusform>%Ln conversations classées dans votre dossier, supprimées ici</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) filed under nobody</source>
        <translation>
            <numerusform>%Ln conversation n’est plus classée</numerusform>
            <numerusform>%Ln conversations ne sont plus classées</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n request(s) declined</source>
        <translation>
            <numerusform>%Ln demande refusée</numerusform>
            <numerusform>%Ln demandes refusées</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n document(s) taken out of the letter</source>
        <translation>
            <numerusform>%Ln document retiré du courrier</numerusform>
            <numerusform>%Ln documents retirés du courrier</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n draft(s) removed</source>
        <translation>
            <numerusform>%Ln brouillon supprimé</numerusform>
            <numerusform>%Ln brouillons supprimés</numerusform>
        </translation>
    </message>
    <message>
        <source>Undone: {text}</source>
        <translation>Annulé&#x202f;: {text}</translation>
    </message>
</context>
<context>
    <name>UndoLine</name>
    <message>
        <source>Undo</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Undo: {text}</source>
        <translation>Annuler&#x202f;: {text}</translation>
    </message>
    <message>
        <source>Hide this line</source>
        <translation>Masquer cette ligne</translation>
    </message>
</context>
<context>
    <name>UnlockPage</name>
    <message>
        <source>Passphrase</source>
        <translation>Phrase de passe</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>Déverrouiller</translation>
    </message>
    <message>
        <source>Open with the recovery kit…</source>
        <translation>Ouvrir avec la sauvegarde papier…</translation>
    </message>
    <message>
        <source>Unlocking</source>
        <translation>Déverrouillage</translation>
    </message>
    <message>
        <source>Opening your mail. This takes a second or two, on purpose.</source>
        <translation>Ouverture de votre courrier. Cela prend une à deux secondes, à dessein.</translation>
    </message>
    <message>
        <source>While locked, nothing is received or sent. You learn of new mail when you unlock.</source>
        <translation>Tant que c’est verrouillé, rien n’est reçu ni envoyé. Vous verrez les nouveaux courriers en déverrouillant.</translation>
    </message>
    <message>
        <source>Your passphrase was being changed when the program stopped</source>
        <translation>Votre phrase de passe était en cours de changement quand le programme s’est arrêté</translation>
    </message>
    <message>
        <source>Try the new one first. If it does not open your mail, the old one does.</source>
        <translation>Essayez d’abord la nouvelle. Si elle n’ouvre pas votre courrier, l’ancienne l’ouvre.</translation>
    </message>
    <message>
        <source>Locked, because nobody was at the computer.</source>
        <translation>Verrouillé, car personne n’était devant l’ordinateur.</translation>
    </message>
    <message>
        <source>Locked, because the computer went to sleep.</source>
        <translation>Verrouillé, car l’ordinateur s’est mis en veille.</translation>
    </message>
    <message>
        <source>Locked, because the computer&apos;s session was locked or changed.</source>
        <translation>Verrouillé, car la session de l’ordinateur a été verrouillée ou a changé.</translation>
    </message>
    <message numerus="yes">
        <source>After a wrong passphrase, wait %n second(s).</source>
        <translation>
            <numerusform>Après une phrase de passe erronée, attendez&#x202f;%Ln seconde.</numerusform>
            <numerusform>Après une phrase de passe erronée, attendez&#x202f;%Ln secondes.</numerusform>
        </translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menu</translation>
    </message>
</context>
<context>
    <name>UnreadDialog</name>
    <message>
        <source>Documents that were not read</source>
        <translation>Documents non lus par la recherche</translation>
    </message>
    <message>
        <source>No text can be taken out of them, or not all of it: scanned pages, pictures, damaged files. They are found by their names and by the letters they came with.</source>
        <translation>On ne peut pas en tirer de texte, ou pas tout&#x202f;: pages numérisées, images, fichiers endommagés. On les retrouve par leur nom et par le courrier qui les accompagnait.</translation>
    </message>
    <message>
        <source>… and older ones</source>
        <translation>… et de plus anciens</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>WaysIn</name>
    <message>
        <source>Keep it</source>
        <translation>Garder</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Changer…</translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation>Changer la phrase de passe</translation>
    </message>
    <message>
        <source>Add a telephone…</source>
        <translation>Ajouter un téléphone…</translation>
    </message>
    <message>
        <source>Add a security key…</source>
        <translation>Ajouter une clé de sécurité…</translation>
    </message>
    <message>
        <source>New recovery codes…</source>
        <translation>Nouveaux codes de secours…</translation>
    </message>
    <message>
        <source>Make new codes</source>
        <translation>Créer de nouveaux codes</translation>
    </message>
    <message>
        <source>Keep the old ones</source>
        <translation>Garder les anciens</translation>
    </message>
    <message>
        <source>Where am I signed in…</source>
        <translation>Où suis-je connecté…</translation>
    </message>
    <message>
        <source>My ways to sign in</source>
        <translation>Mes moyens de connexion</translation>
    </message>
    <message>
        <source>To receive and send, the relay asks for your passphrase and one of these. With two of them, a lost telephone is no drama.</source>
        <translation>Pour recevoir et envoyer, le relais demande votre phrase de passe et l’un de ces moyens. Avec deux, un téléphone perdu n’est pas un drame.</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Phrase de passe</translation>
    </message>
    <message>
        <source>Opens your mail on this computer, and signs you in.</source>
        <translation>Ouvre votre courrier sur cet ordinateur et vous connecte.</translation>
    </message>
    <message numerus="yes">
        <source>%n recovery code(s) on paper left</source>
        <translation>
            <numerusform>%Ln code de secours restant sur papier</numerusform>
            <numerusform>%Ln codes de secours restants sur papier</numerusform>
        </translation>
    </message>
    <message>
        <source>Your recovery codes are not on paper yet</source>
        <translation>Vos codes de secours ne sont pas encore sur papier</translation>
    </message>
    <message>
        <source>Added {added}, not used yet</source>
        <translation>Ajout {added}, pas encore d’usage</translation>
    </message>
    <message>
        <source>Added {added}, last used {last}</source>
        <translation>Ajout {added}, dernier usage {last}</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Retirer…</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>Retirer {name}</translation>
    </message>
    <message>
        <source>Security key</source>
        <translation>Clé de sécurité</translation>
    </message>
    <message>
        <source>Telephone</source>
        <translation>Téléphone</translation>
    </message>
    <message>
        <source>{kind} “{name}”</source>
        <translation>{kind} «&#x202f;{name}&#x202f;»</translation>
    </message>
    <message>
        <source>Remove it</source>
        <translation>Retirer</translation>
    </message>
    <message>
        <source>Remove {name}?</source>
        <translation>Retirer ce moyen&#x202f;: {name}&#x202f;?</translation>
    </message>
    <message>
        <source>It will not let anybody in any more. The others stay.</source>
        <translation>Il ne laissera plus entrer personne. Les autres moyens restent.</translation>
    </message>
    <message>
        <source>Make ten new recovery codes?</source>
        <translation>Créer dix nouveaux codes de secours&#x202f;?</translation>
    </message>
    <message>
        <source>Those on your old list will be void. Have the printer or a pen ready.</source>
        <translation>Ceux de votre ancienne liste ne vaudront plus rien. Ayez l’imprimante ou un stylo prêts.</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>The folder is not there: plug its disk in.</source>
        <translation>Le dossier n’est pas là&#x202f;: branchez son disque.</translation>
    </message>
    <message>
        <source>Something in the folder cannot be moved or written.</source>
        <translation>Quelque chose dans le dossier ne peut pas être déplacé ou écrit.</translation>
    </message>
    <message>
        <source>The disk is full. Nothing is lost.</source>
        <translation>Le disque est plein. Rien n’est perdu.</translation>
    </message>
    <message>
        <source>This computer sends nothing any more.</source>
        <translation>Cet ordinateur n’envoie plus rien.</translation>
    </message>
    <message>
        <source>Nothing says to whom it goes.</source>
        <translation>Rien ne dit à qui il est destiné.</translation>
    </message>
    <message>
        <source>No contact is called “{detail}”.</source>
        <translation>Aucun correspondant ne s’appelle «&#x202f;{detail}&#x202f;».</translation>
    </message>
    <message>
        <source>The identity of {detail} is not verified: write to them yourself first.</source>
        <translation>L’identité de {detail} n’est pas vérifiée&#x202f;: écrivez-lui d’abord vous-même.</translation>
    </message>
    <message>
        <source>Several contacts are called “{detail}”, or nearly: the note has to give the address.</source>
        <translation>Plusieurs correspondants s’appellent «&#x202f;{detail}&#x202f;», ou presque&#x202f;: la note doit donner l’adresse.</translation>
    </message>
    <message>
        <source>The note cannot be read, line {detail}.</source>
        <translation>La note ne se lit pas, ligne {detail}.</translation>
    </message>
    <message>
        <source>The note names “{detail}”, which is not beside it.</source>
        <translation>La note nomme «&#x202f;{detail}&#x202f;», qui n’est pas à côté.</translation>
    </message>
    <message>
        <source>It is too large for a letter.</source>
        <translation>Il est trop grand pour un courrier.</translation>
    </message>
    <message>
        <source>It cannot be read.</source>
        <translation>Il est illisible.</translation>
    </message>
    <message>
        <source>It is empty.</source>
        <translation>Il est vide.</translation>
    </message>
    <message>
        <source>The folder “{detail}” in “to-send” cannot be opened: nothing in it is sent.</source>
        <translation>Le dossier «&#x202f;{detail}&#x202f;» dans «&#x202f;to-send&#x202f;» ne s’ouvre pas&#x202f;: rien de ce qu’il contient n’est envoyé.</translation>
    </message>
    <message>
        <source>“{detail}” in “to-send” is open in another program, or cannot be moved. It is not sent yet.</source>
        <translation>«&#x202f;{detail}&#x202f;» dans «&#x202f;to-send&#x202f;» est ouvert dans un autre programme, ou ne peut pas être déplacé. Il n’est pas encore envoyé.</translation>
    </message>
    <message>
        <source>“{detail}” is called like a note or a result, and is none.</source>
        <translation>«&#x202f;{detail}&#x202f;» porte le nom d’une note ou d’un résultat, sans en être un.</translation>
    </message>
    <message>
        <source>The patient objects to {detail} being told.</source>
        <translation>Le patient s’oppose à ce que ses informations soient communiquées à {detail}.</translation>
    </message>
    <message>
        <source>The patient has to consent for {detail}.</source>
        <translation>Il faut l’accord du patient pour {detail}.</translation>
    </message>
    <message>
        <source>Nothing says that {detail} takes part in the care and that the patient knows.</source>
        <translation>Rien ne dit que {detail} prend part aux soins et que le patient le sait.</translation>
    </message>
    <message>
        <source>It is a link or a folder, no plain file.</source>
        <translation>C’est un lien ou un dossier, pas un fichier ordinaire.</translation>
    </message>
    <message>
        <source>It has more recipients or documents than one letter takes.</source>
        <translation>Il y a plus de destinataires ou de documents qu’un courrier n’en prend.</translation>
    </message>
    <message>
        <source>Waiting to be sent</source>
        <translation>En attente d’envoi</translation>
    </message>
    <message>
        <source>Accepted by the relay</source>
        <translation>Accepté par le relais</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Reçu</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>Lu</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Refusé</translation>
    </message>
    <message>
        <source>Not delivered</source>
        <translation>Non remis</translation>
    </message>
    <message>
        <source>Cannot be opened</source>
        <translation>Ne s’ouvre pas</translation>
    </message>
    <message>
        <source>Possible tampering</source>
        <translation>Falsification possible</translation>
    </message>
    <message>
        <source>Document missing</source>
        <translation>Document manquant</translation>
    </message>
    <message>
        <source>Recipient away</source>
        <translation>Destinataire absent</translation>
    </message>
    <message>
        <source>Held back</source>
        <translation>Retenu</translation>
    </message>
    <message>
        <source>Refused by the relay</source>
        <translation>Refusé par le relais</translation>
    </message>
    <message>
        <source>Not a correspondent</source>
        <translation>Hors correspondants</translation>
    </message>
    <message>
        <source>Never fetched</source>
        <translation>Jamais retiré</translation>
    </message>
    <message>
        <source>No room at the relay</source>
        <translation>Relais plein</translation>
    </message>
    <message>
        <source>Address unknown</source>
        <translation>Adresse inconnue</translation>
    </message>
    <message>
        <source>Waits: ask them first</source>
        <translation>En attente&#x202f;: demandez-lui</translation>
    </message>
    <message>
        <source>Blocked by you</source>
        <translation>Bloqué par vous</translation>
    </message>
    <message>
        <source>Not sent: the patient’s choice</source>
        <translation>Non envoyé&#x202f;: choix du patient</translation>
    </message>
    <message>
        <source>Declared identity, not verified</source>
        <translation>Identité déclarée, non vérifiée</translation>
    </message>
    <message>
        <source>Vouched for by a colleague</source>
        <translation>Un confrère se porte garant</translation>
    </message>
    <message>
        <source>Identity verified</source>
        <translation>Identité vérifiée</translation>
    </message>
    <message>
        <source>Compared in person</source>
        <translation>Mots comparés en personne</translation>
    </message>
    <message>
        <source>Compared by telephone</source>
        <translation>Mots comparés au téléphone</translation>
    </message>
    <message>
        <source>Added by their card</source>
        <translation>Carte prise chez la personne</translation>
    </message>
    <message>
        <source>their entry in the professional register</source>
        <translation>son inscription au répertoire professionnel</translation>
    </message>
    <message>
        <source>their professional card</source>
        <translation>sa carte professionnelle</translation>
    </message>
    <message>
        <source>their diploma</source>
        <translation>son diplôme</translation>
    </message>
    <message>
        <source>a statement of their employer</source>
        <translation>une attestation de son employeur</translation>
    </message>
    <message>
        <source>an identity document</source>
        <translation>une pièce d’identité</translation>
    </message>
    <message>
        <source>You met {name} here.</source>
        <translation>Première rencontre avec {name}.</translation>
    </message>
    <message>
        <source>{name} has added a computer.</source>
        <translation>{name} a ajouté un ordinateur.</translation>
    </message>
    <message>
        <source>{name} has removed a computer.</source>
        <translation>{name} a retiré un ordinateur.</translation>
    </message>
    <message>
        <source>{name} has started again on another computer.</source>
        <translation>{name} a recommencé sur un autre ordinateur.</translation>
    </message>
    <message>
        <source>{name} has only new computers now.</source>
        <translation>{name} n’a plus que de nouveaux ordinateurs.</translation>
    </message>
    <message>
        <source>{name} is changing their recovery kit.</source>
        <translation>{name} change de sauvegarde papier.</translation>
    </message>
    <message>
        <source>{name} has called a new recovery kit off.</source>
        <translation>{name} a annulé une nouvelle sauvegarde papier.</translation>
    </message>
    <message>
        <source>The relay says two different things about {name}.</source>
        <translation>Le relais dit deux choses différentes de {name}.</translation>
    </message>
    <message>
        <source>You have compared words, or taken their card.</source>
        <translation>Vous avez comparé les mots, ou pris sa carte.</translation>
    </message>
    <message>
        <source>You have looked at a change and let letters go out.</source>
        <translation>Vous avez vérifié un changement et laissé partir les courriers.</translation>
    </message>
    <message>
        <source>Request sent</source>
        <translation>Demande envoyée</translation>
    </message>
    <message>
        <source>To accept or decline</source>
        <translation>À accepter ou refuser</translation>
    </message>
    <message>
        <source>Correspondent</source>
        <translation>Correspondant</translation>
    </message>
    <message>
        <source>Declined</source>
        <translation>Refusé</translation>
    </message>
    <message>
        <source>Blocked</source>
        <translation>Bloqué</translation>
    </message>
    <message numerus="yes">
        <source>%n document(s)</source>
        <translation>
            <numerusform>%Ln document</numerusform>
            <numerusform>%Ln documents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s)</source>
        <translation>
            <numerusform>%Ln conversation</numerusform>
            <numerusform>%Ln conversations</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to do</source>
        <translation>
            <numerusform>%Ln à traiter</numerusform>
            <numerusform>%Ln à traiter</numerusform>
        </translation>
    </message>
    <message>
        <source>Answer wanted</source>
        <translation>Réponse attendue</translation>
    </message>
    <message>
        <source>To do</source>
        <translation>À traiter</translation>
    </message>
    <message>
        <source>Abnormal value</source>
        <translation>Valeur anormale</translation>
    </message>
    <message>
        <source>Leaves {when}</source>
        <translation>Part {when}</translation>
    </message>
    <message>
        <source>Urgent</source>
        <translation>Urgent</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(sans objet)</translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) to send</source>
        <translation>
            <numerusform>%Ln courrier à envoyer</numerusform>
            <numerusform>%Ln courriers à envoyer</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unread letter(s)</source>
        <translation>
            <numerusform>%Ln courrier non lu</numerusform>
            <numerusform>%Ln courriers non lus</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n request(s) to answer</source>
        <translation>
            <numerusform>%Ln demande à traiter</numerusform>
            <numerusform>%Ln demandes à traiter</numerusform>
        </translation>
    </message>
    <message>
        <source>(no correspondent)</source>
        <translation>(aucun correspondant)</translation>
    </message>
    <message>
        <source>{names} and {last}</source>
        <translation>{names} et {last}</translation>
    </message>
    <message>
        <source>{name}, {profession}</source>
        <translation>{name}, {profession}</translation>
    </message>
    <message>
        <source>Up to date, relay reached {when}</source>
        <translation>À jour, relais joint {when}</translation>
    </message>
    <message>
        <source>Offline since {time}</source>
        <translation>Hors ligne depuis {time}</translation>
    </message>
    <message>
        <source>Connecting since {time}</source>
        <translation>Connexion en cours depuis {time}</translation>
    </message>
    <message>
        <source>Receiving and sending since {time}</source>
        <translation>Réception et envoi depuis {time}</translation>
    </message>
    <message>
        <source>Refused by the relay since {time}</source>
        <translation>Refusé par le relais depuis {time}</translation>
    </message>
    <message>
        <source>Not your relay, since {time}</source>
        <translation>Ce n’est pas votre relais, depuis {time}</translation>
    </message>
    <message>
        <source>Waiting for your code since {time}</source>
        <translation>En attente de votre code depuis {time}</translation>
    </message>
    <message>
        <source>Copied elsewhere: readable only, since {time}</source>
        <translation>Copié ailleurs&#x202f;: lecture seule, depuis {time}</translation>
    </message>
    <message>
        <source>Removed from your account: readable only, since {time}</source>
        <translation>Retiré de votre compte&#x202f;: lecture seule, depuis {time}</translation>
    </message>
    <message>
        <source>This computer&apos;s clock is wrong, since {time}</source>
        <translation>L’horloge de cet ordinateur est fausse, depuis {time}</translation>
    </message>
    <message>
        <source>Absent until {day}</source>
        <translation>Absence jusqu’au {day}</translation>
    </message>
    <message>
        <source>Absent from {first} to {last}</source>
        <translation>Absence du {first} au {last}</translation>
    </message>
    <message>
        <source>You replace them</source>
        <translation>Vous assurez le remplacement</translation>
    </message>
    <message>
        <source>{name} replaces them</source>
        <translation>Remplacement&#x202f;: {name}</translation>
    </message>
    <message>
        <source>{name} replaces them, and is none of your correspondents</source>
        <translation>Remplacement&#x202f;: {name}, qui n’est pas parmi vos correspondants</translation>
    </message>
    <message>
        <source>Re: {subject}</source>
        <translation>Re&#x202f;: {subject}</translation>
    </message>
    <message>
        <source>Fwd: {subject}</source>
        <translation>Tr&#x202f;: {subject}</translation>
    </message>
    <message>
        <source>Without recipient</source>
        <translation>Sans destinataire</translation>
    </message>
    <message numerus="yes">
        <source>%n draft(s)</source>
        <translation>
            <numerusform>%Ln brouillon</numerusform>
            <numerusform>%Ln brouillons</numerusform>
        </translation>
    </message>
    <message>
        <source>To: {names}</source>
        <translation>À&#x202f;: {names}</translation>
    </message>
</context>
<context>
    <name>_AddDialog</name>
    <message>
        <source>What do you call it?</source>
        <translation>Comment l’appelez-vous&#x202f;?</translation>
    </message>
    <message>
        <source>For instance “my telephone”. Only you can read this.</source>
        <translation>Par exemple «&#x202f;mon téléphone&#x202f;». Vous seul pouvez le lire.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
</context>
<context>
    <name>_Refused</name>
    <message>
        <source>Refused</source>
        <translation>Refusés</translation>
    </message>
    <message>
        <source>They are kept in the folder “refused”, with the reason beside them.</source>
        <translation>Ils sont conservés dans le dossier «&#x202f;refused&#x202f;», avec le motif à côté.</translation>
    </message>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>Et %Ln autre.</numerusform>
            <numerusform>Et %Ln autres.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_StationeryDialog</name>
    <message>
        <source>Keep it</source>
        <translation>Garder</translation>
    </message>
    <message>
        <source>Do not keep it</source>
        <translation>Ne pas garder</translation>
    </message>
    <message>
        <source>What you have written here is not kept yet.</source>
        <translation>Ce que vous avez écrit ici n’est pas encore gardé.</translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>Your mail is already open.</source>
        <translation>Votre courrier est déjà ouvert.</translation>
    </message>
    <message>
        <source>Another window of this program has it. Go on working there, or close it first.</source>
        <translation>Une autre fenêtre de ce programme l’affiche. Continuez à y travailler, ou fermez-la d’abord.</translation>
    </message>
</context>
</TS>
