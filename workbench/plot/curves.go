package plot

import (
	"fmt"
	"image"
	"math"
)

// Curves draws training curves: one or several panels over a common horizontal axis. Long series are drawn
// twice, faint as they are and strong as a debiased exponential moving average.
type Curves struct {
	Panels []Panel
	Title  string
	Note   string // under the title
	XLabel string // empty means "step"
	LogX   bool
	Marks  []Mark // in every panel
	// Smoothing is the moving average's decay, in (0, 1); 0 averages over a fortieth of a series, if it is
	// long and noisy, and a negative one draws the values alone.
	Smoothing float64
	// Columns is the number of panels in a row; 0 means one for one panel, two for up to four, else three.
	Columns int
	// Width and Height are of one panel's axes, in points; 0 means 300 by 165, and 460 by 240 if alone.
	Width, Height float64
	Output
}

// Panel is one pair of axes.
type Panel struct {
	Title  string // what is measured and in which unit, as "loss (nats)"
	Series []Series
	Guides []Guide
	LogY   bool
	// Min and Max bound the vertical axis; if equal, all values are in it.
	Min, Max float64
}

// Series is a line. X and Y have the same length; a Y that is not finite, or that a logarithmic axis has
// no place for, leaves a gap. Series of the same name have the same colour in every panel.
type Series struct {
	Name string
	X, Y []float64
}

// Guide is a level to compare with, such as chance: a dashed horizontal line.
type Guide struct {
	Name string
	Y    float64
}

// Mark is a place on the horizontal axis to look at: a dashed vertical line.
type Mark struct {
	Name string
	X    float64
}

// Save writes the picture to path, whose ending, .png or .svg, is its format.
func (c Curves) Save(path string) error { return save(c, path) }

// Image returns the picture's pixels; one that cannot be drawn becomes a picture of the reason.
func (c Curves) Image() image.Image { return raster(c) }

// Show puts the picture in the notebook or the terminal, or in a file whose path it prints.
func (c Curves) Show() error { return show(c, "curves") }

func (c Curves) drawing() (drawing, error) {
	if err := c.check(); err != nil {
		return drawing{}, err
	}
	l := c.layout()
	return drawing{l.width, l.height, func(p *pen) {
		for _, t := range l.texts {
			t.draw(p)
		}
		for i, panel := range c.Panels {
			l.panels[i].draw(p)
			c.drawSeries(p, panel, l.panels[i])
		}
	}}, nil
}

func (c Curves) check() error {
	if len(c.Panels) == 0 {
		return fmt.Errorf("curves: no panels: need at least one")
	}
	for i, panel := range c.Panels {
		for _, s := range panel.Series {
			if len(s.X) != len(s.Y) {
				return fmt.Errorf("curves: panel %d (%s), series %q: %d x for %d y", i, panel.Title, s.Name, len(s.X), len(s.Y))
			}
		}
	}
	return nil
}

// order numbers the series' names by their first appearance; a name has the colour of its number.
func (c Curves) order() map[string]int {
	order := map[string]int{}
	for _, panel := range c.Panels {
		for _, s := range panel.Series {
			if _, known := order[s.Name]; !known {
				order[s.Name] = len(order)
			}
		}
	}
	return order
}

// xScale returns the horizontal axis that all panels share.
func (c Curves) xScale() scaleTicks {
	low, high, whole := math.Inf(1), math.Inf(-1), true
	for _, panel := range c.Panels {
		for _, s := range panel.Series {
			for i, x := range s.X {
				if finite(x) && finite(s.Y[i]) && (!c.LogX || x > 0) {
					low, high, whole = min(low, x), max(high, x), whole && x == math.Trunc(x)
				}
			}
		}
	}
	labels := 6
	if whole && high-low < 6 { // half a step is nothing
		labels = int(max(high-low, 1))
	}
	return newScale(low, high, c.LogX, labels)
}

// yScale returns a panel's vertical axis: all its finite values with a little air.
func (c Curves) yScale(panel Panel) scaleTicks {
	low, high := panel.Min, panel.Max
	if low == high {
		low, high = math.Inf(1), math.Inf(-1)
		include := func(y float64) {
			if finite(y) && (!panel.LogY || y > 0) {
				low, high = min(low, y), max(high, y)
			}
		}
		for _, s := range panel.Series {
			for _, y := range s.Y {
				include(y)
			}
		}
		for _, g := range panel.Guides {
			include(g.Y)
		}
		const air = 0.05
		if panel.LogY {
			ratio := math.Pow(high/low, air)
			low, high = low/ratio, high*ratio
		} else if high > low {
			// A quantity that is never negative does not get an axis below zero.
			bottom := low - air*(high-low)
			if low >= 0 {
				bottom = max(bottom, 0)
			}
			low, high = bottom, high+air*(high-low)
		}
	}
	return newScale(low, high, panel.LogY, 6)
}

// drawSeries draws a panel's lines: all the faint ones first, so that they hide none of the strong.
func (c Curves) drawSeries(p *pen, panel Panel, l panelLayout) {
	order := c.order()
	for _, s := range panel.Series {
		if decay := smoothing(c.Smoothing, s.Y); decay > 0 {
			faded := mix(category(order[s.Name]), paper, 0.72)
			for _, line := range l.lines(s.X, s.Y) {
				p.stroke(envelope(line, 1/p.density), 0.6, faded)
			}
		}
	}
	for _, s := range panel.Series {
		y, color := s.Y, category(order[s.Name])
		if decay := smoothing(c.Smoothing, s.Y); decay > 0 {
			y = smooth(s.Y, decay)
		}
		for _, line := range l.lines(s.X, y) {
			p.stroke(envelope(line, 1/p.density), lineWidth, color, dashes(order[s.Name])...)
			if len(line) == 1 || len(s.Y) <= 30 {
				for _, q := range line {
					p.dot(q.x, q.y, 1.6, color)
				}
			}
		}
	}
}

// dashes tells series apart when their colours start again.
func dashes(i int) []float64 {
	return [][]float64{nil, {4, 2}, {1.5, 1.5}}[i/len(categories)%3]
}
