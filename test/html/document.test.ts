import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentFor, MESSAGE_CSP } from '../../src-main/html/document.ts';

test('H23: the document allows nothing but pictures of Tern and its own styles, and holds nothing but the fragment', () => {
  const html = documentFor('<p>x</p>', 'light');
  assert.match(
    MESSAGE_CSP,
    /^default-src 'none'; script-src 'none'; img-src tern-mail: data:; style-src 'unsafe-inline';.*; sandbox allow-popups$/,
  );
  assert.match(html, /^<!DOCTYPE html><html><head>.*<\/head><body><p>x<\/p><\/body><\/html>$/s);
  assert.match(html, /<meta http-equiv="Content-Security-Policy" content="default-src 'none';[^"]*base-uri 'none'">/);
  // A policy in the document itself cannot name a sandbox: that takes the header.
  assert.doesNotMatch(html, /sandbox|<script|https?:/);
});

test('H20: the dark mode is the same document under one filter', () => {
  const light = documentFor('<p>x</p>', 'light');
  const dark = documentFor('<p>x</p>', 'dark');
  assert.equal(
    dark.replace(/html \{ filter:.*?\}\nimg\[src\] \{ filter:.*?\}\n/s, '').replace(/\n+<\/style>/, '\n</style>'),
    light,
  );
});
