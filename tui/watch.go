package tui

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// frameRate is how often the screen is brought up to date at most.
const frameRate = 30

// Watch shows the dashboard over the runs below root, or over the one run that root is, until the user quits or ctx
// ends. It reads only; the runs go on whatever becomes of it.
func Watch(ctx context.Context, root string, o Options) error {
	o, err := o.settled(environment)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	program := tea.NewProgram(newModel(ctx, root, o), tea.WithContext(ctx), tea.WithFPS(frameRate))
	_, err = program.Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil || errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}

// Once is one frame of the dashboard over the runs below root, in w by h cells, when everything on it has been read.
// Colours are escape sequences; with the theme "none" there are none, and the frame is plain text.
func Once(ctx context.Context, root string, w, h int, o Options) (string, error) {
	o, err := o.settled(environment)
	if err != nil {
		return "", err
	}
	m := newModel(ctx, root, o)
	m.width, m.height = w, h
	m.settle()
	if m.store.Err != nil { // a live dashboard waits for the folder; a single frame has nothing to wait for
		return "", m.store.Err
	}
	frame := m.Frame()
	if o.Theme == "none" {
		frame = ansi.Strip(frame)
	}
	return strings.TrimRight(frame, "\n"), ctx.Err()
}

// settle reads everything that is due, and what becomes due by that, here and now.
func (m *Model) settle() {
	for range 10_000 {
		jobs := m.store.Jobs(m.shown())
		if r := m.runs.Selected(); r != nil {
			if m.view == logView {
				jobs = append(jobs, m.store.LogJob(r))
			}
			if m.view == picturesView {
				jobs = append(jobs, m.pictureJobs(r)...)
			}
		}
		worked := false
		for _, job := range jobs {
			if job != nil && m.ctx.Err() == nil {
				m.store.Take(job())
				worked = true
			}
		}
		m.tell()
		if !worked {
			return
		}
	}
}
