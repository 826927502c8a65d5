package main

import (
	"os"
	"strings"

	"clipbench/tui/canvas"
	"clipbench/tui/pane"
	"clipbench/tui/theme"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// table is lines of cells in aligned columns, two blanks apart.
type table [][]pane.Cell

// row adds a line of plain text, every cell after the first aligned to the right.
func (t *table) row(cells ...string) {
	line := make([]pane.Cell, len(cells))
	for i, text := range cells {
		line[i] = pane.Cell{Text: text, Left: i == 0}
	}
	*t = append(*t, line)
}

// String draws the table. What a terminal would not show, such as control characters, is left out.
func (t table) String() string {
	var widths []int
	for _, line := range t {
		for i, c := range line {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], canvas.Width(c.Text))
		}
	}
	total := 0
	for _, w := range widths {
		total += w + 2
	}
	c := canvas.New(total, len(t))
	for y, line := range t {
		x := 0
		for i, cell := range line {
			if cell.Left {
				c.Text(x, y, widths[i], cell.Text, cell.Style)
			} else {
				c.TextRight(x, y, widths[i], cell.Text, cell.Style)
			}
			x += widths[i] + 2
		}
	}
	return inColour(c.String())
}

// inColour keeps escape sequences on a terminal alone, and takes the blanks off the lines' ends.
func inColour(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if plain := strings.TrimRight(ansi.Strip(line), " \n"); !term.IsTerminal(os.Stdout.Fd()) || plain == "" {
			line = plain
		}
		out.WriteString(strings.TrimSuffix(line, "\n") + "\n")
	}
	return out.String()
}

// screenTheme is how the terminal shows what the commands print.
func screenTheme() *theme.Theme {
	t := theme.New(theme.Mode{NoColor: os.Getenv("NO_COLOR") != ""})
	return &t
}

// shown is a text of others as one line that a terminal can show.
func shown(text string) string {
	text = strings.NewReplacer("\n", "; ", "\t", " ").Replace(strings.TrimSpace(text))
	return canvas.Fit(text, canvas.Width(text))
}
