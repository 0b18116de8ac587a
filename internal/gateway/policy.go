package gateway

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// The policies for the clock of a device.
const (
	ClockNone      = "none"       // set by hand only
	ClockOnRequest = "on_request" // when the device asks (1013)
	ClockOnDrift   = "on_drift"   // also when it is off by more than a minute
)

// Policy is what an operator allows and forbids a device. The zero Policy does
// nothing by itself and takes the device from anywhere.
type Policy struct {
	Clock   string         // ClockNone unless set
	Allowed []netip.Prefix // addresses that it may connect from; none: any
	Timeout time.Duration  // for an answer; 10 s unless set
	Retries int            // 3 unless set
	Version int64          // 0 before the first Save
}

func (p Policy) allows(a netip.Addr) bool {
	if len(p.Allowed) == 0 {
		return true
	}
	for _, prefix := range p.Allowed {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

func (p Policy) timeouts() hj212.Timeouts {
	t := hj212.MobileTimeouts
	if p.Timeout > 0 {
		t.T = p.Timeout
	}
	if p.Retries > 0 {
		t.Retries = p.Retries
	}
	return t
}

// ParseAllowed reads addresses and ranges (10.1.2.3, 10.1.0.0/16) that are
// parted by blanks, commas or line ends.
func ParseAllowed(text string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, f := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;，；、\r\n\t", r) }) {
		if a, err := netip.ParseAddr(f); err == nil {
			all = append(all, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(f)
		if err != nil {
			return nil, fault.New(fault.Invalid, "“%s”不是地址或地址段，应如 10.1.2.3 或 10.1.0.0/16", f)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

func allowedText(all []netip.Prefix) string {
	parts := make([]string, len(all))
	for i, p := range all {
		parts[i] = p.String()
	}
	return strings.Join(parts, " ")
}

// settings are the policies and targets of this moment.
type settings struct {
	policies map[PointID]Policy
	targets  []Target
	changed  bool // since the last time
	print    string
}

// readSettings reads them; changed says whether they differ from those in use.
func (s *Server) readSettings(ctx context.Context) (settings, error) {
	type stored struct {
		Point    int64  `db:"point"`
		Clock    string `db:"clock"`
		Allowed  string `db:"allowed"`
		TimeoutS int64  `db:"timeout_s"`
		Retries  int    `db:"retries"`
		Version  int64  `db:"version"`
	}
	out := settings{policies: map[PointID]Policy{}}
	rows, err := sqldb.All[stored](ctx, s.cfg.DB, `
		SELECT point, clock, allowed, timeout_s, retries, version
		  FROM device_policies
		 ORDER BY point`)
	if err != nil {
		return out, err
	}
	var print strings.Builder
	for _, r := range rows {
		allowed, err := ParseAllowed(r.Allowed)
		if err != nil {
			return out, err
		}
		out.policies[PointID(r.Point)] = Policy{
			Clock: r.Clock, Allowed: allowed, Timeout: time.Duration(r.TimeoutS) * time.Second, Retries: r.Retries, Version: r.Version,
		}
		fmt.Fprintf(&print, "p%d.%d ", r.Point, r.Version)
	}
	if out.targets, err = s.readTargets(ctx); err != nil {
		return out, err
	}
	for _, t := range out.targets {
		fmt.Fprintf(&print, "t%d.%d ", t.ID, t.Version)
	}
	out.print = print.String()
	s.mu.Lock()
	defer s.mu.Unlock()
	out.changed = out.print != s.forward.print
	s.forward.print = out.print
	return out, nil
}

// Policy returns the policy of a point in by's scope.
func (s *Server) Policy(by access.Caller, point PointID) (Policy, error) {
	d, err := s.deviceFor(by, "frame.read", point)
	if err != nil {
		return Policy{}, err
	}
	return d.Policy, nil
}

// SetPolicy makes p the policy of a point; p.Version is that which by last saw.
//
// The error is fault.Conflict when it has changed since, fault.NotFound when the
// point is not in by's scope, fault.Invalid when a field is wrong.
func (s *Server) SetPolicy(ctx context.Context, by access.Caller, point PointID, p Policy) (err error) {
	defer fault.Wrap(&err, "gateway.SetPolicy(point %d)", point)
	d, err := s.deviceFor(by, "frame.operate", point)
	if err != nil {
		return err
	}
	set(&p.Clock, ClockNone)
	wrong := map[string]string{}
	if p.Clock != ClockNone && p.Clock != ClockOnRequest && p.Clock != ClockOnDrift {
		wrong["clock"] = "请选择校时策略"
	}
	if p.Timeout < 0 || p.Timeout > 99*time.Second {
		wrong["timeout"] = "超时时间应为1到99秒"
	}
	if p.Retries < 0 || p.Retries > 99 {
		wrong["retries"] = "重发次数应为1到99"
	}
	if err := fault.Fields(wrong); err != nil {
		return err
	}
	err = s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		var err error
		if p.Version == 0 {
			err = tx.ExecOne(ctx, `
				INSERT INTO device_policies (point, division, enterprise, clock, allowed, timeout_s, retries, version, updated_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)
				ON CONFLICT (point) DO NOTHING`,
				int64(point), string(d.Division), d.Enterprise, p.Clock, allowedText(p.Allowed), int64(p.Timeout/time.Second), p.Retries, tx.Now.Unix())
		} else {
			err = tx.ExecOne(ctx, `
				UPDATE device_policies
				   SET clock      = $1,
				       allowed    = $2,
				       timeout_s  = $3,
				       retries    = $4,
				       version    = version + 1,
				       updated_at = $5
				 WHERE point = $6
				   AND version = $7`,
				p.Clock, allowedText(p.Allowed), int64(p.Timeout/time.Second), p.Retries, tx.Now.Unix(), int64(point), p.Version)
		}
		if err != nil {
			return err
		}
		return journal.Append(ctx, tx, entry(by, "device.policy", fmt.Sprintf("point/%d", point), d.Division, d.Enterprise,
			map[string]any{"clock": p.Clock, "allowed": allowedText(p.Allowed), "timeout_s": int64(p.Timeout / time.Second), "retries": p.Retries}))
	})
	if err != nil {
		return err
	}
	return s.Refresh(ctx)
}
