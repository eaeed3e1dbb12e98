package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// privacyCmd is what an operator does with personal data and its keys; see
// docs/privacy.md.
type privacyCmd struct {
	Export      privacyExportCmd  `cmd:"" help:"Print all that is known of a person, and who has read it, as JSON."`
	Erase       privacyEraseCmd   `cmd:"" help:"Delete all that was ever known of a person."`
	Rotate      privacyRotateCmd  `cmd:"" help:"Encrypt all personal data anew with a fresh data key; goes on where it was ended."`
	Rewrap      privacyRewrapCmd  `cmd:"" help:"Change the master key in the key file."`
	DestroyKeys privacyDestroyCmd `cmd:"" name:"destroy-keys" help:"Make all personal data of the jurisdiction unreadable for ever."`
}

// whose says of whom: by exactly one of the codes, or by name, phone or both.
type whose struct {
	Household string `help:"Code of the household." placeholder:"CODE"`
	Head      string `help:"Code of the neighbor head." placeholder:"CODE"`
	Phone     string `help:"Phone number, exact, in any spelling." placeholder:"NUMBER"`
	Name      string `help:"Name, exact." placeholder:"NAME"`
}

// subjects finds them; CodeNotFound if there is nobody.
func (w whose) subjects(ctx context.Context, db *sql.DB, tenant int32) ([]sql.Subject, error) {
	ways := 0
	for _, given := range []bool{w.Household != "", w.Head != "", w.Phone+w.Name != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return nil, lintu.Errorf(lintu.CodeInvalid, "请给出 --household、--head 之一，或 --phone、--name。",
			"Please give one of --household and --head, or --phone and --name.")
	}
	if w.Phone+w.Name != "" {
		found, err := db.SubjectsLike(ctx, tenant, w.Name, w.Phone)
		if err == nil && len(found) == 0 {
			err = lintu.Errorf(lintu.CodeNotFound, "没有找到此人。", "Nobody of that name or number was found.")
		}
		return found, err
	}
	layer, code := lintu.Households, w.Household
	if w.Head != "" {
		layer, code = lintu.Heads, w.Head
	}
	info, _ := lintu.LayerByName(layer)
	s, err := db.SubjectOf(ctx, tenant, info, code)
	if err != nil {
		return nil, err
	}
	return []sql.Subject{*s}, nil
}

type privacyExportCmd struct{ whose }

// Run exports.
func (c *privacyExportCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	found, err := c.subjects(ctx, p.db, a.cfg.Tenant)
	if err != nil {
		return err
	}
	out := struct {
		Persons []*sql.Dossier `json:"persons"`
	}{}
	for _, s := range found {
		d, err := p.db.ExportPerson(ctx, a.cfg.Tenant, s, operator())
		if err != nil {
			return err
		}
		out.Persons = append(out.Persons, d)
	}
	return a.printJSON(out)
}

type privacyEraseCmd struct {
	whose
	Yes bool `help:"Do not ask."`
}

// Run erases. Where a name or number fits several, it lists them and erases none.
func (c *privacyEraseCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	found, err := c.subjects(ctx, p.db, a.cfg.Tenant)
	if err != nil {
		return err
	}
	for _, s := range found {
		fmt.Fprintf(a.stdout, "%s %s  %s  %s %s\n", s.Layer, s.Code, s.Title, s.Masked.Name, s.Masked.Phone)
	}
	if len(found) > 1 {
		return lintu.Errorf(lintu.CodeConflict, "不止一处；请用 --household 或 --head 指出是哪一处。",
			"There are several; please say which one with --household or --head.")
	}
	if !c.Yes {
		a.ask("将删除以上个人信息的所有版本，无法恢复。输入 yes 确认：", "All versions of this personal data will be deleted for good. Type yes to confirm: ")
		if err := a.answered("yes"); err != nil {
			return err
		}
	}
	n, err := p.db.ErasePerson(ctx, a.cfg.Tenant, found[0], operator())
	if err != nil {
		return err
	}
	a.say("已删除 %[1]d 个版本。数据库的备份和归档日志中仍有加密的旧值，直到它们过期；用旧备份恢复后请再删除一次。导入用的原始文件不归本程序保管，请另行处理。",
		"%[1]d versions are deleted. Backups and archived logs of the database still hold the old values, encrypted, until they expire; erase again after restoring an old one. The files that were imported are not lintu's: please see to them too.", n)
	return nil
}

