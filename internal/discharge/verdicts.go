package discharge

import (
	"context"

	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

const verdictColumns = `point, factor, limit_id, period, at, revision, outlet, enterprise, division, limit_version, verdict, issue, notes,
		       value, unit, limit_text, multiple, near, raw, raw_mark, arithmetic, citation, confidence, basis, severity, suppressed, judged_at`

func (v *Verdict) args() []any {
	return []any{v.Point, v.Factor, v.Limit, string(v.Period), v.At, v.Revision, v.Outlet, v.Enterprise, string(v.Division), v.LimitVersion,
		string(v.Verdict), string(v.Issue), v.Notes, v.Value, v.Unit, v.LimitText, v.Multiple, v.Near, v.Raw, v.RawMark, v.Arithmetic,
		v.Citation, v.Confidence, v.Basis, v.Severity, v.Suppressed, v.JudgedAt}
}

// change is a verdict that judging added or replaced.
type change struct {
	old *Verdict // nil for a new one
	new Verdict
}

// lock makes the transactions that change one point follow each other, so that
// each sees what the one before wrote. It comes first in them.
func lock(ctx context.Context, tx *sqldb.Tx, point int64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO point_locks (point, n)
		VALUES ($1, 1)
		ON CONFLICT (point) DO UPDATE
		   SET n = point_locks.n + 1`, point)
	return err
}

// save stores what judging one period of a point came to, and returns what is
// new or has changed. A verdict of a limit that is no longer in force becomes
// unknown.
func (s *Store) save(ctx context.Context, tx *sqldb.Tx, point int64, period standard.Period, at int64, fresh []Verdict) (changes []change, err error) {
	if err := s.suppress(ctx, tx, point, at, fresh); err != nil {
		return nil, err
	}
	stored, err := sqldb.All[Verdict](ctx, tx, `
		SELECT `+verdictColumns+`
		  FROM verdicts
		 WHERE point = $1
		   AND period = $2
		   AND at = $3`, point, string(period), at)
	if err != nil {
		return nil, err
	}
	type key struct {
		factor string
		limit  int64
	}
	old := map[key]*Verdict{}
	for i := range stored {
		old[key{stored[i].Factor, stored[i].Limit}] = &stored[i]
	}
	for _, v := range fresh {
		k := key{v.Factor, v.Limit}
		if o := old[k]; o == nil || !o.same(&v) {
			changes = append(changes, change{o, v})
		}
		delete(old, k)
	}
	for i := range stored {
		o := &stored[i]
		if old[key{o.Factor, o.Limit}] != nil && o.Issue != standard.NotInForce {
			changes = append(changes, change{o, o.notInForce()})
		}
	}
	for i := range changes {
		if err := s.write(ctx, tx, &changes[i]); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// write stores a verdict, keeping the one it replaces.
func (s *Store) write(ctx context.Context, tx *sqldb.Tx, c *change) error {
	c.new.Revision, c.new.JudgedAt = 1, tx.Now.Unix()
	if c.old == nil {
		return tx.ExecOne(ctx, `
			INSERT INTO verdicts (`+verdictColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`,
			c.new.args()...)
	}
	c.new.Revision = c.old.Revision + 1
	if err := tx.ExecOne(ctx, `
		INSERT INTO verdict_history (`+verdictColumns+`, replaced_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`,
		append(c.old.args(), tx.Now.Unix())...); err != nil {
		return err
	}
	v := &c.new
	return tx.ExecOne(ctx, `
		UPDATE verdicts
		   SET revision      = $1,
		       outlet        = $2,
		       enterprise    = $3,
		       division      = $4,
		       limit_version = $5,
		       verdict       = $6,
		       issue         = $7,
		       notes         = $8,
		       value         = $9,
		       unit          = $10,
		       limit_text    = $11,
		       multiple      = $12,
		       near          = $13,
		       raw           = $14,
		       raw_mark      = $15,
		       arithmetic    = $16,
		       citation      = $17,
		       confidence    = $18,
		       basis         = $19,
		       severity      = $20,
		       suppressed    = $21,
		       judged_at     = $22
		 WHERE point = $23
		   AND factor = $24
		   AND limit_id = $25
		   AND period = $26
		   AND at = $27
		   AND revision = $28`,
		v.Revision, v.Outlet, v.Enterprise, string(v.Division), v.LimitVersion, string(v.Verdict), string(v.Issue), v.Notes, v.Value, v.Unit,
		v.LimitText, v.Multiple, v.Near, v.Raw, v.RawMark, v.Arithmetic, v.Citation, v.Confidence, v.Basis, v.Severity, v.Suppressed, v.JudgedAt,
		v.Point, v.Factor, v.Limit, string(v.Period), v.At, c.old.Revision)
}
