package script_test

import (
	"fmt"

	"pingzhang/standard"
	"pingzhang/standard/script"
)

// A subject rounds by GB/T 8170-2008 3.2; the second case expects what many
// spreadsheets answer instead.
func Example() {
	subjects := script.Subjects{
		"round": script.Takes(func(given map[string]string, _ standard.Date) (map[string]string, error) {
			x, issue := standard.Read(given["value"])
			if issue != "" {
				return nil, fmt.Errorf("value：%s", issue.Text())
			}
			return map[string]string{"rounded": x.Round(0), script.Citation: "GB/T 8170-2008 3.2"}, nil
		}, "value"),
	}
	s, err := script.Parse("round.txt", []byte(`# 四舍六入五成双
round: given value 2.5 expect rounded 2
round: given value 2.5 expect rounded 3
round：给定 数值 2.5 期望 rounded 2
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(script.Run(s, subjects))
	// Output:
	// round.txt:2: 通过 round
	// round.txt:3: 未通过 round: 期望 rounded 3，得到 2；引用：GB/T 8170-2008 3.2
	// round.txt:4: 未通过 round: 给定的 数值 不认识；可以给定：value
}

func ExampleFormat() {
	s, _ := script.Parse("round.txt", []byte("round:\n  given  value 2.5 ,  digits 0\n  expect rounded 2\n\n\n\nround：期望 rounded “2, 3” 给定 value 2.5"))
	fmt.Printf("%s", script.Format(s))
	// Output:
	// round: given value 2.5, digits 0 expect rounded 2
	//
	// round：给定 value 2.5 期望 rounded "2, 3"
}
