-- Lists of spaces. Rows from before are admitted to them when they are next put.
CREATE INDEX rooms_spaces ON rooms (active_at DESC, id) WHERE (admitted & 64) <> 0;
INSERT INTO room_counts (filter, total) VALUES (64, 0);
