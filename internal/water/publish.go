package water

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"pingzhang/internal/access"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/document"
	"pingzhang/internal/fault"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// duty names the bulletins of this package.
const duty = "water"

// template is the document of a bulletin, in the catalog.
const template = "templates/water_bulletin.docx"

// keyOf names the bulletin of a division and a period.
func keyOf(slot Slot, division access.Division) bulletin.Key {
	k := bulletin.Key{Duty: duty, Kind: string(slot.Kind), Division: division, Period: strconv.Itoa(slot.Year)}
	switch slot.Kind {
	case gb.Month:
		k.Period = fmt.Sprintf("%d-%02d", slot.Year, slot.N)
	case gb.Quarter:
		k.Period = fmt.Sprintf("%d-Q%d", slot.Year, slot.N)
	}
	return k
}

// Content is the bulletin as it is frozen.
func (bu Bulletin) Content() bulletin.Content {
	c := bulletin.Content{
		Key: keyOf(bu.Slot, bu.Division), Title: bu.Title, EndsOn: bu.Slot.Period().To, Summary: bu.Lead, Notes: bu.Notes, Data: json.RawMessage(pack(bu)),
	}
	for i, l := range bu.leaves() {
		t := bulletin.Table{Name: l.Table.Name}
		var heads []string
		for _, column := range l.Table.Columns {
			heads = append(heads, column.Zh)
		}
		name := []int{3, 1, 1}[i] // the column that names a row comes first
		t.Columns = front(heads, name)
		for row := range l.Rows {
			t.Rows = append(t.Rows, front(row, name))
		}
		c.Tables = append(c.Tables, t)
	}
	return c
}

// front returns cells with one of them before the others.
func front(cells []string, at int) []string {
	return append([]string{cells[at]}, append(append([]string{}, cells[:at]...), cells[at+1:]...)...)
}

// Digest names what the bulletin says, for Publish to know that it is what was
// looked at.
func (bu Bulletin) Digest() string { return bu.Content().Digest() }

// Draft returns the bulletin of a division and a period as it would be published
// now.
//
// The error is fault.Denied without monitor.read, or for a division that by does
// not see whole, fault.Invalid for a period that has no bulletin.
func (s *Store) Draft(ctx context.Context, by access.Caller, slot Slot, division access.Division) (_ Bulletin, err error) {
	defer fault.Wrap(&err, "water.Draft(%s, %s)", slot.Name(), division)
	if slot.Kind == gb.ToDate || !slot.Valid() {
		return Bulletin{}, fault.New(fault.Invalid, "公报按月、季或年编制，请检查时段")
	}
	if !by.Scope.Sees(division, 0) || division == "" {
		return Bulletin{}, fault.New(fault.Denied, "这个区域不全在您的管辖范围内，不能编制它的公报")
	}
	o, err := s.Overview(ctx, by, slot, Which{Division: division})
	if err != nil {
		return Bulletin{}, err
	}
	return draft(o, s.name(division), s.name), nil
}

// An Issue asks to publish a draft that was looked at.
type Issue struct {
	Slot     Slot
	Division access.Division
	Digest   string // of the draft that was looked at
	Seen     int64  // the newest revision that was seen; 0 for none
	Reason   string // of a revision after the first
}

