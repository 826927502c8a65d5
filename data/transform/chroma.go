package transform

import "image"

// chroma brings one chroma plane to the size of the image, [height, width], interpolating as libjpeg's
// "fancy upsampling" does: each sample lies in the middle of the pixels it stands for, and its nearer
// neighbour has 3/4 of the weight, rounded up and down in turn.
func chroma(m *image.YCbCr, plane []uint8) []uint8 {
	width, height := m.Rect.Dx(), m.Rect.Dy()
	across, down := spacing(m.SubsampleRatio)
	p := samples{plane, m.CStride, (width + across - 1) / across, (height + down - 1) / down}
	out := make([]uint8, width*height)
	row := make([]uint8, p.width*across)
	sums := make([]int, p.width)
	for y := range height {
		switch {
		case across == 2 && down == 1 && p.width > 2:
			p.doubled(row, y)
		case across == 2 && down == 2 && p.width > 2:
			p.columnSums(sums, y)
			quadrupled(row, sums)
		case across == 1 && down == 2:
			p.columnSums(sums, y)
			for x, v := range sums {
				row[x] = uint8((v + 1 + y%2) >> 2)
			}
		default:
			src := p.row(y / down)
			for x := range row {
				row[x] = src[x/across]
			}
		}
		copy(out[y*width:(y+1)*width], row)
	}
	return out
}

// spacing is how many pixels one chroma sample stands for.
func spacing(r image.YCbCrSubsampleRatio) (across, down int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// samples is a chroma plane without the padding of its last blocks.
type samples struct {
	pix           []uint8
	stride        int
	width, height int
}

// row returns row y, or the nearest that there is.
func (p samples) row(y int) []uint8 {
	y = min(max(y, 0), p.height-1)
	return p.pix[y*p.stride : y*p.stride+p.width]
}

// doubled writes row y at twice its width.
func (p samples) doubled(row []uint8, y int) {
	src := p.row(y)
	last := len(src) - 1
	for x, v := range src {
		near := 3 * int(v)
		row[2*x] = uint8((near + int(src[max(x-1, 0)]) + 1) >> 2)
		row[2*x+1] = uint8((near + int(src[min(x+1, last)]) + 2) >> 2)
	}
}

// columnSums adds, for row y of the image, 3 parts of the nearer row of samples and 1 part of the other.
func (p samples) columnSums(sums []int, y int) {
	near, far := p.row(y/2), p.row(y/2-1+y%2*2)
	for x := range sums {
		sums[x] = 3*int(near[x]) + int(far[x])
	}
}

// quadrupled finishes column sums at twice their width.
func quadrupled(row []uint8, sums []int) {
	last := len(sums) - 1
	for x, v := range sums {
		row[2*x] = uint8((3*v + sums[max(x-1, 0)] + 8) >> 4)
		row[2*x+1] = uint8((3*v + sums[min(x+1, last)] + 7) >> 4)
	}
}
