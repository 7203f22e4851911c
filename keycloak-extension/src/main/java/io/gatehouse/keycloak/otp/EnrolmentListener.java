package io.gatehouse.keycloak.otp;

import java.util.Optional;

import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;

import io.gatehouse.keycloak.assurance.Level;
import io.gatehouse.keycloak.provider.PlainFactory;

/**
 * Notes in a login that a factor was enrolled in it, also by Keycloak's own actions. Who merely waits in another login until the person
 * has enrolled one elsewhere gains nothing by it.
 */
public final class EnrolmentListener implements EventListenerProvider {

    private static final String ENROLLED = "gatehouse.enrolled.";

    private final KeycloakSession session;

    private EnrolmentListener(KeycloakSession session) {
        this.session = session;
    }

    /** The level of the factor that {@code user} has enrolled in this login. */
    static Optional<Level> enrolled(AuthenticationSessionModel login, UserModel user) {
        return Optional.ofNullable(login.getAuthNote(ENROLLED + user.getId())).flatMap(Level::ofCredentialType);
    }

    @Override
    public void onEvent(Event event) {
        AuthenticationSessionModel login = session.getContext().getAuthenticationSession();
        if (login == null || event.getType() != EventType.UPDATE_CREDENTIAL || event.getDetails() == null || event.getUserId() == null) {
            return;
        }
        String type = event.getDetails().get(Details.CREDENTIAL_TYPE);
        Level.ofCredentialType(type).ifPresent(level -> login.setAuthNote(ENROLLED + event.getUserId(), type));
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        // administrators enrol nobody in a login
    }

    @Override
    public void close() {
        // holds nothing
    }

    public static final class Factory implements EventListenerProviderFactory, PlainFactory<EventListenerProvider> {

        @Override
        public String getId() {
            return "gatehouse-enrolment";
        }

        /** No realm can forget to name it. */
        @Override
        public boolean isGlobal() {
            return true;
        }

        @Override
        public EventListenerProvider create(KeycloakSession session) {
            return new EnrolmentListener(session);
        }
    }
}
