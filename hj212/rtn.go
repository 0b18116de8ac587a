package hj212

import "strconv"

// QnRtn is a device's answer to a request, in 9011 (HJ 212-2017 table 7).
type QnRtn int

// The values. 2005 has the first three only.
const (
	QnReady   QnRtn = 1
	QnRefused QnRtn = 2
	QnPW      QnRtn = 3
	QnMN      QnRtn = 4
	QnST      QnRtn = 5
	QnFlag    QnRtn = 6
	QnQN      QnRtn = 7
	QnCN      QnRtn = 8
	QnCRC     QnRtn = 9
	QnUnknown QnRtn = 100
)

var qnRtnZh = map[QnRtn]string{
	QnReady:   "准备执行请求",
	QnRefused: "请求被拒绝",
	QnPW:      "密码错误",
	QnMN:      "MN错误",
	QnST:      "ST错误",
	QnFlag:    "Flag错误",
	QnQN:      "QN错误",
	QnCN:      "CN错误",
	QnCRC:     "CRC校验错误",
	QnUnknown: "未知错误",
}

// Zh is the value in words.
func (r QnRtn) Zh() string {
	if s, ok := qnRtnZh[r]; ok {
		return s
	}
	return "未定义的请求返回值" + strconv.Itoa(int(r))
}

// ExeRtn is the result of a request, in 9012 (HJ 212-2017 table 8).
type ExeRtn int

// The values. 2005 has 1, 2 and 100 only.
const (
	ExeDone      ExeRtn = 1
	ExeFailed    ExeRtn = 2
	ExeCondition ExeRtn = 3
	ExeTimeout   ExeRtn = 4
	ExeBusy      ExeRtn = 5
	ExeFault     ExeRtn = 6
	ExeNoData    ExeRtn = 100
)

var exeRtnZh = map[ExeRtn]string{
	ExeDone:      "执行成功",
	ExeFailed:    "执行失败，但不知道原因",
	ExeCondition: "命令请求条件错误",
	ExeTimeout:   "通讯超时",
	ExeBusy:      "系统繁忙不能执行",
	ExeFault:     "系统故障",
	ExeNoData:    "没有数据",
}

// Zh is the value in words.
func (r ExeRtn) Zh() string {
	if s, ok := exeRtnZh[r]; ok {
		return s
	}
	return "未定义的执行结果" + strconv.Itoa(int(r))
}

// In is the value that profile p has for r: what 2005 does not know is refused
// or failed there.
func (r QnRtn) in(p Profile) QnRtn {
	if p == P2005 && r > QnPW {
		return QnRefused
	}
	return r
}

func (r ExeRtn) in(p Profile) ExeRtn {
	if p == P2005 && r != ExeDone && r != ExeNoData {
		return ExeFailed
	}
	return r
}
