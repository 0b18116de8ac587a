package register

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// Save stores e as by gives it: a new entry when e.ID is 0, else the next
// version of that entry, whose e.Version is the one by last saw. It returns the
// entry as stored. Saving what is stored already changes nothing.
//
// Division and Enterprise follow from the owner where the register has one and
// need not be given. A secret that is absent or Mask stays as it is.
//
// The error is fault.Denied when by may not edit the register or the entry
// would lie outside by's scope, fault.NotFound when by cannot see it,
// fault.Conflict when it has changed since e.Version, and fault.Invalid, naming
// each wrong field, when it breaks a rule of the register. In each of these
// nothing is written.
func (s *Store) Save(ctx context.Context, by access.Caller, e Entry, reason string) (saved Entry, err error) {
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		saved, err = s.SaveTx(ctx, tx, by, e, reason)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	return saved, nil
}

// SaveTx is Save inside a transaction of the caller's.
func (s *Store) SaveTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, e Entry, reason string) (_ Entry, err error) {
	defer fault.Wrap(&err, "register.Save(%s %d, version %d)", e.Register, e.ID, e.Version)

	d, err := s.definition(e.Register)
	if err != nil {
		return Entry{}, err
	}
	if err := by.Must(d.Write); err != nil {
		return Entry{}, err
	}
	var old Entry
	secrets := map[string]string{}
	if e.ID != 0 {
		if old, secrets, err = s.current(ctx, tx, by, e.ID, e.Version); err != nil {
			return Entry{}, err
		}
		if old.Register != e.Register || old.State != Active {
			return Entry{}, fault.New(fault.Invalid, "这条记录已停用或不属于%s，不能修改", d.Label)
		}
	}
	clean, given, wrong := d.Validate(e)
	clean.Enterprise, clean.State = old.Enterprise, Active
	if old.ID == 0 {
		clean.ID = sqldb.NewID()
		clean.Enterprise = 0
	}
	refs, err := s.checkRefs(ctx, tx, by, d, clean, old, wrong)
	if err != nil {
		return Entry{}, err
	}
	s.own(d, &clean, refs, wrong)
	d.complete(&clean, refs)
	if err := s.checkTaken(ctx, tx, d, clean, wrong); err != nil {
		return Entry{}, err
	}
	if err := fault.Fields(wrong); err != nil {
		return Entry{}, err
	}
	if !by.Scope.Sees(clean.Division, clean.Enterprise) {
		return Entry{}, fault.New(fault.Denied, "这条记录不在您的管辖范围内，不能保存")
	}
	return s.write(ctx, tx, by, d, old, clean, secrets, merge(secrets, given), reason)
}

// current returns the entry id at version as by sees it, secrets masked.
func (s *Store) current(ctx context.Context, tx *sqldb.Tx, by access.Caller, id, version int64) (Entry, map[string]string, error) {
	e, secrets, err := s.load(ctx, tx, by, id)
	if err != nil {
		return Entry{}, nil, err
	}
	if e.Version != version {
		return Entry{}, nil, fault.New(fault.Conflict, "这条记录刚刚被别人改过，请刷新后再修改")
	}
	d, err := s.definition(e.Register)
	if err != nil {
		return Entry{}, nil, err
	}
	for _, f := range d.Fields {
		if f.Type == Secret {
			delete(e.Data, f.Key)
		}
	}
	return e, secrets, nil
}

func merge(old, given map[string]string) map[string]string {
	all := map[string]string{}
	for k, v := range old {
		all[k] = v
	}
	for k, v := range given {
		if v == "" {
			delete(all, k)
			continue
		}
		all[k] = v
	}
	return all
}

// target is what an entry refers to.
type target struct {
	ID         int64  `db:"id"`
	Register   string `db:"register"`
	Code       string `db:"code"`
	Name       string `db:"name"`
	Division   string `db:"division"`
	Enterprise int64  `db:"enterprise"`
	State      string `db:"state"`
}

