package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"pingzhang/internal/fault"
)

// Querier runs queries: a DB (on its reading connections) or a Tx.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is a transaction.
type Tx struct {
	Engine Engine
	Now    time.Time // the one time of this transaction, to the second, in Shanghai

	db *DB
	tx *sql.Tx
}

// triesOfTx is how often InTx runs a transaction that the engine asks to repeat.
const triesOfTx = 8

// InTx runs f in a write transaction, and again from the start when the engine
// asks for it, so f must have no effect outside of the database. When f returns
// an error everything is undone.
func (d *DB) InTx(ctx context.Context, f func(tx *Tx) error) error {
	emptied := false
	for try := 1; ; try++ {
		err := d.once(ctx, f)
		if full(err) && !emptied {
			// The log itself may be what fills the disk.
			emptied = true
			if d.emptyLog(ctx) {
				continue
			}
		}
		if err == nil || try == triesOfTx || !again(err) {
			return d.explain(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(rand.IntN(1<<try)+1) * time.Millisecond):
		}
	}
}

// emptyLog brings the write-ahead log of SQLite into the file and gives its space
// back. It reports whether that came off.
func (d *DB) emptyLog(ctx context.Context) bool {
	var busy, pages, moved int
	err := d.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved)
	return err == nil && busy == 0
}

func (d *DB) once(ctx context.Context, f func(tx *Tx) error) (err error) {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			tx.Rollback()
		}
	}()
	if err := f(&Tx{Engine: d.Engine, Now: d.Clock.Now().Truncate(time.Second), db: d, tx: tx}); err != nil {
		return err
	}
	done = true
	return tx.Commit()
}

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, t.db.keepAgain(err)
	}
	return res.RowsAffected()
}

// ExecOne runs a statement that must change exactly one row. The error is
// fault.Conflict when it changes none: somebody else was first.
func (t *Tx) ExecOne(ctx context.Context, query string, args ...any) error {
	n, err := t.Exec(ctx, query, args...)
	if err != nil {
		return err
	}
	if n != 1 {
		return fault.New(fault.Conflict, "内容刚刚被别人改过，请刷新后再操作")
	}
	return nil
}

// Query runs a query inside the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, query, args...)
}

// QueryRow runs a query for one row inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, query, args...)
}

// Prepare prepares a statement that ends with the transaction.
func (t *Tx) Prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	return t.tx.PrepareContext(ctx, query)
}

// Query runs a query on a reading connection.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := d.read.QueryContext(ctx, query, args...)
	return rows, d.explain(err)
}

// QueryRow runs a query for one row on a reading connection.
func (d *DB) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return d.read.QueryRowContext(ctx, query, args...)
}

// keepAgain leaves an error that asks for a repeat as it is, for InTx to see,
// and explains every other.
func (d *DB) keepAgain(err error) error {
	if again(err) {
		return err
	}
	return d.explain(err)
}

// NoRows reports whether err says that a query found nothing.
func NoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
