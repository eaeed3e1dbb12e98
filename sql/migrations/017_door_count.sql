-- What has come through each door on its latest day: a door takes so many reports and so
-- many bytes of photos a day and no more, however many networks send them.

CREATE TABLE door_count (
    tenant_id int    NOT NULL,
    door_id   uuid   NOT NULL,
    day       date   NOT NULL,
    reports   int    NOT NULL,
    bytes     bigint NOT NULL,
    CONSTRAINT door_count_pkey PRIMARY KEY (tenant_id, door_id),
    CONSTRAINT door_count_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
COMMENT ON COLUMN door_count.bytes IS 'Of photos, as announced when they began to be sent.';

GRANT SELECT, INSERT, UPDATE ON door_count TO lintu_app;

---- create above / drop below ----

DROP TABLE door_count;
