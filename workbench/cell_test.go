package workbench

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestCheckEndsWithOneLineAndNoStack(t *testing.T) {
	const child = "CLIPBENCH_TEST_CHECK"
	if os.Getenv(child) != "" {
		if Must(1, nil) != 1 {
			t.Error("Must changes its value")
		}
		Check(nil)
		Check(errors.Join(errors.New("emoji.yaml:3: unknown key"), errors.New("did you mean lr?")))
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), child+"=1")
	var said strings.Builder
	cmd.Stderr = &said
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("ended with %v, want status 1", err)
	}
	if want := "emoji.yaml:3: unknown key; did you mean lr?\n"; said.String() != want {
		t.Errorf("said %q, want %q", said.String(), want)
	}
}

func TestSettingIsShortWhereTheVariableAsksForIt(t *testing.T) {
	for value, want := range map[string]int{"": 400, "0": 400, "1": 20} {
		t.Setenv(ShortVariable, value)
		if got := Setting(400, 20); got != want {
			t.Errorf("%s=%q: %d steps, want %d", ShortVariable, value, got, want)
		}
	}
}