type privacyRotateCmd struct{}

// Run rotates the data key.
func (privacyRotateCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	progress := newMeter(a.stderr, a.cfg.Lang, false)
	err = p.db.RotateKey(ctx, a.cfg.Tenant, operator(), progress.show)
	progress.end()
	if err != nil {
		return err
	}
	a.say("数据密钥已更换，旧密钥已销毁。", "The data key is changed, the old one destroyed.")
	return nil
}

type privacyRewrapCmd struct{}

// Run changes the master key. Ended halfway, it can be run again: until the end
// the file holds the old key as well.
func (privacyRewrapCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.renewMaster(ctx); err != nil {
		return err
	}
	a.say("主密钥已更换：请立即备份 %[1]s。旧的主密钥文件只有恢复此前的数据库备份时才需要。",
		"The master key is changed: please make a copy of %[1]s now. Copies of the file before are needed only to restore backups made before.", a.cfg.KeyFile)
	return nil
}

// renewMaster wraps all data keys of the database under a fresh master key and
// takes the old one out of the file.
func (p *place) renewMaster(ctx context.Context) error {
	if err := p.keys.Renew(); err != nil {
		return err
	}
	if err := p.db.RewrapKeys(ctx, operator()); err != nil {
		return err
	}
	return p.keys.Retire()
}

type privacyDestroyCmd struct{}

// Run destroys the keys: in the database, and the master key in the file, which
// older backups of the database are wrapped under. It works without the file, for
// those who have lost it.
func (privacyDestroyCmd) Run(ctx context.Context, a *app) error {
	p, err := a.openWith(ctx, sql.Attach)
	if err != nil {
		return err
	}
	defer p.close()
	a.ask("县区 %[1]d 的全部个人信息将永远无法读取，旧备份中的也一样。输入县区编号确认：",
		"All personal data of jurisdiction %[1]d will be unreadable for ever, in old backups too. Type the jurisdiction's number to confirm: ", a.cfg.Tenant)
	if err := a.answered(strconv.Itoa(int(a.cfg.Tenant))); err != nil {
		return err
	}
	a.ask("这无法撤回。输入 destroy 再次确认：", "This cannot be taken back. Type destroy to confirm again: ")
	if err := a.answered("destroy"); err != nil {
		return err
	}
	n, err := p.db.DestroyKeys(ctx, a.cfg.Tenant, operator())
	if err != nil {
		return err
	}
	kept, err := p.forgetMaster(ctx, a.cfg)
	if err != nil {
		return err
	}
	a.say("已删除 %[1]d 个版本，数据密钥已销毁。", "%[1]d versions are deleted and the data keys destroyed.", n)
	if kept {
		a.say("主密钥已更换。请销毁 %[1]s 的每一份旧副本，并重启服务：在此之前，旧备份仍可用它们读取。",
			"The master key is changed. Please destroy every old copy of %[1]s and restart the server: until then, old backups can be read with them.", a.cfg.KeyFile)
	}
	return nil
}

// forgetMaster changes the master key, so that what older backups hold cannot be
// unwrapped with the file any more. It reports whether there was a file.
func (p *place) forgetMaster(ctx context.Context, cfg config) (bool, error) {
	if noFile(cfg.KeyFile) {
		return false, nil
	}
	if err := p.useKeys(ctx, cfg); err != nil {
		return false, err
	}
	return true, p.renewMaster(ctx)
}
