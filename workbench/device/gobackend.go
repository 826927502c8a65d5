package device

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
)

// unlimited lifts the bound on the Go backend's workers. With its default bound the pool deadlocks on
// machines of few cores: every worker waits for one more.
const unlimited = -1

// openGo opens the pure-Go backend with GoMLX's options for it, parallelism unlimited unless given.
func openGo(options string) (compute.Backend, error) {
	workers := unlimited
	var rest []string
	for option := range strings.SplitSeq(options, ",") {
		value, found := strings.CutPrefix(option, "parallelism=")
		if !found {
			rest = append(rest, option)
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil {
			return nil, fmt.Errorf("backend go: parallelism=%q: want a number of workers, or -1 for no limit", value)
		}
		workers = n
	}
	backend, err := gobackend.New(strings.Join(rest, ","))
	if err != nil {
		return nil, fmt.Errorf("backend go: %w", err)
	}
	return backend, setWorkers(backend, workers)
}

// setWorkers bounds the backend's workers. Its own option for that prints a line to standard output,
// which belongs to the command's answer; so the exported field is set here, by reflection because its
// type is internal to GoMLX.
func setWorkers(backend compute.Backend, workers int) error {
	value := reflect.Indirect(reflect.ValueOf(backend))
	if value.Kind() == reflect.Struct {
		if field := value.FieldByName("Workers"); field.IsValid() && field.CanInterface() {
			if pool, ok := field.Interface().(interface{ SetMaxParallelism(n int) }); ok {
				pool.SetMaxParallelism(workers)
				return nil
			}
		}
	}
	return fmt.Errorf("backend go: its worker pool is not where GoMLX v0.28 had it; pin that version")
}
