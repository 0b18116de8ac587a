package journal

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Kind says what is wrong with a journal.
type Kind string

// The kinds of problem.
const (
	Changed    Kind = "changed"    // the content of a row is not what was written
	Removed    Kind = "removed"    // a row is gone
	Inserted   Kind = "inserted"   // a row is there that was not appended
	Reordered  Kind = "reordered"  // a row stands in another place
	Head       Kind = "head"       // the head or a stored node is not that of the rows
	Checkpoint Kind = "checkpoint" // a checkpoint is forged, damaged or missing
	Truncated  Kind = "truncated"  // the end, up to a size that a checkpoint proves, is gone
)

// Problem is one thing that Verify found.
type Problem struct {
	Kind Kind   `json:"kind"`
	Seq  int64  `json:"seq"`  // number of the row it is about, or of the last row of a checkpoint; 0 for none
	What string `json:"what"` // one Chinese sentence
}

// Report is what Verify found.
type Report struct {
	At        time.Time `json:"at"`
	Rows      int64     `json:"rows"`      // rows read
	Points    int       `json:"points"`    // checkpoints with a good signature
	Matched   int       `json:"matched"`   // of these, those that the rows agree with
	Covered   int64     `json:"covered"`   // the first so many rows are proved by a checkpoint
	Problems  []Problem `json:"problems"`  // at most maxProblems
	More      int       `json:"more"`      // problems beyond those listed
	Unchecked int       `json:"unchecked"` // checkpoints that could not be compared, because rows before them are gone or moved
}

// maxProblems is how many problems a report lists. After so many, nobody needs
// the next one.
const maxProblems = 1000

// OK reports whether nothing is wrong.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

func (r *Report) add(p Problem) {
	// A row in doubt for neighbouring reasons is told once.
	if slices.Contains(r.Problems, p) {
		return
	}
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, p)
}

func showTime(unix int64) string { return clock.Unix(unix).Format("2006-01-02 15:04:05") }

// batch is how many rows are read at a time.
const batch = 2000

// verifier walks the journal from the first row to the last.
type verifier struct {
	l      *Log
	report Report
	points []Point // with good signatures, by size
	next   int     // the first point not compared yet
	good   int64   // size of the last point that agreed
	order  order
	forest forest
	broken bool // rows are gone, added or moved: the tree cannot be rebuilt beyond
	lost   bool // a checkpoint disagreed: later ones do too and say no more
	spans  []span
}

// Verify reads the whole journal, computes every hash again and compares rows,
// tree, head and checkpoints, those of the database and those of the file. Work
// goes on meanwhile: what is appended later is not part of the report.
//
// Problems are in the report; an error means that it could not be read.
func (l *Log) Verify(ctx context.Context, now time.Time) (_ Report, err error) {
	defer fault.Wrap(&err, "journal.Verify")

	v := &verifier{l: l, report: Report{At: now}}
	v.order.report = v.report.add
	v.forest.report = v.report.add
	v.forest.guilty = func(first, last int64) { v.spans = append(v.spans, span{first: first, last: last}) }

	// Checkpoints first, so that one made meanwhile is not ahead of the rows.
	if err := v.readPoints(ctx); err != nil {
		return Report{}, err
	}
	h, err := readHead(ctx, l.db)
	if err != nil {
		return Report{}, err
	}
	if err := v.walk(ctx, h.last); err != nil {
		return Report{}, err
	}
	v.finish(h)
	slices.SortStableFunc(v.report.Problems, func(a, b Problem) int { return cmp.Compare(a.Seq, b.Seq) })
	return v.report, nil
}

// heads is the head and the extent of the rows, all at one moment.
type heads struct {
	size, last, count int64
	frontier          []byte
	none              bool
}

