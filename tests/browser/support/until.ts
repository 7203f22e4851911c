/** Asks `look` until it finds something; after `within` milliseconds fails and says what was seen last. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  { within = 20_000, seen = () => 'nothing' }: { within?: number; seen?: () => unknown } = {},
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      throw new Error(`Waited ${within} ms for ${what}; seen: ${JSON.stringify(seen())}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
