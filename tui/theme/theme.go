// Package theme is how the dashboard looks: the styles and glyphs of a dark, a light, a colourless and an ASCII terminal.
package theme

import (
	"clipbench/tui/canvas"
	"clipbench/workbench/runlog"
)

// Mode is what the terminal can show.
type Mode struct {
	Light   bool // dark text on a light ground
	NoColor bool // attributes only
	ASCII   bool // no character beyond ASCII
	Few     bool // 256 colours, of which Heat picks its own: the nearest of a fine scale is no scale
}

// Theme is one way to look. Panes take every style and glyph from it.
type Theme struct {
	Mode     Mode
	Text     canvas.Style
	Faint    canvas.Style // what is there only if looked for
	Strong   canvas.Style
	Accent   canvas.Style // what has the focus
	Good     canvas.Style
	Warn     canvas.Style
	Bad      canvas.Style
	Selected canvas.Style // the line under the cursor
	Rule     canvas.Style // lines between things
	Series   []canvas.Style
	Shade    []canvas.Style // Series, faint: the raw line under the smoothed
	Glyphs   Glyphs
	ground   [3]uint8
}

// Glyphs are the characters that ASCII has no equal for.
type Glyphs struct {
	Braille bool
	State   map[runlog.State]rune
	Pin     rune
	Mark    rune // beside what has the focus
	Bad     rune // where a value is NaN or infinite
	Cursor  rune
	HLine   rune
	VLine   rune
	Tick    rune // on the horizontal axis
	Corner  rune
	Spark   []rune // low to high
	Blocks  []rune // light to full, for a matrix without colour
	Dots    []rune // one for each series where braille is not to be had
	Up      string
	Down    string
}

var unicodeGlyphs = Glyphs{
	Braille: true,
	State: map[runlog.State]rune{
		runlog.Running: '●', runlog.Stalled: '◌', runlog.Crashed: '✗', runlog.Stopped: '■',
		runlog.Finished: '✓', runlog.Failed: '✗', runlog.Unknown: '?',
	},
	Pin: '◆', Mark: '▌', Bad: '×', Cursor: '│', HLine: '─', VLine: '│', Tick: '┬', Corner: '└',
	Spark: []rune("▁▂▃▄▅▆▇█"), Blocks: []rune(" ░▒▓█"), Dots: []rune("*+ox#@%&"), Up: "▲", Down: "▼",
}

var asciiGlyphs = Glyphs{
	State: map[runlog.State]rune{
		runlog.Running: '>', runlog.Stalled: '~', runlog.Crashed: 'X', runlog.Stopped: '#',
		runlog.Finished: '=', runlog.Failed: '!', runlog.Unknown: '?',
	},
	Pin: '*', Mark: '>', Bad: 'x', Cursor: '|', HLine: '-', VLine: '|', Tick: '+', Corner: '+',
	Spark: []rune("_.-=^"), Blocks: []rune(" .:*#"), Dots: []rune("*+ox#@%&"), Up: "max", Down: "min",
}

// Of Okabe and Ito's colours, which the colour-blind tell apart, those that show on the ground.
var (
	onDark  = [][3]uint8{{86, 180, 233}, {230, 159, 0}, {0, 190, 130}, {220, 130, 180}, {240, 228, 66}, {235, 110, 40}, {120, 150, 255}, {190, 190, 190}}
	onLight = [][3]uint8{{0, 114, 178}, {213, 94, 0}, {0, 130, 95}, {170, 70, 130}, {150, 115, 0}, {180, 40, 40}, {80, 70, 190}, {90, 90, 90}}
)

// New is the theme of a mode.
func New(mode Mode) Theme {
	t := Theme{Mode: mode, Glyphs: unicodeGlyphs}
	if mode.ASCII {
		t.Glyphs = asciiGlyphs
	}
	switch {
	case mode.NoColor:
		t.colourless()
	case mode.Light:
		t.ground = [3]uint8{255, 255, 255}
		t.coloured(onLight, canvas.Index(244), canvas.Index(254), canvas.Index(251))
	default:
		t.coloured(onDark, canvas.Index(245), canvas.Index(236), canvas.Index(239))
	}
	return t
}

