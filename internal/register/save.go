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
