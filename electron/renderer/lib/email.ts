/** Whether that can be the address of an account: the backend has the last word. */
export const accountEmail = (text: string): boolean => /^[^\s@<>"]+@[^\s@<>"]+$/.test(text) && text.length <= 320;
