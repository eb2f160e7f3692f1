import type { SentencePieceModel } from '../tokenization/sentencepiece/sentencepiece_model';

/** Digits of a score, as many as C++ streams write unless told otherwise. */
const DIGITS = 6;
/** More than a score that lies halfway between two numbers of that many digits has. */
const MOST_DIGITS = 100;

/** The pieces of a model in the order of their ids, a line each: piece, tab, score (what `spm_export_vocab` writes). */
export function vocabularyText({ pieces, scores }: Pick<SentencePieceModel, 'pieces' | 'scores'>): string {
  return pieces.map((piece, id) => `${piece}\t${formatScore(scores[id]!)}\n`).join('');
}

/** A number as `%g` of C writes it. */
function formatScore(score: number): string {
  if (Object.is(score, -0)) return '-0';
  const [mantissa, power] = roundHalfToEven(score);
  if (power >= -4 && power < DIGITS) return String(Number(`${mantissa}e${power}`));
  return `${Number(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Mantissa and exponent; of two numbers that are equally close C takes the even one, and JavaScript the larger. */
function roundHalfToEven(score: number): [mantissa: string, power: number] {
  const exact = score.toExponential(MOST_DIGITS);
  const isHalfwayAboveEven = /^-?\d\.\d{4}[02468]50*e/.test(exact);
  const [mantissa = '', power] = (isHalfwayAboveEven ? exact : score.toExponential(DIGITS - 1)).split('e');
  return [isHalfwayAboveEven ? mantissa.slice(0, mantissa.indexOf('.') + DIGITS) : mantissa, Number(power)];
}
