package plot

// keyEntry is one line of a picture's key: a mark and what it means.
type keyEntry struct {
	text string
	mark func(p *pen, b box)
}

// placedKey is an entry that a layout has placed.
type placedKey struct {
	keyEntry
	box  box // the mark's
	text label
}

const (
	keyMark = 12.0 // a mark's side, the least that a matrix' marks need
	keyGap  = 14.0 // between entries
)

// placeKey lays the entries out from left to right, in lines of at most the given width. Y is the middle
// of the first line.
func placeKey(entries []keyEntry, x, y, width float64) []placedKey {
	var placed []placedKey
	left := x
	for _, e := range entries {
		w := keyMark + gap*0.75 + measure(e.text, noteSize, false)
		if left > x && left+w > x+width {
			left, y = x, y+keyMark+4
		}
		placed = append(placed, placedKey{
			keyEntry: e,
			box:      box{snap(left), snap(y - keyMark/2), keyMark, keyMark},
			text:     beside(e.text, left+keyMark+gap*0.75, y, style{size: noteSize, color: ink}),
		})
		left += w + keyGap
	}
	return placed
}

func drawKey(p *pen, key []placedKey) {
	for _, k := range key {
		k.mark(p, k.box)
		k.text.draw(p)
	}
}

// keyWidth returns the right edge of a placed key.
func keyWidth(key []placedKey) float64 {
	right := 0.0
	for _, k := range key {
		right = max(right, bounds([]label{k.text}).right())
	}
	return right
}

// keyBottom returns the lower edge of a placed key.
func keyBottom(key []placedKey) float64 {
	bottom := 0.0
	for _, k := range key {
		bottom = max(bottom, k.box.bottom())
	}
	return bottom
}
