// Command vocabulary learns a byte-pair encoding from the captions and tags of image-text pairs.
//
//	go run ./recipes/vocabulary emoji:train 3072 recipes/emoji/vocabulary.txt
package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"

	"clipbench/data"
	"clipbench/workbench"
	"clipbench/workbench/tokenizer"
)

func main() {
	if err := learn(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func learn(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: vocabulary SOURCE ENTRIES FILE")
	}
	entries, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("%s: a number of entries is needed, at least %d", args[1], tokenizer.Smallest)
	}
	source, err := workbench.OpenSource(args[0])
	if err != nil {
		return err
	}
	words, err := texts(source)
	if err != nil {
		return err
	}
	vocabulary, err := tokenizer.Train(slices.Values(words), entries)
	if err != nil {
		return err
	}
	fmt.Printf("%d entries from %d texts\n", vocabulary.Vocab(), len(words))
	return vocabulary.Save(args[2])
}

// texts are the first caption and the tags of each sample, once for each caption.
func texts(source data.Source) ([]string, error) {
	var all []string
	seen := map[string]bool{}
	for i := range source.Len() {
		s, err := source.Sample(i)
		if err != nil {
			return nil, err
		}
		if caption := s.Captions[0]; !seen[caption] {
			seen[caption] = true
			all = append(append(all, caption), s.Tags...)
		}
	}
	return all, nil
}
