import { expect, type Locator, type Page } from '@playwright/test';
import { signInRequest, type App } from './doors';
import { codeIn, linkIn } from './inbox';
import { receives, type Channel, type Person } from './person';
import { realmUrl } from './stack';

/** The heading of a page of Keycloak. */
export const title = (page: Page): Locator => page.locator('#kc-page-title');

/** The summary of what was wrong, or the notice that belongs to no field. */
export const problem = (page: Page): Locator => page.locator('.gh-summary, .gh-alert-error');

/** The field for a one-time code. */
export const codeField = (page: Page): Locator => page.locator('input[name="code"]');

/** Comes as people do: opens the account console, and is led to the login page. */
export async function openAccount(page: Page): Promise<void> {
  await page.goto(`${realmUrl()}/account/`);
}

/** Comes from an application that needs no script to send people to the login page. */
export async function openLoginOf(page: Page, app: App, parameters: Record<string, string> = {}): Promise<void> {
  await page.goto(signInRequest(app, parameters).url);
}

export async function openRegistration(page: Page): Promise<void> {
  await page.locator('#kc-registration a').click();
  await expect(page.locator('#kc-register-form')).toBeVisible();
}

export async function fillRegistration(page: Page, person: Person): Promise<void> {
  await page.locator('[name="email"]').fill(person.email);
  await page.locator('[name="firstName"]').fill(person.firstName);
  await page.locator('[name="lastName"]').fill(person.lastName);
  await page.locator('[name="company"]').fill(person.company);
  await page.locator('[name="country"]').selectOption(person.country);
  await page.locator('[name="locale"]').selectOption(person.language);
  await page.locator('[name="password"]').fill(person.password);
  await page.locator('[name="password-confirm"]').fill(person.password);
  await page.locator('[name="termsAccepted"]').check();
}

export async function submitRegistration(page: Page): Promise<void> {
  await page.locator('#kc-register-form [type="submit"]').click();
}

/** Opens the link of the mail that asks to confirm the address, in the same browser. */
export async function proveEmail(page: Page, person: Person): Promise<void> {
  await page.goto(linkIn(await person.mailbox.next()));
}

/** Picks a second factor on the page that offers several. */
export async function chooseFactor(page: Page, channel: Channel): Promise<void> {
  await page.locator(`[name="option"][value="gh-enrol-${channel}"]`).click();
}

/** Types where codes shall go. */
export async function giveDestination(page: Page, destination: string): Promise<void> {
  await page.locator('[name="destination"]').fill(destination);
  await page.locator('#gatehouse-enrol [type="submit"]').click();
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await codeField(page).fill(code);
  await page.locator('#gatehouse-code [type="submit"]').click();
}

/** Reads the code where it arrives, and types it. */
export async function enterCodeFrom(page: Page, person: Person, channel: Channel): Promise<void> {
  await expect(codeField(page)).toBeVisible();
  await enterCode(page, codeIn(await receives(person, channel).next()));
}

/** From the choice of a factor to a proven one. */
export async function enrol(page: Page, person: Person, channel: Channel): Promise<void> {
  await chooseFactor(page, channel);
  await giveDestination(page, channel === 'sms' ? person.phone : person.email);
  await enterCodeFrom(page, person, channel);
}

/** From the login page of an application to the mail that asks to confirm the address. */
export async function register(page: Page, person: Person): Promise<void> {
  await openRegistration(page);
  await fillRegistration(page, person);
  await submitRegistration(page);
}

/** The whole way from the login page of an application to its door. */
export async function signUp(page: Page, person: Person, channel: Channel): Promise<void> {
  await register(page, person);
  await proveEmail(page, person);
  await enrol(page, person, channel);
}

/** E-mail address and password; the second factor comes next. */
export async function givePassword(page: Page, person: Person): Promise<void> {
  await page.locator('[name="username"]').fill(person.email);
  await page.locator('[name="password"]').fill(person.password);
  await page.locator('#kc-login').click();
}

export async function resend(page: Page): Promise<void> {
  await page.locator('#gatehouse-resend [type="submit"]').click();
}

/** The page that lists the factors a person may use instead. */
export async function tryAnotherWay(page: Page): Promise<void> {
  await page.locator('#try-another-way').click();
}

/** Picks a factor on that page by its name. */
export async function chooseWay(page: Page, name: string): Promise<void> {
  await page.locator('#kc-select-credential-form button').filter({ hasText: name }).click();
}

/** Asks for a link by mail, from the login page. */
export async function forgetPassword(page: Page, email: string): Promise<void> {
  await page.locator('a[href*="reset-credentials"]').click();
  await page.locator('[name="username"]').fill(email);
  await page.locator('#kc-reset-password-form [type="submit"]').click();
}

export async function choosePassword(page: Page, password: string): Promise<void> {
  await page.locator('[name="password-new"]').fill(password);
  await page.locator('[name="password-confirm"]').fill(password);
  await page.locator('#kc-passwd-update-form [type="submit"]').first().click();
}

/** Says yes to the page that asks whether a factor shall really go. */
export async function confirmRemoval(page: Page): Promise<void> {
  await page.locator('#kc-accept').click();
}
