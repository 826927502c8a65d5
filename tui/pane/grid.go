package pane

import "slices"

// The least size of a chart, with its title.
const (
	minChartW = 34
	minChartH = 6
)

// section is a group's line above its charts.
type section struct {
	y    int
	name string
}

// grid lays charts out in an area: those of one page, rows of equal height, rows filled to the edge so that nothing
// is blank. groups[i] is the group of chart i; where all rows fit on one page, every group begins a row under its name.
func grid(groups []string, w, h, first int) (areas []Area, sections []section, page int) {
	n := len(groups)
	if n == 0 || w < 8 || h < 2 {
		return nil, nil, 0
	}
	cols := max(1, w/minChartW)
	if rows := grouped(groups, cols); len(rows) > 0 && h >= len(rows)*(minChartH+1) && spacious(rows, n, cols) {
		return placeGroups(groups, rows, w, h)
	}
	maxRows := max(1, h/minChartH)
	page = min(n, cols*maxRows)
	shown := min(page, n-first)
	rows := (shown + cols - 1) / cols
	// Few charts on a tall area read better side by side only while they stay wider than high.
	for rows < shown && rows < maxRows && float64(h)/float64(rows) > 0.55*float64(w)/float64((shown+rows-1)/rows) {
		rows++
	}
	return place(even(shown, rows), 0, w, h), nil, page
}

// grouped are the lengths of rows in which no group shares a row.
func grouped(groups []string, cols int) []int {
	var rows []int
	for i := 0; i < len(groups); {
		n := 1
		for i+n < len(groups) && groups[i+n] == groups[i] {
			n++
		}
		rows = append(rows, even(n, (n+cols-1)/cols)...)
		i += n
	}
	return rows
}

// spacious reports that rows by groups do not take many more rows than needed.
func spacious(rows []int, n, cols int) bool { return len(rows) <= 2+(n+cols-1)/cols }

// even parts n into rows as evenly as can be, the longer first.
func even(n, rows int) []int {
	out := make([]int, rows)
	for i := range out {
		out[i] = n/rows + btoi(i < n%rows)
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// place gives every chart of rows its area, from y on.
func place(rows []int, y, w, h int) []Area {
	var areas []Area
	for i, n := range rows {
		y0, y1 := y+h*i/len(rows), y+h*(i+1)/len(rows)
		for k := range n {
			x0, x1 := w*k/n, w*(k+1)/n
			areas = append(areas, Area{x0, y0, x1 - x0, y1 - y0})
		}
	}
	return areas
}

// placeGroups places rows with a line above the first of every group.
func placeGroups(groups []string, rows []int, w, h int) (areas []Area, sections []section, page int) {
	names := len(slices.Compact(slices.Clone(groups)))
	free := h - names
	y, done := 0, 0
	for i, n := range rows {
		if done == 0 || groups[done] != groups[done-1] {
			sections = append(sections, section{y, groups[done]})
			y++
		}
		height := free*(i+1)/len(rows) - free*i/len(rows)
		areas = append(areas, place([]int{n}, y, w, height)...)
		y += height
		done += n
	}
	return areas, sections, len(groups)
}
