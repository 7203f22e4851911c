import type { Page } from '@playwright/test';
import { findUser } from '../support/admin';
import { codeIn } from '../support/inbox';
import { look, walkByKeyboard } from '../support/look';
import { newPerson } from '../support/person';
import { picture } from '../support/picture';
import { addEmail, done, openPortal, submit, summary } from '../support/portal';
import { enters, madeByHand } from '../support/staff';
import { expect, test } from '../support/test';

test.describe.configure({ timeout: 300_000 });

const row = (page: Page, who: string) => page.locator('.rows li').filter({ hasText: who });

/** The page as it is now, in every shape and by keyboard. */
async function shown(page: Page, name: string): Promise<void> {
  await look(page, name);
  await walkByKeyboard(page, name);
}

test('whom we may ask at a company is added, changed by two at once, and removed', async ({ visitor, topics }) => {
  const admin = await madeByHand({ firstName: 'Siti', lastName: 'Rahma' });
  const own = topics.follow('gatehouse.users.v1', (await findUser(admin.email))!.id);
  const { company } = await own.becomes({ company: { role: 'admin' } });
  const record = topics.follow('gatehouse.companies.v1', (company as { company_id: string }).company_id);
  const { page, context } = await enters(visitor, admin, '/company/contacts');
  await expect(page.locator('main')).toContainText('There is no contact yet.');

  await page.locator('main a[href="/company/contacts/new"]').click();
  await page.locator('#phone').fill('call me');
  await submit(page);
  await expect(summary(page)).toBeFocused();
  await expect(page.locator('[aria-invalid="true"]')).toHaveCount(3);
  await shown(page, 'company-contact-problem');
  for (const [id, value] of Object.entries({ name: 'Network operations', email: 'noc@example.com', phone: '+62 21 5081 2345' }))
    await page.locator(`#${id}`).fill(value);
  await page.locator('#purpose-technical').check();
  await page.locator('#purpose-billing').check();
  await submit(page);
  await expect(done(page)).toHaveText('The contact is added.');
  await expect(row(page, 'Network operations')).toContainText('+622150812345');
  await record.becomes({ billing: { billing_contacts: [{ name: 'Network operations', email: 'noc@example.com' }] } });
  await picture(page, 'pages/company-contacts');
  await shown(page, 'company-contacts');

  // In two windows at once, nobody overwrites what they did not see.
  const other = await context.newPage();
  for (const each of [page, other]) {
    await openPortal(each, '/company/contacts');
    await each.getByRole('link', { name: 'Change Network operations' }).click();
  }
  await other.locator('#name').fill('Operations');
  await submit(other);
  await expect(done(other)).toHaveText('Your change is saved.');
  await page.locator('#name').fill('Night shift');
  await submit(page);
  await expect(page.locator('.summary')).toContainText('Operations');
  await expect(page.locator('#name')).toHaveValue('Night shift');
  await shown(page, 'company-contact-changed');
  await submit(page);
  await expect(done(page)).toHaveText('Your change is saved.');
  await record.becomes({ billing: { billing_contacts: [{ name: 'Night shift' }] } });
  await page.getByRole('link', { name: 'Change Night shift' }).click();
  await page.locator('form[action$="/remove"] button').click();
  await expect(done(page)).toHaveText('The contact is removed.');
  await record.becomes({ billing: { billing_contacts: [] } });
});

test('the pages of a company and of oneself that nobody walks elsewhere look right', async ({ visitor }) => {
  const admin = await madeByHand();
  const { page } = await enters(visitor, admin, '/company');
  await shown(page, 'company-billing');
  const recipient = newPerson('en');
  await page.locator('form[action="/company/recipients"] #email').fill(recipient.email);
  await page.locator('form[action="/company/recipients"] button').click();
  await expect(page.locator('#code')).toBeVisible();
  await shown(page, 'company-recipient-code');
  await page.locator('#code').fill(codeIn(await recipient.mailbox.next()));
  await submit(page);
  await expect(row(page, recipient.email)).toBeVisible();
  await openPortal(page, '/company/people/invite');
  await shown(page, 'company-invite');
  await openPortal(page, '/company/systems');
  await shown(page, 'company-systems');
  await page.locator('a[href="/company/systems/new"]').click();
  await page.locator('#name').fill('Inventory');
  await page.locator('[name="permission"]').first().check();
  await shown(page, 'company-system-new');
  await submit(page);
  await expect(done(page)).toHaveText('The system is made. Now make its secret.');
  await shown(page, 'company-system');

  const mailbox = newPerson('en');
  await openPortal(page, '/account/contacts/new-email');
  await shown(page, 'portal-contact-new-email');
  await page.locator('#value').fill(newPerson('en').email);
  await page.locator('#purpose-technical').check();
  await submit(page);
  await expect(page.locator('#code')).toBeVisible();
  await shown(page, 'portal-contact-code');
  await addEmail(page, mailbox.email, mailbox.mailbox, 'technical');
  await row(page, mailbox.email).locator('a').click();
  await shown(page, 'portal-contact');
  await openPortal(page, '/account/data');
  await shown(page, 'portal-data');
});
