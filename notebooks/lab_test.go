package notebooks

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"clipbench/setup/jupyter"
	"clipbench/workbench"
)

// screenshotVariable names the file that the screenshot is kept in: CLIPBENCH_SCREENSHOT=docs/lab.png makes the one of the
// documentation, with the whole emoji set.
const screenshotVariable = "CLIPBENCH_SCREENSHOT"

// visit is what the browser is to do, and seen what it saw there.
type visit struct {
	Chromium   string `json:"chromium"`
	Profile    string `json:"profile"`
	URL        string `json:"url"`
	Token      string `json:"token"`
	Notebook   string `json:"notebook"`
	StopAt     int    `json:"stopAt"`   // the step after which Stop is pressed
	Pictures   int    `json:"pictures"` // that the notebook shows at its end
	Patience   int    `json:"patience"` // seconds for each thing that it waits for
	Screenshot string `json:"screenshot"`
}

type seen struct {
	Steps   []int        `json:"steps"`   // that the live bar showed
	Charts  int          `json:"charts"`  // different pictures of the live curves
	Stopped string       `json:"stopped"` // what the cell said after Stop
	Images  [][3]float64 `json:"images"`  // pixels wide and high, and the width on the screen
	Errors  []string     `json:"errors"`
}

func TestLabShowsALiveChartThatStopEndsWithACheckpoint(t *testing.T) {
	v := visit{Token: "quickstart", Notebook: "01-quickstart.ipynb", StopAt: 12, Pictures: 3, Patience: 600}
	v.Chromium = chromium(t)
	browser := browserFolder(t)
	l := lab(t)
	folder := labFolder(t, l)
	environment := []string{jupyter.FolderVariable + "=" + folder, workbench.ShortVariable + "=1"}
	v.Profile, v.Screenshot = filepath.Join(folder, "profile"), filepath.Join(folder, "lab.png")
	if kept := os.Getenv(screenshotVariable); kept != "" {
		v.Screenshot, v.StopAt, environment = filepath.Join(l.Root, kept), 210, environment[:1]
	}
	v.URL = serve(t, l, folder, v.Token, environment)

	saw := look(t, browser, v)
	for _, e := range saw.Errors {
		t.Error(e)
	}
	if len(saw.Steps) < 3 || !slices.IsSorted(saw.Steps) || saw.Charts < 3 {
		t.Errorf("the bar showed the steps %v and the curves %d pictures; want both to move", saw.Steps, saw.Charts)
	}
	if !strings.Contains(saw.Stopped, "stopped at step") {
		t.Errorf("after Stop the cell said %q", saw.Stopped)
	}
	for i, image := range saw.Images {
		if image[0] < 400 || image[1] < 200 || image[2] < 200 {
			t.Errorf("picture %d on the screen has %.0f×%.0f pixels, shown %.0f wide", i, image[0], image[1], image[2])
		}
	}
	checkStopped(t, folder, saw)
}

// checkStopped opens the run that was stopped: its checkpoint has a step that was shown last, or one that came after.
func checkStopped(t *testing.T, folder string, saw seen) {
	t.Helper()
	run, err := workbench.Open("quickstart", workbench.Options{Root: filepath.Join(folder, "runs"), Backend: "go"})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if len(saw.Steps) > 0 && run.Steps() < saw.Steps[len(saw.Steps)-1] {
		t.Errorf("step %d was on the screen, and the checkpoint has %d", saw.Steps[len(saw.Steps)-1], run.Steps())
	}
	if want := fmt.Sprintf("stopped at step %d of", run.Steps()); !strings.Contains(saw.Stopped, want) {
		t.Errorf("the cell said %q, and the checkpoint has step %d", saw.Stopped, run.Steps())
	}
}

// chromium is the browser's path. Without one the test is skipped.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium to drive JupyterLab with; on Debian: apt-get install chromium")
	return ""
}

// browserFolder is where playwright-core is installed: npm checks it against the lock. Without npm the test is skipped.
func browserFolder(t *testing.T) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("there is no npm to fetch playwright-core with, which drives the browser")
	}
	l, err := jupyter.Here()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(l.Root, ".cache", "browser")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json", "lab.mjs"} {
		content, err := os.ReadFile(filepath.Join("testdata", "browser", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "playwright-core", "package.json")); err == nil {
		return folder
	}
	cmd := exec.CommandContext(t.Context(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-timeout=20000", "--fetch-retries=1")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("playwright-core could not be fetched: %v: %s", err, bytes.TrimSpace(out))
	}
	return folder
}

// labFolder is a working folder with a copy of the quickstart that trains for longer than anybody waits.
func labFolder(t *testing.T, l *jupyter.Lab) string {
	t.Helper()
	folder, err := l.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	content, err := os.ReadFile("01-quickstart.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	const short, long = "Setting(400, 24)", "Setting(400, 4000)"
	if !bytes.Contains(content, []byte(short)) {
		t.Fatalf("the quickstart has no %s to lengthen", short)
	}
	content = bytes.Replace(content, []byte(short), []byte(long), 1)
	if err := os.Mkdir(filepath.Join(folder, "lab"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "lab", "01-quickstart.ipynb"), content, 0o644); err != nil {
		t.Fatal(err)
	}
	return folder
}

// serve runs JupyterLab on a folder's lab/ until the test ends, and returns its address.
func serve(t *testing.T, l *jupyter.Lab, folder, token string, environment []string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, l.Python(), "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.root_dir="+filepath.Join(folder, "lab"),
		fmt.Sprintf("--ServerApp.port=%d", address.Port), "--ServerApp.port_retries=0", "--IdentityProvider.token="+token)
	cmd.Env, cmd.WaitDelay = l.Environment(environment...), 20*time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // an interrupt would be asked about
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	url := "http://" + address.String()
	for range 600 {
		response, err := http.Get(url + "/api/status?token=" + token)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return url
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatal("JupyterLab did not answer within two minutes")
	return ""
}

// look drives the browser.
func look(t *testing.T, browser string, v visit) seen {
	t.Helper()
	order, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "lab.mjs", string(order))
	cmd.Dir, cmd.WaitDelay = browser, 20*time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	t.Log("\n" + said.String())
	if err != nil {
		t.Fatal(err)
	}
	var saw seen
	if err := json.Unmarshal(out, &saw); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return saw
}
