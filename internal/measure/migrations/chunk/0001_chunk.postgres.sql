-- Partitioned by month of t0, as the monthly files of SQLite.
CREATE TABLE chunk (
  point BIGINT NOT NULL,
  kind  BIGINT NOT NULL,
  t0    BIGINT NOT NULL,
  n     BIGINT NOT NULL,
  b     BYTEA  NOT NULL,
  PRIMARY KEY (point, kind, t0)
) PARTITION BY RANGE (t0);
ALTER TABLE chunk ALTER COLUMN b SET STORAGE EXTERNAL;
