package transform

import (
	"encoding/binary"
	"iter"

	"clipbench/data/transform/jpeg"
)

func decodeJPEG(data []byte) (*RGB, error) {
	img, err := jpeg.Decode(data)
	if err != nil {
		return nil, err
	}
	return &RGB{img.Width, img.Height, img.Pix}, nil
}

// segments yields the marker and the contents of every segment before the image data.
func segments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for pos := 2; pos+4 <= len(data); {
			marker := data[pos+1]
			if data[pos] != 0xff || marker == 0xff {
				pos++ // a fill byte, or one too many
				continue
			}
			end := pos + 2 + int(binary.BigEndian.Uint16(data[pos+2:]))
			const startOfScan = 0xda
			if marker == startOfScan || end < pos+4 || end > len(data) || !yield(marker, data[pos+4:end]) {
				return
			}
			pos = end
		}
	}
}
