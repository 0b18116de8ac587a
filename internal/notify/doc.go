// Package notify tells people and other systems what happened.
//
// A notice is a line in the platform itself: for one account, or for everybody
// of a role whose scope holds the notice's division and enterprise. The outbox
// holds messages to other systems until they are delivered.
//
// # What always holds
//
//   - Notices and messages are written in the transaction of the change that
//     they tell of: a change that is undone tells nobody, one that stands is
//     told for certain.
//   - A message is claimed by a conditional update, so that two workers never
//     send it at one time. A worker that dies loses its lease and another takes
//     the message up; the receiver may then see it twice, so the message carries
//     its id.
//   - A notice for a role reaches only callers whose scope sees it. Without
//     scope there are no notices.
//   - Sending touches no database transaction and is a function that the caller
//     gives: this package knows no network.
//
// # Where things are
//
// notice.go has the notices, outbox.go the messages, migrations the tables.
package notify
