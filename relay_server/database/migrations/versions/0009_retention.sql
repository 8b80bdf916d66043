-- The technical log ends somewhere: what is erased, by whom, and how the log says so. One role for each duty:
-- {app} writes, {reader} counts, {auditor} reads the log, {purger} erases what the writer has recorded as erased.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

-- How long ------------------------------------------------------------------------------------------

CREATE TABLE audit_life (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    months smallint NOT NULL CHECK (months BETWEEN 6 AND 36)
);
INSERT INTO audit_life (months) VALUES (12);

-- What the operator did, said in the log (verb 74) in the transaction in which it is done.
CREATE FUNCTION administered(p_content bytea)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    INSERT INTO waiting_leaf (verb, content) VALUES (74, p_content)
$$;

-- Returns whether that is a change.
CREATE FUNCTION audit_set_life(p_months smallint, p_content bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    UPDATE audit_life SET months = p_months WHERE months <> p_months;
    IF FOUND THEN
        PERFORM administered(p_content);
    END IF;
    RETURN FOUND;
END $$;

-- Days on which the log was there, in their order, and how many leaves it had by then. Age is counted in them, so
-- a clock that is set to another year makes nothing older than a day.
CREATE TABLE audit_day (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL UNIQUE,
    size bigint NOT NULL CHECK (size >= 0)
);
INSERT INTO audit_day (day, size)
    SELECT (committed_at AT TIME ZONE 'UTC')::date AS day, max(size) FROM audit_root GROUP BY 1 ORDER BY 2;

-- What -----------------------------------------------------------------------------------------------

CREATE TABLE audit_erasure (
    erasure bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    below bigint NOT NULL CHECK (below > 0),
    before timestamptz NOT NULL,
    entries bigint NOT NULL CHECK (entries > 0),
    life_months smallint NOT NULL CHECK (life_months BETWEEN 6 AND 36),
    -- The leaf that says so: while it waits, and when it is there. Nothing is erased before.
    waiting bigint UNIQUE,
    leaf_index bigint UNIQUE REFERENCES audit_leaf,
    erased_at timestamptz
);

-- The entries that an erasure is still to erase.
CREATE TABLE audit_erasing (
    leaf_index bigint PRIMARY KEY REFERENCES audit_leaf,
    erasure bigint NOT NULL REFERENCES audit_erasure
);
CREATE INDEX audit_erasing_erasure ON audit_erasing (erasure, leaf_index);

-- Notes the day. By the server's clock: who may call this cannot make the log look older.
CREATE FUNCTION audit_note_day()
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    INSERT INTO audit_day (day, size)
        SELECT (now() AT TIME ZONE 'UTC')::date, (SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaf)
        WHERE NOT EXISTS (SELECT FROM audit_day WHERE day = (now() AT TIME ZONE 'UTC')::date)
    ON CONFLICT DO NOTHING
$$;

-- Chooses what is past its life, at most so many entries, and returns the erasure; null if nothing is. An erasure
-- that has not been announced yet is returned again. What stays: the last entry of every chain, which the next
-- statement is held against; what an envelope or a notice in a mailbox rests on; keys; assurances; earlier erasures.
CREATE FUNCTION audit_plan_erasure(p_most integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE
    planned audit_erasure; life smallint; days integer; limit_size bigint; limit_day date; chosen bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('relay.audit_erasure', 0));
    SELECT * INTO planned FROM audit_erasure WHERE erased_at IS NULL;
    IF FOUND THEN
        RETURN planned.erasure;
    END IF;
    SELECT months, ceil(months * 30.5) INTO life, days FROM audit_life;
    SELECT size INTO limit_size FROM audit_day ORDER BY place DESC OFFSET days LIMIT 1;
    IF NOT FOUND OR limit_size = 0 THEN
        RETURN NULL;
    END IF;
    -- What each later day says that day was: a few that the clock had wrong do not count.
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY day - (days - since)::integer) INTO limit_day
        FROM (SELECT day, row_number() OVER (ORDER BY place DESC) - 1 AS since FROM audit_day
              ORDER BY place DESC LIMIT days + 1) AS later;
    INSERT INTO audit_erasure (below, before, entries, life_months)
        VALUES (limit_size, (limit_day + 1)::timestamp AT TIME ZONE 'UTC', p_most, life)
        RETURNING * INTO planned;
    INSERT INTO audit_erasing (leaf_index, erasure)
        SELECT leaf_index, planned.erasure FROM audit_entry AS entry
        WHERE leaf_index < limit_size
            AND EXISTS (SELECT FROM audit_entry AS later
                        WHERE later.actor = entry.actor AND later.actor_sequence > entry.actor_sequence)
            AND NOT EXISTS (SELECT FROM envelope WHERE envelope.leaf_index = entry.leaf_index)
            AND NOT EXISTS (SELECT FROM delivery WHERE delivery.leaf_index = entry.leaf_index)
            AND NOT EXISTS (SELECT FROM key_event WHERE key_event.leaf_index = entry.leaf_index)
            AND NOT EXISTS (SELECT FROM key_map WHERE key_map.leaf_index = entry.leaf_index)
            AND NOT EXISTS (SELECT FROM assurance WHERE assurance.leaf_index = entry.leaf_index)
            AND NOT EXISTS (SELECT FROM audit_erasure WHERE audit_erasure.leaf_index = entry.leaf_index)
        ORDER BY leaf_index LIMIT p_most;
    GET DIAGNOSTICS chosen = ROW_COUNT;
    IF chosen = 0 THEN
        DELETE FROM audit_erasure WHERE erasure = planned.erasure;
        RETURN NULL;
    END IF;
    UPDATE audit_erasure SET entries = chosen WHERE erasure = planned.erasure;
    RETURN planned.erasure;
