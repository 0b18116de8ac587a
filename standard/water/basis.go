package water

import (
	"slices"
	"strings"

	"pingzhang/standard"
)

// A Basis is what a result rests on.
type Basis struct {
	Citations []standard.Citation `json:"citations,omitempty"`
	Rows      []standard.Ref      `json:"rows,omitempty"`
	// Confidence is that of the weakest row; standard.Missing where the result
	// rests on none.
	Confidence standard.Confidence `json:"confidence"`
	Because    []string            `json:"because,omitempty"` // choices and arithmetic, in Chinese
}

// Verified reports whether all rows were read in the standards themselves.
func (b Basis) Verified() bool { return b.Confidence.Verified() }

// Label is 待核实 where the result does not stand without it, else empty.
func (b Basis) Label() string { return b.Confidence.Label() }

// Arithmetic returns the choices and the arithmetic as one sentence.
func (b Basis) Arithmetic() string { return strings.Join(b.Because, "；") }

// rests notes that the result rests on a row.
func (b *Basis) rests(l line) {
	if slices.Contains(b.Rows, l.ref) {
		return
	}
	b.Rows = append(b.Rows, l.ref)
	b.weaken(l.Citation.Confidence)
	if !slices.Contains(b.Citations, l.Citation) {
		b.Citations = append(b.Citations, l.Citation)
	}
}

// takes adds the rows of another basis, not its arithmetic.
func (b *Basis) takes(other Basis) {
	for _, r := range other.Rows {
		if !slices.Contains(b.Rows, r) {
			b.Rows = append(b.Rows, r)
		}
	}
	for _, c := range other.Citations {
		if !slices.Contains(b.Citations, c) {
			b.Citations = append(b.Citations, c)
		}
	}
	if len(other.Rows) > 0 {
		b.weaken(other.Confidence)
	}
}

func (b *Basis) weaken(c standard.Confidence) {
	if b.Confidence == "" {
		b.Confidence = c
	}
	b.Confidence = b.Confidence.Weaker(c)
}

func (b *Basis) because(parts ...string) { b.Because = append(b.Because, strings.Join(parts, "")) }

// close gives a result that rests on nothing its confidence.
func (b *Basis) close() {
	if b.Confidence == "" {
		b.Confidence = standard.Missing
	}
}

// cited writes the documents of the basis: ；依据……
func (b Basis) cited() string {
	var out strings.Builder
	for _, c := range b.Citations {
		out.WriteString("；依据" + c.String())
	}
	return out.String()
}
