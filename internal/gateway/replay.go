package gateway

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/fault"
)

// Replayed is what came of replaying a capture.
type Replayed struct {
	Samples  int                  // byte streams in the file
	Frames   int                  // found in them
	Accepted int                  // stored, or stored already
	Refused  map[hj212.Reason]int // by reason
	Skipped  int64                // bytes that belong to no frame
	Answered int                  // answers that came, when sent to an address
}

// Capture is a file of frames as byte streams.
type Capture struct {
	Streams [][]byte
	Lines   []int // of the streams; 0 for a plain capture
	frames  int
}

// maxCapture bounds the size of a capture file.
const maxCapture = 1 << 30

// ReadCapture reads a file in the format of the packets files (comment lines that
// begin with #, one byte stream a line, escapes; see hj212.ReadSamples) or a plain
// capture: frames one after another, with anything between them.
//
// The error is fault.Invalid when the file holds no frame.
func ReadCapture(path string) (_ *Capture, err error) {
	defer fault.Wrap(&err, "gateway.ReadCapture(%s)", path)
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "报文文件 %s 打不开，请检查路径和权限", path)
	}
	if info.Size() > maxCapture {
		return nil, fault.New(fault.Invalid, "报文文件 %s 超过1 GiB，请分成几个文件回放", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "报文文件 %s 读取失败，请检查路径和权限", path)
	}
	c := &Capture{}
	if isPacketsFile(b) {
		samples, err := hj212.ReadSamples(bytes.NewReader(b))
		if err != nil {
			return nil, fault.From(err, fault.Invalid, "报文文件 %s 格式不对，应每行一段字节流", path)
		}
		for _, s := range samples {
			c.Streams = append(c.Streams, s.Bytes)
			c.Lines = append(c.Lines, s.Line)
		}
	} else {
		c.Streams, c.Lines = [][]byte{b}, []int{0}
	}
	for _, s := range c.Streams {
		c.frames += bytes.Count(s, []byte("##"))
	}
	if c.frames == 0 {
		return nil, fault.New(fault.Invalid, "文件 %s 里没有找到报文（以##开头），请确认是HJ 212报文的抓取文件", path)
	}
	return c, nil
}

// isPacketsFile tells the two formats apart: a packets file is text with comment
// lines, or with frames that begin lines and no raw CR LF after their CRC.
func isPacketsFile(b []byte) bool {
	scan := bufio.NewScanner(bytes.NewReader(b[:min(len(b), 1<<20)]))
	scan.Buffer(make([]byte, 64<<10), 1<<20)
	for scan.Scan() {
		line := scan.Text()
		switch {
		case strings.TrimSpace(line) == "":
		case line == "#" || strings.HasPrefix(line, "# "):
			return true
		default:
			return strings.Contains(line, `\r\n`) || strings.Contains(line, `\x`)
		}
	}
	return false
}

// ReplayCapture sends the frames of a capture on their way, as if each stream
// had come over a line of its own, and waits until they are stored. progress, when
// not nil, is told how many streams are done.
func (s *Server) ReplayCapture(ctx context.Context, c *Capture, progress func(done, all int)) (_ Replayed, err error) {
	defer fault.Wrap(&err, "gateway.ReplayCapture")
	out := Replayed{Samples: len(c.Streams), Refused: map[hj212.Reason]int{}}
	for i, stream := range c.Streams {
		if err := s.replayStream(ctx, stream, &out); err != nil {
			return out, err
		}
		if progress != nil {
			progress(i+1, len(c.Streams))
		}
	}
	if err := s.notes.flush(ctx); err != nil {
		return out, err
	}
	if out.Frames == 0 {
		return out, fault.New(fault.Invalid, "没有找到完整的报文，请确认文件是HJ 212报文的抓取")
	}
	return out, nil
}

func (s *Server) replayStream(ctx context.Context, stream []byte, out *Replayed) error {
	if !s.enter() {
		return errStopping
	}
	defer s.readers.Done()
	w := s.workers.Get().(*worker)
	defer s.workers.Put(w)
	framer := hj212.Framer{MaxLen: s.cfg.MaxFrame}
	framer.Push(stream)
	framer.Flush()
	from := origin{at: s.cfg.Now(), replay: true}
	for {
		st := s.stages.Get().(*stage)
		more := true
		for st.weight() < 5000 {
			f, ok := framer.Next()
			if more = ok; !ok {
				break
			}
			out.Frames++
			if r := s.take(st, w, &f, from); r != nil {
				out.Refused[r.Reason]++
				s.refuse(r, &w.m, from, true)
			} else {
				out.Accepted++
			}
		}
		if err := s.settle(ctx, st); err != nil {
			return err
		}
		if !more {
			out.Skipped += framer.Skipped()
			return nil
		}
	}
}

// settle enqueues a stage and waits until it is stored.
func (s *Server) settle(ctx context.Context, st *stage) error {
	if st.empty() {
		st.reset()
		s.stages.Put(st)
		return nil
	}
	done := make(chan error, 1)
	st.done = func(err error) { done <- err }
	s.enqueue(st)
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// SendCapture sends the streams of a capture to a host, each over a connection of
// its own, and counts the answers that come within wait after the last byte.
func SendCapture(ctx context.Context, addr string, c *Capture, wait time.Duration, progress func(done, all int)) (_ Replayed, err error) {
	defer fault.Wrap(&err, "gateway.SendCapture(%s)", addr)
	out := Replayed{Samples: len(c.Streams), Refused: map[hj212.Reason]int{}}
	for i, stream := range c.Streams {
		framer := hj212.Framer{MaxLen: hj212.MaxSegment}
		framer.Push(stream)
		framer.Flush()
		wanted := 0
		var m hj212.Message
		for {
			f, ok := framer.Next()
			if !ok {
				break
			}
			out.Frames++
			if f.Err != nil {
				out.Refused[f.Err.Reason]++
				continue
			}
			if m.Parse(f.Data) == nil && m.Answers(hj212.Auto) != 0 {
				wanted++
			}
		}
		out.Skipped += framer.Skipped()
		n, err := sendStream(ctx, addr, stream, wanted, wait)
		if err != nil {
			return out, fault.From(err, fault.Unavailable, "发送到 %s 失败（已发送 %d 段）；请检查地址和网络", addr, i)
		}
		out.Answered += n
		if progress != nil {
			progress(i+1, len(c.Streams))
		}
	}
	return out, nil
}

// sendStream writes b and reads up to wanted answers.
func sendStream(ctx context.Context, addr string, b []byte, wanted int, wait time.Duration) (answers int, err error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	// Answers are read while the frames go out: a host gives up a peer that does
	// not read.
	wrote := make(chan error, 1)
	go func() {
		_, err := conn.Write(b)
		wrote <- err
	}()
	defer func() { err = errors.Join(err, <-wrote) }()
	var framer hj212.Framer
	for answers < wanted {
		if _, ok := framer.Next(); ok {
			answers++
			continue
		}
		conn.SetReadDeadline(time.Now().Add(wait))
		if _, err := framer.Fill(conn); err != nil {
			if err == io.EOF || os.IsTimeout(err) {
				conn.Close()        // ends the writing, should it still hang
				return answers, nil // the host does not answer what it refuses
			}
			return answers, err
		}
	}
	return answers, nil
}

// String is the report in one line.
func (r Replayed) String() string {
	refused := 0
	for _, n := range r.Refused {
		refused += n
	}
	return fmt.Sprintf("字节流 %d 段，报文 %d 条：接收 %d，拒绝 %d，无关字节 %d", r.Samples, r.Frames, r.Accepted, refused, r.Skipped)
}
