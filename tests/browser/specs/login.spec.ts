import {
  chooseWay,
  codeField,
  enterCode,
  enterCodeFrom,
  givePassword,
  openAccount,
  problem,
  resend,
  title,
  tryAnotherWay,
} from '../support/acts';
import { expireCodes, letPausePass } from '../support/challenges';
import { expectAccountConsole, expectOpen, expectShut } from '../support/doors';
import { codeIn, wrongCode } from '../support/inbox';
import { addFactor, atTheCode, member } from '../support/members';
import { receives, type Channel } from '../support/person';
import { expect, test } from '../support/test';
import { beginningOf, say, type Language } from '../support/words';

for (const [language, channel] of [['en', 'sms'], ['id', 'email']] as [Language, Channel][]) {
  test(`login in ${language} by password and ${channel}`, async ({ visitor }) => {
    const person = await member(visitor, language, channel);
    const { page, context } = await atTheCode(visitor, person);
    await expect(title(page)).toHaveText(say(language, `gatehouse.code.${channel}.title`));
    await expect(page.getByText(person.phone), 'the destination is shown masked').toHaveCount(0);
    await expectShut(context);
    await enterCodeFrom(page, person, channel);
    await expectAccountConsole(page, person.email);
    await expectOpen(context);
  });
}

for (const [language, channel] of [['id', 'sms'], ['en', 'email']] as [Language, Channel][]) {
  test(`reloading and going back in ${language} sends no second ${channel} and costs no try; a resend brings the same code`, async ({ visitor }) => {
    const person = await member(visitor, language, channel);
    const { page, context } = await atTheCode(visitor, person);
    const inbox = receives(person, channel);
    const code = codeIn(await inbox.next());

    await enterCode(page, wrongCode(code));
    await expect(problem(page)).toContainText(say(language, 'gatehouse.otp.code-wrong', 4));
    for (const again of [() => page.reload(), () => page.reload(), () => page.goBack(), () => page.goForward()]) {
      await again();
      await expect(codeField(page).or(page.locator('#kc-login'))).toBeVisible();
    }
    if (!(await codeField(page).isVisible())) {
      await openAccount(page);
      await givePassword(page, person);
    }
    await expect(page.getByText(say(language, 'gatehouse.code.tries', 4))).toBeVisible();

    await letPausePass(page, person);
    await resend(page);
    await expect(page.getByText(say(language, 'gatehouse.otp.resent'))).toBeVisible();
    const second = await inbox.next();
    expect(codeIn(second)).toBe(code);
    await enterCode(page, code);
    await expectOpen(context);
    expect(await inbox.unread(), 'messages beside the first and the resend').toBe(0);
  });
}

test('a resend that comes too early says how long to wait, and sends nothing', async ({ visitor }) => {
  const person = await member(visitor, 'id', 'sms');
  const { page, context } = await atTheCode(visitor, person);
  await person.telephone.next();
  // the button waits by script; a script that is not there must not matter
  await page.locator('#gatehouse-resend').evaluate((form: HTMLFormElement) => {
    const action = document.createElement('input');
    Object.assign(action, { type: 'hidden', name: 'action', value: 'resend' });
    form.append(action);
    form.submit();
  });
  await expect(problem(page)).toContainText(beginningOf('id', 'gatehouse.otp.rate-limited'));
  await expectShut(context);
  expect(await person.telephone.unread()).toBe(0);
});

for (const language of ['en', 'id'] as Language[]) {
  test(`five wrong codes in ${language} use the code up, an old one has expired, and neither lets anybody in`, async ({ visitor }) => {
    const person = await member(visitor, language, 'email');
    const { page, context } = await atTheCode(visitor, person);
    const code = codeIn(await person.mailbox.next());

    await expireCodes(person);
    await enterCode(page, code);
    await expect(problem(page)).toContainText(say(language, 'gatehouse.otp.code-expired'));
    await expectShut(context);

    await letPausePass(page, person);
    await resend(page);
    const fresh = codeIn(await person.mailbox.next());
    expect(fresh).not.toBe(code);
    for (const left of [4, 3, 2, 1]) {
      await enterCode(page, wrongCode(fresh));
      await expect(problem(page)).toContainText(say(language, 'gatehouse.otp.code-wrong', left));
    }
    await enterCode(page, wrongCode(fresh));
    await expect(problem(page)).toBeVisible();
    await expectShut(context);
    if (await codeField(page).isVisible()) {
      await enterCode(page, fresh);
      await expect(problem(page)).toBeVisible();
    }
    await expectShut(context);
  });
}

test('a person with two factors may try another way, and a reload sends nothing more', async ({ visitor }) => {
  const person = await member(visitor, 'id', 'sms');
  await addFactor(visitor, person, 'sms', 'email');

  const { page, context } = await atTheCode(visitor, person);
  await expect(title(page)).toHaveText(say('id', 'gatehouse.code.sms.title'));
  await person.telephone.next();
  await tryAnotherWay(page);
  await chooseWay(page, say('id', 'gh-email-display-name'));
  await expect(title(page)).toHaveText(say('id', 'gatehouse.code.email.title'));
  const code = codeIn(await person.mailbox.next());
  await page.reload();
  await expect(codeField(page)).toBeVisible();
  if ((await title(page).textContent())?.trim() !== say('id', 'gatehouse.code.email.title')) {
    await tryAnotherWay(page);
    await chooseWay(page, say('id', 'gh-email-display-name'));
  }
  await enterCode(page, code);
  await expectOpen(context);
  expect(await person.telephone.unread()).toBe(0);
  expect(await person.mailbox.unread()).toBe(0);
});
