/** The part of the HTML Sanitizer API that is used; the compiler's own types may not know it yet. */
interface Element {
  setHTML(html: string, options: { sanitizer: { removeElements: string[] } }): void;
}
