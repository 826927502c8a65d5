package checkpoint

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Newest opens the newest undamaged checkpoint of a root. skipped says of each newer one what is wrong with it. When there
// is none at all the error is os.ErrNotExist; when every one is damaged it says so, for starting anew would hide the loss.
func Newest(root string) (saved *Saved, skipped []error, err error) {
	list, err := candidates(root)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range list {
		saved, err := Load(c.path)
		if err == nil {
			return saved, skipped, nil
		}
		skipped = append(skipped, fmt.Errorf("%w; the one before it is used", err))
	}
	if len(skipped) > 0 {
		return nil, skipped, fmt.Errorf("%s: none of its %d checkpoints is undamaged; the newest: %w", root, len(list), errors.Unwrap(skipped[0]))
	}
	return nil, nil, fmt.Errorf("%s holds no checkpoint: %w", root, os.ErrNotExist)
}

// candidate is a folder that a checkpoint of a step may be in.
type candidate struct {
	path string
	step int
}

// candidates lists the checkpoints of a root, the newest first. No root is no checkpoint. One that was set aside for
// another of its step counts while the other is not there.
func candidates(root string) ([]candidate, error) {
	entries, err := os.ReadDir(root)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	byStep := map[int]candidate{}
	for _, e := range entries {
		c := candidate{path: filepath.Join(root, e.Name())}
		if step, ok := stepOf(e.Name()); ok {
			c.step = step
			byStep[step] = c
			continue
		}
		prefix, step, ok := remains(e.Name())
		if _, taken := byStep[step]; ok && prefix == replacedPrefix && !taken {
			c.step = step
			byStep[step] = c
		}
	}
	var list []candidate
	for _, c := range byStep {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b candidate) int { return cmp.Compare(b.step, a.step) })
	return list, nil
}

// stepOf reads a folder's name as a step: decimal, without signs or zeros before it.
func stepOf(name string) (int, bool) {
	step, err := strconv.Atoi(name)
	return step, err == nil && step >= 0 && strconv.Itoa(step) == name
}

// remains splits the name of something half done.
func remains(name string) (prefix string, step int, ok bool) {
	for _, prefix := range []string{savingPrefix, replacedPrefix, removingPrefix} {
		if rest, found := strings.CutPrefix(name, prefix); found {
			step, ok := stepOf(rest)
			return prefix, step, ok
		}
	}
	return "", 0, false
}

// List are the paths of the checkpoints of a root, the oldest first, whether damaged or not. No root has none.
func List(root string) ([]string, error) {
	list, err := candidates(root)
	paths := make([]string, 0, len(list))
	for _, c := range slices.Backward(list) {
		paths = append(paths, c.path)
	}
	return paths, err
}
