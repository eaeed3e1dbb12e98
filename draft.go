package lintu

import "strings"

// Ready is nil if the batch can be applied: CodeConflict if it is no draft, or
// else listing the questions that are open.
func (b *Batch) Ready() error {
	if err := b.Draft(); err != nil {
		return err
	}
	return OpenQuestions(b.Parts)
}

// Draft is nil for a draft. For any other batch it is CodeConflict: its file is
// no longer kept.
func (b *Batch) Draft() error {
	switch b.State {
	case BatchDraft:
		return nil
	case BatchDiscarded:
		return Errorf(CodeConflict, "这个批次已放弃，上传的文件已删除；要导入请重新上传。",
			"This batch has been discarded and its file removed; to import it, upload the file again.")
	case BatchUndone:
		return Errorf(CodeConflict, "这个批次已撤回，上传的文件已删除，只保留报告；要再次导入请重新上传。",
			"This batch has been taken back and its file removed, only its report is kept; to import it again, upload the file again.")
	}
	return Errorf(CodeConflict, "这个批次已应用，上传的文件已删除，只保留报告；要再次导入请重新上传。",
		"This batch has been applied and its file removed, only its report is kept; to import it again, upload the file again.")
}

// OpenQuestions is CodeConflict naming what is still to be answered, each with
// its likeliest answer and the flag that gives it; nil if nothing is.
func OpenQuestions(parts []Part) error {
	var zh, en []string
	for _, p := range parts {
		if p.Report == nil || p.Answers.Skip {
			continue
		}
		for _, q := range p.Report.Questions {
			flag := ""
			if q.Flag != "" {
				flag = " (" + q.Flag + ")"
			}
			likely := q.likeliest()
			zh = append(zh, p.Dataset+"："+q.Text.ZH+likely.ZH+flag)
			en = append(en, p.Dataset+": "+q.Text.EN+likely.EN+flag)
		}
	}
	if zh == nil {
		return nil
	}
	return &Error{Code: CodeConflict, Text: Text{
		ZH: "还有问题要回答：" + strings.Join(zh, "\n"), EN: "Questions are still open: " + strings.Join(en, "\n")}}
}

// likeliest is a sentence about the first candidate, empty if there is none.
func (q Question) likeliest() Text {
	if len(q.Candidates) == 0 {
		return Text{}
	}
	c := q.Candidates[0]
	return Text{ZH: "最可能是 " + c.Title.ZH + "：" + c.Reason.ZH + "。", EN: " Likeliest is " + c.Title.EN + ": " + c.Reason.EN + "."}
}
