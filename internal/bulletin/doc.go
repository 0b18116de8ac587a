// Package bulletin keeps what a bureau has published (公报、日报、月报): the tables
// as they were told, the files that people were given, and who published them.
//
// A duty makes a Content of its own figures whenever somebody looks: that is the
// draft, and it is stored nowhere. To publish is to freeze it, with the bytes of
// its files and their SM3 digests, in one transaction with an entry in the
// journal. Figures that change afterwards change nothing here; Compare says what
// differs between what was published and what would be told today, and a
// correction (更正) is another revision beside the first, with its reason.
//
// # What always holds
//
//   - What was published is never changed, and never removed.
//   - The revisions of one bulletin are 1, 2, 3 …; each after the first has a
//     reason.
//   - Who publishes has seen what is published: Publish is given the digest of
//     the content that was looked at, and the revision that stood then.
//   - What is read has the digest with which it was published, or it is an error
//     and is not shown.
//
// A bulletin belongs to a division, and whoever sees the division whole sees it.
//
// # Where things are
//
// content.go has the nouns, compare.go what differs between two of them,
// store.go the tables.
package bulletin
