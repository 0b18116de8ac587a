// How a curve looks (see curve.js): axes, limits, hatched unknown periods.

// The axis is in UTC of times shifted to Shanghai, whatever zone the machine has.
export const shift = 8 * 3600e3;

// option is what ECharts draws: data is the endpoint's JSON, parts its split series,
// c the colours, words the tooltip's formatter and the summary for readers.
export function option(data, parts, c, words, compact) {
  const palette = [c.brand, '#8a5cc2', '#0f8f8f', '#b36b00'];
  const times = [].concat(...parts.map(p => p.line.map(d => (Array.isArray(d) ? d[0] : d.at))));
  for (const u of data.unknown || []) times.push(u[0] + shift, u[1] + shift);
  const from = times.reduce((a, b) => Math.min(a, b), Infinity), to = times.reduce((a, b) => Math.max(a, b), -Infinity);
  const limits = (data.limits || []).map(l => Number(l.value)).filter(v => !isNaN(v));
  const series = [];
  parts.forEach((p, i) => {
    const colour = palette[i % palette.length];
    series.push({
      type: 'line', name: p.name, data: p.line, symbol: p.line.length > 80 ? 'none' : 'circle', symbolSize: 4, showSymbol: true,
      connectNulls: false, lineStyle: {width: 1.8}, itemStyle: {color: colour}, color: colour, z: 3,
      markLine: i ? undefined : limitLines(data, from, to, c), markArea: i ? undefined : unknownAreas(data, c),
    });
    if (p.over.length) series.push({type: 'scatter', name: '超标', data: p.over, symbol: 'triangle', symbolSize: 9, itemStyle: {color: c['exceeds-mark']}, z: 5});
    if (p.invalid.length) {
      series.push({
        type: 'scatter', name: '无效标记', data: p.invalid, symbol: 'circle', symbolSize: 9, z: 4,
        itemStyle: {color: c.surface, borderColor: c['unknown-mark'], borderWidth: 1.5},
        label: {show: true, position: 'top', distance: 3, color: c['text-3'], fontSize: 11, formatter: d => d.data.flag || ''},
      });
    }
  });
  return {
    useUTC: true, animation: false, series,
    textStyle: {fontFamily: c.font, color: c['text-2']},
    aria: {enabled: true, label: {description: `${data.title || data.name}曲线。${words.summary}`}},
    grid: {left: 8, right: 16, top: 40, bottom: compact ? 6 : 48, containLabel: true},
    legend: {top: 4, right: 8, itemWidth: 16, itemHeight: 9, data: [...new Set(series.map(s => s.name))], textStyle: {color: c['text-2']}},
    tooltip: {
      trigger: 'axis', renderMode: 'richText', backgroundColor: c.surface, borderColor: c.line,
      textStyle: {color: c.text, fontSize: 13}, axisPointer: {lineStyle: {color: c['text-3']}}, formatter: words.tip,
    },
    xAxis: {type: 'time', min: from, max: to, axisLabel: {color: c['text-3'], hideOverlap: true}, axisLine: {lineStyle: {color: c.edge}}, splitLine: {show: false}},
    yAxis: {
      type: 'value', name: data.unit, nameGap: 12, nameTextStyle: {color: c['text-3'], align: 'left', padding: [0, 0, 0, -24]}, axisLabel: {color: c['text-3']},
      min: v => Math.min(0, v.min), max: v => nice(Math.max(v.max, ...limits)), splitLine: {lineStyle: {color: c.line}},
    },
    dataZoom: compact ? [] : [
      {type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false},
      {type: 'slider', height: 18, bottom: 8, brushSelect: false, showDataShadow: false, borderColor: c.line, textStyle: {color: c['text-3']}, fillerColor: c['brand-soft'], backgroundColor: c.raised},
    ],
  };
}

// nice is the end of an axis that leaves room above v, as the 1, 1.2, 1.5, 2 … of its decade.
function nice(v) {
  if (!(v > 0)) return 1;
  const ten = Math.pow(10, Math.floor(Math.log10(v)));
  return ten * [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12].find(m => m * ten >= v * 1.08);
}

function limitLines(data, from, to, c) {
  const lines = (data.limits || []).filter(l => !isNaN(Number(l.value))).map((l, i) => [
    {
      coord: [Math.max(from, l.from ? l.from + shift : from), Number(l.value)],
      label: {show: true, formatter: l.label, position: i % 2 ? 'insideEndTop' : 'insideStartTop', color: c.exceeds, fontSize: 12, backgroundColor: c.surface, padding: [2, 4]},
    },
    {coord: [Math.min(to, l.to ? l.to + shift : to), Number(l.value)]},
  ]).filter(([a, b]) => a.coord[0] < b.coord[0]);
  return {silent: true, symbol: 'none', lineStyle: {type: 'dashed', color: c['exceeds-mark'], width: 1.4}, data: lines};
}

function unknownAreas(data, c) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const g = tile.getContext('2d');
  g.strokeStyle = c['unknown-mark'];
  g.globalAlpha = 0.45;
  g.beginPath();
  for (const x of [-8, 0, 8]) {
    g.moveTo(x, 8);
    g.lineTo(x + 8, 0);
  }
  g.stroke();
  const areas = (data.unknown || []).map(u => [
    {xAxis: u[0] + shift, label: {show: true, formatter: u[2] || '无数据', position: 'insideTop', color: c['text-2'], fontSize: 12}},
    {xAxis: u[1] + shift},
  ]);
  return {silent: true, itemStyle: {color: {image: tile, repeat: 'repeat'}}, data: areas};
}

// colours reads the values of the theme that el stands in.
export function colours(el) {
  const css = getComputedStyle(el), c = {};
  for (const n of ['font', 'text', 'text-2', 'text-3', 'line', 'edge', 'surface', 'raised', 'brand', 'brand-soft', 'exceeds', 'exceeds-mark', 'unknown-mark']) {
    c[n] = css.getPropertyValue(`--${n}`).trim();
  }
  return c;
}
