// What OpenLayers and our own modules use that Chromium 80 lacks. A classic
// script, to be loaded before every other one.
(function () {
  'use strict';

  function add(owner, name, fn) {
    if (!owner[name]) Object.defineProperty(owner, name, {value: fn, writable: true, configurable: true});
  }

  add(Object, 'hasOwn', function (o, key) {
    return Object.prototype.hasOwnProperty.call(o, key);
  });

  function at(n) {
    n = Math.trunc(n) || 0;
    return this[n < 0 ? this.length + n : n];
  }
  [Array.prototype, String.prototype, Object.getPrototypeOf(Int8Array.prototype)].forEach(function (proto) {
    add(proto, 'at', at);
  });

  // With a string to search for only; with a pattern it is replace's own work.
  add(String.prototype, 'replaceAll', function (from, to) {
    if (from instanceof RegExp) return this.replace(from, to);
    return this.split(String(from)).join(typeof to === 'function' ? to(from) : to);
  });

  // A copy through JSON: no dates, no cycles.
  if (!window.structuredClone) {
    window.structuredClone = function (v) {
      return v === undefined ? v : JSON.parse(JSON.stringify(v));
    };
  }

  // Also for pages without a secure context, where the browser hides its own.
  if (window.crypto) {
    add(window.crypto, 'randomUUID', function () {
      var b = window.crypto.getRandomValues(new Uint8Array(16));
      b[6] = (b[6] & 15) | 64;
      b[8] = (b[8] & 63) | 128;
      var hex = Array.prototype.map.call(b, function (x) { return (x + 256).toString(16).slice(1); }).join('');
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    });
  }

  // OpenLayers cuts the names along a river with it. By code points, which is
  // what Chinese and Latin names need; marks that combine are not joined.
  if (!Intl.Segmenter) {
    Intl.Segmenter = function () {};
    Intl.Segmenter.prototype.segment = function (text) {
      return Array.from(String(text), function (c) { return {segment: c}; });
    };
  }

  function replaceChildren() {
    while (this.lastChild) this.removeChild(this.lastChild);
    this.append.apply(this, arguments);
  }
  [Element.prototype, Document.prototype, DocumentFragment.prototype].forEach(function (proto) {
    add(proto, 'replaceChildren', replaceChildren);
  });
})();
