import type { Page } from 'playwright';
import { passwordField, row } from '../window.ts';

/** What a person does in the window, by the keyboard alone or by the mouse, with which text alone is typed. */
export type Hands = {
  name: 'keyboard' | 'mouse';
  scheme: 'light' | 'dark';
  /** From the empty address field to the password. */
  giveAddress(page: Page, email: string): Promise<void>;
  /** From the password to the list. */
  signIn(page: Page, password: string): Promise<void>;
  /** Opens the conversation of that subject. */
  open(page: Page, subject: string): Promise<void>;
  /** Goes back to the list. */
  close(page: Page): Promise<void>;
  /** These are about the conversation that is open. */
  star(page: Page, subject: string): Promise<void>;
  archive(page: Page): Promise<void>;
  move(page: Page, mailbox: string): Promise<void>;
  undo(page: Page): Promise<void>;
  search(page: Page, text: string): Promise<void>;
  endSearch(page: Page): Promise<void>;
  write(page: Page, to: string, subject: string, text: string): Promise<void>;
  send(page: Page): Promise<void>;
  /** Asks for new mail; where a server could not be reached, tries again. */
  look(page: Page): Promise<void>;
  activity(page: Page): Promise<void>;
  leave(page: Page): Promise<void>;
};

const type = (page: Page, text: string): Promise<void> => page.keyboard.type(text);
const press = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};

/** Goes down the list to a subject. */
const stepTo = async (page: Page, subject: string): Promise<void> => {
  await row(page, subject).waitFor();
  await press(page, 'Home');
  const here = page.locator('#list .row.cursor', { hasText: subject });
  for (let steps = 0; (await here.count()) === 0; steps += 1) {
    if (steps > 30) throw new Error(`no ${subject} within 30 rows`);
    await press(page, 'j');
  }
};

const keyboard: Hands = {
  name: 'keyboard',
  scheme: 'light',
  giveAddress: async (page, email) => {
    await page.getByLabel('Email address').and(page.locator(':focus')).waitFor();
    await type(page, email);
    await press(page, 'Enter');
    await page.getByRole('button', { name: 'Use these' }).and(page.locator(':focus')).waitFor();
  },
  signIn: async (page, password) => {
    await press(page, 'Enter');
    await passwordField(page).and(page.locator(':focus')).waitFor();
    await type(page, password);
    await press(page, 'Enter');
    await page.getByRole('button', { name: 'Start reading' }).and(page.locator(':focus')).waitFor();
    await press(page, 'Enter');
  },
  open: async (page, subject) => {
    await stepTo(page, subject);
    await press(page, 'Enter');
  },
  close: (page) => press(page, 'u'),
  star: (page) => press(page, 's'),
  archive: (page) => press(page, 'e'),
  move: async (page, mailbox) => {
    await press(page, 'v');
    await page.getByLabel('Name of a mailbox').and(page.locator(':focus')).waitFor();
    await type(page, mailbox);
    await press(page, 'Enter');
  },
  undo: (page) => press(page, 'z'),
  search: async (page, text) => {
    await press(page, '/');
    await type(page, text);
    await press(page, 'Enter');
  },
  endSearch: (page) => press(page, 'Escape'),
  write: async (page, to, subject, text) => {
    await press(page, 'c');
    await page.getByRole('combobox', { name: 'To' }).and(page.locator(':focus')).waitFor();
    await type(page, to);
    // Takes the address; then past the button for Cc and Bcc.
    await press(page, 'Enter', 'Tab', 'Tab');
    await type(page, subject);
    await press(page, 'Tab');
    await type(page, text);
  },
  send: (page) => press(page, 'ControlOrMeta+Enter'),
  look: (page) => press(page, ','),
  activity: (page) => press(page, '.'),
  leave: (page) => press(page, 'Escape'),
};

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const inReader = (page: Page, name: string) =>
  page.getByRole('toolbar', { name: 'Conversation' }).getByRole('button', { name, exact: true });
const fill = async (page: Page, label: string, text: string): Promise<void> => {
  await page.getByLabel(label, { exact: true }).click();
  await type(page, text);
};

const mouse: Hands = {
  name: 'mouse',
  scheme: 'dark',
  giveAddress: async (page, email) => {
    await fill(page, 'Email address', email);
    await button(page, 'Continue').click();
    await page.getByRole('heading', { name: 'Choose how Tern reaches the mail' }).waitFor();
  },
  signIn: async (page, password) => {
    await button(page, 'Use these').click();
    await passwordField(page).click();
    await type(page, password);
    await button(page, 'Continue').click();
    await button(page, 'Start reading').click();
  },
  open: (page, subject) => row(page, subject).click(),
  close: (page) => inReader(page, 'Back to the list').click(),
  star: (page, subject) => row(page, subject).locator('.star').click(),
  archive: (page) => inReader(page, 'Archive').click(),
  move: async (page, mailbox) => {
    await inReader(page, 'Move to…').click();
    await page.getByRole('dialog').getByRole('option', { name: mailbox, exact: true }).click();
  },
  undo: (page) => button(page, 'Undo').last().click(),
  search: (page, text) => fill(page, 'Search mail', text),
  endSearch: (page) => button(page, 'End search').click(),
  write: async (page, to, subject, text) => {
    await button(page, 'Compose').click();
    await page.getByRole('combobox', { name: 'To' }).click();
    await type(page, to);
    await fill(page, 'Subject', subject);
    await fill(page, 'Text of the message', text);
  },
  send: (page) => button(page, 'Send').click(),
  look: (page) => button(page, 'Look for new mail').click(),
  activity: (page) => page.getByRole('button', { name: /^Activity/ }).click(),
  leave: (page) => page.getByRole('dialog').getByRole('button', { name: 'Close' }).click(),
};

/** Both passes: the keyboard in light colours, the mouse in dark ones. */
export const hands = [keyboard, mouse];
