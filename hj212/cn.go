package hj212

import "strconv"

// CN is a command number.
type CN int

// The commands that the code speaks of by name.
const (
	CNRealtime  CN = 2011
	CNDay       CN = 2031
	CNMinute    CN = 2051
	CNHour      CN = 2061
	CNRequest   CN = 9011 // 请求应答
	CNExecute   CN = 9012 // 操作执行结果
	CNNotify    CN = 9013 // 通知应答
	CNData      CN = 9014 // 数据应答
	CNHeartbeat CN = 9015 // 心跳包
)

// String gives four digits.
func (c CN) String() string {
	s := strconv.Itoa(int(c))
	for len(s) < 4 {
		s = "0" + s
	}
	return s
}

// A Role is what a command is in one direction.
type Role uint8

// The roles of HJ 212-2017 6.2 and 6.6.
const (
	NoRole       Role = iota // not sent in that direction
	Request                  // 请求命令: answered by 9011, data if any, 9012
	Response                 // the data that answers a request of the same CN
	Upload                   // 上传命令: answered by 9014 where wanted
	Notification             // 通知命令: answered by 9013
	Answer                   // 9011 to 9014
)

// A Kind says what an upload holds.
type Kind string

// The kinds. The first four are those that readings are stored under.
const (
	KindRtd       Kind = "rtd"
	KindMinute    Kind = "minute"
	KindHour      Kind = "hour"
	KindDay       Kind = "day"
	KindState     Kind = "state"     // running state of facilities, SBn-RS
	KindRuntime   Kind = "runtime"   // running hours of the day, SBn-RT
	KindPeriodic  Kind = "periodic"  // raw data of periodic monitoring, 2025
	KindNoise     Kind = "noise"     // single measurement of noise, 2025
	KindFurnace   Kind = "furnace"   // five-minute furnace temperature, 2025
	KindCheck     Kind = "check"     // checks with standard samples, zero, span, spike, parallel
	KindAlarm     Kind = "alarm"     // alarms of 2005
	KindStart     Kind = "start"     // start of the logger
	KindSample    Kind = "sample"    // samples kept
	KindInfo      Kind = "info"      // device information, serials, logs
	KindEquip     Kind = "equip"     // equipment: hardware numbers, intervals, clocks
	KindHeartbeat Kind = "heartbeat" // a sign of life
	KindControl   Kind = "control"   // a command without data
	KindAnswer    Kind = "answer"    // 9011 to 9014
	KindPrivate   Kind = "private"   // a number of 9000-9999 that no edition gives a meaning
	KindUnknown   Kind = "unknown"
)

// A Command is the meaning of a command number in one profile.
type Command struct {
	CN      CN
	Profile Profile // whose meaning it is
	Down    Role    // from host to device
	Up      Role    // from device to host
	Kind    Kind
	Zh, En  string
}

type profileSet uint8

const (
	in05  = profileSet(1) << P2005
	in17  = profileSet(1) << P2017
	in25  = profileSet(1) << P2025
	inSW  = profileSet(1) << SurfaceWater
	inAll = in05 | in17 | in25 | inSW
	in17p = in17 | in25 | inSW
)

type commandRow struct {
	cn       CN
	in       profileSet
	down, up Role
	kind     Kind
	zh, en   string
}

