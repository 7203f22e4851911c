import { randomUUID } from 'node:crypto';
import { expect } from '@playwright/test';
import { decompress } from 'fzstd';
import kafkajs, { type Consumer } from 'kafkajs';
import { stack } from './stack';
import { until } from './until';

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

// The service compresses with zstd, which this client leaves to others.
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: () => Promise.reject(new Error('these tests only read')),
  decompress: async (bytes: Buffer) => Buffer.from(decompress(bytes)),
});

/** A record as it lies on a topic; `value` is null for a tombstone. */
export interface TopicRecord {
  key: string;
  value: Record<string, unknown> | null;
  headers: Record<string, string>;
}

type Content = Record<string, unknown>;

/** Reads the topics that billing reads, from their beginning, as billing would. */
export class Topics {
  private readonly records: (TopicRecord & { topic: string })[] = [];

  private crash: Error | undefined;

  private constructor(private readonly consumer: Consumer) {
    consumer.on(consumer.events.CRASH, ({ payload }) => (this.crash = payload.error));
  }

  static async open(...topics: string[]): Promise<Topics> {
    const kafka = new Kafka({ clientId: 'browser-tests', brokers: [stack().kafka_bootstrap], logLevel: logLevel.NOTHING });
    const reader = new Topics(kafka.consumer({ groupId: `browser-tests-${randomUUID()}`, maxWaitTimeInMs: 200 }));
    await reader.consumer.connect();
    await reader.consumer.subscribe({ topics, fromBeginning: true });
    await reader.consumer.run({
      eachMessage: async ({ topic, message }) => {
        reader.records.push({
          topic,
          key: String(message.key),
          value: message.value === null ? null : (JSON.parse(String(message.value)) as Record<string, unknown>),
          headers: Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)])),
        });
      },
    });
    return reader;
  }

  /** Waits for a record of `topic` that fits; the newest one that does. */
  async find(topic: string, what: string, fits: (record: TopicRecord) => boolean): Promise<TopicRecord> {
    return until(
      `${what} on ${topic}`,
      async () => {
        if (this.crash) throw this.crash;
        return this.records.findLast((record) => record.topic === topic && fits(record));
      },
      { within: 30_000, seen: () => this.records.filter((r) => r.topic === topic).slice(-3).map((r) => r.key) },
    );
  }

  /** One record, to be followed change by change. */
  follow(topic: string, key: string): Followed {
    return new Followed(this, topic, key);
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
  }
}

/** Whether everything that `expected` names is there so. */
function holds(value: Content, expected: Content): boolean {
  try {
    expect(value).toMatchObject(expected);
    return true;
  } catch {
    return false;
  }
}

/** One record of a topic, whose changes are asserted in their order. */
export class Followed {
  /** The newest revision that was asserted: what lies before it says nothing about the next change. */
  private revision = 0;

  constructor(private readonly topics: Topics, private readonly topic: string, readonly key: string) {}

  /** Waits for a revision newer than the one asserted before, with this content. */
  async becomes(expected: Content): Promise<Content> {
    const isNewer = ({ key, value }: TopicRecord) => key === this.key && (value?.['revision'] as number) > this.revision;
    const what = `${this.key} after revision ${this.revision} with ${JSON.stringify(expected)}`;
    const { value } = await this.topics.find(this.topic, what, (record) => isNewer(record) && holds(record.value!, expected));
    this.revision = value!['revision'] as number;
    return value!;
  }
}
