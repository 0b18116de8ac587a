package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Event is one thing that happened to a matter.
type Event struct {
	At       time.Time
	Kind     string // move, comment, evidence, clock, rung or finding
	Title    string
	From, To Stage // of a move
	Back     bool  // a move that returned the matter
	ByLogin  string
	ByName   string
	Office   string // code, of a move
	Note     string
	Items    []Item     // fields of a move, as people read them
	Evidence []Evidence // of a move, or the file that was uploaded

	id int64 // keeps events of one second in their order
}

// Timeline returns everything that happened to the matter id, the oldest
// first: its moves with their evidence, remarks, files not yet bound, what was
// done to its clocks, the reminders that fired, and how its finding grew.
func (s *Store) Timeline(ctx context.Context, by access.Caller, id ID) (_ []Event, err error) {
	defer fault.Wrap(&err, "matter.Timeline(%d)", id)

	m, err := s.load(ctx, s.db, by, id)
	if err != nil {
		return nil, err
	}
	var files []Evidence
	if by.May("evidence.read") {
		if files, err = s.evidences(ctx, id); err != nil {
			return nil, err
		}
	}
	var all []Event
	for _, part := range []func(context.Context, *Matter, []Evidence) ([]Event, error){
		s.moveEvents, s.commentEvents, s.clockEvents, s.rungEvents, s.findingEvents,
	} {
		events, err := part(ctx, m, files)
		if err != nil {
			return nil, err
		}
		all = append(all, events...)
	}
	for _, f := range files {
		if f.Move == 0 {
			e := Event{At: f.At, Kind: "evidence", Title: "上传 " + f.Name, ByLogin: f.ByLogin, ByName: f.ByName, Evidence: []Evidence{f}, id: f.ID}
			if f.Withdrawn {
				e.Title, e.Note = "上传后撤回 "+f.Name, f.Reason
			}
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b Event) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return int(min(max(a.id-b.id, -1), 1))
	})
	return all, nil
}

func (s *Store) moveEvents(ctx context.Context, m *Matter, files []Evidence) ([]Event, error) {
	type row struct {
		ID       int64  `db:"id"`
		Move     string `db:"move"`
		From     string `db:"from_stage"`
		To       string `db:"to_stage"`
		ByLogin  string `db:"by_login"`
		ByName   string `db:"by_name"`
		ByOffice string `db:"by_office"`
		Note     string `db:"note"`
		Fields   string `db:"fields"`
		At       int64  `db:"at"`
	}
	rows, err := sqldb.All[row](ctx, s.db, `
		SELECT id, move, from_stage, to_stage, by_login, by_name, by_office, note, fields, at
		  FROM moves
		 WHERE matter = $1
		 ORDER BY version`, int64(m.ID))
	if err != nil {
		return nil, err
	}
	var all []Event
	for _, r := range rows {
		e := Event{At: clock.Unix(r.At), Kind: "move", Title: "立事项", From: Stage(r.From), To: Stage(r.To),
			ByLogin: r.ByLogin, ByName: r.ByName, Office: r.ByOffice, Note: r.Note, id: r.ID}
		fields := map[string]string{}
		if err := json.Unmarshal([]byte(r.Fields), &fields); err != nil {
			return nil, fmt.Errorf("move %d: %w", r.ID, err)
		}
		if def, ok := m.Playbook.Move(e.From, r.Move); ok {
			e.Title, e.Back = def.Label, def.Back
			for _, f := range def.Fields {
				if v := fields[f.Key]; v != "" {
					e.Items = append(e.Items, Item{f.Label, f.Show(v)})
				}
			}
		}
		for _, f := range files {
			if f.Move == r.ID {
				e.Evidence = append(e.Evidence, f)
			}
		}
		all = append(all, e)
	}
	return all, nil
}

