package plot

import "image/color"

// check draws a check mark into a box. It is drawn, not set: Liberation Sans has none.
func check(p *pen, b box, c color.Color) {
	p.stroke([]point{
		{b.x + 0.1*b.w, b.y + 0.55*b.h}, {b.x + 0.4*b.w, b.y + 0.85*b.h}, {b.x + 0.9*b.w, b.y + 0.15*b.h},
	}, 1.5, c)
}

// cross draws an ×.
func cross(p *pen, b box, c color.Color) {
	b = b.inset(1)
	p.stroke([]point{{b.x, b.y}, {b.right(), b.bottom()}}, 1.5, c)
	p.stroke([]point{{b.x, b.bottom()}, {b.right(), b.y}}, 1.5, c)
}
