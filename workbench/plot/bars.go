package plot

import (
	"fmt"
	"image"
	"math"
)

// Bars draws horizontal bars, such as the memory of each device under several plans: for each label one
// bar of stacked parts, or a group of bars side by side.
type Bars struct {
	Labels []string // one for each bar or group, from top to bottom
	Series []BarSeries
	// Grouped draws the series side by side; otherwise they are stacked, and their sum is written.
	Grouped bool
	// Bytes takes the values as bytes and shows them in KiB, MiB, GiB or TiB.
	Bytes bool
	Unit  string // the axis' name, where the values are not bytes
	// Guides are levels to compare with, such as a device's memory, in the values' unit.
	Guides []Guide
	Title  string
	Note   string // under the title
	// Width is of the longest bar, in points; 0 means 380.
	Width float64
	Output
}

// BarSeries is one part of every bar, or one bar of every group. Values that are not finite are not drawn.
type BarSeries struct {
	Name   string
	Values []float64 // [labels]; negative values are refused
}

// Add adds a label with a value for each of the series, in their order.
func (b *Bars) Add(label string, values ...float64) {
	b.Labels = append(b.Labels, label)
	for i := range b.Series {
		if i < len(values) {
			b.Series[i].Values = append(b.Series[i].Values, values[i])
		}
	}
}

// Save writes the picture to path, whose ending, .png or .svg, is its format.
func (b Bars) Save(path string) error { return save(b, path) }

// Image returns the picture's pixels; one that cannot be drawn becomes a picture of the reason.
func (b Bars) Image() image.Image { return raster(b) }

// Show puts the picture in the notebook or the terminal, or in a file whose path it prints.
func (b Bars) Show() error { return show(b, "bars") }

func (b Bars) drawing() (drawing, error) {
	if len(b.Labels) == 0 || len(b.Series) == 0 {
		return drawing{}, fmt.Errorf("bars: need at least one label and one series")
	}
	for _, s := range b.Series {
		if len(s.Values) != len(b.Labels) {
			return drawing{}, fmt.Errorf("bars: series %q has %d values for %d labels", s.Name, len(s.Values), len(b.Labels))
		}
		for i, v := range s.Values {
			if v < 0 {
				return drawing{}, fmt.Errorf("bars: series %q, %s: %v is negative", s.Name, b.Labels[i], v)
			}
		}
	}
	l := b.layout()
	return drawing{l.width, l.height, l.draw}, nil
}

// barsLayout is where everything of a Bars goes.
type barsLayout struct {
	width, height float64
	axes          box
	x             scaleTicks
	texts         []label
	key           []placedKey
	bars          []placedBar
	guides        []float64 // their x
}

// placedBar is a part of a bar: its box and its series.
type placedBar struct {
	box
	series int
}

const (
	stackedBar = 14.0
	groupedBar = 9.0
	barGap     = 10.0 // between labels
)

// layout places the bars, the longest as wide as asked.
func (b Bars) layout() barsLayout {
	width := b.Width
	if width <= 0 {
		width = 380
	}
	unit, size := b.unit()
	l := barsLayout{texts: heading(b.Title, b.Note)}
	top := headingHeight(b.Title, b.Note)
	left := ceil(margin + widest(b.short(), labelSize, false) + gap)
	if len(b.Series) > 1 {
		l.key = placeKey(b.entries(), left, top+keyMark/2, width)
		top = ceil(keyBottom(l.key) + gap)
	}
	if len(b.Guides) > 0 {
		top += lineHeight(tickSize)
	}
	l.x = newScale(0, b.longest()/size, false, 6)
	thick := stackedBar
	if b.Grouped {
		thick = groupedBar*float64(len(b.Series)) + float64(len(b.Series)-1)
	}
	l.axes = box{left, top, width, float64(len(b.Labels))*(thick+barGap) + gap}
	for i, text := range b.short() {
		y := top + gap/2 + barGap/2 + float64(i)*(thick+barGap)
		l.texts = append(l.texts, beside(text, left-gap, y+thick/2, style{size: labelSize, color: ink, align: 1}))
		b.placeRow(&l, i, y, size)
	}
	b.placeAxis(&l, unit, size)
	all := bounds(l.texts)
	l.width = ceil(max(l.axes.right(), all.right(), keyWidth(l.key)) + margin)
	l.height = ceil(all.bottom() + margin)
	return l
}

