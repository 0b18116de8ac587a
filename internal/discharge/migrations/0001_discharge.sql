CREATE TABLE verdicts (
  point         BIGINT  NOT NULL,
  factor        TEXT    NOT NULL,
  limit_id      BIGINT  NOT NULL,
  period        TEXT    NOT NULL CHECK (period IN ('hour', 'day')),
  at            BIGINT  NOT NULL,
  revision      BIGINT  NOT NULL,
  outlet        BIGINT  NOT NULL,
  enterprise    BIGINT  NOT NULL,
  division      TEXT    NOT NULL,
  limit_version BIGINT  NOT NULL,
  verdict       TEXT    NOT NULL CHECK (verdict IN ('meets', 'exceeds', 'unknown')),
  issue         TEXT    NOT NULL,
  notes         TEXT    NOT NULL,
  value         TEXT    NOT NULL,
  unit          TEXT    NOT NULL,
  limit_text    TEXT    NOT NULL,
  multiple      TEXT    NOT NULL,
  near          BOOLEAN NOT NULL,
  raw           TEXT    NOT NULL,
  raw_mark      TEXT    NOT NULL,
  arithmetic    TEXT    NOT NULL,
  citation      TEXT    NOT NULL,
  confidence    TEXT    NOT NULL,
  basis         TEXT    NOT NULL,
  severity      TEXT    NOT NULL,
  suppressed    BIGINT  NOT NULL,
  judged_at     BIGINT  NOT NULL,
  PRIMARY KEY (point, factor, limit_id, period, at)
);
CREATE INDEX verdicts_point ON verdicts (point, period, at);
CREATE INDEX verdicts_recent ON verdicts (period, at);
CREATE TABLE verdict_history (
  point         BIGINT  NOT NULL,
  factor        TEXT    NOT NULL,
  limit_id      BIGINT  NOT NULL,
  period        TEXT    NOT NULL CHECK (period IN ('hour', 'day')),
  at            BIGINT  NOT NULL,
  revision      BIGINT  NOT NULL,
  outlet        BIGINT  NOT NULL,
  enterprise    BIGINT  NOT NULL,
  division      TEXT    NOT NULL,
  limit_version BIGINT  NOT NULL,
  verdict       TEXT    NOT NULL CHECK (verdict IN ('meets', 'exceeds', 'unknown')),
  issue         TEXT    NOT NULL,
  notes         TEXT    NOT NULL,
  value         TEXT    NOT NULL,
  unit          TEXT    NOT NULL,
  limit_text    TEXT    NOT NULL,
  multiple      TEXT    NOT NULL,
  near          BOOLEAN NOT NULL,
  raw           TEXT    NOT NULL,
  raw_mark      TEXT    NOT NULL,
  arithmetic    TEXT    NOT NULL,
  citation      TEXT    NOT NULL,
  confidence    TEXT    NOT NULL,
  basis         TEXT    NOT NULL,
  severity      TEXT    NOT NULL,
  suppressed    BIGINT  NOT NULL,
  judged_at     BIGINT  NOT NULL,
  replaced_at   BIGINT  NOT NULL,
  PRIMARY KEY (point, factor, limit_id, period, at, revision)
);
CREATE TABLE point_locks (
  point BIGINT PRIMARY KEY,
  n     BIGINT NOT NULL
);
CREATE TABLE judge_pending (
  point    BIGINT NOT NULL,
  period   TEXT   NOT NULL CHECK (period IN ('hour', 'day')),
  at       BIGINT NOT NULL,
  ready_at BIGINT NOT NULL,
  gen      BIGINT NOT NULL,
  PRIMARY KEY (point, period, at)
);
CREATE INDEX judge_pending_ready ON judge_pending (ready_at);
CREATE TABLE episodes (
  id          BIGINT PRIMARY KEY,
  key         TEXT   NOT NULL UNIQUE,
  point       BIGINT NOT NULL,
  outlet      BIGINT NOT NULL,
  enterprise  BIGINT NOT NULL,
  division    TEXT   NOT NULL,
  factor      TEXT   NOT NULL,
  limit_id    BIGINT NOT NULL,
  period      TEXT   NOT NULL CHECK (period IN ('hour', 'day')),
  first_at    BIGINT NOT NULL,
  last_at     BIGINT NOT NULL,
  periods     BIGINT NOT NULL,
  peak_at     BIGINT NOT NULL,
  peak        TEXT   NOT NULL,
  unit        TEXT   NOT NULL,
  multiple    TEXT   NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('open', 'cleared', 'lapsed', 'void', 'merged')),
  merged_into BIGINT NOT NULL,
  finding     BIGINT NOT NULL,
  matter      BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
CREATE INDEX episodes_point ON episodes (point, period, last_at);
CREATE INDEX episodes_outlet ON episodes (outlet, factor, last_at);
CREATE INDEX episodes_finding ON episodes (finding);
CREATE INDEX episodes_matter ON episodes (matter);
CREATE INDEX episodes_open ON episodes (last_at) WHERE state = 'open';
CREATE TABLE matter_notes (
  id          BIGINT PRIMARY KEY,
  key         TEXT   NOT NULL UNIQUE,
  episode     BIGINT NOT NULL REFERENCES episodes (id),
  matter      BIGINT NOT NULL,
  text        TEXT   NOT NULL,
  due_at      BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  posted_at   BIGINT
);
CREATE INDEX matter_notes_due ON matter_notes (due_at) WHERE posted_at IS NULL;
CREATE TABLE suppressions (
  id            BIGINT PRIMARY KEY,
  point         BIGINT NOT NULL,
  enterprise    BIGINT NOT NULL,
  division      TEXT   NOT NULL,
  factor        TEXT   NOT NULL,
  from_at       BIGINT NOT NULL,
  to_at         BIGINT NOT NULL CHECK (to_at > from_at),
  reason        TEXT   NOT NULL,
  who           TEXT   NOT NULL,
  who_name      TEXT   NOT NULL,
  entered_at    BIGINT NOT NULL,
  withdrawn_at  BIGINT NOT NULL,
  withdrawn_by  TEXT   NOT NULL,
  withdrawn_why TEXT   NOT NULL
);
CREATE INDEX suppressions_point ON suppressions (point, to_at);
CREATE TABLE silences (
  point    BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  found_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  finding  BIGINT NOT NULL,
  PRIMARY KEY (point, since_at)
);
CREATE INDEX silences_running ON silences (point) WHERE ended_at = 0;
CREATE TABLE point_states (
  point      BIGINT PRIMARY KEY,
  state      TEXT   NOT NULL CHECK (state IN ('meets', 'exceeds', 'warn', 'unknown', 'offline')),
  since_at   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
