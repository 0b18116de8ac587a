CREATE TABLE raw_hour (
  hour    BIGINT  NOT NULL,
  part    BIGINT  NOT NULL,
  n       BIGINT  NOT NULL,
  root    BYTEA   NOT NULL,
  seqs    BYTEA   NOT NULL,
  entered BOOLEAN NOT NULL,
  PRIMARY KEY (hour, part)
);
CREATE TABLE raw_pack (
  hour  BIGINT NOT NULL,
  part  BIGINT NOT NULL,
  point BIGINT NOT NULL,
  n     BIGINT NOT NULL,
  root  BYTEA  NOT NULL,
  b     BYTEA  NOT NULL,
  PRIMARY KEY (hour, part, point)
);
