import { codeField, enterCode, givePassword, openLoginOf } from '../support/acts';
import { expectOpen, expectShut } from '../support/doors';
import { codeIn } from '../support/inbox';
import { atTheCode, member } from '../support/members';
import { realmUrl } from '../support/stack';
import { expect, test } from '../support/test';
import { say } from '../support/words';

test('the code page says what has become of the message, and takes a pasted code with spaces', async ({ visitor }) => {
  const person = await member(visitor, 'id', 'email');
  const { page, context } = await atTheCode(visitor, person);
  const news = page.locator('#gatehouse-delivery');
  await expect(news).toHaveAttribute('aria-live', 'polite');
  await expect(news).toHaveText(say('id', 'gatehouse.delivery.email.sent', (await hint(page))!));
  const code = codeIn(await person.mailbox.next());
  await enterCode(page, ` ${code.slice(0, 3)} ${code.slice(3)} `);
  await expectOpen(context);
});

test('news of the delivery comes without reloading, in words, and the page says what to do when it fails', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  const { page, context } = await visitor('en');
  const told = ['queued', 'sent', 'failed'];
  await page.route('**/gatehouse/code-delivery*', async (route) => {
    const delivery = told.shift() ?? 'failed';
    await route.fulfill({ json: { delivery, text: say('en', `gatehouse.delivery.sms.${delivery}`, '+62 ••• 89') } });
  });
  await openLoginOf(page, 'gatehouse-portal');
  await givePassword(page, person);
  await expect(page.locator('#gatehouse-delivery')).toHaveText(say('en', 'gatehouse.delivery.sms.failed', '+62 ••• 89'));
  await expect(page.locator('#gatehouse-delivery')).toHaveAttribute('data-state', 'failed');
  expect(told, 'it stops asking when it is known').toEqual([]);
  await expectShut(context);
});

test('a06_38 nobody but the login itself hears of its message', async ({ visitor, request }) => {
  const person = await member(visitor, 'en', 'sms');
  const { page, context } = await atTheCode(visitor, person);
  const address = (await page.locator('#gatehouse-delivery').getAttribute('data-news'))!;
  const own = await context.request.get(address);
  expect(own.status()).toBe(200);
  expect(own.headers()['cache-control']).toContain('no-store');
  expect(Object.keys((await own.json()) as object).toSorted()).toEqual(['delivery', 'text']);

  const stranger = await visitor('en');
  await openLoginOf(stranger.page, 'gatehouse-portal');
  const forged = new URL(address);
  forged.searchParams.set('tab_id', 'AAAAAAAAAAA');
  const answers = [
    await request.get(address),
    await stranger.context.request.get(address),
    await context.request.get(forged.href),
    await context.request.get(`${realmUrl()}/gatehouse/code-delivery`),
  ];
  expect(answers.map((answer) => answer.status())).toEqual([404, 404, 404, 404]);
  expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size, 'one and the same answer').toBe(1);
});

test('without JavaScript a button asks again', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  const { page } = await visitor('en', { javaScriptEnabled: false });
  await openLoginOf(page, 'gatehouse-portal');
  await givePassword(page, person);
  await person.telephone.next();
  await expect(page.locator('#gatehouse-delivery')).toBeVisible();
  await page.locator('#gatehouse-check [type="submit"]').click();
  await expect(codeField(page)).toBeVisible();
  await expect(page.locator('#gatehouse-delivery')).toHaveText(/\S/);
  expect(await person.telephone.unread(), 'asking sends nothing').toBe(0);
});

/** The masked destination, as the page shows it. */
async function hint(page: import('@playwright/test').Page): Promise<string | undefined> {
  return (await page.locator('#gatehouse-delivery').textContent())?.match(/\S*[•*]\S*(?:\s[•*]+\S*)*/)?.[0]?.replace(/[.。]$/, '');
}
