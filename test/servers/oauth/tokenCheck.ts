/** Asks whose a token is; null where it is not good (any more). */
export type TokenCheck = (token: string) => Promise<string | null>;

/** Whom a mail server lets in: by password, by one token that lasts, or by those that somebody else vouches for. */
export type Door = { username: string; password: string; token: string | null; tokens: TokenCheck | null };

/** Whether a bearer is let in; `username`: who they say they are, where they do. */
export const letsIn = async (
  { username, token, tokens }: Door,
  said: string | null,
  bearer: string,
): Promise<boolean> => {
  if (token !== null && bearer === token) return said === null || said === '' || said === username;
  const holder = (await tokens?.(bearer)) ?? null;
  return holder !== null && holder === username && (said === null || said === '' || said === holder);
};

/** What RFC 7628 section 3.1 and XOAUTH2 say, each in its own way: who it is, and the token. Null for what is neither. */
export const bearerIn = (text: string): { username: string | null; bearer: string } | null => {
  const fields = text.split('\u0001');
  const bearer = /^auth=Bearer (.+)$/.exec(fields.find((each) => each.startsWith('auth=')) ?? '')?.[1];
  const said = /^(?:n,a=([^,]*),|user=(.*))$/.exec(fields[0] ?? '');
  if (bearer === undefined || !said) return null;
  const username = said[1]?.replaceAll('=2C', ',').replaceAll('=3D', '=') ?? said[2] ?? null;
  return { username, bearer };
};

/** What a token is refused with, before the refusal itself (RFC 7628 section 3.2.2). */
export const tokenRefusal = Buffer.from(JSON.stringify({ status: 'invalid_token', scope: 'mail' })).toString('base64');
