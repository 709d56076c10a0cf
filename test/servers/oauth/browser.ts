/** Answers for a person in the browser of a sign-in: who they say they are, or null for one who refuses. */
export type Person = string | null;

/** The header by which the pages of the test server are told what the person does on them. */
export const PERSON_HEADER = 'x-test-person';

const LONGEST_WAY = 20;

/**
 * Follows a page of an authorisation server, with cookies as a browser has them, as far as it leads away from there: answers
 * where to, without going there.
 */
export const comeBackFrom = async (page: string, person: Person): Promise<URL> => {
  const cookies = new Map<string, string>();
  const { origin } = new URL(page);
  let url = new URL(page);
  for (let steps = 0; steps < LONGEST_WAY; steps++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, [PERSON_HEADER]: person ?? '' };
    const answer = await fetch(url, { redirect: 'manual', headers });
    const text = await answer.text();
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (at === pair.length - 1) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = answer.headers.get('location');
    if (location === null)
      throw new Error(`the page ends at ${url.pathname} with ${answer.status}: ${text.slice(0, 500)}`);
    url = new URL(location, url);
    if (url.origin !== origin) return url;
  }
  throw new Error('the pages lead in circles');
};
