package land

import (
	"testing"

	"pingzhang/standard"
)

func TestReadDepth(t *testing.T) {
	for _, tt := range []struct {
		text, unit, from, to string
		issue                standard.Issue
	}{
		{"0-20cm", "", "0", "20", ""},
		{"0～0.2 m", "", "0", "20", ""},
		{"0.2-0.5米", "", "20", "50", ""},
		{"0—20", "cm", "0", "20", ""},
		{"0cm-20cm", "cm", "0", "20", ""},
		{"1.5m", "", "150", "150", ""},
		{"50至100厘米", "", "50", "100", ""},
		{"0-20", "", "", "", depthNoUnit},
		{"0-20cm", "m", "", "", depthOdd}, // the header says metres
		{"0m-20cm", "", "", "", depthOdd},
		{"20-0cm", "", "", "", depthOdd},
		{"-20cm", "", "", "", depthOdd},
		{"表层", "cm", "", "", depthOdd},
		{"０-20cm", "", "", "", depthOdd},
	} {
		from, to, issue, why := readDepth(tt.text, tt.unit)
		if plain(from) != tt.from || plain(to) != tt.to || issue != tt.issue || (issue != "") != (why != "") {
			t.Errorf("readDepth(%q, %q) = %s, %s, %q, %q; want %s, %s, %q", tt.text, tt.unit, from, to, issue, why, tt.from, tt.to, tt.issue)
		}
	}
}

// What is unknown weighs more than what is in order, and an item that the
// standard does not name decides nothing.
func TestWorst(t *testing.T) {
	for _, tt := range []struct {
		name   string
		states []State
		want   State
	}{
		{"nothing was judged", nil, Unknown},
		{"only what the standard does not name", []State{Unruled}, Unknown},
		{"all in order", []State{Good, Unruled, Good}, Good},
		{"one unknown", []State{Good, Unknown, Exempt}, Unknown},
		{"a state that is none", []State{Good, "odd"}, Unknown},
		{"what was found stands beside what is unknown", []State{Unknown, Over}, Over},
		{"the worst counts", []State{Over, Severe, Unknown}, Severe},
		{"within the background is more than in order", []State{Good, Exempt}, Exempt},
	} {
		if got := Worst(tt.states...); got != tt.want {
			t.Errorf("%s: %s; want %s", tt.name, got, tt.want)
		}
	}
}
