package io.gatehouse.keycloak.events;

import java.util.function.BiFunction;
import java.util.Optional;
import java.util.Set;

import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Hands the events of the configured realms to the session's {@link OutboxCollector}. */
final class OutboxEventListener implements EventListenerProvider {

    private final KeycloakSession session;
    private final Set<String> realms;
    private final Runnable wake;

    OutboxEventListener(KeycloakSession session, Set<String> realms, Runnable wake) {
        this.session = session;
        this.realms = realms;
        this.wake = wake;
    }

    @Override
    public void onEvent(Event event) {
        capture(event.getRealmId(), event, (heard, realm) -> EventMapping.of(heard, realm).map(captured -> heard.getType() == EventType.LOGIN
                ? captured.by(Device.of(session, captured.subjectId())) : captured));
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        capture(event.getRealmId(), event, EventMapping::of);
    }

    private <E> void capture(String realmId, E event, BiFunction<E, String, Optional<CapturedEvent>> mapping) {
        RealmModel realm = realmId == null ? null : session.realms().getRealm(realmId);
        if (realm != null && realms.contains(realm.getName())) {
            mapping.apply(event, realm.getName()).ifPresent(captured -> OutboxCollector.of(session, wake).add(captured));
        }
    }

    @Override
    public void close() {
        // holds nothing; Keycloak does not even call this for administrators' events
    }
}
