package water

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"pingzhang/standard"
)

// The names of the tables, which are files standards/NAME.tsv of the catalog.
const (
	LimitTable      = "water_gb3838"
	EvaluationTable = "water_evaluation"
)

// Tables are the figures that a Book is made of.
type Tables struct {
	Limits     *standard.Table
	Evaluation *standard.Table
}

// A Book is the standards of surface water with their figures. It does not
// change once it is made, and may be used from many goroutines.
type Book struct {
	items []*itemRows // in the order of the tables
	of    map[Item]*itemRows
	names map[string]Item // by folded name, symbol or code
	rules map[string][]rule
}

// Open reads the tables below standards/ in files. The error is that of
// reading a file, or of New; it names the file and the line.
func Open(files fs.FS) (*Book, error) {
	var t Tables
	for _, read := range []struct {
		name string
		into **standard.Table
	}{{LimitTable, &t.Limits}, {EvaluationTable, &t.Evaluation}} {
		var err error
		if *read.into, err = standard.LoadTable(files, "standards/"+read.name+".tsv"); err != nil {
			return nil, err
		}
	}
	return New(t)
}

// New makes a book of tables, such as those of the catalog with corrections
// (standard.Table.With). Both must be there. The error names table, row and
// column.
func New(t Tables) (*Book, error) {
	b := &Book{of: map[Item]*itemRows{}, names: map[string]Item{}, rules: map[string][]rule{}}
	for _, read := range []struct {
		name  string
		table *standard.Table
		row   func(line) error
	}{{LimitTable, t.Limits, b.readLimit}, {EvaluationTable, t.Evaluation, b.readRule}} {
		if read.table == nil {
			return nil, fmt.Errorf("缺少表 %s", read.name)
		}
		for _, r := range read.table.Rows() {
			if err := read.row(line{r, read.table.Ref(r)}); err != nil {
				return nil, fmt.Errorf("%s：%w", read.name, err)
			}
		}
	}
	for text, item := range map[string]Item{
		"叶绿素a": Chlorophyll, "叶绿素α": Chlorophyll, "chl-a": Chlorophyll, "chla": Chlorophyll, "透明度": Secchi, "sd": Secchi,
	} {
		b.names[text] = item
	}
	return b, nil
}

// A line is a row of a table with its name.
type line struct {
	standard.Row
	ref standard.Ref
}

func (b *Book) readLimit(l line) error {
	info, err := b.itemOf(l)
	if err != nil {
		return err
	}
	r, err := parseLimit(l)
	if err != nil {
		return err
	}
	body := Body(l.Cell("body"))
	if !slices.Contains([]Body{River, Lake, anyBody, sourceBody}, body) {
		return fmt.Errorf("行 %s 的 body 一列只能是 all、river、lake 或 source，不能是 %q", l.Key, body)
	}
	for _, to := range []Body{River, Lake} {
		if body == River && to == Lake || body == Lake && to == River {
			continue
		}
		info.rows[to] = insert(info.rows[to], r)
	}
	return nil
}

// insert adds r to the edition that it came into force with.
func insert(all []edition, r limitRow) []edition {
	i := slices.IndexFunc(all, func(e edition) bool { return e[0].Citation.From == r.Citation.From })
	if i < 0 {
		all = append(all, edition{r})
	} else {
		all[i] = append(all[i], r)
		slices.SortStableFunc(all[i], func(a, b limitRow) int { return cmp.Compare(a.class, b.class) })
	}
	slices.SortStableFunc(all, func(a, b edition) int { return -cmp.Compare(a[0].Citation.From, b[0].Citation.From) })
	return all
}

