import { PieceType } from '../../../src/tokenization/sentencepiece/model_proto';
import { NormalizedText } from '../../../src/tokenization/sentencepiece/normalized_text';
import { SentencePieceEngine } from '../../../src/tokenization/sentencepiece/sentencepiece_engine';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { SentencePieceNormalizer } from '../../../src/tokenization/sentencepiece/sentencepiece_normalizer';
import { TokenList } from '../../../src/tokenization/token_list';
import { modelBytes, RAW_MODELS, readRawTables } from '../tables';
import { differences } from './differences';

const { added, models } = readRawTables();

const cases = [
  ...(['plain', ...RAW_MODELS] as const).map((name) => ({
    name,
    records: models[name],
    load: () => SentencePieceModel.fromBytes(modelBytes(name)),
  })),
  {
    name: 'plain with user-defined pieces added',
    records: models.plain_with_added,
    load: () => SentencePieceModel.fromBytes(modelBytes('plain')).withUserDefinedPieces(added),
  },
];

describe.each(cases)('SentencePiece on the model $name', ({ records, load }) => {
  const model = load();
  const engine = new SentencePieceEngine(model);

  test('has texts to compare', () => {
    expect(records.length).toBeGreaterThan(250);
  });

  test('normalizes every text alike', () => {
    const normalizer = new SentencePieceNormalizer({
      spec: model.normalizerSpec,
      characterMap: model.characterMap,
      userDefinedPieces: model.pieces.filter((_, id) => model.types[id] === PieceType.userDefined),
      treatWhitespaceAsSuffix: model.trainerSpec.treatWhitespaceAsSuffix,
    });
    const normalized = new NormalizedText();
    const normalize = (text: string) => {
      normalizer.normalize(text, normalized);
      return normalized.slice(0, normalized.length);
    };
    expect(differences(records, normalize, (record) => record.normalized)).toEqual([]);
  });

  test('cuts every text into the same pieces', () => {
    expect(
      differences(
        records,
        (text) => engine.encodePieces(text),
        (record) => record.pieces,
      ),
    ).toEqual([]);
  });

  test('gives every text the same ids', () => {
    expect(
      differences(
        records,
        (text) => engine.encodeIds(text),
        (record) => record.ids,
      ),
    ).toEqual([]);
  });

  test('gives the same ids with positions', () => {
    const encode = (text: string) => {
      const tokens = new TokenList();
      engine.encode(text, tokens);
      return tokens.ids;
    };
    expect(differences(records, encode, (record) => record.ids)).toEqual([]);
  });
});
