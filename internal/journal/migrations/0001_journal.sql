CREATE TABLE journal (
  seq        BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
  done_at    BIGINT NOT NULL,
  by_login   TEXT   NOT NULL,
  via        TEXT   NOT NULL,
  act        TEXT   NOT NULL,
  object     TEXT   NOT NULL,
  division   TEXT   NOT NULL,
  enterprise BIGINT NOT NULL,
  detail     TEXT   NOT NULL,
  leaf       BYTEA  NOT NULL
);

CREATE INDEX journal_object ON journal (object, seq);

CREATE INDEX journal_by ON journal (by_login, seq);

CREATE INDEX journal_at ON journal (done_at, seq);

CREATE TABLE journal_nodes (
  seq   BIGINT NOT NULL,
  level BIGINT NOT NULL CHECK (level > 0),
  hash  BYTEA  NOT NULL,
  PRIMARY KEY (seq, level)
);

CREATE TABLE journal_head (
  id       BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  size     BIGINT NOT NULL CHECK (size >= 0),
  frontier BYTEA  NOT NULL
);

INSERT INTO journal_head (id, size, frontier) VALUES (1, 0, '');

CREATE TABLE journal_checkpoints (
  size    BIGINT NOT NULL,
  key_id  TEXT   NOT NULL,
  root    TEXT   NOT NULL,
  made_at BIGINT NOT NULL,
  note    TEXT   NOT NULL,
  PRIMARY KEY (size, key_id)
);