// commandRows is HJ/T 212-2005 and HJ 212-2017 Annex C, what is known of 2025
// second-hand, and one vendor's reading of the surface-water dialect.
var commandRows = []commandRow{
	{1000, inAll, Request, NoRole, KindControl, "设置超时时间及重发次数", "set timeout and retries"},
	{1001, in05, Request, NoRole, KindControl, "设置超限报警时间", "set over-limit alarm time"},
	{1001, in25, NoRole, Notification, KindEquip, "上传数采仪硬件编号", "hardware numbers of the logger"},
	{1002, in25, Request, NoRole, KindControl, "下发数采仪入网编码", "assign MN"},
	{1011, inAll, Request, Response, KindEquip, "提取现场机时间", "read the clock"},
	{1012, inAll, Request, NoRole, KindControl, "设置现场机时间", "set the clock"},
	{1013, in17p, NoRole, Notification, KindEquip, "现场机时间校准请求", "device asks for the time"},
	{1014, in25, Request, Notification, KindControl, "更新SM4密钥", "ask for or set the SM4 key"},
	{1014, inSW, Request, Response, KindEquip, "提取水站系统时间", "read the station clock"},
	{1015, inSW, Request, NoRole, KindControl, "设置水站系统时间", "set the station clock"},
	{1021, in05, Request, Response, KindEquip, "提取污染物报警门限值", "read alarm limits"},
	{1022, in05, Request, NoRole, KindControl, "设置污染物报警门限值", "set alarm limits"},
	{1031, in05, Request, Response, KindEquip, "提取上位机地址", "read the host address"},
	{1032, in05, Request, NoRole, KindControl, "设置上位机地址", "set the host address"},
	{1041, in05, Request, Response, KindEquip, "提取数据上报时间", "read the report time"},
	{1042, in05, Request, NoRole, KindControl, "设置数据上报时间", "set the report time"},
	{1061, inAll, Request, Response, KindEquip, "提取实时数据间隔", "read the realtime interval"},
	{1062, inAll, Request, NoRole, KindControl, "设置实时数据间隔", "set the realtime interval"},
	{1063, in17p, Request, Response, KindEquip, "提取分钟数据间隔", "read the minute interval"},
	{1064, in17p, Request, NoRole, KindControl, "设置分钟数据间隔", "set the minute interval"},
	{1072, inAll, Request, NoRole, KindControl, "设置现场机密码", "set the password"},
	{2011, inAll, Request, Upload, KindRtd, "实时数据", "realtime data"},
	{2012, inAll, Notification, NoRole, KindControl, "停止察看实时数据", "stop realtime data"},
	{2013, in25, Request, Upload, KindPeriodic, "周期性监测原始数据", "raw data of periodic monitoring"},
	{2021, inAll, Request, Upload, KindState, "设备运行状态数据", "running state of facilities"},
	{2022, inAll, Notification, NoRole, KindControl, "停止察看设备运行状态", "stop running states"},
	{2031, inAll, Request, Upload, KindDay, "日历史数据", "day data"},
	{2041, inAll, Request, Upload, KindRuntime, "设备运行时间日历史数据", "running time of the day"},
	{2051, inAll, Request, Upload, KindMinute, "分钟数据", "minute data"},
	{2052, in25, Request, Upload, KindNoise, "噪声单次测量数据", "single measurement of noise"},
	{2061, inAll, Request, Upload, KindHour, "小时数据", "hour data"},
	{2062, in25, Request, Upload, KindCheck, "自动标样核查记录", "automatic standard-sample check"},
	{2062, inSW, Request, Upload, KindCheck, "标样核查数据", "standard-sample check"},
	{2063, inSW, Request, Upload, KindCheck, "加标回收数据", "spike recovery"},
	{2064, inSW, Request, Upload, KindCheck, "平行样测试数据", "parallel sample"},
	{2065, inSW, Request, Upload, KindCheck, "零点核查数据", "zero check"},
	{2066, inSW, Request, Upload, KindCheck, "跨度核查数据", "span check"},
	{2071, in05, Request, Upload, KindAlarm, "报警记录", "alarm records"},
	{2072, in05, NoRole, Notification, KindAlarm, "报警事件", "alarm event"},
	{2081, in17p, NoRole, Upload, KindStart, "数采仪开机时间", "start of the logger"},
	{2111, in25, NoRole, Upload, KindFurnace, "炉膛温度5分钟均值", "five-minute furnace temperature"},
	{3011, in05 | in17 | inSW, Request, NoRole, KindControl, "零点校准量程校准", "zero and span calibration"},
	{3011, in25, Request, NoRole, KindControl, "零点或量程校准", "zero or span calibration"},
	{3012, inAll, Request, NoRole, KindControl, "即时采样", "sample now"},
	{3013, in05, Request, NoRole, KindControl, "设备操作", "operate the device"},
	{3013, in17p, Request, NoRole, KindControl, "启动清洗或反吹", "clean or blow back"},
	{3014, in05, Request, NoRole, KindControl, "设置设备采样时间", "set sampling times"},
	{3014, in17 | inSW, Request, NoRole, KindControl, "比对采样", "comparison sampling"},
	{3015, in17, Request, Upload, KindSample, "超标留样", "sample kept for exceedance"},
	{3015, in25, NoRole, Upload, KindSample, "超标留样信息", "sample kept for exceedance"},
	{3015, inSW, Request, Upload, KindSample, "留样", "keep a sample"},
	{3016, in17 | inSW, Request, NoRole, KindControl, "设置采样时间周期", "set the sampling period"},
	{3017, in17 | inSW, Request, Response, KindEquip, "提取采样时间周期", "read the sampling period"},
	{3018, in17p, Request, Response, KindEquip, "提取出样时间", "read the time to a result"},
	{3019, in17p, Request, Upload, KindInfo, "设备唯一标识", "serial of the instrument"},
	{3020, in17p, Request, Upload, KindInfo, "现场机信息", "device information"},
	{3021, in17p, Request, NoRole, KindControl, "设置现场机参数", "set a device parameter"},
	{3022, in25, Request, NoRole, KindControl, "即时采样并留样", "take and keep a sample now"},
	{3024, in25, Request, NoRole, KindControl, "启动自动标样核查", "start the automatic standard-sample check"},
	{3040, inSW, Request, Upload, KindInfo, "水站系统状态", "station state"},
	{3041, inSW, Request, Upload, KindInfo, "水站环境参数", "station environment"},
	{9011, inAll, NoRole, Answer, KindAnswer, "请求应答", "answer to a request"},
	{9012, inAll, NoRole, Answer, KindAnswer, "操作执行结果", "result of a request"},
	{9013, inAll, Answer, Answer, KindAnswer, "通知应答", "answer to a notification"},
	{9014, inAll, Answer, Answer, KindAnswer, "数据应答", "answer to data"},
	{9015, in25 | inSW, NoRole, Notification, KindHeartbeat, "心跳包", "heartbeat"},
}

