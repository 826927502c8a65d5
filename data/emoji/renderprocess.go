package emoji

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// errDied says that a picture ended the process that was drawing it.
var errDied = errors.New("the renderer died")

// renderProcess is a running child with at most one picture in flight: if it dies, that one is to blame.
type renderProcess struct {
	command *exec.Cmd
	limit   time.Duration
	input   io.Closer
	ask     *json.Encoder
	answers *json.Decoder
	said    *bytes.Buffer // its standard error, complete after stop
}

type renderRequest struct {
	SVG string `json:"svg"`
}

type renderAnswer struct {
	Ready bool   `json:"ready"`
	PNG   []byte `json:"png"` // base64 in JSON
	Error string `json:"error"`
}

// startRenderProcess starts a child and waits until it is ready.
func startRenderProcess(command *exec.Cmd, limit time.Duration) (*renderProcess, error) {
	said := &bytes.Buffer{}
	command.Stderr = said
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the renderer: %w", err)
	}
	p := &renderProcess{command, limit, input, json.NewEncoder(input), json.NewDecoder(output), said}
	if hello, err := p.answer(); err != nil || !hello.Ready {
		ended := p.stop()
		return nil, fmt.Errorf("the renderer does not start: %s", lastWords(said.String(), ended))
	}
	return p, nil
}

// draw renders one picture. After errDied the process is of no further use.
func (p *renderProcess) draw(svg string) ([]byte, error) {
	if err := p.ask.Encode(renderRequest{svg}); err != nil {
		return nil, errDied
	}
	answer, err := p.answer()
	if err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	return answer.PNG, nil
}

// answer waits for the child's next word, and kills a child that takes too long.
func (p *renderProcess) answer() (answer renderAnswer, err error) {
	hangs := time.AfterFunc(p.limit, func() { _ = p.command.Process.Kill() })
	defer hangs.Stop()
	if err := p.answers.Decode(&answer); err != nil {
		return answer, errDied
	}
	return answer, nil
}

// stop ends the child and says how it ended: nil, "signal: aborted", "exit status 1".
func (p *renderProcess) stop() error {
	if p == nil {
		return nil
	}
	_ = p.input.Close()
	return p.command.Wait()
}

// lastWords is the line of a program's standard error that names the error, or else how the program ended.
func lastWords(said string, ended error) string {
	for line := range strings.Lines(said) {
		if strings.Contains(line, "Error") {
			return strings.TrimSpace(line)
		}
	}
	return fmt.Sprint(ended)
}
