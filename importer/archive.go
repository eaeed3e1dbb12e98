package importer

import "github.com/lintu-map/lintu"

// find fills s with the datasets at path.
func (s *Source) find(path, name string) error {
	return lintu.Errorf(lintu.CodeInvalid, "不认识文件 %s 的格式。", "%s is in no format that can be imported.", name)
}
