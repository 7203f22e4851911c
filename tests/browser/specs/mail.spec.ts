import { forgetPassword, openAccount, register } from '../support/acts';
import { codeIn, linkIn } from '../support/inbox';
import { look } from '../support/look';
import { atTheCode, member } from '../support/members';
import { newPerson } from '../support/person';
import { expect, test } from '../support/test';
import type { Language } from '../support/words';

for (const language of ['en', 'id'] as Language[]) {
  test(`mails in ${language} look right, and say the same as text`, async ({ visitor }) => {
    test.setTimeout(240_000);
    const { page } = await visitor(language);
    const newcomer = newPerson(language);
    await openAccount(page);
    await register(page, newcomer);
    const verify = await newcomer.mailbox.next();

    const person = await member(visitor, language, 'email');
    await atTheCode(visitor, person);
    const code = await person.mailbox.next();

    const forgetful = await visitor(language);
    await openAccount(forgetful.page);
    await forgetPassword(forgetful.page, person.email);
    const reset = await person.mailbox.next();

    const mails = { verify, code, reset };
    for (const [name, mail] of Object.entries(mails)) {
      const html = mail.html ?? '';
      expect(html, `${name} has an HTML part`).not.toBe('');
      expect(mail.subject, `${name} has a subject`).toBeTruthy();
      expect(html, `${name} loads nothing from elsewhere`).not.toMatch(/<(img|link|script|iframe)\b/i);
      const sight = await visitor(language);
      await sight.page.setContent(html);
      await expect(sight.page.locator('html')).toHaveAttribute('lang', language);
      await look(sight.page, `mail-${name}`, language, 'mail');
      const seen = await sight.page.locator('body').innerText();
      if (name === 'code') expect(seen.replaceAll(/\s/g, '')).toContain(codeIn(mail));
      else await expect(sight.page.locator(`a[href="${linkIn(mail)}"]`).first()).toBeVisible();
    }
  });
}
