package runlog

import "sort"

// Column is one metric's values in the order of their steps.
type Column struct {
	Name string
	Series
	rows vector[int32] // the row of each value
}

// Row is the row of the history that the i-th value lies in.
func (c *Column) Row(i int) int { return int(c.rows.at(i)) }

// At is the first value that lies in row or beyond it; Len if there is none.
func (c *Column) At(row int) int {
	return sort.Search(c.rows.length, func(i int) bool { return int(c.rows.at(i)) >= row })
}

func (c *Column) push(row int32, value float64) {
	c.rows.push(row)
	c.Push(value)
}

// cut takes off the values that lie in row or beyond it.
func (c *Column) cut(row int) {
	n := c.At(row)
	if n < c.rows.length {
		c.rows.cut(n)
		c.Cut(n)
	}
}
