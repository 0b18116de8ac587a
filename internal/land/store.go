package land

import (
	"context"
	"embed"
	"io/fs"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of samples, values, verdicts and imports.
var Migrations = sqldb.Migrations{Set: "land", Files: sub(migrations)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}

// Register is what the duty needs of package register.
type Register interface {
	List(ctx context.Context, by access.Caller, q register.Query) (register.Page, error)
	Entry(ctx context.Context, by access.Caller, id int64) (register.Entry, error)
}

// Matters is what the duty needs of package matter.
type Matters interface {
	FindTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f matter.Finding) (matter.Finding, bool, error)
}

// Config is what a Store works with.
type Config struct {
	Register Register
	// Book returns the standards with the figures in force. It is asked once for
	// each piece of work.
	Book func(ctx context.Context) (*soil.Book, error)
	// Matters is told of contents above the intervention value; nil tells nobody.
	Matters Matters
	Law     *law.Book
	// Note is told, in the transaction that stores what a round came to, which
	// rows of the standards that rests on. Nil tells nobody; Resting answers in any
	// case. It may be run again, with its transaction.
	Note func(ctx context.Context, tx *sqldb.Tx, r Round, site Site, refs []standard.Ref) error
}

// Store keeps samples and what they come to. It is safe for many goroutines, and
// for many processes on one database.
type Store struct {
	db *sqldb.DB
	Config
}

// New returns a store in db, which holds Migrations.
func New(db *sqldb.DB, c Config) *Store { return &Store{db, c} }

// now is the time by the clock of the database, for what is not in a
// transaction.
func (s *Store) now() time.Time { return s.db.Clock.Now() }

// Reads is what a caller needs to see results: both.
var reads = []access.Permission{"monitor.read", "register.read"}

// Writes is what a caller needs to import results and to have them judged again.
const Writes access.Permission = "point.edit"

func mayRead(by access.Caller) error {
	for _, p := range reads {
		if err := by.Must(p); err != nil {
			return err
		}
	}
	return nil
}

// Sites returns the sites of a kind in by's scope, by code, those that were
// withdrawn behind the others.
//
// The error is fault.Denied without monitor.read and register.read.
func (s *Store) Sites(ctx context.Context, by access.Caller, k Kind) (all []Site, err error) {
	if err := mayRead(by); err != nil {
		return nil, err
	}
	for _, state := range []register.State{register.Active, register.Withdrawn} {
		for after := ""; ; {
			page, err := s.Register.List(ctx, by, register.Query{Register: k.Register(), State: state, N: 500, After: after})
			if err != nil {
				return nil, err
			}
			for _, e := range page.Entries {
				if site, ok := siteOf(e); ok {
					all = append(all, site)
				}
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	return all, nil
}

// lock makes the transactions that change one site follow each other, so that
// each sees what the one before wrote. It comes first in them, in the order of
// the ids.
func lock(ctx context.Context, tx *sqldb.Tx, site int64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO land_locks (site, n)
		VALUES ($1, 1)
		ON CONFLICT (site) DO UPDATE
		   SET n = land_locks.n + 1`, site)
	return err
}

// columnsOf writes a list of columns with an alias before each.
func columnsOf(alias, columns string) string {
	all := strings.Fields(strings.ReplaceAll(columns, ",", " "))
	for i := range all {
		all[i] = alias + "." + all[i]
	}
	return strings.Join(all, ", ")
}
