package air

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/clock"
	"pingzhang/internal/document"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
)

// Bulletins makes the bulletins of ambient air and publishes them.
type Bulletins struct {
	Air       *Store
	Kept      *bulletin.Store
	Templates fs.FS                        // the folder templates of the catalog
	NameOf    func(access.Division) string // of divisions
	Bureau    string                       // who publishes
}

// Draft returns what a bulletin would tell today.
//
// The errors are those of Store.Bulletin, and fault.NotFound for what is no
// period.
func (b *Bulletins) Draft(ctx context.Context, by access.Caller, k bulletin.Key) (c bulletin.Content, err error) {
	defer fault.Wrap(&err, "air.Draft(%v)", k)
	p, err := ParsePeriod(BulletinKind(k.Kind), k.Period)
	if err != nil {
		return c, err
	}
	made, err := b.Air.Bulletin(ctx, by, k.Division, p, b.NameOf)
	if err != nil {
		return c, err
	}
	return made.Content()
}

// draftStamp says of a document that it is none that was published.
const draftStamp = "草稿，未发布"

// DraftFile returns the document or the workbook of a draft; it says that it is
// one.
//
// The error is fault.NotFound for another form, fault.Invalid where the template
// cannot be filled, and as of Draft.
func (b *Bulletins) DraftFile(ctx context.Context, by access.Caller, k bulletin.Key, form string) (f bulletin.File, err error) {
	defer fault.Wrap(&err, "air.DraftFile(%v, %s)", k, form)
	c, err := b.Draft(ctx, by, k)
	if err != nil {
		return f, err
	}
	f, err = b.file(c, form, stamp{version: draftStamp})
	f.Name = strings.Replace(f.Name, "."+form, "（草稿）."+form, 1)
	return f, err
}

// Publish publishes the bulletin k as it stands, if that is what by has seen:
// digest is that of the draft, seen the newest revision then. After the first it
// is a correction, and takes a reason.
//
// The error is fault.Invalid for a period that is not over, fault.Conflict when
// the figures or the revision are others by now, and as of bulletin.Publish and
// DraftFile.
func (b *Bulletins) Publish(ctx context.Context, by access.Caller, k bulletin.Key, digest string, seen int64, reason string) (_ bulletin.Published, err error) {
	defer fault.Wrap(&err, "air.Publish(%v)", k)
	if err := by.Must(bulletin.PublishNeeds); err != nil {
		return bulletin.Published{}, err
	}
	c, err := b.Draft(ctx, by, k)
	if err != nil {
		return bulletin.Published{}, err
	}
	p, err := ParsePeriod(BulletinKind(k.Kind), k.Period)
	if err != nil {
		return bulletin.Published{}, err
	}
	now := b.Air.now()
	if now.Before(p.End()) {
		return bulletin.Published{}, fault.New(fault.Invalid, "%s还没有结束，不能发布", p.Name())
	}
	if c.Digest() != digest {
		return bulletin.Published{}, fault.New(fault.Conflict, "在您查看之后数据有变化，没有发布；请核对新的数据后再发布")
	}
	st := stampOf(seen+1, reason, now)
	var files []bulletin.File
	for _, form := range Forms {
		f, err := b.file(c, form, st)
		if err != nil {
			return bulletin.Published{}, err
		}
		files = append(files, f)
	}
	return b.Kept.Publish(ctx, by, bulletin.Issue{Content: c, Files: files, Seen: seen, Reason: reason})
}

// A stamp says which version a document is.
type stamp struct{ version, on string }

func stampOf(revision int64, reason string, now time.Time) stamp {
	s := stamp{"", now.In(clock.Shanghai).Format("2006年1月2日")}
	if revision > 1 {
		s.version = "更正（第 " + strconv.FormatInt(revision, 10) + " 版）：" + strings.TrimSpace(reason)
	}
	return s
}

// Forms are the forms in which a bulletin is published.
var Forms = []string{"docx", "xlsx"}

// file makes a document of a content.
func (b *Bulletins) file(c bulletin.Content, form string, st stamp) (bulletin.File, error) {
	f := bulletin.File{Form: form, Name: c.Title + "." + form}
	var out bytes.Buffer
	var err error
	switch form {
	case "docx":
		var template []byte
		if template, err = readTemplate(b.Templates, BulletinKind(c.Kind)); err == nil {
			err = document.Fill(&out, template, b.fill(c, st))
		}
	case "xlsx":
		err = writeBook(&out, c, st)
	default:
		err = fault.New(fault.NotFound, "没有“%s”格式的文件", form)
	}
	f.Bytes = out.Bytes()
	return f, err
}

