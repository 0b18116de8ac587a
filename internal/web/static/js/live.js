// The page's one stream of server-sent events (<body data-live="/events">).
//
// Each event becomes a CustomEvent on document.body named pz:TYPE, whose detail
// is the event's JSON, so that scripts and htmx (hx-trigger="pz:reading from:body")
// can listen. TYPE is the SSE event name, one of data-live-types, or else the
// member "type" of the JSON. After a break the stream resumes by the last id, and
// pz:resync tells listeners to read again, for what the server no longer holds.
//
// Elements with data-live-state show 实时 or 已断开; with data-clock, the time of
// Shanghai. <body data-nightly="04:10"> loads the page anew at that time of day,
// for screens that run for weeks.

const types = (document.body.dataset.liveTypes || 'reading finding matter notice').split(' ');
const retry = 10000; // ms, after an answer that ends the browser's own attempts

let wasOn = false;

export function connect(url) {
  const source = new EventSource(url);
  source.addEventListener('open', () => {
    state(true);
    if (wasOn) send('resync', {});
    wasOn = true;
  });
  source.addEventListener('error', () => {
    state(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => connect(url), retry);
  });
  source.addEventListener('message', e => {
    const detail = read(e);
    if (detail && detail.type) send(detail.type, detail);
  });
  for (const t of types) {
    source.addEventListener(t, e => {
      const detail = read(e);
      if (detail) send(t, detail);
    });
  }
}

function read(e) {
  try {
    return JSON.parse(e.data);
  } catch (err) {
    console.error('live: not JSON', e.data);
    return null;
  }
}

function send(type, detail) {
  document.body.dispatchEvent(new CustomEvent(`pz:${type}`, {detail, bubbles: true}));
}

function state(on) {
  document.querySelectorAll('[data-live-state]').forEach(el => {
    el.classList.add('live');
    el.classList.toggle('on', on);
    el.classList.toggle('off', !on);
    el.textContent = on ? '实时' : '已断开';
    el.title = on ? '数据到达后自动更新' : '与服务器的连接已断开，正在重连；页面数据可能不是最新';
  });
}

const shanghai = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai', hour12: false, year: 'numeric', month: '2-digit', day: '2-digit',
  weekday: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

function tick() {
  const part = {};
  shanghai.formatToParts(new Date()).forEach(p => { part[p.type] = p.value; });
  const hour = part.hour === '24' ? '00' : part.hour;
  document.querySelectorAll('[data-clock]').forEach(el => {
    el.textContent = `${part.year}-${part.month}-${part.day} ${part.weekday} ${hour}:${part.minute}:${part.second}`;
  });
  if (document.body.dataset.nightly === `${hour}:${part.minute}` && performance.now() > 120000) location.reload();
}

if (document.querySelector('[data-clock]') || document.body.dataset.nightly) {
  tick();
  setInterval(tick, 1000);
}
