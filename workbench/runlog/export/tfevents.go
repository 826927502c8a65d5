package export

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// ours ends the name of every event file written here, by which the next export knows it.
const ours = ".clipbench"

// writeEvents writes dir/<run>/events.out.tfevents.* for every run, one event a row, as TensorBoard reads them. Its values
// are float32: beyond 3.4e38 they are infinite.
func writeEvents(ctx context.Context, dir string, tables []table) ([]string, error) {
	var files []string
	for _, t := range tables {
		folder := filepath.Join(dir, t.run.Name)
		name := fmt.Sprintf("events.out.tfevents.%d.%s%s", max(0, t.run.Info.Created.Unix()), hostName(t.run.Info.Host), ours)
		written, err := one(ctx, filepath.Join(folder, name), func(w io.Writer) error { return writeRun(w, t) })
		if err != nil {
			return files, err
		}
		files = append(files, written...)
		if err := removeOlder(folder, name); err != nil {
			return files, err
		}
	}
	return files, nil
}

// hostName is a host's name as a part of a file's name.
func hostName(host string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '.') {
			return r
		}
		return '_'
	}, host[:min(len(host), 100)])
}

// removeOlder removes what was exported of an earlier run of the same name: TensorBoard reads all event files of a folder
// as one run.
func removeOlder(folder, newest string) error {
	older, err := filepath.Glob(filepath.Join(escaped(folder), "events.out.tfevents.*"+ours))
	if err != nil {
		return err
	}
	for _, path := range older {
		if filepath.Base(path) != newest {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// escaped is a path as Glob's pattern for itself.
func escaped(path string) string {
	return strings.NewReplacer("\\", "\\\\", "*", "\\*", "?", "\\?", "[", "\\[").Replace(path)
}

// writeRun writes the version and then every row as one event with a value for each of its metrics.
func writeRun(w io.Writer, t table) error {
	buffered := bufio.NewWriterSize(w, 1<<20)
	out := &records{w: buffered}
	var event, summary []byte
	out.write(appendBytes(appendDouble(nil, 1, began(t)), 3, []byte("brain.Event:2")))
	metrics := metricsOf([]table{t})
	values := newCursor(t.history, metrics)
	for row := range t.history.Len() {
		summary = summary[:0]
		for i, m := range metrics {
			if v, ok := values.value(i, row); ok {
				summary = appendBytes(summary, 1, scalar(m.name, v))
			}
		}
		event = appendDouble(event[:0], 1, t.history.Time(row))
		event = appendVarint(event, 2, uint64(t.history.Step(row)))
		out.write(appendBytes(event, 5, summary))
	}
	if out.err != nil {
		return out.err
	}
	return buffered.Flush()
}

// began is when a run was created, in seconds since 1970; of one without run.json, the time of its first row.
func began(t table) float64 {
	if !t.run.Info.Created.IsZero() {
		return float64(t.run.Info.Created.UnixMicro()) / 1e6
	}
	if t.history.Len() > 0 {
		return t.history.Time(0)
	}
	return 0
}

// scalar is a Summary.Value with tag and simple_value (tensorflow/core/framework/summary.proto).
func scalar(name string, v float64) []byte {
	b := appendBytes(nil, 1, []byte(name))
	b = binary.AppendUvarint(b, 2<<3|5)
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
}

// The wire format of protocol buffers: a key of field number and type, then the value.
func appendVarint(b []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(field)<<3), v)
}

func appendDouble(b []byte, field int, v float64) []byte {
	return binary.LittleEndian.AppendUint64(binary.AppendUvarint(b, uint64(field)<<3|1), math.Float64bits(v))
}

func appendBytes(b []byte, field int, v []byte) []byte {
	b = binary.AppendUvarint(b, uint64(field)<<3|2)
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

// records is TFRecord: the length, its checksum, the payload, its checksum.
type records struct {
	w   io.Writer
	err error
}

func (r *records) write(payload []byte) {
	if r.err != nil {
		return
	}
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(payload)))
	head = binary.LittleEndian.AppendUint32(head, masked(head))
	tail := binary.LittleEndian.AppendUint32(nil, masked(payload))
	for _, part := range [][]byte{head, payload, tail} {
		if _, err := r.w.Write(part); err != nil {
			r.err = err
			return
		}
	}
}

// masked is CRC-32C, turned and shifted so that a checksum of data with checksums in it is none of a known kind.
func masked(b []byte) uint32 {
	c := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
	return (c>>15 | c<<17) + 0xa282ead8
}
