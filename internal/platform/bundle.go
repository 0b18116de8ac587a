package platform

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"

	"pingzhang/internal/access"
	"pingzhang/internal/journal"
	"pingzhang/internal/matter"
)

// bundle writes what the journal says of a matter and of its finding, with the
// matter's files, as a bundle that can be checked without this system.
func (p *Platform) bundle(ctx context.Context, by access.Caller, m *matter.Matter, w io.Writer) error {
	if err := by.Must("journal.export"); err != nil {
		return err
	}
	if _, err := p.Journal.Checkpoint(ctx, p.clock.Now()); err != nil {
		return err
	}
	return p.Journal.Bundle(ctx, w, p.clock.Now(), by.Scope, journal.Contents{
		Title:   m.Title,
		Objects: []string{fmt.Sprintf("matter/%d", m.ID), fmt.Sprintf("finding/%d", m.Finding)},
		Files: func(add func(name string, r io.Reader) error) error {
			files, err := p.Matter.Evidences(ctx, by, m.ID)
			if err != nil {
				return err
			}
			for _, f := range files {
				e, data, err := p.Matter.File(ctx, by, f.ID)
				if err != nil {
					return err
				}
				// Two files may have one name; the id keeps them apart.
				if err := add(fmt.Sprintf("%d-%s", e.ID, path.Base(e.Name)), bytes.NewReader(data)); err != nil {
					return err
				}
			}
			return nil
		},
	})
}
