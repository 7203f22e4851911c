package io.gatehouse.keycloak.events.relay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Sends the oldest row of every subject and deletes what Kafka has acknowledged, in one transaction.
 *
 * <p>Why the last record of a user is the user's last state: a transaction that changes the user inserts its row in the same commit.
 * The state is read in statements that start after the row was seen, so it holds at least that change (READ COMMITTED). A change
 * committed any later has a row that is still there, is sent after this one, with a greater number and a state read then.
 */
final class RelayRound {

    /**
     * @param relayed rows that are done with
     * @param failure why some could not be sent, or {@code null}
     */
    record Result(int relayed, Throwable failure) {

        private static final Result NOTHING = new Result(0, null);
    }

    private final KeycloakSession session;
    private final KafkaSender sender;
    private final Outbox outbox;
    private final Map<String, CurrentState> realms = new LinkedHashMap<>();
    private final List<Long> done = new ArrayList<>();

    RelayRound(KeycloakSession session, KafkaSender sender) {
        this.session = session;
        this.sender = sender;
        this.outbox = new Outbox(session.getProvider(JpaConnectionProvider.class).getEntityManager());
    }

    Result run() {
        if (!outbox.takeTurn()) {
            return Result.NOTHING;
        }
        Map<Long, Future<RecordMetadata>> sent = new LinkedHashMap<>();
        for (OutboxRow row : outbox.heads()) {
            send(row, sent);
        }
        if (!sent.isEmpty()) {
            sender.flush();
        }
        Throwable failure = null;
        for (Map.Entry<Long, Future<RecordMetadata>> entry : sent.entrySet()) {
            Throwable cause = outcome(entry.getValue());
            if (cause == null) {
                done.add(entry.getKey());
            } else {
                failure = cause;
            }
        }
        outbox.delete(done);
        return new Result(done.size(), failure);
    }

    private void send(OutboxRow row, Map<Long, Future<RecordMetadata>> sent) {
        CurrentState state = stateOf(row.getRealmId());
        ObjectNode subject = null;
        if (state != null && row.getSubjectKind() == OutboxRow.SubjectKind.ORGANIZATION) {
            OrganizationModel organization = state.organization(row.getSubjectId());
            subject = organization == null ? null : state.describe(organization);
        } else if (state != null) {
            UserModel user = state.user(row.getSubjectId());
            if (user != null && user.getServiceAccountClientLink() != null) {
                done.add(row.getId());
                return;
            }
            subject = user == null ? null : state.describe(user);
        }
        try {
            sent.put(row.getId(), sender.send(EventRecord.of(sender.topic(), row, subject, outbox.nextSequence())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("outbox row " + row.getId() + " is not JSON", e);
        }
    }

    /** {@code null} when the realm has been deleted, and with it everybody in it. */
    private CurrentState stateOf(String realmId) {
        RealmModel realm = session.realms().getRealm(realmId);
        if (realm == null) {
            return null;
        }
        session.getContext().setRealm(realm);
        return realms.computeIfAbsent(realmId, id -> new CurrentState(session, realm));
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
