// Package chunk packs the readings of one point and kind over a day or a month,
// column by column, exact to the reported text, and reads them back in whole or
// in part.
//
// # What always holds
//
//   - Decode gives back every text, time and meta that Encode was given.
//   - Decode does not trust its input: damage is an ErrDamaged, never a panic, and
//     memory is bounded by MaxRows and MaxCells.
//   - Nothing is lossy: a number is its digits and its number of decimals.
//
// # The format, version 1
//
// Varints are those of encoding/binary: uvarint unsigned, varint zigzag. Text is
// uvarint length and bytes. Runs are pairs of varint value and uvarint count,
// until as many values as there should be have come.
//
//	'P' 'Z' 'C' 0x01
//	kind      1 byte
//	point     uvarint
//	t0        varint, start of the span, unix seconds
//	n         uvarint, rows
//	lanes     uvarint
//	factors   uvarint
//	directory uvarint length, then
//	            of the head section: uvarint plain length, uvarint stored length
//	            for each factor: text code, uvarint columns, uvarint length of its
//	              lane runs, for each column:
//	                text name, encoding (0 texts, 1 numbers),
//	                [numbers: scale 1 byte, varint least, varint largest at scale]
//	                uvarint plain length
//	              and uvarint plain length, uvarint stored length of its section
//	sections  the head's and then one a factor; zstd where that is shorter, which
//	          is where stored and plain length differ
//	crc       4 bytes, little endian, CRC-32C of all before
//
// The head section: varint of the first time − t0; runs of the n − 1 differences
// of times; then each lane.
//
// A lane holds, for each row, one meta (QN, arrival, backfilled). Factors that
// came in one message share a lane, so that there is one lane unless messages
// were split or changed: runs of states (0 none, 1 meta, 2 with QN, 3 backfilled,
// 4 both); for each QN the varint change of QN − 1000·time; for each meta the
// varint change of received − QN/1000, or − time where there is no QN.
//
// A factor's section: runs of the lane that each row's meta is in, plus 1, 0
// where the factor is absent; then its columns.
//
// A column of numbers:
//
//	runs of states   0 absent, 1 number, 2 odd text
//	odd texts        text, in the order of rows
//	decimals         0: all have scale
//	                 1: each as few as it can
//	                 2: followed by a byte for each number
//	mode             bit 0: 0 from the number before, 1 from the reference column
//	                 bits 1–2: 0 zigzag, 1 never below zero, 2 never above zero
//	[reference]      uvarint index of the column
//	residuals        one for each number, at scale, as the mode says
//
// Min and Max are written as their distance from Avg where Avg stands beside each
// of them, ZsMin and ZsMax as theirs from ZsAvg.
//
// A column of texts, where more cells are odd than numbers: runs of states (0
// absent, 1 there), uvarint number of texts, the texts, runs of their indexes.
package chunk
