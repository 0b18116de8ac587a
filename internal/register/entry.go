package register

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/mozillazg/go-pinyin"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
)

// State says whether an entry is in use.
type State string

// The states of an entry.
const (
	Active    State = "active"
	Withdrawn State = "withdrawn"
)

// Label returns the Chinese name of s.
func (s State) Label() string {
	if s == Withdrawn {
		return "已停用"
	}
	return "在用"
}

// Entry is one thing on a register.
type Entry struct {
	ID         int64
	Register   Register
	Code, Name string
	Division   access.Division
	Enterprise int64 // id of the owning enterprise, 0 for none; its own id for an enterprise
	Lon, Lat   *float64
	Data       map[string]any // text; int64 for a ref; []FactorUnit for factors
	Version    int64          // 0 for an entry that is yet to be saved
	State      State
	Rev        int64 // position in the order of all changes
	CreatedAt  time.Time
	UpdatedAt  time.Time

	// Refs names what the refs in Data point to. Only List and Entry fill it.
	Refs map[string]Name
}

// Name is what is shown of an entry that another refers to.
type Name struct {
	ID       int64
	Register Register
	Code     string
	Name     string
	State    State
}

// Text returns a field of e as text; empty when it is not there.
func (e Entry) Text(key string) string {
	switch v := e.Data[key].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// Ref returns the id that a ref field of e holds, 0 when empty.
func (e Entry) Ref(key string) int64 {
	id, _ := e.Data[key].(int64)
	return id
}

// Factors returns a factors table of e.
func (e Entry) Factors(key string) []FactorUnit {
	rows, _ := e.Data[key].([]FactorUnit)
	return rows
}

// Version is an entry as it stood from one change to the next.
type Version struct {
	Entry
	ByLogin, ByName string
	Reason          string
	At              time.Time
	Changed         []Change // against the version before
}

// Change is one field that differs between two versions.
type Change struct {
	Key, Label string
	From, To   string // as people read it; a secret shows as Mask
}

// changes lists what differs from a to b in the order of the register.
func (d *Definition) changes(a, b Entry, secretsA, secretsB map[string]string) []Change {
	var all []Change
	add := func(key, from, to string) {
		if from != to {
			all = append(all, Change{Key: key, Label: d.LabelOf(key), From: from, To: to})
		}
	}
	add("code", a.Code, b.Code)
	add("name", a.Name, b.Name)
	add("division", string(a.Division), string(b.Division))
	add("location", place(a), place(b))
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Type == Secret {
			if secretsA[f.Key] != secretsB[f.Key] {
				all = append(all, Change{Key: f.Key, Label: f.Label, From: masked(secretsA[f.Key]), To: masked(secretsB[f.Key])})
			}
			continue
		}
		add(f.Key, f.Show(a.Data[f.Key]), f.Show(b.Data[f.Key]))
	}
	if a.State != "" && a.State != b.State {
		add("state", a.State.Label(), b.State.Label())
	}
	return all
}

func place(e Entry) string {
	if e.Lon == nil || e.Lat == nil {
		return ""
	}
	return fmt.Sprintf("%.6f, %.6f", *e.Lon, *e.Lat)
}

func masked(s string) string {
	if s == "" {
		return ""
	}
	return Mask
}

// Show returns a value of f as people read it: the label of a choice, the rows
// of a factors table on one line.
func (f *Field) Show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if f.Type == Choice {
			return f.ChoiceLabel(v)
		}
		return v
	case []FactorUnit:
		rows := make([]string, len(v))
		for i, r := range v {
			rows[i] = strings.TrimSpace(r.Code + " " + r.Unit)
		}
		return strings.Join(rows, "；")
	default:
		return fmt.Sprint(v)
	}
}

// row is an entry as it stands in the table.
type row struct {
	ID         int64  `db:"id"`
	Register   string `db:"register"`
	Code       string `db:"code"`
	Name       string `db:"name"`
	Division   string `db:"division"`
	Enterprise int64  `db:"enterprise"`
	LonE7      *int64 `db:"lon_e7"`
	LatE7      *int64 `db:"lat_e7"`
	Data       string `db:"data"`
	Secrets    string `db:"secrets"`
	Version    int64  `db:"version"`
	State      string `db:"state"`
	Rev        int64  `db:"rev"`
	CreatedAt  int64  `db:"created_at"`
	UpdatedAt  int64  `db:"updated_at"`
}

const rowColumns = `e.id, e.register, e.code, e.name, e.division, e.enterprise, e.lon_e7, e.lat_e7,
	e.data, e.secrets, e.version, e.state, e.rev, e.created_at, e.updated_at`

// entry returns r as an Entry, whose secrets are masked unless reveal.
func (r row) entry(d *Definition, reveal bool) (Entry, error) {
	e := Entry{
		ID: r.ID, Register: Register(r.Register), Code: r.Code, Name: r.Name,
		Division: access.Division(r.Division), Enterprise: r.Enterprise,
		Lon: degrees(r.LonE7), Lat: degrees(r.LatE7),
		Version: r.Version, State: State(r.State), Rev: r.Rev,
		CreatedAt: clock.Unix(r.CreatedAt), UpdatedAt: clock.Unix(r.UpdatedAt),
	}
	var err error
	if e.Data, err = d.decode(r.Data); err != nil {
		return Entry{}, fmt.Errorf("entry %d: %w", r.ID, err)
	}
	secrets, err := decodeSecrets(r.Secrets)
	if err != nil {
		return Entry{}, fmt.Errorf("entry %d: %w", r.ID, err)
	}
	for key, s := range secrets {
		if !reveal {
			s = Mask
		}
		e.Data[key] = s
	}
	return e, nil
}

// decode reads stored data. A key that the register no longer has stays as the
// text it was: nothing that was entered is lost when a definition changes.
func (d *Definition) decode(text string) (map[string]any, error) {
	raw := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, err
	}
	data := make(map[string]any, len(raw))
	for key, b := range raw {
		f := d.byKey[key]
		switch {
		case f != nil && f.Type == Ref:
			var id int64
			if err := json.Unmarshal(b, &id); err != nil {
				return nil, fmt.Errorf("field %s: %w", key, err)
			}
			data[key] = id
		case f != nil && f.Type == Factors:
			var rows []FactorUnit
			if err := json.Unmarshal(b, &rows); err != nil {
				return nil, fmt.Errorf("field %s: %w", key, err)
			}
			data[key] = rows
		default:
			var s string
			if json.Unmarshal(b, &s) != nil {
				s = string(b)
			}
			data[key] = s
		}
	}
	return data, nil
}

func decodeSecrets(text string) (map[string]string, error) {
	m := map[string]string{}
	return m, json.Unmarshal([]byte(text), &m)
}

func encode(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// Coordinates are kept as whole ten-millionths of a degree, about a centimetre.

func degrees(e7 *int64) *float64 {
	if e7 == nil {
		return nil
	}
	v := float64(*e7) / 1e7
	return &v
}

func fromDegrees(v *float64) *int64 {
	if v == nil {
		return nil
	}
	e7 := int64(math.Round(*v * 1e7))
	return &e7
}

// searchText returns what a search looks in: code, name, and the initials of
// the name in pinyin (示例热电 is found by slrd), in lower case.
func searchText(code, name string) string {
	args := pinyin.NewArgs()
	args.Style = pinyin.FirstLetter
	args.Fallback = func(r rune, _ pinyin.Args) []string { return []string{string(r)} }
	initials := strings.Join(pinyin.LazyPinyin(name, args), "")
	return strings.ToLower(strings.Join(slices.Compact([]string{code, name, initials}), " "))
}
