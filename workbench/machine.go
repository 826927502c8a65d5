package workbench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"clipbench/workbench/runlog"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
	"github.com/shirou/gopsutil/v4/process"
)

// machineEvery is how often the machine is looked at while a run trains.
const machineEvery = 5 * time.Second

// machine writes what the machine does into a run's metrics until it is stopped.
type machine struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// watchMachine begins to write sys/cpu (share of all processors), sys/mem and sys/rss (bytes in use, and by this process),
// and for each NVIDIA GPU sys/gpu<n> (share) and sys/gpu<n>_mem (bytes).
func watchMachine(ctx context.Context, log *runlog.Writer) *machine {
	ctx, cancel := context.WithCancel(ctx)
	m := &machine{cancel: cancel}
	m.done.Go(func() {
		_, _ = cpu.PercentWithContext(ctx, 0, false) // the share is counted from here
		tick := time.NewTicker(machineEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				// What cannot be written here stops the training that writes into the same file.
				_ = log.System(measureMachine(ctx))
			}
		}
	})
	return m
}

// stop returns when nothing is written any more.
func (m *machine) stop() {
	m.cancel()
	m.done.Wait()
}

// measureMachine is what can be known of the machine; what cannot is left out.
func measureMachine(ctx context.Context) map[string]float64 {
	values := map[string]float64{}
	if share, err := cpu.PercentWithContext(ctx, 0, false); err == nil && len(share) == 1 {
		values["sys/cpu"] = share[0] / 100
	}
	if memory, err := mem.VirtualMemoryWithContext(ctx); err == nil {
		values["sys/mem"] = float64(memory.Used)
	}
	if own, err := process.NewProcessWithContext(ctx, int32(os.Getpid())); err == nil {
		if memory, err := own.MemoryInfoWithContext(ctx); err == nil {
			values["sys/rss"] = float64(memory.RSS)
		}
	}
	if nvidia, err := exec.LookPath("nvidia-smi"); err == nil {
		out, err := exec.CommandContext(ctx, nvidia, "--query-gpu=index,utilization.gpu,memory.used", "--format=csv,noheader,nounits").Output()
		if err == nil {
			addGPUs(values, string(out))
		}
	}
	return values
}

// addGPUs reads nvidia-smi's table: index, percent, MiB. A number that a GPU does not tell is left out.
func addGPUs(values map[string]float64, table string) {
	for line := range strings.Lines(table) {
		fields := strings.Split(strings.TrimSpace(line), ", ")
		if len(fields) != 3 {
			continue
		}
		name := fmt.Sprintf("sys/gpu%s", fields[0])
		if percent, err := strconv.ParseFloat(fields[1], 64); err == nil {
			values[name] = percent / 100
		}
		if mebibytes, err := strconv.ParseFloat(fields[2], 64); err == nil {
			values[name+"_mem"] = mebibytes * (1 << 20)
		}
	}
}
