package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// Target is another host that frames are forwarded to.
type Target struct {
	ID         int64
	Name       string
	Address    string            // host:port
	Divisions  []access.Division // whose devices; with none and no Points: all
	Points     []PointID         // and these
	Enabled    bool
	MaxBacklog int64 // frames that wait at most; beyond, new ones are dropped and counted
	Version    int64

	// How it stands, which SaveTarget does not change.
	Backlog int64 // frames that wait
	Sent    int64 // frames delivered
	Acked   int64 // of these, acknowledged by the target
	Dropped int64 // not queued because the backlog was full, or never acknowledged though others were
	Trouble string
}

const defaultBacklog = 1_000_000

func (t *Target) wants(d *Device) bool {
	if len(t.Divisions)+len(t.Points) == 0 || slices.Contains(t.Points, d.Point) {
		return true
	}
	return slices.ContainsFunc(t.Divisions, func(div access.Division) bool { return div.Contains(d.Division) })
}

type targetStored struct {
	ID         int64  `db:"id"`
	Name       string `db:"name"`
	Address    string `db:"address"`
	Divisions  string `db:"divisions"`
	Points     string `db:"points"`
	Enabled    bool   `db:"enabled"`
	MaxBacklog int64  `db:"max_backlog"`
	Version    int64  `db:"version"`
	Sent       int64  `db:"sent"`
	Acked      int64  `db:"acked"`
	Dropped    int64  `db:"dropped"`
	Trouble    string `db:"trouble"`
	Backlog    int64  `db:"backlog"`
}

func (s *Server) readTargets(ctx context.Context) ([]Target, error) {
	rows, err := sqldb.All[targetStored](ctx, s.cfg.DB, `
		SELECT id, name, address, divisions, points, enabled, max_backlog, version, sent, acked, dropped, trouble, 0 AS backlog
		  FROM forward_targets
		 ORDER BY id`)
	if err != nil {
		return nil, err
	}
	return targetsOf(rows)
}

func targetsOf(rows []targetStored) ([]Target, error) {
	all := make([]Target, len(rows))
	for i, r := range rows {
		t := Target{
			ID: r.ID, Name: r.Name, Address: r.Address, Enabled: r.Enabled, MaxBacklog: r.MaxBacklog, Version: r.Version,
			Backlog: r.Backlog, Sent: r.Sent, Acked: r.Acked, Dropped: r.Dropped, Trouble: r.Trouble,
		}
		for _, d := range strings.Fields(r.Divisions) {
			t.Divisions = append(t.Divisions, access.Division(d))
		}
		if err := json.Unmarshal([]byte(r.Points), &t.Points); err != nil {
			return nil, fmt.Errorf("forward target %d: %w", r.ID, err)
		}
		all[i] = t
	}
	return all, nil
}

// Targets returns the forward targets and how they stand. Only who sees the
// whole city sees them.
func (s *Server) Targets(ctx context.Context, by access.Caller) (_ []Target, err error) {
	defer fault.Wrap(&err, "gateway.Targets")
	if err := by.Must("frame.read"); err != nil {
		return nil, err
	}
	if !holdsCity(by.Scope) {
		return nil, nil
	}
	rows, err := sqldb.All[targetStored](ctx, s.cfg.DB, `
		SELECT t.id, t.name, t.address, t.divisions, t.points, t.enabled, t.max_backlog, t.version, t.sent, t.acked, t.dropped, t.trouble,
		       (SELECT COUNT(*) FROM forward_queue q WHERE q.target = t.id) AS backlog
		  FROM forward_targets t
		 ORDER BY t.id`)
	if err != nil {
		return nil, err
	}
	return targetsOf(rows)
}

// SaveTarget stores a forward target: a new one when t.ID is 0, else that whose
// version is t.Version. Frames that come from then on are forwarded.
//
// The error is fault.Invalid when a field is wrong, fault.Conflict when the
// target has changed, fault.Denied when by does not see the whole city.
func (s *Server) SaveTarget(ctx context.Context, by access.Caller, t Target) (_ Target, err error) {
	defer fault.Wrap(&err, "gateway.SaveTarget(%d)", t.ID)
	if err := by.Must("frame.operate"); err != nil {
		return t, err
	}
	if !holdsCity(by.Scope) {
		return t, fault.New(fault.Denied, "转发目标由管辖全市的人员设置，您的管辖范围不够")
	}
	set(&t.MaxBacklog, defaultBacklog)
	if err := t.check(); err != nil {
		return t, err
	}
	divisions := make([]string, len(t.Divisions))
	for i, d := range t.Divisions {
		divisions[i] = string(d)
	}
	if t.Points == nil {
		t.Points = []PointID{}
	}
	points, err := json.Marshal(t.Points)
	if err != nil {
		return t, err
	}
	err = s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		id, version := t.ID, t.Version+1
		if id == 0 {
			id, version = sqldb.NewID(), 1
			if err := tx.ExecOne(ctx, `
				INSERT INTO forward_targets (
				  id, name, address, divisions, points, enabled, max_backlog, version, updated_at, position, sent, acked, dropped, trouble, node, lease_until)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, 0, 0, 0, 0, '', '', 0)`,
				id, t.Name, t.Address, strings.Join(divisions, " "), string(points), t.Enabled, t.MaxBacklog, tx.Now.Unix()); err != nil {
				return err
			}
		} else if err := tx.ExecOne(ctx, `
			UPDATE forward_targets
			   SET name        = $1,
			       address     = $2,
			       divisions   = $3,
			       points      = $4,
			       enabled     = $5,
			       max_backlog = $6,
			       version     = version + 1,
			       updated_at  = $7
			 WHERE id = $8
			   AND version = $9`,
			t.Name, t.Address, strings.Join(divisions, " "), string(points), t.Enabled, t.MaxBacklog, tx.Now.Unix(), id, t.Version); err != nil {
			return err
		}
		if err := journal.Append(ctx, tx, entry(by, "forward.save", "forward/"+strconv.FormatInt(id, 10), "", 0, map[string]any{
			"name": t.Name, "address": t.Address, "divisions": divisions, "points": t.Points, "enabled": t.Enabled, "max_backlog": t.MaxBacklog,
		})); err != nil {
			return err
		}
		t.ID, t.Version = id, version
		return nil
	})
	if err != nil {
		return t, err
	}
	return t, s.Refresh(ctx)
}

func (t *Target) check() error {
	wrong := map[string]string{}
	if t.Name == "" {
		wrong["name"] = "请填写转发目标的名称"
	}
	host, port, err := net.SplitHostPort(t.Address)
	if n, bad := strconv.Atoi(port); err != nil || host == "" || bad != nil || n < 1 || n > 65535 {
		wrong["address"] = "地址应为 主机:端口，如 10.1.2.3:9212"
	}
	if t.MaxBacklog < 1 {
		wrong["max_backlog"] = "积压上限应为正整数"
	}
	return fault.Fields(wrong)
}
