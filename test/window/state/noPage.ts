/** What the window's state asks of a page, for tests that run without one. Loaded before the state itself. */
const nowhere = { focus: () => undefined };
const body = {};

/** What the person answers, and all questions so far. */
export const asked = { answer: true, questions: [] as string[] };

Object.assign(globalThis, {
  matchMedia: () => ({ matches: false, addEventListener: () => undefined }),
  localStorage: { getItem: () => null, setItem: () => undefined },
  document: { body, activeElement: body, getElementById: () => nowhere, addEventListener: () => undefined },
  confirm: (question: string) => {
    asked.questions.push(question);
    return asked.answer;
  },
});
