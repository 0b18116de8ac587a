package openapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
)

// Evidence is a file of a matter.
type Evidence struct {
	ID         int64    `json:"id"`
	Kind       string   `json:"kind" enum:"photo,document,sheet,video,text"`
	Name       string   `json:"name"`
	Size       int64    `json:"size" doc:"字节"`
	Media      string   `json:"media" doc:"按内容判定的类型"`
	SM3        string   `json:"sm3" doc:"内容的 SM3 值，十六进制"`
	TakenAt    string   `json:"taken_at,omitempty" doc:"照片自述的拍摄时间"`
	Lon        *float64 `json:"lon,omitempty" doc:"照片自述的位置"`
	Lat        *float64 `json:"lat,omitempty"`
	By         string   `json:"by"`
	ByName     string   `json:"by_name"`
	UploadedAt string   `json:"uploaded_at"`
	Used       bool     `json:"used" doc:"是否已用于某一步，用后不能撤回"`
	Withdrawn  bool     `json:"withdrawn"`
}

func evidenceOf(e *matter.Evidence) Evidence {
	return Evidence{
		ID: e.ID, Kind: string(e.Kind), Name: e.Name, Size: e.Size, Media: e.Media, SM3: e.Hash, TakenAt: stamp(e.TakenAt), Lon: e.Lon, Lat: e.Lat,
		By: e.ByLogin, ByName: e.ByName, UploadedAt: stamp(e.At), Used: e.Move != 0, Withdrawn: e.Withdrawn,
	}
}

type evidencesOut struct {
	Body struct {
		Evidence []Evidence `json:"evidence"`
	}
}

type evidenceOut struct{ Body Evidence }

// How large an upload may be around its file, and how long it may take over a
// bad line.
const (
	formMargin = 1 << 20
	uploadTime = 5 * time.Minute
)

func (a *api) evidence() {
	read := []access.Permission{"matter.read", "evidence.read"}
	binary := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	form := &huma.MediaType{Schema: &huma.Schema{
		Type: "object", Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary", Description: "一个文件；类型按内容判定"}},
	}}
	add(a, op{id: "listEvidence", method: "GET", path: "/matters/{id}/evidence", tag: "佐证材料", summary: "佐证材料", needs: read}, a.evidenceList)
	add(a, op{id: "addEvidence", method: "POST", path: "/matters/{id}/evidence", tag: "佐证材料", summary: "上传佐证材料", needs: []access.Permission{"matter.read"}, form: form, status: 201,
		detail: "另需 `matter.move` 或 `matter.comment`。上传后的 id 随办理一并提交。"}, a.evidenceAdd)
	add(a, op{id: "getEvidence", method: "GET", path: "/matters/{id}/evidence/{evidence}", tag: "佐证材料", summary: "下载佐证材料", needs: read, answer: binary, media: "application/octet-stream",
		detail: "内容与登记时的 SM3 值不符时不返回。"}, a.evidenceFile)
}

func (a *api) evidenceList(ctx context.Context, by access.Caller, in *struct{ MatterPath }) (*evidencesOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	all, err := a.Matter.Evidences(ctx, by, id)
	out := &evidencesOut{}
	out.Body.Evidence = []Evidence{}
	for i := range all {
		out.Body.Evidence = append(out.Body.Evidence, evidenceOf(&all[i]))
	}
	return out, err
}

func (a *api) evidenceAdd(ctx context.Context, by access.Caller, in *struct{ MatterPath }) (*evidenceOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	// Whether the matter is there is asked before its file is read.
	if _, err := a.Matter.Matter(ctx, by, id); err != nil {
		return nil, err
	}
	req := requestIn(ctx)
	most := a.Matter.MaxFile
	if most <= 0 {
		most = matter.DefaultMaxFile
	}
	http.NewResponseController(req.w).SetReadDeadline(time.Now().Add(uploadTime)) // where it cannot be set, the server's own holds
	req.r.Body = http.MaxBytesReader(req.w, req.r.Body, most+formMargin)
	part, err := filePart(req.r)
	if err != nil {
		return nil, err
	}
	e, err := a.Matter.AddEvidence(ctx, by, id, part.FileName(), part)
	if err != nil {
		return nil, err
	}
	return &evidenceOut{Body: evidenceOf(&e)}, nil
}

// filePart returns the part of a form that is the file. It is read as it
// comes, and nothing of it is put on the disk before it was looked at.
func filePart(r *http.Request) (*multipart.Part, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "上传应为 multipart/form-data 表单，文件的字段名为 file")
	}
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, wrong("file", "请选择要上传的文件")
		case err != nil:
			return nil, fault.From(err, fault.Invalid, "文件没有传完，请重新上传")
		case part.FormName() == "file" && part.FileName() != "":
			return part, nil
		}
	}
}

func (a *api) evidenceFile(ctx context.Context, by access.Caller, in *struct {
	MatterPath
	Evidence Whole `path:"evidence" doc:"佐证材料的 id"`
}) (*huma.StreamResponse, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	n, err := in.Evidence.number("evidence")
	if err != nil {
		return nil, err
	}
	e, data, err := a.Matter.File(ctx, by, n)
	if err == nil && e.Matter != id {
		err = fault.New(fault.NotFound, "这个事项没有这个文件")
	}
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		_, w := humago.Unwrap(out)
		w.Header().Set("Content-Type", e.Media)
		// As a file, never as a page of ours: what it holds is not ours.
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.Name}))
		w.Header().Set("X-Content-SM3", e.Hash)
		out.SetStatus(http.StatusOK)
		io.Copy(out.BodyWriter(), bytes.NewReader(data))
	}}, nil
}
