package read

import (
	"bytes"
	"encoding/binary"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"pingzhang/spatial"
)

// dbf reads the attributes beside a Shapefile; a record that is marked deleted
// is nil. Without a table there is nothing, which is said.
//
// The header has the number of records at byte 4, its own length at 8, that of a
// record at 10, and from 32 on a field every 32 bytes (name 11, type, length at
// 16) up to 0D. Each record begins with a blank, or * where it is deleted.
func (s source) dbf(r *Result) ([][]Attribute, error) {
	b := s.beside(".dbf")
	if b == nil {
		r.add("no_dbf", spatial.Ask, s.name, "没有同名的 .dbf 文件，因此没有名称、代码等属性；需要属性时请补上")
		return nil, nil
	}
	bad := func(why string) error {
		return spatial.Refuse("bad_dbf", s.name, "属性表（.dbf）已损坏：%s；请重新导出", why)
	}
	if len(b) < 33 {
		return nil, bad("文件太短")
	}
	count, header, size := int(binary.LittleEndian.Uint32(b[4:])), int(binary.LittleEndian.Uint16(b[8:])), int(binary.LittleEndian.Uint16(b[10:]))
	if header < 33 || header > len(b) || size < 1 || count > (len(b)-header)/size {
		return nil, bad("记录数与文件长度不符")
	}
	decode := s.decoder(b, r)
	type field struct {
		name     string
		from, to int
	}
	var fields []field
	from := 1
	for at := 32; at+32 <= header && b[at] != 0x0d; at += 32 {
		name, _, _ := bytes.Cut(b[at:at+11], []byte{0})
		to := from + int(b[at+16])
		if to > size {
			return nil, bad("字段长度超出记录")
		}
		fields = append(fields, field{strings.TrimSpace(decode(name)), from, to})
		from = to
	}
	table := make([][]Attribute, count)
	for i := range count {
		record := b[header+i*size : header+(i+1)*size]
		if record[0] == '*' {
			continue
		}
		table[i] = make([]Attribute, 0, len(fields))
		for _, f := range fields {
			value := strings.Trim(decode(record[f.from:f.to]), " \x00")
			table[i] = append(table[i], Attribute{f.name, value})
		}
	}
	return table, nil
}

// decoder returns how the texts of a table are to be read: as the caller says,
// as .cpg says, as the table's own mark says (4D: GBK), as UTF-8 where that fits
// everywhere, else as GB18030.
func (s source) decoder(table []byte, r *Result) func([]byte) string {
	name := s.Encoding
	if name == "" {
		name = strings.TrimSpace(string(s.beside(".cpg")))
	}
	gb := func(b []byte) string {
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
		if err != nil {
			return strings.ToValidUTF8(string(b), "\ufffd")
		}
		return string(out)
	}
	utf := func(b []byte) string { return strings.ToValidUTF8(string(b), "\ufffd") }
	switch n := strings.ToUpper(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)); {
	case strings.HasPrefix(n, "UTF8") || n == "65001":
		if validUTF8(table[32:]) || s.Encoding != "" {
			return utf
		}
	case strings.HasPrefix(n, "GB") || strings.Contains(n, "936") || n == "CP54936":
		return gb
	case n != "":
		r.add("encoding", spatial.Ask, s.name, "属性表的编码注明为“%s”，不认识，按 GB18030 读取；请核对名称中有无乱码", name)
		return gb
	}
	if table[29] != 0x4d && texts(table) {
		return utf
	}
	return gb
}

// texts reports whether a table of unknown encoding reads as UTF-8 throughout.
// A field may end within a character; three bytes before a blank are forgiven.
func texts(table []byte) bool {
	header := int(binary.LittleEndian.Uint16(table[8:]))
	return validUTF8(table[min(header, len(table)):])
}
