package journal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"testing"

	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

func add(t testing.TB, db *sqldb.DB, entries ...Entry) {
	t.Helper()
	err := db.InTx(context.Background(), func(tx *sqldb.Tx) error {
		for _, e := range entries {
			if err := Append(context.Background(), tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func entry(n int) Entry {
	return Entry{By: "zhangsan", Via: "web", Act: "matter.move", Object: fmt.Sprintf("matter/%d", n), Division: "231102",
		Detail: map[string]any{"from": "立案", "to": "调查", "n": n}}
}

// The printed example of GB/T 32905-2016 A.1: SM3("abc").
func TestHasher(t *testing.T) {
	const abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
	// RFC 6962 2.1 puts 0x00 before a leaf. A leaf of "bc" after a zero is not
	// "abc", so the plain hash must differ and the empty tree is SM3("").
	const empty = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"
	if got := hex.EncodeToString(Hasher.EmptyRoot()); got != empty {
		t.Errorf("the empty tree is %s, want SM3 of nothing %s", got, empty)
	}
	if got := hex.EncodeToString(Hasher.HashLeaf([]byte("abc"))); got == abc {
		t.Error("a leaf is hashed without its prefix")
	}
}

func TestCanonical(t *testing.T) {
	type move struct {
		To   string `json:"to"`
		From string `json:"from"`
	}
	for _, tt := range []struct {
		name string
		in   any
		want string
	}{
		{"nothing is an empty object", nil, `{}`},
		{"keys are sorted, whatever order the struct has", move{"b", "a"}, `{"from":"a","to":"b"}`},
		{"numbers keep their text", map[string]any{"v": 1e21, "i": int64(9007199254740993)}, `{"i":9007199254740993,"v":1e+21}`},
		{"angle brackets and Chinese stay readable", map[string]string{"a": "<超标> & b"}, `{"a":"<超标> & b"}`},
		{"a bare text becomes an object", "立案", `{"value":"立案"}`},
		{"NUL is an escape", map[string]string{"a": "\x00"}, "{\"a\":\"\\u0000\"}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := canonical(tt.in); err != nil || got != tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
		})
	}
	if _, err := canonical(func() {}); err == nil {
		t.Error("a function was written as JSON")
	}
}

func TestEncode(t *testing.T) {
	r := Row{Seq: 7, At: 1795500000, By: "a", Via: "web", Act: "x.y", Object: "x/1", Division: "2311", Enterprise: 0, Detail: `{"环":1}`}
	want := `19:pingzhang-journal-1,1:7,10:1795500000,1:a,3:web,3:x.y,3:x/1,4:2311,1:0,9:{"环":1},`
	if got := string(r.encode()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAppend(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		add(t, db, entry(1), entry(2))
		if err := db.InTx(ctx, func(tx *sqldb.Tx) error {
			if err := Append(ctx, tx, entry(3)); err != nil {
				return err
			}
			return errors.New("changed my mind")
		}); err == nil {
			t.Fatal("the transaction was kept")
		}
		add(t, db, Entry{By: "x\x00\xff", Via: "web", Act: "a.b", Object: "c/1"})
		rows, err := sqldb.All[Row](ctx, db, `SELECT `+rowColumns+` FROM journal ORDER BY seq`)
		if err != nil || len(rows) != 3 {
			t.Fatalf("%d rows, %v; want 3: what was undone leaves no gap", len(rows), err)
		}
		// The root of three leaves by the definition of RFC 6962 2.1:
		// H(H(d0, d1), d2).
		want := Hasher.HashChildren(Hasher.HashChildren(rows[0].hash(), rows[1].hash()), rows[2].hash())
		var size int64
		var frontier []byte
		if err := db.QueryRow(ctx, `SELECT size, frontier FROM journal_head`).Scan(&size, &frontier); err != nil {
			t.Fatal(err)
		}
		if root, err := rootOf(size, frontier); err != nil || string(root) != string(want) || size != 3 {
			t.Errorf("size %d, root %x, %v; want 3, %x", size, root, err, want)
		}
		if got := rows[2].By; got != "x\uFFFD\uFFFD" {
			t.Errorf("a login of stray bytes is stored as %q", got)
		}
		if err := db.InTx(ctx, func(tx *sqldb.Tx) error { return Append(ctx, tx, Entry{Act: "a.b", Object: "c/1"}) }); err == nil {
			t.Error("an entry by nobody was taken")
		}
	}, Migrations)
}

func TestAppendTogether(t *testing.T) {
	const writers, each = 8, 25
	ctx := context.Background()
	dsn := sqldbtest.DSN(t)
	var handles []*sqldb.DB
	for range 2 {
		db, err := sqldb.OpenPostgres(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		handles = append(handles, db)
	}
	if _, err := handles[0].Migrate(ctx, Migrations); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				err := handles[w%2].InTx(ctx, func(tx *sqldb.Tx) error {
					if err := Append(ctx, tx, entry(w)); err != nil {
						return err
					}
					if i%5 == 0 {
						return Append(ctx, tx, entry(w))
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	rows, err := sqldb.All[Row](ctx, handles[0], `SELECT `+rowColumns+` FROM journal ORDER BY seq`)
	if err != nil || len(rows) != writers*(each+each/5) {
		t.Fatalf("%d rows, %v; want %d", len(rows), err, writers*(each+each/5))
	}
	tree := ranges.NewEmptyRange(0)
	for i, r := range rows {
		if r.Seq != int64(i+1) {
			t.Fatalf("row %d has number %d", i+1, r.Seq)
		}
		tree.Append(r.hash(), nil)
	}
	var frontier []byte
	if err := handles[1].QueryRow(ctx, `SELECT frontier FROM journal_head`).Scan(&frontier); err != nil {
		t.Fatal(err)
	}
	if string(frontier) != string(join(tree.Hashes())) {
		t.Error("two handles together left a frontier that is not that of the rows")
	}
}
