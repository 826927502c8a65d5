package emoji

import (
	"slices"

	"clipbench/data"
)

// gallery are emoji that anybody can tell apart, of all subjects. All are concepts of train, drawn in most styles.
var gallery = []string{
	// grinning face, red heart, dog face, pizza, rocket, cat face, automobile, banana
	"1F600", "2764", "1F436", "1F355", "1F680", "1F431", "1F697", "1F34C",
	// soccer ball, tree, house, key, ghost, sun, elephant, birthday cake
	"26BD", "1F333", "1F3E0", "1F511", "1F47B", "2600", "1F418", "1F382",
	// fire, crown, light bulb, strawberry, heart-eyes, bicycle, octopus, rainbow
	"1F525", "1F451", "1F4A1", "1F353", "1F60D", "1F6B2", "1F419", "1F308",
	// skull, sunflower, trophy, thumbs up, hamburger, Christmas tree, turtle, camera
	"1F480", "1F33B", "1F3C6", "1F44D", "1F354", "1F384", "1F422", "1F4F7",
	// tears of joy, red apple, airplane, honeybee, books, balloon, penguin, gift
	"1F602", "1F34E", "2708", "1F41D", "1F4DA", "1F388", "1F427", "1F381",
	// sleeping face, watermelon, locomotive, monkey face, snowman, basketball, snake, laptop
	"1F634", "1F349", "1F682", "1F435", "26C4", "1F3C0", "1F40D", "1F4BB",
}

// Gallery names the first n of 48 well-known concepts, for a similarity matrix that people can check by eye.
func Gallery(n int) []string { return slices.Clone(gallery[:min(max(n, 0), len(gallery))]) }

// Showing is one picture of source for each of the concepts, in their order; concepts that source lacks are left out.
func Showing(source data.Source, concepts []string) (data.Source, error) {
	first := map[string]int{}
	for i := range source.Len() {
		concept, err := data.ConceptOf(source, i)
		if err != nil {
			return nil, err
		}
		if _, seen := first[concept]; !seen {
			first[concept] = i
		}
	}
	var indices []int
	for _, concept := range concepts {
		if i, found := first[concept]; found {
			indices = append(indices, i)
		}
	}
	return data.Subset(source, source.Name(), indices), nil
}
