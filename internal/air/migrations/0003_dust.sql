CREATE TABLE air_dust (
  id            BIGINT PRIMARY KEY,
  division      TEXT   NOT NULL,
  state         TEXT   NOT NULL CHECK (state IN ('proposed', 'approved', 'refused', 'withdrawn')),
  from_at       BIGINT NOT NULL,
  to_at         BIGINT NOT NULL,
  pollutants    TEXT   NOT NULL,
  places        TEXT   NOT NULL,
  reason        TEXT   NOT NULL,
  evidence      TEXT   NOT NULL,
  proposed_by   TEXT   NOT NULL,
  proposed_name TEXT   NOT NULL,
  proposed_at   BIGINT NOT NULL,
  decided_by    TEXT   NOT NULL,
  decided_name  TEXT   NOT NULL,
  decided_at    BIGINT NOT NULL,
  decision      TEXT   NOT NULL,
  ended_by      TEXT   NOT NULL,
  ended_name    TEXT   NOT NULL,
  ended_at      BIGINT NOT NULL,
  ended_why     TEXT   NOT NULL
);
CREATE TABLE air_dust_days (
  dust   BIGINT NOT NULL,
  place  TEXT   NOT NULL,
  day_on TEXT   NOT NULL,
  PRIMARY KEY (place, day_on, dust)
);
