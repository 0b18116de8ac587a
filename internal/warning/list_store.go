package warning

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Lists returns the editions of the list in by's scope, the newest first.
//
// The error is fault.Denied without warning.list.
func (s *Store) Lists(ctx context.Context, by access.Caller) (_ []List, err error) {
	defer fault.Wrap(&err, "warning.Lists")
	if err := by.Must("warning.list"); err != nil {
		return nil, err
	}
	cond, args := listSeen(by, 1)
	all, err := sqldb.All[List](ctx, s.db, `
		SELECT `+listColumns+`
		  FROM warning_lists
		 WHERE `+cond+`
		 ORDER BY year DESC, n DESC`, args...)
	if err != nil {
		return nil, err
	}
	return all, s.markInForce(ctx, all)
}

// listSeen is the condition that by may see an edition. A list of the city is
// read by its counties, whose firms it names; its lines are cut to their scope.
func listSeen(by access.Caller, from int) (string, []any) {
	if by.Scope.Enterprise != 0 || !by.Scope.Everything && len(by.Scope.Divisions) == 0 {
		return "1 = 0", nil
	}
	cond, args := by.Scope.Where("division", "0", from)
	for _, d := range by.Scope.Divisions {
		if len(d) >= 6 && !strings.HasSuffix(string(d), "00") {
			cond += fmt.Sprintf(" OR division = $%d", from+len(args))
			args = append(args, string(d[:4])+"00")
		}
	}
	return "(" + cond + ")", args
}

func (s *Store) markInForce(ctx context.Context, all []List) error {
	now := map[access.Division]int64{}
	for i := range all {
		d := all[i].Division
		if _, ok := now[d]; !ok {
			l, err := s.listInForce(ctx, s.db, d, dateOf(s.db.Clock.Now()))
			if err != nil {
				return err
			}
			now[d] = 0
			if l != nil {
				now[d] = l.ID
			}
		}
		all[i].InForce = now[d] == all[i].ID
	}
	return nil
}

// listInForce returns the approved edition that governs a division on a day: of
// those whose day has come the latest, of the division itself or of the city
// around it. Nil for none.
func (s *Store) listInForce(ctx context.Context, q sqldb.Querier, d access.Division, on standard.Date) (*List, error) {
	city := d
	if len(d) >= 6 {
		city = d[:4] + "00"
	}
	all, err := sqldb.All[List](ctx, q, `
		SELECT `+listColumns+`
		  FROM warning_lists
		 WHERE division IN ($1, $2)
		   AND state = 'approved'
		   AND from_on <= $3
		 ORDER BY CASE WHEN division = $1 THEN 0 ELSE 1 END, from_on DESC, year DESC, n DESC
		 LIMIT 1`, string(d), string(city), string(on))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// ListOf returns an edition in by's scope with its lines; a county sees the lines
// of its own firms.
//
// The error is fault.NotFound when there is none.
func (s *Store) ListOf(ctx context.Context, by access.Caller, id int64) (_ List, lines []Line, err error) {
	defer fault.Wrap(&err, "warning.ListOf(%d)", id)
	l, err := s.list(ctx, s.db, by, id)
	if err != nil {
		return l, nil, err
	}
	one := []List{l}
	if err := s.markInForce(ctx, one); err != nil {
		return l, nil, err
	}
	cond, args := by.Scope.Where("division", "enterprise", 2)
	lines, err = s.lines(ctx, s.db, "list = $1 AND "+cond, append([]any{id}, args...)...)
	return one[0], lines, err
}

func (s *Store) list(ctx context.Context, q sqldb.Querier, by access.Caller, id int64) (List, error) {
	if err := by.Must("warning.list"); err != nil {
		return List{}, err
	}
	cond, args := listSeen(by, 2)
	return sqldb.One[List](ctx, q, "没有这版清单，或不在您的管辖范围内", `
		SELECT `+listColumns+`
		  FROM warning_lists
		 WHERE id = $1
		   AND `+cond, append([]any{id}, args...)...)
}

func (s *Store) lines(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]Line, error) {
	rows, err := sqldb.All[struct {
		Body string `db:"body"`
	}](ctx, q, `SELECT body FROM warning_lines WHERE `+where+` ORDER BY list, n`, args...)
	all := make([]Line, len(rows))
	for i, r := range rows {
		unpack(r.Body, &all[i])
	}
	return all, err
}

// firmsOf returns the firms of an edition that do something at a level, in some
// divisions.
func (s *Store) firmsOf(ctx context.Context, q sqldb.Querier, list int64, level aqi.WarningLevel, areas []access.Division) ([]Firm, error) {
	lines, err := s.lines(ctx, q, "list = $1 AND level = $2", list, string(level))
	if err != nil {
		return nil, err
	}
	return firms(slices.DeleteFunc(lines, func(l Line) bool {
		return !slices.ContainsFunc(areas, func(d access.Division) bool { return d.Contains(l.Division) })
	})), nil
}

// ListAct is what becomes of a draft edition.
type ListAct string

// The acts on an edition.
const (
	ApproveList ListAct = "approve"
	DropList    ListAct = "drop"
)

// SettleList approves a draft edition from a day on, or drops it.
//
// The error is fault.Denied without warning.approve, for a drop warning.draft, or
// for who imported it himself; fault.Conflict when it has moved since version.
func (s *Store) SettleList(ctx context.Context, by access.Caller, id, version int64, act ListAct, from standard.Date, reason string) (err error) {
	defer fault.Wrap(&err, "warning.SettleList(%d, %s)", id, act)
	need, state := access.Permission("warning.approve"), ListApproved
	switch act {
	case ApproveList:
	case DropList:
		need, state = "warning.draft", ListDropped
	default:
		return fault.New(fault.Invalid, "清单只能批准或作废，没有“%s”", act)
	}
	if err := by.Must(need); err != nil {
		return err
	}
	wrong := map[string]string{}
	if reason = strings.TrimSpace(reason); reason == "" {
		wrong["reason"] = "请填写意见或理由"
	}
	if _, bad := time.Parse(time.DateOnly, string(from)); act == ApproveList && bad != nil {
		wrong["from"] = "请填写实施日期"
	}
	if err := fault.Fields(wrong); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		l, err := s.list(ctx, tx, by, id)
		if err != nil {
			return err
		}
		switch {
		case !by.Scope.Sees(l.Division, 0):
			return fault.New(fault.Denied, "这版清单的区域超出您的管辖范围，不能办理")
		case l.State != ListDraft:
			return fault.New(fault.Conflict, "这版清单已是“%s”，不能再办理", l.Status())
		case act == ApproveList && l.Who == by.Login:
			return fault.New(fault.Denied, "编制人不能批准自己编制的清单，请由其他负责人批准")
		}
		if act == DropList {
			from = l.From
		}
		if err := tx.ExecOne(ctx, `
			UPDATE warning_lists
			   SET state      = $1,
			       from_on    = $2,
			       settled_by = $3,
			       settled_at = $4,
			       reason     = $5,
			       version    = version + 1
			 WHERE id = $6
			   AND version = $7`, string(state), string(from), by.Name, tx.Now.Unix(), reason, id, version); err != nil {
			return err
		}
		return enter(ctx, tx, by, "warning.list_"+string(act), fmt.Sprintf("warning_list/%d", id), l.Division, 0, map[string]any{"list": l.Name(), "from": from, "reason": reason})
	})
}
