package platform

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/coverage"
	"pingzhang/internal/discharge"
	"pingzhang/internal/fault"
	"pingzhang/internal/figure"
	"pingzhang/internal/gateway"
	"pingzhang/internal/journal"
	"pingzhang/internal/land"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/notify"
	"pingzhang/internal/openapi"
	"pingzhang/internal/register"
	"pingzhang/internal/remind"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/warning"
	"pingzhang/internal/web"
)

// Platform is everything that was opened.
type Platform struct {
	Options Options
	Catalog fs.FS
	DB      *sqldb.DB

	Keys      *journal.Keys
	Journal   *journal.Log
	Roles     *access.Roles
	Places    *access.Places
	Access    *access.Store
	Calendar  *calendar.Store
	Law       *law.Book
	Register  *register.Store
	Notify    *notify.Store
	Figure    *figure.Store
	Bulletin  *bulletin.Store
	Air       *air.Store
	Land      *land.Store
	Measure   *measure.Store
	Matter    *matter.Store
	Gateway   *gateway.Server
	Discharge *discharge.Store
	Warning   *warning.Store

	Worker *remind.Worker

	Live *web.Hub
	Web  *web.Server

	clock  clock.Clock
	owners atomic.Pointer[map[measure.Point]register.Point]
	unlock func()
	stop   []func()
}

