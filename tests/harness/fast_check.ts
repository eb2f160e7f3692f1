import fc from 'fast-check';

/**
 * fast-check with a fixed seed, so that a test that passes once passes always; `FAST_CHECK_SEED` sets another to look
 * for more.
 */
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_241_124) });

export default fc;
