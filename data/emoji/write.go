package emoji

import (
	"cmp"
	"encoding/json"
	"slices"

	"clipbench/data/webdataset"
)

// perShard is the most samples in one shard, 6 MB.
const perShard = 1000

// writeSet writes the pictures that were drawn as shards into dir, split by rule, then the manifest. It fills in the
// manifest's counts, splits and skipped.
func writeSet(dir string, rule splitRule, pictures []picture, m *Manifest) error {
	m.UnseenStyle, m.ValidationStyle = rule.unseenStyle, rule.validationStyle
	m.Splits, m.Skipped = map[string]SplitInfo{}, []Skipped{}
	splits := map[string][]picture{}
	styles := map[string]int{}
	for _, p := range pictures {
		if p.err != nil {
			m.Skipped = append(m.Skipped, Skipped{p.Style, p.Icon, p.Hexcode, p.err.Error()})
			continue
		}
		split := rule.split(p.Style, p.Base, p.SkinTone)
		splits[split] = append(splits[split], p)
		styles[p.Style]++
		m.Pairs++
	}
	for i := range m.Sources {
		m.Sources[i].Pairs = styles[m.Sources[i].Style]
		if m.Sources[i].Style == "" {
			m.Sources[i].Pairs = m.Pairs
		}
	}
	for name, members := range splits {
		info, err := writeSplit(dir, name, members)
		if err != nil {
			return err
		}
		m.Splits[name] = info
	}
	return m.write(dir)
}

// writeSplit writes one split in its shuffled order.
func writeSplit(dir, name string, members []picture) (SplitInfo, error) {
	slices.SortFunc(members, func(a, b picture) int {
		return cmp.Or(cmp.Compare(a.shuffleKey(), b.shuffleKey()), cmp.Compare(a.key(), b.key()))
	})
	info := SplitInfo{Pairs: len(members), Styles: map[string]int{}}
	concepts, labels := map[string]bool{}, map[string]bool{}
	for _, p := range members {
		info.Styles[p.Style]++
		concepts[p.Base], labels[p.Label] = true, true
	}
	info.Concepts, info.Labels = len(concepts), len(labels)
	files, err := writeShards(dir, name, members)
	for _, file := range files {
		shard, err := describeShard(file)
		if err != nil {
			return info, err
		}
		info.Shards = append(info.Shards, shard)
	}
	return info, err
}

// writeShards writes samples as WebDataset: each a png, a txt with the label, and a json.
func writeShards(dir, name string, members []picture) ([]string, error) {
	shards, err := webdataset.NewWriter(dir, name, perShard)
	if err != nil {
		return nil, err
	}
	defer shards.Abandon()
	for _, p := range members {
		about, err := json.Marshal(p.sampleJSON)
		if err != nil {
			return nil, err
		}
		if err := shards.Add(p.key(), map[string][]byte{"png": p.png, "txt": []byte(p.Label), "json": about}); err != nil {
			return nil, err
		}
	}
	if err := shards.Close(); err != nil {
		return nil, err
	}
	return shards.Files(), nil
}