// Publish freezes the bulletin of a division and a period with its files, as its
// next revision; those before stay.
//
// Besides those of Draft, the error is fault.Denied without bulletin.publish,
// fault.Conflict when the draft is not what was looked at or another revision came
// meanwhile, fault.Invalid without a reason where one is needed, for a period that
// is not over, or when there is nothing to tell.
func (s *Store) Publish(ctx context.Context, by access.Caller, is Issue) (_ bulletin.Published, err error) {
	defer fault.Wrap(&err, "water.Publish(%s, %s)", is.Slot.Name(), is.Division)
	if err := by.Must("bulletin.publish"); err != nil {
		return bulletin.Published{}, err
	}
	bu, err := s.Draft(ctx, by, is.Slot, is.Division)
	if err != nil {
		return bulletin.Published{}, err
	}
	c := bu.Content()
	switch {
	case len(bu.Sections)+len(bu.Sources) == 0:
		return bulletin.Published{}, fault.New(fault.Invalid, "这个时段没有登记在用的断面和水源地，没有可发布的内容")
	case c.EndsOn >= standard.Date(s.now().Format("2006-01-02")):
		return bulletin.Published{}, fault.New(fault.Invalid, "%s还没有结束，不能发布公报", is.Slot.Name())
	case c.Digest() != is.Digest:
		return bulletin.Published{}, fault.New(fault.Conflict, "数据在您查看之后有了变化，请重新核对后再发布")
	}
	before, err := s.told.Revisions(ctx, by, c.Key)
	if err != nil {
		return bulletin.Published{}, err
	}
	if len(before) > 0 && before[0].Digest == is.Digest {
		return bulletin.Published{}, fault.New(fault.Conflict, "与已发布的第 %d 版内容相同，不必再发布", before[0].Revision)
	}
	files, err := s.files(bu)
	if err != nil {
		return bulletin.Published{}, err
	}
	return s.told.Publish(ctx, by, bulletin.Issue{Content: c, Files: files, Seen: is.Seen, Reason: is.Reason})
}

// files makes the files of a bulletin. A catalog without a template has no
// document.
func (s *Store) files(bu Bulletin) (all []bulletin.File, err error) {
	for _, form := range []string{"xlsx", "docx"} {
		data, err := s.Draw(bu, form)
		if fault.Of(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, bulletin.File{Form: form, Name: bu.Title + "." + form, Bytes: data})
	}
	return all, nil
}

// Draw makes a file of a bulletin: xlsx or docx.
//
// The error is fault.NotFound for another form, or when the catalog has no template
// of the document.
func (s *Store) Draw(bu Bulletin, form string) (_ []byte, err error) {
	defer fault.Wrap(&err, "water.Draw(%s)", form)
	var b bytes.Buffer
	switch {
	case form == "xlsx":
		err := bu.WriteXLSX(&b)
		return b.Bytes(), err
	case form != "docx" || s.catalog == nil:
		return nil, fault.New(fault.NotFound, "没有这种格式的公报")
	}
	paper, err := fs.ReadFile(s.catalog, template)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "目录中没有公报的模板 %s", template)
	}
	if err != nil {
		return nil, err
	}
	err = document.Fill(&b, paper, bu.Data())
	return b.Bytes(), err
}

// Told returns the newest revision of each bulletin of a division in by's scope, the
// latest period first, of a kind.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Told(ctx context.Context, by access.Caller, kind gb.Kind, division access.Division) ([]bulletin.Published, error) {
	return s.told.List(ctx, by, bulletin.Key{Duty: duty, Kind: string(kind), Division: division}, "2002-01-01", "2100-12-31")
}

// ToldOf returns the revisions of a bulletin, the newest first; none where it was not published.
//
// The error is fault.Denied without monitor.read.
func (s *Store) ToldOf(ctx context.Context, by access.Caller, slot Slot, division access.Division) ([]bulletin.Published, error) {
	return s.told.Revisions(ctx, by, keyOf(slot, division))
}

// Bulletin returns what was published as id.
//
// The error is fault.Denied without monitor.read, fault.NotFound when there is none
// in by's scope.
func (s *Store) Bulletin(ctx context.Context, by access.Caller, id int64) (full bulletin.Full, bu Bulletin, err error) {
	defer fault.Wrap(&err, "water.Bulletin(%d)", id)
	if full, err = s.told.Open(ctx, by, id); err != nil {
		return full, bu, err
	}
	if full.Duty != duty {
		return full, bu, fault.New(fault.NotFound, "没有这份公报，或不在您的管辖范围内")
	}
	return full, bu, json.Unmarshal(full.Content.Data, &bu)
}

// BulletinFile returns a file of what was published as id.
//
// The errors are those of Bulletin.
func (s *Store) BulletinFile(ctx context.Context, by access.Caller, id int64, form string) (bulletin.File, error) {
	return s.told.File(ctx, by, id, form)
}