func (s *Store) commentEvents(ctx context.Context, m *Matter, _ []Evidence) ([]Event, error) {
	type row struct {
		ID      int64  `db:"id"`
		ByLogin string `db:"by_login"`
		ByName  string `db:"by_name"`
		Text    string `db:"text"`
		At      int64  `db:"at"`
	}
	rows, err := sqldb.All[row](ctx, s.db, `SELECT id, by_login, by_name, text, at FROM comments WHERE matter = $1 ORDER BY id`, int64(m.ID))
	if err != nil {
		return nil, err
	}
	var all []Event
	for _, r := range rows {
		all = append(all, Event{At: clock.Unix(r.At), Kind: "comment", Title: "意见", ByLogin: r.ByLogin, ByName: r.ByName, Note: r.Text, id: r.ID})
	}
	return all, nil
}

func (s *Store) clockEvents(ctx context.Context, m *Matter, files []Evidence) ([]Event, error) {
	clocks, err := s.clocks(ctx, s.db, `k.matter = $1`, int64(m.ID))
	if err != nil {
		return nil, err
	}
	titles := map[string]string{"suspend": "中止时限", "resume": "恢复时限", "extend": "延长时限"}
	var all []Event
	seen := map[string]bool{}
	for _, c := range clocks {
		for _, l := range c.Ledger {
			e := Event{At: l.At, Kind: "clock", Title: titles[l.Kind], ByLogin: l.ByLogin, ByName: l.ByName, Note: l.Reason, id: l.ID}
			if l.Kind == "extend" {
				e.Title += "：" + c.Def.Label
				e.Items = []Item{{"延长", calendar.Rule{Amount: l.Amount, Unit: l.Unit}.String()}, {"批准人", l.ApprovedBy}}
			} else if key := fmt.Sprint(l.Kind, l.At, l.ByLogin, l.Reason); seen[key] {
				continue // one suspension stands in the ledger of each clock
			} else {
				seen[key] = true
			}
			for _, f := range files {
				if f.ID == l.Evidence {
					e.Evidence = []Evidence{f}
				}
			}
			all = append(all, e)
		}
	}
	return all, nil
}

func (s *Store) rungEvents(ctx context.Context, m *Matter, _ []Evidence) ([]Event, error) {
	type row struct {
		Text    string `db:"text"`
		FiredAt int64  `db:"fired_at"`
		Clock   int64  `db:"clock"`
	}
	rows, err := sqldb.All[row](ctx, s.db, `
		SELECT r.text, r.fired_at, r.clock
		  FROM clock_rungs r
		  JOIN clocks k ON k.id = r.clock
		 WHERE k.matter = $1
		 ORDER BY r.fired_at, r.clock`, int64(m.ID))
	if err != nil {
		return nil, err
	}
	var all []Event
	for _, r := range rows {
		all = append(all, Event{At: clock.Unix(r.FiredAt), Kind: "rung", Title: "时限提醒", ByLogin: "system", ByName: "系统", Note: r.Text, id: r.Clock})
	}
	return all, nil
}

func (s *Store) findingEvents(ctx context.Context, m *Matter, _ []Evidence) ([]Event, error) {
	unit, _, err := sqldb.Value[string](ctx, s.db, `SELECT unit FROM findings WHERE id = $1`, m.Finding)
	if err != nil {
		return nil, err
	}
	periods, err := s.periods(ctx, s.db, m.Finding)
	if err != nil {
		return nil, err
	}
	var all []Event
	for _, p := range periods {
		e := Event{At: p.RecordedAt, Kind: "finding", Title: "发现时段 " + p.At.Format("2006-01-02 15:04"), ByLogin: "system", ByName: "系统"}
		if p.Revision > 1 {
			e.Note = fmt.Sprintf("第%d次判定", p.Revision)
		}
		if p.Peak != "" {
			e.Items = append(e.Items, Item{"数值", p.Peak + " " + unit})
		}
		if p.Times != "" {
			e.Items = append(e.Items, Item{"超标倍数", p.Times})
		}
		all = append(all, e)
	}
	return all, nil
}
