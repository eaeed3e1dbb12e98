package town

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// The people of the town are drawn by lot: no name, number or need is anybody's.
// The tables are what a planner would have beside the shapefiles, one of them in
// the encoding that spreadsheets in China write.
const (
	householdPeople = "households_people"
	headPeople      = "heads_people"
)

var (
	familyNames = strings.Fields(`王 李 张 刘 陈 杨 黄 周 吴 罗 彭 谭 邓 曾 肖 唐 何 宋 易 汤 邱 寻 卢 沈 孔 龙 欧阳`)
	firstHalf   = strings.Fields(`春 秋 建 国 明 志 文 桂 玉 金 秀 美 海 德 光 永 荣 新 雪 晓 小 立 家 景 云 思 子 雨 佳 欣`)
	secondHalf  = strings.Fields(`生 华 平 英 兰 珍 香 军 林 辉 芳 梅 涛 强 波 红 霞 琴 燕 萍 峰 勇 斌 玲 洁 宇 轩 涵 怡 来`)
)

// needsOf are the needs of some of a hundred households.
var needsOf = []struct {
	permille int
	needs    string
}{
	{20, "独居老人"}, {10, "行动不便"}, {6, "独居老人、行动不便"}, {6, "困境儿童"}, {8, "残疾"}, {6, "低保"}, {4, "慢性病、行动不便"},
}

var notesOf = []string{"演示：周末在家", "演示：白天请打电话", "演示：门铃坏了，请敲门", "演示：子女在外地", "演示：家里有狗"}

// sizesOf are the sizes of households, by how usual they are.
var sizesOf = []int{1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6}

// lot draws people.
type lot struct{ *rand.Rand }

func one[T any](l lot, of []T) T { return of[l.IntN(len(of))] }

func (l lot) name() string {
	n := one(l, familyNames) + one(l, firstHalf)
	if l.IntN(5) > 0 {
		n += one(l, secondHalf)
	}
	return n
}

// phone has the eleven digits of a mobile number and begins with 103: mobile
// numbers of the mainland begin with 13 to 19, and no subscriber's with 10.
func (l lot) phone() string { return fmt.Sprintf("103%08d", l.IntN(1e8)) }

func (l lot) note() string {
	if l.IntN(50) > 0 {
		return ""
	}
	return one(l, notesOf)
}

func (l lot) needs() string {
	at := l.IntN(1000)
	for _, n := range needsOf {
		if at -= n.permille; at < 0 {
			return n.needs
		}
	}
	return ""
}

// writePeople writes the tables of householders and of neighbor heads.
func (p *plan) writePeople(ctx context.Context, dir string, seed uint64, copies []copyOf) error {
	err := writeTable(ctx, filepath.Join(dir, householdPeople+".csv"), simplifiedchinese.GBK.NewEncoder(), func(w io.Writer) error {
		return p.households(w, seed, copies)
	})
	if err != nil {
		return err
	}
	return writeTable(ctx, filepath.Join(dir, headPeople+".csv"), transform.Nop, func(w io.Writer) error { return p.headsTable(w, seed, copies) })
}

func (p *plan) households(w io.Writer, seed uint64, copies []copyOf) error {
	if _, err := io.WriteString(w, "户编号,户主,联系电话,家庭人数,特殊需求,备注\r\n"); err != nil {
		return err
	}
	for n, c := range copies {
		l := lot{rand.New(rand.NewPCG(seed, 7000+uint64(n)))}
		for _, h := range p.homes {
			if _, err := fmt.Fprintf(w, "%s,%s,%s,%d,%s,%s\r\n", c.recoded(h.code), l.name(), l.phone(), one(l, sizesOf), l.needs(), l.note()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *plan) headsTable(w io.Writer, seed uint64, copies []copyOf) error {
	if _, err := io.WriteString(w, "\uFEFF邻长编号,邻长姓名,联系电话,备注\r\n"); err != nil {
		return err
	}
	for n, c := range copies {
		l := lot{rand.New(rand.NewPCG(seed, 8000+uint64(n)))}
		for _, h := range p.heads {
			if _, err := fmt.Fprintf(w, "%s,%s,%s,%s\r\n", c.recoded(h.code), l.name(), l.phone(), l.note()); err != nil {
				return err
			}
		}
	}
	return nil
}

// recoded is a code of the first copy as this copy has it.
func (c copyOf) recoded(code string) string {
	if c.label == "" {
		return code
	}
	return c.street + code[len(c.street):]
}

// writeTable writes one text file.
func writeTable(ctx context.Context, path string, encoding transform.Transformer, fill func(io.Writer) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("town: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = fmt.Errorf("town: %w", e)
		}
	}()
	t := transform.NewWriter(f, encoding)
	w := bufio.NewWriterSize(t, 1<<16)
	if err := fill(w); err != nil {
		return fmt.Errorf("town: writing %s: %w", filepath.Base(path), err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("town: writing %s: %w", filepath.Base(path), err)
	}
	if err := t.Close(); err != nil {
		return fmt.Errorf("town: writing %s: %w", filepath.Base(path), err)
	}
	return nil
}
