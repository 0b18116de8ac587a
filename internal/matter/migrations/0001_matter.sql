CREATE TABLE playbooks (
  id            TEXT   NOT NULL,
  version       BIGINT NOT NULL,
  definition    TEXT   NOT NULL,
  first_used_at BIGINT NOT NULL,
  PRIMARY KEY (id, version)
);
CREATE TABLE findings (
  id         BIGINT PRIMARY KEY,
  key        TEXT   NOT NULL UNIQUE,
  kind       TEXT   NOT NULL,
  division   TEXT   NOT NULL,
  enterprise BIGINT NOT NULL,
  outlet     BIGINT NOT NULL,
  point      BIGINT NOT NULL,
  title      TEXT   NOT NULL,
  facts      TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  last_at    BIGINT NOT NULL,
  peak       TEXT   NOT NULL,
  peak_at    BIGINT NOT NULL,
  unit       TEXT   NOT NULL,
  times      TEXT   NOT NULL,
  periods    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX findings_list ON findings (division, id);
CREATE INDEX findings_enterprise ON findings (enterprise, id);
CREATE INDEX findings_point ON findings (point, last_at);
CREATE TABLE finding_periods (
  finding     BIGINT NOT NULL REFERENCES findings (id),
  at          BIGINT NOT NULL,
  revision    BIGINT NOT NULL,
  peak        TEXT   NOT NULL,
  times       TEXT   NOT NULL,
  facts       TEXT   NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (finding, at, revision)
);
CREATE TABLE matters (
  id               BIGINT  PRIMARY KEY,
  finding          BIGINT  NOT NULL UNIQUE REFERENCES findings (id),
  playbook         TEXT    NOT NULL,
  playbook_version BIGINT  NOT NULL,
  division         TEXT    NOT NULL,
  enterprise       BIGINT  NOT NULL,
  title            TEXT    NOT NULL,
  stage            TEXT    NOT NULL,
  owner_division   TEXT    NOT NULL,
  owner_enterprise BIGINT  NOT NULL,
  outcome          TEXT    NOT NULL,
  suspended        BOOLEAN NOT NULL,
  version          BIGINT  NOT NULL,
  opened_at        BIGINT  NOT NULL,
  moved_at         BIGINT  NOT NULL,
  closed_at        BIGINT,
  FOREIGN KEY (playbook, playbook_version) REFERENCES playbooks (id, version)
);
CREATE INDEX matters_list ON matters (division, id);
CREATE INDEX matters_enterprise ON matters (enterprise, id);
CREATE INDEX matters_open ON matters (id) WHERE closed_at IS NULL;
CREATE TABLE matter_owners (
  matter BIGINT NOT NULL REFERENCES matters (id),
  role   TEXT   NOT NULL,
  PRIMARY KEY (matter, role)
);
CREATE INDEX matter_owners_role ON matter_owners (role, matter);
CREATE TABLE moves (
  id         BIGINT PRIMARY KEY,
  matter     BIGINT NOT NULL REFERENCES matters (id),
  version    BIGINT NOT NULL,
  move       TEXT   NOT NULL,
  from_stage TEXT   NOT NULL,
  to_stage   TEXT   NOT NULL,
  by_login   TEXT   NOT NULL,
  by_name    TEXT   NOT NULL,
  by_office  TEXT   NOT NULL,
  note       TEXT   NOT NULL,
  fields     TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  UNIQUE (matter, version)
);
CREATE TABLE comments (
  id       BIGINT PRIMARY KEY,
  matter   BIGINT NOT NULL REFERENCES matters (id),
  by_login TEXT   NOT NULL,
  by_name  TEXT   NOT NULL,
  text     TEXT   NOT NULL,
  at       BIGINT NOT NULL
);
CREATE INDEX comments_matter ON comments (matter, id);
CREATE TABLE evidence (
  id         BIGINT  PRIMARY KEY,
  matter     BIGINT  NOT NULL REFERENCES matters (id),
  move       BIGINT  REFERENCES moves (id),
  kind       TEXT    NOT NULL CHECK (kind IN ('photo', 'document', 'sheet', 'video', 'text')),
  name       TEXT    NOT NULL,
  size       BIGINT  NOT NULL,
  media      TEXT    NOT NULL,
  hash       TEXT    NOT NULL,
  thumbnail  BOOLEAN NOT NULL,
  taken_at   BIGINT,
  lon_e7     BIGINT,
  lat_e7     BIGINT,
  by_account BIGINT  NOT NULL,
  by_login   TEXT    NOT NULL,
  by_name    TEXT    NOT NULL,
  at         BIGINT  NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('active', 'withdrawn')),
  reason     TEXT    NOT NULL
);
CREATE INDEX evidence_matter ON evidence (matter, id);
CREATE TABLE clocks (
  id         BIGINT PRIMARY KEY,
  matter     BIGINT NOT NULL REFERENCES matters (id),
  stage      TEXT   NOT NULL,
  definition TEXT   NOT NULL,
  rule       TEXT   NOT NULL,
  started_at BIGINT NOT NULL,
  stopped_at BIGINT
);
CREATE INDEX clocks_matter ON clocks (matter, id);
CREATE INDEX clocks_running ON clocks (id) WHERE stopped_at IS NULL;
CREATE TABLE clock_events (
  id          BIGINT PRIMARY KEY,
  clock       BIGINT NOT NULL REFERENCES clocks (id),
  kind        TEXT   NOT NULL CHECK (kind IN ('suspend', 'resume', 'extend')),
  at          BIGINT NOT NULL,
  amount      BIGINT NOT NULL,
  unit        TEXT   NOT NULL,
  reason      TEXT   NOT NULL,
  by_login    TEXT   NOT NULL,
  by_name     TEXT   NOT NULL,
  approved_by TEXT   NOT NULL,
  evidence    BIGINT NOT NULL
);
CREATE INDEX clock_events_clock ON clock_events (clock, id);
CREATE TABLE clock_rungs (
  clock    BIGINT NOT NULL REFERENCES clocks (id),
  rung     TEXT   NOT NULL,
  text     TEXT   NOT NULL,
  worker   TEXT   NOT NULL,
  fired_at BIGINT NOT NULL,
  PRIMARY KEY (clock, rung)
);
CREATE TABLE publications (
  id           BIGINT PRIMARY KEY,
  matter       BIGINT NOT NULL REFERENCES matters (id),
  move         BIGINT NOT NULL REFERENCES moves (id),
  content      TEXT   NOT NULL,
  hash         TEXT   NOT NULL,
  published_at BIGINT NOT NULL
);
