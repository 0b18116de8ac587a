package water

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// A State says what is known of a place in a period.
type State string

// The states. Ice and no flow are neither good nor bad; of what was not monitored,
// or has no usable value, nothing is known.
const (
	Judged       State = "judged"
	IceBound     State = "ice"
	NoFlowing    State = "no_flow"
	Unmonitored  State = "not_monitored"
	StateUnknown State = "unknown"
)

// Name returns the Chinese word.
func (s State) Name() string {
	switch s {
	case Judged:
		return "已评价"
	case IceBound:
		return "冰封期"
	case NoFlowing:
		return "断流"
	case Unmonitored:
		return "未监测"
	}
	return "未知"
}

// Attained says whether a target was reached.
type Attained string

// NoTarget is an Attained beside the verdicts: nobody set a target. The others are
// those of package standard.
const (
	Meets           Attained = "meets"
	Exceeds         Attained = "exceeds"
	UnknownAttained Attained = "unknown"
	NoTarget        Attained = "none"
)

// Name returns the Chinese word.
func (a Attained) Name() string {
	switch a {
	case Meets:
		return "达标"
	case Exceeds:
		return "不达标"
	case NoTarget:
		return "无目标"
	}
	return "未知"
}

// Item is what a result says of one item.
type Item struct {
	Item       gb.Item             `json:"item"`
	Name       string              `json:"name"`
	Value      standard.Exact      `json:"value"` // the mean, in Unit
	Unit       standard.Unit       `json:"unit"`
	Rated      bool                `json:"rated,omitempty"` // it decides
	Class      gb.Class            `json:"class,omitempty"`
	Multiple   standard.Exact      `json:"multiple"` // above class III
	Issue      standard.Issue      `json:"issue,omitempty"`
	Verdict    standard.Verdict    `json:"verdict,omitempty"` // against the target, or of a source its limit
	Beyond     standard.Exact      `json:"beyond"`            // multiple above the limit of the target, or of a source
	Inputs     int                 `json:"inputs,omitempty"`
	Halved     int                 `json:"halved,omitempty"` // inputs that entered as half the detection limit
	Because    []string            `json:"because,omitempty"`
	Confidence standard.Confidence `json:"confidence,omitempty"`
}

// Label is 待核实 where the item rests on a figure that nobody has checked.
func (i Item) Label() string {
	if i.Confidence == "" {
		return ""
	}
	return i.Confidence.Label()
}

// Detail is a result without its columns.
type Detail struct {
	Body      gb.Body        `json:"body,omitempty"`
	Rating    gb.Rating      `json:"rating"`
	Items     []Item         `json:"items,omitempty"`
	Main      []string       `json:"main,omitempty"`   // 主要污染指标 with multiples of class III
	Beyond    []string       `json:"beyond,omitempty"` // items beyond the target, or the limits of a source, with multiples
	Missing   []string       `json:"missing,omitempty"`
	Unjudged  []string       `json:"unjudged,omitempty"`
	Flags     []gb.Flag      `json:"flags,omitempty"`
	Because   []string       `json:"because,omitempty"`
	Document  string         `json:"document,omitempty"` // of the target
	Results   int            `json:"results,omitempty"`
	Ice       int            `json:"ice,omitempty"` // visits
	Dry       int            `json:"dry,omitempty"`
	Trophic   string         `json:"trophic,omitempty"` // of lakes: class
	TLI       standard.Exact `json:"tli"`
	TLIIssue  standard.Issue `json:"tli_issue,omitempty"`
	Citations []string       `json:"citations,omitempty"`
}

// Result is the evaluation of a place in a period as it is stored.
type Result struct {
	Place int64 `db:"place"`
	Slot
	Revision   int64               `db:"revision"`
	Division   access.Division     `db:"division"`
	Class      gb.Class            `db:"class"` // of a source: that which table 1 must meet
	State      State               `db:"state"`
	Target     gb.Class            `db:"target"`
	Attained   Attained            `db:"attained"`
	Issue      standard.Issue      `db:"issue"`
	Confidence standard.Confidence `db:"confidence"`
	DetailText string              `db:"detail"`
	Basis      int64               `db:"basis"`
	Cause      string              `db:"cause"`
	ReckonedAt int64               `db:"reckoned_at"`

	refs string // the rows of the standards, as Basis names them
}

const resultColumns = `place, kind, year, n, revision, division, class, state, target, attained, issue, confidence, detail, basis, cause, reckoned_at`

func (r *Result) args() []any {
	return []any{r.Place, string(r.Kind), r.Year, r.N, r.Revision, string(r.Division), int64(r.Class), string(r.State), int64(r.Target), string(r.Attained),
		string(r.Issue), string(r.Confidence), r.DetailText, r.Basis, r.Cause, r.ReckonedAt}
}

// Detail returns the rest of the result.
func (r Result) Detail() (d Detail) {
	if unpack(r.DetailText, &d) != nil {
		return Detail{} // written by another version; what the columns say stays
	}
	return d
}

// Label is 待核实 where the result rests on a figure that nobody has checked.
func (r Result) Label() string {
	if r.Confidence == "" || r.State != Judged && r.Attained != Meets && r.Attained != Exceeds {
		return ""
	}
	return r.Confidence.Label()
}

// same reports whether two results say the same.
func (r *Result) same(o Result) bool {
	return r.Division == o.Division && r.Class == o.Class && r.State == o.State && r.Target == o.Target && r.Attained == o.Attained && r.Issue == o.Issue &&
		r.Confidence == o.Confidence && r.DetailText == o.DetailText && r.Basis == o.Basis
}

// seal fixes detail and basis.
func (r *Result) seal(d Detail, refs []standard.Ref) {
	r.DetailText = pack(d)
	slices.SortFunc(refs, func(a, b standard.Ref) int {
		if c := strings.Compare(a.Table, b.Table); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	r.refs = pack(refs)
	sum := sha256.Sum256([]byte(r.refs))
	r.Basis = int64(binary.BigEndian.Uint64(sum[:8]) >> 1) // the same refs have the same name
}
