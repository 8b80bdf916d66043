-- The second form: histories of keys instead of device lists, what is known of persons, letters brought over.

create table key_history (
    account blob primary key,
    -- The size of the log up to which all key events of the account were asked for.
    complete_to integer not null default 0,
    -- The relay's time of the newest map of keys that agreed with the history, 0 before the first.
    proven_at integer not null default 0,
    -- What the owner's other computer, or the recovery package, knows of the history: it has to come true.
    pinned_number integer,
    pinned_head blob
) strict, without rowid;

create table key_event (
    account blob not null,
    number integer not null,
    event blob not null,
    log_index integer not null,
    relay_time integer not null,
    proof text not null,
    primary key (account, number)
) strict;

insert into key_history (account, complete_to) select account, complete_to from correspondent;

-- A device list as a key event: an array of version 1, kind 1, the signed list, and the certificate or null.
insert into key_event (account, number, event, log_index, relay_time, proof)
    select d.account, d.sequence,
        cast(x'840101' || d.device_list || iif(d.sequence = 1, c.certificate, x'f6') as blob),
        d.log_index, 0, d.proof
    from device_list d join correspondent c on c.account = d.account;

drop table device_list;

drop table correspondent;

alter table statement rename column device_list to key_event;

update statement set key_event = cast(x'840101' || key_event || x'f6' as blob) where key_event is not null;

-- A sentence about a person's keys; a blocking one stops letters until it is settled.
create table key_news (
    id integer primary key,
    account blob not null,
    kind integer not null,
    at integer not null,
    is_blocking integer not null,
    is_settled integer not null
) strict;

create index key_news_by_account on key_news (account, id);
create index key_news_blocking on key_news (account) where is_blocking = 1 and is_settled = 0;

alter table contact add column trust integer not null default 1;
alter table contact add column compared integer not null default 0;
alter table contact add column compared_at integer;
alter table contact add column accepts_unverified integer not null default 0;
alter table contact add column assured_at integer;

-- Who was written to before the choice existed is not asked about any more.
update contact set accepts_unverified = 1
    where exists (select 1 from recipient where recipient.account = contact.account);

create table assurance (
    account blob not null,
    position integer not null,
    level integer not null,
    log_index integer not null,
    voucher blob,
    document integer,
    since integer not null,
    expires_at integer,
    primary key (account, position)
) strict, without rowid;

-- The owner's computers, as they are called on this one.
create table own_device (
    device blob primary key,
    name text not null
) strict, without rowid;

-- Letters that still have to go to another computer of the owner, newest first.
create table history_due (
    id integer primary key,
    device blob not null,
    message blob not null
) strict;

alter table message add column is_brought integer not null default 0;
