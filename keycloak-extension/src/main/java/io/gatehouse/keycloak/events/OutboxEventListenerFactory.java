package io.gatehouse.keycloak.events;

import java.util.Collection;
import java.util.Set;

import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.common.util.Time;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.admin.OperationType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.OrganizationModel.OrganizationMemberJoinEvent;
import org.keycloak.models.OrganizationModel.OrganizationMemberLeaveEvent;
import org.keycloak.models.OrganizationModel.OrganizationMembershipEvent;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel.UserRemovedEvent;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.ProviderEvent;

import io.gatehouse.keycloak.events.OutboxRow.SubjectKind;
import io.gatehouse.keycloak.events.relay.Relay;

/** Captures the events of the configured realms, and runs the relay that takes them to Kafka. */
public class OutboxEventListenerFactory implements EventListenerProviderFactory {

    public static final String ID = "gatehouse";

    private static final Logger LOG = Logger.getLogger(OutboxEventListenerFactory.class);

    private EventsConfig config;
    private volatile Relay relay;

    @Override
    public String getId() {
        return ID;
    }

    /** Every realm is heard without being told to, so no administrator can switch the stream off. */
    @Override
    public boolean isGlobal() {
        return true;
    }

    @Override
    public void init(Config.Scope scope) {
        config = EventsConfig.from(scope);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        if (config.enabled()) {
            factory.register(event -> onProviderEvent(factory, event));
        }
    }

    @Override
    public EventListenerProvider create(KeycloakSession session) {
        return new OutboxEventListener(session, config.enabled() ? config.realms() : Set.of(), this::wake);
    }

    /** Whether the events of this realm are captured. */
    public boolean captures(RealmModel realm) {
        return config.enabled() && config.realms().contains(realm.getName());
    }

    /** Has the present state of these users and organisations sent, with this session's transaction. */
    public void resync(KeycloakSession session, RealmModel realm, Collection<String> users, Collection<String> organizations) {
        OutboxCollector collector = OutboxCollector.of(session, this::wake);
        long now = Time.currentTimeMillis();
        users.forEach(id -> collector.add(EventMapping.resync(realm.getId(), realm.getName(), SubjectKind.USER, id, now)));
        organizations.forEach(id -> collector.add(EventMapping.resync(realm.getId(), realm.getName(), SubjectKind.ORGANIZATION, id, now)));
    }

    @Override
    public void close() {
        Relay running = relay;
        if (running != null) {
            running.stop();
        }
    }

    private void onProviderEvent(KeycloakSessionFactory factory, ProviderEvent event) {
        if (event instanceof OrganizationMemberJoinEvent joined) {
            captureMembership(joined, OperationType.CREATE);
        } else if (event instanceof OrganizationMemberLeaveEvent left) {
            captureMembership(left, OperationType.DELETE);
        } else if (event instanceof UserRemovedEvent removed && captures(removed.getRealm())) {
            OutboxCollector.of(removed.getKeycloakSession(), this::wake).addRemoval(removed.getRealm(), removed.getUser().getId());
        } else if (event instanceof PostMigrationEvent) {
            startRelay(factory);
        }
    }

    private void captureMembership(OrganizationMembershipEvent event, OperationType operation) {
        RealmModel realm = event.getSession().getContext().getRealm();
        if (realm != null && captures(realm)) {
            OutboxCollector.of(event.getSession(), this::wake).add(EventMapping.membership(
                    realm.getId(), realm.getName(), event.getUser().getId(), operation, Time.currentTimeMillis()));
        }
    }

    private void startRelay(KeycloakSessionFactory factory) {
        if (config.bootstrapServers() == null) {
            LOG.warn("No Kafka bootstrap servers are configured (spi-events-listener--gatehouse--bootstrap-servers): "
                    + "events are kept in the outbox and not sent");
            return;
        }
        relay = new Relay(factory, config);
        relay.start();
    }

    private void wake() {
        Relay running = relay;
        if (running != null) {
            running.wake();
        }
    }
}
