package figure

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// maxText is how many characters a cell, a source or a reason may have.
const maxText = 2000

// Correct corrects a row of a table: it becomes the next revision of the row,
// in force at once. seen is the revision that by saw. Cells that c names and
// that stay as they are count for nothing; By and At of c are those of by and
// of the transaction, whatever c says.
//
// Whoever changes a cell says how sure the new figure is (Confidence), and for
// one that was read in the text itself where (Source).
//
// The error is fault.Denied without figure.correct; fault.Invalid, with the
// fields (table, key, cells.COLUMN, confidence, source, reason), when c is not
// in order, changes nothing, or would leave a table that the standards cannot
// be reckoned with; fault.Conflict when seen is not the newest revision. In each
// of these nothing is stored.
func (s *Store) Correct(ctx context.Context, by access.Caller, table string, seen int, c standard.Correction) (_ standard.Ref, err error) {
	defer fault.Wrap(&err, "figure.Correct(%s, %s, revision %d)", table, c.Key, seen)

	if err := by.Must("figure.correct"); err != nil {
		return standard.Ref{}, err
	}
	var made standard.Ref
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		// The counter comes first: on PostgreSQL its row lock is what keeps apart
		// two corrections that are each right, and together make a wrong table.
		if err := tx.ExecOne(ctx, `UPDATE figure_revision SET rev = rev + 1 WHERE id = 1`); err != nil {
			return err
		}
		e, err := s.load(ctx, tx)
		if err != nil {
			return err
		}
		next, err := e.try(table, seen, c, by, tx.Now)
		if err != nil {
			return err
		}
		made = next.ref
		return next.store(ctx, tx, by)
	})
	if err != nil {
		return standard.Ref{}, err
	}
	return made, nil
}

// step is a correction that was tried and found good.
type step struct {
	ref     standard.Ref
	c       standard.Correction // what changes alone; confidence and source in full
	changed []Change
}

// try applies c to e and makes the Book that the table belongs to.
func (e *edition) try(table string, seen int, c standard.Correction, by access.Caller, now time.Time) (step, error) {
	t := e.tables[table]
	if t == nil {
		return step{}, fault.Fields(map[string]string{"table": fmt.Sprintf("没有名为“%s”的标准数值表", table)})
	}
	was, ok := t.Row(c.Key)
	if !ok {
		return step{}, fault.Fields(map[string]string{"key": fmt.Sprintf("“%s”中没有“%s”这一行", titleOf(t), c.Key)})
	}
	if was.Revision != seen {
		return step{}, conflict(was)
	}
	c, err := tidy(t, was, c)
	if err != nil {
		return step{}, err
	}
	c.By, c.At = author(by.Name, by.Login), now.Format(time.RFC3339)
	corrected, err := t.With(c)
	if err != nil {
		return step{}, err
	}
	if err := e.shelfOf(table).make(e.with(corrected).tables, &Books{}); err != nil {
		return step{}, fault.New(fault.Invalid, "这样更正后标准数值表不能使用，没有保存：%v", err)
	}
	became, _ := corrected.Row(c.Key)
	return step{t.Ref(became), c, changes(t.Columns, was, became)}, nil
}

func conflict(newest standard.Row) error {
	if newest.Revision == 1 {
		return fault.New(fault.Conflict, "这一行现在是第 1 版，与您看到的不是同一版，请刷新后再更正")
	}
	return fault.New(fault.Conflict, "这一行已由%s更正为第 %d 版，请刷新后再更正", newest.By, newest.Revision)
}

// tidy checks c as it was entered for row was of t, and returns it with what
// changes alone.
func tidy(t *standard.Table, was standard.Row, c standard.Correction) (standard.Correction, error) {
	wrong := map[string]string{}
	given := c
	c.Cells = map[string]string{}
	for column, text := range given.Cells {
		text = strings.TrimSpace(text)
		switch {
		case !slices.Contains(t.Columns, column):
			wrong["cells."+column] = fmt.Sprintf("“%s”中没有 %s 一列", titleOf(t), column)
		case text == was.Cell(column):
		case !plain(text, ""):
			wrong["cells."+column] = unfit
		default:
			c.Cells[column] = text
		}
	}
	c.Reason, c.Source = strings.TrimSpace(given.Reason), strings.TrimSpace(given.Source)
	switch {
	case c.Reason == "":
		wrong["reason"] = "请填写更正的理由"
	case !plain(c.Reason, "\n\r\t"):
		wrong["reason"] = unfit
	}
	if !plain(c.Source, "") {
		wrong["source"] = unfit
	}
	if c.Confidence == "" {
		c.Confidence = was.Citation.Confidence
		if len(c.Cells) > 0 {
			wrong["confidence"] = "请选择更正后数值的核实情况"
		}
	}
	if !c.Confidence.Known() {
		wrong["confidence"] = "核实情况不在可选范围内"
	}
	claims := len(c.Cells) > 0 || c.Confidence != was.Citation.Confidence
	if claims && c.Confidence.Verified() && c.Source == "" {
		wrong["source"] = "标为已核对原文的，请写明所核对的文本"
	}
	if c.Source == "" {
		c.Source = was.Citation.Source
	}
	if len(wrong) == 0 && !claims && c.Source == was.Citation.Source {
		return c, fault.New(fault.Invalid, "没有改动任何内容，无需更正")
	}
	return c, fault.Fields(wrong)
}

const unfit = "内容过长，或含有换行、制表符等不能保存的字符"

// plain reports whether text can stand in a table: not too long, and without
// control characters but those of allowed.
func plain(text, allowed string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= maxText &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune(allowed, r) })
}

// store writes the correction and its entry in the journal.
func (n step) store(ctx context.Context, tx *sqldb.Tx, by access.Caller) error {
	cells, err := json.Marshal(n.c.Cells)
	if err != nil {
		return err
	}
	if err := tx.ExecOne(ctx, `
		INSERT INTO figure_corrections (id, table_name, row_key, revision, cells, confidence, source, by_login, by_name, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		sqldb.NewID(), n.ref.Table, n.ref.Key, n.ref.Revision, string(cells), string(n.c.Confidence), n.c.Source,
		by.Login, by.Name, n.c.Reason, tx.Now.Unix()); err != nil {
		return err
	}
	return journal.Append(ctx, tx, by.Entry("figure.correct", "figure/"+n.ref.Table+"/"+n.ref.Key, map[string]any{
		"revision": n.ref.Revision,
		"reason":   n.c.Reason,
		"changed":  n.changed,
	}))
}

// Change is one thing that differs between two revisions of a row.
type Change struct {
	Field string `json:"field"` // a column, or confidence or source
	From  string `json:"from"`
	To    string `json:"to"`
}

// changes lists what differs from a to b, revisions of one row.
func changes(columns []string, a, b standard.Row) []Change {
	var all []Change
	add := func(field, from, to string) {
		if from != to {
			all = append(all, Change{field, from, to})
		}
	}
	for _, c := range columns {
		add(c, a.Cell(c), b.Cell(c))
	}
	add("confidence", string(a.Citation.Confidence), string(b.Citation.Confidence))
	add("source", a.Citation.Source, b.Citation.Source)
	return all
}
