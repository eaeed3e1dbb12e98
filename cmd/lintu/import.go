package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/lintu-map/lintu"
)

// importCmd brings a file in through the same door as the planner's page.
type importCmd struct {
	File         string            `arg:"" help:"Zipped shapefiles, a .shp, a folder of them, GeoJSON, CSV or XLSX."`
	Layer        []string          `short:"l" help:"Target layer, e.g. communities; for a file with several datasets dataset=layer, and dataset=skip leaves one out." placeholder:"LAYER"`
	Map          map[string]string `mapsep:"," help:"Which column feeds which field, e.g. code=QH_DM,person=户主; a field without a column stays empty; @row and @shape make codes." placeholder:"FIELD=COLUMN"`
	CRS          string            `help:"Coordinate reference system of the file: EPSG:n or WKT." placeholder:"CRS"`
	From         string            `enum:",gcj02,bd09" default:"" help:"The coordinates are obfuscated: gcj02 or bd09."`
	Encoding     string            `help:"Text encoding of the attributes, e.g. gbk, utf-8, big5." placeholder:"NAME"`
	SkipRefused  bool              `help:"Import the good rows without the refused ones."`
	CloseMissing bool              `help:"End the validity of features that the file no longer has."`
	DryRun       bool              `help:"Explain everything, store nothing."`
	JSON         bool              `name:"json" help:"Print the batch as JSON; progress as JSON lines on standard error."`
}

// exitQuestions is the exit code of an import that stopped to ask.
const exitQuestions = 3

func (c *importCmd) Run(ctx context.Context, a *app) error {
	answers, err := c.answers()
	if err != nil {
		return err
	}
	if info, err := os.Stat(c.File); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return lintu.Errorf(lintu.CodeInvalid, "%s 不是普通文件，也不是文件夹。", "%s is neither a file nor a folder.", c.File)
	} else if err != nil {
		return lintu.Errorf(lintu.CodeNotFound, "打不开 %s：没有这个文件或文件夹，或无权读取。",
			"Cannot open %s: no such file or folder, or no permission to read it.", c.File).Because(err)
	}
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	progress := newMeter(a.stderr, a.cfg.Lang, c.JSON)
	batch, err := p.importer.ImportFile(ctx, a.cfg.Tenant, c.File, operator(), answers, c.DryRun, progress.show)
	progress.end()
	if batch != nil {
		if perr := c.print(a.stdout, a.cfg.Lang, batch); perr != nil {
			return perr
		}
	}
	if batch != nil && lintu.CodeOf(err) == lintu.CodeConflict && len(questions(batch)) > 0 {
		return exitCode(exitQuestions)
	}
	return err
}

// answers turns the flags into answers: those of one dataset under its name,
// the others under "".
func (c *importCmd) answers() (map[string]lintu.Answers, error) {
	all := lintu.Answers{CRS: c.CRS, From: c.From, Encoding: c.Encoding, Map: c.Map,
		SkipRefused: c.SkipRefused, CloseMissing: c.CloseMissing}
	out := map[string]lintu.Answers{}
	for _, flag := range c.Layer {
		dataset, layer, named := strings.Cut(flag, "=")
		if !named {
			dataset, layer = "", flag
		}
		one := all
		if one.Skip = named && layer == "skip"; !one.Skip {
			info, ok := lintu.LayerByName(lintu.Layer(layer))
			if !ok || !info.Imports() {
				return nil, lintu.Errorf(lintu.CodeInvalid, "没有可导入的图层 “%[1]s”。可用：%[2]s。",
					"There is no layer %[1]q to import into. There are: %[2]s.", layer, importLayers())
			}
			one.Layer = info.Name
		}
		out[dataset] = one
	}
	if _, ok := out[""]; !ok {
		out[""] = all
	}
	return out, nil
}

func importLayers() string {
	var names []string
	for _, l := range lintu.Layers {
		if l.Imports() {
			names = append(names, string(l.Name))
		}
	}
	return strings.Join(names, ", ")
}

// operator is who acts on this machine, for the audit: by number, since the
// audit holds no names of persons.
func operator() lintu.Actor {
	return lintu.Actor{Name: fmt.Sprintf("cli:uid%d", os.Getuid()), Within: lintu.Jurisdiction}
}

func questions(b *lintu.Batch) []lintu.Question {
	var qs []lintu.Question
	for _, p := range b.Parts {
		if p.Report != nil && !p.Answers.Skip {
			qs = append(qs, p.Report.Questions...)
		}
	}
	return qs
}

func (c *importCmd) print(w io.Writer, lang string, b *lintu.Batch) error {
	if c.JSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(b)
	}
	printBatch(w, lang, b)
	return nil
}
