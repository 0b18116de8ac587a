-- Frames that were refused. Identical ones are one row; others like it that
-- came when enough were kept are counted in omitted.
CREATE TABLE frames_refused (
  id          BIGINT PRIMARY KEY,
  first_at    BIGINT NOT NULL,
  last_at     BIGINT NOT NULL,
  times       BIGINT NOT NULL,
  omitted     BIGINT NOT NULL,
  remote      TEXT   NOT NULL,
  mn          TEXT   NOT NULL,
  point       BIGINT NOT NULL,
  division    TEXT   NOT NULL,
  enterprise  BIGINT NOT NULL,
  reason      TEXT   NOT NULL,
  at_byte     BIGINT NOT NULL,
  text        TEXT   NOT NULL,
  raw         BYTEA  NOT NULL,
  digest      TEXT   NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('open', 'accepted', 'failed')),
  outcome     TEXT   NOT NULL,
  tried_at    BIGINT,
  tried_by    TEXT
);
CREATE UNIQUE INDEX frames_refused_digest ON frames_refused (digest);
CREATE INDEX frames_refused_mn ON frames_refused (mn, reason, id);
CREATE INDEX frames_refused_point ON frames_refused (point, id);
CREATE INDEX frames_refused_division ON frames_refused (division, id);
-- Devices whose MN no point has.
CREATE TABLE quarantine (
  mn          TEXT   PRIMARY KEY,
  first_at    BIGINT NOT NULL,
  last_at     BIGINT NOT NULL,
  frames      BIGINT NOT NULL,
  kept        BIGINT NOT NULL,
  remote      TEXT   NOT NULL,
  st          TEXT   NOT NULL,
  profile     TEXT   NOT NULL,
  factors     TEXT   NOT NULL,
  sample      BYTEA  NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('open', 'claimed')),
  point       BIGINT NOT NULL,
  claimed_at  BIGINT,
  claimed_by  TEXT
);
CREATE INDEX quarantine_state ON quarantine (state, last_at);
CREATE TABLE quarantine_frames (
  id          BIGINT PRIMARY KEY,
  mn          TEXT   NOT NULL,
  received_at BIGINT NOT NULL,
  remote      TEXT   NOT NULL,
  raw         BYTEA  NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('kept', 'stored', 'refused')),
  outcome     TEXT   NOT NULL
);
CREATE INDEX quarantine_frames_mn ON quarantine_frames (mn, state, id);
-- What devices say that is no reading: starts, states, logs, alarms, answers.
CREATE TABLE device_events (
  id          BIGINT PRIMARY KEY,
  point       BIGINT NOT NULL,
  mn          TEXT   NOT NULL,
  division    TEXT   NOT NULL,
  enterprise  BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  data_at     BIGINT,
  cn          BIGINT NOT NULL,
  kind        TEXT   NOT NULL,
  items       TEXT   NOT NULL,
  raw         BYTEA  NOT NULL,
  digest      TEXT   NOT NULL
);
CREATE UNIQUE INDEX device_events_digest ON device_events (point, digest);
CREATE INDEX device_events_page ON device_events (point, id);
-- What an operator allows and forbids a device; absent: nothing automatic.
CREATE TABLE device_policies (
  point       BIGINT PRIMARY KEY,
  division    TEXT   NOT NULL,
  enterprise  BIGINT NOT NULL,
  clock       TEXT   NOT NULL CHECK (clock IN ('none', 'on_request', 'on_drift')),
  allowed     TEXT   NOT NULL,
  timeout_s   BIGINT NOT NULL,
  retries     BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
-- When and how a device was last heard, as its node last wrote it down.
CREATE TABLE device_seen (
  point        BIGINT PRIMARY KEY,
  node         TEXT   NOT NULL,
  connected    BOOLEAN NOT NULL,
  last_at      BIGINT NOT NULL,
  remote       TEXT   NOT NULL,
  profile      TEXT   NOT NULL,
  st           TEXT   NOT NULL,
  skew_ms      BIGINT,
  frames       BIGINT NOT NULL
);
CREATE TABLE commands (
  id          BIGINT PRIMARY KEY,
  series      BIGINT NOT NULL,
  point       BIGINT NOT NULL,
  mn          TEXT   NOT NULL,
  division    TEXT   NOT NULL,
  enterprise  BIGINT NOT NULL,
  cn          BIGINT NOT NULL,
  params      TEXT   NOT NULL,
  secret      TEXT   NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('queued', 'sent', 'accepted', 'done', 'failed', 'refused', 'timeout', 'cancelled')),
  tries       BIGINT NOT NULL,
  qn          TEXT   NOT NULL,
  qn_rtn      BIGINT NOT NULL,
  exe_rtn     BIGINT NOT NULL,
  packets     BIGINT NOT NULL,
  result      TEXT   NOT NULL,
  returned    TEXT   NOT NULL,
  asked_by    TEXT   NOT NULL,
  asked_at    BIGINT NOT NULL,
  sent_at     BIGINT,
  ended_at    BIGINT,
  node        TEXT   NOT NULL,
  lease_until BIGINT NOT NULL
);
CREATE INDEX commands_queue ON commands (state, point, id);
CREATE INDEX commands_point ON commands (point, id);
CREATE INDEX commands_series ON commands (series, state);
CREATE TABLE forward_targets (
  id          BIGINT PRIMARY KEY,
  name        TEXT   NOT NULL,
  address     TEXT   NOT NULL,
  divisions   TEXT   NOT NULL,
  points      TEXT   NOT NULL,
  enabled     BOOLEAN NOT NULL,
  max_backlog BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  position    BIGINT NOT NULL,
  sent        BIGINT NOT NULL,
  acked       BIGINT NOT NULL,
  dropped     BIGINT NOT NULL,
  trouble     TEXT   NOT NULL,
  node        TEXT   NOT NULL,
  lease_until BIGINT NOT NULL
);
CREATE TABLE forward_queue (
  target      BIGINT NOT NULL,
  seq         BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  raw         BYTEA  NOT NULL,
  PRIMARY KEY (target, seq)
);
