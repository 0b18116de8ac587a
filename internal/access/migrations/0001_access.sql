CREATE TABLE accounts (
  id            BIGINT  NOT NULL PRIMARY KEY,
  login         TEXT    NOT NULL UNIQUE,
  name          TEXT    NOT NULL,
  office        TEXT    NOT NULL,
  division      TEXT    NOT NULL,
  enterprise    BIGINT  NOT NULL,
  phone         TEXT    NOT NULL,
  state         TEXT    NOT NULL CHECK (state IN ('active', 'disabled')),
  password      TEXT    NOT NULL,
  must_change   BOOLEAN NOT NULL,
  password_at   BIGINT  NOT NULL,
  created_at    BIGINT  NOT NULL,
  last_at       BIGINT  NOT NULL,
  version       BIGINT  NOT NULL
);

CREATE TABLE account_roles (
  account    BIGINT NOT NULL REFERENCES accounts (id),
  role       TEXT   NOT NULL,
  granted_by TEXT   NOT NULL,
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (account, role)
);

CREATE TABLE password_history (
  account BIGINT NOT NULL REFERENCES accounts (id),
  at      BIGINT NOT NULL,
  id      BIGINT NOT NULL PRIMARY KEY,
  hash    TEXT   NOT NULL
);
CREATE INDEX password_history_account ON password_history (account, id);

CREATE TABLE sign_in_failures (
  login        TEXT   NOT NULL,
  address      TEXT   NOT NULL,
  failures     BIGINT NOT NULL,
  locks        BIGINT NOT NULL,
  last_at      BIGINT NOT NULL,
  locked_until BIGINT NOT NULL,
  PRIMARY KEY (login, address)
);

CREATE TABLE sessions (
  token      TEXT   NOT NULL PRIMARY KEY,
  data       BYTEA  NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE tokens (
  id          BIGINT NOT NULL PRIMARY KEY,
  hash        TEXT   NOT NULL UNIQUE,
  name        TEXT   NOT NULL,
  account     BIGINT NOT NULL REFERENCES accounts (id),
  permissions TEXT   NOT NULL,
  created_by  TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  revoked_at  BIGINT NOT NULL,
  last_at     BIGINT NOT NULL
);

CREATE TABLE policies (
  name       TEXT   NOT NULL PRIMARY KEY,
  value      BIGINT NOT NULL,
  changed_by TEXT   NOT NULL,
  changed_at BIGINT NOT NULL
);
