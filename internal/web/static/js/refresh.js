// onRefresh calls load again when one of the events named in data-refresh
// arrives (see live.js), at most once in two seconds, and after a broken stream
// has resumed. With data-point, events that name another point are left aside.
export function onRefresh(el, load) {
  const names = (el.dataset.refresh || '').split(' ').filter(Boolean);
  if (!names.length) return;
  let waiting = 0;
  const again = e => {
    if (!el.isConnected) {
      names.concat('pz:resync').forEach(n => document.body.removeEventListener(n, again));
      return;
    }
    const point = e.detail && e.detail.point;
    if (el.dataset.point && point !== undefined && String(point) !== el.dataset.point) return;
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = 0;
      load();
    }, 2000);
  };
  names.concat('pz:resync').forEach(n => document.body.addEventListener(n, again));
}
