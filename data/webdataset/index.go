package webdataset

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// member is one file within a shard.
type member struct {
	extension string
	offset    int64
	size      int64
}

// entry is one sample of a shard: consecutive members of one key. A broken entry stands for the
// sample, or the rest of the shard, that cannot be read.
type entry struct {
	shard   int
	key     string
	members []member
	broken  error
}

// memberName is WebDataset's rule: the key goes to the first dot of the file's name, the rest is the
// extension. What has no key (hidden files) is no part of a sample.
var memberName = regexp.MustCompile(`^((?:.*/)?[^./]+)\.([^/]+)$`)

// indexShard lists the samples of one tar file from its headers. The error concerns the whole file;
// damage further in becomes a broken entry after the samples before it.
func indexShard(path string) ([]entry, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read from
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := recognise(f, info); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	x := indexer{path: path, size: info.Size()}
	x.scan(f)
	return x.entries, nil
}

// recognise refuses what is no tar file at all, and says what it is instead.
func recognise(f *os.File, info os.FileInfo) error {
	if info.IsDir() {
		return errors.New("is a folder; give the shards in it, as in " + info.Name() + "/*.tar")
	}
	head := make([]byte, 512)
	n, err := f.ReadAt(head, 0)
	switch {
	case n == 0 && (err == nil || errors.Is(err, io.EOF)):
		return errors.New("is empty; make or download it again")
	case n < len(head) && errors.Is(err, io.EOF):
		return fmt.Errorf("has %d bytes, and a tar file at least 1,024; make or download it again", n)
	case err != nil:
		return err
	case head[0] == 0x1f && head[1] == 0x8b:
		return errors.New("is compressed, and samples are read in any order; unpack it with gunzip")
	}
	if _, err := tar.NewReader(io.NewSectionReader(f, 0, info.Size())).Next(); errors.Is(err, tar.ErrHeader) {
		return errors.New("is no tar file")
	}
	return nil
}

// indexer gathers the entries of one shard.
type indexer struct {
	path    string
	size    int64
	entries []entry
}

func (x *indexer) scan(f *os.File) {
	reader := tar.NewReader(f)
	last, end := "", int64(0) // the member before, and where it ends
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) && roundUp(end) < x.size {
			return // there are the blocks of zeros that end an archive
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			x.damage(last, end, err)
			return
		}
		offset, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			x.damage(last, end, err)
			return
		}
		if header.Typeflag == tar.TypeReg && !x.add(header, offset) {
			return
		}
		last, end = header.Name, offset+header.Size
	}
}

// add puts a member into the entry of its key, and reports whether the shard holds all of it.
func (x *indexer) add(header *tar.Header, offset int64) bool {
	parts := memberName.FindStringSubmatch(header.Name)
	if parts == nil {
		return true
	}
	key, extension := parts[1], strings.ToLower(parts[2])
	if n := len(x.entries); n == 0 || x.entries[n-1].key != key {
		x.entries = append(x.entries, entry{key: key})
	}
	e := &x.entries[len(x.entries)-1]
	if offset+header.Size > x.size {
		e.broken = fmt.Errorf("the shard is cut short: %s ends after %d of %d bytes; what follows is lost, make or download the shard again",
			header.Name, max(x.size-offset, 0), header.Size)
		return false
	}
	if slices.ContainsFunc(e.members, func(m member) bool { return m.extension == extension }) {
		e.broken = fmt.Errorf("has two members %s", header.Name)
	}
	e.members = append(e.members, member{extension, offset, header.Size})
	return true
}

// damage records that nothing can be read behind the last member.
func (x *indexer) damage(last string, end int64, err error) {
	reason := fmt.Errorf("the shard is cut short after %d bytes, behind %s; what follows is lost, make or download the shard again", x.size, last)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		reason = fmt.Errorf("no member begins at byte %d of %d: the size of %s, or what follows it, is wrong (%w); what follows is lost, make or download the shard again",
			roundUp(end), x.size, last, err)
	}
	x.entries = append(x.entries, entry{key: "behind " + last, broken: reason})
}

// roundUp is where a tar header can begin.
func roundUp(offset int64) int64 { return (offset + 511) / 512 * 512 }
