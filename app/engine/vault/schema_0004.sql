-- The fourth form: an index of words beside the letters, and what has still to be brought into it.

create table index_state (
    only_row integer primary key check (only_row = 1),
    -- The rules by which the words were made (crypto_core.abks.french); others mean a new index.
    normalisation integer not null,
    letters integer not null,
    unreadable integer not null,
    -- Because it was damaged; until everything that was in it is there again.
    is_rebuilding integer not null
) strict;

insert into index_state values (1, 1, 0, 0, 0);

-- No text is kept twice. A table that deletes by itself (contentless_delete) leaves the words of what was
-- deleted in its pages, so each row is deleted by naming its words, and secure-delete overwrites them.
-- The first two letters of words have entries of their own: nothing else that is typed has as many words.
create virtual table letter_index using fts5 (
    text, subject, people, patient, documents,
    content = '', columnsize = 0, tokenize = 'ascii', prefix = '2'
);

insert into letter_index (letter_index, rank) values ('secure-delete', 1);

-- A letter's place in the index: the second of its `at`, or the next one that is free, so that the order of the
-- index is that of time. What may change later is kept as it was indexed.
create table indexed (
    doc integer primary key,
    message integer not null unique,
    people text not null,
    patient text not null,
    documents text not null
) strict;

create trigger indexed_added after insert on indexed begin
    update index_state set letters = letters + 1;
end;

create trigger indexed_removed after delete on indexed begin
    update index_state set letters = letters - 1;
end;

create table letter_due (
    message integer primary key references message on delete cascade,
    at integer not null
) strict;

create index letter_due_newest on letter_due (at, message);

create table document_due (
    message integer not null references message on delete cascade,
    position integer not null,
    at integer not null,
    attempts integer not null default 0,
    primary key (message, position)
) strict, without rowid;

create index document_due_newest on document_due (at, message, position);

create table document_text (
    id integer primary key,
    message integer not null references message on delete cascade,
    position integer not null,
    kind integer not null,
    is_readable integer not null,
    has_abnormal integer not null,
    is_indexed integer not null default 0,
    text text not null,
    unique (message, position)
) strict;

create index document_text_unreadable on document_text (message, position) where is_readable = 0;

create trigger document_text_added after insert on document_text when not new.is_readable begin
    update index_state set unreadable = unreadable + 1;
end;

create trigger document_text_removed after delete on document_text when not old.is_readable begin
    update index_state set unreadable = unreadable - 1;
end;

-- The words of a letter as they are, or are about to be, in the index.
create view index_entry as
    select i.doc as doc, i.message as message, index_words(m.subject) as subject,
        index_words(m.body) as text, i.people as people, i.patient as patient,
        i.documents || coalesce(
            (select group_concat(' ' || char(57344) || ' ' || index_words(t.text), '' order by t.position)
                from document_text t
                where t.message = i.message and t.is_indexed = 1 and t.text <> ''), ''
        ) as documents
    from indexed i join message m on m.id = i.message;

-- A letter waits from the moment it is there; whoever indexes it takes it out again.
create trigger message_due after insert on message begin
    insert into letter_due (message, at) values (new.id, new.at);
end;

create trigger message_unindexed before delete on message begin
    insert into letter_index (letter_index, rowid, subject, text, people, patient, documents)
        select 'delete', doc, subject, text, people, patient, documents
        from index_entry where message = old.id;
    delete from indexed where message = old.id;
end;

create trigger attachment_due after insert on attachment begin
    insert into document_due (message, position, at)
        select new.message, new.position, at from message where id = new.message;
end;

create trigger attachment_found after update of is_available on attachment
when new.is_available = 1 and old.is_available = 0 begin
    delete from document_text
        where message = new.message and position = new.position and is_readable = 0 and text = '';
    insert or ignore into document_due (message, position, at)
        select new.message, new.position, at from message
        where id = new.message and not exists
            (select 1 from document_text where message = new.message and position = new.position);
end;

-- Letters are found by the names that their people have now. What an upsert does about a conflict would be done in
-- its triggers as well, so these have none.
create trigger contact_named after insert on contact begin
    insert into letter_due (message, at)
        select m.id, m.at from participant p join message m on m.conversation = p.conversation
        where p.account = new.account and m.id not in (select message from letter_due);
end;

create trigger contact_renamed after update of name on contact when new.name <> old.name begin
    insert into letter_due (message, at)
        select m.id, m.at from participant p join message m on m.conversation = p.conversation
        where p.account = new.account and m.id not in (select message from letter_due);
end;

insert into letter_due (message, at) select id, at from message;

insert into document_due (message, position, at)
    select a.message, a.position, m.at from attachment a join message m on m.id = a.message;
