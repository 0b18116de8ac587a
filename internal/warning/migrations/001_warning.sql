CREATE TABLE warning_locks (
  subject TEXT   PRIMARY KEY,
  n       BIGINT NOT NULL
);
CREATE TABLE warning_forecasts (
  id            BIGINT  PRIMARY KEY,
  division      TEXT    NOT NULL,
  day_on        TEXT    NOT NULL,
  revision      BIGINT  NOT NULL,
  low           BIGINT  NOT NULL,
  high          BIGINT  NOT NULL,
  primary_items TEXT    NOT NULL,
  event         TEXT    NOT NULL,
  source        TEXT    NOT NULL,
  note          TEXT    NOT NULL,
  withdrawn     BOOLEAN NOT NULL,
  import        BIGINT  NOT NULL,
  who           TEXT    NOT NULL,
  who_name      TEXT    NOT NULL,
  at            BIGINT  NOT NULL,
  UNIQUE (division, day_on, revision)
);
CREATE TABLE warning_imports (
  id          BIGINT PRIMARY KEY,
  kind        TEXT   NOT NULL CHECK (kind IN ('forecast', 'list')),
  name        TEXT   NOT NULL,
  digest      TEXT   NOT NULL,
  division    TEXT   NOT NULL,
  who         TEXT   NOT NULL,
  who_name    TEXT   NOT NULL,
  imported_at BIGINT NOT NULL,
  result      TEXT   NOT NULL
);
CREATE TABLE warning_proposals (
  id       BIGINT PRIMARY KEY,
  division TEXT   NOT NULL,
  kind     TEXT   NOT NULL CHECK (kind IN ('issue', 'raise', 'lower', 'lift', 'notice', 'keep', 'none', 'unknown')),
  level    TEXT   NOT NULL CHECK (level IN ('', 'yellow', 'orange', 'red')),
  digest   TEXT   NOT NULL,
  warning  BIGINT NOT NULL,
  body     TEXT   NOT NULL,
  who      TEXT   NOT NULL,
  at       BIGINT NOT NULL,
  UNIQUE (division, digest)
);
CREATE INDEX warning_proposals_warning ON warning_proposals (warning, id);
CREATE TABLE warnings (
  id         BIGINT PRIMARY KEY,
  title      TEXT   NOT NULL,
  division   TEXT   NOT NULL,
  state      TEXT   NOT NULL CHECK (state IN ('open', 'published', 'lifted', 'evaluated', 'dropped')),
  level      TEXT   NOT NULL CHECK (level IN ('', 'yellow', 'orange', 'red')),
  step       TEXT   NOT NULL CHECK (step IN ('', 'proposed', 'pending', 'approved', 'returned')),
  target     TEXT   NOT NULL CHECK (target IN ('', 'yellow', 'orange', 'red')),
  starts_at  BIGINT NOT NULL,
  due_at     BIGINT NOT NULL,
  measures   TEXT   NOT NULL,
  drafted_by TEXT   NOT NULL,
  version    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  moved_at   BIGINT NOT NULL
);
CREATE TABLE warning_areas (
  warning  BIGINT NOT NULL,
  division TEXT   NOT NULL,
  PRIMARY KEY (warning, division)
);
CREATE INDEX warning_areas_division ON warning_areas (division);
CREATE TABLE warning_events (
  id       BIGINT PRIMARY KEY,
  warning  BIGINT NOT NULL,
  act      TEXT   NOT NULL,
  text     TEXT   NOT NULL,
  reason   TEXT   NOT NULL,
  who      TEXT   NOT NULL,
  who_name TEXT   NOT NULL,
  at       BIGINT NOT NULL
);
CREATE INDEX warning_events_warning ON warning_events (warning, id);
CREATE TABLE warning_phases (
  id        BIGINT PRIMARY KEY,
  warning   BIGINT NOT NULL,
  n         BIGINT NOT NULL,
  level     TEXT   NOT NULL CHECK (level IN ('yellow', 'orange', 'red')),
  starts_at BIGINT NOT NULL,
  due_at    BIGINT NOT NULL,
  ended_at  BIGINT NOT NULL,
  measures  TEXT   NOT NULL,
  edition   BIGINT NOT NULL,
  UNIQUE (warning, n)
);
CREATE TABLE warning_answers (
  id            BIGINT PRIMARY KEY,
  warning       BIGINT NOT NULL,
  phase         BIGINT NOT NULL,
  enterprise    BIGINT NOT NULL,
  division      TEXT   NOT NULL,
  firm          TEXT   NOT NULL,
  notified_at   BIGINT NOT NULL,
  answer_due_at BIGINT NOT NULL,
  answered_at   BIGINT NOT NULL,
  online        TEXT   NOT NULL CHECK (online IN ('pending', 'met', 'unmet', 'unknown')),
  site          TEXT   NOT NULL CHECK (site IN ('', 'met', 'unmet')),
  verdict       TEXT   NOT NULL CHECK (verdict IN ('pending', 'met', 'unmet', 'unknown')),
  why           TEXT   NOT NULL,
  hours_met     BIGINT NOT NULL,
  hours_unmet   BIGINT NOT NULL,
  hours_unknown BIGINT NOT NULL,
  checked_for   BIGINT NOT NULL,
  finding       BIGINT NOT NULL,
  matter        BIGINT NOT NULL,
  version       BIGINT NOT NULL,
  UNIQUE (phase, enterprise)
);
CREATE INDEX warning_answers_warning ON warning_answers (warning, phase);
CREATE INDEX warning_answers_enterprise ON warning_answers (enterprise, warning);
CREATE TABLE warning_replies (
  id        BIGINT  PRIMARY KEY,
  answer    BIGINT  NOT NULL,
  confirmed BOOLEAN NOT NULL,
  text      TEXT    NOT NULL,
  who       TEXT    NOT NULL,
  who_name  TEXT    NOT NULL,
  at        BIGINT  NOT NULL
);
CREATE INDEX warning_replies_answer ON warning_replies (answer, id);
CREATE TABLE warning_checks (
  id       BIGINT PRIMARY KEY,
  answer   BIGINT NOT NULL,
  verdict  TEXT   NOT NULL CHECK (verdict IN ('met', 'unmet')),
  reason   TEXT   NOT NULL,
  checked_at BIGINT NOT NULL,
  who      TEXT   NOT NULL,
  who_name TEXT   NOT NULL,
  at       BIGINT NOT NULL
);
CREATE INDEX warning_checks_answer ON warning_checks (answer, id);
CREATE TABLE warning_hours (
  answer     BIGINT NOT NULL,
  item       BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  revision   BIGINT NOT NULL,
  verdict    TEXT   NOT NULL CHECK (verdict IN ('met', 'unmet', 'unknown')),
  point      BIGINT NOT NULL,
  factor     TEXT   NOT NULL,
  value      TEXT   NOT NULL,
  unit       TEXT   NOT NULL,
  bound      TEXT   NOT NULL,
  arithmetic TEXT   NOT NULL,
  why        TEXT   NOT NULL,
  checked_at BIGINT NOT NULL,
  PRIMARY KEY (answer, item, at, revision)
);
CREATE TABLE warning_files (
  id        BIGINT  PRIMARY KEY,
  warning   BIGINT  NOT NULL,
  answer    BIGINT  NOT NULL,
  of        BIGINT  NOT NULL,
  kind      TEXT    NOT NULL,
  name      TEXT    NOT NULL,
  size      BIGINT  NOT NULL,
  media     TEXT    NOT NULL,
  hash      TEXT    NOT NULL,
  thumbnail BOOLEAN NOT NULL,
  who       TEXT    NOT NULL,
  who_name  TEXT    NOT NULL,
  at        BIGINT  NOT NULL
);
CREATE INDEX warning_files_warning ON warning_files (warning, id);
CREATE TABLE warning_lists (
  id          BIGINT PRIMARY KEY,
  division    TEXT   NOT NULL,
  year        BIGINT NOT NULL,
  n           BIGINT NOT NULL,
  unit        TEXT   NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('draft', 'approved', 'dropped')),
  from_on     TEXT   NOT NULL,
  bases       TEXT   NOT NULL,
  base_source TEXT   NOT NULL,
  note        TEXT   NOT NULL,
  import      BIGINT NOT NULL,
  who         TEXT   NOT NULL,
  who_name    TEXT   NOT NULL,
  at          BIGINT NOT NULL,
  settled_by  TEXT   NOT NULL,
  settled_at  BIGINT NOT NULL,
  reason      TEXT   NOT NULL,
  version     BIGINT NOT NULL,
  UNIQUE (division, year, n)
);
CREATE TABLE warning_lines (
  list       BIGINT NOT NULL,
  n          BIGINT NOT NULL,
  enterprise BIGINT NOT NULL,
  division   TEXT   NOT NULL,
  level      TEXT   NOT NULL CHECK (level IN ('yellow', 'orange', 'red')),
  body       TEXT   NOT NULL,
  PRIMARY KEY (list, n)
);
CREATE INDEX warning_lines_enterprise ON warning_lines (enterprise, list);
CREATE TABLE warning_evaluations (
  warning  BIGINT PRIMARY KEY,
  body     TEXT   NOT NULL,
  summary  TEXT   NOT NULL,
  who      TEXT   NOT NULL,
  who_name TEXT   NOT NULL,
  at       BIGINT NOT NULL
);
