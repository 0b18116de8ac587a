package matter

import (
	"bytes"
	"encoding/json"
	"math/big"
	"time"

	"pingzhang/internal/access"
)

// Finding is something wrong that a rule or a person noticed. One episode is
// one finding: it has a natural key, and grows by the periods in which the
// wrong goes on.
type Finding struct {
	ID         int64
	Key        string // natural key of the episode, made by the duty
	Kind       string // "exceedance"
	Division   access.Division
	Enterprise int64
	Outlet     int64
	Point      int64
	Title      string
	// Facts says how it was found: verdict, value, limit, clause, period,
	// arithmetic. In Find it is that of the period LastAt; in a finding that is
	// read it is that of the worst period.
	Facts  json.RawMessage
	At     time.Time // beginning of the first period
	LastAt time.Time // beginning of the last period; equal to At for one period
	Peak   string    // worst value, in the text it was reported in
	Unit   string
	// Times is how far the peak is beyond its limit (超标倍数), as a decimal; it
	// decides which of two peaks is the worse. Without it the larger Peak does.
	Times string

	Matter    ID // 0 until one is opened
	Periods   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Headline returns the title with how far the worst period is beyond its limit,
// which grows while the title stays: 示例热力有限公司 DA001 二氧化硫小时均值超标（最大
// 0.46 倍）.
func (f Finding) Headline() string {
	if f.Times == "" {
		return f.Title
	}
	return f.Title + "（最大 " + f.Times + " 倍）"
}

// Period is one period of an episode.
type Period struct {
	At         time.Time
	Revision   int // judged again with another result: 2, 3 …
	Peak       string
	Times      string
	Facts      json.RawMessage
	RecordedAt time.Time
}

// worse reports whether a is the worse of two peaks. Equal ones, and ones that
// cannot be compared, are not worse; ties are broken by the earlier period, so
// that the order in which periods are told does not matter.
func worse(a, b Finding) bool {
	for _, pair := range [][2]string{{a.Times, b.Times}, {a.Peak, b.Peak}} {
		x, ok := new(big.Rat).SetString(pair[0])
		y, ok2 := new(big.Rat).SetString(pair[1])
		switch {
		case ok && !ok2:
			return true
		case !ok:
			if ok2 {
				return false
			}
		case x.Cmp(y) != 0:
			return x.Cmp(y) > 0
		}
	}
	return a.LastAt.Before(b.LastAt)
}

// canonical returns facts with sorted keys, so that one telling is one text.
func canonicalFacts(facts json.RawMessage) (string, error) {
	if len(facts) == 0 {
		return "{}", nil
	}
	dec := json.NewDecoder(bytes.NewReader(facts))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimSpace(b.Bytes())), nil
}
