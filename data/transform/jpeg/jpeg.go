// Package jpeg decodes JPEG images to the same bytes as libjpeg, which is what Pillow and torchvision
// see. The standard library's decoder rounds its transform differently and repeats chroma where libjpeg
// interpolates, so that a few values in a hundred differ, some of them by much.
//
// It reads baseline, extended and progressive Huffman-coded images of 8 bits: grey, YCbCr, RGB, CMYK
// and YCCK. ITU-T T.81 is the standard; sections in comments are of it.
package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Image is a decoded image: RGB in 8 bits, Pix is [Height, Width, 3].
type Image struct {
	Width, Height int
	Pix           []uint8
}

// Markers, table B.1.
const (
	sof0 = 0xc0 // baseline
	sof1 = 0xc1 // extended
	sof2 = 0xc2 // progressive
	dht  = 0xc4
	rst0 = 0xd0
	rst7 = 0xd7
	soi  = 0xd8
	eoi  = 0xd9
	sos  = 0xda
	dqt  = 0xdb
	dri  = 0xdd
	app0 = 0xe0
	appE = 0xee
)

// decoder is an image being read.
type decoder struct {
	data []byte
	pos  int

	frame
	quantisation [4]*[64]uint16 // in natural order
	dc, ac       [4]*huffman
	restart      int // MCUs between restart markers; 0 without

	jfif  bool
	adobe int // the transform that the Adobe segment names; -1 without the segment
}

// Decode reads an image. A file that ends early gives an error that is io.ErrUnexpectedEOF.
func Decode(data []byte) (*Image, error) {
	d := &decoder{data: data, adobe: -1}
	if err := d.read(true); err != nil {
		return nil, err
	}
	if !d.scanned {
		return nil, errors.New("it holds no scan")
	}
	return d.render()
}

// Size reads the size of an image from its header.
func Size(data []byte) (width, height int, err error) {
	d := &decoder{data: data, adobe: -1}
	err = d.read(false)
	return d.width, d.height, err
}

// read goes through the segments to the end of the image, or to its frame header unless whole is set.
func (d *decoder) read(whole bool) error {
	for {
		marker, err := d.marker()
		if err != nil {
			return err
		}
		switch {
		case marker == eoi:
			return nil
		case marker == soi, marker == 0x01, rst0 <= marker && marker <= rst7:
			continue // no segment follows
		}
		body, err := d.segment()
		if err != nil {
			return err
		}
		if err := d.process(marker, body); err != nil {
			return err
		}
		if !whole && len(d.components) > 0 {
			return nil
		}
	}
}

// marker finds the next marker. Bytes before it that belong to nothing are passed over, as libjpeg does.
func (d *decoder) marker() (byte, error) {
	for ; d.pos+1 < len(d.data); d.pos++ {
		if d.data[d.pos] == 0xff && d.data[d.pos+1] != 0 && d.data[d.pos+1] != 0xff {
			d.pos += 2
			return d.data[d.pos-1], nil
		}
	}
	return 0, io.ErrUnexpectedEOF
}

// segment returns the contents of the segment that begins here.
func (d *decoder) segment() ([]byte, error) {
	if d.pos+2 > len(d.data) {
		return nil, io.ErrUnexpectedEOF
	}
	size := int(binary.BigEndian.Uint16(d.data[d.pos:]))
	if size < 2 {
		return nil, fmt.Errorf("the segment at byte %d has a length of %d", d.pos-2, size)
	}
	if d.pos+size > len(d.data) {
		return nil, io.ErrUnexpectedEOF
	}
	body := d.data[d.pos+2 : d.pos+size]
	d.pos += size
	return body, nil
}

func (d *decoder) process(marker byte, body []byte) error {
	switch marker {
	case sof0, sof1, sof2:
		return d.startFrame(body, marker == sof2)
	case dht:
		return d.readHuffman(body)
	case dqt:
		return d.readQuantisation(body)
	case dri:
		if len(body) != 2 {
			return fmt.Errorf("a restart interval of %d bytes", len(body))
		}
		d.restart = int(binary.BigEndian.Uint16(body))
	case sos:
		return d.readScan(body)
	case app0:
		d.jfif = d.jfif || len(body) >= 5 && string(body[:5]) == "JFIF\x00"
	case appE:
		if len(body) >= 12 && string(body[:5]) == "Adobe" {
			d.adobe = int(body[11])
		}
	case 0xc3, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf:
		return fmt.Errorf("its coding (SOF%d: lossless, hierarchical or arithmetic) is not read; convert it", marker-sof0)
	}
	return nil
}

// readQuantisation reads the tables of a DQT segment, §B.2.4.1.
func (d *decoder) readQuantisation(body []byte) error {
	for len(body) > 0 {
		wide, id := int(body[0]>>4), body[0]&15
		size := 64 << wide
		if wide > 1 || id > 3 || len(body) < 1+size {
			return errors.New("a quantisation table is misshapen")
		}
		table := new([64]uint16)
		for i, at := range zigzag {
			if wide == 0 {
				table[at] = uint16(body[1+i])
			} else {
				table[at] = binary.BigEndian.Uint16(body[1+2*i:])
			}
		}
		d.quantisation[id] = table
		body = body[1+size:]
	}
	return nil
}

// zigzag is the natural place of the i-th coefficient in the file, figure A.6.
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}
