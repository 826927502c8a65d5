// Command tuned shows what Tune leaves of a process. It is built and run by a test.
package main

import (
	"fmt"
	"io"
	"os"

	"clipbench/workbench/device"
)

func main() {
	fmt.Printf("process %d started\n", os.Getpid())
	tuning := device.Tune()
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Printf("arguments %v, input %q, tuned %v\n", os.Args[1:], input, tuning.On)
}
