package notebooks

import "testing"

func checkParallel(t *testing.T, e *execution) {
	bytes := e.numbers(t, `(?m)^\S.{16} +(\S+) GiB$`)
	if len(bytes) != 6 {
		t.Fatalf("%d plans, want 6", len(bytes))
	}
	const rounding = .005 // they are printed with two decimals
	one := bytes[0][0]
	within(t, "one device", one, 6.3, 6.5) // 427.6 million parameters of 16 bytes
	within(t, "data parallel", bytes[1][0], one, one)
	within(t, "moments divided by four, and the rest whole", bytes[2][0], .62*one, .64*one)
	within(t, "all divided by four", bytes[3][0], .25*one-rounding, .26*one)
	within(t, "blocks divided by four", bytes[5][0], .25*one, .45*one)
	losses := e.numbers(t, `last loss (\S+)  largest difference from one device (\S+)`)
	if len(losses) != 6 {
		t.Fatalf("%d trainings, want 6", len(losses))
	}
	for _, l := range losses {
		within(t, "the largest difference", l[1], 0, 2e-5)
		within(t, "the last loss", l[0], .1, 10)
	}
	e.learns(t, "plan-0")
}
