package tui

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"pgregory.net/rapid"

	"clipbench/workbench/runlog"
)

// hostile writes a run whose files hold whatever a broken or malicious writer could leave.
func hostile(root, name, metrics string) {
	dir := filepath.Join(root, name)
	check(os.MkdirAll(filepath.Join(dir, "media", "7"), 0o755))
	for file, content := range map[string]string{
		"metrics.jsonl": metrics, "run.json": `{"id": "\u001b[2J", "name": "\t", "command": ["a\u0000b", "` + strings.Repeat("x", 5000) + `"]}`,
		"status.json": `{"state": "dancing\u001b[31m", "step": -9223372036854775808, "total": 3, "message": "\r\n\u202e abc"}`,
		"config.yaml": "a: {b: [1, {c: 2}]}\n\"k\\u001b\": \"\\u0007\"\n", "log.txt": "\x1b[2J\x00\xff\xfe\n2026-11-24T09:00:00.000Z ERROR -5 \ttab\x1b]0;title\x07\n" + strings.Repeat("y", 20000) + "\n",
		"media/7/similarity.json": `{"rows": ["\u001b[2J", "日本語"], "columns": ["a", "b"], "values": [["NaN", 1e308], [-1e308, "+Inf"]]}`,
		"media/7/broken.json":     `{"rows": ["a"], "columns": [], "values": []}`, "media/7/torn.png": "\x89PNG\r\n\x1a\n....",
	} {
		check(os.WriteFile(filepath.Join(dir, file), []byte(content), 0o644))
	}
}

const hostileMetrics = `{"step":1,"loss":1e308,"a\u001b[2Jb":1,"日本語/🍕":2,"lr":-1e308}
{"step":2,"loss":-1e308,"nested":{"loss":[1,2,{"x":3}]},"lr":5e-324}
not json at all
{"step":1,"loss":"NaN","time":-1e300}
{"step":3,"loss":"+Inf","samples":1e300,"epoch":"NaN","time":100}
{"step":4,"time":50,"loss":0,"val/top1":"-Inf"}
{"step":9007199254740993,"loss":3}
{"loss":3}
`

// names of keys that the property test presses, every binding's and some that are none.
func allKeys() []string {
	keys := []string{"a", "ä", "backspace", "ctrl+w", "ctrl+u", "<", "("}
	for _, b := range keyMap() {
		keys = append(keys, b.keys...)
	}
	return keys
}

// TestAnySequenceFitsAnyScreen presses, types, clicks, drags and resizes at random over good and hostile runs.
func TestAnySequenceFitsAnyScreen(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"emoji", "emoji-hot", "emoji-warm"} {
		check(os.CopyFS(filepath.Join(root, name), os.DirFS(filepath.Join(galleryRoot(), name))))
	}
	hostile(root, "hostile", hostileMetrics)
	hostile(root, "vast", `{"step":1,"`+strings.Repeat("n", 1<<20)+`":1,"`+strings.Repeat("m", 200)+`":2,"loss":2}`+"\n")
	hostile(root, "bare", "")
	keys := allKeys()
	rapid.Check(t, func(t *rapid.T) {
		size := func() (w, h int) { return rapid.IntRange(1, 200).Draw(t, "w"), rapid.IntRange(1, 60).Draw(t, "h") }
		w, h := size()
		o := Options{
			Theme: rapid.SampledFrom([]string{"dark", "light", "none"}).Draw(t, "theme"), ASCII: rapid.Bool().Draw(t, "ascii"),
			View: rapid.SampledFrom([]string{"", "charts", "pictures", "compare", "system", "log"}).Draw(t, "view"),
			Run:  rapid.SampledFrom([]string{"", "hostile", "vast", "emoji"}).Draw(t, "run"), Export: os.DevNull,
		}
		d := drive(root, w, h, o)
		d.fits(t)
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			default:
				d.press(rapid.SampledFrom(keys).Draw(t, "key"))
			case 6:
				d.feed(tea.PasteMsg{Content: rapid.String().Draw(t, "paste")})
			case 7:
				x, y := rapid.IntRange(-1, d.width).Draw(t, "x"), rapid.IntRange(-1, d.height).Draw(t, "y")
				m := tea.Mouse{X: x, Y: y, Button: rapid.SampledFrom([]tea.MouseButton{tea.MouseLeft, tea.MouseWheelUp, tea.MouseWheelDown}).Draw(t, "button")}
				d.feed(rapid.SampledFrom([]tea.Msg{tea.MouseClickMsg(m), tea.MouseWheelMsg(m), tea.MouseMotionMsg(m), tea.MouseReleaseMsg(m)}).Draw(t, "mouse"))
			case 8:
				w, h := size()
				d.feed(tea.WindowSizeMsg{Width: w, Height: h})
			case 9:
				d.later(time.Duration(rapid.IntRange(-3600, 3600).Draw(t, "later")) * time.Second)
			}
			d.fits(t)
		}
	})
}

