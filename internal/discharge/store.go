package discharge

import (
	"context"
	"embed"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of verdicts, episodes and pauses.
var Migrations = sqldb.Migrations{Set: "discharge", Files: sub(migrations)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}

// Register is what judging needs of package register.
type Register interface {
	Points(ctx context.Context, by access.Caller) ([]register.Point, error)
	AllLimits(ctx context.Context, by access.Caller) ([]register.Limit, error)
	Names(ctx context.Context, by access.Caller, ids ...int64) (map[int64]register.Name, error)
}

// Matters is what judging needs of package matter.
type Matters interface {
	FindTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f matter.Finding) (matter.Finding, bool, error)
	ReportTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f matter.Finding, playbook string) (matter.Finding, bool, error)
	Matter(ctx context.Context, by access.Caller, id matter.ID) (*matter.Matter, error)
	Comment(ctx context.Context, by access.Caller, id matter.ID, text string) error
	Timeline(ctx context.Context, by access.Caller, id matter.ID) ([]matter.Event, error)
}

// Law is what judging needs of package law.
type Law interface {
	Has(code law.Code) bool
	Basis(code law.Code, at time.Time) (law.Basis, error)
}

// Config is what a Store works with.
type Config struct {
	Readings Readings
	Register Register
	Matters  Matters
	Law      Law             // nil cites no statute
	Rules    *standard.Rules // when means count: catalog/standards/auto_monitoring.tsv
	Settings Settings
	// Others takes over what is new at points that are no pollution sources,
	// before it leaves the list; may be nil. It must be durable, and is called
	// again with the same hours after a crash.
	Others func(ctx context.Context, hours []measure.DirtyHour) error
}

// Playbook is the one by which an exceedance is handled.
const Playbook = "exceedance"

// Kinds of findings.
const (
	KindExceedance  = "exceedance"
	KindDataMissing = "data_missing"
)

// Store judges and keeps what it judged. It is safe for many goroutines, and
// for many processes on one database.
type Store struct {
	db       *sqldb.DB
	readings Readings
	register Register
	matters  Matters
	law      Law
	rules    atomic.Pointer[standard.Rules]
	settings Settings
	others   func(ctx context.Context, hours []measure.DirtyHour) error

	mu     sync.Mutex
	places placesCache
}

// New returns a store in db, which holds Migrations. db must be the database of
// the matters: verdict, finding and journal entry stand in one transaction.
func New(db *sqldb.DB, c Config) *Store {
	s := &Store{db: db, readings: c.Readings, register: c.Register, matters: c.Matters, law: c.Law, settings: c.Settings, others: c.Others}
	s.rules.Store(c.Rules)
	return s
}

// Rules returns the rules by which means count.
func (s *Store) Rules() *standard.Rules { return s.rules.Load() }

// Use takes other rules from the next judgement on, as after a correction of a
// figure. What was judged by the old ones stays.
func (s *Store) Use(rules *standard.Rules) { s.rules.Store(rules) }

// Settings returns the figures by which the store judges.
func (s *Store) Settings() Settings { return s.settings }

// platform is the caller of the judging itself.
var platform = access.Platform("register.read", "finding.create", "finding.read", "matter.read", "matter.comment")

// placesCache keeps the places for a short while, so that a burst of small
// rounds does not read the registers each time.
type placesCache struct {
	at  time.Time
	all map[int64]place
}

// placesFor is how long a change in the registers may take to reach judging.
const placesFor = 10 * time.Second

// load returns the active monitoring points of pollution sources with the
// limits of their outlets, by point.
func (s *Store) load(ctx context.Context, now time.Time) (map[int64]place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if age := now.Sub(s.places.at); s.places.all != nil && age >= 0 && age < placesFor {
		return s.places.all, nil
	}
	points, err := s.register.Points(ctx, platform)
	if err != nil {
		return nil, err
	}
	limits, err := s.register.AllLimits(ctx, platform)
	if err != nil {
		return nil, err
	}
	byOutlet := map[int64][]register.Limit{}
	for _, l := range limits {
		byOutlet[l.Outlet] = append(byOutlet[l.Outlet], l)
	}
	all := map[int64]place{}
	for _, p := range points {
		if p.Kind == "source_air" || p.Kind == "source_water" {
			all[p.ID] = place{p, byOutlet[p.Outlet]}
		}
	}
	s.places = placesCache{now, all}
	return all, nil
}

// Forget lets the next round read the registers again, as after a change of a
// limit.
func (s *Store) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places = placesCache{}
}