// Open opens the database and builds all stores. The caller closes it.
//
// The error is fault.Conflict when another process uses the folder,
// fault.Invalid when a file of the catalog or the database is wrong.
func Open(ctx context.Context, o Options) (_ *Platform, err error) {
	defer fault.Wrap(&err, "platform.Open(%s)", o.Data)

	if o.City == "" {
		o.City = "heihe"
	}
	sqldb.SetNode(o.Node)
	p := &Platform{Options: o, Catalog: catalog.FS(o.Catalog), Live: web.NewHub(), clock: clock.System{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	if p.unlock, err = sqldb.LockDir(o.Data); err != nil {
		return nil, err
	}
	if o.Database != "" {
		p.DB, err = sqldb.OpenPostgres(ctx, o.Database)
	} else {
		p.DB, err = sqldb.OpenSQLite(ctx, filepath.Join(o.Data, "app.db"), 32)
	}
	if err != nil {
		return nil, err
	}
	if _, err := p.DB.Migrate(ctx, Migrations()...); err != nil {
		return nil, err
	}
	for _, part := range []func(context.Context) error{p.openGround, p.openSpines, p.openGateway, p.openAir, p.openLand, p.openDischarge, p.openWarning, p.openWorker, p.openWeb} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Migrations lists the schemas of the application's database, in the order in
// which they build on each other.
func Migrations() []sqldb.Migrations {
	return []sqldb.Migrations{journal.Migrations, access.Migrations, calendar.Migrations, figure.Migrations, notify.Migrations, bulletin.Migrations, register.Migrations, measure.Migrations, matter.Migrations, gateway.Migrations, air.Migrations, land.Migrations, discharge.Migrations, warning.Migrations, remind.Migrations, openapi.Migrations}
}

func (p *Platform) openGround(ctx context.Context) (err error) {
	if p.Roles, err = access.LoadRoles(p.Catalog); err != nil {
		return err
	}
	if p.Places, err = access.LoadPlaces(catalog.Sub(p.Catalog, p.Options.City)); err != nil {
		return err
	}
	if p.Law, err = law.Load(catalog.Sub(p.Catalog, "law")); err != nil {
		return err
	}
	if p.Keys, err = journal.OpenKeys(filepath.Join(p.Options.Data, "keys")); err != nil {
		return err
	}
	p.Journal = journal.New(p.DB, p.Keys, p.Places.City+"生态环境局")
	p.Access = access.New(p.DB, p.Roles, p.Places)
	if p.Figure, err = figure.New(p.DB, p.Catalog); err != nil {
		return err
	}
	p.Bulletin = bulletin.New(p.DB)
	p.Notify = notify.New(p.DB)
	p.Notify.Webhooks = p.Options.Webhooks
	return nil
}

func (p *Platform) openSpines(ctx context.Context) error {
	table, families, err := calendar.Load(catalog.Sub(p.Catalog, "calendar"))
	if err != nil {
		return err
	}
	p.Calendar = calendar.New(p.DB, table)
	book, err := register.Load(catalog.Sub(p.Catalog, "registers"))
	if err != nil {
		return err
	}
	p.Register = register.New(p.DB, book)
	p.Register.KnownDivision = func(d access.Division) bool {
		return slices.ContainsFunc(p.Places.Within(access.System), func(pl access.Place) bool { return pl.Code == d || pl.Code.Contains(d) && len(d) > 6 })
	}
	mc := measure.Config{Dir: filepath.Join(p.Options.Data, "readings"), App: p.DB}
	if err := os.MkdirAll(mc.Dir, 0o750); err != nil {
		return fault.From(err, fault.Unavailable, "不能建立数据目录 %s；请检查权限和磁盘", mc.Dir)
	}
	if p.DB.Engine == sqldb.Postgres {
		mc = measure.Config{DB: p.DB, App: p.DB}
	}
	if p.Measure, err = measure.Open(ctx, mc); err != nil {
		return err
	}
	p.stop = append(p.stop, func() { p.Measure.Close() })
	books, err := matter.Load(catalog.Sub(p.Catalog, "playbooks"), matter.Known{Roles: codes(p.Roles), Laws: p.Law, Families: families})
	if err != nil {
		return err
	}
	p.Matter = matter.New(p.DB, matter.Config{
		Dir: filepath.Join(p.Options.Data, "files"), Playbooks: books, Families: families, Table: p.Calendar.Table, Notify: p.Notify,
	})
	return nil
}

func (p *Platform) openWeb(ctx context.Context) (err error) {
	policy, err := p.Access.Policy(ctx)
	if err != nil {
		return err
	}
	cfg := web.Config{
		City: p.Places.City, Demo: p.Options.Demo, TLS: p.Options.TLSCert != "",
		Idle: time.Duration(policy.IdleMinutes) * time.Minute, Lifetime: time.Duration(policy.SessionHours) * time.Hour, UploadMiB: matter.DefaultMaxFile >> 20 * 5,
		Clock: p.clock, Sessions: access.NewSessions(p.DB), Access: p.Access, Journal: p.Journal, Calendar: p.Calendar, Divisions: p.Places,
		Register: p.Register, Matter: p.Matter, Notify: p.Notify, Law: p.Law, Figures: p.Figure, Coverage: coverage.New(p.Catalog), Air: p.Air, Land: p.Land, Warning: p.Warning, Live: p.Live,
		Bulletins: p.Bulletin, Drafts: p.drafts(),
		RoleName: p.Roles.Name, OfficeName: p.Places.OfficeName, JournalKey: p.Keys.PublicKey, Bundle: p.bundle, Trouble: p.Gateway.Trouble,
	}
	if cfg.Monitoring, err = p.monitoring(); err != nil {
		return err
	}
	if p.Options.Demo {
		cfg.DemoAccounts, err = p.demoAccounts()
		if err != nil {
			return err
		}
	}
	p.Web, err = web.New(cfg)
	return err
}

// reader reads registers for the platform's own work.
var reader = access.Platform("register.read")

// layerFiles is the folder of the map's layers: the bureau's own where it has
// them, else those of the demonstration.
func (p *Platform) layerFiles() fs.FS {
	own := catalog.Sub(p.Catalog, p.Options.City+"/map")
	if _, err := fs.Stat(own, "counties.geojson"); err == nil {
		return own
	}
	return catalog.Sub(p.Catalog, p.Options.City+"/demo")
}

// Close closes everything that Open opened.
func (p *Platform) Close() error {
	for _, f := range slices.Backward(p.stop) {
		f()
	}
	p.stop = nil
	var err error
	if p.DB != nil {
		err = p.DB.Close()
	}
	if p.unlock != nil {
		p.unlock()
	}
	return err
}
