package tui

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"clipbench/workbench/runlog"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// epoch is when all fake runs began, unless they are live.
var epoch = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// fake is a run that looks like one of CLIP.
type fake struct {
	name         string
	seed         uint64
	steps, total int
	floor        float64 // what the loss falls to
	lr           float64
	nanAt        int // from this step on the loss is NaN; 0 for never
	state        runlog.State
	media        bool
	start        time.Time
}

const fakeConfig = `trainer:
  max_steps: %d
  precision: bf16
model:
  output_dim: 128
  global_batch_size: 128
  vision:
    patch_dim: 4
    hidden_size: 128
  optim:
    name: adamw
    lr: %g
    weight_decay: 0.2
    sched:
      warmup_steps: 100
`

// metrics are those of one step.
func (f fake) metrics(step int, r *rand.Rand) map[string]float64 {
	x := float64(step) / float64(f.total)
	loss := f.floor + (4.85-f.floor)*math.Exp(-6*x) + 0.15*r.NormFloat64()*math.Exp(-2*x)
	if f.nanAt > 0 && step >= f.nanAt {
		loss = math.NaN()
	}
	warm := math.Min(1, float64(step+1)/100)
	return map[string]float64{
		"loss": loss, "lr": f.lr * warm * 0.5 * (1 + math.Cos(math.Pi*x)), "grad_norm": 0.6 + 2*math.Exp(-8*x) + 0.2*math.Abs(r.NormFloat64()),
		"logit_scale": 14.3 + 30*(1-math.Exp(-2*x)), "pairs_per_s": 282 + 6*r.NormFloat64(), "data_wait": 0.012 + 0.004*math.Abs(r.NormFloat64()),
	}
}

// validation are those of a step that validates.
func (f fake) validation(step int) map[string]float64 {
	x := float64(step) / float64(f.total)
	top1 := (0.55 - f.floor/8) * (1 - math.Exp(-4*x))
	return map[string]float64{"val/loss": f.floor + 0.3 + (4.85-f.floor)*math.Exp(-5*x), "val/top1": top1, "val/top5": math.Min(1, 1.8*top1), "val/top10": math.Min(1, 2.1*top1)}
}

// write makes the run's folder. The times in it are those of a run at 2.2 steps a second.
func (f fake) write(root string) string {
	if f.start.IsZero() {
		f.start = epoch
	}
	w := must(runlog.Create(root, f.name, runlog.Info{
		Command: []string{"clipbench", "train", "recipes/emoji/emoji.yaml", fmt.Sprintf("model.optim.lr=%g", f.lr)},
		Commit:  "3f2a91c", Backend: "xla:cpu", Tags: []string{"emoji"},
	}, fmt.Appendf(nil, fakeConfig, f.total, f.lr)))
	r := rand.New(rand.NewPCG(f.seed, 1))
	w.Log(slog.LevelInfo, "emoji:train, 9,760 pairs; xla:cpu; 5.2M parameters")
	at := func(step int) runlog.Step {
		return runlog.Step{Step: step, Samples: 128 * step, Epoch: float64(128*step) / 9760, Time: f.start.Add(time.Duration(float64(step) / 2.2 * float64(time.Second)))}
	}
	for step := 1; step <= f.steps; step++ {
		check(w.Scalars(at(step), f.metrics(step, r)))
		if step%50 == 0 {
			check(w.Scalars(at(step), f.validation(step)))
			w.Log(slog.LevelInfo, "validation: top-1 %.3f", f.validation(step)["val/top1"])
		}
		if step%20 == 0 {
			check(w.Scalars(at(step), map[string]float64{"sys/cpu": 0.93 + 0.05*r.Float64(), "sys/mem": 2.1e9 + 1e6*float64(step), "sys/rss": 1.1e9 + 1e5*float64(step)}))
		}
		if f.nanAt == step {
			w.Log(slog.LevelError, "the loss is NaN at step %d; lower model.optim.lr or use gradient clipping", step)
		}
		if step%130 == 0 {
			w.Log(slog.LevelWarn, `emoji:train: sample "u1f355": the PNG ends after 812 of 2,204 bytes; skipped (%d of 9,760 so far)`, step/130)
		}
		if f.media && step%(f.steps/4) == 0 {
			f.writeMedia(w, step)
		}
	}
	w.Log(slog.LevelInfo, "step %d of %d", f.steps, f.total)
	check(w.Close(runlog.Status{State: runlog.Finished, Step: f.steps, Total: f.total}))
	f.settle(w.Dir())
	return w.Dir()
}

