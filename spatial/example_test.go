package spatial_test

import (
	"fmt"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
	"pingzhang/spatial/overlay"
	"pingzhang/spatial/read"
)

// From a file to an answer.
func Example() {
	city := crs.City{Name: "示例市", Box: spatial.Box{Min: spatial.XY{X: 124, Y: 48}, Max: spatial.XY{X: 129, Y: 51}}}
	plane := overlay.PlaneFor(127)
	unit := func(code string, west, east float64) overlay.Zone {
		polygons, _, err := plane.Lay([]spatial.Polygon{{{{X: west, Y: 50}, {X: east, Y: 50}, {X: east, Y: 50.4}, {X: west, Y: 50.4}, {X: west, Y: 50}}}})
		if err != nil {
			fmt.Println(err)
		}
		return overlay.Zone{Code: code, Polygons: polygons}
	}
	index := overlay.New(plane, []overlay.Zone{unit("ZH-西", 127, 127.4), unit("ZH-东", 127.4, 127.8)})

	file, err := read.Bytes("宗地.txt", []byte("J1,5560000,42600000\nJ2,5560100,42600000\nJ3,5560100,42600100\nJ4,5560000,42600100\n"), read.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	features, answer, err := file.Locate(city, nil)
	if err != nil || answer.Question != nil {
		fmt.Println(answer.Question, err)
		return
	}
	fmt.Println(answer.System)
	project, _, err := plane.Lay(features[0].Geometry.Polygons)
	if err != nil {
		fmt.Println(err)
		return
	}
	parts, area := index.Parts(project, overlay.DefaultTolerance)
	fmt.Printf("%.2f 平方米\n", area)
	for _, p := range parts {
		_, err := index.Verify(project, p)
		fmt.Printf("%s %.2f 平方米，占 %.2f%%，两种算法一致：%v\n", p.Code, p.Area, 100*p.Share, err == nil)
	}
	// Output:
	// CGCS2000 高斯-克吕格 3 度带，中央经线 126°E，横坐标含带号 42
	// 9997.54 平方米
	// ZH-东 7057.44 平方米，占 70.59%，两种算法一致：true
	// ZH-西 2940.10 平方米，占 29.41%，两种算法一致：true
}

// Degrees without a system are a question.
func Example_question() {
	city := crs.City{Name: "示例市", Box: spatial.Box{Min: spatial.XY{X: 124, Y: 48}, Max: spatial.XY{X: 129, Y: 51}}}
	file, err := read.Bytes("宗地.txt", []byte("50°15′00″,127°30′00″\n50°15′00″,127°30′36″\n50°15′36″,127°30′36″\n"), read.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, answer, _ := file.Locate(city, nil)
	for _, c := range answer.Question.Candidates {
		fmt.Println(c.Zh)
	}
	// Output:
	// CGCS2000 经纬度：在东经 127.5050°、北纬 50.2550°
	// GCJ-02（高德、腾讯地图坐标）：在东经 127.4976°、北纬 50.2533°
	// BD-09（百度地图坐标）：在东经 127.4909°、北纬 50.2476°
}
