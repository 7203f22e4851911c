package io.gatehouse.keycloak.assurance;

import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.authentication.authenticators.util.AcrStore;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticationFlowModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.sessions.CommonClientSessionModel.ExecutionStatus;

/** How strong one login is, and how strong it has to be. */
public final class Assurance {

    /** Note of a login in a browser that the person trusts; holds their id. */
    private static final String KNOWN_BROWSER = "gatehouse.known-browser";

    private final KeycloakSession session;
    private final AuthenticationSessionModel login;
    private final UserModel user;
    private final AcrStore store;

    public Assurance(KeycloakSession session, AuthenticationSessionModel login, UserModel user) {
        this.session = session;
        this.login = login;
        this.user = user;
        this.store = new AcrStore(session, login);
    }

    public static Assurance of(AuthenticationFlowContext context) {
        return new Assurance(context.getSession(), context.getAuthenticationSession(), context.getUser());
    }

    /** The strongest factor of this login; where none was asked for, what the browser is good for. */
    Optional<Level> proved() {
        return factor().or(() -> user.getId().equals(login.getAuthNote(KNOWN_BROWSER)) ? Optional.of(Level.DEVICE) : Optional.empty());
    }

    /** Whether a factor was proved by a step of this login. */
    public boolean hasFactor() {
        return factor().isPresent();
    }

    public void browserIsKnown(boolean known) {
        if (known) {
            login.setAuthNote(KNOWN_BROWSER, user.getId());
        } else {
            login.removeAuthNote(KNOWN_BROWSER);
        }
    }

    private Optional<Level> factor() {
        return login.getExecutionStatus().entrySet().stream()
                .filter(step -> step.getValue() == ExecutionStatus.SUCCESS)
                .map(step -> login.getRealm().getAuthenticationExecutionById(step.getKey()))
                .filter(Objects::nonNull)
                .flatMap(execution -> Level.ofCredentialType(credentialType(execution)).stream())
                .max(Comparator.naturalOrder());
    }

    private String credentialType(AuthenticationExecutionModel execution) {
        if (execution.isAuthenticatorFlow()) {
            return null;
        }
        AuthenticatorFactory factory = (AuthenticatorFactory) session.getKeycloakSessionFactory()
                .getProviderFactory(Authenticator.class, execution.getAuthenticator());
        return factory == null ? null : factory.getReferenceCategory();
    }

    /**
     * The level that the application asks for. Who wants to change how they sign in has to show the strongest factor they have (NIST
     * SP 800-63B-4 section 4.1.2, OWASP ASVS 7.5.1).
     */
    int asked(AuthenticationFlowModel topFlow) {
        int own = changesAccount() ? Level.strongestOf(user).map(Level::number).orElse(Constants.NO_LOA) : Constants.NO_LOA;
        return Math.max(store.getRequestedLevelOfAuthentication(topFlow), own);
    }

    /** Whether a browser that the person trusts is not enough. */
    public boolean wantsMoreThanTrust(AuthenticationFlowModel topFlow) {
        return asked(topFlow) > Level.DEVICE.number() || AuthenticatorUtil.isForcedReauthentication(login);
    }

    /** Whether less than what is asked for is of no use: an essential claim, a minimum of the client, a change of the account. */
    boolean mustBeMet() {
        return store.isLevelOfAuthenticationForced() || changesAccount()
                || login.getClient().getAttribute(Constants.MINIMUM_ACR_VALUE) != null;
    }

    private boolean changesAccount() {
        return login.getClientNote(Constants.KC_ACTION) != null;
    }

    /** Keeps the level for this login's tokens and, with its time, for later ones of the same session. */
    public void record(Level level) {
        store.setLevelAuthenticated(level.number());
        login.setUserSessionNote(Constants.LOA_MAP, login.getAuthNote(Constants.LOA_MAP));
    }

    /** Whether any level stands for this login, of its own or from the session that it continues. */
    public boolean isKnown() {
        return store.getLevelOfAuthenticationFromCurrentAuthentication() > Constants.MINIMUM_LOA;
    }
}
