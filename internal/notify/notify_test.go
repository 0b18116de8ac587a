package notify_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/notify"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var (
	ctx = context.Background()
	now = time.Date(2026, 9, 1, 9, 0, 0, 0, clock.Shanghai)
)

func each(t *testing.T, test func(t *testing.T, s *notify.Store, db *sqldb.DB)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		db.Clock = clock.Fixed(now)
		test(t, notify.New(db), db)
	}, notify.Migrations)
}

func post(t *testing.T, s *notify.Store, db *sqldb.DB, all ...notify.Notice) {
	t.Helper()
	err := db.InTx(ctx, func(tx *sqldb.Tx) error {
		for _, n := range all {
			if err := s.Post(ctx, tx, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoticesReachTheirScope(t *testing.T) {
	each(t, func(t *testing.T, s *notify.Store, db *sqldb.DB) {
		who := func(account int64, role string, scope access.Scope) access.Caller {
			return access.Caller{Account: account, Roles: []string{role}, Scope: scope}
		}
		in := func(d access.Division) access.Scope { return access.Scope{Divisions: []access.Division{d}} }
		post(t, s, db,
			notify.Notice{Role: "county_branch", Division: "231102", Text: "核查"},
			notify.Notice{Role: "city_section", Division: "231100", Text: "审核"},
			notify.Notice{Role: "enterprise", Division: "231102", Enterprise: 77, Text: "说明"},
			notify.Notice{Account: 5, Text: "只给一人"},
		)
		for _, tt := range []struct {
			name string
			by   access.Caller
			want int
		}{
			{"the branch of the county", who(1, "county_branch", in("231102")), 1},
			{"not that of another county", who(2, "county_branch", in("231121")), 0},
			{"the section of the city", who(3, "city_section", in("231100")), 1},
			{"the enterprise", who(4, "enterprise", access.Scope{Enterprise: 77}), 1},
			{"not another enterprise", who(6, "enterprise", access.Scope{Enterprise: 78}), 0},
			{"one account", access.Caller{Account: 5}, 1},
			{"a role without scope", who(7, "county_branch", access.Scope{}), 0},
			{"nobody", access.Caller{}, 0},
		} {
			t.Run(tt.name, func(t *testing.T) {
				n, err := s.Unread(ctx, tt.by)
				if err != nil || n != tt.want {
					t.Errorf("%d unread, %v; want %d", n, err, tt.want)
				}
				all, err := s.List(ctx, tt.by, 0, 10)
				if err != nil || len(all) != tt.want {
					t.Errorf("%d listed, %v; want %d", len(all), err, tt.want)
				}
			})
		}
		a, b := who(1, "county_branch", in("231102")), who(8, "county_branch", in("231102"))
		for range 2 {
			if err := s.MarkRead(ctx, a, 0); err != nil {
				t.Fatal(err)
			}
		}
		read, _ := s.Unread(ctx, a)
		unread, _ := s.Unread(ctx, b)
		if all, _ := s.List(ctx, a, 0, 10); read != 0 || unread != 1 || !all[0].Read {
			t.Errorf("after one of two colleagues has read: %d and %d unread; want 0 and 1", read, unread)
		}
		foreign, _ := s.List(ctx, access.Caller{Account: 5}, 0, 10)
		if err := s.MarkRead(ctx, a, foreign[0].ID); err != nil {
			t.Fatal(err)
		}
		if n, _ := s.Unread(ctx, access.Caller{Account: 5}); n != 1 {
			t.Error("a notice was read by somebody whom it is not for")
		}
	})
}

func TestUndoneChangeTellsNobody(t *testing.T) {
	each(t, func(t *testing.T, s *notify.Store, db *sqldb.DB) {
		s.Webhooks = []string{"http://127.0.0.1/hook"}
		err := db.InTx(ctx, func(tx *sqldb.Tx) error {
			if err := s.Post(ctx, tx, notify.Notice{Account: 5, Text: "甲"}); err != nil {
				return err
			}
			return errors.New("changed my mind")
		})
		n, _ := s.Unread(ctx, access.Caller{Account: 5})
		m, _ := s.Messages(ctx, "", 10)
		if err == nil || n != 0 || len(m) != 0 {
			t.Errorf("%d notices and %d messages are left", n, len(m))
		}
	})
}

func TestTwoWorkersSendEachMessageOnce(t *testing.T) {
	each(t, func(t *testing.T, s *notify.Store, db *sqldb.DB) {
		s.Webhooks = []string{"http://127.0.0.1/hook"}
		const messages = 40
		for range messages {
			post(t, s, db, notify.Notice{Account: 5, Text: "甲"})
		}
		var mu sync.Mutex
		times := map[int64]int{}
		var wg sync.WaitGroup
		for _, worker := range []string{"a", "b", "c"} {
			wg.Go(func() {
				for range 3 {
					_, _, err := s.Deliver(ctx, now, worker, messages, func(_ context.Context, m notify.Message) error {
						mu.Lock()
						defer mu.Unlock()
						times[m.ID]++
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if len(times) != messages {
			t.Errorf("%d messages were sent, want %d", len(times), messages)
		}
		for id, n := range times {
			if n != 1 {
				t.Errorf("message %d was sent %d times", id, n)
			}
		}
	})
}

func TestDeliverTriesAgain(t *testing.T) {
	each(t, func(t *testing.T, s *notify.Store, db *sqldb.DB) {
		s.Webhooks = []string{"http://127.0.0.1/hook"}
		post(t, s, db, notify.Notice{Account: 5, Text: "甲"})
		down := func(context.Context, notify.Message) error { return errors.New("connection refused") }
		up := func(context.Context, notify.Message) error { return nil }

		at := now
		for try := 1; try < notify.MostTries; try++ {
			if _, failed, err := s.Deliver(ctx, at, "a", 1, down); failed != 1 || err != nil {
				t.Fatalf("try %d: %d failed, %v; want 1", try, failed, err)
			}
			next := at.Add(notify.Delay(try))
			if m, _ := s.Claim(ctx, next.Add(-time.Second), "a", 1); len(m) != 0 {
				t.Fatalf("after try %d it was claimed a second early", try)
			}
			at = next
		}
		s.Deliver(ctx, at, "a", 1, down)
		if m, _ := s.Messages(ctx, "failed", 10); len(m) != 1 || m[0].LastError != "connection refused" {
			t.Errorf("after %d tries: %+v, want one given up with its reason", notify.MostTries, m)
		}

		post(t, s, db, notify.Notice{Account: 5, Text: "乙"})
		first, _ := s.Claim(ctx, now, "dies", 1)
		if m, _ := s.Claim(ctx, now.Add(notify.Lease-time.Second), "b", 1); len(first) != 1 || len(m) != 0 {
			t.Fatal("a message was claimed while another worker holds its lease")
		}
		if sent, _, err := s.Deliver(ctx, now.Add(notify.Lease), "b", 1, up); sent != 1 || err != nil {
			t.Errorf("after the lease %d were sent, %v; want 1", sent, err)
		}
		if err := s.Finish(ctx, now.Add(notify.Lease), "dies", first[0], errors.New("late")); err != nil {
			t.Fatal(err)
		}
		if m, _ := s.Messages(ctx, "sent", 10); len(m) != 1 {
			t.Error("a worker that lost its lease changed the outcome")
		}
	})
}

func TestDelay(t *testing.T) {
	for _, tt := range []struct {
		name  string
		tries int
		want  time.Duration
	}{
		{"a minute at first", 1, time.Minute},
		{"then two", 2, 2 * time.Minute},
		{"four hours and a quarter", 9, 256 * time.Minute},
		{"six hours at most", 10, 6 * time.Hour},
		{"and for ever", 1000, 6 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := notify.Delay(tt.tries); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
