-- Partitioned by day of ts, made when a day is first written to and dropped
-- when it is empty: deleting alone would leave dead rows by the gigabyte.
CREATE TABLE hot (
  kind  BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),
  ts    BIGINT NOT NULL,
  point BIGINT NOT NULL,
  b     BYTEA  NOT NULL,
  PRIMARY KEY (kind, ts, point)
) PARTITION BY RANGE (ts);
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
);
CREATE TABLE dirty (
  point BIGINT NOT NULL,
  hour  BIGINT NOT NULL,
  gen   BIGINT NOT NULL,
  PRIMARY KEY (point, hour)
);
CREATE TABLE raw_hot (
  hour BIGINT NOT NULL,
  seq  BIGINT NOT NULL,
  n    BIGINT NOT NULL,
  b    BYTEA  NOT NULL,
  PRIMARY KEY (hour, seq)
);
ALTER TABLE raw_hot ALTER COLUMN b SET STORAGE EXTERNAL;
CREATE TABLE sealed (
  kind   BIGINT PRIMARY KEY,
  before BIGINT NOT NULL
);
-- Several processes append here; none of them can hold the latest in memory.
CREATE TABLE latest (
  point BIGINT NOT NULL,
  kind  BIGINT NOT NULL,
  ts    BIGINT NOT NULL,
  PRIMARY KEY (point, kind)
);
