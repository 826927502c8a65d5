package plot

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// curvesLayout is where everything of a Curves goes.
type curvesLayout struct {
	width, height float64
	texts         []label
	panels        []panelLayout
}

// panelLayout is a pair of axes that a layout has placed.
type panelLayout struct {
	axes   box
	x, y   scaleTicks
	texts  []label // title, tick labels and guides' names
	key    []placedKey
	guides []float64
	marks  []float64
}

// layout places the panels in rows and columns, their axes aligned.
func (c Curves) layout() curvesLayout {
	columns, width, height := c.size()
	l := curvesLayout{texts: heading(c.Title, c.Note), panels: make([]panelLayout, len(c.Panels))}
	left, x := 0.0, c.xScale()
	for i, panel := range c.Panels {
		l.panels[i] = panelLayout{x: x, y: c.yScale(panel)}
		for _, t := range l.panels[i].y.ticks {
			left = max(left, measure(t.Label, tickSize, false))
		}
	}
	left = ceil(left + gap)
	top := headingHeight(c.Title, c.Note)
	for row := 0; row < len(c.Panels); row += columns {
		header := 0.0
		for i := row; i < min(row+columns, len(c.Panels)); i++ {
			header = max(header, c.headerHeight(c.Panels[i], width))
		}
		for i := row; i < min(row+columns, len(c.Panels)); i++ {
			axes := box{margin + left + float64(i-row)*(left+width+gutter), top + header, width, height}
			l.panels[i].place(c.Panels[i], axes, header, c.entries(c.Panels[i]))
			l.panels[i].mark(c.Marks)
			if i+columns >= len(c.Panels) {
				l.texts = append(l.texts, c.xName(axes))
			}
		}
		top += header + height + gap + tickSize + gutter
	}
	l.close()
	return l
}

// close sets the page's size by what is on it.
func (l *curvesLayout) close() {
	all := bounds(l.texts)
	l.width, l.height = all.right(), all.bottom()
	for _, panel := range l.panels {
		texts := bounds(panel.texts)
		l.width = max(l.width, panel.axes.right(), texts.right(), keyWidth(panel.key))
		l.height = max(l.height, texts.bottom())
	}
	l.width, l.height = ceil(l.width+margin), ceil(l.height+margin)
}

// size returns the number of panels in a row and the size of each one's axes.
func (c Curves) size() (columns int, width, height float64) {
	columns, width, height = c.Columns, c.Width, c.Height
	n := len(c.Panels)
	if columns <= 0 {
		columns = 3
		if n <= 4 {
			columns = min(n, 2)
		}
	}
	if width <= 0 {
		width = 300
		if n == 1 {
			width = 460
		}
	}
	if height <= 0 {
		height = 165
		if n == 1 {
			height = 240
		}
	}
	return min(columns, n), width, height
}

// xName is the horizontal axis' name, under a panel at the bottom.
func (c Curves) xName(axes box) label {
	name := c.XLabel
	if name == "" {
		name = "step"
	}
	return label{name, axes.midX(), axes.bottom() + gap + 2*tickSize + gap, style{size: noteSize, color: faint, align: 0.5}}
}

// entries is a panel's key: none for a single series without a name, or named as the panel is.
func (c Curves) entries(panel Panel) []keyEntry {
	if len(panel.Series) == 1 && (panel.Series[0].Name == "" || panel.Series[0].Name == panel.Title) {
		return nil
	}
	order := c.order()
	var entries []keyEntry
	for _, s := range panel.Series {
		i := order[s.Name]
		entries = append(entries, keyEntry{s.Name, func(p *pen, b box) {
			p.stroke([]point{{b.x, b.midY()}, {b.right(), b.midY()}}, 2, category(i), dashes(i)...)
		}})
	}
	return entries
}

// headerHeight is the room above a panel's axes for its title and its key.
func (c Curves) headerHeight(panel Panel, width float64) float64 {
	height := gap
	if panel.Title != "" {
		height += lineHeight(labelSize) + 2
	}
	if key := placeKey(c.entries(panel), 0, noteSize/2, width); len(key) > 0 {
		height += keyBottom(key) + gap
	}
	return ceil(height)
}

