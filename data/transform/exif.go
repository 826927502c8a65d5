package transform

import (
	"bytes"
	"encoding/binary"
)

// orientation finds the orientation, 1 to 8, in an EXIF structure; 1 when there is none.
// EXIF 2.3, §4.6.4, tag 274.
func orientation(exif []byte) int {
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(exif[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(exif[4:]))
	if at+2 > uint64(len(exif)) {
		return 1
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if tag, value := order.Uint16(entries), order.Uint16(entries[8:]); tag == 274 {
			if value < 1 || value > 8 {
				return 1
			}
			return int(value)
		}
		entries = entries[12:]
	}
	return 1
}

// exifOfPNG returns the contents of the eXIf chunk.
func exifOfPNG(data []byte) []byte {
	for rest := data[8:]; len(rest) >= 12; {
		size := uint64(binary.BigEndian.Uint32(rest))
		if size+12 > uint64(len(rest)) {
			return nil
		}
		if string(rest[4:8]) == "eXIf" {
			return rest[8 : 8+size]
		}
		rest = rest[12+size:]
	}
	return nil
}

// exifOfWebP returns the contents of the EXIF chunk.
func exifOfWebP(data []byte) []byte {
	for rest := data[12:]; len(rest) >= 8; {
		size := uint64(binary.LittleEndian.Uint32(rest[4:]))
		padded := 8 + size + size%2
		if string(rest[:4]) == "EXIF" {
			return withoutEXIFHeader(rest[8:min(8+size, uint64(len(rest)))])
		}
		if padded > uint64(len(rest)) {
			return nil
		}
		rest = rest[padded:]
	}
	return nil
}

// exifOfJPEG returns the contents of the EXIF segment.
func exifOfJPEG(data []byte) []byte {
	for marker, body := range segments(data) {
		if marker == 0xe1 && bytes.HasPrefix(body, exifHeader) {
			return withoutEXIFHeader(body)
		}
	}
	return nil
}

var exifHeader = []byte("Exif\x00\x00")

func withoutEXIFHeader(exif []byte) []byte { return bytes.TrimPrefix(exif, exifHeader) }

// upright turns an image of the given EXIF orientation so that it is seen as it was taken.
func (m *RGB) upright(orientation int) *RGB {
	if orientation <= 1 {
		return m
	}
	// Where the pixel to the right and the pixel below are found in m, beginning from a corner.
	stepX, stepY := 3, m.Width*3
	right, below := (m.Width-1)*stepX, (m.Height-1)*stepY
	start, dx, dy := 0, stepX, stepY
	switch orientation {
	case 2:
		start, dx, dy = right, -stepX, stepY
	case 3:
		start, dx, dy = right+below, -stepX, -stepY
	case 4:
		start, dx, dy = below, stepX, -stepY
	case 5:
		start, dx, dy = 0, stepY, stepX
	case 6:
		start, dx, dy = below, -stepY, stepX
	case 7:
		start, dx, dy = right+below, -stepY, -stepX
	case 8:
		start, dx, dy = right, stepY, -stepX
	}
	out := NewRGB(m.Width, m.Height)
	if orientation >= 5 {
		out.Width, out.Height = m.Height, m.Width
	}
	for y := range out.Height {
		row := out.row(y)
		for x := range out.Width {
			copy(row[x*3:x*3+3], m.Pix[start+x*dx+y*dy:])
		}
	}
	return out
}
