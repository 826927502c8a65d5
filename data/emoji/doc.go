// Package emoji builds and opens the default image-text set: the emoji in nine art styles, captioned by CLDR.
//
// A picture's caption is the emoji's label ("waving hand"), its tags are CLDR's keywords, and its concept is the emoji
// without skin tone. One style and a tenth of the concepts are never trained on, so three questions have answers:
// does a model know a concept in a style it never saw (unseen-style), a concept it never saw in styles it knows
// (unseen-concept), and both at once (unseen-both)? The validation splits ask the same of another style and other
// concepts, so that choices can be made without looking at the unseen ones.
//
// Zero-shot classification on a split takes as candidates the distinct labels of that split (Labels): 1,753 for
// unseen-style, 193 for unseen-concept and for unseen-both. A picture counts as right within the top k when its own
// label is among the k best.
//
// Build fetches the artwork from npm, draws it in Node child processes (resvg) and writes WebDataset shards and a
// manifest. A small set of a few hundred pairs, under permissive licences alone, is part of the package (OpenTestdata).
package emoji
