package runlog

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestJudge(t *testing.T) {
	checked := time.Unix(1_000_000, 0)
	promise := func(state State) Status {
		return Status{State: state, Checked: checked, Due: checked.Add(30 * time.Second)}
	}
	for _, tc := range []struct {
		name   string
		status Status
		life   Life
		late   time.Duration
		want   State
	}{
		{"in time", promise(Running), Alive, -time.Second, Running},
		{"a little late is no news", promise(Running), Alive, time.Second, Running},
		{"promise missed, process alive", promise(Running), Alive, time.Minute, Stalled},
		{"alive for hours without a word", promise(Running), Alive, 9 * time.Hour, Stalled},
		{"process gone, promise still good", promise(Running), Gone, -time.Second, Crashed},
		{"elsewhere, promise missed", promise(Running), OutOfSight, time.Minute, Stalled},
		{"elsewhere, far past the promise", promise(Running), OutOfSight, time.Hour, Crashed},
		{"finished, process gone", promise(Finished), Gone, time.Hour, Finished},
		{"stopped", promise(Stopped), Gone, time.Hour, Stopped},
		{"failed", promise(Failed), Alive, 0, Failed},
		{"a promise of a thousand years, not yet missed", Status{State: Running, Checked: checked, Due: checked.AddDate(1000, 0, 0)}, OutOfSight, -time.Hour, Running},
		{"a promise before its own check-in", Status{State: Running, Checked: checked, Due: checked.Add(-time.Hour)}, Alive, time.Hour, Stalled},
		{"a promise of a day, missed by nine", Status{State: Running, Checked: checked, Due: checked.AddDate(0, 0, 1)}, OutOfSight, 9 * 24 * time.Hour, Stalled},
		{"a promise of a day, missed by eleven", Status{State: Running, Checked: checked, Due: checked.AddDate(0, 0, 1)}, OutOfSight, 11 * 24 * time.Hour, Crashed},
		{"nothing known", Status{}, OutOfSight, 0, Unknown},
		{"no status yet", Status{}, Alive, time.Hour, Running},
	} {
		if got := Judge(tc.status, tc.life, tc.late); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

// TestPulseTrustsWhatItSees has a writer whose clock is an hour wrong, either way, and then dies.
func TestPulseTrustsWhatItSees(t *testing.T) {
	here := time.Unix(2_000_000, 0)
	for _, wrong := range []time.Duration{-time.Hour, time.Hour} {
		var p Pulse
		beat := func(at time.Time) Status {
			checked := at.Add(wrong)
			return Status{State: Running, Checked: checked, Due: checked.Add(30 * time.Second)}
		}
		p.Late(beat(here), here)
		last := beat(here.Add(20 * time.Second))
		if late := p.Late(last, here.Add(20*time.Second)); late > 0 {
			t.Errorf("clock %v wrong: a live run is %v late", wrong, late)
		}
		if late := p.Late(last, here.Add(120*time.Second)); late != 70*time.Second {
			t.Errorf("clock %v wrong: a silent run is %v late, want 70 s", wrong, late)
		}
	}
	var p Pulse
	dead := Status{State: Running, Checked: here.Add(-48 * time.Hour), Due: here.Add(-47 * time.Hour)}
	if late := p.Late(dead, here); late != 47*time.Hour {
		t.Errorf("at first sight the writer's own clock counts: %v", late)
	}
}

func TestListLeavesOutWhatIsNoRunAndKeepsWhatIsBroken(t *testing.T) {
	root := t.TempDir()
	check(must(Create(root, "good", Info{}, nil)).Close(Status{State: Finished}))
	check(os.Mkdir(filepath.Join(root, "empty"), 0o755))
	write(t, filepath.Join(root, "file"), nil)
	check(os.Mkdir(filepath.Join(root, "broken"), 0o755))
	write(t, filepath.Join(root, "broken", "run.json"), []byte("{"))
	runs := must(List(root))
	if len(runs) != 2 || runs[0].Name != "broken" || runs[1].Name != "good" {
		t.Fatalf("%v", runs)
	}
	if runs[0].Problem == nil || runs[0].State != Unknown || runs[1].Problem != nil {
		t.Errorf("%+v, %+v", runs[0], runs[1])
	}
	if one := must(List(filepath.Join(root, "good"))); len(one) != 1 || one[0].Name != "good" {
		t.Errorf("a run's own folder: %v", one)
	}
	_, err := List(filepath.Join(root, "nowhere"))
	wants(t, err, "nowhere", "does not exist")
}

func TestListerSeesANewStatusAndKeepsWhatItKnew(t *testing.T) {
	root := t.TempDir()
	w := must(Create(root, "a", Info{}, nil))
	lister := NewLister(root)
	must(lister.Poll(time.Now()))
	check(w.Status(Status{State: Running, Step: 9, Total: 10}))
	if run := must(lister.Poll(time.Now()))[0]; run.Status.Step != 9 || run.State != Running {
		t.Errorf("%+v", run)
	}
	check(w.Close(Status{State: Finished, Step: 10}))
	check(os.Remove(filepath.Join(w.Dir(), "run.json")))
	if run := must(lister.Poll(time.Now()))[0]; run.Problem == nil || run.Info.PID == 0 {
		t.Errorf("what was known is kept, and the trouble told: %+v", run)
	}
	check(os.RemoveAll(w.Dir()))
	if runs := must(lister.Poll(time.Now())); len(runs) != 0 {
		t.Errorf("a folder deleted while watched is still listed: %v", runs)
	}
}

func TestListerJudgesBySilence(t *testing.T) {
	root := t.TempDir()
	w := must(Create(root, "a", Info{}, nil))
	check(w.Status(Status{State: Running, Next: time.Second}))
	lister := NewLister(root)
	now := time.Now()
	for after, want := range map[time.Duration]State{0: Running, time.Minute: Stalled} {
		if run := must(lister.Poll(now.Add(after)))[0]; run.State != want {
			t.Errorf("after %v: %s, want %s", after, run.State, want)
		}
	}
	check(w.Close(Status{}))
}
