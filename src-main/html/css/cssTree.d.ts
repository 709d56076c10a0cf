// css-tree's own types know only its main entry, which takes 160 ms to load for a grammar that nobody here asks.
declare module 'css-tree/tokenizer' {
  export { tokenize } from 'css-tree';
  /** The numbers of the kinds of tokens. */
  export const EOF: 0;
  export const Ident: 1;
  export const Function: 2;
  export const AtKeyword: 3;
  export const Hash: 4;
  export const String: 5;
  export const Url: 7;
  export const Delim: 9;
  export const Number: 10;
  export const Percentage: 11;
  export const Dimension: 12;
  export const WhiteSpace: 13;
  export const CDO: 14;
  export const CDC: 15;
  export const Colon: 16;
  export const Semicolon: 17;
  export const Comma: 18;
  export const LeftSquareBracket: 19;
  export const RightSquareBracket: 20;
  export const LeftParenthesis: 21;
  export const RightParenthesis: 22;
  export const LeftCurlyBracket: 23;
  export const RightCurlyBracket: 24;
  export const Comment: 25;
}

declare module 'css-tree/utils' {
  export { ident, string, url } from 'css-tree';
}
