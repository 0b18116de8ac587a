package openapi

import "testing"

func TestMoment(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string
	}{
		{"a zone is kept in mind", "2024-01-23T04:30:00Z", "2024-01-23T12:30:00+08:00"},
		{"Shanghai's own zone", "2024-01-23T12:30:00+08:00", "2024-01-23T12:30:00+08:00"},
		{"a plus that came as a space", "2024-01-23T12:30:00 08:00", "2024-01-23T12:30:00+08:00"},
		{"no zone means Shanghai", "2024-01-23T12:30:00", "2024-01-23T12:30:00+08:00"},
		{"a space for the T", "2024-01-23 12:30:00", "2024-01-23T12:30:00+08:00"},
		{"as HJ 212 writes it", "20240123123000", "2024-01-23T12:30:00+08:00"},
		{"Unix seconds", "1705984200", "2024-01-23T12:30:00+08:00"},
		{"a day begins at midnight", "2024-01-23", "2024-01-23T00:00:00+08:00"},
		{"a month 13 is none", "20241323123000", ""},
		{"milliseconds are not seconds", "1705984200000", ""},
		{"a word is none", "yesterday", ""},
		{"nothing is none", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := moment(tt.text)
			if ok != (tt.want != "") || stamp(got) != tt.want {
				t.Errorf("moment(%q) = %s, %v; want %q", tt.text, stamp(got), ok, tt.want)
			}
		})
	}
}
