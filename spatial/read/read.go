package read

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pingzhang/spatial"
)

// Options of a reading. The zero value takes the defaults.
type Options struct {
	Limits   Limits
	Encoding string // of .dbf texts, where there is no .cpg: "UTF-8", "GBK"; "" is found out
}

func (o Options) limits() Limits {
	if o.Limits == (Limits{}) {
		return DefaultLimits
	}
	return o.Limits
}

// A source is a file with what lies beside it.
type source struct {
	name   string
	data   []byte
	beside func(ext string) []byte // the file of the same name with another ending; nil for none
	path   string                  // on the disk; "" for none
	Options
}

// File reads a file of the disk. The parts of a Shapefile are looked for beside
// it, in either case.
func File(path string, o Options) (*Result, error) {
	data, err := load(path, o.limits())
	if err != nil {
		return nil, err
	}
	var failed error
	beside := func(ext string) []byte {
		entries, _ := os.ReadDir(filepath.Dir(path))
		want := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + ext
		for _, e := range entries {
			if strings.EqualFold(e.Name(), want) {
				b, err := load(filepath.Join(filepath.Dir(path), e.Name()), o.limits())
				if err != nil {
					failed = err
				}
				return b
			}
		}
		return nil
	}
	r, err := (source{filepath.Base(path), data, beside, path, o}).read()
	if failed != nil {
		return nil, failed
	}
	return r, err
}

// Bytes reads what was uploaded under a name.
func Bytes(name string, data []byte, o Options) (*Result, error) {
	if err := o.limits().check(data); err != nil {
		return nil, err
	}
	return source{filepath.Base(name), data, func(string) []byte { return nil }, "", o}.read()
}

// read finds out the format and reads.
func (s source) read() (*Result, error) {
	r, err := s.dispatch()
	if err != nil {
		return nil, err
	}
	return r.finish(s.limits())
}

func (s source) dispatch() (*Result, error) {
	if len(bytes.TrimSpace(s.data)) == 0 {
		return nil, spatial.Refuse("empty", s.name, "文件是空的")
	}
	ext := strings.ToLower(filepath.Ext(s.name))
	head := s.data[:min(len(s.data), 4096)]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return s.archive(ext)
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return s.geopackage()
	case bytes.HasPrefix(head, []byte{0, 0, 0x27, 0x0a}):
		return s.shapefile()
	case bytes.HasPrefix(head, []byte("AC10")):
		return nil, spatial.Refuse("dwg", s.name, "这是 DWG 图纸，其格式不公开；请在 CAD 中另存为 DXF（AutoCAD 2000 及以后均可）再提交")
	case bytes.HasPrefix(head, []byte("AutoCAD Binary DXF")):
		return nil, spatial.Refuse("binary_dxf", s.name, "这是二进制 DXF；请在 CAD 中另存为 ASCII（文本）DXF 再提交")
	case bytes.HasPrefix(head, []byte("Rar!")), bytes.HasPrefix(head, []byte("7z\xbc\xaf")):
		return nil, spatial.Refuse("bad_zip", s.name, "这是 RAR 或 7z 压缩包；请改存为 ZIP 再提交")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, spatial.Refuse("old_excel", s.name, "这是旧版 Excel（.xls）；请另存为 .xlsx 再提交")
	}
	switch ext {
	case ".shp":
		return nil, spatial.Refuse("bad_shp", s.name, "不是有效的 Shapefile（文件头不对）；请重新导出，四个文件（.shp .shx .dbf .prj）一起打包")
	case ".dbf", ".shx", ".prj", ".cpg":
		return nil, spatial.Refuse("shp_part", s.name, "这只是 Shapefile 的一部分，没有图形；请把同名的 .shp、.dbf、.prj 一起打成 ZIP 提交")
	case ".gpkg":
		return nil, spatial.Refuse("bad_gpkg", s.name, "不是有效的 GeoPackage；请重新导出")
	case ".dxf":
		return s.dxf()
	}
	trimmed := strings.TrimLeft(text(head), " \t\r\n\ufeff")
	switch {
	case strings.HasPrefix(trimmed, "{"):
		return s.geojson()
	case strings.HasPrefix(trimmed, "<"):
		return s.kml()
	case isWKT(trimmed):
		return s.wkt()
	case strings.HasPrefix(trimmed, "0") && strings.Contains(trimmed[:min(40, len(trimmed))], "SECTION"):
		return s.dxf()
	}
	switch ext {
	case ".geojson", ".json":
		return nil, spatial.Refuse("bad_json", s.name, "不是有效的 GeoJSON（应以 { 开头）；请重新导出")
	case ".kml":
		return nil, spatial.Refuse("bad_kml", s.name, "不是有效的 KML（应以 < 开头）；请重新导出")
	}
	return s.list()
}

// archive reads what is in a ZIP: a Shapefile, a KMZ, or a workbook.
func (s source) archive(ext string) (*Result, error) {
	if ext == ".xlsx" || ext == ".xlsm" {
		return s.workbook()
	}
	files, err := unzip(s.data, s.limits())
	if err != nil {
		return nil, err
	}
	if files["[Content_Types].xml"] != nil {
		return s.workbook()
	}
	var layers []string
	for name := range files {
		switch strings.ToLower(filepath.Ext(name)) {
		case ".shp", ".kml", ".geojson", ".json", ".gpkg", ".dxf", ".wkt", ".txt", ".csv", ".xlsx":
			layers = append(layers, name)
		}
	}
	if shapes := only(layers, ".shp"); len(shapes) > 0 {
		layers = shapes
	} else if kml := only(layers, ".kml"); len(kml) > 0 {
		layers = kml[:1] // the first of a KMZ is its document
		for _, k := range kml {
			if strings.EqualFold(k, "doc.kml") {
				layers = []string{k}
			}
		}
	}
	switch {
	case len(layers) == 0:
		return nil, spatial.Refuse("no_layer", s.name, "压缩包里没有可读的图形文件（.shp、.kml、.geojson、.gpkg、.dxf、坐标文本）")
	case len(layers) > 1:
		return nil, spatial.Refuse("several_layers", s.name, "压缩包里有 %d 个图层（%s），不知道该用哪一个；请每个图层单独打包", len(layers), strings.Join(layers, "、"))
	}
	name := layers[0]
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	beside := func(ext string) []byte {
		for n, b := range files {
			if strings.EqualFold(n, stem+ext) {
				return b
			}
		}
		return nil
	}
	inner := source{name, files[name], beside, "", s.Options}
	if bytes.HasPrefix(inner.data, []byte("PK")) && strings.ToLower(filepath.Ext(name)) != ".xlsx" {
		return nil, spatial.Refuse("no_layer", name, "压缩包里还是压缩包；请解开一层后重新打包")
	}
	return inner.dispatch()
}

// only returns the names with an ending, in order.
func only(names []string, ext string) (out []string) {
	for _, n := range names {
		if strings.EqualFold(filepath.Ext(n), ext) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}
