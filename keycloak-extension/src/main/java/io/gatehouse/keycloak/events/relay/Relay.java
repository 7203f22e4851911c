package io.gatehouse.keycloak.events.relay;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

import io.gatehouse.keycloak.events.EventsConfig;

/**
 * Takes rows from the outbox to Kafka on a thread of its own, for as long as this node runs. Requests only wake it; none ever waits
 * for it. What cannot be sent stays in the table and is tried again for ever.
 */
public final class Relay {

    private static final Logger LOG = Logger.getLogger(Relay.class);

    /** Rows that can wait do so for at most this long; it is also a net for rows of nodes that are gone. All others come with a wake-up. */
    private static final long POLL_MILLIS = 500;
    /** Rounds begin at least so far apart; an event may wait as long, and half of them are to be on their way within 50 ms. */
    private static final long GATHER_MILLIS = 40;
    private static final long FIRST_BACKOFF_MILLIS = 250;
    private static final long LAST_BACKOFF_MILLIS = 5_000;
    private static final long STOP_MILLIS = 3_000;
    private static final long REMIND_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final KeycloakSessionFactory factory;
    private final EventsConfig config;
    private final OutboxAge age = new OutboxAge();
    private final Semaphore work = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "gatehouse-relay");
    private volatile boolean stopping;

    private KafkaSender sender;
    private long backoffMillis;
    private long remindedAt;

    public Relay(KeycloakSessionFactory factory, EventsConfig config) {
        this.factory = factory;
        this.config = config;
        thread.setDaemon(true);
    }

    public void start() {
        age.register();
        thread.start();
    }

    /** Says that there may be rows. Never blocks, never throws. */
    public void wake() {
        if (work.availablePermits() == 0) {
            work.release();
        }
    }

    /** Returns when the thread has ended, a few seconds at most. Rows it was sending are sent again after the next start. */
    public void stop() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        // Kafka looks up its login modules and serializers here; the loader of the thread that started this one may be another.
        Thread.currentThread().setContextClassLoader(Relay.class.getClassLoader());
        LOG.infof("Relaying events of realms %s to topic %s", config.realms(), config.topic());
        try {
            while (!stopping) {
                step();
            }
        } catch (InterruptedException e) {
            LOG.debug("relay interrupted", e);
        } finally {
            closeSender();
        }
    }

    private void step() throws InterruptedException {
        try {
            if (sender == null) {
                sender = new KafkaSender(config);
            }
            sender.awaitTopic();
            long began = System.nanoTime();
            RelayRound.Result result = KeycloakModelUtils.runJobInTransactionWithResult(factory,
                    session -> new RelayRound(session, sender).run());
            age.is(result.oldest());
            if (result.failure() != null) {
                retryLater(result.failure());
                return;
            }
            recovered();
            if (result.missedTurn()) {
                wake();
            }
            if (result.relayed() < Outbox.WINDOW) {
                awaitWork(began);
            }
        } catch (RuntimeException e) {
            if (!stopping) {
                age.look(factory);
                retryLater(e);
            }
        }
    }

    /**
     * Waits for rows. Every wake-up up to here is answered by the round that is about to begin: its row was committed before. The first
     * row after a pause is sent at once; those that follow it closely share a round, which costs hardly more for several rows than for one.
     */
    private void awaitWork(long lastBegan) throws InterruptedException {
        long gather = GATHER_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastBegan);
        Thread.sleep(Math.max(0, gather));
        work.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
        work.drainPermits();
    }

    /** Sleeps through wake-ups: every change would be one. */
    private void retryLater(Throwable cause) throws InterruptedException {
        if (backoffMillis == 0 || System.nanoTime() - remindedAt > REMIND_NANOS) {
            LOG.warnf("Events cannot be relayed and stay in the outbox; trying again until it works: %s", cause);
            LOG.debug("cause", cause);
            remindedAt = System.nanoTime();
        }
        if (!(cause instanceof RetriableException)) {
            closeSender();
        }
        backoffMillis = backoffMillis == 0 ? FIRST_BACKOFF_MILLIS : Math.min(2 * backoffMillis, LAST_BACKOFF_MILLIS);
        Thread.sleep(backoffMillis);
    }

    private void recovered() {
        if (backoffMillis > 0) {
            LOG.info("Events are relayed again");
            backoffMillis = 0;
        }
    }

    private void closeSender() {
        KafkaSender closing = sender;
        sender = null;
        if (closing != null) {
            try {
                closing.close();
            } catch (RuntimeException e) {
                LOG.debug("closing the producer", e);
            }
        }
    }
}
