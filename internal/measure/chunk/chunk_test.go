package chunk_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pingzhang/internal/measure/chunk"
)

// row is one cell, as the tests write and compare them.
type row struct {
	at                  int64
	factor, field, text string
	meta                chunk.Meta
}

// table fills a table from rows sorted by time and factor.
func table(rows []row) *chunk.Table {
	t := new(chunk.Table)
	t.Reset(7, 2, 1000)
	for i, r := range rows {
		if i == 0 || rows[i-1].at != r.at {
			t.AddRow(r.at)
		}
		f := t.Factor(r.factor, 0)
		t.SetMeta(f, r.meta)
		c := t.Column(f, r.field, 0)
		if m, dec, ok := chunk.Number(r.text); ok {
			t.SetNumber(f, c, m, dec)
		} else {
			t.SetText(f, c, r.text)
		}
	}
	t.Finish()
	return t
}

// rowsOf takes a table apart.
func rowsOf(t *chunk.Table) (all []row) {
	for i, at := range t.At {
		for f := range t.Factors {
			fac := &t.Factors[f]
			for c := range fac.Columns {
				text, ok := fac.Columns[c].Text(i)
				if !ok {
					continue
				}
				r := row{at: at, factor: fac.Code, field: fac.Columns[c].Name, text: text}
				if len(t.Lanes) > 0 {
					r.meta, _ = t.MetaOf(f, i)
				}
				all = append(all, r)
			}
		}
	}
	return all
}

func sorted(rows []row) []row {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.factor, b.factor), strings.Compare(a.field, b.field))
	})
	return rows
}

// random makes rows that are hard to pack: mixed decimals, odd texts, factors
// that come and go, two metas in one row.
func random(seed uint64) (all []row) {
	r := rand.New(rand.NewPCG(seed, 1))
	texts := []func() string{
		func() string { return fmt.Sprintf("%.2f", 38+r.NormFloat64()) },
		func() string { return strings.TrimRight(fmt.Sprintf("%d.%03d", r.IntN(9), 1+r.IntN(999)), "0") },
		func() string { return fmt.Sprintf("%.*f", r.IntN(4), r.NormFloat64()*100) },
		func() string { return []string{"--", "", "NaN", "+1", "007", ".5", "5.", "-0"}[r.IntN(8)] },
		func() string { return "99999999999999999" },
		func() string { return "0.0000000000001" },
		func() string { return "-12" },
	}
	kinds := make([]int, 12)
	for i := range kinds {
		kinds[i] = r.IntN(len(texts))
	}
	at := int64(1000)
	for range 1 + r.IntN(200) {
		at += []int64{60, 60, 60, 1, 3600}[r.IntN(5)]
		meta := chunk.Meta{QN: at*1000 + int64(r.IntN(2000)), Received: at + 60, Backfilled: r.IntN(9) == 0}
		for f := range 4 {
			if r.IntN(10) == 0 {
				continue
			}
			m := meta
			if f == 2 {
				m = chunk.Meta{Received: at + 61}
			}
			for c, field := range []string{"Avg", "Min", "Max", "Flag"} {
				if r.IntN(20) == 0 {
					continue
				}
				text := texts[kinds[f*3+c%3]]()
				if r.IntN(30) == 0 {
					text = texts[3]()
				}
				if field == "Flag" {
					text = []string{"N", "N", "N", "D", "1"}[r.IntN(5)]
				}
				all = append(all, row{at, fmt.Sprintf("a2100%d", f), field, text, m})
			}
		}
	}
	return all
}

func TestRoundTrip(t *testing.T) {
	for seed := range uint64(300) {
		rows := random(seed)
		if len(rows) == 0 {
			continue
		}
		for _, effort := range []chunk.Effort{chunk.Quick, chunk.Best} {
			b, ok := chunk.Encode([]byte("before"), table(rows), effort)
			if !ok {
				t.Fatal("not encoded")
			}
			b = b[len("before"):]
			var got chunk.Table
			if err := chunk.Decode(b, &got, chunk.Want{}); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if got.Point != 7 || got.Kind != 2 || got.T0 != 1000 {
				t.Fatalf("it is of point %d, kind %d, from %d", got.Point, got.Kind, got.T0)
			}
			if g, w := sorted(rowsOf(&got)), sorted(rows); !slices.Equal(g, w) {
				for i := range w {
					if i >= len(g) || g[i] != w[i] {
						t.Fatalf("seed %d, row %d: got %+v, want %+v", seed, i, g[min(i, len(g)-1)], w[i])
					}
				}
				t.Fatal("rows were added")
			}
			// A part is the same as that part of all.
			want := chunk.Want{Factors: []string{"a21001", "a21003"}, Fields: []string{"Max", "Flag"}, NoMeta: true}
			if err := chunk.Decode(b, &got, want); err != nil {
				t.Fatal(err)
			}
			part := slices.DeleteFunc(slices.Clone(rows), func(r row) bool {
				return !slices.Contains(want.Factors, r.factor) || !slices.Contains(want.Fields, r.field)
			})
			for i := range part {
				part[i].meta = chunk.Meta{}
			}
			if g, w := sorted(rowsOf(&got)), sorted(part); !slices.Equal(g, w) {
				t.Fatalf("seed %d: a part differs: %d rows, want %d", seed, len(g), len(w))
			}
		}
	}
}

