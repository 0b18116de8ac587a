package soil

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/internal/testkit"
	"pingzhang/standard"
)

// The committed tables have every row of the shared ones, cell by cell.
func TestSharedTables(t *testing.T) {
	for name, columns := range map[string][]string{
		"soil_gb15618": {"kind", "symbol", "item", "land_use", "ph_gt", "ph_le", "limit", "unit", "table", "effective_from", "effective_to", "confidence", "source"},
		"soil_gb36600": {"no", "item", "cas", "screen_class1", "screen_class2", "intervention_class1", "intervention_class2", "unit", "table", "effective_from", "effective_to", "confidence", "source"},
	} {
		table, err := standard.LoadTable(catalog.FS(""), "standards/"+name+".tsv")
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, r := range table.Rows() {
			c := r.Citation
			own := map[string]string{"table": c.Clause, "effective_from": string(c.From), "effective_to": string(c.To), "confidence": string(c.Confidence), "source": c.Source}
			var cells []string
			for _, col := range columns {
				if text, ok := own[col]; ok {
					cells = append(cells, text)
				} else {
					cells = append(cells, r.Cell(col))
				}
			}
			have = append(have, c.Number()+"|"+strings.Join(cells, "|"))
		}
		f, err := os.Open(testkit.Shared(t, "standards/"+name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows)-1 != len(have) {
			t.Errorf("%s: %d rows; the shared table has %d", name, len(have), len(rows)-1)
		}
		for _, row := range rows[1:] {
			var cells []string
			for _, col := range columns {
				cells = append(cells, row[slices.Index(rows[0], col)])
			}
			if want := row[0] + "|" + strings.Join(cells, "|"); !slices.Contains(have, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
	}
}
