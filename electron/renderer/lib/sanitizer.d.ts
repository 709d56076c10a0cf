/** The parts of the HTML Sanitizer API and of Trusted Types that are used; the compiler's own types may not know them yet. */
interface Element {
  setHTML(html: string, options: { sanitizer: { removeElements: string[] } }): void;
}

declare var trustedTypes:
  | { createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string } }
  | undefined;
