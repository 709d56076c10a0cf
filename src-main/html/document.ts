/**
 * The Content-Security-Policy (CSP 3) that a message is shown with, as a header: nothing but its own styles, pictures that
 * Tern serves, and pictures it holds itself. `sandbox` leaves it no origin and no scripts; links may ask for a window, which
 * the program answers by asking the person.
 */
export const MESSAGE_CSP =
  "default-src 'none'; script-src 'none'; img-src tern-mail: data:; style-src 'unsafe-inline'; frame-src 'none'; " +
  "form-action 'none'; base-uri 'none'; sandbox allow-popups";

/** The same without what only a header may say. */
const META_CSP = MESSAGE_CSP.slice(0, MESSAGE_CSP.indexOf('; sandbox'));

/**
 * Pictures lie above any text that overlaps them, and show no words when they cannot be loaded, so that the dark mode
 * uncovers none: see docs/html.md, H20. Neither property used for it is one that an email may set.
 */
const BASE = `
:root { color-scheme: only light; background: #fff; color: #1a1a1a; }
body { margin: 12px; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
img { position: relative; z-index: 1; max-width: 100%; }
img[src] { -webkit-text-fill-color: transparent; }
img:not([src]) { background: #eee; color: #555; font-size: 12px; }
a { color: #0b57d0; }
table { max-width: 100%; overflow-wrap: break-word; }
pre { white-space: pre-wrap; }
blockquote { margin: 0 0 0 2px; padding: 0 0 0 12px; border-left: 2px solid #c4c7c5; color: #444746; }
.tern--plain { font-size: 14px; }
.tern--plain, .tern--plain .tern--quote, .tern--signature { unicode-bidi: plaintext; }
.tern--signature { color: #5f6368; }
`;

/** Every colour is turned to its opposite in brightness, picture by picture turned back again. */
const DARK = `
html { filter: invert(.93) hue-rotate(180deg); min-height: 100%; }
img[src] { filter: hue-rotate(180deg) invert(1) contrast(1.163); }
`;

/**
 * The document that a message is shown as: `html` is what `sanitiseHtml` or `plainTextHtml` made, and nothing else stands
 * in it. It is served under `tern-mail:` with MESSAGE_CSP as its header, in a view without scripts.
 */
export const documentFor = (html: string, scheme: 'light' | 'dark'): string =>
  `<!DOCTYPE html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${META_CSP}">` +
  '<meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">' +
  '<meta name="color-scheme" content="only light"><meta name="viewport" content="width=device-width">' +
  `<style>${BASE}${scheme === 'dark' ? DARK : ''}</style></head><body>${html}</body></html>`;
