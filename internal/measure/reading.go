package measure

import (
	"iter"
	"math"
	"time"

	"pingzhang/internal/clock"
)

// Point is the id of the entry in the register "point": where something is
// measured.
type Point int64

// Kind says what a frame reports. The numbers are stored and never change.
type Kind uint8

// The kinds.
const (
	Rtd    Kind = 1 // realtime samples (2011); At is the instant
	Minute Kind = 2 // minute means (2051); At is the start of the period
	Hour   Kind = 3 // hour means (2061); At is the start of the period
	Day    Kind = 4 // day means (2031); At is the start of the period
)

// Kinds are all kinds, in order.
var Kinds = [...]Kind{Rtd, Minute, Hour, Day}

// String returns the word that stands in dumps and in the API.
func (k Kind) String() string {
	switch k {
	case Rtd:
		return "rtd"
	case Minute:
		return "minute"
	case Hour:
		return "hour"
	case Day:
		return "day"
	}
	return "unknown"
}

// Zh returns the word for people.
func (k Kind) Zh() string {
	switch k {
	case Rtd:
		return "实时数据"
	case Minute:
		return "分钟数据"
	case Hour:
		return "小时数据"
	case Day:
		return "日数据"
	}
	return "未知数据"
}

// Cell is one field of one factor of a frame, in the text it was reported in.
type Cell struct {
	Factor string // a code such as a34013
	Field  string // Rtd, Avg, Min, Max, Cou, ZsAvg, Flag …
	Text   string
}

// Frame is what one message of an instrument says, ready to be stored.
type Frame struct {
	Point      Point
	Kind       Kind
	At         int64 // DataTime, unix seconds
	QN         int64 // when the message was made, unix milliseconds; 0 when absent
	Received   int64 // when it arrived, unix seconds
	Backfilled bool  // brought later on purpose (RF=1, or an answer to an order)
	Cells      Cells // made by a Packer or by Pack
	Raw        []byte
}

// The times that a frame may have: the clock of an instrument may be wrong (the
// year 2000 after its battery failed), but each month becomes a file.
var (
	minAt = time.Date(1990, 1, 1, 0, 0, 0, 0, clock.Shanghai).Unix()
	maxAt = time.Date(2100, 1, 1, 0, 0, 0, 0, clock.Shanghai).Unix()
)

// The bounds of QN keep its distance from At within 62 bits.
const maxQN = math.MaxInt64 / 4

func (f *Frame) storable() bool {
	return f.Point > 0 && f.Kind >= Rtd && f.Kind <= Day && f.At >= minAt && f.At < maxAt &&
		f.QN >= 0 && f.QN < maxQN && f.Received >= 0 && f.Received < maxQN && f.Cells.ok()
}

// Status says what a frame brought.
type Status uint8

// The statuses.
const (
	New     Status = iota + 1 // at least one factor that was not there, and no other content of one that was
	Same                      // nothing that was not known already
	Changed                   // at least one factor with other content than is stored for it
	Refused                   // not stored: no point, no cells, or a time outside of 1990 to 2099
)

// String returns the word for logs.
func (s Status) String() string {
	switch s {
	case New:
		return "new"
	case Same:
		return "same"
	case Changed:
		return "changed"
	case Refused:
		return "refused"
	}
	return "unknown"
}

// Outcome is what became of a frame. When Provisional, its period has been
// sealed already: Status compares with what came since, and the frame is
// compared with the sealed chunk when it is read or sealed itself.
type Outcome struct {
	Status      Status
	Provisional bool
}

// Result is what became of the frames of an Append, in their order.
type Result struct {
	Frames                     []Outcome
	New, Same, Changed, Refuse int // how many of each
}

func (r *Result) add(o Outcome) {
	r.Frames = append(r.Frames, o)
	switch o.Status {
	case New:
		r.New++
	case Same:
		r.Same++
	case Changed:
		r.Changed++
	case Refused:
		r.Refuse++
	}
}

// All ranges over the cells, allocating a string for each odd text. For many
// rows, Range is quicker.
func (c Cells) All() iter.Seq[Cell] {
	return func(yield func(Cell) bool) {
		r := cellReader{b: c}
		for r.factor() {
			code := r.code.String()
			for i := range r.fields() {
				v := r.value()
				if !yield(Cell{code, r.shape[i].name(), v.text()}) {
					return
				}
			}
		}
	}
}
