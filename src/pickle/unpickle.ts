import { CheckpointError } from '../errors';
import type { PickleCursor } from './pickle_cursor';
import { PickleFunction } from './pickle_function';
import { PickleStack } from './pickle_stack';

/** What a pickle may refer to outside of itself. */
export interface PickleHost {
  /**
   * The meaning of a Python name: a {@link PickleFunction} if the pickle may call it, else a plain value.
   *
   * @param name module and name with a dot between.
   * @throws {CheckpointError} for every name that is not known.
   */
  global(name: string): unknown;
  /** What an id stands for. @throws {CheckpointError} for an id that stands for nothing. */
  persistent(id: unknown): unknown;
}

/**
 * Reads one pickle without running anything of it: only values of the pickle's own kinds are made, and what `host`
 * knows by name.
 *
 * `None` becomes null, integers numbers (bigints beyond 2^53), `bytes` Uint8Arrays, lists and tuples arrays,
 * dictionaries Maps (so that no key can reach an object's prototype) and sets Sets. Values that the pickle shares are
 * shared, and may contain themselves. Nesting costs no stack, and every value costs the pickle at least a byte.
 *
 * @param cursor where the pickle begins; afterwards it stands behind its end.
 * @throws {CheckpointError} when the pickle is damaged, refers to what `host` does not know, or makes objects in
 *   other ways.
 * @see https://github.com/python/cpython/blob/v3.13.0/Lib/pickletools.py
 */
export function unpickle(cursor: PickleCursor, host: PickleHost): unknown {
  const stack = new PickleStack(cursor);
  for (;;) {
    const code = cursor.uint8();
    if (code === STOP) break;
    const value = VALUES.get(code);
    if (value !== undefined) stack.push(value(cursor));
    else (ACTIONS.get(code) ?? refuseOpcode)(stack, host, code);
  }
  const result = stack.pop();
  if (stack.length > 0) throw cursor.damaged('one value', `${stack.length} more`);
  return result;
}

const STOP = '.'.charCodeAt(0);
const HIGHEST_PROTOCOL = 5;

type Action = (stack: PickleStack, host: PickleHost, code: number) => void;

const byCode = <T>(table: Readonly<Record<string, T>>): ReadonlyMap<number, T> =>
  new Map(Object.entries(table).map(([letter, act]) => [letter.charCodeAt(0), act]));

/** Opcodes that push what they say. */
const VALUES = byCode<(cursor: PickleCursor) => unknown>({
  N: () => null,
  '\x88': () => true,
  '\x89': () => false,

  I: (cursor) => decimalOrBoolean(cursor),
  L: (cursor) => cursor.decimal(cursor.line().replace(/L$/, '')),
  J: (cursor) => cursor.int32(),
  K: (cursor) => cursor.uint8(),
  M: (cursor) => cursor.uint16(),
  '\x8a': (cursor) => cursor.integer(cursor.uint8()),
  '\x8b': (cursor) => cursor.integer(cursor.uint32()),
  F: (cursor) => cursor.decimalFloat(cursor.line()),
  G: (cursor) => cursor.float64(),

  // Texts of Python 2 are bytes; in checkpoints they are names, which are ASCII.
  U: (cursor) => cursor.text(cursor.uint8()),
  T: (cursor) => cursor.text(cursor.uint32()),
  X: (cursor) => cursor.text(cursor.uint32()),
  '\x8c': (cursor) => cursor.text(cursor.uint8()),
  '\x8d': (cursor) => cursor.text(cursor.uint64()),
  V: (cursor) => unescapeUnicode(cursor.line()),
  C: (cursor) => cursor.take(cursor.uint8()).slice(),
  B: (cursor) => cursor.take(cursor.uint32()).slice(),
  '\x8e': (cursor) => cursor.take(cursor.uint64()).slice(),
  '\x96': (cursor) => cursor.take(cursor.uint64()).slice(),

  ']': () => [],
  ')': () => [],
  '}': () => new Map(),
  '\x8f': () => new Set(),
});

