package air

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Source says where the values of an hour come from.
type Source string

// The sources.
const (
	Device Source = "device" // the HJ 212 readings of the linked point
	Feed   Source = "feed"   // an imported file
	None   Source = "none"   // there was something once, and nothing now
)

// Value is what one station measured of one pollutant over one hour.
type Value struct {
	// Value is the concentration in the unit of the pollutant; none where it
	// may not be used.
	Value standard.Exact `json:"v"`
	Issue standard.Issue `json:"i,omitempty"` // why there is none
	// Text is what was reported and Unit what it was reported in, where that
	// is not Value in the unit of the pollutant.
	Text      string         `json:"t,omitempty"`
	Unit      standard.Unit  `json:"u,omitempty"`
	From      measure.Source `json:"f,omitempty"` // what a device's mean was taken from; empty where it was reported
	Minutes   int            `json:"m,omitempty"` // that it rests on, where it was taken from less than hours
	Corrected bool           `json:"c,omitempty"` // by a person
}

// Values are those of the six pollutants, in their order.
type Values [aqi.Six]Value

// Single is one item of a report as it is kept: its concentration and index, of a
// day also how many values it rests on.
type Single struct {
	Item  string         `json:"item"` // PM2.5/24h, as aqi.ParseItem reads it
	Value standard.Exact `json:"value"`
	IAQI  int            `json:"iaqi"` // aqi.NoIAQI where there is none
	Issue standard.Issue `json:"issue,omitempty"`
	Have  int            `json:"have,omitempty"` // hours, 8-hour means or points
	Need  int            `json:"need,omitempty"`
}

// Hour is the report of one hour of one station. Its time is the start of the
// hour.
type Hour struct {
	Station          int64               `db:"station"`
	At               int64               `db:"at"`
	Revision         int64               `db:"revision"`
	Division         access.Division     `db:"division"`
	Source           Source              `db:"source"`
	AQI              int64               `db:"aqi"`       // aqi.NoIAQI where none is known; stands as the index only where Published
	Published        bool                `db:"published"` // the edition lets the index be published
	Level            int64               `db:"level"`     // 1 to 6; 0 where there is no published index
	Primary          string              `db:"primary_items"`
	Issue            standard.Issue      `db:"issue"`
	Edition          string              `db:"edition"`
	Confidence       standard.Confidence `db:"confidence"`
	PublishedAQI     string              `db:"published_aqi"` // by the national feed, as it stood there
	PublishedPrimary string              `db:"published_primary"`
	ValsJSON         string              `db:"vals"`
	ItemsText        string              `db:"items"`
	Basis            int64               `db:"basis"` // for Refs
	Cause            string              `db:"cause"` // of this revision
	ReckonedAt       int64               `db:"reckoned_at"`

	refs string // of Basis, while it is not stored
}

// Start returns the start of the hour.
func (h *Hour) Start() time.Time { return clock.Unix(h.At) }

// Values returns what the station measured.
func (h *Hour) Values() (v Values) {
	unpack(h.ValsJSON, &v)
	return v
}

// Items returns the items of the report.
func (h *Hour) Items() (all []Single) {
	values := h.Values()
	for part := range strings.SplitSeq(h.ItemsText, ",") {
		f := strings.Split(part, ":")
		i, err := aqi.ParseItem(f[0])
		if err != nil || len(f) != 4 {
			continue
		}
		s := Single{Item: f[0], Value: exactOf(f[2]), Issue: standard.Issue(f[3])}
		if s.IAQI, err = strconv.Atoi(f[1]); err != nil {
			s.IAQI = aqi.NoIAQI
		}
		if i.Averaging == aqi.Hour && int(i.Pollutant) < len(values) {
			s.Value = values[i.Pollutant].Value
		}
		all = append(all, s)
	}
	return all
}

// itemsText writes the items of an hour, of which there are many: item, index,
// concentration where that is not of the hour, and issue.
func itemsText(r aqi.Report) string {
	all := make([]string, len(r.Items))
	for i, s := range r.Items {
		value := ""
		if s.Item.Averaging != aqi.Hour {
			value = s.Value.String()
		}
		all[i] = fmt.Sprintf("%s:%d:%s:%s", s.Item, s.IAQI, value, s.Issue)
	}
	return strings.Join(all, ",")
}

// Primaries returns the primary pollutants.
func (h *Hour) Primaries() []aqi.Item { return itemsOf(h.Primary) }

// same reports whether o says the same as h, whoever made it and when.
func (h Hour) same(o Hour) bool {
	o.Revision, o.Cause, o.ReckonedAt, o.refs = h.Revision, h.Cause, h.ReckonedAt, h.refs
	return h == o
}

// reach is how many hours after an hour its values still enter reports.
func reach(e *aqi.Edition) int64 {
	n := int64(0)
	for _, i := range e.Listed(aqi.Hourly) {
		switch i.Averaging {
		case aqi.RollingDay:
			n = max(n, 23)
		case aqi.EightHour:
			n = max(n, 7)
		}
	}
	return n
}

