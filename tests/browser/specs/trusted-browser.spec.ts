import { codeField, confirmRemoval, enterCode, enterCodeFrom, givePassword, openLoginOf } from '../support/acts';
import { admin, credentialsOf, findUser, withRealm } from '../support/admin';
import { openSigningIn } from '../support/console';
import { expectPortal, expectOpen, expectShut, strength } from '../support/doors';
import { codeIn } from '../support/inbox';
import { look } from '../support/look';
import { addFactor, member } from '../support/members';
import type { Person } from '../support/person';
import { expect, test, type Visitor } from '../support/test';

const allowed = { 'gatehouse.trusted-browser-days': '30' };
const question = '#gatehouse-trust-browser';

/** Signs in with the code and answers the question about the browser. */
async function signIn({ page, context }: Visitor, person: Person, answer: 'yes' | 'no'): Promise<void> {
  await openLoginOf(page, 'gatehouse-portal');
  await givePassword(page, person);
  await enterCodeFrom(page, person, 'email');
  await expect(page.locator(question)).toBeVisible();
  await expectShut(context);
  await page.locator(`${question} [value="${answer}"]`).click();
  await expectPortal(page);
}

/** Ends the session and begins another login in the same browser. */
async function again({ page, context }: Visitor, person: Person, parameters: Record<string, string> = {}): Promise<void> {
  const user = (await findUser(person.email))!;
  await admin('POST', `users/${user.id}/logout`);
  await expectShut(context);
  await openLoginOf(page, 'gatehouse-portal', parameters);
  await givePassword(page, person);
}

test('a trusted browser is asked for the password only, until the person takes it back', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  await withRealm(allowed, async () => {
    const home = await visitor('en');
    await signIn(home, person, 'yes');
    await again(home, person);
    await expectPortal(home.page);
    const said = await strength(home.context);
    expect([said.acr, said.amr]).toEqual(['device', ['pwd']]);

    const elsewhere = await visitor('en');
    await openLoginOf(elsewhere.page, 'gatehouse-portal');
    await givePassword(elsewhere.page, person);
    await expect(codeField(elsewhere.page), 'another browser is asked').toBeVisible();

    await openSigningIn(home.page);
    await home.page.getByTestId('gh-browser/credential-list').locator('[data-testrole="remove"]').click();
    await home.page.locator('[name="password"]').fill(person.password);
    await home.page.locator('#kc-login').click();
    await expect(codeField(home.page), 'trust changes nothing of the account').toBeVisible();
    await person.mailbox.next();
    await enterCodeFrom(home.page, person, 'email');
    await confirmRemoval(home.page);
    // The console is back, and goes nowhere by itself any more when its session ends.
    await expect(home.page.getByTestId('gh-email/title')).toBeVisible();
    await expect(home.page.getByTestId('gh-browser/credential-list').locator('[data-testrole="remove"]')).toHaveCount(0);
    await again(home, person);
    await expect(codeField(home.page), 'it is trusted no more').toBeVisible();
  });
});

test('trust never answers a step-up', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  await withRealm(allowed, async () => {
    const home = await visitor('en');
    await signIn(home, person, 'yes');
    await again(home, person, { acr_values: 'email' });
    await expect(codeField(home.page), 'an application asks for more').toBeVisible();
    await expectShut(home.context);
    await enterCode(home.page, codeIn(await person.mailbox.next()));
    await expectPortal(home.page);
    expect((await strength(home.context)).acr).toBe('email');
  });
});

test('a new password drops all trusted browsers', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  const user = (await findUser(person.email))!;
  const browsers = async () => (await credentialsOf(user.id)).filter(({ type }) => type === 'gh-browser').length;
  await withRealm(allowed, async () => {
    const home = await visitor('en');
    await signIn(home, person, 'yes');
    expect(await browsers()).toBe(1);
    const changed = { ...person, password: `Baru-${person.password}` };
    await admin('PUT', `users/${user.id}/reset-password`, { type: 'password', value: changed.password, temporary: false });
    await again(home, changed);
    await expect(codeField(home.page), 'after a new password').toBeVisible();
    await enterCodeFrom(home.page, changed, 'email');
    await look(home.page, 'trust-browser');
    await home.page.locator(`${question} [value="yes"]`).click();
    await expectPortal(home.page);
    expect(await browsers(), 'the old one is gone').toBe(1);
  });
});

test('a new factor drops all trusted browsers', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  const user = (await findUser(person.email))!;
  const browsers = async () => (await credentialsOf(user.id)).filter(({ type }) => type === 'gh-browser').length;
  await withRealm(allowed, async () => {
    const home = await visitor('en');
    await signIn(home, person, 'yes');
    expect(await browsers()).toBe(1);
  });
  await addFactor(visitor, person, 'email', 'sms');
  await withRealm(allowed, async () => {
    const home = await visitor('en');
    await openLoginOf(home.page, 'gatehouse-portal');
    await givePassword(home.page, person);
    await expect(codeField(home.page), 'after a new factor').toBeVisible();
    await enterCodeFrom(home.page, person, 'email');
    expect(await browsers(), 'the trust is gone').toBe(0);
  });
});

test('no realm trusts browsers unless it is told to, and a broken setting trusts none', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  for (const days of ['', '31', 'for ever']) {
    await withRealm({ 'gatehouse.trusted-browser-days': days }, async () => {
      const { page, context } = await visitor('en');
      await openLoginOf(page, 'gatehouse-portal');
      await givePassword(page, person);
      await expect(codeField(page)).toBeVisible();
      if (days === 'for ever') {
        await enterCodeFrom(page, person, 'email');
        await expectOpen(context);
        await expect(page.locator(question)).toHaveCount(0);
      } else {
        await person.mailbox.next();
      }
    });
  }
});