// writeBook writes the tables of a content as a workbook.
func writeBook(out *bytes.Buffer, c bulletin.Content, st stamp) error {
	var pages []sheet.Page
	for _, t := range c.Tables {
		x := sheet.Table{Name: t.Name, Title: c.Title + " " + t.Name}
		for i, header := range t.Columns {
			column := sheet.Column{Name: t.Fields[i], Zh: header, Kind: sheet.Number}
			if i == 0 || t.Fields[i] == "说明" || t.Fields[i] == "原因" || t.Fields[i] == "待核实" {
				column.Kind, column.Width = sheet.Text, 24
			}
			x.Columns = append(x.Columns, column)
		}
		pages = append(pages, sheet.Page{Table: x, Rows: sheet.RowsOf(t.Rows)})
	}
	notes := []string{c.Title}
	for _, text := range []string{st.version, st.on} {
		if text != "" {
			notes = append(notes, text)
		}
	}
	return sheet.WriteBook(out, slices.Concat(notes, c.Summary, c.Notes), pages...)
}

// fill returns what the template of a content is filled with: each table is a
// group, its columns by their fields; 概述 and 说明 are groups of paragraphs.
func (b *Bulletins) fill(c bulletin.Content, st stamp) document.Data {
	d := document.Data{
		Text: map[string]string{"标题": c.Title, "区域": b.NameOf(c.Division), "版本": st.version, "发布日期": st.on, "种类": BulletinKind(c.Kind).Name(), "发布单位": b.Bureau},
		Rows: map[string][]map[string]string{"概述": paragraphs(c.Summary), "注": paragraphs(c.Notes)},
	}
	if p, err := ParsePeriod(BulletinKind(c.Kind), c.Period); err == nil {
		d.Text["时段"], d.Text["起日"], d.Text["止日"] = p.Name(), string(p.From), string(p.To)
	}
	for i, t := range c.Tables {
		rows := make([]map[string]string, len(t.Rows))
		for j, r := range t.Rows {
			rows[j] = map[string]string{}
			for k, f := range t.Fields {
				rows[j][f] = r[k]
			}
		}
		d.Rows[t.Name] = rows
		// What the first table says of the division itself can stand in a sentence.
		for k, f := range t.Fields {
			if name := "全域." + f; (i == 0 || d.Text[name] == "") && len(t.Rows) > 0 && strings.HasPrefix(t.Name, "区域") {
				d.Text[name] = t.Rows[0][k]
			}
		}
	}
	return d
}

func paragraphs(texts []string) []map[string]string {
	all := make([]map[string]string, len(texts))
	for i, text := range texts {
		all[i] = map[string]string{"段": text}
	}
	return all
}

//go:generate go test -run TestTemplates -update .

// TemplateFile is the file of the template of a kind, in the folder templates of
// the catalog.
func TemplateFile(k BulletinKind) string { return "air_" + string(k) + ".docx" }

func readTemplate(files fs.FS, k BulletinKind) ([]byte, error) {
	b, err := fs.ReadFile(files, TemplateFile(k))
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "读不到%s的模板 templates/%s，请检查目录", k.Name(), TemplateFile(k))
	}
	return b, nil
}

// CheckTemplates reports what the templates of bulletins use that there is not.
//
// The error is fault.Invalid and names the file.
func CheckTemplates(files fs.FS) error {
	for _, k := range BulletinKinds {
		template, err := readTemplate(files, k)
		if err != nil {
			return err
		}
		if err := document.Check(template, offerOf(k)); err != nil {
			return fault.From(err, fault.Invalid, "模板 templates/%s：%s", TemplateFile(k), fault.Text(err))
		}
	}
	return nil
}

// offerOf returns the placeholders that a template of a kind may use.
func offerOf(k BulletinKind) document.Offer {
	b := Bulletin{Period: PeriodOf(k, time.Date(2026, 1, 1, 0, 0, 0, 0, clock.Shanghai)), Days: make([]DayLine, 1), Spans: make([]SpanLine, 1)}
	c, err := b.Content()
	if err != nil {
		return document.Offer{} // a Bulletin can be written as JSON
	}
	x := Bulletins{NameOf: func(access.Division) string { return "" }}
	d := x.fill(c, stamp{})
	o := document.Offer{Text: slices.Sorted(maps.Keys(d.Text)), Rows: map[string][]string{"概述": {"段"}, "注": {"段"}}}
	for _, t := range c.Tables {
		o.Rows[t.Name] = t.Fields
	}
	return o
}
