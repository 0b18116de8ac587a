// Package spatial and the packages below it do what an answer about a piece of
// land needs: read the boundary from whatever file it comes in, know its
// coordinate system or ask, check and repair it, intersect it with zones, and
// state the area on the ellipsoid. They know nothing of databases, pages or
// bureaux.
//
// # From a file to an answer
//
//	file --read.File--> features, as written --Result.Locate--> longitude, latitude --repair.Repair--> valid
//	                                              |                                          |
//	                     crs.Judge: a system that is stated, the only                 overlay.Index.Intersect
//	                     one that lands in the city, or a question                          |
//	                                                                         areas, shares, slivers, distances
//
// # What always holds
//
//   - X is east or longitude, Y is north or latitude, in every package. What was
//     written the other way about is turned by the reader, which says so.
//   - A position without a stated system is asked about (crs.Question), never
//     guessed.
//   - A ring is closed: its first vertex is repeated at its end. Readers close
//     what is open and say so.
//   - Overlay happens in a Gauss-Krüger plane, where a boundary between two
//     marked stones is straight; areas are those of the ellipsoid. Areas of the
//     plane are never shown.
//   - Every area can be reckoned by two ways that share no code: package slab
//     and simplefeatures.
//   - NaN and infinite coordinates are refused where they are met.
//   - Nothing is half read: a result has every feature of its file, or there is
//     an error that says what is wrong, where, and what to do.
//
// # Where things are
//
// This package has the nouns: XY, Ring, Polygon, Geometry, Box, and Issue, what
// there is to say about data. crs has coordinate systems, recognition, area and
// distance on the ellipsoid; read the file formats; slab areas of any set of
// rings by even-odd; repair check and repair; overlay zones, their index and
// intersection; tile vector tiles. DIVERGENCES.md says where and why a format or
// an algorithm is followed otherwise than one might expect.
package spatial