// coloured fills a theme from its series' colours. The greys are of the 256, which a terminal without others keeps grey.
func (t *Theme) coloured(series [][3]uint8, faint, selected, rule canvas.Color) {
	plain := func(c [3]uint8) canvas.Style { return canvas.Style{Fg: canvas.RGB(c[0], c[1], c[2])} }
	t.Faint, t.Rule = canvas.Style{Fg: faint}, canvas.Style{Fg: rule}
	t.Strong = canvas.Style{Attr: canvas.Bold}
	t.Accent = plain(series[0]).With(canvas.Bold)
	t.Good, t.Warn, t.Bad = plain(series[2]), plain(series[1]), plain(series[5])
	t.Bad = t.Bad.With(canvas.Bold)
	t.Selected = canvas.Style{Bg: selected}
	for _, c := range series {
		t.Series = append(t.Series, plain(c))
		t.Shade = append(t.Shade, plain(t.toGround(c, 0.62)))
	}
}

// toGround is a colour taken part of the way to the ground.
func (t *Theme) toGround(c [3]uint8, part float64) [3]uint8 {
	for i := range c {
		c[i] = uint8(float64(c[i])*(1-part) + float64(t.ground[i])*part)
	}
	return c
}

// colourless has attributes only.
func (t *Theme) colourless() {
	t.Faint, t.Rule = canvas.Style{Attr: canvas.Faint}, canvas.Style{Attr: canvas.Faint}
	t.Strong, t.Accent = canvas.Style{Attr: canvas.Bold}, canvas.Style{Attr: canvas.Bold | canvas.Underline}
	t.Warn, t.Bad = canvas.Style{Attr: canvas.Bold}, canvas.Style{Attr: canvas.Bold}
	t.Selected = canvas.Style{Attr: canvas.Reverse}
	for range onDark {
		t.Series = append(t.Series, canvas.Style{})
		t.Shade = append(t.Shade, canvas.Style{Attr: canvas.Faint})
	}
}

// State is how a state's glyph and name look.
func (t *Theme) State(s runlog.State) canvas.Style {
	switch s {
	case runlog.Running:
		return t.Good
	case runlog.Stalled:
		return t.Warn
	case runlog.Crashed, runlog.Failed:
		return t.Bad
	case runlog.Finished:
		return t.Text
	}
	return t.Faint
}

// Heat is the ground of a matrix cell and the colour of the number on it, for a value between 0 and 1;
// without colours, both are zero and Block is to be used.
func (t *Theme) Heat(v float64) (ground, ink canvas.Color) {
	if t.Mode.NoColor || v != v {
		return 0, 0
	}
	if t.Mode.Few {
		return canvas.Index(fewHeat[min(len(fewHeat)-1, max(0, int(v*float64(len(fewHeat)))))]), inkOn(v)
	}
	c := viridis(v)
	return canvas.RGB(c[0], c[1], c[2]), inkOn(v)
}

// inkOn is what is legible on the ground of a value.
func inkOn(v float64) canvas.Color {
	if v > 0.6 {
		return canvas.RGB(0, 0, 0)
	}
	return canvas.RGB(255, 255, 255)
}

// fewHeat are the steps of viridis among the 256 colours.
var fewHeat = []uint8{53, 54, 61, 25, 31, 37, 36, 41, 77, 113, 149, 185, 227}

// Block is the character that stands for a value between 0 and 1.
func (t *Theme) Block(v float64) rune {
	if v != v {
		return t.Glyphs.Bad
	}
	n := len(t.Glyphs.Blocks)
	return t.Glyphs.Blocks[min(n-1, max(0, int(v*float64(n))))]
}

// anchors are viridis (van der Walt and Smith, 2015) at even distances: even to the eye, in grey and to the colour-blind.
var anchors = [][3]uint8{{68, 1, 84}, {71, 44, 122}, {59, 81, 139}, {44, 113, 142}, {33, 144, 141}, {39, 173, 129}, {92, 200, 99}, {170, 220, 50}, {253, 231, 37}}

func viridis(v float64) [3]uint8 {
	v = min(1, max(0, v)) * float64(len(anchors)-1)
	i := min(int(v), len(anchors)-2)
	var c [3]uint8
	for k := range c {
		a, b := float64(anchors[i][k]), float64(anchors[i+1][k])
		c[k] = uint8(a + (b-a)*(v-float64(i)) + 0.5)
	}
	return c
}

// Tinted is the style of the i-th run, and its faint shade.
func (t *Theme) Tinted(i int) (line, shade canvas.Style) {
	i %= len(t.Series)
	return t.Series[i], t.Shade[i]
}
