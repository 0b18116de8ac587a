package discharge

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"pingzhang/standard"
)

func TestSpans(t *testing.T) {
	hours := func(all ...int64) []int64 {
		out := make([]int64, len(all))
		for i, h := range all {
			out[i] = h * 3600
		}
		return out
	}
	for _, tt := range []struct {
		name   string
		in     []int64
		rejoin int
		want   []Span
	}{
		{"nothing is no episode", nil, 3, nil},
		{"one hour is one", hours(5), 3, []Span{hours(5)}},
		{"three hours between join", hours(5, 9), 3, []Span{hours(5, 9)}},
		{"four hours between part", hours(5, 10), 3, []Span{hours(5), hours(10)}},
		{"with no rejoining only hours on end join", hours(5, 6, 8), 0, []Span{hours(5, 6), hours(8)}},
		{"order and repeats do not matter", hours(9, 5, 9, 5), 3, []Span{hours(5, 9)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Spans(tt.in, 3600, tt.rejoin); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestSpansAnyOrder checks Spans against a plain walk over every hour.
func TestSpansAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		rejoin, n := r.IntN(5), r.IntN(60)
		exceeds := map[int64]bool{}
		var given []int64
		for range n {
			h := int64(r.IntN(80))
			exceeds[h] = true
			given = append(given, h*3600)
		}
		var want []Span
		quiet := 1 << 30
		for h := int64(0); h < 80; h++ {
			if !exceeds[h] {
				quiet++
				continue
			}
			if quiet > rejoin {
				want = append(want, nil)
			}
			want[len(want)-1] = append(want[len(want)-1], h*3600)
			quiet = 0
		}
		if got := Spans(given, 3600, rejoin); !reflect.DeepEqual(got, want) {
			t.Fatalf("rejoin %d, %v: got %v, want %v", rejoin, given, got, want)
		}
	}
}

func TestEnding(t *testing.T) {
	const m, u, x = standard.Meets, standard.Unknown, standard.Exceeds
	for _, tt := range []struct {
		name  string
		after []standard.Verdict // of the hours that follow; empty: none yet
		hours int64              // that have passed since the start of the last exceeding one
		want  EpisodeState
	}{
		{"just after it the episode is open", nil, 1, Open},
		{"one clear hour is not enough", []standard.Verdict{m}, 2, Open},
		{"two on end are", []standard.Verdict{m, m}, 3, Cleared},
		{"an unknown hour is not clear", []standard.Verdict{m, u, m}, 3, Open},
		{"nor does it keep two later ones from clearing", []standard.Verdict{u, m, m}, 4, Cleared},
		{"a paused exceedance is not clear", []standard.Verdict{x, m}, 3, Open},
		{"within reach of rejoining nothing lapses", []standard.Verdict{u, u, u}, 3, Open},
		{"beyond it unknown hours lapse", []standard.Verdict{u, u, u}, 4, Lapsed},
		{"hours of which nothing is known lapse too", nil, 4, Lapsed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			verdicts := map[int64]standard.Verdict{}
			for i, v := range tt.after {
				verdicts[3600*(int64(i)+11)] = v
			}
			if got := Ending(36000, verdicts, 3600, 3, 2, 36000+tt.hours*3600); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	t.Run("where clearing takes longer than rejoining it is waited for", func(t *testing.T) {
		verdicts := map[int64]standard.Verdict{3600: m, 7200: m, 10800: m}
		if got := Ending(0, verdicts, 3600, 1, 3, 3*3600); got != Cleared {
			t.Errorf("got %s", got)
		}
		if got := Ending(0, nil, 3600, 1, 3, 3*3600+3599); got != Open {
			t.Errorf("got %s", got)
		}
	})
}
