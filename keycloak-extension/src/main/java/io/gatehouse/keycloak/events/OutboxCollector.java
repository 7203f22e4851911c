package io.gatehouse.keycloak.events;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.keycloak.common.util.Time;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

import io.gatehouse.keycloak.events.OutboxRow.SubjectKind;

import jakarta.persistence.EntityManager;

/**
 * Gathers the events of one Keycloak session and writes them as outbox rows in the session's own transaction. It takes part in the
 * prepare phase because that is the only place where a failure surely takes the whole operation back: exceptions thrown from an event
 * listener are logged and forgotten by Keycloak.
 */
final class OutboxCollector extends AbstractKeycloakTransaction {

    private static final String ATTRIBUTE = OutboxCollector.class.getName();
    private static final String USER_DELETED = "org.keycloak.admin." + ResourceType.USER + "." + OperationType.DELETE;

    private final EntityManager em;
    private final String traceParent;
    private final List<CapturedEvent> events = new ArrayList<>();
    private final Map<String, RealmModel> removedUsers = new LinkedHashMap<>();

    private OutboxCollector(KeycloakSession session) {
        // Taken now: nothing can be enlisted any more once the transaction is being prepared.
        this.em = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        this.traceParent = TraceParent.current(session);
    }

    /** The collector of this session, enlisted on first use. {@code wake} runs after the commit, unless all that happened can wait. */
    static OutboxCollector of(KeycloakSession session, Runnable wake) {
        if (session.getAttribute(ATTRIBUTE) instanceof OutboxCollector existing) {
            return existing;
        }
        OutboxCollector collector = new OutboxCollector(session);
        session.setAttribute(ATTRIBUTE, collector);
        session.getTransactionManager().enlistPrepare(collector);
        session.getTransactionManager().enlistAfterCompletion(new AfterCommit(collector.events, wake));
        return collector;
    }

    void add(CapturedEvent event) {
        events.add(event);
    }

    /** Gets a row of its own only if the session brings no event that says the same. */
    void addRemoval(RealmModel realm, String userId) {
        removedUsers.put(userId, realm);
    }

    @Override
    protected void commitImpl() {
        removedUsers.forEach((userId, realm) -> {
            if (events.stream().noneMatch(event -> tellsRemoval(event, userId))) {
                events.add(EventMapping.removal(realm.getId(), realm.getName(), userId, Time.currentTimeMillis()));
            }
        });
        events.forEach(event -> em.persist(new OutboxRow(event, traceParent)));
        em.flush();
    }

    @Override
    protected void rollbackImpl() {
        events.clear();
    }

    private static boolean tellsRemoval(CapturedEvent event, String userId) {
        return event.subjectKind() == SubjectKind.USER && event.subjectId().equals(userId)
                && (event.type().equals(USER_DELETED) || event.type().equals("org.keycloak.user.DELETE_ACCOUNT"));
    }

    /** Must not throw: Keycloak would report a failure for something the database has committed. */
    private static final class AfterCommit extends AbstractKeycloakTransaction {

        private final List<CapturedEvent> events;
        private final Runnable wake;

        AfterCommit(List<CapturedEvent> events, Runnable wake) {
            this.events = events;
            this.wake = wake;
        }

        @Override
        protected void commitImpl() {
            if (!events.stream().allMatch(EventMapping::canWait)) {
                wake.run();
            }
        }

        @Override
        protected void rollbackImpl() {
            // nothing was written
        }
    }
}
