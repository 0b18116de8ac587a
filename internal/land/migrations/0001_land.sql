CREATE TABLE land_locks (
  site BIGINT PRIMARY KEY,
  n    BIGINT NOT NULL
);
CREATE TABLE land_imports (
  id          BIGINT PRIMARY KEY,
  kind        TEXT   NOT NULL CHECK (kind IN ('plot', 'farmland', 'groundwater_well')),
  name        TEXT   NOT NULL,
  digest      TEXT   NOT NULL,
  division    TEXT   NOT NULL,
  who         TEXT   NOT NULL,
  who_name    TEXT   NOT NULL,
  imported_at BIGINT NOT NULL,
  result      TEXT   NOT NULL
);
CREATE INDEX land_imports_digest ON land_imports (digest);
CREATE TABLE land_samples (
  id         BIGINT PRIMARY KEY,
  revision   BIGINT NOT NULL,
  site       BIGINT NOT NULL,
  kind       TEXT   NOT NULL CHECK (kind IN ('plot', 'farmland', 'groundwater_well')),
  division   TEXT   NOT NULL,
  code       TEXT   NOT NULL,
  sampled_on TEXT   NOT NULL,
  round      TEXT   NOT NULL,
  stage      TEXT   NOT NULL,
  spot       TEXT   NOT NULL,
  from_cm    TEXT   NOT NULL,
  to_cm      TEXT   NOT NULL,
  depth_raw  TEXT   NOT NULL,
  ph         TEXT   NOT NULL,
  ph_issue   TEXT   NOT NULL,
  ph_cell    TEXT   NOT NULL,
  laboratory TEXT   NOT NULL,
  report_no  TEXT   NOT NULL,
  import     BIGINT NOT NULL,
  line       BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX land_samples_code ON land_samples (site, code, sampled_on);
CREATE TABLE land_sample_history (
  id          BIGINT NOT NULL,
  revision    BIGINT NOT NULL,
  site        BIGINT NOT NULL,
  kind        TEXT   NOT NULL CHECK (kind IN ('plot', 'farmland', 'groundwater_well')),
  division    TEXT   NOT NULL,
  code        TEXT   NOT NULL,
  sampled_on  TEXT   NOT NULL,
  round       TEXT   NOT NULL,
  stage       TEXT   NOT NULL,
  spot        TEXT   NOT NULL,
  from_cm     TEXT   NOT NULL,
  to_cm       TEXT   NOT NULL,
  depth_raw   TEXT   NOT NULL,
  ph          TEXT   NOT NULL,
  ph_issue    TEXT   NOT NULL,
  ph_cell     TEXT   NOT NULL,
  laboratory  TEXT   NOT NULL,
  report_no   TEXT   NOT NULL,
  import      BIGINT NOT NULL,
  line        BIGINT NOT NULL,
  changed_at  BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  PRIMARY KEY (id, revision)
);
CREATE TABLE land_values (
  sample        BIGINT NOT NULL,
  item          TEXT   NOT NULL,
  revision      BIGINT NOT NULL,
  item_raw      TEXT   NOT NULL,
  raw           TEXT   NOT NULL,
  value         TEXT   NOT NULL,
  unit          TEXT   NOT NULL,
  issue         TEXT   NOT NULL,
  import        BIGINT NOT NULL,
  digest        TEXT   NOT NULL,
  cell          TEXT   NOT NULL,
  stored_at     BIGINT NOT NULL,
  superseded_at BIGINT NOT NULL,
  PRIMARY KEY (sample, item, revision)
);
CREATE TABLE land_verdicts (
  sample         BIGINT NOT NULL,
  item           TEXT   NOT NULL,
  revision       BIGINT NOT NULL,
  value_revision BIGINT NOT NULL,
  state          TEXT   NOT NULL CHECK (state IN ('good', 'classed', 'exempt', 'over', 'severe', 'unknown', 'unruled')),
  outcome        TEXT   NOT NULL,
  issue          TEXT   NOT NULL,
  category       TEXT   NOT NULL,
  compared       TEXT   NOT NULL,
  unit           TEXT   NOT NULL,
  screening      TEXT   NOT NULL,
  intervention   TEXT   NOT NULL,
  background     TEXT   NOT NULL,
  multiple       TEXT   NOT NULL,
  confidence     TEXT   NOT NULL,
  basis          TEXT   NOT NULL,
  premises       TEXT   NOT NULL,
  cause          TEXT   NOT NULL,
  judged_at      BIGINT NOT NULL,
  superseded_at  BIGINT NOT NULL,
  PRIMARY KEY (sample, item, revision)
);
CREATE TABLE land_rounds (
  site      BIGINT NOT NULL,
  round     TEXT   NOT NULL,
  kind      TEXT   NOT NULL CHECK (kind IN ('plot', 'farmland', 'groundwater_well')),
  division  TEXT   NOT NULL,
  first_on  TEXT   NOT NULL,
  last_on   TEXT   NOT NULL,
  state     TEXT   NOT NULL CHECK (state IN ('good', 'classed', 'exempt', 'over', 'severe', 'unknown', 'unruled')),
  summary   TEXT   NOT NULL,
  refs      TEXT   NOT NULL,
  judged_at BIGINT NOT NULL,
  PRIMARY KEY (site, round)
);
CREATE TABLE land_told (
  key        TEXT NOT NULL,
  sampled_on TEXT NOT NULL,
  PRIMARY KEY (key, sampled_on)
);
