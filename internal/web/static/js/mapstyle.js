// How the map looks: symbols, labels and colours, which are those of the page's
// theme (tokens.css), and the legend of the states.
import * as ol from '../vendor/map.js';

// States of points, and levels of the air quality index (HJ 633).
export const states = {
  meets: '达标', exceeds: '超标', warn: '接近限值', unknown: '未知', offline: '离线',
  'aqi-1': '优', 'aqi-2': '良', 'aqi-3': '轻度污染', 'aqi-4': '中度污染', 'aqi-5': '重度污染', 'aqi-6': '严重污染',
};
const levels = [1, 2, 3, 4, 5, 6].map(n => `aqi-${n}`);
const order = ['offline', 'unknown', 'meets', 'warn', 'exceeds'].concat(levels); // later ones are drawn above

// The same shapes as those of the tags, in a box of 14 units.
const shapes = {
  meets: ['circle', {cx: 7, cy: 7, r: 5}],
  exceeds: ['path', {d: 'M7 1 13 13H1Z'}],
  warn: ['path', {d: 'M7 1 13 7 7 13 1 7Z'}],
  unknown: ['path', {d: 'M2 2h10v10H2Z'}],
  offline: ['circle', {cx: 7, cy: 7, r: 4.5}],
};

// legend lists the states that features have, with their numbers, on the map el.
export function legend(el, features, c) {
  const count = {};
  features.forEach(f => { count[f.get('state')] = (count[f.get('state')] || 0) + 1; });
  const list = document.createElement('ul');
  list.className = 'map-legend';
  order.slice().reverse().filter(s => count[s]).forEach(s => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const [tag, attrs] = shapes[s] || shapes.meets, shape = document.createElementNS(svg.namespaceURI, tag);
    svg.setAttribute('viewBox', '0 0 14 14');
    svg.setAttribute('aria-hidden', 'true');
    const hollow = s === 'offline' || s === 'unknown';
    Object.entries(Object.assign({fill: hollow ? c.surface : c[`${s}-mark`], stroke: c[`${s}-mark`], 'stroke-width': hollow ? 2.5 : 0}, attrs))
      .forEach(([k, v]) => shape.setAttribute(k, v));
    svg.append(shape);
    const item = document.createElement('li');
    item.append(svg, `${states[s]} ${count[s]}`);
    list.append(item);
  });
  const old = el.querySelector('.map-legend');
  if (old) old.remove();
  if (list.children.length) el.querySelector('.ol-overlaycontainer').append(list); // below the popup
}

function symbol(state, c) {
  const hollow = state === 'offline' || state === 'unknown';
  const fill = new ol.Fill({color: hollow ? c.surface : c[`${state}-mark`]});
  const stroke = new ol.Stroke({color: hollow ? c[`${state}-mark`] : c.surface, width: hollow ? 2.5 : 1.5});
  const declutterMode = 'obstacle'; // a point is never hidden, and no name covers it
  switch (state) {
    case 'exceeds': return new ol.RegularShape({points: 3, radius: 10, fill, stroke, declutterMode});
    case 'warn': return new ol.RegularShape({points: 4, radius: 8, fill, stroke, declutterMode});
    case 'unknown': return new ol.RegularShape({points: 4, radius: 8, angle: Math.PI / 4, fill, stroke, declutterMode});
    default: return new ol.Circle({radius: 6, fill, stroke, declutterMode});
  }
}

const label = (text, size, colour, c, more) => new ol.Text(Object.assign({
  text, font: `${Math.round(size * c.scale)}px ${c.font}`, fill: new ol.Fill({color: colour}), stroke: new ol.Stroke({color: c.surface, width: 3}),
}, more));

export function pointStyle(f, resolution, c) {
  const state = order.includes(f.get('state')) ? f.get('state') : 'unknown', loud = state === 'exceeds' || state === 'warn';
  const named = loud || resolution < 300;
  if (levels.includes(state)) return levelStyle(f, state, c);
  return new ol.Style({
    image: symbol(state, c), zIndex: order.indexOf(state),
    text: named ? label(f.get('name') || '', 12, loud ? c[state] : c['text-2'], c, {offsetY: 13 + 6 * c.scale}) : undefined,
  });
}

// A level is a disc with the index in it, its name below. Where discs overlap, the
// higher index lies above with its number.
function levelStyle(f, state, c) {
  const index = state > 'aqi-4' ? '#fff' : '#000';
  return [
    new ol.Style({
      image: new ol.Circle({radius: 12, fill: new ol.Fill({color: c[`${state}-mark`]}), stroke: new ol.Stroke({color: c['text-3'], width: 1}), declutterMode: 'obstacle'}),
      text: label(f.get('value') || '', 11, index, c, {stroke: undefined, declutterMode: 'none'}), zIndex: 100 + Number(f.get('value')),
    }),
    new ol.Style({text: label(f.get('name') || '', 12, c['text-2'], c, {offsetY: 15 + 6 * c.scale})}),
  ];
}

export function countyStyle(f, c) {
  const area = new ol.Style({fill: new ol.Fill({color: c.land}), stroke: new ol.Stroke({color: c['county-line'], width: 1.2})});
  const at = f.get('label');
  if (!at) return area;
  return [area, new ol.Style({geometry: new ol.Point(ol.fromLonLat(at)), text: label(f.get('name'), 14, c['text-2'], c)})];
}

export function riverStyle(f, resolution, c) {
  const main = f.get('rank') === 1;
  return new ol.Style({
    stroke: new ol.Stroke({color: c.water, width: main ? 3 : 1.6}),
    text: main || resolution < 1000 ? label(f.get('name'), 12, c['water-text'], c, {placement: 'line', overflow: false}) : undefined,
  });
}

export function placeStyle(f, c) {
  return new ol.Style({
    image: new ol.Circle({radius: 3, declutterMode: 'none', fill: new ol.Fill({color: c.surface}), stroke: new ol.Stroke({color: c['text-3'], width: 1.5})}),
    text: label(f.get('name'), 12, c['text-3'], c, {offsetX: 7, textAlign: 'left'}),
  });
}

export function colours(el) {
  const css = getComputedStyle(el), c = {scale: parseFloat(getComputedStyle(document.documentElement).fontSize) / 14};
  for (const n of ['font', 'surface', 'text-2', 'text-3', 'land', 'county-line', 'water', 'water-text', 'exceeds', 'warn'].concat(order.map(s => `${s}-mark`))) {
    c[n] = css.getPropertyValue(`--${n}`).trim();
  }
  return c;
}
