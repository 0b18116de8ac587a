// Package journal keeps the record of every change (留痕), so that nobody, not
// even an administrator of the database, can alter it unnoticed.
//
// # What always holds
//
//   - An entry is written in the transaction of the change it tells of.
//   - Entries are numbered 1, 2, 3 … without a gap, in the order in which their
//     transactions committed.
//   - The hashes of the entries are the leaves of a Merkle tree (RFC 6962 2.1
//     with SM3). Its head is kept beside them; now and then a checkpoint (size,
//     root and time) is signed with SM2, stored, and also appended to a plain
//     file outside the database.
//   - A checkpoint is signed only when the journal extends the one before.
//
// What is written after the last checkpoint can be rewritten by somebody who
// has the database and recomputes everything; what stands before it cannot. The
// key and the file of checkpoints must therefore lie where an administrator of
// the database does not reach.
//
// # Formats
//
// A row is encoded as the netstrings (decimal length, colon, bytes, comma) of
//
//	pingzhang-journal-1 seq done_at by_login via act object division enterprise detail
//
// in UTF-8, numbers in decimal, detail as JSON with sorted keys. Its leaf is
// SM3(0x00 || encoding); a node is SM3(0x01 || left || right). The node that
// spans 2^level rows up to and including row seq is stored as (seq, level).
// The frontier of the head is the hashes of the largest full subtrees from
// left to right, joined.
//
// # Where things are
//
// entry.go has the nouns and the encoding, hash.go the tree, append.go writes,
// page.go reads. checkpoint.go and key.go sign. verify.go walks the journal,
// order.go tells moved, missing and added rows apart, forest.go finds the row
// under a wrong hash. bundle.go writes evidence for third parties and
// bundle_verify.go checks it with nothing but the bundle.
package journal