// TestHostileMetricsAreToldAndDrawnTruly gives a run lines made at random and compares what is shown with the raw file.
func TestHostileMetricsAreToldAndDrawnTruly(t *testing.T) {
	root := t.TempDir()
	hostile(root, "hostile", hostileMetrics)
	d := drive(root, 140, 40, Options{})
	d.shows(t, "are no metrics and were left out", "and ")
	r := d.runs.Selected()
	loss := r.History.Column("loss")
	want := []float64{math.NaN(), math.Inf(1), 0, 3}
	if loss.Len() != len(want) {
		t.Fatalf("%d values of loss, want %d", loss.Len(), len(want))
	}
	for i, v := range want {
		if got := loss.Value(i); got != v && !(math.IsNaN(got) && math.IsNaN(v)) {
			t.Errorf("loss %d is %v, want %v", i, got, v)
		}
	}
	notices := strings.Join(r.Notices(), "\n")
	for _, text := range []string{"2 lines are no metrics", "steps went back once", "the clock went back", "is no number"} {
		if !strings.Contains(notices, text) {
			t.Errorf("no word of %q in:\n%s", text, notices)
		}
	}
}

// TestASCIIModeIsASCII looks for a single other character in every view.
func TestASCIIModeIsASCII(t *testing.T) {
	for v := range views {
		d := drive(galleryRoot(), 130, 40, Options{ASCII: true, View: strings.ToLower(v.String())})
		for _, r := range d.Frame() {
			if r >= 0x80 {
				t.Fatalf("%s has %q:\n%s", v, r, d.plain())
			}
		}
		d.fits(t)
	}
}

// TestNoColourModeHasNoColour allows bold, faint, underline and reverse alone.
func TestNoColourModeHasNoColour(t *testing.T) {
	for v := range views {
		d := drive(galleryRoot(), 130, 40, Options{Theme: "none", View: strings.ToLower(v.String())})
		if frame := d.Frame(); strings.Contains(frame, ";38;") || strings.Contains(frame, ";48;") {
			t.Errorf("%s has colours", v)
		}
	}
	d := drive(galleryRoot(), 130, 40, Options{})
	d.feed(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	if strings.Contains(d.Frame(), ";38;") {
		t.Error("a terminal without colours is given some")
	}
}

func TestStatesAndFlagsAreInListTitleAndHeader(t *testing.T) {
	d := drive(galleryRoot(), 130, 40, Options{})
	d.shows(t, "emoji          running", "emoji-hot      stopped NaN", "emoji-warm     finished", "tiny-baseline  crashed", "vit-b32-warmup failed")
	if title := d.View().WindowTitle; !strings.Contains(title, "emoji running 1,204/5,000 24%") {
		t.Errorf("the title is %q", title)
	}
	d.press("down") // emoji-hot
	if title := d.View().WindowTitle; !strings.Contains(title, "emoji-hot stopped NaN") {
		t.Errorf("the title is %q", title)
	}
	if header := strings.SplitN(d.plain(), "\n", 2)[0]; !strings.Contains(header, "emoji-hot stopped NaN") {
		t.Errorf("the header is %q", header)
	}
}

// TestStallIsFlagged lets the promised check-in pass, and then the patience with it.
func TestStallIsFlagged(t *testing.T) {
	d := drive(galleryRoot(), 130, 40, Options{})
	d.later(40 * time.Second)
	d.shows(t, "emoji          stalled", "emoji stalled 1,204/5,000")
	d.later(2 * time.Hour)
	d.shows(t, "emoji          crashed")
}

func TestNewStepsReachTheScreen(t *testing.T) {
	root := copied(t, "emoji")
	d := drive(root, 130, 40, Options{View: "charts"})
	appendTo(t, filepath.Join(root, "emoji", "metrics.jsonl"), `{"step":1205,"samples":154240,"epoch":15.8,"time":1795857009,"loss":1.2345}`+"\n")
	d.later(time.Second)
	d.shows(t, "loss 1.234")
	appendTo(t, filepath.Join(root, "emoji", "metrics.jsonl"), `{"step":1206,"loss":9.87`) // torn
	d.later(time.Second)
	d.shows(t, "loss 1.234")
	appendTo(t, filepath.Join(root, "emoji", "metrics.jsonl"), "6}\n")
	d.later(time.Second)
	d.shows(t, "loss 9.876")
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f := must(os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0))
	must(f.WriteString(text))
	check(f.Close())
}

func TestFolderDeletedWhileOpenIsTold(t *testing.T) {
	root := copied(t, "emoji", "emoji-warm")
	d := drive(root, 130, 40, Options{})
	check(os.RemoveAll(filepath.Join(root, "emoji")))
	d.later(3 * time.Second)
	d.shows(t, "gone", "what was read of it is still shown", "loss 1.85")
	d.fits(t)
}

func TestMetricsBegunAnewReplaceTheCurve(t *testing.T) {
	root := copied(t, "emoji")
	d := drive(root, 130, 40, Options{View: "charts"})
	check(os.WriteFile(filepath.Join(root, "emoji", "metrics.jsonl"), []byte(`{"step":1,"loss":7.5}`+"\n"), 0o644))
	d.later(time.Second)
	d.shows(t, "loss 7.5")
	d.hides(t, "val/top1")
}