func TestAppendTable(t *testing.T) {
	for seed := range uint64(50) {
		rows := random(seed)
		cut := rows[len(rows)/2].at
		first := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.at >= cut })
		second := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.at < cut })
		if len(first) == 0 {
			continue
		}
		both := table(first)
		both.Append(table(second))
		both.Finish()
		if g, w := sorted(rowsOf(both)), sorted(rows); !slices.Equal(g, w) {
			t.Fatalf("seed %d: the two halves are not the whole", seed)
		}
	}
}

// The texts that are numbers, and come back as they were; all others are odd.
func TestNumber(t *testing.T) {
	for _, text := range []string{"0", "1", "-1", "38.50", "0.0", "0.001", "-0.5", "10", "99999999999999999", "0.0000000000001", "1.0000000000000"} {
		m, dec, ok := chunk.Number(text)
		if got := chunk.NumberText(m, dec); !ok || got != text {
			t.Errorf("%s comes back as %s (%d, %d, %t)", text, got, m, dec, ok)
		}
	}
	for _, text := range []string{"", "-", ".", "+1", "01", "00", "-0", "-0.0", ".5", "5.", "1e3", "1.2.3", " 1", "１", "NaN", "--", "0.00000000000001", "100000000000000000", "123456789012345678", "1,5"} {
		if m, dec, ok := chunk.Number(text); ok {
			t.Errorf("%q counts as the number %d, %d", text, m, dec)
		}
	}
}

// Every chunk of one flipped bit, and every one cut short, is refused.
func TestDamageIsFound(t *testing.T) {
	good, _ := chunk.Encode(nil, table(random(3)), chunk.Best)
	var got chunk.Table
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if err := chunk.Decode(bad, &got, chunk.Want{}); !errors.Is(err, chunk.ErrDamaged) {
			t.Fatalf("a flipped bit in byte %d: %v", i, err)
		}
		if err := chunk.Decode(good[:i], &got, chunk.Want{}); !errors.Is(err, chunk.ErrDamaged) {
			t.Fatalf("the first %d bytes: %v", i, err)
		}
	}
}

// FuzzDecode lets damage through to the decoder by making the checksum right:
// it may find the damage, or read something else, but never panic.
func FuzzDecode(f *testing.F) {
	for seed := range uint64(6) {
		b, _ := chunk.Encode(nil, table(random(seed)), chunk.Effort(seed%2))
		f.Add(b)
	}
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4 {
			b = binary.LittleEndian.AppendUint32(b[:len(b)-4:len(b)-4], crc32.Checksum(b[:len(b)-4], castagnoli))
		}
		var got chunk.Table
		if err := chunk.Decode(b, &got, chunk.Want{}); err != nil {
			if !errors.Is(err, chunk.ErrDamaged) {
				t.Errorf("%v is no ErrDamaged", err)
			}
			return
		}
		if len(got.At) > 10_000 {
			return // a few bytes may well stand for millions of rows
		}
		rowsOf(&got)
		if err := chunk.Decode(b, &got, chunk.Want{Fields: []string{"Min"}, NoMeta: true}); err == nil {
			rowsOf(&got)
		}
	})
}

// The same for some thousand mutations, in each run of the tests. To fuzz for
// longer: go test -fuzz FuzzDecode -fuzzminimizetime 1x.
func TestDecodeDoesNotTrust(t *testing.T) {
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	r := rand.New(rand.NewPCG(1, 1))
	refused := 0
	var good []byte
	for i := range 20_000 {
		if i%5000 == 0 {
			good, _ = chunk.Encode(nil, table(random(uint64(i/5000))), chunk.Effort(i/5000%2))
		}
		b := bytes.Clone(good)
		for range 1 + r.IntN(4) {
			b[4+r.IntN(min(len(b)-8, []int{40, 400, 1 << 20}[r.IntN(3)]))] = byte(r.IntN(256))
		}
		b = binary.LittleEndian.AppendUint32(b[:len(b)-4], crc32.Checksum(b[:len(b)-4], castagnoli))
		var got chunk.Table
		if err := chunk.Decode(b, &got, chunk.Want{}); err != nil {
			if !errors.Is(err, chunk.ErrDamaged) {
				t.Fatalf("%v is no ErrDamaged", err)
			}
			refused++
		}
	}
	if refused < 4000 {
		t.Errorf("only %d of 20000 mutations were refused; the checksum may hide the decoder", refused)
	}
}
