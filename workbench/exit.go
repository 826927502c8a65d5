package workbench

import (
	"errors"

	"clipbench/workbench/config"
)

// ExitStatus is what a program ends with: 0 done, 1 failed, 2 wrong use, which is a key=value of its command line that the
// configuration refuses.
func ExitStatus(err error) int {
	var wrong config.Problems
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong) && wrong.OnCommandLine():
		return 2
	}
	return 1
}
