package api

import (
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/lintu-map/lintu"
)

// answerNames are the members that an answer in JSON may have.
var answerNames = func() []string {
	t := reflect.TypeFor[lintu.Answers]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return names
}()

// parseAnswers reads answers by dataset. What encoding/json would pass over or
// PostgreSQL cannot store is refused.
func parseAnswers(body []byte) (map[string]lintu.Answers, error) {
	var members map[string]map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, jsonError(err)
	}
	for dataset, answer := range members {
		for name := range answer {
			if !slices.Contains(answerNames, name) {
				return nil, lintu.Errorf(lintu.CodeInvalid, "数据集 %[1]q 的回答中没有 %[2]q 这一项；可用的有：%[3]s。",
					"The answers for dataset %[1]q have no member %[2]q; there are %[3]s.", dataset, name, strings.Join(answerNames, ", "))
			}
		}
	}
	var said map[string]lintu.Answers
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, jsonError(err)
	}
	for dataset, a := range said {
		texts := []string{string(a.Layer), a.Encoding, a.CRS, a.From}
		for field, column := range a.Map {
			texts = append(texts, field, column)
		}
		if slices.ContainsFunc(texts, func(s string) bool { return strings.ContainsRune(s, 0) }) {
			return nil, lintu.Errorf(lintu.CodeInvalid, "数据集 %q 的回答中有不允许的空字符（\\u0000），请去掉它。",
				"The answers for dataset %q have a null character (\\u0000); please leave it out.", dataset)
		}
	}
	return said, nil
}

// checkDatasets refuses answers for what is not in the batch. The name "" stands
// for all datasets.
func checkDatasets(said map[string]lintu.Answers, b *lintu.Batch) error {
	names := make([]string, len(b.Parts))
	for i, p := range b.Parts {
		names[i] = p.Dataset
	}
	for dataset := range said {
		if dataset != "" && !slices.Contains(names, dataset) {
			return lintu.Errorf(lintu.CodeInvalid, "这个批次中没有数据集 %[1]q；它有：%[2]s。",
				"This batch has no dataset %[1]q; it has %[2]s.", dataset, strings.Join(names, ", "))
		}
	}
	return nil
}

// unknownField is what encoding/json says of a member that is not expected, where
// its name is one that a program would give it.
var unknownField = regexp.MustCompile(`^json: unknown field "([A-Za-z][A-Za-z0-9_]{0,30})"$`)

// jsonError says where a text is not the JSON that is expected, in the words of
// JSON.
func jsonError(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return lintu.Errorf(lintu.CodeInvalid, "请求内容不是有效的 JSON，错误在第 %d 字节处。",
			"The request's body is no valid JSON; the error is at byte %d.", syntax.Offset).Because(err)
	}
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		value, _, _ := strings.Cut(kind.Value, " ") // without the number itself
		return lintu.Errorf(lintu.CodeInvalid, "请求内容第 %[1]d 字节处的值类型不对（%[2]s）；所需的格式见 /api/v1/openapi.json。",
			"The request's body has a value of the wrong type (%[2]s) at byte %[1]d; /api/v1/openapi.json tells what is expected.", kind.Offset, value).Because(err)
	}
	if unknown := unknownField.FindStringSubmatch(err.Error()); unknown != nil {
		return lintu.Errorf(lintu.CodeInvalid, "请求内容中没有 %q 这一项；所需的格式见 /api/v1/openapi.json。",
			"The request's body has no member %q; /api/v1/openapi.json tells what is expected.", unknown[1]).Because(err)
	}
	return lintu.Errorf(lintu.CodeInvalid, "请求内容不是所需的 JSON；格式见 /api/v1/openapi.json。",
		"The request's body is not the JSON that is expected; /api/v1/openapi.json describes it.").Because(err)
}
