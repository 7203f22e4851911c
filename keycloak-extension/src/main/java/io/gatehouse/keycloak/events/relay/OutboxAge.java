package io.gatehouse.keycloak.events.relay;

import java.util.concurrent.TimeUnit;

import org.jboss.logging.Logger;
import org.keycloak.common.util.Time;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.TimeGauge;

/**
 * For how long the oldest event has waited for Kafka: {@code gatehouse_outbox_oldest_seconds} among Keycloak's metrics. Zero when
 * nothing waits, and on nodes that another one relays for.
 */
final class OutboxAge {

    private static final Logger LOG = Logger.getLogger(OutboxAge.class);

    private volatile Long oldest;

    void register() {
        TimeGauge.builder("gatehouse.outbox.oldest", this::millis, TimeUnit.MILLISECONDS)
                .description("Age of the oldest event that Kafka does not have yet").register(Metrics.globalRegistry);
    }

    /** @param oldest when the first of the events that wait happened, in milliseconds since 1970; {@code null} when none does */
    void is(Long oldest) {
        this.oldest = oldest;
    }

    /** Asks the table, when no round came as far as that. */
    void look(KeycloakSessionFactory factory) {
        try {
            oldest = KeycloakModelUtils.runJobInTransactionWithResult(factory,
                    session -> new Outbox(session.getProvider(JpaConnectionProvider.class).getEntityManager()).oldestSince());
        } catch (RuntimeException e) {
            LOG.debug("the outbox cannot be looked at", e);
        }
    }

    long millis() {
        Long since = oldest;
        return since == null ? 0 : Math.max(0, Time.currentTimeMillis() - since);
    }
}