// short returns the labels as they are written.
func (b Bars) short() []string {
	texts := make([]string, len(b.Labels))
	for i, text := range b.Labels {
		texts[i] = shorten(text, labelSize, false, 1.4*labelWidth)
	}
	return texts
}

// unit returns the values' unit and how many of theirs it holds.
func (b Bars) unit() (name string, size float64) {
	if !b.Bytes {
		return b.Unit, 1
	}
	name, size = "bytes", 1
	for _, larger := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if b.longest() < 1024*size {
			break
		}
		name, size = larger, 1024*size
	}
	return name, size
}

// longest returns the greatest of the sums, if stacked, or of the values, and of the guides.
func (b Bars) longest() float64 {
	longest := 0.0
	for i := range b.Labels {
		total := 0.0
		for _, s := range b.Series {
			if v := s.Values[i]; finite(v) {
				total += v
				if b.Grouped {
					longest = max(longest, v)
				}
			}
		}
		if !b.Grouped {
			longest = max(longest, total)
		}
	}
	for _, g := range b.Guides {
		longest = max(longest, g.Y)
	}
	return longest
}

func (b Bars) entries() []keyEntry {
	entries := make([]keyEntry, len(b.Series))
	for i, s := range b.Series {
		entries[i] = keyEntry{s.Name, func(p *pen, b box) { p.fill(b.inset(1.5), category(i)) }}
	}
	return entries
}

// placeRow places the bars of one label from y down, and writes their values behind them.
func (b Bars) placeRow(l *barsLayout, row int, y, size float64) {
	write := func(v, x, y float64) {
		l.texts = append(l.texts, beside(significant(v), x+gap/2, y, style{size: tickSize, color: faint}))
	}
	x, total := l.axes.x, 0.0
	for i, s := range b.Series {
		v := s.Values[row] / size
		if !finite(v) {
			v = 0
		}
		w := l.axes.w * l.x.fraction(v)
		if b.Grouped {
			bar := box{l.axes.x, y + float64(i)*(groupedBar+1), w, groupedBar}
			l.bars = append(l.bars, placedBar{bar, i})
			write(v, bar.right(), bar.midY())
			continue
		}
		l.bars = append(l.bars, placedBar{box{x, y, w, stackedBar}, i})
		x, total = x+w, total+v
	}
	if !b.Grouped {
		write(total, x, y+stackedBar/2)
	}
}

// placeAxis writes the values along the axis, its unit and the guides' names.
func (b Bars) placeAxis(l *barsLayout, unit string, size float64) {
	y := l.axes.bottom() + gap + tickSize
	for _, t := range l.x.ticks {
		l.texts = append(l.texts, label{t.Label, l.axes.x + l.axes.w*l.x.fraction(t.Value), y, style{size: tickSize, color: faint, align: 0.5}})
	}
	if unit != "" {
		l.texts = append(l.texts, label{unit, l.axes.midX(), y + lineHeight(noteSize) + 2, style{size: noteSize, color: faint, align: 0.5}})
	}
	for _, g := range b.Guides {
		x := l.axes.x + l.axes.w*l.x.fraction(g.Y/size)
		l.guides = append(l.guides, x)
		l.texts = append(l.texts, label{g.Name, x, l.axes.y - gap/2, style{size: tickSize, color: faint, align: 0.5}})
	}
}

// draw paints the bars.
func (l barsLayout) draw(p *pen) {
	for _, t := range l.x.ticks {
		p.fill(box{snap(l.axes.x + l.axes.w*l.x.fraction(t.Value)), l.axes.y, hairline, l.axes.h}, grid)
	}
	for _, b := range l.bars {
		p.fill(box{b.x, b.y, max(b.w-hairline, 0), b.h}, category(b.series)) // paper between parts
	}
	p.fill(box{l.axes.x - hairline, l.axes.y, hairline, l.axes.h}, rule)
	for _, x := range l.guides {
		p.stroke([]point{{x, l.axes.y}, {x, l.axes.bottom()}}, 0.75, ink, 3, 2)
	}
	for _, t := range l.texts {
		t.draw(p)
	}
	drawKey(p, l.key)
}

// significant writes a value with three significant digits.
func significant(v float64) string {
	if v == 0 {
		return "0"
	}
	power := math.Pow10(max(2-int(math.Floor(math.Log10(math.Abs(v)))), 0))
	return number(math.Round(v*power) / power)
}
