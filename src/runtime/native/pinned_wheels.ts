import { BackendError } from '../../errors';
import type { NativeVariant } from './native_variant';

/** A wheel that is fetched, and what is taken out of it. */
export interface PinnedWheel {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly bytes: number;
  /** What is taken out of it takes up. */
  readonly unpackedBytes: number;
  /** Files taken out of it, and where they go. */
  readonly files: readonly WheelFiles[];
}

/** Files of a wheel that go to one place. */
interface WheelFiles {
  /** Matches their paths; what its first group matches is their path in `into`. */
  readonly pattern: RegExp;
  readonly into: string;
}

/** The version that is fetched. */
export const PINNED_TENSORFLOW = '2.21.0';

/** The two libraries, and the headers that the addon's sources and those headers include. */
const TENSORFLOW_FILES: readonly WheelFiles[] = [
  { pattern: /^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2)$/, into: 'lib' },
  {
    pattern:
      /^tensorflow\/include\/((?:tensorflow\/c\/|xla\/tsl\/c\/|(?:tensorflow\/core|tsl)\/platform\/ctstring).*\.h)$/,
    into: 'include',
  },
];

/** Where TensorFlow's libraries look for those of CUDA, and XLA for its assembler, seen from their own folder. */
const CUDA_FILES: readonly WheelFiles[] = [
  {
    pattern: /^nvidia\/([^/]+\/lib\/[^/]+\.so[.\d]*|cuda_nvcc\/bin\/ptxas|cuda_nvcc\/nvvm\/libdevice\/[^/]+)$/,
    into: 'nvidia',
  },
];

function tensorflow(name: string, sha256: string, bytes: number, unpackedBytes: number): PinnedWheel {
  return { name, version: PINNED_TENSORFLOW, sha256, bytes, unpackedBytes, files: TENSORFLOW_FILES };
}

function cuda(part: string, version: string, sha256: string, bytes: number, unpackedBytes: number): PinnedWheel {
  return { name: `nvidia-${part}-cu12`, version, sha256, bytes, unpackedBytes, files: CUDA_FILES };
}

/** What the extra `and-cuda` of TensorFlow asks for. */
const CUDA_WHEELS: readonly PinnedWheel[] = [
  cuda(
    'cublas',
    '12.9.3.13',
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    581_217_458,
    855_064_416,
  ),
  cuda(
    'cuda-cupti',
    '12.9.79',
    '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
    10_814_997,
    43_365_768,
  ),
  cuda(
    'cuda-nvcc',
    '12.9.86',
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
    40_546_229,
    35_417_224,
  ),
  cuda(
    'cuda-nvrtc',
    '12.9.86',
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    89_568_129,
    227_340_992,
  ),
  cuda(
    'cuda-runtime',
    '12.9.79',
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    3_493_179,
    741_088,
  ),
  cuda(
    'cudnn',
    '9.28.0.42',
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    716_538_495,
    1_162_393_472,
  ),
  cuda(
    'cufft',
    '11.4.1.4',
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    200_877_592,
    293_609_416,
  ),
  cuda(
    'curand',
    '10.3.10.19',
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    68_295_626,
    166_965_432,
  ),
  cuda(
    'cusolver',
    '11.7.5.82',
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    338_117_415,
    494_975_064,
  ),
  cuda(
    'cusparse',
    '12.5.10.65',
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    366_465_088,
    486_556_368,
  ),
  cuda('nccl', '2.32.3', 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c', 351_526_311, 473_614_536),
  cuda(
    'nvjitlink',
    '12.9.86',
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    39_748_338,
    95_935_344,
  ),
];

const WHEELS: Readonly<Record<string, readonly PinnedWheel[]>> = {
  'cpu-x64': [
    tensorflow(
      'tensorflow-cpu',
      '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
      273_829_956,
      853_600_000,
    ),
  ],
  'gpu-x64': [
    tensorflow(
      'tensorflow',
      '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
      572_440_367,
      1_259_300_000,
    ),
    ...CUDA_WHEELS,
  ],
  'cpu-arm64': [
    tensorflow(
      'tensorflow',
      '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
      281_828_020,
      883_400_000,
    ),
  ],
};

/**
 * The wheels that make up a TensorFlow, with the hashes that pip checks.
 *
 * @throws {BackendError} when there are none for this processor.
 */
export function pinnedWheels(variant: NativeVariant, architecture: string): readonly PinnedWheel[] {
  const wheels = WHEELS[`${variant}-${architecture}`];
  if (wheels !== undefined) return wheels;
  throw new BackendError(
    `TensorFlow for ${variant === 'gpu' ? 'GPUs' : 'CPUs'} must be fetched for x64${variant === 'gpu' ? '' : ' or arm64'}, and this processor is ${architecture}; ${variant === 'gpu' ? 'choose the CPU there' : 'use the backend wasm there'}.`,
    { path: 'tensorflow', received: architecture },
  );
}
