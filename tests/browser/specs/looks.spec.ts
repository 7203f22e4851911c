import {
  chooseFactor,
  codeField,
  enterCode,
  fillRegistration,
  forgetPassword,
  giveDestination,
  givePassword,
  openAccount,
  openRegistration,
  problem,
  proveEmail,
  submitRegistration,
  title,
  tryAnotherWay,
} from '../support/acts';
import { openSigningIn } from '../support/console';
import { expectAccountConsole, signInRequest } from '../support/doors';
import { codeIn, linkIn, wrongCode } from '../support/inbox';
import { look, walkByKeyboard } from '../support/look';
import { addFactor, atTheCode, member } from '../support/members';
import { newPerson } from '../support/person';
import { realmUrl, stack } from '../support/stack';
import { expect, test } from '../support/test';
import type { Language } from '../support/words';

test.describe.configure({ timeout: 360_000 });

for (const language of ['en', 'id'] as Language[]) {
  test(`the pages of signing up look right in ${language}`, async ({ visitor }) => {
    const { page } = await visitor(language);
    const person = newPerson(language);
    const shown = async (name: string) => {
      await look(page, name, language);
      await walkByKeyboard(page, name);
    };
    await openAccount(page);
    await expect(page.locator('#kc-login')).toBeVisible();
    await shown('login');
    await openRegistration(page);
    await shown('register');
    await submitRegistration(page);
    await expect(problem(page)).toBeVisible();
    await shown('register-errors');
    await fillRegistration(page, person);
    await submitRegistration(page);
    await expect(page.getByText(person.email)).toBeVisible();
    await shown('verify-email');
    await proveEmail(page, person);
    await expect(page.locator('#gatehouse-choose-factor')).toBeVisible();
    await shown('choose-factor');
    await chooseFactor(page, 'sms');
    await expect(page.locator('#gatehouse-enrol')).toBeVisible();
    await shown('enrol-sms');
    await giveDestination(page, '12');
    await expect(problem(page)).toBeVisible();
    await shown('enrol-sms-error');
    await page.locator('[name="action"][value="choose"]').click();
    await chooseFactor(page, 'email');
    await expect(page.locator('#gatehouse-enrol')).toBeVisible();
    await shown('enrol-email');
    await giveDestination(page, person.email);
    await expect(codeField(page)).toBeVisible();
    await shown('enrol-code');
    await enterCode(page, codeIn(await person.mailbox.next()));
    await expectAccountConsole(page, person.email);
    await look(page, 'account', language);
    await openSigningIn(page);
    await expect(page.getByTestId('gh-email/title')).toBeVisible();
    await look(page, 'account-signing-in', language);
  });
}

test('the pages of a login look right', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  await addFactor(visitor, person, 'sms', 'email');
  const { page } = await atTheCode(visitor, person);
  const shown = async (name: string) => {
    await look(page, name);
    await walkByKeyboard(page, name);
  };
  await shown('code');
  const code = codeIn(await person.telephone.next());
  await enterCode(page, wrongCode(code));
  await expect(problem(page)).toBeVisible();
  await shown('code-wrong');
  await tryAnotherWay(page);
  await expect(page.locator('#kc-select-credential-form')).toBeVisible();
  await shown('another-way');
});

test('the pages of a forgotten password look right', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  const { page } = await visitor('en');
  await openAccount(page);
  await givePassword(page, { ...person, password: 'not the password' });
  await expect(problem(page)).toBeVisible();
  await look(page, 'login-wrong');
  await page.locator('a[href*="reset-credentials"]').click();
  await expect(page.locator('#kc-reset-password-form')).toBeVisible();
  await look(page, 'reset');
  await walkByKeyboard(page, 'reset');
  await openAccount(page);
  await forgetPassword(page, person.email);
  await look(page, 'reset-sent');
  await page.goto(linkIn(await person.mailbox.next()));
  await enterCode(page, codeIn(await person.telephone.next()));
  await expect(page.locator('[name="password-new"]')).toBeVisible();
  await look(page, 'reset-password');
  await walkByKeyboard(page, 'reset-password');
});

test('a page that tells of an error looks right', async ({ visitor }) => {
  const { page } = await visitor('en');
  await page.goto(signInRequest('gatehouse-portal', { redirect_uri: 'http://elsewhere.example/' }).url);
  await expect(title(page)).toBeVisible();
  await look(page, 'error');
  await page.goto(`${realmUrl()}/login-actions/authenticate?session_code=forged&client_id=account-console&tab_id=forged`);
  await expect(title(page)).toBeVisible();
  await look(page, 'expired');
});

for (const language of ['en', 'id'] as Language[]) {
  test(`the first page of the service looks right in ${language}, and leads to the account`, async ({ visitor }) => {
    const { page } = await visitor(language);
    await page.goto(stack().gatehouse_url);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await look(page, 'portal', language);
    await walkByKeyboard(page, 'portal');
    await page.locator('a[href*="/account"]').first().click();
    await expect(page.locator('#kc-login')).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', language);
  });
}

test('the inbox of the stack looks right', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  const { page } = await visitor('en');
  await page.goto(`${stack().inbox_url}/?to=${encodeURIComponent(person.email)}`);
  await walkByKeyboard(page, 'inbox');
  await page.locator('summary').first().click();
  await look(page, 'inbox');
});
