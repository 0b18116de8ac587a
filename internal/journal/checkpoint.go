package journal

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/transparency-dev/merkle/compact"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Log reads, signs and verifies the journal of one database.
type Log struct {
	db     *sqldb.DB
	keys   *Keys
	origin string
}

// New returns the journal of db. origin names the installation in checkpoints
// ("黑河市生态环境局"); it stands on one line.
func New(db *sqldb.DB, keys *Keys, origin string) *Log {
	return &Log{db: db, keys: keys, origin: strings.Join(strings.Fields(clean(origin)), " ")}
}

// Point is a checkpoint: the root of the first Size rows at a time, signed.
//
// Its Note is seven lines, each ended by a line feed, of which all but the last
// are signed:
//
//	pingzhang journal checkpoint 1
//	origin: 黑河市生态环境局
//	size: 1042
//	root: (64 hex digits)
//	time: 2026-11-24T17:00:00+08:00
//	key: 0f3c5a7e9b1d2468
//	signature: (base64)
type Point struct {
	Size int64
	Root []byte
	At   time.Time
	Key  string
	Note string
}

const pointHead = "pingzhang journal checkpoint 1"

// hexRoot is the root as it stands in a note.
func (p Point) hexRoot() string { return hex.EncodeToString(p.Root) }

func (p Point) text(origin string) string {
	return fmt.Sprintf("%s\norigin: %s\nsize: %d\nroot: %s\ntime: %s\nkey: %s\n",
		pointHead, origin, p.Size, p.hexRoot(), p.At.In(clock.Shanghai).Format(time.RFC3339), p.Key)
}

// parsePoint reads a note. The note must be exactly what writing the point
// again gives, so that no part of it can be changed without being seen.
func parsePoint(note string) (p Point, signedText, signature string, err error) {
	bad := func(what string) (Point, string, string, error) {
		return Point{Note: note}, "", "", fmt.Errorf("checkpoint note: %s", what)
	}
	lines := strings.Split(note, "\n")
	if len(lines) != 8 || lines[0] != pointHead || lines[7] != "" {
		return bad("it is not seven lines")
	}
	var value [7]string
	for i, key := range []string{"origin", "size", "root", "time", "key", "signature"} {
		v, ok := strings.CutPrefix(lines[i+1], key+": ")
		if !ok {
			return bad("no " + key)
		}
		value[i] = v
	}
	p = Point{Key: value[4], Note: note}
	if p.Size, err = strconv.ParseInt(value[1], 10, 64); err != nil || p.Size < 1 {
		return bad("size")
	}
	if p.Root, err = hex.DecodeString(value[2]); err != nil || len(p.Root) != hashSize {
		return bad("root")
	}
	if p.At, err = time.Parse(time.RFC3339, value[3]); err != nil {
		return bad("time")
	}
	text := p.text(value[0])
	if text+"signature: "+value[5]+"\n" != note {
		return bad("it is not in its one form")
	}
	return p, text, value[5], nil
}

// notExtending is told when the journal no longer holds what an earlier
// checkpoint signed.
const notExtending = "留痕日志与第 %d 条处的检查点对不上，没有签署新的检查点；请立即运行 pingzhang journal verify 并联系安全管理员"

// Checkpoint signs the journal as it stands at now and stores the checkpoint
// in the database and in the file beside the key. It returns nil when nothing
// was appended since the last one.
//
// The error is fault.Internal when the journal does not extend an earlier
// checkpoint: then nothing is signed.
func (l *Log) Checkpoint(ctx context.Context, now time.Time) (made *Point, err error) {
	defer fault.Wrap(&err, "journal.Checkpoint")

	l.keys.mu.Lock()
	defer l.keys.mu.Unlock()
	if err := l.fillFile(ctx); err != nil {
		return nil, err
	}
	inFile, err := l.keys.readFile()
	if err != nil {
		return nil, err
	}
	err = l.db.InTx(ctx, func(tx *sqldb.Tx) error {
		made = nil
		size, root, err := head(ctx, tx)
		if err != nil {
			return err
		}
		last, _, err := sqldb.Value[int64](ctx, tx, `SELECT COALESCE(MAX(size), 0) FROM journal_checkpoints WHERE key_id = $1`, l.keys.ID)
		if err != nil || size == 0 || size == last {
			return err
		}
		if err := l.extends(ctx, tx, size, root, inFile); err != nil {
			return err
		}
		p := Point{Size: size, Root: root, At: now.Truncate(time.Second), Key: l.keys.ID}
		text := p.text(l.origin)
		sig, err := l.keys.sign(text)
		if err != nil {
			return err
		}
		p.Note = text + "signature: " + sig + "\n"
		made = &p
		_, err = tx.Exec(ctx, `
			INSERT INTO journal_checkpoints (size, key_id, root, made_at, note)
			VALUES ($1, $2, $3, $4, $5)`,
			p.Size, p.Key, p.hexRoot(), p.At.Unix(), p.Note)
		return err
	})
	if err != nil || made == nil {
		return nil, err
	}
	return made, l.keys.appendFile(*made)
}

