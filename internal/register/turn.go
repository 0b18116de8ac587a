package register

import (
	"context"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Withdraw takes the entry id out of use. It stays stored, with its history.
//
// Besides those of Save, the error is fault.Invalid when reason is empty or
// when active entries still refer to this one.
func (s *Store) Withdraw(ctx context.Context, by access.Caller, id, version int64, reason string) (_ Entry, err error) {
	return s.turn(ctx, by, id, version, Withdrawn, reason)
}

// Restore brings a withdrawn entry back into use. Besides those of Save, the
// error is fault.Invalid when another entry has taken its code meanwhile.
func (s *Store) Restore(ctx context.Context, by access.Caller, id, version int64, reason string) (_ Entry, err error) {
	return s.turn(ctx, by, id, version, Active, reason)
}

func (s *Store) turn(ctx context.Context, by access.Caller, id, version int64, to State, reason string) (saved Entry, err error) {
	defer fault.Wrap(&err, "register.turn(entry %d, version %d, to %s)", id, version, to)

	reason = strings.TrimSpace(reason)
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		e, secrets, err := s.current(ctx, tx, by, id, version)
		if err != nil {
			return err
		}
		d, err := s.definition(e.Register)
		if err != nil {
			return err
		}
		if err := by.Must(d.Write); err != nil {
			return err
		}
		if reason == "" {
			return fault.Fields(map[string]string{"reason": "请填写原因"})
		}
		if e.State == to {
			return fault.New(fault.Invalid, "这条记录已经是“%s”", to.Label())
		}
		if err := s.mayTurn(ctx, tx, d, e, to); err != nil {
			return err
		}
		before := e
		e.State, e.Version = to, e.Version+1
		if err := s.put(ctx, tx, by, d, e, secrets, reason); err != nil {
			return err
		}
		act := "register.withdraw"
		if to == Active {
			act = "register.restore"
		}
		if err := record(ctx, tx, by, act, e, d.changes(before, e, secrets, secrets), reason); err != nil {
			return err
		}
		saved, err = s.reload(ctx, tx, by, id)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	return saved, nil
}

func (s *Store) mayTurn(ctx context.Context, tx *sqldb.Tx, d *Definition, e Entry, to State) error {
	if to == Active {
		wrong := map[string]string{}
		if err := s.checkTaken(ctx, tx, d, e, wrong); err != nil {
			return err
		}
		return fault.Fields(wrong)
	}
	for _, other := range s.Book.order {
		for i := range other.Fields {
			f := &other.Fields[i]
			if f.Type != Ref || f.To != e.Register {
				continue
			}
			n, _, err := sqldb.Value[int64](ctx, tx, `
				SELECT COUNT(*)
				  FROM entry_values v
				  JOIN entries e ON e.id = v.entry
				 WHERE v.register = $1
				   AND v.key = $2
				   AND v.value = $3
				   AND e.state = 'active'`, string(other.Register), f.Key, strconv.FormatInt(e.ID, 10))
			if err != nil {
				return err
			}
			if n > 0 {
				return fault.New(fault.Invalid, "%s仍有%d条在用的%s，请先停用它们", e.Name, n, other.Label)
			}
		}
	}
	return nil
}
