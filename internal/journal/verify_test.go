package journal

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/compact"

	"pingzhang/internal/clock"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, clock.Shanghai)

// open returns a journal of 22 rows, with checkpoints at 10 and 21.
func open(t testing.TB, db *sqldb.DB) *Log {
	t.Helper()
	db.Clock = clock.Fixed(noon)
	keys, err := OpenKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	l := New(db, keys, "某市生态环境局")
	for n := 1; n <= 22; n++ {
		add(t, db, entry(n))
		if n == 10 || n == 21 {
			if p, err := l.Checkpoint(context.Background(), noon.Add(time.Duration(n)*time.Minute)); err != nil || p.Size != int64(n) {
				t.Fatalf("checkpoint at %d: %+v, %v", n, p, err)
			}
		}
	}
	return l
}

func run(t *testing.T, db *sqldb.DB, statements ...string) {
	t.Helper()
	err := db.InTx(context.Background(), func(tx *sqldb.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(context.Background(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// literal writes bytes as SQL of the engine.
func literal(db *sqldb.DB, b []byte) string {
	if db.Engine == sqldb.Postgres {
		return `'\x` + hex.EncodeToString(b) + `'::bytea`
	}
	return "X'" + hex.EncodeToString(b) + "'"
}

func load(t *testing.T, db *sqldb.DB) []Row {
	t.Helper()
	rows, err := sqldb.All[Row](context.Background(), db, `SELECT `+rowColumns+` FROM journal ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

const forge = `UPDATE journal SET detail = '{"from":"立案","n":5,"to":"销号"}' WHERE seq = 5`

// refit recomputes what an attacker who knows the format would: the leaves of
// all rows, and, if asked, nodes and head.
func refit(t *testing.T, db *sqldb.DB, nodes, head bool) {
	t.Helper()
	tree := ranges.NewEmptyRange(0)
	var sql []string
	for _, r := range load(t, db) {
		leaf := r.hash()
		sql = append(sql, `UPDATE journal SET leaf = `+literal(db, leaf)+` WHERE seq = `+itoa(r.Seq))
		tree.Append(leaf, func(id compact.NodeID, hash []byte) {
			if nodes && id.Level > 0 {
				sql = append(sql,
					`DELETE FROM journal_nodes WHERE seq = `+itoa(completedBy(id))+` AND level = `+itoa(int64(id.Level)),
					`INSERT INTO journal_nodes (seq, level, hash) VALUES (`+itoa(completedBy(id))+`, `+itoa(int64(id.Level))+`, `+literal(db, hash)+`)`)
			}
		})
	}
	if head {
		sql = append(sql, `UPDATE journal_head SET size = `+itoa(int64(tree.End()))+`, frontier = `+literal(db, join(tree.Hashes())))
	}
	run(t, db, sql...)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestVerify(t *testing.T) {
	insertAt := func(seq string) string {
		return `INSERT INTO journal (seq, done_at, by_login, via, act, object, division, enterprise, detail, leaf)
			SELECT ` + seq + `, done_at, by_login, via, act, 'matter/999', division, enterprise, detail, leaf FROM journal WHERE seq = 1`
	}
	renumber := []string{`UPDATE journal SET seq = seq + 1000 WHERE seq > 5`, `UPDATE journal SET seq = seq - 999 WHERE seq > 1000`}
	for _, tt := range []struct {
		name   string
		attack func(t *testing.T, db *sqldb.DB, l *Log)
		want   Problem // What: a part of the sentence
		also   bool    // other problems may stand beside it
	}{
		{"an untouched journal is right", func(t *testing.T, db *sqldb.DB, l *Log) {}, Problem{}, false},
		{"a changed detail is found with its row",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, forge) },
			Problem{Changed, 5, "第 5 条（2026-11-24 12:00:00，zhangsan，matter.move，matter/5）的内容被改动过"}, false},
		{"a changed time too",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal SET done_at = done_at - 86400 WHERE seq = 22`)
			},
			Problem{Changed, 22, "第 22 条（2026-11-23"}, false},
		{"a changed row whose leaf was recomputed is found by the node above it",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, forge); refit(t, db, false, false) },
			Problem{Changed, 5, "第 5 至 6 条中有记录被改动过，并重算了它的哈希"}, false},
		{"also in the newest rows, which no checkpoint covers",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal SET act = 'x.y' WHERE seq = 22`)
				refit(t, db, false, false)
			},
			Problem{Changed, 21, "第 21 至 22 条"}, false},
		{"a changed row with leaf, nodes and head recomputed is found by the checkpoint",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, forge); refit(t, db, true, true) },
			Problem{Changed, 1, "第 1 至 10 条中有记录被改动，并重算了哈希"}, false},
		{"and between which checkpoints is said",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal SET by_login = 'lisi' WHERE seq = 15`)
				refit(t, db, true, true)
			},
			Problem{Changed, 11, "第 11 至 21 条中有记录被改动，并重算了哈希"}, false},
		{"a removed row is found with its neighbours",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, `DELETE FROM journal WHERE seq = 7`) },
			Problem{Removed, 7, "第 7 条记录被删除，其前为第 6 条（2026-11-24 12:00:00，zhangsan，matter.move，matter/6），其后为第 8 条"}, false},
		{"several removed rows are told together",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, `DELETE FROM journal WHERE seq BETWEEN 1 AND 4`) },
			Problem{Removed, 1, "第 1 至 4 条共 4 条记录被删除，其后为第 5 条"}, false},
		{"a removed row is found although the rest was renumbered",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, append([]string{`DELETE FROM journal WHERE seq = 5`}, `UPDATE journal SET seq = seq + 1000 WHERE seq > 5`, `UPDATE journal SET seq = seq - 1001 WHERE seq > 1000`)...)
			},
			Problem{Removed, 5, "第 5 条记录被删除"}, false},
		{"the last row is missed",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, `DELETE FROM journal WHERE seq = 22`) },
			Problem{Removed, 22, "第 22 条记录被删除"}, false},
		{"the last rows are missed although the head was set back and its checkpoint removed",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `DELETE FROM journal WHERE seq > 20`, `DELETE FROM journal_nodes WHERE seq > 20`, `DELETE FROM journal_checkpoints WHERE size > 20`)
				refit(t, db, true, true)
			},
			Problem{Truncated, 21, "检查点证明日志曾有 21 条记录，现在只剩 20 条"}, true},
		{"a row inserted in the middle is found",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, append(renumber, insertAt("6"))...) },
			Problem{Inserted, 6, "matter/999）是后来插入的"}, false},
		{"also when the head was set forward",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, append(renumber, insertAt("6"), `UPDATE journal_head SET size = 23`)...)
			},
			Problem{Inserted, 6, "matter/999）是后来插入的"}, true},
		{"and when everything was recomputed, the checkpoint disagrees",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, append(renumber, insertAt("6"))...)
				refit(t, db, true, true)
			},
			Problem{Changed, 1, "第 1 至 10 条中有记录被改动，并重算了哈希"}, false},
		{"a row inserted at the end is found",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, insertAt("23")) },
			Problem{Inserted, 23, "matter/999）是后来插入的"}, false},
		{"also with a leaf of its own",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, insertAt("23")); refit(t, db, false, false) },
			Problem{Inserted, 23, "日志头部只有 22 条，第 23 条是后来添加的"}, false},
		{"two rows that changed places are found",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal SET seq = 1000 WHERE seq = 5`, `UPDATE journal SET seq = 5 WHERE seq = 6`, `UPDATE journal SET seq = 6 WHERE seq = 1000`)
			},
			Problem{Reordered, 6, "原来是第 5 条，次序被调换过"}, false},
		{"two rows far apart that changed places are found",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal SET seq = 1000 WHERE seq = 3`, `UPDATE journal SET seq = 3 WHERE seq = 17`, `UPDATE journal SET seq = 17 WHERE seq = 1000`)
			},
			Problem{Reordered, 17, "原来是第 3 条，次序被调换过"}, true},
		{"two rows whose contents changed places, leaves recomputed, are found",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal SET seq = 1000 WHERE seq = 5`, `UPDATE journal SET seq = 5 WHERE seq = 6`, `UPDATE journal SET seq = 6 WHERE seq = 1000`)
				refit(t, db, false, false)
			},
			Problem{Changed, 5, "第 5 至 6 条"}, false},
		{"a changed node is not blamed on the rows",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal_nodes SET hash = `+literal(db, make([]byte, 32))+` WHERE seq = 6 AND level = 1`)
			},
			Problem{Head, 6, "第 5 至 6 条的校验节点（第 1 层）被改动过，记录本身与检查点相符"}, false},
		{"a removed node is told",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `DELETE FROM journal_nodes WHERE seq = 8 AND level = 3`)
			},
			Problem{Head, 8, "第 1 至 8 条的校验节点（第 3 层）缺失"}, false},
		{"a changed frontier is not blamed on the rows",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal_head SET frontier = `+literal(db, make([]byte, 3*32)))
			},
			Problem{Head, 22, "日志头部的哈希被改动过"}, false},
		{"a head set back below a checkpoint is told",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, `UPDATE journal_head SET size = 20`) },
			Problem{Head, 20, "日志头部写着共 20 条，而检查点证明至少有 21 条"}, true},
		{"a removed head is told",
			func(t *testing.T, db *sqldb.DB, l *Log) { run(t, db, `DELETE FROM journal_head`) },
			Problem{Head, 0, "日志头部缺失"}, false},
		{"a checkpoint removed from the database is missed",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `DELETE FROM journal_checkpoints WHERE size = 10`)
			},
			Problem{Checkpoint, 10, "在检查点文件中有，在数据库中没有"}, false},
		{"a checkpoint rewritten in the database does not pass its signature",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal_checkpoints SET note = REPLACE(note, 'size: 10', 'size: 11'), size = 11 WHERE size = 10`)
			},
			Problem{Checkpoint, 11, "数据库中第 11 条处的检查点无效"}, true},
		{"a column of a checkpoint that is not what was signed is told",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				run(t, db, `UPDATE journal_checkpoints SET made_at = 1 WHERE size = 10`)
			},
			Problem{Checkpoint, 10, "与它签名的内容不一致"}, false},
		{"a checkpoint cut from the file is missed",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				edit(t, l, func(text string) string { return text[strings.Index(text, "\n\n")+2:] })
			},
			Problem{Checkpoint, 10, "在数据库中有，在检查点文件中没有"}, false},
		{"a checkpoint rewritten in the file does not pass its signature",
			func(t *testing.T, db *sqldb.DB, l *Log) {
				edit(t, l, func(text string) string { return strings.Replace(text, "size: 21", "size: 22", 1) })
			},
			Problem{Checkpoint, 22, "检查点文件 checkpoints.txt 中有一个检查点无效"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				l := open(t, db)
				tt.attack(t, db, l)
				got, err := l.Verify(context.Background(), noon)
				if err != nil {
					t.Fatal(err)
				}
				if tt.want.Kind == "" {
					if !got.OK() || got.Rows != 22 || got.Matched != 2 || got.Covered != 21 {
						t.Errorf("got %+v; want 22 rows, both checkpoints matched, nothing wrong", got)
					}
					return
				}
				found := slices.ContainsFunc(got.Problems, func(p Problem) bool {
					return p.Kind == tt.want.Kind && p.Seq == tt.want.Seq && strings.Contains(p.What, tt.want.What)
				})
				if !found || !tt.also && len(got.Problems) != 1 {
					t.Errorf("got\n%+v\nwant %+v", got.Problems, tt.want)
				}
			}, Migrations)
		})
	}
}

