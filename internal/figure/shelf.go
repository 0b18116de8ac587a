package figure

import (
	"io/fs"
	"slices"

	"pingzhang/internal/fault"
	"pingzhang/standard"
	"pingzhang/standard/air"
	"pingzhang/standard/carbon"
	"pingzhang/standard/emission"
	"pingzhang/standard/soil"
	"pingzhang/standard/water"
)

// Books are the standards with the figures in force. They never change; a
// correction makes new ones.
type Books struct {
	Air      *air.Book
	Water    *water.Book
	Soil     *soil.Book
	Emission *emission.Book
	Carbon   *carbon.Book
}

// byName are tables by their names.
type byName map[string]*standard.Table

// shelf is the tables that one Book is made of.
type shelf struct {
	name    string            // in Chinese
	shipped []*standard.Table // in the order in which they are listed
	make    func(tables byName, into *Books) error
}

// shelves reads the tables that the catalog ships.
func shelves(files fs.FS) ([]*shelf, error) {
	discharge, err := emissionShelf(files)
	if err != nil {
		return nil, err
	}
	all := []*shelf{
		{name: "环境空气", make: makeAir},
		{name: "地表水", make: makeWater},
		{name: "土壤和地下水", make: makeSoil},
		discharge,
		{name: "碳排放和生态质量", make: makeCarbon},
	}
	names := [][]string{
		air.Tables,
		{water.LimitTable, water.EvaluationTable},
		{soil.FarmlandTable, soil.DevelopmentTable, soil.GroundwaterTable, soil.CategoryTable},
		nil, // its files are found, not named
		{carbon.GridTable, carbon.FuelTable, carbon.TargetTable, carbon.RuleTable, carbon.EcologyTable},
	}
	for i, s := range all {
		for _, name := range names[i] {
			t, err := standard.LoadTable(files, "standards/"+name+".tsv")
			if err != nil {
				return nil, wrongFile(err)
			}
			s.shipped = append(s.shipped, t)
		}
	}
	return all, nil
}

// wrongFile gives an error about a file of the catalog, which names file and
// line, its kind.
func wrongFile(err error) error {
	return fault.New(fault.Invalid, "标准数值表有误，请改正后再启动：%v", err)
}

func makeAir(tables byName, into *Books) (err error) {
	var all []*standard.Table
	for _, name := range air.Tables {
		all = append(all, tables[name])
	}
	into.Air, err = air.New(all...)
	return err
}

func makeWater(tables byName, into *Books) (err error) {
	into.Water, err = water.New(water.Tables{Limits: tables[water.LimitTable], Evaluation: tables[water.EvaluationTable]})
	return err
}

func makeSoil(tables byName, into *Books) (err error) {
	into.Soil, err = soil.New(soil.Tables{
		Farmland:    tables[soil.FarmlandTable],
		Development: tables[soil.DevelopmentTable],
		Groundwater: tables[soil.GroundwaterTable],
		Categories:  tables[soil.CategoryTable],
	})
	return err
}

func makeCarbon(tables byName, into *Books) (err error) {
	into.Carbon, err = carbon.New(carbon.Tables{
		Grid:    tables[carbon.GridTable],
		Fuel:    tables[carbon.FuelTable],
		Targets: tables[carbon.TargetTable],
		Rules:   tables[carbon.RuleTable],
		Ecology: tables[carbon.EcologyTable],
	})
	return err
}

// emissionShelf finds the tables of limits by the names of their files: a
// bureau adds the standard of its province by adding one.
func emissionShelf(files fs.FS) (*shelf, error) {
	shipped, err := emission.Load(files)
	if err != nil {
		return nil, wrongFile(err)
	}
	tables := append(slices.Clone(shipped.Limits), shipped.Rules, shipped.Monitoring, shipped.Substitution)
	return &shelf{
		name:    "污染物排放",
		shipped: slices.DeleteFunc(tables, func(t *standard.Table) bool { return t == nil }), // emission.New says what is missing
		make: func(tables byName, into *Books) (err error) {
			now := emission.Tables{Rules: tables[emission.RuleTable], Substitution: tables[emission.SubstitutionTable], Monitoring: tables[standard.RulesTable]}
			for _, t := range shipped.Limits {
				now.Limits = append(now.Limits, tables[t.Name])
			}
			into.Emission, err = emission.New(now)
			return err
		},
	}, nil
}
