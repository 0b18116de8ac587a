package water

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"sync/atomic"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of values, results, imports and bulletins.
var Migrations = sqldb.Migrations{Set: "water", Files: sub(migrations)}

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
	Changes(ctx context.Context, by access.Caller, since int64, n int) (_ []register.Entry, next int64, err error)
}

// Bulletins is what the duty needs of package bulletin.
type Bulletins interface {
	Publish(ctx context.Context, by access.Caller, is bulletin.Issue) (bulletin.Published, error)
	List(ctx context.Context, by access.Caller, k bulletin.Key, from, to string) ([]bulletin.Published, error)
	Revisions(ctx context.Context, by access.Caller, k bulletin.Key) ([]bulletin.Published, error)
	Open(ctx context.Context, by access.Caller, id int64) (bulletin.Full, error)
	File(ctx context.Context, by access.Caller, id int64, form string) (bulletin.File, error)
}

// Config is what a Store works with.
type Config struct {
	Register Register
	Book     *gb.Book // the standards
	// Bulletins keeps what is published; Catalog has the template of the bulletin.
	Bulletins Bulletins
	Catalog   fs.FS
	// Name gives the names of divisions; nil for their codes.
	Name func(access.Division) string
	// Note is told, in the transaction that stores a result, which rows of the
	// standards it rests on, and how people call it. Nil tells nobody; Resting
	// answers in any case. It may be run again, with its transaction.
	Note func(ctx context.Context, tx *sqldb.Tx, r Result, label string, refs []standard.Ref) error
}

// Store keeps what laboratories report of sections and sources, and what comes of
// it. It is safe for many goroutines, and for many processes on one database.
type Store struct {
	db       *sqldb.DB
	register Register
	note     func(ctx context.Context, tx *sqldb.Tx, r Result, label string, refs []standard.Ref) error
	told     Bulletins
	catalog  fs.FS
	name     func(access.Division) string
	book     atomic.Pointer[gb.Book]
}

// New returns a store in db, which holds Migrations.
func New(db *sqldb.DB, c Config) *Store {
	s := &Store{db: db, register: c.Register, note: c.Note, told: c.Bulletins, catalog: c.Catalog, name: c.Name}
	if s.name == nil {
		s.name = func(d access.Division) string { return string(d) }
	}
	s.book.Store(c.Book)
	return s
}

// Book returns the standards by which the store evaluates.
func (s *Store) Book() *gb.Book { return s.book.Load() }

// Use lets the store evaluate by other standards from now on, as after a figure
// was corrected. Results that are stored stay; see Resting and Recompute.
func (s *Store) Use(b *gb.Book) { s.book.Store(b) }

// platform is the caller of the evaluation itself.
var platform = access.Platform("register.read", "monitor.read")

// now is the time by the clock of the database.
func (s *Store) now() time.Time { return s.db.Clock.Now() }

// lockPlace makes the transactions that change one place follow each other, so
// that each sees what the one before wrote.
func lockPlace(ctx context.Context, tx *sqldb.Tx, place int64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO water_places (place, n)
		VALUES ($1, 1)
		ON CONFLICT (place) DO UPDATE
		   SET n = water_places.n + 1`, place)
	return err
}

func pack(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // types of this package, which always have a form
	}
	return string(b)
}

// unpack reads what pack wrote.
func unpack(text string, v any) error { return json.Unmarshal([]byte(text), v) }
