// What every page needs: menu, dialogs, confirmations, toasts, the focus on the
// first field in error, and the late loading of maps and curves. The page works
// without it. Loaded as <script type="module" src="…/js/app.js">.
import {confirmClicks, dialogs} from './dialog.js';

// Each element with one of these attributes is filled by its module, loaded only
// on pages that have one and not before the page is usable.
const late = {
  'data-map': () => import('./map.js'),
  'data-curve': () => import('./curve.js'),
};

const idle = window.requestIdleCallback || (fn => setTimeout(fn, 200));

function mountIn(root) {
  for (const [attr, load] of Object.entries(late)) {
    const found = [...root.querySelectorAll(`[${attr}]`)];
    if (root.hasAttribute && root.hasAttribute(attr)) found.push(root);
    const fresh = found.filter(el => !el.dataset.mounted);
    fresh.forEach(el => { el.dataset.mounted = 'yes'; });
    if (!fresh.length) continue;
    idle(() => load().then(m => fresh.forEach(el => m.mount(el))).catch(err => {
      console.error(err);
      fresh.forEach(el => { el.textContent = '图形没有加载出来，请刷新页面；下方列表内容不受影响。'; });
    }));
  }
}

function focusInvalid(root) {
  const field = root.querySelector('[aria-invalid="true"]');
  if (field) field.focus();
}

// The menu of the phone. Without script the link shows the menu by :target.
function menu() {
  const nav = document.getElementById('sidenav');
  const links = [...document.querySelectorAll('[data-menu]')];
  if (!nav || !links.length) return;
  const show = open => {
    nav.classList.toggle('open', open);
    links.forEach(l => l.setAttribute('aria-expanded', String(open)));
    const first = open && nav.querySelector('a');
    if (first) first.focus();
    if (!open && nav.contains(document.activeElement)) links[0].focus();
  };
  links.forEach(l => {
    l.setAttribute('role', 'button');
    l.setAttribute('aria-expanded', 'false');
    l.addEventListener('click', e => {
      e.preventDefault();
      show(!nav.classList.contains('open'));
    });
  });
  nav.addEventListener('click', e => {
    const close = e.target.closest('.nav-close');
    if (!close) return;
    e.preventDefault();
    show(false);
  });
  document.addEventListener('keydown', e => {
    if (e.key === 'Escape' && nav.classList.contains('open')) show(false);
  });
}

// toast shows text for some seconds; what went wrong stays until it is closed.
// level is meets, warn or exceeds.
export function toast(text, level = 'meets') {
  let box = document.querySelector('.toasts');
  if (!box) {
    box = document.createElement('div');
    box.className = 'toasts';
    box.setAttribute('role', 'status');
    document.body.append(box);
  }
  const item = document.createElement('div');
  item.className = `toast ${level}`;
  const p = document.createElement('p');
  p.textContent = text;
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'btn btn-link';
  close.textContent = '关闭';
  close.addEventListener('click', () => item.remove());
  item.append(p, close);
  box.append(item);
  while (box.children.length > 4) box.firstChild.remove();
  if (level === 'meets') setTimeout(() => item.remove(), 5000);
}

function replies() {
  document.body.addEventListener('toast', e => toast(e.detail.text, e.detail.level));
  document.body.addEventListener('htmx:sendError', () => toast('网络不通，本次操作没有提交，请稍后重试。', 'exceeds'));
  document.body.addEventListener('htmx:timeout', () => toast('服务器没有及时答复，请刷新后核对是否已提交。', 'exceeds'));
  document.body.addEventListener('htmx:responseError', e => {
    const xhr = e.detail.xhr;
    const plain = (xhr.getResponseHeader('Content-Type') || '').startsWith('text/plain');
    toast(plain && xhr.responseText.length < 300 ? xhr.responseText : `操作没有成功（${xhr.status}），请稍后重试。`, 'exceeds');
  });
  document.body.addEventListener('htmx:load', e => mountIn(e.detail.elt));
  document.body.addEventListener('htmx:afterSettle', e => focusInvalid(e.detail.elt));
}

menu();
dialogs();
confirmClicks();
replies();
mountIn(document);
focusInvalid(document);
if (document.body.dataset.live) import('./live.js').then(m => m.connect(document.body.dataset.live));
