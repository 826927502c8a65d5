package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/parquet-go/parquet-go"

	"clipbench/data"
	"clipbench/data/webdataset"
)

// Parquet is one or several Parquet files. The image column holds paths, encoded images, or, as the
// Hugging Face Hub keeps it, both: image.bytes and image.path. Captions are kept in memory, images are
// read when asked for.
type Parquet struct {
	name   string
	groups []group
	rows   []place
}

// group is a row group of a file, with the leaf columns that matter.
type group struct {
	path         string
	rows         parquet.RowGroup
	bytes, image int // leaf columns of images and of paths; -1 without
}

// place is where a row lies, and its caption.
type place struct {
	group   int
	row     int64
	caption string
}

// OpenParquet opens the files that the pattern names; see webdataset.Expand.
func OpenParquet(pattern string, columns Columns) (*Parquet, error) {
	files, err := webdataset.Expand(pattern)
	if err != nil {
		return nil, err
	}
	p := &Parquet{name: pattern}
	for _, file := range files {
		if err := p.add(file, columns); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	if len(p.rows) == 0 {
		return nil, fmt.Errorf("%s: holds no rows", pattern)
	}
	return p, nil
}

// add appends the rows of one file, which stays open.
func (p *Parquet) add(path string, columns Columns) error {
	f, err := os.Open(path)
	if err != nil {
		return errors.Unwrap(err) // the caller names the file
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipBloomFilters(true))
	if err != nil {
		return fmt.Errorf("is no whole Parquet file of %d bytes (%w); download it again", info.Size(), err)
	}
	g, captions, err := leaves(file.Schema(), columns)
	if err != nil {
		return err
	}
	g.path = path
	for _, rows := range file.RowGroups() {
		g.rows = rows
		if err := p.addGroup(g, captions); err != nil {
			return err
		}
	}
	return nil
}

// leaves finds the columns of a file.
func leaves(schema *parquet.Schema, columns Columns) (g group, captions int, err error) {
	var names []string
	for _, field := range schema.Fields() {
		names = append(names, field.Name())
	}
	image, caption, err := columns.find(names)
	if err != nil {
		return g, 0, err
	}
	leaf := func(path ...string) int {
		column, ok := schema.Lookup(path...)
		if !ok || column.Node.Type().Kind() != parquet.ByteArray {
			return -1
		}
		return column.ColumnIndex
	}
	g = group{bytes: leaf(names[image], "bytes"), image: leaf(names[image], "path")}
	if column, ok := schema.Lookup(names[image]); ok && column.Node.Type().String() == "STRING" {
		g.image = leaf(names[image])
	} else if ok {
		g.bytes = leaf(names[image])
	}
	captions = leaf(names[caption])
	if captions < 0 || g.bytes < 0 && g.image < 0 {
		return g, 0, fmt.Errorf("the columns %s and %s are no image and caption; an image is a path, bytes, or both as image.bytes and image.path", names[image], names[caption])
	}
	return g, captions, nil
}

// addGroup appends the rows of one row group with their captions.
func (p *Parquet) addGroup(g group, captions int) error {
	pages := g.rows.ColumnChunks()[captions].Pages()
	defer pages.Close() //nolint:errcheck // only read from
	p.groups = append(p.groups, g)
	for row := int64(0); row < g.rows.NumRows(); {
		page, err := pages.ReadPage()
		if err != nil {
			return fmt.Errorf("the captions cannot be read: %w", err)
		}
		values := make([]parquet.Value, page.NumValues())
		if n, _ := page.Values().ReadValues(values); n < len(values) || n == 0 {
			return fmt.Errorf("a page of captions holds %d of %d values", n, len(values))
		}
		for _, v := range values {
			p.rows = append(p.rows, place{len(p.groups) - 1, row, strings.TrimSpace(string(v.ByteArray()))})
			row++
		}
		parquet.Release(page)
	}
	return nil
}

// Name returns the pattern given to OpenParquet.
func (p *Parquet) Name() string { return p.name }

// Len returns the number of rows of all files.
func (p *Parquet) Len() int { return len(p.rows) }

// Describe says what was opened, in one line.
func (p *Parquet) Describe() string {
	return fmt.Sprintf("%s: %d rows in %d row groups", p.name, len(p.rows), len(p.groups))
}

// Outline writes the captions.
func (p *Parquet) Outline(w io.Writer) {
	for _, r := range p.rows {
		fmt.Fprintf(w, "%q\n", r.caption)
	}
}

// Sample reads row i and its image.
func (p *Parquet) Sample(i int) (data.Sample, error) {
	r := p.rows[i]
	g := &p.groups[r.group]
	s := data.Sample{Key: fmt.Sprintf("%d", i), Origin: g.path, Captions: []string{r.caption}, Concept: r.caption}
	err := errors.New("the caption is empty")
	if r.caption != "" {
		s.Image, err = g.read(r.row)
	}
	if err != nil {
		return s, fmt.Errorf("%s: row %d: %w", g.path, i, err)
	}
	return s, nil
}

// Concept returns the caption of row i.
func (p *Parquet) Concept(i int) (string, error) { return p.rows[i].caption, nil }

// read returns the image of one row.
func (g *group) read(row int64) ([]byte, error) {
	image, err := g.value(g.bytes, row)
	if err != nil || image != nil {
		return image, err
	}
	path, err := g.value(g.image, row)
	if err != nil {
		return nil, err
	}
	if len(path) == 0 {
		return nil, errors.New("holds neither an image nor a path")
	}
	return readImage(g.path, string(path))
}

// value reads one value of a leaf column; nil for null, or without the column.
func (g *group) value(column int, row int64) (value []byte, err error) {
	if column < 0 {
		return nil, nil
	}
	defer func() { // a damaged page makes the decoder panic
		if problem := recover(); problem != nil {
			err = fmt.Errorf("the file is damaged: %v", problem)
		}
	}()
	pages := g.rows.ColumnChunks()[column].Pages()
	defer pages.Close() //nolint:errcheck // only read from
	if err := pages.SeekToRow(row); err != nil {
		return nil, err
	}
	page, err := pages.ReadPage()
	if err != nil {
		return nil, err
	}
	defer parquet.Release(page)
	var values [1]parquet.Value
	if n, err := page.Values().ReadValues(values[:]); n == 0 {
		return nil, fmt.Errorf("the page is empty (%w)", err)
	}
	if values[0].IsNull() {
		return nil, nil
	}
	return bytes.Clone(values[0].ByteArray()), nil
}
