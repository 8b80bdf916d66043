-- Several second factors, a passphrase that waits, epochs of devices, recovery by the printed kit.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

-- Factors --------------------------------------------------------------------------------------------

CREATE TABLE factor (
    factor bytea PRIMARY KEY CHECK (octet_length(factor) = 16),
    account bytea NOT NULL REFERENCES account,
    -- Numbers of FactorKind: one-time codes, security keys.
    kind smallint NOT NULL CHECK (kind IN (2, 4)),
    -- Sealed: the secret, or a security key's id and public key (WebAuthn level 3 §6.5.2).
    content bytea NOT NULL,
    -- The last step, or the last count of uses, that counted: a later answer only counts if it is above.
    counter bigint NOT NULL,
    credential_hash bytea UNIQUE CHECK (octet_length(credential_hash) = 32),
    sealed_name bytea NOT NULL CHECK (octet_length(sealed_name) <= 256),
    added_at timestamptz NOT NULL,
    last_used_at timestamptz,
    CHECK ((kind = 4) = (credential_hash IS NOT NULL))
);
CREATE INDEX factor_account ON factor (account);

INSERT INTO factor (factor, account, kind, content, counter, sealed_name, added_at)
    SELECT uuid_send(gen_random_uuid()), account, 2, sealed_secret, last_step, '', registered_at
    FROM totp_factor JOIN account USING (account);
DROP TABLE totp_factor;

