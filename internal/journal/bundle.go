package journal

import (
	"archive/zip"
	"bytes"
	"context"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/transparency-dev/merkle/proof"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Names of the members of a bundle.
const (
	readmeName    = "说明.txt"
	entriesName   = "entries.jsonl"
	proofsName    = "proofs.jsonl"
	pointName     = "checkpoint.txt"
	publicName    = "public-key.pem"
	manifestName  = "manifest.json"
	signatureName = "manifest.sig"
	filesFolder   = "files/"
)

// bundleFormat is the value of Format in a manifest; a change of the format
// changes it.
const bundleFormat = "pingzhang-bundle-1"

//go:embed bundle.txt
var readme string

// Contents is what a bundle is to hold.
type Contents struct {
	Title   string   // for people: 关于某某的证据包
	Objects []string // all rows about these objects, exactly: "matter/123"
	// Files hands each file to add, which may be called any number of times.
	// Nil for none. A name stands below files/ and is used once.
	Files func(add func(name string, r io.Reader) error) error
}

// manifest names every member of a bundle but itself and its signature.
type manifest struct {
	Format  string   `json:"format"`
	Title   string   `json:"title"`
	Objects []string `json:"objects"`
	MadeAt  string   `json:"made_at"` // RFC 3339
	Key     string   `json:"key"`
	Members []member `json:"members"`
}

type member struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes
	SM3  string `json:"sm3"`
}

type inclusion struct {
	Seq  int64    `json:"seq"`
	Path []string `json:"path"` // hashes from the leaf up, in hex
}

// Bundle writes a ZIP to w that proves to anybody, without this system, what
// the journal of scope holds about c.Objects: the rows, the path of each to a
// signed checkpoint, the checkpoint, the public key and the files.
//
// The error is fault.NotFound when there are no such rows, fault.Internal when
// the journal does not extend its checkpoints: then nothing is certified.
func (l *Log) Bundle(ctx context.Context, w io.Writer, now time.Time, scope Scope, c Contents) (err error) {
	defer fault.Wrap(&err, "journal.Bundle(%v)", c.Objects)

	if _, err := l.Checkpoint(ctx, now); err != nil {
		return err
	}
	p, err := l.newest(ctx)
	if err != nil {
		return err
	}
	rows, err := l.rowsAbout(ctx, scope, c.Objects, p.Size)
	if err != nil {
		return err
	}
	b := &bundler{zip: zip.NewWriter(w), now: now.Truncate(time.Second), used: map[string]bool{}}
	b.manifest = manifest{Format: bundleFormat, Title: c.Title, Objects: c.Objects, MadeAt: b.now.In(clock.Shanghai).Format(time.RFC3339), Key: l.keys.ID}
	if err := b.rows(ctx, l, rows, p); err != nil {
		return err
	}
	pub, err := l.keys.PublicKey()
	if err != nil {
		return err
	}
	for _, m := range []struct{ name, text string }{{pointName, p.Note}, {publicName, string(pub)}, {readmeName, readme}} {
		if err := b.add(m.name, strings.NewReader(m.text)); err != nil {
			return err
		}
	}
	if c.Files != nil {
		if err := c.Files(b.file); err != nil {
			return err
		}
	}
	return b.close(l.keys)
}

// newest returns the newest checkpoint of this machine.
func (l *Log) newest(ctx context.Context) (Point, error) {
	note, found, err := sqldb.Value[string](ctx, l.db, `
		SELECT note
		  FROM journal_checkpoints
		 WHERE key_id = $1
		 ORDER BY size DESC
		 LIMIT 1`,
		l.keys.ID)
	if err != nil {
		return Point{}, err
	}
	if !found {
		return Point{}, fault.New(fault.NotFound, "留痕日志中还没有记录，不能生成证据包")
	}
	return l.keys.check(note)
}

func (l *Log) rowsAbout(ctx context.Context, scope Scope, objects []string, size int64) ([]Row, error) {
	cond, args := scope.Where("division", "enterprise", 1)
	var marks []string
	for _, o := range objects {
		args = append(args, o)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	if len(marks) == 0 {
		return nil, fault.New(fault.Invalid, "请指定证据包的对象")
	}
	args = append(args, size)
	rows, err := sqldb.All[Row](ctx, l.db, fmt.Sprintf(`
		SELECT `+rowColumns+`
		  FROM journal
		 WHERE %s
		   AND object IN (%s)
		   AND seq <= $%d
		 ORDER BY seq`,
		cond, strings.Join(marks, ", "), len(args)), args...)
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "您的范围内没有这些对象的留痕记录")
	}
	return rows, err
}

// bundler writes one bundle.
type bundler struct {
	zip      *zip.Writer
	now      time.Time
	used     map[string]bool
	manifest manifest
}

func (b *bundler) rows(ctx context.Context, l *Log, rows []Row, p Point) error {
	var entries, proofs bytes.Buffer
	for i := range rows {
		r := &rows[i]
		nodes, err := proof.Inclusion(uint64(r.Seq-1), uint64(p.Size))
		if err != nil {
			return err
		}
		hashes, err := storedHashes(ctx, l.db, nodes.IDs)
		if err != nil {
			return err
		}
		if hashes, err = nodes.Rehash(hashes, Hasher.HashChildren); err != nil {
			return err
		}
		if err := proof.VerifyInclusion(Hasher, uint64(r.Seq-1), uint64(p.Size), r.hash(), hashes, p.Root); err != nil {
			return fault.From(err, fault.Internal, "%s与检查点对不上，没有生成证据包；请立即运行 pingzhang journal verify 并联系安全管理员", r.title())
		}
		in := inclusion{Seq: r.Seq, Path: []string{}}
		for _, h := range hashes {
			in.Path = append(in.Path, hex.EncodeToString(h))
		}
		if err := writeLine(&entries, r); err != nil {
			return err
		}
		if err := writeLine(&proofs, in); err != nil {
			return err
		}
	}
	if err := b.add(entriesName, &entries); err != nil {
		return err
	}
	return b.add(proofsName, &proofs)
}

func writeLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func (b *bundler) file(name string, r io.Reader) error {
	clean := path.Clean("/" + strings.ReplaceAll(name, `\`, "/"))[1:]
	if clean == "" {
		return fmt.Errorf("a file of a bundle has the name %q", name)
	}
	return b.add(filesFolder+clean, r)
}

func (b *bundler) add(name string, r io.Reader) error {
	if b.used[name] {
		return fmt.Errorf("two members of a bundle have the name %q", name)
	}
	b.used[name] = true
	w, err := b.create(name)
	if err != nil {
		return err
	}
	hash := sm3.New()
	n, err := io.Copy(io.MultiWriter(w, hash), r)
	if err != nil {
		return err
	}
	b.manifest.Members = append(b.manifest.Members, member{name, n, hex.EncodeToString(hash.Sum(nil))})
	return nil
}

func (b *bundler) create(name string) (io.Writer, error) {
	return b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.now})
}

func (b *bundler) close(keys *Keys) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(b.manifest); err != nil {
		return err
	}
	sig, err := keys.sign(text.String())
	if err != nil {
		return err
	}
	for _, m := range []struct{ name, text string }{{manifestName, text.String()}, {signatureName, sig + "\n"}} {
		w, err := b.create(m.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, m.text); err != nil {
			return err
		}
	}
	return b.zip.Close()
}
