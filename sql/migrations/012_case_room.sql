-- Room beside each case for its next version. Most events change no indexed column of
-- a case; with room on the page, none of its seventeen indexes is written then.
ALTER TABLE case_file SET (fillfactor = 65);

---- create above / drop below ----

ALTER TABLE case_file RESET (fillfactor);
