package config

import (
	"regexp"
	"strings"
)

// suggestion is " (did you mean …?)" for a path that does not exist, or nothing when no key is near.
// A sibling is named alone; any other key in full.
func suggestion(path string) string {
	path = listIndex.ReplaceAllString(path, "")
	parent, name := split(path)
	keys := known()
	if best := nearest(name, siblings(keys, parent)); best != "" {
		return " (did you mean " + best + "?)"
	}
	if best := nearestPath(path, keys); best != "" {
		return " (did you mean " + best + "?)"
	}
	return ""
}

// listIndex is the place in a list, as in model.optim.rules[0].match.
var listIndex = regexp.MustCompile(`\[\d+\]`)

// split is a path's table and the name in it.
func split(path string) (parent, name string) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}

// siblings are the names directly below parent.
func siblings(keys []string, parent string) []string {
	var names []string
	for _, key := range keys {
		if above, name := split(key); above == parent {
			names = append(names, name)
		}
	}
	return names
}

// nearest is the candidate fewest edits from name, "" when none is near enough to be meant.
func nearest(name string, candidates []string) string {
	best, least := "", tolerance(name)+1
	for _, candidate := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// nearestPath is the full path whose last name is nearest to that of path; of equals the one whose whole path is.
func nearestPath(path string, keys []string) string {
	_, name := split(path)
	best, least, leastWhole := "", tolerance(name)+1, 0
	for _, key := range keys {
		_, candidate := split(key)
		d := distance(strings.ToLower(name), strings.ToLower(candidate))
		whole := distance(path, key)
		if d < least || d == least && best != "" && whole < leastWhole {
			best, least, leastWhole = key, d, whole
		}
	}
	return best
}

// tolerance is how many edits a slip of the finger makes in a name of this length.
func tolerance(name string) int {
	return max(1, len(name)/3)
}

// distance counts the edits from a to b: insert, delete, replace or swap two neighbours (optimal string alignment).
func distance(a, b string) int {
	before, last, row := []int{}, make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, make([]int, len(b)+1)
	}
	return last[len(b)]
}
