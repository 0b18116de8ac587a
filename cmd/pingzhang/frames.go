package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"pingzhang/hj212"
	"pingzhang/internal/fault"
)

type framesCmd struct {
	File string `arg:"" help:"报文文件：每行一段字节流，以“# ”开头的行为说明，\\r \\n \\\\ \\xHH 表示不可见字节；- 表示标准输入。"`
	JSON bool   `name:"json" short:"j" help:"每段输出一个 JSON 对象。"`
	Key  string `help:"SM4 密钥（32 位十六进制），用于解密 HJ 212-2025 报文。" placeholder:"HEX"`
}

// Run decodes a packets file and prints what each sample holds. It stores
// nothing.
func (c *framesCmd) Run() error {
	in, err := input(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	key, err := hex.DecodeString(c.Key)
	if err != nil || (len(key) != 0 && len(key) != 16) {
		return fault.New(fault.Invalid, "SM4 密钥应为 32 位十六进制数字")
	}
	samples, err := hj212.ReadSamples(in)
	if err != nil {
		return fault.From(err, fault.Invalid, "读不完报文文件 %s：%s", c.File, err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	frames := 0
	for _, s := range samples {
		d := hj212.Decode(s, key)
		frames += len(d.Frames)
		if c.JSON {
			if err := enc.Encode(d); err != nil {
				return err
			}
			continue
		}
		printDecoded(out, d)
	}
	if frames == 0 {
		return fault.New(fault.Invalid, "%s 中没有找到 HJ 212 报文（共 %d 段）；请确认文件是报文记录，每行一段", c.File, len(samples))
	}
	return nil
}

// printDecoded writes a line a frame, for reading and for grep.
func printDecoded(w io.Writer, d hj212.Decoded) {
	for _, f := range d.Frames {
		if f.OK {
			fmt.Fprintf(w, "%d\tok\t%s\tST=%s\tCN=%s\tMN=%s\tQN=%s\t%d 个因子\n", d.Line, f.Version, f.ST, f.CN, f.MN, f.QN, len(f.Factors))
		} else {
			fmt.Fprintf(w, "%d\trefused\t第 %d 字节\t%s\t%s\n", d.Line, f.At, f.Reason, f.Zh)
		}
	}
	if d.Skipped > 0 {
		fmt.Fprintf(w, "%d\tskipped\t%d 字节不属于任何报文\n", d.Line, d.Skipped)
	}
}

// input opens a file of the command line; - is standard input.
func input(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "打不开文件 %s；请检查路径和权限", name)
	}
	return f, nil
}
