package web

import "testing"

func TestDetailText(t *testing.T) {
	for detail, want := range map[string]string{
		`{"login":"demo-heat","enterprise":31,"office":""}`:                                 "login：demo-heat；enterprise：31",
		`{"changed":[{"field":"name","from":"","to":"总排口"},{"field":"n","from":1,"to":2}]}`: "changed：name “”→“总排口”，n “1”→“2”",
		`{"roles":["a","b"]}`: `roles：["a","b"]`,
		`null`:                `null`,
		`not json`:            `not json`,
		``:                    ``,
	} {
		if got := detailText(detail); got != want {
			t.Errorf("detailText(%s) = %s; want %s", detail, got, want)
		}
	}
}
