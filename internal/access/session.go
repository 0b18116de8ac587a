package access

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"pingzhang/internal/sqldb"
)

// Sessions keeps the sessions of signed-in people in the database, in the form
// that package scs asks for.
type Sessions struct{ db *sqldb.DB }

// NewSessions returns the sessions in db, which holds Migrations.
func NewSessions(db *sqldb.DB) *Sessions { return &Sessions{db} }

// Find returns the data of a session.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// FindCtx is Find with a context.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, exists bool, err error) {
	err = s.db.QueryRow(ctx, `SELECT data FROM sessions WHERE token = $1 AND expires_at > $2`, token, s.db.Clock.Now().Unix()).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// Commit saves a session.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// CommitCtx is Commit with a context.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO sessions (token, data, expires_at)
			VALUES ($1, $2, $3)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`, token, data, expiry.Unix())
		return err
	})
}

// Delete ends a session.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// DeleteCtx is Delete with a context.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE token = $1`, token)
		return err
	})
}

// Sweep removes sessions that have ended and returns how many.
func (s *Sessions) Sweep(ctx context.Context) (n int64, err error) {
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		n, err = tx.Exec(ctx, `DELETE FROM sessions WHERE expires_at <= $1`, tx.Now.Unix())
		return err
	})
	return n, err
}
