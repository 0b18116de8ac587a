package calendar

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var clerk = Editor{Login: "clerk", Via: "web"}

// entries counts what the journal holds.
func entries(t *testing.T, db *sqldb.DB) int64 {
	t.Helper()
	n, _, err := sqldb.Value[int64](context.Background(), db, `SELECT COUNT(*) FROM journal`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		catalog, _ := shipped(t)
		s := New(db, catalog)
		table := func() *Table {
			t.Helper()
			got, err := s.Table(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := table(); len(got.Days(2026)) != len(catalog.Days(2026)) || got.Entered(2027) {
			t.Error("before anything is entered the table is not that of the catalog")
		}

		off := Holiday{On: day("2027-01-01"), Kind: Off, Name: "元旦", Source: "国办通知", Confidence: "source"}
		if err := s.SetDay(ctx, clerk, off); !fault.Is(err, fault.Invalid) || table().Entered(2027) {
			t.Errorf("a day of a year that is not entered: %v", err)
		}
		year := Year{2027, "国办通知", "source"}
		if err := s.EnterYear(ctx, clerk, year, []Holiday{off, {On: day("2027-01-03"), Kind: Work, Name: "元旦", Source: "国办通知", Confidence: "source"}}); err != nil {
			t.Fatal(err)
		}
		got := table()
		if got.Working(day("2027-01-01")) || !got.Working(day("2027-01-03")) || got.Doubt(2027) != "" || entries(t, db) != 1 {
			t.Errorf("the year is not in force: %v, doubt %q, %d journal entries", got.Days(2027), got.Doubt(2027), entries(t, db))
		}

		// A correction: the Sunday does not work, the Monday is off.
		if err := s.SetDay(ctx, clerk, Holiday{On: day("2027-01-03"), Kind: Plain, Confidence: "source", Source: "更正通知"}); err != nil {
			t.Fatal(err)
		}
		if table().Working(day("2027-01-03")) || entries(t, db) != 2 {
			t.Error("the correction is not in force")
		}
		if err := s.SetDay(ctx, clerk, off); err != nil || entries(t, db) != 2 {
			t.Errorf("saying the same again wrote something: %v, %d entries", err, entries(t, db))
		}
		// Entered anew, what is left out becomes ordinary, the catalog's days too.
		if err := s.EnterYear(ctx, clerk, Year{2026, "国办发明电〔2025〕7号", "source"}, []Holiday{{On: day("2026-10-01"), Kind: Off, Name: "国庆节", Confidence: "unverified"}}); err != nil {
			t.Fatal(err)
		}
		if got := table(); len(got.Days(2026)) != 1 || !got.Working(day("2026-10-02")) || got.Doubt(2026) != "" {
			t.Errorf("2026 has %v, doubt %q", got.Days(2026), got.Doubt(2026))
		}
		history, err := s.History(ctx, 2027)
		if err != nil || len(history) != 3 || history[2].Kind != Plain || history[2].Revision != 2 || history[2].By != "clerk" {
			t.Errorf("history %+v, %v", history, err)
		}
	}, journal.Migrations, Migrations)
}

func TestStoreRefuses(t *testing.T) {
	db := sqldbtest.SQLite(t, journal.Migrations, Migrations)
	catalog, _ := shipped(t)
	s := New(db, catalog)
	good := Holiday{On: day("2026-12-25"), Kind: Off, Name: "某节", Source: "文件", Confidence: "source"}
	change := func(f func(*Holiday)) Holiday { h := good; f(&h); return h }
	for _, tt := range []struct {
		name  string
		h     Holiday
		field string
	}{
		{"a weekday cannot be a working weekend", change(func(h *Holiday) { h.Kind = Work }), "kind"},
		{"a kind nobody knows", change(func(h *Holiday) { h.Kind = "half" }), "kind"},
		{"no day", change(func(h *Holiday) { h.On = 0 }), "on"},
		{"no name", change(func(h *Holiday) { h.Name = "" }), "name"},
		{"verified by nothing", change(func(h *Holiday) { h.Source = "" }), "source"},
		{"a confidence nobody knows", change(func(h *Holiday) { h.Confidence = "sure" }), "confidence"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := s.SetDay(context.Background(), clerk, tt.h); !fault.Is(err, fault.Invalid) || fault.FieldsOf(err)[tt.field] == "" {
				t.Errorf("SetDay: %v, fields %v; want one for %s", err, fault.FieldsOf(err), tt.field)
			}
		})
	}
	for _, tt := range []struct {
		name  string
		y     Year
		days  []Holiday
		field string
	}{
		{"a year without source", Year{2026, "", "source"}, []Holiday{good}, "source"},
		{"a year without days", Year{2026, "文件", "source"}, nil, "days"},
		{"a day of another year", Year{2027, "文件", "source"}, []Holiday{good}, "days"},
		{"a day twice", Year{2026, "文件", "source"}, []Holiday{good, good}, "days"},
		{"a year of two digits", Year{26, "文件", "source"}, []Holiday{good}, "year"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := s.EnterYear(context.Background(), clerk, tt.y, tt.days); !fault.Is(err, fault.Invalid) || fault.FieldsOf(err)[tt.field] == "" {
				t.Errorf("EnterYear: %v, fields %v; want one for %s", err, fault.FieldsOf(err), tt.field)
			}
		})
	}
	if n := entries(t, db); n != 0 {
		t.Errorf("what was refused left %d journal entries", n)
	}
}

