-- Files of photos that no case has.
--
-- A photo's file and its row are written one after the other, and a server may end in
-- between. So the id is noted here before a file can come into being, and leaves when the
-- photo has its row; and it is noted again before a row goes, until the file is gone.
-- What stays here for long is a file that nothing names, or none at all.

CREATE TABLE photo_file (
    tenant_id int  NOT NULL,
    id        uuid NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT photo_file_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT photo_file_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX photo_file_at_idx ON photo_file (tenant_id, at);
COMMENT ON TABLE photo_file IS 'Photos whose file may be there without a row in case_photo.';
COMMENT ON COLUMN photo_file.at IS 'When it was last expected.';

GRANT SELECT, INSERT, UPDATE (at), DELETE ON photo_file TO lintu_app;
COMMENT ON COLUMN case_photo.created_at IS 'When it was last sent.';

---- create above / drop below ----

COMMENT ON COLUMN case_photo.created_at IS NULL;
DROP TABLE photo_file;
