import { CheckpointError } from '../../errors';
import { isNumberType, NUMBER_SIZES, type NumberType } from '../numbers/decode_numbers';
import { elementCount } from '../numbers/element_count';
import { isSize } from './is_size';
import { TorchStorage } from './torch_storage';

/** Numbers a tensor may have beyond those of its storage, which it then repeats. */
const MAX_REPEATED = 1 << 24;
const MAX_AXES = 64;

/** A tensor of a PyTorch file: a view of a storage, all of whose numbers lie in it. */
export class TorchTensor {
  private constructor(
    readonly storage: TorchStorage,
    readonly type: NumberType,
    readonly shape: readonly number[],
    /** Numbers from one element to the next, for each axis. */
    readonly strides: readonly number[],
    /** The first number in the whole storage of the file. */
    readonly offset: number,
  ) {}

  /**
   * What `torch._utils._rebuild_tensor` makes of its first arguments.
   *
   * @param path for messages.
   * @param type of the numbers, where the storage does not say.
   * @throws {CheckpointError} when they are no view of a storage.
   */
  static rebuild(
    path: string,
    [storage, offset, shape, strides]: readonly unknown[],
    type: unknown = storage instanceof TorchStorage ? storage.type : undefined,
  ): TorchTensor {
    const fits =
      storage instanceof TorchStorage &&
      typeof type === 'string' &&
      isNumberType(type) &&
      (storage.type ?? type) === type &&
      isSize(offset) &&
      isShape(shape) &&
      isShape(strides) &&
      shape.length === strides.length &&
      staysWithin(lengthIn(storage, type), offset, shape, strides);
    if (!fits) {
      const received = describe(storage, offset, shape, strides);
      throw new CheckpointError(
        `Each tensor in ${path} must have an offset, a shape and strides that stay within its storage, received ${received}; get the file again.`,
        { path, received },
      );
    }
    // Copies: the pickle could change its own lists later.
    return new TorchTensor(storage, type, [...shape], [...strides], storage.start + offset);
  }

  /** Whether rows follow each other in memory without gaps. */
  get isContiguous(): boolean {
    let expected = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis] !== 1 && this.strides[axis] !== expected) return false;
      expected *= this.shape[axis]!;
    }
    return true;
  }
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= MAX_AXES && value.every(isSize);
}

function lengthIn(storage: TorchStorage, type: NumberType): number {
  return storage.type === undefined ? Math.floor(storage.length / NUMBER_SIZES[type]) : storage.length;
}

function staysWithin(length: number, offset: number, shape: readonly number[], strides: readonly number[]): boolean {
  const count = elementCount(shape);
  if (count === 0) return offset <= length;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
  return last < length && count <= Math.max(length, MAX_REPEATED);
}

function describe(...parts: readonly unknown[]): string {
  const [storage, offset, shape, strides] = parts;
  const length = storage instanceof TorchStorage ? `${storage.length}` : 'none';
  const shown = (value: unknown) =>
    Array.isArray(value) ? `[${value.slice(0, 8).map(shownNumber)}]` : shownNumber(value);
  return `offset ${shown(offset)}, shape ${shown(shape)} and strides ${shown(strides)} in a storage of ${length}`;
}

function shownNumber(value: unknown): string {
  return typeof value === 'number' ? `${value}` : typeof value;
}
