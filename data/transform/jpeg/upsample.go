package jpeg

// plane is the samples of one component, without the padding of its last blocks when read by row.
type plane struct {
	pix           []uint8
	stride        int
	width, height int
}

// row returns row y, or the nearest that there is.
func (p plane) row(y int) []uint8 {
	y = min(max(y, 0), p.height-1)
	return p.pix[y*p.stride : y*p.stride+p.width]
}

// enlarged returns a function that gives row y of the plane at the size of the image, each sample
// standing for across × down pixels. It interpolates as libjpeg's "fancy upsampling" does: a sample lies
// in the middle of its pixels, the nearer neighbour has 3/4 of the weight, and halves are rounded down
// and up in turn. The row is overwritten by the next call.
func (p plane) enlarged(across, down int) func(y int) []uint8 {
	row := make([]uint8, p.width*across)
	sums := make([]int32, p.width)
	switch {
	case across == 1 && down == 1:
		return p.row
	case across == 2 && down == 1 && p.width > 2:
		return func(y int) []uint8 { return doubled(row, p.row(y)) }
	case across == 2 && down == 2 && p.width > 2:
		return func(y int) []uint8 { return quadrupled(row, p.columnSums(sums, y)) }
	case across == 1 && down == 2:
		return func(y int) []uint8 {
			for x, v := range p.columnSums(sums, y) {
				row[x] = uint8((v + 1 + int32(y%2)) >> 2)
			}
			return row
		}
	}
	return func(y int) []uint8 {
		src := p.row(y / down)
		for x := range row {
			row[x] = src[x/across]
		}
		return row
	}
}

// doubled writes src at twice its width.
func doubled(row, src []uint8) []uint8 {
	last := len(src) - 1
	for x, v := range src {
		near := 3 * int32(v)
		row[2*x] = uint8((near + int32(src[max(x-1, 0)]) + 1) >> 2)
		row[2*x+1] = uint8((near + int32(src[min(x+1, last)]) + 2) >> 2)
	}
	return row
}

// columnSums adds, for row y of the image, 3 parts of the nearer row of samples and 1 part of the other.
func (p plane) columnSums(sums []int32, y int) []int32 {
	near, far := p.row(y/2), p.row(y/2-1+y%2*2)
	for x := range sums {
		sums[x] = 3*int32(near[x]) + int32(far[x])
	}
	return sums
}

// quadrupled finishes column sums at twice their width.
func quadrupled(row []uint8, sums []int32) []uint8 {
	last := len(sums) - 1
	for x, v := range sums {
		row[2*x] = uint8((3*v + sums[max(x-1, 0)] + 8) >> 4)
		row[2*x+1] = uint8((3*v + sums[min(x+1, last)] + 7) >> 4)
	}
	return row
}
