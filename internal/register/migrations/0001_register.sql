CREATE TABLE entries (
  id         BIGINT PRIMARY KEY,
  register   TEXT   NOT NULL,
  code       TEXT   NOT NULL,
  code_owner BIGINT NOT NULL,
  name       TEXT   NOT NULL,
  search     TEXT   NOT NULL,
  division   TEXT   NOT NULL,
  enterprise BIGINT NOT NULL,
  lon_e7     BIGINT,
  lat_e7     BIGINT,
  data       TEXT   NOT NULL,
  secrets    TEXT   NOT NULL,
  version    BIGINT NOT NULL,
  state      TEXT   NOT NULL CHECK (state IN ('active', 'withdrawn')),
  rev        BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX entries_code ON entries (register, code_owner, code) WHERE state = 'active';
CREATE INDEX entries_list ON entries (register, code, id);
CREATE INDEX entries_division ON entries (division, register);
CREATE INDEX entries_enterprise ON entries (enterprise, register);
CREATE UNIQUE INDEX entries_rev ON entries (rev);
CREATE TABLE entry_versions (
  entry      BIGINT NOT NULL REFERENCES entries (id),
  version    BIGINT NOT NULL,
  code       TEXT   NOT NULL,
  name       TEXT   NOT NULL,
  division   TEXT   NOT NULL,
  enterprise BIGINT NOT NULL,
  lon_e7     BIGINT,
  lat_e7     BIGINT,
  data       TEXT   NOT NULL,
  secrets    TEXT   NOT NULL,
  state      TEXT   NOT NULL CHECK (state IN ('active', 'withdrawn')),
  by_login   TEXT   NOT NULL,
  by_name    TEXT   NOT NULL,
  reason     TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (entry, version)
);
CREATE TABLE entry_values (
  entry     BIGINT  NOT NULL REFERENCES entries (id),
  register  TEXT    NOT NULL,
  key       TEXT    NOT NULL,
  value     TEXT    NOT NULL,
  exclusive BOOLEAN NOT NULL,
  PRIMARY KEY (entry, key)
);
CREATE INDEX entry_values_find ON entry_values (register, key, value);
CREATE UNIQUE INDEX entry_values_exclusive ON entry_values (register, key, value) WHERE exclusive;
CREATE TABLE register_revision (
  id  BIGINT PRIMARY KEY CHECK (id = 1),
  rev BIGINT NOT NULL
);
INSERT INTO register_revision (id, rev) VALUES (1, 0);
