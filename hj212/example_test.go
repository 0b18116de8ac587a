package hj212_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"pingzhang/hj212"
)

// A host reads a connection: every good message is stored, then acknowledged.
func Example() {
	var framer hj212.Framer
	var message hj212.Message
	framer.Push([]byte("##0139QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N&&BE01\r\n"))
	for {
		frame, ok := framer.Next()
		if !ok {
			break
		}
		if frame.Err != nil {
			fmt.Println("refused:", frame.Err)
			continue
		}
		if err := message.ParseFrame(&frame); err != nil {
			fmt.Println("refused:", err)
			continue
		}
		fmt.Printf("%s %s of %s\n", message.Kind(hj212.Auto), message.DataAt().Format(time.DateTime), message.MN)
		for factor := range message.All() {
			value, _ := factor.Value("Rtd")
			fmt.Printf("%s = %s, mark %s\n", factor.Code, value, factor.Mark())
		}
		// The record is durable now.
		if ack, ok := hj212.AppendAck(nil, &message, hj212.Auto); ok {
			fmt.Printf("%s", ack)
		}
	}
	// Output:
	// rtd 2016-08-01 08:58:57 of 010000A8900016F000169DC0
	// w01001 = 7.1, mark N
	// ##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240
}

// A request is followed from its sending to its result. Whoever holds the
// connection sends what Start and Tick return and shows Receive what comes.
func ExampleExchange() {
	device := hj212.Device{Profile: hj212.P2017, ST: "32", MN: "010000A8900016F000169DC0", PW: "123456"}
	now := time.Date(2016, 8, 1, 8, 58, 57, 223e6, hj212.Zone)
	exchange, err := hj212.NewExchange(device, hj212.SetRtdInterval(30), now, hj212.WiredTimeouts)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.TrimSpace(string(exchange.Start(now))))
	answer := func(segment string) {
		var m hj212.Message
		m.Parse([]byte(segment))
		exchange.Receive(now, &m)
	}
	answer("QN=20160801085857223;ST=91;CN=9011;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&QnRtn=1&&")
	answer("QN=20160801085857223;ST=91;CN=9012;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&ExeRtn=5&&")
	fmt.Println(exchange.Result().Zh())
	// Output:
	// ##0101QN=20160801085857223;ST=32;CN=1062;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&4400
	// 执行失败：系统繁忙不能执行（ExeRtn=5）。
}

// An order with a mistake is refused in words for the person who gave it.
func ExampleDevice_Check() {
	device := hj212.Device{Profile: hj212.P2017, ST: "32", MN: "010000A8900016F000169DC0", PW: "123456"}
	err := device.Check(hj212.SetRtdInterval(5))
	fmt.Println(err.(*hj212.Refusal).Zh)
	// Output: 命令1062的实时数据间隔（秒）（RtdInterval）应为30到3600的整数。
}

// The whole of `pingzhang frames FILE -json`.
func ExampleDecode() {
	file := strings.NewReader("# a device that computes CRC-16/MODBUS\n" +
		"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&0759\\r\\n\n")
	samples, err := hj212.ReadSamples(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, s := range samples {
		out.Encode(hj212.Decode(s, nil))
	}
	// Output:
	// {"line":2,"frames":[{"ok":false,"error":"crc: the CRC sent is 0759, that of the segment is 1C80; the device computes CRC-16/MODBUS","reason":"crc","zh":"CRC校验不符：收到0759，应为1C80；该设备的CRC符合CRC-16/MODBUS，不是HJ 212规定的算法，请厂家修正。","at":107,"start":0,"length":111,"crc":"0759","version":"2017","profile":"2017","kind":"control","qn":"20160801085857223","st":"32","cn":"1062","mn":"010000A8900016F000169DC0","flag":5,"factors":{},"params":{"RtdInterval":"30"}}],"skipped":0}
}