// window returns the values of a pollutant over the hours that end with the one
// that starts at at; those not known are none.
func window(hours map[int64]*Values, p aqi.Pollutant, at int64, n int64) []standard.Exact {
	all := make([]standard.Exact, 0, n)
	for t := at - (n-1)*3600; t <= at; t += 3600 {
		x := standard.Exact{}
		if v := hours[t]; v != nil {
			x = v[p].Value
		}
		all = append(all, x)
	}
	return all
}

// report makes the report of an hour into h, from its values and those of the
// hours before.
func (h *Hour) report(b *aqi.Book, hours map[int64]*Values) {
	on := dateOf(h.At)
	values := hours[h.At]
	var readings []aqi.Reading
	var refs []standard.Ref
	for p := range aqi.Pollutant(aqi.Six) {
		readings = append(readings, aqi.Reading{Item: aqi.Item{Pollutant: p, Averaging: aqi.Hour}, Value: values[p].Value, Unit: p.Unit(), Issue: values[p].Issue})
	}
	if e, ok := b.Edition(on); ok && reach(e) > 0 {
		eight := b.EightHour(on, window(hours, aqi.O3, h.At, 8))
		readings = append(readings, aqi.Of(aqi.O3, aqi.EightHour, eight))
		refs = append(refs, eight.Basis.Refs...)
		for p := range aqi.Pollutant(aqi.Six) {
			if p != aqi.O3 {
				m := b.RollingDay(p, on, window(hours, p, h.At, 24))
				readings = append(readings, aqi.Of(p, aqi.RollingDay, m))
				refs = append(refs, m.Basis.Refs...)
			}
		}
	}
	r := b.Report(aqi.Hourly, on, readings...)
	h.AQI, h.Published, h.Level, h.Issue = int64(r.AQI), r.Published, int64(r.Level.Number), r.Issue
	h.Primary, h.Edition, h.Confidence = textOf(r.Primary), r.Basis.Citation.Number(), r.Basis.Confidence
	h.ItemsText = itemsText(r)
	h.Basis, h.refs = basisOf(append(r.Basis.Refs, refs...))
	h.ValsJSON = pack(values)
}

// singles returns the items of a report as they are kept, with what each rests
// on where means says so.
func singles(r aqi.Report, means map[aqi.Item]aqi.Mean) []Single {
	all := make([]Single, 0, len(r.Items))
	for _, s := range r.Items {
		m := means[s.Item]
		one := Single{Item: s.Item.String(), Value: s.Value, IAQI: s.IAQI, Issue: s.Issue, Have: m.Have, Need: m.Need}
		if m.Issue != "" {
			one.Issue = m.Issue
		}
		all = append(all, one)
	}
	return all
}

// basisOf returns the text of refs as they are kept, and its id: the first 63 bits
// of its SM3.
func basisOf(refs []standard.Ref) (id int64, text string) {
	text = pack(distinct(refs))
	sum := sm3.Sum([]byte(text))
	return int64(binary.BigEndian.Uint64(sum[:]) >> 1), text
}

// distinct returns refs without those that stand before already, sorted, so that
// the same figures give the same text.
func distinct(refs []standard.Ref) []standard.Ref {
	refs = slices.Clone(refs)
	slices.SortFunc(refs, func(a, b standard.Ref) int {
		if c := strings.Compare(a.Table, b.Table); c != 0 {
			return c
		}
		if c := strings.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		return a.Revision - b.Revision
	})
	return slices.Compact(refs)
}

// textOf writes items as they are kept; itemsOf reads them.
func textOf(items []aqi.Item) string {
	all := make([]string, len(items))
	for i, it := range items {
		all[i] = it.String()
	}
	return strings.Join(all, ",")
}

func itemsOf(text string) (all []aqi.Item) {
	for part := range strings.SplitSeq(text, ",") {
		if i, err := aqi.ParseItem(part); err == nil {
			all = append(all, i)
		}
	}
	return all
}

// pack writes what a row keeps as JSON. Everything packed is of types that
// encoding/json writes.
func pack(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// unpack reads what pack wrote. What it cannot read stays unknown.
func unpack(text string, to any) {
	if text != "" {
		_ = json.Unmarshal([]byte(text), to)
	}
}

// dateOf returns the day of a time.
func dateOf(at int64) standard.Date {
	return standard.Date(clock.Unix(at).Format(time.DateOnly))
}

// dayStart returns the first second of a day; 0 where it is none.
func dayStart(on standard.Date) int64 {
	t, err := time.ParseInLocation(time.DateOnly, string(on), clock.Shanghai)
	if err != nil {
		return 0
	}
	return t.Unix()
}

// unitIssue returns why a conversion failed.
func unitIssue(err error) standard.Issue {
	var wrong *standard.UnitError
	if errors.As(err, &wrong) {
		return wrong.Issue
	}
	return standard.UnitUnknown
}
