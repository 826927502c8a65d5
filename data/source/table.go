package source

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"clipbench/data"
)

// Table is a CSV or TSV file with a header, one image and its caption a row.
type Table struct {
	path      string
	separator rune
	rows      []row
}

type row struct {
	line           int
	image, caption string
	broken         error
}

// separators are tried in this order.
var separators = []rune{'\t', ',', ';'}

// OpenTable reads a table. The separator is the one (tab, comma or semicolon) that splits the header
// into the columns looked for; Describe says which it was.
func OpenTable(path string, columns Columns) (*Table, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text := strings.TrimPrefix(string(content), "\ufeff")
	header, _, _ := strings.Cut(text, "\n")
	t := &Table{path: path}
	image, caption, err := t.detect(strings.TrimRight(header, "\r"), columns)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := t.read(text, image, caption); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(t.rows) == 0 {
		return nil, fmt.Errorf("%s: has a header and no rows", path)
	}
	return t, nil
}

// detect finds the separator with which the header has both columns, and their places. Its error is
// about the separator that gives the most columns.
func (t *Table) detect(header string, columns Columns) (image, caption int, err error) {
	most := 0
	for _, separator := range separators {
		names := cells(header, separator)
		image, caption, problem := columns.find(names)
		if problem == nil {
			t.separator = separator
			return image, caption, nil
		}
		if len(names) > most {
			most, err = len(names), problem
		}
	}
	return 0, 0, err
}

// read fills the rows. Tab-separated text has one row a line; otherwise quotes may hold line breaks.
func (t *Table) read(text string, image, caption int) error {
	next := quoted(text, t.separator)
	if t.separator == '\t' {
		next = plain(text)
	}
	for header := true; ; header = false {
		fields, line, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header {
			continue
		}
		r := row{line: line}
		if len(fields) <= max(image, caption) {
			r.broken = fmt.Errorf("has only %d columns", len(fields))
		} else {
			r.image, r.caption = fields[image], strings.TrimSpace(fields[caption])
		}
		t.rows = append(t.rows, r)
	}
}

// quoted reads rows as RFC 4180 has them.
func quoted(text string, separator rune) func() ([]string, int, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord = separator, -1
	return func() ([]string, int, error) {
		fields, err := reader.Read()
		if err != nil {
			return nil, 0, err
		}
		line, _ := reader.FieldPos(0)
		return fields, line, nil
	}
}

// plain reads lines of cells between tabs. Empty lines are left out.
func plain(text string) func() ([]string, int, error) {
	number := 0
	return func() ([]string, int, error) {
		for text != "" {
			line, rest, _ := strings.Cut(text, "\n")
			text = rest
			number++
			if line = strings.TrimRight(line, "\r"); line != "" {
				return cells(line, '\t'), number, nil
			}
		}
		return nil, 0, io.EOF
	}
}

// cells splits a line, and takes off quotes that enclose a whole cell.
func cells(line string, separator rune) []string {
	all := strings.Split(line, string(separator))
	for i, cell := range all {
		if len(cell) >= 2 && cell[0] == '"' && cell[len(cell)-1] == '"' {
			all[i] = strings.ReplaceAll(cell[1:len(cell)-1], `""`, `"`)
		}
	}
	return all
}

// Name returns the path of the table.
func (t *Table) Name() string { return t.path }

// Len returns the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// Describe says how the table was read, in one line.
func (t *Table) Describe() string {
	name := map[rune]string{'\t': "tabs", ',': "commas", ';': "semicolons"}[t.separator]
	return fmt.Sprintf("%s: %d rows, separated by %s", t.path, len(t.rows), name)
}

// Outline writes the images' paths and sizes, and the captions.
func (t *Table) Outline(w io.Writer) {
	for _, r := range t.rows {
		fmt.Fprintf(w, "%q %d %q\n", r.image, sizeOf(imagePaths(t.path, r.image)...), r.caption)
	}
}

// Sample reads row i and its image.
func (t *Table) Sample(i int) (data.Sample, error) {
	s, err := t.text(i)
	if err == nil {
		s.Image, err = readImage(t.path, t.rows[i].image)
	}
	if err != nil {
		return s, fmt.Errorf("%s:%d: %w", t.path, t.rows[i].line, err)
	}
	return s, nil
}

// Concept returns the caption of row i.
func (t *Table) Concept(i int) (string, error) {
	s, err := t.text(i)
	return s.Concept, err
}

func (t *Table) text(i int) (data.Sample, error) {
	r := t.rows[i]
	s := data.Sample{Key: r.image, Origin: fmt.Sprintf("%s:%d", t.path, r.line), Captions: []string{r.caption}, Concept: r.caption}
	switch {
	case r.broken != nil:
		return s, r.broken
	case r.caption == "":
		return s, errors.New("the caption is empty")
	}
	return s, nil
}

// readImage reads an image that a table names: relative to the table's folder, or else to the current one.
func readImage(table, name string) ([]byte, error) {
	if strings.Contains(name, "://") {
		return nil, fmt.Errorf("%s is an address; download the images and give their paths", name)
	}
	var content []byte
	var err error
	for _, path := range imagePaths(table, name) {
		if content, err = os.ReadFile(path); !errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	return content, err
}

// imagePaths are where a table's image may lie, the first of them that exists: beside the table, or where the process started.
func imagePaths(table, name string) []string {
	if filepath.IsAbs(name) {
		return []string{name}
	}
	return []string{filepath.Join(filepath.Dir(table), name), name}
}
