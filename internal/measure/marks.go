package measure

import (
	"context"
	"slices"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// MarkKind is what a person says of a stretch of readings.
type MarkKind string

// The kinds, 公告 2022 年第 21 号 art. 6 [source-secondary]. Neither kind of
// reading is a basis for a verdict.
const (
	MarkInvalid  MarkKind = "invalid"            // 无效数据 (art. 6-1)
	MarkAbnormal MarkKind = "abnormal_condition" // 非正常工况 (art. 6-2)
)

// Mark is a stretch of readings that an enterprise or an officer has marked.
type Mark struct {
	ID         int64    `db:"id"`
	Point      Point    `db:"point"`
	Factor     string   `db:"factor"`  // empty for all factors
	From       int64    `db:"from_at"` // unix seconds
	To         int64    `db:"to_at"`   // not included
	Mark       MarkKind `db:"mark"`
	Reason     string   `db:"reason"`
	Who        string   `db:"who"` // login
	EnteredAt  int64    `db:"entered_at"`
	DeadlineAt int64    `db:"deadline_at"` // 12:00 of the day after, unless configured otherwise
	Late       bool     `db:"late"`        // entered after the deadline: kept, and not honoured

	WithdrawnAt  int64  `db:"withdrawn_at"` // 0 while it stands
	WithdrawnBy  string `db:"withdrawn_by"`
	WithdrawnWhy string `db:"withdrawn_why"`
}

// Honoured reports whether readings under the mark are no basis for a verdict.
func (m *Mark) Honoured() bool { return !m.Late && m.WithdrawnAt == 0 }

func (m *Mark) covers(factor string, at int64) bool {
	return (m.Factor == "" || m.Factor == factor) && at >= m.From && at < m.To
}

// deadlineHour is the hour of the next day until which a day may be marked
// [source-secondary], unless Config says otherwise.
const deadlineHour = 12

// AddMark marks a stretch, and lets its hours be judged again, in one
// transaction with what hook writes. A stretch over midnight becomes one mark a
// day, since each day has its own deadline: 12:00 of the next. What is entered
// later is kept and is Late.
//
// The error is fault.Invalid when something is missing.
func (s *Store) AddMark(ctx context.Context, m Mark, hook Hook) (all []Mark, err error) {
	defer fault.Wrap(&err, "measure.AddMark(point %d, %d to %d)", m.Point, m.From, m.To)

	if s.app == nil {
		return nil, errNoApp
	}
	wrong := map[string]string{}
	if m.Point <= 0 || m.From < minAt || m.To > maxAt || m.To <= m.From {
		wrong["from"] = "请指明监测点和起止时间，结束时间应晚于开始时间"
	}
	if m.To-m.From > 366*daySeconds {
		wrong["to"] = "一次标记不能超过一年"
	}
	if m.Mark != MarkInvalid && m.Mark != MarkAbnormal {
		wrong["mark"] = "标记只能是无效数据或非正常工况"
	}
	if m.Who == "" || m.Reason == "" {
		wrong["reason"] = "请写明标记的理由"
	}
	if err := fault.Fields(wrong); err != nil {
		return nil, err
	}
	err = s.app.InTx(ctx, func(tx *sqldb.Tx) error {
		all = all[:0]
		for from := m.From; from < m.To; {
			next := dayStart(from) + daySeconds
			d := m
			d.ID, d.From, d.To = sqldb.NewID(), from, min(m.To, next)
			d.EnteredAt, d.DeadlineAt = tx.Now.Unix(), next+s.markHour*3600
			d.Late = d.EnteredAt > d.DeadlineAt
			d.WithdrawnAt, d.WithdrawnBy, d.WithdrawnWhy = 0, "", ""
			if err := tx.ExecOne(ctx, `
				INSERT INTO marks (id, point, factor, from_at, to_at, mark, reason, who, entered_at, deadline_at, late, withdrawn_at, withdrawn_by, withdrawn_why)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', '')`,
				d.ID, int64(d.Point), d.Factor, d.From, d.To, string(d.Mark), d.Reason, d.Who, d.EnteredAt, d.DeadlineAt, d.Late); err != nil {
				return err
			}
			all = append(all, d)
			from = next
		}
		return afterOverlay(ctx, tx, m.Point, m.From, m.To, hook)
	})
	return all, err
}

// WithdrawMark takes back a mark, which stays on record, in one transaction
// with what hook writes.
//
// The error is fault.NotFound when there is no such mark, and fault.Conflict
// when it has been withdrawn already.
func (s *Store) WithdrawMark(ctx context.Context, id int64, by, why string, hook Hook) (err error) {
	defer fault.Wrap(&err, "measure.WithdrawMark(%d)", id)

	if s.app == nil {
		return errNoApp
	}
	if by == "" || why == "" {
		return fault.Fields(map[string]string{"why": "请写明撤回的理由"})
	}
	return s.app.InTx(ctx, func(tx *sqldb.Tx) error {
		m, err := sqldb.One[Mark](ctx, tx, "没有这个标记，可能链接有误", selectMarks+` WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `
			UPDATE marks
			   SET withdrawn_at  = $1,
			       withdrawn_by  = $2,
			       withdrawn_why = $3
			 WHERE id = $4
			   AND withdrawn_at = 0`, tx.Now.Unix(), by, why, id); err != nil {
			return err
		}
		return afterOverlay(ctx, tx, m.Point, m.From, m.To, hook)
	})
}

const selectMarks = `
	SELECT id,
	       point,
	       factor,
	       from_at,
	       to_at,
	       mark,
	       reason,
	       who,
	       entered_at,
	       deadline_at,
	       late,
	       withdrawn_at,
	       withdrawn_by,
	       withdrawn_why
	  FROM marks`

// Marks returns the marks of a point that touch a stretch, late and withdrawn
// ones too, by time.
func (s *Store) Marks(ctx context.Context, p Point, from, to int64) (_ []Mark, err error) {
	defer fault.Wrap(&err, "measure.Marks(point %d)", p)

	if s.app == nil {
		return nil, nil
	}
	read := func() ([]Mark, error) {
		// A mark is never longer than a day, so the index serves both bounds.
		return sqldb.All[Mark](ctx, s.app, selectMarks+`
		 WHERE point = $1
		   AND from_at >= $2
		   AND from_at < $3
		   AND to_at > $4
		 ORDER BY from_at, id`, int64(p), from-daySeconds, to, from)
	}
	if m := memoryOf(ctx); m != nil {
		return m.marksOf(p, from, to, read)
	}
	return read()
}

func (s *Store) honoured(ctx context.Context, p Point, from, to int64) ([]Mark, error) {
	all, err := s.Marks(ctx, p, from, to)
	return slices.DeleteFunc(all, func(m Mark) bool { return !m.Honoured() }), err
}