// checkRefs returns what the refs of e point to. A ref that is not of the right
// register, not in by's scope or withdrawn is wrong, unless it stood before.
func (s *Store) checkRefs(ctx context.Context, tx *sqldb.Tx, by access.Caller, d *Definition, e, old Entry, wrong map[string]string) (map[string]target, error) {
	refs := map[string]target{}
	for i := range d.Fields {
		f := &d.Fields[i]
		id := e.Ref(f.Key)
		if f.Type != Ref || id == 0 {
			continue
		}
		cond, args := by.Scope.Where("e.division", "e.enterprise", 3)
		found, err := sqldb.All[target](ctx, tx, `
			SELECT e.id, e.register, e.code, e.name, e.division, e.enterprise, e.state
			  FROM entries e
			 WHERE e.id = $1
			   AND e.register = $2
			   AND `+cond, append([]any{id, string(f.To)}, args...)...)
		if err != nil {
			return nil, err
		}
		switch {
		case len(found) == 0:
			wrong[f.Key] = "所选的" + f.Label + "不存在，或不在您的管辖范围内"
		case State(found[0].State) != Active && old.Ref(f.Key) != id:
			wrong[f.Key] = "所选的" + f.Label + "已停用，请另选"
		default:
			refs[f.Key] = found[0]
		}
	}
	return refs, nil
}

var divisionForm = regexp.MustCompile(`^\d{4}(\d{2}(\d{3}(\d{3})?)?)?$`)

// own gives e the division and the enterprise of its owner.
func (s *Store) own(d *Definition, e *Entry, refs map[string]target, wrong map[string]string) {
	switch owner, has := refs[d.Owner]; {
	case has:
		e.Division, e.Enterprise = access.Division(owner.Division), owner.Enterprise
		return
	case d.Owner == "self":
		e.Enterprise = e.ID
	case d.Owner != "" && wrong[d.Owner] != "":
		return // the owner is wrong already; the division would follow from it
	default:
		e.Enterprise = 0
	}
	if !divisionForm.MatchString(string(e.Division)) {
		wrong["division"] = "请选择所在的行政区划"
	} else if s.KnownDivision != nil && !s.KnownDivision(e.Division) {
		wrong["division"] = fmt.Sprintf("行政区划代码 %s 不在区划表中", e.Division)
	}
}

// complete fills in the code and the name that the register forms by itself.
func (d *Definition) complete(e *Entry, refs map[string]target) {
	if e.Code == "" && d.Code.Auto == "id" {
		e.Code = strconv.FormatInt(e.ID, 10)
	}
	if e.Name != "" {
		return
	}
	var parts []string
	for _, key := range d.Name.Auto {
		if t, ok := refs[key]; ok {
			parts = append(parts, t.Name)
		} else if v := d.byKey[key].Show(e.Data[key]); v != "" {
			parts = append(parts, v)
		}
	}
	e.Name = strings.Join(parts, " ")
}

// codeOwner returns the enterprise inside which the code is unique, 0 for the
// whole register.
func (d *Definition) codeOwner(e Entry) int64 {
	if d.Code.Unique == "owner" {
		return e.Enterprise
	}
	return 0
}

// checkTaken finds what another active entry has already: the code, a unique
// field, or the days of a distinct one.
func (s *Store) checkTaken(ctx context.Context, tx *sqldb.Tx, d *Definition, e Entry, wrong map[string]string) error {
	_, taken, err := sqldb.Value[int64](ctx, tx, `
		SELECT id
		  FROM entries
		 WHERE register = $1
		   AND code_owner = $2
		   AND code = $3
		   AND state = 'active'
		   AND id <> $4`, string(d.Register), d.codeOwner(e), e.Code, e.ID)
	if err != nil {
		return err
	}
	if taken && wrong["code"] == "" {
		wrong["code"] = fmt.Sprintf("%s %s 已被另一条记录使用", d.Code.Label, e.Code)
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		if !f.Unique || wrong[f.Key] != "" || e.Text(f.Key) == "" {
			continue
		}
		_, taken, err := sqldb.Value[int64](ctx, tx, `
			SELECT entry
			  FROM entry_values
			 WHERE register = $1
			   AND key = $2
			   AND value = $3
			   AND exclusive
			   AND entry <> $4`, string(d.Register), f.Key, e.Text(f.Key), e.ID)
		if err != nil {
			return err
		}
		if taken {
			wrong[f.Key] = fmt.Sprintf("%s %s 已被另一条记录使用", f.Label, e.Text(f.Key))
		}
	}
	return s.checkDistinct(ctx, tx, d, e, wrong)
}

