import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { plainBody, plainSubject } from './plain_text';

/** Groups of the package and whether they are spam. */
const GROUPS = { 'easy-ham-1': 0, 'easy-ham-2': 0, 'hard-ham-1': 0, 'spam-1': 1, 'spam-2': 1 } as const;
const BODY_CHARACTERS = 200;

/** A mail reduced to plain text. */
export interface Mail {
  /** Group and number in the package, such as `spam-1/7`. */
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  /** 0 for ham, 1 for spam. */
  readonly label: number;
}

/** What the classifier reads of a mail: the subject and the beginning of the body. */
export function textOf({ subject, body }: Mail): string {
  return [subject, body.slice(0, BODY_CHARACTERS)].filter(Boolean).join(' ');
}

/** Reads all mails of the unpacked package, in a fixed order. */
export async function readMails(folder: string): Promise<Mail[]> {
  const mails: Mail[] = [];
  for (const [group, label] of Object.entries(GROUPS)) {
    for (const name of readdirSync(join(folder, group))
      .filter((file) => file.endsWith('.json'))
      .sort()) {
      const { text } = JSON.parse(readFileSync(join(folder, group, name), 'utf8')) as { text: string };
      const { subject = '', body } = await parse(text);
      mails.push({
        id: `${group}/${Number.parseInt(name, 10)}`,
        subject: plainSubject(subject),
        body: plainBody(body),
        label,
      });
    }
  }
  return mails;
}

/** The package decoded its bytes as Latin-1; each part says which encoding it has. */
async function parse(mail: string): Promise<{ subject: string | undefined; body: string }> {
  const bytes = Buffer.from(mail.replace(/[^\0-\xff]/g, ' '), 'latin1');
  const { subject, text, html } = await PostalMime.parse(bytes);
  return { subject, body: text?.trim() ? text : (html ?? '') };
}
