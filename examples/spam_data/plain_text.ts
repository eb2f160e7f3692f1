/**
 * What remains of a mail when everything is removed that betrays its source instead of its content: markup, quotes,
 * signatures, names of mailing lists, addresses, dates, and the names that stand in for the recipient.
 */

const HTML_NOISE = /<!--.*?-->|<(script|style|title)\b.*?<\/\1\s*>/gis;
const HTML_TAG = /<\/?[a-zA-Z!][^<>]*>?/g;
const HTML = /<(html|body|br|p|font|table|a)\b/i;
const ENTITY = /&(#x[\da-f]+|#\d+|\w+);?/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

const SUBJECT_PREFIX = /^\s*((re|fwd?|aw)\s*(\[\d+\])?\s*:|\[[^\]]*\]|\([^)]*\)\s*(?=re:))\s*/i;
const SUBJECT_SUFFIX = /(\s{3,}\S+|\s*[-(#[]*\b[a-z]*\d{4,}[a-z0-9]*\W*)$/;

const ATTRIBUTION = /^.{0,120}\b(wrote|writes|said|schrieb|told)\s*:?$/i;
const FIELD = /^(from|to|cc|date|sent|subject|url|x-[\w-]+|content-[\w-]+|message-id|reply-to)\s*:/i;
const PGP = /^(-+BEGIN PGP SIGNED MESSAGE-+|Hash: \w+)$/;
const RULE_LINE = /^[^\p{L}\p{N}]+$/u;
const NOT_WRITTEN = [ATTRIBUTION, FIELD, PGP, RULE_LINE];
const FOOTER = /^(--|-+\s*begin pgp signature.*|-+ ?original message ?-+|this .* is sponsored by.*)$/i;

const LINK = /(https?:\/\/|www\.)\S+|\S+@\S+|\b[\w-]+\.(com|net|org|edu|ie|uk|biz|info)\b\S*/gi;
const PLACEHOLDER = /\b(zzzz\w*|yyyy\w*|jm|jmason|taint|spamassassin\w*|netnoteinc\w*|exmh\w*|ilug|fork)\b/gi;
const DATE =
  /\b(on )?(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?,? +(\d+ +\w{3,9}|\w{3,9} +\d+),? +\d{4}(( at)? [\d:]+( ?[ap]m)?( [+-]\d{4})?( \(\w+\))?)?,?/gi;
/** Random strings that make each copy of a spam mail differ, and remains of broken encodings. */
const JUNK = /\S*[a-z]\d\S*[a-z]\d\S*|\S*\d[a-z]+\d\S*-\d\S*|(\\ufffd)+|\ufffd|ÿ?FFFF[0-9A-F]{2}|\b\d{6,}\S*/gi;
const RULE = /([^\p{L}\p{N}_\s])\1{2,}/gu;

/** The subject without prefixes of lists and answers, and without the tracking number of spam. */
export function plainSubject(subject: string): string {
  let text = subject;
  while (SUBJECT_PREFIX.test(text)) text = text.replace(SUBJECT_PREFIX, '');
  return squeeze(text.replace(SUBJECT_SUFFIX, ''));
}

/** What the author of a body wrote, on one line; the body may be HTML. */
export function plainBody(body: string): string {
  const written: string[] = [];
  for (const line of (HTML.test(body) ? withoutMarkup(body) : body).split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/)) {
    const text = line.trim();
    if (written.length > 0 && FOOTER.test(text)) break;
    if (!/^[>|]/.test(text) && !NOT_WRITTEN.some((noise) => noise.test(text))) written.push(text);
  }
  return squeeze(written.join(' '));
}

function withoutMarkup(html: string): string {
  const text = html.replace(HTML_NOISE, ' ').replace(HTML_TAG, ' ');
  return text.replace(ENTITY, (entity, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? entity;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
  });
}

function squeeze(text: string): string {
  const quiet = [JUNK, LINK, DATE, PLACEHOLDER].reduce((rest, noise) => rest.replace(noise, ' '), text);
  return quiet.replace(RULE, '$1').split(/\s+/).filter(Boolean).join(' ');
}
