// Package overlay says which zones a project touches, with how much area, and
// how far it is from those it does not touch.
//
// # What always holds
//
//   - The overlay is done in one Gauss-Krüger plane, that of the city. A straight
//     boundary is straight there, as cadastre and CAD have it, not in longitude
//     and latitude, where a long one bends by metres.
//   - Areas are those of the ellipsoid.
//   - A zone is found if it has any area in common with the project. What is
//     below the stated Tolerance is marked a sliver and stays in the answer.
//   - Parts(...) reckons areas by package slab, fast; Verify works the same out
//     by simplefeatures, with the geometry, and refuses to agree to a difference.
//     A report rests on both.
//   - An Index does not change and may be used by many at once.
//
// # How
//
// Each zone is cut into pieces of at most 128 vertices when the index is built
// (slab.Clip halves it again and again), so that a red line of 200,000 vertices
// costs what the part near the project costs. An R-tree holds the boxes of the
// pieces.
//
// # Where things are
//
// index.go builds; parts.go intersects; verify.go checks by the other way;
// near.go has distances; plane.go takes longitudes and latitudes to the plane and
// back, repairs on the way.
package overlay
