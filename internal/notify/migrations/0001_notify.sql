CREATE TABLE notices (
  id         BIGINT PRIMARY KEY,
  account    BIGINT NOT NULL,
  role       TEXT   NOT NULL,
  division   TEXT   NOT NULL,
  enterprise BIGINT NOT NULL,
  text       TEXT   NOT NULL,
  link       TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  CHECK ((account <> 0) <> (role <> ''))
);
CREATE INDEX notices_account ON notices (account, id);
CREATE INDEX notices_role ON notices (role, id);
CREATE TABLE notice_reads (
  account BIGINT NOT NULL,
  notice  BIGINT NOT NULL REFERENCES notices (id),
  read_at BIGINT NOT NULL,
  PRIMARY KEY (account, notice)
);
CREATE TABLE outbox (
  id          BIGINT PRIMARY KEY,
  channel     TEXT   NOT NULL CHECK (channel IN ('webhook')),
  target      TEXT   NOT NULL,
  payload     TEXT   NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
  tries       BIGINT NOT NULL,
  next_at     BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  worker      TEXT   NOT NULL,
  last_error  TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  sent_at     BIGINT
);
CREATE INDEX outbox_due ON outbox (state, next_at);
