-- Sign-in: credentials, second factors, challenges, sessions, and what is counted against guessing.
-- Tokens are stored as hashes and secrets sealed; the keys for both are in the relay's data folder.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

-- Factors --------------------------------------------------------------------------------------------

-- By its public key a database knows the secrets in the data folder that its credentials depend on.
CREATE TABLE sign_in_relay (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32)
);

CREATE TABLE sign_in_credential (
    account bytea PRIMARY KEY REFERENCES account,
    credential bytea NOT NULL
);

-- A code of a step counts only if its step is later than the last one that counted.
CREATE TABLE totp_factor (
    account bytea PRIMARY KEY REFERENCES account,
    sealed_secret bytea NOT NULL,
    last_step bigint NOT NULL DEFAULT 0
);

CREATE TABLE recovery_code (
    account bytea NOT NULL REFERENCES account,
    keyed_hash bytea NOT NULL CHECK (octet_length(keyed_hash) = 32),
    PRIMARY KEY (account, keyed_hash)
);

CREATE FUNCTION sign_in_enrol(p_account bytea, p_credential bytea, p_sealed_secret bytea, p_keyed_hashes bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    INSERT INTO sign_in_credential (account, credential) VALUES (p_account, p_credential);
    INSERT INTO totp_factor (account, sealed_secret) VALUES (p_account, p_sealed_secret);
    INSERT INTO recovery_code (account, keyed_hash) SELECT p_account, unnest(p_keyed_hashes);
END $$;

-- Reports --------------------------------------------------------------------------------------------

-- Refusals on their way into the log: written with what they report, removed with their leaf.
CREATE TABLE sign_in_report (
    report bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bytea NOT NULL REFERENCES account,
    actor bytea NOT NULL CHECK (octet_length(actor) = 16),
    result smallint NOT NULL,
    factors smallint[] NOT NULL
);

-- Somebody who tries an account that does not exist concerns nobody.
CREATE FUNCTION sign_in_add_report(p_account bytea, p_actor bytea, p_result smallint, p_factors smallint[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    INSERT INTO sign_in_report (account, actor, result, factors)
        SELECT account, p_actor, p_result, p_factors FROM account WHERE account = p_account
$$;

CREATE FUNCTION sign_in_reported(p_leaf_indexes bigint[], p_reports bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE refused text;
BEGIN
    PERFORM audit_lock();
    WITH gone AS (DELETE FROM sign_in_report WHERE report = ANY (p_reports) RETURNING report)
        SELECT string_agg(index::text, ',') INTO refused
        FROM unnest(p_leaf_indexes, p_reports) AS given (index, report)
        WHERE given.report NOT IN (SELECT gone.report FROM gone)
            OR EXISTS (SELECT FROM unnest(p_leaf_indexes, p_reports) AS other (index, report)
                       WHERE other.report = given.report AND other.index < given.index);
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'reported already' USING ERRCODE = 'UH043', DETAIL = refused;
    END IF;
END $$;

-- Guessing -------------------------------------------------------------------------------------------

-- Sign-ins that were begun and not finished, by keyed hash of whom they count against: a listed device; or
-- else both the account's unknown devices together and the address. A finished one removes its device's row.
CREATE TABLE sign_in_failure (
    subject bytea PRIMARY KEY CHECK (octet_length(subject) = 32),
    failures integer NOT NULL DEFAULT 0,
    last_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL,
    is_reported boolean NOT NULL DEFAULT false
);
CREATE INDEX sign_in_failure_age ON sign_in_failure (last_at);

-- Counts one more attempt, unless one of the subjects has to wait: then returns how many seconds, or -1 for
-- a subject that has reached p_stop. The first refusal of each wait is reported, and only that one writes.
CREATE FUNCTION sign_in_begin(
    p_now timestamptz, p_subjects bytea[], p_account bytea, p_actor bytea, p_result smallint,
    p_free integer, p_most_seconds integer, p_stop integer
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE blocked timestamptz; known boolean; stopped boolean;
BEGIN
    INSERT INTO sign_in_failure (subject, last_at, blocked_until)
        SELECT given.subject, p_now, p_now FROM unnest(p_subjects) AS given (subject)
        WHERE NOT EXISTS (SELECT FROM sign_in_failure AS old WHERE old.subject = given.subject)
        ON CONFLICT DO NOTHING;
    SELECT max(blocked_until), bool_and(is_reported), bool_or(failures >= p_stop) INTO blocked, known, stopped
        FROM sign_in_failure WHERE subject = ANY (p_subjects) AND (blocked_until > p_now OR failures >= p_stop);
    IF blocked IS NULL THEN
        -- Those who begin at the same moment count one after the other.
        PERFORM FROM sign_in_failure WHERE subject = ANY (p_subjects) ORDER BY subject FOR UPDATE;
        SELECT max(blocked_until), bool_and(is_reported), bool_or(failures >= p_stop) INTO blocked, known, stopped
            FROM sign_in_failure WHERE subject = ANY (p_subjects) AND (blocked_until > p_now OR failures >= p_stop);
    END IF;
    IF blocked IS NOT NULL THEN
        IF NOT known THEN
            UPDATE sign_in_failure SET is_reported = true WHERE subject = ANY (p_subjects) AND NOT is_reported;
            IF FOUND THEN
                PERFORM sign_in_add_report(p_account, p_actor, p_result, '{}');
            END IF;
        END IF;
        RETURN CASE WHEN stopped THEN -1 ELSE ceil(extract(epoch FROM blocked - p_now)) END;
    END IF;
    UPDATE sign_in_failure SET
        failures = least(failures + 1, 1000),
        last_at = p_now,
        is_reported = false,
        blocked_until = p_now + CASE WHEN failures + 1 < p_free THEN interval '0'
            ELSE make_interval(secs => least(p_most_seconds, 2 ^ least(failures + 1 - p_free, 20))) END
        WHERE subject = ANY (p_subjects);
    RETURN 0;
END $$;

CREATE FUNCTION sign_in_forgive(p_subject bytea)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    DELETE FROM sign_in_failure WHERE subject = p_subject
$$;

-- Challenges and codes -------------------------------------------------------------------------------

-- A sign-in under way. The clear columns are what is reported should nobody come back.
CREATE TABLE sign_in_challenge (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    thumbprint bytea NOT NULL CHECK (octet_length(thumbprint) = 32),
    sealed_state bytea NOT NULL,
    account bytea NOT NULL,
    actor bytea NOT NULL,
    result smallint NOT NULL,
    factors smallint[] NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_challenge_expiry ON sign_in_challenge (expires_at);

CREATE TABLE authorization_code (
    code_hash bytea PRIMARY KEY CHECK (octet_length(code_hash) = 32),
    thumbprint bytea NOT NULL CHECK (octet_length(thumbprint) = 32),
    code_challenge bytea NOT NULL CHECK (octet_length(code_challenge) = 32),
    account bytea NOT NULL REFERENCES account,
    device bytea NOT NULL REFERENCES device,
    factors smallint[] NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX authorization_code_expiry ON authorization_code (expires_at);

-- Sessions -------------------------------------------------------------------------------------------

CREATE TABLE session_family (
    family bytea PRIMARY KEY CHECK (octet_length(family) = 16),
    account bytea NOT NULL REFERENCES account,
    device bytea NOT NULL REFERENCES device,
    thumbprint bytea NOT NULL CHECK (octet_length(thumbprint) = 32),
    -- The code that began it, which is used a second time only by who should not have it.
    code_hash bytea NOT NULL UNIQUE,
    factors smallint[] NOT NULL,
    signed_in_at timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    is_reused boolean NOT NULL DEFAULT false,
    other_key_at timestamptz
);
CREATE INDEX session_family_account ON session_family (account);
CREATE INDEX session_family_expiry ON session_family (expires_at);

CREATE TABLE refresh_token (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    family bytea NOT NULL REFERENCES session_family ON DELETE CASCADE,
    generation integer NOT NULL,
    used_at timestamptz,
    UNIQUE (family, generation)
);

CREATE FUNCTION session_start(
    p_leaf_index bigint, p_now timestamptz, p_code_hash bytea, p_family bytea, p_token_hash bytea,
    p_expires_at timestamptz, p_subject bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE code authorization_code;
BEGIN
    PERFORM audit_lock();
    DELETE FROM authorization_code WHERE code_hash = p_code_hash AND expires_at > p_now RETURNING * INTO code;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such code' USING ERRCODE = 'UH040', DETAIL = p_leaf_index::text;
    END IF;
    INSERT INTO session_family
        (family, account, device, thumbprint, code_hash, factors, signed_in_at, refreshed_at, expires_at)
        VALUES (p_family, code.account, code.device, code.thumbprint, p_code_hash, code.factors,
                p_now, p_now, p_expires_at);
    INSERT INTO refresh_token (token_hash, family, generation) VALUES (p_token_hash, p_family, 0);
    DELETE FROM sign_in_failure WHERE subject = p_subject;
END $$;

-- Ends exactly these, which must all be living: the leaf says how many.
CREATE FUNCTION session_end(p_leaf_index bigint, p_now timestamptz, p_families bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE ended bigint;
BEGIN
    PERFORM audit_lock();
    UPDATE session_family SET ended_at = p_now WHERE family = ANY (p_families) AND ended_at IS NULL;
    GET DIAGNOSTICS ended = ROW_COUNT;
    IF ended <> cardinality(p_families) THEN
        RAISE EXCEPTION 'a session has ended already' USING ERRCODE = 'UH042', DETAIL = p_leaf_index::text;
    END IF;
    PERFORM pg_notify('sessions', '');
END $$;

-- Uses up a recovery code, ends the account's other sessions, and gives the code that begins the new one.
CREATE FUNCTION sign_in_recover(
    p_leaf_index bigint, p_now timestamptz, p_keyed_hash bytea, p_families bytea[], p_code_hash bytea,
    p_thumbprint bytea, p_code_challenge bytea, p_account bytea, p_device bytea, p_factors smallint[],
    p_expires_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    DELETE FROM recovery_code WHERE account = p_account AND keyed_hash = p_keyed_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such recovery code' USING ERRCODE = 'UH041', DETAIL = p_leaf_index::text;
    END IF;
    PERFORM session_end(p_leaf_index, p_now, p_families);
    INSERT INTO authorization_code VALUES
        (p_code_hash, p_thumbprint, p_code_challenge, p_account, p_device, p_factors, p_expires_at);
END $$;

-- Exchanges a refresh token. `outcome` is 'ok'; 'reused' when the family is void because a token was used
-- twice, which this call may be the one to find; 'other key'; or 'over' for all that is simply not valid.
CREATE FUNCTION session_refresh(
    p_now timestamptz, p_token_hash bytea, p_thumbprint bytea, p_new_hash bytea, p_idle interval,
    p_pseudonym bytea, p_reused smallint, p_other_key smallint
) RETURNS TABLE (outcome text, family bytea, account bytea, device bytea, expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
#variable_conflict use_column
DECLARE found_family bytea; held session_family; token refresh_token; owner relay.device;
BEGIN
    SELECT family INTO found_family FROM refresh_token WHERE token_hash = p_token_hash;
    -- One after the other per family: of those who come at once, the second finds the token used.
    SELECT * INTO held FROM session_family WHERE family = found_family FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'over', NULL::bytea, NULL::bytea, NULL::bytea, NULL::timestamptz;
        RETURN;
    END IF;
    SELECT * INTO token FROM refresh_token WHERE token_hash = p_token_hash;
    SELECT * INTO owner FROM device WHERE device = held.device;
    outcome := 'over';
    IF held.thumbprint <> p_thumbprint THEN
        outcome := 'other key';
        -- A thief must not fill the log: once an hour.
        IF held.ended_at IS NULL AND (held.other_key_at IS NULL OR held.other_key_at < p_now - interval '1 hour') THEN
            UPDATE session_family SET other_key_at = p_now WHERE family = held.family;
            PERFORM sign_in_add_report(held.account, p_pseudonym, p_other_key, '{}');
        END IF;
    ELSIF held.is_reused THEN
        outcome := 'reused';
    ELSIF held.ended_at IS NULL AND token.used_at IS NOT NULL THEN
        outcome := 'reused';
        UPDATE session_family SET ended_at = p_now, is_reused = true WHERE family = held.family;
        PERFORM sign_in_add_report(held.account, owner.pseudonym, p_reused, '{}');
        PERFORM pg_notify('sessions', '');
    ELSIF held.ended_at IS NULL AND owner.is_listed
        AND p_now < held.expires_at AND p_now < held.refreshed_at + p_idle
    THEN
        outcome := 'ok';
        UPDATE refresh_token SET used_at = p_now WHERE token_hash = p_token_hash;
        INSERT INTO refresh_token (token_hash, family, generation)
            VALUES (p_new_hash, held.family, token.generation + 1);
        UPDATE session_family SET refreshed_at = p_now WHERE family = held.family;
    END IF;
    RETURN QUERY SELECT outcome, held.family, held.account, held.device, held.expires_at;
END $$;

CREATE FUNCTION session_of_token(p_token_hash bytea) RETURNS SETOF session_family
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    SELECT session_family.* FROM refresh_token JOIN session_family USING (family) WHERE token_hash = p_token_hash
$$;

-- The keys of access tokens, sealed. The newest one makes tokens, all of them read them.
CREATE TABLE access_key (
    kid text PRIMARY KEY CHECK (length(kid) <= 100),
    sealed_key bytea NOT NULL,
    not_before timestamptz NOT NULL
);

-- Adds the key unless one was added since p_since: replicas that rotate at once agree on one.
CREATE FUNCTION access_key_add(p_kid text, p_sealed_key bytea, p_not_before timestamptz, p_since timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    LOCK TABLE access_key IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM access_key WHERE not_before > p_since) THEN
        INSERT INTO access_key (kid, sealed_key, not_before) VALUES (p_kid, p_sealed_key, p_not_before);
    END IF;
END $$;

-- Removes what is past its time; sign-ins that nobody finished become reports.
CREATE FUNCTION sign_in_forget(p_now timestamptz, p_keys_before timestamptz, p_stop integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    WITH gone AS (DELETE FROM sign_in_challenge WHERE expires_at <= p_now RETURNING *)
        INSERT INTO sign_in_report (account, actor, result, factors)
        SELECT gone.account, actor, result, factors FROM gone JOIN account USING (account);
    DELETE FROM authorization_code WHERE expires_at <= p_now;
    -- Kept for a day, so that a late client still hears why its session ended.
    DELETE FROM session_family WHERE expires_at <= p_now - interval '1 day';
    DELETE FROM sign_in_failure WHERE last_at <= p_now - interval '1 day' AND failures < p_stop;
    DELETE FROM access_key WHERE not_before <= p_keys_before;
END $$;

-- Rights ---------------------------------------------------------------------------------------------

GRANT SELECT, INSERT ON sign_in_relay TO {app};
GRANT SELECT ON sign_in_credential, totp_factor, recovery_code, sign_in_report, session_family, access_key TO {app};
GRANT UPDATE (last_step) ON totp_factor TO {app};
GRANT SELECT, INSERT, DELETE ON sign_in_challenge, authorization_code TO {app};
GRANT EXECUTE ON FUNCTION
    sign_in_enrol, sign_in_add_report, sign_in_reported, sign_in_begin, sign_in_forgive, session_start, session_end,
    sign_in_recover, session_refresh, session_of_token, access_key_add, sign_in_forget
TO {app};

RESET ROLE;
