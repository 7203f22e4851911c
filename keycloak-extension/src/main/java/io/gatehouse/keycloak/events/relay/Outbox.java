package io.gatehouse.keycloak.events.relay;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;

import io.gatehouse.keycloak.events.OutboxRow;

import jakarta.persistence.EntityManager;

/** The relay's view of the outbox table, within one transaction. PostgreSQL only: it rests on advisory locks and READ COMMITTED. */
final class Outbox {

    static final int WINDOW = 200;

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

    List<OutboxRow> oldest() {
        return em.createQuery("SELECT row FROM OutboxRow row ORDER BY row.id", OutboxRow.class)
                .setMaxResults(WINDOW).setHint("org.hibernate.readOnly", true).getResultList();
    }

    /** When the first of the events that wait happened, in milliseconds since 1970; {@code null} when none does. */
    Long oldestSince() {
        return em.createQuery("SELECT row.occurredAt FROM OutboxRow row ORDER BY row.id", Long.class)
                .setMaxResults(1).getResultStream().findFirst().orElse(null);
    }

    /** As many new record numbers, ascending; they grow from round to round because only the node whose turn it is draws any. */
    Iterator<Long> nextSequences(int count) {
        List<?> drawn = em.createNativeQuery("SELECT nextval('gatehouse_record_sequence') FROM generate_series(1, ?1)")
                .setParameter(1, count).getResultList();
        return drawn.stream().map(number -> ((Number) number).longValue()).iterator();
    }

    void delete(Collection<Long> ids) {
        if (!ids.isEmpty()) {
            em.createQuery("DELETE FROM OutboxRow row WHERE row.id IN :ids").setParameter("ids", ids).executeUpdate();
        }
    }
}
