-- Accounts, the roles they hold, sessions and API tokens.
--
-- No secret is stored: passwords as argon2id, the secrets of sessions and tokens
-- as SHA-256, which suffices because they are 256 random bits. Accounts, their
-- identities and grants are never deleted: the audit refers to them. Sessions,
-- tokens and failures are; what became of them is in the audit.

CREATE TABLE account (
    tenant_id      int  NOT NULL,
    id             uuid NOT NULL,
    login          text COLLATE "C" NOT NULL,
    password_hash  text,
    one_time_until timestamptz,
    created_at     timestamptz NOT NULL,
    seen_at        timestamptz,
    disabled_at    timestamptz,
    CONSTRAINT account_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT account_login_key UNIQUE (tenant_id, login),
    CONSTRAINT account_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT account_login_check CHECK (login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
    CONSTRAINT account_password_hash_check CHECK (password_hash LIKE '$argon2id$%'),
    CONSTRAINT account_one_time_until_check CHECK (one_time_until IS NULL OR password_hash IS NOT NULL)
);
COMMENT ON TABLE account IS 'Who can sign in.';
COMMENT ON COLUMN account.login IS 'Lower case, and not the name of a person.';
COMMENT ON COLUMN account.password_hash IS 'argon2id as a PHC string; null for accounts that only come by single sign-on.';
COMMENT ON COLUMN account.one_time_until IS 'Until when a one-time password can be used; null for one that need not be changed.';
COMMENT ON COLUMN account.seen_at IS 'The last use, to about a minute.';

CREATE TABLE identity (
    tenant_id  int  NOT NULL,
    issuer     text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    account_id uuid NOT NULL,
    CONSTRAINT identity_pkey PRIMARY KEY (tenant_id, issuer, subject),
    CONSTRAINT identity_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT identity_issuer_check CHECK (issuer <> ''),
    CONSTRAINT identity_subject_check CHECK (subject <> '')
);
CREATE INDEX identity_account_idx ON identity (tenant_id, account_id);
COMMENT ON TABLE identity IS 'What a single sign-on calls an account.';

-- A role is held once for a scope at any instant. The hashes in the exclusion
-- decide nothing; they keep it fast, as in the history of features.
CREATE TABLE role_grant (
    tenant_id  int  NOT NULL,
    id         uuid NOT NULL,
    account_id uuid NOT NULL,
    role       text NOT NULL,
    scope_kind text NOT NULL,
    scope_id   uuid,
    valid      tstzrange NOT NULL,
    CONSTRAINT role_grant_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT role_grant_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT role_grant_scope_check CHECK ((scope_kind = 'everywhere') = (scope_id IS NULL)),
    CONSTRAINT role_grant_scope_kind_check CHECK (scope_kind IN ('everywhere', 'area', 'unit', 'head')),
    CONSTRAINT role_grant_valid_check CHECK (NOT lower_inf(valid)),
    CONSTRAINT role_grant_once_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(account_id) WITH =, account_id WITH =,
        role WITH =, scope_kind WITH =, coalesce(scope_id, '00000000-0000-0000-0000-000000000000') WITH =, valid WITH &&)
);
CREATE INDEX role_grant_account_idx ON role_grant (tenant_id, account_id);
CREATE INDEX role_grant_role_idx ON role_grant (tenant_id, role);
COMMENT ON TABLE role_grant IS 'Who holds which role for which part of the jurisdiction, and when. What is revoked stays, with its validity ended; empty if it had not begun.';
COMMENT ON COLUMN role_grant.scope_id IS 'The area, unit or neighbor head; null for everywhere.';

CREATE TABLE session (
    tenant_id  int   NOT NULL,
    id         uuid  NOT NULL,
    account_id uuid  NOT NULL,
    hash       bytea NOT NULL,
    sso        boolean NOT NULL,
    address    text  NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT session_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT session_hash_key UNIQUE (tenant_id, hash),
    CONSTRAINT session_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT session_hash_check CHECK (length(hash) = 32)
);
CREATE INDEX session_account_idx ON session (tenant_id, account_id);
CREATE INDEX session_expires_idx ON session (tenant_id, expires_at);
COMMENT ON COLUMN session.hash IS 'SHA-256 of the secret in the cookie.';
COMMENT ON COLUMN session.sso IS 'A single sign-on vouched, so no password of the account''s was used.';
COMMENT ON COLUMN session.address IS 'Where it was opened from; empty if unknown.';
COMMENT ON COLUMN session.seen_at IS 'The last use, to about a minute.';
COMMENT ON COLUMN session.expires_at IS 'The end at the latest; idleness ends it before.';

CREATE TABLE token (
    tenant_id  int    NOT NULL,
    id         uuid   NOT NULL,
    account_id uuid   NOT NULL,
    hash       bytea  NOT NULL,
    title      text   NOT NULL,
    rights     text[] NOT NULL,
    created_at timestamptz NOT NULL,
    used_at    timestamptz,
    expires_at timestamptz NOT NULL,
    CONSTRAINT token_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT token_hash_key UNIQUE (tenant_id, hash),
    CONSTRAINT token_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT token_hash_check CHECK (length(hash) = 32),
    CONSTRAINT token_rights_check CHECK (cardinality(rights) > 0)
);
CREATE INDEX token_account_idx ON token (tenant_id, account_id);
COMMENT ON TABLE token IS 'A program''s way in, as an account and with no more than these rights.';

-- Passing the account's throttle needs an address that has signed in before.
CREATE TABLE account_address (
    tenant_id  int  NOT NULL,
    account_id uuid NOT NULL,
    address    text COLLATE "C" NOT NULL,
    seen_at    timestamptz NOT NULL,
    CONSTRAINT account_address_pkey PRIMARY KEY (tenant_id, account_id, address),
    CONSTRAINT account_address_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
);
COMMENT ON TABLE account_address IS 'From where an account has signed in.';

CREATE TABLE login_failure (
    tenant_id int  NOT NULL,
    subject   text COLLATE "C" NOT NULL,
    failures  int  NOT NULL,
    last_at   timestamptz NOT NULL,
    CONSTRAINT login_failure_pkey PRIMARY KEY (tenant_id, subject),
    CONSTRAINT login_failure_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX login_failure_last_idx ON login_failure (tenant_id, last_at);
COMMENT ON TABLE login_failure IS 'Failed attempts to sign in, by account, by account and address, by address, and by 16 bits of a hash of an unknown login.';

CREATE TRIGGER account_keep    BEFORE DELETE OR TRUNCATE ON account    FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER identity_keep   BEFORE UPDATE OR DELETE OR TRUNCATE ON identity FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER role_grant_keep BEFORE DELETE OR TRUNCATE ON role_grant FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();

-- Requests may add, and change only what changes.
GRANT SELECT ON account, identity, role_grant, session, token, account_address, login_failure TO lintu_app;
GRANT INSERT ON account, identity, role_grant, session, token, account_address, login_failure TO lintu_app;
GRANT UPDATE (password_hash, one_time_until, seen_at, disabled_at) ON account TO lintu_app;
GRANT UPDATE (valid) ON role_grant TO lintu_app;
GRANT UPDATE (seen_at) ON session, account_address TO lintu_app;
GRANT UPDATE (used_at) ON token TO lintu_app;
GRANT UPDATE (failures, last_at) ON login_failure TO lintu_app;
GRANT DELETE ON session, token, account_address, login_failure TO lintu_app;

---- create above / drop below ----

DROP TABLE login_failure, account_address, token, session, role_grant, identity, account;
