package platform

import (
	"context"
	"io"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/water"
)

// currentWater evaluates by the figures as they stand now, corrections applied.
type currentWater struct {
	*water.Store
	p *Platform
}

// refresh takes over corrections of figures.
func (c currentWater) refresh(ctx context.Context) error {
	books, err := c.p.Figure.Books(ctx)
	if err == nil && books.Water != c.Book() {
		c.Use(books.Water)
	}
	return err
}

func (c currentWater) Follow(ctx context.Context, now time.Time) (int, error) {
	if err := c.refresh(ctx); err != nil {
		return 0, err
	}
	return c.Store.Follow(ctx, now)
}

func (c currentWater) Import(ctx context.Context, by access.Caller, name, month string, r io.Reader) (water.Imported, error) {
	if err := c.refresh(ctx); err != nil {
		return water.Imported{}, err
	}
	return c.Store.Import(ctx, by, name, month, r)
}

func (c currentWater) Correct(ctx context.Context, by access.Caller, v water.Correction) error {
	if err := c.refresh(ctx); err != nil {
		return err
	}
	return c.Store.Correct(ctx, by, v)
}

func (c currentWater) Recompute(ctx context.Context, by access.Caller, from, to int, reason string) (int, error) {
	if err := c.refresh(ctx); err != nil {
		return 0, err
	}
	return c.Store.Recompute(ctx, by, from, to, reason)
}

func (c currentWater) Overview(ctx context.Context, by access.Caller, slot water.Slot, which water.Which) (water.Overview, error) {
	if err := c.refresh(ctx); err != nil {
		return water.Overview{}, err
	}
	return c.Store.Overview(ctx, by, slot, which)
}
