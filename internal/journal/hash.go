package journal

import (
	"github.com/emmansun/gmsm/sm3"
	"github.com/transparency-dev/merkle"
	"github.com/transparency-dev/merkle/compact"
)

// hashSize is the length of an SM3 hash in bytes (GB/T 32905-2016).
const hashSize = sm3.Size

// Hasher hashes the Merkle tree as RFC 6962 2.1 does, with SM3 in the place of
// SHA-256: SM3(0x00 || entry) for a leaf, SM3(0x01 || left || right) above. The
// prefixes keep a leaf from being passed off as a node.
var Hasher merkle.LogHasher = hasher{}

type hasher struct{}

func (hasher) EmptyRoot() []byte { h := sm3.Sum(nil); return h[:] }
func (hasher) Size() int         { return hashSize }

func (hasher) HashLeaf(leaf []byte) []byte {
	h := sm3.New()
	h.Write([]byte{0})
	h.Write(leaf)
	return h.Sum(make([]byte, 0, hashSize))
}

func (hasher) HashChildren(l, r []byte) []byte {
	b := make([]byte, 1, 1+2*hashSize)
	b[0] = 1
	h := sm3.Sum(append(append(b, l...), r...))
	return h[:]
}

var ranges = &compact.RangeFactory{Hash: Hasher.HashChildren}

// split cuts a stored frontier into its hashes.
func split(frontier []byte) [][]byte {
	var all [][]byte
	for len(frontier) >= hashSize {
		all = append(all, frontier[:hashSize:hashSize])
		frontier = frontier[hashSize:]
	}
	return all
}

func join(hashes [][]byte) []byte {
	b := make([]byte, 0, len(hashes)*hashSize)
	for _, h := range hashes {
		b = append(b, h...)
	}
	return b
}

// rootOf returns the root of a tree of size leaves whose compact range is
// frontier.
func rootOf(size int64, frontier []byte) ([]byte, error) {
	if size == 0 {
		return Hasher.EmptyRoot(), nil
	}
	r, err := ranges.NewRange(0, uint64(size), split(frontier))
	if err != nil {
		return nil, err
	}
	return r.GetRootHash(nil)
}

// completedBy returns the row whose append completes the node at level and
// index, which is where the node is stored.
func completedBy(id compact.NodeID) int64 { return int64((id.Index + 1) << id.Level) }
