/** A stored list, or an empty one where the text no longer is one. */
export const storedList = <T>(text: string): T[] => {
  const json = safeJson(text);
  return Array.isArray(json) ? json : [];
};

/** The text as JSON, or undefined for a text that is none. */
export const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
