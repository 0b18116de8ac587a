package bulletin_test

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var published = time.Date(2026, 11, 24, 10, 0, 0, 0, clock.Shanghai)

func caller(login string, division access.Division, perms ...access.Permission) access.Caller {
	return access.Caller{Account: 1, Login: login, Name: "示例" + login, Via: "web", Scope: access.Scope{Divisions: []access.Division{division}}}.Grant(perms...)
}

var (
	section = caller("section", "2311", bulletin.ReadNeeds, bulletin.PublishNeeds)
	leader  = caller("leader", "2311", bulletin.ReadNeeds)
	branch  = caller("branch", "231124", bulletin.ReadNeeds, bulletin.PublishNeeds)
	nobody  = caller("nobody", "2311")
)

var key = bulletin.Key{Duty: "air", Kind: "day", Division: "231100", Period: "2026-11-23"}

func content(aqi string) bulletin.Content {
	return bulletin.Content{
		Key: key, Title: "示例日报", EndsOn: "2026-11-23", Summary: []string{"AQI 为 " + aqi}, Notes: []string{"示例"}, Data: json.RawMessage(`{"a":1}`),
		Tables: []bulletin.Table{{Name: "站点", Columns: []string{"站点", "AQI"}, Fields: []string{"名称", "AQI"}, Rows: [][]string{{"示例甲站", aqi}, {"示例乙站", "—"}}}},
	}
}

func issue(aqi string, seen int64, reason string) bulletin.Issue {
	return bulletin.Issue{Content: content(aqi), Seen: seen, Reason: reason, Files: []bulletin.File{{Form: "docx", Name: "示例.docx", Bytes: []byte("PK" + aqi)}}}
}

func TestStore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		db.Clock = clock.Fixed(published)
		s := bulletin.New(db)
		entries := func() int64 {
			n, _, err := sqldb.Value[int64](ctx, db, `SELECT COUNT(*) FROM journal`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, tt := range []struct {
			name string
			by   access.Caller
			is   bulletin.Issue
			kind fault.Kind
		}{
			{"who may only read does not publish", leader, issue("50", 0, ""), fault.Denied},
			{"nobody publishes for a division that is not his", branch, issue("50", 0, ""), fault.NotFound},
			{"a correction of nothing is refused", section, issue("50", 1, "示例理由"), fault.Conflict},
			{"the first is published", section, issue("50", 0, ""), ""},
			{"whoever saw none is told of the first", section, issue("51", 0, ""), fault.Conflict},
			{"a correction without a reason is refused", section, issue("51", 1, "  "), fault.Invalid},
			{"a correction is the second", section, issue("51", 1, "示例：迟到数据"), ""},
		} {
			before := entries()
			p, err := s.Publish(ctx, tt.by, tt.is)
			if tt.kind != "" {
				if !fault.Is(err, tt.kind) || entries() != before {
					t.Errorf("%s: %v, %d entries of the journal", tt.name, err, entries()-before)
				}
				continue
			}
			if err != nil || p.Revision != tt.is.Seen+1 || p.At != published.Unix() || entries() != before+1 {
				t.Errorf("%s: %+v, %v", tt.name, p, err)
			}
		}
		all, err := s.Revisions(ctx, leader, key)
		if err != nil || len(all) != 2 || all[0].Revision != 2 || all[0].Reason != "示例：迟到数据" || all[1].ByName != "示例section" {
			t.Fatalf("%+v, %v", all, err)
		}
		// The first stands as it was.
		first, err := s.Open(ctx, leader, all[1].ID)
		if err != nil || !reflect.DeepEqual(first.Content, content("50")) || first.Digest != content("50").Digest() || len(first.Files) != 1 || first.Files[0].Bytes != nil {
			t.Errorf("%+v, %v", first, err)
		}
		f, err := s.File(ctx, leader, all[1].ID, "docx")
		if err != nil || string(f.Bytes) != "PK50" || f.Name != "示例.docx" || f.Digest != first.Files[0].Digest {
			t.Errorf("%+v, %v", f, err)
		}
		list, err := s.List(ctx, leader, key, "2026-11-01", "2026-11-30")
		if err != nil || len(list) != 1 || list[0].ID != all[0].ID {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err := s.List(ctx, leader, key, "2026-11-24", "2026-11-30"); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		t.Run("no scope, no rows", func(t *testing.T) {
			if list, err := s.List(ctx, branch, key, "2026-01-01", "2026-12-31"); err != nil || len(list) != 0 {
				t.Error(list, err)
			}
			if all, err := s.Revisions(ctx, branch, key); err != nil || len(all) != 0 {
				t.Error(all, err)
			}
			if _, err := s.Open(ctx, branch, all[0].ID); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if _, err := s.File(ctx, branch, all[0].ID, "docx"); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if _, err := s.Open(ctx, nobody, all[0].ID); !fault.Is(err, fault.Denied) {
				t.Error(err)
			}
		})
		t.Run("what was altered in the database is not shown", func(t *testing.T) {
			err := db.InTx(ctx, func(tx *sqldb.Tx) error {
				if err := tx.ExecOne(ctx, `UPDATE bulletins SET content = REPLACE(content, 'AQI 为 50', 'AQI 为 40') WHERE id = $1`, all[1].ID); err != nil {
					return err
				}
				return tx.ExecOne(ctx, `UPDATE bulletin_files SET bytes = $1 WHERE bulletin = $2`, []byte("PK40"), all[1].ID)
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Open(ctx, leader, all[1].ID); !fault.Is(err, fault.Internal) {
				t.Error(err)
			}
			if f, err := s.File(ctx, leader, all[1].ID, "docx"); !fault.Is(err, fault.Internal) || f.Bytes != nil {
				t.Error(f, err)
			}
		})
	}, journal.Migrations, bulletin.Migrations)
}

func TestCompare(t *testing.T) {
	a, b := content("50"), content("51")
	b.Tables[0].Rows = append(b.Tables[0].Rows, []string{"示例丙站", "60"})
	b.Tables = append(b.Tables, bulletin.Table{Name: "县区", Columns: []string{"区域"}, Rows: [][]string{{"示例县"}}})
	want := []bulletin.Difference{
		{"站点", "示例甲站", "AQI", "50", "51"}, {"站点", "示例丙站", "站点", "", "示例丙站"}, {"站点", "示例丙站", "AQI", "", "60"},
		{"县区", "示例县", "区域", "", "示例县"}, {"概述", "第 1 段", "", "AQI 为 50", "AQI 为 51"},
	}
	if got := bulletin.Compare(a, b); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := bulletin.Compare(a, content("50")); got != nil {
		t.Errorf("%+v", got)
	}
	a.Tables[0].Rows = [][]string{{"同名", "1"}, {"同名", "2"}}
	b = a
	b.Tables = []bulletin.Table{{Name: "站点", Columns: a.Tables[0].Columns, Rows: [][]string{{"同名", "1"}, {"同名", "3"}}}}
	if got := bulletin.Compare(a, b); len(got) != 1 || got[0].Row != "同名（2）" || got[0].To != "3" {
		t.Errorf("%+v", got)
	}
}
