/** HTML that grows with `n` and is made to cost a reader more than it grows; about `n` characters. */
export const BOMBS: Record<string, (n: number) => string> = {
  'elements in each other': (n) => '<div>'.repeat(n / 5),
  'elements of unknown names in each other': (n) => '<x-y>'.repeat(n / 5),
  'formatting elements that are never closed': (n) => '<b><i><u>'.repeat(n / 9),
  'formatting elements that differ': (n) => repeat(n, (at) => `<font color="#${at}">`),
  'formatting elements that are opened anew in each paragraph': (n) => repeat(n, (at) => `<p><b id=${at}>x</p>`),
  'the adoption agency': (n) => repeat(n, () => '<a><b><p></a></b>'),
  'links in links': (n) => '<a href=x>'.repeat(n / 10),
  'links in the cells of tables in links': (n) => '<a href="https://a.example"><table><tr><td>x'.repeat(n / 44),
  'text that is moved out of tables': (n) => repeat(n, () => '<table>x<b>'),
  'rows in rows': (n) => '<table><tr><td>'.repeat(n / 15),
  'one table and text in it': (n) => `<table>${'<tr>x'.repeat(n / 5)}`,
  'end tags of nothing': (n) => '<p></b></i></div>'.repeat(n / 17),
  'attributes on one element': (n) => `<b ${repeat(n, (at) => `a${at}=1 `)}>`,
  'the same attribute on one element': (n) => `<b ${'a=1 '.repeat(n / 4)}>`,
  'attributes on the body, once more each time': (n) => repeat(n, (at) => `<body a${at}=1>`),
  'one attribute': (n) => `<b title="${'&amp;'.repeat(n / 5)}">`,
  'character references': (n) => '&amp;&NotEqualTilde;&#x41;&unknown'.repeat(n / 34),
  comments: (n) => '<!--x-->'.repeat(n / 8),
  'a comment that never ends': (n) => `<!--${'<!--'.repeat(n / 4)}`,
  'less-than signs': (n) => '<'.repeat(n),
  'svg and math in each other': (n) => '<svg><math><desc><mtext>'.repeat(n / 24),
  'templates in each other': (n) => '<template>'.repeat(n / 10),
  'selects and options': (n) => '<select><option>'.repeat(n / 16),
  'list items': (n) => '<li>x<ul>'.repeat(n / 9),
  'quotes in each other, each with a line': (n) => '<blockquote>x<br>'.repeat(n / 17),
  'classes on one element': (n) => `<style>.a{display:none}</style><b class="${'a '.repeat(n / 2)}">x`,
  'links with addresses as text': (n) => '<a href="https://a.example/x">b.example</a>'.repeat(n / 43),
  'one link with a long text': (n) => `<a href="https://a.example">${'a.'.repeat(n / 2)}</a>`,
  srcset: (n) => `<img srcset="${repeat(n, (at) => `https://a.example/${at} 1x,`)}">`,
  rules: (n) => `<style>${repeat(n, (at) => `.a${at}{color:red}`)}</style>x`,
  'rules for the same elements': (n) =>
    `<style>${'.a{display:none}'.repeat(n / 32)}</style>${'<b class=a>x</b>'.repeat(n / 32)}`,
  'selectors over many ancestors': (n) =>
    `<style>${'.a .b .a .b .c{display:none}'.repeat(n / 60)}</style>${'<i class="a b">'.repeat(200)}${'<b class=c>x</b>'.repeat(n / 32)}`,
  'rules about siblings': (n) =>
    `<style>${'i~b:nth-last-child(2n){display:none}'.repeat(n / 80)}</style>${'<b>x</b>'.repeat(n / 16)}`,
  'selectors of one rule': (n) => `<style>${'a,'.repeat(n / 2)}b{color:red}</style>x`,
  'compounds of one selector': (n) => `<style>${'a '.repeat(n / 2)}{color:red}</style>x`,
  'blocks in each other': (n) => `<style>${'{'.repeat(n)}</style>x`,
  'brackets in each other': (n) => `<style>a{color:${'('.repeat(n)}}</style>x`,
  'functions in each other': (n) => `<style>a{width:${'calc('.repeat(n / 5)}}</style>x`,
  'media queries in each other': (n) => `<style>${'@media screen{'.repeat(n / 14)}</style>x`,
  'media queries of one rule': (n) => `<style>@media ${'screen,'.repeat(n / 7)}all{a{color:red}}</style>x`,
  declarations: (n) => `<b style="${'color:red;'.repeat(n / 10)}">x`,
  'exclamation marks': (n) => `<b style="color:red${' !/**/'.repeat(n / 6)}">x`,
  'comments in css': (n) => `<style>${'/**/'.repeat(n / 4)}a{color:red}</style>x`,
  'a comment in css that never ends': (n) => `<style>${'/*'.repeat(n / 2)}</style>x`,
  'escapes in css': (n) => `<style>${'\\41 '.repeat(n / 4)}</style>x`,
  'addresses in css': (n) => `<style>a{background:${repeat(n, (at) => `url(https://a.example/${at}),`)}}</style>x`,
  'a string in css that never ends': (n) => `<style>a{font-family:"${"'".repeat(n)}</style>x`,
  'styles that differ': (n) => repeat(n, (at) => `<b style="width:${at}px">x</b>`),
  'white space': (n) => `x${' \n'.repeat(n / 2)}x`,
  colours: (n) => `<b style="background:${'rgb(1,2,3) '.repeat(n / 11)}">x`,
};

const repeat = (n: number, piece: (at: number) => string): string => {
  const pieces: string[] = [];
  for (let length = 0; length < n; ) {
    const text = piece(pieces.length);
    pieces.push(text);
    length += text.length;
  }
  return pieces.join('');
};