func TestEmptyAndMissingFoldersSayWhatToDo(t *testing.T) {
	drive(t.TempDir(), 100, 30, Options{}).shows(t, "no runs in", "clipbench train RECIPE --run NAME")
	d := drive(filepath.Join(t.TempDir(), "absent"), 100, 30, Options{})
	d.shows(t, "does not exist", "waiting for it to appear")
}

// TestFilterBySettingAndMetric types queries as a person does.
func TestFilterBySettingAndMetric(t *testing.T) {
	for query, want := range map[string][]string{
		"emoji": {"emoji", "emoji-hot", "emoji-warm"}, "optim.lr>=1e-2": {"emoji-hot"}, "state:crash": {"tiny-baseline"},
		"flag:nan": {"emoji-hot"}, "val/top1>0.25 not warm": {"emoji"}, "max_steps=2000 loss<2": {"emoji-warm"},
	} {
		d := drive(galleryRoot(), 130, 40, Options{})
		d.press("/")
		d.types(query)
		var got []string
		for _, r := range d.runs.Rows() {
			got = append(got, r.Name)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s takes %v, want %v", query, got, want)
		}
		d.press("esc")
		if len(d.runs.Rows()) != 5 {
			t.Errorf("%s: esc does not bring the runs back", query)
		}
	}
}

func TestSortingGoesThroughTheColumns(t *testing.T) {
	d := drive(galleryRoot(), 130, 40, Options{})
	order := func() string {
		var names []string
		for _, r := range d.runs.Rows() {
			names = append(names, r.Name)
		}
		return strings.Join(names, " ")
	}
	for range 20 {
		if d.press("s"); strings.Contains(d.plain(), "▼ LOSS") {
			break
		}
	}
	if got, want := order(), "emoji-warm emoji tiny-baseline vit-b32-warmup emoji-hot"; got != want {
		t.Errorf("by loss: %s, want %s", got, want)
	}
	d.press("S")
	if got := order(); !strings.HasSuffix(got, "emoji emoji-warm") {
		t.Errorf("by loss, the other way: %s", got)
	}
}

// TestJumpsBetweenLogAndStep goes from a line of the log to the charts and back.
func TestJumpsBetweenLogAndStep(t *testing.T) {
	d := drive(galleryRoot(), 140, 40, Options{View: "log", Run: "emoji-hot"})
	d.press("/")
	d.types("is NaN at step")
	d.press("enter")
	d.press("enter")
	if d.view != chartsView {
		t.Fatal("enter does not go to the charts")
	}
	d.shows(t, "step 420", "loss NaN")
	d.press("o")
	if step, ok := d.log.Step(); d.view != logView || !ok || step != 420 {
		t.Errorf("o goes to step %d of view %v, want 420 of the log", step, d.view)
	}
}

func TestSmoothingAxisZoomAndResetByKeyboard(t *testing.T) {
	d := drive(galleryRoot(), 140, 40, Options{View: "charts"})
	d.shows(t, "by step · smoothed 0.9")
	for _, axis := range []string{"by samples", "by epoch", "by relative time", "by wall time", "by step"} {
		d.press("x")
		d.shows(t, axis)
	}
	d.press("S", "S", "S")
	d.hides(t, "smoothed")
	d.press("+", "shift+left")
	d.shows(t, "zoomed")
	d.press("0")
	d.hides(t, "zoomed")
	d.press("i", "H")
	d.shows(t, "step 1,0")
	d.press("esc", "X", "y")
	d.shows(t, "log")
}

func TestExportFromTheKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	d := drive(galleryRoot(), 140, 40, Options{Export: dir})
	d.press("space", "space", "e", "c")
	d.shows(t, "written: "+filepath.Join(dir, "runs.csv"))
	csv := string(must(os.ReadFile(filepath.Join(dir, "runs.csv"))))
	if rows := strings.Count(csv, "\n"); rows < 1204+700 {
		t.Errorf("only %d rows of CSV", rows)
	}
	d.press("e", "esc")
	d.shows(t, "nothing was exported")
}

func TestCompareShowsDifferencesAndValuesAtAStep(t *testing.T) {
	d := drive(galleryRoot(), 140, 40, Options{})
	d.press("space", "j", "4") // emoji and emoji-warm
	d.shows(t, "model.optim.lr", "trainer.max_steps", "values at step 1,204")
	want := valueOf(t, "emoji-warm", "loss", 1204)
	d.shows(t, want)
	d.hides(t, "weight_decay")
}

// valueOf reads a metric's value at a step from the file itself, with four digits.
func valueOf(t *testing.T, run, metric string, step int) string {
	t.Helper()
	h := must(runlog.ReadAll(t.Context(), filepath.Join(galleryRoot(), run, "metrics.jsonl")))
	c := h.Column(metric)
	for i := range c.Len() {
		if h.Step(c.Row(i)) == step {
			return strconv.FormatFloat(c.Value(i), 'g', 4, 64)
		}
	}
	t.Fatalf("%s has no %s at step %d", run, metric, step)
	return ""
}
