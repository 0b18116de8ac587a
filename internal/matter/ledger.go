package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// start starts clocks of a stage (or, stage being empty, of the whole matter)
// on m at the time of tx.
func (s *Store) start(ctx context.Context, tx *sqldb.Tx, m *Matter, stage Stage, defs []ClockDef) error {
	for _, d := range defs {
		r, err := d.rule(s.Families)
		if err != nil {
			return err
		}
		rule, err := json.Marshal(r)
		if err != nil {
			return err
		}
		def, err := json.Marshal(d)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO clocks (id, matter, stage, definition, rule, started_at)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			sqldb.NewID(), int64(m.ID), string(stage), string(def), string(rule), tx.Now.Unix()); err != nil {
			return err
		}
	}
	return nil
}

// stop stops the clocks of the stage that m has left, and all of them when it
// is closed.
func (s *Store) stop(ctx context.Context, tx *sqldb.Tx, m *Matter, left Stage) error {
	_, err := tx.Exec(ctx, `
		UPDATE clocks
		   SET stopped_at = $1
		 WHERE matter = $2
		   AND stopped_at IS NULL
		   AND (stage = $3 OR $4)`, tx.Now.Unix(), int64(m.ID), string(left), m.Closed())
	return err
}

type clockRow struct {
	ID         int64  `db:"id"`
	Matter     int64  `db:"matter"`
	Stage      string `db:"stage"`
	Definition string `db:"definition"`
	Rule       string `db:"rule"`
	StartedAt  int64  `db:"started_at"`
	StoppedAt  *int64 `db:"stopped_at"`
}

const clockColumns = `k.id, k.matter, k.stage, k.definition, k.rule, k.started_at, k.stopped_at`

type eventRow struct {
	ID         int64  `db:"id"`
	Clock      int64  `db:"clock"`
	Kind       string `db:"kind"`
	At         int64  `db:"at"`
	Amount     int    `db:"amount"`
	Unit       string `db:"unit"`
	Reason     string `db:"reason"`
	ByLogin    string `db:"by_login"`
	ByName     string `db:"by_name"`
	ApprovedBy string `db:"approved_by"`
	Evidence   int64  `db:"evidence"`
}

// clocks returns the clocks that cond, on clocks k and matters m, selects, with
// their ledgers and fired rungs, in the order in which they were started.
func (s *Store) clocks(ctx context.Context, q sqldb.Querier, cond string, args ...any) ([]Clock, error) {
	from := `
		  FROM clocks k
		  JOIN matters m ON m.id = k.matter`
	rows, err := sqldb.All[clockRow](ctx, q, `
		SELECT `+clockColumns+from+`
		 WHERE `+cond+`
		 ORDER BY k.id`, args...)
	if err != nil {
		return nil, err
	}
	events, err := sqldb.All[eventRow](ctx, q, `
		SELECT e.id, e.clock, e.kind, e.at, e.amount, e.unit, e.reason, e.by_login, e.by_name, e.approved_by, e.evidence`+from+`
		  JOIN clock_events e ON e.clock = k.id
		 WHERE `+cond+`
		 ORDER BY e.id`, args...)
	if err != nil {
		return nil, err
	}
	type rungRow struct {
		Clock int64  `db:"clock"`
		Rung  string `db:"rung"`
	}
	rungs, err := sqldb.All[rungRow](ctx, q, `
		SELECT r.clock, r.rung`+from+`
		  JOIN clock_rungs r ON r.clock = k.id
		 WHERE `+cond, args...)
	if err != nil {
		return nil, err
	}
	all := make([]Clock, len(rows))
	byID := map[int64]*Clock{}
	for i, r := range rows {
		c := &all[i]
		*c = Clock{ID: r.ID, Matter: ID(r.Matter), Stage: Stage(r.Stage), Start: clock.Unix(r.StartedAt)}
		if r.StoppedAt != nil {
			c.StoppedAt = clock.Unix(*r.StoppedAt)
		}
		if err := json.Unmarshal([]byte(r.Definition), &c.Def); err != nil {
			return nil, fmt.Errorf("clock %d: %w", r.ID, err)
		}
		if err := json.Unmarshal([]byte(r.Rule), &c.Rule); err != nil {
			return nil, fmt.Errorf("clock %d: %w", r.ID, err)
		}
		byID[r.ID] = c
	}
	for _, e := range events {
		c := byID[e.Clock]
		if c == nil {
			continue // started between the two queries
		}
		c.Ledger = append(c.Ledger, ClockEvent{ID: e.ID, Kind: e.Kind, At: clock.Unix(e.At), Amount: e.Amount, Unit: calendar.Unit(e.Unit),
			Reason: e.Reason, ByLogin: e.ByLogin, ByName: e.ByName, ApprovedBy: e.ApprovedBy, Evidence: e.Evidence})
	}
	for _, r := range rungs {
		if c := byID[r.Clock]; c != nil {
			c.Fired = append(c.Fired, Offset(r.Rung))
		}
	}
	return all, nil
}

