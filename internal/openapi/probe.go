package openapi

import (
	"context"
	"embed"
	"io/fs"
	"sync"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

//go:embed migrations
var migrations embed.FS

// Migrations is the table of Probe.
var Migrations = sqldb.Migrations{Set: "openapi", Files: sub(migrations)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return dir
}

// probeEvery is how long the result of a write counts: anybody may ask for
// /healthz, and each write costs the disk a flush.
const probeEvery = 5 * time.Second

// Probe proves that a database takes a write by writing one row.
type Probe struct {
	db *sqldb.DB

	mu  sync.Mutex
	at  time.Time
	err error
}

// NewProbe returns a probe of db, which holds Migrations.
func NewProbe(db *sqldb.DB) *Probe { return &Probe{db: db} }

// Check returns why db takes no write: fault.Unavailable when the disk is full
// or the file locked.
func (p *Probe) Check(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "openapi.Probe")

	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.db.Clock.Now()
	if !p.at.IsZero() && now.Sub(p.at) >= 0 && now.Sub(p.at) < probeEvery {
		return p.err
	}
	p.err = p.db.InTx(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO health_probe (id, at)
			VALUES (1, $1)
			ON CONFLICT (id) DO UPDATE
			   SET at = excluded.at`, tx.Now.Unix())
		return err
	})
	p.at = now
	return p.err
}
