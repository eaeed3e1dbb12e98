package importer

import "github.com/lintu-map/lintu"

// newGeoJSON describes a GeoJSON file.
func newGeoJSON(name string, _ blob) (*Dataset, error) {
	return nil, lintu.Errorf(lintu.CodeInvalid, "%s 不是 GeoJSON。", "%s is no GeoJSON.", name)
}