// Running is a clock and when it runs out by the holiday table of today. What
// Deadline.Explain says is how that was counted.
type Running struct {
	Clock
	Deadline calendar.Deadline
}

// Clocks returns every clock that the matter id ever had, in the order in
// which they were started.
func (s *Store) Clocks(ctx context.Context, by access.Caller, id ID) (_ []Running, err error) {
	defer fault.Wrap(&err, "matter.Clocks(%d)", id)
	if _, err := s.load(ctx, s.db, by, id); err != nil {
		return nil, err
	}
	all, err := s.clocks(ctx, s.db, `k.matter = $1`, int64(id))
	if err != nil {
		return nil, err
	}
	return s.due(ctx, all)
}

func (s *Store) due(ctx context.Context, all []Clock) ([]Running, error) {
	table, err := s.Table(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Running, len(all))
	for i, c := range all {
		out[i] = Running{c, c.Due(table)}
	}
	return out, nil
}

// Suspend stops the counting of every running clock of the matter until Resume.
// evidence, a file of the matter that shows why, may be 0.
//
// The error is that of Move; fault.Denied without matter.suspend, fault.Invalid
// without a reason.
func (s *Store) Suspend(ctx context.Context, by access.Caller, id ID, version int64, reason string, evidence int64) (m *Matter, err error) {
	defer fault.Wrap(&err, "matter.Suspend(matter %d, version %d)", id, version)
	return s.ledger(ctx, by, id, version, reason, func(tx *sqldb.Tx, m *Matter, e ClockEvent) error {
		if m.Suspended {
			return fault.New(fault.Invalid, "时限已经中止")
		}
		if err := s.ofMatter(ctx, tx, m, evidence); err != nil {
			return err
		}
		e.Kind, e.Evidence, m.Suspended = "suspend", evidence, true
		return s.addEvents(ctx, tx, by, m, e, "k.stopped_at IS NULL AND k.matter = $1", int64(m.ID))
	})
}

// Resume lets the clocks of the matter go on counting.
//
// The error is that of Suspend.
func (s *Store) Resume(ctx context.Context, by access.Caller, id ID, version int64, reason string) (m *Matter, err error) {
	defer fault.Wrap(&err, "matter.Resume(matter %d, version %d)", id, version)
	return s.ledger(ctx, by, id, version, reason, func(tx *sqldb.Tx, m *Matter, e ClockEvent) error {
		if !m.Suspended {
			return fault.New(fault.Invalid, "时限没有中止，不需要恢复")
		}
		e.Kind, m.Suspended = "resume", false
		return s.addEvents(ctx, tx, by, m, e, "k.stopped_at IS NULL AND k.matter = $1", int64(m.ID))
	})
}

// Extend adds amount, in the unit of its rule, to the budget of a running
// clock of the matter. approvedBy names who approved it.
//
// The error is that of Suspend; fault.Invalid also when the clock is not
// running or the amount not positive.
func (s *Store) Extend(ctx context.Context, by access.Caller, id ID, version, clockID int64, amount int, reason, approvedBy string) (m *Matter, err error) {
	defer fault.Wrap(&err, "matter.Extend(matter %d, version %d, clock %d)", id, version, clockID)
	approvedBy = strings.TrimSpace(approvedBy)
	wrong := map[string]string{}
	if amount < 1 || amount > 365 {
		wrong["amount"] = "延长的数量应为1至365"
	}
	if approvedBy == "" {
		wrong["approved_by"] = "请填写批准人"
	}
	if err := fault.Fields(wrong); err != nil {
		return nil, err
	}
	return s.ledger(ctx, by, id, version, reason, func(tx *sqldb.Tx, m *Matter, e ClockEvent) error {
		all, err := s.clocks(ctx, tx, `k.id = $1 AND k.matter = $2 AND k.stopped_at IS NULL`, clockID, int64(m.ID))
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.New(fault.Invalid, "这项时限已经结束或不属于本事项，不能延长")
		}
		e.Kind, e.Amount, e.Unit, e.ApprovedBy = "extend", amount, all[0].Rule.Unit, approvedBy
		return s.addEvents(ctx, tx, by, m, e, "k.id = $1", clockID)
	})
}

