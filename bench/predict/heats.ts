import type { BackendName } from '../../src/index';
import { formatThreads } from '../format';
import type { ParticipantSpec } from './participant';
import { onnxruntime, python as reference, tfjs, transformersJs, wasm } from './participants';

/** Who takes part, and with how many threads. */
export interface Field {
  readonly backends: readonly BackendName[];
  /** Threads of every participant that has a choice. */
  readonly threads: number;
  /** A Python with the reference; without one it does not take part. */
  readonly python?: string | undefined;
  /** Whether wasm with relaxed SIMD takes part beside that without. */
  readonly relaxedSimd: boolean;
}

/** Some of a heat's participants beside another one than its reference. */
export interface Comparison {
  readonly title: string;
  readonly reference: string;
  readonly others: readonly string[];
}

/** Participants that take turns. */
export interface Heat {
  readonly title: string;
  /** The reference first. */
  readonly specs: readonly ParticipantSpec[];
  readonly comparisons: readonly Comparison[];
}

/** All with as many threads as are given; and, where wasm takes part, those of JavaScript with one thread each. */
export function heatsOf(field: Field): Heat[] {
  const { backends, threads } = field;
  const hasWasm = backends.includes('wasm');
  const all = heat(threads, hasWasm, [...oursOf(field), ...peersOf(field)]);
  if (!hasWasm || threads === 1) return [all];
  const alone = { ...wasm(1), name: 'wasm, 1 thread' };
  const scaling = {
    title: `Wasm with ${formatThreads(threads)} and with one`,
    reference: alone.name,
    others: ['wasm'],
  };
  return [
    { ...all, specs: [...all.specs, alone], comparisons: [...all.comparisons, scaling] },
    heat(1, hasWasm, wasmModes(1, field.relaxedSimd)),
  ];
}

function heat(threads: number, hasWasm: boolean, others: readonly ParticipantSpec[]): Heat {
  const web = onnxruntime('web', threads);
  const modes = others.map(({ name }) => name).filter((name) => name.startsWith('wasm'));
  const each = `${formatThreads(threads)} each`;
  return {
    title: `Speed, ${each}`,
    specs: [onnxruntime('node', threads), ...others, web, transformersJs(threads)],
    comparisons: hasWasm ? [{ title: `Beside ${web.name}, ${each}`, reference: web.name, others: modes }] : [],
  };
}

function oursOf({ backends, threads, relaxedSimd }: Field): ParticipantSpec[] {
  return backends.flatMap((backend) => {
    if (backend === 'tensorflow') return [tfjs(backend, threads, 'compiles'), tfjs(backend, threads, 'plain')];
    return backend === 'wasm' ? wasmModes(threads, relaxedSimd) : [tfjs(backend, threads)];
  });
}

function wasmModes(threads: number, relaxedSimd: boolean): ParticipantSpec[] {
  return [wasm(threads), ...(relaxedSimd ? [wasm(threads, ', relaxed SIMD')] : []), wasm(threads, ', int8')];
}

function peersOf({ python, threads }: Field): ParticipantSpec[] {
  if (python === undefined) return [];
  return [reference('pytorch', threads, python), reference('tensorflow', threads, python)];
}
