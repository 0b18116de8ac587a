package platform

import (
	"context"
	"strconv"

	"pingzhang/internal/access"
	"pingzhang/internal/figure"
	"pingzhang/internal/land"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

// openLand opens the duty of soil and groundwater.
func (p *Platform) openLand(context.Context) error {
	p.Land = land.New(p.DB, land.Config{Register: p.Register, Book: p.soilBook, Matters: p.Matter, Law: p.Law, Note: p.noteLand})
	return nil
}

// soilBook is the standards of soil as they stand now, corrections applied.
func (p *Platform) soilBook(ctx context.Context) (*soil.Book, error) {
	books, err := p.Figure.Books(ctx)
	return books.Soil, err
}

// noteLand writes down which figures a round rests on, so that a correction of
// one finds it.
func (p *Platform) noteLand(ctx context.Context, tx *sqldb.Tx, r land.Round, site land.Site, refs []standard.Ref) error {
	return p.Figure.Note(ctx, tx, figure.Use{Refs: refs, Result: figure.Result{
		Kind: "land_round", Subject: strconv.FormatInt(site.ID, 10) + "/" + r.Name, Label: site.Name + " " + r.Name, Division: access.Division(r.Division),
	}})
}
