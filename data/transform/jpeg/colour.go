package jpeg

// render brings the components to the size of the image and their colours to RGB.
func (d *decoder) render() (*Image, error) {
	rows := make([]func(y int) []uint8, len(d.components))
	for i := range d.components {
		c := &d.components[i]
		if c.quantisation == nil {
			return nil, errMissing
		}
		rows[i] = c.transform().enlarged(d.across/c.h, d.down/c.v)
		c.blocks = nil
	}
	img := &Image{d.width, d.height, make([]uint8, d.width*d.height*3)}
	convert := d.conversion()
	planes := make([][]uint8, len(rows))
	for y := range d.height {
		for i := range rows {
			planes[i] = rows[i](y)
		}
		convert(img.Pix[y*d.width*3:(y+1)*d.width*3], planes)
	}
	return img, nil
}

// conversion tells the colours from the Adobe and JFIF segments and the names of the components, by
// libjpeg's rules.
func (d *decoder) conversion() func(dst []uint8, planes [][]uint8) {
	c := d.components
	switch {
	case len(c) == 1:
		return fromGrey
	case len(c) == 4 && d.adobe <= 0:
		return fromCMYK
	case len(c) == 4:
		return fromYCCK
	case d.jfif, d.adobe > 0:
		return fromYCbCr
	case d.adobe == 0, c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B':
		return fromRGB
	}
	return fromYCbCr
}

func fromGrey(dst []uint8, planes [][]uint8) {
	for x, v := range planes[0][:len(dst)/3] {
		dst[3*x], dst[3*x+1], dst[3*x+2] = v, v, v
	}
}

func fromRGB(dst []uint8, planes [][]uint8) {
	for x := range len(dst) / 3 {
		dst[3*x], dst[3*x+1], dst[3*x+2] = planes[0][x], planes[1][x], planes[2][x]
	}
}

// fromYCbCr converts in fixed point of 16 bits, as libjpeg rounds it. ITU-T T.871, §7.
func fromYCbCr(dst []uint8, planes [][]uint8) {
	const half = 1 << 15
	luma, blue, red := planes[0], planes[1], planes[2]
	for x := range len(dst) / 3 {
		l, b, r := int32(luma[x]), int32(blue[x])-128, int32(red[x])-128
		p := dst[3*x : 3*x+3 : 3*x+3]
		p[0] = clip(l + (91881*r+half)>>16)
		p[1] = clip(l + (-22554*b-46802*r+half)>>16)
		p[2] = clip(l + (116130*b+half)>>16)
	}
}

// fromCMYK takes the inks as Adobe writes them, inverted, and converts as Pillow does.
func fromCMYK(dst []uint8, planes [][]uint8) {
	fromRGB(dst, planes)
	darken(dst, planes[3])
}

// fromYCCK is fromCMYK with its first three inks, inverted, in YCbCr.
func fromYCCK(dst []uint8, planes [][]uint8) {
	fromYCbCr(dst, planes)
	for i := range dst {
		dst[i] = 255 - dst[i]
	}
	darken(dst, planes[3])
}

// darken leaves of the light that black lets through what each inverted ink lets through. The rounding
// is Pillow's.
func darken(dst, black []uint8) {
	for i, v := range dst {
		light := int32(black[i/3])
		absorbed := (255-int32(v))*light + 128
		dst[i] = clip(light - (absorbed>>8+absorbed)>>8)
	}
}
