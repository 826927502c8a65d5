package export

import (
	"io"

	"github.com/parquet-go/parquet-go"
)

// writeParquet writes the columns of writeCSV; a metric that a line does not have is null. Metrics are doubles.
func writeParquet(w io.Writer, tables []table) error {
	names := metricNames(tables)
	group := parquet.Group{
		"run": parquet.Encoded(parquet.String(), &parquet.RLEDictionary), "step": parquet.Int(64), "samples": parquet.Leaf(parquet.DoubleType),
		"epoch": parquet.Leaf(parquet.DoubleType), "time": parquet.Leaf(parquet.DoubleType),
	}
	for _, name := range names {
		group[columnName(name)] = parquet.Optional(parquet.Leaf(parquet.DoubleType))
	}
	schema := parquet.NewSchema("metrics", group)
	out := parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Zstd))
	at := map[string]int{} // a group's columns are in the order of their names
	for i, path := range schema.Columns() {
		at[path[0]] = i
	}
	row := make(parquet.Row, len(at))
	for _, t := range tables {
		values := newCursor(t.history, names)
		for r := range t.history.Len() {
			put := func(name string, v parquet.Value, level int) { row[at[name]] = v.Level(0, level, at[name]) }
			put("run", parquet.ByteArrayValue([]byte(t.run.Name)), 0)
			put("step", parquet.Int64Value(int64(t.history.Step(r))), 0)
			put("samples", parquet.DoubleValue(t.history.Samples(r)), 0)
			put("epoch", parquet.DoubleValue(t.history.Epoch(r)), 0)
			put("time", parquet.DoubleValue(t.history.Time(r)), 0)
			for i, name := range names {
				if v, ok := values.value(i, r); ok {
					put(columnName(name), parquet.DoubleValue(v), 1)
				} else {
					put(columnName(name), parquet.NullValue(), 0)
				}
			}
			if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
				return err
			}
		}
	}
	return out.Close()
}
