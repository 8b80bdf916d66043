<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB" sourcelanguage="en_US">
<context>
    <name>AbsenceSection</name>
    <message numerus="yes">
        <source>%n correspondent(s) told</source>
        <translation>
            <numerusform>%Ln correspondent told</numerusform>
            <numerusform>%Ln correspondents told</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to be told once the relay can be reached</source>
        <translation>
            <numerusform>%Ln to be told once the relay can be reached</numerusform>
            <numerusform>%Ln to be told once the relay can be reached</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n automatic answer(s)</source>
        <translation>
            <numerusform>%Ln automatic answer</numerusform>
            <numerusform>%Ln automatic answers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AddingLine</name>
    <message numerus="yes">
        <source>%n more after it</source>
        <translation>
            <numerusform>%Ln more after it</numerusform>
            <numerusform>%Ln more after it</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChosenPane</name>
    <message numerus="yes">
        <source>%n conversation(s) chosen</source>
        <translation>
            <numerusform>%Ln conversation chosen</numerusform>
            <numerusform>%Ln conversations chosen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChosenStrip</name>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>%Ln chosen</numerusform>
            <numerusform>%Ln chosen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message numerus="yes">
        <source>%n letter(s) arrived</source>
        <translation>
            <numerusform>One letter arrived</numerusform>
            <numerusform>%Ln letters arrived</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DirectoryPane</name>
    <message numerus="yes">
        <source>%n person(s) found</source>
        <translation>
            <numerusform>%Ln person found</numerusform>
            <numerusform>%Ln people found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ErasureDialog</name>
    <message numerus="yes">
        <source>%n letter(s)</source>
        <translation>
            <numerusform>%Ln letter</numerusform>
            <numerusform>%Ln letters</numerusform>
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
            <numerusform>%Ln draft</numerusform>
            <numerusform>%Ln drafts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) made by this program</source>
        <translation>
            <numerusform>%Ln backup made by this program</numerusform>
            <numerusform>%Ln backups made by this program</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What %n correspondent(s) wrote or received: that is theirs to decide about.</source>
        <translation>
            <numerusform>What %Ln correspondent wrote or received: that is theirs to decide about.</numerusform>
            <numerusform>What %Ln correspondents wrote or received: that is theirs to decide about.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On %n other computer(s) of yours, until unlocked the next time.</source>
        <translation>
            <numerusform>On %Ln other computer of yours, until unlocked the next time.</numerusform>
            <numerusform>On %Ln other computers of yours, until unlocked the next time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On %n backup(s) whose disk is not plugged in, until it is.</source>
        <translation>
            <numerusform>On %Ln backup whose disk is not plugged in, until it is.</numerusform>
            <numerusform>On %Ln backups whose disk is not plugged in, until it is.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) are destroyed when their disk is plugged in.</source>
        <translation>
            <numerusform>%Ln backup is destroyed when its disk is plugged in.</numerusform>
            <numerusform>%Ln backups are destroyed when their disk is plugged in.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message numerus="yes">
        <source>Before the key blocks itself: %n more try(ies).</source>
        <translation>
            <numerusform>Before the key blocks itself: %Ln more try.</numerusform>
            <numerusform>Before the key blocks itself: %Ln more tries.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n second(s).</source>
        <translation>
            <numerusform>Try again in %Ln second.</numerusform>
            <numerusform>Try again in %Ln seconds.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n minute(s).</source>
        <translation>
            <numerusform>Try again in %Ln minute.</numerusform>
            <numerusform>Try again in %Ln minutes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n hour(s).</source>
        <translation>
            <numerusform>Try again in %Ln hour.</numerusform>
            <numerusform>Try again in %Ln hours.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportSection</name>
    <message numerus="yes">
        <source>{names} and %n other(s)</source>
        <translation>
            <numerusform>{names} and %Ln other</numerusform>
            <numerusform>{names} and %Ln others</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) taken over</source>
        <translation>
            <numerusform>%Ln letter taken over</numerusform>
            <numerusform>%Ln letters taken over</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) were here already.</source>
        <translation>
            <numerusform>%Ln letter was here already.</numerusform>
            <numerusform>%Ln letters were here already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) hold no letters.</source>
        <translation>
            <numerusform>%Ln file holds no letters.</numerusform>
            <numerusform>%Ln files hold no letters.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be taken over, or not whole:</source>
        <translation>
            <numerusform>%Ln could not be taken over, or not whole:</numerusform>
            <numerusform>%Ln could not be taken over, or not whole:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>… and %Ln more</numerusform>
            <numerusform>… and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JournalPane</name>
    <message numerus="yes">
        <source>%n act(s). This file is not encrypted.</source>
        <translation>
            <numerusform>%Ln act. This file is not encrypted.</numerusform>
            <numerusform>%Ln acts. This file is not encrypted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n act(s) with their proofs, without any name.</source>
        <translation>
            <numerusform>%Ln act with its proof, without any name.</numerusform>
            <numerusform>%Ln acts with their proofs, without any name.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JournalWords</name>
    <message numerus="yes">
        <source>%n act(s) recorded, none missing.</source>
        <translation>
            <numerusform>%Ln act recorded, none missing.</numerusform>
            <numerusform>%Ln acts recorded, none missing.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n correspondent(s) see the same record.</source>
        <translation>
            <numerusform>%Ln correspondent sees the same record.</numerusform>
            <numerusform>%Ln correspondents see the same record.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of your other computers see(s) the same record.</source>
        <translation>
            <numerusform>%Ln of your other computers sees the same record.</numerusform>
            <numerusform>%Ln of your other computers see the same record.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n act(s) wait for the connection.</source>
        <translation>
            <numerusform>%Ln act waits for the connection.</numerusform>
            <numerusform>%Ln acts wait for the connection.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n wrong passphrase(s) before it was unlocked</source>
        <translation>
            <numerusform>%Ln wrong passphrase before it was unlocked</numerusform>
            <numerusform>%Ln wrong passphrases before it was unlocked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You took over %n letter(s) of another program</source>
        <translation>
            <numerusform>You took over %Ln letter of another program</numerusform>
            <numerusform>You took over %Ln letters of another program</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You imported %n patient(s)</source>
        <translation>
            <numerusform>You imported %Ln patient</numerusform>
            <numerusform>You imported %Ln patients</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You searched: %n letter(s) found</source>
        <translation>
            <numerusform>You searched: %Ln letter found</numerusform>
            <numerusform>You searched: %Ln letters found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You searched the directory: %n person(s) found</source>
        <translation>
            <numerusform>You searched the directory: %Ln person found</numerusform>
            <numerusform>You searched the directory: %Ln people found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You exported %n act(s) of the journal</source>
        <translation>
            <numerusform>You exported %Ln act of the journal</numerusform>
            <numerusform>You exported %Ln acts of the journal</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n act(s) were erased at the end of their time</source>
        <translation>
            <numerusform>%Ln act was erased at the end of its time</numerusform>
            <numerusform>%Ln acts were erased at the end of their time</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Erased for good, and certified: %n letter(s)</source>
        <translation>
            <numerusform>Erased for good, and certified: %Ln letter</numerusform>
            <numerusform>Erased for good, and certified: %Ln letters</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message numerus="yes">
        <source>%n letter(s) have not left yet.</source>
        <translation>
            <numerusform>%Ln letter has not left yet.</numerusform>
            <numerusform>%Ln letters have not left yet.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OfferStep</name>
    <message numerus="yes">
        <source>%n correspondent(s)</source>
        <translation>
            <numerusform>%Ln correspondent</numerusform>
            <numerusform>%Ln correspondents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PatientPane</name>
    <message numerus="yes">
        <source>%n year(s) old</source>
        <translation>
            <numerusform>%Ln year old</numerusform>
            <numerusform>%Ln years old</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PracticeSoftwareSection</name>
    <message numerus="yes">
        <source>%n letter(s) sent</source>
        <translation>
            <numerusform>%Ln letter sent</numerusform>
            <numerusform>%Ln letters sent</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) written</source>
        <translation>
            <numerusform>%Ln file written</numerusform>
            <numerusform>%Ln files written</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) waiting</source>
        <translation>
            <numerusform>%Ln file waiting</numerusform>
            <numerusform>%Ln files waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RestorePage</name>
    <message numerus="yes">
        <source>%n more share(s) needed.</source>
        <translation>
            <numerusform>%Ln more share needed.</numerusform>
            <numerusform>%Ln more shares needed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SearchPane</name>
    <message numerus="yes">
        <source>%n document(s) could not be read</source>
        <translation>
            <numerusform>One document could not be read</numerusform>
            <numerusform>%Ln documents could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SendCheck</name>
    <message numerus="yes">
        <source>and %n more recipient(s)</source>
        <translation>
            <numerusform>and %Ln more recipient</numerusform>
            <numerusform>and %Ln more recipients</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SignInStrip</name>
    <message numerus="yes">
        <source>%n recovery code(s) left</source>
        <translation>
            <numerusform>%Ln recovery code left</numerusform>
            <numerusform>%Ln recovery codes left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UndoBar</name>
    <message numerus="yes">
        <source>%n conversation(s) filed under {name}</source>
        <translation>
            <numerusform>%Ln conversation filed under {name}</numerusform>
            <numerusform>%Ln conversations filed under {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) archived</source>
        <translation>
            <numerusform>%Ln conversation archived</numerusform>
            <numerusform>%Ln conversations archived</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) back in the mail</source>
        <translation>
            <numerusform>%Ln conversation back in the mail</numerusform>
            <numerusform>%Ln conversations back in the mail</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) removed</source>
        <translation>
            <numerusform>%Ln conversation removed</numerusform>
            <numerusform>%Ln conversations removed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) filed in your records, removed here</source>
        <translation>
            <numerusform>%Ln conversation filed in your records, removed here</numerusform>
            <numerusform>%Ln conversations filed in your records, removed here</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) filed under nobody</source>
        <translation>
            <numerusform>%Ln conversation filed under nobody</numerusform>
            <numerusform>%Ln conversations filed under nobody</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n request(s) declined</source>
        <translation>
            <numerusform>%Ln request declined</numerusform>
            <numerusform>%Ln requests declined</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n document(s) taken out of the letter</source>
        <translation>
            <numerusform>%Ln document taken out of the letter</numerusform>
            <numerusform>%Ln documents taken out of the letter</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n draft(s) removed</source>
        <translation>
            <numerusform>%Ln draft removed</numerusform>
            <numerusform>%Ln drafts removed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UnlockPage</name>
    <message numerus="yes">
        <source>After a wrong passphrase, wait %n second(s).</source>
        <translation>
            <numerusform>After a wrong passphrase, wait %Ln second.</numerusform>
            <numerusform>After a wrong passphrase, wait %Ln seconds.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WaysIn</name>
    <message numerus="yes">
        <source>%n recovery code(s) on paper left</source>
        <translation>
            <numerusform>%Ln recovery code on paper left</numerusform>
            <numerusform>%Ln recovery codes on paper left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
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
            <numerusform>%Ln to do</numerusform>
            <numerusform>%Ln to do</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) to send</source>
        <translation>
            <numerusform>%Ln letter to send</numerusform>
            <numerusform>%Ln letters to send</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unread letter(s)</source>
        <translation>
            <numerusform>%Ln unread letter</numerusform>
            <numerusform>%Ln unread letters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n request(s) to answer</source>
        <translation>
            <numerusform>%Ln request to answer</numerusform>
            <numerusform>%Ln requests to answer</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n draft(s)</source>
        <translation>
            <numerusform>%Ln draft</numerusform>
            <numerusform>%Ln drafts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Refused</name>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>And %Ln more.</numerusform>
            <numerusform>And %Ln more.</numerusform>
        </translation>
    </message>
</context>
</TS>