// settle fixes what depends on the moment and on this machine: ids, times, states and processes.
func (f fake) settle(dir string) {
	end := f.start.Add(time.Duration(float64(f.steps) / 2.2 * float64(time.Second)))
	edit(filepath.Join(dir, "run.json"), func(m map[string]any) {
		m["id"], m["created"], m["host"], m["pid"] = fmt.Sprintf("%012x", f.seed), f.start, "bench", 4242
	})
	edit(filepath.Join(dir, "status.json"), func(m map[string]any) {
		m["state"], m["checked"], m["due"] = f.state, end, end.Add(30*time.Second)
	})
	log := filepath.Join(dir, "log.txt")
	lines := strings.SplitAfter(string(must(os.ReadFile(log))), "\n")
	for i, line := range lines {
		if l := runlog.ParseLog(line); !l.Time.IsZero() {
			at := f.start.Add(time.Duration(float64(l.Step) / 2.2 * float64(time.Second)))
			lines[i] = at.Format("2006-01-02T15:04:05.000Z") + line[strings.IndexByte(line, ' '):]
		}
	}
	check(os.WriteFile(log, []byte(strings.Join(lines, "")), 0o644))
}

func edit(path string, change func(map[string]any)) {
	var m map[string]any
	check(json.Unmarshal(must(os.ReadFile(path)), &m))
	change(m)
	check(os.WriteFile(path, must(json.Marshal(m)), 0o644))
}

var captions = []string{"slice of pizza", "red heart", "dog face", "cat face", "rocket", "sun with face", "umbrella", "watermelon", "bicycle", "snowman", "guitar", "ghost"}

// writeMedia writes a similarity matrix that sharpens with the steps, and a grid of coloured tiles.
func (f fake) writeMedia(w *runlog.Writer, step int) {
	r := rand.New(rand.NewPCG(f.seed, uint64(step)))
	sharp := float64(step) / float64(f.total)
	values := make([][]float64, len(captions))
	for i := range values {
		for j := range captions {
			v := 0.18 + 0.1*r.Float64()
			if i == j {
				v += 0.75 * sharp
			}
			values[i] = append(values[i], math.Round(v*1e4)/1e4)
		}
	}
	b := must(json.Marshal(map[string]any{"rows": captions, "columns": captions, "values": values}))
	check(os.WriteFile(must(w.Media(step, "similarity.json")), b, 0o644))
	img := image.NewRGBA(image.Rect(0, 0, 320, 160))
	for y := range 160 {
		for x := range 320 {
			tile := uint64(y/40*8 + x/40)
			img.Set(x, y, color.RGBA{uint8(tile * 53), uint8(200 - tile*6), uint8(x + y), 255})
		}
	}
	file := must(os.Create(must(w.Media(step, "nearest.png"))))
	check(png.Encode(file, img))
	check(file.Close())
}

// gallery writes one run of every kind: running, finished, stopped with NaN, crashed (its promise is long past), failed.
func gallery(root string) {
	for _, f := range []fake{
		{name: "emoji", seed: 1, steps: 1204, total: 5000, floor: 1.1, lr: 1e-3, state: runlog.Running, media: true, start: epoch.Add(50 * time.Minute)},
		{name: "emoji-warm", seed: 2, steps: 2000, total: 2000, floor: 1.4, lr: 5e-4, state: runlog.Finished, media: true},
		{name: "emoji-hot", seed: 3, steps: 700, total: 2000, floor: 1.9, lr: 1e-2, nanAt: 420, state: runlog.Stopped},
		{name: "tiny-baseline", seed: 4, steps: 900, total: 3000, floor: 2.2, lr: 1e-3, state: runlog.Running},
		{name: "vit-b32-warmup", seed: 5, steps: 300, total: 300, floor: 2.9, lr: 2e-4, state: runlog.Failed},
	} {
		f.write(root)
	}
}

// galleryNow is when the gallery is looked at: emoji has just checked in.
var galleryNow = epoch.Add(50*time.Minute + 1204*time.Second*10/22 + 3*time.Second)
