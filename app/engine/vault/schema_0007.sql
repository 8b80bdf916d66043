-- The seventh form: absences, the owner's and those of correspondents, and who was told and answered in them.

create table absence (
    only_row integer primary key check (only_row = 1),
    stated_at integer not null,
    -- The computer on which it was said: it tells contacts, and answers.
    device blob not null,
    -- Null once the absence was ended.
    since integer,
    until integer,
    replacement blob,
    replacement_name text not null,
    replacement_profession text not null,
    text text not null
) strict;

create table absence_told (
    account blob primary key,
    -- Of the newest notice that was queued for them.
    stated_at integer not null
) strict, without rowid;

create table absence_answer (
    account blob primary key
) strict, without rowid;

create table contact_absence (
    account blob primary key,
    stated_at integer not null,
    since integer,
    until integer,
    replacement blob,
    replacement_name text not null,
    replacement_profession text not null,
    text text not null
) strict, without rowid;

alter table message add column is_automatic integer not null default 0;
-- When this computer answered it by itself.
alter table message add column answered_at integer;
