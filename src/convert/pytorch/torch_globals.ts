import { CheckpointError } from '../../errors';
import { PickleFunction } from '../../pickle/pickle_function';
import type { PickleHost } from '../../pickle/unpickle';
import { NUMBER_SIZES, type NumberType } from '../numbers/decode_numbers';
import { isSize } from './is_size';
import { TorchStorage } from './torch_storage';
import { TorchTensor } from './torch_tensor';

/** The classes of typed storages, which a pickle names in the ids of its storages. */
const STORAGE_TYPES: Readonly<Record<string, NumberType>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

/** Items and bytes that calls may copy out of their arguments, all together. */
const MAX_COPIED = 4_000_000;

/** The class of a storage, as a pickle names it. */
class StorageClass {
  constructor(readonly type: NumberType | undefined) {}
}

/** A pickle's view on PyTorch, and the storages that it named. */
export interface TorchHost extends PickleHost {
  /** By their keys in the file. */
  readonly storages: ReadonlyMap<string, TorchStorage>;
}

/**
 * What a file of `torch.save` may refer to: tensors, their storages, sizes, devices and number types, and the
 * containers that Python spells as calls.
 *
 * @param path for messages.
 */
export function torchGlobals(path: string): TorchHost {
  const storages = new Map<string, TorchStorage>();
  const globals = makeGlobals(path);
  return {
    storages,
    global(name) {
      if (globals.has(name)) return globals.get(name);
      const shown = JSON.stringify(name.slice(0, 100)).slice(1, -1);
      throw new CheckpointError(
        `The pickle in ${path} must hold tensors and plain containers only, received ${shown}, which is not loaded since pickled objects can run any program; save the model's state_dict() instead.`,
        { path, received: name },
      );
    },
    persistent(id) {
      const [storage, whole] = readStorage(path, id);
      const known = storages.get(whole.key);
      if (known !== undefined && (known.type !== whole.type || known.length !== whole.length)) {
        throw refusedId(path, `two kinds or lengths of storage ${JSON.stringify(whole.key.slice(0, 40))}`);
      }
      storages.set(whole.key, whole);
      return storage;
    },
  };
}

function makeGlobals(path: string): ReadonlyMap<string, unknown> {
  const globals = new Map<string, unknown>();
  const add = (name: string, call: PickleFunction['call']) => globals.set(name, new PickleFunction(name, call));
  const wrong = (name: string): CheckpointError =>
    new CheckpointError(`The pickle in ${path} must call ${name} as Python does and does not; get the file again.`, {
      path,
      received: name,
    });

  // A pickle can have the same long list copied once for each few of its bytes.
  let copied = 0;
  const allowCopy = (name: string, { length }: { readonly length: number }) => {
    copied += length;
    if (copied > MAX_COPIED) throw wrong(name);
  };

  add('torch._utils._rebuild_tensor', (args) => TorchTensor.rebuild(path, args));
  add('torch._utils._rebuild_tensor_v2', (args) => TorchTensor.rebuild(path, args));
  add('torch._utils._rebuild_tensor_v3', (args) => TorchTensor.rebuild(path, args, args[6]));
  for (const name of ['torch._utils._rebuild_parameter', 'torch._utils._rebuild_parameter_with_state']) {
    add(name, ([data]) => {
      if (!(data instanceof TorchTensor)) throw wrong(name);
      return data;
    });
  }
  add('torch.device', ([type]) => {
    if (typeof type !== 'string') throw wrong('torch.device');
    return type;
  });
  add('collections.OrderedDict', ([pairs = []]) => {
    if (!Array.isArray(pairs)) throw wrong('collections.OrderedDict');
    allowCopy('collections.OrderedDict', pairs);
    if (!pairs.every(isPair)) throw wrong('collections.OrderedDict');
    return new Map(pairs);
  });
  add('torch.Size', ([items = []]) => {
    if (!Array.isArray(items)) throw wrong('torch.Size');
    return items;
  });
  for (const name of ['builtins.set', 'builtins.frozenset', '__builtin__.set', '__builtin__.frozenset']) {
    add(name, ([items = []]) => {
      if (!Array.isArray(items)) throw wrong(name);
      allowCopy(name, items);
      return new Set(items);
    });
  }
  // How protocol 2 spells bytes.
  add('_codecs.encode', ([text, encoding]) => {
    if (typeof text !== 'string' || encoding !== 'latin1') throw wrong('_codecs.encode');
    allowCopy('_codecs.encode', text);
    const bytes = new Uint8Array(text.length);
    for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
    return bytes;
  });
  for (const name of ['builtins.bytes', '__builtin__.bytes']) {
    add(name, (args) => {
      if (args.length > 0) throw wrong(name);
      return new Uint8Array(0);
    });
  }

  for (const [name, type] of Object.entries(STORAGE_TYPES)) globals.set(`torch.${name}`, new StorageClass(type));
  globals.set('torch.UntypedStorage', new StorageClass(undefined));
  globals.set('torch.storage.UntypedStorage', new StorageClass(undefined));
  // The dtypes of PyTorch are spelled as ours.
  for (const dtype of Object.keys(NUMBER_SIZES)) globals.set(`torch.${dtype}`, dtype);
  return globals;
}

/**
 * The storage an id stands for, and the whole one that it may be a view of:
 * `('storage', class, key, device, length)`, in old files with `(key, offset, length)` of a view or None after it.
 */
function readStorage(path: string, id: unknown): readonly [storage: TorchStorage, whole: TorchStorage] {
  if (!Array.isArray(id)) throw refusedId(path, typeof id);
  const [kind, storageClass, key, , length, view] = id as readonly unknown[];
  if (kind === 'module') throw refusedId(path, "a module's program");
  if (kind !== 'storage' || !(storageClass instanceof StorageClass) || typeof key !== 'string' || !isSize(length)) {
    throw refusedId(path, 'another');
  }
  const whole = new TorchStorage(key, storageClass.type, length);
  if (view === undefined || view === null) return [whole, whole];
  const [, start, viewLength] = Array.isArray(view) ? (view as readonly unknown[]) : [];
  if (!isSize(start) || !isSize(viewLength) || start + viewLength > length) {
    throw refusedId(path, 'a view that leaves its storage');
  }
  return [new TorchStorage(key, storageClass.type, viewLength, start), whole];
}

function isPair(item: unknown): item is [unknown, unknown] {
  return Array.isArray(item) && item.length === 2;
}

function refusedId(path: string, received: string): CheckpointError {
  return new CheckpointError(
    `The pickle in ${path} must refer to storages by ids of PyTorch, received ${received}; save the model's state_dict() instead.`,
    { path, received },
  );
}