/** Opcodes that take values from the stack, or do nothing with them. */
const ACTIONS = byCode<Action>({
  '\x80': ({ cursor }) => {
    const protocol = cursor.uint8();
    if (protocol > HIGHEST_PROTOCOL) throw cursor.damaged(`protocol 0 to ${HIGHEST_PROTOCOL}`, `${protocol}`);
  },
  // A frame only says how much to read ahead.
  '\x95': ({ cursor }) => {
    const length = cursor.uint64();
    if (length > cursor.left) throw cursor.damaged(`frames of at most ${cursor.left} bytes`, `${length}`);
  },

  '(': (stack) => stack.mark(),
  '0': (stack) => stack.drop(),
  '1': (stack) => void stack.popToMark(),
  '2': (stack) => stack.push(stack.top),
  p: (stack) => stack.remember(Number(stack.cursor.decimal(stack.cursor.line()))),
  q: (stack) => stack.remember(stack.cursor.uint8()),
  r: (stack) => stack.remember(stack.cursor.uint32()),
  '\x94': (stack) => stack.remember(),
  g: (stack) => stack.recall(Number(stack.cursor.decimal(stack.cursor.line()))),
  h: (stack) => stack.recall(stack.cursor.uint8()),
  j: (stack) => stack.recall(stack.cursor.uint32()),

  '\x85': (stack) => stack.push(stack.popMany(1)),
  '\x86': (stack) => stack.push(stack.popMany(2)),
  '\x87': (stack) => stack.push(stack.popMany(3)),
  t: (stack) => stack.push(stack.popToMark()),
  l: (stack) => stack.push(stack.popToMark()),
  a: (stack) => append(stack, stack.popMany(1)),
  e: (stack) => append(stack, stack.popToMark()),
  d: (stack) => {
    const items = stack.popToMark();
    stack.push(new Map());
    setItems(stack, items);
  },
  s: (stack) => setItems(stack, stack.popMany(2)),
  u: (stack) => setItems(stack, stack.popToMark()),
  '\x91': (stack) => stack.push(new Set(stack.popToMark())),
  '\x90': (stack) => {
    const items = stack.popToMark();
    const set = stack.top;
    if (!(set instanceof Set)) throw stack.cursor.damaged('a set to add to', describe(set));
    for (const item of items) set.add(item);
  },

  c: (stack, host) => stack.push(host.global(nameInLines(stack))),
  '\x93': (stack, host) => {
    const [module, name] = stack.popMany(2);
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw stack.cursor.damaged('names of globals as texts', `${describe(module)} and ${describe(name)}`);
    }
    stack.push(host.global(`${module}.${name}`));
  },
  Q: (stack, host) => stack.push(host.persistent(stack.pop())),
  R: (stack) => reduce(stack),
  '\x81': (stack) => reduce(stack),
  i: (stack, host) => call(stack, host.global(nameInLines(stack)), stack.popToMark()),
  o: (stack) => {
    const [callee, ...args] = stack.popToMark();
    call(stack, callee, args);
  },
  b: (stack) => {
    stack.pop();
    // An OrderedDict may carry attributes, such as the versions of modules; nothing else has a state.
    if (!(stack.top instanceof Map)) throw refused(stack, `attributes for ${describe(stack.top)} (BUILD)`);
  },
});

/** Opcodes that make objects in ways no state dict needs, by Python's names for them. */
const REFUSED = byCode({
  P: 'an id in words (PERSID)',
  S: 'a text in quotes (STRING)',
  '\x82': 'an object of the extension registry (EXT1)',
  '\x83': 'an object of the extension registry (EXT2)',
  '\x84': 'an object of the extension registry (EXT4)',
  '\x92': 'an object made with named arguments (NEWOBJ_EX)',
  '\x97': 'a buffer outside of the file (NEXT_BUFFER)',
  '\x98': 'a buffer outside of the file (READONLY_BUFFER)',
});

function refuseOpcode(stack: PickleStack, _host: PickleHost, code: number): never {
  const known = REFUSED.get(code);
  if (known !== undefined) throw refused(stack, known);
  throw stack.cursor.damaged('opcodes of Python', `${code} before byte ${stack.cursor.position}`);
}

function append(stack: PickleStack, items: readonly unknown[]): void {
  const list = stack.top;
  if (!Array.isArray(list)) throw stack.cursor.damaged('a list to append to', describe(list));
  for (const item of items) list.push(item);
}

function setItems(stack: PickleStack, items: readonly unknown[]): void {
  const dictionary = stack.top;
  if (!(dictionary instanceof Map)) throw stack.cursor.damaged('a dictionary to add to', describe(dictionary));
  if (items.length % 2 !== 0) throw stack.cursor.damaged('a value for each key', `${items.length} items`);
  for (let index = 0; index < items.length; index += 2) dictionary.set(items[index], items[index + 1]);
}

function reduce(stack: PickleStack): void {
  const [callee, args] = stack.popMany(2);
  call(stack, callee, args);
}

function call(stack: PickleStack, callee: unknown, args: unknown): void {
  if (!(callee instanceof PickleFunction)) throw refused(stack, `a call of ${describe(callee)}`);
  if (!Array.isArray(args)) throw stack.cursor.damaged(`arguments of ${callee.name} as a tuple`, describe(args));
  stack.push(callee.call(args));
}

function refused({ cursor: { path } }: PickleStack, received: string): CheckpointError {
  return new CheckpointError(
    `The pickle in ${path} must hold tensors and plain containers only, received ${received}; save the model's state_dict() instead.`,
    { path, received },
  );
}

function nameInLines({ cursor }: PickleStack): string {
  const module = cursor.line();
  return `${module}.${cursor.line()}`;
}

/** Protocol 1 spells True and False as the numbers 01 and 00. */
function decimalOrBoolean(cursor: PickleCursor): unknown {
  const text = cursor.line();
  return text === '00' || text === '01' ? text === '01' : cursor.decimal(text);
}

/** Python's raw-unicode-escape. */
function unescapeUnicode(text: string): string {
  return text.replace(/\\u([\da-fA-F]{4})|\\U(000[\da-fA-F]{5}|0010[\da-fA-F]{4})/g, (_, short, long) =>
    String.fromCodePoint(Number.parseInt(short ?? long, 16)),
  );
}

function describe(value: unknown): string {
  if (value === null) return 'None';
  if (value instanceof PickleFunction) return value.name;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  return typeof value === 'object' ? value.constructor.name : String(value).slice(0, 40);
}
