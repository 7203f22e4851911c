import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { artifacts } from './stack';
import type { Language } from './words';

/** CSS pixels. */
const phone = { width: 360, height: 740 };
const tablet = { width: 768, height: 1024 };
const desk = { width: 1280, height: 800 };

/** Other words can only break the narrowest page: translations are looked at on the phone. */
const sizesFor: Record<Language, (typeof phone)[]> = { en: [phone, tablet, desk], id: [phone] };

const schemes = ['light', 'dark'] as const;

/** Looks at the page as it is now at each width, light and dark: a picture of each, nothing for axe to find, no sideways scrolling. */
export async function look(page: Page, name: string, language: Language = 'en', what: 'page' | 'mail' = 'page'): Promise<void> {
  const before = page.viewportSize();
  const found: string[] = [];
  for (const colorScheme of schemes) {
    for (const size of sizesFor[language]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(size);
      const which = `${name}-${language}-${size.width}-${colorScheme}`;
      await page.screenshot({ path: artifacts('screenshots', `${which}.png`), fullPage: true });
      found.push(...(await sidewaysScroll(page)).map((words) => `${which}: ${words}`));
      found.push(...(await axeFinds(page, what)).map((words) => `${which}: ${words}`));
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
  expect.soft(found, `what is wrong with ${name}`).toEqual([]);
}

async function sidewaysScroll(page: Page): Promise<string[]> {
  const [content, window] = await page.evaluate(() => {
    const all = document.documentElement;
    return [all.scrollWidth, all.clientWidth] as const;
  });
  return content > window ? [`scrolls sideways: ${content} px in ${window}`] : [];
}

/** These tell how a page is divided; a mail is shown inside the page of its reader. */
const rulesForPages = ['landmark-one-main', 'page-has-heading-one', 'region'];

/** Rules of WCAG up to 2.2 AA, and axe's best practices. */
async function axeFinds(page: Page, what: 'page' | 'mail'): Promise<string[]> {
  // A frame that may not run scripts cannot run axe: the mails that the inbox shows in such are looked at by themselves.
  const axe = new AxeBuilder({ page }).exclude('iframe[sandbox]');
  const { violations } = await (what === 'mail' ? axe.disableRules(rulesForPages) : axe).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.target.join(' ')}`));
}

/** Goes through the page by Tab: every control is reached once, in order, and shows that it has the focus. */
export async function walkByKeyboard(page: Page, name: string): Promise<void> {
  const controls = await page.evaluate(() => {
    const reachable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
    const shown = [...document.querySelectorAll<HTMLElement>(reachable)].filter(
      (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.matches(':disabled, [tabindex="-1"]'),
    );
    shown.forEach((element, index) => element.setAttribute('data-walk', String(index)));
    // Tab goes on from what had the focus last: begin above the first control
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    return shown.map((element) => element.id || element.textContent?.trim().slice(0, 40) || element.tagName);
  });
  const unseen: string[] = [];
  const reached: string[] = [];
  for (let steps = 0; steps < controls.length; steps++) {
    await tabOn(page);
    const { at, seen } = await page.evaluate(focusOfNow);
    const control = controls[at] ?? `something else (${at})`;
    reached.push(control);
    if (!seen) unseen.push(control);
  }
  expect.soft(reached, `${name}: controls in the order of Tab`).toEqual(controls);
  expect.soft(unseen, `${name}: controls whose focus cannot be seen`).toEqual([]);
}

/** More parts than a date has: its numbers and the button that opens the calendar. */
const mostParts = 6;

/** Presses Tab until another control has the focus: within a date, Tab goes from part to part. */
async function tabOn(page: Page): Promise<void> {
  const here = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['walk']);
  const before = await here();
  for (let presses = 0; presses < mostParts; presses++) {
    await page.keyboard.press('Tab');
    if (before === undefined || (await here()) !== before) return;
  }
}

/** Runs in the page: which control has the focus, and whether it, or the box around it, looks different because of that. */
function focusOfNow(): { at: number; seen: boolean } {
  const control = document.activeElement as HTMLElement;
  const looks = () =>
    [control, control.parentElement, control.parentElement?.parentElement]
      .filter((element) => element !== null && element !== undefined)
      .flatMap((element) => [getComputedStyle(element), getComputedStyle(element, '::after')])
      .map((style) => [style.outline, style.outlineOffset, style.boxShadow, style.borderColor, style.borderWidth, style.backgroundColor, style.textDecoration])
      .join();
  const focused = looks();
  control.blur();
  const resting = looks();
  control.focus();
  return { at: Number(control.dataset['walk'] ?? -1), seen: focused !== resting };
}
