import { type EncodedTexts, encodeTexts, type TokenizerKind } from './encode_texts';
import { type PolicyViolation, violations } from './policy_violations';

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

async function tokenize({ kind, modelUrl, jsonUrl, textsUrl }: TokenizerTask): Promise<TokenizerResult> {
  const [model, json, texts] = await Promise.all([
    fetch(modelUrl).then((response) => response.arrayBuffer()),
    fetch(jsonUrl).then((response) => response.json()),
    fetch(textsUrl).then((response) => response.json() as Promise<string[]>),
  ]);
  const encoded = await encodeTexts(kind, { model: new Uint8Array(model), json }, texts);
  return { ...encoded, violations: await violations() };
}

declare global {
  interface Window {
    tokenize: typeof tokenize;
  }
}
window.tokenize = tokenize;
