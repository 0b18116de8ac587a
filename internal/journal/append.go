package journal

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/transparency-dev/merkle/compact"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

//go:embed migrations
var migrations embed.FS

// Migrations is the schema of the journal.
var Migrations = sqldb.Migrations{Set: "journal", Files: sub(migrations, "migrations")}

func sub(f fs.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // dir is a constant that the compiler embedded
	}
	return s
}

// damagedHead is told when the head does not fit its own size: nothing can be
// appended, so nothing can be changed either, until somebody has looked.
const damagedHead = "留痕日志的头部与记录对不上，为保护证据已停止写入；请立即运行 pingzhang journal verify 并联系安全管理员"

// Append adds e to the journal inside tx, whose time it takes. It holds the
// head of the journal until tx ends, so that numbers are without gaps and
// appends follow one another; call it late in a long transaction.
//
// The error is fault.Internal when e has no By, Act or Object, when Detail
// cannot be written as JSON, and when the head of the journal is damaged.
func Append(ctx context.Context, tx *sqldb.Tx, e Entry) (err error) {
	defer fault.Wrap(&err, "journal.Append(%s, %s)", e.Act, e.Object)

	if e.By == "" || e.Act == "" || e.Object == "" {
		return fmt.Errorf("an entry needs By, Act and Object; got %q, %q, %q", e.By, e.Act, e.Object)
	}
	detail, err := canonical(e.Detail)
	if err != nil {
		return err
	}
	// The update comes first: on PostgreSQL its row lock is what puts the
	// appends of several transactions in one order.
	var size int64
	var frontier []byte
	if err := tx.QueryRow(ctx, `
		UPDATE journal_head
		   SET size = size + 1
		 WHERE id = 1
		RETURNING size, frontier`).Scan(&size, &frontier); err != nil {
		return err
	}
	r := Row{Seq: size, At: tx.Now.Unix(), By: clean(e.By), Via: clean(e.Via), Act: clean(e.Act), Object: clean(e.Object),
		Division: clean(e.Division), Enterprise: e.Enterprise, Detail: detail}
	r.Leaf = r.hash()
	tree, err := ranges.NewRange(0, uint64(size-1), split(frontier))
	if err != nil {
		return fault.From(err, fault.Internal, damagedHead)
	}
	if err := insert(ctx, tx, r); err != nil {
		if fault.Is(err, fault.Conflict) {
			return fault.From(err, fault.Internal, damagedHead)
		}
		return err
	}
	var nodes [][]byte
	if err := tree.Append(r.Leaf, func(id compact.NodeID, hash []byte) {
		if id.Level > 0 {
			nodes = append(nodes, hash)
		}
	}); err != nil {
		return fault.From(err, fault.Internal, damagedHead)
	}
	if err := insertNodes(ctx, tx, size, nodes); err != nil {
		return err
	}
	return tx.ExecOne(ctx, `
		UPDATE journal_head
		   SET frontier = $1
		 WHERE id = 1`,
		join(tree.Hashes()))
}

func insert(ctx context.Context, tx *sqldb.Tx, r Row) error {
	return tx.ExecOne(ctx, `
		INSERT INTO journal (`+rowColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.Seq, r.At, r.By, r.Via, r.Act, r.Object, r.Division, r.Enterprise, r.Detail, r.Leaf)
}

// insertNodes stores the inner nodes, from level 1 up, that row seq completed:
// as many as seq has trailing zero bits.
func insertNodes(ctx context.Context, tx *sqldb.Tx, seq int64, nodes [][]byte) error {
	if len(nodes) == 0 {
		return nil
	}
	args := []any{seq}
	var values []string
	for i, h := range nodes {
		values = append(values, fmt.Sprintf("($1, $%d, $%d)", len(args)+1, len(args)+2))
		args = append(args, int64(i+1), h)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO journal_nodes (seq, level, hash)
		VALUES `+strings.Join(values, ", "), args...)
	return err
}
