package warning

import (
	"context"
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"sync/atomic"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/notify"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of forecasts, warnings, lists and checks.
var Migrations = sqldb.Migrations{Set: "warning", Files: sub(migrations)}

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
	Points(ctx context.Context, by access.Caller) ([]register.Point, error)
}

// Readings is what the duty needs of package measure.
type Readings interface {
	HourMean(ctx context.Context, q measure.MeanQuery, at int64) (measure.Mean, error)
}

// Matters is what the duty needs of package matter.
type Matters interface {
	FindTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f matter.Finding) (matter.Finding, bool, error)
	ReportTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f matter.Finding, playbook string) (matter.Finding, bool, error)
	Keep(name string, r io.Reader) (matter.Evidence, error)
	Kept(name, hash string) ([]byte, error)
	KeptThumbnail(name, hash string) ([]byte, error)
}

// Notices is what the duty needs of package notify.
type Notices interface {
	Post(ctx context.Context, tx *sqldb.Tx, n notify.Notice) error
}

// Divisions names divisions and lists those inside a scope: access.Places does.
type Divisions interface {
	NameOf(access.Division) string
	Within(access.Scope) []access.Place
}

// Measured gives the measured index of days that are over, of a division. A day
// without an index has NoIAQI, or is left out.
type Measured interface {
	Days(ctx context.Context, d access.Division, from, to standard.Date) ([]aqi.Outlook, error)
}

// Law is what the duty needs of package law.
type Law interface {
	Has(code law.Code) bool
	Basis(code law.Code, at time.Time) (law.Basis, error)
}

// Config is what a Store works with.
type Config struct {
	Register  Register
	Readings  Readings
	Matters   Matters
	Notices   Notices
	Divisions Divisions
	Measured  Measured        // nil: nothing is known of days that are over
	Law       Law             // nil cites no statute
	Book      *aqi.Book       // the rules of the levels
	Rules     *standard.Rules // when an hour counts: catalog/standards/auto_monitoring.tsv
	Settings  Settings
}

// Store keeps forecasts, warnings, lists and checks. It is safe for many
// goroutines, and for many processes on one database.
type Store struct {
	db   *sqldb.DB
	c    Config
	book atomic.Pointer[aqi.Book]
}

// New returns a store in db, which holds Migrations. db must be the database of
// the matters: verdict, finding and journal entry stand in one transaction.
func New(db *sqldb.DB, c Config) *Store {
	s := &Store{db: db, c: c}
	s.book.Store(c.Book)
	return s
}

// Settings returns the figures by which the store works.
func (s *Store) Settings() Settings { return s.c.Settings }

// Use lets the store propose by other rules from now on, as after a figure was
// corrected. What was proposed stays.
func (s *Store) Use(b *aqi.Book) { s.book.Store(b) }

// LevelOf returns the level of an index by the edition in force on a day; zero
// where there is none.
func (s *Store) LevelOf(on standard.Date, index int) aqi.Level {
	e, ok := s.book.Load().Edition(on)
	if !ok || index < 0 {
		return aqi.Level{}
	}
	return e.Level(index)
}

// platform is the caller of what happens because time passed.
var platform = access.Platform("register.read", "finding.create", "finding.read", "warning.read", "warning.list", "warning.draft")

// lock makes the transactions on one subject follow each other, so that each
// sees what the one before wrote. It comes first in them.
func lock(ctx context.Context, tx *sqldb.Tx, subject string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO warning_locks (subject, n)
		VALUES ($1, 1)
		ON CONFLICT (subject) DO UPDATE
		   SET n = warning_locks.n + 1`, subject)
	return err
}

// pack writes what is stored as one text.
func pack(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only texts, whole numbers and MarshalText that cannot fail
	}
	return string(b)
}

// unpack reads what pack wrote; what is empty or damaged stays zero.
func unpack(text string, v any) {
	if text != "" {
		_ = json.Unmarshal([]byte(text), v) // written by pack alone
	}
}

// dateOf is the day of Shanghai that t lies in.
func dateOf(t time.Time) standard.Date { return standard.Date(t.Format(time.DateOnly)) }
