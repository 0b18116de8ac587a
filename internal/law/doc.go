// Package law knows the legal documents and clauses that the platform cites,
// which edition of a clause was in force on a day, and how sure that is.
//
// # What it knows
//
// The YAML files of catalog/law hold documents (title, number, level, days in
// force) and bases. A basis is one act, such as 超标排放; its editions are the
// clauses that govern it, each for some days. Basis picks the edition by the
// day of the act. For a penalty decided later, Compare sets the edition of the
// act beside that of the decision, because the lighter one applies
// (从旧兼从轻, 生态环境法典 Art. 1057).
//
// # What always holds
//
//   - A day that no edition covers, or whose clause is not known, gives a basis
//     that says 待补充. Nothing is cited in its place.
//   - Everything carries its confidence. What is not read in full in an
//     authentic text is marked wherever it shows (see Confidence.Mark).
//   - Two editions of one basis never cover the same day.
//
// # Where things are
//
// law.go has the nouns and the decisions, load.go reads and checks the YAML.
// No database, clock or network is touched.
package law
