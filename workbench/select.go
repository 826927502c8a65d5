package workbench

import (
	"fmt"
	"slices"
	"strings"

	"clipbench/data"
)

// Where are the samples of a source whose meta data says value in a field: Where(emoji, "group", "food & drink").
func Where(source data.Source, field, value string) data.Source {
	indices, values := indicesBy(source, field)
	indices = slices.DeleteFunc(indices, func(i int) bool { return values[i] != value })
	slices.Sort(indices)
	return data.Subset(source, source.Name()+" with "+value, indices)
}

// SortedBy are the samples of a source in the order of a field of their meta data, so that what belongs together stands
// together. Samples without the field, and broken ones, are left out.
func SortedBy(source data.Source, field string) data.Source {
	indices, values := indicesBy(source, field)
	slices.SortStableFunc(indices, func(a, b int) int { return strings.Compare(values[a], values[b]) })
	return data.Subset(source, source.Name()+" by "+field, indices)
}

// Evenly are n samples of a source at equal distances: of a sorted one, some of everything.
func Evenly(source data.Source, n int) data.Source {
	indices := make([]int, min(n, source.Len()))
	for i := range indices {
		indices[i] = i * source.Len() / len(indices)
	}
	return data.Subset(source, source.Name(), indices)
}

// Head are the first n samples of a source.
func Head(source data.Source, n int) data.Source {
	indices := make([]int, min(n, source.Len()))
	for i := range indices {
		indices[i] = i
	}
	return data.Subset(source, source.Name(), indices)
}

// indicesBy finds the samples that have a field, and what it says.
func indicesBy(source data.Source, field string) (indices []int, values map[int]string) {
	values = map[int]string{}
	for i := range source.Len() {
		if s, err := source.Sample(i); err == nil && s.Meta[field] != nil {
			indices = append(indices, i)
			values[i] = fmt.Sprint(s.Meta[field])
		}
	}
	return indices, values
}
