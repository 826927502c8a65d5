package tui

import (
	"testing"

	"clipbench/tui/pane"
)

// TestLayoutAtEverySize checks every size up to 320 × 110: the parts lie inside the screen, none over another, the
// footer is the last line, and the view always has room.
func TestLayoutAtEverySize(t *testing.T) {
	for w := 1; w <= 320; w++ {
		for h := 1; h <= 110; h++ {
			for v := range views {
				rows, runs := (w*7+h)%60, (w+h)%4 // some of everything, without going through all
				a := layout(w, h, v, rows, runs, (w+h)%2 == 0)
				checkParts(t, a, w, h, v)
				checkParts(t, a.alone(w), w, h, v)
			}
		}
	}
}

func checkParts(t *testing.T, a areas, w, h int, v view) {
	t.Helper()
	parts := a.all()
	for i, p := range parts {
		if p.Empty() {
			continue
		}
		if p.X < 0 || p.Y < 0 || p.X+p.W > w || p.Y+p.H > h {
			t.Fatalf("%d×%d %v: part %d, %v, is not on the screen", w, h, v, i, p)
		}
		for k, q := range parts[:i] {
			if !q.Empty() && overlap(p, q) {
				t.Fatalf("%d×%d %v: parts %d %v and %d %v overlap", w, h, v, k, q, i, p)
			}
		}
	}
	if h >= 2 && a.footer != (pane.Area{X: 0, Y: h - 1, W: w, H: 1}) {
		t.Fatalf("%d×%d %v: the footer is at %v", w, h, v, a.footer)
	}
	if a.main.Empty() {
		t.Fatalf("%d×%d %v: no room for the view", w, h, v)
	}
}

func overlap(p, q pane.Area) bool {
	return p.X < q.X+q.W && q.X < p.X+p.W && p.Y < q.Y+q.H && q.Y < p.Y+p.H
}

func TestLayoutDegradesByRule(t *testing.T) {
	for _, tc := range []struct {
		w, h                        int
		view                        view
		side, facts, detail, legend bool
	}{
		{60, 14, runsView, false, false, false, false},
		{80, 24, runsView, false, false, true, false},
		{120, 40, runsView, false, true, true, false},
		{60, 14, chartsView, false, false, false, true},
		{109, 40, chartsView, false, false, false, true},
		{110, 40, chartsView, true, false, false, false},
		{300, 100, compareView, false, false, false, true},
		{120, 40, logView, true, false, false, false},
		{60, 14, logView, false, false, false, false},
	} {
		a := layout(tc.w, tc.h, tc.view, 5, 2, false)
		got := [4]bool{!a.side.Empty(), !a.facts.Empty(), !a.detail.Empty(), !a.legend.Empty()}
		if want := [4]bool{tc.side, tc.facts, tc.detail, tc.legend}; got != want {
			t.Errorf("%d×%d %v: side, facts, detail, legend are %v, want %v", tc.w, tc.h, tc.view, got, want)
		}
	}
}
