// A curve of one factor, drawn by ECharts on an element with data-curve:
//
//   <div class="curve" data-curve data-src="/points/7/curve.json?…" data-refresh="pz:reading" data-point="7"></div>
//
// data-src answers the JSON described in ../README.md. Values keep the text they
// were reported in and are turned into numbers only to be placed on the axis. What
// is missing stays a gap, what is marked invalid stands apart from the line, and a
// period about which nothing is known is hatched: none of them looks like zero.
// data-compact leaves out the zoom bar, for small curves and the wall.
import {init} from '../vendor/charts.js';
import {colours, option, shift} from './curveoption.js';
import {onRefresh} from './refresh.js';

const kinds = {rtd: '实时值', minute: '分钟均值', hour: '小时均值', day: '日均值'};

export function mount(el) {
  const box = document.createElement('div');
  box.className = el.className || 'curve';
  const note = document.createElement('p');
  note.className = 'curve-note';
  el.className = '';
  el.replaceChildren(box, note);
  let chart = null;

  const load = async () => {
    try {
      const res = await fetch(el.dataset.src, {headers: {Accept: 'application/json'}});
      if (!res.ok) throw new Error(String(res.status));
      const data = await res.json();
      chart = chart || init(box, null, {locale: 'ZH'});
      const parts = split(data);
      chart.setOption(option(data, parts, colours(el), {tip: items => tip(items, data), summary: summary(data, parts)}, 'compact' in el.dataset), true);
      note.textContent = summary(data, parts) + ('compact' in el.dataset || !parts.some(p => p.line.length) ? '' : '按住 Ctrl 滚动可缩放。');
    } catch (err) {
      console.error(err);
      note.textContent = '曲线数据没有读到，请刷新页面重试；表格数据不受影响。';
    }
  };
  new ResizeObserver(() => chart && chart.resize()).observe(box);
  onRefresh(el, load);
  load();
}

// split parts each series into the drawn line, the values that exceed (a fifth
// member "exceeds", given by the server's verdict), and the invalid ones.
function split(data) {
  return (data.series || []).map(s => {
    const line = [], over = [], invalid = [];
    let valid = 0;
    s.points.forEach((p, i) => {
      const at = p[0] + shift, y = p[1] === null ? NaN : Number(p[1]);
      const item = {value: [at, y], text: p[1], flag: p[2], at};
      if (isNaN(y)) {
        line.push([at, null]);
      } else if (p[3] === false) {
        line.push([at, null]);
        invalid.push(item);
      } else {
        valid++;
        const alone = !drawn(s.points[i - 1]) && !drawn(s.points[i + 1]);
        line.push(Object.assign(item, alone ? {symbol: 'circle', symbolSize: 5} : {}));
        if (p[4] === 'exceeds') over.push(item);
      }
    });
    return {name: s.name, line, over, invalid, valid};
  });
}

const drawn = p => !!p && p[1] !== null && p[3] !== false && !isNaN(Number(p[1]));

function tip(items, data) {
  const seen = items.filter(i => i.data && i.data.text !== undefined && i.seriesName !== '超标');
  const at = items.length ? new Date(items[0].axisValue).toISOString().slice(0, 16).replace('T', ' ') : '';
  if (!seen.length) return `${at}\n缺失`;
  const over = new Set(items.filter(i => i.seriesName === '超标').map(i => i.data.text));
  return [at].concat(seen.map(i => {
    const what = i.seriesName === '无效标记' ? `无效（标记 ${i.data.flag || '无'}）` : i.seriesName;
    return `${what}：${i.data.text} ${data.unit || ''}${over.has(i.data.text) ? '  ▲超标' : ''}`;
  })).join('\n');
}

function summary(data, parts) {
  // The converted value and the measured one are one value: what counts is the
  // series that has the most.
  const n = Math.max(0, ...parts.map(p => p.valid)), bad = Math.max(0, ...parts.map(p => p.invalid.length));
  const gaps = (data.unknown || []).length;
  if (!n && !bad) return '所选时段没有数据；没有数据不等于达标。';
  return `${kinds[data.kind] || ''} 有效 ${n} 个，无效 ${bad} 个（空心圆，字母为数据标记）${gaps ? `，未知时段 ${gaps} 处（斜线，不等于达标）`: ''}。`.trim();
}
