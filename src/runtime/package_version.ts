import { version } from '../../package.json';

/** Version of this package. */
export const packageVersion: string = version;
