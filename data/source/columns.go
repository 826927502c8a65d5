package source

import (
	"fmt"
	"slices"
	"strings"
)

// Columns names the columns of a table. Where a name is empty, the first of the usual ones that the
// table has is taken: filepath (open_clip's), image, file_name or path; title (open_clip's), caption or
// text.
type Columns struct {
	Image   string // the path of an image, relative to the table's folder; in Parquet also the image itself
	Caption string
}

// find returns the places of both columns among the names, or says which is missing and what there is.
func (c Columns) find(names []string) (image, caption int, err error) {
	image = first(names, c.Image, "filepath", "image", "file_name", "path")
	caption = first(names, c.Caption, "title", "caption", "text")
	if image >= 0 && caption >= 0 {
		return image, caption, nil
	}
	var lacks []string
	if image < 0 {
		lacks = append(lacks, orUsual(c.Image, "filepath", "the path of the image"))
	}
	if caption < 0 {
		lacks = append(lacks, orUsual(c.Caption, "title", "the caption"))
	}
	return 0, 0, fmt.Errorf("has no column %s; its columns are %s. Rename them", strings.Join(lacks, " and no column "), strings.Join(names, ", "))
}

// first returns the place of the wanted name, or of the first usual one when none is wanted; -1 without.
func first(names []string, wanted string, usual ...string) int {
	if wanted != "" {
		usual = []string{wanted}
	}
	for _, name := range usual {
		if i := slices.Index(names, name); i >= 0 {
			return i
		}
	}
	return -1
}

func orUsual(wanted, usual, meaning string) string {
	if wanted == "" {
		wanted = usual
	}
	return fmt.Sprintf("%s (%s)", wanted, meaning)
}
