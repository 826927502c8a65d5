package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clipbench/data/emoji"
	"clipbench/data/webdataset"
)

func TestWrongUseIsStatus2AndSaysWhatIsRight(t *testing.T) {
	for name, tc := range map[string]struct {
		args  []string
		words []string
	}{
		"unknown verb":          {[]string{"trian"}, []string{`unknown command "trian"`, "--help"}},
		"unknown flag":          {[]string{"train", "testdata/tiny.yaml", "--rum", "x"}, []string{"unknown flag: --rum"}},
		"no recipe":             {[]string{"train"}, []string{"at least 1 arg"}},
		"resume what":           {[]string{"train", "testdata/tiny.yaml", "--resume", "maybe"}, []string{`"maybe" for "--resume"`, "it is auto or never"}},
		"watch and json":        {[]string{"train", "testdata/tiny.yaml", "--watch", "--json"}, []string{"--watch and --json", "choose one"}},
		"watch in a pipe":       {[]string{"train", "testdata/tiny.yaml", "--watch"}, []string{"no terminal", "clipbench watch"}},
		"unknown verb of runs":  {[]string{"runs", "lst"}, []string{"runs lst", "list, show, export"}},
		"a screen as JSON":      {[]string{"watch", "--once", "--json"}, []string{"runs list --json"}},
		"eval without data":     {[]string{"eval", "tiny"}, []string{"--data is missing", "emoji:unseen-style"}},
		"nothing to embed":      {[]string{"embed", "tiny"}, []string{"--image FILE or --text TEXT"}},
		"a row of -1":           {[]string{"tokenize", "a dog", "--context", "-1"}, []string{"--context", "2 to 4096"}},
		"a context of -3":       {[]string{"embed", "tiny", "--text", "a dog", "--context", "-3"}, []string{"--context", "2 to 4096"}},
		"pictures too large":    {[]string{"classify", "tiny", "--image-size", "99999999"}, []string{"--image-size", "up to 4096"}},
		"pictures of -1":        {[]string{"classify", "tiny", "--image-size", "-1"}, []string{"--image-size", "SIDE or HEIGHTxWIDTH"}},
		"no step to time":       {[]string{"bench", "--steps", "0"}, []string{"--steps 0", "at least 1"}},
		"no such backend":       {[]string{"doctor", "--backend", "tpu"}, []string{"--backend", `backend "tpu": unknown`}},
		"an unknown override":   {[]string{"train", "testdata/tiny.yaml", "model.optim.lrr=1"}, []string{"command line: model.optim.lrr", "did you mean lr?"}},
		"the file's other key":  {[]string{"train", "testdata/tiny.yaml", "model.vision.hidden_size=33"}, []string{"command line: model.vision.hidden_size=33: testdata/tiny.yaml:", "model.vision.num_attention_heads=2: "}},
		"no step to train":      {[]string{"train", "testdata/tiny.yaml", "trainer.max_steps=0"}, []string{"command line: trainer.max_steps=0: that trains nothing", "1 or more"}},
		"no override":           {[]string{"bench", "batch"}, []string{"key=value"}},
		"a preset of nobody":    {[]string{"profile", "ViT-B-33"}, []string{"ViT-B-33"}},
		"a precision of 7":      {[]string{"bench", "--precision", "7"}, []string{"trainer.precision"}},
		"a profile of words":    {[]string{"profile", "ViT-B-32", "model.vision.patch_dim=many"}, []string{"command line: model.vision.patch_dim"}},
		"a run in a folder":     {[]string{"train", "testdata/tiny.yaml", "--run", "a/b"}, []string{"--run a/b", "no name for a run"}},
		"a task of nobody":      {[]string{"eval", "tiny", "--task", "segment"}, []string{`"segment" for "--task"`, "it is retrieval, zeroshot or linear"}},
		"train without linear":  {[]string{"eval", "tiny", "--data", "emoji-small:train", "--train", "emoji-small:train"}, []string{"--train: it is for --task linear alone"}},
		"c without linear":      {[]string{"eval", "tiny", "--data", "emoji-small:train", "--task", "retrieval", "--c", "1"}, []string{"--c: it is for --task linear alone"}},
		"a c of NaN":            {[]string{"eval", "tiny", "--data", "emoji-small:train", "--task", "linear", "--c", "NaN"}, []string{"--c NaN: it is a number above 0"}},
		"a c of +Inf":           {[]string{"eval", "tiny", "--data", "emoji-small:train", "--task", "linear", "--c", "Inf"}, []string{"--c +Inf"}},
		"a c of 0":              {[]string{"eval", "tiny", "--data", "emoji-small:train", "--task", "linear", "--c", "0"}, []string{"--c 0: it is"}},
		"convert to what":       {[]string{"convert", "tiny", "out"}, []string{"--to is missing: native, openclip or huggingface"}},
		"a size of all frames":  {[]string{"watch", "--size", "80x24"}, []string{"--size 80x24: it is for --once alone"}},
		"classify without text": {[]string{"classify", "tiny", "--image", "x.png"}, []string{"--text TEXT"}},
	} {
		t.Run(name, func(t *testing.T) {
			finish(t, clipbench(tc.args...)).refused(t, 2, tc.words...)
		})
	}
}

