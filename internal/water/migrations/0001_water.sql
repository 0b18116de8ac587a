CREATE TABLE water_files (
  digest TEXT   PRIMARY KEY,
  size   BIGINT NOT NULL,
  data   BYTEA  NOT NULL
);
CREATE TABLE water_imports (
  id          BIGINT PRIMARY KEY,
  name        TEXT   NOT NULL,
  digest      TEXT   NOT NULL,
  division    TEXT   NOT NULL,
  who         TEXT   NOT NULL,
  who_name    TEXT   NOT NULL,
  imported_at BIGINT NOT NULL,
  result      TEXT   NOT NULL
);
CREATE INDEX water_imports_digest ON water_imports (digest);
CREATE TABLE water_places (
  place BIGINT PRIMARY KEY,
  n     BIGINT NOT NULL
);
CREATE TABLE water_values (
  id          BIGINT  PRIMARY KEY,
  place       BIGINT  NOT NULL,
  division    TEXT    NOT NULL,
  sampled_on  TEXT    NOT NULL,
  sample      TEXT    NOT NULL,
  item        TEXT    NOT NULL,
  revision    BIGINT  NOT NULL,
  standing    BOOLEAN NOT NULL,
  raw         TEXT    NOT NULL,
  unit        TEXT    NOT NULL,
  detection   TEXT    NOT NULL,
  doubt       TEXT    NOT NULL,
  import      BIGINT  NOT NULL,
  sheet       TEXT    NOT NULL,
  cell        TEXT    NOT NULL,
  reason      TEXT    NOT NULL,
  who         TEXT    NOT NULL,
  who_name    TEXT    NOT NULL,
  entered_at  BIGINT  NOT NULL,
  replaced_at BIGINT  NOT NULL,
  UNIQUE (place, sampled_on, sample, item, revision)
);
CREATE INDEX water_values_import ON water_values (import);
CREATE TABLE water_bases (
  id   BIGINT PRIMARY KEY,
  refs TEXT   NOT NULL
);
CREATE TABLE water_results (
  place       BIGINT NOT NULL,
  kind        TEXT   NOT NULL CHECK (kind IN ('month', 'quarter', 'year', 'to_date')),
  year        BIGINT NOT NULL,
  n           BIGINT NOT NULL,
  revision    BIGINT NOT NULL,
  division    TEXT   NOT NULL,
  class       BIGINT NOT NULL CHECK (class BETWEEN 0 AND 6),
  state       TEXT   NOT NULL CHECK (state IN ('judged', 'ice', 'no_flow', 'not_monitored', 'unknown')),
  target      BIGINT NOT NULL CHECK (target BETWEEN 0 AND 5),
  attained    TEXT   NOT NULL CHECK (attained IN ('meets', 'exceeds', 'unknown', 'none')),
  issue       TEXT   NOT NULL,
  confidence  TEXT   NOT NULL,
  basis       BIGINT NOT NULL,
  cause       TEXT   NOT NULL,
  reckoned_at BIGINT NOT NULL,
  detail      TEXT   NOT NULL,
  PRIMARY KEY (place, kind, year, n)
);
CREATE INDEX water_results_of ON water_results (kind, year, n);
CREATE TABLE water_result_history (
  place       BIGINT NOT NULL,
  kind        TEXT   NOT NULL CHECK (kind IN ('month', 'quarter', 'year', 'to_date')),
  year        BIGINT NOT NULL,
  n           BIGINT NOT NULL,
  revision    BIGINT NOT NULL,
  division    TEXT   NOT NULL,
  class       BIGINT NOT NULL CHECK (class BETWEEN 0 AND 6),
  state       TEXT   NOT NULL CHECK (state IN ('judged', 'ice', 'no_flow', 'not_monitored', 'unknown')),
  target      BIGINT NOT NULL CHECK (target BETWEEN 0 AND 5),
  attained    TEXT   NOT NULL CHECK (attained IN ('meets', 'exceeds', 'unknown', 'none')),
  issue       TEXT   NOT NULL,
  confidence  TEXT   NOT NULL,
  basis       BIGINT NOT NULL,
  cause       TEXT   NOT NULL,
  reckoned_at BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  detail      TEXT   NOT NULL,
  PRIMARY KEY (place, kind, year, n, revision)
);
CREATE TABLE water_followed (
  id  BIGINT PRIMARY KEY CHECK (id = 1),
  rev BIGINT NOT NULL
);
