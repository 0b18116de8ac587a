package bulletin

import (
	"encoding/hex"
	"encoding/json"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/access"
	"pingzhang/standard"
)

// A Key names a bulletin, all its revisions.
type Key struct {
	Duty     string          `json:"duty" db:"duty"` // air, water
	Kind     string          `json:"kind" db:"kind"` // of the duty: day, month, quarter …
	Division access.Division `json:"division" db:"division"`
	Period   string          `json:"period" db:"period"` // 2026-11-23, 2026-11, 2026-Q4, 2026
}

// A Table is a table of a bulletin. The first column names the rows.
type Table struct {
	Name    string     `json:"name"`
	Columns []string   `json:"columns"`
	Fields  []string   `json:"fields"` // the names of the columns in templates of documents
	Rows    [][]string `json:"rows"`
}

// A Content is what a bulletin tells.
type Content struct {
	Key
	Title  string        `json:"title"`
	EndsOn standard.Date `json:"ends_on"` // the last day of the period
	// Summary are the paragraphs before the tables.
	Summary []string `json:"summary"`
	Tables  []Table  `json:"tables"`
	Notes   []string `json:"notes"`
	// Data are the figures as the duty keeps them, with their reasons.
	Data json.RawMessage `json:"data"`
}

// text is the form in which a content is stored, and which its digest is of.
func (c Content) text() (string, error) {
	b, err := json.Marshal(c)
	return string(b), err
}

// Digest returns the SM3 digest of all that c says, as hexadecimal digits; empty
// where Data is no JSON.
func (c Content) Digest() string {
	text, err := c.text()
	if err != nil {
		return ""
	}
	return digest([]byte(text))
}

func digest(b []byte) string {
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:])
}

// A File is a document that people are given.
type File struct {
	Form   string `db:"form"` // docx, xlsx
	Name   string `db:"name"`
	Digest string `db:"digest"` // SM3, as hexadecimal digits
	Bytes  []byte `db:"bytes"`  // nil in lists
}

// Published is one revision of a bulletin.
type Published struct {
	ID int64 `db:"id"`
	Key
	Revision int64         `db:"revision"`
	Title    string        `db:"title"`
	EndsOn   standard.Date `db:"ends_on"`
	Digest   string        `db:"digest"`
	Reason   string        `db:"reason"` // of a correction
	ByLogin  string        `db:"by_login"`
	ByName   string        `db:"by_name"`
	At       int64         `db:"published_at"`
}
