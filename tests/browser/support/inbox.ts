import { stack } from './stack';
import { until } from './until';

/** A mail or text message as the stack's inbox shows it. */
export interface Message {
  channel: 'email' | 'sms';
  to: string;
  subject: string | null;
  text: string | null;
  html: string | null;
  received_at: string;
}

/** All that came to an address or number so far, oldest first. */
export async function messagesTo(address: string): Promise<Message[]> {
  const response = await fetch(`${stack().inbox_url}/messages?to=${encodeURIComponent(address)}`);
  if (!response.ok) throw new Error(`The inbox answered ${response.status}`);
  return (await response.json()) as Message[];
}

/** Whether a message only tells what happened, such as a new sign-in: those come beside what a person waits for. */
const isNotice = ({ channel, text, html }: Message): boolean =>
  channel === 'sms' ? !/\d{6}/.test(text ?? '') : /<body class="[^"]*\bnotice\b/.test(html ?? '');

/** The notices that came to an address so far, oldest first. */
export async function noticesTo(address: string): Promise<Message[]> {
  return (await messagesTo(address)).filter(isNotice);
}

/** One person's mailbox or phone, read message by message; notices are passed over. */
export class Mailbox {
  private read = 0;

  constructor(readonly address: string) {}

  /** The oldest message that was not read yet; waits for it. */
  async next(): Promise<Message> {
    let all: Message[] = [];
    const message = await until(
      `message ${this.read + 1} to ${this.address}`,
      async () => {
        all = (await messagesTo(this.address)).filter((message) => !isNotice(message));
        return all[this.read];
      },
      { seen: () => all.map((m) => m.subject ?? m.channel) },
    );
    this.read += 1;
    return message;
  }

  /** How many messages have arrived that were not read. */
  async unread(): Promise<number> {
    return (await messagesTo(this.address)).filter((message) => !isNotice(message)).length - this.read;
  }
}

/** The one-time code in a message. */
export function codeIn(message: Message): string {
  const codes = new Set((message.text ?? '').match(/(?<!\d)\d{6}(?!\d)/g));
  if (codes.size !== 1) throw new Error(`Expected one code in: ${message.text}`);
  return [...codes][0]!;
}

/** The link in a mail of Keycloak that proves the mailbox was opened. */
export function linkIn(message: Message): string {
  const link = message.text?.match(/https?:\/\/\S+\/login-actions\/action-token\?\S+/)?.[0];
  if (!link) throw new Error(`Expected a link in: ${message.text}`);
  return link;
}

/** The link by which somebody who was invited signs up. */
export function invitationIn(message: Message): string {
  const link = message.text?.match(/https?:\/\/\S+\/registrations\?\S+/)?.[0];
  if (!link) throw new Error(`Expected an invitation in: ${message.text}`);
  return link;
}

/** The link by which somebody signs up whose request was approved. */
export function signUpIn(message: Message): string {
  const link = message.text?.match(/https?:\/\/\S+\/sign-in\?new=\S+/)?.[0];
  if (!link) throw new Error(`Expected a link to sign up in: ${message.text}`);
  return link;
}

/** Another code than the right one. */
export function wrongCode(right: string): string {
  return right.replace(/\d/g, (digit) => String((Number(digit) + 1) % 10));
}

/** Makes the provider of a channel fail, or work again. */
export async function setFault(channel: 'sms' | 'email', mode: 'ok' | 'refuse' | 'timeout' | 'slow'): Promise<void> {
  const response = await fetch(`${stack().inbox_url}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channel, mode }),
  });
  if (!response.ok) throw new Error(`The inbox refused the fault: ${response.status} ${await response.text()}`);
}

/** Forgets all messages, those of others too. */
export async function emptyInbox(): Promise<void> {
  await fetch(`${stack().inbox_url}/messages`, { method: 'DELETE' });
}
