-- The key begins with kind and time, so that new rows fall on the last few
-- pages however many points there are.
CREATE TABLE hot (
  kind  BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),
  ts    BIGINT NOT NULL,
  point BIGINT NOT NULL,
  b     BYTEA  NOT NULL,
  PRIMARY KEY (kind, ts, point)
) WITHOUT ROWID;
CREATE TABLE superseded (
  point      BIGINT  NOT NULL,
  kind       BIGINT  NOT NULL,
  ts         BIGINT  NOT NULL,
  factor     TEXT    NOT NULL,
  content    BYTEA   NOT NULL,
  qn         BIGINT  NOT NULL,
  received   BIGINT  NOT NULL,
  backfilled BOOLEAN NOT NULL,
  PRIMARY KEY (point, kind, ts, factor, content)
) WITHOUT ROWID;
CREATE TABLE dirty (
  point BIGINT NOT NULL,
  hour  BIGINT NOT NULL,
  gen   BIGINT NOT NULL,
  PRIMARY KEY (point, hour)
) WITHOUT ROWID;
CREATE TABLE raw_hot (
  hour BIGINT NOT NULL,
  seq  BIGINT NOT NULL,
  n    BIGINT NOT NULL,
  b    BYTEA  NOT NULL,
  PRIMARY KEY (hour, seq)
);
CREATE TABLE sealed (
  kind   BIGINT PRIMARY KEY,
  before BIGINT NOT NULL
);
