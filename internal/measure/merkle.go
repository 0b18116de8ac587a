package measure

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/proof"

	"pingzhang/internal/journal"
)

// The tree over the raw frames of an hour has two floors: one tree for each
// point over its frames, and one tree over the roots of these. So a frame is
// proved without unpacking what other points sent. Both are trees of RFC 6962
// 2.1 with SM3, as the journal's.

// treeRoot returns the root over leaf hashes, of which there is at least one.
func treeRoot(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := half(len(leaves))
	return journal.Hasher.HashChildren(treeRoot(leaves[:k]), treeRoot(leaves[k:]))
}

// half returns the largest power of two below n.
func half(n int) int {
	k := 1
	for 2*k < n {
		k *= 2
	}
	return k
}

// treePath returns the hashes that lead from leaf i to the root, RFC 6962 2.1.1.
func treePath(leaves [][]byte, i int) [][]byte {
	if len(leaves) == 1 {
		return nil
	}
	k := half(len(leaves))
	if i < k {
		return append(treePath(leaves[:k], i), treeRoot(leaves[k:]))
	}
	return append(treePath(leaves[k:], i-k), treeRoot(leaves[:k]))
}

// frameLeaf is the hash of one frame.
func frameLeaf(f *rawFrame) []byte { return journal.Hasher.HashLeaf(appendRawFrame(nil, f)) }

// pointLeaf is the hash, in the upper tree, of the tree of a point.
func pointLeaf(p Point, frames int, root []byte) []byte {
	b := binary.AppendUvarint(nil, uint64(p))
	b = binary.AppendUvarint(b, uint64(frames))
	return journal.Hasher.HashLeaf(append(b, root...))
}

// RawProof proves that a frame is among those whose root entered the journal.
type RawProof struct {
	Hour, Part int64  // which root
	Root       []byte // SM3, 32 bytes

	Frame, Frames int      // number of the frame among those of its point, from 0
	Path          [][]byte // from the frame to the root of its point
	Point, Points int      // number of the point among those of the hour, from 0
	PointPath     [][]byte // from the point to Root
}

// RawFrame is one message as it arrived.
type RawFrame struct {
	Point    Point
	Kind     Kind
	At       int64
	Received int64
	Bytes    []byte
	Proof    *RawProof // nil while its hour has not been sealed
}

// Verify checks f against its proof alone. That Proof.Root is the root in the
// journal is for the caller to see.
func (f *RawFrame) Verify() error {
	p := f.Proof
	if p == nil {
		return errors.New("the hour of the frame has not been sealed")
	}
	if p.Frame < 0 || p.Frames <= p.Frame || p.Point < 0 || p.Points <= p.Point {
		return fmt.Errorf("frame %d of %d, point %d of %d cannot be", p.Frame, p.Frames, p.Point, p.Points)
	}
	leaf := frameLeaf(&rawFrame{f.Point, f.Kind, f.At, f.Received, f.Bytes})
	root, err := proof.RootFromInclusionProof(journal.Hasher, uint64(p.Frame), uint64(p.Frames), leaf, p.Path)
	if err != nil {
		return err
	}
	root, err = proof.RootFromInclusionProof(journal.Hasher, uint64(p.Point), uint64(p.Points), pointLeaf(f.Point, p.Frames, root), p.PointPath)
	if err != nil {
		return err
	}
	if !bytes.Equal(root, p.Root) {
		return errors.New("the frame does not lead to the root")
	}
	return nil
}
