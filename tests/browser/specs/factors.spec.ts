import { chooseFactor, chooseWay, enterCodeFrom, givePassword, openLoginOf, proveEmail, register, title, tryAnotherWay } from '../support/acts';
import { credentialsOf, findUser, logOutEverywhere } from '../support/admin';
import { totp, withPasskeys } from '../support/authenticators';
import { expectPortal, expectShut, strength } from '../support/doors';
import { member } from '../support/members';
import { newPerson } from '../support/person';
import { expect, test } from '../support/test';
import { say } from '../support/words';

test('an authenticator app: enrolled at sign-up, asked for at login, and stronger than a message', async ({ visitor }) => {
  const person = newPerson('en');
  const first = await visitor('en');
  await openLoginOf(first.page, 'gatehouse-portal');
  await register(first.page, person);
  await proveEmail(first.page, person);
  await first.page.locator('[name="option"][value="CONFIGURE_TOTP"]').click();
  await first.page.locator('#mode-manual').click();
  const secret = (await first.page.locator('#kc-totp-secret-key').textContent())!;
  await first.page.locator('[name="totp"]').fill(totp(secret));
  await first.page.locator('#kc-totp-settings-form [type="submit"], #saveTOTPBtn').first().click();
  await expectPortal(first.page);
  expect((await strength(first.context)).acr).toBe('totp');

  const second = await visitor('en');
  await openLoginOf(second.page, 'gatehouse-portal');
  await givePassword(second.page, person);
  await expect(second.page.locator('[name="otp"]')).toBeVisible();
  await expectShut(second.context);
  // the code of the enrolment is used up; the one after it counts already
  await second.page.locator('[name="otp"]').fill(totp(secret, 1));
  await second.page.locator('#kc-login').click();
  await expectPortal(second.page);
  const said = await strength(second.context);
  expect([said.acr, said.amr.toSorted()]).toEqual(['totp', ['otp', 'pwd']]);
});

test('a passkey beside codes: added in the account, then the way to the highest level', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  const { page, context } = await visitor('en');
  await withPasskeys(page);
  await openLoginOf(page, 'gatehouse-portal', { kc_action: 'webauthn-register' });
  await givePassword(page, person);
  await enterCodeFrom(page, person, 'sms');
  page.once('dialog', (dialog) => void dialog.accept('Laptop'));
  await page.locator('#registerWebAuthn, #register [type="submit"], [type="submit"]').first().click();
  await expectPortal(page);
  expect((await credentialsOf((await findUser(person.email))!.id)).map(({ type }) => type)).toContain('webauthn');

  await logOutEverywhere((await findUser(person.email))!.id);
  await openLoginOf(page, 'gatehouse-portal', { acr_values: 'passkey' });
  await givePassword(page, person);
  await expect(title(page)).toHaveText(say('en', 'gatehouse.code.sms.title'));
  await tryAnotherWay(page);
  await page.locator('#kc-select-credential-form button').filter({ hasText: /passkey/i }).click();
  await page.locator('#authenticateWebAuthnButton').click();
  await expectPortal(page);
  const said = await strength(context);
  expect([said.acr, said.amr.toSorted()]).toEqual(['passkey', ['hwk', 'pwd']]);
});

test('recovery codes: saved in the account, one opens once, and never counts for more than the weakest factor', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  const saved = await visitor('en');
  await openLoginOf(saved.page, 'gatehouse-portal', { kc_action: 'CONFIGURE_RECOVERY_AUTHN_CODES' });
  await givePassword(saved.page, person);
  await enterCodeFrom(saved.page, person, 'sms');
  const codes = (await saved.page.locator('#kc-recovery-codes-list li').allTextContents()).map((line) => line.replace(/^\s*\d+[:.]\s*/, '').replace(/[\s-]/g, ''));
  expect(codes.length).toBe(12);
  await saved.page.locator('#kcRecoveryCodesConfirmationCheck').check();
  await saved.page.locator('#saveRecoveryAuthnCodesBtn').click();
  await expectPortal(saved.page);

  const { page, context } = await visitor('en');
  await openLoginOf(page, 'gatehouse-portal');
  await givePassword(page, person);
  await tryAnotherWay(page);
  await chooseWay(page, say('en', 'recovery-authn-codes-display-name'));
  await page.locator('[name="recoveryCodeInput"]').fill(codes[0]!);
  await page.locator('#kc-login').click();
  await expectPortal(page);
  expect((await strength(context)).acr).toBe('email');

  const again = await visitor('en');
  await openLoginOf(again.page, 'gatehouse-portal');
  await givePassword(again.page, person);
  await tryAnotherWay(again.page);
  await chooseWay(again.page, say('en', 'recovery-authn-codes-display-name'));
  await again.page.locator('[name="recoveryCodeInput"]').fill(codes[0]!);
  await again.page.locator('#kc-login').click();
  await expectShut(again.context);
});

test('a06_47 a factor by SMS keeps which notice the person has confirmed, and when', async ({ visitor }) => {
  const person = newPerson('en');
  const { page } = await visitor('en');
  await openLoginOf(page, 'gatehouse-portal');
  await register(page, person);
  await proveEmail(page, person);
  await chooseFactor(page, 'sms');
  await expect(page.locator('#gatehouse-notice-title')).toBeVisible();
  await expect(page.getByText(say('en', 'gatehouse.enrol.notice.confirm'))).toBeVisible();
  await expect(page.locator('#gatehouse-choose'), 'another way is on the same page').toBeVisible();
  const before = Date.now();
  await page.locator('[name="destination"]').fill(person.phone);
  await page.locator('#gatehouse-enrol [type="submit"]').click();
  const user = (await findUser(person.email))!;
  expect((await credentialsOf(user.id)).map(({ type }) => type), 'no factor before its code').not.toContain('gh-sms');
  await enterCodeFrom(page, person, 'sms');
  await expectPortal(page);
  const factor = (await credentialsOf(user.id)).find(({ type }) => type === 'gh-sms')!;
  const { notice } = JSON.parse(factor.credentialData!) as { notice: { version: string; confirmed_at: string } };
  expect(notice.version).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(Math.abs(Date.parse(notice.confirmed_at) - before)).toBeLessThan(60_000);
});
