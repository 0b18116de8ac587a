-- One row that /healthz writes, so that it knows that the database takes one.
CREATE TABLE health_probe (
	id BIGINT PRIMARY KEY CHECK (id = 1),
	at BIGINT NOT NULL
);
