package live

import (
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // pictures a run may have
	_ "image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"clipbench/tui/picture"
)

// Media is what lies in a run's media folder.
type Media struct {
	Names   []string         // of all files, in order
	Steps   map[string][]int // by name, the steps that have it, rising
	Version int
	Err     error
	reading bool
	due     time.Time
}

// Shot is one file of media, read. Exactly one of Matrix, Image and Err is set.
type Shot struct {
	Step   int
	Name   string
	Matrix *picture.Matrix
	Image  image.Image
	Err    error
}

const (
	mediaPeriod = 2 * time.Second
	maxPixels   = 16 << 20 // of one picture
	maxBytes    = 64 << 20 // of one file
	keepShots   = 24
	keepPixels  = 48 << 20 // of all pictures kept: up to 8 bytes each
)

type (
	mediaListed struct {
		media *Media
		names []string
		steps map[string][]int
		err   error
	}
	shotTaken struct {
		run  *Run
		shot *Shot
	}
)

// MediaJob lists a run's media, if it is time; nil if not.
func (s *Store) MediaJob(r *Run) Job {
	if r.Media == nil {
		r.Media = &Media{}
	}
	now := s.clock()
	if r.Media.reading || now.Before(r.Media.due) {
		return nil
	}
	r.Media.reading = true
	media, dir := r.Media, filepath.Join(r.Dir, "media")
	return func() any {
		names, steps, err := listMedia(dir)
		return mediaListed{media, names, steps, err}
	}
}

func listMedia(dir string) (names []string, steps map[string][]int, err error) {
	steps = map[string][]int{}
	folders, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, steps, nil
	} else if err != nil {
		return nil, steps, err
	}
	for _, folder := range folders {
		step, err := strconv.Atoi(folder.Name())
		if err != nil {
			continue
		}
		files, err := os.ReadDir(filepath.Join(dir, folder.Name()))
		if err != nil {
			return nil, steps, err
		}
		for _, file := range files {
			if name := file.Name(); isShown(name) {
				steps[name] = append(steps[name], step)
			}
		}
	}
	for name := range steps {
		slices.Sort(steps[name])
		names = append(names, name)
	}
	slices.SortFunc(names, byKind)
	return names, steps, nil
}

// isShown reports whether a file can be shown: matrices and pictures. A hidden one is being written.
func isShown(name string) bool {
	return !strings.HasPrefix(name, ".") && slices.Contains([]string{".json", ".png", ".jpg", ".jpeg"}, strings.ToLower(filepath.Ext(name)))
}

// byKind puts matrices first.
func byKind(a, b string) int {
	if x, y := filepath.Ext(a) == ".json", filepath.Ext(b) == ".json"; x != y {
		if x {
			return -1
		}
		return 1
	}
	return strings.Compare(a, b)
}

// ShotJob reads one file of a run's media unless it has been; nil if so.
func (s *Store) ShotJob(r *Run, step int, name string) Job {
	if r.Shot(step, name) != nil || r.fetching {
		return nil
	}
	r.fetching = true
	path := filepath.Join(r.Dir, "media", strconv.Itoa(step), name)
	return func() any {
		shot := &Shot{Step: step, Name: name}
		shot.read(path)
		return shotTaken{r, shot}
	}
}

// Shot is a file that has been read, or nil.
func (r *Run) Shot(step int, name string) *Shot {
	for _, s := range r.shots {
		if s.Step == step && s.Name == name {
			return s
		}
	}
	return nil
}

// read decodes a file by its kind.
func (s *Shot) read(path string) {
	stat, err := os.Stat(path)
	if err == nil && (!stat.Mode().IsRegular() || stat.Size() > maxBytes) {
		err = fmt.Errorf("not an ordinary file of at most %d MiB", maxBytes>>20)
	}
	if err != nil {
		s.Err = err
		return
	}
	if filepath.Ext(path) == ".json" {
		var b []byte
		if b, s.Err = os.ReadFile(path); s.Err == nil {
			s.Matrix, s.Err = picture.ParseMatrix(b)
		}
		return
	}
	s.Image, s.Err = decode(path)
}

// decode reads a picture, but none of absurd size.
func decode(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	config, _, err := image.DecodeConfig(f)
	if err != nil {
		return nil, fmt.Errorf("not a picture yet, or none: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("a picture of %d×%d pixels is too large to show", config.Width, config.Height)
	}
	if _, err := f.Seek(0, 0); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(f)
	return img, err
}

// takeMedia takes in a listing. A file that could not be read is tried again at the next.
func (s *Store) takeMedia(m mediaListed) {
	media := m.media
	media.reading, media.due = false, s.clock().Add(mediaPeriod)
	same := slices.Equal(m.names, media.Names) && (m.err == nil) == (media.Err == nil)
	for _, name := range m.names {
		same = same && slices.Equal(m.steps[name], media.Steps[name])
	}
	if !same {
		media.Names, media.Steps, media.Err = m.names, m.steps, m.err
		media.Version++
		s.version++
	}
}

// takeShot keeps a file that was read, and the last few before it.
func (s *Store) takeShot(m shotTaken) {
	m.run.fetching = false
	m.run.shots = append(m.run.shots, m.shot)
	m.run.shots = newest(m.run.shots)
	s.version++
}

// newest are the last few of shots, as many as may be kept, and one at least.
func newest(shots []*Shot) []*Shot {
	pixels := 0
	for i := len(shots) - 1; i >= 0; i-- {
		pixels += shots[i].pixels()
		if i < len(shots)-1 && (pixels > keepPixels || len(shots)-i > keepShots) {
			return slices.Clone(shots[i+1:])
		}
	}
	return shots
}

// pixels is how large a shot is in memory: the pixels of a picture, the numbers of a matrix.
func (s *Shot) pixels() int {
	switch {
	case s.Image != nil:
		return s.Image.Bounds().Dx() * s.Image.Bounds().Dy()
	case s.Matrix != nil && len(s.Matrix.Values) > 0:
		return len(s.Matrix.Values) * len(s.Matrix.Values[0])
	}
	return 0
}

// Retry forgets the files of a run that could not be read, so that they are read again.
func (r *Run) Retry() {
	r.shots = slices.DeleteFunc(r.shots, func(s *Shot) bool { return s.Err != nil })
}
