import type { Locator, Page } from '@playwright/test';
import type { Channel } from './person';
import { realmUrl } from './stack';

/** The page of Keycloak's account console that lists how a person signs in. */
export async function openSigningIn(page: Page): Promise<void> {
  await page.goto(`${realmUrl()}/account/account-security/signing-in`);
}

/** What that page lists for a channel. */
export const factorsListed = (page: Page, channel: Channel): Locator =>
  page.getByTestId(`gh-${channel}/credential-list`).locator('[id^="cred-"]');

/** Sets up a factor that the person does not have yet. */
export async function setUp(page: Page, channel: Channel): Promise<void> {
  await page.getByTestId(`gh-${channel}/create`).click();
}

export async function remove(page: Page, channel: Channel): Promise<void> {
  await factorsListed(page, channel).locator('[data-testrole="remove"]').click();
}
