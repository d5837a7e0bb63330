-- What cannot be fetched again. A migration may add to it and never drops it.
CREATE TABLE ledger (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL DEFAULT x''
) STRICT;
