import { CheckpointError } from '../errors';

/** The error of a file that is shorter than it must be. */
export function endsEarly(path: string, received: number, expected: number): CheckpointError {
  return new CheckpointError(
    `${path} ends at byte ${received} where ${expected} bytes were expected; get the file again.`,
    { path, expected, received },
  );
}
