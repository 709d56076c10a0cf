/** What the window's state asks of a page, for tests that run without one. Loaded before the state itself. */
const nowhere = { focus: () => undefined };
const body = {};

Object.assign(globalThis, {
  matchMedia: () => ({ matches: false, addEventListener: () => undefined }),
  localStorage: { getItem: () => null, setItem: () => undefined },
  document: { body, activeElement: body, getElementById: () => nowhere, addEventListener: () => undefined },
});