// extends checks that the journal of size rows with root holds the newest
// checkpoint of the database and of the file.
func (l *Log) extends(ctx context.Context, tx *sqldb.Tx, size int64, root []byte, inFile []Point) error {
	if now, err := rootAt(ctx, tx, size); err != nil {
		return err
	} else if !bytes.Equal(now, root) {
		return fault.New(fault.Internal, damagedHead)
	}
	note, found, err := sqldb.Value[string](ctx, tx, `SELECT note FROM journal_checkpoints ORDER BY size DESC LIMIT 1`)
	if err != nil {
		return err
	}
	var known []Point
	if found {
		p, err := l.keys.check(note)
		if err != nil {
			return fault.From(err, fault.Internal, "数据库中最新的留痕检查点无效，没有签署新的检查点；请立即运行 pingzhang journal verify 并联系安全管理员")
		}
		known = append(known, p)
	}
	if n := len(inFile); n > 0 {
		known = append(known, inFile[n-1])
	}
	for _, p := range known {
		if p.Size > size {
			return fault.New(fault.Internal, notExtending, p.Size)
		}
		then, err := rootAt(ctx, tx, p.Size)
		if err != nil {
			return err
		}
		if !bytes.Equal(then, p.Root) {
			return fault.New(fault.Internal, notExtending, p.Size)
		}
	}
	return nil
}

func head(ctx context.Context, q sqldb.Querier) (size int64, root []byte, err error) {
	var frontier []byte
	if err := q.QueryRow(ctx, `SELECT size, frontier FROM journal_head WHERE id = 1`).Scan(&size, &frontier); err != nil {
		return 0, nil, err
	}
	if root, err = rootOf(size, frontier); err != nil {
		return 0, nil, fault.From(err, fault.Internal, damagedHead)
	}
	return size, root, nil
}

// rootAt returns the root of the first size rows, from the stored hashes.
func rootAt(ctx context.Context, q sqldb.Querier, size int64) ([]byte, error) {
	hashes, err := storedHashes(ctx, q, compact.RangeNodes(0, uint64(size), nil))
	if err != nil {
		return nil, err
	}
	return rootOf(size, join(hashes))
}

// storedHashes returns the hash of each node as it is stored.
func storedHashes(ctx context.Context, q sqldb.Querier, ids []compact.NodeID) ([][]byte, error) {
	all := make([][]byte, len(ids))
	for i, id := range ids {
		var hash []byte
		var found bool
		var err error
		if id.Level == 0 {
			hash, found, err = sqldb.Value[[]byte](ctx, q, `SELECT leaf FROM journal WHERE seq = $1`, int64(id.Index)+1)
		} else {
			hash, found, err = sqldb.Value[[]byte](ctx, q, `SELECT hash FROM journal_nodes WHERE seq = $1 AND level = $2`, completedBy(id), int64(id.Level))
		}
		if err != nil {
			return nil, err
		}
		if !found || len(hash) != hashSize {
			return nil, fault.New(fault.Internal, damagedHead)
		}
		all[i] = hash
	}
	return all, nil
}

// check reads a note and checks its signature against the keys known here.
func (k *Keys) check(note string) (Point, error) {
	p, text, sig, err := parsePoint(note)
	if err != nil {
		return p, err
	}
	pub := k.trusted[p.Key]
	if pub == nil {
		return p, fmt.Errorf("key %s is not known here", p.Key)
	}
	if !signed(pub, text, sig) {
		return p, errors.New("the signature is not of this text")
	}
	return p, nil
}

// readFile returns the checkpoints of the file. One that does not parse comes
// back with nothing but its Note.
func (k *Keys) readFile() ([]Point, error) {
	path := filepath.Join(k.dir, pointsFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "读不到检查点文件 %s；请检查权限", path)
	}
	var all []Point
	notes := strings.Split(string(text), "\n\n")
	for _, note := range notes[:len(notes)-1] {
		p, _, _, _ := parsePoint(note + "\n")
		all = append(all, p)
	}
	return all, nil
}

// appendFile adds points to the file. What stands after the last whole note is
// what a crash left of one; the database has it whole, so it is cut off.
func (k *Keys) appendFile(points ...Point) (err error) {
	path := filepath.Join(k.dir, pointsFile)
	defer func() {
		if err != nil {
			err = fault.From(err, fault.Unavailable, "不能写入检查点文件 %s；请检查权限和磁盘", path)
		}
	}()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	whole := bytes.LastIndex(text, []byte("\n\n")) + 2
	if whole < 2 {
		whole = 0
	}
	if err := f.Truncate(int64(whole)); err != nil {
		return err
	}
	var more strings.Builder
	for _, p := range points {
		more.WriteString(p.Note + "\n")
	}
	if _, err := f.WriteAt([]byte(more.String()), int64(whole)); err != nil {
		return err
	}
	return f.Sync()
}

// fillFile appends to the file the checkpoints of this machine that a crash
// left in the database only.
func (l *Log) fillFile(ctx context.Context) error {
	inFile, err := l.keys.readFile()
	if err != nil {
		return err
	}
	var last int64
	for _, p := range inFile {
		last = max(last, p.Size)
	}
	rows, err := sqldb.All[struct {
		Note string `db:"note"`
	}](ctx, l.db, `
		SELECT note
		  FROM journal_checkpoints
		 WHERE size > $1
		   AND key_id = $2
		 ORDER BY size`,
		last, l.keys.ID)
	if err != nil {
		return err
	}
	var missing []Point
	for _, r := range rows {
		if p, err := l.keys.check(r.Note); err == nil {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return l.keys.appendFile(missing...)
}
