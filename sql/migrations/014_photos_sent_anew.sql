-- A photo that is sent anew waits for its case from then on.
--
-- Its row was forgotten a day after it was first sent, perhaps between the second
-- upload and the report that names it.

GRANT UPDATE (created_at) ON case_photo TO lintu_app;

---- create above / drop below ----

REVOKE UPDATE (created_at) ON case_photo FROM lintu_app;