END $$;

-- Has the log say so (verb 72), once.
CREATE FUNCTION audit_announce_erasure(p_erasure bigint, p_content bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE number bigint;
BEGIN
    PERFORM FROM audit_erasure WHERE erasure = p_erasure AND waiting IS NULL FOR UPDATE;
    IF FOUND THEN
        INSERT INTO waiting_leaf (verb, content) VALUES (72, p_content) RETURNING waiting INTO number;
        UPDATE audit_erasure SET waiting = number WHERE erasure = p_erasure;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION waiting_leaf_appended(p_leaf_indexes bigint[], p_waiting bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE refused text;
BEGIN
    PERFORM audit_lock();
    WITH gone AS (DELETE FROM waiting_leaf WHERE waiting = ANY (p_waiting) RETURNING waiting)
        SELECT string_agg(index::text, ',') INTO refused
        FROM unnest(p_leaf_indexes, p_waiting) AS given (index, waiting)
        WHERE given.waiting NOT IN (SELECT gone.waiting FROM gone)
            OR EXISTS (SELECT FROM unnest(p_leaf_indexes, p_waiting) AS other (index, waiting)
                       WHERE other.waiting = given.waiting AND other.index < given.index);
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'appended already' USING ERRCODE = 'UH043', DETAIL = refused;
    END IF;
    UPDATE audit_erasure SET leaf_index = given.index
        FROM unnest(p_leaf_indexes, p_waiting) AS given (index, waiting)
        WHERE audit_erasure.waiting = given.waiting;
END $$;

-- Erases so many of the entries that the log says are erased; returns how many, 0 when nothing is left to do.
CREATE FUNCTION audit_erase(p_most integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE current bigint; places bigint[];
BEGIN
    SELECT erasure INTO current FROM audit_erasure
        WHERE leaf_index IS NOT NULL AND erased_at IS NULL ORDER BY erasure LIMIT 1 FOR UPDATE;
    SELECT array_agg(leaf_index) INTO places FROM (
        SELECT leaf_index FROM audit_erasing WHERE erasure = current ORDER BY leaf_index LIMIT p_most) AS next;
    IF places IS NULL THEN
        UPDATE audit_erasure SET erased_at = now() WHERE erasure = current;
        RETURN 0;
    END IF;
    DELETE FROM journal_entry WHERE leaf_index = ANY (places);
    DELETE FROM audit_entry WHERE leaf_index = ANY (places);
    DELETE FROM audit_erasing WHERE leaf_index = ANY (places);
    RETURN cardinality(places);
END $$;

-- An entry that the log says is erased may go, and nothing else may.
CREATE FUNCTION audit_refuse_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path = relay, pg_temp AS $$
BEGIN
    IF TG_OP <> 'DELETE' OR NOT EXISTS (
        SELECT FROM audit_erasing JOIN audit_erasure USING (erasure)
        WHERE audit_erasing.leaf_index = OLD.leaf_index AND audit_erasure.leaf_index IS NOT NULL)
    THEN
        RAISE EXCEPTION 'the log is only ever appended to' USING ERRCODE = 'UH009';
    END IF;
    RETURN OLD;
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['audit_entry', 'journal_entry'] LOOP
        EXECUTE format('DROP TRIGGER %1$s_fixed ON %1$s', name);
        EXECUTE format('CREATE TRIGGER %1$s_fixed BEFORE UPDATE OR DELETE ON %1$s
                        FOR EACH ROW EXECUTE FUNCTION audit_refuse_erasure()', name);
        EXECUTE format('ALTER TABLE %1$s ENABLE ALWAYS TRIGGER %1$s_fixed', name);
    END LOOP;
END $$;

-- What was checked -----------------------------------------------------------------------------------

-- Goes on with the second halves of signatures, and has the log say (verb 73) which do not verify.
CREATE FUNCTION audit_checked(p_next_index bigint, p_contents bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    UPDATE audit_progress SET next_index = p_next_index WHERE next_index < p_next_index;
    -- Of several relays on one database, one says it.
    IF FOUND THEN
        INSERT INTO waiting_leaf (verb, content) SELECT 73, unnest(p_contents);
    END IF;
END $$;

-- Each look at the whole log, by the auditor.
CREATE TABLE audit_look (
    look bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    looked_at timestamptz NOT NULL DEFAULT now(),
    size bigint NOT NULL CHECK (size >= 0),
    signatures boolean NOT NULL,
    findings integer NOT NULL CHECK (findings >= 0)
);

-- Rights ---------------------------------------------------------------------------------------------

REVOKE UPDATE (next_index) ON audit_progress FROM {app};
GRANT SELECT ON audit_erasure, audit_erasing, audit_life TO {app};
GRANT EXECUTE ON FUNCTION administered, audit_set_life, audit_checked TO {app};

GRANT USAGE ON SCHEMA relay TO {reader}, {auditor}, {purger};

-- Numbers only: nobody's entry, account or key.
GRANT SELECT (leaf_index) ON audit_leaf TO {reader};
GRANT SELECT (size, committed_at) ON audit_root TO {reader};
GRANT SELECT (waiting, verb) ON waiting_leaf TO {reader};
GRANT SELECT (account) ON account TO {reader};
GRANT SELECT (account, verb, leaf_index, revokes) ON assurance TO {reader};
GRANT SELECT ON audit_progress, audit_life, audit_day, audit_erasure, audit_look TO {reader};

GRANT SELECT ON audit_leaf, audit_entry, audit_node, audit_root, audit_progress, audit_erasure, audit_erasing,
    audit_look, key_event, key_map TO {auditor};
GRANT SELECT (pseudonym, signing_key) ON device TO {auditor};
GRANT INSERT (size, signatures, findings) ON audit_look TO {auditor};

GRANT SELECT ON audit_erasure, audit_life TO {purger};
GRANT EXECUTE ON FUNCTION audit_note_day, audit_plan_erasure, audit_announce_erasure, audit_erase TO {purger};

RESET ROLE;
