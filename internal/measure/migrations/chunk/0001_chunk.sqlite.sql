CREATE TABLE chunk (
  point BIGINT NOT NULL,
  kind  BIGINT NOT NULL,
  t0    BIGINT NOT NULL,
  n     BIGINT NOT NULL,
  b     BYTEA  NOT NULL,
  PRIMARY KEY (point, kind, t0)
);
