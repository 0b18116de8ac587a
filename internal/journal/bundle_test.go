package journal

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var photo = []byte("现场照片的字节\x00\x01")

// bundled returns a log and a bundle of it about matter/3 with one file.
func bundled(t *testing.T, db *sqldb.DB) (*Log, []byte) {
	t.Helper()
	l := open(t, db)
	sum := sm3.Sum(photo)
	add(t, db, Entry{By: "lisi", Via: "web", Act: "evidence.add", Object: "matter/3", Division: "231102", Detail: map[string]string{"sm3": hex.EncodeToString(sum[:])}})
	var out bytes.Buffer
	err := l.Bundle(context.Background(), &out, noon, within("231102"), Contents{
		Title:   "关于 3 号督办事项的证据包",
		Objects: []string{"matter/3", "matter/20"},
		Files: func(add func(string, io.Reader) error) error {
			return add("../照片.jpg", bytes.NewReader(photo))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l, out.Bytes()
}

func verify(t *testing.T, bundle, trusted []byte) BundleReport {
	t.Helper()
	r, err := VerifyBundle(bytes.NewReader(bundle), int64(len(bundle)), trusted)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBundle(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l, bundle := bundled(t, db)
		pub, err := l.keys.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		r := verify(t, bundle, pub)
		if !r.OK() || !r.Trusted || r.Point.Size != 23 || len(r.Rows) != 3 || r.Title != "关于 3 号督办事项的证据包" {
			t.Fatalf("got %+v; want three proved rows under a checkpoint of 23", r)
		}
		if r.Rows[0].Seq != 3 || r.Rows[1].Seq != 20 || r.Rows[2].Act != "evidence.add" {
			t.Errorf("got rows %+v", r.Rows)
		}
		if len(r.Files) != 1 || r.Files[0].Name != "照片.jpg" || !r.Files[0].Journaled {
			t.Errorf("got files %+v; want the photo, which a row names", r.Files)
		}
		if r := verify(t, bundle, nil); !r.OK() || r.Trusted {
			t.Errorf("without a key to trust: %+v; want right, but not trusted", r)
		}
		other, err := OpenKeys(filepath.Join(t.TempDir(), "other"))
		if err != nil {
			t.Fatal(err)
		}
		pub, _ = other.PublicKey()
		if r := verify(t, bundle, pub); r.OK() {
			t.Error("a bundle of another issuer passes")
		}
		err = l.Bundle(context.Background(), io.Discard, noon, within("231181"), Contents{Objects: []string{"matter/3"}})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a bundle out of scope gives %v, want fault.NotFound", err)
		}
		run(t, db, `UPDATE journal SET detail = '{}' WHERE seq = 3`)
		err = l.Bundle(context.Background(), io.Discard, noon, within(""), Contents{Objects: []string{"matter/3"}})
		if !fault.Is(err, fault.Internal) || !strings.Contains(fault.Text(err), "第 3 条") {
			t.Errorf("a changed row was certified: %v", err)
		}
	}, Migrations)
}

// repack writes a bundle again with one member changed by f; a nil answer
// leaves the member out.
func repack(t *testing.T, bundle []byte, f func(name string, text []byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	for _, m := range in.File {
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if text = f(m.Name, text); text == nil {
			continue
		}
		w, err := out.CreateHeader(&zip.FileHeader{Name: m.Name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		w.Write(text)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestBundleTampered(t *testing.T) {
	_, bundle := bundled(t, sqldbtest.SQLite(t, Migrations))
	if r := verify(t, repack(t, bundle, func(_ string, text []byte) []byte { return text }), nil); !r.OK() {
		t.Fatalf("packed again unchanged: %v", r.Problems)
	}
	in, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range in.File {
		t.Run("no byte of "+m.Name+" can be changed", func(t *testing.T) {
			size := int(m.UncompressedSize64)
			if size == 0 {
				t.Fatal("the member is empty")
			}
			// Every byte of the small members; of the long texts every seventh, which
			// has no common rhythm with their lines.
			stride := 1
			if size > 600 {
				stride = 7
			}
			for i := 0; i < size; i += stride {
				changed := repack(t, bundle, func(name string, text []byte) []byte {
					if name == m.Name {
						text[i] ^= 1
					}
					return text
				})
				if r := verify(t, changed, nil); r.OK() {
					t.Errorf("byte %d of %s was changed and nothing noticed", i, m.Name)
				}
			}
		})
		t.Run(m.Name+" cannot be left out, cut or lengthened", func(t *testing.T) {
			for _, f := range []func([]byte) []byte{
				func([]byte) []byte { return nil },
				func(b []byte) []byte { return b[:len(b)-1] },
				func(b []byte) []byte { return append(b, '\n') },
			} {
				changed := repack(t, bundle, func(name string, text []byte) []byte {
					if name == m.Name {
						return f(text)
					}
					return text
				})
				if r := verify(t, changed, nil); r.OK() {
					t.Errorf("%s was changed and nothing noticed", m.Name)
				}
			}
		})
	}
	if _, err := VerifyBundle(bytes.NewReader(bundle[:100]), 100, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("half a file gives %v, want fault.Invalid", err)
	}
}

func TestBundleForeignMember(t *testing.T) {
	_, bundle := bundled(t, sqldbtest.SQLite(t, Migrations))
	var buf bytes.Buffer
	in, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	out := zip.NewWriter(&buf)
	for _, m := range in.File {
		if err := out.Copy(m); err != nil {
			t.Fatal(err)
		}
	}
	w, _ := out.Create("files/伪造.jpg")
	w.Write([]byte("x"))
	out.Close()
	if r := verify(t, buf.Bytes(), nil); r.OK() || !strings.Contains(strings.Join(r.Problems, ""), "files/伪造.jpg 不在清单中") {
		t.Errorf("an added file: %v", r.Problems)
	}
}
