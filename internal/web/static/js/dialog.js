// Dialogs and confirmations, on the browser's own <dialog>.

// dialogs opens a dialog by data-dialog="#id", closes it by data-close, opens
// by itself one that arrives with data-open, and closes all on the event
// "saved", which the server sends after a change (HX-Trigger: saved).
export function dialogs() {
  document.addEventListener('click', e => {
    const opener = e.target.closest('[data-dialog]');
    if (opener) {
      const box = document.querySelector(opener.dataset.dialog);
      if (!box) return;
      e.preventDefault();
      show(box);
      return;
    }
    const closer = e.target.closest('[data-close]');
    const box = closer && closer.closest('dialog');
    if (!box) return;
    e.preventDefault();
    box.close();
  });
  document.body.addEventListener('htmx:load', e => {
    const el = e.detail.elt;
    const box = el.matches('dialog[data-open]') ? el : el.querySelector('dialog[data-open]');
    if (box) show(box);
  });
  document.body.addEventListener('saved', () => {
    document.querySelectorAll('dialog[open]').forEach(d => d.close());
  });
}

function show(box) {
  if (box.open) box.removeAttribute('open'); // it was open for readers without script
  box.showModal();
}

// confirmClicks asks before a click on whatever carries data-confirm="question"
// goes through, be it a link, a submit button or an element of htmx. The word on
// the button is data-confirm-yes, or 确定.
export function confirmClicks() {
  let through = null;
  // In the capture phase, so that the question comes before any other listener.
  document.addEventListener('click', e => {
    const el = e.target.closest('[data-confirm]');
    if (!el || el === through) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    ask(el.dataset.confirm, el.dataset.confirmYes || '确定', () => {
      through = el;
      el.click();
      through = null;
    });
  }, true);
}

function ask(question, yes, then) {
  const box = document.createElement('dialog');
  box.className = 'dialog';
  box.setAttribute('aria-label', '请确认');
  const body = document.createElement('div');
  body.className = 'dialog-body stack';
  const p = document.createElement('p');
  p.textContent = question;
  const row = document.createElement('div');
  row.className = 'row';
  row.append(button(yes, 'btn-primary', () => {
    box.close();
    then();
  }), button('取消', '', () => box.close()));
  body.append(p, row);
  box.append(body);
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();
}

function button(text, cls, click) {
  const b = document.createElement('button');
  b.type = 'button';
  b.className = `btn ${cls}`;
  b.textContent = text;
  b.addEventListener('click', click);
  return b;
}
