package read

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // a GeoPackage is a SQLite file

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

// geopackage reads the feature tables of a GeoPackage. An upload is laid in a
// temporary file first, since SQLite reads files.
func (s source) geopackage() (_ *Result, err error) {
	path := s.path
	if path == "" {
		dir, err := os.MkdirTemp("", "spatial-*")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		path = filepath.Join(dir, "upload.gpkg")
		if err := os.WriteFile(path, s.data, 0o600); err != nil {
			return nil, err
		}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(absolute)}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	r := &Result{Format: "GeoPackage"}
	defer func() {
		var refusal *spatial.Refusal
		if err != nil && !errors.As(err, &refusal) {
			err = &spatial.Refusal{Code: "bad_gpkg", Where: s.name, Zh: "GeoPackage 已损坏或缺少必需的表；请用 QGIS 等软件重新导出", Cause: err}
		}
	}()
	type layer struct {
		table, column string
		srs           int
	}
	var layers []layer
	rows, err := db.Query(`
		SELECT g.table_name, g.column_name, g.srs_id
		  FROM gpkg_geometry_columns g
		  JOIN gpkg_contents c ON c.table_name = g.table_name
		 WHERE c.data_type = 'features'
		 ORDER BY g.table_name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l layer
		if err := rows.Scan(&l.table, &l.column, &l.srs); err != nil {
			return nil, err
		}
		layers = append(layers, l)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i, l := range layers {
		if i > 0 && l.srs != layers[0].srs {
			return nil, spatial.Refuse("mixed_systems", s.name, "图层“%s”与“%s”的坐标系不同；请转换为同一坐标系，或者每个图层单独导出", l.table, layers[0].table)
		}
		if err := s.gpkgLayer(db, l.table, l.column, r); err != nil {
			return nil, err
		}
	}
	if len(layers) > 0 {
		err = gpkgSystem(db, layers[0].srs, r)
	}
	if len(layers) > 1 {
		r.add("several_layers", spatial.Ask, s.name, "文件里有 %d 个图层，已全部读入，请核对是否都需要", len(layers))
	}
	return r, err
}

// gpkgSystem reads the system of a layer; -1 and 0 are undefined ones.
func gpkgSystem(db *sql.DB, id int, r *Result) error {
	if id <= 0 {
		r.add("no_prj", spatial.Ask, "", "GeoPackage 没有注明坐标系，请选择坐标系")
		return nil
	}
	var organization, definition string
	var code int
	err := db.QueryRow(`SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = $1`, id).Scan(&organization, &code, &definition)
	if err != nil {
		return err
	}
	if strings.EqualFold(organization, "epsg") {
		if system, ok := crs.ByEPSG(code); ok {
			r.state(system, fmt.Sprintf("GeoPackage 注明 EPSG:%d", code))
			return nil
		}
	}
	system, err := crs.ParseWKT(definition)
	if err != nil {
		r.add("bad_prj", spatial.Ask, "", "%s", err.Error())
		return nil
	}
	r.state(system, "GeoPackage 的坐标系定义")
	return nil
}

func (s source) gpkgLayer(db *sql.DB, table, column string, r *Result) error {
	rows, err := db.Query(`SELECT * FROM "` + strings.ReplaceAll(table, `"`, `""`) + `"`)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	for n := 1; rows.Next(); n++ {
		values := make([]any, len(names))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return err
		}
		f := Feature{Where: fmt.Sprintf("图层 %s 第 %d 条", table, n)}
		for i, name := range names {
			value := *values[i].(*any)
			if name != column {
				f.Attributes = append(f.Attributes, Attribute{name, shown(value)})
				continue
			}
			if blob, ok := value.([]byte); ok {
				if err := gpkgBlob(blob, &f.Geometry); err != nil {
					return &spatial.Refusal{Code: "bad_gpkg", Where: f.Where, Zh: "图形内容已损坏或含曲线；请在 GIS 软件中转换为折线后重新导出", Cause: err}
				}
			}
		}
		if f.Geometry.Empty() {
			r.add("null_shape", spatial.Note, f.Where, "这条记录没有图形，已略过")
			continue
		}
		f.Name = f.first("name", "名称", "NAME")
		r.Features = append(r.Features, f)
	}
	return rows.Err()
}

func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// gpkgBlob passes over the header (GP, version, flags, SRID, an envelope of 0 to
// 8 numbers) and reads the WKB behind it.
func gpkgBlob(b []byte, g *spatial.Geometry) error {
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return errWKB
	}
	size := []int{0, 32, 48, 48, 64, -1, -1, -1}[b[3]>>1&7]
	if size < 0 || len(b) < 8+size {
		return errWKB
	}
	w := wkb{b: b[8+size:]}
	return w.geometry(g, 0)
}
