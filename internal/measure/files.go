package measure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// month is a month of Shanghai time, year*12 + month-1.
type month int

func monthOf(at int64) month {
	t := clock.Unix(at)
	return month(t.Year()*12 + int(t.Month()) - 1)
}

func (m month) start() int64 {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, clock.Shanghai).Unix()
}

// String returns YYYYMM.
func (m month) String() string { return fmt.Sprintf("%04d%02d", int(m)/12, int(m)%12+1) }

const daySeconds = 24 * 60 * 60

// dayStart returns the first second of the Shanghai day of at.
func dayStart(at int64) int64 { return floor(at+8*3600, daySeconds) - 8*3600 }

// floor returns the largest multiple of unit that is not above at.
func floor(at, unit int64) int64 {
	r := at % unit
	if r < 0 {
		r += unit
	}
	return at - r
}

// monthly finds the database of a month: a file on SQLite, the one database on
// PostgreSQL.
type monthly interface {
	// open returns the database of m until release is called. It is nil when
	// there is none and make is false.
	open(ctx context.Context, m month, make bool) (db *sqldb.DB, release func(), err error)
	// months returns those that may have data, in order. On PostgreSQL it is
	// not used: one query spans all months.
	months() ([]month, error)
	close() error
}

// maxOpenFiles is how many monthly files stay open: a year and a bit, so that
// the year's curve opens each once.
const maxOpenFiles = 16

// monthFiles are the files of SQLite.
type monthFiles struct {
	dir, prefix string
	tables      sqldb.Migrations

	mu     sync.Mutex
	files  map[month]*monthFile
	absent map[month]bool // known not to exist; only this process makes any
	tick   int64
}

type monthFile struct {
	db   *sqldb.DB
	uses int   // not released yet
	last int64 // tick of the last use
}

func (f *monthFiles) path(m month) string { return filepath.Join(f.dir, f.prefix+m.String()+".db") }

func (f *monthFiles) open(ctx context.Context, m month, create bool) (*sqldb.DB, func(), error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files == nil {
		f.files, f.absent = map[month]*monthFile{}, map[month]bool{}
	}
	f.tick++
	file := f.files[m]
	if file == nil {
		if !create && f.absent[m] {
			return nil, func() {}, nil
		}
		if _, err := os.Stat(f.path(m)); errors.Is(err, os.ErrNotExist) && !create {
			f.absent[m] = true
			return nil, func() {}, nil
		}
		db, err := sqldb.OpenSQLite(ctx, f.path(m), 16)
		if err != nil {
			return nil, nil, err
		}
		if _, err := db.Migrate(ctx, f.tables); err != nil {
			return nil, nil, errors.Join(err, db.Close())
		}
		file = &monthFile{db: db}
		f.files[m] = file
		delete(f.absent, m)
		f.shrink()
	}
	file.uses++
	file.last = f.tick
	return file.db, func() {
		f.mu.Lock()
		file.uses--
		f.mu.Unlock()
	}, nil
}

// shrink closes files that nobody uses, the longest unused first, while too
// many are open.
func (f *monthFiles) shrink() {
	for len(f.files) > maxOpenFiles {
		oldest, found := month(0), false
		for m, file := range f.files {
			if file.uses == 0 && file.last != 0 && (!found || file.last < f.files[oldest].last) {
				oldest, found = m, true
			}
		}
		if !found {
			return
		}
		f.files[oldest].db.Close() // nothing is pending: every write was committed
		delete(f.files, oldest)
	}
}

func (f *monthFiles) months() ([]month, error) {
	names, err := filepath.Glob(filepath.Join(f.dir, f.prefix+"??????.db"))
	if err != nil {
		return nil, err
	}
	var all []month
	for _, name := range names {
		text := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), f.prefix), ".db")
		n, err := strconv.Atoi(text)
		if err != nil || n%100 < 1 || n%100 > 12 {
			continue // a file of somebody else
		}
		all = append(all, month(n/100*12+n%100-1))
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	return all, nil
}

func (f *monthFiles) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, file := range f.files {
		errs = append(errs, file.db.Close())
	}
	f.files = nil
	return errors.Join(errs...)
}

// shared is PostgreSQL, with plain tables.
type shared struct{ db *sqldb.DB }

func (s *shared) open(context.Context, month, bool) (*sqldb.DB, func(), error) {
	return s.db, func() {}, nil
}
func (s *shared) months() ([]month, error) { return nil, nil }
func (s *shared) close() error             { return nil }

// partitioned is PostgreSQL, with a table of one partition a month.
type partitioned struct {
	db    *sqldb.DB
	table string
	parts partitions
}

func (p *partitioned) open(ctx context.Context, m month, create bool) (*sqldb.DB, func(), error) {
	if create {
		name := fmt.Sprintf("%s_m%s", p.table, m)
		if err := p.parts.ensure(ctx, p.db, p.table, name, m.start(), (m + 1).start()); err != nil {
			return nil, nil, err
		}
	}
	return p.db, func() {}, nil
}
func (p *partitioned) months() ([]month, error) { return nil, nil }
func (p *partitioned) close() error             { return nil }

// partitions remembers which partitions exist. Another process may drop an
// empty one: whoever meets that forgets all and makes them again.
type partitions struct {
	mu    sync.Mutex
	known map[string]bool
}

// ensure makes the partition of table for values from and before to.
func (p *partitions) ensure(ctx context.Context, db *sqldb.DB, table, name string, from, to int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[name] {
		return nil
	}
	// IF NOT EXISTS looks before it makes, so that two processes that make one
	// partition at once may both find none. The second then fails, and looks again.
	var err error
	for range 3 {
		err = db.InTx(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s PARTITION OF %s FOR VALUES FROM (%d) TO (%d)`, name, table, from, to))
			return err
		})
		if err == nil || !fault.Is(err, fault.Conflict) {
			break
		}
	}
	if err != nil {
		return err
	}
	if p.known == nil {
		p.known = map[string]bool{}
	}
	p.known[name] = true
	return nil
}

func (p *partitions) forget() {
	p.mu.Lock()
	p.known = nil
	p.mu.Unlock()
}
