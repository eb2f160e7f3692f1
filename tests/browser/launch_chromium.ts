import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts Chromium without a window, found at its usual places or named by the environment variable CHROMIUM. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? EXECUTABLES.find(existsSync);
  if (executablePath === undefined) {
    throw new Error(`No Chromium at ${EXECUTABLES.join(', ')}; install it, or set CHROMIUM to its path.`);
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
}
