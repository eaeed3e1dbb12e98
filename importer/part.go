package importer

import (
	"context"
	"slices"
	"strconv"

	"github.com/lintu-map/lintu"
)

// part is one dataset of a file on its way into a layer.
type part struct {
	dataset *Dataset
	answers lintu.Answers
	report  *lintu.Report // nil if the dataset is left out
	plan    *plan         // how to read it; nil while a question is open
	guess   *plan         // how to draw it meanwhile; nil if nothing can be drawn
	assumed string        // the CRS candidate that guess rests on, if it is a question
}

// prepare finds out all that must be known before a dataset can be read in
// earnest. What is not certain becomes a question of the report.
func (s *Service) prepare(ctx context.Context, d *Dataset, answers lintu.Answers) (*part, error) {
	p := &part{dataset: d, answers: answers}
	if answers.Skip {
		return p, nil
	}
	p.report = &lintu.Report{Dataset: d.Name, Columns: []lintu.Column{}, Questions: []lintu.Question{}, Notes: slices.Clone(d.Notes)}
	p.settleEncoding()
	seen, err := takeSurvey(ctx, d, answers.Encoding)
	if err != nil {
		return nil, err
	}
	if seen.rows == 0 {
		p.nothing(seen)
		return p, nil
	}
	layer, err := p.settleLayer(seen)
	if err != nil {
		return nil, err
	}
	task := crsTask{dataset: d, bounds: seen.bestBounds(d.Bounds), profiles: seen.profiles, answers: answers, geodesy: s.geodesy}
	where := nowhere()
	if !seen.placeless {
		where, err = task.locate(ctx)
	}
	if err != nil {
		return nil, err
	}
	p.settleCRS(where)
	m, err := p.settleMapping(layer, seen)
	if err != nil {
		return nil, err
	}
	p.decide(layer, where, m, seen.placeless)
	return p, nil
}

func (p *part) ask(q lintu.Question) { p.report.Questions = append(p.report.Questions, q) }

// nothing explains a dataset without a readable row. It asks for nothing but to
// be left out if it is broken.
func (p *part) nothing(seen *survey) {
	if seen.broken == nil {
		p.report.Notes = append(p.report.Notes, lintu.Text{ZH: "这份数据一行也没有，不会导入。", EN: "This dataset has no rows; nothing of it is imported."})
		return
	}
	p.report.Refusals.Add(lintu.Finding{Rule: ruleFileBroken, Text: lintu.AsError(seen.broken).Text})
	p.closeRefusals()
}

// leaveOut is the only answer for a dataset of which nothing is good.
var leaveOut = lintu.Candidate{Value: "skip-dataset", Title: lintu.Text{ZH: "不导入这份数据", EN: "leave this dataset out"}, Confidence: 1,
	Reason: lintu.Text{ZH: "其中没有可用的行", EN: "none of it can be used"}, Set: map[string]string{"skip": "true"}}

func (p *part) settleEncoding() {
	p.report.Encoding = p.dataset.Encoding
	if label := p.answers.Encoding; label != "" {
		p.report.Encoding = lintu.Detection{Value: label, Title: lintu.Text{ZH: label, EN: label}, Confidence: 1,
			Reason: lintu.Text{ZH: "由操作者指定", EN: "said by the operator"}}
		return
	}
	if p.dataset.Encoding.Value == "" {
		p.ask(lintu.Question{Key: "encoding", Flag: "--encoding", Candidates: append([]lintu.Candidate{}, p.dataset.Encoding.Candidates...),
			Text: lintu.Text{ZH: "文字是什么编码？请看哪一种读出来是对的。", EN: "How is the text encoded? See which one reads right."}})
	}
}

// settleLayer returns the layer that was said or is sure, or the likeliest one
// after asking.
func (p *part) settleLayer(seen *survey) (lintu.LayerInfo, error) {
	if name := p.answers.Layer; name != "" {
		info, ok := lintu.LayerByName(name)
		if !ok || !info.Imports() {
			return info, lintu.Errorf(lintu.CodeInvalid, "没有可导入的图层 “%s”。", "There is no layer %q to import into.", clip(string(name), sampleMaxRunes))
		}
		p.report.Layer = name
		return info, nil
	}
	shape := p.dataset.Shape
	if seen.shape != "" {
		shape = seen.shape
	}
	choices := guessLayer(p.dataset.Name, shape, seen.profiles)
	if info, ok := sure(choices); ok {
		p.report.Layer = info.Name
		return info, nil
	}
	p.ask(layerQuestion(choices))
	if len(choices) == 0 {
		return lintu.LayerInfo{}, nil
	}
	return choices[0].info, nil
}

