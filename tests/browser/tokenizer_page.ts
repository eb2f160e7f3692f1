import { type EncodedTexts, encodeTexts, type TokenizerKind } from './encode_texts';

/** What the check asks the page to do. */
export interface TokenizerTask {
  readonly kind: TokenizerKind;
  readonly modelUrl: string;
  readonly jsonUrl: string;
  /** A JSON list of texts. */
  readonly textsUrl: string;
}

/** What the page found. */
export interface TokenizerResult extends EncodedTexts {
  /** What the page's policy kept from running. */
  readonly violations: readonly PolicyViolation[];
}

/** Where in the page's script something was that its policy forbids, from 1 on. */
export interface PolicyViolation {
  readonly line: number;
  readonly column: number;
}

const violations: PolicyViolation[] = [];
document.addEventListener('securitypolicyviolation', ({ lineNumber: line, columnNumber: column }) => {
  violations.push({ line, column });
});

async function tokenize({ kind, modelUrl, jsonUrl, textsUrl }: TokenizerTask): Promise<TokenizerResult> {
  const [model, json, texts] = await Promise.all([
    fetch(modelUrl).then((response) => response.arrayBuffer()),
    fetch(jsonUrl).then((response) => response.json()),
    fetch(textsUrl).then((response) => response.json() as Promise<string[]>),
  ]);
  const encoded = await encodeTexts(kind, { model: new Uint8Array(model), json }, texts);
  // Violations are told in a task of their own.
  await new Promise((resolve) => setTimeout(resolve));
  return { ...encoded, violations };
}

declare global {
  interface Window {
    tokenize: typeof tokenize;
  }
}
window.tokenize = tokenize;
