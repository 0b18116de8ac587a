// onRefresh calls load again when one of the events named in data-refresh
// arrives (see live.js), at most once in two seconds, and after a broken stream
// has resumed. With data-point, an event whose detail is a list of ids without that
// point, or names another point, is left aside.
export function onRefresh(el, load) {
  const names = (el.dataset.refresh || '').split(' ').filter(Boolean);
  if (!names.length) return;
  let waiting = 0;
  const again = e => {
    if (!el.isConnected) {
      names.concat('pz:resync').forEach(n => document.body.removeEventListener(n, again));
      return;
    }
    if (el.dataset.point && e.detail && !concerns(e.detail, el.dataset.point)) return;
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = 0;
      load();
    }, 2000);
  };
  names.concat('pz:resync').forEach(n => document.body.addEventListener(n, again));
}

// Ids are below 2^53, so that a number holds them.
function concerns(detail, point) {
  if (Array.isArray(detail)) return detail.includes(Number(point));
  return detail.point === undefined || String(detail.point) === point;
}
