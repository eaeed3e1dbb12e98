-- Where residents report without an account: the QR codes on walls.

CREATE TABLE door (
    tenant_id  int  NOT NULL,
    id         uuid NOT NULL,
    code       text COLLATE "C" NOT NULL,
    kind       text NOT NULL,
    subject_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at  timestamptz,
    CONSTRAINT door_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT door_code_key UNIQUE (tenant_id, code),
    CONSTRAINT door_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT door_kind_check CHECK (kind IN ('head', 'grid', 'hall')),
    CONSTRAINT door_code_check CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{8}$')
);
CREATE UNIQUE INDEX door_subject_idx ON door (tenant_id, kind, subject_id) WHERE closed_at IS NULL;
COMMENT ON TABLE door IS 'Where residents report without an account.';
COMMENT ON COLUMN door.code IS 'In the address of the QR code; not a secret.';
COMMENT ON COLUMN door.subject_id IS 'The neighbor head, area or unit whose door it is.';

CREATE TRIGGER door_keep BEFORE DELETE OR TRUNCATE ON door FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
GRANT SELECT, INSERT ON door TO lintu_app;
GRANT UPDATE (closed_at) ON door TO lintu_app;

---- create above / drop below ----

DROP TABLE door;