// place sets a panel's axes and the texts around them.
func (l *panelLayout) place(panel Panel, axes box, header float64, entries []keyEntry) {
	l.axes = axes
	y := axes.y - header
	if panel.Title != "" {
		y += lineHeight(labelSize)
		l.texts = append(l.texts, label{panel.Title, axes.x, y - 2, style{size: labelSize, bold: true, color: ink}})
	}
	l.key = placeKey(entries, axes.x, y+noteSize/2+2, axes.w)
	for _, t := range l.y.ticks {
		l.texts = append(l.texts, beside(t.Label, axes.x-gap, l.atY(t.Value), style{size: tickSize, color: faint, align: 1}))
	}
	for _, t := range l.x.ticks {
		l.texts = append(l.texts, label{t.Label, l.atX(t.Value), axes.bottom() + gap + tickSize, style{size: tickSize, color: faint, align: 0.5}})
	}
	for _, g := range panel.Guides {
		if f := l.y.fraction(g.Y); f >= 0 && f <= 1 {
			l.guides = append(l.guides, g.Y)
			l.texts = append(l.texts, label{g.Name, axes.right(), l.atY(g.Y) - 3, style{size: tickSize, color: faint, align: 1}})
		}
	}
}

// mark sets dashed vertical lines, each with its name to the right of its top, or to the left where the axes end.
func (l *panelLayout) mark(marks []Mark) {
	for _, m := range marks {
		f := l.x.fraction(m.X)
		if !(f >= 0 && f <= 1) {
			continue
		}
		name := label{m.Name, l.atX(m.X) + 3, l.axes.y + tickSize, style{size: tickSize, color: faint}}
		if bounds([]label{name}).right() > l.axes.right() {
			name.x, name.align = l.atX(m.X)-3, 1
		}
		l.marks, l.texts = append(l.marks, m.X), append(l.texts, name)
	}
}

// atX and atY return a value's place on the page.
func (l panelLayout) atX(v float64) float64 { return l.axes.x + l.axes.w*l.x.fraction(v) }
func (l panelLayout) atY(v float64) float64 { return l.axes.bottom() - l.axes.h*l.y.fraction(v) }

// draw paints all of a panel but its lines.
func (l panelLayout) draw(p *pen) {
	for _, t := range l.y.ticks {
		p.fill(box{l.axes.x, snap(l.atY(t.Value)), l.axes.w, hairline}, grid)
	}
	p.fill(box{l.axes.x, l.axes.bottom(), l.axes.w, hairline}, rule)
	for _, t := range l.x.ticks {
		p.fill(box{snap(l.atX(t.Value)), l.axes.bottom(), hairline, 3}, rule)
	}
	for _, g := range l.guides {
		p.stroke([]point{{l.axes.x, snap(l.atY(g)) + 0.25}, {l.axes.right(), snap(l.atY(g)) + 0.25}}, 0.75, faint, 3, 2)
	}
	for _, m := range l.marks {
		x := snap(l.atX(m)) + 0.25
		p.stroke([]point{{x, l.axes.y}, {x, l.axes.bottom()}}, 0.75, faint, 3, 2)
	}
	for _, t := range l.texts {
		t.draw(p)
	}
	drawKey(p, l.key)
}

// lines returns a series' places on the page, broken at gaps and cut at the edge of the axes.
func (l panelLayout) lines(x, y []float64) [][]point {
	pieces, piece := [][]vg.Point{}, []vg.Point{}
	for i := range x {
		q := vg.Point{X: vg.Points(l.atX(x[i])), Y: vg.Points(l.atY(y[i]))}
		if finite(q.X.Points()) && finite(q.Y.Points()) {
			piece = append(piece, q)
			continue
		}
		pieces, piece = append(pieces, piece), nil
	}
	pieces = append(pieces, piece)
	return l.cut(pieces)
}

// cut clips lines to the axes; a lone point stays if it is inside.
func (l panelLayout) cut(pieces [][]vg.Point) [][]point {
	area := draw.Canvas{Rectangle: vg.Rectangle{
		Min: vg.Point{X: vg.Points(l.axes.x), Y: vg.Points(l.axes.y)},
		Max: vg.Point{X: vg.Points(l.axes.right()), Y: vg.Points(l.axes.bottom())},
	}}
	var lines [][]point
	for _, piece := range pieces {
		cut := area.ClipLinesXY(piece)
		if len(piece) == 1 && area.Contains(piece[0]) {
			cut = [][]vg.Point{piece}
		}
		for _, c := range cut {
			line := make([]point, len(c))
			for i, q := range c {
				line[i] = point{q.X.Points(), q.Y.Points()}
			}
			lines = append(lines, line)
		}
	}
	return lines
}
