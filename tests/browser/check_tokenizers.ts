import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { DebertaV2TokenizerFast } from '../../src/index';
import type { CheckResult } from './check_result';
import { type EncodedTexts, encodeTexts, TOKENIZER_KINDS, type VocabularyFiles } from './encode_texts';
import { readSourceMap, violationOf } from './find_violation';
import type { TokenizerResult, TokenizerTask } from './tokenizer_page';

const FIXTURES = join(__dirname, '..', 'fixtures', 'tokenizer');
const VOCABULARIES = ['plain', 'byte_fallback', 'multilingual'] as const;

/** What no page can have: code from anywhere else, and code that is made from text. */
export const STRICT_POLICY = "default-src 'self'; script-src 'self'";

/** Writes what the pages fetch: vocabularies in both formats, and texts. */
export async function writeTokenizerFiles(folder: string): Promise<void> {
  for (const name of VOCABULARIES) {
    const model = readFileSync(join(FIXTURES, name, 'spm.model'));
    const tokenizer = await DebertaV2TokenizerFast.fromModel(model);
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'spm.model'), model);
    writeFileSync(join(folder, name, 'tokenizer.json'), JSON.stringify(tokenizer.toTokenizerJson()));
  }
  const { shared } = JSON.parse(readFileSync(join(FIXTURES, 'texts.json'), 'utf8')) as { shared: string[] };
  writeFileSync(join(folder, 'texts.json'), JSON.stringify(shared));
}

/**
 * A page makes tokenizers without files, under a policy that forbids to make code from text; ids and positions of every
 * text must be those that Node finds.
 *
 * @param folder what {@link writeTokenizerFiles} wrote, served under `/tokenizers/`.
 * @param script of the page, with its source map beside it.
 */
export async function* checkTokenizers(
  browser: Browser,
  origin: string,
  folder: string,
  script: string,
): AsyncGenerator<CheckResult> {
  const sourceMap = readSourceMap(script);
  const texts = JSON.parse(readFileSync(join(folder, 'texts.json'), 'utf8')) as string[];
  for (const vocabulary of VOCABULARIES) {
    const files: VocabularyFiles = {
      model: readFileSync(join(folder, vocabulary, 'spm.model')),
      json: JSON.parse(readFileSync(join(folder, vocabulary, 'tokenizer.json'), 'utf8')),
    };
    const url = `${origin}/tokenizers/${vocabulary}`;
    for (const kind of TOKENIZER_KINDS) {
      const expected = await encodeTexts(kind, files, texts);
      const page = await browser.newPage();
      await page.goto(`${origin}/tokenizer.html`);
      const task: TokenizerTask = {
        kind,
        modelUrl: `${url}/spm.model`,
        jsonUrl: `${url}/tokenizer.json`,
        textsUrl: `${origin}/tokenizers/texts.json`,
      };
      const problem = await page
        .evaluate((given) => window.tokenize(given), task)
        .then((result) => violationOf(result, sourceMap) ?? differenceOf(result, expected, texts), String);
      await page.close();
      yield { name: `${kind} of ${vocabulary} in the browser, ${texts.length} texts`, problem };
    }
  }
}

/** The first text with other ids or positions than in Node. */
function differenceOf(result: TokenizerResult, expected: EncodedTexts, texts: readonly string[]): string | undefined {
  for (const key of ['ids', 'offsets'] as const) {
    if (result[key].length !== expected[key].length) return `there are ${result[key].length} lists of ${key}`;
    const wrong = expected[key].findIndex((row, text) => JSON.stringify(row) !== JSON.stringify(result[key][text]));
    if (wrong >= 0) {
      return `${key} of ${JSON.stringify(texts[wrong])} are ${JSON.stringify(result[key][wrong])}, in Node ${JSON.stringify(expected[key][wrong])}`;
    }
  }
  return undefined;
}
