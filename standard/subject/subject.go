package subject

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"pingzhang/standard"
	"pingzhang/standard/air"
	"pingzhang/standard/carbon"
	"pingzhang/standard/emission"
	"pingzhang/standard/script"
	"pingzhang/standard/soil"
	"pingzhang/standard/water"
)

// A Key is an input or a result, by both of its names.
type Key struct {
	Name    string `json:"name"`    // English
	Chinese string `json:"chinese"` // the same in Chinese
	About   string `json:"about"`   // what it is and may be, in Chinese
}

// A Help says what a subject takes and gives.
type Help struct {
	Name    string `json:"name"`
	About   string `json:"about"` // one line, in Chinese
	Dated   bool   `json:"dated"` // a case must name a day
	Inputs  []Key  `json:"inputs"`
	Results []Key  `json:"results"`
}

// books are the libraries with their figures.
type books struct {
	air      *air.Book
	water    *water.Book
	soil     *soil.Book
	emission *emission.Book
	carbon   *carbon.Book
}

// A topic is a subject before it has its figures.
type topic struct {
	Help
	ask func(books, *question, *answer)
}

// topics are all subjects, in the order in which they are listed.
func topics() []topic {
	return slices.Concat(numberTopics, airTopics, yearTopics, warningTopics, waterTopics, riverTopics, lakeTopics, soilTopics, emissionTopics, monitorTopics, carbonTopics)
}

// Open makes the subjects of the tables below standards/ in files. The error is
// that of the library whose table cannot be read.
func Open(files fs.FS) (script.Subjects, error) {
	var b books
	var errs [5]error
	b.air, errs[0] = air.Open(files)
	b.water, errs[1] = water.Open(files)
	b.soil, errs[2] = soil.Open(files)
	b.emission, errs[3] = emission.Open(files)
	b.carbon, errs[4] = carbon.Open(files)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	all := script.Subjects{}
	for _, t := range topics() {
		all[t.Name] = t.subject(b)
	}
	return all, nil
}

// Describe returns what each subject takes and gives, in the order in which they
// are listed. The results that every subject gives stand last in each.
func Describe() []Help {
	var all []Help
	for _, t := range topics() {
		t.Results = slices.Concat(t.Results, everyResult)
		all = append(all, t.Help)
	}
	return all
}

// everyResult are the results that every subject gives.
var everyResult = []Key{
	{"issue", "原因", "为什么没有结果；没有原因时为 无（none）"},
	{script.Arithmetic, "计算", "计算过程"},
	{script.Citation, "引用", "依据的标准和条款"},
	{"confidence", "可信度", "所依据数据的来源，取最弱的一行"},
	{"unverified", "待核实", "是（yes）或 否（no）"},
}

// subject makes the topic a subject.
func (t topic) subject(b books) script.Subject {
	english := map[string]string{}
	var keys []string
	for _, k := range t.Inputs {
		english[k.Name], english[k.Chinese] = k.Name, k.Name
		keys = append(keys, k.Name, k.Chinese)
	}
	results := slices.Concat(t.Results, everyResult)
	return script.Takes(func(given map[string]string, at standard.Date) (map[string]string, error) {
		if t.Dated && at == "" {
			return nil, errors.New("结果取决于标准的版本，须写明日期，如：在 2026-02-28")
		}
		q := &question{given: map[string]string{}, at: at}
		for key, value := range given {
			name := english[key]
			if _, twice := q.given[name]; twice {
				return nil, fmt.Errorf("%s 以两个名称给定了两次", key)
			}
			q.given[name] = value
		}
		a := &answer{codes: map[string]string{}, words: map[string]string{}}
		t.ask(b, q, a)
		if q.err != nil {
			return nil, q.err
		}
		if q.has("digits") {
			a.round(q)
			if q.err != nil {
				return nil, q.err
			}
		}
		out := map[string]string{}
		for _, k := range results {
			out[k.Name], out[k.Chinese] = a.codes[k.Name], a.words[k.Name]
		}
		return out, nil
	}, keys...)
}
