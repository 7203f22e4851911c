import { findUser } from '../support/admin';
import { apiOf } from '../support/api';
import { look, walkByKeyboard } from '../support/look';
import { done, expectPortal, openPortal, submit } from '../support/portal';
import { ofCloud } from '../support/stack';
import { enters, madeByHand } from '../support/staff';
import { expect, test } from '../support/test';

test("a basic user's day: their own account, their company's name, and nothing of anybody else", async ({ visitor, topics }) => {
  const admin = await madeByHand();
  const adminId = (await findUser(admin.email))!.id;
  const record = await topics.follow('gatehouse.users.v1', adminId).becomes({ company: { role: 'admin' } });
  const company = topics.follow('gatehouse.companies.v1', (record['company'] as { company_id: string }).company_id);
  await company.becomes({ status: 'active', members: 1 });
  const person = await madeByHand({ company: admin.company, firstName: 'Wayan', lastName: 'Putra' });
  const id = (await findUser(person.email))!.id;
  const own = topics.follow('gatehouse.users.v1', id);
  await own.becomes({ company: null });
  const leader = await apiOf((await enters(visitor, admin, '/company')).context);
  const asking = { path: { company_id: company.key, user_id: id } };
  expect((await leader.POST('/companies/{company_id}/join-requests/{user_id}/approve', { params: asking })).response.status).toBe(202);
  await own.becomes({ company: { company_id: company.key, role: 'user' } });
  await company.becomes({ members: 2 });

  const { page, context } = await enters(visitor, person, '/account');
  await own.becomes({ second_factors: ['email'] });
  await expectPortal(page, 'Wayan Putra');
  await page.locator('#first_name').fill('I Wayan');
  await submit(page);
  await expect(done(page)).toBeVisible();
  await own.becomes({ name: { first: 'I Wayan', last: 'Putra' } });

  // What is theirs, and the name of their company.
  await page.locator('.sections a', { hasText: 'Company' }).click();
  await expect(page.locator('#company-title')).toHaveText(admin.company);
  await expect(page.locator('.pages a')).toHaveText(['Company profile', ...ofCloud('Projects')]);
  await expect(page.locator('.sections a')).toHaveText(['My account', 'Company', ...ofCloud('Cloud')]);
  await expect(page.locator('#name'), 'the name is not theirs to change').toHaveCount(0);
  await look(page, 'company-profile');
  await walkByKeyboard(page, 'company-profile');

  // Nothing else is there for them, by page or by API.
  for (const path of ['/company', '/company/people', `/company/people/${adminId}`, '/company/people/invite', '/company/requests',
    '/company/systems', '/company/history', '/company/history/export', '/backoffice', `/backoffice/people/${adminId}`, '/backoffice/trail']) {
    expect((await context.request.get(new URL(path, page.url()).href)).status(), path).toBe(404);
  }
  const self = await apiOf(context);
  const extended = await self.GET('/users/{user_id}/extended', { params: { path: { user_id: id } } });
  expect(extended.data).toMatchObject({ user_id: id, email: person.email, masked: false });
  const boss = { path: { user_id: adminId } };
  const all = { path: { company_id: company.key } };
  const one = { path: { company_id: company.key, user_id: adminId } };
  const body = { reason: 'none at all' };
  for (const [what, { response }] of Object.entries({
    extended: await self.GET('/users/{user_id}/extended', { params: boss }),
    access: await self.GET('/users/{user_id}/access', { params: boss }),
    people: await self.GET('/companies/{company_id}/people', { params: all }),
    billing: await self.GET('/companies/{company_id}/billing', { params: all }),
    audit: await self.GET('/companies/{company_id}/audit', { params: all }),
    trail: await self.GET('/backoffice/audit'),
    removal: await self.DELETE('/companies/{company_id}/people/{user_id}', { params: one }),
    block: await self.POST('/backoffice/users/{user_id}/block', { params: boss, body }),
  })) expect([403, 404], `${what}: ${response.status}`).toContain(response.status);

  // They leave; their account stays.
  await page.locator('form[action="/company/leave"] button').click();
  await own.becomes({ status: 'active', company: null });
  await company.becomes({ members: 1 });
  await openPortal(page, '/account');
  await expect(page.locator('.sections a')).toHaveText(['My account', ...ofCloud('Cloud')]);
});
