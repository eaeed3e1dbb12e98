package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// The town of the trials: grids in a row, each its own community with a unit, a
// neighbor head and some households.
const (
	grids     = 4
	gridSouth = 28.10
	gridSize  = 0.01 // degrees
)

func gridWest(i int) float64 { return 113.60 + gridSize*float64(i) }

// plantTown imports the town.
func plantTown(ctx context.Context, h *house) error {
	layers := map[string][]any{}
	add := func(layer string, geometry map[string]any, properties map[string]any) {
		layers[layer] = append(layers[layer], map[string]any{"type": "Feature", "geometry": geometry, "properties": properties})
	}
	point := func(lon, lat float64) map[string]any {
		return map[string]any{"type": "Point", "coordinates": []float64{lon, lat}}
	}
	for i := range grids {
		w, s := gridWest(i), gridSouth
		e, n := w+gridSize, s+gridSize
		square := map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
		add("communities", square, map[string]any{"code": fmt.Sprintf("C%d", i), "name": fmt.Sprintf("第%d社区", i)})
		add("grids", square, map[string]any{"code": fmt.Sprintf("G%d", i), "name": fmt.Sprintf("第%d网格", i)})
		add("units", point(w+gridSize/2, s+gridSize/2), map[string]any{"code": fmt.Sprintf("U%d", i), "name": fmt.Sprintf("第%d社区居委会", i), "class": "community"})
		add("heads", point(w+gridSize/2, s+gridSize/2), map[string]any{"code": fmt.Sprintf("N%d", i), "name": fmt.Sprintf("第%d邻", i)})
		for k := range 10 {
			add("households", point(w+gridSize*float64(k+1)/12, s+gridSize/2), map[string]any{"code": fmt.Sprintf("H%d-%d", i, k), "name": fmt.Sprintf("%d号", k+1), "head": fmt.Sprintf("N%d", i)})
		}
	}
	for _, layer := range []string{"communities", "grids", "units", "heads", "households"} {
		content, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": layers[layer]})
		if err != nil {
			return err
		}
		path := filepath.Join(h.dir, layer+".geojson")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
		if _, err := h.run(ctx, "import", path, "--layer", layer); err != nil {
			return err
		}
	}
	return nil
}
