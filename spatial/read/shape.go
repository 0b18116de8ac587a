package read

import (
	"encoding/binary"
	"fmt"
	"math"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

// shapefile reads .shp with the .dbf, .prj and .cpg beside it.
//
// A file is a header of 100 bytes (9994 big-endian, then the type at byte 32,
// little-endian) and records: number and length in 16-bit words, big-endian, and
// the shape, little-endian. Outer rings run clockwise, holes the other way; since
// many writers do not keep to it, rings are sorted by what lies in what.
func (s source) shapefile() (*Result, error) {
	r := &Result{Format: "Shapefile"}
	if len(s.data) < 100 {
		return nil, spatial.Refuse("bad_shp", s.name, "文件不完整（只有 %d 字节）；请重新复制或导出", len(s.data))
	}
	table, err := s.dbf(r)
	if err != nil {
		return nil, err
	}
	if prj := s.beside(".prj"); prj != nil {
		system, err := crs.ParseWKT(text(prj))
		if err != nil {
			r.add("bad_prj", spatial.Ask, s.name, "%s", err.Error())
		} else {
			r.state(system, "同名的 .prj 文件")
		}
	} else {
		r.add("no_prj", spatial.Ask, s.name, "没有同名的 .prj 文件，因此不知道坐标系；请补上，或者选择坐标系")
	}
	at, number := 100, 0
	for at < len(s.data) {
		number++
		where := fmt.Sprintf("第 %d 条记录", number)
		if at+8 > len(s.data) {
			return nil, spatial.Refuse("bad_shp", where, "文件在此处中断（共 %d 字节），请重新复制或导出", len(s.data))
		}
		size := int64(binary.BigEndian.Uint32(s.data[at+4:])) * 2
		if size < 4 || int64(at)+8+size > int64(len(s.data)) {
			return nil, spatial.Refuse("bad_shp", where, "记录的长度（%d 字节）超出文件，文件不完整或已损坏，请重新复制或导出", size)
		}
		body := s.data[at+8 : at+8+int(size)]
		at += 8 + int(size)
		g, ok := shape(body)
		if !ok {
			return nil, spatial.Refuse("bad_shp", where, "图形内容已损坏（类型 %d，%d 字节），请重新导出", binary.LittleEndian.Uint32(body), size)
		}
		if g.Empty() {
			r.add("null_shape", spatial.Note, where, "这条记录没有图形，已略过")
			continue
		}
		f := Feature{Geometry: g, Where: where}
		if number-1 < len(table) {
			if table[number-1] == nil {
				r.add("deleted_record", spatial.Note, where, "属性表中这条记录已标记删除，已略过")
				continue
			}
			f.Attributes = table[number-1]
		}
		r.Features = append(r.Features, f)
	}
	if table != nil && len(table) != number {
		r.add("dbf_count", spatial.Ask, s.name, "图形有 %d 条，属性表有 %d 条，二者不一致，属性可能对不上；请重新导出", number, len(table))
	}
	return r, nil
}

// shape reads one record.
func shape(b []byte) (g spatial.Geometry, ok bool) {
	kind := binary.LittleEndian.Uint32(b)
	b = b[4:]
	xy := func(i int) spatial.XY {
		return spatial.XY{X: math.Float64frombits(binary.LittleEndian.Uint64(b[i:])), Y: math.Float64frombits(binary.LittleEndian.Uint64(b[i+8:]))}
	}
	switch kind {
	case 0:
		return g, true
	case 1, 11, 21:
		if len(b) < 16 {
			return g, false
		}
		g.Points = []spatial.XY{xy(0)}
		return g, true
	case 8, 18, 28:
		if len(b) < 36 {
			return g, false
		}
		n := int64(binary.LittleEndian.Uint32(b[32:]))
		if 36+16*n > int64(len(b)) {
			return g, false
		}
		for i := range int(n) {
			g.Points = append(g.Points, xy(36+16*i))
		}
		return g, true
	case 3, 5, 13, 15, 23, 25:
		lines, ok := shapeParts(b, xy)
		if !ok {
			return g, false
		}
		if kind%10 == 3 {
			g.Lines = lines
			return g, true
		}
		var rings []spatial.Ring
		for _, l := range lines {
			if len(l) > 0 {
				rings = append(rings, spatial.Ring(l))
			}
		}
		g.Polygons = polygonsOf(rings)
		return g, true
	}
	return g, false
}

// shapeParts reads the lines of a polyline or polygon: box, counts, the number of
// each part's first point, points.
func shapeParts(b []byte, xy func(int) spatial.XY) (lines [][]spatial.XY, ok bool) {
	if len(b) < 40 {
		return nil, false
	}
	parts, points := int64(binary.LittleEndian.Uint32(b[32:])), int64(binary.LittleEndian.Uint32(b[36:]))
	if parts > int64(len(b)) || 40+4*parts+16*points > int64(len(b)) {
		return nil, false
	}
	for i := range int(parts) {
		from, to := int64(binary.LittleEndian.Uint32(b[40+4*i:])), points
		if i+1 < int(parts) {
			to = int64(binary.LittleEndian.Uint32(b[44+4*i:]))
		}
		if from > to || to > points {
			return nil, false
		}
		line := make([]spatial.XY, 0, to-from)
		for j := from; j < to; j++ {
			line = append(line, xy(int(40+4*parts+16*j)))
		}
		lines = append(lines, line)
	}
	return lines, true
}
