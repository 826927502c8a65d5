package plot

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// overlap tells whether two rectangles, turned as they are, share more than a hair: there is no side of
// either along which they lie apart (the separating axis theorem).
func overlap(p, q [4]point) bool {
	if math.Hypot(p[0].x-q[0].x, p[0].y-q[0].y) > math.Hypot(p[0].x-p[2].x, p[0].y-p[2].y)+math.Hypot(q[0].x-q[2].x, q[0].y-q[2].y) {
		return false // their first corners are further apart than both are long
	}
	for _, c := range [][4]point{p, q} {
		for i := range 2 {
			axis := point{c[i+1].x - c[i].x, c[i+1].y - c[i].y}
			length := math.Hypot(axis.x, axis.y)
			if length == 0 {
				return false
			}
			span := func(c [4]point) (low, high float64) {
				low, high = math.Inf(1), math.Inf(-1)
				for _, v := range c {
					d := (v.x*axis.x + v.y*axis.y) / length
					low, high = min(low, d), max(high, d)
				}
				return low, high
			}
			aLow, aHigh := span(p)
			bLow, bHigh := span(q)
			if aHigh <= bLow+0.05 || bHigh <= aLow+0.05 {
				return false
			}
		}
	}
	return true
}

func TestOverlapIsSeen(t *testing.T) {
	at := func(x, y, angle float64) label { return label{"some text", x, y, style{size: 10, angle: angle}} }
	for _, tc := range []struct {
		a, b label
		want bool
	}{
		{at(0, 0, 0), at(10, 0, 0), true},
		{at(0, 0, 0), at(0, 12, 0), false},
		{at(0, 0, math.Pi/4), at(10, 0, math.Pi/4), true},
		{at(0, 0, math.Pi/4), at(16, 0, math.Pi/4), false}, // upright boxes around them would touch
	} {
		if overlap(tc.a.corners(), tc.b.corners()) != tc.want {
			t.Errorf("%+v and %+v: want overlap %v", tc.a, tc.b, tc.want)
		}
	}
}

func TestAMatrixLabelsDoNotOverlapAndStayOnThePage(t *testing.T) {
	captions := map[string]func(n int) []string{
		"mixed":             names,
		"short":             func(n int) []string { return slices.Repeat([]string{"an ox"}, n) },
		"wider than a cell": func(n int) []string { return slices.Repeat([]string{"two giraffes"}, n) },
	}
	for _, n := range []int{1, 5, 10, 17, 32, 49, 60, 100, 500, 1753} {
		for kind, captions := range captions {
			for _, pictures := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d %s labels, pictures %v", n, kind, pictures), func(t *testing.T) {
					m := matrix{
						rows: n, columns: n, rowLabels: captions(n), columnLabels: captions(n), pictures: pictures,
						rowName: "rows", columnName: "columns", title: "A title", note: "a note", legend: "similarity",
						scale: newScale(-1, 1, false, 5), key: []keyEntry{{text: "one"}, {text: "another"}},
					}
					checkLayout(t, m.layout())
				})
			}
		}
	}
}

func TestTheHeadingEndsAboveTheRest(t *testing.T) {
	for _, title := range []string{"", "A title"} {
		for _, note := range []string{"", "a note"} {
			if end, bottom := headingHeight(title, note), bounds(heading(title, note)).bottom(); end < max(bottom, margin) {
				t.Errorf("%q, %q: the rest begins at %.1f, the heading ends at %.1f", title, note, end, bottom)
			}
		}
	}
}

// checkLayout holds a layout to what every reader expects of it.
func checkLayout(t *testing.T, l matrixLayout) {
	t.Helper()
	all := append(append(append([]label{}, l.texts...), l.labels...), l.barLabels...)
	for _, k := range l.key {
		all = append(all, k.text)
	}
	places := make([][4]point, len(all))
	for i, a := range all {
		places[i] = a.corners()
		b := bounds([]label{a})
		if b.x < margin-8 || b.y < margin-8 || b.right() > l.width-margin/2 || b.bottom() > l.height-margin/2 {
			t.Errorf("%q lies at %+v on a page of %.0f by %.0f", a.text, b, l.width, l.height)
		}
		if a.size < minimumSize {
			t.Errorf("%q is set in %.1f points", a.text, a.size)
		}
		for j := range i {
			if overlap(places[i], places[j]) {
				t.Fatalf("%q and %q overlap", a.text, all[j].text)
			}
		}
		for _, picture := range append([]box{l.cells, l.bar}, l.pictures...) {
			if overlap(places[i], corners(picture)) {
				t.Fatalf("%q lies on %+v", a.text, picture)
			}
		}
	}
	for i := range l.pictures {
		if i > 0 && l.pictures[i].y < l.pictures[i-1].bottom()-0.01 {
			t.Fatalf("picture %d at %+v lies on the one at %+v", i, l.pictures[i], l.pictures[i-1])
		}
		if l.pictures[i].right() > l.cells.x {
			t.Fatalf("picture %d at %+v reaches into the cells at %+v", i, l.pictures[i], l.cells)
		}
		if middle := l.at(i*l.pictureStep, 0).midY(); math.Abs(middle-l.pictures[i].midY()) > 0.5 {
			t.Fatalf("picture %d stands at %.1f, its row at %.1f", i, l.pictures[i].midY(), middle)
		}
	}
}

// corners returns the corners of a box.
func corners(b box) [4]point {
	return [4]point{{b.x, b.y}, {b.right(), b.y}, {b.right(), b.bottom()}, {b.x, b.bottom()}}
}

func TestSpacingKeepsLinesApart(t *testing.T) {
	for pitch := 0.5; pitch < 50; pitch += 0.5 {
		for _, room := range []float64{0, pictureSize} {
			size, every := spacing(pitch, room)
			if d := float64(every) * pitch; d < lineHeight(size)-1e-9 || d < room {
				t.Errorf("pitch %.1f: every %d-th, %.1f apart, with lines of %.1f", pitch, every, d, lineHeight(size))
			}
			if every > 1 && float64(every-1)*pitch >= max(lineHeight(minimumSize), room) {
				t.Errorf("pitch %.1f: every %d-th, though every %d-th had room", pitch, every, every-1)
			}
		}
	}
}

func TestAllLabelsAreShownWhileThereIsRoom(t *testing.T) {
	for n, want := range map[int]int{10: 10, 48: 48, 500: 72} { // 500 rows of 2 points: one in seven, for pictures
		m := matrix{rows: n, columns: 1, rowLabels: names(n), pictures: true, scale: newScale(0, 1, false, 3)}
		if got := len(m.layout().labels); got != want {
			t.Errorf("%d rows: %d labels, want %d", n, got, want)
		}
	}
}
