package notebooks

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"clipbench/data/emoji"
	"clipbench/setup/jupyter"
)

// BenchmarkWarmCell measures a new cell of one workbench call from Enter to its last output, as the client sees it, once its
// packages are built: cell_s is the median of five. Of that, open_s and call_s pass in the cell's program (the model opened: device, vocabulary, checkpoint; the
// call: compiling its graph, and running it), and build_s in the kernel: goimports, go build and its link. processor_s is the
// processor time of all of it, which a busy machine stretches less.
//
//	go test -run '^$' -bench WarmCell -benchtime 1x ./notebooks
func BenchmarkWarmCell(b *testing.B) {
	const repeats = 5
	prepare := `import ("clipbench/workbench"; "clipbench/workbench/config")
%%
cfg := workbench.Must(config.Load("recipes/emoji/emoji.yaml", "trainer.max_steps=1",
	"model.data.train.dataset_path=[emoji-small:train]", "model.data.validation.dataset_path=[]"))
run := workbench.Must(workbench.Open("try", workbench.Options{Config: cfg}))
workbench.Must(run.Train(context.Background()))`
	for _, cell := range []struct{ name, source string }{
		{"nothing", `fmt.Println("opened 0 called 0")`},
		{"a picture", timed(`workbench.Check(workbench.Must(run.Curves()).Show())`)},
		{"a text embedded", timed(`workbench.Must(run.EmbedTexts(context.Background(), []string{"red heart"}))`)},
		{"a source judged", timed(`workbench.Must(run.ZeroShot(context.Background(), workbench.Must(workbench.OpenSource("emoji-small:unseen-style"))))`)},
	} {
		b.Run(cell.name, func(b *testing.B) {
			l := lab(b)
			folder, err := l.Scratch()
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = os.RemoveAll(folder) })
			for b.Loop() {
				sources := []string{prepare}
				for i := range repeats + 1 { // each is another program: one that is built already is not linked again
					sources = append(sources, fmt.Sprintf("%s\nfmt.Println(%d)", cell.source, i))
				}
				var seconds, processor []float64
				n, err := runIn(b.Context(), b, l, jupyter.Options{Folder: folder, Limit: 10 * time.Minute, Event: func(e jupyter.Event) {
					if e.Name == "done" && e.Cell > 2 { // imports, training, and the first time
						seconds, processor = append(seconds, e.Seconds), append(processor, e.Processor)
					}
				}}, sources...)
				if err != nil {
					b.Fatal(err)
				}
				var inside [2][]float64
				for _, row := range (&execution{n, folder}).numbers(b, `opened (\S+) called (\S+)`)[1:] {
					inside[0], inside[1] = append(inside[0], row[0]), append(inside[1], row[1])
				}
				whole, opened, called := median(seconds), median(inside[0]), median(inside[1])
				b.ReportMetric(whole, "cell_s")
				b.ReportMetric(median(processor), "processor_s")
				b.ReportMetric(opened, "open_s")
				b.ReportMetric(called, "call_s")
				b.ReportMetric(whole-opened-called, "build_s")
			}
		})
	}
}

// timed is a cell that makes a call on a run, and says how long opening the run and the call took.
func timed(call string) string {
	return fmt.Sprintf(`start := time.Now()
run := workbench.Must(workbench.Open("try", workbench.Options{}))
opened := time.Now()
%s
fmt.Printf("opened %%.3f called %%.3f\n", opened.Sub(start).Seconds(), time.Since(opened).Seconds())`, call)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// BenchmarkQuickstart executes the quickstart as a person does, on the whole emoji set, from a clean kernel.
//
//	go test -run '^$' -bench Quickstart -benchtime 1x -timeout 30m ./notebooks
func BenchmarkQuickstart(b *testing.B) {
	if _, err := emoji.Open(emoji.UnseenStyle); err != nil {
		b.Skip(err)
	}
	l := lab(b)
	for b.Loop() {
		folder, err := l.Scratch()
		if err != nil {
			b.Fatal(err)
		}
		var processor float64
		_, err = l.Execute(b.Context(), "01-quickstart.ipynb", jupyter.Options{
			Folder: folder, Output: filepath.Join(folder, "executed"), Event: func(e jupyter.Event) { processor += e.Processor },
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(processor, "processor_s")
		if err := os.RemoveAll(folder); err != nil {
			b.Fatal(err)
		}
	}
}
