package plot

import "image/color"

// The look of every picture, in one place. Lengths are in points.
const (
	margin = 16.0 // white around a picture
	gap    = 6.0  // between things that belong together
	gutter = 20.0 // between things that do not

	titleSize   = 12.0
	labelSize   = 8.5
	tickSize    = 7.5
	noteSize    = 8.0
	minimumSize = 5.5 // no text is set smaller

	hairline  = 0.5
	lineWidth = 1.25
)

// Greys, from text to paper.
var (
	ink    = color.NRGBA{0x22, 0x26, 0x2b, 0xff}
	faint  = color.NRGBA{0x6a, 0x70, 0x78, 0xff}
	rule   = color.NRGBA{0xb4, 0xb9, 0xbf, 0xff}
	grid   = color.NRGBA{0xe6, 0xe8, 0xea, 0xff}
	track  = color.NRGBA{0xf0, 0xf1, 0xf3, 0xff}
	paper  = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	absent = color.NRGBA{0xd4, 0xd7, 0xda, 0xff} // a value that is not a number
)

// Okabe and Ito's colours, apart for every kind of colour vision
// (Color Universal Design, 2008; https://jfly.uni-koeln.de/color/).
var (
	blue       = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	orange     = color.NRGBA{0xe6, 0x9f, 0x00, 0xff}
	green      = color.NRGBA{0x00, 0x9e, 0x73, 0xff}
	vermillion = color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
	purple     = color.NRGBA{0xcc, 0x79, 0xa7, 0xff}
	sky        = color.NRGBA{0x56, 0xb4, 0xe9, 0xff}
	yellow     = color.NRGBA{0xf0, 0xe4, 0x42, 0xff}
)

// categories is the order in which series take their colours; yellow, weak on paper, comes last.
var categories = [...]color.NRGBA{blue, vermillion, green, purple, orange, sky, ink, yellow}

// category returns the colour of the i-th category; after eight they start again.
func category(i int) color.NRGBA { return categories[i%len(categories)] }