// ledger runs change on the matter at version, as a new version of it.
func (s *Store) ledger(ctx context.Context, by access.Caller, id ID, version int64, reason string, change func(*sqldb.Tx, *Matter, ClockEvent) error) (m *Matter, err error) {
	if err := by.Must("matter.suspend"); err != nil {
		return nil, err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return nil, fault.Fields(map[string]string{"reason": "请填写原因"})
	}
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if m, err = s.at(ctx, tx, by, id, version); err != nil {
			return err
		}
		if m.Closed() {
			return fault.New(fault.Invalid, "事项已办结（%s），时限不能再变", m.StageDef().Label)
		}
		if err := change(tx, m, ClockEvent{At: tx.Now, Reason: reason, ByLogin: by.Login, ByName: by.Name}); err != nil {
			return err
		}
		m.Version++
		return tx.ExecOne(ctx, `
			UPDATE matters
			   SET suspended = $1,
			       version   = version + 1
			 WHERE id = $2
			   AND version = $3`, m.Suspended, int64(m.ID), version)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// addEvents writes e to the ledger of each clock that cond selects, and to the
// journal once.
func (s *Store) addEvents(ctx context.Context, tx *sqldb.Tx, by access.Caller, m *Matter, e ClockEvent, cond string, args ...any) error {
	all, err := s.clocks(ctx, tx, cond, args...)
	if err != nil {
		return err
	}
	var names []string
	for _, c := range all {
		if _, err := tx.Exec(ctx, `
			INSERT INTO clock_events (id, clock, kind, at, amount, unit, reason, by_login, by_name, approved_by, evidence)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			sqldb.NewID(), c.ID, e.Kind, e.At.Unix(), e.Amount, string(e.Unit), e.Reason, e.ByLogin, e.ByName, e.ApprovedBy, e.Evidence); err != nil {
			return err
		}
		names = append(names, c.Def.ID)
	}
	detail := map[string]any{"clocks": names, "reason": e.Reason}
	if e.Kind == "extend" {
		detail["extension"], detail["approved_by"] = strconv.Itoa(e.Amount)+" "+string(e.Unit), e.ApprovedBy
	}
	if e.Evidence != 0 {
		detail["evidence"] = e.Evidence
	}
	return record(ctx, tx, by, "matter."+e.Kind, m, detail)
}

// ofMatter refuses evidence that is not the matter's.
func (s *Store) ofMatter(ctx context.Context, tx *sqldb.Tx, m *Matter, evidence int64) error {
	if evidence == 0 {
		return nil
	}
	_, found, err := sqldb.Value[int64](ctx, tx, `SELECT id FROM evidence WHERE id = $1 AND matter = $2 AND state = 'active'`, evidence, int64(m.ID))
	if err == nil && !found {
		return fault.Fields(map[string]string{"evidence": "所附文件不属于本事项，请重新上传"})
	}
	return err
}

// FireDue lets every rung fire that is due at now: a notice to those it names
// and a journal entry, once, however many workers call it. It returns how many
// this call fired. It is the platform's own work and sees every matter.
func (s *Store) FireDue(ctx context.Context, now time.Time, worker string) (fired int, err error) {
	defer fault.Wrap(&err, "matter.FireDue(%s)", worker)

	table, err := s.Table(ctx)
	if err != nil {
		return 0, err
	}
	all, err := s.clocks(ctx, s.db, `k.stopped_at IS NULL AND m.closed_at IS NULL`)
	if err != nil {
		return 0, err
	}
	by := access.Platform("matter.read")
	for _, c := range all {
		for _, r := range c.Ripe(c.Due(table), now) {
			won := false
			err := s.db.InTx(ctx, func(tx *sqldb.Tx) error {
				won, err = s.fire(ctx, tx, by, c, r, table, now, worker)
				return err
			})
			if err != nil {
				return fired, err
			}
			if won {
				fired++
			}
		}
	}
	return fired, nil
}

// fire claims one rung and does what it says; won is false when another has
// claimed it, or when meanwhile it is no longer due.
func (s *Store) fire(ctx context.Context, tx *sqldb.Tx, by access.Caller, c Clock, r RungDef, table *calendar.Table, now time.Time, worker string) (won bool, err error) {
	// Writing to the row of the matter waits for whoever is changing it, so that
	// a suspension or an extension just given is seen below.
	if err := tx.ExecOne(ctx, `UPDATE matters SET version = version WHERE id = $1`, int64(c.Matter)); err != nil {
		return false, err
	}
	m, err := s.load(ctx, tx, by, c.Matter)
	if err != nil {
		return false, err
	}
	again, err := s.clocks(ctx, tx, `k.id = $1`, c.ID)
	if err != nil || len(again) == 0 {
		return false, err
	}
	c = again[0]
	d := c.Due(table)
	if m.Closed() || !slices.ContainsFunc(c.Ripe(d, now), func(o RungDef) bool { return o.At == r.At }) {
		return false, nil
	}
	stage, owner := m.StageDef(), m.Owner.Roles
	text := r.say(m.Title, stage.Label, c.Def.Label, d)
	n, err := tx.Exec(ctx, `
		INSERT INTO clock_rungs (clock, rung, text, worker, fired_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (clock, rung) DO NOTHING`, c.ID, string(r.At), text, worker, now.Unix())
	if err != nil || n == 0 {
		return false, err
	}
	var roles []string
	for _, to := range r.To {
		if to == "owner" {
			roles = append(roles, owner...)
		} else {
			roles = append(roles, to)
		}
	}
	slices.Sort(roles)
	roles = slices.Compact(roles)
	if err := s.tell(ctx, tx, m, roles, text); err != nil {
		return false, err
	}
	return true, record(ctx, tx, by, "matter.rung", m, map[string]any{
		"clock": c.Def.ID, "rung": r.At, "due": d.Last, "to": roles, "text": text,
	})
}
