// Package register keeps the registers (台账) of the bureau: lists of things
// such as enterprises, outlets, monitoring points and permit limits, each thing
// (an entry) with its whole history.
//
// # What it knows
//
// What an entry of a register holds is data: one YAML file a register in
// catalog/registers (see Definition). A new register costs a file. The entries
// of all registers stand in one table; the fields of the YAML stand in them as
// JSON.
//
// An entry belongs to a division and, where the register says so, to an
// enterprise. An outlet takes both from its enterprise, a point and a limit
// from their outlet; when an enterprise moves to another division its entries
// follow in the same transaction.
//
// # What always holds
//
//   - Nothing is deleted. An entry is active or withdrawn, and every version it
//     ever had stands in entry_versions with who, when and why.
//   - Every query carries the caller's scope. A caller without scope sees no
//     entry, and no entry can be saved outside the saver's scope.
//   - One set of checks (Definition.Validate) serves every way in, and names
//     each wrong field in one Chinese sentence.
//   - A change, its version and its journal entry are one transaction; two
//     people cannot change one version.
//   - Secrets (device passwords, keys) never stand in Data. They are read only
//     by a caller who may operate frames; others see Mask.
//   - Numbers keep the text in which they were given.
//
// # Where things are
//
// definition.go has the form of the YAML, load.go reads and checks it, check.go
// decides whether a value is right, entry.go has the nouns. store.go
// reads entries, save.go decides what is saved, write.go writes a version and
// its journal entry, turn.go takes entries out of use and back. views.go gives
// points and limits their types, geojson.go the map.
package register
