package web

import "testing"

func TestDetailText(t *testing.T) {
	for detail, want := range map[string]string{
		`{"login":"demo-heat","enterprise":31,"office":""}`:                                 "账号：demo-heat；排污单位：31",
		`{"changed":[{"field":"name","from":"","to":"总排口"},{"field":"n","from":1,"to":2}]}`: "更改：名称 “”→“总排口”，n “1”→“2”",
		`{"roles":["a","b"]}`:                "角色：a、b",
		`{"hour":1795500000,"n":1795500000}`: "小时：2026-11-24 14:00；n：1795500000",
		`null`:                               `null`,
		`not json`:                           `not json`,
		``:                                   ``,
	} {
		if got := detailText(detail); got != want {
			t.Errorf("detailText(%s) = %s; want %s", detail, got, want)
		}
	}
}
