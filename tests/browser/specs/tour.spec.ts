import { chooseFactor, enterCode, fillRegistration, giveDestination, givePassword, openRegistration, submitRegistration } from '../support/acts';
import { findUser } from '../support/admin';
import { codeIn, emptyInbox, linkIn, messagesTo } from '../support/inbox';
import { newPerson } from '../support/person';
import { expectPortal } from '../support/portal';
import { picture, writesPictures } from '../support/picture';
import { stack } from '../support/stack';
import { expect, test } from '../support/test';

test('the tour of the README: sign up, read the code, log in with it, see the record', async ({ visitor, topics }) => {
  if (writesPictures) await emptyInbox();
  const { page, context } = await visitor('en');
  const person = newPerson('en', { company: `Kopi Kenangan Kita ${Date.now() % 100_000}` });

  await page.goto(stack().gatehouse_url);
  await picture(page, 'tour/1-welcome');
  await page.locator('main a[href*="/sign-in"]').first().click();
  await openRegistration(page);
  await fillRegistration(page, person);
  await picture(page, 'tour/2-sign-up');
  await submitRegistration(page);
  await expect(page.getByText(person.email)).toBeVisible();

  const inbox = await context.newPage();
  const verify = await person.mailbox.next();
  await inbox.goto(stack().inbox_url);
  await expect(inbox.getByText(person.email).first()).toBeVisible();
  await page.goto(linkIn(verify));
  await chooseFactor(page, 'sms');
  await giveDestination(page, person.phone);
  await picture(page, 'tour/3-second-factor');
  const code = codeIn(await person.telephone.next());
  await inbox.reload();
  await expect(inbox.getByText(code).first()).toBeVisible();
  await picture(inbox, 'tour/4-inbox');
  await enterCode(page, code);
  await expectPortal(page, `${person.firstName} ${person.lastName}`);
  await picture(page, 'tour/5-account');

  await context.clearCookies();
  await page.goto(stack().gatehouse_url);
  await page.locator('main a[href*="/sign-in"]').first().click();
  await givePassword(page, person);
  await enterCode(page, codeIn(await person.telephone.next()));
  await expectPortal(page, `${person.firstName} ${person.lastName}`);
  expect(await messagesTo(person.phone)).toHaveLength(2);

  const user = await findUser(person.email);
  const record = await topics.find('gatehouse.users.v1', 'the finished customer record', ({ key, value }) => key === user?.id && value?.['status'] === 'active');
  expect(record.value).toMatchObject({ username: person.email, company: { name: person.company, role: 'admin' }, second_factors: ['sms'] });
});
