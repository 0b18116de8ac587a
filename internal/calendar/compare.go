package calendar

// Move is a due date that another table changes.
type Move struct {
	Index        int // into the clocks given to Compare
	Was, Becomes Deadline
}

// Compare returns which of the clocks end on another day, or at another
// moment, by table becomes than by table was, in the order given. Due dates
// are derived, so that entering a year or correcting a day moves them without
// anything being stored; this is the list to show before that is done.
func Compare(was, becomes *Table, clocks []Clock) []Move {
	var moves []Move
	for i, c := range clocks {
		a, b := c.Due(was), c.Due(becomes)
		if a.Last != b.Last || !a.End.Equal(b.End) || a.Stopped != b.Stopped || !sameLeft(a.Left, b.Left) {
			moves = append(moves, Move{i, a, b})
		}
	}
	return moves
}

func sameLeft(a, b []Left) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
