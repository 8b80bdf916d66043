<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB" sourcelanguage="en_US">
<context>
    <name>AbsenceSection</name>
    <message numerus="yes">
        <source>%n correspondent(s) told</source>
        <translation>
            <numerusform>%n correspondent told</numerusform>
            <numerusform>%n correspondents told</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to be told once the relay can be reached</source>
        <translation>
            <numerusform>%n to be told once the relay can be reached</numerusform>
            <numerusform>%n to be told once the relay can be reached</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n automatic answer(s)</source>
        <translation>
            <numerusform>%n automatic answer</numerusform>
            <numerusform>%n automatic answers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AddingLine</name>
    <message numerus="yes">
        <source>%n more after it</source>
        <translation>
            <numerusform>%n more after it</numerusform>
            <numerusform>%n more after it</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChosenPane</name>
    <message numerus="yes">
        <source>%n conversation(s) chosen</source>
        <translation>
            <numerusform>%n conversation chosen</numerusform>
            <numerusform>%n conversations chosen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChosenStrip</name>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>%n chosen</numerusform>
            <numerusform>%n chosen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message numerus="yes">
        <source>%n letter(s) arrived</source>
        <translation>
            <numerusform>One letter arrived</numerusform>
            <numerusform>%n letters arrived</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DirectoryPane</name>
    <message numerus="yes">
        <source>%n person(s) found</source>
        <translation>
            <numerusform>%n person found</numerusform>
            <numerusform>%n people found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message numerus="yes">
        <source>Before the key blocks itself: %n more try(ies).</source>
        <translation>
            <numerusform>Before the key blocks itself: %n more try.</numerusform>
            <numerusform>Before the key blocks itself: %n more tries.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n second(s).</source>
        <translation>
            <numerusform>Try again in %n second.</numerusform>
            <numerusform>Try again in %n seconds.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n minute(s).</source>
        <translation>
            <numerusform>Try again in %n minute.</numerusform>
            <numerusform>Try again in %n minutes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n hour(s).</source>
        <translation>
            <numerusform>Try again in %n hour.</numerusform>
            <numerusform>Try again in %n hours.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OfferStep</name>
    <message numerus="yes">
        <source>%n correspondent(s)</source>
        <translation>
            <numerusform>%n correspondent</numerusform>
            <numerusform>%n correspondents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PatientPane</name>
    <message numerus="yes">
        <source>%n year(s) old</source>
        <translation>
            <numerusform>%n year old</numerusform>
            <numerusform>%n years old</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PracticeSoftwareSection</name>
    <message numerus="yes">
        <source>%n letter(s) sent</source>
        <translation>
            <numerusform>%n letter sent</numerusform>
            <numerusform>%n letters sent</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n document(s) written</source>
        <translation>
            <numerusform>%n document written</numerusform>
            <numerusform>%n documents written</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) waiting</source>
        <translation>
            <numerusform>%n file waiting</numerusform>
            <numerusform>%n files waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RestorePage</name>
    <message numerus="yes">
        <source>%n more share(s) needed.</source>
        <translation>
            <numerusform>%n more share needed.</numerusform>
            <numerusform>%n more shares needed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SearchPane</name>
    <message numerus="yes">
        <source>%n document(s) could not be read</source>
        <translation>
            <numerusform>One document could not be read</numerusform>
            <numerusform>%n documents could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SendCheck</name>
    <message numerus="yes">
        <source>and %n more recipient(s)</source>
        <translation>
            <numerusform>and %n more recipient</numerusform>
            <numerusform>and %n more recipients</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SignInStrip</name>
    <message numerus="yes">
        <source>%n recovery code(s) left</source>
        <translation>
            <numerusform>%n recovery code left</numerusform>
            <numerusform>%n recovery codes left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UndoBar</name>
    <message numerus="yes">
        <source>%n conversation(s) filed under {name}</source>
        <translation>
            <numerusform>%n conversation filed under {name}</numerusform>
            <numerusform>%n conversations filed under {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) archived</source>
        <translation>
            <numerusform>%n conversation archived</numerusform>
            <numerusform>%n conversations archived</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) back in the mail</source>
        <translation>
            <numerusform>%n conversation back in the mail</numerusform>
            <numerusform>%n conversations back in the mail</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) removed</source>
        <translation>
            <numerusform>%n conversation removed</numerusform>
            <numerusform>%n conversations removed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) filed in your records, removed here</source>
        <translation>
            <numerusform>%n conversation filed in your records, removed here</numerusform>
            <numerusform>%n conversations filed in your records, removed here</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) filed under nobody</source>
        <translation>
            <numerusform>%n conversation filed under nobody</numerusform>
            <numerusform>%n conversations filed under nobody</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n draft(s) removed</source>
        <translation>
            <numerusform>%n draft removed</numerusform>
            <numerusform>%n drafts removed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UnlockPage</name>
    <message numerus="yes">
        <source>After a wrong passphrase, wait %n second(s).</source>
        <translation>
            <numerusform>After a wrong passphrase, wait %n second.</numerusform>
            <numerusform>After a wrong passphrase, wait %n seconds.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WaysIn</name>
    <message numerus="yes">
        <source>%n recovery code(s) on paper left</source>
        <translation>
            <numerusform>%n recovery code on paper left</numerusform>
            <numerusform>%n recovery codes on paper left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>%n document(s)</source>
        <translation>
            <numerusform>%n document</numerusform>
            <numerusform>%n documents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s)</source>
        <translation>
            <numerusform>%n conversation</numerusform>
            <numerusform>%n conversations</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to do</source>
        <translation>
            <numerusform>%n to do</numerusform>
            <numerusform>%n to do</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n letter(s) to send</source>
        <translation>
            <numerusform>%n letter to send</numerusform>
            <numerusform>%n letters to send</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unread letter(s)</source>
        <translation>
            <numerusform>%n unread letter</numerusform>
            <numerusform>%n unread letters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n request(s) to answer</source>
        <translation>
            <numerusform>%n request to answer</numerusform>
            <numerusform>%n requests to answer</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n draft(s)</source>
        <translation>
            <numerusform>%n draft</numerusform>
            <numerusform>%n drafts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Refused</name>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>And %n more.</numerusform>
            <numerusform>And %n more.</numerusform>
        </translation>
    </message>
</context>
</TS>
