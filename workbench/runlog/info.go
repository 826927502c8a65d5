package runlog

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"time"
)

// Info is run.json: what the run is and which process writes it.
// Create fills in ID, Name, Created and Process; the caller gives the rest.
type Info struct {
	ID       string            `json:"id"`                   // 12 hexadecimal digits, kept over resumes
	Name     string            `json:"name"`                 // the folder's name
	Created  time.Time         `json:"created"`              // of the run, not of its latest resume
	Command  []string          `json:"command"`              // the command line; os.Args if nil
	Commit   string            `json:"git_commit,omitempty"` // of the code that runs
	Backend  string            `json:"backend,omitempty"`    // such as xla:cpu
	Versions map[string]string `json:"versions,omitempty"`   // of what the numbers depend on
	Data     map[string]int    `json:"data,omitempty"`       // pairs of each source that is learned from, by its name
	Tags     []string          `json:"tags,omitempty"`
	Resumed  []Resume          `json:"resumed,omitempty"` // one entry for every Append
	Process
}

// Resume notes that a run went on after step Step at Time.
type Resume struct {
	Step int       `json:"step"`
	Time time.Time `json:"time"`
}

// describe fills in what the process knows of itself.
func (i *Info) describe(name string, now time.Time) {
	i.Name, i.Process = name, thisProcess()
	if i.Command == nil {
		i.Command = os.Args
	}
	if i.ID == "" {
		i.ID, i.Created = newID(), now
	}
}

// newID is random, so that two runs of one name on two machines stay apart.
func newID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	return hex.EncodeToString(b[:])
}
