// Package measure keeps readings: what each monitoring point reported, at which
// time, in the very text it was reported in, followed back to the message that
// brought it and forward to the means that verdicts rest on.
//
// A reading is one factor of one point at one time of one kind (realtime,
// minute, hour, day), with its fields: Avg, Min, Max, Cou, Flag and whatever
// else the instrument sent.
//
// # What always holds
//
//   - When Append returns without an error, its frames are on disk. With an
//     error nothing of them is, nor in memory.
//   - The order of arrival never matters. Of several contents of one reading the
//     one with the later QN counts; with equal QN, or none, the one whose text
//     (Avg=38.50,Flag=N) is larger. The others stay, as superseded. The same
//     frames, shuffled, doubled, in any batches, with seals and restarts between,
//     dump the same bytes.
//   - A text comes back as it was: 38.50 stays 38.50, and +1, 007, NaN and -- stay
//     what they are. What was not reported is absent, never zero.
//   - What a person corrects or marks lies over readings and never in them.
//   - A mean that is not Valid is unknown, and says why. Only the mark N lets a
//     value into statistics; a mark that nobody knows does not.
//
// Points are given by the caller, who has them from the register under the
// scope of whoever asks: this package knows no scopes.
//
// # Where things are
//
// reading.go has the nouns, pack.go and cells.go the packed form of cells,
// row.go the union by which order does not matter; none touches a database.
// append.go stores, read.go joins what is stored where, range.go and rows.go
// hand it out, seal.go and seal_window.go move it into chunks, dirty.go is the
// cursor of judging, latest.go the newest values, means.go and rates.go the
// statistics, fix.go and marks.go what people lay over, raw.go, raw_seal.go and
// merkle.go the messages and their proof. Package chunk packs a day.
//
// # Files and tables
//
// On SQLite readings have files of their own; on PostgreSQL the same tables lie
// in the one database, hot partitioned by day and chunk by month.
//
//	hot.db           hot(kind, ts, point, b)    a row a frame, until it is sealed
//	                 superseded                 contents that another beats
//	                 dirty(point, hour, gen)    hours to judge
//	                 raw_hot(hour, seq, n, b)   messages, until their hour is sealed
//	                 sealed(kind, before)       up to where Seal has been
//	ts-YYYYMM.db     chunk(point, kind, t0, n, b)
//	raw-YYYYMM.db    raw_hour, raw_pack         messages by hour of arrival and point
//	app database     fix, marks, daily, redo    what people add, and reports
//
// A reading may stand in hot, in several chunks and in superseded at once: what
// counts is the union of all, which is why nothing is lost or doubled whenever
// a seal is cut off. Readers take hot first, then chunks, then superseded, since
// contents move in that direction. Until its day is over a point has a chunk an
// hour, then one for the day; of hour and day rows, one a day and then one for
// the month.
//
// # Packed cells (Cells)
//
// Varints are those of encoding/binary; zigzag maps 0, -1, 1, -2 to 0, 1, 2, 3.
// Cells are factors, one after another: first the standard codes, by number,
// then the others, by text.
//
//	factor  code shape value…
//	code    3 bytes, big endian: (letter − 'a')·100000 + the five digits
//	        or 0xFF, uvarint length, text
//	shape   0x00: that of the factor before
//	        or uvarint number of fields, and for each its index in fieldNames
//	        (1 byte), or 0x00, uvarint length, text
//	value   uvarint v; v & 15 says what it is:
//	        0–13  a number with so many decimals; its digits are zigzag(v >> 4)
//	        14    a text of one byte: (v >> 4) XOR 'N', so that N is one byte
//	        15    a text of v >> 4 bytes, which follow
//
// A number is only what these give back exactly: no plus, no leading zeros, no
// minus before zero, at most 17 digits and 13 decimals.
//
// # A row of hot (b)
//
//	0  0x01, the version
//	1  flags: 1 backfilled, 2 has a QN, 4 has overrides
//	   [zigzag varint QN − 1000·ts, ms]   zigzag varint received − ts, s
//	   [overrides: uvarint number, and for each: uvarint index of the factor,
//	    and flags, QN and received as above]
//	   cells, to the end
//
// An override is for factors that came in another message than the rest.
//
// # Content (superseded.content)
//
// One factor without its code: a shape, never 0x00, and its values.
//
// # Raw messages
//
// A message is written, and hashed, as: uvarint point, byte kind, zigzag varints
// of ts and received, uvarint length, bytes. raw_hot.b and raw_pack.b are zstd
// over messages in a row; raw_pack has those of one point in one hour of
// arrival, sorted by ts, kind, bytes, received, equal ones once. raw_hour.seqs
// are the rows of raw_hot that went in, as zigzag varint differences.
//
// The tree is that of RFC 6962 2.1 with SM3: a leaf is SM3(0x00 ‖ message), a
// node SM3(0x01 ‖ left ‖ right). The root of each point's tree is, with point and
// number of messages as uvarints before it, a leaf of the tree of the hour.
//
// The format of chunks is in package chunk.
package measure
