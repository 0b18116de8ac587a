package access_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

func TestHostileLogins(t *testing.T) {
	each(t, func(t *testing.T, s *access.Store, _ *clockAt) {
		ctx := context.Background()
		if err := s.Provide(ctx, access.NewAccount{Login: "li-si", Name: "李四", Office: "city-air"}, []string{"city_section"}, good); err != nil {
			t.Fatal(err)
		}
		for _, login := range []string{"", "a\x00b", "\xff\xfe\xfd", strings.Repeat("x", 1<<16), "a'; DROP TABLE accounts; --", "李四", "aXb\x00"} {
			for range 6 {
				if _, err := s.Authenticate(ctx, login, "wrong", "192.0.2.7"); !fault.Is(err, fault.Denied) {
					t.Fatalf("login %.20q gives %v, want denied", login, err)
				}
			}
		}
		if _, err := s.Authenticate(ctx, " Li-Si ", good, "192.0.2.7"); err != nil {
			t.Errorf("capitals and spaces around a login keep its owner out: %v", err)
		}
		sys := access.Platform("account.create")
		for _, login := range []string{"a李b", "a b", "invalid-login", "system", "ab"} {
			if _, _, err := s.Create(ctx, sys, access.NewAccount{Login: login, Name: "张三", Office: "city-air"}); fault.FieldsOf(err)["login"] == "" {
				t.Errorf("an account %q was made: %v", login, err)
			}
		}
	})
}

// Guesses at once may not be many more than the policy's five.
func TestGuessesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *access.Store, _ *clockAt) {
		var mu sync.Mutex
		tried := 0
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				_, err := s.Authenticate(context.Background(), "nobody-here", "wrong", "192.0.2.8")
				mu.Lock()
				defer mu.Unlock()
				if !fault.Is(err, fault.Denied) {
					t.Error(err)
				}
				if !strings.HasPrefix(fault.Text(err), "连续输错次数过多") {
					tried++
				}
			})
		}
		wg.Wait()
		if most := access.DefaultPolicy.FailuresLock + access.SignInsAtOnce; tried > most {
			t.Errorf("%d of 40 guesses at once were tried, want at most %d", tried, most)
		}
	})
}

func TestAccountsAreJournaled(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s, _ := newStore(t, db)
		ctx := context.Background()
		if _, err := s.Bootstrap(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.Provide(ctx, access.NewAccount{Login: "li-si", Name: "李四", Office: "city-air"}, []string{"city_section"}, good); err != nil {
			t.Fatal(err)
		}
		rows, err := journal.New(db, nil, "").Page(ctx, access.System, journal.Filter{}, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var acts []string
		for _, r := range rows {
			acts = append(acts, r.Act)
			if strings.Contains(r.Detail, good) || strings.Contains(r.Detail, "argon2") {
				t.Errorf("the journal holds a password: %s", r.Detail)
			}
		}
		slices.Sort(acts)
		want := slices.Concat(slices.Repeat([]string{"account.create"}, 4), slices.Repeat([]string{"role.grant"}, 4))
		if !slices.Equal(acts, want) {
			t.Errorf("the journal holds %v, want %v", acts, want)
		}
	}, journal.Migrations, access.Migrations)
}