func TestBadInputIsOneLineBeforeAnythingIsWritten(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	data := func(path string) string { return "model.data.train.dataset_path=[" + path + "]" }
	for name, tc := range map[string]struct {
		override string
		words    []string
	}{
		"unknown key":                {"model.optim.lrr=1", []string{"command line: model.optim.lrr", "unknown key", "did you mean lr?"}},
		"wrong type":                 {"trainer.max_steps=many", []string{"command line: trainer.max_steps", "many"}},
		"impossible combination":     {"model.vision.num_attention_heads=5", []string{"model.vision.num_attention_heads", "32"}},
		"not key=value":              {"trainer.max_steps", []string{"trainer.max_steps", "key=value"}},
		"NeMo's key without effect":  {"exp_manager.create_wandb_logger=true", []string{"create_wandb_logger", "Weights & Biases"}},
		"a metric that will not be":  {"exp_manager.checkpoint_callback_params.monitor=val_accuracy", []string{"monitor=val_accuracy", "val_top1"}},
		"no checkpoint to go on":     {"exp_manager.resume_ignore_no_checkpoint=false", []string{"no checkpoint to go on from", "resume_ignore_no_checkpoint"}},
		"missing shard":              {data(filepath.Join(dir, "nowhere.tar")), []string{"nowhere.tar", "no such file"}},
		"missing data set":           {data(filepath.Join(dir, "nowhere")), []string{"nowhere: no such data", "folder of images"}},
		"no data set":                {data(""), []string{"model.data.train.dataset_path", "no training data"}},
		"no split":                   {data("emoji-small"), []string{"emoji-small: a split is missing", ":train", "unseen-style", "joined by +"}},
		"a split that is not":        {data("emoji-small:trian"), []string{"trian", "train"}},
		"a shard that is no tar":     {data(write("text.tar", strings.Repeat("no tar file ", 100))), []string{"text.tar: is no tar file"}},
		"an empty shard":             {data(write("empty.tar", "")), []string{"empty.tar: is empty", "download it again"}},
		"a batch larger than all":    {"model.micro_batch_size=4096", []string{"fewer than a batch of 4096", "smaller batch"}},
		"more devices than are":      {"trainer.devices=99", []string{"trainer.devices=99", "devices number 1; set that or fewer"}},
		"time alone ends no run":     {"trainer={max_steps: -1, max_time: 5m}", []string{"max_steps", "max_epochs"}},
		"grey pictures":              {"model.vision={num_channels: 1, image_mean: [0.5], image_std: [0.5]}", []string{"model.vision.num_channels=1", "red, green and blue"}},
		"weights that are not there": {"model.restore_from_path=" + filepath.Join(dir, "gone"), []string{"restore_from_path", "gone"}},
	} {
		t.Run(name, func(t *testing.T) {
			runs := filepath.Join(t.TempDir(), "runs")
			o := finish(t, clipbench(trainArgs(runs, tc.override)...))
			code := 1
			if strings.HasPrefix(o.lastLine(), "clipbench: command line: ") {
				code = 2
			}
			o.refused(t, code, tc.words...)
			if strings.Count(o.stderr, "\n") != 1 {
				t.Errorf("more than a line:\n%s", o.stderr)
			}
			if _, err := os.Stat(runs); err == nil {
				t.Error("something was written")
			}
		})
	}
}

