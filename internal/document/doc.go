// Package document fills templates of DOCX documents that a clerk edits in Word
// or WPS, and makes the first of them.
//
// # What a template says
//
//   - {{名称}} stands for a text. It may stand in paragraphs, tables, headers,
//     footers, footnotes and text boxes.
//   - {{#组}} and {{/组}} stand around what is repeated for each record of a group.
//     In a table that is the rows from the one that has the opening to the one
//     that has the closing; elsewhere the paragraphs, with the tables between
//     them. A row or a paragraph that has nothing but such a mark is left out.
//     Where both marks stand alone in paragraphs of one cell, the paragraphs
//     between them are repeated and not the row.
//   - Within a group a name is one of the record, else one of the document.
//     Groups do not stand in groups.
//
// Word divides what was typed in one go over several runs, whenever its spelling
// checker or a change of the keyboard so decides. The text of a paragraph is
// therefore joined before placeholders are looked for; a value takes the
// formatting of the run in which its placeholder begins. A line break in a value
// is a line break in the document.
//
// # What always holds
//
//   - What no placeholder touches stays byte for byte as it was, whole parts and
//     the rest of a part alike.
//   - The same template and data give the same bytes: all times in the archive
//     are fixed.
//   - A value is text and nothing else. It cannot become markup or another
//     placeholder.
//   - A placeholder that cannot be filled, and a group that is not closed, are
//     errors of kind fault.Invalid that say where they stand. Nothing is written
//     then.
//   - A template is bounded in bytes, parts, elements and depth, and so is what is
//     made of it. Names that lead out of a folder, macros and document type
//     declarations are refused.
//   - A table of which no row is left, and a cell of which no paragraph is left,
//     become an empty paragraph, for Word refuses documents that have neither.
//
// # Where things are
//
// archive.go opens and writes the archive; part.go takes an XML part apart, by
// places in its bytes; text.go finds placeholders in paragraphs; group.go pairs
// the marks of groups; fill.go writes; fields.go lists what a template uses.
// paper.go makes a new document in the form of GB/T 9704.
package document
