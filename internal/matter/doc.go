// Package matter follows a matter from the finding that opened it to its
// closing (销号), and knows at every moment who owes the next step and by when.
//
// # The life of a matter
//
// The stages that a matter may pass are those of its playbook, which is data of
// the catalog (catalog/playbooks). That of an exceedance (超标督办):
//
//	verify -> explain -> check -> review -> publish -> close -> closed
//	  |          |  ^      |  ^     | | |                |
//	  |          |  +------+  +-----+-|-+----------------+   (returned)
//	  +----------+--------------------+--> withdrawn
//
// A matter moves along the moves of its playbook and no others (see
// Playbook.Check). Each move stops the clocks of the stage it leaves and starts
// those of the one it enters. A clock is a rule, a budget with extensions, and
// a ledger of suspensions; the moment it runs out follows from these and the
// calendar.
//
// # What always holds
//
//   - A stage never changes without an entry in the journal, nor does an entry
//     stand without its change: both are written in one transaction, with the
//     notice to the next owner.
//   - Two people cannot move one matter at once. The second is told
//     fault.Conflict and reads again.
//   - A late matter is still open. Being late is computed from its clocks; it
//     is never stored.
//   - A rung of a clock (a reminder, an escalation) fires once: the row
//     (clock, rung) is the claim, whoever inserts it sends the notice.
//   - One episode is one finding and at most one matter. A finding grows by
//     periods, in any order, told once or ten times, to the same result.
//   - A matter keeps the version of the playbook it was opened with.
//   - Nothing is deleted. What is published is frozen.
//   - Evidence is what its bytes say, never what its name says. The bytes are
//     stored once under their SM3 hash, which is checked whenever they are read.
//   - Every query carries the caller's scope, that for a file's bytes too.
//
// # Where things are
//
// playbook.go has the form of a playbook and load.go reads it. matter.go,
// finding.go and clock.go have the nouns and the decisions, which touch no
// database and never ask for the time. store.go opens and reads matters,
// move.go moves them, ledger.go suspends and extends, inbox.go lists, fire.go
// lets rungs fire, timeline.go tells the story, publish.go gives the public
// view. filetype.go says what bytes are, picture.go reads photographs, files.go
// keeps the bytes and evidence.go binds them to matters. The screens are in
// package web, what happens because time passed in package remind; neither is
// imported here.
//
// # The files of evidence
//
// DIR/evidence/aa/HASH holds the bytes whose SM3 is HASH, in lower-case hex,
// aa being its first two digits. It is written once, to a temporary name, and
// linked into place. DIR/thumbnail/aa/HASH.jpg is a picture of it of at most 640
// pixels; it is derived and may be lost.
package matter
