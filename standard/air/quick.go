package air

// maxItems is the most items that enter an index; the daily report of 2012 has
// seven.
const maxItems = 9

// A Quick is the index of a report without explanation.
type Quick struct {
	AQI       int           // NoIAQI where no item has an index
	IAQI      [maxItems]int // in the order of Edition.Items; NoIAQI where there is none
	Primary   Set           // the pollutants with the largest index, where it is above 50
	Exceeding Set           // the pollutants with an index above 100; always empty by editions without the notion
	Missing   Set           // the pollutants of which an item has no index
	Published bool          // whether the edition lets the index be published
}

// Quick reckons the index of a report from concentrations in the order of
// Items(kind); those left out at the end are None. It says the same as Report
// does without stand-ins: by HJ 633-2012, SO2 of an hour above 800 has no index
// and leaves the report unpublished. It does not allocate.
func (e *Edition) Quick(kind Kind, values []Milli) Quick {
	q := Quick{AQI: NoIAQI}
	columns := e.quick[kind]
	over := false
	for i, c := range columns {
		q.IAQI[i] = NoIAQI
		if i < len(values) {
			q.IAQI[i] = c.IAQI(values[i])
			over = over || q.IAQI[i] == NoIAQI && values[i] > c.above
		}
		if q.IAQI[i] == NoIAQI {
			q.Missing |= 1 << c.pollutant
		}
		q.AQI = max(q.AQI, q.IAQI[i])
	}
	for i, c := range columns {
		if q.AQI > e.primary && q.IAQI[i] == q.AQI {
			q.Primary |= 1 << c.pollutant
		}
		if e.exceeds != NoIAQI && q.IAQI[i] > e.exceeds {
			q.Exceeding |= 1 << c.pollutant
		}
	}
	q.Published = q.AQI != NoIAQI && !over && (q.Missing == 0 || q.AQI > e.publish)
	return q
}
