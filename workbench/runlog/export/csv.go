package export

import (
	"bufio"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
)

// writeCSV writes run, step, samples, epoch, time (seconds since 1970) and the metrics; a metric that a line does not
// have is empty.
func writeCSV(w io.Writer, tables []table) error {
	metrics := metricsOf(tables)
	buffered := bufio.NewWriterSize(w, 1<<20)
	out := csv.NewWriter(buffered)
	record := slices.Clone(place)
	for _, m := range metrics {
		record = append(record, m.column)
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for _, t := range tables {
		values := newCursor(t.history, metrics)
		for row := range t.history.Len() {
			record = append(record[:0], t.run.Name, strconv.Itoa(t.history.Step(row)),
				number(t.history.Samples(row)), number(t.history.Epoch(row)), number(t.history.Time(row)))
			for i := range metrics {
				field := ""
				if v, ok := values.value(i, row); ok {
					field = number(v)
				}
				record = append(record, field)
			}
			if err := out.Write(record); err != nil {
				return err
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// number is the shortest text that reads back the same, without an exponent for times.
func number(v float64) string {
	if v >= 1e6 && v < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
