// Package runlog is a run's record on disk: one writer, many readers, plain files.
//
//	runs/<name>/
//	  run.json               who runs it: id, created, command line, git commit, host, pid, backend, versions
//	  config.yaml            the whole resolved configuration
//	  metrics.jsonl          append-only, one object a line: {"step","samples","epoch","time","<name>":value…}
//	  status.json            state, step, total, last check-in and when the next is due; replaced by rename
//	  log.txt                what the run said: time, level, step, text; log.old.txt what it said before the last 64 MiB
//	  media/<step>/…         similarity matrices (numbers and PNG), image grids
//	  metrics.dropped.jsonl  lines that a resume took back, kept
//	  writer.lock            held by the one writer while it lives
//
// metrics.jsonl is the record. "time" is seconds since 1970 (UTC). JSON has no NaN or infinities, so they are
// written as the strings "NaN", "+Inf" and "-Inf". Every line is one write, and steps never go back within the
// file: a run that resumes at step n first takes back the lines beyond n. A name with a slash belongs to a group
// ("val/top1" is top1 of val); names beginning with "sys/" describe the machine.
//
// The machine's metrics are sys/cpu and sys/gpu (the share in use of all cores, of a device: 0 to 1), sys/mem and
// sys/gpu_mem (bytes in use), sys/rss (bytes of the process). A matrix in media, such as similarity.json, is
// {"rows": [caption…], "columns": [caption…], "values": [[number…]…]} with a row for every picture; beside it may lie
// PNG and JPEG pictures. A file that is being written has a name that begins with a dot, and is renamed when it is whole.
//
// A reader takes no locks and writes nothing. A torn last line costs only itself.
//
// What was written survives the writer, however it dies: nothing waits in the process. A power cut may take what the
// kernel has not yet put on the disk, on Linux about the last 30 seconds; whole lines before it stay, and Close waits for
// the disk. run.json and config.yaml are on the disk before the first step.
package runlog
