package workbench

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"clipbench/data"
	"clipbench/data/emoji"
	"clipbench/data/source"
	"clipbench/data/transform"
	"clipbench/workbench/config"
)

type randSource = rand.Rand

// OpenSource opens image-text pairs by what spec is: emoji:<split> of the default set, emoji-small:<split> of the one that
// comes with the code, tar shards (with braces), a folder, a csv, tsv or parquet file.
func OpenSource(spec string) (data.Source, error) {
	set, split, named := strings.Cut(spec, ":")
	if _, err := os.Stat(spec); err == nil && !named {
		return source.Open(spec) // whatever its name
	}
	switch set {
	case "emoji":
		return emoji.Open(split)
	case "emoji-small":
		return emoji.OpenTestdata(split)
	}
	return source.Open(spec)
}

// openDataset opens the sources of a data set of the configuration.
func openDataset(c *config.Data, d *config.Dataset) ([]data.Source, error) {
	var sources []data.Source
	for _, path := range d.DatasetPath {
		if root := c.WebDataset.LocalRootPath; root != nil && !filepath.IsAbs(path) && !strings.Contains(path, ":") {
			path = filepath.Join(*root, path)
		}
		s, err := OpenSource(path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// trainingLoader reads a source for training: shuffled, augmented, captions varied.
func (m *Model) trainingLoader(src data.Source) (*data.Loader, error) {
	c, v := &m.Config.Model, &m.Config.Model.Vision
	normalize, err := m.normalize()
	if err != nil {
		return nil, err
	}
	augmentation := augmentationOf(&c.Data.Augment)
	return data.NewLoader(src, data.Options{
		Batch: c.GlobalBatchSize, Seed: c.Seed, Shuffle: true, Unique: c.Data.UniqueCaptions, Cache: c.Data.Cache,
		Workers:   min(c.Data.NumWorkers, runtime.GOMAXPROCS(0)),
		ImageSize: [3]int{v.ImgH, v.ImgW, v.NumChannels}, Context: c.Text.EncoderSeqLength,
		Image: func(img *transform.RGB, r *rand.Rand, dst []float32) {
			normalize(transform.Train(img, v.ImgH, v.ImgW, augmentation, r), dst)
		},
		Text: func(s data.Sample, r *rand.Rand, dst []int32) {
			m.Tokenizer.Encode(trainingCaption(s, c.Data.TagProbability, r), dst)
		},
	})
}

// normalize takes the channels' mean and divides by their deviation. It refuses a model of other pictures than are read.
func (m *Model) normalize() (func(*transform.RGB, []float32), error) {
	v := &m.Config.Model.Vision
	if v.NumChannels != 3 {
		return nil, fmt.Errorf("model.vision.num_channels=%d: pictures are read as red, green and blue; use 3", v.NumChannels)
	}
	return transform.Normalize([3]float64(v.Mean()), [3]float64(v.Std())), nil
}

func augmentationOf(a *config.Augment) transform.Augmentation {
	return transform.Augmentation{
		CropScale: a.CropScale, CropRatio: a.CropRatio, Flip: a.Flip, Rotate: a.Rotate, Shift: a.Shift, Scale: a.Scale,
		Brightness: a.Brightness, Contrast: a.Contrast, Saturation: a.Saturation, Hue: a.Hue, Grey: a.Grey,
	}
}

// trainingCaption is one of a sample's captions; with the given probability it is followed or replaced by one to three of
// its tags.
func trainingCaption(s data.Sample, tags float64, r *rand.Rand) string {
	text := s.Captions[0]
	if len(s.Captions) > 1 {
		text = s.Captions[r.IntN(len(s.Captions))]
	}
	if len(s.Tags) == 0 || r.Float64() >= tags {
		return text
	}
	some := make([]string, 0, 3)
	for _, k := range r.Perm(len(s.Tags))[:min(len(s.Tags), 1+r.IntN(3))] {
		some = append(some, s.Tags[k])
	}
	if r.IntN(2) == 0 {
		return strings.Join(some, " ")
	}
	return text + " " + strings.Join(some, " ")
}
