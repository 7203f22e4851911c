package io.gatehouse.keycloak.events.relay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.gatehouse.keycloak.events.OutboxRow;

/**
 * Sends the oldest rows and deletes what Kafka has acknowledged, in one transaction.
 *
 * <p>Why the last record of a user is the user's last state: a transaction that changes the user inserts its row in the same commit.
 * The state is read in statements that start after the row was seen, so it holds at least that change (READ COMMITTED). A change
 * committed any later has a row that is still there, is sent after this one, with a greater number and a state read then.
 */
final class RelayRound {

    /**
     * @param relayed rows that are done with
     * @param failure why some could not be sent, or {@code null}
     * @param oldest when the first of those that are left happened, in milliseconds since 1970, or {@code null} if none is known to be left
     * @param missedTurn whether another node was at it, which may not have seen the latest rows
     */
    record Result(int relayed, Throwable failure, Long oldest, boolean missedTurn) {

        private static final Result NOTHING = new Result(0, null, null, false);
        private static final Result MISSED_TURN = new Result(0, null, null, true);
    }

    private record Sent(OutboxRow row, Future<RecordMetadata> acknowledgement) {
    }

    private final KeycloakSession session;
    private final KafkaSender sender;
    private final Outbox outbox;

    RelayRound(KeycloakSession session, KafkaSender sender) {
        this.session = session;
        this.sender = sender;
        this.outbox = new Outbox(session.getProvider(JpaConnectionProvider.class).getEntityManager());
    }

    Result run() {
        if (!outbox.takeTurn()) {
            return Result.MISSED_TURN;
        }
        List<Outbox.Numbered> rows = outbox.oldest();
        if (rows.isEmpty()) {
            return Result.NOTHING;
        }
        List<Long> done = new ArrayList<>();
        List<Sent> sent = send(rows, done);
        sender.flush();
        Optional<Throwable> failure = settle(sent, done);
        outbox.delete(done);
        boolean left = failure.isPresent() || rows.size() == Outbox.WINDOW;
        return new Result(done.size(), failure.orElse(null), left ? Long.valueOf(rows.get(0).row().getOccurredAt()) : null, false);
    }

    private List<Sent> send(List<Outbox.Numbered> rows, List<Long> done) {
        Subjects subjects = Subjects.of(session, rows.stream().map(Outbox.Numbered::row).toList());
        List<Sent> sent = new ArrayList<>();
        for (Outbox.Numbered each : rows) {
            OutboxRow row = each.row();
            Subjects.Snapshot subject = subjects.of(row);
            if (!subject.relevant()) {
                done.add(row.getId());
                continue;
            }
            try {
                sent.add(new Sent(row, sender.send(EventRecord.of(sender.topic(), row, subject.json(), each.sequence()))));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("outbox row " + row.getId() + " is not JSON", e);
            }
        }
        return sent;
    }

    /** Adds the acknowledged rows to {@code done}; behind a row that failed, its subject's other rows stay too. */
    private static Optional<Throwable> settle(List<Sent> sent, List<Long> done) {
        Set<Subjects.Subject> failed = new HashSet<>();
        Throwable failure = null;
        for (Sent each : sent) {
            Throwable cause = outcome(each.acknowledgement());
            if (cause != null) {
                failure = cause;
                failed.add(Subjects.Subject.of(each.row()));
            } else if (!failed.contains(Subjects.Subject.of(each.row()))) {
                done.add(each.row().getId());
            }
        }
        return Optional.ofNullable(failure);
    }

    private static Throwable outcome(Future<RecordMetadata> future) {
        try {
            future.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
