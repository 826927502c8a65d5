package jpeg

// transform brings the blocks of a component back to samples, [rows of blocks · 8, stride · 8].
func (c *component) transform() plane {
	p := plane{make([]uint8, len(c.blocks)*64), c.stride * 8, c.width, c.height}
	for i := range c.blocks {
		c.blocks[i].inverse(c.quantisation, p.pix[i/c.stride*8*p.stride+i%c.stride*8:], p.stride)
	}
	return p
}

// The fixed point of libjpeg's accurate transform (jidctint.c): constants of 13 bits, and 2 more bits
// kept between the columns and the rows.
const (
	constantBits = 13
	betweenBits  = 2
)

// inverse is the inverse DCT of one block, columns first, then rows.
func (b *block) inverse(q *[64]uint16, dst []uint8, stride int) {
	var work [64]int32
	for x := range 8 {
		dc := int32(b[x]) * int32(q[x])
		if b[8+x]|b[16+x]|b[24+x]|b[32+x]|b[40+x]|b[48+x]|b[56+x] == 0 {
			for y := range 8 {
				work[y*8+x] = dc << betweenBits
			}
			continue
		}
		v := [8]int32{dc}
		for y := 1; y < 8; y++ {
			v[y] = int32(b[y*8+x]) * int32(q[y*8+x])
		}
		inverse8(&v)
		const shift = constantBits - betweenBits
		for y := range 8 {
			work[y*8+x] = (v[y] + 1<<(shift-1)) >> shift
		}
	}
	for y := range 8 {
		v := [8]int32(work[y*8:])
		inverse8(&v)
		const shift = constantBits + betweenBits + 3
		row := dst[y*stride:][:8]
		for x := range 8 {
			row[x] = clip((v[x]+1<<(shift-1))>>shift + 128)
		}
	}
}

// inverse8 is the one-dimensional inverse DCT of Loeffler, Ligtenberg and Moschytz 1989, times 2^13 · √8,
// in the arrangement of libjpeg's jidctint.c. The constants are sums of cosines in 13 bits.
func inverse8(v *[8]int32) {
	z := (v[2] + v[6]) * 4433 // 0.541196100
	even2, even3 := z-v[6]*15137, z+v[2]*6270
	even0, even1 := (v[0]+v[4])<<constantBits, (v[0]-v[4])<<constantBits
	a, d := even0+even3, even0-even3
	b, c := even1+even2, even1-even2

	t0, t1, t2, t3 := v[7], v[5], v[3], v[1]
	z1, z2, z3, z4 := (t0+t3)*-7373, (t1+t2)*-20995, t0+t2, t1+t3 // -0.899976223, -2.562915447
	z5 := (z3 + z4) * 9633                                        // 1.175875602
	z3, z4 = z3*-16069+z5, z4*-3196+z5                            // -1.961570560, -0.390180644
	t0 = t0*2446 + z1 + z3                                        // 0.298631336
	t1 = t1*16819 + z2 + z4                                       // 2.053119869
	t2 = t2*25172 + z2 + z3                                       // 3.072711026
	t3 = t3*12299 + z1 + z4                                       // 1.501321110

	v[0], v[7] = a+t3, a-t3
	v[1], v[6] = b+t2, b-t2
	v[2], v[5] = c+t1, c-t1
	v[3], v[4] = d+t0, d-t0
}

func clip(v int32) uint8 { return uint8(min(max(v, 0), 255)) }