func edit(t *testing.T, l *Log, f func(string) string) {
	t.Helper()
	path := filepath.Join(l.keys.dir, pointsFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(f(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheckpoint(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		l := open(t, db)
		if info, err := os.Stat(filepath.Join(l.keys.dir, keyFile)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the private key: %v, %v; want a file of its owner alone", info, err)
		}
		if p, err := l.Checkpoint(ctx, noon); err != nil || p == nil || p.Size != 22 {
			t.Fatalf("got %+v, %v; want a checkpoint of 22", p, err)
		}
		if p, err := l.Checkpoint(ctx, noon); err != nil || p != nil {
			t.Errorf("got %+v, %v; want none while nothing was appended", p, err)
		}

		// A crash between the database and the file: the file is filled up.
		edit(t, l, func(text string) string { return text[:len(text)-40] })
		add(t, db, entry(23))
		if _, err := l.Checkpoint(ctx, noon); err != nil {
			t.Fatal(err)
		}
		points, err := l.keys.readFile()
		var sizes []int64
		for _, p := range points {
			sizes = append(sizes, p.Size)
		}
		if err != nil || !slices.Equal(sizes, []int64{10, 21, 22, 23}) {
			t.Errorf("the file holds %v, %v; want 10 21 22 23", sizes, err)
		}

		again, err := OpenKeys(l.keys.dir)
		if err != nil || again.ID != l.keys.ID {
			t.Fatalf("opened again: %v, %v; want the same key", again, err)
		}
		l = New(db, again, "某市生态环境局")
		if r, err := l.Verify(ctx, noon); err != nil || !r.OK() || r.Matched != 4 {
			t.Fatalf("got %+v, %v", r, err)
		}

		run(t, db, forge)
		refit(t, db, true, true)
		add(t, db, entry(24))
		if p, err := l.Checkpoint(ctx, noon); err == nil {
			t.Errorf("a rewritten journal was signed: %+v", p)
		}
	}, Migrations)
}

// Work goes on while the journal is verified, and none of it looks like
// tampering.
func TestVerifyWhileAppending(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		ctx, stop := context.Background(), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				err := db.InTx(ctx, func(tx *sqldb.Tx) error { return Append(ctx, tx, entry(n)) })
				if err == nil && n%5 == 0 {
					_, err = l.Checkpoint(ctx, noon)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
		for range 10 {
			r, err := l.Verify(ctx, noon)
			if err != nil || !r.OK() {
				t.Errorf("while others append: %+v, %v", r, err)
			}
		}
		close(stop)
		wg.Wait()
	}, Migrations)
}
