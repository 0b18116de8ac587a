// Package sqldb opens the databases and runs transactions on them, the same
// way on SQLite and on PostgreSQL.
//
// # What always holds
//
//   - One SQL text serves both engines: placeholders are $1, $2 … and first
//     appear in ascending order. Where a statement must differ, its package
//     holds two files side by side, each saying why.
//   - A write transaction is a function that may be run again: InTx repeats it
//     when the engine asks for that (a serialisation failure, a busy file).
//   - A transaction has one time, Tx.Now, to the second.
//   - Ids come from NewID, never from the engine.
//   - SQLite has one writing connection and as many reading ones as the machine
//     has cores; more would starve the writer.
//   - A full disk, a locked or damaged file and a file of another program each
//     come back as a fault with a sentence that says what to do.
//
// # Where things are
//
// open.go opens and locks, tx.go runs transactions and queries, scan.go fills
// structs from rows, migrate.go brings a schema up to date, errors.go turns
// engine errors into faults, id.go makes ids. Package sqldbtest runs a test on
// both engines.
package sqldb
