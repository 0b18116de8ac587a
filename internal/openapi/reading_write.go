package openapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"pingzhang/internal/measure"
)

// errFull ends the reading of rows when a page is full.
var errFull = errors.New("the page is full")

// heldBack is how much of an answer is written before its status goes out:
// a failure until then is still answered as a problem.
const heldBack = 64 << 10

// writeReadings writes a page as it is read. The names and their order are
// those of ReadingPage.
func (a *api) writeReadings(ctx context.Context, out huma.Context, q readingQuery) {
	_, w := humago.Unwrap(out)
	w.Header().Set("Content-Type", "application/json")
	began := &beginning{out: out}
	b := bufio.NewWriterSize(began, heldBack)
	err := a.readingRows(ctx, b, q)
	if err == nil {
		err = b.Flush()
	}
	switch {
	case err == nil:
	case began.written:
		// The status has gone out. Cutting the connection is the only way left to
		// say that this is not the whole.
		a.fail(ctx, err)
		panic(http.ErrAbortHandler)
	default:
		p := a.fail(ctx, err)
		w.Header().Set("Content-Type", problemType)
		out.SetStatus(p.Status)
		json.NewEncoder(out.BodyWriter()).Encode(p)
	}
}

// beginning sends the status with the first bytes.
type beginning struct {
	out     huma.Context
	written bool
}

func (b *beginning) Write(p []byte) (int, error) {
	if !b.written {
		b.written = true
		b.out.SetStatus(http.StatusOK)
	}
	return b.out.BodyWriter().Write(p)
}

func (a *api) readingRows(ctx context.Context, b *bufio.Writer, q readingQuery) error {
	head, err := json.Marshal(struct {
		Point int64             `json:"point"`
		MN    string            `json:"mn"`
		Kind  string            `json:"kind"`
		Units map[string]string `json:"units"`
	}{int64(q.rows.Point), q.mn, q.kind, q.units})
	if err != nil {
		return err
	}
	b.Write(head[:len(head)-1])
	b.WriteString(`,"readings":[`)
	var one bytes.Buffer
	enc := json.NewEncoder(&one)
	enc.SetEscapeHTML(false)
	n := 0
	var last position
	err = a.Readings.Rows(ctx, q.rows, func(r measure.Row) error {
		if r.At == q.after.at && r.Factor <= q.after.factor {
			return nil
		}
		if n == q.most {
			return errFull
		}
		one.Reset()
		if n > 0 {
			one.WriteString(",\n")
		}
		if err := enc.Encode(readingOf(&r, q.rows.Kind)); err != nil {
			return err
		}
		n, last = n+1, position{r.At, r.Factor}
		_, err := b.Write(bytes.TrimSuffix(one.Bytes(), []byte("\n")))
		return err
	})
	full := errors.Is(err, errFull)
	if err != nil && !full {
		return err
	}
	b.WriteString("]")
	if full {
		next, err := json.Marshal(last.String())
		if err != nil {
			return err
		}
		b.WriteString(`,"next":`)
		b.Write(next)
	}
	_, err = b.WriteString("}\n")
	return err
}
