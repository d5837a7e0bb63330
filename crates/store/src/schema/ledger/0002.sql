-- Messages that end: one row a message. `due`: when it ends, by the clock of endings (`ending_clock` in the ledger), the greatest integer where its
-- time has not begun. `about`: the rest of it, as the core writes it.
CREATE TABLE endings (
    event TEXT    NOT NULL PRIMARY KEY,
    room  TEXT    NOT NULL DEFAULT '',
    due   INTEGER NOT NULL DEFAULT 9223372036854775807,
    about BLOB    NOT NULL DEFAULT x''
) STRICT;
