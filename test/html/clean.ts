import { type SanitisedHtml, sanitiseHtml } from '../../src-main/html/sanitise.ts';
import type { View } from '../../src-main/html/urls.ts';

/** A view with one picture of its own, `logo@mail.example`, the part 2.1. */
const view: View = { view: 'v1', parts: new Map([['logo@mail.example', '2.1']]), remote: 'blocked' };

/** Sanitises, remote content blocked unless said otherwise. */
export const sanitised = (html: string, options: Partial<View> = {}): SanitisedHtml =>
  sanitiseHtml(html, { ...view, ...options });

/** What is shown of this HTML. */
export const clean = (html: string, options: Partial<View> = {}): string => sanitised(html, options).html;

/** What is kept of a style attribute. */
export const cleanStyle = (style: string): string =>
  /^<b style="(.*)">/
    .exec(clean(`<b style="${style.replaceAll('"', '&quot;')}">x</b>`))?.[1]
    ?.replaceAll('&quot;', '"') ?? '';

/** What is kept of a style sheet. */
export const cleanSheet = (css: string, options: Partial<View> = {}): string =>
  /^<style>(.*)<\/style>/s.exec(clean(`<style>${css}</style>x`, options))?.[1] ?? '';
