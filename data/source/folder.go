package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"clipbench/data"
)

// Folder is a folder of images, at any depth, each with its captions in a text file beside it:
// cat.jpg and cat.txt. Every line of the text is a caption, the first one the caption.
type Folder struct {
	root   string
	images []string // relative to root
}

// OpenFolder lists the images of a folder in the order of their names. Hidden files are left out.
func OpenFolder(root string) (*Folder, error) {
	f := &Folder{root: root}
	texts := 0
	resolved, err := filepath.EvalSymlinks(root) // a link to a folder is as good as the folder
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(resolved, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != resolved && hidden(entry.Name()) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		switch extension := strings.ToLower(filepath.Ext(path)); {
		case extension == ".txt":
			texts++
		case slices.Contains([]string{".png", ".jpg", ".jpeg", ".webp", ".gif"}, extension):
			relative, err := filepath.Rel(resolved, path)
			f.images = append(f.images, relative)
			return err
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(f.images) == 0:
		return nil, fmt.Errorf("%s: holds no images (png, jpg, jpeg, webp or gif)", root)
	case texts == 0:
		return nil, fmt.Errorf("%s: holds %d images and no captions; write them beside: %s for %s", root, len(f.images), captionFile(f.images[0]), f.images[0])
	}
	return f, nil
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || name == "__MACOSX" }

func captionFile(image string) string {
	return strings.TrimSuffix(image, filepath.Ext(image)) + ".txt"
}

// Name returns the folder.
func (f *Folder) Name() string { return f.root }

// Len returns the number of images.
func (f *Folder) Len() int { return len(f.images) }

// Describe says what was found, in one line.
func (f *Folder) Describe() string {
	return fmt.Sprintf("%s: a folder of %d images", f.root, len(f.images))
}

// Outline writes the images' paths within the folder, their sizes and their captions.
func (f *Folder) Outline(w io.Writer) {
	for i := range f.images {
		s, _ := f.text(i) // without a caption is how it is then
		fmt.Fprintf(w, "%q %d %q\n", s.Key, sizeOf(s.Origin), s.Captions)
	}
}

// sizeOf is the size in bytes of the first of the files that exists; -1 where there is none.
func sizeOf(paths ...string) int64 {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			return info.Size()
		}
	}
	return -1
}

// Sample reads image i and its captions. The key is the image's path without its extension.
func (f *Folder) Sample(i int) (data.Sample, error) {
	s, err := f.text(i)
	if err != nil {
		return s, err
	}
	s.Image, err = os.ReadFile(s.Origin)
	return s, err
}

// Concept returns the caption of image i.
func (f *Folder) Concept(i int) (string, error) {
	s, err := f.text(i)
	return s.Concept, err
}

// text is sample i without its image.
func (f *Folder) text(i int) (data.Sample, error) {
	name := f.images[i]
	s := data.Sample{Key: strings.TrimSuffix(filepath.ToSlash(name), filepath.Ext(name)), Origin: filepath.Join(f.root, name)}
	path := captionFile(s.Origin)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return s, fmt.Errorf("%s: has no caption; write it into %s", s.Origin, path)
	}
	if err != nil {
		return s, err
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			s.Captions = append(s.Captions, line)
		}
	}
	if len(s.Captions) == 0 {
		return s, fmt.Errorf("%s: the caption of %s is empty", path, name)
	}
	s.Concept = data.DefaultConcept(s)
	return s, nil
}
