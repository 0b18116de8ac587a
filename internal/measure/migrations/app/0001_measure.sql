CREATE TABLE fix (
  point    BIGINT NOT NULL,
  kind     BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),
  ts       BIGINT NOT NULL,
  factor   TEXT   NOT NULL,
  rev      BIGINT NOT NULL,
  fields   TEXT   NOT NULL,
  who      TEXT   NOT NULL,
  why      TEXT   NOT NULL,
  fixed_at BIGINT NOT NULL,
  PRIMARY KEY (point, kind, ts, factor, rev)
);
CREATE INDEX fix_ts ON fix (ts);
CREATE TABLE marks (
  id           BIGINT  PRIMARY KEY,
  point        BIGINT  NOT NULL,
  factor       TEXT    NOT NULL,
  from_at      BIGINT  NOT NULL,
  to_at        BIGINT  NOT NULL CHECK (to_at > from_at),
  mark         TEXT    NOT NULL CHECK (mark IN ('invalid', 'abnormal_condition')),
  reason       TEXT    NOT NULL,
  who          TEXT    NOT NULL,
  entered_at   BIGINT  NOT NULL,
  deadline_at  BIGINT  NOT NULL,
  late         BOOLEAN NOT NULL,
  withdrawn_at BIGINT  NOT NULL,
  withdrawn_by TEXT    NOT NULL,
  withdrawn_why TEXT   NOT NULL
);
CREATE INDEX marks_point ON marks (point, from_at);
CREATE TABLE daily (
  point       BIGINT  NOT NULL,
  factor      TEXT    NOT NULL,
  field       TEXT    NOT NULL,
  day_on      TEXT    NOT NULL,
  value       TEXT    NOT NULL,
  valid       BOOLEAN NOT NULL,
  issue       TEXT    NOT NULL,
  source      TEXT    NOT NULL,
  hours       BIGINT  NOT NULL,
  need_hours  BIGINT  NOT NULL,
  computed_at BIGINT  NOT NULL,
  PRIMARY KEY (point, factor, field, day_on)
);
CREATE INDEX daily_day ON daily (day_on);
CREATE TABLE redo (
  point BIGINT NOT NULL,
  hour  BIGINT NOT NULL,
  gen   BIGINT NOT NULL,
  PRIMARY KEY (point, hour)
);
