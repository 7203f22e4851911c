import { apiWith } from '../support/api';
import { look } from '../support/look';
import { picture } from '../support/picture';
import { done, openPortal, submit } from '../support/portal';
import { stack } from '../support/stack';
import { staffMember } from '../support/staff';
import { expect, test } from '../support/test';

test.describe.configure({ timeout: 240_000 });

test('a system reads by its own credentials, with as many tokens as it likes, and is out when it is revoked', async ({ visitor }) => {
  const { page } = await staffMember(visitor, 'operator');
  await openPortal(page, '/backoffice/systems/new');
  await page.locator('#name').fill('Billing');
  await page.locator('[id="permission-directory.view"]').check();
  await look(page, 'backoffice-system-new');
  await submit(page);
  await expect(done(page)).toHaveText('The system is made. Now make its secret.');
  await picture(page, 'pages/systems');
  await page.locator('form[action$="/secret"] button').click();
  const secret = (await page.locator('#shown-secret').textContent())!;
  await look(page, 'backoffice-system');
  const clientId = new URL(page.url()).pathname.split('/').at(-2)!;

  const token = async () => {
    const answer = await fetch(`${stack().keycloak_url}/realms/${stack().realm}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret }),
    });
    return (await answer.json()) as { access_token?: string; refresh_token?: string };
  };
  const [first, second] = [await token(), await token()];
  expect(first.refresh_token).toBeUndefined();
  const found = async (bearer = '') =>
    (await apiWith(bearer).GET('/backoffice/companies', { params: { query: { q: 'kopi' } } })).response.status;
  for (const { access_token } of [first, second]) expect(await found(access_token)).toBe(200);
  const body = { name: 'Another', permissions: ['directory.view'] };
  const another = await apiWith(second.access_token!).POST('/system/clients', { body });
  expect(another.response.status, 'a system changes nothing').toBe(403);

  await openPortal(page, `/backoffice/systems/${clientId}`);
  await expect(page.locator('main'), 'the secret is shown once').not.toContainText(secret);
  await page.locator('form[action$="/revoke"] button').click();
  await expect(done(page)).toHaveText('The system is revoked.');
  expect(await found(first.access_token)).toBe(401);
  await expect.poll(async () => (await token()).access_token, { message: 'the client to go at Keycloak' }).toBeUndefined();
});
