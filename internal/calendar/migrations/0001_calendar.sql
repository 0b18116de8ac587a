CREATE TABLE holiday_years (
  year       BIGINT NOT NULL,
  revision   BIGINT NOT NULL CHECK (revision > 0),
  source     TEXT   NOT NULL,
  confidence TEXT   NOT NULL CHECK (confidence IN ('source', 'source-secondary', 'inference', 'memory', 'unverified', 'source-existence', 'missing')),
  changed_at BIGINT NOT NULL,
  changed_by TEXT   NOT NULL,
  PRIMARY KEY (year, revision)
);

CREATE TABLE holidays (
  held_on    TEXT   NOT NULL,
  revision   BIGINT NOT NULL CHECK (revision > 0),
  kind       TEXT   NOT NULL CHECK (kind IN ('off', 'work', 'plain')),
  name       TEXT   NOT NULL,
  source     TEXT   NOT NULL,
  confidence TEXT   NOT NULL CHECK (confidence IN ('source', 'source-secondary', 'inference', 'memory', 'unverified', 'source-existence', 'missing')),
  changed_at BIGINT NOT NULL,
  changed_by TEXT   NOT NULL,
  PRIMARY KEY (held_on, revision)
);
