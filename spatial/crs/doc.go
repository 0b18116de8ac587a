// Package crs knows the coordinate systems in which boundaries reach a bureau,
// how to tell which one a file is in, and what an area or a distance is on the
// ellipsoid.
//
// # Systems
//
//	CGCS2000, WGS84      longitude and latitude in degrees; taken for the same (they differ by less than 0.1 m)
//	Gauss-Krüger         metres, 3° zones (25-45) and 6° zones (13-23), with the zone before the easting or without
//	UTM, web Mercator    metres, only where a file states them
//	GCJ-02, BD-09        degrees, shifted as published maps in China are
//	西安80, 北京54        recognised and refused: their shift to CGCS2000 is the surveying office's, differs by
//	                     place, and is tens of metres
//
// # Accuracy
//
// Gauss-Krüger is the Krüger series to the sixth power of n, both ways: 4e-9 m
// from PROJ up to 8° from the meridian. Area takes each edge for the arc between
// its ends on the authalic sphere: 1e-8 of the area from PostGIS's geography for
// edges of some kilometres. Distance is Vincenty's, 0.1 mm, for points that are
// not nearly antipodal. GCJ-02 and BD-09 have no published definition; their
// inverses undo the common formulas to 1e-9° (0.1 mm), which says nothing of how
// well these fit the maps (metres).
//
// # A question rather than a guess
//
// Judge compares positions with the extent of a city. A stated system in which
// they land there is believed. Otherwise the systems are listed in which they
// would land there, swapped axes and wrong zone prefixes among them, as a
// Question for the person who brought the file. Degrees without a statement are
// always asked about, since GCJ-02 and BD-09 land there too, 560 and 1290 m off.
//
// # Where things are
//
// system.go has the systems and conversion; krueger.go the projection; gcj.go
// the shifted systems; area.go and distance.go the ellipsoid; wkt.go reads .prj
// texts; name.go EPSG codes and names; judge.go the question.
package crs
