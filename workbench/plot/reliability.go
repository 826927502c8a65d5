package plot

import (
	"fmt"
	"image"
	"math"
)

// Reliability draws how far a classifier's confidence can be believed: for each bin of confidence the share
// that was right, and under it how many there were (Guo et al. 2017, figure 1).
type Reliability struct {
	Confidence []float64 // [n] probability of the answer given, in [0, 1]
	Correct    []bool    // [n] whether it was right
	Bins       int       // of equal width; 0 means 15
	Title      string
	Note       string // under the title; empty says the expected calibration error and the two means
	Output
}

// Save writes the picture to path, whose ending, .png or .svg, is its format.
func (r Reliability) Save(path string) error { return save(r, path) }

// Image returns the picture's pixels; one that cannot be drawn becomes a picture of the reason.
func (r Reliability) Image() image.Image { return raster(r) }

// Show puts the picture in the notebook or the terminal, or in a file whose path it prints.
func (r Reliability) Show() error { return show(r, "reliability") }

// bin is what fell into one bin of confidence.
type bin struct {
	n, confidence, accuracy float64 // a count and two means
}

// bins sorts the answers by confidence; 1 belongs to the last bin.
func (r Reliability) bins() []bin {
	n := r.Bins
	if n <= 0 {
		n = 15
	}
	bins := make([]bin, n)
	for i, c := range r.Confidence {
		b := &bins[min(int(c*float64(n)), n-1)]
		b.n++
		b.confidence += c
		if r.Correct[i] {
			b.accuracy++
		}
	}
	for i := range bins {
		bins[i].confidence /= bins[i].n
		bins[i].accuracy /= bins[i].n
	}
	return bins
}

// calibrationError is the mean distance between confidence and accuracy over the bins, each weighing as
// many as it holds (Guo et al. 2017, equation 3).
func calibrationError(bins []bin) float64 {
	distance, all := 0.0, 0.0
	for _, b := range bins {
		if b.n > 0 {
			distance += b.n * math.Abs(b.accuracy-b.confidence)
			all += b.n
		}
	}
	return distance / all
}

func (r Reliability) drawing() (drawing, error) {
	if len(r.Confidence) == 0 {
		return drawing{}, fmt.Errorf("reliability: no answers: need at least one")
	}
	if len(r.Confidence) != len(r.Correct) {
		return drawing{}, fmt.Errorf("reliability: %d confidences for %d answers", len(r.Confidence), len(r.Correct))
	}
	for i, c := range r.Confidence {
		if !(c >= 0 && c <= 1) {
			return drawing{}, fmt.Errorf("reliability: confidence %d is %v, not in [0, 1]; give probabilities, not logits", i, c)
		}
	}
	bins := r.bins()
	l := r.layout(bins)
	return drawing{l.width, l.height, func(p *pen) { l.draw(p, bins) }}, nil
}

// note says the numbers that the picture shows.
func (r Reliability) note(bins []bin) string {
	if r.Note != "" {
		return r.Note
	}
	right, confidence := 0.0, 0.0
	for _, b := range bins {
		if b.n > 0 {
			right += b.n * b.accuracy
			confidence += b.n * b.confidence
		}
	}
	n := float64(len(r.Confidence))
	return fmt.Sprintf("expected calibration error %s; accuracy %s, mean confidence %s, of %s answers",
		percent(calibrationError(bins)), percent(right/n), percent(confidence/n), number(n))
}

// reliabilityLayout is where everything of a Reliability goes.
type reliabilityLayout struct {
	width, height float64
	texts         []label
	key           []placedKey
	diagram       panelLayout
	counts        panelLayout
}

const (
	diagramSide  = 260.0
	countsHeight = 56.0
)

// layout places the diagram over the counts.
func (r Reliability) layout(bins []bin) reliabilityLayout {
	most := 0.0
	for _, b := range bins {
		most = max(most, b.n/float64(len(r.Confidence)))
	}
	note := r.note(bins)
	l := reliabilityLayout{texts: heading(r.Title, note)}
	top := headingHeight(r.Title, note)
	left := margin + ceil(measure("0.00", tickSize, false)+gap) + lineHeight(noteSize) + gap
	l.key = placeKey([]keyEntry{
		{"accuracy", func(p *pen, b box) { drawAccuracy(p, b.inset(1.5)) }},
		{"distance to the mean confidence", func(p *pen, b box) { drawMiss(p, b.inset(1.5)) }},
	}, left, top+keyMark/2, diagramSide)
	top = ceil(keyBottom(l.key) + 2*gap)
	unit := newScale(0, 1, false, 5)
	l.diagram = panelLayout{y: unit, x: scaleTicks{low: 0, high: 1}}
	l.diagram.place(Panel{}, box{left, top, diagramSide, diagramSide}, 0, nil)
	top += diagramSide + gap*2
	l.counts = panelLayout{y: newScale(0, most, false, 3), x: unit}
	l.counts.place(Panel{}, box{left, top, diagramSide, countsHeight}, 0, nil)
	name := style{size: noteSize, color: faint, align: 0.5}
	upright := style{size: noteSize, color: faint, align: 0.5, angle: math.Pi / 2}
	l.texts = append(l.texts,
		label{"confidence", left + diagramSide/2, top + countsHeight + gap + 2*tickSize + gap, name},
		label{"accuracy", margin + noteSize, l.diagram.axes.midY(), upright},
		label{"share", margin + noteSize, l.counts.axes.midY(), upright},
	)
	all := bounds(append(append([]label{}, l.texts...), l.counts.texts...))
	l.width, l.height = ceil(max(all.right(), keyWidth(l.key))+margin), ceil(all.bottom()+margin)
	return l
}

func (l reliabilityLayout) draw(p *pen, bins []bin) {
	for _, t := range l.texts {
		t.draw(p)
	}
	drawKey(p, l.key)
	l.diagram.draw(p)
	l.counts.draw(p)
	all := 0.0
	for _, b := range bins {
		all += b.n
	}
	for i, b := range bins {
		if b.n == 0 {
			continue
		}
		x := l.diagram.atX(float64(i) / float64(len(bins)))
		w := l.diagram.axes.w/float64(len(bins)) - 1
		accuracy, confidence := l.diagram.atY(b.accuracy), l.diagram.atY(b.confidence)
		bar := box{x, accuracy, w, l.diagram.axes.bottom() - accuracy}
		p.fill(bar, blue)
		drawMiss(p, box{x, min(accuracy, confidence), w, math.Abs(accuracy - confidence)})
		drawEdge(p, bar)
		share := l.counts.atY(b.n / all)
		p.fill(box{x, share, w, l.counts.axes.bottom() - share}, mix(ink, paper, 0.55))
	}
	a := l.diagram.axes
	p.stroke([]point{{a.x, a.bottom()}, {a.right(), a.y}}, 0.75, faint, 3, 2)
}

// drawAccuracy paints a bar of accuracy.
func drawAccuracy(p *pen, b box) {
	p.fill(b, blue)
	drawEdge(p, b)
}

// drawEdge marks the top of a bar of accuracy, which may lie at either end of the distance.
func drawEdge(p *pen, b box) { p.fill(box{b.x, snap(b.y) - 1, b.w, 2}, ink) }

// drawMiss paints the distance between accuracy and confidence.
func drawMiss(p *pen, b box) {
	p.fill(b, mix(vermillion, paper, 0.55))
	if b.h > 1 {
		p.frame(b, 0.5, vermillion)
	}
}
