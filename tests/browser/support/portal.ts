import { expect, type Locator, type Page } from '@playwright/test';
import { codeIn } from './inbox';
import type { Mailbox } from './inbox';
import { stack } from './stack';

/** The notice that something was done. */
export const done = (page: Page): Locator => page.locator('#told .alert, .narrow > .alert[role="status"]');

/** What is wrong in a form; it has the focus. */
export const summary = (page: Page): Locator => page.locator('.summary');

/** Opens a page of the portal; who is not signed in is led to the login page. */
export async function openPortal(page: Page, path: string): Promise<void> {
  await page.goto(`${stack().gatehouse_url}${path}`);
}

/** The portal has opened and shows who is signed in. */
export async function expectPortal(page: Page, name: string): Promise<void> {
  await page.waitForURL((url) => url.origin === new URL(stack().gatehouse_url).origin && url.pathname.startsWith('/account'));
  await expect(page.locator('.who bdi')).toHaveText(name);
}

/** Presses the main button of the page's form. */
export async function submit(page: Page): Promise<void> {
  await page.locator('main form .button.primary').click();
}

/** Adds an e-mail address for a purpose and proves it. */
export async function addEmail(page: Page, address: string, mailbox: Mailbox, purpose: string): Promise<void> {
  await openPortal(page, '/account/contacts/new-email');
  await page.locator('#value').fill(address);
  await page.locator(`#purpose-${purpose}`).check();
  await submit(page);
  await page.locator('#code').fill(codeIn(await mailbox.next()));
  await submit(page);
  await expect(done(page)).toBeVisible();
}

export async function signOut(page: Page): Promise<void> {
  await page.locator('form[action="/sign-out"] button').click();
}
