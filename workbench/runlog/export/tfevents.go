package export

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
)

// writeEvents writes dir/<run>/events.out.tfevents.* for every run, one scalar event a value, as TensorBoard reads them.
func writeEvents(dir string, tables []table) ([]string, error) {
	var files []string
	for _, t := range tables {
		folder := filepath.Join(dir, t.run.Name)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return files, err
		}
		name := fmt.Sprintf("events.out.tfevents.%d.%s", t.run.Info.Created.Unix(), t.run.Info.Host)
		written, err := one(filepath.Join(folder, name), func(w io.Writer) error { return writeRun(w, t) })
		if err != nil {
			return files, err
		}
		files = append(files, written...)
	}
	return files, nil
}

// writeRun writes the version and then every row as one event with a value for each of its metrics.
func writeRun(w io.Writer, t table) error {
	buffered := bufio.NewWriterSize(w, 1<<20)
	out := &records{w: buffered}
	var event, summary []byte
	created := float64(t.run.Info.Created.UnixMicro()) / 1e6
	out.write(appendBytes(appendDouble(nil, 1, created), 3, []byte("brain.Event:2")))
	names := metricNames([]table{t})
	values := newCursor(t.history, names)
	for row := range t.history.Len() {
		summary = summary[:0]
		for i, name := range names {
			if v, ok := values.value(i, row); ok {
				summary = appendBytes(summary, 1, scalar(name, v))
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
