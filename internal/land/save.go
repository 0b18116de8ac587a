package land

import (
	"context"
	"fmt"

	"pingzhang/internal/sqldb"
	"pingzhang/standard/soil"
)

func (s Sample) args() []any {
	return []any{s.ID, s.Revision, s.Site, string(s.Kind), s.Division, s.Code, string(s.On), s.Round, s.Stage, s.Spot, s.From, s.To, s.DepthRaw,
		s.PH, string(s.PHIssue), s.PHCell, s.Laboratory, s.ReportNo, s.Import, s.Line, s.ChangedAt}
}

func putSample(ctx context.Context, tx *sqldb.Tx, s Sample) error {
	return tx.ExecOne(ctx, `
		INSERT INTO land_samples (`+sampleColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`, s.args()...)
}

// reviseSample puts now in the place of old, which goes to the history.
func reviseSample(ctx context.Context, tx *sqldb.Tx, old, now Sample) error {
	if err := tx.ExecOne(ctx, `
		INSERT INTO land_sample_history (`+sampleColumns+`, replaced_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		append(old.args(), tx.Now.Unix())...); err != nil {
		return err
	}
	if err := tx.ExecOne(ctx, `DELETE FROM land_samples WHERE id = $1 AND revision = $2`, old.ID, old.Revision); err != nil {
		return err
	}
	return putSample(ctx, tx, now)
}

func putValue(ctx context.Context, tx *sqldb.Tx, v Value) error {
	return tx.ExecOne(ctx, `
		INSERT INTO land_values (`+valueColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		v.Sample, v.Item, v.Revision, v.ItemRaw, v.Raw, v.Number, string(v.Unit), string(v.Issue), v.Import, v.Digest, v.Cell, v.StoredAt, v.SupersededAt)
}

const verdictColumns = `sample, item, revision, value_revision, state, outcome, issue, category, compared, unit, screening, intervention,
		       background, multiple, confidence, basis, premises, cause, judged_at, superseded_at`

func putVerdict(ctx context.Context, tx *sqldb.Tx, v Verdict) error {
	return tx.ExecOne(ctx, `
		INSERT INTO land_verdicts (`+verdictColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		v.Sample, v.Item, v.Revision, v.ValueRevision, string(v.State), v.Outcome, string(v.Issue), v.Category, v.Compared, string(v.Unit), v.Screening,
		v.Intervention, v.Background, v.Multiple, string(v.Confidence), v.BasisJSON, v.PremisesJSON, v.Cause, v.JudgedAt, v.SupersededAt)
}

// judge judges all values of a sample and stores the verdicts that say something
// else than before; those before stay beside them.
func (s *Store) judge(ctx context.Context, tx *sqldb.Tx, book *soil.Book, site Site, sample Sample, cause string) error {
	values, err := sqldb.All[Value](ctx, tx, `
		SELECT `+valueColumns+`
		  FROM land_values
		 WHERE sample = $1
		   AND superseded_at = 0
		 ORDER BY item`, sample.ID)
	if err != nil {
		return err
	}
	stand, err := sqldb.All[Verdict](ctx, tx, `
		SELECT `+verdictColumns+`
		  FROM land_verdicts
		 WHERE sample = $1
		   AND superseded_at = 0`, sample.ID)
	if err != nil {
		return err
	}
	before := map[string]Verdict{}
	for _, v := range stand {
		before[v.Item] = v
	}
	for _, value := range values {
		v := judge(book, site.Kind, site.Premises, sample, value)
		v.Revision, v.Cause, v.JudgedAt = 1, cause, tx.Now.Unix()
		if old, ok := before[value.Item]; ok {
			if v.same(old) {
				continue
			}
			v.Revision = old.Revision + 1
			if err := tx.ExecOne(ctx, `
				UPDATE land_verdicts
				   SET superseded_at = $1
				 WHERE sample = $2
				   AND item = $3
				   AND revision = $4`, tx.Now.Unix(), old.Sample, old.Item, old.Revision); err != nil {
				return err
			}
		}
		if err := putVerdict(ctx, tx, v); err != nil {
			return fmt.Errorf("%s of sample %d: %w", v.Item, sample.ID, err)
		}
	}
	return nil
}
