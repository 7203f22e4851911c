import type { Page } from '@playwright/test';
import { root } from './stack';

/** Pictures of the documentation are written only when asked for, so that a test run leaves the repository as it is. */
export const writesPictures = process.env.GATEHOUSE_WRITE_TOUR === '1';

/** Takes a picture for the documentation: `docs/{name}.png`. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!writesPictures) return;
  const before = page.viewportSize();
  await page.setViewportSize({ width: 960, height: 720 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: `${root}/docs/${name}.png`, caret: 'hide', animations: 'disabled' });
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}
