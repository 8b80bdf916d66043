-- The sixteenth form: what is known of a patient beyond names and date of birth, and patients who were one.

create table patient_card (
    patient integer primary key references patient on delete cascade,
    birth_name text not null,
    -- As ISO/IEC 5218 numbers it.
    sex integer not null,
    -- The national health identity with its key, who gave it, and whether it was confirmed; empty without one.
    ins text not null,
    ins_oid text not null,
    ins_is_qualified integer not null,
    telephone text not null,
    email text not null,
    address text not null,
    representative text not null,
    capacity text not null,
    is_protected integer not null,
    notes text not null,
    -- Days as YYYY-MM-DD, or empty.
    died_on text not null,
    seen_on text not null
) strict;

create index patient_card_by_ins on patient_card (ins) where ins <> '';

-- 13: not the number of a field of a mark; cards are told in sections of their own.
create trigger mark_card_made after insert on patient_card begin
    insert into mark_touched select p.patient, 13 from patient p where p.id = new.patient
        and not exists (select 1 from mark_touched where subject = p.patient and field = 13);
end;

create trigger mark_card_corrected after update on patient_card begin
    insert into mark_touched select p.patient, 13 from patient p where p.id = new.patient
        and not exists (select 1 from mark_touched where subject = p.patient and field = 13);
end;

-- Dates of birth are found as they are typed, in the order of days and in that of years.
insert or ignore into patient_word (word, patient)
    select substr(birth_date, 9, 2) || substr(birth_date, 6, 2) || substr(birth_date, 1, 4), id
        from patient where birth_date <> ''
    union all
    select replace(birth_date, '-', ''), id from patient where birth_date <> '';

-- Two patients who were found to be one, for as long as that can be taken back.
create table patient_merge (
    id integer primary key,
    kept integer not null references patient on delete cascade,
    gone blob not null,
    merged_at integer not null,
    -- Encoded: the kept one before and after, and the other one.
    kept_before blob not null,
    kept_after blob not null,
    gone_before blob not null
) strict;

create index patient_merge_by_kept on patient_merge (kept);

create table patient_merge_moved (
    merge integer not null references patient_merge on delete cascade,
    -- 1 a conversation, 2 a draft.
    kind integer not null,
    subject blob not null,
    primary key (merge, kind, subject)
) strict, without rowid;

-- Numbers that a patient had before two of them were found to be one.
create table patient_was (
    gone blob primary key,
    kept blob not null
) strict, without rowid;

create index patient_was_by_kept on patient_was (kept);