func (s *Store) checkDistinct(ctx context.Context, tx *sqldb.Tx, d *Definition, e Entry, wrong map[string]string) error {
	x := d.Distinct
	if x == nil || wrong[x.From] != "" || wrong[x.To] != "" {
		return nil
	}
	if to := e.Text(x.To); to != "" && to < e.Text(x.From) {
		wrong[x.To] = fmt.Sprintf("%s早于%s", d.LabelOf(x.To), d.LabelOf(x.From))
		return nil
	}
	if e.Text(x.Key[0]) == "" {
		return nil
	}
	rows, err := sqldb.All[row](ctx, tx, `
		SELECT `+rowColumns+`
		  FROM entry_values v
		  JOIN entries e ON e.id = v.entry
		 WHERE v.register = $1
		   AND v.key = $2
		   AND v.value = $3
		   AND e.state = 'active'
		   AND e.id <> $4`, string(d.Register), x.Key[0], e.Text(x.Key[0]), e.ID)
	if err != nil {
		return err
	}
	others, err := s.entries(rows, false)
	if err != nil {
		return err
	}
	for _, o := range others {
		same := !slices.ContainsFunc(x.Key, func(key string) bool { return o.Text(key) != e.Text(key) })
		if same && overlaps(e.Text(x.From), e.Text(x.To), o.Text(x.From), o.Text(x.To)) {
			wrong[x.From] = x.Say
		}
	}
	return nil
}

// overlaps compares days as text, an empty end being open.
func overlaps(from, to, from2, to2 string) bool {
	return (to == "" || from2 <= to) && (to2 == "" || from <= to2)
}

// write stores the new version of an entry, its index, its journal entry, and
// passes a changed owner on to what it owns.
func (s *Store) write(ctx context.Context, tx *sqldb.Tx, by access.Caller, d *Definition, old, e Entry, secretsOld, secrets map[string]string, reason string) (Entry, error) {
	changed := d.changes(old, e, secretsOld, secrets)
	if old.ID != 0 && len(changed) == 0 && old.Enterprise == e.Enterprise {
		return s.reload(ctx, tx, by, e.ID)
	}
	e.Version = old.Version + 1
	if err := s.put(ctx, tx, by, d, e, secrets, reason); err != nil {
		return Entry{}, err
	}
	act := "register.save"
	if e.Version == 1 {
		act = "register.create"
	}
	if err := record(ctx, tx, by, act, e, changed, reason); err != nil {
		return Entry{}, err
	}
	if old.ID != 0 && (old.Division != e.Division || old.Enterprise != e.Enterprise) {
		if err := s.follow(ctx, tx, by, e); err != nil {
			return Entry{}, err
		}
	}
	return s.reload(ctx, tx, by, e.ID)
}

func (s *Store) reload(ctx context.Context, tx *sqldb.Tx, by access.Caller, id int64) (Entry, error) {
	e, _, err := s.load(ctx, tx, by, id)
	return e, err
}