func TestLoadMistakes(t *testing.T) {
	const families = "families:\n  - {id: a, name: 甲, citation: {title: 甲, confidence: source}}\n"
	const year = "year: 2026\nsource: x\nconfidence: memory\n"
	for _, tt := range []struct{ name, families, year, want string }{
		{"a year without confidence", families, "year: 2026\nsource: x\n", "confidence"},
		{"a key misspelt", families, year + "offf: []\n", "cn-2026.yaml:4"},
		{"a day of another year", families, year + "off:\n  - {from: 2025-12-31, to: 2026-01-01, name: 元旦}\n", "cn-2026.yaml:5: 2025-12-31 不在 2026 年内"},
		{"an end before the beginning", families, year + "off:\n  - {from: 2026-01-03, to: 2026-01-01, name: 元旦}\n", "cn-2026.yaml:5"},
		{"a date that is none", families, year + "off:\n  - {from: 2026-02-30, to: 2026-03-01, name: 元旦}\n", "2026-02-30"},
		{"a weekday as working weekend", families, year + "work:\n  - {on: 2026-01-05, name: 元旦}\n", "不是周末"},
		{"a family twice", families + "  - {id: a, name: 乙, citation: {title: 乙, confidence: source}}\n", year, "families.yaml:3: 计日规则 a 写了两次"},
		{"two ways at once", "families:\n  - {id: a, name: 甲, workdays: [3], all_workdays: true, citation: {title: 甲, confidence: source}}\n", year, "families.yaml:2"},
		{"a family nobody vouches for", "families:\n  - {id: a, name: 甲, citation: {title: 甲, confidence: sure}}\n", year, "confidence"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Load(fstest.MapFS{"families.yaml": {Data: []byte(tt.families)}, "cn-2026.yaml": {Data: []byte(tt.year)}})
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.want) {
				t.Errorf("error %v, want Invalid with %s", err, tt.want)
			}
		})
	}
}

func TestRuleMistakes(t *testing.T) {
	_, families := shipped(t)
	for _, tt := range []struct {
		name, family string
		amount       int
		unit         Unit
	}{
		{"a family nobody knows", "moon", 5, Days},
		{"a unit nobody knows", "agreed", 5, "week"},
		{"a negative amount", "agreed", -1, Days},
		{"a century", "agreed", 100, Years},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r, err := families.Rule(tt.family, tt.amount, tt.unit); !fault.Is(err, fault.Invalid) {
				t.Errorf("Rule = %v, %v; want Invalid", r, err)
			}
		})
	}
	for _, text := range []string{"", "日", "七日", "5", "5周", "-5日", "1.5日"} {
		if n, unit, err := ParseLimit(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("ParseLimit(%q) = %d %s, %v", text, n, unit, err)
		}
	}
}
