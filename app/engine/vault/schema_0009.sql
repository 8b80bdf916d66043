-- The ninth form: letters of other mail programs.

-- What such a letter says about itself. Its sender in `message` is all zeros; it counts as one of the past.
create table imported (
    message integer primary key references message on delete cascade,
    digest blob not null unique,
    sender text not null,
    recipients text not null,
    date text not null,
    is_dated integer not null,
    is_encrypted integer not null,
    is_cut integer not null,
    -- Of whoever says to have written it, as the window calls them.
    name text not null
) strict;

-- With whom such letters were exchanged, as lists show it.
create table imported_person (
    conversation integer not null references conversation on delete cascade,
    name text not null,
    primary key (conversation, name)
) strict, without rowid;

-- Digests of the Message-IDs of such letters, and of those they answer, here or not.
create table imported_number (
    number blob primary key,
    conversation integer not null references conversation on delete cascade
) strict, without rowid;

create index imported_number_by_conversation on imported_number (conversation);
