package checkpoint_test

import (
	"testing"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/train"
)

func TestTheTrainingStateLiesWhereModelsAreLookedFor(t *testing.T) {
	if checkpoint.WeightPath != train.WeightPath || checkpoint.AveragePath != train.EMAPath {
		t.Errorf("weights at %s and %s, training keeps them at %s and %s", checkpoint.WeightPath, checkpoint.AveragePath, train.WeightPath, train.EMAPath)
	}
}