CREATE OR REPLACE FUNCTION sign_in_enrol(
    p_account bytea, p_credential bytea, p_sealed_secret bytea, p_keyed_hashes bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    INSERT INTO sign_in_credential (account, credential) VALUES (p_account, p_credential);
    INSERT INTO factor (factor, account, kind, content, counter, sealed_name, added_at)
        SELECT uuid_send(gen_random_uuid()), account, 2, p_sealed_secret, 0, '', registered_at
        FROM account WHERE account = p_account;
    INSERT INTO recovery_code (account, keyed_hash) SELECT p_account, unnest(p_keyed_hashes);
END $$;

CREATE FUNCTION factor_add(
    p_leaf_index bigint, p_now timestamptz, p_account bytea, p_factor bytea, p_kind smallint, p_content bytea,
    p_counter bigint, p_credential_hash bytea, p_sealed_name bytea, p_most integer
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    IF (SELECT count(*) FROM factor WHERE account = p_account) >= p_most THEN
        RAISE EXCEPTION 'too many factors' USING ERRCODE = 'UH045', DETAIL = p_leaf_index::text;
    END IF;
    INSERT INTO factor (factor, account, kind, content, counter, credential_hash, sealed_name, added_at)
        VALUES (p_factor, p_account, p_kind, p_content, p_counter, p_credential_hash, p_sealed_name, p_now)
        ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the factor is known' USING ERRCODE = 'UH046', DETAIL = p_leaf_index::text;
    END IF;
END $$;

-- The last one stays: recovery codes are used up, and then nothing would be left to show.
CREATE FUNCTION factor_remove(p_leaf_index bigint, p_account bytea, p_factor bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    DELETE FROM factor WHERE factor = p_factor AND account = p_account;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such factor' USING ERRCODE = 'UH047', DETAIL = p_leaf_index::text;
    END IF;
    IF NOT EXISTS (SELECT FROM factor WHERE account = p_account) THEN
        RAISE EXCEPTION 'the last factor' USING ERRCODE = 'UH048', DETAIL = p_leaf_index::text;
    END IF;
END $$;

CREATE FUNCTION recovery_codes_renew(p_leaf_index bigint, p_account bytea, p_keyed_hashes bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    DELETE FROM recovery_code WHERE account = p_account;
    INSERT INTO recovery_code (account, keyed_hash) SELECT p_account, unnest(p_keyed_hashes);
END $$;

-- A challenge to a device's new security key. There is one at a time, and it is gone with its use.
CREATE TABLE security_key_offer (
    device bytea PRIMARY KEY REFERENCES device,
    sealed_challenge bytea NOT NULL,
    expires_at timestamptz NOT NULL
);

-- A passphrase that waits ----------------------------------------------------------------------------

-- It takes the other one's place with the first sign-in that uses it; until then it changes nothing.
ALTER TABLE sign_in_credential ADD pending bytea;

CREATE FUNCTION credential_put_pending(p_leaf_index bigint, p_account bytea, p_credential bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    UPDATE sign_in_credential SET pending = p_credential WHERE account = p_account;
END $$;

-- SHA-256 of the credential that the passphrase was checked with, if that was the pending one.
ALTER TABLE authorization_code ADD pending_hash bytea CHECK (octet_length(pending_hash) = 32);

-- Leaves that wait -----------------------------------------------------------------------------------

-- What one transaction has to say besides its own leaf: written with it, removed with the leaf it becomes.
CREATE TABLE waiting_leaf (
    waiting bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    verb smallint NOT NULL,
    content bytea NOT NULL
);

CREATE FUNCTION waiting_leaf_appended(p_leaf_indexes bigint[], p_waiting bigint[])
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
END $$;

-- Sessions -------------------------------------------------------------------------------------------

-- What a device has drawn before its last sign-in; a copy of the device does not know the newest one.
CREATE TABLE device_epoch (
    device bytea PRIMARY KEY REFERENCES device,
    epoch bytea NOT NULL CHECK (octet_length(epoch) = 16)
);

DROP FUNCTION session_start(bigint, timestamptz, bytea, bytea, bytea, timestamptz, bytea);
CREATE FUNCTION session_start(
    p_leaf_index bigint, p_now timestamptz, p_code_hash bytea, p_family bytea, p_token_hash bytea,
    p_expires_at timestamptz, p_subject bytea, p_epoch bytea, p_next_epoch bytea,
    p_replaced_verb smallint, p_replaced_content bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE code authorization_code; stored bytea;
BEGIN
    PERFORM audit_lock();
    DELETE FROM authorization_code WHERE code_hash = p_code_hash AND expires_at > p_now AND device IS NOT NULL
        RETURNING * INTO code;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such code' USING ERRCODE = 'UH040', DETAIL = p_leaf_index::text;
    END IF;
    SELECT epoch INTO stored FROM device_epoch WHERE device = code.device;
    -- The next epoch is here already if the answer to this very request was lost.
    IF stored IS NOT NULL AND stored IS DISTINCT FROM p_epoch AND stored IS DISTINCT FROM p_next_epoch THEN
        RAISE EXCEPTION 'an old epoch' USING ERRCODE = 'UH044', DETAIL = p_leaf_index::text;
    END IF;
    IF p_next_epoch IS NOT NULL THEN
        INSERT INTO device_epoch (device, epoch) VALUES (code.device, p_next_epoch)
            ON CONFLICT (device) DO UPDATE SET epoch = excluded.epoch;
    END IF;
    IF code.pending_hash IS NOT NULL THEN
        UPDATE sign_in_credential SET credential = pending, pending = NULL
            WHERE account = code.account AND sha256(pending) = code.pending_hash;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the passphrase was replaced' USING ERRCODE = 'UH040', DETAIL = p_leaf_index::text;
        END IF;
        INSERT INTO waiting_leaf (verb, content) VALUES (p_replaced_verb, p_replaced_content);
    END IF;
    INSERT INTO session_family
        (family, account, device, thumbprint, code_hash, factors, signed_in_at, refreshed_at, expires_at)
        VALUES (p_family, code.account, code.device, code.thumbprint, p_code_hash, code.factors,
                p_now, p_now, p_expires_at);
    INSERT INTO refresh_token (token_hash, family, generation) VALUES (p_token_hash, p_family, 0);
    DELETE FROM sign_in_failure WHERE subject = p_subject;
END $$;

DROP FUNCTION sign_in_recover(
    bigint, timestamptz, bytea, bytea[], bytea, bytea, bytea, bytea, bytea, smallint[], timestamptz);
CREATE FUNCTION sign_in_recover(
    p_leaf_index bigint, p_now timestamptz, p_keyed_hash bytea, p_families bytea[], p_code_hash bytea,
    p_thumbprint bytea, p_code_challenge bytea, p_account bytea, p_device bytea, p_factors smallint[],
    p_expires_at timestamptz, p_pending_hash bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    DELETE FROM recovery_code WHERE account = p_account AND keyed_hash = p_keyed_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such recovery code' USING ERRCODE = 'UH041', DETAIL = p_leaf_index::text;
    END IF;
    PERFORM session_end(p_leaf_index, p_now, p_families);
    INSERT INTO authorization_code
        (code_hash, thumbprint, code_challenge, account, device, factors, expires_at, pending_hash)
        VALUES (p_code_hash, p_thumbprint, p_code_challenge, p_account, p_device, p_factors, p_expires_at,
                p_pending_hash);
END $$;

-- Recovery by the printed kit ------------------------------------------------------------------------

-- A code without a device is one of recovery: it begins no session, but what follows.
ALTER TABLE authorization_code ALTER device DROP NOT NULL;

CREATE TABLE recovery_session (
    session bytea PRIMARY KEY CHECK (octet_length(session) = 16),
    account bytea NOT NULL REFERENCES account,
    expires_at timestamptz NOT NULL
);
CREATE INDEX recovery_session_expiry ON recovery_session (expires_at);

CREATE FUNCTION recovery_start(
    p_leaf_index bigint, p_now timestamptz, p_code_hash bytea, p_session bytea, p_expires_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE found_account bytea;
BEGIN
    PERFORM audit_lock();
    DELETE FROM authorization_code WHERE code_hash = p_code_hash AND expires_at > p_now AND device IS NULL
        RETURNING account INTO found_account;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such code' USING ERRCODE = 'UH040', DETAIL = p_leaf_index::text;
    END IF;
    INSERT INTO recovery_session (session, account, expires_at)
        VALUES (p_session, found_account, p_expires_at);
END $$;

-- What the kit opens: the newest few, should the newest one turn out to be damaged.
CREATE TABLE recovery_package (
    account bytea NOT NULL REFERENCES account,
    number bigint NOT NULL CHECK (number >= 0),
    package bytea NOT NULL CHECK (octet_length(package) <= 524288),
    PRIMARY KEY (account, number)
);

-- Returns whether it was stored: its number must be above those that are.
CREATE FUNCTION recovery_put_package(p_account bytea, p_number bigint, p_package bytea, p_keep integer)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM FROM account WHERE account = p_account FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM recovery_package WHERE account = p_account AND number >= p_number) THEN
        RETURN false;
    END IF;
    INSERT INTO recovery_package (account, number, package) VALUES (p_account, p_number, p_package);
    DELETE FROM recovery_package WHERE account = p_account AND number NOT IN (
        SELECT number FROM recovery_package WHERE account = p_account ORDER BY number DESC LIMIT p_keep);
    RETURN true;
END $$;

-- Takes the place of all second factors, and ends exactly these sessions, which must be all that are living.
CREATE FUNCTION recovery_replace_factors(
    p_leaf_index bigint, p_now timestamptz, p_account bytea, p_factor bytea, p_sealed_secret bytea,
    p_keyed_hashes bytea[], p_families bytea[], p_verbs smallint[], p_contents bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    DELETE FROM factor WHERE account = p_account;
    INSERT INTO factor (factor, account, kind, content, counter, sealed_name, added_at)
        VALUES (p_factor, p_account, 2, p_sealed_secret, 0, '', p_now);
    PERFORM recovery_codes_renew(p_leaf_index, p_account, p_keyed_hashes);
    UPDATE sign_in_credential SET pending = NULL WHERE account = p_account;
    -- Sign-ins under way were begun with what is void now; codes are part of them.
    DELETE FROM authorization_code WHERE account = p_account;
    DELETE FROM sign_in_challenge WHERE account = p_account;
    PERFORM session_end(p_leaf_index, p_now, p_families);
    IF EXISTS (SELECT FROM session_family WHERE account = p_account AND ended_at IS NULL AND expires_at > p_now) THEN
        RAISE EXCEPTION 'a session has begun' USING ERRCODE = 'UH042', DETAIL = p_leaf_index::text;
    END IF;
    INSERT INTO waiting_leaf (verb, content) SELECT * FROM unnest(p_verbs, p_contents);
END $$;

CREATE FUNCTION factors_forget(p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    DELETE FROM recovery_session WHERE expires_at <= p_now;
    DELETE FROM security_key_offer WHERE expires_at <= p_now;
END $$;

-- Rights ---------------------------------------------------------------------------------------------

GRANT SELECT ON factor, waiting_leaf, recovery_session, recovery_package TO {app};
GRANT UPDATE (counter, last_used_at) ON factor TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON security_key_offer TO {app};
GRANT EXECUTE ON FUNCTION
    factor_add, factor_remove, recovery_codes_renew, credential_put_pending, waiting_leaf_appended, session_start,
    sign_in_recover, recovery_start, recovery_put_package, recovery_replace_factors, factors_forget
TO {app};

RESET ROLE;
