-- The sixth form: letters are found by the patients they are filed under, under the names these have now.

create trigger conversation_filed after update of patient on conversation
when new.patient is not old.patient begin
    insert into letter_due (message, at)
        select id, at from message
        where conversation = new.id and id not in (select message from letter_due);
end;

create trigger patient_renamed after update of family_name, given_name, birth_date on patient
when new.family_name <> old.family_name or new.given_name <> old.given_name
    or new.birth_date <> old.birth_date begin
    insert into letter_due (message, at)
        select m.id, m.at from conversation c join message m on m.conversation = c.id
        where c.patient = new.id and m.id not in (select message from letter_due);
end;
