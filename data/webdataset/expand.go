package webdataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxNames bounds what one pattern may expand to.
const maxNames = 1_000_000

// Expand turns patterns of shards into file names, as WebDataset does: `a::b` is a list,
// `{000..009}` and `{a,b}` stand for every value, and of two braces the last varies fastest.
// Beyond WebDataset, `*`, `?` and `[…]` match existing files, in the order of their names.
func Expand(patterns ...string) ([]string, error) {
	var names []string
	for _, pattern := range patterns {
		for part := range strings.SplitSeq(pattern, "::") {
			expanded, err := expandBraces(part)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", pattern, err)
			}
			if names = append(names, expanded...); len(names) > maxNames {
				return nil, fmt.Errorf("%s: stands for more than %d files", pattern, maxNames)
			}
		}
	}
	return expandGlobs(names)
}

func expandGlobs(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		if !strings.ContainsAny(name, "*?[") || exists(name) {
			files = append(files, name)
			continue
		}
		matches, err := filepath.Glob(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(matches) == 0 {
			return nil, fmt.Errorf("%s: no file matches", name)
		}
		slices.Sort(matches)
		files = append(files, matches...)
	}
	return files, nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// expandBraces expands the first braces of s and, recursively, what is in and behind them.
// Braces with neither a comma nor a range stay as they are.
func expandBraces(s string) ([]string, error) {
	open, end, err := firstBraces(s)
	if err != nil || open < 0 {
		return []string{s}, err
	}
	heads, err := alternatives(s[open+1 : end])
	if err != nil {
		return nil, err
	}
	tails, err := expandBraces(s[end+1:])
	if err != nil {
		return nil, err
	}
	if len(heads)*len(tails) > maxNames {
		return nil, fmt.Errorf("stands for more than %d files", maxNames)
	}
	names := make([]string, 0, len(heads)*len(tails))
	for _, head := range heads {
		for _, tail := range tails {
			names = append(names, s[:open]+head+tail)
		}
	}
	return names, nil
}

// firstBraces finds the first opening brace and the closing brace that belongs to it; -1 without any.
func firstBraces(s string) (open, end int, err error) {
	open = strings.IndexByte(s, '{')
	if open < 0 {
		return -1, -1, nil
	}
	depth := 0
	for i := open; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return open, i, nil
			}
		}
	}
	return 0, 0, fmt.Errorf("the brace at character %d is not closed", open+1)
}

// alternatives expands what stands between two braces.
func alternatives(inner string) ([]string, error) {
	parts := splitTop(inner)
	if len(parts) == 1 {
		if values, ok, err := sequence(inner); ok || err != nil {
			return values, err
		}
	}
	var all []string
	for _, part := range parts {
		expanded, err := expandBraces(part)
		if err != nil {
			return nil, err
		}
		all = append(all, expanded...)
	}
	if len(parts) == 1 {
		for i := range all {
			all[i] = "{" + all[i] + "}"
		}
	}
	return all, nil
}

// splitTop splits at the commas that lie in no further braces.
func splitTop(s string) (parts []string) {
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}

// sequence expands first..last or first..last..step, of numbers or of letters.
func sequence(s string) (values []string, ok bool, err error) {
	bounds := strings.Split(s, "..")
	if len(bounds) != 2 && len(bounds) != 3 {
		return nil, false, nil
	}
	step := 1
	if len(bounds) == 3 {
		if step, err = strconv.Atoi(bounds[2]); err != nil {
			return nil, false, nil
		}
		step = max(step, -step, 1)
	}
	first, last, name, ok := sequenceBounds(bounds[0], bounds[1])
	if !ok {
		return nil, false, nil
	}
	if span := max(last-first, first-last); span < 0 || span/step >= maxNames {
		return nil, true, fmt.Errorf("{%s} stands for more than %d values", s, maxNames)
	}
	if first > last {
		step = -step
	}
	for v := first; (step > 0 && v <= last) || (step < 0 && v >= last); v += step {
		values = append(values, name(v))
	}
	return values, true, nil
}

// sequenceBounds reads the ends of a range, and how a value between them is written.
func sequenceBounds(a, b string) (first, last int, name func(int) string, ok bool) {
	if letter(a) && letter(b) {
		return int(a[0]), int(b[0]), func(v int) string { return string(rune(v)) }, true
	}
	first, errA := strconv.Atoi(a)
	last, errB := strconv.Atoi(b)
	if errA != nil || errB != nil {
		return 0, 0, nil, false
	}
	width := 0
	if padded(a) || padded(b) {
		width = max(len(a), len(b))
	}
	return first, last, func(v int) string { return fmt.Sprintf("%0*d", width, v) }, true
}

func letter(s string) bool {
	return len(s) == 1 && (s[0]|0x20) >= 'a' && (s[0]|0x20) <= 'z'
}

func padded(number string) bool {
	digits := strings.TrimLeft(number, "+-")
	return len(digits) > 1 && digits[0] == '0'
}
