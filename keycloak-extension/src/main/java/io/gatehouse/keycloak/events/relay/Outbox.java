package io.gatehouse.keycloak.events.relay;

import java.util.Collection;
import java.util.List;

import io.gatehouse.keycloak.events.OutboxRow;

import jakarta.persistence.EntityManager;

/** The relay's view of the outbox table, within one transaction. PostgreSQL only: it rests on advisory locks and READ COMMITTED. */
final class Outbox {

    static final int WINDOW = 200;

    private static final String OLDEST =
            "SELECT row, CAST(function('nextval', 'gatehouse_record_sequence') AS Long) FROM OutboxRow row ORDER BY row.id";

    /** @param sequence number of the record that the row is about to become */
    record Numbered(OutboxRow row, long sequence) {
    }

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

    /**
     * The oldest rows, each with a new record number. The numbers ascend: they are drawn when the rows are in order, and they grow from
     * round to round because only the node whose turn it is draws any.
     */
    List<Numbered> oldest() {
        return em.createQuery(OLDEST, Object[].class).setMaxResults(WINDOW).setHint("org.hibernate.readOnly", true).getResultList().stream()
                .map(columns -> new Numbered((OutboxRow) columns[0], (Long) columns[1])).toList();
    }

    /** When the first of the events that wait happened, in milliseconds since 1970; {@code null} when none does. */
    Long oldestSince() {
        return em.createQuery("SELECT row.occurredAt FROM OutboxRow row ORDER BY row.id", Long.class)
                .setMaxResults(1).getResultList().stream().findFirst().orElse(null);
    }

    /** In SQL: Hibernate would translate a list anew each time. */
    void delete(Collection<Long> ids) {
        if (!ids.isEmpty()) {
            em.createNativeQuery("DELETE FROM gatehouse_outbox WHERE id = ANY (:ids)")
                    .setParameter("ids", ids.toArray(Long[]::new)).executeUpdate();
        }
    }
}
