package hj212

// An IssueKind names something that is wrong with a message and does not stop
// it. The names are stable.
type IssueKind string

// What devices do. Each is accepted, and said.
const (
	IssueDuplicate     IssueKind = "duplicate_key"      // the same name twice: the last is kept
	IssueDataTimeWidth IssueKind = "data_time_width"    // DataTime has not 14 digits
	IssueQNWidth       IssueKind = "qn_width"           // QN has not 17 digits
	IssueImpossible    IssueKind = "impossible_date"    // QN or DataTime is no date
	IssueUnknownMark   IssueKind = "unknown_mark"       // a data mark that the version does not know: not valid for statistics
	IssueSplitNoPNUM   IssueKind = "split_without_pnum" // Flag says split, but PNUM or PNO is missing
	IssuePNUMInCP      IssueKind = "pnum_in_cp"         // PNUM or PNO stands inside CP
	IssueHeaderCase    IssueKind = "header_case"        // FLAG, PNum
	IssueHeaderComma   IssueKind = "header_comma"       // a comma where the header wants a semicolon
	IssueNoEquals      IssueKind = "no_equals"          // an item without =
	IssueNoName        IssueKind = "no_name"            // an item without a name
	IssuePrivateField  IssueKind = "private_field"      // a header field that no edition knows
	IssueCodeMisprint  IssueKind = "code_misprint"      // a code less its letter inside the item of the full code (HJ 212-2017 C.14)
	IssueBareFlag      IssueKind = "bare_flag"          // Flag=N without a factor
	IssueOverlong      IssueKind = "overlong"           // a segment of more than 1024 bytes
	IssueNoMN          IssueKind = "no_mn"              // MN is absent or empty
	IssueBadCN         IssueKind = "bad_cn"             // CN is absent or not four digits
	IssueBadFlag       IssueKind = "bad_flag"           // Flag is not a number of 0-255
	IssueVersion       IssueKind = "unknown_version"    // Flag names a version that is not published
	IssueCPMarks       IssueKind = "cp_marks"           // CP does not open or close with &&
	IssueAfterCP       IssueKind = "after_cp"           // something follows the closing &&
	IssueBadNumber     IssueKind = "bad_packet_number"  // PNUM or PNO is not a number of 1-9999, or PNO > PNUM
	IssueDecrypted     IssueKind = "decrypted"          // CP was encrypted and has been opened
)

// An Issue is one of these, with the byte of the segment that it is about.
type Issue struct {
	Kind IssueKind
	At   int
}

// Zh is the issue in the operator's words.
func (k IssueKind) Zh() string {
	if s, ok := issueZh[k]; ok {
		return s
	}
	return string(k)
}

var issueZh = map[IssueKind]string{
	IssueDuplicate:     "同一字段出现两次，取后一个",
	IssueDataTimeWidth: "DataTime不是14位",
	IssueQNWidth:       "QN不是17位",
	IssueImpossible:    "时间不是真实日期",
	IssueUnknownMark:   "数据标记不在标准表中，不参与统计",
	IssueSplitNoPNUM:   "Flag声明分包但缺少PNUM或PNO",
	IssuePNUMInCP:      "PNUM或PNO写在了CP内",
	IssueHeaderCase:    "包头字段名大小写不符合标准",
	IssueHeaderComma:   "包头字段之间用了逗号",
	IssueNoEquals:      "数据项缺少等号",
	IssueNoName:        "数据项缺少名称",
	IssuePrivateField:  "包头含标准以外的字段",
	IssueCodeMisprint:  "因子编码疑似漏写首字母",
	IssueBareFlag:      "数据标记没有因子编码",
	IssueOverlong:      "数据段超过1024字节",
	IssueNoMN:          "缺少设备唯一标识MN",
	IssueBadCN:         "CN缺失或不是4位数字",
	IssueBadFlag:       "Flag不是0-255的整数",
	IssueVersion:       "Flag声明的版本尚未发布",
	IssueCPMarks:       "CP缺少&&标记",
	IssueAfterCP:       "CP结束标记之后还有内容",
	IssueBadNumber:     "包号或总包数无效",
	IssueDecrypted:     "CP已按SM4解密",
}
