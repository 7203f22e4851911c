import { chooseFactor, enterCodeFrom, giveDestination, openAccount, proveEmail, register } from '../support/acts';
import { findUser } from '../support/admin';
import { Mailbox } from '../support/inbox';
import { look, walkByKeyboard } from '../support/look';
import { newPerson, type Person } from '../support/person';
import { addEmail, done, expectPortal, openPortal, signOut, submit, summary } from '../support/portal';
import { stack } from '../support/stack';
import { expect, test } from '../support/test';
import type { Page } from '@playwright/test';

/** Signs up from the portal's own door. */
async function signUpAtPortal(page: Page, person: Person): Promise<void> {
  await openPortal(page, '/account');
  await register(page, person);
  await proveEmail(page, person);
  await chooseFactor(page, 'sms');
  await giveDestination(page, person.phone);
  await enterCodeFrom(page, person, 'sms');
  await expectPortal(page, `${person.firstName} ${person.lastName}`);
}

for (const javaScriptEnabled of [true, false]) {
  test(`a new customer manages name and contacts ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async ({ visitor, topics }) => {
    const person = newPerson('en');
    const { page } = await visitor('en', { javaScriptEnabled });
    await signUpAtPortal(page, person);
    const user = (await findUser(person.email))!;

    await page.locator('#first_name').fill('Nur Ålesund');
    await page.locator('#last_name').fill('李');
    await submit(page);
    await expect(done(page)).toBeVisible();
    await expect(page.locator('.who bdi')).toHaveText('Nur Ålesund 李');
    await topics.find('gatehouse.users.v1', 'the new name', ({ key, value }) => {
      const name = value?.['name'] as Record<string, string> | undefined;
      return key === user.id && name?.['first'] === 'Nur Ålesund' && name['last'] === '李';
    });

    const address = `finance.${person.email}`;
    await addEmail(page, address, new Mailbox(address), 'billing');
    const record = await topics.find('gatehouse.users.v1', 'the billing contact', ({ key, value }) => {
      return key === user.id && (value?.['emails'] as { address: string }[] | undefined)?.some((email) => email.address === address) === true;
    });
    const emails = record.value?.['emails'] as { address: string; purposes: string[]; primary: boolean; verified_at: string | null }[];
    expect(emails.find((email) => email.address === address)).toMatchObject({ purposes: ['billing'], primary: false, verified_at: expect.any(String) });

    await page.locator('.rows li').filter({ hasText: address }).locator('a').click();
    await page.locator('form[action$="/remove"] button').click();
    await expect(done(page)).toBeVisible();
    await topics.find('gatehouse.users.v1', 'the contact gone', ({ key, value }) => {
      return key === user.id && (value?.['emails'] as { address: string }[] | undefined)?.every((email) => email.address !== address) === true;
    });
  });
}

test('the pages look right, and the keyboard reaches everything', async ({ visitor }) => {
  const person = newPerson('en');
  const { page } = await visitor('en');
  await signUpAtPortal(page, person);
  await look(page, 'portal-profile');
  await walkByKeyboard(page, 'portal-profile');
  await page.locator('#first_name').fill('<x>');
  await submit(page);
  await expect(summary(page)).toBeFocused();
  await look(page, 'portal-profile-problem');
  for (const [name, path] of [
    ['portal-contacts', '/account/contacts'],
    ['portal-contact-new', '/account/contacts/new-phone'],
  ] as const) {
    await openPortal(page, path);
    await look(page, name);
    await walkByKeyboard(page, name);
  }
});

test('signing out of the portal signs out of Keycloak, and the other way round', async ({ visitor }) => {
  const person = newPerson('en');
  const { page, context } = await visitor('en');
  await signUpAtPortal(page, person);
  await signOut(page);
  await expect(page.locator('[role="status"]')).toHaveText('You have signed out.');
  await openAccount(page);
  await expect(page.locator('[name="username"]')).toBeVisible();
  const cookies = await context.cookies(stack().gatehouse_url);
  expect(cookies.filter(({ name }) => name.startsWith('__Host-gatehouse'))).toEqual([]);
});
