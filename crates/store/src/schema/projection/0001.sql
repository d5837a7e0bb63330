-- What can be fetched again. A later migration may drop and remake any of this.

-- One row a room. `admitted`: bit n is set if filter n (rooms.rs) admits the room. `active_at`: milliseconds since 1970, the least integer if unknown.
CREATE TABLE rooms (
    key       INTEGER NOT NULL PRIMARY KEY,
    id        TEXT    NOT NULL UNIQUE,
    admitted  INTEGER NOT NULL DEFAULT 0,
    active_at INTEGER NOT NULL DEFAULT -9223372036854775808,
    summary   BLOB    NOT NULL DEFAULT x''
) STRICT;

CREATE INDEX rooms_all         ON rooms (active_at DESC, id) WHERE (admitted &  1) <> 0;
CREATE INDEX rooms_unread      ON rooms (active_at DESC, id) WHERE (admitted &  2) <> 0;
CREATE INDEX rooms_people      ON rooms (active_at DESC, id) WHERE (admitted &  4) <> 0;
CREATE INDEX rooms_rooms       ON rooms (active_at DESC, id) WHERE (admitted &  8) <> 0;
CREATE INDEX rooms_invitations ON rooms (active_at DESC, id) WHERE (admitted & 16) <> 0;
CREATE INDEX rooms_favourites  ON rooms (active_at DESC, id) WHERE (admitted & 32) <> 0;

-- How many rooms each filter admits, kept by the writer, so that a list need not count them.
CREATE TABLE room_counts (
    filter INTEGER NOT NULL PRIMARY KEY,
    total  INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO room_counts (filter, total) VALUES (1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (32, 0);

-- The rooms that have a tail; `key` is the upper half of their items' slots.
CREATE TABLE tail_rooms (
    key  INTEGER NOT NULL PRIMARY KEY,
    room TEXT    NOT NULL UNIQUE
) STRICT;

-- The newest items of a conversation. `slot` is the room's key * 2^32 + a position: a room's items lie together, in order, and neighbours leave room between them.
CREATE TABLE tail (
    slot INTEGER NOT NULL PRIMARY KEY,
    id   TEXT    NOT NULL DEFAULT '',
    item BLOB    NOT NULL DEFAULT x''
) STRICT;
