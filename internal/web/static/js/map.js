// A map on an element with data-map, drawn by OpenLayers:
//
//   <div class="map" data-map data-counties="URL" data-rivers="URL" data-places="URL"
//        data-points="URL" data-refresh="pz:reading" aria-label="…" data-note="…"></div>
//
// All URLs answer GeoJSON in degrees (CGCS2000, CRS84). A county has the properties
// name and label ([lon, lat]); a point has name, state (meets, exceeds, warn,
// unknown, offline), and may have text, a line below its name, and url, its page.
// A state has a colour and a shape. The same points must also stand in a list or
// table on the page, which keyboards and screen readers use.
import * as ol from '../vendor/map.js';
import {colours, countyStyle, legend, placeStyle, pointStyle, riverStyle, states} from './mapstyle.js';
import {onRefresh} from './refresh.js';

const format = new ol.GeoJSON({featureProjection: 'EPSG:3857'});
const read = async url => {
  const res = await fetch(url, {headers: {Accept: 'application/geo+json, application/json'}});
  if (!res.ok) throw new Error(`${url}: ${res.status}`);
  return res.json();
};

export async function mount(el) {
  if (!document.getElementById('map-css')) {
    const link = document.createElement('link');
    link.id = 'map-css';
    link.rel = 'stylesheet';
    link.href = new URL('../vendor/map.css', import.meta.url).href;
    document.head.prepend(link); // before app.css, which adapts it
  }
  const c = colours(el), d = el.dataset;
  const sources = {}, layer = (name, style) => {
    sources[name] = new ol.VectorSource();
    return new ol.VectorLayer({source: sources[name], style, declutter: 'names'});
  };
  const layers = [
    layer('counties', f => countyStyle(f, c)),
    layer('rivers', (f, resolution) => riverStyle(f, resolution, c)),
    layer('places', f => placeStyle(f, c)),
    layer('points', (f, resolution) => pointStyle(f, resolution, c)),
  ];
  el.tabIndex = 0;
  el.replaceChildren();
  const map = new ol.Map({
    target: el, layers,
    view: new ol.View({center: ol.fromLonLat([127, 49.3]), zoom: 7, minZoom: 5, maxZoom: 18}),
    // Only a map that has the focus takes the wheel and the finger from the page.
    interactions: ol.defaultInteractions({onFocusOnly: true}),
    controls: ol.defaultControls({
      zoomOptions: {zoomInTipLabel: '放大', zoomOutTipLabel: '缩小'}, rotate: false, attributionOptions: {collapsible: false},
    }).extend([new ol.ScaleLine()]),
  });
  const note = text => sources.counties.setAttributions(text);

  const fill = async (name, url) => {
    if (!url) return;
    const json = await read(url);
    const feature = format.readFeatures(json);
    sources[name].clear(true);
    sources[name].addFeatures(feature);
    if (name === 'counties') note(d.note || json.note || '');
    if (name === 'points') legend(el, feature, c);
  };
  const failed = err => {
    console.error(err);
    note('部分图层没有读到，请刷新页面重试');
  };
  await Promise.all(['counties', 'rivers', 'places'].map(n => fill(n, d[n]).catch(failed)));
  await fill('points', d.points).catch(failed);
  const home = sources.counties.getFeatures().length ? sources.counties : sources.points;
  if (home.getFeatures().length) map.getView().fit(home.getExtent(), {padding: [16, 16, 28, 16], maxZoom: 14});
  popup(map, layers[3]);
  onRefresh(el, () => fill('points', d.points).catch(failed));
  el.dispatchEvent(new CustomEvent('map:ready', {bubbles: true}));
  return map;
}

function popup(map, layer) {
  const box = document.createElement('div');
  const overlay = new ol.Overlay({element: box, positioning: 'bottom-center', offset: [0, -12], autoPan: {animation: {duration: 150}}});
  box.className = 'map-popup';
  map.addOverlay(overlay);
  const at = e => map.forEachFeatureAtPixel(e.pixel, f => f, {layerFilter: l => l === layer, hitTolerance: 6});
  map.on('pointermove', e => { map.getTargetElement().style.cursor = !e.dragging && at(e) ? 'pointer' : ''; });
  map.on('click', e => {
    const f = at(e);
    if (!f) {
      overlay.setPosition(undefined);
      return;
    }
    const state = states[f.get('state')] ? f.get('state') : 'unknown';
    const name = make('p', '', f.get('name') || '');
    name.append(' ', make('span', state.startsWith('aqi') ? `aqi ${state}` : `tag tag-${state}`, f.get('label') || states[state]));
    const close = make('button', 'btn btn-link', '×');
    close.type = 'button';
    close.setAttribute('aria-label', '关闭');
    close.addEventListener('click', () => overlay.setPosition(undefined));
    box.replaceChildren(close, name);
    if (f.get('text')) box.append(make('p', 'muted small', f.get('text')));
    if (f.get('url')) {
      const link = make('a', '', '查看详情');
      link.href = f.get('url');
      box.append(link);
    }
    overlay.setPosition(f.getGeometry().getCoordinates());
  });
}

function make(tag, cls, text) {
  const el = document.createElement(tag);
  el.className = cls;
  el.textContent = text;
  return el;
}
