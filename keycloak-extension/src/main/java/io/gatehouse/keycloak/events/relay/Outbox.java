package io.gatehouse.keycloak.events.relay;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.gatehouse.keycloak.events.OutboxRow;

import jakarta.persistence.EntityManager;

/** The relay's view of the outbox table, within one transaction. PostgreSQL only: it rests on advisory locks and READ COMMITTED. */
final class Outbox {

    private static final int WINDOW = 200;

    private final EntityManager em;

    Outbox(EntityManager em) {
        this.em = em;
    }

    /**
     * Takes the relay's turn until the transaction ends; {@code false} if another node has it. One turn for all keys gives the same
     * order per key as a lock on each, with one statement instead of one for every key, and no node can overtake another.
     */
    boolean takeTurn() {
        return (Boolean) em.createNativeQuery("SELECT pg_try_advisory_xact_lock(hashtextextended('gatehouse.outbox.relay', 0))")
                .getSingleResult();
    }

    /** The oldest row of each subject, among the oldest rows of all. */
    Collection<OutboxRow> heads() {
        List<OutboxRow> oldest = em.createQuery("SELECT row FROM OutboxRow row ORDER BY row.id", OutboxRow.class)
                .setMaxResults(WINDOW).setHint("org.hibernate.readOnly", true).getResultList();
        Map<String, OutboxRow> heads = new LinkedHashMap<>();
        oldest.forEach(row -> heads.putIfAbsent(row.getSubjectKind() + row.getSubjectId(), row));
        return heads.values();
    }

    /** The next record number; grows from record to record because only the node whose turn it is draws one. */
    long nextSequence() {
        return ((Number) em.createNativeQuery("SELECT nextval('{h-schema}gatehouse_record_sequence')").getSingleResult()).longValue();
    }

    void delete(Collection<Long> ids) {
        if (!ids.isEmpty()) {
            em.createQuery("DELETE FROM OutboxRow row WHERE row.id IN :ids").setParameter("ids", ids).executeUpdate();
        }
    }
}
