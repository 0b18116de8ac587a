package measure

import (
	"context"
	"errors"
	"path/filepath"
	"sync"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Config says where readings are kept.
type Config struct {
	// Dir is the folder of hot.db, ts-YYYYMM.db and raw-YYYYMM.db. It is not
	// used when DB is set. One process at a time may have it; see sqldb.LockDir.
	Dir string
	// DB is the PostgreSQL database that holds everything instead.
	DB *sqldb.DB
	// App is the database with the tables of Migrations: corrections, marks and
	// daily values. When nil it is DB; when both are nil there are none.
	App *sqldb.DB
	// CacheMiB is the page cache of hot.db; 64 when 0.
	CacheMiB int
	// MarkHour is the hour of the next day until which a day may be marked; 12
	// when 0 (公告 2022 年第 21 号 [source-secondary]).
	MarkHour int
}

// Store keeps readings. It is safe for concurrent use.
type Store struct {
	hot    *sqldb.DB // hot.db, or the one database
	app    *sqldb.DB // nil when there is none
	chunks monthly   // ts-YYYYMM.db, or partitions
	raws   monthly   // raw-YYYYMM.db
	own    bool      // hot was opened here
	pg     bool

	// mu orders appends, the handing out of dirty hours and the end of a seal.
	// On SQLite, where there is one writer anyway, an Append holds it
	// throughout; what other processes do on PostgreSQL it cannot order, so
	// nothing there rests on it.
	mu      sync.Mutex
	dirty   map[DirtyHour]dirtyState // SQLite only
	window  *sealWindow              // of the seal under way, or nil
	buf     []byte                   // scratch of Append
	sealMu  sync.Mutex               // one seal at a time
	rawMu   sync.Mutex               // one seal of raw frames at a time
	horizon [Day + 1]int64           // sealed before, by kind; under mu

	markHour int64
	latest   latestMap // SQLite only
	days     partitions

	// step is called between the durable steps of a seal, for the tests that
	// kill the process there.
	step func(name string)
}

// Open opens the store, makes what is missing, and reads the latest values.
//
// The error is fault.Invalid when a file is damaged or another program's, and
// fault.Unavailable when it cannot be opened.
func Open(ctx context.Context, c Config) (_ *Store, err error) {
	defer fault.Wrap(&err, "measure.Open(%s)", c.Dir)

	s := &Store{hot: c.DB, app: c.App, pg: c.DB != nil, dirty: map[DirtyHour]dirtyState{}, step: func(string) {}, markHour: int64(c.MarkHour)}
	if s.markHour == 0 {
		s.markHour = deadlineHour
	}
	if s.app == nil {
		s.app = c.DB
	}
	if s.pg {
		if s.hot.Engine != sqldb.Postgres {
			return nil, errors.New("Config.DB is for PostgreSQL; SQLite has files of its own in Config.Dir")
		}
		if _, err := s.hot.Migrate(ctx, hotTables, chunkTables, rawTables); err != nil {
			return nil, err
		}
		s.chunks = &partitioned{db: s.hot, table: "chunk"}
		s.raws = &shared{s.hot}
	} else {
		cache := c.CacheMiB
		if cache == 0 {
			cache = 64
		}
		if s.hot, err = sqldb.OpenSQLite(ctx, filepath.Join(c.Dir, "hot.db"), cache); err != nil {
			return nil, err
		}
		s.own = true
		s.chunks = &monthFiles{dir: c.Dir, prefix: "ts-", tables: chunkTables}
		s.raws = &monthFiles{dir: c.Dir, prefix: "raw-", tables: rawTables}
		if _, err := s.hot.Migrate(ctx, hotTables); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if err := s.load(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// load fills what is held in memory.
func (s *Store) load(ctx context.Context) error {
	if err := s.loadHorizon(ctx); err != nil {
		return err
	}
	if s.pg {
		return nil
	}
	if err := s.loadDirty(ctx); err != nil {
		return err
	}
	return s.loadLatest(ctx)
}

func (s *Store) loadHorizon(ctx context.Context) error {
	rows, err := s.hot.Query(ctx, `SELECT kind, before FROM sealed`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, before int64
		if err := rows.Scan(&kind, &before); err != nil {
			return err
		}
		if kind >= int64(Rtd) && kind <= int64(Day) {
			s.horizon[kind] = before
		}
	}
	return rows.Err()
}

// Close closes the files that Open opened.
func (s *Store) Close() error {
	var errs []error
	if s.own {
		errs = append(errs, s.hot.Close())
	}
	for _, m := range []monthly{s.chunks, s.raws} {
		if m != nil {
			errs = append(errs, m.close())
		}
	}
	return errors.Join(errs...)
}
