/** A made-up newsletter of so many characters: nested layout tables, a style sheet, a style attribute on everything. */
export const newsletter = (size: number): string => {
  const articles: string[] = [];
  let length = HEAD.length + TAIL.length;
  for (let n = 0; length < size; n++) {
    const text = article(n);
    articles.push(text);
    length += text.length;
  }
  return HEAD + articles.join('') + TAIL;
};

const rules = Array.from(
  { length: 60 },
  (_, n) =>
    `.c${n}, table.c${n} td, #o${n} > p { color: #33${n + 10}44; padding: ${n}px 12px; font-family: Arial, "Open Sans", sans-serif }`,
).join('\n');

const HEAD = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml"><head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>The weekly letter</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->
<style type="text/css">
body, table, td { font-family: Arial, sans-serif; -webkit-text-size-adjust: 100%; mso-table-lspace: 0pt }
${rules}
@media only screen and (max-width: 600px) { .wide { width: 100% !important } .hide { display: none !important } }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }
</style></head><body style="margin:0;padding:0;background-color:#f4f4f4" bgcolor="#f4f4f4">
<div style="display:none;max-height:0;overflow:hidden">What the week brought&#847;&zwnj;&nbsp;</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">`;
const TAIL = `</td></tr></table><img src="https://track.example/open.gif?u=1" width="1" height="1" alt=""></body></html>`;

const article = (n: number): string => `
<!--[if mso]><table width="600"><tr><td><![endif]-->
<table role="presentation" class="c${n % 60} wide" width="600" cellpadding="0" cellspacing="0" border="0" style="width:600px;max-width:600px;margin:0 auto;background-color:#ffffff;border-radius:4px">
<tr><td style="padding:24px 32px;font-family:Arial,Helvetica,sans-serif;font-size:${14 + (n % 4)}px;line-height:22px;color:#333333;mso-line-height-rule:exactly" valign="top">
<a href="https://click.example/t?id=${n}&amp;u=0a1b2c3d4e5f&amp;r=https%3A%2F%2Fshop.example%2Fproduct%2F${n}" style="color:#0066cc;text-decoration:none" target="_blank"><img src="https://img.example/banner/${n}.jpg" alt="Product ${n}" width="536" height="240" style="display:block;width:100%;height:auto;border:0"></a>
<h2 style="margin:16px 0 8px;font-size:20px;line-height:26px;color:#111111">Article number ${n} &mdash; a heading</h2>
<p style="margin:0 0 12px">Some words about it, with <strong>stress</strong> and <em>more</em>, and an entity &amp; another &copy; 2026.</p>
<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="#0066cc" style="border-radius:3px;padding:10px 18px"><a href="https://click.example/b?id=${n}" style="color:#ffffff;font-weight:bold;text-decoration:none;display:inline-block">Read on &rarr;</a></td><td class="hide" style="padding-left:12px;font-size:12px;color:#888888">Only until Friday</td></tr></table>
</td></tr></table>
<!--[if mso]></td></tr></table><![endif]-->`;
