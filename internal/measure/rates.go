package measure

import (
	"context"
	"slices"

	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// SlotQuery names slots of one point: periods of Interval seconds from From
// before To, in each of which one frame is due.
type SlotQuery struct {
	Point    Point
	Kind     Kind
	Factors  []string // those that are due; not used by Gaps
	From, To int64    // unix seconds
	Interval int64    // seconds: 3600 for hours, 86400 for days
}

func (q *SlotQuery) check() error {
	if q.Interval <= 0 || q.To <= q.From || (q.To-q.From)/q.Interval > 10_000_000 {
		return fault.New(fault.Invalid, "统计的起止时间或上报间隔不对，请检查")
	}
	return nil
}

func (q *SlotQuery) slots() int { return int((q.To - q.From + q.Interval - 1) / q.Interval) }

// Rate is how much of what was due of one factor came, and came valid.
type Rate struct {
	Factor   string
	Expected int // slots
	Received int // slots with a value of the factor, of whatever mark
	Valid    int // slots with a number that is marked normal, in no stretch that people marked
}

// Transmission returns received over expected (传输率); none when nothing was
// due.
func (r Rate) Transmission() standard.Exact { return share(r.Received, r.Expected) }

// Validity returns valid over received (有效率); none when nothing came.
func (r Rate) Validity() standard.Exact { return share(r.Valid, r.Received) }

// Effective returns valid over expected (传输有效率), which is the product of
// the other two; none when nothing was due.
func (r Rate) Effective() standard.Exact { return share(r.Valid, r.Expected) }

func share(part, whole int) standard.Exact {
	return standard.Int(int64(part)).Quo(standard.Int(int64(whole)))
}

// Rates counts, for each factor, the slots that were due, that came, and that
// are valid.
//
// The error is fault.Invalid when the query names no slots.
func (s *Store) Rates(ctx context.Context, q SlotQuery) (_ []Rate, err error) {
	defer fault.Wrap(&err, "measure.Rates(point %d, %s)", q.Point, q.Kind)

	if err := q.check(); err != nil {
		return nil, err
	}
	marks, err := s.honoured(ctx, q.Point, q.From, q.To)
	if err != nil {
		return nil, err
	}
	field := "Avg"
	if q.Kind == Rtd {
		field = "Rtd"
	}
	n := q.slots()
	all := make([]Rate, len(q.Factors))
	received, valid := make([][]bool, len(all)), make([][]bool, len(all))
	for i := range all {
		all[i] = Rate{Factor: q.Factors[i], Expected: n}
		received[i], valid[i] = make([]bool, n), make([]bool, n)
	}
	r := RangeQuery{Point: q.Point, Kind: q.Kind, Factors: q.Factors, Fields: []string{field, "Flag"}, From: q.From, To: q.To}
	err = s.Range(ctx, r, func(b *Block) error {
		for i, factor := range q.Factors {
			values, flags := b.Column(factor, field), b.Column(factor, "Flag")
			if values == nil {
				continue
			}
			for row, at := range b.At {
				slot := (at - q.From) / q.Interval
				text, has := values.Text(row)
				if !has {
					continue
				}
				received[i][slot] = true
				mark := ""
				if flags != nil {
					mark, _ = flags.Text(row)
				}
				_, issue := standard.Read(text)
				marked := slices.ContainsFunc(marks, func(k Mark) bool { return k.covers(factor, at) })
				if mark == normal && issue == "" && !marked {
					valid[i][slot] = true
				}
			}
		}
		return nil
	})
	for i := range all {
		all[i].Received, all[i].Valid = count(received[i]), count(valid[i])
	}
	return all, err
}

func count(on []bool) (n int) {
	for _, b := range on {
		if b {
			n++
		}
	}
	return n
}

// Gap is a run of slots in which nothing came.
type Gap struct {
	From, To int64 // starts of the first and of the last slot, as HJ 212 orders back-fills
	Slots    int
}

// Gaps returns the slots in which no frame came, neighbours merged, by time.
//
// The error is fault.Invalid when the query names no slots.
func (s *Store) Gaps(ctx context.Context, q SlotQuery) (all []Gap, err error) {
	defer fault.Wrap(&err, "measure.Gaps(point %d, %s)", q.Point, q.Kind)

	if err := q.check(); err != nil {
		return nil, err
	}
	there := make([]bool, q.slots())
	r := RangeQuery{Point: q.Point, Kind: q.Kind, Factors: []string{}, From: q.From, To: q.To}
	if err := s.Range(ctx, r, func(b *Block) error { // only the times are read
		for _, at := range b.At {
			there[(at-q.From)/q.Interval] = true
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for i, on := range there {
		at := q.From + int64(i)*q.Interval
		switch {
		case on:
		case i > 0 && !there[i-1]:
			last := &all[len(all)-1]
			last.To, last.Slots = at, last.Slots+1
		default:
			all = append(all, Gap{at, at, 1})
		}
	}
	return all, nil
}

// Windows cuts gaps so that none has more than most slots: instruments are
// asked for little at a time.
func Windows(gaps []Gap, interval int64, most int) []Gap {
	var all []Gap
	for _, g := range gaps {
		for g.Slots > most {
			all = append(all, Gap{g.From, g.From + int64(most-1)*interval, most})
			g.From += int64(most) * interval
			g.Slots -= most
		}
		all = append(all, g)
	}
	return all
}
