package journal

import (
	"bytes"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
)

// forest rebuilds the Merkle tree from the leaves and compares each inner node
// with the stored one, to find the rows under a wrong hash whose leaves were
// made to fit.
//
// A difference at a node has two explanations: rows below were changed, or the
// stored node was. Which it is shows one level up, where the stored parent fits
// one of the two, or at a checkpoint, or at the head.
type forest struct {
	size  int64
	peaks []peak
	// guilty is called for the rows of a span that were changed although their
	// leaves fit.
	guilty func(first, last int64)
	report func(Problem)
}

// peak is a full subtree. Where computed and stored differ it is not settled
// yet which of them is right.
type peak struct {
	id               compact.NodeID
	computed, stored []byte
}

func (p *peak) open() bool { return !bytes.Equal(p.computed, p.stored) }

func (p *peak) rows() (first, last int64) {
	begin, end := p.id.Coverage()
	return int64(begin) + 1, int64(end)
}

// add appends a leaf; stored holds the hashes of the inner nodes that this row
// completed, by level from 1.
func (f *forest) add(leaf []byte, stored map[int64][]byte) {
	p := peak{compact.NewNodeID(0, uint64(f.size)), leaf, leaf}
	f.size++
	for n := len(f.peaks); n > 0 && f.peaks[n-1].id.Level == p.id.Level; n = len(f.peaks) {
		left := f.peaks[n-1]
		f.peaks = f.peaks[:n-1]
		p = f.parent(left, p, stored[int64(p.id.Level)+1])
	}
	f.peaks = append(f.peaks, p)
}

func (f *forest) parent(l, r peak, stored []byte) peak {
	p := peak{id: l.id.Parent(), computed: Hasher.HashChildren(l.computed, r.computed), stored: stored}
	if len(stored) != hashSize {
		first, last := p.rows()
		f.report(Problem{Head, last, fmt.Sprintf("第 %d 至 %d 条的校验节点（第 %d 层）缺失", first, last, p.id.Level)})
		p.stored = p.computed
	}
	if bytes.Equal(p.computed, p.stored) {
		f.settle(&l, false)
		f.settle(&r, false)
		return p
	}
	for _, pick := range [][2]bool{{true, true}, {true, false}, {false, true}} {
		if bytes.Equal(Hasher.HashChildren(l.pick(pick[0]), r.pick(pick[1])), p.stored) {
			f.settle(&l, pick[0])
			f.settle(&r, pick[1])
			p.computed = p.stored
			return p
		}
	}
	// Nothing below explains the stored parent: the difference stays open at
	// its level. Rows that were already in doubt stay in doubt within it.
	return p
}

func (p *peak) pick(stored bool) []byte {
	if stored {
		return p.stored
	}
	return p.computed
}

// settle ends the doubt about p: either its stored hash is right, and then rows
// below were changed, or it is the stored hash that was.
func (f *forest) settle(p *peak, storedIsRight bool) {
	if !p.open() {
		return
	}
	first, last := p.rows()
	if storedIsRight {
		f.guilty(first, last)
		p.computed = p.stored
		return
	}
	f.report(Problem{Head, last, fmt.Sprintf("第 %d 至 %d 条的校验节点（第 %d 层）被改动过，记录本身与检查点相符", first, last, p.id.Level)})
	p.stored = p.computed
}

// root returns the root with the stored hashes of the peaks in doubt, or with
// the computed ones.
func (f *forest) root(stored bool) []byte {
	if f.size == 0 {
		return Hasher.EmptyRoot()
	}
	n := len(f.peaks) - 1
	root := f.peaks[n].pick(stored)
	for i := n - 1; i >= 0; i-- {
		root = Hasher.HashChildren(f.peaks[i].pick(stored), root)
	}
	return root
}

// witness compares the tree with the root that a checkpoint signed for its
// size, and settles by it what is in doubt.
func (f *forest) witness(root []byte) bool {
	for _, stored := range []bool{false, true} {
		if bytes.Equal(f.root(stored), root) {
			for i := range f.peaks {
				f.settle(&f.peaks[i], stored)
			}
			return true
		}
	}
	return false
}

// finish compares the peaks with the frontier of the head. witnessed says that
// a checkpoint has just confirmed the whole tree.
func (f *forest) finish(frontier []byte, witnessed bool) {
	head := split(frontier)
	if len(head) != len(f.peaks) || len(frontier)%hashSize != 0 {
		f.report(Problem{Head, f.size, "日志头部的长度与记录数不符，头部被改动过"})
		head = make([][]byte, len(f.peaks))
	}
	headWrong := false
	for i := range f.peaks {
		p := &f.peaks[i]
		first, last := p.rows()
		switch {
		case p.open() && bytes.Equal(head[i], p.computed):
			f.settle(p, false)
		case p.open():
			f.settle(p, true)
			headWrong = headWrong || head[i] != nil && !bytes.Equal(head[i], p.stored)
		case head[i] == nil || bytes.Equal(head[i], p.computed):
		case p.id.Level == 0 && !witnessed:
			// A last, odd row has no node of its own: the head is its only
			// witness until the next checkpoint.
			f.guilty(first, last)
		default:
			headWrong = true
		}
	}
	if headWrong {
		f.report(Problem{Head, f.size, "日志头部的哈希被改动过，与记录和校验节点不符"})
	}
}
