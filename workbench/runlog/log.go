package runlog

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
)

// logTime is RFC 3339 in milliseconds, UTC.
const logTime = "2006-01-02T15:04:05.000Z"

// Log appends one message to log.txt with the time, the level and the step last written. The lines after a message's
// first are indented. What cannot be written is told by Close: a full disk must not stop whoever only reports.
func (w *Writer) Log(level slog.Level, format string, args ...any) {
	text := strings.ReplaceAll(strings.TrimRight(fmt.Sprintf(format, args...), "\n"), "\n", "\n    ")
	w.mu.Lock()
	defer w.mu.Unlock()
	line := fmt.Sprintf("%s %-5s %d %s\n", time.Now().UTC().Format(logTime), level, w.last.Step, text)
	if err := w.log.write([]byte(line)); err != nil && w.logErr == nil {
		w.logErr = err
	}
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