// commandAt[cn-1000] leads into commandRows: the first row of each command of
// 1000-3099 and 9000-9099, plus one; 0 where there is none.
var commandAt = func() (t [9100 - 1000]uint8) {
	for i := len(commandRows) - 1; i >= 0; i-- {
		t[commandRows[i].cn-1000] = uint8(i + 1)
	}
	return t
}()

// where says in which order profiles are asked for a command that the device's
// own profile does not have. Old devices go on sending what a new edition has
// dropped, and private logger software mixes editions.
var where = [...][]Profile{
	Auto:         {P2017, P2025, P2005, SurfaceWater},
	P2005:        {P2005, P2017, P2025, SurfaceWater},
	P2017:        {P2017, P2025, P2005, SurfaceWater},
	P2025:        {P2025, P2017, P2005, SurfaceWater},
	SurfaceWater: {SurfaceWater, P2017, P2025, P2005},
}

// Lookup returns the meaning of cn in profile p, or, where p has none, in the
// nearest profile that has one: see Command.Profile. The station control
// commands of the surface-water dialect (3042 to 3066, 3080 to 3086) and the
// private numbers of 9000-9999 have a kind but no meaning of their own. ok is
// false for a number without any.
func Lookup(p Profile, cn CN) (c Command, ok bool) {
	first := 0
	if i := int(cn) - 1000; i >= 0 && i < len(commandAt) {
		first = int(commandAt[i])
	}
	if first > 0 && int(p) < len(where) {
		for _, q := range where[p] {
			for _, row := range commandRows[first-1:] {
				if row.cn != cn {
					break
				}
				if row.in&(1<<q) != 0 {
					return Command{cn, q, row.down, row.up, row.kind, row.zh, row.en}, true
				}
			}
		}
	}
	switch {
	case p == SurfaceWater && (cn >= 3042 && cn <= 3066 || cn >= 3080 && cn <= 3086):
		return Command{cn, p, Request, Response, KindControl, "水站反控", "station control"}, true
	case cn >= 9000 && cn <= 9999:
		return Command{cn, p, NoRole, Upload, KindPrivate, "厂家自定义命令", "private command"}, true
	}
	return Command{CN: cn, Profile: p, Kind: KindUnknown, Zh: "未知命令", En: "unknown command"}, false
}

// Commands returns the commands that belong to profile p itself, by number.
func Commands(p Profile) []Command {
	var list []Command
	for _, row := range commandRows {
		if row.in&(1<<p) != 0 {
			list = append(list, Command{row.cn, p, row.down, row.up, row.kind, row.zh, row.en})
		}
	}
	return list
}

// Kind says what the message holds, under profile p (Auto: the one it shows).
func (m *Message) Kind(p Profile) Kind {
	c, _ := Lookup(p.Or(m), m.CN)
	return c.Kind
}
