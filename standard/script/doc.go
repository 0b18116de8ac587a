// Package script reads and runs rule scripts: cases of a standard in a plain
// text that an inspector can read, check against the printed page, and write
// for the rules of his own city.
//
//	# 环境空气 PM2.5
//	air.iaqi: given pollutant PM2.5, averaging 24h, value 75 µg/m³ at 2026-02-28 expect iaqi 100 because HJ 633-2012 表1
//
// It says: ask subject air.iaqi, with these inputs, by what was in force on
// that day; the answer must be this; and here is where that stands.
//
// # The form
//
// A script is UTF-8 text. A case begins at the left margin with the name of its
// subject and a colon, and goes on until an empty line, the next subject or
// the end. It may stand on one line or take several; the lines after the first
// may be indented:
//
//	air.iaqi:
//	    given pollutant PM2.5, averaging 24h
//	          value 75 µg/m³
//	    at 2026-02-28
//	    expect iaqi 100, level 良
//	    because HJ 633-2012 表1
//
// It has up to four clauses, each once and in any order. Their words are
// English or Chinese, and stand alone between blanks:
//
//	given    给定   inputs, each a key and a value
//	at       在     a day, as 2026-02-28
//	expect   期望   results, each a key, perhaps <= or >=, and a value
//	because  因为   the clause of the standard, or another reason; free text
//
// expect must be there. A case without at asks with no day, which a subject
// whose answer depends on the edition refuses.
//
// Inputs and results are separated by a comma with a blank after it, by ， with
// or without, or by the end of the line. A comma inside a word separates
// nothing: 1,2-二氯乙烷; nor does 、. The value is all that follows the key, so
// it may hold blanks (75 µg/m³). A value that holds a separator, or one of the
// eight words above, or is empty, is put in quotes: "甲, 乙" or “甲, 乙”. A quote
// in a value that stands in straight quotes is written twice.
//
// A reason takes the rest of its line, whatever stands there, and the indented
// lines below that do not begin with one of the eight words. A line whose first
// mark is # is a comment.
//
// # What is expected
//
// Numbers are equal when they are the same number, exactly: 1.0 is 1, and 2/3
// is 2/3 but not 0.667. A unit after a number must be the same text. With <= or
// >= (≤ ≥) both sides must be numbers of one unit. Several results may be
// expected of one key, which makes a range. Everything else is equal as text.
// unknown, or 未知, is what a subject answers that cannot say, as unknown, 未知
// or an empty text; a number is never unknown, nor is unknown a number.
//
// A subject that is not there, an input that it does not take and a result that
// it does not give fail the case, with a list of those that are allowed.
//
// # Where things are
//
// script.go has the nouns, parse.go and word.go read the text, format.go writes
// it in one layout, run.go asks the subjects, and report.go tells what came of
// it.
package script
