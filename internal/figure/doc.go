// Package figure keeps the figures of the standards as the bureau uses them:
// the tables that the catalog ships, and the corrections that the bureau made
// to single rows of them. It makes the Books of package standard from both, and
// it knows which results rest on which revision of which row.
//
// # A correction
//
// A row is revision 1 as it was shipped; each correction is the next revision,
// with author, reason and time. The old one stays where a stored result finds
// it (standard.Table.Revisions). A correction is undone by another correction.
//
//	figure_corrections   one row a revision from 2 on: the cells that it changes
//	                     as a JSON object by column, and the confidence and
//	                     source that hold from it on
//	figure_revision      one counter, which every correction raises
//	figure_uses          one row for each row of a table that a result rests on
//
// # What always holds
//
//   - A correction stands in the journal, as figure.correct, in one transaction
//     with itself.
//   - Corrections pass one at a time, in the order of the counter. Each is tried
//     before it is stored: one by which a Book could not be made is refused.
//   - A figure that is changed never inherits that the old one was verified: who
//     changes a cell says how sure the new figure is, and where he read it.
//   - Nothing is recomputed here. A result made with an earlier revision stays
//     as it is and is listed (Stale) until its duty makes it again and notes
//     what it rests on then.
//   - Every process sees the corrections of the others with its next call: the
//     counter is read each time, tables and Books are made anew only when it
//     has moved.
//   - A correction never keeps the program from starting. Where a later catalog
//     no longer has its row, or a column, it stays stored and is listed (Adrift).
//
// # Where things are
//
// shelf.go has the tables of each Book and how it is made of them, title.go
// their Chinese names; store.go what is in force; correct.go the corrections;
// rows.go what pages show; use.go and stale.go what rests on what.
package figure
