package tiles

// cacheMost is how many bytes finished tiles take at most: those of a town, several
// times.
const cacheMost = 256 << 20

// Shares divides the bytes that the tile engine may take between the layers in memory
// and the tiles that are kept.
func Shares(total int) (layers, kept int) {
	kept = min(total/4, cacheMost)
	return total - kept, kept
}

// totalFor is the total of which the layers' share has so many bytes.
func totalFor(layers int) int { return layers + min(layers/3, cacheMost) }
