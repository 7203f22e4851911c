import {
  choosePassword,
  codeField,
  enterCode,
  enterCodeFrom,
  forgetPassword,
  givePassword,
  openAccount,
  problem,
  title,
} from '../support/acts';
import { expectAccountConsole, expectOpen, expectShut } from '../support/doors';
import { codeIn, linkIn, messagesTo, wrongCode } from '../support/inbox';
import { member } from '../support/members';
import { newPerson, type Channel } from '../support/person';
import { expect, test } from '../support/test';
import { beginningOf, say, type Language } from '../support/words';

for (const [language, channel] of [['en', 'sms'], ['id', 'sms'], ['en', 'email'], ['id', 'email']] as [Language, Channel][]) {
  test(`a forgotten password in ${language}: mail link, code by ${channel}, new password`, async ({ visitor }) => {
    const person = await member(visitor, language, channel);
    const { page, context } = await visitor(language);
    await openAccount(page);
    await forgetPassword(page, person.email);
    await expect(page.getByText(say(language, 'emailSentMessage'))).toBeVisible();
    await expectShut(context);

    await page.goto(linkIn(await person.mailbox.next()));
    await expect(title(page), 'the link alone opens nothing').toHaveText(say(language, `gatehouse.code.${channel}.title`));
    await expectShut(context);
    const code = codeIn(await (channel === 'sms' ? person.telephone : person.mailbox).next());
    await enterCode(page, wrongCode(code));
    await expect(problem(page)).toContainText(beginningOf(language, 'gatehouse.otp.code-wrong'));
    await expect(page.locator('[name="password-new"]')).toHaveCount(0);
    await expectShut(context);
    await enterCode(page, code);

    await expect(title(page)).toHaveText(say(language, 'updatePasswordTitle'));
    await expectShut(context);
    const changed = { ...person, password: `Baru-${person.password}` };
    await choosePassword(page, changed.password);
    await expectAccountConsole(page, person.email);

    const again = await visitor(language);
    await openAccount(again.page);
    await givePassword(again.page, person);
    await expect(problem(again.page), 'the old password is of no use').toBeVisible();
    await givePassword(again.page, changed);
    await enterCodeFrom(again.page, person, channel);
    await expectOpen(again.context);
  });
}

test('the answer is the same for an address that nobody has', async ({ visitor }) => {
  const known = await member(visitor, 'id', 'email');
  const unknown = newPerson('id');
  const pages: string[] = [];
  for (const { email } of [known, unknown]) {
    const { page } = await visitor('id');
    await openAccount(page);
    await forgetPassword(page, email);
    await expect(page.getByText(say('id', 'emailSentMessage'))).toBeVisible();
    pages.push((await page.locator('main').innerText()).replaceAll(email, ''));
  }
  expect(pages[0]).toBe(pages[1]);
  await known.mailbox.next();
  expect(await messagesTo(unknown.email)).toEqual([]);
});

test('the link works once, and in another browser it asks for the second factor all the same', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  const desk = await visitor('en');
  await openAccount(desk.page);
  await forgetPassword(desk.page, person.email);
  const link = linkIn(await person.mailbox.next());

  const phone = await visitor('en');
  await phone.page.goto(link);
  await expect(codeField(phone.page)).toBeVisible();
  await enterCodeFrom(phone.page, person, 'sms');
  await choosePassword(phone.page, `Baru-${person.password}`);
  await expect(phone.page.getByText(say('en', 'accountUpdatedMessage'))).toBeVisible();

  const thief = await visitor('en');
  await thief.page.goto(link);
  await expect(thief.page.locator('[name="password-new"]')).toHaveCount(0);
  await expect(codeField(thief.page)).toHaveCount(0);
  await expectShut(thief.context);
});
