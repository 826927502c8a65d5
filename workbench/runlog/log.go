package runlog

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// logTime is RFC 3339 in milliseconds, UTC.
const logTime = "2006-01-02T15:04:05.000Z"

// A log that says the same thing at every step for weeks must not fill the disk that the run needs.
const (
	maxMessage = 64 << 10 // bytes; a longer message is cut
	maxLog     = 64 << 20 // bytes of log.txt; it then becomes log.old.txt and a new one is begun
)

// Log appends one message to log.txt with the time, the level and the step last written. The lines after a message's
// first are indented. What cannot be written is told by Close: a full disk must not stop whoever only reports.
func (w *Writer) Log(level slog.Level, format string, args ...any) {
	text := message(fmt.Sprintf(format, args...))
	w.mu.Lock()
	defer w.mu.Unlock()
	line := fmt.Sprintf("%s %-5s %d %s\n", time.Now().UTC().Format(logTime), level, w.last.Step, text)
	if err := w.logLine([]byte(line)); err != nil && w.logErr == nil {
		w.logErr = err
	}
}

// message cuts a text to its limit and indents all but its first line.
func message(text string) string {
	text = strings.TrimRight(text, "\n")
	if more := len(text) - maxMessage; more > 0 {
		text = fmt.Sprintf("%s… (%d bytes more)", strings.ToValidUTF8(text[:maxMessage], ""), more)
	}
	return strings.ReplaceAll(text, "\n", "\n    ")
}

// logLine appends to log.txt, beginning a new one when it is full.
func (w *Writer) logLine(line []byte) error {
	if w.closed {
		return errClosed(w.dir)
	}
	if w.log.size+int64(len(line)) <= w.logLimit {
		return w.log.write(line)
	}
	path := w.log.path
	if err := w.log.close(); err != nil {
		return err
	}
	if err := os.Rename(path, filepath.Join(w.dir, "log.old.txt")); err != nil {
		return explain(path, err)
	}
	fresh, err := openLines(path)
	if err != nil {
		return err
	}
	w.log = fresh
	return w.log.write(line)
}

// LogLine is one line of log.txt.
type LogLine struct {
	Time  time.Time // zero for a continued or foreign line
	Level slog.Level
	Step  int // -1 if the line does not say
	Text  string
}

// ParseLog reads one line without its newline. A line that Log did not write is text alone.
func ParseLog(line string) LogLine {
	plain := LogLine{Step: -1, Text: line}
	stamp, rest, _ := strings.Cut(line, " ")
	at, err := time.Parse(logTime, stamp)
	if err != nil {
		return plain
	}
	name, rest, _ := strings.Cut(rest, " ")
	var level slog.Level
	if level.UnmarshalText([]byte(name)) != nil {
		return plain
	}
	digits, text, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	step, err := strconv.Atoi(digits)
	if err != nil {
		return plain
	}
	return LogLine{Time: at, Level: level, Step: step, Text: text}
}