func TestBenchNeedsAVocabularyWithAWord(t *testing.T) {
	bench := []string{"bench", "--batch", "2", "--steps", "1", "model.text.encoder_seq_length=4"}
	finish(t, clipbench(append(bench, "model.text.vocab_size=2")...)).refused(t, 1, "model.text.vocab_size=2", "raise it")
	succeeds(t, append(bench, "model.text.vocab_size=null")...)
}

// shard writes the small training set as one shard, with the pictures that damage names cut in half.
func shard(t *testing.T, damage ...int) string {
	t.Helper()
	source, err := emoji.OpenTestdata("train")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w, err := webdataset.NewWriter(dir, "pairs", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	broken := map[int]bool{}
	for _, i := range damage {
		broken[i] = true
	}
	for i := range source.Len() {
		s, err := source.Sample(i)
		if err != nil {
			t.Fatal(err)
		}
		if broken[i] {
			s.Image = s.Image[:len(s.Image)/2]
		}
		if err := w.Add(s.Key, map[string][]byte{"png": s.Image, "txt": []byte(s.Captions[0])}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "pairs-000000.tar")
}

func TestABrokenPictureIsNamedCountedAndSkipped(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	o := succeeds(t, trainArgs(runs, "--json", "model.data.train.dataset_path=["+shard(t, 17)+"]")...)
	var summary struct {
		State   string
		Skipped int
	}
	if err := json.Unmarshal([]byte(o.stdout), &summary); err != nil || summary.State != "finished" || summary.Skipped < 1 {
		t.Errorf("summary %+v, %v", summary, err)
	}
	log, err := os.ReadFile(filepath.Join(runs, "tiny", "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	source, err := emoji.OpenTestdata("train")
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Sample(17)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{`sample "` + s.Key + `"`, "pairs-000000.tar", "skipped (1 of "} {
		if !strings.Contains(string(log), word) {
			t.Errorf("the log does not say %q:\n%s", word, log)
		}
	}
}

func TestMoreThanAHundredthBrokenStopsTheRunAndKeepsWhatWasLearned(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	finish(t, clipbench(trainArgs(runs, "model.data.train.dataset_path=["+shard(t, 1, 20, 40, 60, 80, 100)+"]")...)).
		refused(t, 1, "samples are broken, more than the 1 % that may be skipped", "pairs-000000.tar")
	status, err := os.ReadFile(filepath.Join(runs, "tiny", "status.json"))
	if err != nil || !strings.Contains(string(status), `"state": "failed"`) || !strings.Contains(string(status), "may be skipped") {
		t.Errorf("the run's state: %s, %v", status, err)
	}
}

func TestAShardCutShortIsUsedUpToTheCutAndNamed(t *testing.T) {
	path := shard(t) // the cut leaves whole samples: what is missing is the end that an archive has
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-5*512); err != nil {
		t.Fatal(err)
	}
	runs := filepath.Join(t.TempDir(), "runs")
	succeeds(t, trainArgs(runs, "model.data.train.dataset_path=["+path+"]")...)
	log, err := os.ReadFile(filepath.Join(runs, "tiny", "log.txt"))
	if err != nil || !strings.Contains(string(log), "the shard is cut short") {
		t.Errorf("the log says nothing of the cut, %v:\n%s", err, log)
	}
	if err := os.Truncate(path, 600); err != nil {
		t.Fatal(err)
	}
	finish(t, clipbench(trainArgs(filepath.Join(t.TempDir(), "runs"), "model.data.train.dataset_path=["+path+"]")...)).
		refused(t, 1, "pairs-000000.tar", "fewer than a batch")
}
