package io.gatehouse.keycloak.events.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OrganizationModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.gatehouse.keycloak.events.OutboxRow;
import io.gatehouse.keycloak.state.CurrentState;

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

    private record Subject(String realmId, OutboxRow.SubjectKind kind, String id) {

        static Subject of(OutboxRow row) {
            return new Subject(row.getRealmId(), row.getSubjectKind(), row.getSubjectId());
        }
    }

    private record Sent(OutboxRow row, Future<RecordMetadata> acknowledgement) {
    }

    /** @param relevant {@code false} for service accounts: they are not people and nobody is told of them */
    private record Snapshot(boolean relevant, ObjectNode json) {

        private static final Snapshot GONE = new Snapshot(true, null);
        private static final Snapshot IRRELEVANT = new Snapshot(false, null);
    }

    private final KeycloakSession session;
    private final KafkaSender sender;
    private final Outbox outbox;
    private final Map<Subject, Snapshot> snapshots = new HashMap<>();

    RelayRound(KeycloakSession session, KafkaSender sender) {
        this.session = session;
        this.sender = sender;
        this.outbox = new Outbox(session.getProvider(JpaConnectionProvider.class).getEntityManager());
    }

    Result run() {
        if (!outbox.takeTurn()) {
            return Result.MISSED_TURN;
        }
        List<OutboxRow> rows = outbox.oldest();
        if (rows.isEmpty()) {
            return Result.NOTHING;
        }
        List<Long> done = new ArrayList<>();
        List<Sent> sent = send(rows, done);
        sender.flush();
        Optional<Throwable> failure = settle(sent, done);
        outbox.delete(done);
        boolean left = failure.isPresent() || rows.size() == Outbox.WINDOW;
        return new Result(done.size(), failure.orElse(null), left ? Long.valueOf(rows.get(0).getOccurredAt()) : null, false);
    }

    private List<Sent> send(List<OutboxRow> rows, List<Long> done) {
        Iterator<Long> sequences = outbox.nextSequences(rows.size());
        List<Sent> sent = new ArrayList<>();
        for (OutboxRow row : rows) {
            Snapshot snapshot = snapshots.computeIfAbsent(Subject.of(row), this::read);
            if (!snapshot.relevant()) {
                done.add(row.getId());
                continue;
            }
            try {
                sent.add(new Sent(row, sender.send(EventRecord.of(sender.topic(), row, snapshot.json(), sequences.next()))));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("outbox row " + row.getId() + " is not JSON", e);
            }
        }
        return sent;
    }

    /** Adds the acknowledged rows to {@code done}; behind a row that failed, its subject's other rows stay too. */
    private static Optional<Throwable> settle(List<Sent> sent, List<Long> done) {
        Set<Subject> failed = new HashSet<>();
        Throwable failure = null;
        for (Sent each : sent) {
            Throwable cause = outcome(each.acknowledgement());
            if (cause != null) {
                failure = cause;
                failed.add(Subject.of(each.row()));
            } else if (!failed.contains(Subject.of(each.row()))) {
                done.add(each.row().getId());
            }
        }
        return Optional.ofNullable(failure);
    }

    private Snapshot read(Subject subject) {
        RealmModel realm = session.realms().getRealm(subject.realmId());
        if (realm == null) {
            return Snapshot.GONE;
        }
        CurrentState state = new CurrentState(session, realm);
        if (subject.kind() == OutboxRow.SubjectKind.ORGANIZATION) {
            OrganizationModel organization = state.organization(subject.id());
            return organization == null ? Snapshot.GONE : new Snapshot(true, state.describe(organization));
        }
        UserModel user = state.user(subject.id());
        if (user == null) {
            return Snapshot.GONE;
        }
        return user.getServiceAccountClientLink() == null ? new Snapshot(true, state.describe(user)) : Snapshot.IRRELEVANT;
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
