package water

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

func appendEntry(ctx context.Context, tx *sqldb.Tx, by access.Caller, act, object string, detail any) error {
	return journal.Append(ctx, tx, by.Entry(act, object, detail))
}

// valuesTx returns all revisions of the values of a place in some months, by what
// they are of, the latest first.
func valuesTx(ctx context.Context, tx *sqldb.Tx, place int64, months map[string]bool) (map[valueKey][]Value, error) {
	first, last := "9999-99", ""
	for m := range months {
		first, last = min(first, m), max(last, m)
	}
	rows, err := sqldb.All[Value](ctx, tx, `
		SELECT `+valueColumns+`
		  FROM water_values
		 WHERE place = $1
		   AND sampled_on >= $2
		   AND sampled_on <= $3
		 ORDER BY revision DESC`, place, first, last+"-99")
	all := map[valueKey][]Value{}
	for _, v := range rows {
		all[v.key()] = append(all[v.key()], v)
	}
	return all, err
}

// saveValue stores a value as the next revision after others, the latest of which
// comes first.
func saveValue(ctx context.Context, tx *sqldb.Tx, of []Value, v Value) error {
	v.ID, v.Revision, v.Standing, v.EnteredAt = sqldb.NewID(), 1, true, tx.Now.Unix()
	if len(of) > 0 {
		v.Revision = of[0].Revision + 1
		if err := tx.ExecOne(ctx, `
			UPDATE water_values
			   SET standing    = $2,
			       replaced_at = $3
			 WHERE id = $1
			   AND standing`, of[0].ID, false, tx.Now.Unix()); err != nil {
			return err
		}
	}
	return tx.ExecOne(ctx, `
		INSERT INTO water_values (`+valueColumns+`)
		VALUES (`+placeholders(20)+`)`, v.args()...)
}

// placeholders returns n of them.
func placeholders(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String()
}

// Revisions returns the value id with all revisions of what it is of, the latest
// first.
//
// The error is fault.Denied without monitor.read, fault.NotFound when there is none
// in by's scope.
func (s *Store) Revisions(ctx context.Context, by access.Caller, id int64) (all []Value, err error) {
	defer fault.Wrap(&err, "water.Revisions(%d)", id)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	return revisions(ctx, s.db, by, id)
}

func revisions(ctx context.Context, q sqldb.Querier, by access.Caller, id int64) ([]Value, error) {
	cond, args := by.Scope.Where("division", "0", 2)
	v, err := sqldb.One[Value](ctx, q, "没有这个数值，或不在您的管辖范围内", `
		SELECT `+valueColumns+`
		  FROM water_values
		 WHERE id = $1
		   AND `+cond, append([]any{id}, args...)...)
	if err != nil {
		return nil, err
	}
	return sqldb.All[Value](ctx, q, `
		SELECT `+valueColumns+`
		  FROM water_values
		 WHERE place = $1
		   AND sampled_on = $2
		   AND sample = $3
		   AND item = $4
		 ORDER BY revision DESC`, v.Place, v.On, v.Sample, v.Item)
}

// Correction is what a person puts in the place of a value.
type Correction struct {
	Value     int64 // any revision of it
	Seen      int64 // the latest revision that the person saw
	Raw       string
	Unit      string
	Detection string
	Withdraw  bool // it is no result of this place and day
	Reason    string
}

// Correct puts another value in the place of one, as its next revision, and
// evaluates again what hangs on it. What a person enters is believed, however
// large, but not what cannot be read.
//
// The error is fault.Denied without point.edit, fault.NotFound when there is no
// such value in by's scope, fault.Conflict when another revision came meanwhile,
// fault.Invalid without a reason, or for what is no value.
func (s *Store) Correct(ctx context.Context, by access.Caller, c Correction) (err error) {
	defer fault.Wrap(&err, "water.Correct(%d)", c.Value)
	if err := by.Must("point.edit"); err != nil {
		return err
	}
	places, err := s.Places(ctx, by)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		all, err := revisions(ctx, tx, by, c.Value)
		if err != nil {
			return err
		}
		now := all[0]
		p, ok := places.ByID(now.Place)
		if !ok {
			return fault.New(fault.NotFound, "没有这个断面，或不在您的管辖范围内")
		}
		if err := lockPlace(ctx, tx, p.ID); err != nil {
			return err
		}
		if now.Revision != c.Seen {
			return fault.New(fault.Conflict, "这个数值刚刚有了新的修订，请刷新后再改")
		}
		v, err := s.corrected(p, now, c)
		if err != nil {
			return err
		}
		v.Who, v.WhoName = by.Login, by.Name
		if err := saveValue(ctx, tx, all, v); err != nil {
			return err
		}
		object := fmt.Sprintf("value/%d/%d", all[len(all)-1].ID, now.Revision+1)
		if _, err := s.reckon(ctx, tx, p, map[string]bool{v.On[:7]: true}, object); err != nil {
			return err
		}
		return appendEntry(ctx, tx, by, "water.correct", object, map[string]any{
			"place": p.Name, "on": v.On, "item": v.ItemName(s.Book()), "from": now.Text(), "to": v.Text(), "reason": v.Reason,
		})
	})
}

// corrected returns the next revision of a value, or says what is wrong with it.
func (s *Store) corrected(p Place, now Value, c Correction) (Value, error) {
	v := now
	v.Import, v.Sheet, v.Cell, v.Doubt, v.ReplacedAt = 0, "", "", "", 0
	v.Raw, v.Unit, v.Detection, v.Reason = strings.TrimSpace(c.Raw), strings.TrimSpace(c.Unit), strings.TrimSpace(c.Detection), strings.TrimSpace(c.Reason)
	wrong := map[string]string{}
	if v.Reason == "" {
		wrong["reason"] = "请写明更正的理由"
	}
	switch {
	case c.Withdraw:
		v.Raw, v.Unit, v.Detection = "", now.Unit, now.Detection
	case v.Raw == "":
		wrong["raw"] = "请填写数值；不是本断面结果的，选“撤回”"
	case now.State():
		code, ok := stateOf(v.Raw)
		if !ok {
			wrong["raw"] = "断面状态应为：正常、冰封期、断流或未监测"
		}
		v.Raw, v.Unit, v.Detection = code, "", ""
	default:
		if unit, issue := unitOf(v.Item, v.Unit); issue != "" {
			wrong["unit"] = IssueText(issue)
		} else {
			v.Unit = string(unit)
		}
		if _, issue := standard.Read(v.Detection); v.Detection != "" && issue != "" {
			wrong["detection"] = "检出限应为数值"
		}
		if issue := s.unusable(p, v); issue != "" && wrong["unit"] == "" {
			wrong["raw"] = IssueText(issue)
		}
	}
	if err := fault.Fields(wrong); err != nil {
		return v, err
	}
	if v.same(now) {
		return v, fault.Fields(map[string]string{"raw": "与现在的数值相同，没有改动"})
	}
	return v, nil
}

// unusable says why a value that a person enters cannot be used.
func (s *Store) unusable(p Place, v Value) standard.Issue {
	if _, issue := standard.Read(v.Raw); issue != "" && issue != standard.BelowDetection {
		return issue
	}
	if v.Item == saturationItem {
		return ""
	}
	if issue := doubtOf(s.Book(), p, v); !slices.Contains([]standard.Issue{"", Absurd, gb.NoDetectionLimit}, issue) {
		return issue
	}
	return ""
}
