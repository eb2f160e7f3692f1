import type { Browser, Page } from 'playwright-core';
import { FLOAT32_TOLERANCE, type Racer } from '../predict/racer';
import type { Workload } from '../predict/workload';
import type { PageTask } from './race_page';

/** A page of its own that computes predictions. */
export class PageRacer implements Racer {
  readonly #page: Page;

  private constructor(
    readonly name: string,
    readonly tolerance: number,
    /** Which build of the kernels computes; undefined for others than this package. */
    readonly build: string | undefined,
    page: Page,
  ) {
    this.#page = page;
  }

  /** Opens a page and loads a model in it. */
  static async open(browser: Browser, url: string, name: string, task: PageTask, tolerance = FLOAT32_TOLERANCE) {
    const page = await browser.newPage();
    await page.goto(url);
    const build = await page.evaluate((given) => window.racePage.open(given), task);
    return new PageRacer(name, tolerance, build, page);
  }

  prepare(workload: Workload): Promise<void> {
    return this.#page.evaluate((given) => window.racePage.prepare(given), workload);
  }

  /** Nothing is compiled for shapes in a page. */
  async warmUp(): Promise<boolean> {
    return false;
  }

  call({ name }: Workload): Promise<number> {
    return this.#page.evaluate((given) => window.racePage.call(given), name);
  }

  async results({ name }: Workload): Promise<Float32Array> {
    const text = await this.#page.evaluate((given) => window.racePage.results(given), name);
    return new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}
