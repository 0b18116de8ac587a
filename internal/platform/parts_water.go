package platform

import (
	"context"

	"pingzhang/internal/water"
)

// openWater opens the duty of surface water.
func (p *Platform) openWater(ctx context.Context) error {
	books, err := p.Figure.Books(ctx)
	if err != nil {
		return err
	}
	p.Water = water.New(p.DB, water.Config{Register: p.Register, Book: books.Water, Bulletins: p.Bulletin, Catalog: p.Catalog, Name: p.Places.NameOf})
	return nil
}