func readHead(ctx context.Context, q sqldb.Querier) (h heads, err error) {
	// One statement, so that appends in between cannot look like tampering.
	err = q.QueryRow(ctx, `
		SELECT (SELECT COALESCE(MAX(seq), 0) FROM journal),
		       (SELECT COUNT(*) FROM journal),
		       h.size,
		       h.frontier
		  FROM journal_head h
		 WHERE h.id = 1`).Scan(&h.last, &h.count, &h.size, &h.frontier)
	if sqldb.NoRows(err) {
		h.none = true
		err = q.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0), COUNT(*) FROM journal`).Scan(&h.last, &h.count)
	}
	return h, err
}

func (v *verifier) walk(ctx context.Context, last int64) error {
	for after := int64(math.MinInt64); after < last; {
		rows, err := sqldb.All[Row](ctx, v.l.db, `
			SELECT `+rowColumns+`
			  FROM journal
			 WHERE seq > $1
			   AND seq <= $2
			 ORDER BY seq
			 LIMIT $3`,
			after, last, batch)
		if err != nil || len(rows) == 0 {
			return err
		}
		end := rows[len(rows)-1].Seq
		nodes, err := v.nodes(ctx, after, end)
		if err != nil {
			return err
		}
		for i := range rows {
			v.row(rows[i], nodes[rows[i].Seq])
		}
		after = end
	}
	return nil
}

func (v *verifier) nodes(ctx context.Context, after, end int64) (map[int64]map[int64][]byte, error) {
	rows, err := sqldb.All[struct {
		Seq   int64  `db:"seq"`
		Level int64  `db:"level"`
		Hash  []byte `db:"hash"`
	}](ctx, v.l.db, `
		SELECT seq,
		       level,
		       hash
		  FROM journal_nodes
		 WHERE seq > $1
		   AND seq <= $2`,
		after, end)
	if err != nil {
		return nil, err
	}
	all := map[int64]map[int64][]byte{}
	for _, r := range rows {
		if all[r.Seq] == nil {
			all[r.Seq] = map[int64][]byte{}
		}
		all[r.Seq][r.Level] = r.Hash
	}
	return all, nil
}

func (v *verifier) row(r Row, nodes map[int64][]byte) {
	v.report.Rows++
	origin := v.order.originOf(&r)
	if r.Seq != v.forest.size+1 || origin != 0 && origin != r.Seq {
		v.broken = true
	}
	v.order.add(r, origin)
	if v.broken {
		return
	}
	// A changed row whose leaf was left stands in the tree by that leaf, so that
	// what follows can still be compared.
	v.forest.add(r.Leaf, nodes)
	v.compare()
}

// compare compares the tree with the checkpoints of its size.
func (v *verifier) compare() {
	for ; v.next < len(v.points) && v.points[v.next].Size == v.forest.size; v.next++ {
		p := v.points[v.next]
		switch {
		case v.forest.witness(p.Root):
			v.report.Matched++
			v.good = p.Size
		case !v.lost:
			v.lost = true
			v.report.add(Problem{Changed, v.good + 1, fmt.Sprintf("%s的检查点（第 %d 条）与记录不符，而记录、节点彼此相符：第 %d 至 %d 条中有记录被改动，并重算了哈希",
				showTime(p.At.Unix()), p.Size, v.good+1, p.Size)})
		}
	}
}

func (v *verifier) finish(h heads) {
	rows := v.order.last + int64(len(v.order.pending))
	proved := int64(0)
	if n := len(v.points); n > 0 {
		proved = v.points[n-1].Size
	}
	size := max(h.size, proved)
	switch {
	case h.none:
		v.report.add(Problem{Head, 0, "日志头部缺失"})
		size = max(proved, rows)
	case h.size < proved && rows >= proved:
		v.report.add(Problem{Head, h.size, fmt.Sprintf("日志头部写着共 %d 条，而检查点证明至少有 %d 条，头部被改动过", h.size, proved)})
	case rows < proved:
		v.report.add(Problem{Truncated, rows + 1, fmt.Sprintf("检查点证明日志曾有 %d 条记录，现在只剩 %d 条，末尾的记录被删除", proved, rows)})
	}
	v.order.finish(size)
	v.extra(rows, size)
	if h.count != v.report.Rows {
		v.report.add(Problem{Inserted, 0, fmt.Sprintf("编号有重复：共 %d 条记录，只有 %d 个编号", h.count, v.report.Rows)})
	}
	if !v.broken && !h.none && v.forest.size == h.size {
		v.forest.finish(h.frontier, v.good == v.forest.size && v.good > 0)
	}
	v.tellSpans()
	v.report.Covered = v.good
	if v.broken {
		for _, p := range v.points[v.next:] {
			if p.Size <= rows {
				v.report.Unchecked++
			}
		}
	}
}

// extra tells of rows after the size that the head knows.
func (v *verifier) extra(rows, size int64) {
	if v.order.last <= size {
		return
	}
	what := fmt.Sprintf("日志头部只有 %d 条，第 %d 条是后来添加的，不是系统写入的记录", size, size+1)
	if rows > size+1 {
		what = fmt.Sprintf("日志头部只有 %d 条，第 %d 至 %d 条是后来添加的，不是系统写入的记录", size, size+1, rows)
	}
	if v.order.prev != nil {
		what += "；最后一条为" + v.order.prev.title()
	}
	v.report.add(Problem{Inserted, size + 1, what})
}

// tellSpans tells of the rows under wrong hashes, neighbours together.
func (v *verifier) tellSpans() {
	slices.SortFunc(v.spans, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	var all []span
	for _, s := range v.spans {
		if n := len(all); n > 0 && s.first <= all[n-1].last+1 {
			all[n-1].last = max(all[n-1].last, s.last)
			continue
		}
		all = append(all, s)
	}
	for _, s := range all {
		what := fmt.Sprintf("第 %d 条被改动过，并重算了它的哈希，与日志头部不符", s.first)
		if s.last > s.first {
			what = fmt.Sprintf("第 %d 至 %d 条中有记录被改动过，并重算了它的哈希，与校验节点不符", s.first, s.last)
		}
		v.report.add(Problem{Changed, s.first, what})
	}
}

type pointRow struct {
	Size int64  `db:"size"`
	Key  string `db:"key_id"`
	Root string `db:"root"`
	At   int64  `db:"made_at"`
	Note string `db:"note"`
}

// readPoints reads the checkpoints of the database and of the file, keeps those
// with a good signature and tells of the others.
func (v *verifier) readPoints(ctx context.Context) error {
	// The file first: whatever it holds is in the database already.
	inFile, err := v.l.keys.readFile()
	if err != nil {
		return err
	}
	rows, err := sqldb.All[pointRow](ctx, v.l.db, `
		SELECT size,
		       key_id,
		       root,
		       made_at,
		       note
		  FROM journal_checkpoints
		 ORDER BY size, key_id`)
	if err != nil {
		return err
	}
	inDB := v.storedPoints(rows)
	v.filePoints(inFile, inDB)
	v.report.Points = len(v.points)
	slices.SortStableFunc(v.points, func(a, b Point) int { return cmp.Compare(a.Size, b.Size) })
	v.conflicting()
	return nil
}

// storedPoints takes the good checkpoints of the database and returns their
// notes.
func (v *verifier) storedPoints(rows []pointRow) map[string]bool {
	notes := map[string]bool{}
	for _, r := range rows {
		p, err := v.l.keys.check(r.Note)
		switch {
		case err != nil:
			v.report.add(Problem{Checkpoint, r.Size, fmt.Sprintf("数据库中第 %d 条处的检查点无效：签名不符、内容被改动，或签名密钥不是本单位的", r.Size)})
			continue
		case p.Size != r.Size || p.Key != r.Key || p.hexRoot() != r.Root || p.At.Unix() != r.At:
			v.report.add(Problem{Checkpoint, p.Size, fmt.Sprintf("数据库中第 %d 条处的检查点与它签名的内容不一致", p.Size)})
		}
		notes[r.Note] = true
		v.points = append(v.points, p)
	}
	return notes
}

// filePoints compares the checkpoints of the file with the notes in the
// database, and takes those that the database lacks.
func (v *verifier) filePoints(inFile []Point, inDB map[string]bool) {
	have := map[string]bool{}
	last := int64(0)
	for _, f := range inFile {
		p, err := v.l.keys.check(f.Note)
		if err != nil {
			v.report.add(Problem{Checkpoint, p.Size, "检查点文件 checkpoints.txt 中有一个检查点无效：签名不符或内容被改动"})
			continue
		}
		have[f.Note] = true
		last = max(last, p.Size)
		if !inDB[f.Note] {
			v.points = append(v.points, p)
			v.report.add(Problem{Checkpoint, p.Size, fmt.Sprintf("第 %d 条处的检查点（%s）在检查点文件中有，在数据库中没有，被删除或改动过", p.Size, showTime(p.At.Unix()))})
		}
	}
	for _, p := range v.points {
		// The newest may be in the database and on its way to the file.
		if p.Key == v.l.keys.ID && !have[p.Note] && p.Size < last {
			v.report.add(Problem{Checkpoint, p.Size, fmt.Sprintf("第 %d 条处的检查点（%s）在数据库中有，在检查点文件中没有，文件被改动过", p.Size, showTime(p.At.Unix()))})
		}
	}
}

// conflicting tells of two signed checkpoints of one size with different roots:
// the journal was rewritten and signed again.
func (v *verifier) conflicting() {
	for i := 1; i < len(v.points); i++ {
		a, b := v.points[i-1], v.points[i]
		if a.Size == b.Size && !bytes.Equal(a.Root, b.Root) {
			v.report.add(Problem{Checkpoint, a.Size, fmt.Sprintf("第 %d 条处有两个检查点，签署的哈希不同：日志曾被改写后重新签署", a.Size)})
		}
	}
}
