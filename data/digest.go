package data

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// Outlined is a Source that can say what it holds without reading its images: of each sample, in their order, what is cheap
// to know of its key, sizes and captions.
type Outlined interface {
	Source
	Outline(w io.Writer)
}

// Digest is 32 hexadecimal digits that stand for what a source holds. Another number of samples, an outline that differs,
// and any change of the 64 samples that are read, at equal distances, give another digest. What an outline does not see in
// the others does not: an image changed in place to one of the same size, in shards a caption too, and in a parquet file any image.
func Digest(src Source) string {
	const most = 64
	h := sha256.New()
	outline(src, h)
	for k := range min(src.Len(), most) {
		i := k * src.Len() / min(src.Len(), most)
		s, err := src.Sample(i)
		if err != nil {
			fmt.Fprintln(h, i, "is broken")
			continue
		}
		outlineSample(h, s)
		h.Write(s.Image) // a hash takes all
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func outline(src Source, w io.Writer) {
	fmt.Fprintln(w, src.Len())
	if o, ok := src.(Outlined); ok {
		o.Outline(w)
	}
}

func outlineSample(w io.Writer, s Sample) {
	fmt.Fprintf(w, "%q %q %q %q %d\n", s.Key, s.Captions, s.Tags, s.Concept, len(s.Image))
}
