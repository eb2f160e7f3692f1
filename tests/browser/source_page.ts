import { DebertaV2TokenizerFast } from '../../src/index';
import { type PolicyViolation, violations } from './policy_violations';

/** What the check asks the page to do. */
export interface SourceTask {
  /** As `fromPretrained` takes it. */
  readonly source: string;
  readonly options: { hubUrl?: string; token?: string; offline?: boolean; maxRetries?: number };
  readonly text: string;
}

/** What the page found. */
export interface SourceResult {
  readonly ids: number[];
  /** Files of which bytes came in, with the last numbers told. */
  readonly downloads: Readonly<Record<string, { loaded: number; total: number | undefined }>>;
  readonly violations: readonly PolicyViolation[];
}

async function loadFrom({ source, options, text }: SourceTask): Promise<SourceResult> {
  const downloads: Record<string, { loaded: number; total: number | undefined }> = {};
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(source, {
    ...options,
    retryDelay: 1,
    onDownload: ({ file, loaded, total }) => {
      downloads[file] = { loaded, total };
    },
  });
  return { ids: tokenizer.encode(text), downloads, violations: await violations() };
}

declare global {
  interface Window {
    loadFrom: typeof loadFrom;
  }
}
window.loadFrom = loadFrom;
