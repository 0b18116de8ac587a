package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Entry is one thing done, as the caller tells it. Seq and time are given by
// Append.
type Entry struct {
	By         string // login of who did it; "system" for the platform itself
	Via        string // "web", "api" or "system"
	Act        string // noun.verb: "matter.move"
	Object     string // kind/id: "matter/123"
	Division   string // division code of the object, for the journal page; may be empty
	Enterprise int64  // entry id of the enterprise concerned, or 0
	Detail     any    // a struct or map that encoding/json writes; nil for none
}

// Row is an entry as it stands in the journal.
type Row struct {
	Seq        int64  `db:"seq" json:"seq"`    // 1, 2, 3 … without a gap
	At         int64  `db:"done_at" json:"at"` // unix seconds, the time of the transaction
	By         string `db:"by_login" json:"by"`
	Via        string `db:"via" json:"via"`
	Act        string `db:"act" json:"act"`
	Object     string `db:"object" json:"object"`
	Division   string `db:"division" json:"division"`
	Enterprise int64  `db:"enterprise" json:"enterprise"`
	Detail     string `db:"detail" json:"detail"` // canonical JSON, an object
	Leaf       []byte `db:"leaf" json:"-"`        // SM3, 32 bytes
}

// rowColumns are the columns of Row, in the order of its fields.
const rowColumns = `
			       seq,
			       done_at,
			       by_login,
			       via,
			       act,
			       object,
			       division,
			       enterprise,
			       detail,
			       leaf`

// encoding is how the canonical encoding of a row begins; a change of the
// format changes it.
const encoding = "pingzhang-journal-1"

// encode returns the canonical encoding of the row: encoding and then the nine
// fields in the order of the struct, each as a netstring (length in bytes in
// decimal, a colon, the bytes, a comma). No two rows share one.
func (r *Row) encode() []byte {
	b := make([]byte, 0, 128+len(r.Detail))
	for _, s := range [...]string{
		encoding,
		strconv.FormatInt(r.Seq, 10),
		strconv.FormatInt(r.At, 10),
		r.By, r.Via, r.Act, r.Object, r.Division,
		strconv.FormatInt(r.Enterprise, 10),
		r.Detail,
	} {
		b = strconv.AppendInt(b, int64(len(s)), 10)
		b = append(b, ':')
		b = append(b, s...)
		b = append(b, ',')
	}
	return b
}

// hash returns the leaf that belongs to the row.
func (r *Row) hash() []byte { return Hasher.HashLeaf(r.encode()) }

// canonical writes v as JSON in one way only: keys sorted, no spaces, numbers
// in the text they had, no escapes that JSON does not ask for. PostgreSQL takes
// no NUL in a text; JSON writes it as an escape.
func canonical(v any) (string, error) {
	if v == nil {
		return "{}", nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("journal detail %T: %w", v, err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return "", fmt.Errorf("journal detail %T: %w", v, err)
	}
	if _, isObject := tree.(map[string]any); !isObject {
		tree = map[string]any{"value": tree}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(tree); err != nil {
		return "", fmt.Errorf("journal detail %T: %w", v, err)
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// clean returns s as both engines store it: valid UTF-8 without NUL. A login
// that somebody tried may hold anything.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
