#!/usr/bin/env python3
"""Keeps a table of customers equal to Gatehouse's topics, and proves it.

    pip install confluent-kafka
    billing_consumer.py follow --bootstrap broker:9092 customers.db      # until interrupted; --once stops at the end
    billing_consumer.py parity customers.db users                        # the sums of this copy, as JSON
    curl -H "Authorization: Bearer $TOKEN" https://…/api/v1/parity/users | billing_consumer.py check customers.db users

Every record is whole, so there is nothing to merge: keep the one with the highest revision. A record and the place in
the topic up to which was read are written in one transaction; wherever this process is killed, it goes on from there.
"""

import argparse
import hashlib
import json
import signal
import sqlite3
import sys

TOPICS = {"gatehouse.users.v1": "users", "gatehouse.companies.v1": "companies"}

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    topic TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL,
    value TEXT,  -- NULL once it is deleted: the revision stays, so that nothing older brings it back
    PRIMARY KEY (topic, key)
);
CREATE TABLE IF NOT EXISTS places (
    topic TEXT NOT NULL, part INTEGER NOT NULL, next_offset INTEGER NOT NULL, PRIMARY KEY (topic, part)
);
CREATE VIEW IF NOT EXISTS customers AS
    SELECT key AS user_id, value ->> '$.username' AS email, value ->> '$.company.company_id' AS company_id,
           value ->> '$.status' AS status
    FROM records WHERE topic = 'users' AND value IS NOT NULL;
"""


def open_table(path):
    table = sqlite3.connect(path, isolation_level=None)
    table.executescript(SCHEMA)
    return table


def write(table, topic, message):
    """One record and its place, together or not at all."""
    headers = {name: value.decode() for name, value in message.headers() or []}
    value = message.value()
    row = (topic, message.key().decode(), int(headers["ce_sequence"]), value.decode() if value else None)
    with table:
        table.execute("BEGIN")
        table.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET revision = excluded.revision, value = excluded.value WHERE revision < excluded.revision",
            row,
        )
        place = (topic, message.partition(), message.offset() + 1)
        table.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?)", place)


def follow(arguments):
    from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

    names = TOPICS if arguments.topics is None else dict(zip(arguments.topics, ("users", "companies"), strict=True))
    table = open_table(arguments.table)
    # No group and no commits: the places are in the table, beside what they stand for.
    consumer = Consumer({
        "bootstrap.servers": arguments.bootstrap,
        "group.id": "unused",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
    })
    places = {(topic, part): offset for topic, part, offset in table.execute("SELECT * FROM places")}
    parts = [
        TopicPartition(name, part, places.get((topic, part), OFFSET_BEGINNING))
        for name, topic in names.items()
        for part in consumer.list_topics(name, timeout=30).topics[name].partitions
    ]
    consumer.assign(parts)
    behind = {(part.topic, part.partition) for part in parts}
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    signal.signal(signal.SIGINT, lambda *_: stopped.append(True))
    while not stopped and not (arguments.once and not behind):
        message = consumer.poll(0.5)
        if message is None:
            continue
        if message.error():
            if message.error().name() != "_PARTITION_EOF":
                sys.exit(f"Kafka: {message.error()}")
            behind.discard((message.topic(), message.partition()))
            continue
        write(table, names[message.topic()], message)
    consumer.close()


def sums(table, topic):
    """By range (first byte of the SHA-256 of the key): how many living records, and the hash of their revisions."""
    ranges = {}
    for key, revision in table.execute(
        "SELECT key, revision FROM records WHERE topic = ? AND value IS NOT NULL", [topic]
    ):
        ranges.setdefault(hashlib.sha256(key.encode()).hexdigest()[:2], []).append((key.encode(), revision))
    lines = {name: b"".join(b"%s:%d\n" % row for row in sorted(rows)) for name, rows in ranges.items()}
    return {name: (len(ranges[name]), hashlib.sha256(lines[name]).hexdigest()) for name in sorted(ranges)}


def parity(arguments):
    own = sums(open_table(arguments.table), arguments.topic)
    print(json.dumps([{"range": name, "count": count, "hash": value} for name, (count, value) in own.items()]))


def check(arguments):
    own = sums(open_table(arguments.table), arguments.topic)
    answer = json.load(sys.stdin)
    published = {found["range"]: (found["count"], found["hash"]) for found in answer["ranges"]}
    different = [name for name in sorted(own | published) if own.get(name) != published.get(name)]
    for name in different:
        print(f"range {name}: here {own.get(name)}, published {published.get(name)}")
    if different:
        sys.exit(f"{len(different)} ranges differ; {answer['waiting']} keys wait to be published")
    print(f"equal: {sum(count for count, _ in own.values())} records")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("follow", help="read the topics into a table")
    command.add_argument("--bootstrap", required=True)
    command.add_argument("--once", action="store_true", help="stop at the end of the topics")
    command.add_argument("--topics", nargs=2, metavar=("USERS", "COMPANIES"), help="other names of the two topics")
    command.add_argument("table")
    command.set_defaults(run=follow)
    for name, run in (("parity", parity), ("check", check)):
        command = commands.add_parser(name)
        command.add_argument("table")
        command.add_argument("topic", choices=sorted(TOPICS.values()))
        command.set_defaults(run=run)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
