import { chooseFactor, codeField, enterCodeFrom, giveDestination, givePassword, proveEmail, register } from '../support/acts';
import { findUser } from '../support/admin';
import { codeIn, Mailbox, noticesTo } from '../support/inbox';
import { look, walkByKeyboard } from '../support/look';
import { newPerson } from '../support/person';
import { picture } from '../support/picture';
import { done, expectPortal, openPortal, submit, summary } from '../support/portal';
import { madeByHand } from '../support/staff';
import { expect, test } from '../support/test';
import { until } from '../support/until';

test.describe.configure({ timeout: 360_000 });

/** The page of the link in the letter to an old sign-in address, below the portal. */
async function undoLink(address: string): Promise<string> {
  return until(`the letter to ${address}`, async () => {
    const texts = (await noticesTo(address)).map(({ text }) => text ?? '');
    return texts.flatMap((text) => text.match(/https?:\/\/\S+\/undo-address\?\S+/) ?? []).at(-1);
  });
}

test("a new customer's day: billing to what customers can fill, another sign-in address and back, sessions, deletion", async ({
  visitor,
  topics,
}) => {
  const person = newPerson('en');
  const { page } = await visitor('en');
  await openPortal(page, '/account');
  await register(page, person);
  await proveEmail(page, person);
  await chooseFactor(page, 'sms');
  await giveDestination(page, person.phone);
  await enterCodeFrom(page, person, 'sms');
  await expectPortal(page, `${person.firstName} ${person.lastName}`);
  const user = (await findUser(person.email))!;

  // Billing: all that customers fill in.
  await openPortal(page, '/company');
  for (const [id, value] of Object.entries({
    legal_name: 'PT Contoh Awan Nusantara', tax_value_1: '01.312.166.0-091.000', line1: 'Jl. Contoh No. 1',
    district: 'Setiabudi', city: 'Jakarta Selatan', postal_code: '12910', net_days: '30',
  })) await page.locator(`#${id}`).fill(value);
  for (const [id, value] of Object.entries({
    party_type: 'company', tax_kind_1: 'ID/NPWP', country: 'ID', subdivision: 'ID-JK', currency: 'IDR',
    locale: 'id-ID', time_zone: 'Asia/Jakarta', method: 'va',
  })) await page.locator(`#${id}`).selectOption(value);
  await page.locator('#billing .button.primary').click();
  await expect(done(page)).toHaveText('The billing profile is saved.');
  await picture(page, 'pages/billing');
  await topics.find('gatehouse.users.v1', 'the billing profile', ({ key, value }) => {
    const company = value?.['company'] as { billing?: { legal_name?: string } } | null | undefined;
    return key === user.id && company?.billing?.legal_name === 'PT Contoh Awan Nusantara';
  });
  await page.locator('a[href="/company/versions"]').click();
  await expect(page.locator('main')).toContainText('saved by you');
  await look(page, 'portal-versions');

  // Another address to sign in with.
  const next = `new.${person.email}`;
  await openPortal(page, '/account/email');
  await look(page, 'portal-email');
  await walkByKeyboard(page, 'portal-email');
  await page.locator('#address').fill(person.email.toUpperCase());
  await submit(page);
  await expect(summary(page)).toBeFocused();
  await page.locator('#address').fill(next);
  await submit(page);
  await look(page, 'portal-email-code');
  await page.locator('#code').fill(codeIn(await new Mailbox(next).next()));
  await submit(page);
  await expect(done(page)).toHaveText('From now on you sign in with the new address.');
  await topics.find('gatehouse.users.v1', 'the new address', ({ key, value }) => key === user.id && value?.['username'] === next);

  // Whoever reads the old mailbox undoes it, without a session and without JavaScript.
  const link = await undoLink(person.email);
  const reader = await visitor('en', { javaScriptEnabled: false });
  await reader.page.goto(link);
  await reader.page.locator('main form button').click();
  await expect(reader.page.locator('h1')).toHaveText('The change is undone');
  await topics.find('gatehouse.users.v1', 'the old address again', ({ key, value }) => key === user.id && value?.['username'] === person.email);
  await reader.page.goto(link);
  await reader.page.locator('main form button').click();
  await expect(reader.page.locator('h1')).toHaveText('This link is no longer good');
  const seen = await visitor('en');
  await seen.page.goto(link);
  await look(seen.page, 'portal-undo');

  // Everybody is signed out; with the old address the person is back.
  await openPortal(page, '/account/sessions');
  await givePassword(page, person);
  await expect(codeField(page)).toBeVisible();
  await enterCodeFrom(page, person, 'sms');
  await expect(page.locator('main')).toContainText('This browser');
  await look(page, 'portal-sessions');
  await openPortal(page, '/account/security');
  await look(page, 'portal-security');

  // The only admin stays.
  await openPortal(page, '/account/delete');
  await look(page, 'portal-delete');
  await walkByKeyboard(page, 'portal-delete');
  await page.locator('#sure').check();
  await page.locator('main form .button.danger').click();
  await expect(summary(page)).toContainText('You are the only admin of your company');
});

test('who leads no company deletes their account, and the records go', async ({ visitor, topics }) => {
  const person = newPerson('en', { company: (await madeByHand()).company });
  const { page } = await visitor('en', { javaScriptEnabled: false });
  await openPortal(page, '/account');
  await register(page, person);
  await proveEmail(page, person);
  await chooseFactor(page, 'sms');
  await giveDestination(page, person.phone);
  await enterCodeFrom(page, person, 'sms');
  await expectPortal(page, `${person.firstName} ${person.lastName}`);
  const user = (await findUser(person.email))!;
  await openPortal(page, '/account/delete');
  await page.locator('#sure').check();
  await page.locator('main form .button.danger').click();
  await expect(page.locator('[role="status"]')).toHaveText('Your account is being deleted. You get a last mail about it.');
  await topics.find('gatehouse.users.v1', 'the tombstone', ({ key, value }) => key === user.id && value === null);
  expect(await findUser(person.email)).toBeUndefined();
  await until(`the last letter to ${person.email}`, async () => {
    const subjects = (await noticesTo(person.email)).map(({ subject }) => subject);
    return subjects.includes('Your account is being deleted') ? subjects : undefined;
  });
});
