import { type AddedToken, addedTokenJson } from '../added_token';
import { bytePiece } from '../sentencepiece/sentencepiece_model';
import type { TokenNumbering } from '../token_numbering';
import type { TokenizerJson } from './tokenizer_json_from_model';
import type { TokenizerPipeline } from './tokenizer_pipeline';

/** The parts of a `tokenizer.json` that hold ids, as far as {@link TokenizerPipeline} reads them. */
interface JsonWithIds {
  readonly model: { readonly vocab: readonly unknown[]; readonly unk_id: number };
  readonly padding?: { readonly pad_id: number } | null;
  readonly post_processor?: ProcessorJson | null;
}

interface ProcessorJson {
  readonly processors?: readonly ProcessorJson[];
  readonly special_tokens?: Readonly<Record<string, { readonly ids: readonly number[] }>>;
}

/**
 * Ids that a smaller vocabulary must have to cut texts in the same way: the unknown piece, those for bytes, those the
 * template and the padding name, and a piece of the lowest score, from which that of unknown characters is counted.
 */
export function indispensableIds(pipeline: TokenizerPipeline): number[] {
  const { scores, template, padding, unkId } = pipeline;
  const lowest = scores.reduce((least, score, id) => (score < scores[least]! ? id : least), 0);
  const ofTemplate = [...template.single, ...template.pair].flatMap((part) => ('ids' in part ? part.ids : []));
  const bytes = Array.from({ length: 256 }, (_, byte) => pipeline.idOf(bytePiece(byte)));
  const ofBytes = pipeline.hasByteFallback ? bytes.filter((id) => id !== undefined) : [];
  return [unkId, lowest, ...ofTemplate, ...ofBytes, ...(padding === undefined ? [] : [padding.padId])];
}

/**
 * A `tokenizer.json` with some of its tokens alone.
 *
 * @param content must be one that {@link TokenizerPipeline} reads.
 * @param added the added tokens, by new ids.
 */
export function renumberTokenizerJson(
  content: TokenizerJson,
  numbering: TokenNumbering,
  added: ReadonlyMap<number, AddedToken>,
): TokenizerJson {
  const { model, padding, post_processor: processor } = content as unknown as JsonWithIds;
  return {
    ...content,
    added_tokens: Array.from(added, ([id, token]) => ({ id, ...addedTokenJson(token) })),
    ...(padding ? { padding: { ...padding, pad_id: numbering.newId(padding.pad_id) } } : {}),
    ...(processor ? { post_processor: renumberProcessor(processor, numbering) } : {}),
    model: {
      ...model,
      unk_id: numbering.newId(model.unk_id),
      vocab: numbering.pieces.map((id) => model.vocab[id]),
    },
  };
}

function renumberProcessor(processor: ProcessorJson, numbering: TokenNumbering): ProcessorJson {
  const { processors, special_tokens: tokens } = processor;
  // One that no template has use for may have gone.
  const renumbered = Object.entries(tokens ?? {}).flatMap(([name, token]) => {
    const ids = numbering.newIdsOf(token.ids);
    return ids === undefined ? [] : [[name, { ...token, ids }] as const];
  });
  return {
    ...processor,
    ...(processors && { processors: processors.map((part) => renumberProcessor(part, numbering)) }),
    ...(tokens && { special_tokens: Object.fromEntries(renumbered) }),
  };
}