// itemOf returns the item that a row is about, new where it is the first.
func (b *Book) itemOf(l line) (*itemRows, error) {
	item := Item(l.Cell("code"))
	if item == "" {
		item = Item(l.Cell("item"))
	}
	if item == "" {
		return nil, fmt.Errorf("行 %s 的 item 一列不能为空", l.Key)
	}
	unit := standard.Unit(l.Cell("unit"))
	if !unit.Known() {
		return nil, fmt.Errorf("行 %s 的 unit 一列不认识计量单位 %q", l.Key, unit)
	}
	rated := l.Cell("rated")
	if rated != "yes" && rated != "no" {
		return nil, fmt.Errorf("行 %s 的 rated 一列只能是 yes 或 no，不能是 %q", l.Key, rated)
	}
	info := b.of[item]
	if info == nil {
		info = &itemRows{item: item, name: l.Cell("item"), table: l.Cell("table"), unit: unit, rated: rated == "yes", rows: map[Body][]edition{}}
		b.of[item] = info
		b.items = append(b.items, info)
		b.names[fold(string(item))] = item
		b.names[fold(info.name)] = item
	}
	if info.unit != unit {
		return nil, fmt.Errorf("行 %s 的 unit 与同一项目的其他行不同", l.Key)
	}
	for _, alias := range strings.Split(l.Cell("aliases"), ";") {
		if alias != "" {
			b.names[fold(alias)] = item
		}
	}
	return info, nil
}

func parseLimit(l line) (limitRow, error) {
	r := limitRow{line: l}
	if text := l.Cell("class"); text != "" {
		c, ok := ParseClass(text)
		if !ok || c > V {
			return r, fmt.Errorf("行 %s 的 class 一列只能是 Ⅰ 至 Ⅴ 或空，不能是 %q", l.Key, text)
		}
		r.class = c
	}
	low, err := l.Number("limit")
	if err != nil {
		return r, err
	}
	high, err := l.Number("limit_max")
	if err != nil {
		return r, err
	}
	if r.saturation, err = l.Number("saturation"); err != nil {
		return r, err
	}
	switch direction := l.Cell("direction"); direction {
	case "<=":
		r.max = low
	case ">=":
		r.min = low
	case "range":
		r.min, r.max = low, high
	case "rule":
	default:
		return r, fmt.Errorf("行 %s 的 direction 一列只能是 <=、>=、range 或 rule，不能是 %q", l.Key, direction)
	}
	return r, nil
}

// Item returns the item that text names: a name (氨氮), a symbol (NH3-N) or a
// code (nh3n).
func (b *Book) Item(text string) (Item, bool) {
	i, ok := b.names[fold(text)]
	return i, ok
}

// Spellings returns the ways of writing an item that Item knows, sorted, without
// blanks and in small letters.
func (b *Book) Spellings(i Item) []string {
	var all []string
	for text, item := range b.names {
		if item == i {
			all = append(all, text)
		}
	}
	slices.Sort(all)
	return all
}

// Items returns the items of the tables in their order.
func (b *Book) Items() []Item {
	all := make([]Item, len(b.items))
	for i, info := range b.items {
		all[i] = info.item
	}
	return all
}

// Rated returns the items by which the class of a section is determined (环办
// 〔2011〕22号: 21 items), in the order of the table.
func (b *Book) Rated() []Item {
	var all []Item
	for _, info := range b.items {
		if info.rated {
			all = append(all, info.item)
		}
	}
	return all
}

// Name returns the Chinese name of an item; the item itself where it is not of
// the tables.
func (b *Book) Name(i Item) string {
	if info := b.of[i]; info != nil {
		return info.name
	}
	switch i {
	case Chlorophyll:
		return "叶绿素a"
	case Secchi:
		return "透明度"
	}
	return string(i)
}

// Limit returns the limit of an item for a class and body in force on a day,
// and the row that it stands in. Items of tables 2 and 3 have no classes: any
// will do. The issue says why there is none.
func (b *Book) Limit(item Item, body Body, class Class, on standard.Date) (standard.Limit, standard.Ref, standard.Issue) {
	info := b.of[item]
	r, issue := b.limitFor(info, body, class, on)
	if issue != "" {
		return standard.Limit{}, r.ref, issue
	}
	return r.limit(info), r.ref, ""
}
