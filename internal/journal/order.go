package journal

import "fmt"

// order tells rows that were changed, removed, added or put in another place
// apart. Each row has an origin: the number under which its stored leaf was
// made. In an untouched journal it is the row's own number.
type order struct {
	last    int64  // the highest origin seen
	prev    *Row   // the row before, for messages
	pending []Row  // rows without an origin since the last row that had one
	missing []span // origins that were passed over
	report  func(Problem)
}

// span is the numbers from first to last, and what stood around them.
type span struct {
	first, last int64
	before      *Row
	after       *Row
}

// searched is how far from where it should be the origin of a row is looked
// for. Each try costs one hash.
const searched = 64

// originOf returns the number that makes r's stored leaf, or 0.
func (o *order) originOf(r *Row) int64 {
	if o.fits(r, r.Seq) {
		return r.Seq
	}
	for d := int64(0); d <= searched; d++ {
		for _, n := range [...]int64{o.last + 1 + d, o.last + 1 - d} {
			if n > 0 && n != r.Seq && o.fits(r, n) {
				return n
			}
		}
	}
	return 0
}

func (o *order) fits(r *Row, seq int64) bool {
	moved := *r
	moved.Seq = seq
	return string(moved.hash()) == string(r.Leaf)
}

// add takes the next row and its origin.
func (o *order) add(r Row, origin int64) {
	switch {
	case origin == 0:
		o.pending = append(o.pending, r)
	case origin <= o.last:
		o.misplaced(r, origin)
	default:
		o.settle(origin-o.last-1, &r)
		o.last = origin
	}
	o.prev = &r
}

// settle decides about the pending rows, now that the next row with an origin
// shows that absent origins were passed over. As many rows as origins are the
// same rows with other content; more rows were added, fewer leave some removed.
func (o *order) settle(absent int64, after *Row) {
	n := int64(len(o.pending))
	for i := range o.pending {
		r := &o.pending[i]
		if int64(i) < absent {
			o.report(Problem{Changed, r.Seq, fmt.Sprintf("%s的内容被改动过，与写入时的哈希不符", r.title())})
		} else {
			o.report(Problem{Inserted, r.Seq, fmt.Sprintf("%s是后来插入的，不是系统写入的记录", r.title())})
		}
	}
	if absent > n {
		o.missing = append(o.missing, span{o.last + 1 + n, o.last + absent, o.prev, after})
	}
	o.pending = o.pending[:0]
}

// misplaced takes a row that stands after one of a higher origin.
func (o *order) misplaced(r Row, origin int64) {
	for i, m := range o.missing {
		if origin < m.first || origin > m.last {
			continue
		}
		o.report(Problem{Reordered, r.Seq, fmt.Sprintf("%s原来是第 %d 条，次序被调换过", r.title(), origin)})
		rest := append([]span(nil), o.missing[:i]...)
		if m.first < origin {
			rest = append(rest, span{m.first, origin - 1, m.before, m.after})
		}
		if origin < m.last {
			rest = append(rest, span{origin + 1, m.last, m.before, m.after})
		}
		o.missing = append(rest, o.missing[i+1:]...)
		return
	}
	o.report(Problem{Inserted, r.Seq, fmt.Sprintf("%s是第 %d 条的复制件，是后来插入的", r.title(), origin)})
}

// finish decides about the end of a journal that ought to hold size rows.
func (o *order) finish(size int64) {
	o.settle(max(0, size-o.last), nil)
	for _, m := range o.missing {
		what := fmt.Sprintf("第 %d 条记录被删除", m.first)
		if m.last > m.first {
			what = fmt.Sprintf("第 %d 至 %d 条共 %d 条记录被删除", m.first, m.last, m.last-m.first+1)
		}
		switch {
		case m.before != nil && m.after != nil:
			what += fmt.Sprintf("，其前为%s，其后为%s", m.before.title(), m.after.title())
		case m.after != nil:
			what += fmt.Sprintf("，其后为%s", m.after.title())
		case m.before != nil:
			what += fmt.Sprintf("，其前为%s", m.before.title())
		}
		o.report(Problem{Removed, m.first, what})
	}
}

// title names the row for a person.
func (r *Row) title() string {
	return fmt.Sprintf("第 %d 条（%s，%s，%s，%s）", r.Seq, showTime(r.At), r.By, r.Act, r.Object)
}
