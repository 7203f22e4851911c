import { chooseFactor, chooseWay, codeField, enterCodeFrom, giveDestination, givePassword, openLoginOf, proveEmail, register, title, tryAnotherWay } from '../support/acts';
import { expectPortal, strength } from '../support/doors';
import { addFactor, member } from '../support/members';
import { look } from '../support/look';
import { newPerson, type Channel } from '../support/person';
import { realmUrl } from '../support/stack';
import { expect, test } from '../support/test';
import { say } from '../support/words';

for (const channel of ['sms', 'email'] as Channel[]) {
  test(`a06_48 a login by ${channel} says so, and nothing stronger`, async ({ visitor }) => {
    const person = await member(visitor, 'en', channel);
    const { page, context } = await visitor('en');
    await openLoginOf(page, 'gatehouse-portal');
    await givePassword(page, person);
    await enterCodeFrom(page, person, channel);
    await expectPortal(page);
    const said = await strength(context);
    expect(said.acr).toBe(channel);
    expect(said.amr.toSorted()).toEqual(['pwd', channel].toSorted());
    expect(said.amr).not.toContain('mfa');
  });
}

test('a06_48 the first login says by which factor it was enrolled', async ({ visitor }) => {
  await member(visitor, 'en', 'sms', async ({ context }) => {
    expect((await strength(context)).acr).toBe('sms');
  });
});

test('an application that asks for more gets a step-up, and the free choice stays', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  await addFactor(visitor, person, 'sms', 'email');
  const { page, context } = await visitor('en');
  await openLoginOf(page, 'gatehouse-portal');
  await givePassword(page, person);
  await person.telephone.next();
  await tryAnotherWay(page);
  await chooseWay(page, say('en', 'gh-email-display-name'));
  await enterCodeFrom(page, person, 'email');
  await expectPortal(page);
  expect((await strength(context)).acr).toBe('email');

  // who chooses the weaker factor again is asked for the stronger one, too
  await openLoginOf(page, 'gatehouse-portal', { acr_values: 'sms' });
  await page.locator('[name="password"]').fill(person.password);
  await page.locator('#kc-login').click();
  await expect(title(page)).toHaveText(say('en', 'gatehouse.code.sms.title'));
  await tryAnotherWay(page);
  await chooseWay(page, say('en', 'gh-email-display-name'));
  await enterCodeFrom(page, person, 'email');
  await expect(title(page), 'the e-mail code is not enough').toHaveText(say('en', 'gatehouse.code.sms.title'));
  await enterCodeFrom(page, person, 'sms');
  await expectPortal(page);
  const said = await strength(context, { acr_values: 'sms' });
  expect(said.acr).toBe('sms');
  expect(said.amr).toEqual(expect.arrayContaining(['pwd', 'sms', 'email']));
});

test('an application that insists on a passkey refuses who has none', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  const { page } = await visitor('en');
  const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['passkey'] } } });
  await openLoginOf(page, 'gatehouse-portal', { claims });
  await givePassword(page, person);
  await enterCodeFrom(page, person, 'email');
  await expect(page.locator('#kc-error-message')).toContainText('This application takes nothing less than a passkey.');
  await expect(codeField(page)).toHaveCount(0);
  await look(page, 'no-passkey');
  await expect(page.locator('#kc-error-message a').first()).toHaveAttribute('href', `${realmUrl()}/account/account-security/signing-in`);
});

test('who has no factor at all enrols one that the application takes', async ({ visitor }) => {
  const person = newPerson('en');
  const { page, context } = await visitor('en', { javaScriptEnabled: false });
  const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['sms'] } } });
  await openLoginOf(page, 'gatehouse-portal', { claims });
  await register(page, person);
  await proveEmail(page, person);
  await expect(page.locator('[name="option"][value="gh-enrol-sms"]')).toBeVisible();
  await expect(page.locator('[name="option"][value="gh-enrol-email"]'), 'too weak for this application').toHaveCount(0);
  await chooseFactor(page, 'sms');
  await giveDestination(page, person.phone);
  await enterCodeFrom(page, person, 'sms');
  await expectPortal(page);
  expect((await strength(context)).acr).toBe('sms');
});

test('a06_44 changing how one signs in takes the strongest factor, not any', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  await addFactor(visitor, person, 'email', 'sms');
  const { page } = await visitor('en');
  await openLoginOf(page, 'gatehouse-portal', { kc_action: 'gh-enrol-email' });
  await givePassword(page, person);
  await expect(title(page)).toHaveText(say('en', 'gatehouse.code.email.title'));
  await enterCodeFrom(page, person, 'email');
  await expect(title(page), 'the e-mail code alone changes nothing').toHaveText(say('en', 'gatehouse.code.sms.title'));
  await enterCodeFrom(page, person, 'sms');
  await expect(page.locator('[name="destination"]')).toBeVisible();
});
