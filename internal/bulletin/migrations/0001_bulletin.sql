CREATE TABLE bulletins (
  id           BIGINT PRIMARY KEY,
  duty         TEXT   NOT NULL,
  kind         TEXT   NOT NULL,
  division     TEXT   NOT NULL,
  period       TEXT   NOT NULL,
  revision     BIGINT NOT NULL CHECK (revision > 0),
  title        TEXT   NOT NULL,
  ends_on      TEXT   NOT NULL,
  content      TEXT   NOT NULL,
  digest       TEXT   NOT NULL,
  reason       TEXT   NOT NULL,
  by_login     TEXT   NOT NULL,
  by_name      TEXT   NOT NULL,
  published_at BIGINT NOT NULL,
  UNIQUE (duty, kind, division, period, revision)
);
CREATE INDEX bulletins_ends ON bulletins (duty, kind, division, ends_on);
CREATE TABLE bulletin_files (
  bulletin BIGINT NOT NULL REFERENCES bulletins (id),
  form     TEXT   NOT NULL,
  name     TEXT   NOT NULL,
  digest   TEXT   NOT NULL,
  bytes    BYTEA  NOT NULL,
  PRIMARY KEY (bulletin, form)
);
