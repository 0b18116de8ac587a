package judging_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pingzhang/internal/judging"
)

// Each row of testdata/bad says in its last two columns what is wrong with it and
// the reason that must be given: the row is not judged, the raw text is kept, and
// the rows beside it do not change that.
func TestBadInput(t *testing.T) {
	for medium, judge := range judges(t) {
		t.Run(medium, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "bad", medium+".csv"))
			must(t, err)
			got, err := judge(bytes.NewReader(text), judging.Options{})
			must(t, err)
			n := 0
			for line := range strings.Lines(got) {
				var r struct {
					Type    string            `json:"type"`
					Line    int               `json:"line"`
					Other   map[string]string `json:"other"`
					AQI     *int              `json:"aqi"`
					Class   string            `json:"class_text"`
					Outcome string            `json:"outcome"`
					Verdict string            `json:"verdict"`
				}
				if strings.HasPrefix(line, "#") {
					continue
				}
				must(t, json.Unmarshal([]byte(line), &r))
				if r.Type != medium {
					continue // what was made of all rows
				}
				n++
				raw, reason := r.Other["所述"], r.Other["应有原因"]
				if reason == "" {
					t.Fatalf("row %d names no reason: %s", r.Line, line)
				}
				if r.AQI != nil || r.Class != "" && r.Class != "未知" || r.Outcome != "" && r.Outcome != "unknown" || r.Verdict != "" && r.Verdict != "unknown" {
					t.Errorf("row %d (%s) is judged: %s", r.Line, raw, line)
				}
				// What was put into the extra columns does not count.
				rest := strings.ReplaceAll(line, `"应有原因":`+quotedJSON(reason), "")
				rest = strings.ReplaceAll(rest, `"所述":`+quotedJSON(raw), "")
				if !strings.Contains(rest, reason) || !strings.Contains(rest, quotedJSON(raw)) {
					t.Errorf("row %d: want the reason %q and the text %q\n%s", r.Line, reason, raw, line)
				}
				if strings.Contains(line, "原因不明") {
					t.Errorf("row %d has a reason without words: %s", r.Line, line)
				}
			}
			if want := bytes.Count(text, []byte("\n")) - 1; n != want || n < 18 {
				t.Errorf("%d rows of %d", n, want)
			}
		})
	}
}

// quotedJSON is a text as the results write it.
func quotedJSON(text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}
