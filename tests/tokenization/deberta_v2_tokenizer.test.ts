import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import type { EngineName } from '../../src/tokenization/load_engine';
import type { SpecialTokenRole } from '../../src/tokenization/special_tokens';
import { camelCaseKeys } from './camel_case_keys';
import { differences } from './parity/differences';
import { silenceLogger } from './silence_logger';
import { fixtureFolder, MODELS, type ModelName, readTables, type TokenizeRecord } from './tables';

/** A text that two segmentations fit equally well, and where an engine chooses another one than the reference. */
interface Tie {
  text: string;
  /** The settings under which it is one; undefined for all. */
  splitByPunct?: boolean;
}

/** What each engine segments in another way than the reference: nothing but the order of equally probable pieces. */
const TIES: Record<EngineName, Record<ModelName, Tie[]>> = {
  builtin: { plain: [], byte_fallback: [] },
  'sentencepiece-js': {
    plain: [{ text: 'a'.repeat(300) }],
    byte_fallback: [{ text: '....!!!???---___***~~~```', splitByPunct: false }],
  },
};

const ENGINES = Object.keys(TIES) as EngineName[];

silenceLogger();

describe.each(ENGINES.flatMap((engine) => MODELS.map((name) => ({ engine, name }))))(
  'DebertaV2Tokenizer with the engine $engine on the $name model',
  ({ engine, name }) => {
    const tables = readTables(name);
    const loaded = new Map<string, Promise<DebertaV2Tokenizer>>();
    const load = (settings: object = {}) => {
      const key = JSON.stringify(settings);
      const tokenizer =
        loaded.get(key) ??
        DebertaV2Tokenizer.fromPretrained(fixtureFolder(name), { engine, ...camelCaseKeys(settings) });
      loaded.set(key, tokenizer);
      return tokenizer;
    };
    const isTie = ({ text, settings: { split_by_punct: isSplit = false } }: TokenizeRecord) =>
      TIES[engine][name].some((tie) => tie.text === text && (tie.splitByPunct ?? isSplit) === isSplit);
    const title = ({ text, settings }: TokenizeRecord) => JSON.stringify({ text: text.slice(0, 60), ...settings });

    const settings = tables.bySetting.map((table) => ({ ...table, title: JSON.stringify(table.settings) }));
    test.each(settings)('tokenizes all texts but ties under $title', async ({ settings: given, slow }) => {
      const tokenizer = await load(given);
      const exact = slow.filter((record) => !isTie(record));
      const run = (text: string) => [tokenizer.tokenize(text), tokenizer.encode(text)];
      expect(differences(exact, run, ({ tokens, ids }) => [tokens, ids])).toEqual([]);
    });

    const tied = tables.tokenize.filter(isTie);
    if (tied.length > 0) {
      test.each(tied.map((record) => ({ record, title: title(record) })))(
        'breaks the tie in $title the other way',
        async ({ record }) => {
          const tokens = (await load(record.settings)).tokenize(record.text);
          expect(tokens).not.toEqual(record.tokens);
          expect([...tokens].sort()).toEqual([...record.tokens].sort());
        },
      );
    }

    test('has no other ties in the table', () => {
      expect(new Set(tied.map(({ text }) => text))).toEqual(new Set(TIES[engine][name].map(({ text }) => text)));
    });

    test.each(settings)('decodes the ids of all texts under $title', async ({ settings: given, slow }) => {
      const tokenizer = await load(given);
      const skipSpecialTokens = true;
      const decoded = slow.map(({ ids }) => [
        tokenizer.decode(ids),
        tokenizer.decode(ids, { skipSpecialTokens }),
        tokenizer.decode(ids, { skipSpecialTokens, cleanUpTokenizationSpaces: true }),
      ]);
      expect(decoded).toEqual(
        slow.map((record) => [record.decoded, record.decoded_skip_special_tokens, record.decoded_clean_up]),
      );
    });

    test('has the sizes and special ids of the reference', async () => {
      const tokenizer = await load();
      expect(tokenizer.vocabSize).toBe(tables.vocab_size);
      expect(tokenizer).toHaveLength(tables.length);
      expect(tokenizer.allSpecialIds).toEqual(tables.all_special_ids);
      for (const [role, id] of Object.entries(tables.special_ids)) {
        expect(tokenizer[`${role as 'cls'}TokenId`]).toBe(id);
        expect(tokenizer.convertIdsToTokens(id)).toBe(tokenizer[`${role}Token` as SpecialTokenRole]);
      }
    });

    test.each(tables.methods.map((record) => ({ record, title: JSON.stringify(record.token_ids_0) })))(
      'handles the special tokens of $title',
      async ({ record }) => {
        const tokenizer = await load();
        const first = record.token_ids_0;
        const second = record.token_ids_1 ?? undefined;
        expect(tokenizer.getSpecialTokensMask(first, second, record.already_has_special_tokens)).toEqual(
          record.get_special_tokens_mask,
        );
        if (record.already_has_special_tokens) return;
        expect(tokenizer.buildInputsWithSpecialTokens(first, second)).toEqual(record.build_inputs_with_special_tokens);
        expect(tokenizer.createTokenTypeIdsFromSequences(first, second)).toEqual(
          record.create_token_type_ids_from_sequences,
        );
        expect(tokenizer.numSpecialTokensToAdd(second !== undefined)).toBe(record.num_special_tokens_to_add);
      },
    );

    const calls = tables.calls.map((record) => ({
      record,
      title: `${describeTexts(record.text)}, ${describeTexts(record.text_pair)}, ${JSON.stringify(record.options)}`,
    }));
    test.each(calls)('is called with $title', async ({ record }) => {
      const { truncation_side: truncationSide, ...options } = record.options;
      const tokenizer = await load({ truncation_side: truncationSide });
      const pair = record.text_pair === null ? {} : { textPair: record.text_pair };
      const call = () => tokenizer.call(record.text as string, { ...camelCaseKeys(options), ...pair });
      if (record.error !== undefined) expect(call).toThrowDebertaError('tokenizer', /./);
      else expect(call()).toEqual(record.result);
    });
  },
);

function describeTexts(texts: string | readonly (string | readonly string[])[] | null): string {
  if (texts === null) return 'no pair';
  return typeof texts === 'string' ? JSON.stringify(texts.slice(0, 12)) : `${texts.length} items`;
}
