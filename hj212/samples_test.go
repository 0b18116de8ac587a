package hj212

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestReadSamples(t *testing.T) {
	const file = "# a packets file\n#\n\n# source | verdict\n# second line\n##0000FFFF\\r\\n\n" +
		"#x is no comment\n\\x00\\xfF\\\\\\q\\x4\\\r\n## no newline at the end"
	list, err := ReadSamples(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		got = append(got, fmt.Sprintf("%d %q %q", s.Line, s.Bytes, s.Comment))
	}
	want := []string{
		`6 "##0000FFFF\r\n" "source | verdict\nsecond line"`,
		`7 "#x is no comment" ""`,
		`8 "\x00\xff\\\\q\\x4\\" ""`,
		`9 "## no newline at the end" ""`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, err := ReadSamples(strings.NewReader(strings.Repeat("x", maxSampleLine+1))); err == nil {
		t.Error("a line without end is refused")
	}
}

func TestDecode(t *testing.T) {
	gbk := frame("ST=32;CN=3020;MN=1;CP=&&i11001-Info=//\xC7\xE5//&&")
	for _, tt := range []struct {
		name   string
		stream string
		want   string
	}{
		{"a good frame behind noise",
			"OK" + frame(segmentA),
			`{"line":7,"frames":[{"ok":true,"error":"","at":2,"start":2,"length":140,"crc":"AD81","version":"2017","profile":"2017","kind":"rtd","qn":"20240123123205877","st":"32","cn":"2011","mn":"81733553216204","flag":5,"factors":{"w01018":{"Flag":"N","Rtd":"46.5"}},"params":{"DataTime":"20240123123200"}}],"skipped":2}`},
		{"a wrong CRC: the byte counts from the sample's first",
			frame(segmentB) + "\r\n" + strings.Replace(frame(segmentB), "8C41", "1C80", 1),
			`{"line":7,"frames":[{"ok":true,"error":"","at":0,"start":0,"length":119,"crc":"8C41","version":"2017","profile":"2017","kind":"state","qn":"20240123123205878","st":"32","cn":"2021","mn":"81733553216204","flag":4,"factors":{"SB1":{"RS":"1"}},"params":{"DataTime":"20240123123200"}},` +
				`{"ok":false,"error":"crc: the CRC sent is 1C80, that of the segment is 8C41","reason":"crc","zh":"CRC校验不符：收到1C80，按数据段计算应为8C41，数据可能在传输中被改变，请检查线路并等设备重发。","at":236,"start":121,"length":119,"crc":"1C80","version":"2017","profile":"2017","kind":"state","qn":"20240123123205878","st":"32","cn":"2021","mn":"81733553216204","flag":4,"factors":{"SB1":{"RS":"1"}},"params":{"DataTime":"20240123123200"}}],"skipped":0}`},
		{"surface water is a profile of version 2025",
			frame("ST=21;CN=9015;MN=A110000_0001;Flag=9;CP=&&&&"),
			`{"line":7,"frames":[{"ok":true,"error":"","at":0,"start":0,"length":54,"crc":"` + frame("ST=21;CN=9015;MN=A110000_0001;Flag=9;CP=&&&&")[50:] + `","version":"2025","profile":"surface-water","kind":"heartbeat","qn":"","st":"21","cn":"9015","mn":"A110000_0001","flag":9,"factors":{}}],"skipped":0}`},
		{"nothing but noise", "GET / HTTP/1.1", `{"line":7,"frames":[],"skipped":14}`},
		{"bytes that are no UTF-8 are escaped", gbk,
			`{"line":7,"frames":[{"ok":true,"error":"","at":0,"start":0,"length":54,"crc":"` + gbk[50:] + `","version":"2005","profile":"2005","kind":"info","qn":"","st":"32","cn":"3020","mn":"1","factors":{"i11001":{"Info":"//\\xC7\\xE5//"}}}],"skipped":0}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := json.Marshal(Decode(Sample{Line: 7, Bytes: []byte(tt.stream)}, nil))
			if err != nil || string(b) != tt.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, b, tt.want)
			}
		})
	}
}

// Without a key an encrypted frame is refused, names who sent it, and shows no
// factors made of noise.
func TestDecodeWithoutKey(t *testing.T) {
	_, raw2, _, _, _ := annexA2(t)
	d := Decode(Sample{Bytes: raw2}, nil)
	if len(d.Frames) != 1 {
		t.Fatalf("%+v", d)
	}
	f := d.Frames[0]
	if f.OK || f.Reason != ReasonCipher || f.At != 91 || f.MN != "010000A8900016F000169DC0" || f.CN != "2051" || len(f.Factors) != 0 {
		t.Errorf("%+v", f)
	}
	if f := Decode(Sample{Bytes: raw2}, zeros).Frames[0]; !f.OK || len(f.Factors) != 3 || f.Issues[0] != string(IssueDecrypted) {
		t.Errorf("with the key: %+v", f)
	}
}

// factorsBySplitting is an independent reading of CP: cut at ; and , and at the
// first =, and the name at its last -.
func factorsBySplitting(data string) map[string]map[string]string {
	list := map[string]map[string]string{}
	_, cp, found := strings.Cut(data, "CP=&&")
	if !found {
		return list
	}
	cp = strings.TrimSuffix(cp, "&&")
	for _, item := range strings.FieldsFunc(cp, func(r rune) bool { return r == ';' || r == ',' }) {
		name, value, ok := strings.Cut(item, "=")
		name = strings.TrimSpace(name)
		i := strings.LastIndex(name, "-")
		if !ok || i < 0 {
			continue
		}
		if list[name[:i]] == nil {
			list[name[:i]] = map[string]string{}
		}
		list[name[:i]][name[i+1:]] = strings.TrimSpace(value)
	}
	return list
}

// Of every good frame of the packets file all factors come out, with the exact
// text of each field.
func TestFactorsOfThePacketsFile(t *testing.T) {
	frames, fields := 0, 0
	for _, s := range packets(t) {
		var f Framer
		for _, raw := range framesOf(&f, s.Bytes) {
			if raw.Reason != "" {
				continue
			}
			got := Decode(Sample{Bytes: []byte(raw.Raw)}, nil).Frames[0]
			want := factorsBySplitting(raw.Data)
			if fmt.Sprint(got.Factors) != fmt.Sprint(want) {
				t.Errorf("line %d:\n got %v\nwant %v", s.Line, got.Factors, want)
			}
			frames++
			for _, f := range want {
				fields += len(f)
			}
		}
	}
	if frames < 100 || fields < 600 {
		t.Errorf("only %d frames with %d fields were compared", frames, fields)
	}
}