// put writes e, whose Version is the one to be, to all its tables.
func (s *Store) put(ctx context.Context, tx *sqldb.Tx, by access.Caller, d *Definition, e Entry, secrets map[string]string, reason string) error {
	data, err := encode(e.Data)
	if err != nil {
		return err
	}
	hidden, err := encode(secrets)
	if err != nil {
		return err
	}
	// The row lock on the revision puts all changes of registers in one order,
	// which is that of their commits. Changes relies on it.
	var rev int64
	if err := tx.QueryRow(ctx, `UPDATE register_revision SET rev = rev + 1 WHERE id = 1 RETURNING rev`).Scan(&rev); err != nil {
		return err
	}
	now := tx.Now.Unix()
	values := []any{
		e.Code, d.codeOwner(e), e.Name, searchText(e.Code, e.Name), string(e.Division), e.Enterprise,
		fromDegrees(e.Lon), fromDegrees(e.Lat), data, hidden, string(e.State), rev, now, e.ID, e.Version,
	}
	if e.Version == 1 {
		_, err = tx.Exec(ctx, `
			INSERT INTO entries (code, code_owner, name, search, division, enterprise, lon_e7, lat_e7,
			                     data, secrets, state, rev, updated_at, id, version, register, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			append(values, string(e.Register), now)...)
	} else {
		err = tx.ExecOne(ctx, `
			UPDATE entries
			   SET code       = $1,
			       code_owner = $2,
			       name       = $3,
			       search     = $4,
			       division   = $5,
			       enterprise = $6,
			       lon_e7     = $7,
			       lat_e7     = $8,
			       data       = $9,
			       secrets    = $10,
			       state      = $11,
			       rev        = $12,
			       updated_at = $13,
			       version    = version + 1
			 WHERE id = $14
			   AND version = $15 - 1`, values...)
	}
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, `
		INSERT INTO entry_versions (entry, version, code, name, division, enterprise, lon_e7, lat_e7,
		                            data, secrets, state, by_login, by_name, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		e.ID, e.Version, e.Code, e.Name, string(e.Division), e.Enterprise, fromDegrees(e.Lon), fromDegrees(e.Lat),
		data, hidden, string(e.State), by.Login, by.Name, reason, now); err != nil {
		return err
	}
	return s.index(ctx, tx, d, e)
}

// index writes the values of e that queries look for. Unique ones are exclusive
// while the entry is active.
func (s *Store) index(ctx context.Context, tx *sqldb.Tx, d *Definition, e Entry) error {
	if _, err := tx.Exec(ctx, `DELETE FROM entry_values WHERE entry = $1`, e.ID); err != nil {
		return err
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		v := e.Text(f.Key)
		if v == "" || f.Type == Secret || f.Type == Factors || !f.indexed(d) {
			continue
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO entry_values (entry, register, key, value, exclusive)
			VALUES ($1, $2, $3, $4, $5)`,
			e.ID, string(e.Register), f.Key, v, f.Unique && e.State == Active); err != nil {
			return err
		}
	}
	return nil
}

// follow gives the entries that owner owns its division and its enterprise, and
// theirs in turn.
func (s *Store) follow(ctx context.Context, tx *sqldb.Tx, by access.Caller, owner Entry) error {
	for _, d := range s.Book.order {
		f, ok := d.Field(d.Owner)
		if !ok || f.To != owner.Register {
			continue
		}
		rows, err := sqldb.All[row](ctx, tx, `
			SELECT `+rowColumns+`
			  FROM entry_values v
			  JOIN entries e ON e.id = v.entry
			 WHERE v.register = $1
			   AND v.key = $2
			   AND v.value = $3
			 ORDER BY e.id`, string(d.Register), d.Owner, strconv.FormatInt(owner.ID, 10))
		if err != nil {
			return err
		}
		for _, r := range rows {
			e, err := r.entry(d, true)
			if err != nil {
				return err
			}
			secrets, err := decodeSecrets(r.Secrets)
			if err != nil {
				return err
			}
			for key := range secrets {
				delete(e.Data, key)
			}
			before := e
			e.Division, e.Enterprise, e.Version = owner.Division, owner.Enterprise, e.Version+1
			reason := "随" + owner.Name + "变更"
			if err := s.put(ctx, tx, by, d, e, secrets, reason); err != nil {
				return err
			}
			if err := record(ctx, tx, by, "register.save", e, d.changes(before, e, secrets, secrets), reason); err != nil {
				return err
			}
			if err := s.follow(ctx, tx, by, e); err != nil {
				return err
			}
		}
	}
	return nil
}

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

// record writes the journal entry of a change.
func record(ctx context.Context, tx *sqldb.Tx, by access.Caller, act string, e Entry, changed []Change, reason string) error {
	detail := map[string]any{"code": e.Code, "name": e.Name, "version": e.Version}
	if reason != "" {
		detail["reason"] = reason
	}
	if len(changed) > 0 {
		list := make([]map[string]string, len(changed))
		for i, c := range changed {
			list[i] = map[string]string{"field": c.Key, "from": c.From, "to": c.To}
		}
		detail["changed"] = list
	}
	return journal.Append(ctx, tx, journal.Entry{
		By: by.Login, Via: by.Via, Act: act, Object: fmt.Sprintf("%s/%d", e.Register, e.ID),
		Detail: detail, Division: string(e.Division), Enterprise: e.Enterprise,
	})
}
