// Package source opens a person's own image-text pairs, whatever they lie in: a folder of images with
// captions beside them, a table of paths and captions, Parquet files, WebDataset shards.
package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"clipbench/data"
	"clipbench/data/webdataset"
)

// Open opens what spec names:
//
//	shards/train-{0000..0009}.tar    WebDataset shards; a list with ::, or a folder of shards
//	pairs.csv, pairs.tsv             a table of paths and captions
//	pairs.parquet, part-*.parquet    images or paths, and captions
//	photos                           a folder of images, each with its captions in a .txt beside it
func Open(spec string) (data.Source, error) {
	first, _, _ := strings.Cut(spec, "::")
	switch strings.ToLower(filepath.Ext(first)) {
	case ".tar", ".tgz", ".gz":
		return asSource(webdataset.Open(spec))
	case ".csv", ".tsv":
		return asSource(OpenTable(spec, Columns{}))
	case ".parquet":
		return asSource(OpenParquet(spec, Columns{}))
	}
	info, err := os.Stat(spec)
	if err != nil {
		return nil, fmt.Errorf("%s: no such data; give shards (….tar), a table (.csv, .tsv, .parquet) or a folder of images with captions", spec)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s: not known as data; give shards (….tar), a table (.csv, .tsv, .parquet) or a folder of images with captions", spec)
	}
	for extension, open := range map[string]func(string) (data.Source, error){
		".tar":     func(glob string) (data.Source, error) { return asSource(webdataset.Open(glob)) },
		".parquet": func(glob string) (data.Source, error) { return asSource(OpenParquet(glob, Columns{})) },
	} {
		glob := filepath.Join(spec, "*"+extension)
		if found, _ := filepath.Glob(glob); len(found) > 0 {
			return open(glob)
		}
	}
	return asSource(OpenFolder(spec))
}

// asSource keeps a nil pointer from becoming a source that is not nil.
func asSource[S data.Source](s S, err error) (data.Source, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}
