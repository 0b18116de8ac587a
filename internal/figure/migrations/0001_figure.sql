CREATE TABLE figure_corrections (
  id         BIGINT PRIMARY KEY,
  table_name TEXT   NOT NULL,
  row_key    TEXT   NOT NULL,
  revision   BIGINT NOT NULL CHECK (revision > 1),
  cells      TEXT   NOT NULL,
  confidence TEXT   NOT NULL CHECK (confidence IN ('source', 'source-secondary', 'inference', 'memory', 'unverified', 'source-existence', 'missing')),
  source     TEXT   NOT NULL,
  by_login   TEXT   NOT NULL,
  by_name    TEXT   NOT NULL,
  reason     TEXT   NOT NULL CHECK (reason <> ''),
  at         BIGINT NOT NULL,
  UNIQUE (table_name, row_key, revision)
);
CREATE TABLE figure_revision (
  id  BIGINT PRIMARY KEY CHECK (id = 1),
  rev BIGINT NOT NULL
);
INSERT INTO figure_revision (id, rev) VALUES (1, 0);
CREATE TABLE figure_uses (
  kind       TEXT   NOT NULL CHECK (kind <> ''),
  subject    TEXT   NOT NULL CHECK (subject <> ''),
  label      TEXT   NOT NULL,
  division   TEXT   NOT NULL,
  enterprise BIGINT NOT NULL,
  table_name TEXT   NOT NULL,
  row_key    TEXT   NOT NULL,
  revision   BIGINT NOT NULL CHECK (revision > 0),
  noted_at   BIGINT NOT NULL,
  PRIMARY KEY (kind, subject, table_name, row_key)
);
CREATE INDEX figure_uses_row ON figure_uses (table_name, row_key, revision);
