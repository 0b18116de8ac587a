package air

import (
	"context"
	"embed"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of hours, days and imports.
var Migrations = sqldb.Migrations{Set: "air", Files: sub(migrations)}

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
	Append(ctx context.Context, frames []measure.Frame) (measure.Result, error)
	Rows(ctx context.Context, q measure.RowQuery, fn func(measure.Row) error) error
	Marks(ctx context.Context, p measure.Point, from, to int64) ([]measure.Mark, error)
	HourMean(ctx context.Context, q measure.MeanQuery, at int64) (measure.Mean, error)
}

// Config is what a Store works with.
type Config struct {
	Readings Readings
	Register Register
	Book     *aqi.Book // the standards
	Settings Settings
	// Note is told, in the transaction that stores a day, which rows of the
	// standards it rests on, and how people call it. Nil tells nobody; Resting
	// answers in any case. It may be run again, with its transaction.
	Note func(ctx context.Context, tx *sqldb.Tx, d Day, label string, refs []standard.Ref) error
}

// Store reckons hours and days and keeps them. It is safe for many goroutines,
// and for many processes on one database.
type Store struct {
	db       *sqldb.DB
	readings Readings
	register Register
	settings Settings
	note     func(ctx context.Context, tx *sqldb.Tx, d Day, label string, refs []standard.Ref) error
	book     atomic.Pointer[aqi.Book]

	mu       sync.Mutex
	network  *network
	loadedAt time.Time
}

// New returns a store in db, which holds Migrations.
func New(db *sqldb.DB, c Config) *Store {
	s := &Store{db: db, readings: c.Readings, register: c.Register, settings: c.Settings, note: c.Note}
	s.book.Store(c.Book)
	return s
}

// Settings returns the figures by which the store works.
func (s *Store) Settings() Settings { return s.settings }

// Book returns the standards by which the store reckons.
func (s *Store) Book() *aqi.Book { return s.book.Load() }

// Use lets the store reckon by other standards from now on, as after a figure was
// corrected. What was reckoned stays; see Resting and Recompute.
func (s *Store) Use(b *aqi.Book) { s.book.Store(b) }

// platform is the caller of the reckoning itself.
var platform = access.Platform("register.read")

// lockStation makes the transactions that change one station follow each other,
// so that each sees what the one before wrote. It comes first in them.
func lockStation(ctx context.Context, tx *sqldb.Tx, station int64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO air_stations (station, n)
		VALUES ($1, 1)
		ON CONFLICT (station) DO UPDATE
		   SET n = air_stations.n + 1`, station)
	return err
}

// lockDivision is lockStation for the days of a division.
func lockDivision(ctx context.Context, tx *sqldb.Tx, d access.Division) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO air_cities (division, n)
		VALUES ($1, 1)
		ON CONFLICT (division) DO UPDATE
		   SET n = air_cities.n + 1`, string(d))
	return err
}

// now is the time by the clock of the database, for what is not in a
// transaction.
func (s *Store) now() time.Time { return s.db.Clock.Now() }

// noted tells Config.Note of a day that was stored. A division is called by its
// code here, for its name is the city's data.
func (s *Store) noted(ctx context.Context, tx *sqldb.Tx, d Day, name string) error {
	if s.note == nil {
		return nil
	}
	var refs []standard.Ref
	unpack(d.refs, &refs)
	return s.note(ctx, tx, d, name+" "+string(d.On), refs)
}