func (p *part) settleCRS(where located) {
	p.report.CRS = where.detection
	p.report.Notes = append(p.report.Notes, where.notes...)
	if where.question != nil {
		p.ask(*where.question)
		if len(where.question.Candidates) > 0 {
			p.assumed = where.question.Candidates[0].Value
		}
	}
}

// settleMapping finds the columns of the fields. Their question waits until the
// layer is known.
func (p *part) settleMapping(layer lintu.LayerInfo, seen *survey) (mapping, error) {
	decided, said := p.report.Layer != "", p.answers.Map
	if !decided {
		said = nil
	}
	m, questions, err := guessMapping(layer, aboutPeople(layer, decided), seen.profiles, said)
	if err != nil {
		return m, err
	}
	if decided {
		p.report.Questions = append(p.report.Questions, questions...)
	}
	p.report.Columns = columnsOf(m, seen.profiles)
	if decided {
		p.report.Notes = append(p.report.Notes, codeNote(m, seen.profiles)...)
	}
	p.report.Notes = append(p.report.Notes, personalNote(p.report.Columns)...)
	return m, nil
}

// decide makes the plan, or the guess that a preview can draw.
func (p *part) decide(layer lintu.LayerInfo, where located, m mapping, placeless bool) {
	if layer.Name == "" || !where.usable {
		return
	}
	pl := &plan{dataset: p.dataset, encoding: p.answers.Encoding, layer: layer, frame: where.frame, mapping: m, placeless: placeless}
	if len(p.report.Questions) == 0 {
		p.plan = pl
	}
	drawn := *pl
	drawn.mapping = m.forDrawing()
	p.guess = &drawn
}

// forDrawing is the mapping with the row as the code and nothing required, so
// that every sound shape is drawn.
func (m *mapping) forDrawing() mapping {
	d := *m
	d.personal, d.personalColumn = nil, nil // it is drawn by code and address
	d.fields, d.column = slices.Clone(m.fields), slices.Clone(m.column)
	for i := range d.fields {
		d.fields[i].Required = false
		if d.fields[i].Name == roleCode && d.column[i] == fromNothing {
			d.column[i] = fromRow
		}
	}
	return d
}

// closeRefusals asks what to do about refused rows, once they are known.
func (p *part) closeRefusals() {
	n, good := p.report.Refusals.Total, p.report.Accepted
	switch {
	case n == 0 || p.answers.SkipRefused:
	case good == 0:
		p.ask(lintu.Question{Key: "refused", Flag: "--skip-refused", Candidates: []lintu.Candidate{leaveOut},
			Text: lintu.Say("没有一行可以导入。第一个原因：%[1]s。", "No row can be imported. The first reason: %[2]s.",
				p.report.Refusals.List[0].Text.ZH, p.report.Refusals.List[0].Text.EN)})
	default:
		p.ask(lintu.Question{Key: "refused", Flag: "--skip-refused",
			Text: lintu.Say("%[1]d 行有问题，没有可以确定的修法。改好文件再来，还是只导入其余 %[3]d 行？",
				"%[2]s wrong and cannot be repaired with certainty. Correct the file, or import only the other %[3]d?", n, isOrAre(n), good),
			Candidates: []lintu.Candidate{{Value: "skip", Title: lintu.Text{ZH: "跳过有问题的行", EN: "skip the refused rows"}, Confidence: 0.5,
				Reason: lintu.Text{ZH: "其余的行会导入", EN: "the other rows are imported"}, Set: map[string]string{"skipRefused": "true"}}}})
	}
}

func isOrAre(rows int64) string {
	if rows == 1 {
		return "1 row is"
	}
	return strconv.FormatInt(rows, 10) + " rows are"
}
