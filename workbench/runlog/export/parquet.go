package export

import (
	"io"

	"github.com/parquet-go/parquet-go"
)

// rowGroup is how many rows Parquet keeps together, and in memory while it writes.
const rowGroup = 1 << 16

// writeParquet writes the columns of writeCSV; a metric that a line does not have is null. Metrics are doubles.
func writeParquet(w io.Writer, tables []table) error {
	metrics := metricsOf(tables)
	group := parquet.Group{
		"run": parquet.Encoded(parquet.String(), &parquet.RLEDictionary), "step": parquet.Int(64), "samples": parquet.Leaf(parquet.DoubleType),
		"epoch": parquet.Leaf(parquet.DoubleType), "time": parquet.Leaf(parquet.DoubleType),
	}
	for _, m := range metrics {
		group[m.column] = parquet.Optional(parquet.Leaf(parquet.DoubleType))
	}
	schema := parquet.NewSchema("metrics", group)
	out := parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowGroup))
	at := map[string]int{} // a group's columns are in the order of their names
	for i, path := range schema.Columns() {
		at[path[0]] = i
	}
	row := make(parquet.Row, len(at))
	put := func(column int, v parquet.Value, level int) { row[column] = v.Level(0, level, column) }
	columns := make([]int, len(metrics))
	for i, m := range metrics {
		columns[i] = at[m.column]
	}
	for _, t := range tables {
		values := newCursor(t.history, metrics)
		for r := range t.history.Len() {
			put(at["run"], parquet.ByteArrayValue([]byte(t.run.Name)), 0)
			put(at["step"], parquet.Int64Value(int64(t.history.Step(r))), 0)
			put(at["samples"], parquet.DoubleValue(t.history.Samples(r)), 0)
			put(at["epoch"], parquet.DoubleValue(t.history.Epoch(r)), 0)
			put(at["time"], parquet.DoubleValue(t.history.Time(r)), 0)
			for i, column := range columns {
				if v, ok := values.value(i, r); ok {
					put(column, parquet.DoubleValue(v), 1)
				} else {
					put(column, parquet.NullValue(), 0)
				}
			}
			if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
				return err
			}
		}
	}
	return out.Close()
}
