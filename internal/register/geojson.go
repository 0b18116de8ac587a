package register

import (
	"context"
	"encoding/json"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
)

// feature is a point of RFC 7946.
type feature struct {
	Type       string         `json:"type"`
	ID         int64          `json:"id"`
	Geometry   *geometry      `json:"geometry"`
	Properties map[string]any `json:"properties"`
}

type geometry struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"` // longitude, latitude
}

// GeoJSON returns the active entries of a register in by's scope that have a
// place, as a FeatureCollection for the map. The coordinates are degrees of
// CGCS2000, which a map takes as WGS 84. A point without a place of its own
// stands at that of its outlet, else of its enterprise.
func (s *Store) GeoJSON(ctx context.Context, by access.Caller, r Register) (_ []byte, err error) {
	defer fault.Wrap(&err, "register.GeoJSON(%s)", r)

	d, err := s.definition(r)
	if err != nil {
		return nil, err
	}
	all, err := s.active(ctx, by, r)
	if err != nil {
		return nil, err
	}
	at, err := s.places(ctx, by, r)
	if err != nil {
		return nil, err
	}
	out := struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}{"FeatureCollection", []feature{}}
	for _, e := range all {
		g, own := pointAt(e), true
		if g == nil {
			own = false
			if g = at[e.Ref(d.Owner)]; g == nil {
				g = at[e.Enterprise]
			}
		}
		if g == nil {
			continue
		}
		p := map[string]any{
			"register": r, "code": e.Code, "name": e.Name, "division": e.Division,
			"enterprise": e.Enterprise, "own_place": own,
		}
		if kind := e.Text("kind"); kind != "" {
			p["kind"] = kind
		}
		out.Features = append(out.Features, feature{Type: "Feature", ID: e.ID, Geometry: g, Properties: p})
	}
	return json.Marshal(out)
}

// places returns where the entries stand that those of r may be owned by.
func (s *Store) places(ctx context.Context, by access.Caller, r Register) (map[int64]*geometry, error) {
	at := map[int64]*geometry{}
	for _, owner := range []Register{Enterprise, Outlet} {
		if _, ok := s.Book.Definition(owner); !ok || owner == r {
			continue
		}
		all, err := s.active(ctx, by, owner)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			if g := pointAt(e); g != nil {
				at[e.ID] = g
			}
		}
	}
	return at, nil
}

func pointAt(e Entry) *geometry {
	if e.Lon == nil || e.Lat == nil {
		return nil
	}
	return &geometry{Type: "Point", Coordinates: [2]float64{*e.Lon, *e.Lat}}
}
