// Package read reads boundaries from the files in which they reach a bureau.
//
//	.shp (+ .dbf .prj .cpg), a .zip of them     Shapefile
//	.geojson, .json                             GeoJSON
//	.kml, .kmz                                  KML 2.2
//	.gpkg                                       GeoPackage
//	.wkt                                        WKT, one geometry a line
//	.dxf                                        closed LWPOLYLINE and POLYLINE
//	.txt, .csv, .xlsx                           界址点 lists: the form of the ministry ([地块坐标], J1…) and plain ones
//
// The content decides where it says more than the name. File reads from a disk,
// where the parts of a Shapefile lie side by side; Bytes reads what was uploaded.
//
// # What always holds
//
//   - A Result has every feature of its file, or there is a Refusal that says in
//     Chinese what is wrong, where, and what to do. Nothing is half read.
//   - Positions are as they were written, but turned so that X is east. Where a
//     list has north first, as surveyors write it, that is said.
//   - The system is the one the file states (Stated), or none: nothing is assumed
//     here. Result.Locate asks crs.Judge.
//   - No input takes more than Limits allow: bytes, unpacked bytes, files in an
//     archive, vertices, nesting.
//   - Coordinates that are no numbers are refused.
//
// # Where things are
//
// read.go decides which format a file has; result.go has what comes out;
// limit.go the bounds and archives; one file a format: shape.go and dbf.go,
// geojson.go, kml.go, gpkg.go with wkb.go, wkt.go, dxf.go, list.go with cell.go.
package read
