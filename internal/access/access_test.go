package access_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/internal/testkit"
)

const good = "Kt7#vm2Qx9!r"

// clockAt is a clock that a test moves.
type clockAt struct{ t time.Time }

func (c *clockAt) Now() time.Time { return c.t.In(clock.Shanghai) }

func newStore(t *testing.T, db *sqldb.DB) (*access.Store, *clockAt) {
	t.Helper()
	roles, err := access.LoadRoles(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	places, err := access.LoadPlaces(catalog.Sub(catalog.FS(""), "heihe"))
	if err != nil {
		t.Fatal(err)
	}
	c := &clockAt{time.Date(2026, 11, 24, 9, 0, 0, 0, clock.Shanghai)}
	db.Clock = c
	return access.New(db, roles, places), c
}

func each(t *testing.T, test func(t *testing.T, s *access.Store, c *clockAt)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s, c := newStore(t, db)
		test(t, s, c)
	}, journal.Migrations, access.Migrations)
}

func TestThreeAdministrators(t *testing.T) {
	each(t, func(t *testing.T, s *access.Store, c *clockAt) {
		ctx := context.Background()
		passwords, err := s.Bootstrap(ctx)
		if err != nil || len(passwords) != 3 {
			t.Fatalf("Bootstrap = %v, %v; want three passwords", passwords, err)
		}
		if again, err := s.Bootstrap(ctx); err != nil || again != nil {
			t.Errorf("a second Bootstrap gives %v, %v; want nothing", again, err)
		}
		callers := map[string]access.Caller{}
		for login, password := range passwords {
			a, err := s.Authenticate(ctx, login, password, "192.0.2.1")
			if err != nil || !a.MustChange {
				t.Fatalf("%s signs in: %v, must change %t; want in, with a password to change", login, err, a.MustChange)
			}
			callers[login], _, err = s.CallerOf(ctx, a.ID, "web")
			if err != nil {
				t.Fatal(err)
			}
			if callers[login].Scope.Sees("231102", 1) || callers[login].May("matter.read") {
				t.Errorf("%s sees business data", login)
			}
		}
		sys, sec := callers["sysadmin"], callers["secadmin"]
		if _, _, err := s.Create(ctx, sec, access.NewAccount{Login: "zhang", Name: "张", Office: "city-air"}); !fault.Is(err, fault.Denied) {
			t.Errorf("the security administrator makes an account: %v, want denied", err)
		}
		audit := callers["auditor"]
		if _, err := s.Reset(ctx, sys, audit.Account); !fault.Is(err, fault.Denied) {
			t.Errorf("the system administrator resets the password of the auditor: %v, want denied", err)
		}
		if _, err := s.Reset(ctx, access.Platform("account.create"), audit.Account); err != nil {
			t.Errorf("on the server it is reset: %v", err)
		}
		a, password, err := s.Create(ctx, sys, access.NewAccount{Login: "zhang", Name: "张三", Office: "branch-231102"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Create(ctx, sys, access.NewAccount{Login: "zhang", Name: "张四", Office: "city-air"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a doubled login gives %v, want conflict", err)
		}
		if err := s.Grant(ctx, sys, a.ID, []string{"county_branch"}); !fault.Is(err, fault.Denied) {
			t.Errorf("the system administrator grants a role: %v, want denied", err)
		}
		if err := s.Grant(ctx, sec, sec.Account, []string{"city_section"}); !fault.Is(err, fault.Denied) {
			t.Errorf("somebody grants himself a role: %v, want denied", err)
		}
		for _, roles := range [][]string{{"sys_admin", "sec_admin"}, {"audit_admin", "city_section"}, {"enterprise"}, {"enterprise", "county_branch"}, {"nobody"}} {
			if err := s.Grant(ctx, sec, a.ID, roles); !fault.Is(err, fault.Invalid) {
				t.Errorf("granting %v gives %v, want invalid", roles, err)
			}
		}
		if err := s.Grant(ctx, sec, a.ID, []string{"county_branch", "field_officer"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Authenticate(ctx, "zhang", password, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
		zhang, _, _ := s.CallerOf(ctx, a.ID, "web")
		if !zhang.Scope.Sees("231102003", 0) || zhang.Scope.Sees("231123", 0) || !zhang.May("matter.move") || zhang.May("account.create") {
			t.Errorf("zhang is %+v: wants his county and its work only", zhang)
		}
		if err := s.SetActive(ctx, sys, a.ID, false); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.CallerOf(ctx, a.ID, "web"); !fault.Is(err, fault.Denied) {
			t.Errorf("a disabled account is still a caller: %v", err)
		}
		if _, err := s.Authenticate(ctx, "zhang", password, "192.0.2.1"); !fault.Is(err, fault.Denied) {
			t.Errorf("a disabled account signs in: %v", err)
		}
	})
}

func TestLock(t *testing.T) {
	each(t, func(t *testing.T, s *access.Store, c *clockAt) {
		ctx := context.Background()
		if err := s.Provide(ctx, access.NewAccount{Login: "li-si", Name: "李四", Office: "city-air"}, []string{"city_section"}, good); err != nil {
			t.Fatal(err)
		}
		try := func(password, address string) error {
			_, err := s.Authenticate(ctx, "li-si", password, address)
			return err
		}
		for range 4 {
			try("wrong", "192.0.2.1")
		}
		if err := try(good, "192.0.2.1"); err != nil {
			t.Fatalf("after four failures the right password gives %v", err)
		}
		for range 5 {
			try("wrong", "192.0.2.1")
		}
		if err := try(good, "192.0.2.1"); !fault.Is(err, fault.Denied) {
			t.Errorf("after five failures the right password gives %v, want denied", err)
		}
		if err := try(good, "192.0.2.2"); err != nil {
			t.Errorf("from another address: %v; a lock must not keep the owner out elsewhere", err)
		}
		c.t = c.t.Add(14*time.Minute + 59*time.Second)
		if err := try(good, "192.0.2.1"); err == nil {
			t.Error("let in a second before the lock ends")
		}
		c.t = c.t.Add(time.Second)
		for range 5 {
			try("wrong", "192.0.2.1")
		}
		c.t = c.t.Add(29 * time.Minute)
		if err := try(good, "192.0.2.1"); err == nil {
			t.Error("the second lock lasts 30 minutes")
		}
		c.t = c.t.Add(time.Minute)
		if err := try(good, "192.0.2.1"); err != nil {
			t.Errorf("after the second lock: %v", err)
		}
		known, unknown := try("wrong", "192.0.2.9"), error(nil)
		_, unknown = s.Authenticate(ctx, "nobody-here", "wrong", "192.0.2.9")
		if fault.Text(known) != fault.Text(unknown) {
			t.Errorf("%q and %q tell whether the account exists", fault.Text(known), fault.Text(unknown))
		}
	})
}

func TestPasswordPolicy(t *testing.T) {
	for _, tt := range []struct {
		name, password string
		ok             bool
	}{
		{"ten characters of three classes pass", "Kt7vm2Qx9r", true},
		{"nine characters are too few", "Kt7vm2Qx9", false},
		{"two classes are too few", "ktvmqxrabz77", false},
		{"the login inside is refused", "Wang-wu#77Kx", false},
		{"a word of the trade is refused", "HuanBao#77Kx", false},
		{"a row of digits is refused", "Kt#vm1234Qx", false},
		{"Chinese counts as another class", "生态kt7Vm2Qx9", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := access.DefaultPolicy.Check(tt.password, "wang-wu", "王五"); (err == nil) != tt.ok {
				t.Errorf("Check(%s) = %v", tt.password, err)
			}
		})
	}
}

func TestChangePassword(t *testing.T) {
	each(t, func(t *testing.T, s *access.Store, c *clockAt) {
		ctx := context.Background()
		if err := s.Provide(ctx, access.NewAccount{Login: "li-si", Name: "李四", Office: "city-air"}, []string{"city_section"}, good); err != nil {
			t.Fatal(err)
		}
		a, err := s.Authenticate(ctx, "li-si", good, "192.0.2.1")
		if err != nil || a.MustChange {
			t.Fatalf("%v, must change %t", err, a.MustChange)
		}
		by, _, _ := s.CallerOf(ctx, a.ID, "web")
		if err := s.ChangePassword(ctx, by, "wrong", "Another#Kt72x"); !fault.Is(err, fault.Invalid) {
			t.Errorf("with a wrong old password: %v", err)
		}
		for i, want := range []struct {
			old, fresh string
			ok         bool
		}{
			{good, good, false}, {good, "Another#Kt72x", true}, {"Another#Kt72x", good, false}, {"Another#Kt72x", "Third-Kt72xq", true},
		} {
			if err := s.ChangePassword(ctx, by, want.old, want.fresh); (err == nil) != want.ok {
				t.Errorf("change %d: %v, want ok %t", i, err, want.ok)
			}
		}
		c.t = c.t.AddDate(0, 0, 91)
		if a, err = s.Authenticate(ctx, "li-si", "Third-Kt72xq", "192.0.2.1"); err != nil || !a.MustChange {
			t.Errorf("after 91 days: %v, must change %t; want a password to change", err, a.MustChange)
		}
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, s *access.Store, c *clockAt) {
		ctx := context.Background()
		if err := s.Provide(ctx, access.NewAccount{Login: "li-si", Name: "李四", Office: "city-air"}, []string{"city_section"}, good); err != nil {
			t.Fatal(err)
		}
		a, _ := s.Authenticate(ctx, "li-si", good, "192.0.2.1")
		by, _, _ := s.CallerOf(ctx, a.ID, "web")
		if _, err := s.CreateToken(ctx, by, "x", []access.Permission{"account.create"}, 10); !fault.Is(err, fault.Denied) {
			t.Errorf("a token for what its maker may not do: %v", err)
		}
		text, err := s.CreateToken(ctx, by, "大屏", []access.Permission{"monitor.read", "api.read"}, 10)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Token(ctx, text)
		if err != nil || !got.May("monitor.read") || got.May("matter.move") || !got.Scope.Sees("231181", 0) || got.Via != "api" {
			t.Errorf("Token = %+v, %v", got, err)
		}
		if _, err := s.Token(ctx, text[:len(text)-1]+"x"); !fault.Is(err, fault.Denied) {
			t.Errorf("another text: %v", err)
		}
		if n, _, _ := sqldb.Value[int64](ctx, s.DB(), `SELECT COUNT(*) FROM tokens WHERE hash = $1`, text); n != 0 {
			t.Error("the token stands in the database as it is")
		}
		c.t = c.t.AddDate(0, 0, 10)
		if _, err := s.Token(ctx, text); !fault.Is(err, fault.Denied) {
			t.Errorf("after ten days: %v, want denied", err)
		}
	})
}

func TestSessions(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := &clockAt{time.Date(2026, 11, 24, 9, 0, 0, 0, clock.Shanghai)}
		db.Clock = c
		s := access.NewSessions(db)
		if err := s.Commit("token", []byte{1, 0, 2}, c.t.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if b, ok, err := s.Find("token"); err != nil || !ok || len(b) != 3 {
			t.Errorf("Find = %v, %t, %v", b, ok, err)
		}
		c.t = c.t.Add(time.Minute)
		if _, ok, err := s.Find("token"); err != nil || ok {
			t.Errorf("an ended session is found: %t, %v", ok, err)
		}
		if n, err := s.Sweep(context.Background()); n != 1 || err != nil {
			t.Errorf("Sweep = %d, %v; want 1", n, err)
		}
	}, access.Migrations)
}

// TestScopeLeaks asks with 200 callers of mixed scopes at once and looks for a
// row that is not theirs.
func TestScopeLeaks(t *testing.T) {
	rows := sqldb.Migrations{Set: "rows", Files: fstest.MapFS{"0001_rows.sql": {Data: []byte("CREATE TABLE r (id BIGINT PRIMARY KEY, division TEXT NOT NULL, enterprise BIGINT NOT NULL);\n")}}}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		divisions := []access.Division{"231102", "231123", "231124", "231181001", "231182", "231183", "230300"}
		err := db.InTx(ctx, func(tx *sqldb.Tx) error {
			for i := range 700 {
				if _, err := tx.Exec(ctx, `INSERT INTO r (id, division, enterprise) VALUES ($1, $2, $3)`, i, string(divisions[i%7]), i%50); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		scopes := []access.Scope{{}, {Divisions: []access.Division{"231100"}}, {Divisions: []access.Division{"231102"}}, {Divisions: []access.Division{"231181", "231182"}}, {Enterprise: 7}, access.System}
		want := []int{0, 600, 100, 200, 14, 700}
		type row struct {
			ID         int64  `db:"id"`
			Division   string `db:"division"`
			Enterprise int64  `db:"enterprise"`
		}
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				s := scopes[i%len(scopes)]
				cond, args := s.Where("division", "enterprise", 1)
				got, err := sqldb.All[row](ctx, db, `SELECT id, division, enterprise FROM r WHERE `+cond, args...)
				if err != nil || len(got) != want[i%len(want)] {
					t.Errorf("scope %+v sees %d rows, %v; want %d", s, len(got), err, want[i%len(want)])
				}
				for _, g := range got {
					if !s.Sees(access.Division(g.Division), g.Enterprise) {
						t.Errorf("scope %+v got row %+v", s, g)
					}
				}
			})
		}
		wg.Wait()
	}, rows)
}

func TestCatalogMistakes(t *testing.T) {
	for _, tt := range []struct{ name, file, text, want string }{
		{"a permission that is not there", "roles.yaml", "roles:\n  - code: a\n    name: 甲\n    group: business\n    permissions: [matter.reed]\npermissions:\n  matter.read: 查看\n", "roles.yaml:5"},
		{"a misspelt key", "roles.yaml", "roles:\n  - code: a\n    nam: 甲\n", "roles.yaml:3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := access.LoadRoles(fstest.MapFS{tt.file: {Data: []byte(tt.text)}})
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.want) {
				t.Errorf("got %v, want a sentence with %s", err, tt.want)
			}
		})
	}
}

func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join(testkit.Root(t), "catalog", "heihe", "offices.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	os.MkdirAll(filepath.Join(dir, "heihe"), 0o755)
	os.WriteFile(filepath.Join(dir, "heihe", "offices.yaml"), []byte(strings.ReplaceAll(string(text), "办公室", "综合办公室")), 0o644)
	p, err := access.LoadPlaces(catalog.Sub(catalog.FS(dir), "heihe"))
	if err != nil {
		t.Fatal(err)
	}
	if p.OfficeName("city-office") != "综合办公室" || p.NameOf("231102") != "爱辉区" {
		t.Errorf("the bureau's file is not over the built-in one: %s, %s", p.OfficeName("city-office"), p.NameOf("231102"))
	}
}
