package plot

import (
	"math"

	stdfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// outline returns the shapes of a line of text that begins at the canvas' point from and is turned by an
// angle. The canvas can turn text itself, but turns each glyph's pixels, which leaves slanted text ragged.
func outline(text string, f font.Face, from vg.Point, angle float64) vg.Path {
	var (
		path     vg.Path
		buffer   sfnt.Buffer
		sin, cos = math.Sincos(angle)
		em       = fixed.Int26_6(f.Face.UnitsPerEm()) // at this size, sizes come in font units
		scale    = f.Font.Size.Points() / float64(em)
		x        = 0.0
		previous sfnt.GlyphIndex
	)
	place := func(q fixed.Point26_6) vg.Point {
		along, up := (x+float64(q.X))*scale, -float64(q.Y)*scale
		return from.Add(vg.Point{X: vg.Points(along*cos - up*sin), Y: vg.Points(along*sin + up*cos)})
	}
	for i, r := range text {
		glyph, err := f.Face.GlyphIndex(&buffer, r)
		if err != nil {
			continue
		}
		if i > 0 {
			if kern, err := f.Face.Kern(&buffer, previous, glyph, em, stdfont.HintingNone); err == nil {
				x += float64(kern)
			}
		}
		if segments, err := f.Face.LoadGlyph(&buffer, glyph, em, nil); err == nil {
			path = appendGlyph(path, segments, place)
		}
		if advance, err := f.Face.GlyphAdvance(&buffer, glyph, em, stdfont.HintingNone); err == nil {
			x += float64(advance)
		}
		previous = glyph
	}
	return path
}

// appendGlyph adds a glyph's contours to a path.
func appendGlyph(path vg.Path, segments sfnt.Segments, place func(fixed.Point26_6) vg.Point) vg.Path {
	open := false
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if open {
				path.Close()
			}
			path.Move(place(s.Args[0]))
			open = true
		case sfnt.SegmentOpLineTo:
			path.Line(place(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			path.QuadTo(place(s.Args[0]), place(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(place(s.Args[0]), place(s.Args[1]), place(s.Args[2]))
		}
	}
	if open {
		path.Close()
	}
	return path
}
