import loglevel from 'loglevel';

/**
 * The package's logger (`loglevel`): silent but for warnings unless told otherwise.
 *
 * @example
 * logger.setLevel('debug'); // or 'silent'
 */
export const logger = loglevel.getLogger('tfjs-deberta-v2');
logger.setDefaultLevel('warn');
