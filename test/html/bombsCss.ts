import { repeat } from './repeat.ts';

/** Styles that grow with `n`, alone or with what they are for, and are made to cost a reader more than they grow. */
export const CSS_BOMBS: Record<string, (n: number) => string> = {
  'addresses with escapes in each other': (n) => `<style>a{${'\\75\\72\\6c('.repeat(n / 10)}}</style>x`,
  'addresses with escapes in each other, in an attribute': (n) => `<b style="color:${'\\75 rl('.repeat(n / 7)}">x`,
  'addresses with escapes in each other, in what is left out': (n) => `<svg fill="${'\\75 rl('.repeat(n / 7)}">x`,
  'addresses with escapes in other functions': (n) => `<style>a{color:${'image-set(\\75 rl('.repeat(n / 17)}}</style>x`,
  'addresses with escapes at the end of each other': (n) =>
    `<style>a{color:${'\\75 rl(https://a.example/'.repeat(n / 50)}x${')'.repeat(n / 50)}}</style>x`,
  'var() in each other': (n) => `<style>a{color:${'var(--a,'.repeat(n / 8)}}</style>x`,
  'v\\61r() in each other': (n) => `<style>a{color:${'v\\61r(--a,'.repeat(n / 10)}}</style>x`,
  'calc() in each other, in an attribute': (n) => `<b style="width:${'calc(1px + '.repeat(n / 11)}">x`,
  'image-set() in each other': (n) => `<style>a{background:${'image-set("a" 1x,'.repeat(n / 17)}}</style>x`,
  '@media in each other, each with a rule': (n) =>
    `<style>${'@media (min-width:1px){a{color:red}'.repeat(n / 35)}</style><a>x`,
  '@media that always holds in each other': (n) => `<style>${'@media all{a{color:red}'.repeat(n / 24)}</style><a>x`,
  '@supports in each other': (n) => `<style>${'@supports (color:red){a{color:red}'.repeat(n / 34)}</style><a>x`,
  'conditions of @supports in each other': (n) => `<style>@supports ${'(not '.repeat(n / 5)}{a{color:red}}</style>x`,
  'rules in a media query of many widths': (n) =>
    `<style>@media ${repeat(n / 2, (at) => `(max-width:${at}px),`)}all and (min-width:1px){${'a{color:red}'.repeat(n / 24)}}</style><a>x`,
  'rules in a style element for many widths': (n) =>
    `<style media="${repeat(n / 2, (at) => `(max-width:${at}px),`)}(min-width:1px)">${'a{color:red}'.repeat(n / 24)}</style><a>x`,
  'rules for elements around that are not there': (n) =>
    `<style>${repeat(n / 2, (at) => `.a${at} .b{color:0}`)}</style>${'<p class=b>'.repeat(n / 22)}`,
  'rules for all elements': (n) =>
    `<style>${repeat(n / 2, (at) => `.a${at} *{color:red}`)}</style>${'<p>x'.repeat(n / 8)}`,
  'selectors of one rule for the same elements': (n) =>
    `<style>${repeat(n / 2, (at) => `.a${at} .c,`)}.d{color:red}</style>${'<p class=c>x'.repeat(n / 24)}`,
  'rules for each of many classes': (n) =>
    `<style>${repeat(n / 3, (at) => `.a${at}{color:red}`)}</style>${`<p class="${repeat(n / 60, (at) => `a${at} `)}">x`.repeat(30)}`,
  'rules for the same elements that hold': (n) =>
    `<style>${repeat(n / 2, (at) => `.c{width:${at}px}`)}</style>${'<p class=c>x'.repeat(n / 24)}`,
  'classes of one selector': (n) => `<style>${'.c'.repeat(n / 4)}{color:red}</style>${'<p class=c>x'.repeat(n / 24)}`,
  'ids of one selector': (n) => `<style>${'#c'.repeat(n / 4)}{color:red}</style>${'<p id=c>x'.repeat(n / 18)}`,
  'attributes of one selector': (n) =>
    `<style>p${'[class]'.repeat(n / 14)}{color:red}</style>${'<p class=c>x'.repeat(n / 24)}`,
  'places of one selector': (n) =>
    `<style>p${':nth-child(n)'.repeat(n / 26)}{color:red}</style>${'<p>x'.repeat(n / 8)}`,
  'rules about long attributes': (n) =>
    `<style>${'[class~=b]{color:red}'.repeat(n / 42)}</style>${`<p class="${'a '.repeat(500)}">x`.repeat(n / 2000)}`,
  'rules for an id among many attributes': (n) =>
    `<style>${'#c{color:red}'.repeat(n / 26)}</style><p ${repeat(n / 2, (at) => `a${at} `)}id=c>x`,
  'declarations of one rule for many elements': (n) =>
    `<style>.c{${'color:red;'.repeat(n / 20)}}</style>${'<p class=c>x'.repeat(n / 24)}`,
  'a long value for many elements': (n) =>
    `<style>.c{background:${'rgb(1,2,3) '.repeat(n / 22)}}</style>${'<p class=c>x'.repeat(n / 24)}`,
  'a background of many words': (n) => `<b style="background:${'a '.repeat(n / 2)}">x`,
  'a font of many words': (n) => `<b style="font:${'1 '.repeat(n / 2)}">x`,
};
