CREATE TABLE jobs (
  name        TEXT   PRIMARY KEY,
  node        TEXT   NOT NULL,
  next_at     BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  started_at  BIGINT NOT NULL,
  finished_at BIGINT NOT NULL,
  took_ms     BIGINT NOT NULL,
  runs        BIGINT NOT NULL,
  failures    BIGINT NOT NULL,
  note        TEXT   NOT NULL,
  error       TEXT   NOT NULL
);
CREATE TABLE raw_roots (
  hour       BIGINT NOT NULL,
  part       BIGINT NOT NULL,
  root       TEXT   NOT NULL,
  frames     BIGINT NOT NULL,
  entered_at BIGINT NOT NULL,
  PRIMARY KEY (hour, part)
);
